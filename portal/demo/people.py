"""The people of the demonstration: obviously fictional persons (surname and post) in real bodies."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.accounts.models import Credential
from portal.accounts.passwords import hash_password
from portal.core import clock
from portal.core.db import db
from portal.demo.cast import HEADQUARTERS_CAST, PARTNER_CAST, CastMember, surname
from portal.directory.models import Duty, LiaisonAssignment, Membership, Organisation, Person, Section, membership_duty
from portal.directory.roles import LOCAL_GOVERNMENTS, AssignmentRank, OrganisationKind, Role

PASSWORD = "liaison-demo-2026"  # noqa: S105 - printed at the start of the demonstration
LIAISONS = 60

_SECTIONS = {
    OrganisationKind.PREFECTURE: ("市町村課", "情報政策課"),
    OrganisationKind.DESIGNATED_CITY: ("区政推進課", "情報システム課"),
    OrganisationKind.CITY: ("市民課", "情報政策課"),
    OrganisationKind.SPECIAL_WARD: ("戸籍住民課", "情報政策課"),
    OrganisationKind.TOWN: ("住民課", "総務課"),
    OrganisationKind.VILLAGE: ("住民課", "総務課"),
}


def add_people() -> None:
    """Add every account of the demonstration with the one password; about 3,700 persons in a few statements."""
    began = clock.now() - timedelta(days=400)
    password_hash = hash_password(PASSWORD)
    bodies = {body.code: body for body in db.session.scalars(sa.select(Organisation))}
    cast = [*HEADQUARTERS_CAST, *PARTNER_CAST, *_liaisons(), *_local(bodies)]
    sections = _add_sections(cast, bodies)
    _add_persons(cast, began, password_hash)
    _add_memberships(cast, bodies, sections, began)
    _add_duties()
    _assign_liaisons(began)


def _liaisons() -> list[CastMember]:
    return [
        CastMember(
            email=f"liaison{number:02}@mic.example",
            body="hq",
            role=Role.LIAISON,
            section="リエゾン班",
            name=surname(number * 7),
            title="リエゾン",
            phone=f"03-0000-{6000 + number}",
        )
        for number in range(1, LIAISONS + 1)
    ]


def _local(bodies: dict[str, Organisation]) -> list[CastMember]:
    cast = []
    local_bodies = (body for body in bodies.values() if body.kind in LOCAL_GOVERNMENTS)
    for index, body in enumerate(sorted(local_bodies, key=lambda each: each.code)):
        first, second = _SECTIONS[body.kind]
        manager_title = "課長" if body.kind is not OrganisationKind.VILLAGE else "総務課長"
        phone = f"000-{index % 1000:03}-{index:04}"
        cast.append(
            CastMember(
                email=f"{body.code}@lg.example",
                body=body.code,
                role=Role.LOCAL_MANAGER,
                section=first,
                name=surname(index),
                title=manager_title,
                phone=phone,
                is_head=True,
            )
        )
        staff_section = first if index % 4 else second
        cast.append(
            CastMember(
                email=f"{body.code}-staff@lg.example",
                body=body.code,
                role=Role.LOCAL_STAFF,
                section=staff_section if body.code != "152226" else first,
                name=surname(index * 3 + 11),
                title=("主査", "係長", "主任", "主事")[index % 4],
                phone=phone,
            )
        )
        if body.code == "152226":
            cast += _further_sections(body.code, index, phone)
    return cast


def _further_sections(code: str, index: int, phone: str) -> list[CastMember]:
    """The story's city has two more sections."""
    return [
        CastMember(
            email=f"{code}-{name}@lg.example",
            body=code,
            role=Role.LOCAL_STAFF,
            section=section,
            name=surname(index + number),
            title="係長",
            phone=phone,
        )
        for number, (name, section) in enumerate((("fukushi", "福祉課"), ("zeimu", "税務課")), start=1)
    ]


def _add_sections(cast: list[CastMember], bodies: dict[str, Organisation]) -> dict[tuple[int, str], int]:
    wanted = dict.fromkeys((bodies[member.body].id, member.section) for member in cast if member.section)
    first_of: dict[int, str] = {}
    for organisation_id, name in wanted:
        first_of.setdefault(organisation_id, name)
    db.session.execute(
        sa.insert(Section),
        [
            {"organisation_id": organisation_id, "name": name, "is_general_desk": first_of[organisation_id] == name}
            for organisation_id, name in wanted
        ],
    )
    rows = db.session.execute(sa.select(Section.organisation_id, Section.name, Section.id))
    return {(organisation_id, name): key for organisation_id, name, key in rows}


def _add_persons(cast: list[CastMember], began: datetime, password_hash: str) -> None:
    db.session.execute(
        sa.insert(Person),
        [
            {
                "email": member.email,
                "name": f"{member.name}{member.title}",
                "kana": "",
                "phone": member.phone,
                "locale": "ja",
                "created_at": began,
            }
            for member in cast
        ],
    )
    db.session.execute(
        sa.insert(Credential).from_select(
            ["person_id", "password_hash", "changed_at"],
            sa.select(Person.id, sa.literal(password_hash), sa.literal(began, Credential.changed_at.type)),
        )
    )


def _add_memberships(
    cast: list[CastMember], bodies: dict[str, Organisation], sections: dict[tuple[int, str], int], began: datetime
) -> None:
    persons = dict(db.session.execute(sa.select(Person.email, Person.id)).all())
    db.session.execute(
        sa.insert(Membership),
        [
            {
                "person_id": persons[member.email],
                "organisation_id": bodies[member.body].id,
                "section_id": sections.get((bodies[member.body].id, member.section)),
                "role": member.role,
                "title": member.title,
                "is_head": member.is_head,
                "is_approver": member.is_approver,
                "starts_at": began,
                "ends_at": None,
            }
            for member in cast
        ],
    )


def _add_duties() -> None:
    """Managers cover every duty of their body, staff the registers, the card and the number system."""
    local = sa.select(Membership.id, Duty.id).select_from(Membership).join(Duty, sa.true())
    for condition in (
        Membership.role == Role.LOCAL_MANAGER,
        sa.and_(Membership.role == Role.LOCAL_STAFF, Duty.code.in_(["resident", "card", "mynumber", "it", "vaccine"])),
    ):
        db.session.execute(sa.insert(membership_duty).from_select(["membership_id", "duty_id"], local.where(condition)))


def _assign_liaisons(began: datetime) -> None:
    """Liaison 01 to 47 have the prefecture of that number, the designated cities follow; the next one is deputy."""
    posts = list(
        db.session.scalars(
            sa.select(Organisation.id)
            .where(Organisation.post_id == Organisation.id)
            .order_by(Organisation.kind != OrganisationKind.PREFECTURE, Organisation.code)
        )
    )
    liaisons = list(
        db.session.scalars(
            sa.select(Membership.id)
            .join(Person, Person.id == Membership.person_id)
            .where(Membership.role == Role.LIAISON)
            .order_by(Person.email)
        )
    )
    rows = []
    for index, post_id in enumerate(posts):
        primary = liaisons[index % len(liaisons)]
        deputy = liaisons[(index + 1) % len(liaisons)]
        rows += [
            {
                "membership_id": primary,
                "post_id": post_id,
                "rank": AssignmentRank.PRIMARY,
                "starts_at": began,
                "ends_at": None,
                "version": 1,
            },
            {
                "membership_id": deputy,
                "post_id": post_id,
                "rank": AssignmentRank.DEPUTY,
                "starts_at": began,
                "ends_at": None,
                "version": 1,
            },
        ]
    db.session.execute(sa.insert(LiaisonAssignment), rows)
