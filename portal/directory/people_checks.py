"""Checking a table of people row by row against what the directory holds and what the actor may do."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory import policy
from portal.directory.actor import Actor
from portal.directory.addresses import normalise_email
from portal.directory.kana import fold_code, fold_kana, fold_width
from portal.directory.models import Duty, Membership, Organisation, Person, Section, membership_duty
from portal.directory.people_import import (
    BODY,
    CODE,
    DUTIES,
    EMAIL,
    HEAD,
    KANA,
    NAME,
    PHONE,
    ROLE,
    SECTION,
    TITLE,
    PlannedRow,
    RowEffect,
)
from portal.directory.roles import LOCAL_ROLES, Role
from portal.directory.tables import Fault, Row, fault_of

_LONGEST = {NAME: 100, KANA: 100, PHONE: 30, SECTION: 100, TITLE: 50}
_YES, _NO = frozenset("○◯〇1はい"), frozenset("×✕0いいえ")
_ROLES = {label: role for role in Role for label in (role.value, role.ja, role.en.lower())}
T = TypeVar("T")


@dataclass(frozen=True)
class _Known:
    """What the directory holds of that which the file names, read in a handful of statements."""

    bodies: dict[str, Organisation]
    sections: dict[tuple[int, str], Section]
    duties: dict[str, Duty]
    people: dict[str, Person]
    memberships: dict[int, list[Membership]]
    held_duties: dict[int, list[Duty]]


def plan_people(
    actor: Actor, rows: Sequence[Row], *, creates_sections: bool, confirmed: bool = False, is_full: bool = False
) -> tuple[list[PlannedRow], list[Fault]]:
    """The rows as they would be taken in, and every fault in the way. Six statements, however many rows.

    ``is_full``: the file is the whole roster, so a person may stand in it once for each place, another role replaces
    the one held, and the actor's own rows are passed over: nobody changes their own place.
    """
    known = _read(rows)
    plan, faults = [], []
    first_seen: dict[object, int] = {}
    for row in rows:
        check = _RowCheck(actor, row, known, creates_sections=creates_sections, confirmed=confirmed, is_full=is_full)
        planned = check.run()
        if planned is not None:
            place = (planned.email, planned.organisation.id, planned.role in LOCAL_ROLES or planned.role)
            earlier = first_seen.setdefault(place if is_full else planned.email, row.number)
            if earlier != row.number:
                check.refuse(EMAIL, N_("%(row)s行目とメールアドレスが重複しています。"), row=earlier)
            if not is_full or planned.person is None or planned.person.id != actor.person_id:
                plan.append(planned)
        faults += check.faults
    return plan, faults


class _RowCheck:
    """The checks of one row; it goes on after a fault, so that all of a row's faults are told at once."""

    def __init__(
        self, actor: Actor, row: Row, known: _Known, *, creates_sections: bool, confirmed: bool, is_full: bool
    ) -> None:
        self.is_full = is_full
        self.actor = actor
        self.row = row
        self.known = known
        self.creates_sections = creates_sections
        self.confirmed = confirmed
        self.faults: list[Fault] = []

    def run(self) -> PlannedRow | None:
        """The planned row, or None when it has faults."""
        for heading in self.row.cells:
            self._try(heading, partial(self._check_cell, heading))
        body = self._try(CODE, self._body)
        email = self._try(EMAIL, lambda: normalise_email(self._cell(EMAIL)))
        section = self._try(SECTION, lambda: self._section(body))
        role = self._try(ROLE, lambda: self._role(body))
        duties = self._try(DUTIES, self._duties)
        is_head = self._try(HEAD, self._is_head)
        if self.faults or body is None or role is None or email is None:
            return None
        planned = PlannedRow(
            number=self.row.number,
            organisation=body,
            role=role,
            email=email,
            name=" ".join(self._cell(NAME).split()),
            kana=fold_kana(self._cell(KANA)),
            phone=fold_width(self._cell(PHONE)),
            title=self._cell(TITLE),
            section_name=" ".join(self._cell(SECTION).split()),
            section=section,
            duties=duties,
            is_head=is_head,
        )
        self._match(planned)
        return planned if not self.faults else None

    def refuse(self, column: str, message: str, **params: object) -> None:
        """Note a fault."""
        self.faults.append(Fault(self.row.number, column, message, params))

    def _cell(self, heading: str) -> str:
        return self.row.cells.get(heading, "")

    def _try(self, column: str, check: Callable[[], T]) -> T | None:
        try:
            return check()
        except Invalid as invalid:
            self.faults.append(fault_of(self.row, column, invalid))
            return None

    def _check_cell(self, heading: str) -> None:
        text = self._cell(heading)
        check_text(None, text, self.confirmed)
        if len(text) > _LONGEST.get(heading, 1000):
            raise Invalid(N_("%(n)s文字以内で記入してください。"), n=_LONGEST[heading])
        if any(ord(letter) < 32 for letter in text):
            raise Invalid(N_("セルの中に改行や制御文字があります。"))
        if heading == NAME and not text:
            raise Invalid(N_("記入してください。"))

    def _body(self) -> Organisation:
        code = fold_code(self._cell(CODE))
        if not code:
            raise Invalid(N_("記入してください。"))
        body = self.known.bodies.get(code) or self.known.bodies.get(code.zfill(6))
        if body is None:
            raise Invalid(N_("この団体コードの団体はありません：%(code)s"), code=code)
        if not policy.can_add_members(self.actor, body):
            raise Invalid(N_("この団体の名簿を取り込む権限がありません。"))
        name = fold_width(self._cell(BODY))
        if name and name != fold_width(body.name):
            raise Invalid(N_("団体コードは「%(name)s」のものです。団体名と一致しません。"), name=body.name)
        return body

    def _role(self, body: Organisation | None) -> Role:
        text = fold_width(self._cell(ROLE))
        if not text:
            raise Invalid(N_("記入してください。"))
        role = _ROLES.get(text.lower())
        if role is None:
            raise Invalid(N_("この役割はありません：%(role)s"), role=text)
        if body is not None and role not in policy.list_grantable_roles(self.actor, body):
            raise Invalid(N_("この団体でこの役割を付与することはできません。"))
        return role

    def _section(self, body: Organisation | None) -> Section | None:
        name = " ".join(self._cell(SECTION).split())
        if not name or body is None:
            return None
        section = self.known.sections.get((body.id, name))
        if section is None and not self.creates_sections:
            raise Invalid(N_("この団体に「%(name)s」という所属は登録されていません。"), name=name)
        return section

    def _duties(self) -> list[Duty] | None:
        names = [part.strip() for part in self._cell(DUTIES).replace(",", "、").replace("，", "、").split("、")]
        names = [name for name in names if name]
        unknown = [name for name in names if fold_width(name) not in self.known.duties]
        if unknown:
            raise Invalid(N_("この担当区分はありません：%(names)s"), names="、".join(unknown))
        return [self.known.duties[fold_width(name)] for name in dict.fromkeys(names)] or None

    def _is_head(self) -> bool | None:
        text = self._cell(HEAD).strip()
        if not text:
            return None
        if text in _YES or fold_width(text) in _YES or text == "はい":
            return True
        if text in _NO or fold_width(text) in _NO or text == "いいえ":
            return False
        raise Invalid(N_("○か×で記入してください。"))

    def _match(self, planned: PlannedRow) -> None:
        """Find the person and the membership that the row is about; refuse what would change the actor's own."""
        person = planned.person = self.known.people.get(planned.email)
        if person is None:
            return
        held = self.known.memberships.get(person.id, [])
        planned.may_change_person = policy.can_change_person(self.actor, held)
        here = [row for row in held if row.organisation_id == planned.organisation.id]
        planned.membership = next((row for row in here if row.role is planned.role), None)
        other = next((row for row in here if row.role in LOCAL_ROLES and row.role is not planned.role), None)
        if planned.membership is None and other is not None and planned.role in LOCAL_ROLES and self.is_full:
            planned.former = other
        elif planned.membership is None and other is not None and planned.role in LOCAL_ROLES:
            self.refuse(
                ROLE,
                N_("この人はすでに別の役割（%(role)s）でこの団体に所属しています。役割の変更は画面で行ってください。"),
                role=other.role.ja,
            )
        if planned.membership is not None:
            planned.held_duties = self.known.held_duties.get(planned.membership.id, [])
        if person.id == self.actor.person_id and not self.is_full and planned.effect is not RowEffect.NONE:
            self.refuse(EMAIL, N_("自分自身の所属や役割は変更できません。この行を除いてください。"))


def _read(rows: Sequence[Row]) -> _Known:
    bodies = {body.code: body for body in db.session.scalars(sa.select(Organisation))}
    codes = {fold_code(row.cells.get(CODE, "")) for row in rows}
    body_ids = [body.id for code, body in bodies.items() if code in codes or code.lstrip("0") in codes]
    sections = db.session.scalars(sa.select(Section).where(Section.organisation_id.in_(body_ids)))
    duties = list(db.session.scalars(sa.select(Duty)))
    addresses = {_address(row.cells.get(EMAIL, "")) for row in rows}
    found = db.session.scalars(sa.select(Person).where(Person.email.in_(addresses)))
    people = {person.email: person for person in found}
    memberships = _memberships([person.id for person in people.values()])
    return _Known(
        bodies=bodies,
        sections={(section.organisation_id, section.name): section for section in sections},
        duties={fold_width(name): duty for duty in duties for name in (duty.code, duty.name, duty.name_en)},
        people=people,
        memberships=memberships,
        held_duties=_held_duties(memberships, duties),
    )


def _memberships(person_ids: Collection[int]) -> dict[int, list[Membership]]:
    found: dict[int, list[Membership]] = {}
    for row in db.session.scalars(
        sa.select(Membership)
        .where(
            Membership.person_id.in_(person_ids), sa.or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now())
        )
        .options(orm.joinedload(Membership.organisation), orm.lazyload(Membership.duties))
    ):
        found.setdefault(row.person_id, []).append(row)
    return found


def _held_duties(memberships: dict[int, list[Membership]], duties: list[Duty]) -> dict[int, list[Duty]]:
    by_id = {duty.id: duty for duty in duties}
    ids = [row.id for rows in memberships.values() for row in rows]
    held: dict[int, list[Duty]] = {}
    links: Any = db.session.execute(sa.select(membership_duty).where(membership_duty.c.membership_id.in_(ids)))
    for membership_id, duty_id in links:
        held.setdefault(membership_id, []).append(by_id[duty_id])
    for rows in memberships.values():
        for row in rows:
            orm.attributes.set_committed_value(row, "duties", held.get(row.id, []))
    return held


def _address(text: str) -> str:
    try:
        return normalise_email(text)
    except Invalid:
        return ""
