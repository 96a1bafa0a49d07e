"""Keeping the index true: after each event, again after a failure, and of everything by command."""

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import sqlalchemy as sa

from portal.campaigns import searching as campaigns
from portal.core import clock
from portal.core.db import db, insert, unit_of_work
from portal.core.events import EventRecord
from portal.guidance import searching as guidance
from portal.issues import searching as issues
from portal.knowledge import searching as knowledge
from portal.search.documents import (
    Document,
    add,
    ask_for,
    begin_filling,
    count_documents,
    differing,
    empty,
    end_filling,
    put,
)
from portal.search.models import SearchDocument, SearchPending

_log = logging.getLogger(__name__)
BATCH = 500
Told = Callable[[str, int], object]


class Source(Protocol):
    """A feature whose things can be found."""

    KIND: str

    def list_ids(self, after: int, limit: int) -> Sequence[int]:
        """The things by id, so many after this one."""

    def documents_of(self, ids: Collection[int]) -> dict[int, list[Document]]:
        """Their texts; a thing without any is not to be found."""


SOURCES: dict[str, Source] = {source.KIND: source for source in (guidance, knowledge, campaigns, issues)}


def refresh(kind: str, ids: Collection[int]) -> int:
    """Let the index hold the texts of these things as they are now; how many rows changed."""
    found = SOURCES[kind].documents_of(ids)
    return put({(kind, each): documents for each, documents in found.items()})


def follow_events(event_ids: Collection[int]) -> None:
    """Have indexed anew what these events concern, in the caller's transaction: no telling waits for the index."""
    things: dict[str, set[int]] = {kind: set() for kind in SOURCES}
    changing = sa.or_(EventRecord.subject_kind != campaigns.KIND, EventRecord.kind.in_(campaigns.CHANGED_BY))
    for kind, subject_id in db.session.execute(
        sa.select(EventRecord.subject_kind, EventRecord.subject_id).where(
            EventRecord.id.in_(event_ids), EventRecord.subject_kind.in_(SOURCES), changing
        )
    ):
        things[kind].add(subject_id)
    for kind, ids in things.items():
        ask_for(kind, sorted(ids))


def is_behind() -> bool:
    """Whether something waits to be indexed."""
    return db.session.scalar(sa.select(SearchPending.subject_id).limit(1)) is not None


def catch_up(limit: int = 200) -> None:
    """Index what was asked for, and try again what failed."""
    with unit_of_work():
        waiting = db.session.execute(
            sa.select(SearchPending.kind, SearchPending.subject_id).order_by(SearchPending.failed_at).limit(limit)
        ).all()
    for kind, subject_id in waiting:
        _refresh_safely(kind, subject_id)


def rebuild(told: Told) -> int:
    """Make the whole index anew, in batches; ``told`` hears the kind and how many things are done. How many texts.

    Until it is through, searches find only what is indexed already.
    """
    with unit_of_work():
        empty()
        begin_filling()
    for kind, source in SOURCES.items():
        after, done = 0, 0
        while True:
            with unit_of_work() as session:
                ids = source.list_ids(after, BATCH)
                found = source.documents_of(ids)
                add([document.row() for each in ids for document in found[each]])
                session.expunge_all()
            if not ids:
                break
            after, done = ids[-1], done + len(ids)
            told(kind, done)
    with unit_of_work():
        end_filling()
        db.session.execute(sa.delete(SearchPending))
        return count_documents()


def check(told: Told, *, repair: bool = False) -> list[tuple[str, int]]:
    """The things whose texts in the index are not as they should be; put right if asked for."""
    wrong: list[tuple[str, int]] = []
    for kind, source in SOURCES.items():
        after, done = 0, 0
        while True:
            with unit_of_work() as session:
                ids = source.list_ids(after, BATCH)
                last = ids[-1] if len(ids) == BATCH else None
                ids = [*ids, *_left_over(kind, ids, after, last)]
                found = {(kind, each): texts for each, texts in source.documents_of(ids).items()}
                differ = differing(found)
                if repair and differ:
                    put({thing: found[thing] for thing in differ})
                session.expunge_all()
            wrong += sorted(differ)
            done += len(ids)
            told(kind, done)
            if last is None:
                break
            after = last
    return wrong


def _left_over(kind: str, ids: Sequence[int], after: int, last: int | None) -> Sequence[int]:
    """Things of this stretch that stand in the index and are no more."""
    query = sa.select(SearchDocument.subject_id).distinct().where(
        SearchDocument.kind == kind, SearchDocument.subject_id > after
    )  # fmt: skip
    if last is not None:
        query = query.where(SearchDocument.subject_id <= last)
    known = set(ids)
    return [each for each in db.session.scalars(query) if each not in known]


def _refresh_safely(kind: str, subject_id: int) -> None:
    try:
        with unit_of_work():
            if _take(kind, subject_id):
                refresh(kind, [subject_id])
    except Exception as error:
        _log.exception("The texts of %s %s could not be indexed; they are tried again", kind, subject_id)
        with unit_of_work():
            note = {"error": f"{type(error).__name__}: {error}"[:2000], "failed_at": clock.now()}
            db.session.execute(
                insert(SearchPending)
                .values(kind=kind, subject_id=subject_id, **note)
                .on_conflict_do_update(index_elements=["kind", "subject_id"], set_=note)
            )


def _take(kind: str, subject_id: int) -> bool:
    """Whether it still waits. Taken before it is read: who asks again meanwhile is not lost, but waits for us."""
    taken = sa.delete(SearchPending).where(SearchPending.kind == kind, SearchPending.subject_id == subject_id)
    return db.session.execute(taken.returning(SearchPending.subject_id)).first() is not None
