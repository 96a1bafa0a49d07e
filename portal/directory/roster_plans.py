"""What replacing a roster would do: who comes, changes and goes, what each leaves behind and who takes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.i18n import N_
from portal.directory import policy
from portal.directory.absence_models import RosterReplacement
from portal.directory.actor import Actor
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.people_checks import plan_people
from portal.directory.people_import import CODE, EMAIL, PlannedRow, RowEffect
from portal.directory.roles import HEADQUARTERS_KINDS
from portal.directory.tables import Fault, Row


@dataclass
class Leaver:
    """A membership that ends: what it leaves behind in the directory, and who may take that."""

    membership: Membership
    successor: PlannedRow | None = None  # the same person in another role
    posts: list[LiaisonAssignment] = field(default_factory=list)
    candidates: list[PlannedRow] = field(default_factory=list)
    taker: PlannedRow | None = None


@dataclass(frozen=True)
class Namesake:
    """A new address under the name of somebody who would go: perhaps the same person with another address."""

    row: PlannedRow
    membership: Membership


@dataclass
class RosterPlan:
    """The whole of it; with faults nothing can be scheduled or applied."""

    rows: list[PlannedRow]
    leavers: list[Leaver]
    namesakes: list[Namesake]
    moved: list[tuple[Membership, str]]
    faults: list[Fault]

    def count(self, effect: RowEffect) -> int:
        """How many rows have this effect."""
        return sum(row.effect is effect for row in self.rows)


def plan_roster(actor: Actor, roster: RosterReplacement) -> RosterPlan:
    """Check the rows as things stand now and say what would happen. About ten statements, however many rows."""
    rows = [Row(int(number), dict(cells)) for number, cells in roster.rows]
    planned, faults = plan_people(actor, rows, creates_sections=roster.creates_sections, confirmed=True, is_full=True)
    faults = [*faults, *_outside(planned, roster)]
    held = _held(roster)
    moved, more = _apply_namesakes(actor, planned, held, roster)
    leavers = _leavers(actor, planned, held, {membership.id for membership, _ in moved})
    _fill_posts(leavers)
    _fill_takers(leavers, planned, roster)
    return RosterPlan(planned, leavers, _namesakes(planned, leavers), moved, [*faults, *more])


def scope_of(roster: RosterReplacement) -> sa.ColumnElement[bool]:
    """The organisations whose whole roster it is, as a condition on Organisation."""
    if roster.organisation_id is None:
        return Organisation.kind.in_(HEADQUARTERS_KINDS)
    return Organisation.id == roster.organisation_id


def _outside(planned: Iterable[PlannedRow], roster: RosterReplacement) -> list[Fault]:
    return [
        Fault(row.number, CODE, N_("この名簿の対象ではない団体です。"), {})
        for row in planned
        if (row.organisation.kind not in HEADQUARTERS_KINDS or roster.organisation_id is not None)
        and row.organisation.id != roster.organisation_id
    ]


def _held(roster: RosterReplacement) -> Sequence[Membership]:
    return db.session.scalars(
        sa.select(Membership)
        .join(Membership.organisation)
        .where(scope_of(roster), sa.or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now()))
        .options(
            orm.contains_eager(Membership.organisation),
            orm.joinedload(Membership.person),
            orm.joinedload(Membership.section),
            orm.selectinload(Membership.duties),
        )
        .order_by(Membership.organisation_id, Membership.id)
    ).all()


def _apply_namesakes(
    actor: Actor, planned: Iterable[PlannedRow], held: Sequence[Membership], roster: RosterReplacement
) -> tuple[list[tuple[Membership, str]], list[Fault]]:
    """Where it was said that a new address is somebody's who is there: their membership with another address."""
    if not roster.same_people:
        return [], []
    by_id = {membership.id: membership for membership in held}
    places = _places({row.person_id for row in held})
    moved, faults = [], []
    for row in planned:
        membership = by_id.get(int(roster.same_people.get(str(row.number), 0)))
        if row.person is not None or membership is None:
            continue
        if not policy.can_change_person(actor, places[membership.person_id]) or membership.person_id == actor.person_id:
            message = N_("この人のメールアドレスは、システム管理者だけが変更できます。")
            faults.append(Fault(row.number, EMAIL, message, {}))
            continue
        row.person, row.may_change_person = membership.person, True
        if membership.role is row.role:
            row.membership = membership
            row.held_duties = list(membership.duties)
        else:
            row.former = membership
        moved.append((membership, row.email))
    return moved, faults


def _places(person_ids: set[int]) -> dict[int, list[Membership]]:
    """Every place that these people hold, wherever it is: for deciding on rights."""
    found: dict[int, list[Membership]] = {}
    for row in db.session.scalars(
        sa.select(Membership).where(
            Membership.person_id.in_(person_ids), sa.or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now())
        )
    ):
        found.setdefault(row.person_id, []).append(row)
    return found


def _leavers(actor: Actor, planned: Iterable[PlannedRow], held: Sequence[Membership], moved: set[int]) -> list[Leaver]:
    """Whoever is there and not in the file; the actor stays, whatever the file says."""
    rows = list(planned)
    kept = {row.membership.id for row in rows if row.membership is not None}
    former = {row.former.id: row for row in rows if row.former is not None}
    return [
        Leaver(membership, former.get(membership.id))
        for membership in held
        if membership.id not in kept and membership.person_id != actor.person_id
    ]


def _fill_posts(leavers: Sequence[Leaver]) -> None:
    by_id = {leaver.membership.id: leaver for leaver in leavers}
    rows = db.session.scalars(
        sa.select(LiaisonAssignment)
        .where(
            LiaisonAssignment.membership_id.in_(by_id),
            sa.or_(LiaisonAssignment.ends_at.is_(None), LiaisonAssignment.ends_at > clock.now()),
        )
        .options(orm.joinedload(LiaisonAssignment.post))
        .order_by(LiaisonAssignment.id)
    )
    for row in rows.all():
        by_id[row.membership_id].posts.append(row)


def _fill_takers(leavers: Sequence[Leaver], planned: Sequence[PlannedRow], roster: RosterReplacement) -> None:
    """Whoever was named; else the same section and role, else the head, else anybody of the organisation and role."""
    for leaver in leavers:
        held = leaver.membership
        leaver.candidates = [
            row
            for row in planned
            if row.organisation.id == held.organisation_id and (row.role is held.role or not leaver.posts)
        ]
        named = roster.takers.get(str(held.id))
        section = held.section.name if held.section else ""
        ranked = sorted(
            leaver.candidates,
            key=lambda row, held=held, section=section: (  # type: ignore[misc]
                row.email != named,
                row.role is not held.role,
                (row.section_name or "") != section,
                not row.is_head,
                row.effect is not RowEffect.NEW_PERSON,
                row.number,
            ),
        )
        leaver.taker = leaver.successor or (ranked[0] if ranked else None)


def _namesakes(planned: Sequence[PlannedRow], leavers: Sequence[Leaver]) -> list[Namesake]:
    """Rows of a new address whose name exactly one leaver of the same organisation bears."""
    found = []
    for row in planned:
        if row.person is not None:
            continue
        same = [
            leaver.membership
            for leaver in leavers
            if leaver.membership.organisation_id == row.organisation.id
            and leaver.membership.person.name.replace(" ", "") == row.name.replace(" ", "")
        ]
        if len(same) == 1:
            found.append(Namesake(row, same[0]))
    return found
