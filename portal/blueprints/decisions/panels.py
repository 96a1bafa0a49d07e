"""What the page of a campaign says of its decisions: how many there are of each, and the paper with the targets."""

from typing import Any

from portal.blueprints.decisions.publishing import is_unissued
from portal.campaigns.models import Campaign
from portal.campaigns.states import OPENED_STATES
from portal.decisions import papers, policy
from portal.decisions.states import Outcome
from portal.decisions.targets import count_differing, list_differences, summarise
from portal.directory.actor import Actor
from portal.guidance.models import Guidance
from portal.guidance.queries import find_guidance_by_ids

_TOLD = 30
_TO_DO_FIRST = (Outcome.REQUIRED, Outcome.INDIVIDUAL, Outcome.REVIEW, Outcome.UNDETERMINED)
_ORDER = (*_TO_DO_FIRST, *(each for each in Outcome if each not in _TO_DO_FIRST))


def show_decisions(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    """The figures and the paper that tells the targets; whoever runs the campaign is told where it differs.

    One statement, two where there is a paper, three while it is a draft; none for who sees no decisions.
    """
    if campaign.state not in OPENED_STATES or not (policy.can_see(actor) and policy.can_list(actor, campaign)):
        return {"decision_counts": [], "target_paper": None, "target_differences": [], "is_drafted": False}
    summary = summarise(actor, campaign)
    ids = [] if summary.guidance_id is None else [summary.guidance_id]
    paper = next(iter(find_guidance_by_ids(actor, ids)), None)
    is_drafted = is_unissued(paper)
    tells = is_drafted and policy.can_publish_targets(actor, campaign)
    return {
        "decision_counts": [(each, summary.outcomes[each]) for each in _ORDER if summary.outcomes.get(each)],
        "target_paper": paper,
        "is_drafted": is_drafted,
        "target_differences": list_differences(campaign, limit=_TOLD) if tells else [],
    }


def find_stale_list(guidance: Guidance) -> dict[str, Any] | None:
    """To whoever signs a paper: of how many bodies the list in it does not say what is decided now. Two statements.

    One for every paper that has no list.
    """
    found = papers.find_list_of(guidance.id)
    count = 0 if found is None else count_differing(*found)
    return None if found is None or count == 0 else {"campaign": found[1], "count": count}


def show_listed(actor: Actor, guidance: Guidance, *, is_linked: bool) -> dict[str, Any]:
    """On the page of a paper with a list of targets the lines of the reader's own body, or how many bodies it reads.

    One statement; none for a paper that is not linked with a campaign, as one with a list is.
    """
    nothing: dict[str, Any] = {"target_list": None, "listed": None, "listed_count": 0}
    if not is_linked:
        return nothing
    if actor.is_local and not actor.is_prefecture:
        own = papers.find_own_of(actor, guidance.id)
        if own is None:
            return nothing
        targets, campaign, body = own
        return {"target_list": targets, "target_campaign": campaign, "listed": body, "listed_count": 1}
    found = papers.find_counted_list_of(actor, guidance.id)
    if found is None:
        return nothing
    targets, campaign, count = found
    seen = count if policy.can_see(actor) else 0
    return {"target_list": targets, "target_campaign": campaign, "listed": None, "listed_count": seen}
