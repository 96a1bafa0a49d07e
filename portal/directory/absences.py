"""Absences: who is away when, who stands in meanwhile; entering and ending them, and reading who is away."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import JAPAN, japan_date, japan_datetime, start_of_day
from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.core.errors import Forbidden, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory import policy
from portal.directory.absence_models import Absence
from portal.directory.actor import Actor
from portal.directory.events import AbsenceEnded, AbsenceEntered
from portal.directory.models import Membership, Organisation
from portal.directory.roles import Role
from portal.directory.substitutes import LONGEST_CHAIN, may_stand_in

_NOON = time(12)
LONGEST = timedelta(days=366)


class Half(LabelledEnum):
    """A half of a day."""

    MORNING = ("morning", "午前", "Morning")
    AFTERNOON = ("afternoon", "午後", "Afternoon")


@dataclass(frozen=True, kw_only=True)
class Period:
    """From a half day to a half day, both included; the day turns at noon in Japan."""

    first_day: date
    last_day: date
    first_half: Half = Half.MORNING
    last_half: Half = Half.AFTERNOON

    @property
    def starts_at(self) -> datetime:
        """The instant at which it begins."""
        return start_of_day(self.first_day) if self.first_half is Half.MORNING else _noon(self.first_day)

    @property
    def ends_at(self) -> datetime:
        """The instant at which it is over."""
        is_whole = self.last_half is Half.AFTERNOON
        return start_of_day(self.last_day + timedelta(days=1)) if is_whole else _noon(self.last_day)


def enter_absence(
    actor: Actor,
    membership: Membership,
    *,
    period: Period,
    substitute_id: int | None,
    may_sign: bool = False,
    reason: str = "",
    confirmed: bool = False,
) -> Absence:
    """Enter that somebody is away, and who stands in. Without a substitute the head does.

    Raises Forbidden for somebody else's membership out of reach; Invalid for a period that is past, too long or entered
    already, for a substitute who may not stand in or whose own substitutes lead back here, for ``may_sign`` by others.
    """
    if not policy.can_enter_absence(actor, membership):
        raise Forbidden
    _check_period(period)
    check_text("reason", reason, confirmed)
    # One organisation's absences are entered one after another, so that two at once cannot name each other.
    db.session.execute(
        sa.select(Organisation.id).where(Organisation.id == membership.organisation_id).with_for_update()
    )
    _refuse_overlap(membership, period)
    substitute = _check_substitute(membership, substitute_id, period)
    if may_sign and (substitute is None or membership.person_id != actor.person_id or not _signs(membership)):
        raise Invalid(N_("代決を任せられるのは、決裁する本人が代理者を指定するときだけです。"), field="may_sign")
    absence = Absence(
        membership_id=membership.id,
        substitute_id=substitute.id if substitute else None,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        may_sign=may_sign,
        reason=reason.strip(),
        entered_by_person_id=actor.person_id,
        created_at=clock.now(),
    )
    db.session.add(absence)
    db.session.flush()
    emit(actor, _entered(absence, membership, substitute))
    return absence


def end_absence(actor: Actor, absence: Absence) -> None:
    """End an absence now, or call off one that has not begun; the substitute's next request fails.

    Raises Forbidden for a membership out of reach, Invalid for one that is over.
    """
    if not policy.can_enter_absence(actor, absence.membership):
        raise Forbidden
    now = clock.now()
    if absence.ends_at <= now:
        raise Invalid(N_("この不在はすでに終わっています。"))
    absence.ends_at = max(absence.starts_at, now)
    db.session.flush()
    emit(
        actor,
        AbsenceEnded(
            absence_id=absence.id,
            membership_id=absence.membership_id,
            person_id=absence.membership.person_id,
            organisation_id=absence.membership.organisation_id,
        ),
    )


def show_period(absence: Absence) -> Period:
    """The period in days and halves, as it is shown (one that ended early, to the half day)."""
    first, last = japan_datetime(absence.starts_at), japan_datetime(absence.ends_at - timedelta(microseconds=1))
    return Period(
        first_day=first.date(),
        last_day=max(first.date(), last.date()),
        first_half=Half.MORNING if first.time() < _NOON else Half.AFTERNOON,
        last_half=Half.MORNING if last.time() < _NOON else Half.AFTERNOON,
    )


def _entered(absence: Absence, membership: Membership, substitute: Membership | None) -> AbsenceEntered:
    return AbsenceEntered(
        absence_id=absence.id,
        membership_id=membership.id,
        person_id=membership.person_id,
        substitute_person_id=substitute.person_id if substitute else None,
        starts_at=absence.starts_at.isoformat(),
        ends_at=absence.ends_at.isoformat(),
        may_sign=absence.may_sign,
        organisation_id=membership.organisation_id,
    )


def _check_period(period: Period) -> None:
    if period.first_day < japan_date(clock.now()):
        raise Invalid(N_("今日より前の日を開始日にすることはできません。"), field="first_day")
    if period.last_day > period.first_day + LONGEST:
        raise Invalid(N_("不在として登録できるのは1年以内です。"), field="last_day")
    if period.ends_at <= period.starts_at:
        raise Invalid(N_("終了は開始より後にしてください。"), field="last_day")
    if period.ends_at <= clock.now():
        raise Invalid(N_("この時間帯はすでに過ぎています。"), field="last_day")


def _refuse_overlap(membership: Membership, period: Period) -> None:
    twin = db.session.scalar(
        sa.select(Absence.id)
        .where(Absence.membership_id == membership.id, *_overlaps(max(period.starts_at, clock.now()), period.ends_at))
        .limit(1)
    )
    if twin is not None:
        raise Invalid(N_("この期間には、すでに不在が登録されています。"), field="first_day")


def _check_substitute(membership: Membership, substitute_id: int | None, period: Period) -> Membership | None:
    if substitute_id is None:
        return None
    substitute = db.session.scalar(
        sa.select(Membership).where(Membership.id == substitute_id, may_stand_in(membership))
    )
    if substitute is None or (substitute.ends_at is not None and substitute.ends_at <= period.starts_at):
        raise Invalid(N_("この人を代理者にすることはできません。一覧から選んでください。"), field="substitute_id")
    if _leads_back(substitute.id, membership.id, period.starts_at, period.ends_at):
        raise Invalid(
            N_("この人は同じ期間に不在で、代理をたどるとご本人に戻ります。別の人を選んでください。"),
            field="substitute_id",
        )
    return substitute


def _leads_back(membership_id: int, origin_id: int, starts_at: datetime, ends_at: datetime, depth: int = 0) -> bool:
    """Whether at some instant of the time the chain of substitutes leads back to where it began (or never ends)."""
    if membership_id == origin_id or depth > LONGEST_CHAIN:
        return True
    rows = db.session.scalars(
        sa.select(Absence).where(
            Absence.membership_id == membership_id, Absence.substitute_id.is_not(None), *_overlaps(starts_at, ends_at)
        )
    ).all()
    return any(
        _leads_back(
            row.substitute_id or 0, origin_id, max(starts_at, row.starts_at), min(ends_at, row.ends_at), depth + 1
        )
        for row in rows
    )


def _overlaps(starts_at: datetime, ends_at: datetime) -> list[sa.ColumnElement[bool]]:
    return [Absence.starts_at < ends_at, Absence.ends_at > starts_at, Absence.ends_at > Absence.starts_at]


def _signs(membership: Membership) -> bool:
    return (membership.is_head or membership.is_approver) and membership.role in {Role.SECRETARIAT, Role.DIVISION}


def _noon(day: date) -> datetime:
    return datetime.combine(day, _NOON, tzinfo=JAPAN)
