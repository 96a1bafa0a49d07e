"""What every change to a draft has in common: seen by its writer, recorded, never over somebody else's."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import attributes

from portal.campaigns.events import CampaignEdited
from portal.campaigns.models import Campaign, Check, Procedure, Question
from portal.core.db import db
from portal.core.errors import Invalid, Outdated
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor

Part = Procedure | Question | Check
_WRITTEN = (
    "title", "purpose", "legal_basis", "document_number", "requested_on", "contact", "theme_id", "addressees",
    "survey_due_on", "interim_on", "final_on", "rule", "juki_exceptions", "is_drill", "again_reason",
)  # fmt: skip


def fingerprint_of(row: Campaign | Part) -> str:
    """A short name of what stands in a row now; it goes along with a form, so that nobody overwrites what is new."""
    names = _WRITTEN if isinstance(row, Campaign) else sorted(columns_of(row))
    values = json.dumps([getattr(row, name) for name in names], default=str, sort_keys=True)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def check_seen(row: Campaign | Part | None, seen: str | None) -> None:
    """Raise Conflict unless ``seen`` is the row's fingerprint (None: the caller saw none)."""
    if row is not None and seen is not None and seen != fingerprint_of(row):
        raise Outdated


def record_edit(actor: Actor, campaign: Campaign, part: str) -> None:
    """Note who changed the draft last. Its version rises: this and a publication meanwhile exclude each other."""
    campaign.editor_person_id = actor.person_id
    attributes.flag_modified(campaign, "editor_person_id")
    db.session.flush()
    emit(actor, CampaignEdited(campaign_id=campaign.id, part=part))


def columns_of(row: Part) -> dict[str, Any]:
    """What makes the row what it is, whichever campaign it stands in."""
    names = (column.key for column in sa.orm.object_mapper(row).column_attrs)
    return {name: getattr(row, name) for name in names if name not in {"id", "campaign_id"}}


def next_position(kind: type[Part], campaign: Campaign) -> int:
    """The place after the last."""
    highest = db.session.scalar(sa.select(sa.func.max(kind.position)).where(kind.campaign_id == campaign.id))
    return 0 if highest is None else highest + 1


def next_code(kind: type[Procedure | Question], campaign: Campaign, letter: str) -> str:
    """A code for a row whose author gave none: q1, q2, …"""
    taken = set(db.session.scalars(sa.select(kind.code).where(kind.campaign_id == campaign.id)))
    return next(code for code in (f"{letter}{number}" for number in range(1, len(taken) + 2)) if code not in taken)


def save_unique(row: Procedure | Question) -> None:
    """Flush the row. Raises Invalid at ``code`` when the code is taken."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Invalid(N_("このコードは既に使われています。"), field="code") from error


def move(rows: list[Any], row: Any, *, up: bool) -> bool:
    """Let the row change places with the one before or after it; whether anything moved."""
    place = rows.index(row)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return False
    rows[place], rows[other] = rows[other], rows[place]
    for position, each in enumerate(rows):
        each.position = position
    return True
