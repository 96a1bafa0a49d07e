"""The status of a paper as a table file: exactly the bodies that the actor may see and has chosen."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
import xlsxwriter

from portal.core.calendar import japan_datetime
from portal.core.db import db
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance import policy
from portal.guidance.events import StatusExported
from portal.guidance.matrix import RecipientFilters, select_recipients
from portal.guidance.models import Guidance, Receipt, Recipient

COLUMNS = (
    N_("団体コード"),
    N_("団体"),
    N_("到達"),
    N_("閲覧"),
    N_("受領"),
    N_("受領の所属と番号"),
    N_("対応"),
    N_("対応の日時"),
)
_BEGINS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
_AT_ONCE = 500


def export_status(actor: Actor, guidance: Guidance, filters: RecipientFilters) -> list[list[str]]:
    """The rows under COLUMNS, in the order of codes; that they were taken is recorded.

    Raises Forbidden for who does not see the status. Two statements for each 500 bodies.
    """
    authorize(policy.can_see_matrix, actor, guidance)
    rows = list(_rows(actor, guidance, filters))
    emit(actor, StatusExported(guidance_id=guidance.id, count=len(rows)))
    return rows


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file that Excel reads: UTF-8 with a mark; no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_excel(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """An Excel file of texts, its first line fixed."""
    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 18)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def _rows(actor: Actor, guidance: Guidance, filters: RecipientFilters) -> Iterator[list[str]]:
    after = ""
    while True:
        found = db.session.scalars(
            select_recipients(actor, guidance, filters)
            .where(Recipient.organisation_code > after)
            .order_by(Recipient.organisation_code)
            .limit(_AT_ONCE)
        ).all()
        receipts = _receipts_of(found)
        for each in found:
            yield [
                each.organisation_code,
                each.organisation_name,
                *(_at(instant) for instant in (each.delivered_at, each.opened_at, each.received_at)),
                "、".join(receipts.get(each.id, [])),
                each.response.label("ja"),
                _at(each.responded_at),
            ]
        if len(found) < _AT_ONCE:
            return
        after = found[-1].organisation_code


def _receipts_of(rows: Sequence[Recipient]) -> dict[int, list[str]]:
    named: dict[int, list[str]] = {}
    for receipt in db.session.scalars(
        sa.select(Receipt).where(Receipt.recipient_id.in_([row.id for row in rows])).order_by(Receipt.id)
    ):
        named.setdefault(receipt.recipient_id, []).append(f"{receipt.section_name} {receipt.receipt_number}".strip())
    return named


def _at(instant: datetime | None) -> str:
    return "" if instant is None else japan_datetime(instant).strftime("%Y-%m-%d %H:%M")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_BEGINS_FORMULA) else cell
