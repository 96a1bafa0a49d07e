"""Taking old papers over 移行: read and checked first, then all of them or none come in as already issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal.attachments.inspection import Upload
from portal.attachments.models import Attachment
from portal.attachments.queries import list_attachments
from portal.attachments.service import copy_files, remove_attachment, store_attachments
from portal.core import clock
from portal.core.calendar import start_of_day
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.tables import Fault, Row, read_table
from portal.guidance.issuing import freeze_recipients
from portal.guidance.models import Guidance
from portal.guidance.numbers import enter_number
from portal.guidance.states import GuidanceState
from portal.takeover import columns, policy
from portal.takeover.events import GuidanceTakenOver
from portal.takeover.models import STAGED, PaperImport
from portal.takeover.planning import Effect, PlannedPaper, plan_papers

ABOLISHED_BEFORE = N_("移行前に廃止")
_KEEP_WAITING = timedelta(days=1)


@dataclass(frozen=True)
class Staged:
    """What waits for confirmation, or the faults that stand in the way."""

    waiting: PaperImport | None
    faults: Sequence[Fault]


def stage_papers(
    actor: Actor, *, file_name: str, content: bytes, uploads: Sequence[Upload] = (), confirmed: bool = False
) -> Staged:
    """Read and check a table and the files that it names; keep them for confirmation only without a fault.

    Raises Invalid at ``file`` for a table that cannot be read, at ``attachments`` for a file that may not be attached.
    Drops what the actor left waiting before.
    """
    authorize(policy.can_take_over, actor)
    check_text("file", file_name, confirmed)
    rows = read_table(file_name, content, columns.COLUMNS, longest_cell=columns.LONGEST_BODY)
    names = [upload.file_name for upload in uploads]
    if len(names) > len(set(names)):
        raise Invalid(N_("同じ名前のファイルが2つ以上あります。"), field="attachments")
    faults = plan_papers(rows, names)[1]
    if faults:
        return Staged(None, faults)
    _drop_waiting(actor)
    waiting = PaperImport(
        person_id=actor.person_id,
        file_name=file_name[:200],
        rows=[[row.number, row.cells] for row in rows],
        created_at=clock.now(),
    )
    db.session.add(waiting)
    db.session.flush()
    store_attachments(actor, STAGED, waiting.id, uploads, confirmed=confirmed)
    return Staged(waiting, [])


def get_import(actor: Actor, import_id: int) -> PaperImport:
    """What the actor has uploaded. Raises NotFound for what is somebody else's."""
    authorize(policy.can_take_over, actor)
    waiting = db.session.get(PaperImport, import_id)
    if waiting is None or waiting.person_id != actor.person_id:
        raise NotFound
    return waiting


def preview_papers(waiting: PaperImport) -> tuple[list[PlannedPaper], list[Fault]]:
    """What taking the papers over would do as things stand now, and faults that have come up since."""
    files = list_attachments(STAGED, [waiting.id])[waiting.id]
    return plan_papers(_rows(waiting), [file.file_name for file in files])


def take_over(actor: Actor, waiting: PaperImport) -> int:
    """Check again and take all papers over, or none; how many came in. Nobody is told and nothing is asked of anybody.

    Raises Conflict when it was done already, Invalid when something has come up since the preview.
    """
    authorize(policy.can_take_over, actor)
    # locks the row, so that a second click at the same moment finds it done
    db.session.execute(sa.select(PaperImport.id).where(PaperImport.id == waiting.id).with_for_update())
    db.session.refresh(waiting)
    if waiting.applied_at is not None:
        raise Conflict(N_("このファイルは、すでに取り込まれています。"))
    plan, faults = preview_papers(waiting)
    if faults:
        raise Invalid(
            N_("確認のあとで登録の内容が変わり、%(n)s件の誤りがあります。ファイルをもう一度選んでください。"),
            n=len(faults),
        )
    files = {file.file_name: file for file in list_attachments(STAGED, [waiting.id])[waiting.id]}
    new = [each for each in plan if each.effect is Effect.NEW]
    for each in new:
        _take_one(actor, each, files)
    for file in files.values():
        remove_attachment(file)
    waiting.applied_at, waiting.rows, waiting.taken_count = clock.now(), [], len(new)
    db.session.flush()
    return len(new)


def _take_one(actor: Actor, planned: PlannedPaper, files: dict[str, Attachment]) -> Guidance:
    """One paper: its text and files first, then the issue of its day, after which the database lets nothing change."""
    guidance = Guidance(**_content(actor, planned))
    db.session.add(guidance)
    db.session.flush()
    copy_files(actor, [files[name] for name in planned.values[columns.FILES]], ("guidance", guidance.id))
    if guidance.document_number:
        guidance.number_year = planned.year
        enter_number(actor, guidance, guidance.document_number, planned.year)
    day, ended = planned.values[columns.ISSUED_ON], planned.values[columns.ABOLISHED_ON]
    guidance.issued_on, guidance.issued_at = day, start_of_day(day)
    guidance.state = GuidanceState.ISSUED if ended is None else GuidanceState.ABOLISHED
    if ended is not None:
        guidance.abolished_at, guidance.abolition_reason = start_of_day(ended), ABOLISHED_BEFORE
    db.session.flush()
    guidance.recipient_count = len(freeze_recipients(guidance))
    db.session.flush()
    emit(
        actor,
        GuidanceTakenOver(
            guidance_id=guidance.id,
            document_number=guidance.document_number,
            issued_on=day.isoformat(),
            recipient_count=guidance.recipient_count,
        ),
    )
    return guidance


def _content(actor: Actor, planned: PlannedPaper) -> dict[str, Any]:
    values, now = planned.values, clock.now()
    sender, theme = values[columns.SENDER], values[columns.THEME]
    return {
        "kind": values[columns.KIND],
        "nature": values[columns.NATURE],
        "sender_id": sender.id,
        "sender_title": values[columns.SENDER_TITLE],
        "document_number": values[columns.NUMBER],
        "theme_id": theme.id if theme is not None else None,
        "title": values[columns.TITLE],
        "body": values[columns.BODY],
        "addressees": values[columns.ADDRESSEES].to_dict(),
        "drafter_person_id": actor.person_id,
        "drafter_organisation_id": sender.id,
        "created_at": now,
        "updated_at": now,
        "taken_over_at": now,
    }


def _drop_waiting(actor: Actor) -> None:
    old = db.session.scalars(
        sa.select(PaperImport).where(
            PaperImport.applied_at.is_(None),
            sa.or_(PaperImport.person_id == actor.person_id, PaperImport.created_at < clock.now() - _KEEP_WAITING),
        )
    ).all()
    files = list_attachments(STAGED, [each.id for each in old])
    for each in old:
        for file in files[each.id]:
            remove_attachment(file)
        db.session.delete(each)


def _rows(waiting: PaperImport) -> list[Row]:
    return [Row(int(number), dict(cells)) for number, cells in waiting.rows]
