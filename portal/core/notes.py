"""What a page notes of its being read: asked first whether there is anything to note, as most readings are not new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.core.db import db


@dataclass(frozen=True)
class Note:
    """Something to remember: whether it is not remembered yet, known or as a condition, and the writing of it.

    Writing it although it is not new does no harm.
    """

    is_new: bool | sa.ColumnElement[bool]
    write: Callable[[], None]


NOTHING = Note(False, lambda: None)


def list_new(notes: Sequence[Note]) -> list[Note]:
    """Those that are not remembered yet. One statement, which only reads; none, and all, where one is known to be new.

    That one is written anyhow, and then asking for the others would take as long as writing them.
    """
    if any(note.is_new is True for note in notes):
        return list(notes)
    asked = [(note, note.is_new) for note in notes if not isinstance(note.is_new, bool)]
    if not asked:
        return []
    conditions = [is_new.label(f"note_{place}") for place, (_, is_new) in enumerate(asked)]
    answers = db.session.execute(sa.select(*conditions)).one()
    return [note for (note, _), is_new in zip(asked, answers, strict=True) if is_new]
