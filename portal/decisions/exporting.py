"""Decisions as a table file: exactly those that the actor may see and has chosen."""

from collections.abc import Callable

from portal.campaigns.models import Campaign
from portal.core.calendar import japan_datetime
from portal.core.events import emit
from portal.core.i18n import N_
from portal.decisions import policy
from portal.decisions.events import DecisionsExported
from portal.decisions.queries import DecisionFilter, list_all_decisions
from portal.decisions.rules.facts import Facts
from portal.decisions.states import Cause, Outcome
from portal.directory.actor import Actor
from portal.directory.authorize import authorize

COLUMNS = (
    N_("団体コード"),
    N_("団体"),
    N_("事務"),
    N_("判定結果"),
    N_("判定基準による判定"),
    N_("適用した行"),
    N_("理由"),
    N_("個別の決定の理由"),
    N_("判定の日時"),
)


def export_decisions(
    actor: Actor, campaign: Campaign, wanted: DecisionFilter, explain: Callable[[int, Outcome, Facts], str]
) -> list[list[str]]:
    """The rows under COLUMNS, by body and procedure; ``explain`` puts a reason into words. That they were taken is
    recorded. Raises Forbidden."""
    authorize(policy.can_list, actor, campaign)
    rows = [
        [
            code, name, procedure, outcome.label("ja"), by_rule.label("ja"), str(row),
            explain(row, by_rule, Facts.from_dict(facts)), reason if cause is Cause.OVERRIDE else "",
            japan_datetime(decided_at).strftime("%Y-%m-%d %H:%M"),
        ]
        for code, name, procedure, outcome, by_rule, row, facts, cause, reason, decided_at in list_all_decisions(
            actor, campaign, wanted
        )
    ]  # fmt: skip
    emit(actor, DecisionsExported(campaign_id=campaign.id, count=len(rows)))
    return rows
