"""Deciding many entries at once by one version of the rule, beside how they were decided before."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.campaigns.answers import keep_shown, needed_for
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.queries import list_procedures, list_questions
from portal.campaigns.states import ANSWERED, EntryState
from portal.core.db import read_rows
from portal.decisions.models import Decision
from portal.decisions.reading import FACT_CODES, read_facts
from portal.decisions.rules.deciding import Rule
from portal.decisions.rules.facts import Facts, Verdict
from portal.decisions.rules.table import RULES
from portal.decisions.states import Cause, Outcome


class Decided(NamedTuple):
    """An entry as a rule decides it, beside how it was decided before."""

    entry_id: int
    procedure_id: int
    decision_id: int | None
    before: Outcome | None
    after: Outcome
    rule: str
    verdict: Verdict
    facts: dict[str, Any]
    is_kept: bool
    reason: str
    signature: str
    is_new: bool

    def as_row(self, campaign: Campaign, cause: Cause, now: datetime) -> dict[str, Any]:
        """As it is stored; what a person decided stays theirs."""
        is_kept = self.is_kept
        return {
            "campaign_id": campaign.id, "entry_id": self.entry_id, "procedure_id": self.procedure_id,
            "rule": self.rule, "row": self.verdict.row, "by_rule": self.verdict.outcome, "outcome": self.after,
            "facts": self.facts,
            "cause": Cause.OVERRIDE if is_kept else cause, "reason": self.reason if is_kept else "",
            "decided_at": now, "decided_signature": self.signature if is_kept else "",
        }  # fmt: skip


def keeps_override(cause: Cause | None, outcome: Outcome | None, by_rule: Outcome) -> bool:
    """Whether what a person decided still counts: an exemption lapses as soon as the answers are missing."""
    return cause is Cause.OVERRIDE and not (outcome is Outcome.EXEMPT and by_rule is Outcome.UNDETERMINED)


def list_decided(campaign: Campaign, rule_name: str) -> Iterator[Decided]:
    """Every entry of the campaign as the rule decides it now. What is not submitted counts as unanswered."""
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
         reason, signature) in read_rows(select):  # fmt: skip
        if state is EntryState.RETURNED and known is not None:  # what the body changes meanwhile is not submitted yet
            verdict, facts = judge.judge_again(known, code)
        else:
            verdict, facts = judge.judge(procedure_id, answers if state in ANSWERED else {}, code)
        stays = (decided_by, row, by_rule) == (rule_name, verdict.row, verdict.outcome) and known == facts
        is_kept = keeps_override(cause, outcome, verdict.outcome)
        yield Decided(
            entry_id=entry_id, procedure_id=procedure_id, decision_id=decision_id, before=outcome,
            after=outcome if is_kept else verdict.outcome, rule=rule_name, verdict=verdict, facts=facts,
            is_kept=is_kept, reason=reason or "", signature=signature or "", is_new=not stays,
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
        self._codes = {key: tuple(each.code for each in needed) for key, needed in self._questions.items()}
        self._excepted = frozenset(campaign.juki_exceptions)
        self._judged: dict[tuple[int, bool, str], tuple[Verdict, dict[str, Any]]] = {}

    def judge(self, procedure_id: int, answers: Mapping[str, Any], body: str) -> tuple[Verdict, dict[str, Any]]:
        """What the rule says of the answers, and the facts as they are stored."""
        is_excepted = body in self._excepted
        key = (procedure_id, is_excepted, repr([*map(answers.get, self._codes[procedure_id])]))
        if key not in self._judged:
            kept = keep_shown(self._questions[procedure_id], answers)
            facts = read_facts(self._procedures[procedure_id], kept, is_juki_excepted=is_excepted)
            self._judged[key] = self._rule.decide(facts), facts.to_dict()
        return self._judged[key]

    def judge_again(self, known: dict[str, Any], body: str) -> tuple[Verdict, dict[str, Any]]:
        """What the rule says of facts that were stored before."""
        facts = replace(Facts.from_dict(known), is_juki_excepted=body in self._excepted)
        return self._rule.decide(facts), facts.to_dict()
