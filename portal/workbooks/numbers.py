"""The check of every cell of a file, wherever it stands, for individual numbers; their digits are never repeated."""

from collections.abc import Iterable, Iterator
from typing import Any

from portal.core.i18n import N_
from portal.core.my_number import Finding, scan
from portal.workbooks.grids import Grid
from portal.workbooks.reading import Place, Problem
from portal.workbooks.scanning import address

_NUMBER = N_("個人番号（マイナンバー）と思われる番号が含まれています。個人番号は登録できません。削除してください。")
_MAYBE = N_(
    "個人番号（マイナンバー）と同じ形式の12桁の番号が含まれています。"
    "個人番号でないことを確かめたうえで、確認欄にチェックを入れてください。"
)
_SHORTEST = 12


def find_numbers(grids: Iterable[Grid], *, is_confirmed: bool) -> list[Problem]:
    """The cells that hold, or may hold, an individual number; those that may are left out once confirmed."""
    found, known = [], dict[str, Finding | None]()
    for grid in grids:
        for row, column, text in _texts(grid):
            if text not in known:
                known[text] = scan(text)
            finding = known[text]
            if finding is None or (finding is Finding.CONFIRM and is_confirmed):
                continue
            place = Place(sheet=grid.name, cell=address(row, column))
            found.append(Problem(place=place, message=_NUMBER if finding is Finding.REFUSED else _MAYBE))
    return found


def is_doubt(problem: Problem) -> bool:
    """Whether the sender may confirm that it is no individual number."""
    return problem.message == _MAYBE


def is_plain(value: Any) -> bool:
    """Whether the value holds nothing that reads as an individual number."""
    return scan(_text(value)) is None


def _texts(grid: Grid) -> Iterator[tuple[int, int, str]]:
    for row, line in enumerate(grid.rows):
        for column, value in enumerate(line):
            text = _text(value)
            if len(text) >= _SHORTEST:
                yield row, column, text


def _text(value: Any) -> str:
    """What stands in the cell; a number as its digits."""
    if isinstance(value, str):
        return value
    return str(int(value)) if isinstance(value, int | float) and abs(value) < 1e15 else ""
