"""By when a body is to answer: the paper's due date, unless the body has one of its own, such as an extension."""

from datetime import date, timedelta

import sqlalchemy as sa

from portal.guidance.models import Guidance, Recipient

LONGEST_EXTENSION = timedelta(days=180)  # beyond the paper's due date
LONGEST_ADVANCE = timedelta(days=60)  # by which a body's own due date may come before the paper's
effective_due: sa.ColumnElement[date | None] = sa.func.coalesce(Recipient.due_on, Guidance.reply_due_on, type_=sa.Date)


def due_of(guidance: Guidance, recipient: Recipient | None) -> date | None:
    """By when the body is still to answer; without a recipient the paper's due date. None where nothing is asked."""
    return None if guidance.asks_nothing else recorded_due_of(guidance, recipient)


def recorded_due_of(guidance: Guidance, recipient: Recipient | None) -> date | None:
    """The twin of ``effective_due``: the due date that was set, also of a paper that asks nothing any more."""
    return (recipient.due_on if recipient is not None else None) or guidance.reply_due_on


def due_between(first: date, last: date) -> sa.ColumnElement[bool]:
    """Whether the body is to answer within these days; papers far from them are left out before any body is read."""
    near = Guidance.reply_due_on.between(first - LONGEST_EXTENSION, last + LONGEST_ADVANCE)
    return sa.and_(near, effective_due.between(first, last))
