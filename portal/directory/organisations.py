"""Changing organisations: facts, dates, mergers and sections."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory import policy
from portal.directory.actor import Actor
from portal.directory.changes import facts_added, set_facts
from portal.directory.events import OrganisationChanged, SectionChanged
from portal.directory.kana import check_digit_of, fold_code, fold_kana
from portal.directory.models import Organisation, OrganisationSuccession, Section
from portal.directory.roles import LOCAL_GOVERNMENTS, MUNICIPALITIES, OrganisationKind


@dataclass(frozen=True, kw_only=True)
class OrganisationFacts:
    """What an administrator may change about an organisation; code and prefecture stay as they are."""

    name: str
    kana: str
    name_en: str | None = None
    county: str | None = None
    is_core_city: bool = False
    population: int | None = None
    population_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None


def add_organisation(
    actor: Actor, *, code: str, kind: OrganisationKind, facts: OrganisationFacts, confirmed: bool = False
) -> Organisation:
    """Add a municipality, such as the one that a merger makes. Raises Invalid for a code that is wrong or taken."""
    if not policy.can_administer_organisations(actor):
        raise Forbidden
    if kind not in MUNICIPALITIES:
        raise Invalid(N_("追加できるのは市区町村です。"), field="kind")
    number = _new_code(code)
    prefecture = db.session.scalar(
        sa.select(Organisation).where(
            Organisation.kind == OrganisationKind.PREFECTURE, Organisation.prefecture_code == number[:2]
        )
    )
    if prefecture is None:
        raise Invalid(N_("団体コードの先頭2桁にあたる都道府県がありません。"), field="code")
    values = _checked(facts, confirmed)
    organisation = Organisation(
        code=number, kind=kind, prefecture_code=number[:2], parent_id=prefecture.id, position=int(number), **values
    )
    db.session.add(organisation)
    db.session.flush()
    organisation.post_id = organisation.id if kind is OrganisationKind.DESIGNATED_CITY else prefecture.id
    emit(
        actor,
        OrganisationChanged(
            organisation_id=organisation.id, changes=facts_added({"code": number, "kind": kind, **values})
        ),
    )
    db.session.flush()
    return organisation


def change_organisation(
    actor: Actor, organisation: Organisation, *, version: int | None, facts: OrganisationFacts, confirmed: bool = False
) -> None:
    """Change facts and dates of existence. Raises Invalid at the field, Conflict for a stale version."""
    if not policy.can_administer_organisations(actor):
        raise Forbidden
    organisation.check_version(version)
    changes = set_facts(organisation, _checked(facts, confirmed))
    if changes:
        emit(actor, OrganisationChanged(organisation_id=organisation.id, changes=changes))
    db.session.flush()


def merge_organisation(actor: Actor, predecessor: Organisation, *, successor_code: str, effective_on: date) -> None:
    """Record that the body passes into another on a date; it exists until the day before.

    Raises Invalid for an unknown successor, for itself or a circle, Conflict when it was merged already.
    """
    if not policy.can_administer_organisations(actor):
        raise Forbidden
    if predecessor.kind not in LOCAL_GOVERNMENTS:
        raise Invalid(N_("合併を記録できるのは地方公共団体です。"))
    successor = db.session.scalar(sa.select(Organisation).where(Organisation.code == fold_code(successor_code)))
    if successor is None or successor.kind not in LOCAL_GOVERNMENTS:
        raise Invalid(N_("この団体コードの地方公共団体はありません。"), field="successor_code")
    if successor.id == predecessor.id:
        raise Invalid(N_("合併後の団体には、別の団体を指定してください。"), field="successor_code")
    if successor.valid_until is not None and successor.valid_until <= effective_on:
        raise Invalid(N_("合併後の団体は、その日にはすでに存在しません。"), field="successor_code")
    if _has_successor(predecessor):
        raise Conflict(N_("この団体の合併は、すでに記録されています。"))
    db.session.add(
        OrganisationSuccession(predecessor_id=predecessor.id, successor_id=successor.id, effective_on=effective_on)
    )
    changes = set_facts(predecessor, {"valid_until": effective_on})
    emit(
        actor,
        OrganisationChanged(organisation_id=predecessor.id, changes={"successor": [None, successor.code], **changes}),
    )
    db.session.flush()


def add_section(
    actor: Actor, organisation: Organisation, *, name: str, is_general_desk: bool = False, confirmed: bool = False
) -> Section:
    """Add a section 所属 to the body. Raises Invalid when it has one of that name."""
    if not policy.can_manage_sections(actor, organisation):
        raise Forbidden
    values = {"name": _section_name(organisation.id, name, None, confirmed), "is_general_desk": is_general_desk}
    section = Section(organisation_id=organisation.id, **values)
    db.session.add(section)
    db.session.flush()
    emit(actor, SectionChanged(section_id=section.id, organisation_id=organisation.id, changes=facts_added(values)))
    return section


def change_section(
    actor: Actor,
    organisation: Organisation,
    section: Section,
    *,
    name: str,
    is_general_desk: bool,
    confirmed: bool = False,
) -> None:
    """Rename a section of the body, or make it the general desk 総合窓口."""
    if not policy.can_manage_sections(actor, organisation) or section.organisation_id != organisation.id:
        raise Forbidden
    changes = set_facts(
        section,
        {"name": _section_name(organisation.id, name, section.id, confirmed), "is_general_desk": is_general_desk},
    )
    if changes:
        emit(actor, SectionChanged(section_id=section.id, organisation_id=organisation.id, changes=changes))
    db.session.flush()


def _new_code(text: str) -> str:
    code = fold_code(text)
    if len(code) != 6 or not code.isdigit() or not code.isascii() or check_digit_of(code[:5]) != code[5]:
        raise Invalid(N_("団体コードは、検査数字を含む6桁の数字で入力してください。"), field="code")
    if db.session.scalar(sa.select(Organisation.id).where(Organisation.code == code)) is not None:
        raise Invalid(N_("この団体コードは、すでに使われています。"), field="code")
    return code


def _checked(facts: OrganisationFacts, confirmed: bool) -> Mapping[str, Any]:
    values = asdict(facts)
    for name in ("name", "kana", "name_en", "county"):
        check_text(name, values[name] or "", confirmed)
        values[name] = (values[name] or "").strip() or (None if name in {"name_en", "county"} else "")
    values["kana"] = fold_kana(values["kana"])
    if not values["name"]:
        raise Invalid(N_("名称を入力してください。"), field="name")
    if facts.valid_from and facts.valid_until and facts.valid_until <= facts.valid_from:
        raise Invalid(N_("廃止日は設置日より後の日にしてください。"), field="valid_until")
    if facts.population_on and facts.population_on > japan_date(clock.now()):
        raise Invalid(N_("基準日に今日より後の日は指定できません。"), field="population_on")
    if (facts.population is None) != (facts.population_on is None):
        raise Invalid(N_("人口と基準日は、両方を入力してください。"), field="population_on")
    return values


def _has_successor(organisation: Organisation) -> bool:
    return (
        db.session.scalar(
            sa.select(OrganisationSuccession.successor_id)
            .where(OrganisationSuccession.predecessor_id == organisation.id)
            .limit(1)
        )
        is not None
    )


def _section_name(organisation_id: int, name: str, section_id: int | None, confirmed: bool) -> str:
    check_text("name", name, confirmed)
    wanted = " ".join(name.split())
    if not wanted:
        raise Invalid(N_("所属の名称を入力してください。"), field="name")
    twin = db.session.scalar(
        sa.select(Section.id).where(Section.organisation_id == organisation_id, Section.name == wanted)
    )
    if twin is not None and twin != section_id:
        raise Invalid(N_("同じ名称の所属があります。"), field="name")
    return wanted
