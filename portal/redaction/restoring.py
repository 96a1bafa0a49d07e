"""Redactions taken along with backups, and done again in a database that was restored from before them.

What is taken along says where passages stood and how the texts read without them, and holds no passage.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import Conflict
from portal.directory.actor import SYSTEM
from portal.directory.models import Person
from portal.redaction.models import RedactedField, Redaction
from portal.redaction.service import carry_out, read_passages
from portal.redaction.states import RedactionCause, RedactionState, TargetKind
from portal.redaction.targets import find_thing

DONE, THERE, FAILED = "done", "there already", "failed"
_COLUMNS = (
    "id", "target_id", "guidance_id", "issue_id", "reason", "tombstone", "asked_by_person_id", "asked_signature",
    "decided_by_person_id", "decided_signature",
)  # fmt: skip


def list_done() -> Iterator[dict[str, Any]]:
    """Every redaction that was done, first to last, as plain values. Two statements."""
    rows = db.session.scalars(
        sa.select(Redaction)
        .where(Redaction.state == RedactionState.DONE)
        .options(orm.selectinload(Redaction.fields))
        .order_by(Redaction.decided_at, Redaction.id)
    )
    for row in rows:
        yield {
            **{name: getattr(row, name) for name in _COLUMNS},
            "target_kind": row.target_kind.value,
            "cause": row.cause.value,
            "asked_at": row.asked_at.isoformat(),
            "decided_at": row.decided_at.isoformat() if row.decided_at else None,
            "fields": [{"field": each.field, "spans": each.spans, "redacted": each.redacted} for each in row.fields],
        }


def do_again(record: dict[str, Any]) -> str:
    """Do a redaction that was taken along, where this database does not have it yet: DONE, THERE or FAILED.

    It fails where the thing, or one of the two people, is not there, or the text is neither what it was before nor
    what it was after; then nothing is changed.
    """
    if _is_there(record):
        return THERE
    kind = TargetKind(record["target_kind"])
    thing = find_thing(kind, record["target_id"])
    people = {record["asked_by_person_id"], record["decided_by_person_id"]}
    known = db.session.scalar(sa.select(sa.func.count()).select_from(Person).where(Person.id.in_(people)))
    if thing is None or known != len(people):
        return FAILED
    redaction = Redaction(
        **{name: record[name] for name in _COLUMNS if name != "id"},
        target_kind=kind,
        cause=RedactionCause(record["cause"]),
        state=RedactionState.ASKED,
        asked_at=datetime.fromisoformat(record["asked_at"]),
        decided_at=datetime.fromisoformat(record["decided_at"]),
        fields=[RedactedField(**each) for each in record["fields"]],
    )
    try:
        passages = read_passages(redaction, thing)
    except Conflict:
        return FAILED
    db.session.add(redaction)
    db.session.flush()
    redaction.state = RedactionState.APPROVED
    db.session.flush()
    carry_out(SYSTEM, redaction, thing, passages)
    return DONE


def _is_there(record: dict[str, Any]) -> bool:
    same = sa.select(Redaction.id).where(
        Redaction.target_kind == TargetKind(record["target_kind"]),
        Redaction.target_id == record["target_id"],
        Redaction.state == RedactionState.DONE,
        Redaction.decided_at == datetime.fromisoformat(record["decided_at"]),
    )
    return db.session.scalar(same.limit(1)) is not None
