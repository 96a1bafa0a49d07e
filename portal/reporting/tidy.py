"""A report's figures as files for machines and tables: tidy open data, and a book of sheets; no cell is a formula."""

import csv
import io
from collections.abc import Iterator, Sequence

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from portal.core.i18n import N_
from portal.reporting.layout import LEFT_OUT, Shown, Table, Tongue
from portal.reporting.marking import Facts
from portal.reporting.presenting import summary_of, tables_of
from portal.reporting.states import ReportKind

COLUMNS = (
    N_("基準日"),
    N_("表"),
    N_("表の名前"),
    N_("区分"),
    N_("区分の名前"),
    N_("項目"),
    N_("項目の名前"),
    N_("値"),
    N_("注"),
)
_NOTE = N_("少数のため非公表")
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LONGEST_SHEET_NAME = 31
_WIDTHS = {"published_on": 18, "url": 60}
_RATES_ARE_CUT = N_("照合率・確認率は小数第2位以下を切り捨て、誤りの割合は小数第3位を四捨五入しています。")
_HIDDEN_MEANS = N_("＊は、少数のため非公表としたもの（本部版では、公表版で非公表となるもの）です。")


def tidy_rows(facts: Facts, kind: ReportKind, say: Tongue) -> Iterator[list[str | int | float]]:
    """One row a figure, under COLUMNS; a figure that is left out has no value and a note."""
    for table in tables_of(facts, kind, say):
        for line in table.lines:
            key = "total" if line.is_total else line.key
            for measure, column, cell in zip(table.measures, table.columns, line.cells, strict=True):
                note = say(_NOTE) if cell.is_hidden else ""
                value = "" if cell.is_hidden else _plain(cell)
                yield [facts["as_of"], table.name, table.title, key, line.name, measure, column, value, note]


def as_csv(facts: Facts, kind: ReportKind, say: Tongue) -> bytes:
    """Open data as CSV that Excel reads: UTF-8 with a mark."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([say(column) for column in COLUMNS])
    writer.writerows([_safe(cell) for cell in row] for row in tidy_rows(facts, kind, say))
    return out.getvalue().encode("utf-8-sig")


def as_tidy_book(facts: Facts, kind: ReportKind, say: Tongue) -> bytes:
    """Open data as one sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        sheet = book.add_worksheet(say(N_("オープンデータ")))
        sheet.write_row(0, 0, [say(column) for column in COLUMNS], book.add_format({"bold": True}))
        for number, row in enumerate(tidy_rows(facts, kind, say), start=1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS) - 1, 18)
    return out.getvalue()


def as_book(facts: Facts, kind: ReportKind, heads: Sequence[tuple[str, str]], say: Tongue) -> bytes:
    """The report's tables as a book: a first sheet with what it is and the main figures, then a sheet a table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        book.set_properties({"title": heads[0][1], "author": heads[1][1]})
        formats = {
            "bold": book.add_format({"bold": True}),
            "name": book.add_format({"text_wrap": True, "valign": "top"}),
            "number": book.add_format({"num_format": "#,##0"}),
            "rate": book.add_format({"num_format": "0.0#"}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "number_head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "align": "right"}),
            "hidden": book.add_format({"align": "right", "font_color": "#666666"}),
            "marked": book.add_format({"num_format": '#,##0"＊"', "bg_color": "#FFF4C2"}),
        }
        _write_first(book, formats, heads, summary_of(facts, kind, say) if facts["is_inspection"] else [], say)
        for number, table in enumerate(tables_of(facts, kind, say), start=1):
            _write_table(book, formats, table, number)
    return out.getvalue()


def _write_first(
    book: xlsxwriter.Workbook,
    formats: dict[str, object],
    heads: Sequence[tuple[str, str]],
    summary: Sequence[tuple[str, Shown]],
    say: Tongue,
) -> None:
    sheet = book.add_worksheet(say(N_("概要")))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 60)
    _print_on_a4(sheet)
    row = 0
    for name, text in heads:
        sheet.write_string(row, 0, name, formats["bold"])
        sheet.write_string(row, 1, text)
        row += 1
    row += 1
    for name, shown in summary:
        sheet.write_string(row, 0, name, formats["bold"])
        _write_cell(sheet, row, 1, shown, formats)
        row += 1
    if summary:
        sheet.write_string(row + 1, 0, say(_RATES_ARE_CUT))
    sheet.write_string(row + 2, 0, say(_HIDDEN_MEANS))


def _write_table(book: xlsxwriter.Workbook, formats: dict[str, object], table: Table, number: int) -> None:
    sheet = book.add_worksheet(f"{number} {table.title}"[:_LONGEST_SHEET_NAME])
    sheet.write_string(0, 0, table.first, formats["head"])
    sheet.write_row(0, 1, table.columns, formats["number_head"])
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 36)
    for column, measure in enumerate(table.measures, start=1):
        sheet.set_column(column, column, _WIDTHS.get(measure, 14))
    sheet.repeat_rows(0)
    _print_on_a4(sheet)
    for row, line in enumerate(table.lines, start=1):
        sheet.write_string(row, 0, line.name, formats["bold" if line.is_total else "name"])
        for column, cell in enumerate(line.cells, start=1):
            _write_cell(sheet, row, column, cell, formats)


def _print_on_a4(sheet: Worksheet) -> None:
    """All columns on one page's width, the name of the sheet on each page."""
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header("&A")


def _write_cell(sheet: object, row: int, column: int, cell: Shown, formats: dict[str, object]) -> None:
    write_number, write_string = sheet.write_number, sheet.write_string  # type: ignore[attr-defined]
    if cell.number is None:
        write_string(row, column, cell.text, formats["hidden"] if cell.text == LEFT_OUT else None)
    elif cell.is_hidden:
        write_number(row, column, cell.number, formats["marked"])
    else:
        write_number(row, column, cell.number, formats["rate" if isinstance(cell.number, float) else "number"])


def _plain(cell: Shown) -> str | int | float:
    if cell.number is not None:
        return cell.number
    return cell.text if cell.plain is None else cell.plain


def _safe(cell: str | int | float) -> str | int | float:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS_FORMULA) else cell
