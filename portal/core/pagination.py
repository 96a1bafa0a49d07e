"""Paging by key: a page begins after the last row of the one before, so page 1,000 costs as much as page 1."""

import base64
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from math import isfinite
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.sql import operators

T = TypeVar("T")
U = TypeVar("U")
MAX_SIZE = 200


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list and the cursors to the pages beside it (None: there is none)."""

    items: Sequence[T]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    total: int | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def with_items(self, items: Sequence[U]) -> "Page[U]":
        """The same page with other items, such as rows joined with what else is shown of them."""
        return replace(self, items=items)  # type: ignore[arg-type,return-value]


class _BadCursor(ValueError):
    """The cursor was not made by us for this order."""


@dataclass(frozen=True)
class _Key:
    """One column of the order."""

    column: sa.ColumnElement[Any]
    descending: bool
    nullable: bool

    def ordering(self, *, backward: bool) -> sa.UnaryExpression[Any]:
        ordered = self.column.desc() if self.descending != backward else self.column.asc()
        if not self.nullable:
            return ordered
        return ordered.nulls_first() if backward else ordered.nulls_last()

    def beyond(self, value: Any, *, backward: bool) -> sa.ColumnElement[bool]:
        """The rows further on than the value; empty values come last."""
        if value is None:
            return self.column.is_not(None) if backward else sa.false()
        bound = sa.literal(value, type_=self.column.type)
        further = self.column < bound if self.descending != backward else self.column > bound
        return sa.or_(further, self.column.is_(None)) if self.nullable and not backward else further

    def same(self, value: Any) -> sa.ColumnElement[bool]:
        return self.column.is_(None) if value is None else self.column == sa.literal(value, type_=self.column.type)


def paginate(
    session: orm.Session,
    select: sa.Select[Any],
    *,
    order: Sequence[Any],
    cursor: str | None = None,
    size: int = 50,
    bindings: Mapping[str, Any] | None = None,
) -> Page[Any]:
    """One page of the select in the given order, with cursors both ways. One statement, sent with the ``bindings``.

    ``order`` are columns or ``column.desc()``, the last of them unique; empty values come last. A select of one
    entity or column gives these as items, one of several gives rows. A cursor that is broken, or was made for
    another order, leads to the first page. Where all columns are NOT NULL and run the same way, the condition is
    a row comparison, which an index on them serves.
    """
    keys = [_key(part) for part in order]
    size = max(1, min(size, MAX_SIZE))
    mark = _fingerprint(keys)
    try:
        backward, values = _decode(cursor, keys, mark) if cursor else (False, None)
    except _BadCursor:
        backward, values = False, None
    rows = session.execute(_ordered(select, keys, values, backward=backward).limit(size + 1), bindings)
    items, marks = _split(rows, len(select.column_descriptions), len(keys))
    more, items, marks = len(items) > size, items[:size], marks[:size]
    if values is not None and (not items or (backward and len(items) < size)):
        return paginate(
            session, select, order=order, size=size, bindings=bindings
        )  # rows went away meanwhile: begin anew
    if backward:
        items, marks = items[::-1], marks[::-1]
    has_next, has_previous = (True, more) if backward else (more, values is not None)
    return Page(
        items=items,
        next_cursor=_encode("n", marks[-1], mark) if has_next and marks else None,
        previous_cursor=_encode("p", marks[0], mark) if has_previous and marks else None,
    )


def capped_count(
    session: orm.Session, select: sa.Select[Any], cap: int = 1000, bindings: Mapping[str, Any] | None = None
) -> int:
    """How many rows the select has, counted up to ``cap`` (the answer ``cap`` means that many or more)."""
    rows = select.order_by(None).with_only_columns(sa.literal(1).label("one"), maintain_column_froms=True).limit(cap)
    return int(session.scalar(sa.select(sa.func.count()).select_from(rows.subquery()), bindings) or 0)


def _key(part: Any) -> _Key:
    descending = False
    expression = part.__clause_element__() if hasattr(part, "__clause_element__") else part
    if isinstance(expression, sa.UnaryExpression) and expression.modifier in {operators.desc_op, operators.asc_op}:
        descending = expression.modifier is operators.desc_op
        expression = expression.element
    nullable = getattr(expression, "nullable", None)
    return _Key(expression, descending, nullable is not False)


def _ordered(select: sa.Select[Any], keys: list[_Key], values: list[Any] | None, *, backward: bool) -> sa.Select[Any]:
    """The rows of the select beyond the values, in order, each with what a cursor to it is made of."""
    if values is not None:
        select = select.where(_condition(keys, values, backward=backward))
    return (
        select.add_columns(*(key.column.label(f"page_key_{index}") for index, key in enumerate(keys)))
        .order_by(None)
        .order_by(*(key.ordering(backward=backward) for key in keys))
    )


def _split(rows: sa.Result[Any], width: int, count: int) -> tuple[list[Any], list[list[Any]]]:
    """The items, the first ``width`` columns (some may have no name), and their marks, the ``count`` others."""
    if width == 1:
        both = rows.all()
        return [row[0] for row in both], [list(row[1:]) for row in both]
    frozen = rows.freeze()
    marks = [list(row) for row in frozen().columns(*range(width, width + count))]
    return list(frozen().columns(*range(width))), marks


def _condition(keys: list[_Key], values: list[Any], *, backward: bool) -> sa.ColumnElement[bool]:
    if not any(key.nullable for key in keys) and len({key.descending for key in keys}) == 1:
        left = sa.tuple_(*(key.column for key in keys))
        right = sa.tuple_(*(sa.literal(value, type_=key.column.type) for key, value in zip(keys, values, strict=True)))
        return left < right if keys[0].descending != backward else left > right
    ways = []
    for index, key in enumerate(keys):
        same = [earlier.same(value) for earlier, value in zip(keys[:index], values, strict=False)]
        ways.append(sa.and_(*same, key.beyond(values[index], backward=backward)))
    first = sa.or_(keys[0].beyond(values[0], backward=backward), keys[0].same(values[0]))
    return sa.and_(first, sa.or_(*ways))  # the first part says no more than the second, but an index serves it


def _fingerprint(keys: list[_Key]) -> int:
    return zlib.crc32("|".join(f"{_name_of(key.column)} {key.descending}" for key in keys).encode())


def _name_of(expression: Any) -> str:
    """What SQL calls it; a column says so without being compiled."""
    return f"{expression.table.name}.{expression.name}" if isinstance(expression, sa.Column) else str(expression)


def _encode(direction: str, values: list[Any], mark: int) -> str:
    text = json.dumps([direction, mark, *(_tagged(value) for value in values)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _tagged(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value.value if isinstance(value, Enum) else value


def _decode(cursor: str, keys: list[_Key], mark: int) -> tuple[bool, list[Any]]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise _BadCursor from error
    if not isinstance(parts, list) or len(parts) != len(keys) + 2 or parts[0] not in ("n", "p") or parts[1] != mark:
        raise _BadCursor
    return parts[0] == "p", [_value(part, key) for part, key in zip(parts[2:], keys, strict=True)]


def _value(part: Any, key: _Key) -> Any:
    """The value as the column's type, strictly: what the database would choke on never reaches it."""
    if part is None and key.nullable:
        return None
    value = _untagged(part)
    enum = getattr(key.column.type, "enum", None) or getattr(key.column.type, "enum_class", None)
    try:
        if enum is not None:
            return enum(value)
        expected = getattr(key.column.type, "impl_instance", key.column.type).python_type
    except (ValueError, NotImplementedError) as error:
        raise _BadCursor from error
    if type(value) is not expected or not _is_storable(value):
        raise _BadCursor
    return value


def _untagged(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    try:
        if part.keys() == {"t"}:
            instant = datetime.fromisoformat(part["t"])
            return instant.astimezone(UTC) if instant.tzinfo else instant
        if part.keys() == {"d"}:
            return date.fromisoformat(part["d"])
    except (TypeError, ValueError, OverflowError) as error:
        raise _BadCursor from error
    raise _BadCursor


def _is_storable(value: Any) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is not None
    if isinstance(value, int):
        return abs(value) < 2**63
    if isinstance(value, str):
        return not any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in value)
    return not isinstance(value, float) or isfinite(value)
