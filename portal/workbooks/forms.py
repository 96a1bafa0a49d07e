"""The form of answers as a workbook: a sheet for each procedure, for one body by question, for many body by body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.campaigns.answers import labels_of
from portal.campaigns.models import Campaign, Entry, Procedure
from portal.campaigns.states import QuestionKind
from portal.core import clock
from portal.core.calendar import japan_datetime, long_date
from portal.workbooks.conditions import not_asked
from portal.workbooks.contents import FormContent
from portal.workbooks.drawing import (
    DATE_HINT,
    Book,
    Page,
    choice_ranges,
    number_format,
    protect,
    set_print,
    set_rule,
    write_choices,
    write_cover,
)
from portal.workbooks.scanning import column_name
from portal.workbooks.slots import Cell, Slot, show_choice, slots_of, write_slot

CODE, ANSWER, ENTRY = "コード", "回答", "様式内番号"
BODY_HEADS = ("番号", "区分", "設問", "前回の回答", ANSWER, "単位", "記入のしかた", CODE)
_BODY_WIDTHS = (5, 14, 36, 22, 36, 6, 46, 12)
_AREA_HEADS = ("団体コード", "団体", "状態")
_AREA_WIDTHS = (9, 16, 10)
_AREA_FIRST = len(_AREA_HEADS)
_STEPS = (
    "黄色のセルに入力してください。ほかのセルは変更できません。",
    "灰色になった設問は、前の設問の回答により回答が不要なものです。",
    "選択肢は一覧から選びます。いくつでも選ぶ設問は、「、」で区切って入力します（略号でも入力できます）。",
    f"日付は、{DATE_HINT}のように入力します。",
    "数式、結合したセル、非表示の行・列・シートがあると受け付けられません。",
    "個人番号（マイナンバー）は、どのセルにも入力しないでください。",
    "保存したら、ポータルのこの調査の「様式」のページでファイルを選んでください。登録の前に内容を確かめられます。",
    "ファイルの添付と自動計算の設問は、ポータルの画面で行います。",
)


def make_form(content: FormContent) -> bytes:
    """The workbook's bytes."""
    book = Book()
    mark = str(content.mark)
    listed = [(procedure, entries, book.reserve(procedure.name)) for procedure, entries in content.by_procedure()]
    write_cover(
        book,
        title=content.campaign.shown_title,
        facts=cover_facts(content.campaign, content.office, content.due_on, mark),
        steps=_STEPS,
        sheets=[(name, _state_of(content, entries)) for _, entries, name in listed],
        mark=mark,
    )
    ranges = choice_ranges(content.questions)
    for procedure, entries, name in listed:
        sheet = book.file.add_worksheet(name)
        slots = slots_of(content.questions_of(procedure))
        page = _Sheet(book=book, sheet=sheet, content=content, ranges=ranges, slots=slots)
        if content.is_area:
            _write_area(page, procedure, entries)
        else:
            _write_body(page, entries[0])
        protect(sheet)
    write_choices(book, content.questions, mark)
    return book.finish()


def cover_facts(campaign: Campaign, office: str, due_on: date | None, mark: str) -> list[tuple[str, str]]:
    """What the cover says of the form."""
    made = japan_datetime(clock.now())
    return [
        ("団体", office),
        ("期限", long_date(due_on) if due_on else "なし"),
        ("照会先", campaign.contact or "—"),
        ("作成", f"{long_date(made.date())} {made:%H:%M}"),
        ("様式番号", mark),
    ]


def _state_of(content: FormContent, entries: Sequence[Entry]) -> str:
    if content.is_area:
        return f"{len(entries)}団体"
    entry = entries[0]
    return entry.state.ja if entry.id in content.answerable else f"{entry.state.ja}（変更できません）"


@dataclass(frozen=True, kw_only=True)
class _Sheet(Page):
    """One procedure's sheet."""

    content: FormContent
    ranges: Mapping[str, str]
    slots: Sequence[Slot]

    def write_top(self, title: str, line: str) -> None:
        """What it is, the form's mark, whose it is."""
        self.put(0, 0, title, "title")
        self.put(1, 0, str(self.content.mark), "mark")
        self.put(2, 0, line, "note")

    def put_answer(self, row: int, column: int, entry: Entry, slot: Slot, value: Cell) -> None:
        """A cell to fill in, or one that cannot be."""
        is_open = slot.is_open and entry.id in self.content.answerable
        self.put(row, column, value, "answer" if is_open else "closed", number=number_format(slot))

    def grey(self, area: tuple[int, int, int, int], slot: Slot, places: Mapping[str, str]) -> None:
        """Show at which answers nothing is asked here."""
        questions = {each.code: each for each in self.content.questions}
        formula = not_asked(slot.question, questions, places)
        if slot.is_reason:
            wanted = dict(labels_of(slot.question)).get(slot.question.asks_reason_for, "")
            formula = f'={places[slot.question.code]}<>"{wanted}"'
        if formula is not None:
            rule = {"type": "formula", "criteria": formula, "format": self.book.look("off")}
            self.sheet.conditional_format(*area, rule)


def _write_body(page: _Sheet, entry: Entry) -> None:
    """Questions as rows: last round's answer beside the cell for this one, then unit and help."""
    content, sheet, column = page.content, page.sheet, BODY_HEADS.index(ANSWER)
    for at, (head, width) in enumerate(zip(BODY_HEADS, _BODY_WIDTHS, strict=True)):
        sheet.set_column(at, at, width)
        page.put(3, at, head, "head")
    page.write_top(entry.procedure.name, f"{content.office}　{_state_of(content, [entry])}")
    page.put(1, len(BODY_HEADS) - 1, str(content.mark_of(entry)), "mark")
    previous, cells = content.previous_of(entry), _cells_of(content, entry, page.slots)
    places = {slot.key: f"${column_name(column)}${row + 1}" for row, slot in enumerate(page.slots, start=4)}
    for row, slot in enumerate(page.slots, start=4):
        for at, text in enumerate((str(row - 3), slot.question.section, slot.label)):
            page.put(row, at, text, "fixed")
        page.put(row, 3, write_slot(slot, previous), "previous", number=number_format(slot))
        page.put_answer(row, column, entry, slot, cells[slot.key])
        page.put(row, 5, "" if slot.is_reason else slot.question.unit, "fixed")
        page.put(row, 6, help_of(slot), "fixed")
        page.put(row, 7, slot.key, "fixed_code")
        if slot.is_open and entry.id in content.answerable:
            set_rule(sheet, (row, column, row, column), slot, page.ranges)
        page.grey((row, column, row, column), slot, places)
    sheet.freeze_panes(4, 0)
    set_print(sheet, str(content.mark), repeat=(3, 3))


def _write_area(page: _Sheet, procedure: Procedure, entries: Sequence[Entry]) -> None:
    """Bodies as rows, questions as columns, last round's answers to the right where there are any."""
    content, sheet = page.content, page.sheet
    page.write_top(procedure.name, f"{content.office}　{len(entries)}団体")
    _write_area_heads(page)
    mark_column, first, last = _AREA_FIRST + len(page.slots), 6, 5 + len(entries)
    for row, entry in enumerate(entries, start=first):
        part = entry.participation
        for column, text in enumerate((part.organisation_code, part.organisation_name, entry.state.ja)):
            page.put(row, column, text, "fixed")
        cells = _cells_of(content, entry, page.slots)
        for column, slot in enumerate(page.slots, start=_AREA_FIRST):
            page.put_answer(row, column, entry, slot, cells[slot.key])
        page.put(row, mark_column, str(content.mark_of(entry)), "fixed_code")
    places = {
        slot.key: f"${column_name(column)}{first + 1}" for column, slot in enumerate(page.slots, start=_AREA_FIRST)
    }
    for column, slot in enumerate(page.slots, start=_AREA_FIRST):
        if slot.is_open:
            set_rule(sheet, (first, column, last, column), slot, page.ranges)
        page.grey((first, column, last, column), slot, places)
    if content.previous:
        _write_previous(page, entries, mark_column + 2)
    sheet.freeze_panes(first, 2)
    set_print(sheet, str(content.mark), repeat=(3, 5))


def _write_area_heads(page: _Sheet) -> None:
    """Three rows: the question, how to fill it in, its code."""
    mark_column = _AREA_FIRST + len(page.slots)
    heads = [(head, "", CODE if head == _AREA_HEADS[0] else "") for head in _AREA_HEADS]
    heads += [(slot.label, help_of(slot)[:200], slot.key) for slot in page.slots]
    widths = [*_AREA_WIDTHS, *([18] * len(page.slots)), 12]
    section = ""
    for column, (head, hint, code) in enumerate([*heads, ("", "", ENTRY)]):
        page.sheet.set_column(column, column, widths[column])
        page.put(3, column, head, "head")
        page.put(4, column, hint, "head_hint")
        page.put(5, column, code, "head_code")
        slot = page.slots[column - _AREA_FIRST] if _AREA_FIRST <= column < mark_column else None
        if slot is not None and slot.question.section != section:
            section = slot.question.section
            page.put(2, column, section, "note")
    page.sheet.set_row(4, 60)


def _write_previous(page: _Sheet, entries: Sequence[Entry], left: int) -> None:
    page.put(2, left, "前回の回答（参考）", "note")
    for column, slot in enumerate(page.slots, start=left):
        page.sheet.set_column(column, column, 18)
        page.put(3, column, f"前回　{slot.label}", "head")
        for row, entry in enumerate(entries, start=6):
            value = write_slot(slot, page.content.previous_of(entry))
            page.put(row, column, value, "previous", number=number_format(slot))


def _cells_of(content: FormContent, entry: Entry, slots: Sequence[Slot]) -> dict[str, Cell]:
    """What stands in the cells: the answers, over them what a clean copy takes from another one."""
    answers = content.answers_of(entry)
    cells = {slot.key: write_slot(slot, answers) for slot in slots}
    kept = content.kept.get(entry.id)
    if kept is not None and entry.id in content.answerable:
        known = {slot.key: slot for slot in slots if slot.is_open}
        cells |= {key: kept_cell(known[key], value) for key, value in kept.cells.items() if key in known}
    return {key: "（画面で添付）" if _is_file(slots, key) and value is None else value for key, value in cells.items()}


def _is_file(slots: Sequence[Slot], key: str) -> bool:
    return any(slot.key == key and slot.question.kind is QuestionKind.FILE for slot in slots)


def kept_cell(slot: Slot, value: Any) -> Cell:
    """What a clean copy takes over into the cell."""
    if slot.question.kind is QuestionKind.DATE and isinstance(value, str) and not slot.is_reason:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return value
        return day if day.year > 1900 else value
    return value if isinstance(value, str | int | float) else None


def help_of(slot: Slot) -> str:
    """How to fill it in: the question's own hint, then what may be chosen or how it is written."""
    question = slot.question
    if slot.is_reason:
        wanted = dict(labels_of(question)).get(question.asks_reason_for, "")
        return f"「{wanted}」のときに入力してください。"
    lines = [question.hint] if question.hint else []
    if question.kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}:
        how = "いくつでも（「、」で区切る）" if question.kind is QuestionKind.MULTIPLE else "一つ選ぶ"
        lines.append(f"{how}：" + "／".join(show_choice(question, value) for value, _ in labels_of(question)))
    elif question.kind is QuestionKind.DATE:
        lines.append(DATE_HINT)
    elif question.kind is QuestionKind.CALCULATED:
        lines.append("自動計算（入力不要）")
    elif question.kind is QuestionKind.FILE:
        lines.append("ポータルの画面で添付してください。")
    return "\n".join(lines)
