"""Whom the campaigns of the demonstration ask: every body with its manager and a likely number of inhabitants."""

import random
from dataclasses import dataclass

import sqlalchemy as sa

from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.core.db import db
from portal.directory.models import Membership, Organisation, Person, Section
from portal.directory.roles import OrganisationKind, Role

# Inhabitants in thousands, census of 2020.
_PREFECTURES = (
    5225, 1238, 1211, 2302, 960, 1068, 1833, 2867, 1933, 1939, 7345, 6284, 14048, 9237, 2201, 1035, 1133, 767, 810,
    2048, 1979, 3633, 7542, 1770, 1414, 2578, 8838, 5465, 1324, 923, 553, 671, 1888, 2800, 1342, 720, 950, 1335,
    692, 5135, 811, 1312, 1738, 1124, 1070, 1588, 1467,
)  # fmt: skip
_CITIES = {
    "011002": 1973, "041009": 1097, "111007": 1324, "121002": 975, "141003": 3777, "141305": 1538, "141500": 725,
    "151009": 789, "221007": 693, "221309": 791, "231002": 2332, "261009": 1464, "271004": 2752, "271403": 826,
    "281000": 1525, "331007": 725, "341002": 1201, "401005": 939, "401307": 1612, "431001": 739, "152226": 189,
}  # fmt: skip
_WEIGHTS = {
    OrganisationKind.CITY: 90, OrganisationKind.SPECIAL_WARD: 420, OrganisationKind.TOWN: 14,
    OrganisationKind.VILLAGE: 4, OrganisationKind.DESIGNATED_CITY: 1000,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Manager:
    """Who submits for a body."""

    person_id: int
    signature: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One body × procedure of a campaign, as far as the demonstration has to know it."""

    entry_id: int
    code: str
    prefecture: str
    procedure: str
    is_prefecture: bool


def list_asked(campaign: Campaign) -> list[Asked]:
    """Every body × procedure, by body."""
    rows = db.session.execute(
        sa.select(
            Entry.id,
            Participation.organisation_code,
            Entry.prefecture_code,
            Procedure.code,
            Participation.is_prefecture,
        )
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(Entry.campaign_id == campaign.id)
        .order_by(Participation.organisation_code, Procedure.position)
    )
    return [
        Asked(entry_id=key, code=code, prefecture=prefecture or "", procedure=procedure, is_prefecture=is_prefecture)
        for key, code, prefecture, procedure, is_prefecture in rows
    ]


def list_managers() -> dict[str, Manager]:
    """The manager of each local government by its code."""
    rows = db.session.execute(
        sa.select(Organisation.code, Organisation.name, Section.name, Person.id, Person.name, Person.phone)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .join(Section, Section.id == Membership.section_id)
        .where(Membership.role == Role.LOCAL_MANAGER)
    )
    return {
        code: Manager(person_id=key, signature=f"{body} {section} {name}", phone=f"{section} {phone}")
        for code, body, section, key, name, phone in rows
    }


def estimate_inhabitants(chance: random.Random) -> dict[str, int]:
    """Inhabitants by code: of prefectures and large cities as counted, of the others their share of the prefecture."""
    found, weights = {}, dict[str, dict[str, float]]()
    rows = db.session.execute(
        sa.select(Organisation.code, Organisation.kind, Organisation.prefecture_code)
        .where(Organisation.kind.in_([OrganisationKind.PREFECTURE, *_WEIGHTS]))
        .order_by(Organisation.code)
    )
    for code, kind, place in rows:
        prefecture = place or ""
        if kind is OrganisationKind.PREFECTURE:
            found[code] = _PREFECTURES[int(prefecture) - 1] * 1000
        elif code in _CITIES:
            found[code] = _CITIES[code] * 1000
        else:
            weights.setdefault(prefecture, {})[code] = _WEIGHTS[kind] * chance.lognormvariate(0, 0.7)
    for prefecture, shares in weights.items():
        counted = sum(count * 1000 for code, count in _CITIES.items() if code.startswith(prefecture))
        left = _PREFECTURES[int(prefecture) - 1] * 1000 - counted
        found |= {code: max(300, int(left * share / sum(shares.values()))) for code, share in shares.items()}
    return found
