"""Deciding otherwise than the rule, with a reason that stays visible, and taking that back."""

import sqlalchemy as sa

from portal.campaigns.models import Campaign, Entry
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.decisions import policy
from portal.decisions.events import DecisionOverridden, DecisionOverrideLifted
from portal.decisions.models import Decision
from portal.decisions.queries import find_current
from portal.decisions.service import replace_decision
from portal.decisions.states import DECIDABLE, Cause, Outcome
from portal.directory.actor import Actor
from portal.directory.authorize import authorize

LONGEST_REASON = 1_000
_MEANWHILE = N_("ほかの方が先に判定を変えました。いまの判定を確かめてから、もう一度決定してください。")


def override_decision(
    actor: Actor,
    campaign: Campaign,
    entry: Entry,
    *,
    outcome: Outcome,
    reason: str,
    seen_id: int | None = None,
    my_number_confirmed: bool = False,
) -> Decision:
    """Decide otherwise than the rule, with a reason that stays visible.

    ``seen_id`` is the decision that the writer saw: who comes second is told. Raises Forbidden, Invalid at ``reason``
    or ``outcome``, Conflict when somebody was faster.
    """
    authorize(policy.can_override, actor, campaign)
    my_number.check_text("reason", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("判定を変える理由を入力してください。"), field="reason")
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(N_("%(n)s文字以内で入力してください。"), field="reason", n=LONGEST_REASON)
    current = _hold_current(entry, seen_id)
    _check_outcome(current, outcome)
    found = replace_decision(
        current,
        _again(current, cause=Cause.OVERRIDE, outcome=outcome, reason=reason.strip(), signature=actor.signature),
    )
    emit(
        actor,
        DecisionOverridden(
            campaign_id=campaign.id, entry_id=entry.id, outcome=outcome.value, organisation_id=entry.organisation_id
        ),
    )
    return found


def lift_override(actor: Actor, campaign: Campaign, entry: Entry, *, seen_id: int | None = None) -> Decision:
    """Let the rule's decision stand again. Raises Conflict when nobody had overridden it, or somebody was faster."""
    authorize(policy.can_override, actor, campaign)
    current = _hold_current(entry, seen_id)
    if not current.is_override:
        raise Conflict(N_("個別の決定はされていません。"))
    found = replace_decision(
        current, _again(current, cause=Cause.RELEASE, outcome=current.by_rule, signature=actor.signature)
    )
    emit(
        actor,
        DecisionOverrideLifted(
            campaign_id=campaign.id,
            entry_id=entry.id,
            outcome=found.outcome.value,
            organisation_id=entry.organisation_id,
        ),
    )
    return found


def _hold_current(entry: Entry, seen_id: int | None) -> Decision:
    """The decision that stands once whoever came first has finished."""
    db.session.execute(sa.select(Entry.id).where(Entry.id == entry.id).with_for_update())
    current = find_current(entry.id)
    if current is None:
        raise Conflict(N_("まだ判定されていません。"))
    if seen_id is not None and current.id != seen_id:
        raise Conflict(_MEANWHILE)
    return current


def _check_outcome(current: Decision, outcome: Outcome) -> None:
    if outcome not in DECIDABLE:
        raise Invalid(N_("一覧から選んでください。"), field="outcome")
    if outcome is current.outcome:
        raise Invalid(N_("いまの判定と同じです。"), field="outcome")
    if outcome is Outcome.EXEMPT and current.by_rule is Outcome.UNDETERMINED:
        raise Invalid(N_("回答のないものを点検不要にすることはできません。"), field="outcome")


def _again(current: Decision, *, cause: Cause, outcome: Outcome, signature: str, reason: str = "") -> Decision:
    return Decision(
        campaign_id=current.campaign_id, entry_id=current.entry_id, procedure_id=current.procedure_id,
        rule=current.rule, row=current.row, by_rule=current.by_rule, outcome=outcome, facts=current.facts,
        cause=cause, reason=reason, decided_signature=signature, decided_at=clock.now(),
    )  # fmt: skip
