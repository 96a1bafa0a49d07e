"""All answers of a campaign as one table: a row for each body × procedure, a column for each answer, with filters."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from portal.answering.models import AnswerChange
from portal.answering.reading import as_submitted
from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation, Procedure, Question
from portal.campaigns.queries import list_questions
from portal.campaigns.states import ANSWERED, EntryState
from portal.core.calendar import japan_datetime
from portal.core.db import db
from portal.core.events import emit
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.queries import list_prefectures
from portal.workbooks import policy
from portal.workbooks.events import AnswersExported
from portal.workbooks.slots import Cell, Slot, slots_of, write_slot

HEADS = ("団体コード", "都道府県", "団体", "事務", "状態", "提出日時")
_WIDTHS = (10, 10, 16, 24, 11, 17)
_AT_ONCE = 2_000
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def export_answers(
    actor: Actor, campaign: Campaign, *, procedure_id: int | None = None, prefecture: str | None = None
) -> bytes:
    """The workbook's bytes: what the bodies that the actor may see have submitted. That it was taken is recorded.

    Raises Forbidden. Three statements and one for each 2,000 rows.
    """
    authorize(policy.can_export, actor, campaign)
    questions = [
        each for each in list_questions(campaign) if procedure_id is None or each.procedure_id in {None, procedure_id}
    ]
    slots = slots_of(questions)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        sheet = book.add_worksheet("回答")
        _write_heads(book, sheet, slots)
        write = _writer(book, sheet)
        count = 0
        select = _select(actor, campaign, procedure_id, prefecture)
        for row in _rows(select, slots, _Returned(select, questions)):
            count += 1
            write(count, row)
        sheet.autofilter(0, 0, count, len(HEADS) + len(slots) - 1)
    emit(actor, AnswersExported(campaign_id=campaign.id, count=count))
    return out.getvalue()


def _write_heads(book: xlsxwriter.Workbook, sheet: Worksheet, slots: Sequence[Slot]) -> None:
    sheet.freeze_panes(1, 3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for column, width in enumerate((*_WIDTHS, *([18] * len(slots)))):
        sheet.set_column(column, column, width)
    look = book.add_format({"bold": True, "bg_color": "#D9E6FF", "text_wrap": True, "border": 1})
    sheet.write_row(0, 0, [*HEADS, *(slot.label for slot in slots)], look)


def _writer(book: xlsxwriter.Workbook, sheet: Worksheet) -> Callable[[int, Sequence[Cell]], None]:
    day = book.add_format({"num_format": "yyyy/mm/dd"})
    minute = book.add_format({"num_format": "yyyy/mm/dd hh:mm"})

    def write(row: int, cells: Sequence[Cell]) -> None:
        for column, value in enumerate(cells):
            if isinstance(value, str):
                if value:
                    sheet.write_string(row, column, value)
            elif isinstance(value, datetime):
                sheet.write_datetime(row, column, value, minute)
            elif isinstance(value, date):
                sheet.write_datetime(row, column, value, day)
            elif value is not None:
                sheet.write_number(row, column, value)

    return write


def _select(
    actor: Actor, campaign: Campaign, procedure_id: int | None, prefecture: str | None
) -> sa.Select[tuple[Any, ...]]:
    select = (
        sa.select(
            Participation.organisation_code,
            Participation.prefecture_code,
            Participation.organisation_name,
            Procedure.name,
            Entry.state,
            Entry.submitted_at,
            Entry.answers,
            Entry.id,
            Entry.procedure_id,
        )
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(Entry.campaign_id == campaign.id, campaign_policy.entries_viewable_by(actor))
        .order_by(Participation.organisation_code, Procedure.position, Procedure.id)
    )
    if procedure_id is not None:
        select = select.where(Entry.procedure_id == procedure_id)
    return select.where(Entry.prefecture_code == prefecture) if prefecture else select


class _Returned:
    """What had been submitted of the entries that were sent back: what is being written anew is not taken out."""

    def __init__(self, select: sa.Select[tuple[Any, ...]], questions: Sequence[Question]) -> None:
        returned = select.where(Entry.state == EntryState.RETURNED).with_only_columns(Entry.id).order_by(None)
        self._questions = questions
        self._changes: dict[int, list[AnswerChange]] = {}
        for change in db.session.scalars(
            sa.select(AnswerChange).where(AnswerChange.entry_id.in_(returned)).order_by(AnswerChange.id.desc())
        ):
            self._changes.setdefault(change.entry_id, []).append(change)

    def answers(
        self, entry_id: int, procedure_id: int, held: Mapping[str, Any], submitted_at: datetime | None
    ) -> Mapping[str, Any]:
        """The answers of one of them."""
        asked = [each for each in self._questions if each.procedure_id in {None, procedure_id}]
        return as_submitted(held, submitted_at, self._changes.get(entry_id, ()), asked)


def _rows(select: sa.Select[tuple[Any, ...]], slots: Sequence[Slot], returned: _Returned) -> Iterator[list[Cell]]:
    names = {each.prefecture_code: each.name for each in list_prefectures()}
    for found in db.session.execute(select.execution_options(yield_per=_AT_ONCE)):
        code, prefecture, body, procedure, state, submitted_at, held, entry_id, procedure_id = found
        answers: Mapping[str, Any] = held if state in ANSWERED else {}
        if state is EntryState.RETURNED:
            answers = returned.answers(entry_id, procedure_id, held, submitted_at)
        at = None if submitted_at is None else japan_datetime(submitted_at).replace(tzinfo=None)
        yield [
            code,
            names.get(prefecture, ""),
            body,
            procedure,
            state.ja,
            at,
            *(write_slot(slot, answers) if answers else None for slot in slots),
        ]
