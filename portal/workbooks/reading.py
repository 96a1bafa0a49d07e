"""From sheets to what they say: which form it is, and the cells of each entry with where they stand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.core.i18n import N_
from portal.workbooks.drawing import CHOICES, COVER
from portal.workbooks.forms import ANSWER, CODE, ENTRY
from portal.workbooks.grids import Grid
from portal.workbooks.marks import EntryMark, FormMark, parse_entry, parse_form
from portal.workbooks.scanning import address, spot_of

_ROW_OF_MARK = 1
_SEARCHED = 12  # rows in which the heads of a sheet may stand
_NO_HEADS = N_("見出しの行が見つかりません。様式をダウンロードし直してください。")
_NO_ENTRY = N_("様式内番号が読み取れません。様式をダウンロードし直してください。")
_TWICE = N_("同じ団体・事務の行が2つあります。")
_FORMULA = N_("数式が入力されています。値を入力してください。")
_ERROR = N_("エラー値が入力されています。値を入力し直してください。")
_MERGED = N_("セル（%(area)s）が結合されています。結合を解除して、1つのセルに1つの回答を入力してください。")
_Spot = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something stands, as people call it: 「児童手当」シート D12."""

    sheet: str
    cell: str = ""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong, and where; the message is translated where it is shown.

    ``question`` and ``value`` are what the cell answers and what was found in it, where they are known.
    A value that may be an individual number is withheld.
    """

    place: Place
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    question: str = ""
    value: str = ""
    is_withheld: bool = False


@dataclass(kw_only=True)
class ReadEntry:
    """One body × procedure of the file: cells and their places by the key of their slot; faulty cells are left out."""

    mark: EntryMark
    place: Place
    cells: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


@dataclass(kw_only=True)
class Reading:
    """What a file says: which forms its sheets are, its entries, what is wrong, and sheets that are no part of it."""

    marks: list[FormMark] = field(default_factory=list)
    entries: list[ReadEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def read_grids(grids: Iterable[Grid]) -> Reading:
    """Every sheet that carries a form's mark."""
    reading = Reading()
    seen: set[int] = set()
    for grid in grids:
        mark = parse_form(grid.cell(_ROW_OF_MARK, 0) or "")
        if mark is None:
            if grid.name not in {COVER, CHOICES}:
                reading.others.append(grid.name)
            continue
        reading.marks.append(mark)
        for entry in _read_sheet(grid, reading.problems):
            if entry.mark.entry_id in seen:
                reading.problems.append(Problem(place=entry.place, message=_TWICE))
            seen.add(entry.mark.entry_id)
            reading.entries.append(entry)
    return reading


def in_order(problems: Iterable[Problem], grids: Iterable[Grid]) -> list[Problem]:
    """The problems as people go through the file: sheet by sheet, row by row."""
    sheets = {grid.name: at for at, grid in enumerate(grids)}

    def place(problem: Problem) -> tuple[int, int, int]:
        cell = problem.place.cell
        return (sheets.get(problem.place.sheet, -1), *(spot_of(cell) if cell else (-1, -1)))

    return sorted(problems, key=place)


def _read_sheet(grid: Grid, problems: list[Problem]) -> Iterator[ReadEntry]:
    place = Place(sheet=grid.name)
    for row in range(min(_SEARCHED, len(grid.rows))):
        heads = {str(value): column for column, value in enumerate(grid.rows[row]) if value not in (None, "")}
        if CODE in heads and ANSWER in heads:
            yield from _read_body(grid, row, heads[CODE], heads[ANSWER], problems)
            return
        if CODE in heads and ENTRY in heads:
            yield from _read_area(grid, row, heads, problems)
            return
    problems.append(Problem(place=place, message=_NO_HEADS))


def _read_body(grid: Grid, head: int, code: int, answer: int, problems: list[Problem]) -> Iterator[ReadEntry]:
    marks = [found for value in grid.rows[_ROW_OF_MARK] if (found := parse_entry(value or ""))]
    if len(marks) != 1:
        problems.append(Problem(place=Place(sheet=grid.name), message=_NO_ENTRY))
        return
    cells = {(row, answer): str(key) for row in range(head + 1, len(grid.rows)) if (key := grid.cell(row, code))}
    entry = ReadEntry(mark=marks[0], place=Place(sheet=grid.name))
    problems += _take(grid, entry, cells, _merges(grid, set(cells)))
    yield entry


def _read_area(grid: Grid, head: int, heads: Mapping[str, int], problems: list[Problem]) -> Iterator[ReadEntry]:
    columns = {column: key for key, column in heads.items() if key not in {CODE, ENTRY}}
    rows = [row for row in range(head + 1, len(grid.rows)) if any(value not in (None, "") for value in grid.rows[row])]
    merges = _merges(grid, {(row, column) for row in rows for column in columns} if grid.scan.merged else set())
    for row in rows:
        mark = parse_entry(grid.cell(row, heads[ENTRY]) or "")
        if mark is None:
            problems.append(Problem(place=Place(sheet=grid.name, cell=address(row, heads[ENTRY])), message=_NO_ENTRY))
            continue
        entry = ReadEntry(mark=mark, place=Place(sheet=grid.name, cell=address(row, 0)))
        problems += _take(grid, entry, {(row, column): key for column, key in columns.items()}, merges)
        yield entry


def _take(grid: Grid, entry: ReadEntry, cells: Mapping[_Spot, str], merges: Mapping[_Spot, str]) -> list[Problem]:
    """Put the cells into the entry; what must not be trusted is a problem instead."""
    problems = []
    for (row, column), key in cells.items():
        here = entry.places[key] = Place(sheet=grid.name, cell=address(row, column))
        fault = _fault(grid, row, column, merges)
        if fault is None:
            entry.cells[key] = grid.cell(row, column)
        else:
            problems.append(Problem(place=here, message=fault[0], params=fault[1]))
    return problems


def _fault(grid: Grid, row: int, column: int, merges: Mapping[_Spot, str]) -> tuple[str, dict[str, object]] | None:
    if grid.scan.is_formula(row, column):
        return _FORMULA, {}
    if (row, column) in grid.scan.errors:
        return _ERROR, {}
    if (row, column) in merges:
        return _MERGED, {"area": merges[row, column]}
    return None


def _merges(grid: Grid, answers: set[_Spot]) -> dict[_Spot, str]:
    """The answer cells that are merged with other answer cells, or hidden under a cell that is none."""
    found = {}
    for top, left, bottom, right in grid.scan.merged:
        inside = [(r, c) for r, c in answers if top <= r <= bottom and left <= c <= right]
        if inside and (len(inside) > 1 or inside[0] != (top, left)):
            area = f"{address(top, left)}:{address(bottom, right)}"
            found.update(dict.fromkeys(inside, area))
    return found
