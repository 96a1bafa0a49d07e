"""What the page of one campaign shows, gathered from its parts: each feature adds a panel."""

from typing import Any

from flask import render_template

from portal.addressing.queries import name_lists
from portal.addressing.rule import AddresseeRule
from portal.blueprints.answering.panels import show_answering
from portal.blueprints.decisions.panels import show_decisions
from portal.blueprints.guidance.composing import locale
from portal.blueprints.inspections.panels import show_inspections
from portal.blueprints.reporting.panels import show_reports
from portal.blueprints.workbooks.panels import show_workbooks
from portal.campaigns import policy, queries
from portal.campaigns.content import Fault
from portal.campaigns.figures import count_states
from portal.campaigns.models import Campaign
from portal.campaigns.named import list_named
from portal.campaigns.postponing import list_due_changes
from portal.campaigns.publishing import list_faults
from portal.campaigns.queries import CampaignSheet
from portal.campaigns.states import ANSWERED, OPENED_STATES, EntryState
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.guidance.addressees import describe_with
from portal.guidance.citing import find_cited

_STEPS = (("survey_due_on", N_("回答期限")), ("interim_on", N_("中間報告")), ("final_on", N_("最終報告")))


def show_campaign(actor: Actor, sheet: CampaignSheet) -> str:
    """The page of one campaign, for the role that looks at it. A panel costs at most two statements."""
    campaign = sheet.campaign
    is_opened = campaign.state in OPENED_STATES
    ministries, named = list_named(campaign)
    procedures = queries.list_procedures(campaign)
    counts = count_states(actor, campaign) if is_opened else {}
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        actor=actor,
        policy=policy,
        sheet=sheet,
        is_opened=is_opened,
        due_on=due_of(sheet),
        ministries=ministries,
        procedures=procedures,
        addressees=_in_words(campaign, named),
        timetable=_timetable(campaign),
        paper_id=_find_paper(actor, campaign),
        faults=list_faults(campaign, procedures) if policy.can_edit(actor, campaign) else [],
        mended_at=mended_at,
        due_changes=list_due_changes(campaign) if sheet.is_put_off else [],
        **_figures(counts),
        **show_answering(actor, campaign),
        **show_decisions(actor, campaign),
        **show_inspections(actor, campaign),
        **show_reports(actor, campaign),
        **show_workbooks(actor, campaign),
    )


def due_of(sheet: CampaignSheet) -> Any:
    """Until when the reader's body answers: its own due where it was extended."""
    own = sheet.participation.due_on if sheet.participation is not None else None
    return own or sheet.campaign.survey_due_on


def mended_at(fault: Fault) -> str:
    """The endpoint of the page on which a fault is mended."""
    return f"campaigns.{fault.part}"


def _figures(counts: dict[EntryState, int]) -> dict[str, Any]:
    """Bodies × procedures by state: of those that the reader may see one by one, or of all as figures."""
    return {
        "counts": [(state, count) for state, count in counts.items() if count],
        "answered_count": sum(counts.get(state, 0) for state in ANSWERED),
        "entry_count": sum(counts.values()),
    }


def _in_words(campaign: Campaign, named: Any) -> str:
    rule = AddresseeRule.from_dict(campaign.addressees)
    lists = name_lists((*rule.lists, *rule.exclude_lists))
    return describe_with(rule, locale(), bodies=named, lists=lists, papers={})


def _find_paper(actor: Actor, campaign: Campaign) -> int | None:
    """The paper that asks, where the number names one that the reader may see. One statement at most."""
    found = find_cited(actor, [campaign.document_number]).get(campaign.document_number)
    return found.guidance_id if found is not None else None


def _timetable(campaign: Campaign) -> list[tuple[str, Any, bool]]:
    """(step, date, is over) of the dates that are set."""
    today = japan_date(clock.now())
    dated = [(label, getattr(campaign, name)) for name, label in _STEPS]
    return [(label, on, on < today) for label, on in dated if on is not None]
