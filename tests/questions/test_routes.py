"""疑問 on the pages: asked at a paragraph or a form, followed by the office, answered beside the text for all."""

import io

import pytest

from portal.addressing.rule import AddresseeRule
from portal.attachments.service import Upload, store_attachments
from portal.directory.roles import Role
from portal.guidance.models import Guidance
from portal.issues.queries import get_issue
from portal.knowledge.models import QaState
from portal.links.models import LinkRelation
from portal.links.service import add_link
from tests.factories.guidance import issue, make_approved, make_chief
from tests.factories.issues import make_cast, theme
from tests.factories.knowledge import make_entry
from tests.factories.people import actor_of, make_member


@pytest.fixture
def story(arrange):
    """A paper with a form to two cities, their officials, and everybody round an issue."""
    with arrange():
        cast, chief = make_cast(), actor_of(make_chief())
        paper: Guidance = make_approved(
            chief=chief, theme_id=theme().id, addressees=AddresseeRule(include=("152226", "152048"))
        )
        form = Upload("様式1.csv", io.BytesIO("区分,件数\r\n確認済,26\r\n".encode("utf-8-sig")), "text/csv")
        store_attachments(chief, "guidance", paper.id, [form])
        issue(chief, paper)
        return {
            "paper": paper.id,
            "staff": cast.staff,
            "other": make_member("152048", Role.LOCAL_STAFF),
            "office": cast.division,
        }


def link(page, text: str) -> str:
    """The address behind the first link whose text begins so."""
    links = page.soup.main.find_all("a")
    return next(each["href"] for each in links if each.get_text(strip=True).startswith(text))


def test_a_question_at_a_paragraph_is_answered_beside_it(arrange, visit, story):
    paper = f"/guidance/{story['paper']}"
    staff, other, office = (visit(story[name]) for name in ("staff", "other", "office"))
    page = staff.get(link(staff.get(paper), "疑問（第1段落）"))
    form = page.form("/issues/new")
    assert page.soup.find("input", {"name": "title"})["value"] == "総行住第78号の疑問"
    text = page.soup.find("textarea", {"name": "body"}).get_text()
    assert f"]({paper}#paragraph-1)" in text
    assert "> 点検の対象" in text
    page = form.submit(action="submit", body=text + "過去の資格も対象ですか。", leak="no")
    assert "として提出しました。" in page.text
    number = page.url.rsplit("/", 1)[1]
    assert "総行住第78号" in page.main  # the paper stands on the page of the issue

    assert "疑問（第1段落）" not in office.get(paper).main
    listed = office.get(f"{paper}/questions").main
    assert number in listed
    assert "上越市" in listed
    assert "点検の対象" in listed
    assert number not in other.get(f"{paper}/questions").main
    assert "疑問と回答" not in other.get(paper).main

    with arrange():
        asked = get_issue(actor_of(story["office"]), number)
        entry = make_entry(QaState.PUBLISHED, question="過去の資格も点検の対象か", answer="**対象**です。")
        add_link(actor_of(story["office"]), ("qa_entry", entry.id), ("issue", asked.id), LinkRelation.DERIVED)
        name = entry.number
    page = other.get(paper)
    answer = page.soup.select_one("#paragraph-1 .paragraph-answers")
    assert "過去の資格も点検の対象か" in answer.get_text()
    assert "対象です。" in answer.get_text()
    assert answer.find("a")["href"] == f"/qa/{entry.id}"
    assert number not in page.text
    assert "上越市" not in answer.get_text()
    assert name in office.get(f"{paper}/questions").main

    printed = page.soup.select_one("section.print-only")
    assert printed.find_parent("article") is None  # the paper prints as it was issued, the answers follow it
    said = printed.get_text(" ", strip=True)
    for words in ("総行住第78号", "点検の対象", name, "過去の資格も点検の対象か", "対象です。", "時点"):
        assert words in said
    assert "上越市" not in said


def test_a_question_at_a_form(arrange, visit, story):
    paper = f"/guidance/{story['paper']}"
    staff = visit(story["staff"])
    page = staff.get(link(staff.get(paper), "疑問を書く"))
    assert "点検の方法" in page.main
    file_id = next(each["value"] for each in page.soup.select("select[name=file] option") if each["value"])
    assert page.soup.select_one("form[method=get][action='/issues/new'] input[name=guidance]")["value"]
    page = staff.get(f"/issues/new?guidance={story['paper']}&file={file_id}&place=B列（[件数]）")
    assert "箇所：様式1.csv　B列（[件数]）" in page.soup.find("textarea", {"name": "body"}).get_text()
    page = page.form("/issues/new").submit(action="save")
    draft = page.url
    page = staff.get(draft).form(draft).submit(action="submit", leak="no")
    assert "として提出しました。" in page.text
    number = page.url.rsplit("/", 1)[1]
    assert "様式1.csv B列（[件数]）" in " ".join(visit(story["office"]).get(f"{paper}/questions").main.split())
    with arrange():
        asked = get_issue(actor_of(story["office"]), number)
        entry = make_entry(QaState.PUBLISHED)
        add_link(actor_of(story["office"]), ("qa_entry", entry.id), ("issue", asked.id), LinkRelation.DERIVED)
    shown = visit(story["other"]).get(paper).main
    assert "別添・様式などへの疑問と回答" in shown
    assert shown.count("様式1.csv") > 2  # among the files, beside its answer, and with it in print
    assert "B列" not in shown  # the asker's own words stay with the issue
    visit(story["office"]).get(f"{paper}/question", status=404)
    fresh = visit(story["other"]).get(f"/issues/new?guidance={story['paper']}&paragraph=1-beef")
    assert "総行住第78号" in fresh.soup.find("textarea", {"name": "body"}).get_text()
    stranger = visit(story["office"]).get(f"/issues/new?guidance={story['paper']}", status=404)
    assert "総行住第78号" not in stranger.text
