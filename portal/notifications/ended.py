"""Lines that ask for what nobody is to do any more: of reviews that are over, papers in force no more, campaigns that
ended, dues answered."""

from collections.abc import Collection

import sqlalchemy as sa

from portal.campaigns.dues import owes_answers
from portal.campaigns.models import Campaign, Participation
from portal.campaigns.states import CampaignState
from portal.circulation.models import Circulation, PassedPaper
from portal.core import clock
from portal.core.db import db
from portal.directory.models import Membership
from portal.drafting.events import GuidanceIssuedUrgently
from portal.forwarding.events import GuidanceForwarded, SupplementAdded
from portal.guidance.events import (
    GuidanceIssued,
    GuidanceReturned,
    GuidanceSentForReview,
    ReviewStepAsked,
    ReviewStepMarked,
)
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import ENDED_STATES, OPEN_RESPONSES, GuidanceState
from portal.inspections.events import LeakReported, MislinkReported
from portal.notifications.models import Notification
from portal.reminders.events import BodiesReminded, CampaignBodiesReminded
from portal.reminders.queries import silent

_OF_REVIEW = (GuidanceSentForReview.kind(), ReviewStepAsked.kind(), ReviewStepMarked.kind())
# What went out before its approval is approved later all the same, and a leak is to be looked into.
_STILL_ASK = frozenset({GuidanceIssuedUrgently.kind(), LeakReported.kind(), MislinkReported.kind()})


def asks_in_vain() -> sa.ColumnElement[bool]:
    """Whether a line asks for, or sets a day for, what nobody is to do any more, as a condition on Notification."""
    ended = Guidance.state.in_(ENDED_STATES)
    about = Notification.subject_id
    is_over = sa.or_(
        ended,
        sa.and_(Notification.kind.in_(_OF_REVIEW), Guidance.state != GuidanceState.REVIEW),
        sa.and_(Notification.kind == GuidanceReturned.kind(), Guidance.state != GuidanceState.DRAFT),
    )
    of_papers = sa.exists().where(Guidance.id == about, is_over)
    of_circulations = sa.exists().where(Circulation.id == about, Circulation.guidance_id == Guidance.id, ended)
    of_campaigns = sa.exists().where(Campaign.id == about, Campaign.state == CampaignState.CLOSED)
    of_passed = sa.exists().where(PassedPaper.id == about, PassedPaper.guidance_id == Guidance.id, ended)
    return sa.and_(
        sa.or_(Notification.needs_action, Notification.due_on.is_not(None)),
        Notification.kind.not_in(_STILL_ASK),
        sa.or_(
            sa.and_(Notification.subject_kind == "guidance", of_papers),
            sa.and_(Notification.subject_kind == "campaign", of_campaigns),
            sa.and_(Notification.subject_kind == "circulation", of_circulations),
            sa.and_(Notification.subject_kind == "passed_paper", of_passed),
            _reminds_of_what_is_answered(),
        ),
    )


def _reminds_of_what_is_answered() -> sa.ColumnElement[bool]:
    """Of reminders to the bodies themselves, which alone name the due: no body of the reader's owes an answer now."""
    of_reader = sa.and_(Membership.person_id == Notification.person_id, Membership.current_at(clock.now()))
    owed_to_paper = sa.exists().where(
        Guidance.id == Notification.subject_id,
        Recipient.guidance_id == Guidance.id,
        silent(),
        Membership.organisation_id == Recipient.organisation_id,
        of_reader,
    )
    owed_to_campaign = sa.exists().where(
        Campaign.id == Notification.subject_id,
        Participation.campaign_id == Campaign.id,
        owes_answers(),
        Membership.organisation_id == Participation.organisation_id,
        of_reader,
    )
    return sa.and_(
        Notification.due_on.is_not(None),
        sa.or_(
            sa.and_(Notification.kind == BodiesReminded.kind(), sa.not_(owed_to_paper)),
            sa.and_(Notification.kind == CampaignBodiesReminded.kind(), sa.not_(owed_to_campaign)),
        ),
    )


def is_settled() -> sa.ColumnElement[bool]:
    """Whether a line tells of a paper, or a supplement, that the reader's bodies received and answered since.

    Such a line is still worth reading, and its mail worth sending: it asks for nothing any more.
    """
    own = sa.and_(
        Recipient.guidance_id == Notification.subject_id,
        Membership.organisation_id == Recipient.organisation_id,
        Membership.person_id == Notification.person_id,
        Membership.current_at(clock.now()),
    )
    owes = sa.or_(Recipient.received_at.is_(None), Recipient.response.in_(OPEN_RESPONSES))
    return sa.and_(
        Notification.kind.in_((GuidanceIssued.kind(), GuidanceForwarded.kind(), SupplementAdded.kind())),
        Notification.subject_kind == GuidanceIssued.subject,
        sa.exists().where(own),
        sa.not_(sa.exists().where(own, owes)),
    )


def list_in_vain(line_ids: Collection[int]) -> set[int]:
    """The ids of those lines that ask in vain. One statement, none for no lines."""
    if not line_ids:
        return set()
    return set(db.session.scalars(sa.select(Notification.id).where(Notification.id.in_(line_ids), asks_in_vain())))
