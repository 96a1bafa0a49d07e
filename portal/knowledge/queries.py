"""Reading of Q&A entries, scoped by policy."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS
from portal.knowledge.models import QaEntry, QaState
from portal.knowledge.policy import publishable_by, viewable_by


@dataclass(frozen=True, kw_only=True)
class QaFilter:
    """What to list; None leaves a condition out. Each of ``words`` must stand in the text or be the number."""

    theme_id: int | None = None
    state: QaState | None = None
    words: str | None = None


def get_entry(actor: Actor, entry_id: int) -> QaEntry:
    """The entry with theme and drafter. Raises NotFound when missing or hidden from the actor."""
    entry = db.session.scalar(sa.select(QaEntry).where(QaEntry.id == entry_id, viewable_by(actor)).options(*_loaded()))
    if entry is None:
        raise NotFound
    return entry


def find_published(number: str) -> QaEntry | None:
    """The published entry with this number, or None."""
    return db.session.scalar(
        sa.select(QaEntry).where(QaEntry.number == number, QaEntry.state == QaState.PUBLISHED).options(*_loaded())
    )


def find_entries_by_ids(actor: Actor, ids: Sequence[int]) -> Sequence[QaEntry]:
    """Those of the entries that the actor may see, by number, for links from elsewhere. One statement."""
    if not ids:
        return []
    return db.session.scalars(
        sa.select(QaEntry).where(QaEntry.id.in_(ids), viewable_by(actor)).order_by(QaEntry.number, QaEntry.id)
    ).all()


def list_entries(actor: Actor, chosen: QaFilter, cursor: str | None) -> Page[QaEntry]:
    """The entries that the actor may see, newest first, paged by key."""
    query = sa.select(QaEntry).where(viewable_by(actor), *_conditions(chosen)).options(*_loaded())
    return paginate(db.session, query, order=(QaEntry.id.desc(),), cursor=cursor)


def list_waiting_for(actor: Actor, limit: int = 20) -> list[QaEntry]:
    """Entries that wait for this actor: reviews for an approver, returned candidates for their drafter."""
    returned = sa.and_(
        QaEntry.state == QaState.DRAFT, QaEntry.drafter_person_id == actor.person_id, QaEntry.return_reason.is_not(None)
    )
    return list(
        db.session.scalars(
            sa.select(QaEntry)
            .where(viewable_by(actor), sa.or_(publishable_by(actor), returned))
            .options(*_loaded())
            .order_by(QaEntry.id)
            .limit(limit)
        )
    )


def list_body_names() -> Sequence[str]:
    """The names of all local governments, past ones too: what a de-identified text must not hold."""
    return db.session.scalars(sa.select(Organisation.name).where(Organisation.kind.in_(LOCAL_GOVERNMENTS))).all()


def _conditions(chosen: QaFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if chosen.theme_id is not None:
        conditions.append(QaEntry.theme_id == chosen.theme_id)
    if chosen.state is not None:
        conditions.append(QaEntry.state == chosen.state)
    for word in (chosen.words or "").split():
        conditions.append(
            sa.or_(
                QaEntry.question.icontains(word, autoescape=True),
                QaEntry.answer.icontains(word, autoescape=True),
                QaEntry.number == word.upper(),
            )
        )
    return conditions


def _loaded() -> tuple[orm.interfaces.LoaderOption, ...]:
    return (
        orm.joinedload(QaEntry.theme),
        orm.joinedload(QaEntry.drafter),
        orm.joinedload(QaEntry.drafter_organisation),
    )
