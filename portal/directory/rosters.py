"""Replacing the roster of a body or of the headquarters: prepared from a file, scheduled for a day, applied at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import japan_date, start_of_day
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.core.pagination import Page, paginate
from portal.directory import policy
from portal.directory.absence_models import RosterReplacement, RosterState
from portal.directory.actor import SYSTEM, Actor, find_actor
from portal.directory.events import RosterCancelled, RosterFailed, RosterScheduled
from portal.directory.models import Organisation
from portal.directory.people_checks import plan_people
from portal.directory.people_import import PEOPLE_COLUMNS
from portal.directory.roles import Role
from portal.directory.roster_plans import RosterPlan, plan_roster
from portal.directory.roster_writing import Replacement, write_roster
from portal.directory.tables import Fault, read_table

FARTHEST_DAYS = 400
_CHANGED = N_("名簿が変わり、%(n)s件の誤りがあります（%(row)s行目：%(problem)s）。")


@dataclass(frozen=True)
class PreparedRoster:
    """The result of reading a file: what can be checked and scheduled, or the faults that stand in the way."""

    roster: RosterReplacement | None
    faults: Sequence[Fault]


def prepare_roster(
    actor: Actor,
    organisation: Organisation | None,
    *,
    file_name: str,
    content: bytes,
    creates_sections: bool = False,
    confirmed: bool = False,
) -> PreparedRoster:
    """Read and check the full list of the organisation's people (None: of the headquarters).

    Raises Forbidden out of reach, Invalid(field="file") for a file that cannot be read.
    """
    _authorize(actor, organisation.id if organisation else None)
    check_text("file", file_name, confirmed)
    rows = read_table(file_name, content, PEOPLE_COLUMNS)
    faults = plan_people(actor, rows, creates_sections=creates_sections, confirmed=confirmed, is_full=True)[1]
    roster = RosterReplacement(
        organisation_id=organisation.id if organisation else None,
        membership_id=actor.membership_id,
        person_id=actor.person_id,
        state=RosterState.PREPARED,
        file_name=file_name[:200],
        creates_sections=creates_sections,
        rows=[[row.number, row.cells] for row in rows],
        takers={},
        same_people={},
        summary={},
        created_at=clock.now(),
    )
    faults = faults or plan_roster(actor, roster).faults
    if faults:
        return PreparedRoster(None, faults)
    mine = RosterReplacement.person_id == actor.person_id
    db.session.execute(sa.delete(RosterReplacement).where(mine, RosterReplacement.state == RosterState.PREPARED))
    db.session.add(roster)
    db.session.flush()
    return PreparedRoster(roster, [])


def choose(
    actor: Actor, roster: RosterReplacement, *, takers: Mapping[str, str], same_people: Mapping[str, int]
) -> None:
    """Say who takes over what leavers leave behind, and which new addresses are those of people who are there."""
    _authorize(actor, roster.organisation_id)
    _require(roster, RosterState.PREPARED)
    roster.takers, roster.same_people = dict(takers), dict(same_people)
    db.session.flush()


def schedule_roster(
    actor: Actor, roster: RosterReplacement, *, effective_on: date | None, invites: bool = True
) -> RosterPlan:
    """Let it take effect at the beginning of a day in Japan. Raises Invalid at ``effective_on``, or for new faults."""
    _authorize(actor, roster.organisation_id)
    _require(roster, RosterState.PREPARED)
    today = japan_date(clock.now())
    if effective_on is None or effective_on < today:
        raise Invalid(N_("今日以降の日付を入力してください。"), field="effective_on")
    if (effective_on - today).days > FARTHEST_DAYS:
        raise Invalid(N_("予約できるのは%(n)s日先までです。"), field="effective_on", n=FARTHEST_DAYS)
    _refuse_second(roster)
    plan = plan_roster(actor, roster)
    _refuse(plan)
    roster.state, roster.effective_on, roster.invites = RosterState.SCHEDULED, effective_on, invites
    roster.membership_id, roster.person_id = actor.membership_id, actor.person_id
    db.session.flush()
    emit(
        actor,
        RosterScheduled(
            roster_replacement_id=roster.id,
            effective_on=effective_on.isoformat(),
            organisation_id=roster.organisation_id,
        ),
    )
    return plan


def cancel_roster(actor: Actor, roster: RosterReplacement) -> None:
    """Call it off before its day; the file's personal data are dropped."""
    _authorize(actor, roster.organisation_id)
    _require(roster, RosterState.PREPARED, RosterState.SCHEDULED)
    was_scheduled = roster.state is RosterState.SCHEDULED
    roster.state, roster.rows = RosterState.CANCELLED, []
    db.session.flush()
    if was_scheduled:
        emit(actor, RosterCancelled(roster_replacement_id=roster.id, organisation_id=roster.organisation_id))


def get_roster(actor: Actor, roster_id: int) -> RosterReplacement:
    """A replacement within the actor's reach, with its people. Raises NotFound."""
    roster = db.session.scalar(_loaded().where(RosterReplacement.id == roster_id))
    if roster is None or not policy.can_replace_roster(actor, roster.organisation_id):
        raise NotFound
    return roster


def list_rosters(actor: Actor, *, cursor: str | None = None) -> Page[RosterReplacement]:
    """The replacements within the actor's reach, newest first."""
    statement = _loaded()
    if actor.role is not Role.ADMIN:
        statement = statement.where(RosterReplacement.organisation_id == actor.organisation_id)
    return paginate(db.session, statement, order=[RosterReplacement.id.desc()], cursor=cursor)


def list_due_rosters() -> list[int]:
    """The ids of those whose day has come, the earliest first."""
    return list(
        db.session.scalars(
            sa.select(RosterReplacement.id)
            .where(
                RosterReplacement.state == RosterState.SCHEDULED,
                RosterReplacement.effective_on <= japan_date(clock.now()),
            )
            .order_by(RosterReplacement.effective_on, RosterReplacement.id)
        )
    )


def apply_roster(roster_id: int) -> Replacement | None:
    """Apply one whose day has come, all of it or nothing, in the name and with the rights of who scheduled it.

    None when another worker has it or it is done. Raises Invalid or Conflict for what stands in the way now.
    """
    roster = db.session.scalar(
        sa.select(RosterReplacement)
        .where(RosterReplacement.id == roster_id, RosterReplacement.state == RosterState.SCHEDULED)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if roster is None or roster.effective_on is None or roster.effective_on > japan_date(clock.now()):
        return None
    actor = find_actor(roster.membership_id)
    if actor is None or not policy.can_replace_roster(actor, roster.organisation_id):
        raise Conflict(N_("予約した人の所属が終了したか、権限がなくなっています。"))
    plan = plan_roster(actor, roster)
    _refuse(plan)
    outcome = write_roster(actor, roster, plan, start_of_day(roster.effective_on))
    roster.state, roster.applied_at, roster.rows = RosterState.APPLIED, clock.now(), []
    roster.takers, roster.same_people = {}, {}
    db.session.flush()
    return outcome


def record_failure(roster_id: int, error: str) -> None:
    """Note why it could not be applied; whoever scheduled it is told."""
    roster = db.session.get(RosterReplacement, roster_id, populate_existing=True)
    if roster is None or roster.state is not RosterState.SCHEDULED:
        return
    roster.state, roster.error, roster.rows = RosterState.FAILED, error[:2000], []
    emit(SYSTEM, RosterFailed(roster_replacement_id=roster.id, organisation_id=roster.organisation_id))
    db.session.flush()


def _refuse(plan: RosterPlan) -> None:
    if plan.faults:
        first = plan.faults[0]
        raise Invalid(_CHANGED, n=len(plan.faults), row=first.row, problem=first.message % first.params)


def _refuse_second(roster: RosterReplacement) -> None:
    twin = db.session.scalar(
        sa.select(RosterReplacement.id).where(
            RosterReplacement.state == RosterState.SCHEDULED,
            RosterReplacement.organisation_id.is_not_distinct_from(roster.organisation_id),
        )
    )
    if twin is not None:
        raise Invalid(N_("この団体には、予約済みの名簿の入替えがあります。先にそれを取り消してください。"))


def _require(roster: RosterReplacement, *states: RosterState) -> None:
    if roster.state not in states:
        raise Conflict(N_("この名簿の入替えは、すでに反映されたか、取り消されています。"))


def _authorize(actor: Actor, organisation_id: int | None) -> None:
    if not policy.can_replace_roster(actor, organisation_id):
        raise Forbidden


def _loaded() -> sa.Select[RosterReplacement]:
    return sa.select(RosterReplacement).options(
        orm.joinedload(RosterReplacement.organisation), orm.joinedload(RosterReplacement.person)
    )
