"""Deciding everything again: by another version of the rule, or with other exceptions, after a look at what changes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from portal.campaigns.models import Campaign, Procedure
from portal.campaigns.queries import list_procedures
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.decisions import policy
from portal.decisions.events import DecisionsRecalculated, ExceptionsListed
from portal.decisions.judging import list_decided
from portal.decisions.rules.table import RULES
from portal.decisions.service import decide_all
from portal.decisions.states import TO_INSPECT, Cause, Outcome
from portal.directory.actor import Actor
from portal.directory.authorize import authorize


@dataclass(frozen=True, kw_only=True)
class Change:
    """What another version of the rule would change: so many decisions of a procedure from one outcome to another."""

    procedure: Procedure
    before: Outcome | None
    after: Outcome
    entry_ids: Sequence[int]

    @property
    def count(self) -> int:
        return len(self.entry_ids)

    @property
    def ends_inspection(self) -> bool:
        """Whether what had to be inspected has not any more."""
        return self.before in TO_INSPECT and self.after not in TO_INSPECT


def preview_rule(campaign: Campaign, rule: str) -> list[Change]:
    """What choosing the version would change, by procedure; what was overridden stays and is not counted."""
    procedures = list_procedures(campaign)
    found: defaultdict[tuple[int, Outcome | None, Outcome], list[int]] = defaultdict(list)
    for each in list_decided(campaign, rule):
        if each.before is not each.after:
            found[each.procedure_id, each.before, each.after].append(each.entry_id)
    return [
        Change(procedure=procedure, before=before, after=after, entry_ids=entry_ids)
        for procedure in procedures
        for (procedure_id, before, after), entry_ids in sorted(found.items(), key=lambda each: -len(each[1]))
        if procedure_id == procedure.id
    ]


def choose_rule(actor: Actor, campaign: Campaign, rule: str, *, version: int | None = None) -> int:
    """Decide everything by another version; how many came out differently.

    Raises Forbidden, Invalid at ``rule``, Conflict on a stale version.
    """
    authorize(policy.can_recalculate, actor, campaign)
    campaign.check_version(version)
    if rule not in RULES:
        raise Invalid(N_("判定基準を選んでください。"), field="rule")
    campaign.rule = rule
    db.session.flush()
    changed = decide_all(campaign, Cause.RECALCULATION)
    emit(actor, DecisionsRecalculated(campaign_id=campaign.id, rule=rule, changed=changed))
    return changed


def keep_exceptions(actor: Actor, campaign: Campaign, codes: Sequence[str], *, version: int | None = None) -> int:
    """List the bodies for which linkage with the resident register does not exempt, and decide everything again.

    How many came out differently. Raises Forbidden, Invalid at ``codes`` when nothing changes, Conflict on a stale
    version.
    """
    authorize(policy.can_except, actor, campaign)
    campaign.check_version(version)
    listed = sorted(set(codes))
    if listed == sorted(campaign.juki_exceptions):
        raise Invalid(N_("例外とする団体は、いまと同じです。"), field="codes")
    campaign.juki_exceptions = listed
    db.session.flush()
    changed = decide_all(campaign, Cause.RECALCULATION)
    emit(actor, ExceptionsListed(campaign_id=campaign.id, codes=tuple(listed), changed=changed))
    return changed
