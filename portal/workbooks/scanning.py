"""What stands in the parts of a workbook beside the values: what is hidden, formulas, merged cells, how far it goes.

XML is read without entities or document types, piece by piece, and given up as soon as a sheet is larger than any form.
"""

import re
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, ErrorHandler

from defusedxml import sax
from defusedxml.common import DefusedXmlException

from portal.attachments.archives import BROKEN, HAS_DTD, Refused
from portal.core.i18n import N_

MOST_ROWS = 20_000
MOST_ROW_ELEMENTS = 100_000
MOST_COLUMNS = 2_000
MOST_AREA = 2_000_000
TOO_LARGE = N_("「%(sheet)s」シートが大きすぎます（%(rows)s行を超えています）。様式にない行を削除してください。")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
Box = tuple[int, int, int, int]


@dataclass
class SheetScan:
    """One sheet, places counted from 0: ``formulas`` and ``errors`` are cells, the boxes are areas of cells."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    hides_rows_by_default: bool = False
    formulas: set[tuple[int, int]] = field(default_factory=set)
    formula_boxes: list[Box] = field(default_factory=list)
    errors: set[tuple[int, int]] = field(default_factory=set)
    merged: list[Box] = field(default_factory=list)
    embeds: bool = False
    rows: int = 0
    columns: int = 0

    def is_formula(self, row: int, column: int) -> bool:
        """Whether the cell's value comes from a formula."""
        if (row, column) in self.formulas:
            return True
        return any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in self.formula_boxes)


class TooLarge(Exception):
    """The sheet goes further than any form."""


def address(row: int, column: int) -> str:
    """How people call the cell: D12."""
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """How people call the column: D."""
    name, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def scan_sheet(archive: zipfile.ZipFile, part: str) -> SheetScan:
    """Look through a sheet. Raises TooLarge, Refused when it is broken or holds a document type."""
    handler = _SheetHandler()
    _parse(archive, part, handler)
    return handler.found


def check_xml(archive: zipfile.ZipFile, part: str) -> None:
    """Raise Refused when the part is no XML or holds a document type."""
    _parse(archive, part, ContentHandler())


def _parse(archive: zipfile.ZipFile, part: str, handler: ContentHandler) -> None:
    try:
        with archive.open(part) as stream:
            sax.parse(stream, handler, ErrorHandler(), forbid_dtd=True)
    except DefusedXmlException as error:
        raise Refused(HAS_DTD) from error
    except TooLarge:
        raise
    except (SAXException, zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        raise Refused(BROKEN) from error
    except Exception as error:  # zlib and expat raise what they like on a hostile file
        raise Refused(BROKEN) from error


class _SheetHandler(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.found = SheetScan()
        self._row = self._column = -1
        self._row_elements = 0
        self._ways: dict[str, Any] = {
            "c": self._cell,
            "v": self._value,
            "is": self._value,
            "f": self._formula,
            "row": self._begin_row,
            "col": self._columns,
            "mergeCell": self._merge,
            "sheetFormatPr": self._defaults,
            "oleObject": self._embed,
            "control": self._embed,
        }

    def startElement(self, name: str, attrs: Any) -> None:
        """Take note of what is looked for."""
        way = self._ways.get(name if ":" not in name else name.rpartition(":")[2])
        if way is not None:
            way(attrs)

    def _begin_row(self, attrs: Any) -> None:
        self._row_elements += 1
        if self._row_elements > MOST_ROW_ELEMENTS:
            raise TooLarge
        self._row = int(attrs.get("r", self._row + 2)) - 1
        self._column = -1
        if _is_on(attrs.get("hidden")) or (attrs.get("ht") is not None and float(attrs["ht"]) == 0):
            self.found.hidden_rows.append(self._row)

    def _cell(self, attrs: Any) -> None:
        reference = attrs.get("r")
        if reference is None:
            self._column += 1
        else:
            self._row, self._column = spot_of(reference)
        if attrs.get("t") == "e":
            self.found.errors.add((self._row, self._column))

    def _value(self, _attrs: Any) -> None:
        found = self.found
        found.rows = max(found.rows, self._row + 1)
        found.columns = max(found.columns, self._column + 1)
        if found.rows > MOST_ROWS or found.columns > MOST_COLUMNS or found.rows * found.columns > MOST_AREA:
            raise TooLarge

    def _formula(self, attrs: Any) -> None:
        self.found.formulas.add((self._row, self._column))
        if attrs.get("ref") and attrs.get("t") in {"array", "dataTable"}:
            self.found.formula_boxes.append(_box(attrs["ref"]))

    def _columns(self, attrs: Any) -> None:
        is_narrow = attrs.get("width") is not None and float(attrs["width"]) == 0
        if _is_on(attrs.get("hidden")) or is_narrow:
            self.found.hidden_columns.append((int(attrs["min"]) - 1, int(attrs["max"]) - 1))

    def _merge(self, attrs: Any) -> None:
        self.found.merged.append(_box(attrs["ref"]))

    def _defaults(self, attrs: Any) -> None:
        self.found.hides_rows_by_default = _is_on(attrs.get("zeroHeight"))

    def _embed(self, _attrs: Any) -> None:
        self.found.embeds = True


def _is_on(value: str | None) -> bool:
    return value in {"1", "true", "on"}


def spot_of(reference: str) -> tuple[int, int]:
    """(row, column) of D12, counted from 0. Raises ValueError."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(reference)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def _box(reference: str) -> Box:
    first, _, last = reference.replace("$", "").partition(":")
    (top, left), (bottom, right) = spot_of(first), spot_of(last or first)
    return top, left, bottom, right
