"""One body's papers on one screen: new, to receive, to answer, waiting for a later due date; the earliest due first."""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.circulation import policy
from portal.circulation.models import Circulation, Part
from portal.circulation.states import PartState
from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.roles import ADDRESSED_ROLES
from portal.guidance import receiving
from portal.guidance.dues import effective_due
from portal.guidance.models import Guidance, Receipt, Recipient
from portal.guidance.states import OPEN_RESPONSES, GuidanceState, Nature

AT_ONCE = 50
_LAST_DIGITS = re.compile(r"([0-9]+)(?=[^0-9]*$)")


class Tray(LabelledEnum):
    """The trays of the desk."""

    NEW = ("new", "新着（未閲覧）", "New")
    RECEIVE = ("receive", "受領待ち", "To receive")
    ANSWER = ("answer", "回答待ち", "To answer")
    EXTENSION = ("extension", "期限延長の判断待ち", "Later due date asked for")


def list_tray(
    actor: Actor, tray: Tray, extended: sa.ColumnElement[bool], *, cursor: str | None = None
) -> Page[Recipient]:
    """The body's rows in the tray with their papers. ``extended`` are those that wait for a later due date.

    One statement.
    """
    select = _of_body(actor).where(_in(tray, extended))
    return paginate(
        db.session,
        select.options(orm.contains_eager(Recipient.guidance).joinedload(Guidance.sender)),
        order=[effective_due, Recipient.delivered_at, Recipient.id],
        cursor=cursor,
        size=20,
    )


def count_trays(actor: Actor, extended: sa.ColumnElement[bool]) -> dict[Tray, int]:
    """How many rows each tray holds. One statement."""
    figures = [sa.func.coalesce(sa.func.sum(sa.case((_in(tray, extended), 1), else_=0)), 0) for tray in Tray]
    row = db.session.execute(_of_body(actor).with_only_columns(*figures)).one()
    return dict(zip(Tray, map(int, row), strict=True))


def count_own_parts(actor: Actor) -> int:
    """How many parts wait for the actor's section. One statement."""
    select = (
        sa.select(sa.func.count())
        .select_from(Part)
        .join(Circulation, Circulation.id == Part.circulation_id)
        .join(Guidance, Guidance.id == Circulation.guidance_id)
        .where(
            policy.viewable_by(actor),
            policy.is_own_part(actor),
            Part.state == PartState.WAITING,
            Guidance.state == GuidanceState.ISSUED,
        )
    )
    return int(db.session.scalar(select) or 0)


def list_chosen(actor: Actor, recipient_ids: Sequence[int]) -> Sequence[Recipient]:
    """Those of the chosen rows that the body may still receive, in the order of the desk. One statement."""
    return db.session.scalars(
        _of_body(actor)
        .where(Recipient.id.in_(list(recipient_ids)[:AT_ONCE]), Recipient.received_at.is_(None))
        .options(orm.contains_eager(Recipient.guidance).joinedload(Guidance.sender))
        .order_by(effective_due.asc().nulls_last(), Recipient.delivered_at, Recipient.id)
    ).all()


def receive_several(
    actor: Actor,
    rows: Sequence[Recipient],
    *,
    section_name: str,
    numbers: Sequence[str],
    my_number_confirmed: bool = False,
) -> list[Receipt]:
    """Record the receipt of several papers by one section, all or none, each under its own receipt number.

    Raises Invalid naming the paper that a colleague received meanwhile, or that is in force no more.
    """
    receipts = []
    for row, number in zip(rows, numbers, strict=True):
        try:
            receipts.append(
                receiving.receive_guidance(
                    actor,
                    row.guidance,
                    section_name=section_name,
                    receipt_number=number,
                    my_number_confirmed=my_number_confirmed,
                )
            )
        except Conflict as error:
            title = row.guidance.title
            raise Invalid(N_("「%(title)s」は廃止または改版されたため、受領できません。"), title=title) from error
        except Invalid as error:
            if "who" not in error.params:
                raise
            title = row.guidance.title
            raise Invalid(N_("「%(title)s」は、この所属で既に受領されています。"), title=title) from error
    return receipts


def number_rows(count: int, *, first: str, lines: str) -> list[str]:
    """A receipt number for each of so many papers: line by line, or in a row from the first one.

    In a row the last digits rise by one and keep their width. Raises Invalid at ``numbers`` for more lines than papers,
    at ``first_number`` where there is nothing to count up.
    """
    given = [line.strip() for line in lines.splitlines()]
    while given and not given[-1]:
        given.pop()
    if given:
        if len(given) > count:
            raise Invalid(N_("収受番号の行数が、選んだ通知等の件数より多くなっています。"), field="numbers")
        return [*given, *[""] * (count - len(given))]
    first = first.strip()
    if not first:
        return [""] * count
    digits = _LAST_DIGITS.search(first)
    if digits is None:
        raise Invalid(N_("連番にできる数字を含む番号を入力してください。"), field="first_number")
    begin, width = int(digits.group()), len(digits.group())
    return [f"{first[: digits.start()]}{begin + step:0{width}}{first[digits.end() :]}" for step in range(count)]


def _of_body(actor: Actor) -> sa.Select[Recipient]:
    """The rows of the actor's body whose papers are in force, have reached it and ask something of it."""
    return (
        sa.select(Recipient)
        .join(Guidance, Guidance.id == Recipient.guidance_id)
        .where(
            Recipient.organisation_id == actor.organisation_id,
            Recipient.delivered_at.is_not(None),
            Guidance.state == GuidanceState.ISSUED,
            Guidance.taken_over_at.is_(None),
            sa.true() if actor.role in ADDRESSED_ROLES else sa.false(),
        )
    )


def _in(tray: Tray, extended: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    asks_reply = sa.or_(Guidance.reply_due_on.is_not(None), Guidance.nature == Nature.REPLY_REQUIRED)
    conditions: dict[Tray, sa.ColumnElement[bool]] = {
        Tray.NEW: Recipient.opened_at.is_(None),
        Tray.RECEIVE: Recipient.received_at.is_(None),
        Tray.ANSWER: sa.and_(asks_reply, Recipient.response.in_(OPEN_RESPONSES)),
        Tray.EXTENSION: extended,
    }
    return conditions[tray]
