"""A file as sheets of plain cells, whatever it is: a workbook, or one sheet saved as CSV."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from portal.attachments.archives import BROKEN, PROTECTED, Refused
from portal.attachments.file_names import extension_of
from portal.attachments.formats import ENCRYPTED_PACKAGE, ZIP_MAGIC, holds
from portal.attachments.texts import decode_text
from portal.core.i18n import N_
from portal.workbooks.guarding import Hidden, guard
from portal.workbooks.scanning import MOST_COLUMNS, MOST_ROWS, TOO_LARGE, SheetScan

LARGEST = 20 * 1024 * 1024
_OLD = N_("「%(name)s」の形式（.%(ending)s）は読み取れません。Excelブック（.xlsx）として保存し直してください。")
_MACROS = N_("「%(name)s」はマクロを含む形式です。マクロのないExcelブック（.xlsx）として保存し直してください。")
_WRONG = N_("Excelブック（.xlsx）か、様式の1シートを保存したCSV（.csv）を選んでください。")
_UNDECODABLE = N_("「%(name)s」の文字を読み取れません。文字コードをUTF-8かシフトJISにして保存し直してください。")
_LARGE = N_("「%(name)s」は大きすぎます。1ファイルの上限は%(limit)s MBです。")
_EMPTY = N_("「%(name)s」は空のファイルです。")
_OLD_ENDINGS = frozenset({"xls", "xlsb", "ods", "fods", "numbers", "et", "sxc"})


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One sheet: its rows of values, and what the scan saw of it. A CSV is one grid named after its file."""

    name: str
    rows: list[list[Any]]
    scan: SheetScan = field(default_factory=SheetScan)

    def cell(self, row: int, column: int) -> Any:
        """The value, None beyond the end."""
        line = self.rows[row] if row < len(self.rows) else []
        value = line[column] if column < len(line) else None
        return None if value == "" else value


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file's visible sheets, and what it hides."""

    grids: list[Grid]
    hidden: list[Hidden]


def open_file(name: str, stream: BinaryIO) -> Opened:
    """Read a file that somebody sends. Raises Refused (the caller adds the name)."""
    ending = extension_of(name)
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if not size:
        raise Refused(_EMPTY)
    if size > LARGEST:
        raise Refused(_LARGE, limit=LARGEST // 1024 // 1024)
    if ending in _OLD_ENDINGS:
        raise Refused(_OLD, ending=ending)
    if ending in {"xlsm", "xltm", "xlam"}:
        raise Refused(_MACROS)
    if ending == "csv":
        return Opened(grids=[_read_csv(name, stream)], hidden=[])
    if ending != "xlsx":
        raise Refused(_WRONG)
    return _read_workbook(stream)


def _read_workbook(stream: BinaryIO) -> Opened:
    if stream.read(4) != ZIP_MAGIC:
        raise Refused(PROTECTED if holds(stream, ENCRYPTED_PACKAGE) else BROKEN)
    seen = guard(stream)
    stream.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
        grids = [
            Grid(name=name, rows=book.get_sheet_by_name(name).to_python(skip_empty_area=False), scan=scan)
            for name, scan in seen.sheets
        ]
    except (CalamineError, ValueError, KeyError, OverflowError) as error:
        raise Refused(BROKEN) from error
    return Opened(grids=grids, hidden=seen.hidden)


def _read_csv(name: str, stream: BinaryIO) -> Grid:
    text = decode_text(stream.read())
    if text is None:
        raise Refused(_UNDECODABLE)
    rows: list[list[Any]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            rows.append([cell.strip() for cell in row])
            if len(rows) > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise Refused(TOO_LARGE, sheet=name, rows=f"{MOST_ROWS:,}")
    except csv.Error as error:
        raise Refused(BROKEN) from error
    return Grid(name=name.rpartition(".")[0] or name, rows=rows)
