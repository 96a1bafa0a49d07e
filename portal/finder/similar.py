"""What is like a title: issues beside an issue, and published answers while a question is being written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.directory.actor import Actor
from portal.finder.terms import terms_of
from portal.guidance import searching as guidance
from portal.guidance.models import Guidance
from portal.issues import searching as issues
from portal.issues.models import Issue
from portal.knowledge import searching as knowledge
from portal.knowledge.impact import impact_of
from portal.knowledge.models import QaEntry

SHOWN = 5


@dataclass(frozen=True)
class SimilarIssues:
    """The issues most like one, and how many are like it at all."""

    issues: Sequence[Issue]
    total: int


@dataclass(frozen=True)
class Answers:
    """Published Q&A and guidance in force that may answer a question already."""

    entries: Sequence[QaEntry]
    papers: Sequence[Guidance]
    bodies: Mapping[int, int] = field(default_factory=dict)
    """How many bodies have the same question, by the id of the entry; figures alone tell of no body."""


def find_similar_issues(actor: Actor, issue: Issue) -> SimilarIssues:
    """Issues whose report is like this one's title, of those that the actor may see, most like it first."""
    found = [each for each in issues.rank_like_report(actor, terms_of(issue.title)) if each != issue.id]
    shown = issues.find_shown(actor, found[:SHOWN])
    return SimilarIssues([shown[each] for each in found[:SHOWN] if each in shown], len(found))


def find_answers(actor: Actor, title: str) -> Answers:
    """What is published already on the words of a title, as far as the actor may read it; nothing of any issue."""
    terms = terms_of(title[:200])
    entries = knowledge.rank_like_published(actor, terms)[:SHOWN]
    papers = guidance.rank_like_in_force(actor, terms)[:SHOWN]
    questions, read = knowledge.find_shown(actor, entries), guidance.find_shown(actor, papers)
    return Answers(
        [questions[each] for each in entries if each in questions],
        [read[each] for each in papers if each in read],
        {key: impact.bodies for key, impact in impact_of(questions).items()},
    )
