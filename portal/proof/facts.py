"""Everything that the portal knows of an issued paper, as plain values for JSON; instants in UTC, ISO 8601."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.events import EventRecord
from portal.decisions import papers
from portal.directory.models import Membership, Organisation, Person
from portal.extensions.models import ExtensionRequest
from portal.forwarding.models import Forwarding
from portal.guidance.models import Guidance, Opening, Receipt, Recipient, Response
from portal.notifications.models import Delivery, Digest, FailureSource, MailFailure, Notification
from portal.redaction.queries import list_done_of_paper
from portal.revisions.models import Correction

_PAPER = (
    "id", "kind", "state", "document_number", "number_year", "edition", "predecessor_id", "nature", "title",
    "sender_title", "addressee_line", "body", "legal_basis", "contact", "concerned_sections", "required_action",
    "difference", "reply_due_on", "short_due_reason", "route", "seal_omitted", "asks_passing_on", "addressees",
    "submitted_at", "approved_at", "issued_at", "abolished_at", "abolition_reason", "recipient_count",
)  # fmt: skip
_RECIPIENT = (
    "organisation_code", "organisation_name", "prefecture_code", "delivered_at", "opened_at", "received_at",
    "response", "responded_at", "due_on",
)  # fmt: skip


def paper_facts(guidance: Guidance) -> dict[str, Any]:
    """The paper as it was issued, with its people."""
    return {
        **values_of(guidance, _PAPER),
        "sender": guidance.sender.name,
        "drafter": guidance.drafter.name,
        "approver": guidance.approver.name if guidance.approver else None,
    }


def correction_facts(corrections: Iterable[Correction]) -> list[dict[str, Any]]:
    """The issued corrections with their tables of errors."""
    return [
        {
            **values_of(each, ("number", "reason", "asks_receipt", "issued_at")),
            "errata": [values_of(line, ("place", "wrong", "right")) for line in each.entries],
        }
        for each in corrections
    ]


def recipient_facts(guidance: Guidance) -> list[dict[str, Any]]:
    """Each addressed body with who opened it, its receipts, responses and requests for more time. Five statements."""
    rows = db.session.scalars(
        sa.select(Recipient).where(Recipient.guidance_id == guidance.id).order_by(Recipient.organisation_code)
    ).all()
    own = sa.select(Recipient.id).where(Recipient.guidance_id == guidance.id)
    openings = _by_recipient(
        db.session.execute(
            sa.select(Opening.recipient_id, Person.name, Opening.opened_at)
            .join(Person, Person.id == Opening.person_id)
            .where(Opening.recipient_id.in_(own))
            .order_by(Opening.opened_at)
        ),
        ("person", "opened_at"),
    )
    receipts = _rows_of(Receipt, own, ("section_name", "receipt_number", "signature", "received_at", "round"))
    responses = _rows_of(Response, own, ("state", "text", "signature", "responded_at", "expected_on"))
    extensions = _rows_of(
        ExtensionRequest,
        own,
        ("state", "wanted_on", "reason", "asked_signature", "asked_at", "granted_on", "decision_reason",
         "decided_signature", "decided_at"),
    )  # fmt: skip
    return [
        {
            **values_of(row, _RECIPIENT),
            "openings": openings[row.id],
            "receipts": receipts[row.id],
            "responses": responses[row.id],
            "extensions": extensions[row.id],
        }
        for row in rows
    ]


def redaction_facts(guidance: Guidance) -> list[dict[str, Any]]:
    """What was taken out of the paper or its files since its issue, why and by whom; nothing of what stood there."""
    names = (
        "target_kind",
        "cause",
        "reason",
        "tombstone",
        "asked_signature",
        "asked_at",
        "decided_signature",
        "decided_at",
    )
    return [
        {**values_of(each, names), "fields": [field.field for field in each.fields]}
        for each in list_done_of_paper(guidance.id)
    ]


def forwarding_facts(guidance: Guidance) -> list[dict[str, Any]]:
    """What prefectures handed on and added. One statement."""
    names = ("prefecture_code", "hands_on", "note", "due_on", "delivered", "signature", "forwarded_at")
    query = sa.select(Forwarding).where(Forwarding.guidance_id == guidance.id).order_by(Forwarding.id)
    return [values_of(row, names) for row in db.session.scalars(query)]


def mail_facts(subject_kind: str, subject_id: int) -> list[dict[str, Any]]:
    """Who was mailed about the subject, of which bodies they were then, when, and what became of it; no address.

    Mails of their own, then the digests that carried a line about it. Three statements.
    """
    about = sa.and_(Notification.subject_kind == subject_kind, Notification.subject_id == subject_id)
    places = _places_of(sa.select(Notification.person_id).where(about))
    names = ("event", "person", "state", "message_id", "sent_at", "came_back_at")
    found = []
    for model, carried, failed in (
        (Delivery, Delivery.notification_id == Notification.id, MailFailure.delivery_id == Delivery.id),
        (Digest, Digest.id == Notification.digest_id, MailFailure.digest_id == Digest.id),
    ):
        rows = db.session.execute(
            sa.select(
                Notification.person_id,
                Notification.created_at,
                Notification.kind,
                Person.name,
                model.state,
                model.message_id,
                model.sent_at,
                MailFailure.occurred_at,
            )
            .join(model, carried)
            .join(Person, Person.id == Notification.person_id)
            .outerjoin(MailFailure, sa.and_(failed, MailFailure.source == FailureSource.RETURNED))
            .where(about)
            .order_by(Notification.id)
        )
        for person_id, at, *values in rows:
            bodies = [name for starts, ends, name in places[person_id] if starts <= at and (ends is None or at < ends)]
            said = {name: plain(value) for name, value in zip(names, values, strict=True)}
            found.append({**said, "bodies": bodies, "is_digest": model is Digest})
    return found


def _places_of(people: sa.Select[Any]) -> dict[int, list[tuple[datetime, datetime | None, str]]]:
    """From when until when these people (a select of their ids) were in which bodies, by person. One statement."""
    rows = db.session.execute(
        sa.select(Membership.person_id, Membership.starts_at, Membership.ends_at, Organisation.code, Organisation.name)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id.in_(people))
        .order_by(Membership.id)
    )
    found: dict[int, list[tuple[datetime, datetime | None, str]]] = defaultdict(list)
    for person_id, starts_at, ends_at, code, name in rows:
        found[person_id].append((starts_at, ends_at, f"{code} {name}"))
    return found


def event_facts(subject_kind: str, subject_id: int) -> list[dict[str, Any]]:
    """The record of what was done with the subject, by whom. One statement."""
    actor = orm.aliased(Person)
    rows = db.session.execute(
        sa.select(EventRecord.kind, EventRecord.occurred_at, actor.name, EventRecord.payload)
        .outerjoin(actor, actor.id == EventRecord.actor_person_id)
        .where(EventRecord.subject_kind == subject_kind, EventRecord.subject_id == subject_id)
        .order_by(EventRecord.id)
    )
    return [
        {"event": kind, "occurred_at": plain(at), "actor": name, "values": payload} for kind, at, name, payload in rows
    ]


def _rows_of(table: Any, own: sa.Select[Any], names: Sequence[str]) -> dict[int, list[dict[str, Any]]]:
    columns = [getattr(table, name) for name in names]
    rows = db.session.execute(
        sa.select(table.recipient_id, *columns).where(table.recipient_id.in_(own)).order_by(table.id)
    )
    return _by_recipient(rows, names)


def _by_recipient(rows: Iterable[Any], names: Sequence[str]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for recipient_id, *values in rows:
        found[recipient_id].append({name: plain(value) for name, value in zip(names, values, strict=True)})
    return found


def values_of(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """These attributes as plain values."""
    return {name: plain(getattr(row, name)) for name in names}


def plain(value: Any) -> Any:
    """Enumerations by their value, dates and instants in ISO 8601, the rest as it is."""
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime | date) else value


def target_facts(guidance: Guidance) -> list[dict[str, Any]]:
    """The list of targets that the paper tells, each body with its procedures; nothing for another paper."""
    found = papers.find_list_of(guidance.id)
    if found is None:
        return []
    return [
        {
            "organisation_code": body.code,
            "organisation_name": body.name,
            "procedures": [{"procedure": each.name, "outcome": each.outcome.value} for each in body.procedures],
        }
        for body in papers.list_listed(None, found[0])
    ]
