"""What is typed into the form of a paper and not saved: kept, offered back to whoever typed it, and forgotten."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.guidance import service
from portal.guidance.models import Guidance
from portal.guidance.typed import MOST, keep_typed
from portal.guidance.typed_models import KeptTyping
from portal.issues import submission
from portal.issues.content import IssueContent
from portal.issues.states import IssueKind, Leak
from portal.themes.models import Theme
from tests.factories.guidance import issue, make_chief, make_draft, make_drafter
from tests.factories.people import actor_of, make_member

OFFER = "保存していない入力が残っています"
MY_NUMBER = "123456789018"


@pytest.fixture
def drafter(arrange):
    with arrange():
        return make_drafter()


@pytest.fixture
def colleague(arrange):
    with arrange():
        return make_drafter()


@pytest.fixture
def draft(arrange, drafter):
    """The number of a draft by the drafter."""
    with arrange():
        return make_draft(actor_of(drafter)).id


def keep(visitor, page, **changes):
    """Send what stands in the page's form, changed, as the script does."""
    form = page.form("/new" if page.url == "/guidance/new" else "/edit")
    address = page.tree.xpath("//form[@data-autosave='typed']/@data-autosave-url")[0]
    return visitor.post(address, {**form.values, **changes}, follow=False)


def count(arrange) -> int:
    with arrange():
        return db.session.scalar(sa.select(sa.func.count()).select_from(KeptTyping))


def test_what_was_typed_is_kept_offered_and_restored(arrange, visit, drafter, draft):
    visitor = visit(drafter)
    with arrange():
        before = db.session.scalar(sa.select(sa.func.count()).select_from(EventRecord))
    answer = keep(visitor, visitor.get(f"/guidance/{draft}/edit"), title="途中の件名", body="途中の本文\n\n二段落目")

    assert answer.status == 200
    assert answer.response.get_json()["said"].startswith("入力中の内容を一時保存しました（")
    with arrange():
        assert db.session.get_one(Guidance, draft).title == "紐付け総点検の実施について"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(EventRecord)) == before
        kept = db.session.scalars(sa.select(KeptTyping)).one()
        assert not kept.typed.keys() & {"csrf_token", "form_key", "version", "files", "my_number_confirmed"}
    page = visitor.get(f"/guidance/{draft}/edit")
    assert OFFER in page.main
    assert "更新されています" not in page.main
    assert page.form("/edit").values["title"] == "紐付け総点検の実施について"
    assert not page.tree.xpath("//form[@data-autosave]")  # until it is said what becomes of what was kept

    restored = visitor.get(f"/guidance/{draft}/edit?typed=yes")
    assert "入力を戻しました" in restored.main
    assert restored.form("/edit").values["body"] == "途中の本文\n\n二段落目"
    saved = restored.form("/edit").submit()
    assert saved.url == f"/guidance/{draft}"
    assert saved.h1 == "途中の件名"
    assert count(arrange) == 0
    assert OFFER not in visitor.get(f"/guidance/{draft}/edit").main


def test_everything_in_the_form_comes_back_as_it_was_left(visit, drafter, draft):
    visitor = visit(drafter)
    page = visitor.get(f"/guidance/{draft}/edit")
    left = {
        **page.form("/edit").values,
        "title": "",
        "reply_due_on-month": "13",
        "kinds": ["prefecture"],
        "seal_omitted": "y",
        "include": "152226\n151009",
    }
    del left["form_key"], left["csrf_token"]
    assert keep(visitor, page, **left).status == 200

    values = visitor.get(f"/guidance/{draft}/edit?typed=yes").form("/edit").values
    del values["form_key"], values["csrf_token"]
    assert values == {**left, "kinds": "prefecture"}


def test_the_same_as_the_draft_is_not_offered(visit, drafter, draft):
    visitor = visit(drafter)
    keep(visitor, visitor.get(f"/guidance/{draft}/edit"))

    assert OFFER not in visitor.get(f"/guidance/{draft}/edit").main


def test_it_is_thrown_away(arrange, visit, drafter, draft):
    visitor = visit(drafter)
    keep(visitor, visitor.get(f"/guidance/{draft}/edit"), title="途中の件名")
    page = visitor.get(f"/guidance/{draft}/edit").form("/typed/discard").submit()

    assert page.url == f"/guidance/{draft}/edit"
    assert "破棄しました" in page.main
    assert OFFER not in page.main
    assert count(arrange) == 0


def test_nobody_else_is_offered_it(arrange, visit, drafter, colleague, draft):
    visitor, other = visit(drafter), visit(colleague)
    keep(visitor, visitor.get(f"/guidance/{draft}/edit"), title="途中の件名")

    for address in (f"/guidance/{draft}/edit", f"/guidance/{draft}/edit?typed=yes", "/guidance/new?typed=yes"):
        page = other.get(address)
        assert OFFER not in page.main
        assert "途中の件名" not in page.text
    other.post_with_token(f"/guidance/{draft}/typed/discard")
    assert count(arrange) == 1
    keep(other, other.get(f"/guidance/{draft}/edit"), title="同僚の件名")
    assert count(arrange) == 2


def test_a_draft_that_somebody_saved_meanwhile_is_not_overwritten(arrange, visit, drafter, colleague, draft):
    visitor, other = visit(drafter), visit(colleague)
    keep(visitor, visitor.get(f"/guidance/{draft}/edit"), title="途中の件名")
    other.get(f"/guidance/{draft}/edit").form("/edit").submit(title="同僚の件名")

    assert "この下書きは更新されています" in visitor.get(f"/guidance/{draft}/edit").main
    restored = visitor.get(f"/guidance/{draft}/edit?typed=yes")
    assert "このままでは保存できません" in restored.main
    keep(visitor, restored, title="途中の件名、続き")
    stale = restored.form("/edit").submit()
    assert stale.status == 409
    assert "途中の件名" in stale.main
    with arrange():
        assert db.session.get_one(Guidance, draft).title == "同僚の件名"
        kept = db.session.scalars(sa.select(KeptTyping)).one()
        assert kept.typed["title"] == ["途中の件名、続き"]
        assert kept.seen_version == 1


def test_taking_a_file_off_makes_the_own_typing_no_older(visit, drafter, draft):
    visitor = visit(drafter)
    visitor.get(f"/guidance/{draft}/edit").form("/edit").submit(files=[("様式1.txt", "様式".encode())])
    page = visitor.get(f"/guidance/{draft}/edit")
    keep(visitor, page, title="途中の件名")
    assert "更新されています" not in page.form("/remove").submit().main
    saved = visitor.get(f"/guidance/{draft}/edit?typed=yes").form("/edit").submit()

    assert saved.h1 == "途中の件名"


@pytest.mark.parametrize(
    "changes", [{"body": f"番号は{MY_NUMBER}です。"}, {"include": MY_NUMBER}, {"title": f"個人番号 {MY_NUMBER}"}]
)
def test_what_may_be_a_my_number_is_not_kept(arrange, visit, drafter, draft, changes):
    visitor = visit(drafter)
    page = visitor.get(f"/guidance/{draft}/edit")
    answer = keep(visitor, page, **changes)

    assert answer.status == 422
    said = answer.response.get_json()["said"]
    assert said.startswith("入力中の内容は一時保存していません。")
    assert MY_NUMBER not in said
    assert count(arrange) == 0
    keep(visitor, page, title="番号のない件名")
    assert keep(visitor, page, **changes).status == 422
    with arrange():
        assert MY_NUMBER not in str(db.session.scalars(sa.select(KeptTyping)).one().typed)


def test_more_than_the_form_takes_is_not_kept(arrange, visit, drafter, draft):
    visitor = visit(drafter)
    answer = keep(visitor, visitor.get(f"/guidance/{draft}/edit"), body="長" * MOST)

    assert answer.status == 422
    assert "長すぎます" in answer.response.get_json()["said"]
    assert count(arrange) == 0


def test_a_new_paper(arrange, visit, drafter):
    visitor = visit(drafter)
    page = visitor.get("/guidance/new?kind=office_memo")
    for title in ("書き始めた件名", "書き直した件名"):
        assert keep(visitor, page, title=title).status == 200
    assert count(arrange) == 1
    assert OFFER in visitor.get("/guidance/new").main
    restored = visitor.get("/guidance/new?typed=yes").form("/new")
    assert (restored.values["title"], restored.values["kind"]) == ("書き直した件名", "office_memo")

    assert restored.submit().h1 == "書き直した件名"
    assert count(arrange) == 0


def test_a_new_paper_comes_of_its_issue_and_of_no_other(arrange, visit, drafter):
    with arrange():
        first, second = (_submitted(title) for title in ("住所変更の届出", "手帳番号の重複"))
    visitor = visit(drafter)
    keep(visitor, visitor.get(f"/guidance/new?issue={first}"), body="書き始めた本文")
    offered = visitor.get(f"/guidance/new?issue={second}")
    assert OFFER in offered.main
    restored = visitor.get(f"/guidance/new?issue={second}&typed=yes")
    assert first in restored.main
    assert second not in restored.main
    discarded = offered.form("/typed/discard").submit()
    assert second in discarded.main


def test_another_way_to_a_draft_leaves_what_is_typed_for_a_new_paper(arrange, visit, drafter):
    with arrange():
        keep_typed(actor_of(drafter), None, {"title": ["書き始めた件名"]})
        make_draft(actor_of(drafter))

    assert OFFER in visit(drafter).get("/guidance/new").main


def test_what_left_the_desk_takes_no_typing_and_its_issue_forgets_all(arrange, visit, drafter, colleague):
    with arrange():
        chief = actor_of(make_chief())
        paper = make_draft(actor_of(drafter))
        for each in (drafter, colleague):
            keep_typed(actor_of(each), paper, {"title": ["途中の件名"]}, version=1)
        keep_typed(actor_of(drafter), None, {"title": ["書き始めた件名"]})
        service.send_for_review(actor_of(drafter), paper)
        number = paper.id
    late = visit(drafter).post_with_token(f"/guidance/{number}/typed", {"title": "遅れて打った件名"})
    assert late.status == 409
    assert count(arrange) == 3
    with arrange():
        paper = db.session.get_one(Guidance, number)
        service.approve_guidance(chief, paper, document_number="総行住第78号")
        issue(chief, paper)
        assert [each.guidance_id for each in db.session.scalars(sa.select(KeptTyping))] == [None]


def test_what_was_saved_by_the_same_form_is_not_kept_after_it(arrange, visit, drafter, draft):
    visitor = visit(drafter)
    page = visitor.get(f"/guidance/{draft}/edit")
    page.form("/edit").submit(title="保存した件名")
    late = keep(visitor, page, title="保存した件名")

    assert late.status == 302
    assert count(arrange) == 0


def _submitted(title: str) -> str:
    """The number of a question of 上越市 that the divisions see."""
    official = actor_of(make_member("152226", Role.LOCAL_MANAGER, section="福祉課"))
    theme = db.session.scalars(sa.select(Theme).where(Theme.code == "linkage")).one()
    content = IssueContent(kind=IssueKind.QUESTION, title=title, body="本文", theme_id=theme.id, leak=Leak.NO)
    return submission.submit_issue(official, submission.draft_issue(official, content)).number
