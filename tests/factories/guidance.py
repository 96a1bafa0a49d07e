"""Guidance in every state; a factory flushes and never commits."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import calendar, clock
from portal.core.db import db
from portal.directory.actor import Actor
from portal.directory.models import Membership, Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind, Role
from portal.guidance import service
from portal.guidance.addressees import AddresseeRule, addressed_by, fingerprint_of
from portal.guidance.content import GuidanceContent
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceKind, Nature
from tests.factories.people import actor_of, make_member, organisation

EVERYONE = AddresseeRule(kinds=tuple(kind for kind in OrganisationKind if kind in LOCAL_GOVERNMENTS))
NIIGATA = AddresseeRule(kinds=EVERYONE.kinds, prefectures=("15",))


def due_in(days: int):
    """The date so many business days from today."""
    return calendar.add_business_days(calendar.japan_date(clock.now()), days)


def make_content(**fields) -> GuidanceContent:
    """A complete notice by 住民制度課, asking for a reply in ten business days."""
    values = {
        "kind": GuidanceKind.NOTICE,
        "title": "紐付け総点検の実施について",
        "sender_id": organisation("juumin").id,
        "sender_title": "総務省自治行政局住民制度課長",
        "nature": Nature.REPLY_REQUIRED,
        "addressee_line": "各都道府県知事・各市区町村長 殿",
        "body": "## 記\n\n1. 点検の対象\n2. 点検の方法",
        "contact": "住民台帳係 03-0000-0000",
        "required_action": "点検の結果を報告すること",
        "concerned_sections": "番号制度担当課",
        "difference": "新規",
        "reply_due_on": due_in(10),
        "addressees": NIIGATA,
        **fields,
    }
    return GuidanceContent(**values)


def make_drafter(**fields) -> Membership:
    """A member of 住民制度課."""
    return make_member("juumin", Role.DIVISION, **fields)


def make_chief() -> Membership:
    """The secretariat's head."""
    return make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True)


def make_draft(drafter: Actor | None = None, **fields) -> Guidance:
    """A draft by 住民制度課."""
    return service.draft_guidance(drafter or actor_of(make_drafter()), make_content(**fields))


def make_review(drafter: Actor | None = None, **fields) -> Guidance:
    """A paper that waits for approval."""
    drafter = drafter or actor_of(make_drafter())
    guidance = make_draft(drafter, **fields)
    service.send_for_review(drafter, guidance)
    return guidance


def make_approved(number: str | None = "総行住第78号", chief: Actor | None = None, **fields) -> Guidance:
    """An approved paper."""
    guidance = make_review(**fields)
    service.approve_guidance(chief or actor_of(make_chief()), guidance, document_number=number)
    return guidance


def make_issued(number: str | None = "総行住第78号", **fields) -> Guidance:
    """An issued paper with its recipients."""
    chief = actor_of(make_chief())
    guidance = make_approved(number, chief, **fields)
    issue(chief, guidance)
    return guidance


def issue(chief: Actor, guidance: Guidance) -> int:
    """Issue it to whomever the rule addresses now."""
    return service.issue_guidance(chief, guidance, fingerprint=fingerprint_now(guidance))


def fingerprint_now(guidance: Guidance) -> str:
    """The name of the set of bodies that its rule addresses now: of all that ``preview`` shows, this one thing."""
    matches = addressed_by(AddresseeRule.from_dict(guidance.addressees))
    return fingerprint_of(db.session.scalars(sa.select(Organisation.id).where(matches)))


def yesterday():
    """The day before today."""
    return calendar.japan_date(clock.now()) - timedelta(days=1)
