"""The actor: who does something, as the membership they act under at this moment."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa

from portal.core.db import BigKey, db, read_rows
from portal.core.statements import NOW
from portal.directory.models import LiaisonAssignment, Membership, Organisation, Person, Section, membership_duty
from portal.directory.roles import HEADQUARTERS_ROLES, LOCAL_ROLES, MUNICIPALITIES, OrganisationKind, Role
from portal.directory.substitutes import StandIn, list_stand_ins, list_stand_ins_of

_Seat = sa.Row[Any]  # of a membership: what an actor is made of, its duties and posts as the database lists them


@dataclass(frozen=True, kw_only=True)
class Actor:
    """An immutable picture of a membership that holds now, loaded once a request or job.

    ``post_ids`` are the posts that a liaison looks after today (primary or deputy). ``section_id`` and
    ``duty_ids`` narrow what a member of staff sees. Policies read nothing but this and the thing at hand.

    Whoever stands in for an absent person acts under that person's membership: ``person_id`` is the one who acts,
    ``absent_person_id`` the one in whose place they do.
    """

    person_id: int
    membership_id: int
    role: Role
    organisation_id: int
    organisation_kind: OrganisationKind
    person_name: str = ""
    organisation_name: str = ""
    section_name: str = ""
    title: str = ""
    locale: str = "ja"
    prefecture_code: str | None = None
    section_id: int | None = None
    is_head: bool = False
    is_approver: bool = False
    duty_ids: frozenset[int] = field(default_factory=frozenset)
    post_ids: frozenset[int] = field(default_factory=frozenset)
    absent_person_id: int | None = None
    absent_person_name: str = ""

    @cached_property
    def pattern(self) -> "Actor":
        """Any actor of this kind, with parameters in place of ids: for statements that are made once for each kind.

        A policy makes the same condition of it as of the actor, whose ``bindings`` fill it in.
        """
        of_kind = {name: getattr(self, name) for name in _KIND}
        return _pattern(frozenset(name for name in _IDS if getattr(self, name)), **of_kind)

    @cached_property
    def bindings(self) -> dict[str, Any]:
        """The values of the pattern's parameters."""
        values = {name: getattr(self, name) for name in _IDS}
        return {f"actor_{name}": sorted(value) if name in _LISTS else value for name, value in values.items()}

    @property
    def is_standing_in(self) -> bool:
        """Whether somebody acts in the place of an absent person."""
        return self.absent_person_id is not None

    @property
    def seat_person_id(self) -> int:
        """Whose place it is: what is written and begun here belongs to this person when the substitute is gone."""
        return self.person_id if self.absent_person_id is None else self.absent_person_id

    @property
    def person_ids(self) -> frozenset[int]:
        """The one who acts, and the one in whose place: neither may approve what either has written."""
        return frozenset({self.person_id, self.seat_person_id})

    @property
    def is_headquarters(self) -> bool:
        """Whether the actor belongs to the headquarters (any of its roles)."""
        return self.role in HEADQUARTERS_ROLES

    @property
    def is_local(self) -> bool:
        """Whether the actor acts for a local government."""
        return self.role in LOCAL_ROLES

    @property
    def is_prefecture(self) -> bool:
        """Whether the actor acts for a prefecture."""
        return self.organisation_kind is OrganisationKind.PREFECTURE

    @property
    def is_municipality(self) -> bool:
        """Whether the actor acts for a municipality."""
        return self.organisation_kind in MUNICIPALITIES

    @property
    def signature(self) -> str:
        """How a post by this actor is signed, frozen into it: 上越市 市民課 山田花子, or 佐藤太郎（代行 山田花子）."""
        return " ".join(part for part in (self.organisation_name, self.section_name, self.signed_name) if part)

    @property
    def signed_name(self) -> str:
        """The name by which the actor is shown; a substitute under the name of the person they stand in for."""
        if not self.is_standing_in:
            return self.person_name
        return f"{self.absent_person_name}（代行 {self.person_name}）"


_KIND = ("role", "organisation_kind", "is_head", "is_approver")
_LISTS = frozenset({"duty_ids", "post_ids"})
_IDS = (
    "person_id",
    "membership_id",
    "organisation_id",
    "section_id",
    "prefecture_code",
    "absent_person_id",
    *sorted(_LISTS),
)


@cache
def _pattern(given: frozenset[str], **of_kind: Any) -> Actor:
    """The one pattern of a kind: it is the same object each time, so that what is made of it can be kept by it."""
    parameters: dict[str, Any] = {
        name: sa.bindparam(
            f"actor_{name}", type_=sa.String() if name == "prefecture_code" else BigKey, expanding=name in _LISTS
        )
        for name in given
    }
    return Actor(**of_kind, **parameters)


@dataclass(frozen=True)
class System:
    """The portal itself acting, in jobs: closing after 14 days, sending a digest."""

    person_id: None = None
    membership_id: None = None


SYSTEM = System()


def find_actor(membership_id: int) -> Actor | None:
    """The actor of a membership that holds now, or None when it has ended or never was. One statement."""
    seat = _find_seat(membership_id)
    return None if seat is None else _actor_of(seat)


def find_actor_for(person_id: int, membership_id: int) -> Actor | None:
    """The actor when this person acts under this membership: their own, or one for which they stand in now.

    One statement, three for a substitute. None when neither holds (any more).
    """
    seat = _find_seat(membership_id)
    if seat is None:
        return None
    if seat.person_id == person_id:
        return _actor_of(seat)
    claim = next(iter(list_stand_ins(person_id, membership_id)), None)
    if claim is None:
        return None
    return _in_place_of(seat, db.session.execute(_OWN, {"membership_id": claim.own_membership_id}).one(), claim)


def list_actors(person_id: int) -> list[Actor]:
    """Every membership under which the person may act now: their own in a stable order, then where they stand in."""
    return list_actors_of([person_id])[person_id]


def list_actors_of(person_ids: Collection[int]) -> dict[int, list[Actor]]:
    """The same for several people, by person. Two statements, three where one of them stands in for somebody."""
    held = {seat.membership_id: seat for seat in db.session.execute(_SEATS_OF_PEOPLE, {"person_ids": [*person_ids]})}
    claims = list_stand_ins_of(person_ids)
    wanted = sorted({claim.membership_id for each in claims.values() for claim in each})
    others = db.session.execute(_SEATS_AMONG, {"membership_ids": wanted}) if wanted else ()
    seats = {seat.membership_id: seat for seat in others}
    found: dict[int, list[Actor]] = {person_id: [] for person_id in person_ids}
    for seat in held.values():
        found[seat.person_id].append(_actor_of(seat))
    for person_id, each in claims.items():
        found[person_id] += [
            _in_place_of(seats[claim.membership_id], held[claim.own_membership_id], claim)
            for claim in each
            if claim.membership_id in seats and claim.own_membership_id in held
        ]
    return found


def _find_seat(membership_id: int) -> _Seat | None:
    return next(iter(read_rows(_SEAT, {"membership_id": membership_id})), None)


def _in_place_of(seat: _Seat, own: sa.Row[Any], claim: StandIn) -> Actor:
    """The absent person's rights, less signing and approving unless the substitute has them or was named for them."""
    rights = _actor_of(seat)
    return replace(
        rights,
        person_id=own.person_id,
        person_name=own.person_name,
        locale=own.locale,
        is_head=rights.is_head and (own.is_head or claim.may_sign),
        is_approver=rights.is_approver and (own.is_approver or claim.may_sign),
        absent_person_id=rights.person_id,
        absent_person_name=rights.person_name,
    )


def _actor_of(seat: _Seat) -> Actor:
    values = seat._asdict()
    duties, posts = values.pop("duties"), values.pop("posts")
    return Actor(**values, duty_ids=_keys(duties), post_ids=_keys(posts) if seat.role is Role.LIAISON else frozenset())


def _keys(listed: str | None) -> frozenset[int]:
    return frozenset(int(key) for key in listed.split(",")) if listed else frozenset()


def _listing(column: Any, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[str | None]:
    return sa.select(sa.func.aggregate_strings(sa.cast(column, sa.String), ",")).where(*conditions).scalar_subquery()


def _of_person() -> sa.Select[*tuple[Any, ...]]:
    """What a person brings to an actor, and their membership."""
    return sa.select(
        Membership.person_id,
        Person.name.label("person_name"),
        Person.locale,
        Membership.is_head,
        Membership.is_approver,
    ).join(Person, Person.id == Membership.person_id)


def _seats() -> sa.Select[*tuple[Any, ...]]:
    """Memberships that hold now; columns named as the actor's: an entity of the session costs many times as much."""
    duties = _listing(membership_duty.c.duty_id, membership_duty.c.membership_id == Membership.id)
    posts = _listing(
        LiaisonAssignment.post_id, LiaisonAssignment.membership_id == Membership.id, LiaisonAssignment.current_at(NOW)
    )
    return (
        _of_person()
        .add_columns(
            Membership.id.label("membership_id"),
            Membership.role,
            Membership.title,
            Membership.organisation_id,
            Organisation.kind.label("organisation_kind"),
            Organisation.name.label("organisation_name"),
            Organisation.prefecture_code,
            Membership.section_id,
            sa.func.coalesce(Section.name, "").label("section_name"),
            duties.label("duties"),
            posts.label("posts"),
        )
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(Section, Section.id == Membership.section_id)
        .where(Membership.current_at(NOW))
    )


# Every request reads a seat, so its statements are made once; the moment is the one at which they are sent.
_SEATS = _seats()
_SEAT = _SEATS.where(Membership.id == sa.bindparam("membership_id"))
_SEATS_AMONG = _SEATS.where(Membership.id.in_(sa.bindparam("membership_ids", expanding=True)))
_SEATS_OF_PEOPLE = _SEATS.where(Membership.person_id.in_(sa.bindparam("person_ids", expanding=True))).order_by(
    Membership.id
)
_OWN = _of_person().where(Membership.id == sa.bindparam("membership_id"))
