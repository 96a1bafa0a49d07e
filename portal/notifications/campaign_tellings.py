"""Whom a campaign's own steps concern: who may publish, who wrote it, and once published every addressed body."""

import sqlalchemy as sa

from portal.campaigns.events import (
    CampaignClosed,
    CampaignDrafted,
    CampaignDueExtended,
    CampaignEdited,
    CampaignEvent,
    CampaignPublished,
    CampaignReviewAsked,
    CampaignSentBack,
)
from portal.campaigns.models import Campaign
from portal.campaigns.states import CampaignState
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.notifications.campaign_facts import (
    facts_of,
    get_campaign,
    may_see,
    of_bodies,
    those_let_know,
    those_who_answer,
)
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight

TOLD = (CampaignReviewAsked, CampaignSentBack, CampaignPublished, CampaignDueExtended, CampaignClosed)


def tell_campaign(event: CampaignEvent, record: EventRecord) -> list[Telling]:
    """Review: who may publish. Sent back: who wrote it. Published, put off, closed: bodies, prefectures, liaisons.

    Nobody is told of a step that has been overtaken by another.
    """
    campaign = get_campaign(event.campaign_id)
    if isinstance(event, CampaignReviewAsked):
        return _to_write(campaign, "approver", _publishers(campaign)) if _is(campaign, CampaignState.REVIEW) else []
    if isinstance(event, CampaignSentBack):
        return _to_write(campaign, "drafter", _writers(campaign)) if _is(campaign, CampaignState.DRAFT) else []
    if isinstance(event, CampaignPublished):
        return _publication(campaign) if _is(campaign, CampaignState.PUBLISHED) else []
    if isinstance(event, CampaignDueExtended):
        return _later_due(campaign, event) if _is(campaign, CampaignState.PUBLISHED) else []
    return _end(campaign)


def _is(campaign: Campaign, state: CampaignState) -> bool:
    return campaign.state is state


def _to_write(campaign: Campaign, reason: str, who: sa.ColumnElement[bool]) -> list[Telling]:
    return [
        Telling(
            reason=reason,
            topic=Topic.CAMPAIGN_ACTION,
            who=sa.and_(who, may_see(campaign)),
            facts={**facts_of(campaign), "reason": reason},
            weight=Weight.ACT,
        )
    ]


def _publishers(campaign: Campaign) -> sa.ColumnElement[bool]:
    """Administrators, and heads and approvers of the secretariat, who have written none of it."""
    signs = sa.and_(Membership.role == Role.SECRETARIAT, sa.or_(Membership.is_head, Membership.is_approver))
    return sa.and_(
        sa.or_(Membership.role == Role.ADMIN, signs),
        Membership.person_id.not_in({campaign.author_person_id, campaign.editor_person_id}),
    )


def _writers(campaign: Campaign) -> sa.ColumnElement[bool]:
    """The author and everybody who has edited it."""
    wrote = sa.select(EventRecord.actor_person_id).where(
        EventRecord.subject_kind == CampaignEvent.subject,
        EventRecord.subject_id == campaign.id,
        EventRecord.kind.in_((CampaignDrafted.kind(), CampaignEdited.kind())),
        EventRecord.actor_person_id.is_not(None),
    )
    named = Membership.person_id.in_({campaign.author_person_id, campaign.editor_person_id})
    return sa.or_(named, Membership.person_id.in_(wrote))


def _publication(campaign: Campaign) -> list[Telling]:
    """The bodies are asked; prefectures and liaisons are let know, but of a drill."""
    body = Telling(
        reason="recipient",
        topic=Topic.CAMPAIGN_ACTION,
        who=sa.and_(of_bodies(campaign), those_who_answer(campaign)),
        facts={**facts_of(campaign), "reason": "recipient", "page": "answers"},
        weight=Weight.ACT,
        due_on=campaign.survey_due_on,
    )
    return [body, *_let_know(campaign)]


def _later_due(campaign: Campaign, event: CampaignDueExtended) -> list[Telling]:
    """For information: all bodies of the due that stands; put off once more meanwhile, the later event tells it."""
    if campaign.survey_due_on is None or campaign.survey_due_on.isoformat() != event.due_on:
        return []
    facts = {**facts_of(campaign), "before_on": event.before_on}
    groups = [
        ("recipient", sa.and_(of_bodies(campaign), those_who_answer(campaign)), "answers"),
        *((reason, who, "matrix") for reason, who in those_let_know(campaign)),
    ]
    return [
        Telling(
            reason=reason,
            topic=Topic.CAMPAIGN_NEWS,
            who=who,
            facts={**facts, "reason": reason, "page": page},
            due_on=campaign.survey_due_on,
        )
        for reason, who, page in groups
    ]


def _end(campaign: Campaign) -> list[Telling]:
    body = Telling(
        reason="recipient",
        topic=Topic.CAMPAIGN_NEWS,
        who=sa.and_(of_bodies(campaign), those_who_answer(campaign)),
        facts={**facts_of(campaign), "reason": "recipient"},
    )
    return [body, *_let_know(campaign)]


def _let_know(campaign: Campaign) -> list[Telling]:
    return [
        Telling(
            reason=reason,
            topic=Topic.CAMPAIGN_NEWS,
            who=who,
            facts={**facts_of(campaign), "reason": reason, "page": "matrix"},
        )
        for reason, who in those_let_know(campaign)
    ]
