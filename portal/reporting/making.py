"""The files of reports: asked for, made once in the background, kept as attachments, tried again after a failure."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from portal.attachments.models import Attachment
from portal.attachments.service import remove_attachment, store_made_file
from portal.campaigns.models import Campaign
from portal.core import clock
from portal.core.db import db
from portal.core.events import emit
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.reporting import policy
from portal.reporting.events import ReportFilesAsked, ReportFileTaken
from portal.reporting.models import FILE_KIND, Report, ReportFile
from portal.reporting.states import Edition, FileForm, MakingState, ReportState

MOST_TRIES = 5
_STALE = timedelta(minutes=10)  # a worker that has not finished by then was killed
_PAUSE = timedelta(minutes=5)  # between tries of one that failed
_PUBLIC_ONLY = frozenset({FileForm.OPEN_CSV, FileForm.OPEN_EXCEL})


class Claim(NamedTuple):
    """What a worker has taken in hand; only the newest claim keeps its file."""

    report_id: int
    form: FileForm
    edition: Edition
    tries: int


class MadeFile(NamedTuple):
    """A file that a worker has made."""

    content: bytes
    name: str
    media_type: str


def ask_files(actor: Actor, campaign: Campaign, report: Report, edition: Edition) -> None:
    """Have every file of an edition made; what is made of the present texts and figures stays. Raises Forbidden."""
    authorize(_can_ask, actor, report)
    forms = [form for form in FileForm if edition is Edition.PUBLIC or form not in _PUBLIC_ONLY]
    _ask(report, forms, edition)
    emit(
        actor,
        ReportFilesAsked(
            campaign_id=campaign.id, report_id=report.id, forms=[form.value for form in forms], edition=edition.value
        ),
    )


def ask_public_files(report: Report) -> None:
    """Have every file of the published edition made, when a report is published."""
    _ask(report, list(FileForm), Edition.PUBLIC)


def take_file(actor: Actor, report: Report, file: ReportFile) -> Attachment:
    """The made file for download; that it was taken is recorded. Raises Forbidden."""
    authorize(_can_take, actor, report, file)
    emit(
        actor,
        ReportFileTaken(
            campaign_id=report.campaign_id, report_id=report.id, form=file.form.value, edition=file.edition.value
        ),
    )
    return db.session.get_one(Attachment, file.attachment_id)


def list_files(actor: Actor, report: Report) -> Sequence[ReportFile]:
    """The files of a report that the actor may have, made or not. One statement."""
    select = sa.select(ReportFile).where(ReportFile.report_id == report.id)
    if not policy.can_take_internal(actor):
        select = select.where(ReportFile.edition == Edition.PUBLIC)
    files = db.session.scalars(select).all()
    order = list(FileForm)
    return sorted(files, key=lambda file: (file.edition is Edition.INTERNAL, order.index(file.form)))


def digest_of_content(report: Report) -> str:
    """The hash of what a file shows: figures and texts."""
    shown = (report.digest, report.title, report.intro, report.findings, report.next_steps, report.state.value)
    return hashlib.sha256("\x00".join(shown).encode()).hexdigest()


def claim_file() -> Claim | None:
    """The next file to make, in a transaction of its own; None when there is none."""
    now = clock.now()
    row = db.session.scalar(
        sa.select(ReportFile)
        .where(due_files())
        .order_by(ReportFile.tries, ReportFile.asked_at, ReportFile.report_id, ReportFile.form)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.state, row.tries, row.tried_at = MakingState.MAKING, row.tries + 1, now
    db.session.flush()
    return Claim(row.report_id, row.form, row.edition, row.tries)


def keep_file(claim: Claim, made: MadeFile) -> bool:
    """Store the file, once; False when the claim was given to another worker meanwhile."""
    row = _locked(claim)
    if row is None or row.tries != claim.tries or row.state is not MakingState.MAKING:
        return False
    report = db.session.get_one(Report, claim.report_id)
    _remove([row])
    attachment = store_made_file(
        FILE_KIND,
        report.id,
        io.BytesIO(made.content),
        file_name=made.name,
        media_type=made.media_type,
        person_id=report.published_by_person_id or report.editor_person_id,
    )
    row.state, row.made_at, row.error, row.attachment_id = MakingState.MADE, clock.now(), None, attachment.id
    db.session.flush()
    return True


def give_back_file(claim: Claim) -> None:
    """Leave it to whoever comes next: the worker was stopped, which is no failed try."""
    row = _locked(claim)
    if row is not None and row.tries == claim.tries and row.state is MakingState.MAKING:
        row.state, row.tries = MakingState.WAITING, row.tries - 1
        db.session.flush()


def record_file_failure(claim: Claim, error: str) -> None:
    """Say why it could not be made; it is tried again a while later, five times in all."""
    row = _locked(claim)
    if row is not None and row.tries == claim.tries:
        row.state, row.error = MakingState.FAILED, error[:500]
        db.session.flush()


def due_files() -> sa.ColumnElement[bool]:
    """What waits, what a dead worker left and what failed and is tried again, as a condition."""
    now = clock.now()
    stale = sa.and_(ReportFile.state == MakingState.MAKING, ReportFile.tried_at < now - _STALE)
    failed = sa.and_(
        ReportFile.state == MakingState.FAILED, ReportFile.tries < MOST_TRIES, ReportFile.tried_at < now - _PAUSE
    )
    return sa.or_(ReportFile.state == MakingState.WAITING, stale, failed)


def remove_files(report: Report) -> None:
    """Take the files of a draft from view."""
    _remove(db.session.scalars(sa.select(ReportFile).where(ReportFile.report_id == report.id)).all())


def _ask(report: Report, forms: Iterable[FileForm], edition: Edition) -> None:
    digest, now = digest_of_content(report), clock.now()
    held = {
        file.form: file
        for file in db.session.scalars(
            sa.select(ReportFile)
            .where(ReportFile.report_id == report.id, ReportFile.edition == edition)
            .with_for_update()
        )
    }
    for form in forms:
        file = held.get(form)
        if file is None:
            file = ReportFile(report_id=report.id, form=form, edition=edition, tries=0)
            db.session.add(file)
        elif file.digest == digest and file.state is not MakingState.FAILED:
            continue
        file.digest, file.state, file.asked_at, file.error = digest, MakingState.WAITING, now, None
    db.session.flush()


def _remove(files: Iterable[ReportFile]) -> None:
    ids = [file.attachment_id for file in files if file.attachment_id is not None]
    for attachment in db.session.scalars(sa.select(Attachment).where(Attachment.id.in_(ids))):
        remove_attachment(attachment)


def _locked(claim: Claim) -> ReportFile | None:
    return db.session.get(
        ReportFile, (claim.report_id, claim.form, claim.edition), with_for_update=True, populate_existing=True
    )


def _can_ask(actor: Actor, report: Report) -> bool:
    return policy.sees_everything(actor) and policy.can_build(actor)


def _can_take(actor: Actor, report: Report, file: ReportFile) -> bool:
    if file.attachment_id is None:
        return False
    is_open = file.edition is Edition.PUBLIC and report.state is ReportState.PUBLISHED
    return is_open or policy.can_take_internal(actor)
