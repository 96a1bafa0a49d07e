"""What of Q&A can be found, and by whom: number, question and answer, of what the actor may see."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.directory.actor import Actor
from portal.knowledge import policy
from portal.knowledge.models import QaEntry, QaState
from portal.search.documents import Document, tag
from portal.search.hits import Narrowing, select_hits, within_year
from portal.search.likeness import rank_like
from portal.search.matching import Sought
from portal.search.models import SearchDocument

KIND = "qa_entry"


def list_ids(after: int, limit: int) -> Sequence[int]:
    """All entries by id: for building the index anew."""
    return db.session.scalars(sa.select(QaEntry.id).where(QaEntry.id > after).order_by(QaEntry.id).limit(limit)).all()


def documents_of(ids: Collection[int]) -> dict[int, list[Document]]:
    """The text of each of these entries. One statement."""
    found: dict[int, list[Document]] = {each: [] for each in ids}
    query = sa.select(QaEntry).where(QaEntry.id.in_(ids)).execution_options(populate_existing=True)
    for entry in db.session.scalars(query):
        found[entry.id].append(
            Document(
                kind=KIND,
                subject_id=entry.id,
                part="entry",
                part_id=entry.id,
                headline=f"{entry.number or ''} {entry.headline}",
                text=f"{entry.question}\n{entry.answer}",
                occurred_at=entry.published_at or entry.created_at,
                tags=(tag("theme", entry.theme_id),),
            )
        )
    return found


def select_hits_for(actor: Actor, sought: Sought, chosen: Narrowing) -> sa.Select[Any] | None:
    """The newest entries that hold the words and that the actor may see.

    None where the search is narrowed to a prefecture: entries have none.
    """
    if chosen.prefecture_code is not None:
        return None
    began_at = sa.func.coalesce(QaEntry.published_at, QaEntry.created_at)
    query = select_hits(
        KIND,
        sought,
        (QaEntry.theme_id, sa.null(), began_at, QaEntry.state),
        tags=[[tag(KIND)], *([[tag("theme", chosen.theme_id)]] if chosen.theme_id is not None else [])],
    )
    conditions = [policy.viewable_by(actor)]
    if chosen.theme_id is not None:
        conditions.append(QaEntry.theme_id == chosen.theme_id)
    if chosen.year is not None:
        conditions.append(within_year(began_at, chosen.year))
    if chosen.state is not None:
        conditions.append(QaEntry.state == QaState(chosen.state))
    return query.join(QaEntry, QaEntry.id == SearchDocument.subject_id).where(*conditions)


def rank_like_published(actor: Actor, terms: Sequence[str]) -> list[int]:
    """The published entries that hold enough of the terms. Two statements."""

    def scope(query: sa.Select[Any]) -> sa.Select[Any]:
        published = (policy.viewable_by(actor), QaEntry.state == QaState.PUBLISHED)
        return query.join(QaEntry, QaEntry.id == SearchDocument.subject_id).where(*published)

    return rank_like(KIND, "entry", terms, scope)


def find_shown(actor: Actor, ids: Collection[int]) -> dict[int, QaEntry]:
    """Those of the entries that the actor may see, with what a hit names of them. One statement."""
    query = (
        sa.select(QaEntry)
        .where(QaEntry.id.in_(ids), policy.viewable_by(actor))
        .options(orm.joinedload(QaEntry.theme), orm.joinedload(QaEntry.drafter_organisation))
    )
    return {entry.id: entry for entry in db.session.scalars(query)} if ids else {}
