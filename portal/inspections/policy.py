"""Who reads the progress of inspections, and who enters it."""

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.states import CampaignKind, CampaignState
from portal.decisions.states import TO_INSPECT, Outcome
from portal.directory.actor import Actor


def can_list(actor: Actor) -> bool:
    """Whoever sees bodies one by one; associations and ministries get figures of all in the reports."""
    return campaign_policy.can_list(actor) and not campaign_policy.can_count(actor)


def is_open(campaign: Campaign, outcome: Outcome | None, *, is_begun: bool = False) -> bool:
    """Whether progress is taken: the inspection runs, and the decision that stands says to inspect.

    What is begun may be finished whatever is decided since: mislinks and leaks that were found stay to be settled.
    """
    is_running = campaign.kind is CampaignKind.INSPECTION and campaign.state is CampaignState.PUBLISHED
    return is_running and (is_begun or outcome in TO_INSPECT)


def enters_as_body(actor: Actor, entry: Entry) -> bool:
    """Members of the body itself."""
    return actor.is_local and actor.organisation_id == entry.organisation_id


def can_enter(
    actor: Actor, campaign: Campaign, entry: Entry, outcome: Outcome | None, *, is_begun: bool = False
) -> bool:
    """The body, and with a reason the office that runs the campaign, the secretariat and administrators."""
    may = enters_as_body(actor, entry) or campaign_policy.can_steer(actor, campaign)
    return may and is_open(campaign, outcome, is_begun=is_begun)


def can_enter_on_form(actor: Actor, campaign: Campaign, entry: Entry, outcome: Outcome | None) -> bool:
    """In a form that is filled in for many: with a reason also the prefecture, for its municipalities."""
    if can_enter(actor, campaign, entry, outcome):
        return True
    is_area = actor.is_local and actor.is_prefecture and entry.prefecture_code == actor.prefecture_code
    return is_area and is_open(campaign, outcome)


def can_raise_issue(actor: Actor, campaign: Campaign, entry: Entry) -> bool:
    """The body may report what it found as an issue, too; what a drill makes up is none."""
    return enters_as_body(actor, entry) and not campaign.is_drill
