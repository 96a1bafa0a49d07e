"""From a draft to a running campaign: a second person publishes it, and with it freezes whom it asks about what."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.addressing.conditions import addressed
from portal.addressing.rule import AddresseeRule
from portal.campaigns import policy, queries
from portal.campaigns.asking import Load, find_load
from portal.campaigns.content import Fault, concerns, concerns_kind, find_faults
from portal.campaigns.events import CampaignClosed, CampaignPublished, CampaignReviewAsked, CampaignSentBack
from portal.campaigns.models import Campaign, Entry, Participation, Procedure, Question
from portal.campaigns.states import CampaignState, EntryState
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind


def bodies_of(campaign: Campaign) -> sa.ColumnElement[bool]:
    """The local governments of today that the campaign's rule addresses, as a condition on organisations."""
    rule = AddresseeRule.from_dict(campaign.addressees)
    return sa.and_(addressed(rule, sa.false()), Organisation.kind.in_(LOCAL_GOVERNMENTS))


def count_bodies(campaign: Campaign) -> int:
    """How many bodies the campaign would address today."""
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(Organisation).where(bodies_of(campaign))) or 0)


def list_faults(
    campaign: Campaign, procedures: Sequence[Procedure] | None = None, questions: Sequence[Question] | None = None
) -> list[Fault]:
    """What stands in the way of publishing; what has been read already is given along."""
    return find_faults(
        campaign,
        queries.list_procedures(campaign) if procedures is None else procedures,
        queries.list_questions(campaign) if questions is None else questions,
        queries.list_checks(campaign),
        count_bodies(campaign),
    )


def measure_load(campaign: Campaign) -> Load:
    """What the addressed bodies were asked already, and what they still have to answer."""
    return find_load(campaign, sa.select(Organisation.id).where(bodies_of(campaign)))


def ask_review(
    actor: Actor, campaign: Campaign, *, version: int | None = None, again_reason: str | None = None
) -> None:
    """draft → review. Raises Invalid naming the first fault; asking again within a year needs its reason.

    ``again_reason`` replaces the reason that stands in the draft. A drill asks nobody in earnest and needs none.
    """
    authorize(policy.can_ask_review, actor, campaign)
    campaign.check_version(version)
    _require_whole(campaign)
    if again_reason is not None:
        my_number.check_text("again_reason", again_reason)
        campaign.again_reason = again_reason.strip()
    if not campaign.is_drill and not campaign.again_reason.strip() and measure_load(campaign).same:
        raise Invalid(
            N_("同じテーマの調査が1年以内にあります。改めて調査する理由を入力してください。"), field="again_reason"
        )
    campaign.state, campaign.return_reason = CampaignState.REVIEW, ""
    campaign.editor_person_id = actor.person_id
    db.session.flush()
    emit(actor, CampaignReviewAsked(campaign_id=campaign.id))


def send_back(actor: Actor, campaign: Campaign, *, reason: str, version: int | None = None) -> None:
    """review → draft, with a reason. Raises Invalid at ``reason``."""
    authorize(policy.can_send_back, actor, campaign)
    campaign.check_version(version)
    my_number.check_text("reason", reason)
    if not reason.strip():
        raise Invalid(N_("差し戻す理由を入力してください。"), field="reason")
    campaign.state, campaign.return_reason = CampaignState.DRAFT, reason.strip()
    db.session.flush()
    emit(actor, CampaignSentBack(campaign_id=campaign.id))


def publish_campaign(actor: Actor, campaign: Campaign, *, version: int | None = None) -> None:
    """review → published, by somebody who has written none of it: whom it asks about what is frozen.

    Raises Forbidden to the author, Invalid naming a fault, Conflict when somebody was quicker.
    """
    authorize(policy.can_publish, actor, campaign)
    campaign.check_version(version)
    _require_whole(campaign)
    campaign.state, campaign.published_at = CampaignState.PUBLISHED, clock.now()
    campaign.published_by_person_id, campaign.published_signature = actor.person_id, actor.signature
    db.session.flush()  # a stale version is refused before anything is frozen
    bodies, entries = _freeze(campaign)
    emit(actor, CampaignPublished(campaign_id=campaign.id, body_count=bodies, entry_count=entries))


def close_campaign(actor: Actor, campaign: Campaign, *, version: int | None = None) -> None:
    """published → closed: nothing more is entered. Raises Conflict when it is not running."""
    authorize(policy.can_close, actor, campaign)
    campaign.check_version(version)
    if campaign.state is not CampaignState.PUBLISHED:
        raise Conflict(N_("この調査は実施中ではありません。"))
    campaign.state, campaign.closed_at = CampaignState.CLOSED, clock.now()
    db.session.flush()
    emit(actor, CampaignClosed(campaign_id=campaign.id))


def count_concerned(campaign: Campaign, procedures: Sequence[Procedure]) -> dict[int, int]:
    """How many of the bodies addressed today each procedure concerns, by its id. One statement."""
    rows = db.session.execute(
        sa.select(Organisation.kind, Organisation.is_core_city, sa.func.count())
        .where(bodies_of(campaign))
        .group_by(Organisation.kind, Organisation.is_core_city)
    ).all()
    return {
        each.id: sum(count for kind, is_core, count in rows if concerns_kind(each, kind, is_core_city=is_core))
        for each in procedures
    }


def _require_whole(campaign: Campaign) -> None:
    for fault in list_faults(campaign):
        raise Invalid(fault.message, **fault.params)


def _freeze(campaign: Campaign) -> tuple[int, int]:
    """One row per body, and one per body × procedure that it may handle. One statement and one per procedure."""
    is_prefecture = Organisation.kind == OrganisationKind.PREFECTURE
    columns = {
        Participation.campaign_id: sa.literal(campaign.id),
        Participation.organisation_id: Organisation.id,
        Participation.organisation_code: Organisation.code,
        Participation.organisation_name: Organisation.name,
        Participation.prefecture_code: Organisation.prefecture_code,
        Participation.is_prefecture: is_prefecture,
        Participation.reply_number: sa.literal(""),
        Participation.published_url: sa.literal(""),
    }
    chosen = sa.select(*columns.values()).where(bodies_of(campaign)).order_by(Organisation.code)
    db.session.execute(sa.insert(Participation).from_select([column.key for column in columns], chosen))
    for procedure in queries.list_procedures(campaign):
        cells = {
            Entry.campaign_id: Participation.campaign_id,
            Entry.procedure_id: sa.literal(procedure.id),
            Entry.participation_id: Participation.id,
            Entry.organisation_id: Participation.organisation_id,
            Entry.prefecture_code: Participation.prefecture_code,
            Entry.state: sa.literal(EntryState.BLANK, Entry.state.type),
            Entry.answers: sa.literal({}, sa.JSON),
            Entry.reasons: sa.literal({}, sa.JSON),
        }
        asked = (
            sa.select(*cells.values())
            .join(Organisation, Organisation.id == Participation.organisation_id)
            .where(Participation.campaign_id == campaign.id, concerns(procedure))
            .order_by(Participation.organisation_code)
        )
        db.session.execute(sa.insert(Entry).from_select([column.key for column in cells], asked))
    bodies = sa.select(sa.func.count()).select_from(Participation).where(Participation.campaign_id == campaign.id)
    entries = sa.select(sa.func.count()).select_from(Entry).where(Entry.campaign_id == campaign.id)
    return int(db.session.scalar(bodies) or 0), int(db.session.scalar(entries) or 0)
