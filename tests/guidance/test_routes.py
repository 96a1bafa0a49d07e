"""Guidance in the browser: from the draft to the body's receipt, and what each role is shown."""

import re

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.directory.roles import Role
from portal.guidance import receiving
from portal.guidance.models import Guidance, Receipt, Recipient
from portal.guidance.states import GuidanceState, ResponseState
from portal.issues import submission
from portal.issues.content import IssueContent
from portal.issues.states import IssueKind, Leak
from portal.themes.models import Theme
from tests.factories.guidance import (
    EVERYONE,
    NIIGATA,
    due_in,
    make_approved,
    make_chief,
    make_draft,
    make_drafter,
    make_issued,
    make_review,
)
from tests.factories.people import actor_of, make_liaison, make_member, organisation

MY_NUMBER = "123456789018"
LOCAL_KINDS = [kind.value for kind in EVERYONE.kinds]


@pytest.fixture
def people(arrange):
    """A drafter of 住民制度課, the secretariat's head, and an official of 上越市."""
    with arrange():
        return {
            "drafter": make_drafter(),
            "chief": make_chief(),
            "official": make_member("152226", Role.LOCAL_STAFF, section="市民課"),
        }


def write(page, **changes):
    values = {
        "kind": "notice",
        "title": "紐付け総点検について",
        "nature": "reply_required",
        "addressee_line": "各都道府県知事・各市区町村長 殿",
        "body": "## 記\n\n1. 点検の対象",
        "contact": "住民台帳係 03-0000-0000",
        "required_action": "点検結果を報告すること",
        "concerned_sections": "番号制度担当課",
        "difference": "新規",
        "reply_due_on-year": str(due_in(10).year),
        "reply_due_on-month": str(due_in(10).month),
        "reply_due_on-day": str(due_in(10).day),
        "kinds": LOCAL_KINDS,
        **changes,
    }
    return page.form().submit(**values)


def stored(arrange, title: str = "紐付け総点検について") -> int:
    with arrange():
        return db.session.scalars(sa.select(Guidance.id).where(Guidance.title == title)).one()


def test_a_notice_goes_from_draft_to_the_bodys_receipt(arrange, visit, people):
    drafter, chief, official = (visit(people[name]) for name in ("drafter", "chief", "official"))
    page = write(drafter.get("/guidance/new"), files=[("様式1.txt", "様式".encode())])
    number = stored(arrange)
    address = f"/guidance/{number}"
    assert page.url == address
    assert "1,788団体" in drafter.get(f"{address}/addressees").main
    official.get(address, status=404)

    assert "確認・合議" in drafter.get(f"{address}/send-for-review").form().submit().main
    drafter.get(f"{address}/approve", status=404)
    assert "決裁する" in chief.get("/guidance").main
    refused = chief.get(f"{address}/approve").form().submit(document_number="")
    assert refused.status == 422
    assert "文書番号が必要" in refused.error_of("document_number")
    issue_page = refused.form("/approve").submit(document_number="総行住第７８号")
    assert issue_page.url == f"{address}/issue"
    issued = issue_page.form().submit()
    assert "1,788団体に発出しました" in issued.main
    assert "総行住第78号" in issued.main

    waiting = official.get("/guidance")
    assert "受領する" in waiting.main
    opened = official.get(address)
    assert "点検結果を報告すること" in opened.main
    assert "決裁者" not in opened.main
    received = official.get(f"{address}/receive").form().submit()
    assert "市民課で受領しました" in received.main
    later = official.get(received.soup.find("a", string="収受番号を追記する")["href"])
    assert "番号を追記します。" in later.main
    received = later.form().submit(receipt_number="上市第12号")
    assert "市民課の収受番号を追記しました。" in received.main
    assert "収受番号を追記する" not in received.main
    again = official.get(f"{address}/receive").form().submit()
    assert again.status == 422
    assert "受領済み" in again.error_of("section_name")
    responded = (
        official.get(f"{address}/respond")
        .form()
        .submit(state="done", text="点検を終えた", files=[("結果.txt", "結果".encode())])
    )
    assert "点検を終えた" in responded.main
    assert official.get("/guidance").main.count("受領する") == 0

    matrix = chief.get(f"{address}/recipients?prefecture=15&fact=received")
    assert "上越市" in matrix.main
    assert "市民課 上市第12号" in matrix.main
    with arrange():
        recipient_id = db.session.scalars(
            sa.select(Recipient.id).where(Recipient.guidance_id == number, Recipient.received_at.is_not(None))
        ).one()
    detail = chief.get(f"{address}/recipients/{recipient_id}")
    assert "結果.txt" in detail.main
    href = detail.soup.find("a", string="結果.txt")["href"]
    assert chief.get(href).response.headers["Content-Disposition"].startswith("attachment")
    assert official.get(href).status == 200


def test_a_draft_is_refused_at_its_fields_and_keeps_what_was_typed(visit, people, arrange):
    visitor = visit(people["drafter"])
    past = write(visitor.get("/guidance/new"), **{"reply_due_on-year": "2020", "title": "過去の期限"})
    assert past.status == 422
    assert "過去の日付" in past.main
    assert past.soup.find(attrs={"name": "title"})["value"] == "過去の期限"
    unknown = write(visitor.get("/guidance/new"), include="152226 999999")
    assert "999999" in unknown.error_of("include")
    secret = write(visitor.get("/guidance/new"), body=f"個人番号 {MY_NUMBER}")
    assert secret.status == 422
    assert "個人番号" in secret.error_of("body")
    memo = write(visitor.get("/guidance/new"), kind="office_memo", document_number="総行住第78号")
    assert "事務連絡" in memo.error_of("document_number")
    with arrange():
        assert not db.session.scalar(sa.select(sa.func.count(Guidance.id)))


def test_a_doubtful_number_may_be_confirmed(visit, people, arrange):
    visitor = visit(people["drafter"])
    asked = write(visitor.get("/guidance/new"), contact=f"受付番号 {MY_NUMBER}")
    assert asked.status == 422
    assert asked.soup.find(attrs={"name": "my_number_confirmed"}) is not None
    assert asked.form().submit(my_number_confirmed="y").status == 200
    assert stored(arrange)


def test_a_stale_edit_meets_a_conflict_that_keeps_the_text(visit, people, arrange):
    with arrange():
        guidance_id = make_draft(actor_of(people["drafter"])).id
    visitor = visit(people["drafter"])
    first, second = (visitor.get(f"/guidance/{guidance_id}/edit") for _ in range(2))
    assert first.form().submit(title="先に保存した件名").status == 200

    refused = second.form().submit(title="後から保存する件名")

    assert refused.status == 409
    kept = {
        label.get_text(): refused.soup.find(id=label["for"]).get_text().strip() for label in refused.soup.main("label")
    }
    assert kept == {"入力した内容（件名）": "後から保存する件名"}  # the others are as they stand now
    assert refused.h1 == "先に別の更新がありました"
    assert "欄は、いまの内容と同じです。" in refused.main
    pieces = refused.soup.find("div", "qa-changes")
    assert (pieces.find("del").get_text(), pieces.find("ins").get_text()) == (
        "［削除ここから］先に保存した［ここまで］",
        "［追加ここから］後から保存する［ここまで］",
    )
    with arrange():
        assert db.session.get_one(Guidance, guidance_id).title == "先に保存した件名"


def test_a_step_that_came_too_late_is_not_said_to_be_an_edit(visit, people, arrange):
    with arrange():
        guidance_id = make_review(actor_of(people["drafter"])).id
    chief = visit(people["chief"])
    late = chief.get(f"/guidance/{guidance_id}/return-to-draft").form()
    chief.get(f"/guidance/{guidance_id}/return-to-draft").form().submit(reason="宛名を直すこと")

    refused = late.submit(reason="期限を直すこと")

    assert (refused.status, refused.h1) == (409, "操作できませんでした")
    assert "状態が変わったため" in refused.main
    assert "期限を直すこと" in refused.main
    onward = refused.soup.main.find("a", string="最新の内容を開く")["href"]
    assert onward == f"/guidance/{guidance_id}"  # the step itself would be refused now
    chief.get(onward)


def test_a_replayed_draft_is_made_once(visit, people, arrange):
    form = visit(people["drafter"]).get("/guidance/new").form()
    for _ in range(2):
        form.submit(title="二重送信", nature="information")
    assert stored(arrange, "二重送信")


def test_the_paper_comes_back_with_a_reason(visit, people, arrange):
    with arrange():
        guidance_id = make_review(actor_of(people["drafter"])).id
    chief = visit(people["chief"])
    empty = chief.get(f"/guidance/{guidance_id}/return-to-draft").form().submit(reason="")
    assert empty.status == 422
    empty.form().submit(reason="宛名を直すこと")

    page = visit(people["drafter"]).get(f"/guidance/{guidance_id}")

    assert "宛名を直すこと" in page.main
    assert "差戻しを直す" in visit(people["drafter"]).get("/guidance").main


def test_an_incomplete_paper_names_what_is_missing(visit, people, arrange):
    with arrange():
        guidance_id = make_draft(actor_of(people["drafter"]), contact="").id
    page = visit(people["drafter"]).get(f"/guidance/{guidance_id}/send-for-review").form().submit()

    assert page.status == 422
    assert "照会先を入力" in page.main


def test_a_number_taken_is_refused_at_its_field(visit, people, arrange):
    with arrange():
        make_approved("総行住第78号")
        guidance_id = make_review().id
    page = visit(people["chief"]).get(f"/guidance/{guidance_id}/approve").form().submit(document_number="総行住第78号")

    assert page.status == 422
    assert "すでに使われています" in page.error_of("document_number")


def test_a_short_due_date_asks_for_the_reason(visit, people, arrange):
    with arrange():
        guidance_id = make_review(reply_due_on=due_in(1)).id
    page = visit(people["chief"]).get(f"/guidance/{guidance_id}/approve").form().submit(document_number="総行住第78号")
    assert page.status == 422
    assert "3営業日" in page.error_of("short_due_reason")
    assert page.form().submit(short_due_reason="国会対応のため").url == f"/guidance/{guidance_id}/issue"


def test_a_changed_directory_asks_to_look_again(visit, people, arrange):
    with arrange():
        guidance_id = make_approved().id
    form = visit(people["chief"]).get(f"/guidance/{guidance_id}/issue").form()
    with arrange():
        organisation("152226").valid_until = due_in(0)

    refused = form.submit()

    assert refused.status == 409
    assert "名簿が変わりました" in refused.main
    with arrange():
        assert db.session.get_one(Guidance, guidance_id).state is GuidanceState.APPROVED
        assert not db.session.scalar(sa.select(sa.func.count(Recipient.id)))
    assert "30団体に発出しました" in visit(people["chief"]).get(f"/guidance/{guidance_id}/issue").form().submit().main


def test_a_head_does_not_approve_what_they_drafted(visit, arrange):
    with arrange():
        head = make_drafter(is_head=True, is_approver=True)
        guidance_id = make_review(actor_of(head)).id
    visitor = visit(head)
    visitor.get(f"/guidance/{guidance_id}/approve", status=403)
    refused = visitor.post_with_token(f"/guidance/{guidance_id}/approve", {"document_number": "総行住第78号"})

    assert refused.status == 403
    assert "起案した人は決裁できません" in refused.main


def test_a_step_that_somebody_else_took_meanwhile_conflicts(visit, people, arrange):
    with arrange():
        guidance_id = make_approved().id
    form = visit(people["chief"]).get(f"/guidance/{guidance_id}/issue").form()
    visit(people["chief"]).get(f"/guidance/{guidance_id}/issue").form().submit()

    assert form.submit().status == 409


@pytest.mark.parametrize(
    ("place", "draft", "issued"),
    [
        (("hq", Role.ADMIN), 200, 200),
        (("hq", Role.EXECUTIVE), 200, 200),
        (("hq", Role.AUDITOR), 404, 200),
        (("zaisei", Role.DIVISION), 404, 200),
        (("152226", Role.LOCAL_STAFF), 404, 200),
        (("131016", Role.LOCAL_STAFF), 404, 404),
        (("chijikai", Role.ASSOCIATION), 404, 404),
        (("digital", Role.MINISTRY), 404, 404),
    ],
)
def test_what_one_may_not_see_does_not_exist(visit, arrange, place, draft, issued):
    with arrange():
        member = make_member(*place)
        draft_id, issued_id = make_draft().id, make_issued().id
    visitor = visit(member)
    visitor.get(f"/guidance/{draft_id}", status=draft)
    visitor.get(f"/guidance/{issued_id}", status=issued)
    visitor.get(f"/guidance/{issued_id}/circulation", status=issued)
    absent = visitor.get("/guidance/999999", status=404)
    if draft == 404:
        unseen = visitor.get(f"/guidance/{draft_id}", status=404)
        assert re.sub(r"\d+|csrf-token\S+", "", unseen.main) == re.sub(r"\d+|csrf-token\S+", "", absent.main)


def test_only_whoever_drafts_is_offered_a_draft(visit, people):
    official = visit(people["official"])
    official.get("/guidance/new", status=404)
    assert "起案する" not in official.get("/guidance").main
    assert "起案する" in visit(people["drafter"]).get("/guidance").main


def test_opening_is_recorded_for_addressed_people_only(visit, people, arrange):
    with arrange():
        guidance_id = make_issued().id
    for _ in range(2):
        visit(people["official"]).get(f"/guidance/{guidance_id}")
    visit(people["chief"]).get(f"/guidance/{guidance_id}")

    page = visit(people["chief"]).get(f"/guidance/{guidance_id}")

    bar = re.sub(r"\s+", "", page.soup.find(class_="status-bar").get_text())
    assert bar.startswith("到達31／31閲覧1／31受領0／31対応0／31")


def test_the_matrix_shows_each_role_its_own_field(visit, people, arrange):
    with arrange():
        guidance_id = make_issued(addressees=EVERYONE).id
        prefecture, liaison = make_member("150002", Role.LOCAL_STAFF), make_liaison("150002")
    address = f"/guidance/{guidance_id}/recipients"
    everyone = visit(people["chief"]).get(address)
    assert len(everyone.soup.select(".tile-map__tile")) == 47
    assert everyone.soup.find("a", rel="next") is not None
    of_prefecture = visit(prefecture).get(address)
    assert "上越市" in of_prefecture.main
    assert "千代田区" not in of_prefecture.main
    of_liaison = visit(liaison).get(address)
    assert "上越市" in of_liaison.main
    assert "千代田区" not in of_liaison.main
    visit(people["official"]).get(address, status=404)
    with arrange():
        chiyoda = db.session.scalars(
            sa.select(Recipient.id).where(Recipient.guidance_id == guidance_id, Recipient.organisation_code == "131016")
        ).one()
    visit(prefecture).get(f"{address}/{chiyoda}", status=404)
    visit(people["chief"]).get(f"{address}/{chiyoda}")


def test_an_association_sees_figures_of_all_but_no_bodys_facts(visit, arrange):
    rule = EVERYONE.from_dict({**EVERYONE.to_dict(), "include": ["chijikai"]})
    with arrange():
        guidance_id = make_issued(addressees=rule).id
        member = make_member("chijikai", Role.ASSOCIATION)
    page = visit(member).get(f"/guidance/{guidance_id}/recipients")

    assert "1,789" in page.main
    assert "上越市" not in page.main
    assert "全国知事会" in page.main
    assert "都道府県別の表" in page.main
    assert "団体の種別ごとの表" in page.main


def test_no_line_of_an_associations_figures_tells_of_a_single_body(visit, arrange):
    rule = NIIGATA.from_dict({**NIIGATA.to_dict(), "include": ["chijikai", "130001"]})
    with arrange():
        address = f"/guidance/{make_issued(addressees=rule).id}/recipients"
        member, chief = make_member("chijikai", Role.ASSOCIATION), make_chief()
    for words in ("団体の種別ごとの表", "都道府県別の表"):
        assert words in visit(chief).get(address).main
        assert words not in visit(member).get(address).main


def test_a_file_is_checked_at_each_download(visit, people, arrange):
    page = write(visit(people["drafter"]).get("/guidance/new"), files=[("別添.txt", "別添".encode())])
    href = page.soup.find("a", string="別添.txt")["href"]
    with arrange():
        stranger = make_member("131016", Role.LOCAL_STAFF)
    visit(people["drafter"]).get(href)
    visit(people["official"]).get(href, status=404)
    visit(stranger).get(href, status=404)
    removed = visit(people["drafter"]).get(f"{page.url}/edit").form("/remove").submit()
    assert "別添.txt" not in removed.main
    visit(people["drafter"]).get(href, status=404)


def test_another_bodys_evidence_is_not_downloaded(visit, people, arrange):
    with arrange():
        guidance_id = make_issued().id
        neighbour = make_member("152056", Role.LOCAL_STAFF)
    page = (
        visit(people["official"])
        .get(f"/guidance/{guidance_id}/respond")
        .form()
        .submit(state="done", files=[("証跡.txt", "証跡".encode())])
    )
    href = page.soup.find("a", string="証跡.txt")["href"]

    visit(neighbour).get(href, status=404)
    visit(people["official"]).get(href)


def test_a_not_applicable_response_needs_its_reason(visit, people, arrange):
    with arrange():
        guidance_id = make_issued().id
    page = visit(people["official"]).get(f"/guidance/{guidance_id}/respond").form().submit(state="not_applicable")

    assert page.status == 422
    assert "理由" in page.error_of("text")


def test_abolition_is_told_on_the_page_and_ends_receipt(visit, people, arrange):
    with arrange():
        guidance_id = make_issued().id
    visit(people["chief"]).get(f"/guidance/{guidance_id}/abolish").form().submit(reason="手引きに統合したため")
    page = visit(people["official"]).get(f"/guidance/{guidance_id}")
    assert "手引きに統合したため" in page.main
    assert "受領する" not in page.main
    refused = visit(people["official"]).post_with_token(f"/guidance/{guidance_id}/receive", {"section_name": "市民課"})
    assert refused.status == 409


def test_the_sheet_to_circulate_has_number_due_and_receipt(visit, people, arrange):
    with arrange():
        guidance = make_issued()
        receiving.receive_guidance(actor_of(people["official"]), guidance, section_name="市民課", receipt_number="12号")
        guidance_id = guidance.id
    page = visit(people["official"]).get(f"/guidance/{guidance_id}/circulation")

    assert "総行住第78号" in page.main
    assert "第1版" in page.main
    assert "市民課 12号" in page.main


def test_pages_keep_their_budget_whatever_the_size(visit, people, arrange):
    with arrange():
        papers = [make_issued(f"総行住第{number}号", addressees=EVERYONE) for number in range(1, 26)]
        actor = actor_of(people["official"])
        for paper in papers[:20]:
            receiving.receive_guidance(actor, paper, section_name="市民課")
            receiving.respond_to_guidance(actor, paper, state=ResponseState.REPLIED, text="別添のとおり")
        guidance_id = papers[0].id
        liaison = make_liaison("150002", "130001")
    for member in (people["chief"], people["official"], liaison):
        visitor = visit(member)
        first = visitor.get("/guidance")
        following = first.soup.find("a", rel="next")["href"]
        assert "総行住第1号" in visitor.get(following).main
        visitor.get("/guidance?words=総行住&kind=notice&state=issued&waiting=unreceived&theme_id=x")
        visitor.get(f"/guidance/{guidance_id}")
    visit(people["chief"]).get(f"/guidance/{guidance_id}/recipients")


@pytest.mark.parametrize("path", ["", "/new"])
def test_the_pages_speak_english(visit, people, path):
    assert visit(people["drafter"], locale="en").get(f"/guidance{path}").soup.html["lang"] == "en"


def test_two_sections_of_a_body_receive_apart(visit, people, arrange):
    with arrange():
        guidance_id = make_issued().id
        other = make_member("152226", Role.LOCAL_STAFF, section="総務課")
    for member in (people["official"], other):
        visit(member).get(f"/guidance/{guidance_id}/receive").form().submit()
    with arrange():
        assert sorted(db.session.scalars(sa.select(Receipt.section_name))) == ["市民課", "総務課"]


def test_a_ministrys_draft_is_approved_by_the_secretariat(visit, people, arrange):
    with arrange():
        member = make_member("digital", Role.MINISTRY)
    page = write(visit(member).get("/guidance/new"), kind="information", nature="information")
    visit(member).get(f"{page.url}/send-for-review").form().submit()
    visit(people["drafter"]).get(page.url, status=404)
    approved = visit(people["chief"]).get(f"{page.url}/approve").form().submit(document_number="")
    assert approved.url == f"{page.url}/issue"
    approved.form().submit()
    visit(member).get(page.url)


def make_submitted_issue():
    """A question of 上越市 on the total inspection, as its liaison and the divisions see it."""
    official = actor_of(make_member("152226", Role.LOCAL_MANAGER, section="福祉課"))
    theme = db.session.scalars(sa.select(Theme).where(Theme.code == "linkage")).one()
    issue = submission.draft_issue(
        official,
        IssueContent(
            kind=IssueKind.QUESTION,
            title="手帳番号の重複",
            body="手帳番号が重複している。",
            theme_id=theme.id,
            leak=Leak.NO,
        ),
    )
    return submission.submit_issue(official, issue)


def test_a_draft_begun_from_an_issue_is_linked_to_it(visit, people, arrange):
    with arrange():
        number, theme_id = (issue := make_submitted_issue()).number, issue.theme_id
        neighbour = make_member("152056", Role.LOCAL_STAFF)
    page = visit(people["drafter"]).get(f"/guidance/new?issue={number}")
    assert page.soup.find(attrs={"name": "title"})["value"] == "手帳番号の重複について"
    assert page.form().values["theme_id"] == str(theme_id)
    made = write(page, title="手帳番号の扱いについて", kind="information", kinds=["city"])
    assert number in made.main

    visit(people["drafter"]).get(f"{made.url}/send-for-review").form().submit()
    visit(people["chief"]).get(f"{made.url}/approve").form().submit().form().submit()
    assert number not in visit(neighbour).get(made.url).main
    assert "手帳番号の重複" not in visit(neighbour).get(made.url).main
    assert number in visit(people["chief"]).get(made.url).main


def test_a_draft_from_an_issue_that_one_may_not_see_does_not_begin(visit, people, arrange):
    with arrange():
        number = make_submitted_issue().number
        ministry = make_member("digital", Role.MINISTRY)
    visit(ministry).get(f"/guidance/new?issue={number}", status=404)
    visit(people["drafter"]).get("/guidance/new?issue=R8-L-999999", status=404)
