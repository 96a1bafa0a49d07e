"""The issues and campaigns that a paper came of, composed from them and links; no feature knows another."""

from collections.abc import Sequence
from typing import Any

from portal.blueprints.decisions.panels import show_listed
from portal.campaigns.models import Campaign
from portal.campaigns.queries import find_campaigns_by_ids
from portal.directory.actor import Actor
from portal.guidance.models import Guidance
from portal.issues.models import Issue
from portal.issues.queries import get_issue, list_linked_issues, list_linked_waiting
from portal.issues.states import Holder
from portal.links.models import LinkRelation
from portal.links.queries import linked_ids, list_linked
from portal.links.service import add_link

_HEADQUARTERS = (Holder.LIAISON, Holder.SECRETARIAT, Holder.DIVISION)


def find_source(actor: Actor, number: str | None) -> Issue | None:
    """The issue that the address names, if any. Raises NotFound when the actor may not see it."""
    return get_issue(actor, number) if number else None


def title_from(source: Issue) -> str:
    """A title to begin with, in Japanese for every writer as the paper is."""
    return f"{source.title[:196]}について"


def link_to(actor: Actor, guidance: Guidance, source: Issue | None) -> None:
    """Say that the paper came of the issue. Beginning the draft is the event; the link is part of it."""
    if source is not None:
        add_link(actor, ("guidance", guidance.id), ("issue", source.id), LinkRelation.DERIVED)


def list_owed(actor: Actor, guidance: Guidance) -> Sequence[Issue]:
    """To the headquarters: the linked issues that wait for it, the longest waiting first. One statement."""
    if not actor.is_headquarters:
        return []
    return list_linked_waiting(actor, linked_ids("guidance", guidance.id, "issue"), _HEADQUARTERS)


def show_sources(actor: Actor, guidance: Guidance) -> dict[str, Any]:
    """The linked issues and campaigns that this actor may see, but for questions on it, and the list of targets in it.

    One statement, and one for each kind of which there are some; a reader of the list learns the campaign with it.
    """
    ids = list_linked("guidance", guidance.id, without=LinkRelation.FOLLOW_UP)
    linked = ids.get("campaign", [])
    listed = show_listed(actor, guidance, is_linked=bool(linked))
    campaigns = _campaigns_of(actor, linked, listed)
    return {
        "issues": list_linked_issues(actor, ids.get("issue", [])),
        "campaigns": campaigns,
        **(listed if campaigns else show_listed(actor, guidance, is_linked=False)),
    }


def _campaigns_of(actor: Actor, linked: list[int], listed: dict[str, Any]) -> Sequence[Campaign]:
    """The linked campaigns that the actor may see: whoever sees lines of a campaign's list sees the campaign."""
    campaign: Campaign | None = listed.get("target_campaign")
    if campaign is not None and listed["listed_count"] and linked == [campaign.id]:
        return [campaign]
    return find_campaigns_by_ids(actor, linked)
