"""Where else a passage of a paper stands: versions, tables of errors, quotations, remarks, printed copies."""

from typing import Any

import sqlalchemy as sa

from portal.attachments.models import Attachment
from portal.core.db import db
from portal.drafting.models import PaperRemark
from portal.guidance.models import PaperVersion
from portal.questions.models import ParagraphQuestion
from portal.redaction.files import withdraw_file
from portal.redaction.models import Redaction
from portal.redaction.passages import scrub
from portal.renditions.models import PDF_KIND, Rendition
from portal.revisions.models import Correction, Erratum


def scrub_copies(redaction: Redaction, passages: set[str]) -> int:
    """Take the passages out of what hangs on the paper; how many rows held one. For a paper alone."""
    if redaction.guidance_id is None or not passages:
        return 0
    key = redaction.guidance_id
    corrections = sa.select(Correction.id).where(Correction.guidance_id == key)
    held: tuple[tuple[Any, Any, tuple[str, ...]], ...] = (
        (PaperVersion, PaperVersion.guidance_id == key, ("content",)),
        (Correction, Correction.guidance_id == key, ("reason",)),
        (Erratum, Erratum.correction_id.in_(corrections), ("place", "wrong", "right")),
        (ParagraphQuestion, ParagraphQuestion.guidance_id == key, ("quote", "place")),
        (PaperRemark, PaperRemark.guidance_id == key, ("text", "place")),
    )
    count = sum(
        _scrub_row(row, names, passages, redaction.tombstone)
        for model, condition, names in held
        for row in db.session.scalars(sa.select(model).where(condition))
    )
    db.session.flush()
    return count


def forget_printed(guidance_id: int, tombstone: str) -> None:
    """Withdraw every printed copy of the paper; the worker makes one of the text as it reads now."""
    files = db.session.scalars(
        sa.select(Attachment).where(Attachment.owner_kind == PDF_KIND, Attachment.owner_id == guidance_id)
    )
    for file in files:
        withdraw_file(file, tombstone)
    db.session.flush()
    db.session.execute(sa.delete(Rendition).where(Rendition.guidance_id == guidance_id))


def _scrub_row(row: Any, names: tuple[str, ...], passages: set[str], tombstone: str) -> bool:
    is_changed = False
    for name in names:
        before = getattr(row, name)
        after = scrub(before, passages, tombstone)
        if after != before:
            setattr(row, name, _fitting(row, name, after))
            is_changed = True
    return is_changed


def _fitting(row: Any, name: str, value: Any) -> Any:
    """A short column takes no more than its length; the tombstone then stands cut, the passage not at all."""
    length = getattr(type(row).__table__.c[name].type, "length", None)
    return value[:length] if isinstance(value, str) and length else value
