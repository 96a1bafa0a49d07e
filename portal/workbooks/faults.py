"""What stands at a fault: the question that its cell answers and the value found there, never an individual number."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from portal.core import my_number
from portal.workbooks.grids import Grid
from portal.workbooks.reading import Problem, Reading
from portal.workbooks.scanning import spot_of

_LONGEST = 30


def describe(
    problems: Iterable[Problem], reading: Reading, grids: Iterable[Grid], labels: Mapping[str, str]
) -> list[Problem]:
    """The problems with question and value, where they stand at the cell of an answer. ``labels``: by key of the slot.

    A value is cut at 30 characters; one that holds twelve digits in a row is withheld, whatever they are.
    """
    keys = {place: key for entry in reading.entries for key, place in entry.places.items()}
    sheets = {grid.name: grid for grid in grids}
    found = []
    for problem in problems:
        key, grid = keys.get(problem.place), sheets.get(problem.place.sheet)
        if key is not None and grid is not None:
            value = show_value(grid.cell(*spot_of(problem.place.cell)))
            said = replace(problem, question=labels.get(key, ""), value=value or "", is_withheld=value is None)
            found.append(said)
        else:
            found.append(problem)
    return found


def show_value(value: Any) -> str | None:
    """The value as short text, None for what may be an individual number."""
    text = _text(value)
    if my_number.may_hold(text):
        return None
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
