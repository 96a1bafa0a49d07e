"""Where else a passage stands: a paper's versions, tables of errors, quotations, remarks and printed copies; drafts of
answers, replies to many and templates, wherever they quote it; what somebody types and has not saved."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from portal.attachments.models import Attachment
from portal.bundles.models import BulkReply, BulkTarget
from portal.core.db import db
from portal.drafting.models import PaperRemark
from portal.drafts.models import AnswerDraft, DraftComment, DraftVersion, ReplyTemplate
from portal.guidance.models import Guidance, PaperVersion
from portal.guidance.typed import forget_typed_with
from portal.questions.models import ParagraphQuestion
from portal.redaction.files import withdraw_file
from portal.redaction.models import Redaction
from portal.redaction.passages import scrub
from portal.renditions.models import PDF_KIND, Rendition
from portal.revisions.models import Correction, Erratum

_Held = tuple[Any, Any, tuple[str, ...]]  # a table, which of its rows, the columns


# A shorter passage stands in a text about something else for something else: it is taken out by hand there.
LONG_ENOUGH = 8


def scrub_copies(redaction: Redaction, passages: set[str]) -> int:
    """Take the passages out of what hangs on the thing and of what quotes it; how many rows held one.

    What somebody types and has not saved goes whole, however short the passage is: nobody else could take it out.
    """
    if not passages:
        return 0
    count = 0
    for model, condition, names in (*_of_paper(redaction), *_of_issue(redaction), *_quoting(passages)):
        rows = db.session.scalars(sa.select(model).where(condition).execution_options(populate_existing=True))
        count += sum(_scrub_row(row, names, passages, redaction.tombstone) for row in rows)
    db.session.flush()
    return count + forget_typed_with(passages)


def scrub_draft(paper: Guidance, names: Collection[str], passages: set[str], tombstone: str) -> None:
    """Take the passages out of a paper that has not gone out, and of its versions."""
    _scrub_row(paper, tuple(names), passages, tombstone)
    for version in db.session.scalars(sa.select(PaperVersion).where(PaperVersion.guidance_id == paper.id)):
        _scrub_row(version, ("content",), passages, tombstone)
    db.session.flush()


def _of_paper(redaction: Redaction) -> tuple[_Held, ...]:
    if redaction.guidance_id is None:
        return ()
    key = redaction.guidance_id
    corrections = sa.select(Correction.id).where(Correction.guidance_id == key)
    return (
        (PaperVersion, PaperVersion.guidance_id == key, ("content",)),
        (Correction, Correction.guidance_id == key, ("reason",)),
        (Erratum, Erratum.correction_id.in_(corrections), ("place", "wrong", "right")),
        (ParagraphQuestion, ParagraphQuestion.guidance_id == key, ("quote", "place")),
        (PaperRemark, PaperRemark.guidance_id == key, ("text", "place")),
    )


def _of_issue(redaction: Redaction) -> tuple[_Held, ...]:
    """What is prepared for the issue or was sent to it with others, however short the passage is."""
    if redaction.issue_id is None:
        return ()
    key = redaction.issue_id
    drafts = sa.select(AnswerDraft.id).where(AnswerDraft.issue_id == key)
    sent = sa.select(BulkTarget.bulk_reply_id).where(BulkTarget.issue_id == key)
    return (
        (DraftVersion, DraftVersion.draft_id.in_(drafts), ("text",)),
        (DraftComment, DraftComment.draft_id.in_(drafts), ("text",)),
        (BulkReply, BulkReply.id.in_(sent), ("text",)),
        (BulkTarget, BulkTarget.issue_id == key, ("fields",)),
    )


def _quoting(passages: set[str]) -> tuple[_Held, ...]:
    """What quotes a passage from anywhere, where it is long enough to be a quotation."""
    quoted = {each for each in passages if len(each.strip()) >= LONG_ENOUGH}
    if not quoted:
        return ()

    def holds(column: Any) -> sa.ColumnElement[bool]:
        return sa.or_(*(column.contains(each, autoescape=True) for each in quoted))

    texts: tuple[tuple[Any, Any], ...] = (
        (DraftVersion, DraftVersion.text), (DraftComment, DraftComment.text), (BulkReply, BulkReply.text),
        (ReplyTemplate, ReplyTemplate.body),
    )  # fmt: skip
    return tuple((model, holds(column), (column.key,)) for model, column in texts)


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
