"""Reading of Q&A entries, scoped by policy."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Membership, Organisation, Person
from portal.directory.roles import LOCAL_GOVERNMENTS
from portal.knowledge import policy
from portal.knowledge.impact import by_impact
from portal.knowledge.models import QaEntry, QaRevision, QaState
from portal.knowledge.policy import publishable_by, viewable_by


@dataclass(frozen=True, kw_only=True)
class QaFilter:
    """What to list; None leaves a condition out. Each of ``words`` must stand in the text or be the number."""

    theme_id: int | None = None
    state: QaState | None = None
    words: str | None = None
    by_impact: bool = False


def find_entry(actor: Actor, entry_id: int) -> QaEntry | None:
    """The entry with theme and drafter, or None when it is missing or hidden from the actor."""
    return db.session.scalar(sa.select(QaEntry).where(QaEntry.id == entry_id, viewable_by(actor)).options(*_loaded()))


def get_entry(actor: Actor, entry_id: int) -> QaEntry:
    """The same. Raises NotFound when missing or hidden from the actor."""
    entry = find_entry(actor, entry_id)
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
    """The entries that the actor may see, newest first, for headquarters on request by impact; paged by key."""
    query = sa.select(QaEntry).where(viewable_by(actor), *_conditions(chosen)).options(*_loaded())
    order: tuple[sa.UnaryExpression[int], ...] = (QaEntry.id.desc(),)
    if chosen.by_impact and policy.sees_joined_bodies(actor):
        bodies, population = by_impact()
        order = (bodies.desc(), population.desc(), *order)
    return paginate(db.session, query, order=order, cursor=cursor)


def find_withdrawn(entry_id: int) -> QaEntry | None:
    """An entry that was published and is withdrawn, for the notice of it: nothing of its text may be shown."""
    return db.session.scalar(
        sa.select(QaEntry)
        .where(QaEntry.id == entry_id, QaEntry.state == QaState.WITHDRAWN, QaEntry.number.is_not(None))
        .options(orm.joinedload(QaEntry.theme))
    )


def list_revisions(actor: Actor, entry: QaEntry) -> Sequence[QaRevision]:
    """The revisions of the entry that the actor may see, the newest first; the first may be one being prepared."""
    rows = db.session.scalars(
        sa.select(QaRevision)
        .where(QaRevision.entry_id == entry.id)
        .options(orm.joinedload(QaRevision.drafter), orm.joinedload(QaRevision.deidentifier))
        .order_by(QaRevision.number.desc())
    )
    return [revision for revision in rows if policy.can_view_revision(actor, revision)]


def get_open_revision(actor: Actor, entry: QaEntry) -> QaRevision:
    """The revision being prepared. Raises NotFound when there is none that the actor may see."""
    found = next((each for each in list_revisions(actor, entry) if each.state is not QaState.PUBLISHED), None)
    if found is None:
        raise NotFound
    return found


def list_waiting_revisions(actor: Actor, limit: int = 20) -> Sequence[QaEntry]:
    """Published entries whose revision waits for this actor: for approval, or returned to its drafter."""
    waits = [
        sa.and_(
            QaRevision.state == QaState.DRAFT,
            QaRevision.drafter_person_id == actor.person_id,
            QaRevision.return_reason.is_not(None),
        )
    ]
    if policy.can_decide(actor):
        wrote = sa.or_(
            QaRevision.drafter_person_id.in_(actor.person_ids),
            sa.func.coalesce(QaRevision.editor_person_id, 0).in_(actor.person_ids),
        )
        waits.append(sa.and_(QaRevision.state == QaState.REVIEW, ~wrote))
    return db.session.scalars(
        sa.select(QaEntry)
        .join(QaRevision, QaRevision.entry_id == QaEntry.id)
        .where(viewable_by(actor), sa.or_(*waits))
        .options(*_loaded())
        .order_by(QaEntry.id)
        .limit(limit)
    ).all()


def list_names(organisation_ids: Sequence[int], person_ids: Sequence[int]) -> Sequence[str]:
    """The names of these people and of everybody who is or was of these bodies: what a Q&A must not hold."""
    of_bodies = sa.select(Membership.person_id).where(Membership.organisation_id.in_(organisation_ids))
    return db.session.scalars(
        sa.select(Person.name).where(sa.or_(Person.id.in_(person_ids), Person.id.in_(of_bodies))).distinct()
    ).all()


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
        orm.joinedload(QaEntry.deidentifier),
        orm.joinedload(QaEntry.drafter_organisation),
    )
