"""Who sees figures and reports of campaigns, and who writes and publishes them (security.md, access matrix)."""

import sqlalchemy as sa

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign
from portal.campaigns.states import OPENED_STATES
from portal.core import clock
from portal.directory.actor import Actor
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.reporting.models import Report
from portal.reporting.states import ReportState

_SEE_EVERYTHING = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.DIVISION, Role.EXECUTIVE})


def can_list(actor: Actor) -> bool:
    """Whoever sees campaigns sees their published reports."""
    return campaign_policy.can_list(actor)


def sees_everything(actor: Actor) -> bool:
    """The headquarters read drafts, and figures from which nothing is left out."""
    return actor.role in _SEE_EVERYTHING


def can_count(actor: Actor) -> bool:
    """Whoever sees bodies one by one counts them as of any date; associations and ministries read the reports."""
    return can_list(actor) and not campaign_policy.can_count(actor)


def can_see_late(actor: Actor) -> bool:
    """Who is late, and who has yet to publish, is for the headquarters, and for liaisons of their bodies."""
    return sees_everything(actor) or actor.role is Role.LIAISON


def can_build(actor: Actor) -> bool:
    """Those who build campaigns write the reports of theirs."""
    return campaign_policy.can_build(actor)


def can_view(actor: Actor, report: Report, *, sees_campaign: bool) -> bool:
    """Published reports are for everybody who sees the campaign; drafts for the headquarters."""
    if sees_everything(actor):
        return True
    return sees_campaign and report.state is ReportState.PUBLISHED


def viewable_by(actor: Actor) -> sa.Select[Report]:
    """The reports that this actor may see: the twin of ``can_view``."""
    select = sa.select(Report)
    if sees_everything(actor):
        return select
    campaigns = campaign_policy.viewable_by(actor).with_only_columns(Campaign.id)
    return select.where(Report.state == ReportState.PUBLISHED, Report.campaign_id.in_(campaigns))


def viewers_of(report: Report, campaign: Campaign) -> sa.Select[Membership]:
    """The memberships holding now that may see it: the twin of ``can_view``."""
    if report.state is ReportState.PUBLISHED:
        return campaign_policy.viewers_of(campaign)
    return sa.select(Membership).where(Membership.role.in_(_SEE_EVERYTHING), Membership.current_at(clock.now()))


def can_draft(actor: Actor, campaign: Campaign) -> bool:
    """Those who run an opened campaign, also after it has ended."""
    return campaign.state in OPENED_STATES and campaign_policy.can_steer(actor, campaign)


def can_edit(actor: Actor, report: Report, campaign: Campaign) -> bool:
    """A draft is changed, counted anew or given up by those who run the campaign."""
    return report.state is ReportState.DRAFT and campaign_policy.can_steer(actor, campaign)


def can_ask_publication(actor: Actor, report: Report, campaign: Campaign) -> bool:
    """Those who change the draft say when it is written."""
    return report.ready_at is None and can_edit(actor, report, campaign)


def can_publish(actor: Actor, report: Report) -> bool:
    """Administrators, and the secretariat's head and approvers, who have written none of it, once they are asked."""
    wrote = not actor.person_ids.isdisjoint({report.author_person_id, report.editor_person_id})
    is_asked = report.state is ReportState.DRAFT and report.ready_at is not None
    return is_asked and campaign_policy.signs(actor) and not wrote


def publishable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The reports that this actor may publish, as a condition: the twin of ``can_publish``."""
    if not campaign_policy.signs(actor):
        return sa.false()
    wrote = sa.or_(Report.author_person_id.in_(actor.person_ids), Report.editor_person_id.in_(actor.person_ids))
    return sa.and_(Report.state == ReportState.DRAFT, Report.ready_at.is_not(None), sa.not_(wrote))


def can_correct(actor: Actor, report: Report, campaign: Campaign) -> bool:
    """A published report is corrected by another one."""
    return report.state is ReportState.PUBLISHED and can_draft(actor, campaign)


def can_take_internal(actor: Actor) -> bool:
    """The edition from which nothing is left out stays in the headquarters."""
    return sees_everything(actor)
