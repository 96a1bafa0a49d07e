"""What figures are laid out as: tables of lines of cells, in a language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

LEFT_OUT = "＊"  # what stands in the place of a figure that is left out


@dataclass(frozen=True)
class Tongue:
    """The language in which figures are laid out: what translates the source texts, and its name for labels."""

    translate: Callable[[str], str]
    locale: str

    def __call__(self, text: str) -> str:
        """The text in this language."""
        return self.translate(text)


JAPANESE = Tongue(str, "ja")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A cell: a number with its unit, or a text; ``is_hidden`` where the published edition leaves it out.

    ``plain`` is what machines read in the place of the text.
    """

    text: str
    number: int | float | None = None
    is_hidden: bool = False
    plain: str | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a table: its name, the key of what it is about, its cells."""

    key: str
    name: str
    cells: Sequence[Shown]
    is_total: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its heading; ``measures`` names each column for machines."""

    name: str
    title: str
    first: str
    columns: Sequence[str]
    measures: Sequence[str]
    lines: Sequence[Line] = field(default_factory=list)


def count_of(value: int | None) -> Shown:
    """A number as a cell; None is one that is left out."""
    return Shown(text=LEFT_OUT, is_hidden=True) if value is None else Shown(text=f"{value:,}", number=value)
