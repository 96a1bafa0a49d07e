"""Deciding by the campaign's rule: one entry when its answers change, or every entry at once."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from portal.campaigns.answers import keep_shown
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.queries import list_questions
from portal.campaigns.states import ANSWERED
from portal.core import clock
from portal.core.db import db, insert_rows
from portal.core.memory import uncollected
from portal.decisions.judging import keeps_override, list_decided
from portal.decisions.models import Decision
from portal.decisions.queries import find_current
from portal.decisions.reading import read_facts
from portal.decisions.rules.facts import Facts
from portal.decisions.rules.table import RULES
from portal.decisions.states import Cause

_BATCH = 2_000


def decide_entry(campaign: Campaign, entry: Entry) -> Decision | None:
    """Decide an entry from its answers; nothing is written where the decision stays what it was.

    The caller holds the entry (``lock_entry``), whose procedure and participation are loaded; what is not submitted,
    or was taken back, counts as unanswered. None for a campaign without a rule. An override stays what counts until
    it is lifted or the answers are missing; beside it stands what the rule says now.
    """
    db.session.refresh(campaign, ["rule", "juki_exceptions"])  # another version may have been chosen meanwhile
    if campaign.rule is None:
        return None
    answers = entry.answers if entry.state in ANSWERED else {}
    facts = read_facts(
        entry.procedure,
        keep_shown(list_questions(campaign, entry.procedure), answers),
        is_juki_excepted=entry.participation.organisation_code in campaign.juki_exceptions,
    )
    return _record(campaign, campaign.rule, entry, find_current(entry.id), facts)


@uncollected()
def decide_all(campaign: Campaign, cause: Cause = Cause.ANSWER) -> int:
    """Decide every entry by the campaign's rule, in a few statements; how many came out differently than before.

    What stands unsubmitted is undetermined, unless the procedure alone decides. Whoever submits or decides one of the
    entries meanwhile waits until it is done.
    """
    if campaign.rule is None:
        return 0
    _hold_entries(campaign)
    changed, now = 0, clock.now()
    for batch in _batches(list_decided(campaign, campaign.rule)):
        moved = [each for each in batch if each.is_new]
        superseded = [each.decision_id for each in moved if each.decision_id is not None]
        if superseded:
            db.session.execute(
                sa.update(Decision)
                .where(Decision.id.in_(superseded))
                .values(superseded_at=now)
                .execution_options(synchronize_session=False)
            )
        insert_rows(Decision.__table__, [each.as_row(campaign, cause, now) for each in moved])
        changed += sum(each.before is not each.after for each in moved)
    return changed


def replace_decision(current: Decision, found: Decision) -> Decision:
    """Let ``found`` stand in the place of the current one, which stays in the history."""
    current.superseded_at = clock.now()
    db.session.flush()
    db.session.add(found)
    db.session.flush()
    return found


def _record(campaign: Campaign, rule: str, entry: Entry, current: Decision | None, facts: Facts) -> Decision:
    verdict = RULES[rule].decide(facts)
    if current is not None and (current.rule, current.row, current.facts) == (rule, verdict.row, facts.to_dict()):
        return current
    found = Decision(
        campaign_id=campaign.id, entry_id=entry.id, procedure_id=entry.procedure_id, rule=rule, row=verdict.row,
        by_rule=verdict.outcome, outcome=verdict.outcome, facts=facts.to_dict(), cause=Cause.ANSWER,
        decided_at=clock.now(),
    )  # fmt: skip
    if current is None:
        db.session.add(found)
        db.session.flush()
        return found
    if keeps_override(current.cause, current.outcome, verdict.outcome):
        found.outcome, found.cause = current.outcome, Cause.OVERRIDE
        found.reason, found.decided_signature = current.reason, current.decided_signature
    return replace_decision(current, found)


def _hold_entries(campaign: Campaign) -> None:
    """In the order of their ids, as whoever holds several does."""
    entries = (
        sa.select(Entry.id).where(Entry.campaign_id == campaign.id).order_by(Entry.id).with_for_update(key_share=True)
    ).subquery()
    db.session.execute(sa.select(sa.func.count()).select_from(entries))


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
