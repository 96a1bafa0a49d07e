"""Reading of questions on papers: all of them as far as the actor sees their issues, and what was published of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.markdown import plain_text
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.guidance.models import Guidance
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.knowledge.models import QaEntry, QaState
from portal.links.models import Link, LinkRelation
from portal.questions.models import ParagraphQuestion

_MOST_SHOWN = 200
_LONGEST_EXCERPT = 400


@dataclass(frozen=True)
class PublishedAnswer:
    """A published question and answer with the place of the paper that it is about; nothing tells who asked.

    What the asker wrote of the place is not here: it may name somebody. Paper and files are the sender's own words.
    """

    position: int | None
    file_name: str
    entry: QaEntry

    @property
    def excerpt(self) -> str:
        """The answer without marks, cut where it is long."""
        text = plain_text(self.entry.answer)
        return text if len(text) <= _LONGEST_EXCERPT else text[:_LONGEST_EXCERPT] + "…"


def list_published(guidance: Guidance) -> list[PublishedAnswer]:
    """What was published in answer to questions on the paper, each once at a place. One statement."""
    asked = sa.select(ParagraphQuestion.issue_id).where(
        ParagraphQuestion.guidance_id == guidance.id, ParagraphQuestion.asked_at.is_not(None)
    )
    answers = _answers_to(asked)
    rows = db.session.execute(
        sa.select(ParagraphQuestion.position, ParagraphQuestion.file_name, QaEntry)
        .join(answers, answers.c.issue_id == ParagraphQuestion.issue_id)
        .join(QaEntry, QaEntry.id == answers.c.entry_id)
        .where(ParagraphQuestion.guidance_id == guidance.id, QaEntry.state == QaState.PUBLISHED)
        .order_by(ParagraphQuestion.position, QaEntry.published_at, QaEntry.id)
        .limit(_MOST_SHOWN)
    )
    found = {(position, file_name, entry.id): entry for position, file_name, entry in rows}
    return [PublishedAnswer(position, file_name, entry) for (position, file_name, _), entry in found.items()]


def list_questions(actor: Actor, guidance: Guidance, *, cursor: str | None = None) -> Page[ParagraphQuestion]:
    """The questions on the paper whose issues the actor may see, paragraph by paragraph. One statement."""
    select = (
        sa.select(ParagraphQuestion)
        .join(Issue, Issue.id == ParagraphQuestion.issue_id)
        .where(
            ParagraphQuestion.guidance_id == guidance.id,
            ParagraphQuestion.asked_at.is_not(None),
            issue_policy.submitted_viewable_by(actor),
        )
        .options(orm.contains_eager(ParagraphQuestion.issue).joinedload(Issue.organisation))
    )
    order = [ParagraphQuestion.position, ParagraphQuestion.id]
    return paginate(db.session, select, order=order, cursor=cursor, size=50)


def list_answers(questions: Sequence[ParagraphQuestion]) -> dict[int, list[QaEntry]]:
    """What was published in answer to each of the issues, by the issue's id. One statement at most."""
    found: dict[int, list[QaEntry]] = defaultdict(list)
    if not questions:
        return found
    answers = _answers_to([each.issue_id for each in questions])
    rows = db.session.execute(
        sa.select(answers.c.issue_id, QaEntry)
        .join(QaEntry, QaEntry.id == answers.c.entry_id)
        .where(QaEntry.state == QaState.PUBLISHED)
        .order_by(QaEntry.id)
    )
    for issue_id, entry in rows:
        if entry not in found[issue_id]:
            found[issue_id].append(entry)
    return found


def find_question(issue_id: int) -> ParagraphQuestion | None:
    """What the issue asks about, if it asks about a place of a paper; for whoever has the issue already."""
    return db.session.scalar(sa.select(ParagraphQuestion).where(ParagraphQuestion.issue_id == issue_id))


def _answers_to(issue_ids: Sequence[int] | sa.Select[int]) -> sa.Subquery:
    """Entries that derive from an issue, and entries that its answer quoted: (issue_id, entry_id)."""
    derived = sa.select(Link.to_id.label("issue_id"), Link.from_id.label("entry_id")).where(
        Link.to_kind == "issue",
        Link.to_id.in_(issue_ids),
        Link.from_kind == "qa_entry",
        Link.relation == LinkRelation.DERIVED,
    )
    quoted = sa.select(Link.from_id.label("issue_id"), Link.to_id.label("entry_id")).where(
        Link.from_kind == "issue",
        Link.from_id.in_(issue_ids),
        Link.to_kind == "qa_entry",
        Link.relation == LinkRelation.ANSWERS,
    )
    return derived.union_all(quoted).subquery()
