"""Nobody outside headquarters can tell whether an internal note exists: the same bytes before and after."""

import re

import pytest

from portal.core.db import db
from portal.directory.roles import Role
from portal.issues import service
from portal.issues.models import Issue
from portal.issues.states import IssueState
from tests.factories.issues import Cast, make_cast, make_issue
from tests.factories.people import actor_of, make_member

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
_CHANGING = re.compile(
    r'(name="(?:csrf_token|form_key)" (?:type="hidden" )?value=")[^"]*"|(data-csrf=")[^"]*"|( nonce=")[^"]*"'
)


def masked(page) -> str:
    """The page without what differs at each fetch: tokens, keys, nonces."""
    return _CHANGING.sub(r"\1\2\3…", page.text)


@pytest.fixture
def cast(arrange) -> Cast:
    with arrange():
        return make_cast()


@pytest.fixture
def issue(arrange, cast) -> Issue:
    """An issue in which the ministry is being asked, so that everyone who can see one sees it."""
    with arrange():
        return make_issue(cast, IssueState.CONSULTING)


def looks(visitor, issue, verbs) -> list[str]:
    """Every page on which the issue shows, in an order in which the first visit has been paid."""
    visitor.get(f"/issues/{issue.number}")
    paths = [
        "/issues",
        "/issues?view=all",
        "/issues?view=waiting",
        "/issues?view=all&flags=unread",
        "/",
        f"/issues/{issue.number}",
        *(f"/issues/{issue.number}/{verb}" for verb in verbs),
    ]
    return [masked(visitor.get(path)) for path in paths]


@pytest.mark.parametrize(
    ("who", "verbs"),
    [("staff", ["withdraw", "reply"]), ("manager", ["withdraw"]), ("prefecture", ["reply"]), ("ministry", [])],
)
def test_a_note_leaves_no_trace_outside(visit, cast, issue, who, verbs):
    visitor, division = visit(getattr(cast, who)), visit(cast.division)
    before = looks(visitor, issue, verbs)

    page = (
        division.get(f"/issues/{issue.number}/note")
        .form()
        .submit(text="県とも電話で確認済み。", attachments=("電話記録.pdf", PDF))
    )
    assert "県とも電話で確認済み。" in page.main

    assert looks(visitor, issue, verbs) == before


def test_a_form_opened_before_the_note_is_still_good_after_it(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast, IssueState.ANSWERED)
    page = visit(cast.staff).get(f"/issues/{issue.number}/close")
    visit(cast.liaison).get(f"/issues/{issue.number}/note").form().submit(text="解決しているか後日聞く。")

    assert "完了にしました" in page.form().submit().main


def test_the_order_of_lists_outside_does_not_move_with_a_note(visit, cast, arrange):
    with arrange():
        first, second = make_issue(cast), make_issue(cast)
    visitor = visit(cast.staff)
    before = masked(visitor.get("/issues?view=all&sort=activity"))
    inside_before = visit(cast.secretariat).get("/issues?view=all&sort=activity").main
    visit(cast.liaison).get(f"/issues/{first.number}/note").form().submit(text="先に対応する。")

    assert masked(visitor.get("/issues?view=all&sort=activity")) == before
    inside = visit(cast.secretariat).get("/issues?view=all&sort=activity").main
    assert inside_before.index(second.number) < inside_before.index(first.number)
    assert inside.index(first.number) < inside.index(second.number)


def test_a_note_s_file_is_not_there_for_outsiders(visit, cast, issue):
    page = (
        visit(cast.division)
        .get(f"/issues/{issue.number}/note")
        .form()
        .submit(text="記録。", attachments=("電話記録.pdf", PDF))
    )
    file = next(link["href"] for link in page.soup.find_all("a") if link.get_text() == "電話記録.pdf")

    assert visit(cast.liaison).get(file).response.data == PDF
    for who in ("staff", "manager", "prefecture", "ministry"):
        absent = file.rsplit("/", 1)[0] + "/999999"
        missing = visit(getattr(cast, who)).get(absent, status=404)
        hidden = visit(getattr(cast, who)).get(file, status=404)
        assert masked(hidden).replace(file, "") == masked(missing).replace(absent, "")


def test_what_a_ministry_is_asked_leaves_no_words_outside(visit, cast, issue):
    for who in ("staff", "manager", "prefecture"):
        page = visit(getattr(cast, who)).get(f"/issues/{issue.number}")
        assert "見解を教えてください。" not in page.text
        assert "府省との協議" not in page.text


def test_an_issue_that_is_hidden_answers_like_one_that_is_not_there(visit, cast, issue, arrange):
    with arrange():
        stranger = make_member("131016", Role.LOCAL_MANAGER)
    for visitor in (
        visit(cast.other_body),
        visit(stranger),
        visit(cast.other_liaison),
        visit(cast.association),
        visit(cast.other_ministry),
        visit(cast.auditor),
    ):
        hidden = visitor.get(f"/issues/{issue.number}", status=404)
        missing = visitor.get("/issues/R8-L-999999", status=404)
        assert masked(hidden).replace(issue.number, "") == masked(missing).replace("R8-L-999999", "")
        for verb in ("reply", "note", "withdraw", "triage", "answer", "follow"):
            path = f"/issues/{issue.number}/{verb}"
            assert visitor.post_with_token(path, {"text": "？"}).status == 404


def test_an_issue_not_shared_is_hidden_from_the_prefecture(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast, is_shared_with_prefecture=False)

    visit(cast.prefecture).get(f"/issues/{issue.number}", status=404)
    assert issue.number not in visit(cast.prefecture).get("/issues?view=all").main


def test_the_ministry_s_unread_mark_does_not_move_with_a_note(arrange, cast, issue):
    with arrange():
        held = db.session.get(Issue, issue.id)
        before = (held.last_public_activity_at, held.version)
        service.write_note(actor_of(cast.liaison), held, text="内輪の話。")
        db.session.expire(held)

        assert (held.last_public_activity_at, held.version) == before
        assert held.last_activity_at > before[0]
