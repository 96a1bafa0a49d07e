"""Answers to questions on an earlier edition: at the same paragraph of the new one, marked where changed, else gone."""

import dataclasses
import io

import pytest

from portal.addressing.rule import AddresseeRule
from portal.attachments.inspection import Upload
from portal.attachments.queries import list_attachments
from portal.attachments.service import store_attachments
from portal.guidance import service
from portal.guidance.records import find_own_recipient
from portal.issues import service as issues
from portal.issues.states import IssueState
from portal.knowledge.models import QaState
from portal.links.models import LinkRelation
from portal.links.service import add_link
from portal.questions import queries
from portal.questions.carrying import carry_file, carry_paragraph
from portal.questions.paragraphs import list_paragraphs
from portal.questions.service import Place, raise_question, remember_place
from portal.revisions.editions import begin_edition
from tests.factories.guidance import due_in, issue, make_chief, make_content, make_drafter, make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.knowledge import make_entry
from tests.factories.people import actor_of

OLD = """## 記

1. 点検の対象は、障害者手帳に関する事務とすること。
2. 点検の結果は、様式1により報告すること。
3. 報告は郵送によること。"""
NEW = """## 記

1. 新しく加えた項目です。
2. 点検の対象は、障害者手帳に関する事務とすること。
3. 点検の結果は、様式2により速やかに報告すること。"""


def answered(paper, cast, **place):
    """A published answer to a question of the city's official on this place."""
    actor, asked = actor_of(cast.staff), make_issue(cast, IssueState.DRAFT)
    remember_place(actor, asked, paper, find_own_recipient(actor, paper), Place(**place))
    issues.submit_issue(actor, asked)
    raise_question(actor, asked)
    entry = make_entry(QaState.PUBLISHED)
    add_link(actor, ("qa_entry", entry.id), ("issue", asked.id), LinkRelation.DERIVED)
    return entry


def next_edition(paper, body=NEW, number="総行住第79号"):
    """The next edition with this text, issued by the secretariat's head."""
    chief, drafter = actor_of(make_chief()), actor_of(make_drafter())
    draft = begin_edition(drafter, paper)
    content = make_content(body=body, addressees=AddresseeRule(include=("152226",)), reply_due_on=due_in(10))
    service.save_draft(drafter, draft, dataclasses.replace(content, difference="項目を加えた"), version=draft.version)
    service.send_for_review(drafter, draft)
    service.approve_guidance(chief, draft, document_number=number)
    issue(chief, draft)
    return draft


@pytest.fixture
def world(arrange):
    """A paper to one city, and everybody round an issue of it."""
    with arrange():
        yield make_issued(addressees=AddresseeRule(include=("152226",)), body=OLD), make_cast()


def test_an_answer_goes_on_with_its_paragraph_and_says_what_it_was_asked_about(world):
    paper, cast = world
    same, changed, gone = list_paragraphs(OLD)
    entries = [answered(paper, cast, paragraph=each) for each in (same, changed, gone)]
    whole = answered(paper, cast)
    new = next_edition(paper)
    own = answered(new, cast, paragraph=list_paragraphs(NEW)[0])
    shown = {each.entry.id: each for each in queries.list_published(new)}
    assert (shown[entries[0].id].position, shown[entries[0].id].edition, shown[entries[0].id].is_changed) == (
        2,
        1,
        False,
    )
    assert (shown[entries[1].id].position, shown[entries[1].id].edition, shown[entries[1].id].is_changed) == (
        3,
        1,
        True,
    )
    assert entries[2].id not in shown
    assert (shown[whole.id].position, shown[whole.id].edition) == (None, 1)
    assert (shown[own.id].position, shown[own.id].edition) == (1, None)
    assert own.id not in {each.entry.id for each in queries.list_published(paper)}
    third = next_edition(new, body=NEW, number="総行住第80号")
    again = {each.entry.id: each.edition for each in queries.list_published(third)}
    assert again == {entries[0].id: 1, entries[1].id: 1, whole.id: 1, own.id: 2}


def test_an_answer_about_a_file_goes_on_with_the_file(arrange):
    with arrange():
        cast, chief, drafter = make_cast(), actor_of(make_chief()), actor_of(make_drafter())
        draft = service.draft_guidance(drafter, make_content(addressees=AddresseeRule(include=("152226",))))
        for name in ("様式1.txt", "様式2.txt"):
            store_attachments(drafter, "guidance", draft.id, [Upload(name, io.BytesIO(name.encode()), "text/plain")])
        service.send_for_review(drafter, draft)
        service.approve_guidance(chief, draft, document_number="総行住第78号")
        issue(chief, draft)
        first = answered(draft, cast, file_name="様式1.txt", words="B列")
        second = answered(draft, cast, file_name="様式2.txt")
        new = next_edition(draft, body="点検の方法")
        files = list_attachments("guidance", [new.id])[new.id]
        kept = {each.entry.id: each.is_changed for each in queries.list_published(new, files)}
        assert kept == {first.id: False, second.id: False}
        files = [file for file in files if file.file_name == "様式1.txt"]
        assert [each.entry.id for each in queries.list_published(new, files)] == [first.id]


def test_of_equal_paragraphs_the_nearest_is_meant():
    old, new = (
        list_paragraphs("同じ文です。\n\n別の文です。\n\n同じ文です。"),
        list_paragraphs("同じ文です。\n\n同じ文です。"),
    )
    assert carry_paragraph(old[2].key, old[2].quote, old[2].position, new).position == 2
    assert carry_paragraph(old[0].key, old[0].quote, old[0].position, new).position == 1
    assert carry_paragraph(old[1].key, "まったく別のことが書いてありました", old[1].position, new) is None
    assert carry_paragraph(old[0].key, old[0].quote, 1, []) is None


def test_a_file_that_was_replaced_is_marked():
    assert carry_file("様式1.xlsx", "a", {"様式1.xlsx": "b"}).is_changed
    assert not carry_file("様式1.xlsx", "a", {"様式1.xlsx": "a"}).is_changed
    assert carry_file("様式2.xlsx", "a", {"様式1.xlsx": "a"}) is None


def test_the_page_of_the_new_edition_says_which_edition_was_asked_about(arrange, visit):
    with arrange():
        cast, paper = make_cast(), make_issued(addressees=AddresseeRule(include=("152226",)), body=OLD)
        same, changed, _ = list_paragraphs(OLD)
        answered(paper, cast, paragraph=same)
        answered(paper, cast, paragraph=changed)
        new = next_edition(paper)
    page = visit(cast.staff).get(f"/guidance/{new.id}")
    shown = page.soup.select_one("article.document").get_text()
    assert shown.count("第1版への疑問です。") == 2
    assert shown.count("この部分は、その後改められています。") == 1
