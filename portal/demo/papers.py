"""The guidance of the demonstration: thirty papers over ninety days, with receipts as they come in real life."""

import random
import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import JAPAN, add_business_days, is_business_day, japan_date
from portal.core.db import db
from portal.demo.cast import surname
from portal.directory.actor import Actor, find_actor
from portal.directory.models import Membership, Organisation, Person, Section
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind, Role
from portal.guidance import service
from portal.guidance.addressees import AddresseeRule, preview
from portal.guidance.content import GuidanceContent
from portal.guidance.models import Guidance, Opening, Receipt, Recipient, Response
from portal.guidance.states import GuidanceKind, Nature, ResponseState
from portal.themes.models import Theme

_PAPERS = Path(__file__).parent / "data" / "guidance.toml"
_ANSWERS = (
    (ResponseState.DONE, "手順を確認し、関係課に周知しました。"),
    (ResponseState.REPLIED, "様式により回答します。"),
    (ResponseState.UNDER_WAY, ""),
    (ResponseState.NOT_APPLICABLE, "該当する事務を所管していません。"),
)


def add_papers(seed: int = 20261123) -> None:
    """Draft, approve and issue each paper as of its day, then let bodies open, receive and answer it.

    The facts of the many bodies are written set by set without an event each; the papers' own steps have theirs.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable demonstration, not a secret
    papers = tomllib.loads(_PAPERS.read_text(encoding="utf-8"))["guidance"]
    for paper in sorted(papers, key=lambda each: -int(each["days"])):
        with clock.pretending(instant_before(paper["days"])):
            guidance = _issue(paper)
        if guidance is not None:
            let_bodies_answer(guidance, int(paper["days"]), chance)


def instant_before(days: int) -> datetime:
    """Ten in the morning, Japan time, of the business day at or before so many days ago."""
    day = japan_date(clock.now()) - timedelta(days=days)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(10), JAPAN)


def _issue(paper: dict[str, Any]) -> Guidance | None:
    drafter, head = actor_at(f"{paper['sender']}@mic.example"), actor_at(_head_of(paper["sender"]))
    guidance = service.draft_guidance(drafter, _content(paper, drafter))
    if paper["state"] == "draft":
        return None
    service.send_for_review(drafter, guidance)
    if paper["state"] == "review":
        return None
    service.approve_guidance(head, guidance, document_number=guidance.document_number)
    rule = AddresseeRule.from_dict(guidance.addressees)
    service.issue_guidance(head, guidance, fingerprint=preview(rule).fingerprint)
    return guidance


def _content(paper: dict[str, Any], drafter: Actor) -> GuidanceContent:
    kinds = [kind.value for kind in LOCAL_GOVERNMENTS] if paper["kinds"] == "all" else paper["kinds"]
    today = japan_date(clock.now())
    return GuidanceContent(
        kind=GuidanceKind(paper["kind"]),
        title=paper["title"],
        sender_id=drafter.organisation_id,
        sender_title=f"{drafter.organisation_name}長" if paper["sender"] != "secretariat" else "地方連携総括官",
        document_number=paper.get("number"),
        origin_ministry_id=_organisation_id(paper.get("origin")),
        theme_id=db.session.scalar(sa.select(Theme.id).where(Theme.code == paper["theme"])),
        nature=Nature(paper["nature"]),
        addressee_line=_addressee_line(paper["kinds"]),
        required_action=paper["action"],
        difference=paper["difference"],
        concerned_sections=paper["sections"],
        body=paper["body"].strip(),
        contact=f"{drafter.organisation_name} {surname(int(paper['days']))}係長\n電話 03-0000-5000",
        reply_due_on=add_business_days(today, int(paper["due"])) if "due" in paper else None,
        addressees=AddresseeRule.from_dict(
            {"kinds": [kind for kind in kinds if kind != "core"], "core_cities": paper.get("core_cities", False)}
        ),
    )


def _addressee_line(kinds: str | list[str]) -> str:
    if kinds == "all":
        return "各都道府県・市区町村担当部（局）長 殿"
    return "各都道府県担当部（局）長 殿" if kinds == ["prefecture"] else "関係都道府県・市区町村担当部（局）長 殿"


def let_bodies_answer(guidance: Guidance, days: int, chance: random.Random) -> None:
    """Most bodies receive within days, small ones later; requests are answered, the newest papers by few so far."""
    rate = min(0.99, 0.35 + days / 40) * chance.uniform(0.9, 1.0)
    rows = [_facts(row, guidance, days, rate, chance) for row in _recipients(guidance)]
    happened = [row for row in rows if row is not None]
    _insert(Opening, [row["opening"] for row in happened])
    _insert(Receipt, [row["receipt"] for row in happened if row["receipt"]])
    _insert(Response, [row["response"] for row in happened if row["response"]])
    for chosen in (
        {"opened_at": sa.select(sa.func.min(Opening.opened_at)).where(Opening.recipient_id == Recipient.id)},
        {"received_at": sa.select(sa.func.min(Receipt.received_at)).where(Receipt.recipient_id == Recipient.id)},
        {
            "responded_at": sa.select(sa.func.max(Response.responded_at)).where(Response.recipient_id == Recipient.id),
            "response": sa.func.coalesce(
                sa.select(Response.state).where(Response.recipient_id == Recipient.id).limit(1).scalar_subquery(),
                ResponseState.NONE.value,
            ),
        },
    ):
        values = {
            name: value.scalar_subquery() if isinstance(value, sa.Select) else value for name, value in chosen.items()
        }
        db.session.execute(sa.update(Recipient).where(Recipient.guidance_id == guidance.id).values(values))


def _recipients(guidance: Guidance) -> list[Any]:
    return list(
        db.session.execute(
            sa.select(
                Recipient.id,
                Organisation.kind,
                Organisation.code,
                Membership.person_id,
                Person.name,
                Organisation.name,
                Section.name,
            )
            .join(Organisation, Organisation.id == Recipient.organisation_id)
            .join(
                Membership,
                sa.and_(Membership.organisation_id == Organisation.id, Membership.role == Role.LOCAL_MANAGER),
            )
            .join(Person, Person.id == Membership.person_id)
            .join(Section, Section.id == Membership.section_id)
            .where(Recipient.guidance_id == guidance.id)
            .order_by(Organisation.code)
        )
    )


def _facts(row: Any, guidance: Guidance, days: int, rate: float, chance: random.Random) -> dict[str, Any] | None:
    recipient_id, kind, code, person_id, person, body, section = row
    is_small = kind in {OrganisationKind.TOWN, OrganisationKind.VILLAGE}
    luck = chance.random() + (0.06 if is_small else 0.0)
    if luck > rate + 0.04 or (code == "152226" and days < 12):  # the story's city opens the newest itself
        return None
    issued = guidance.issued_at or clock.now()
    latest = max(2.0, min(days * 24.0 - 12, 24.0 * (9 if is_small else 5)))
    opened = issued + timedelta(hours=chance.uniform(0.5, latest / 2))
    received = opened + timedelta(minutes=chance.uniform(5, latest * 30))
    signature = f"{body} {section} {person}"
    receipt = None
    if luck <= rate:
        receipt = {
            "recipient_id": recipient_id,
            "section_name": section,
            "received_by_person_id": person_id,
            "receipt_number": f"R8-{recipient_id % 9973:04}",
            "signature": signature,
            "received_at": received,
        }
    response = None
    if receipt and guidance.nature is not Nature.INFORMATION and chance.random() < min(0.96, days / 30):
        state, text = _ANSWERS[min(3, int(chance.random() * 4.4))]
        response = {
            "recipient_id": recipient_id,
            "state": state,
            "text": text,
            "responded_by_person_id": person_id,
            "signature": signature,
            "responded_at": received + timedelta(hours=chance.uniform(1, 8)),
        }
    return {
        "opening": {"recipient_id": recipient_id, "person_id": person_id, "opened_at": opened},
        "receipt": receipt,
        "response": response,
    }


def _insert(table: type[Opening | Receipt | Response], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(sa.insert(table), rows)


def actor_at(email: str) -> Actor:
    """The person of this address as they act now."""
    membership_id = db.session.scalars(
        sa.select(Membership.id).join(Person, Person.id == Membership.person_id).where(Person.email == email)
    ).one()
    actor = find_actor(membership_id)
    if actor is None:
        raise LookupError(f"{email} has no membership at this instant")
    return actor


def _head_of(sender: str) -> str:
    return "chief@mic.example" if sender == "secretariat" else f"{sender}-head@mic.example"


def _organisation_id(code: str | None) -> int | None:
    return db.session.scalar(sa.select(Organisation.id).where(Organisation.code == code)) if code else None
