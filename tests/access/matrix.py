"""The table of ``matrix.txt``: reads its rows and says which answers each mark allows."""

from dataclasses import dataclass
from pathlib import Path

from tests.access.world import NOBODY, VIEWERS

LETTERS = (*VIEWERS, NOBODY)
MAY, REFUSED, NOTHING, SIGN_IN = "●", "○", "–", "→"
MARKS = frozenset({MAY, REFUSED, NOTHING, SIGN_IN})

# What an answer to a GET may be, by mark; 410 is a link whose time is over.
_GET = {MAY: {200, 302, 410}, REFUSED: {403}, NOTHING: {404}, SIGN_IN: {302, 401}}
# And to an empty form: whoever may is told what is missing (422) or it is done; nobody else changes anything.
_POST = {MAY: {200, 302, 409, 410, 422}, REFUSED: {403, 409, 422}, NOTHING: {404}, SIGN_IN: {302, 401}}


@dataclass(frozen=True)
class Row:
    """One route at one address, with a mark for each viewer."""

    endpoint: str
    method: str
    template: str
    marks: dict[str, str]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.method} {self.template}"


def read_matrix() -> list[Row]:
    """The rows of the table. Raises ValueError for a row that is not whole."""
    rows = []
    for line in (Path(__file__).parent / "matrix.txt").read_text(encoding="utf-8").splitlines():
        parts = line.split()
        if not parts or line.startswith("#"):
            continue
        endpoint, *marks, method, template = parts
        if len(marks) != len(LETTERS) or not MARKS.issuperset(marks) or method not in {"GET", "POST"}:
            raise ValueError(f"not a whole row: {line}")
        rows.append(Row(endpoint, method, template, dict(zip(LETTERS, marks, strict=True))))
    return rows


def allows(mark: str, method: str, status: int) -> bool:
    """Whether the answer is one that the mark allows."""
    return status in (_GET if method == "GET" else _POST)[mark]
