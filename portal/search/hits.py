"""What the features say of the texts found: whose they are, how well they fit, by what they can be narrowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.core.calendar import fiscal_year, japan_date, start_of_day
from portal.core.db import db
from portal.search.matching import CAP, Sought, matching, newest_first, score
from portal.search.models import SearchDocument


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """By what the hits are narrowed; None leaves out. ``state`` is that of a kind, ``year`` a fiscal one."""

    kind: str | None = None
    theme_id: int | None = None
    prefecture_code: str | None = None
    year: int | None = None
    state: str | None = None


@dataclass(frozen=True)
class Hit:
    """One text that holds the words, and of its thing what the facets count."""

    kind: str
    subject_id: int
    part: str
    part_id: int
    bound_id: int | None
    score: int
    document_id: int
    occurred_at: datetime
    theme_id: int | None
    prefecture_code: str | None
    began_at: datetime | None
    state: str

    @property
    def year(self) -> int | None:
        """The fiscal year in which the thing began."""
        return fiscal_year(japan_date(self.began_at)) if self.began_at else None


def select_hits(
    kind: str, sought: Sought, facets: Sequence[Any], *, tags: Sequence[Sequence[str]] = (), by_index: bool = True
) -> sa.Select[Any]:
    """The newest texts of a kind that hold the words, with ``facets`` (theme, prefecture, began, state) of their thing.

    The feature joins its table and adds what the actor may see. Selects of several kinds can be united.
    """
    theme, prefecture, began, state = facets
    columns = {
        "kind": SearchDocument.kind,
        "subject_id": SearchDocument.subject_id,
        "part": SearchDocument.part,
        "part_id": SearchDocument.part_id,
        "bound_id": SearchDocument.bound_id,
        "score": score(sought),
        "document_id": SearchDocument.id,
        "occurred_at": SearchDocument.occurred_at,
        "theme_id": theme,
        "prefecture_code": prefecture,
        "began_at": began,
        "state": sa.type_coerce(state, sa.String()),
    }
    labelled = [column.label(name) for name, column in columns.items()]
    query = matching(kind, sought, *labelled, tags=tags, by_index=by_index)
    return query.order_by(newest_first() if by_index else SearchDocument.id.desc()).limit(CAP)


def list_hits(queries: Sequence[sa.Select[Any]]) -> list[list[Hit]]:
    """The hits of each of these selects of ``select_hits``. One statement."""
    if not queries:
        return []
    arms = []
    for place, query in enumerate(queries):
        arm = query.subquery()
        arms.append(sa.select(sa.literal(place), *arm.c))
    found: list[list[Hit]] = [[] for _ in queries]
    for place, *values in db.session.execute(sa.union_all(*arms)):
        found[place].append(Hit(*values))
    return found


def within_year(column: Any, year: int) -> sa.ColumnElement[bool]:
    """Whether the instant lies in the fiscal year."""
    return sa.and_(column >= start_of_day(date(year, 4, 1)), column < start_of_day(date(year + 1, 4, 1)))
