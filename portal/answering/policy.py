"""Who answers, submits, compiles and sends back, who gives what to which section, and who grants a later due."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.answering.models import AnswerAssignment, DueExtension
from portal.answering.states import ExtensionState
from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.states import ANSWERABLE, ANSWERED, CampaignState, EntryState
from portal.directory.actor import Actor
from portal.directory.roles import MUNICIPALITIES, Role


def is_body(actor: Actor) -> bool:
    """Members of local governments answer."""
    return actor.is_local


def can_answer(actor: Actor, campaign: Campaign, entry: Entry) -> bool:
    """Members of the body, while the campaign runs and the entry is not with somebody else."""
    return _is_own(actor, campaign, entry.organisation_id) and entry.state in ANSWERABLE


def can_answer_for(actor: Actor, campaign: Campaign, entry: Entry) -> bool:
    """On a form that is filled in for many: the body itself, and its prefecture for it."""
    if can_answer(actor, campaign, entry):
        return True
    is_area = can_compile(actor, campaign) and entry.prefecture_code == actor.prefecture_code
    return is_area and entry.state in ANSWERABLE


def can_submit(actor: Actor, campaign: Campaign, entry: Entry) -> bool:
    """The body's manager confirms and submits."""
    return can_answer(actor, campaign, entry) and actor.role is Role.LOCAL_MANAGER


def can_submit_several(actor: Actor, campaign: Campaign, entries: Sequence[Entry]) -> bool:
    """The manager, of procedures that are all the body's own; those that cannot be submitted are passed over."""
    return actor.role is Role.LOCAL_MANAGER and all(_is_own(actor, campaign, each.organisation_id) for each in entries)


def can_take_back(actor: Actor, campaign: Campaign, entry: Entry) -> bool:
    """The manager takes a submission back until the prefecture has forwarded it."""
    is_theirs = _is_own(actor, campaign, entry.organisation_id) and actor.role is Role.LOCAL_MANAGER
    return is_theirs and entry.state is EntryState.SUBMITTED


def can_keep_reply(actor: Actor, campaign: Campaign, participation: Participation) -> bool:
    """Members of the body keep the number and date of its official reply, and where it published."""
    return _is_own(actor, campaign, participation.organisation_id)


def compiles(actor: Actor) -> bool:
    """Members of prefectures have municipalities whose answers they compile."""
    return actor.is_local and actor.is_prefecture


def can_compile(actor: Actor, campaign: Campaign) -> bool:
    """Members of a prefecture compile what its municipalities submitted."""
    return campaign.state is CampaignState.PUBLISHED and compiles(actor)


def can_forward(actor: Actor, campaign: Campaign, entry: Entry, *, is_prefecture: bool) -> bool:
    """取りまとめ: the prefecture, of a submitted entry of one of its municipalities."""
    return _compiles(actor, campaign, entry, is_prefecture) and entry.state is EntryState.SUBMITTED


def can_return(actor: Actor, campaign: Campaign, entry: Entry, *, is_prefecture: bool) -> bool:
    """差戻し: the prefecture before it has forwarded, and those who run the campaign at any time."""
    if campaign.state is not CampaignState.PUBLISHED or entry.state not in ANSWERED:
        return False
    if campaign_policy.can_steer(actor, campaign):
        return True
    return can_forward(actor, campaign, entry, is_prefecture=is_prefecture)


def can_ask_extension(actor: Actor, campaign: Campaign, participation: Participation | None) -> bool:
    """Members of an addressed body of a campaign that runs and has a due."""
    return (
        participation is not None
        and campaign.survey_due_on is not None
        and _is_own(actor, campaign, participation.organisation_id)
    )


def can_withdraw_extension(actor: Actor, campaign: Campaign, extension: DueExtension) -> bool:
    """Members of the body that asked, while nobody has decided."""
    return extension.state is ExtensionState.ASKED and _is_own(actor, campaign, extension.participation.organisation_id)


def can_decide_extension(actor: Actor, campaign: Campaign, extension: DueExtension) -> bool:
    """Those who run the campaign."""
    return (
        campaign.state is CampaignState.PUBLISHED
        and extension.state is ExtensionState.ASKED
        and campaign_policy.can_steer(actor, campaign)
    )


def can_assign(actor: Actor, campaign: Campaign, entry: Entry) -> bool:
    """庁内展開: members of the body give what is still to answer to its sections."""
    return can_answer(actor, campaign, entry)


def can_assign_all(actor: Actor, campaign: Campaign, entries: Sequence[Entry]) -> bool:
    """The same of several."""
    return campaign.state is CampaignState.PUBLISHED and all(can_assign(actor, campaign, each) for each in entries)


def can_mark_ready(actor: Actor, campaign: Campaign, assignment: AnswerAssignment) -> bool:
    """The section itself, whoever sits there now, and the body's manager."""
    is_theirs = actor.section_id == assignment.section_id or actor.role is Role.LOCAL_MANAGER
    return is_theirs and can_answer(actor, campaign, assignment.entry)


def assignments_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """What a body gave to its sections only the body sees, as a condition on entries joined to assignments."""
    return Entry.organisation_id == actor.organisation_id if actor.is_local else sa.false()


def can_export(actor: Actor, campaign: Campaign) -> bool:
    """Whoever sees bodies × procedures takes them out as a file; executives read only."""
    return can_see_matrix(actor, campaign) and actor.role is not Role.EXECUTIVE


def can_decide_extensions(actor: Actor, campaign: Campaign) -> bool:
    """Those who run the campaign, while it runs."""
    return campaign.state is CampaignState.PUBLISHED and campaign_policy.can_steer(actor, campaign)


def can_see_matrix(actor: Actor, campaign: Campaign) -> bool:
    """Headquarters, liaisons and prefectures see bodies × procedures; a body sees its own on its page."""
    if campaign_policy.can_count(actor):
        return False
    return actor.is_headquarters or actor.is_prefecture


def _is_own(actor: Actor, campaign: Campaign, organisation_id: int) -> bool:
    return campaign.state is CampaignState.PUBLISHED and actor.is_local and organisation_id == actor.organisation_id


def _compiles(actor: Actor, campaign: Campaign, entry: Entry, is_prefecture: bool) -> bool:
    return (
        can_compile(actor, campaign)
        and not is_prefecture
        and actor.organisation_kind not in MUNICIPALITIES
        and entry.prefecture_code == actor.prefecture_code
    )
