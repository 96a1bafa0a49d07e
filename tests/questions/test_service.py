"""Asking about a place of a paper, and what becomes visible of it to whom."""

import pytest

from portal.addressing.rule import AddresseeRule
from portal.core.errors import Conflict, Forbidden, Invalid, NeedsConfirmation
from portal.guidance.records import find_own_recipient
from portal.guidance.service import abolish_guidance
from portal.issues import service as issues
from portal.issues.states import IssueState
from portal.knowledge.models import QaState
from portal.knowledge.service import withdraw_entry
from portal.links.models import LinkRelation
from portal.links.queries import list_linked
from portal.links.service import add_link
from portal.questions import policy, queries
from portal.questions.paragraphs import list_paragraphs
from portal.questions.service import Place, raise_question, remember_place
from tests.factories.guidance import make_chief, make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.knowledge import make_approver, make_entry
from tests.factories.people import actor_of


@pytest.fixture
def world(arrange):
    """A paper to one city, and everybody round an issue of it."""
    with arrange():
        yield make_issued(addressees=AddresseeRule(include=("152226",))), make_cast()


def draft(paper, cast, **place):
    """A draft of the city's official with its place."""
    actor, issue = actor_of(cast.staff), make_issue(cast, IssueState.DRAFT)
    own = find_own_recipient(actor, paper)
    remember_place(actor, issue, paper, own, Place(**place))
    return actor, issue


def test_a_question_is_kept_with_the_draft_and_raised_once(world):
    paper, cast = world
    paragraph = list_paragraphs(paper.body)[0]
    actor, issue = draft(paper, cast, paragraph=paragraph)
    kept = queries.find_question(issue.id)
    assert (kept.position, kept.quote, kept.paragraph) == (paragraph.position, "点検の対象", paragraph.key)
    with pytest.raises(Conflict):
        raise_question(actor, issue)
    assert not queries.list_questions(actor_of(cast.division), paper).items
    issues.submit_issue(actor, issue)
    assert raise_question(actor, issue)
    assert not raise_question(actor, issue)
    assert list_linked("issue", issue.id) == {"guidance": [paper.id]}
    with pytest.raises(Conflict):
        remember_place(actor, issue, paper, find_own_recipient(actor, paper), Place())
    plain = make_issue(cast)
    assert not raise_question(actor, plain)


def test_questions_are_seen_by_whoever_sees_the_issue(world):
    paper, cast = world
    actor, issue = draft(paper, cast, words="様式1のB列")
    issues.submit_issue(actor, issue)
    raise_question(actor, issue)
    for viewer, count in ((cast.division, 1), (cast.staff, 1), (cast.liaison, 1), (cast.other_liaison, 0)):
        found = queries.list_questions(actor_of(viewer), paper)
        assert len(found) == count
    assert found.items == []
    assert len(queries.list_questions(actor_of(cast.auditor), paper)) == 0
    assert len(queries.list_questions(actor_of(cast.other_body), paper)) == 0


def test_an_answer_stands_beside_the_paragraph_while_it_is_published(world):
    paper, cast = world
    paragraph = list_paragraphs(paper.body)[1]
    actor, issue = draft(paper, cast, paragraph=paragraph)
    entry = make_entry(QaState.PUBLISHED)
    link = ("qa_entry", entry.id), ("issue", issue.id), LinkRelation.DERIVED
    add_link(actor, *link)
    assert queries.list_published(paper) == []  # not submitted yet
    issues.submit_issue(actor, issue)
    raise_question(actor, issue)
    shown = queries.list_published(paper)
    assert [(each.position, each.entry.id) for each in shown] == [(paragraph.position, entry.id)]
    add_link(actor, ("issue", issue.id), ("qa_entry", entry.id), LinkRelation.ANSWERS)
    assert len(queries.list_published(paper)) == 1  # derived and quoted: shown once
    questions = queries.list_questions(actor, paper).items
    assert {key: [each.number for each in found] for key, found in queries.list_answers(questions).items()} == {
        issue.id: [entry.number]
    }
    withdraw_entry(actor_of(make_approver()), entry, reason="制度が変わりました。")
    assert queries.list_published(paper) == []
    assert not queries.list_answers(questions)
    assert not queries.list_answers([])


def test_candidates_and_questions_asked_on_are_not_shown(world):
    paper, cast = world
    actor, issue = draft(paper, cast)
    issues.submit_issue(actor, issue)
    raise_question(actor, issue)
    waiting, asked_on = make_entry(QaState.REVIEW), make_entry(QaState.PUBLISHED)
    add_link(actor, ("qa_entry", waiting.id), ("issue", issue.id), LinkRelation.DERIVED)
    add_link(actor, ("issue", issue.id), ("qa_entry", asked_on.id), LinkRelation.FOLLOW_UP)
    assert queries.list_published(paper) == []


def test_who_asks(world):
    paper, cast = world
    own = find_own_recipient(actor_of(cast.staff), paper)
    assert policy.can_ask(actor_of(cast.manager), paper, own)
    assert not policy.can_ask(actor_of(cast.other_body), paper, own)
    assert not policy.can_ask(actor_of(cast.other_body), paper, None)
    assert not policy.can_ask(actor_of(cast.secretariat), paper, own)
    issue = make_issue(cast, IssueState.DRAFT)
    with pytest.raises(Forbidden):
        remember_place(actor_of(cast.other_body), issue, paper, None, Place())
    with pytest.raises(NeedsConfirmation):
        remember_place(actor_of(cast.staff), issue, paper, own, Place(words="番号123456789018の列"))
    with pytest.raises(Invalid):
        remember_place(actor_of(cast.staff), issue, paper, own, Place(words="列" * 101))
    abolish_guidance(actor_of(make_chief()), paper, reason="制度が変わりました。")
    assert not policy.can_ask(actor_of(cast.staff), paper, own)


def test_a_discarded_draft_leaves_nothing(world):
    paper, cast = world
    actor, issue = draft(paper, cast)
    issue_id = issue.id
    issues.discard_draft(actor, issue)
    assert queries.find_question(issue_id) is None
