"""What the pages of papers say at a glance: what is still missing, whose due date counts, what comes next."""

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core.calendar import japan_date, long_date
from portal.core.db import db
from portal.directory.roles import Role
from portal.guidance import receiving, service
from portal.guidance.content import LEGAL_BASIS_ADVICE
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import GuidanceKind, ResponseState
from portal.issues.states import IssueState
from tests.factories.guidance import due_in, make_chief, make_draft, make_drafter, make_issued, make_review
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_member


@pytest.fixture
def official(arrange):
    with arrange():
        return make_member("152226", Role.LOCAL_STAFF, section="市民課")


def test_all_that_a_draft_lacks_is_named_at_once_before_and_after_trying(visit, arrange):
    with arrange():
        drafter = make_drafter()
        paper = make_draft(
            actor_of(drafter),
            kind=GuidanceKind.REQUEST,
            title="○○について",
            contact="",
            difference="",
            reply_due_on=None,
        ).id
    page = visit(drafter).get(f"/guidance/{paper}/send-for-review")
    lacks = ("照会先を入力", "前回との差を入力", "件名に残っている「○○」", "依頼には回答期限が必要")
    for words in lacks:
        assert words in page.main
    refused = page.form().submit()
    assert refused.status == 422
    for words in lacks:
        assert words in refused.soup.find(id="error-summary").get_text()
    edit = visit(drafter).get(f"/guidance/{paper}/edit")
    assert edit.soup.find("label", {"for": "difference"}).get_text() == "前回との差 確認・合議までに必須"


def test_the_preview_of_technical_advice_bears_the_standing_remark(visit, arrange):
    with arrange():
        drafter = make_drafter()
    form = visit(drafter).get("/guidance/new?kind=notice").form()
    form.action = "/guidance/preview"
    assert LEGAL_BASIS_ADVICE in form.submit(nature="technical_advice", legal_basis="").text
    assert LEGAL_BASIS_ADVICE not in form.submit(nature="reply_required", legal_basis="").text


def test_the_paper_is_japanese_for_every_reader_and_dated_as_papers_are(visit, arrange):
    with arrange():
        drafter = make_drafter()
        paper = make_issued(kind=GuidanceKind.REQUEST, number=None)
        day, paper = paper.issued_on, paper.id
    shown = visit(drafter, locale="en").get(f"/guidance/{paper}").soup.find("article", class_="document")
    assert shown["lang"] == "ja"
    assert shown.find(class_="document__number").get_text() == "依頼"
    assert shown.find(class_="document__date").get_text() == long_date(day).split("(")[0]
    assert shown.find(class_="document__contact-title").get_text() == "照会先"


def test_the_list_shows_the_date_that_counts_for_the_body(visit, arrange, official):
    with arrange():
        make_issued(reply_due_on=due_in(10))
        row = db.session.query(Recipient).filter_by(organisation_code="152226").one()
        row.due_on = due_in(20)
    table = visit(official).get("/guidance").soup.find("table")
    assert long_date(due_in(20)) in table.get_text()
    assert long_date(due_in(10)) not in table.get_text()


def test_an_answer_that_is_not_the_last_leaves_answering_the_next_thing_to_do(visit, arrange, official):
    with arrange():
        paper = make_issued()
        own = db.session.query(Recipient).filter_by(organisation_code="152226").one()
        receiving.opening_of(actor_of(official), paper, own).write()
        receiving.receive_guidance(actor_of(official), paper, section_name="市民課")
        receiving.respond_to_guidance(actor_of(official), paper, state=ResponseState.UNDER_WAY)
        paper = paper.id

    def button():
        return visit(official).get(f"/guidance/{paper}").soup.find("a", href=f"/guidance/{paper}/respond")

    assert "button--primary" in button()["class"]
    with arrange():
        receiving.respond_to_guidance(
            actor_of(official), db.session.get_one(Guidance, paper), state=ResponseState.DONE, text="済"
        )
    assert "button--primary" not in button()["class"]


def test_what_waits_says_which_date_is_which(visit, arrange, official):
    with arrange():
        issued_on, due_on = japan_date(make_issued(reply_due_on=due_in(10)).issued_at), due_in(10)
    waiting = visit(official).get("/guidance").soup.find("section", {"aria-labelledby": "waiting-head"}).get_text()
    assert f"{long_date(issued_on)}発出" in waiting
    assert f"期限 {long_date(due_on)}" in waiting
    assert "決裁" not in waiting


def test_a_notice_cannot_be_approved_without_a_number_and_the_field_says_so(visit, arrange):
    with arrange():
        chief, paper = make_chief(), make_review().id
    page = visit(chief).get(f"/guidance/{paper}/approve")
    assert page.soup.find("label", {"for": "document_number"}).get_text() == "文書番号 必須"


@pytest.mark.parametrize("page", ["corrections/new", "new-edition", "questions", "extensions", "drafting"])
def test_pages_round_a_paper_belong_to_guidance_in_the_navigation(visit, arrange, page):
    with arrange():
        drafter, paper = make_drafter(), make_issued().id
    current = visit(drafter).get(f"/guidance/{paper}/{page}").soup.find("nav", class_="site-nav")
    assert current.find(attrs={"aria-current": True}).get_text() == "通知等"


def test_a_prefecture_follows_a_paper_that_went_to_its_municipalities_alone(visit, arrange, official):
    with arrange():
        prefecture, elsewhere = (make_member(code, Role.LOCAL_STAFF) for code in ("150002", "130001"))
        paper = make_issued(addressees=AddresseeRule(include=("152226", "011002"))).id
    visitor = visit(prefecture)
    assert "受領 0／1" in visitor.get("/guidance").main
    page = visitor.get(f"/guidance/{paper}")
    assert "管内の市区町村に送られた通知等です。" in page.main
    assert not page.soup.main.find("a", href=f"/guidance/{paper}/receive")
    seen = visitor.get(f"/guidance/{paper}/recipients").main
    assert "上越市" in seen
    assert "札幌市" not in seen
    visitor.get(f"/guidance/{paper}/receive", status=404)
    visit(elsewhere).get(f"/guidance/{paper}", status=404)


def test_of_a_paper_that_ended_nothing_is_counted_down_or_missing(visit, arrange, official):
    with arrange():
        chief = actor_of(make_chief())
        paper = make_issued(reply_due_on=due_in(10))
        service.abolish_guidance(chief, paper, reason="制度の終了")
        paper = paper.id
    page = visit(official).get(f"/guidance/{paper}")
    assert "営業日" not in page.main
    assert long_date(due_in(10)) in page.main
    own = page.soup.find("section", {"aria-labelledby": "own-head"}).get_text()
    assert "未受領" not in own
    assert "未対応" not in own


@pytest.mark.parametrize(("kind", "number"), [(GuidanceKind.NOTICE, "未定"), (GuidanceKind.OFFICE_MEMO, "なし")])
def test_a_paper_that_bears_no_number_does_not_wait_for_one(visit, arrange, kind, number):
    with arrange():
        paper, chief = make_review(kind=kind), make_chief()
    page = visit(chief).get(f"/guidance/{paper.id}/return-to-draft")
    fact = next(each for each in page.soup.main.find_all("dt") if each.get_text(strip=True) == "文書番号")
    assert fact.find_next("dd").get_text(strip=True) == number


@pytest.mark.parametrize(("code", "role"), [("chijikai", Role.ASSOCIATION), ("150002", Role.LOCAL_MANAGER)])
def test_the_list_says_what_became_of_a_paper_at_ones_own_body_beside_the_figures_of_others(visit, arrange, code, role):
    with arrange():
        make_issued(addressees=AddresseeRule(include=("chijikai", "150002", "152226")))
        member = make_member(code, role)
    row = visit(member).get("/guidance").soup.select_one("table tbody tr").get_text(" ", strip=True)
    assert "未受領" in row
    assert "受領 0／" in row


@pytest.mark.parametrize(
    ("code", "role", "example"),
    [
        ("152226", Role.LOCAL_STAFF, "例：市民課"),
        ("150002", Role.LOCAL_STAFF, "例：市町村課"),
        ("chijikai", Role.ASSOCIATION, "例：総務部"),
        ("digital", Role.MINISTRY, "例：総務課"),
    ],
)
def test_the_section_that_receives_is_exemplified_as_bodies_of_its_kind_name_theirs(
    visit, arrange, code, role, example
):
    with arrange():
        paper = make_issued(addressees=AddresseeRule(include=(code,)))
        member = make_member(code, role)
        row = db.session.scalars(sa.select(Recipient.id).where(Recipient.guidance_id == paper.id)).one()
        addresses = f"/guidance/{paper.id}/receive", f"/guidance/desk/receive?id={row}"
    for address in addresses:
        page = visit(member).get(address)
        assert page.soup.find(id="section_name-hint").get_text(strip=True) == example


def test_a_draft_from_an_issue_has_a_japanese_title_for_every_writer(arrange, visit):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.CLOSED)
        number, title = issue.number, issue.title
    form = visit(cast.division, locale="en").get(f"/guidance/new?issue={number}").form()
    assert form.values["title"] == f"{title}について"
