"""One transaction a request, one effect a form key, headers, errors and the language, at the HTTP surface."""

import threading

import pytest
import sqlalchemy as sa
from flask import Blueprint

from portal.app import create_app
from portal.core import clock
from portal.core.db import announce_access, db, unit_of_work
from portal.core.errors import Conflict
from portal.core.notes import Note
from portal.directory.models import Person
from portal.directory.roles import Role
from portal.issues.models import Issue
from portal.web import access
from portal.web.models import UsedFormKey
from portal.web.noting import note
from tests.factories.people import make_member

pytestmark = pytest.mark.both_engines  # transactions and races


@pytest.fixture
def official(arrange):
    with arrange():
        return make_member("152226", Role.LOCAL_STAFF, section="市民課")


def _draft(browser, **changes):
    return (
        browser.get("/issues/new").form().submit(follow=False, title="手帳番号の重複について", action="save", **changes)
    )


def _issues(app):
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Issue))


def test_a_replayed_form_has_one_effect_and_leads_to_the_same_place(app, visit, official):
    browser = visit(official)
    form = browser.get("/issues/new").form()

    first = form.submit(follow=False, title="手帳番号の重複について", action="save")
    second = form.submit(follow=False, title="手帳番号の重複について", action="save")

    assert first.status == second.status == 302
    assert first.location == second.location
    assert _issues(app) == 1


def test_a_double_click_has_one_effect(app, visit, official):
    browsers = [visit(official) for _ in range(4)]
    form = browsers[0].get("/issues/new").form()
    tokens = [browser.get("/issues/new").form().values["csrf_token"] for browser in browsers]
    locations = []

    def click(browser, token):
        values = {**form.values, "csrf_token": token, "title": "件名", "action": "save"}
        page = browser.post(form.action, values, follow=False)
        locations.append((page.status, page.location))

    threads = [threading.Thread(target=click, args=pair) for pair in zip(browsers, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(locations) == 4
    assert len(set(locations)) == 1
    assert _issues(app) == 1


def test_a_form_key_of_somebody_else_is_no_key(app, visit, arrange, official):
    with arrange():
        other = make_member("152021", Role.LOCAL_STAFF, section="市民課")
        db.session.add(UsedFormKey(key="a" * 32, person_id=other.person_id, location="/somewhere", used_at=clock.now()))

    page = _draft(visit(official))

    assert page.status == 302
    assert "/somewhere" not in page.location


def test_without_a_token_nothing_happens_and_the_text_comes_back(app, visit, official):
    page = visit(official).post("/issues/new", {"title": "手帳番号の重複について"}, follow=False)

    assert page.status == 400
    assert "手帳番号の重複について" in page.text
    assert _issues(app) == 0


def test_security_headers_stand_on_every_page(visit, official):
    for url in ("/", "/sign-in", "/nowhere"):
        headers = visit(official).get(url, status=404 if url == "/nowhere" else 200, follow=True).response.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"


def test_signed_in_pages_are_not_kept_by_anybody(visit, official):
    assert "no-store" in visit(official).get("/").response.headers["Cache-Control"]


def test_static_files_are_kept_under_an_address_that_changes(visit):
    page = visit().get("/sign-in")
    stylesheet = page.soup.find("link", rel="stylesheet")["href"]

    response = visit().client.get(stylesheet)

    assert "?v=" in stylesheet
    assert response.status_code == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age" in response.headers["Cache-Control"]


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_missing_pages_say_what_to_do(visit, official, locale):
    page = visit(official, locale=locale).get("/nowhere", status=404)

    assert page.soup.html["lang"] == locale
    assert page.soup.main.find("a")


def test_a_wrong_method_names_the_right_ones(visit, official):
    browser = visit(official)

    page = browser.post_with_token("/healthz", {}, follow=False)

    assert page.status == 405
    assert "GET" in page.response.headers["Allow"]


def test_the_language_is_the_persons_own_until_chosen_otherwise(visit, arrange, official):
    with arrange():
        db.session.get_one(Person, official.person_id).locale = "en"
    browser = visit(official)
    assert browser.get("/").soup.html["lang"] == "en"

    browser.post_with_token("/language", {"locale": "ja", "next": "/"})

    assert browser.get("/").soup.html["lang"] == "ja"


@pytest.fixture
def failing_views(app):
    """Views that fail in ways that no page of ours does; only on an application of their own."""
    other = create_app(app.config["PORTAL_SETTINGS"])
    bp = Blueprint("failing", __name__)

    @bp.get("/failing/boom")
    @access.public
    def boom():
        raise RuntimeError("on purpose")

    @bp.get("/failing/busy")
    @access.public
    def busy():
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("database is locked"))

    other.register_blueprint(bp)
    return other.test_client()


@pytest.mark.parametrize(("path", "status"), [("/failing/boom", 500), ("/failing/busy", 503)])
def test_failures_are_clear_pages_that_do_not_touch_the_database(failing_views, path, status):
    response = failing_views.get(path)

    assert response.status_code == status
    assert "<h1" in response.get_data(as_text=True)
    assert "on purpose" not in response.get_data(as_text=True)


def test_an_error_rolls_everything_back(app, arrange):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF)
    announce_access(write=True)
    with app.app_context():
        with pytest.raises(RuntimeError):
            _change_and_fail(member.person_id)
        assert db.session.get_one(Person, member.person_id, populate_existing=True).name != "変更後"


def test_a_page_being_made_keeps_nobody_from_writing_after_its_note(app, official):
    other = create_app(app.config["PORTAL_SETTINGS"])
    bp, being_made, written = Blueprint("slow", __name__), threading.Event(), threading.Event()

    @bp.get("/slow")
    @access.public
    def slow():
        note(Note(True, lambda: setattr(db.session.get_one(Person, official.person_id), "name", "閲覧済")))
        being_made.set()
        return "", 200 if written.wait(5) else 500

    def write():
        being_made.wait(5)
        with app.app_context(), unit_of_work():
            person = db.session.get_one(Person, official.person_id)
            before.append(person.name)
            person.name = "変更後"
        written.set()

    other.register_blueprint(bp)
    before: list[str] = []
    writer = threading.Thread(target=write)
    writer.start()
    response = other.test_client().get("/slow")
    writer.join()

    assert response.status_code == 200
    assert before == ["閲覧済"]


def _change_and_fail(person_id):
    with unit_of_work():
        db.session.get_one(Person, person_id).name = "変更後"
        db.session.flush()
        raise RuntimeError("on purpose")


def test_of_two_edits_at_once_the_second_is_told(app, arrange):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF)
    announce_access(write=True)
    with app.app_context():
        seen = db.session.get_one(Person, member.person_id)
        db.session.execute(
            sa.update(Person)
            .where(Person.id == seen.id)
            .values(version=Person.version + 1)
            .execution_options(synchronize_session=False)
        )
        seen.name = "古い画面からの変更"
        with pytest.raises(Conflict), unit_of_work():
            db.session.flush()
