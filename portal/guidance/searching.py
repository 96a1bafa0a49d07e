"""What of guidance can be found, and by whom: number, title, body and file names, of what the actor may see."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.attachments.queries import list_attachments
from portal.core.db import db
from portal.directory.actor import Actor
from portal.guidance import policy
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.search.documents import Document, tag
from portal.search.hits import Narrowing, select_hits, within_year
from portal.search.likeness import rank_like
from portal.search.matching import Sought
from portal.search.models import SearchDocument

KIND = "guidance"


def list_ids(after: int, limit: int) -> Sequence[int]:
    """All papers by id: for building the index anew."""
    return db.session.scalars(
        sa.select(Guidance.id).where(Guidance.id > after).order_by(Guidance.id).limit(limit)
    ).all()


def documents_of(ids: Collection[int]) -> dict[int, list[Document]]:
    """The texts of these papers and the names of their files. Two statements."""
    found: dict[int, list[Document]] = {each: [] for each in ids}
    files = list_attachments("guidance", ids)
    query = sa.select(Guidance).where(Guidance.id.in_(ids)).execution_options(populate_existing=True)
    for paper in db.session.scalars(query):
        at = paper.issued_at or paper.created_at
        tags = (tag("theme", paper.theme_id),) if paper.theme_id else ()
        found[paper.id].append(
            Document(
                kind=KIND,
                subject_id=paper.id,
                part="paper",
                part_id=paper.id,
                headline=f"{paper.document_number or ''} {paper.title}",
                text="\n".join((paper.body, paper.required_action, paper.difference, paper.contact)),
                occurred_at=at,
                tags=tags,
            )
        )
        found[paper.id] += [
            Document(
                kind=KIND,
                subject_id=paper.id,
                part="file",
                part_id=file.id,
                text=file.file_name,
                occurred_at=at,
                tags=tags,
            )
            for file in files[paper.id]
        ]
    return found


def select_hits_for(actor: Actor, sought: Sought, chosen: Narrowing) -> sa.Select[Any] | None:
    """The newest texts that hold the words, of papers that the actor may see.

    None where the search is narrowed to a prefecture: papers have none.
    """
    if chosen.prefecture_code is not None:
        return None
    query = select_hits(
        KIND,
        sought,
        (Guidance.theme_id, sa.null(), _began_at(), Guidance.state),
        tags=[[tag(KIND)], *([[tag("theme", chosen.theme_id)]] if chosen.theme_id is not None else [])],
    )
    return _visible(actor, query).where(*_conditions(chosen))


def rank_like_in_force(actor: Actor, terms: Sequence[str]) -> list[int]:
    """The papers in force that hold enough of the terms, of those that the actor may see. Two statements."""
    in_force = Guidance.state == GuidanceState.ISSUED
    return rank_like(KIND, "paper", terms, lambda query: _visible(actor, query).where(in_force))


def find_shown(actor: Actor, ids: Collection[int]) -> dict[int, Guidance]:
    """Those of the papers that the actor may see, with what a hit names of them. One statement."""
    query = (
        policy.viewable_by(actor)
        .where(Guidance.id.in_(ids))
        .options(orm.joinedload(Guidance.sender), orm.joinedload(Guidance.theme))
    )
    return {paper.id: paper for paper in db.session.scalars(query)} if ids else {}


def _began_at() -> sa.ColumnElement[Any]:
    return sa.func.coalesce(Guidance.issued_at, Guidance.created_at)


def _visible(actor: Actor, query: sa.Select[Any]) -> sa.Select[Any]:
    viewable = policy.viewable_by(actor).whereclause
    assert viewable is not None  # noqa: S101 - nobody sees everything without a condition
    return query.join(Guidance, Guidance.id == SearchDocument.subject_id).where(viewable)


def _conditions(chosen: Narrowing) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if chosen.theme_id is not None:
        conditions.append(Guidance.theme_id == chosen.theme_id)
    if chosen.year is not None:
        conditions.append(within_year(_began_at(), chosen.year))
    if chosen.state is not None:
        conditions.append(Guidance.state == GuidanceState(chosen.state))
    return conditions
