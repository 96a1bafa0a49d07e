"""How forms look: formats, the cover, the sheet of choices, rules of entry, print set-up."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from portal.campaigns.answers import LONGEST_TEXT, labels_of
from portal.campaigns.models import Question
from portal.campaigns.states import QuestionKind
from portal.workbooks.scanning import column_name
from portal.workbooks.slots import Cell, Slot, show_choice

COVER, CHOICES = "表紙", "選択肢"
_PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FONT = {"font_name": "游ゴシック", "font_size": 10, "valign": "top"}
_LINE = {"border": 1, "border_color": "#8C8C8C"}
_ERA = '[$-411]ggge"年"m"月"d"日"'
_LOOKS: dict[str, dict[str, Any]] = {
    "plain": {"text_wrap": True},
    "title": {"bold": True, "font_size": 14},
    "mark": {"font_size": 7, "font_color": "#767676"},
    "note": {"font_color": "#4D4D4D"},
    "head": {**_LINE, "bold": True, "bg_color": "#D9E6FF", "text_wrap": True, "valign": "vcenter"},
    "head_code": {**_LINE, "font_size": 7, "font_color": "#767676", "bg_color": "#F2F2F2"},
    "head_hint": {**_LINE, "font_size": 8, "bg_color": "#F2F2F2", "text_wrap": True},
    "fixed": {**_LINE, "text_wrap": True},
    "fixed_code": {**_LINE, "font_size": 7, "font_color": "#767676"},
    "previous": {**_LINE, "font_color": "#4D4D4D", "bg_color": "#F7F7F7", "text_wrap": True},
    "closed": {**_LINE, "font_color": "#4D4D4D", "bg_color": "#E6E6E6", "text_wrap": True},
    "answer": {**_LINE, "bg_color": "#FFF8D6", "text_wrap": True, "locked": False},
    "link": {"font_color": "#0017C1", "underline": 1},
    "off": {"bg_color": "#BFBFBF", "font_color": "#595959"},
}
_DIGITS = {QuestionKind.NUMBER, QuestionKind.CALCULATED, QuestionKind.TABLE}
DATE_HINT = "例：令和8年11月30日、R8.11.30、2026/11/30"


@dataclass
class Book:
    """A workbook under way: formats by name, sheets each under a name of its own."""

    out: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        self.file = xlsxwriter.Workbook(self.out, _PLAIN)
        self._formats: dict[tuple[str, str], Format] = {}
        self._taken = {COVER.casefold(), CHOICES.casefold(), "history"}  # the last is spreadsheets' own

    def look(self, name: str, number: str = "") -> Format:
        """A format, with a number format where one is given."""
        key = (name, number)
        if key not in self._formats:
            base = {} if name == "off" else _FONT
            numbered = {"num_format": number} if number else {}
            self._formats[key] = self.file.add_format({**base, **_LOOKS[name], **numbered})
        return self._formats[key]

    def reserve(self, name: str) -> str:
        """The name for a sheet that spreadsheets take and no other sheet has."""
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f']", "・", name).strip() or "シート"
        number, shown = 1, plain[:31]
        while shown.casefold() in self._taken:
            number += 1
            shown = f"{plain[:26]}({number})"
        self._taken.add(shown.casefold())
        return shown

    def finish(self) -> bytes:
        """The bytes of the whole."""
        self.file.close()
        return self.out.getvalue()


def protect(sheet: Worksheet) -> None:
    """Only the cells for answers can be changed; widths and heights may be."""
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def set_print(sheet: Worksheet, mark: str, *, repeat: tuple[int, int] | None = None) -> None:
    """A4 across, as wide as the page, the head on each page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_header("&L&A&R&P/&N")
    sheet.set_footer(f"&R&7{mark}")
    if repeat is not None:
        sheet.repeat_rows(*repeat)


def write_cover(
    book: Book,
    *,
    title: str,
    facts: Sequence[tuple[str, str]],
    steps: Sequence[str],
    sheets: Sequence[tuple[str, str]],
    mark: str,
) -> None:
    """The first sheet: what it is, until when, how to fill it in, and the way to each sheet."""
    sheet = book.file.add_worksheet(COVER)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 88)
    sheet.write_string(0, 0, title, book.look("title"))
    row = 2
    for name, value in facts:
        sheet.write_string(row, 0, name, book.look("head"))
        sheet.write_string(row, 1, value, book.look("fixed"))
        row += 1
    row += 1
    sheet.write_string(row, 0, "記入のしかた", book.look("head"))
    for number, step in enumerate(steps, start=1):
        sheet.write_string(row, 1, f"{number}　{step}", book.look("plain"))
        row += 1
    row += 1
    sheet.write_string(row, 0, "シート", book.look("head"))
    for name, state in sheets:
        sheet.write_url(row, 1, f"internal:'{name}'!A1", book.look("link"), string=f"{name}　{state}".strip())
        row += 1
    protect(sheet)
    set_print(sheet, mark)


def write_choices(book: Book, questions: Sequence[Question], mark: str) -> None:
    """The last sheet: every choice with its code. Lists refer to it, and people may read it."""
    asked = [each for each in questions if each.kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}]
    if not asked:
        return
    sheet = book.file.add_worksheet(CHOICES)
    sheet.write_string(0, 0, "選択肢の一覧（この表は変更できません）", book.look("note"))
    for place, question in enumerate(asked):
        left = place * 2
        sheet.set_column(left, left, 34)
        sheet.set_column(left + 1, left + 1, 8)
        sheet.write_string(2, left, question.label, book.look("head"))
        sheet.write_string(2, left + 1, "略号", book.look("head"))
        for row, (value, _) in enumerate(labels_of(question), start=3):
            sheet.write_string(row, left, show_choice(question, value), book.look("fixed"))
            sheet.write_string(row, left + 1, value, book.look("fixed"))
    protect(sheet)
    set_print(sheet, mark)


def choice_ranges(questions: Sequence[Question]) -> dict[str, str]:
    """Where the choices of each question will stand, for the sheets that come before them."""
    found = {}
    asked = [each for each in questions if each.kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}]
    for place, question in enumerate(asked):
        column = column_name(place * 2)
        found[question.code] = f"='{CHOICES}'!${column}$4:${column}${3 + len(labels_of(question))}"
    return found


@dataclass(frozen=True, kw_only=True)
class Page:
    """A sheet under way."""

    book: Book
    sheet: Worksheet

    def put(self, row: int, column: int, value: Cell, look: str, *, number: str = "") -> None:
        """Write a value as what it is; a text never becomes a formula or a link."""
        formatted, sheet = self.book.look, self.sheet
        if value is None or value == "":
            sheet.write_blank(row, column, None, formatted(look, number))
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, formatted(look, number or _ERA))
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, formatted(look, number or "#,##0"))
        else:
            sheet.write_string(row, column, value, formatted(look, number))


def number_format(slot: Slot) -> str:
    """The number format of the slot's cells."""
    if slot.is_reason:
        return ""
    if slot.question.kind is QuestionKind.DATE:
        return _ERA
    return "#,##0" if slot.question.kind in _DIGITS else ""


def set_rule(sheet: Worksheet, area: tuple[int, int, int, int], slot: Slot, choices: Mapping[str, str]) -> None:
    """What may be entered in the slot's cells, and what is said when one is chosen."""
    rule = _rule(slot, choices)
    title, message = slot.label[:32], (_prompt(slot) or slot.question.hint)[:255]
    if message:
        rule |= {"input_title": title, "input_message": message}
    if rule["validate"] != "any" or message:
        sheet.data_validation(*area, rule)


def _rule(slot: Slot, choices: Mapping[str, str]) -> dict[str, Any]:
    kind = slot.question.kind
    if slot.is_reason or kind is QuestionKind.TEXT:
        rule: dict[str, Any] = {"validate": "length", "criteria": "<=", "value": LONGEST_TEXT}
        return {**rule, "error_title": "長すぎます", "error_message": "4,000文字以内で入力してください。"}
    if kind is QuestionKind.YES_NO:
        return {"validate": "list", "source": ["はい", "いいえ"], **_LIST_ERROR}
    if kind is QuestionKind.SINGLE and slot.question.code in choices:
        return {"validate": "list", "source": choices[slot.question.code], **_LIST_ERROR}
    if kind in {QuestionKind.NUMBER, QuestionKind.TABLE}:
        rule = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 99_999_999_999}
        return {**rule, "error_title": "数字ではありません", "error_message": "0以上の整数を入力してください。"}
    return {"validate": "any"}


_LIST_ERROR = {"error_title": "選択肢にありません", "error_message": "一覧から選んでください。"}


def _prompt(slot: Slot) -> str:
    if slot.is_reason:
        return ""
    if slot.question.kind is QuestionKind.DATE:
        return DATE_HINT
    if slot.question.kind is QuestionKind.MULTIPLE:
        labels = "／".join(show_choice(slot.question, value) for value, _ in labels_of(slot.question))
        return f"いくつでも選べます。「、」で区切ります。\n{labels}"
    return ""
