"""Taking in people from a table: every row is checked before any is written, and the whole file counts or none."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.core import clock
from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.changes import facts_added, set_facts
from portal.directory.events import MembershipChanged, MembershipGranted, PeopleImported, PersonChanged, SectionChanged
from portal.directory.models import Duty, Membership, Organisation, Person, Section
from portal.directory.roles import Role
from portal.directory.tables import Column

CODE, BODY, NAME, KANA = N_("団体コード"), N_("団体名"), N_("氏名"), N_("フリガナ")
EMAIL, PHONE, SECTION, TITLE = N_("メールアドレス"), N_("電話番号"), N_("所属"), N_("職名")
ROLE, DUTIES, HEAD = N_("役割"), N_("担当区分"), N_("所属長")

PEOPLE_COLUMNS = (
    Column(CODE, True, N_("6桁の団体コード。本部・府省などは名簿にあるコード。"), "152226"),
    Column(BODY, False, N_("記入した場合は、団体コードと一致するか確認します。"), "上越市"),
    Column(NAME, True, N_("姓と名の間は空けても構いません。"), "山田 花子"),
    Column(KANA, False, N_("カタカナ。ひらがなや半角カナも読み取ります。"), "ヤマダ ハナコ"),
    Column(
        EMAIL,
        True,
        N_("この人を見分ける目印になります。1つのファイルに同じアドレスは1行だけです。"),
        "hanako@city.example.lg.jp",
    ),
    Column(PHONE, False, N_("市外局番から。内線も書けます。"), "025-000-0000"),
    Column(SECTION, False, N_("団体に登録されている所属の名称。"), "市民課"),
    Column(TITLE, False, N_("職名。"), "係長"),
    Column(ROLE, True, N_("団体管理者、団体担当者、リエゾンなど。"), "団体担当者"),
    Column(DUTIES, False, N_("名称を「、」で区切って並べます。"), "住民基本台帳・戸籍、マイナンバーカード"),
    Column(HEAD, False, N_("所属長は○、違う場合は×。空欄は変更しません。"), "○"),
)


class RowEffect(LabelledEnum):
    """What taking in a row will do."""

    NEW_PERSON = ("new_person", "新規", "New person")
    NEW_MEMBERSHIP = ("new_membership", "所属を追加", "New membership")
    CHANGE = ("change", "変更", "Change")
    NONE = ("none", "変更なし", "No change")


@dataclass
class PlannedRow:
    """A row that passed every check, with what it names already found."""

    number: int
    organisation: Organisation
    role: Role
    email: str
    name: str
    kana: str | None
    phone: str | None
    title: str | None
    section_name: str | None
    section: Section | None
    duties: list[Duty] | None
    is_head: bool | None
    person: Person | None = None
    membership: Membership | None = None
    held_duties: list[Duty] = field(default_factory=list)
    may_change_person: bool = False
    former: Membership | None = None  # held there in another role, which this one replaces

    def person_facts(self) -> dict[str, str | None]:
        """The person's facts that the row gives; an empty cell changes nothing."""
        facts: dict[str, str | None] = {"name": self.name, "kana": self.kana or None, "phone": self.phone or None}
        return {name: value for name, value in facts.items() if value is not None}

    def place_facts(self) -> dict[str, int | str | bool]:
        """The membership's facts that the row gives."""
        facts = {
            "section_id": self.section.id if self.section else None,
            "title": self.title or None,
            "is_head": self.is_head,
        }
        return {name: value for name, value in facts.items() if value is not None}

    @property
    def effect(self) -> RowEffect:
        """What taking in the row will do."""
        if self.person is None:
            return RowEffect.NEW_PERSON
        if self.membership is None:
            return RowEffect.NEW_MEMBERSHIP
        changes_place = (
            _differs(self.membership, self.place_facts())
            or self.section_is_new
            or (self.duties is not None and set(self.duties) != set(self.held_duties))
        )
        changes_person = self.may_change_person and _differs(self.person, self.person_facts())
        return RowEffect.CHANGE if changes_place or changes_person else RowEffect.NONE

    @property
    def section_is_new(self) -> bool:
        """Whether the section has to be made first."""
        return bool(self.section_name) and self.section is None


@dataclass(frozen=True)
class ImportOutcome:
    """What taking in a file of people did; ``newcomers`` are the new people, each with the body."""

    newcomers: list[tuple[Person, Organisation]]
    added: int
    changed: int


def write_people(actor: Actor, plan: list[PlannedRow]) -> ImportOutcome:
    """Write a plan without faults: sections, people, memberships and what changes, each with its event."""
    _write_sections(actor, plan)
    changed = _write_changes(actor, plan)
    newcomers = _write_new_people(actor, plan)
    added = _write_memberships(actor, plan)
    bodies = {row.organisation.id for row in plan}
    emit(
        actor, PeopleImported(organisation_id=bodies.pop() if len(bodies) == 1 else None, added=added, changed=changed)
    )
    db.session.flush()
    return ImportOutcome(newcomers, added, changed)


def _write_sections(actor: Actor, plan: list[PlannedRow]) -> None:
    made: dict[tuple[int, str], Section] = {}
    for row in plan:
        if not row.section_is_new or row.section_name is None:
            continue
        key = (row.organisation.id, row.section_name)
        if key not in made:
            made[key] = Section(organisation_id=key[0], name=key[1])
        row.section = made[key]
    db.session.add_all(made.values())
    db.session.flush()
    for section in made.values():
        emit(
            actor,
            SectionChanged(
                section_id=section.id,
                organisation_id=section.organisation_id,
                changes=facts_added({"name": section.name}),
            ),
        )


def _write_changes(actor: Actor, plan: list[PlannedRow]) -> int:
    changed = 0
    for row in plan:
        of_person = set_facts(row.person, row.person_facts()) if row.person and row.may_change_person else {}
        if of_person and row.person:
            emit(actor, PersonChanged(person_id=row.person.id, organisation_id=row.organisation.id, changes=of_person))
        of_place = _change_place(row) if row.membership else {}
        if of_place and row.membership:
            emit(
                actor,
                MembershipChanged(
                    membership_id=row.membership.id,
                    person_id=row.membership.person_id,
                    role=row.role.value,
                    organisation_id=row.organisation.id,
                    changes=of_place,
                ),
            )
        changed += bool(row.membership and (of_person or of_place))
    return changed


def _change_place(row: PlannedRow) -> dict[str, list[object]]:
    assert row.membership is not None  # noqa: S101 - narrows the type
    changes = set_facts(row.membership, row.place_facts())
    if row.duties is not None and set(row.duties) != set(row.held_duties):
        changes["duties"] = [_codes(row.held_duties), _codes(row.duties)]
        row.membership.duties = row.duties
    return changes


def _write_new_people(actor: Actor, plan: list[PlannedRow]) -> list[tuple[Person, Organisation]]:
    first: dict[str, PlannedRow] = {}
    for row in plan:
        if row.person is None:
            first.setdefault(row.email, row)
    new_rows, now = list(first.values()), clock.now()
    for row in new_rows:
        row.person = Person(
            email=row.email, name=row.name, kana=row.kana or "", phone=row.phone or None, created_at=now
        )
    people = [row.person for row in new_rows if row.person]
    db.session.add_all(people)
    db.session.flush()
    for row, person in zip(new_rows, people, strict=True):
        emit(
            actor,
            PersonChanged(
                person_id=person.id,
                organisation_id=row.organisation.id,
                changes=facts_added({"email": row.email, **row.person_facts()}),
            ),
        )
    for row in plan:
        if row.person is None:  # a second place of somebody new
            row.person = first[row.email].person
    return [(person, row.organisation) for row, person in zip(new_rows, people, strict=True)]


def _write_memberships(actor: Actor, plan: list[PlannedRow]) -> int:
    rows = [row for row in plan if row.membership is None]
    now = clock.now()
    for row in rows:
        membership = Membership(
            person_id=row.person.id if row.person else None,
            organisation_id=row.organisation.id,
            role=row.role,
            starts_at=now,
            **{"title": "", **row.place_facts()},
        )
        membership.duties = row.duties or []
        row.membership = membership
    memberships = [row.membership for row in rows if row.membership]
    db.session.add_all(memberships)
    db.session.flush()
    for membership in memberships:
        emit(
            actor,
            MembershipGranted(
                membership_id=membership.id,
                person_id=membership.person_id,
                role=membership.role.value,
                organisation_id=membership.organisation_id,
            ),
        )
    return len(memberships)


def _differs(row: object, facts: dict[str, str | None] | dict[str, int | str | bool]) -> bool:
    return any(getattr(row, name) != value for name, value in facts.items())


def _codes(duties: Iterable[Duty]) -> list[str]:
    return sorted(duty.code for duty in duties)
