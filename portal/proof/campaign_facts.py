"""Everything that the portal knows of a campaign, as plain values for JSON, body by body and never all at once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.answering.models import AnswerChange, AnswerReturn, DueExtension
from portal.campaigns.models import Campaign, Check, Entry, Participation, Procedure, Question
from portal.campaigns.named import list_ministries_of
from portal.campaigns.postponing import list_due_changes
from portal.campaigns.queries import list_checks, list_procedures, list_questions
from portal.campaigns.states import EntryState
from portal.core.db import db
from portal.decisions.models import Decision
from portal.decisions.states import Outcome
from portal.inspections.models import Snapshot
from portal.proof.facts import plain, values_of
from portal.reminders.models import CampaignReminder, CampaignReminderBatch
from portal.reporting.models import Report

_BODIES = 100  # read together
_CAMPAIGN = (
    "id", "kind", "state", "title", "purpose", "legal_basis", "document_number", "requested_on", "contact",
    "addressees", "survey_due_on", "interim_on", "final_on", "rule", "juki_exceptions", "is_drill", "previous_id",
    "again_reason", "created_at", "published_at", "published_signature", "closed_at",
)  # fmt: skip
_PROCEDURE = ("id", "code", "name", "information", "kinds", "includes_core_cities", "is_always", "is_prior")
_QUESTION = (
    "code", "procedure_id", "section", "kind", "label", "hint", "unit", "is_required", "options", "rows", "columns",
    "shown_when", "formula", "asks_reason_for",
)  # fmt: skip
_CHECK = ("question_code", "expression", "message", "severity")
_BODY = (
    "organisation_code", "organisation_name", "prefecture_code", "due_on", "reply_number", "reply_on", "published_on",
    "published_url",
)  # fmt: skip
_ENTRY = (
    "state", "answers", "reasons", "not_applicable_reason", "pending_reason", "pending_until", "submitted_at",
    "submitted_signature", "forwarded_at", "forwarded_signature", "version",
)  # fmt: skip
_OF_ENTRY: dict[str, tuple[Any, Sequence[str]]] = {
    "changes": (
        AnswerChange,
        ("question_code", "value", "entry_version", "source", "source_name", "signature", "changed_at"),
    ),
    "returns": (AnswerReturn, ("question_code", "reason", "signature", "returned_at", "settled_at")),
    "decisions": (
        Decision,
        ("rule", "row", "by_rule", "outcome", "facts", "cause", "reason", "decided_at", "decided_signature",
         "superseded_at"),
    ),
    "snapshots": (
        Snapshot,
        ("as_of", "stage", "target", "extracted", "matched", "mismatched", "confirmed", "pending", "mislinks",
         "corrected", "causes", "is_linkage_stopped", "leak", "inquiries", "prevention", "expected_on", "delay_reason",
         "published_on", "published_url", "corrects_id", "reason", "entered_at", "signature", "id"),
    ),
}  # fmt: skip
_DUE_CHANGE = ("before_on", "due_on", "reason", "signature", "changed_at")
_EXTENSION = (
    "state", "wanted_on", "reason", "asked_signature", "asked_at", "granted_on", "decision_reason",
    "decided_signature", "decided_at",
)  # fmt: skip


def campaign_facts(campaign: Campaign) -> dict[str, Any]:
    """The campaign with everything that it asks. Five statements."""
    procedures: Sequence[Procedure] = list_procedures(campaign)
    questions: Sequence[Question] = list_questions(campaign)
    checks: Sequence[Check] = list_checks(campaign)
    return {
        **values_of(campaign, _CAMPAIGN),
        "office": campaign.office.name,
        "theme": campaign.theme.code,
        "ministries": [each.name for each in list_ministries_of(campaign)],
        "procedures": [
            {**values_of(each, _PROCEDURE), "ministry": each.ministry.name if each.ministry else None}
            for each in procedures
        ],
        "questions": [values_of(each, _QUESTION) for each in questions],
        "checks": [values_of(each, _CHECK) for each in checks],
        "due_changes": [values_of(each, _DUE_CHANGE) for each in reversed(list_due_changes(campaign))],
    }


def body_facts(campaign: Campaign) -> Iterator[dict[str, Any]]:
    """Each addressed body with its answers, where they came from, decisions and figures; seven statements a hundred."""
    names = {each.id: each.name for each in list_procedures(campaign)}
    ids = db.session.scalars(
        sa.select(Participation.id)
        .where(Participation.campaign_id == campaign.id)
        .order_by(Participation.organisation_code, Participation.id)
    ).all()
    for start in range(0, len(ids), _BODIES):
        yield from _some_bodies(ids[start : start + _BODIES], names)


def _some_bodies(ids: Sequence[int], names: dict[int, str]) -> Iterator[dict[str, Any]]:
    bodies = db.session.scalars(
        sa.select(Participation)
        .where(Participation.id.in_(ids))
        .order_by(Participation.organisation_code, Participation.id)
    ).all()
    entries = db.session.scalars(
        sa.select(Entry).where(Entry.participation_id.in_(ids)).order_by(Entry.participation_id, Entry.id)
    ).all()
    held = {
        name: _rows_by(table, table.entry_id, [each.id for each in entries], columns)
        for name, (table, columns) in _OF_ENTRY.items()
    }
    extensions = _rows_by(DueExtension, DueExtension.participation_id, ids, _EXTENSION)
    of_body: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in entries:
        of_body[entry.participation_id].append(
            {
                "procedure": names[entry.procedure_id],
                **values_of(entry, _ENTRY),
                **{name: rows[entry.id] for name, rows in held.items()},
            }
        )
    for body in bodies:
        yield {**values_of(body, _BODY), "extensions": extensions[body.id], "entries": of_body[body.id]}
    for row in (*bodies, *entries):  # so that memory holds a hundred bodies and no more
        db.session.expunge(row)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What the printed sheet tells: procedures by state for each prefecture, by outcome for each procedure."""

    states: dict[str, dict[EntryState, int]]
    outcomes: dict[int, dict[Outcome, int]]


def count_figures(campaign: Campaign) -> Figures:
    """The figures of today. Two statements."""
    states: dict[str, dict[EntryState, int]] = defaultdict(dict)
    by_state = sa.select(Entry.prefecture_code, Entry.state, sa.func.count()).where(Entry.campaign_id == campaign.id)
    for code, state, count in db.session.execute(
        by_state.group_by(Entry.prefecture_code, Entry.state).order_by(Entry.prefecture_code)
    ):
        states[code or ""][state] = count
    outcomes: dict[int, dict[Outcome, int]] = defaultdict(dict)
    by_outcome = (
        sa.select(Entry.procedure_id, Decision.outcome, sa.func.count())
        .join(Decision, Decision.entry_id == Entry.id)
        .where(Decision.campaign_id == campaign.id, Decision.superseded_at.is_(None))
        .group_by(Entry.procedure_id, Decision.outcome)
    )
    for procedure_id, outcome, count in db.session.execute(by_outcome):
        outcomes[procedure_id][outcome] = count
    return Figures(states=states, outcomes=outcomes)


def reminder_facts(campaign: Campaign) -> list[dict[str, Any]]:
    """The reminders that were sent, with the bodies reminded. Two statements."""
    bodies: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(CampaignReminder.batch_id, Participation.organisation_code)
        .join(Participation, Participation.id == CampaignReminder.participation_id)
        .where(Participation.campaign_id == campaign.id)
        .order_by(Participation.organisation_code)
    )
    for batch_id, code in rows:
        bodies[batch_id].append(code)
    batches = db.session.scalars(
        sa.select(CampaignReminderBatch)
        .where(CampaignReminderBatch.campaign_id == campaign.id)
        .order_by(CampaignReminderBatch.id)
    )
    return [{**values_of(each, ("step", "signature", "sent_at")), "bodies": bodies[each.id]} for each in batches]


def report_facts(campaign: Campaign) -> list[dict[str, Any]]:
    """The published reports with their frozen figures and texts. One statement."""
    names = (
        "number", "kind", "as_of", "previous_on", "title", "intro", "findings", "next_steps", "figures", "digest",
        "correction_reason", "counted_at", "published_at", "published_signature",
    )  # fmt: skip
    reports = db.session.scalars(
        sa.select(Report)
        .where(Report.campaign_id == campaign.id, Report.published_at.is_not(None))
        .options(orm.undefer(Report.figures))
        .order_by(Report.number)
    )
    return [values_of(each, names) for each in reports]


def _rows_by(table: Any, key: Any, ids: Sequence[int], names: Sequence[str]) -> dict[int, list[dict[str, Any]]]:
    columns = [getattr(table, name) for name in names]
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for owner_id, *values in db.session.execute(sa.select(key, *columns).where(key.in_(ids)).order_by(table.id)):
        found[owner_id].append({name: plain(value) for name, value in zip(names, values, strict=True)})
    return found
