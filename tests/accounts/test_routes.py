"""Signing in and out, as a browser meets it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts import links
from portal.accounts.models import SignInSession
from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership, Person
from portal.directory.roles import Role
from portal.web.access import local_path, return_path
from tests.factories.accounts import NEW_PASSWORD, PASSWORD, give_password, sign_in
from tests.factories.people import actor_of, make_member, make_person

JOETSU, NAGAOKA = "152226", "152021"


@pytest.fixture
def account(arrange):
    """A member of staff of 上越市 who has a password: (membership, mail address)."""
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF, section="市民課")
        return member, give_password(member)


def cookie_of(visitor):
    return visitor.client.get_cookie("portal").value


def test_signed_out_visitor_arrives_at_the_sign_in_page_and_then_where_they_wanted(visit, account):
    visitor = visit()
    page = visitor.get("/profile?a=1", status=302)
    assert page.location == "/sign-in?next=/profile?a%3D1"

    page = sign_in(visitor, account[1], url=page.location)

    assert page.url == "/profile"


def test_sign_in_page_says_who_the_portal_is_for(visit):
    assert "市区町村・都道府県" in visit().get("/sign-in").main


def test_wrong_and_unknown_read_the_same(visit, account):
    def answer(email):
        page = sign_in(visit(), email, "wrong")
        return page.status, page.main.replace(email, "")

    assert answer(account[1]) == answer("nobody@test.example")
    assert answer(account[1])[0] == 422


def test_password_is_never_sent_back(visit, account):
    page = sign_in(visit(), account[1], "wrong-secret")

    assert "wrong-secret" not in page.text
    assert account[1] in page.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "http:evil",
        " //evil.example",
        "/%0d%0aSet-Cookie:x",
        "evil.example",
        "/sign-in",
        "/links/x",
    ],
)
def test_open_redirect_is_refused(visit, account, target):
    visitor = visit()
    form = visitor.get("/sign-in").form("/sign-in")

    location = form.submit(email=account[1], password=PASSWORD, next=target, follow=False).location

    assert location == "/" or (target.startswith("/%0d") and location == target)


def test_local_path_keeps_pages_of_the_portal():
    assert local_path("/issues?state=draft&q=%E5%B8%82") == "/issues?state=draft&q=%E5%B8%82"
    assert local_path("/sign-in") == "/sign-in"
    assert return_path("/sign-in?next=/") is None
    assert local_path("/" + "a" * 3000) is None


def test_session_is_renewed_at_sign_in(visit, account, arrange):
    """Fixation: what a cookie held before signing in is worth nothing after it, and the earlier session is ended."""
    visitor = visit()
    visitor.get("/sign-in")
    before = cookie_of(visitor)
    sign_in(visitor, account[1])
    first = cookie_of(visitor)
    assert first != before

    page = visitor.get("/profile")
    visitor.post(
        "/sign-in",
        {
            "csrf_token": page.soup.find(attrs={"name": "csrf_token"})["value"],
            "email": account[1],
            "password": PASSWORD,
        },
    )
    assert cookie_of(visitor) != first

    with arrange():
        rows = db.session.scalars(sa.select(SignInSession).order_by(SignInSession.id)).all()
        assert [row.ended_at is None for row in rows] == [False, True]
    visitor.client.set_cookie("portal", before)
    assert visitor.get("/", status=302).location.startswith("/sign-in")


def test_csrf_token_of_before_signing_in_is_worth_nothing_after(visit, account):
    visitor = visit()
    page = visitor.get("/sign-in")
    token = page.soup.find(attrs={"name": "csrf_token"})["value"]
    page.form("/sign-in").submit(email=account[1], password=PASSWORD)

    assert visitor.post("/sign-out", {"csrf_token": token}).status == 400


def test_signed_in_person_is_led_home_from_the_sign_in_page(visit, account):
    assert visit(account[0]).get("/sign-in", status=302).location == "/"


def test_stolen_cookie_is_dead_after_sign_out(visit, account):
    visitor = visit()
    sign_in(visitor, account[1])
    stolen = cookie_of(visitor)

    page = visitor.post_with_token("/sign-out")

    assert page.url == "/sign-in"
    assert "サインアウトしました" in page.main
    visitor.client.set_cookie("portal", stolen)
    visitor.get("/", status=302)


def test_sign_out_everywhere_ends_the_other_browser(visit, account):
    here, there = visit(), visit()
    sign_in(here, account[1])
    sign_in(there, account[1])

    here.post_with_token("/sign-out/everywhere")

    there.get("/", status=302)
    here.get("/", status=302)


def test_one_other_browser_is_ended_from_the_profile(visit, account):
    here, there = visit(), visit()
    sign_in(there, account[1])
    sign_in(here, account[1])
    page = here.get("/profile")
    action = page.soup.find("form", action=re.compile("/profile/sessions/"))["action"]

    here.post_with_token(action)

    there.get("/", status=302)
    here.get("/")


def test_session_of_somebody_else_is_not_found(visit, account, arrange):
    visit(account[0])
    with arrange():
        other = make_member(NAGAOKA, Role.LOCAL_STAFF)
        row = db.session.scalars(sa.select(SignInSession)).one()

    assert visit(other).post_with_token(f"/profile/sessions/{row.id}/end").status == 404


def test_sixty_idle_minutes_end_the_session(visit, account):
    with time_machine.travel("2026-11-24T00:00:00Z", tick=False) as traveller:
        visitor = visit(account[0])
        for _ in range(3):
            traveller.shift(timedelta(minutes=59))
            visitor.get("/")
        traveller.shift(timedelta(minutes=60, seconds=1))

        visitor.get("/", status=302)


def test_twelve_hours_end_the_session_however_busy(visit, account):
    with time_machine.travel("2026-11-24T00:00:00Z", tick=False) as traveller:
        visitor = visit(account[0])
        for _ in range(23):
            traveller.shift(timedelta(minutes=30))
            visitor.get("/")
        traveller.shift(timedelta(minutes=30))

        visitor.get("/", status=302)


def test_what_was_typed_survives_the_end_of_the_session(visit, account):
    with time_machine.travel("2026-11-24T00:00:00Z", tick=False) as traveller:
        visitor = visit(account[0])
        form = visitor.get("/profile").form("/profile")
        traveller.shift(timedelta(minutes=61))

        page = form.submit(name="長い文章を書いた人")

    assert page.status == 401
    assert "長い文章を書いた人" in page.main
    assert "csrf_token" not in page.main


def test_fragment_asked_for_without_a_session_leads_the_whole_page_to_sign_in(visit):
    visitor = visit()
    response = visitor.client.get(
        "/profile", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/profile?a=1"}
    )

    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/sign-in?next=/profile?a%3D1"


def test_pages_of_signed_in_people_are_not_kept_by_the_browser(visit, account):
    visitor = visit(account[0])

    assert "no-store" in visitor.get("/").response.headers["Cache-Control"]
    assert "no-store" in visitor.get("/no-such-page", status=404).response.headers["Cache-Control"]


def test_damaged_stamp_in_the_cookie_is_no_session(visit, account):
    visitor = visit(account[0])
    with visitor.client.session_transaction() as session:
        session["seen"] = "yesterday"

    visitor.get("/", status=302)


# Links


def armed(arrange, member, invite=True):
    with arrange():
        person = db.session.get(Person, member.person_id)
        if invite:
            link = links.invite(actor_of(make_member(JOETSU, Role.LOCAL_MANAGER)), person)
            return links.arm_link(link.id)
        links.request_reset(person.email, address="192.0.2.1")
        record = db.session.scalars(sa.select(EventRecord).order_by(EventRecord.id.desc())).first()
        return links.arm_link(record.payload["link_id"])


def test_invited_person_sets_a_password_and_signs_in(visit, arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        email = db.session.get(Person, member.person_id).email
    url = f"/links/{armed(arrange, member)}"
    visitor = visit()
    assert email in visitor.get(url).main
    page = visitor.get(url).form(url).submit(new_password="password1234", password_again="password1234")
    assert page.status == 422
    assert "推測されやすい" in page.error_of("new_password")
    assert "上の欄と同じ" in page.form(url).submit(new_password=NEW_PASSWORD, password_again="other").error_of(
        "password_again"
    )

    page = page.form(url).submit(new_password=NEW_PASSWORD, password_again=NEW_PASSWORD)

    assert page.url == "/sign-in"
    assert sign_in(visitor, email, NEW_PASSWORD).url == "/"
    visit().get(url, status=410)


def test_used_expired_and_invented_links_look_the_same(visit, arrange, account):
    with time_machine.travel("2026-11-24T00:00:00Z", tick=False) as traveller:
        secret = armed(arrange, account[0], invite=False)
        visit().get(f"/links/{secret}")
        traveller.shift(timedelta(hours=1))
        expired = visit().get(f"/links/{secret}", status=410)
    invented = visit().get("/links/" + "x" * 43, status=410)

    assert expired.main == invented.main


def test_link_left_open_beyond_its_life_sets_nothing(visit, arrange, account):
    with time_machine.travel("2026-11-24T00:00:00Z", tick=False) as traveller:
        url = f"/links/{armed(arrange, account[0], invite=False)}"
        visitor = visit()
        form = visitor.get(url).form(url)
        traveller.shift(timedelta(hours=1))

        page = form.submit(new_password=NEW_PASSWORD, password_again=NEW_PASSWORD)

        assert page.status == 410
        assert sign_in(visit(), account[1], NEW_PASSWORD).status == 422


def test_reset_page_answers_known_and_unknown_alike(visit, account):
    def answer(email):
        page = visit().get("/reset").form("/reset").submit(email=email)
        return page.status, page.url, page.main

    assert answer(account[1]) == answer("nobody@test.example")


def test_password_change_needs_the_current_one_and_signs_out_the_others(visit, account):
    here, there = visit(), visit()
    sign_in(here, account[1])
    sign_in(there, account[1])
    form = here.get("/profile/password").form("/profile/password")
    wrong = form.submit(current_password="wrong", new_password=NEW_PASSWORD, password_again=NEW_PASSWORD)
    assert wrong.status == 422
    assert "違います" in wrong.error_of("current_password")
    same = wrong.form("/profile/password").submit(
        current_password=PASSWORD, new_password=PASSWORD, password_again=PASSWORD
    )
    assert "違うもの" in same.error_of("new_password")

    page = same.form("/profile/password").submit(
        current_password=PASSWORD, new_password=NEW_PASSWORD, password_again=NEW_PASSWORD
    )

    assert page.url == "/profile"
    there.get("/", status=302)
    assert sign_in(visit(), account[1]).status == 422
    assert sign_in(visit(), account[1], NEW_PASSWORD).url == "/"


def test_guessing_the_current_password_is_throttled(visit, account):
    visitor = visit(account[0])
    for _ in range(5):
        page = (
            visitor.get("/profile/password")
            .form("/profile/password")
            .submit(current_password="wrong", new_password=NEW_PASSWORD, password_again=NEW_PASSWORD)
        )
        assert page.status == 422

    page = (
        visitor.get("/profile/password")
        .form("/profile/password")
        .submit(current_password=PASSWORD, new_password=NEW_PASSWORD, password_again=NEW_PASSWORD)
    )

    assert page.status == 429


# Memberships


@pytest.fixture
def two_places(arrange):
    """A person who belongs to 上越市 and to 長岡市: (memberships, mail address)."""
    with arrange():
        person = make_person()
        members = [make_member(code, Role.LOCAL_STAFF, person=person, section="市民課") for code in (JOETSU, NAGAOKA)]
        return members, give_password(person)


def test_person_of_two_places_chooses_one_after_signing_in(visit, two_places):
    (_, nagaoka), email = two_places
    visitor = visit()
    page = sign_in(visitor, email, url="/sign-in?next=/profile")
    assert page.url == "/memberships"
    assert "上越市" in page.main
    assert "長岡市" in page.main

    page = page.form("/memberships").submit(membership_id=nagaoka.id)

    assert page.url == "/profile"
    assert "長岡市" in page.main
    assert "長岡市 市民課" in visitor.get("/").soup.header.get_text(" ")


def test_membership_of_somebody_else_cannot_be_chosen(visit, two_places, account):
    page = visit(two_places[0][0]).post_with_token("/memberships", {"membership_id": account[0].id})

    assert page.status == 422


def end(arrange, *members):
    with arrange():
        for member in members:
            db.session.get(Membership, member.id).ends_at = clock.now() - timedelta(seconds=1)


def test_ended_membership_falls_back_to_another_and_says_so_once(visit, two_places, arrange):
    joetsu, _ = two_places[0]
    visitor = visit(joetsu)
    end(arrange, joetsu)

    page = visitor.get("/")

    assert "これまでの所属が終了したため、長岡市" in page.main
    assert "長岡市" in page.soup.header.get_text(" ")
    assert "終了したため" not in visitor.get("/").main


def test_what_was_sent_for_the_ended_membership_does_not_happen_under_another(visit, two_places, arrange):
    joetsu, _ = two_places[0]
    visitor = visit(joetsu)
    form = visitor.get("/profile").form("/profile")
    end(arrange, joetsu)

    page = form.submit(name="別の団体として変更")

    assert page.url == "/"
    with arrange():
        assert db.session.get(Person, joetsu.person_id).name != "別の団体として変更"


def test_person_without_a_membership_can_only_read_why_and_sign_out(visit, account, arrange):
    visitor = visit(account[0])
    end(arrange, account[0])
    assert visitor.get("/", status=302).location == "/memberships/none"
    assert visitor.get("/profile", status=302).location == "/memberships/none"
    assert visitor.get("/memberships", status=302).location == "/memberships/none"

    page = visitor.get("/memberships/none")

    assert "現在の所属がありません" in page.h1
    assert page.form("/sign-out").submit().url == "/sign-in"


def test_new_membership_opens_the_portal_again(visit, account, arrange):
    visitor = visit(account[0])
    end(arrange, account[0])
    with arrange():
        make_member(NAGAOKA, Role.LOCAL_STAFF, person=db.session.get(Person, account[0].person_id))

    assert visitor.get("/memberships/none", status=302).location == "/"
    assert "長岡市" in visitor.get("/").soup.header.get_text(" ")


# Profile


def test_profile_is_changed_and_recorded(visit, account, arrange):
    page = (
        visit(account[0])
        .get("/profile")
        .form("/profile")
        .submit(name="上越 花子", kana="じょうえつ はなこ", phone="０２５-５２６-５１１１", locale="en")
    )

    assert page.soup.html["lang"] == "en"
    with arrange():
        person = db.session.get(Person, account[0].person_id)
        assert (person.name, person.kana, person.phone) == ("上越 花子", "ジョウエツハナコ", "025-526-5111")
        assert db.session.scalars(sa.select(EventRecord.kind)).all() == ["person_changed"]


def test_my_number_is_refused_in_the_profile(visit, account):
    page = visit(account[0]).get("/profile").form("/profile").submit(phone="個人番号 123456789018")

    assert page.status == 422
    assert "個人番号" in page.error_of("phone")


def test_stale_profile_keeps_what_was_typed(visit, account):
    visitor = visit(account[0])
    stale = visitor.get("/profile").form("/profile")
    visitor.get("/profile").form("/profile").submit(name="先の人")

    page = stale.submit(name="後の人")

    assert page.status == 409
    assert "後の人" in page.main
