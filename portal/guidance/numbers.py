"""The register of document numbers 文書番号簿: per sender and fiscal year, reserved at approval, never given twice."""

import re
import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import calendar, clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import Role
from portal.guidance import policy
from portal.guidance.events import NumberCancelled
from portal.guidance.models import DocumentNumber, Guidance
from portal.guidance.states import GuidanceKind, GuidanceState, NumberRule, number_rule_of

_PATTERN = re.compile(r"(?P<prefix>[^\s\d第号]{1,20})第(?P<serial>[1-9]\d{0,5})号(の[1-9]\d{0,2})?")
CANCELLABLE = frozenset({GuidanceState.DRAFT, GuidanceState.REVIEW})
_CHANGED = N_("番号の変更による")


@dataclass(frozen=True)
class RegisterFilters:
    """Which part of the register to read: one sender's numbers of one fiscal year."""

    sender_id: int
    year: int


def current_year() -> int:
    """The fiscal year in which a number given now counts."""
    return calendar.fiscal_year(calendar.japan_date(clock.now()))


def normalise_number(number: str | None) -> str | None:
    """The number without blanks and in half-width digits, so that 第７８号 and 第78号 are the same; None when empty."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", number or "")) or None


def check_form(kind: GuidanceKind, number: str | None) -> None:
    """Raise Invalid at ``document_number`` for a number that the kind must not bear, or in another form."""
    if number is None:
        return
    if number_rule_of(kind) is NumberRule.FORBIDDEN:
        raise Invalid(N_("事務連絡には文書番号を付けられません。"), field="document_number")
    if not _PATTERN.fullmatch(number):
        raise Invalid(N_("文書番号は「総行住第78号」の形で入力してください。"), field="document_number")


def check_is_free(sender_id: int, number: str, *, except_id: int | None) -> None:
    """Raise Invalid when the sender's number of this year belongs to another paper or is cancelled. One statement."""
    held = db.session.execute(
        sa.select(DocumentNumber.guidance_id, DocumentNumber.cancelled_at).where(
            DocumentNumber.sender_id == sender_id,
            DocumentNumber.year == current_year(),
            DocumentNumber.number == number,
        )
    ).one_or_none()
    if held is None:
        return
    if held.cancelled_at is not None:
        message = N_("文書番号「%(number)s」は欠番のため、使えません。別の番号を入力してください。")
        raise Invalid(message, field="document_number", number=number)
    if held.guidance_id != except_id:
        raise duplicate_number(number)


def duplicate_number(number: str) -> Invalid:
    """The refusal of a number that is taken."""
    return Invalid(N_("文書番号「%(number)s」は今年度すでに使われています。"), field="document_number", number=number)


def check_for_approval(guidance: Guidance, number: str | None) -> None:
    """The number rule of the kind, and that nobody else bears the number this fiscal year. Raises Invalid."""
    if number_rule_of(guidance.kind) is NumberRule.REQUIRED and not number:
        raise Invalid(N_("通知には文書番号が必要です。"), field="document_number")
    check_form(guidance.kind, number)
    if number:
        check_is_free(guidance.sender_id, number, except_id=guidance.id)


def give_number(actor: Actor, guidance: Guidance, typed: str | None) -> str | None:
    """Give the paper its number of this year, as typed. Raises Invalid at ``document_number`` for one that may not be.

    The unique line of the register decides between two who give the same number at the same moment.
    """
    number = normalise_number(typed)
    check_for_approval(guidance, number)
    try:
        with db.session.begin_nested():
            guidance.document_number = number
            guidance.number_year = current_year() if number else None
            _reserve(actor, guidance, number)
    except sa.exc.IntegrityError as error:
        raise duplicate_number(number or "") from error
    return number


def _reserve(actor: Actor, guidance: Guidance, number: str | None) -> None:
    """Enter the number for the paper; another one that it held before is cancelled and never used again."""
    year = current_year()
    held = db.session.scalars(
        sa.select(DocumentNumber).where(
            DocumentNumber.guidance_id == guidance.id, DocumentNumber.cancelled_at.is_(None)
        )
    ).all()
    if number and any((each.number, each.year, each.sender_id) == (number, year, guidance.sender_id) for each in held):
        held = [each for each in held if each.number != number]
    elif number:
        enter_number(actor, guidance, number, year)
    for each in held:
        _cancel(actor, each, _CHANGED)
    db.session.flush()


def enter_number(actor: Actor, guidance: Guidance, number: str, year: int) -> None:
    """A line of the register for the paper's number of that fiscal year."""
    db.session.add(
        DocumentNumber(
            sender_id=guidance.sender_id,
            year=year,
            number=number,
            serial=serial_of(number),
            guidance_id=guidance.id,
            reserved_at=clock.now(),
            signature=actor.signature,
        )
    )


def cancel_number(
    actor: Actor, guidance: Guidance, line: DocumentNumber, *, reason: str, my_number_confirmed: bool = False
) -> None:
    """Give up a number that no paper went out with 欠番.

    Raises Forbidden for who does not sign, Conflict once the paper is approved or issued, Invalid at ``reason``.
    """
    if not policy.signs(actor, guidance):
        raise Forbidden(N_("文書番号を欠番にできるのは、決裁する人だけです。"))
    if line.cancelled_at is not None:
        raise Conflict(N_("この文書番号は、既に欠番になっています。"))
    if guidance.state not in CANCELLABLE:
        raise Conflict(N_("決裁済・発出済の通知等の番号は欠番にできません。発出前であれば、先に差し戻してください。"))
    my_number.check_text("reason", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("理由を入力してください。"), field="reason")
    _cancel(actor, line, reason.strip())
    if guidance.document_number == line.number:
        guidance.document_number = None
    db.session.flush()


def list_register(actor: Actor, filters: RegisterFilters, *, cursor: str | None = None) -> Page[DocumentNumber]:
    """The numbers of a sender in a year that the actor may read, the highest first. One statement."""
    select = (
        sa.select(DocumentNumber)
        .where(readable_by(actor), DocumentNumber.sender_id == filters.sender_id, DocumentNumber.year == filters.year)
        .options(orm.joinedload(DocumentNumber.guidance))
    )
    return paginate(
        db.session, select, order=[DocumentNumber.serial.desc(), DocumentNumber.id.desc()], cursor=cursor, size=50
    )


def find_line(actor: Actor, line_id: int) -> DocumentNumber | None:
    """One line that the actor may read, with its paper."""
    return db.session.scalar(
        sa.select(DocumentNumber)
        .where(DocumentNumber.id == line_id, readable_by(actor))
        .options(orm.joinedload(DocumentNumber.guidance))
    )


def list_books(actor: Actor) -> list[tuple[Organisation, int]]:
    """The senders and fiscal years that have numbers, as far as the actor may read them: the newest year first."""
    books = sa.select(DocumentNumber.sender_id, DocumentNumber.year).where(readable_by(actor)).distinct().subquery()
    rows = db.session.execute(
        sa.select(Organisation, books.c.year)
        .join(books, books.c.sender_id == Organisation.id)
        .order_by(books.c.year.desc(), Organisation.position, Organisation.id)
    )
    return [(sender, year) for sender, year in rows]


def suggest_number(sender_id: int) -> str | None:
    """The number after the highest of the year, with the same letters; the first of the year after an earlier year.

    None for a sender that has never given one. One statement.
    """
    last = db.session.execute(
        sa.select(DocumentNumber.number, DocumentNumber.year, DocumentNumber.serial)
        .where(DocumentNumber.sender_id == sender_id)
        .order_by(DocumentNumber.year.desc(), DocumentNumber.serial.desc(), DocumentNumber.id.desc())
        .limit(1)
    ).one_or_none()
    found = _PATTERN.fullmatch(last.number) if last else None
    if last is None or found is None:
        return None
    return f"{found['prefix']}第{last.serial + 1 if last.year == current_year() else 1}号"


def propose_number(guidance: Guidance) -> str | None:
    """The number that the paper has; else the next of its sender, where papers of its kind bear one."""
    if guidance.document_number or number_rule_of(guidance.kind) is not NumberRule.REQUIRED:
        return guidance.document_number
    return suggest_number(guidance.sender_id)


def readable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The secretariat and administrators read every sender's register, others who draft their own organisation's."""
    if actor.role in {Role.ADMIN, Role.SECRETARIAT}:
        return sa.true()
    return DocumentNumber.sender_id == actor.organisation_id if policy.can_draft(actor) else sa.false()


def serial_of(number: str) -> int:
    """The figure in a number: 78 of 総行住第78号の2; 0 where there is none."""
    found = _PATTERN.fullmatch(number)
    return int(found["serial"]) if found else 0


def _cancel(actor: Actor, line: DocumentNumber, reason: str) -> None:
    line.cancelled_at, line.cancelled_signature, line.cancel_reason = clock.now(), actor.signature, reason
    emit(actor, NumberCancelled(guidance_id=line.guidance_id, document_number=line.number))
