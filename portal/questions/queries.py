"""Reading of questions on papers: all of them as far as the actor sees their issues, and what was published of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.attachments.models import Attachment
from portal.core.db import db
from portal.core.markdown import plain_text
from portal.core.pagination import Page, paginate
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.guidance.models import Guidance
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.knowledge.models import QaEntry, QaState
from portal.links.models import Link, LinkRelation
from portal.questions.carrying import Carried, carry_file, carry_paragraph
from portal.questions.models import ParagraphQuestion
from portal.questions.paragraphs import Paragraph, list_paragraphs

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
    edition: int | None = None  # the earlier one that was asked about
    is_changed: bool = False  # whether the place reads otherwise since

    @property
    def excerpt(self) -> str:
        """The answer without marks, cut where it is long."""
        text = plain_text(self.entry.answer)
        return text if len(text) <= _LONGEST_EXCERPT else text[:_LONGEST_EXCERPT] + "…"

    @property
    def is_cut(self) -> bool:
        """Whether the answer is longer than its excerpt."""
        return len(plain_text(self.entry.answer)) > _LONGEST_EXCERPT


def list_published(guidance: Guidance, files: Sequence[Attachment] = ()) -> list[PublishedAnswer]:
    """What was published in answer to questions on the paper and its earlier editions, each once at a place.

    ``files`` are the paper's. An answer of an earlier edition stands where its text stands now, says so where that was
    changed, and is not shown where it is gone. One statement.
    """
    statement = _published(is_successor=guidance.predecessor_id is not None)
    rows = db.session.execute(statement, {"guidance_id": guidance.id}).all()
    place = _Placing(guidance, files)
    found: dict[tuple[int | None, str, int], PublishedAnswer] = {}
    for question, edition, digest, entry in rows:
        answer = place.answer(question, edition, digest, entry)
        if answer is not None:
            found.setdefault((answer.position, answer.file_name, entry.id), answer)
    return list(found.values())


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


class _Placing:
    """Finds the places of answers in one paper; its text is read once, and only where it is needed."""

    def __init__(self, guidance: Guidance, files: Sequence[Attachment]) -> None:
        self.guidance = guidance
        self.digests = {file.file_name: file.sha256 for file in files}
        self._paragraphs: list[Paragraph] | None = None

    def answer(
        self, question: ParagraphQuestion, edition: int, digest: str | None, entry: QaEntry
    ) -> PublishedAnswer | None:
        """The answer at its place, or None when that is gone."""
        if question.guidance_id == self.guidance.id:
            return PublishedAnswer(question.position, question.file_name, entry)
        carried = self._carry(question, digest)
        if carried is None:
            return None
        return PublishedAnswer(carried.position, question.file_name, entry, edition, carried.is_changed)

    def _carry(self, question: ParagraphQuestion, digest: str | None) -> Carried | None:
        if question.position is not None:
            if self._paragraphs is None:
                self._paragraphs = list_paragraphs(self.guidance.body)
            return carry_paragraph(question.paragraph or "", question.quote, question.position, self._paragraphs)
        if question.file_name:
            return carry_file(question.file_name, digest, self.digests)
        return Carried(None, is_changed=False)


@kept
def _published(*, is_successor: bool) -> sa.Select[ParagraphQuestion, int, str, QaEntry]:
    papers = _editions(is_successor=is_successor)
    asked = sa.select(ParagraphQuestion.issue_id).where(
        ParagraphQuestion.guidance_id.in_(papers), ParagraphQuestion.asked_at.is_not(None)
    )
    answers = _answers_to(asked)
    file = sa.and_(
        Attachment.owner_kind == "guidance",
        Attachment.owner_id == ParagraphQuestion.guidance_id,
        Attachment.file_name == ParagraphQuestion.file_name,
        Attachment.removed_at.is_(None),
    )
    return (
        sa.select(ParagraphQuestion, Guidance.edition, Attachment.sha256, QaEntry)
        .join(answers, answers.c.issue_id == ParagraphQuestion.issue_id)
        .join(QaEntry, QaEntry.id == answers.c.entry_id)
        .join(Guidance, Guidance.id == ParagraphQuestion.guidance_id)
        .outerjoin(Attachment, file)
        .where(ParagraphQuestion.guidance_id.in_(papers), QaEntry.state == QaState.PUBLISHED)
        .order_by(Guidance.edition.desc(), ParagraphQuestion.position, QaEntry.published_at, QaEntry.id)
        .limit(_MOST_SHOWN)
    )


def _editions(*, is_successor: bool) -> sa.Select[int]:
    """The ids of the paper and of the editions before it."""
    here: sa.BindParameter[int] = sa.bindparam("guidance_id", type_=sa.BigInteger())
    if not is_successor:
        return sa.select(here)
    chain = sa.select(here.label("id")).cte("edition", recursive=True)
    earlier = sa.select(Guidance.predecessor_id).join(chain, chain.c.id == Guidance.id)
    chain = chain.union(earlier.where(Guidance.predecessor_id.is_not(None)))
    return sa.select(chain.c.id)


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
