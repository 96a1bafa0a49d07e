"""Deciding by the campaign's rule, deciding otherwise with a reason, and deciding all again by another version."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.campaigns.answers import keep_shown, needed_for
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.campaigns.queries import list_procedures, list_questions
from portal.campaigns.states import ANSWERED, EntryState
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.decisions import policy
from portal.decisions.events import DecisionOverridden, DecisionOverrideLifted, DecisionsRecalculated
from portal.decisions.models import Decision
from portal.decisions.queries import find_current
from portal.decisions.reading import FACT_CODES, read_facts
from portal.decisions.rules.deciding import Rule
from portal.decisions.rules.facts import Facts, Verdict
from portal.decisions.rules.table import RULES
from portal.decisions.states import Cause, Outcome
from portal.directory.actor import Actor
from portal.directory.authorize import authorize

_BATCH = 2_000


@dataclass(frozen=True, kw_only=True)
class Change:
    """What another version of the rule would change: so many decisions of a procedure from one outcome to another."""

    procedure: Procedure
    before: Outcome | None
    after: Outcome
    count: int


def decide_entry(campaign: Campaign, entry: Entry) -> Decision | None:
    """Decide an entry from its answers; nothing is written where the decision stays what it was.

    What is not submitted, or was taken back, is undetermined. The entry's procedure and participation are loaded.
    None for a campaign without a rule. An override stays what counts until it is lifted; beside it stands what the
    rule says now.
    """
    if campaign.rule is None:
        return None
    is_submitted = entry.state in ANSWERED
    answers = keep_shown(list_questions(campaign, entry.procedure), entry.answers) if is_submitted else {}
    facts = read_facts(
        entry.procedure, answers, is_juki_excepted=_is_excepted(campaign, entry.participation.organisation_code)
    )
    return _record(campaign, entry.id, find_current(entry.id), facts, Cause.ANSWER)


def override_decision(actor: Actor, campaign: Campaign, entry: Entry, *, outcome: Outcome, reason: str) -> Decision:
    """Decide otherwise than the rule, with a reason that stays visible. Raises Forbidden, Invalid at ``reason``."""
    authorize(policy.can_override, actor, campaign)
    my_number.check_text("reason", reason)
    if not reason.strip():
        raise Invalid(N_("判定を変える理由を入力してください。"), field="reason")
    current = find_current(entry.id, lock=True)
    if current is None:
        raise Conflict(N_("まだ判定されていません。"))
    found = _replace(current, cause=Cause.OVERRIDE, outcome=outcome, reason=reason.strip(), signature=actor.signature)
    emit(
        actor,
        DecisionOverridden(
            campaign_id=campaign.id, entry_id=entry.id, outcome=outcome.value, organisation_id=entry.organisation_id
        ),
    )
    return found


def lift_override(actor: Actor, campaign: Campaign, entry: Entry) -> Decision:
    """Let the rule's decision stand again. Raises Conflict when nobody had overridden it."""
    authorize(policy.can_override, actor, campaign)
    current = find_current(entry.id, lock=True)
    if current is None or not current.is_override:
        raise Conflict(N_("個別の決定はされていません。"))
    found = _replace(current, cause=Cause.RELEASE, outcome=current.by_rule, signature=actor.signature)
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


def decide_all(campaign: Campaign, cause: Cause = Cause.ANSWER) -> int:
    """Decide every entry by the campaign's rule, in a few statements; how many came out differently than before.

    What stands unsubmitted is undetermined, unless the procedure alone decides.
    """
    if campaign.rule is None:
        return 0
    changed, now = 0, clock.now()
    for batch in _batches(_list_decided(campaign, campaign.rule)):
        moved = [each for each in batch if each.is_new]
        superseded = [each.decision_id for each in moved if each.decision_id is not None]
        for ids in _batches(iter(superseded)):
            db.session.execute(sa.update(Decision).where(Decision.id.in_(ids)).values(superseded_at=now))
        rows = [each.as_row(campaign, cause, now) for each in moved]
        if rows:
            db.session.connection().execute(sa.insert(Decision.__table__), rows)  # type: ignore[arg-type]
        changed += sum(each.before is not each.after for each in moved)
    return changed


def preview_rule(campaign: Campaign, rule: str) -> list[Change]:
    """What choosing the version would change, by procedure; what was overridden stays and is not counted."""
    procedures = list_procedures(campaign)
    counts: Counter[tuple[int, Outcome | None, Outcome]] = Counter(
        (each.procedure_id, each.before, each.after)
        for each in _list_decided(campaign, rule)
        if each.before is not each.after
    )
    return [
        Change(procedure=procedure, before=before, after=after, count=count)
        for procedure in procedures
        for (procedure_id, before, after), count in sorted(counts.items(), key=lambda each: -each[1])
        if procedure_id == procedure.id
    ]


def choose_rule(actor: Actor, campaign: Campaign, rule: str, *, version: int | None = None) -> int:
    """Decide everything by another version. Raises Forbidden, Invalid at ``rule``, Conflict on a stale version."""
    authorize(policy.can_recalculate, actor, campaign)
    campaign.check_version(version)
    if rule not in RULES:
        raise Invalid(N_("判定基準を選んでください。"), field="rule")
    campaign.rule = rule
    db.session.flush()
    changed = decide_all(campaign, Cause.RECALCULATION)
    emit(actor, DecisionsRecalculated(campaign_id=campaign.id, rule=rule, changed=changed))
    return changed


@dataclass(frozen=True, kw_only=True)
class _Decided:
    """An entry as a rule decides it, beside how it was decided before."""

    entry_id: int
    procedure_id: int
    decision_id: int | None
    before: Outcome | None
    after: Outcome
    rule: str
    verdict: Verdict
    facts: dict[str, Any]
    cause: Cause | None
    reason: str
    signature: str
    is_new: bool

    def as_row(self, campaign: Campaign, cause: Cause, now: datetime) -> dict[str, Any]:
        is_kept = self.cause is Cause.OVERRIDE
        return {
            "campaign_id": campaign.id, "entry_id": self.entry_id, "rule": self.rule, "row": self.verdict.row,
            "by_rule": self.verdict.outcome, "outcome": self.after, "facts": self.facts,
            "cause": Cause.OVERRIDE if is_kept else cause, "reason": self.reason if is_kept else "",
            "decided_at": now, "decided_signature": self.signature if is_kept else "",
        }  # fmt: skip


def _list_decided(campaign: Campaign, rule_name: str) -> Iterator[_Decided]:
    judge = _Judge(campaign, RULES[rule_name])
    select = (
        sa.select(
            Entry.id, Entry.procedure_id, Entry.state, Entry.answers, Participation.organisation_code, Decision.id,
            Decision.outcome, Decision.rule, Decision.row, Decision.by_rule, Decision.facts, Decision.cause,
            Decision.reason, Decision.decided_signature,
        )
        .join(Participation, Participation.id == Entry.participation_id)
        .outerjoin(Decision, sa.and_(Decision.entry_id == Entry.id, Decision.superseded_at.is_(None)))
        .where(Entry.campaign_id == campaign.id)
        .order_by(Entry.id)
    )  # fmt: skip
    for (entry_id, procedure_id, state, answers, code, decision_id, outcome, decided_by, row, by_rule, known, cause,
         reason, signature) in db.session.execute(select).all():  # fmt: skip
        if state is EntryState.RETURNED and known is not None:  # what the body changes meanwhile is not submitted yet
            verdict, facts = judge.judge_again(known, code)
        else:
            verdict, facts = judge.judge(procedure_id, answers if state in ANSWERED else {}, code)
        stays = (decided_by, row, by_rule) == (rule_name, verdict.row, verdict.outcome) and known == facts
        yield _Decided(
            entry_id=entry_id, procedure_id=procedure_id, decision_id=decision_id, before=outcome,
            after=outcome if cause is Cause.OVERRIDE else verdict.outcome, rule=rule_name, verdict=verdict, facts=facts,
            cause=cause, reason=reason or "", signature=signature or "", is_new=not stays,
        )  # fmt: skip


class _Judge:
    """Decides many entries by one rule; those that answered alike are read and decided once."""

    def __init__(self, campaign: Campaign, rule: Rule) -> None:
        self._rule = rule
        self._procedures = {each.id: each for each in list_procedures(campaign)}
        asked = list_questions(campaign)
        self._questions = {
            key: needed_for(FACT_CODES, [each for each in asked if each.procedure_id in {None, key}])
            for key in self._procedures
        }
        self._excepted = frozenset(campaign.juki_exceptions)
        self._judged: dict[tuple[int, bool, str], tuple[Verdict, dict[str, Any]]] = {}

    def judge(self, procedure_id: int, answers: Mapping[str, Any], body: str) -> tuple[Verdict, dict[str, Any]]:
        """What the rule says of the answers, and the facts as they are stored."""
        questions, is_excepted = self._questions[procedure_id], body in self._excepted
        key = (procedure_id, is_excepted, repr([answers.get(each.code) for each in questions]))
        if key not in self._judged:
            kept = keep_shown(questions, answers)
            facts = read_facts(self._procedures[procedure_id], kept, is_juki_excepted=is_excepted)
            self._judged[key] = self._rule.decide(facts), facts.to_dict()
        return self._judged[key]

    def judge_again(self, known: dict[str, Any], body: str) -> tuple[Verdict, dict[str, Any]]:
        """What the rule says of facts that were stored before."""
        facts = replace(Facts.from_dict(known), is_juki_excepted=body in self._excepted)
        return self._rule.decide(facts), facts.to_dict()


def _record(campaign: Campaign, entry_id: int, current: Decision | None, facts: Facts, cause: Cause) -> Decision:
    assert campaign.rule is not None  # noqa: S101 - whoever calls has looked
    verdict = RULES[campaign.rule].decide(facts)
    if current is not None and (current.rule, current.row, current.facts) == (
        campaign.rule,
        verdict.row,
        facts.to_dict(),
    ):
        return current
    is_override = current is not None and current.is_override
    found = Decision(
        campaign_id=campaign.id, entry_id=entry_id, rule=campaign.rule, row=verdict.row, by_rule=verdict.outcome,
        outcome=current.outcome if current is not None and is_override else verdict.outcome, facts=facts.to_dict(),
        cause=Cause.OVERRIDE if is_override else cause, reason=current.reason if current and is_override else "",
        decided_signature=current.decided_signature if current and is_override else "", decided_at=clock.now(),
    )  # fmt: skip
    _supersede(current)
    db.session.add(found)
    db.session.flush()
    return found


def _replace(current: Decision, *, cause: Cause, outcome: Outcome, signature: str, reason: str = "") -> Decision:
    found = Decision(
        campaign_id=current.campaign_id, entry_id=current.entry_id, rule=current.rule, row=current.row,
        by_rule=current.by_rule, outcome=outcome, facts=current.facts, cause=cause, reason=reason,
        decided_signature=signature, decided_at=clock.now(),
    )  # fmt: skip
    _supersede(current)
    db.session.add(found)
    db.session.flush()
    return found


def _supersede(current: Decision | None) -> None:
    if current is not None:
        current.superseded_at = clock.now()
        db.session.flush()


def _is_excepted(campaign: Campaign, code: str) -> bool:
    return code in campaign.juki_exceptions


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
