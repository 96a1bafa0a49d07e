"""What somebody else than the body may read of an entry: what was submitted, never what is being written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.answering.models import AnswerChange, AnswerReturn
from portal.campaigns import policy as campaign_policy
from portal.campaigns.answers import calculate, keep_shown
from portal.campaigns.models import Entry, Question
from portal.campaigns.states import EntryState
from portal.core.db import db
from portal.directory.actor import Actor

_MOST_CHANGES = 300


def is_own(actor: Actor, entry: Entry) -> bool:
    """Whether the actor belongs to the body that answers."""
    return actor.is_local and entry.organisation_id == actor.organisation_id


def read_answers(actor: Actor, entry: Entry, questions: Sequence[Question]) -> dict[str, Any] | None:
    """The answers as this actor may read them; None where the actor may read none.

    Of an entry that was sent back everybody but the body reads what had been submitted, not what is being changed.
    """
    if not campaign_policy.can_read_answers(actor, entry):
        return None
    if not _is_rewritten(actor, entry):
        return dict(entry.answers)
    changes = db.session.scalars(
        sa.select(AnswerChange).where(AnswerChange.entry_id == entry.id).order_by(AnswerChange.id.desc())
    )
    return as_submitted(entry.answers, entry.submitted_at, changes, questions)


def as_submitted(
    answers: Mapping[str, Any],
    submitted_at: datetime | None,
    changes: Iterable[AnswerChange],
    questions: Sequence[Question],
) -> dict[str, Any]:
    """The answers of an entry before what was changed after its submission; ``changes`` are its own, newest first."""
    submitted = dict(answers)
    for change in changes:
        if change.changed_at > (submitted_at or change.changed_at):
            submitted[change.question_code] = None
        elif submitted.get(change.question_code, "") is None:
            submitted[change.question_code] = change.value
    found = calculate(questions, {key: value for key, value in submitted.items() if value is not None})
    return keep_shown(questions, found)


def list_readable_changes(actor: Actor, entry: Entry) -> Sequence[AnswerChange]:
    """The newest changes of its answers that this actor may read, newest first. One statement or none."""
    if not campaign_policy.can_read_answers(actor, entry):
        return []
    select = sa.select(AnswerChange).where(AnswerChange.entry_id == entry.id)
    if _is_rewritten(actor, entry):
        select = select.where(AnswerChange.changed_at <= entry.submitted_at)
    return db.session.scalars(select.order_by(AnswerChange.id.desc()).limit(_MOST_CHANGES)).all()


@dataclass(frozen=True, kw_only=True)
class Mended:
    """An answer that was sent back last and submitted again: what stood there before, as far as it is on record.

    ``question_code`` is empty where the whole was sent back.
    """

    question_code: str
    reason: str
    before: Any
    is_changed: bool


def list_mended(returns: Sequence[AnswerReturn], changes: Sequence[AnswerChange]) -> list[Mended]:
    """What the last submission settled, in the order in which it was sent back; both are given newest first."""
    settled = [each for each in returns if each.settled_at is not None]
    return [
        Mended(
            question_code=each.question_code,
            reason=each.reason,
            before=next((it.value for it in _of(each, changes) if it.changed_at <= each.returned_at), None),
            is_changed=any(it.changed_at > each.returned_at for it in _of(each, changes)),
        )
        for each in reversed(settled)
        if each.settled_at == settled[0].settled_at
    ]


def _of(returned: AnswerReturn, changes: Iterable[AnswerChange]) -> list[AnswerChange]:
    """The changes of what was sent back: of one answer, or of any."""
    return [each for each in changes if returned.question_code in {"", each.question_code}]


def _is_rewritten(actor: Actor, entry: Entry) -> bool:
    return not is_own(actor, entry) and entry.state is EntryState.RETURNED and entry.submitted_at is not None
