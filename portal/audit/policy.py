"""Who may read the operation record, and whom an auditor's recorded reason lets in."""

import sqlalchemy as sa

from portal.audit.models import ReadingGrant
from portal.core.events import Audience, EventRecord
from portal.core.statements import NOW
from portal.directory.actor import Actor
from portal.directory.roles import Role


def can_read_record(actor: Actor) -> bool:
    """Administrators and auditors read all of it, a body's manager what concerns the body (security.md)."""
    return actor.role in {Role.ADMIN, Role.AUDITOR, Role.LOCAL_MANAGER}


def can_ask_to_read(actor: Actor) -> bool:
    """Only auditors read texts for a recorded reason; everyone else reads by their own rights."""
    return actor.role is Role.AUDITOR


def readable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The entries that the actor may read. A manager finds no trace of internal notes and consultations."""
    if actor.role in {Role.ADMIN, Role.AUDITOR}:
        return sa.true()
    if actor.role is Role.LOCAL_MANAGER:
        return sa.and_(EventRecord.organisation_id == actor.organisation_id, EventRecord.audience == Audience.PUBLIC)
    return sa.false()


def granted_ids(actor: Actor, subject_kind: str) -> sa.Select[int]:
    """The subjects of a kind that a live grant lets this auditor read."""
    return sa.select(ReadingGrant.subject_id).where(
        ReadingGrant.person_id == actor.person_id,
        ReadingGrant.subject_kind == subject_kind,
        ReadingGrant.expires_at > NOW,
    )


def granted_to(
    actor: Actor, subject_kind: str, subject_id: sa.SQLColumnExpression[int] | int
) -> sa.ColumnElement[bool]:
    """Whether a live grant lets this auditor read the subject; a condition for the features' policies."""
    return sa.exists().where(
        ReadingGrant.person_id == actor.person_id,
        ReadingGrant.subject_kind == subject_kind,
        ReadingGrant.subject_id == subject_id,
        ReadingGrant.expires_at > NOW,
    )
