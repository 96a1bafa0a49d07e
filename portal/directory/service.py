"""Adding people, and granting, changing and ending memberships."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import end_of_day, japan_date, start_of_day
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory import policy
from portal.directory.actor import Actor
from portal.directory.addresses import normalise_email
from portal.directory.assignments import end_assignments_of
from portal.directory.changes import facts_added, set_facts
from portal.directory.events import MembershipChanged, MembershipEnded, MembershipGranted, PersonChanged
from portal.directory.kana import fold_kana, fold_width
from portal.directory.models import Duty, Membership, Organisation, Person, Section
from portal.directory.roles import LOCAL_ROLES, Role


@dataclass(frozen=True, kw_only=True)
class Place:
    """What somebody does in an organisation: the facts of a membership besides person and role."""

    section_id: int | None = None
    title: str = ""
    duty_ids: Collection[int] = field(default_factory=tuple)
    is_head: bool = False
    is_approver: bool = False


def add_member(
    actor: Actor,
    organisation: Organisation,
    *,
    email: str,
    name: str,
    kana: str = "",
    phone: str = "",
    role: Role,
    place: Place,
    starts_on: date | None = None,
    confirmed: bool = False,
) -> tuple[Membership, bool]:
    """Put the person with this mail address into the organisation; return the membership and whether they are new.

    Somebody who is already known by the address keeps their name and number as they stand.
    Raises Forbidden where the actor may not add people, Invalid at the field that breaks a rule.
    """
    if not policy.can_add_members(actor, organisation):
        raise Forbidden
    address = normalise_email(email)
    person = db.session.scalar(sa.select(Person).where(Person.email == address))
    is_new = person is None
    if person is None:
        person = _add_person(actor, organisation, {"email": address, **_person_facts(name, kana, phone, confirmed)})
    membership = grant_membership(
        actor, person, organisation, role=role, place=place, starts_on=starts_on, confirmed=confirmed
    )
    return membership, is_new


def change_person(
    actor: Actor,
    person: Person,
    *,
    version: int | None,
    email: str,
    name: str,
    kana: str,
    phone: str,
    confirmed: bool = False,
) -> bool:
    """Change a person's facts; return whether the mail address changed (their sessions should end then).

    Raises Forbidden unless the actor looks after every body the person belongs to; Conflict for a stale version.
    """
    held = list(
        db.session.scalars(
            sa.select(Membership)
            .where(Membership.person_id == person.id, _not_over(clock.now()))
            .options(orm.joinedload(Membership.organisation))
        )
    )
    if not policy.can_change_person(actor, held):
        raise Forbidden
    person.check_version(version)
    address = normalise_email(email)
    taken = db.session.scalar(sa.select(Person.id).where(Person.email == address, Person.id != person.id))
    if taken is not None:
        raise Invalid(N_("このメールアドレスは、すでに使われています。"), field="email")
    facts = {"email": address, **_person_facts(name, kana, phone, confirmed)}
    with _unique_address():
        changes = set_facts(person, facts)
    if changes:
        own_body = held[0].organisation_id if len({row.organisation_id for row in held}) == 1 else None
        emit(actor, PersonChanged(person_id=person.id, changes=changes, organisation_id=own_body))
    db.session.flush()
    return "email" in changes


def grant_membership(
    actor: Actor,
    person: Person,
    organisation: Organisation,
    *,
    role: Role,
    place: Place,
    starts_on: date | None = None,
    confirmed: bool = False,
) -> Membership:
    """Give the person a role in the organisation from now, or from a later day.

    Raises Invalid for oneself, for a role the actor may not grant there, and for a role held there already.
    """
    if person.id == actor.person_id:
        raise Invalid(N_("自分自身に所属や役割を付与することはできません。ほかの管理者に依頼してください。"))
    if role not in policy.list_grantable_roles(actor, organisation):
        raise Invalid(N_("この団体でこの役割を付与することはできません。"), field="role")
    starts_at = _start(starts_on)
    _refuse_second(person, organisation, role, starts_at)
    membership = Membership(
        person=person,
        organisation=organisation,
        role=role,
        starts_at=starts_at,
        **_facts_of(actor, organisation, role, place, confirmed, is_approver_now=False),
    )
    membership.duties = _duties(place.duty_ids)
    db.session.add(membership)
    db.session.flush()
    emit(
        actor,
        MembershipGranted(
            membership_id=membership.id, person_id=person.id, role=role.value, organisation_id=organisation.id
        ),
    )
    return membership


def change_membership(
    actor: Actor, membership: Membership, *, version: int | None, place: Place, confirmed: bool = False
) -> None:
    """Change section, title, duties, head or approver of a membership loaded with organisation and duties.

    Raises Forbidden for one's own membership or a body out of reach, Conflict for a stale version.
    """
    if not policy.can_change_membership(actor, membership):
        raise Forbidden(N_("自分自身の所属や役割は変更できません。ほかの管理者に依頼してください。"))
    membership.check_version(version)
    facts = _facts_of(
        actor, membership.organisation, membership.role, place, confirmed, is_approver_now=membership.is_approver
    )
    changes = set_facts(membership, facts)
    duties = _duties(place.duty_ids)
    before, after = sorted(duty.code for duty in membership.duties), sorted(duty.code for duty in duties)
    if before != after:
        changes["duties"] = [before, after]
        membership.duties = duties
    if changes:
        emit(
            actor,
            MembershipChanged(
                membership_id=membership.id,
                person_id=membership.person_id,
                role=membership.role.value,
                changes=changes,
                organisation_id=membership.organisation_id,
            ),
        )
    db.session.flush()


def end_membership(actor: Actor, membership: Membership, *, version: int | None, last_day: date | None) -> None:
    """End the membership now (None) or after its last day; a liaison's assignments end with it.

    Raises Forbidden for one's own or out of reach, Invalid for a day that has passed, Conflict when it is over.
    """
    if not policy.can_end_membership(actor, membership):
        raise Forbidden(N_("この所属を終了する権限がありません。自分自身の所属は、ほかの管理者に依頼してください。"))
    membership.check_version(version)
    now = clock.now()
    if membership.ends_at is not None and membership.ends_at <= now:
        raise Invalid(N_("この所属はすでに終了しています。"))
    if last_day is not None and last_day < japan_date(clock.now()):
        raise Invalid(N_("今日より前の日を終了日にすることはできません。"), field="last_day")
    ends_at = now if last_day is None else end_of_day(last_day)
    if ends_at is None:
        raise Invalid(N_("終わりのない終了日は登録できません。終了する日を入力してください。"), field="last_day")
    if last_day is not None and ends_at <= membership.starts_at:
        raise Invalid(N_("開始日より前の日を終了日にすることはできません。"), field="last_day")
    membership.ends_at = max(ends_at, membership.starts_at)
    emit(
        actor,
        MembershipEnded(
            membership_id=membership.id,
            person_id=membership.person_id,
            role=membership.role.value,
            organisation_id=membership.organisation_id,
        ),
    )
    end_assignments_of(actor, membership)
    db.session.flush()


def _add_person(actor: Actor, organisation: Organisation, facts: dict[str, str | None]) -> Person:
    person = Person(created_at=clock.now(), **facts)
    with _unique_address():
        db.session.add(person)
    emit(actor, PersonChanged(person_id=person.id, changes=facts_added(facts), organisation_id=organisation.id))
    return person


@contextmanager
def _unique_address() -> Iterator[None]:
    """Write the person in the block; of two who enter one new address at once, the second is told beside the field."""
    try:
        with db.session.begin_nested():
            yield
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Invalid(
            N_("このメールアドレスは、いまほかの人が登録しました。もう一度送信してください。"), field="email"
        ) from error


def _person_facts(name: str, kana: str, phone: str, confirmed: bool) -> dict[str, str | None]:
    if not name.strip():
        raise Invalid(N_("氏名を入力してください。"), field="name")
    for field_name, text in (("name", name), ("kana", kana), ("phone", phone)):
        check_text(field_name, text, confirmed)
    return {"name": " ".join(name.split()), "kana": fold_kana(kana), "phone": fold_width(phone) or None}


def _facts_of(
    actor: Actor, organisation: Organisation, role: Role, place: Place, confirmed: bool, *, is_approver_now: bool
) -> dict[str, int | str | bool | None]:
    check_text("title", place.title, confirmed)
    if place.section_id is not None:
        section = db.session.get(Section, place.section_id)
        if section is None or section.organisation_id != organisation.id:
            raise Invalid(N_("この団体にない所属です。"), field="section_id")
    if place.is_approver != is_approver_now and not policy.can_set_approver(actor, role):
        raise Invalid(N_("決裁者の指定はシステム管理者だけができます。"), field="is_approver")
    return {
        "section_id": place.section_id,
        "title": place.title.strip(),
        "is_head": place.is_head,
        "is_approver": place.is_approver,
    }


def _duties(duty_ids: Collection[int]) -> list[Duty]:
    if not duty_ids:
        return []
    return list(db.session.scalars(sa.select(Duty).where(Duty.id.in_(duty_ids)).order_by(Duty.position)))


def _start(starts_on: date | None) -> datetime:
    if starts_on is None or starts_on == japan_date(clock.now()):
        return clock.now()
    if starts_on < japan_date(clock.now()):
        raise Invalid(N_("今日より前の日を開始日にすることはできません。"), field="starts_on")
    return start_of_day(starts_on)


def _refuse_second(person: Person, organisation: Organisation, role: Role, starts_at: datetime) -> None:
    """A person holds a body at most once per role, and a local government once at all (staff or manager)."""
    same_role = Membership.role.in_(LOCAL_ROLES) if role in LOCAL_ROLES else Membership.role == role
    held = db.session.scalar(
        sa.select(Membership.id)
        .where(
            Membership.person_id == person.id,
            Membership.organisation_id == organisation.id,
            same_role,
            _not_over(starts_at),
        )
        .limit(1)
    )
    if held is not None:
        raise Invalid(N_("この人は、すでにこの団体に所属しています。"), field="email")


def _not_over(at: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(Membership.ends_at.is_(None), Membership.ends_at > at)
