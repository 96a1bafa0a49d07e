"""Paging by key: a page begins after the last row of the one before, so its cost does not grow with its number."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.enums import LabelledEnum

Item = TypeVar("Item")
Other = TypeVar("Other")
PAGE_SIZE = 50
COUNT_CAP = 1000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows of a list, with the cursors that lead to the next and the previous page (None: there is none).

    ``total`` is known only when it was asked for, and is counted no further than ``COUNT_CAP``.
    """

    items: Sequence[Item]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    total: int | None = None

    def with_items(self, items: Sequence[Other]) -> "Page[Other]":
        """The same page with other items in the place of its rows."""
        return replace(self, items=items)  # type: ignore[return-value, arg-type]

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.total is not None and self.total >= COUNT_CAP


def paginate(
    session: orm.Session, query: sa.Select[tuple[Item]], *, order: Sequence[Any], cursor: str | None,
    size: int = PAGE_SIZE, with_total: bool = False,
) -> Page[Item]:
    """One page of the query's entities in ``order`` (columns or ``column.desc()``; the last must be unique).

    A cursor that is broken or belongs to another list leads to the first page. NULLs come last in either direction.
    One statement, two with the total.
    """
    keys = [_Key.of(column) for column in order]
    direction, values = _decode(cursor, len(keys))
    backwards = direction == "b"
    statement = query.order_by(*(clause for key in keys for clause in key.order(backwards)))
    if values is not None:
        statement = statement.where(_beyond(keys, values, backwards))
    rows = list(session.scalars(statement.limit(size + 1)).unique())
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next = more if not backwards else True
    has_previous = (values is not None) if not backwards else more
    return Page(
        rows,
        _encode("f", keys, rows[-1]) if rows and has_next else None,
        _encode("b", keys, rows[0]) if rows and has_previous else None,
        capped_count(session, query) if with_total else None,
    )


def capped_count(session: orm.Session, query: sa.Select[Any], cap: int = COUNT_CAP) -> int:
    """How many rows the query has, counted no further than ``cap``."""
    inner = query.with_only_columns(sa.literal(1), maintain_column_froms=True).order_by(None).limit(cap)
    return session.scalar(sa.select(sa.func.count()).select_from(inner.subquery())) or 0


@dataclass(frozen=True)
class _Key:
    column: Any
    descending: bool

    @classmethod
    def of(cls, clause: Any) -> "_Key":
        modifier = getattr(clause, "modifier", None)
        if modifier is None:
            return cls(clause, descending=False)
        return cls(clause.element, descending=modifier is sa.sql.operators.desc_op)

    @property
    def nullable(self) -> bool:
        return bool(getattr(self.column, "nullable", True))

    def order(self, backwards: bool) -> list[Any]:
        down = self.descending != backwards
        clause = self.column.desc() if down else self.column.asc()
        if not self.nullable:
            return [clause]
        empty = self.column.is_(None)
        return [empty.desc() if backwards else empty, clause]

    def after(self, value: Any, backwards: bool) -> sa.ColumnElement[bool]:
        if value is None:
            return self.column.is_not(None) if backwards else sa.false()
        beyond = self.column < value if self.descending != backwards else self.column > value
        if self.nullable and not backwards:
            return sa.or_(beyond, self.column.is_(None))
        return beyond  # type: ignore[no-any-return]

    def equal(self, value: Any) -> sa.ColumnElement[bool]:
        return self.column.is_(None) if value is None else self.column == value


def _beyond(keys: Sequence[_Key], values: Sequence[Any], backwards: bool) -> sa.ColumnElement[bool]:
    """(a, b) > (x, y), written out: a > x OR (a = x AND b > y)."""
    typed = [_typed(key.column, value) for key, value in zip(keys, values, strict=True)]
    alternatives = []
    for index, key in enumerate(keys):
        same = [before.equal(value) for before, value in zip(keys[:index], typed[:index], strict=True)]
        alternatives.append(sa.and_(*same, key.after(typed[index], backwards)))
    return sa.or_(*alternatives)


def _encode(direction: str, keys: Sequence[_Key], row: Any) -> str:
    values = [_plain(getattr(row, key.column.key)) for key in keys]
    return base64.urlsafe_b64encode(json.dumps([direction, *values]).encode()).decode().rstrip("=")


def _decode(cursor: str | None, width: int) -> tuple[str, list[Any] | None]:
    if not cursor:
        return "f", None
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        return "f", None
    if not isinstance(parts, list) or len(parts) != width + 1 or parts[0] not in {"f", "b"}:
        return "f", None
    if not all(isinstance(part, str | int | float | None) for part in parts):
        return "f", None
    return parts[0], parts[1:]


def _plain(value: Any) -> Any:
    if isinstance(value, LabelledEnum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


def _typed(column: Any, value: Any) -> Any:
    if value is None:
        return None
    python_type = column.type.python_type
    if issubclass(python_type, datetime):
        return datetime.fromisoformat(str(value))
    if issubclass(python_type, date):
        return date.fromisoformat(str(value))
    return value
