"""Writing of the index: what a thing's texts are now replaces what they were."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, insert
from portal.search.models import SearchDocument, SearchPending
from portal.search.normal import grams, normalise

TAG = "§"  # never stands in a normalised text, so that no tag is ever taken for a pair of characters
GRAM_INDEX = "ix_search_document_grams"
MAKE_GRAM_INDEX = (
    f"CREATE INDEX {GRAM_INDEX} ON search_document USING gin (search_grams(text, tags)) WITH (fastupdate = off)"
)
_INSERT = "INSERT INTO search_index (rowid, grams) VALUES (:id, :grams)"
_DELETE = "INSERT INTO search_index (search_index, rowid, grams) VALUES ('delete', :id, :grams)"
_KEPT = ("bound_id", "headline_length", "text", "tags", "occurred_at")


@dataclass(frozen=True, kw_only=True)
class Document:
    """A text to be found, as it was written; ``headline`` is what weighs more: its number and title."""

    kind: str
    subject_id: int
    part: str
    part_id: int
    text: str
    occurred_at: datetime
    headline: str = ""
    bound_id: int | None = None
    tags: Sequence[str] = ()

    def row(self) -> dict[str, Any]:
        """The row of the index."""
        headline, text = normalise(self.headline), normalise(self.text)
        return {
            "kind": self.kind,
            "subject_id": self.subject_id,
            "part": self.part,
            "part_id": self.part_id,
            "bound_id": self.bound_id,
            "headline_length": len(headline),
            "text": f"{headline} {text}" if headline and text else headline or text,
            "tags": "\n".join(sorted({tag(self.kind), tag("part", self.part), *self.tags})),
            "occurred_at": self.occurred_at,
        }


def tag(name: str, value: object = "") -> str:
    """A tag such as the body's: ``tag("body", 12)``. Nothing but letters and digits stands in it."""
    return TAG + "".join(letter for letter in f"{name}{value}" if letter.isalnum())


def put(documents: Mapping[tuple[str, int], Iterable[Document]]) -> int:
    """Let the index hold just these documents of these things (kind, id); none take the thing out of it.

    Returns how many rows were written or taken out. What stands there already is left alone.
    """
    rows = {_key(row): row for found in documents.values() for row in (document.row() for document in found)}
    held = {_key(row): row for row in _held(documents)}
    gone = [row["id"] for key, row in held.items() if key not in rows]
    changed = [row | {"id": held[key]["id"]} for key, row in rows.items() if key in held and _differs(row, held[key])]
    new = [row for key, row in rows.items() if key not in held]
    _forget([row for key, row in held.items() if key not in rows or _differs(rows[key], row)])
    if gone:
        db.session.execute(sa.delete(SearchDocument).where(SearchDocument.id.in_(gone)))
    if changed:
        db.session.execute(sa.update(SearchDocument), changed)
        _learn(changed)
    add(new)
    return len(gone) + len(changed) + len(new)


def add(rows: Sequence[dict[str, Any]]) -> None:
    """Add rows that are not in the index yet."""
    if not rows:
        return
    if is_sqlite():
        last = int(db.session.scalar(sa.select(sa.func.max(SearchDocument.id))) or 0)
        rows = [row | {"id": last + place} for place, row in enumerate(rows, 1)]
    db.session.execute(sa.insert(SearchDocument.__table__), rows)  # type: ignore[arg-type]
    _learn(rows)


def remove(kind: str, ids: Collection[int]) -> int:
    """Take these things out of the index; how many rows that were."""
    return put({(kind, each): () for each in ids})


def empty() -> None:
    """Take everything out of the index, quickly."""
    db.session.execute(sa.delete(SearchDocument))
    if is_sqlite():
        db.session.execute(sa.text("INSERT INTO search_index (search_index) VALUES ('delete-all')"))


def begin_filling() -> None:
    """Put the engine's index away while very many rows are added; ``end_filling`` makes it anew."""
    if not is_sqlite():
        db.session.execute(sa.text(f"DROP INDEX IF EXISTS {GRAM_INDEX}"))


def end_filling() -> None:
    """Make the engine's index of all rows, and let the planner know."""
    if is_sqlite():
        db.session.execute(sa.text("INSERT INTO search_index (search_index) VALUES ('optimize')"))
        return
    db.session.execute(sa.text("SET LOCAL maintenance_work_mem = '256MB'"))
    db.session.execute(sa.text(MAKE_GRAM_INDEX))
    db.session.execute(sa.text("ANALYZE search_document"))


def count_documents() -> int:
    """How many texts the index holds."""
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(SearchDocument)) or 0)


def ask_for(kind: str, ids: Collection[int]) -> None:
    """Have these things indexed anew soon: for whoever changes many of them without an event for each."""
    if ids:
        rows = [{"kind": kind, "subject_id": each, "error": "", "failed_at": clock.now()} for each in ids]
        db.session.execute(insert(SearchPending).values(rows).on_conflict_do_nothing())


def differing(documents: Mapping[tuple[str, int], Iterable[Document]]) -> set[tuple[str, int]]:
    """The things whose rows are not what they should be: missing, stale or superfluous."""
    rows = {_key(row): row for found in documents.values() for row in (document.row() for document in found)}
    held = {_key(row): row for row in _held(documents)}
    wrong = [key for key in rows.keys() | held.keys() if key not in rows or key not in held]
    wrong += [key for key in rows.keys() & held.keys() if _differs(rows[key], held[key])]
    return {(key[0], key[1]) for key in wrong}


def is_sqlite() -> bool:
    """Whether the inverted index is an FTS5 table of our own rather than PostgreSQL's GIN."""
    return bool(db.session.get_bind().dialect.name == "sqlite")


def _held(documents: Mapping[tuple[str, int], object]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for kind in sorted({kind for kind, _ in documents}):
        ids = [each for other, each in documents if other == kind]
        query = sa.select(*SearchDocument.__table__.c).where(
            SearchDocument.kind == kind, SearchDocument.subject_id.in_(ids)
        )
        found += [dict(row) for row in db.session.execute(query).mappings()]
    return found


def _key(row: Mapping[str, Any]) -> tuple[str, int, str, int]:
    return row["kind"], row["subject_id"], row["part"], row["part_id"]


def _differs(row: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    return any(row[name] != held[name] for name in _KEPT)


def _grams_of(row: Mapping[str, Any]) -> str:
    return " ".join(grams(row["text"]).union(row["tags"].split("\n")))


def _learn(rows: Sequence[Mapping[str, Any]]) -> None:
    if rows and is_sqlite():
        db.session.execute(sa.text(_INSERT), [{"id": row["id"], "grams": _grams_of(row)} for row in rows])


def _forget(rows: Sequence[Mapping[str, Any]]) -> None:
    """FTS5 keeps no texts here: to forget a row it has to be told what stood in it."""
    if rows and is_sqlite():
        db.session.execute(sa.text(_DELETE), [{"id": row["id"], "grams": _grams_of(row)} for row in rows])
