"""Reading tables from CSV and Excel files into rows of text, and writing the empty forms for them."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from portal.core.errors import Invalid, NeedsConfirmation
from portal.core.i18n import N_
from portal.core.packages import declares_document_type
from portal.directory.kana import fold_width

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 10_000
_MAX_UNPACKED = 80 * 1024 * 1024
_MAX_CELLS = 2_000_000
_MAX_CELL_LENGTH = 1000
_HEADER_WITHIN = 10  # rows above the header may hold a title or notes
_BROKEN_EXCEL = N_("Excelファイルを読み取れません。パスワードを外し、.xlsx形式で保存してください。")
_HAS_DTD = N_("Excelファイルに外部の定義を読み込む記述が含まれているため、受け付けられません。")
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{0,3})([0-9]{1,9})["']""")


@dataclass(frozen=True)
class Column:
    """A column of the form: its heading, whether it must be filled in, and what to write there."""

    heading: str
    is_required: bool
    hint: str
    example: str


@dataclass(frozen=True)
class Row:
    """A row of the file: its number as people see it, and its cells by heading (absent column: no key)."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell; the message is translated where it is shown."""

    row: int
    column: str
    message: str
    params: dict[str, Any]
    needs_confirmation: bool = False


def fault_of(row: Row, column: str, invalid: Invalid) -> Fault:
    """The refusal of a cell as a fault of the file."""
    return Fault(
        row.number, column, invalid.message, invalid.params, needs_confirmation=isinstance(invalid, NeedsConfirmation)
    )


def read_table(
    file_name: str, content: bytes, columns: Sequence[Column], *, longest_cell: int = _MAX_CELL_LENGTH
) -> list[Row]:
    """The rows below the header, without empty ones. Raises Invalid(field="file") for what cannot be read."""
    if not content:
        raise _unreadable(N_("ファイルが空です。"))
    if len(content) > MAX_BYTES:
        raise _unreadable(N_("ファイルが大きすぎます（上限は5MB）。"))
    is_excel = content.startswith(b"PK\x03\x04")
    lines = _excel_lines(content) if is_excel else _csv_lines(file_name, content)
    return _rows(lines, columns, longest_cell)


def write_csv(columns: Sequence[Column]) -> bytes:
    """The empty form as CSV that Excel opens rightly (UTF-8 with BOM)."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([column.heading for column in columns])
    return out.getvalue().encode("utf-8-sig")


def write_excel(columns: Sequence[Column]) -> bytes:
    """The empty form as an Excel file; its second sheet explains the columns."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        bold, text = book.add_format({"bold": True, "bg_color": "#E8F1FE"}), book.add_format({"num_format": "@"})
        form, notes = book.add_worksheet("様式"), book.add_worksheet("記入方法")
        form.set_column(0, len(columns) - 1, 22, text)  # text, so that leading zeros of codes stay
        form.freeze_panes(1, 0)
        notes.set_column(0, 1, 16)
        notes.set_column(2, 3, 60)
        notes.write_row(0, 0, ["列", "必須", "記入すること", "例"], bold)
        for index, column in enumerate(columns):
            form.write_string(0, index, column.heading, bold)
            required = "必須" if column.is_required else ""
            notes.write_row(index + 1, 0, [column.heading, required, column.hint, column.example])
    return out.getvalue()


def _unreadable(message: str, **params: object) -> Invalid:
    return Invalid(message, field="file", **params)


def _rows(lines: list[list[str]], columns: Sequence[Column], longest_cell: int) -> list[Row]:
    headings = {_heading(column.heading): column.heading for column in columns}
    required = {column.heading for column in columns if column.is_required}
    for index, line in enumerate(lines[:_HEADER_WITHIN]):
        places = {headings[_heading(cell)]: place for place, cell in enumerate(line) if _heading(cell) in headings}
        if required <= places.keys():
            return _below(lines, index + 1, places, longest_cell)
    raise _unreadable(
        N_("見出しの行が見つかりません。必須の列：%(columns)s"),
        columns="、".join(column.heading for column in columns if column.is_required),
    )


def _below(lines: list[list[str]], start: int, places: dict[str, int], longest_cell: int) -> list[Row]:
    rows = [
        Row(number, {heading: line[place].strip() if place < len(line) else "" for heading, place in places.items()})
        for number, line in enumerate(lines[start:], start + 1)
    ]
    rows = [row for row in rows if any(row.cells.values())]
    if not rows:
        raise _unreadable(N_("見出しの下に行がありません。"))
    if len(rows) > MAX_ROWS:
        raise _unreadable(N_("行が多すぎます（上限は%(n)s行）。分けて取り込んでください。"), n=MAX_ROWS)
    longest = next((row for row in rows if any(len(cell) > longest_cell for cell in row.cells.values())), None)
    if longest is not None:
        raise _unreadable(N_("%(row)s行目に長すぎるセルがあります。"), row=longest.number)
    return rows


def _heading(cell: str) -> str:
    return re.sub(r"[\s※*()必須]", "", fold_width(cell)).lower()


def _csv_lines(file_name: str, content: bytes) -> list[list[str]]:
    if b"\x00" in content or content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise _unreadable(N_("CSVファイルまたはExcelファイル（.xlsx）を選んでください。"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp932")
        except UnicodeDecodeError as error:
            raise _unreadable(N_("文字コードを読み取れません。UTF-8またはシフトJISで保存してください。")) from error
    delimiter = "\t" if file_name.lower().endswith(".tsv") else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _unreadable(N_('CSVとして読み取れません。引用符（"）の閉じ忘れがないか確認してください。')) from error


def _excel_lines(content: bytes) -> list[list[str]]:
    _check_package(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        lines = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError) as error:
        raise _unreadable(_BROKEN_EXCEL) from error
    return [[_text(cell) for cell in line] for line in lines]


def _check_package(content: bytes) -> None:
    """Refuse what would unpack to far more than it seems, before anything reads it as a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > 1000 or sum(part.file_size for part in parts) > _MAX_UNPACKED:
                raise _unreadable(N_("Excelファイルの中身が大きすぎます。"))
            if "xl/workbook.xml" not in package.namelist():
                raise _unreadable(N_("CSVファイルまたはExcelファイル（.xlsx）を選んでください。"))
            if declares_document_type(package):
                raise _unreadable(_HAS_DTD)
            for part in parts:
                if part.filename.endswith(".xml") and part.filename != "xl/sharedStrings.xml":
                    _check_extent(package.read(part))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise _unreadable(_BROKEN_EXCEL) from error


def _check_extent(xml: bytes) -> None:
    """The reader reserves room for the whole rectangle, so one cell in a far corner would fill the memory."""
    height, width = 1, 1
    for letters, digits in _REFERENCE.findall(xml):
        height = max(height, int(digits))
        width = max(width, _column_number(letters))
    if height * width > _MAX_CELLS:
        raise _unreadable(N_("表の外の離れた位置にセルがあります。不要な行と列を削除してください。"))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell)
