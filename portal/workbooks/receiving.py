"""Files that people send: looked through, kept aside until their sender has confirmed, stored or dropped."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

import sqlalchemy as sa

from portal.answering.batches import save_all
from portal.answering.states import Source
from portal.attachments.archives import Refused
from portal.attachments.file_names import clean_file_name, shown_name
from portal.attachments.inspection import Upload
from portal.attachments.models import Attachment
from portal.attachments.service import store_attachments
from portal.attachments.storage import current_store
from portal.campaigns.models import Campaign
from portal.core import clock, my_number
from portal.core.db import after_commit, db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.inspections.batches import enter_all
from portal.workbooks import policy
from portal.workbooks.contents import Kept, collect_form
from portal.workbooks.events import WorkbookStored
from portal.workbooks.faults import describe
from portal.workbooks.forms import make_form
from portal.workbooks.grids import Opened, open_file
from portal.workbooks.guarding import Hidden
from portal.workbooks.marks import parse_entry
from portal.workbooks.models import WorkbookUpload
from portal.workbooks.numbers import find_numbers, is_plain
from portal.workbooks.planning import Plan, plan_answers
from portal.workbooks.progress_forms import collect_progress, make_progress_form
from portal.workbooks.progress_planning import plan_progress
from portal.workbooks.reading import Problem, Reading, in_order, read_grids
from portal.workbooks.states import FormKind, UploadState

OWNER = "workbook"
LIFE = timedelta(hours=1)
_GONE = N_("確認の期限が過ぎたか、既に登録されています。もう一度ファイルを選んでください。")
_CHANGED = N_("確認の間に、ほかの方が回答を入力しました。変わった内容を確かめて、もう一度登録してください。")


@dataclass(frozen=True, kw_only=True)
class Received:
    """What became of a file: kept aside (``upload`` waits), refused for what it hides, or with problems at its cells.

    A refused one has an ``upload`` too where a clean copy can be made of it.
    """

    upload: WorkbookUpload | None = None
    plan: Plan | None = None
    hidden: Sequence[Hidden] = ()
    problems: Sequence[Problem] = field(default_factory=tuple)


def receive_file(
    actor: Actor, campaign: Campaign, *, file_name: str, stream: BinaryIO, my_number_confirmed: bool = False
) -> Received:
    """Look through a filled-in form and keep it aside for its sender's confirmation, or say all that is wrong.

    Nothing of it is entered yet. Raises Forbidden, Invalid (and NeedsConfirmation) at ``file`` for what is no form.
    """
    authorize(policy.can_upload, actor, campaign)
    drop_expired()
    name = clean_file_name(file_name)
    my_number.check_text("file", name, my_number_confirmed)
    opened = _open(name, stream)
    reading = read_grids(opened.grids)
    if opened.hidden:
        return Received(upload=_keep_refused(actor, campaign, name, reading), hidden=opened.hidden)
    numbers = find_numbers(opened.grids, is_confirmed=my_number_confirmed)
    plan = _plan(actor, campaign, reading, opened)
    numbers = describe(numbers, reading, opened.grids, plan.labels)
    problems = in_order([*numbers, *plan.problems], opened.grids)
    if problems or not plan.changes:
        return Received(plan=plan, problems=problems)
    upload = _keep(actor, campaign, name, reading, UploadState.WAITING)
    upload.is_confirmed_number = my_number_confirmed
    file = Upload(name, stream)
    store_attachments(actor, OWNER, upload.id, [file], field="file", confirmed=my_number_confirmed)
    return Received(upload=upload, plan=plan)


def look_again(actor: Actor, campaign: Campaign, upload: WorkbookUpload) -> Plan:
    """What a file that waits would change as things stand now. Raises NotFound when its bytes are gone."""
    opened = _open(upload.file_name, _open_original(upload))
    return _plan(actor, campaign, read_grids(opened.grids), opened)


def store_upload(actor: Actor, campaign: Campaign, upload: WorkbookUpload, *, fingerprint: str) -> Plan:
    """Enter everything that the file says, or nothing. The plan's ``fingerprint`` is what the sender saw.

    Raises Forbidden, Conflict when it was stored or expired, or when others changed meanwhile what it would change.
    """
    authorize(policy.can_upload, actor, campaign)
    authorize(policy.is_sender, actor, upload)
    _lock(upload)
    plan = look_again(actor, campaign, upload)
    if plan.problems or plan.fingerprint != fingerprint:
        raise Conflict(_CHANGED)
    if upload.kind is FormKind.ANSWERS:
        _save_answers(actor, campaign, upload, plan)
    # the file as a whole was confirmed, when it came
    enter_all(actor, campaign, plan.reports, my_number_confirmed=True)
    _finish(actor, upload, plan)
    return plan


def discard_upload(actor: Actor, upload: WorkbookUpload) -> None:
    """The sender does not want it entered: it is gone with its file."""
    authorize(policy.is_sender, actor, upload)
    _lock(upload)
    _drop([upload.id])


def make_clean_copy(actor: Actor, campaign: Campaign, upload: WorkbookUpload) -> bytes:
    """A fresh form with what could be read of a refused file. Raises Forbidden, NotFound."""
    authorize(policy.is_sender, actor, upload)
    kept = {}
    for text, cells in upload.kept.items():
        mark = parse_entry(text)
        if mark is not None:
            kept[mark.entry_id] = Kept(mark=mark, cells=cells)
    if upload.kind is FormKind.PROGRESS:
        return make_progress_form(collect_progress(actor, campaign, is_area=upload.is_area, kept=kept))
    return make_form(collect_form(actor, campaign, is_area=upload.is_area, kept=kept))


def drop_expired() -> int:
    """Drop what nobody confirmed in time, with its files; how many there were."""
    ids = db.session.scalars(
        sa.select(WorkbookUpload.id)
        .where(WorkbookUpload.state != UploadState.STORED, WorkbookUpload.expires_at <= clock.now())
        .with_for_update(skip_locked=True)
    ).all()
    _drop(ids)
    return len(ids)


def _plan(actor: Actor, campaign: Campaign, reading: Reading, opened: Opened) -> Plan:
    is_progress = bool(reading.marks) and reading.marks[0].kind is FormKind.PROGRESS
    plan = (plan_progress if is_progress else plan_answers)(actor, campaign, reading)
    plan.problems = describe(plan.problems, reading, opened.grids, plan.labels)
    plan.warnings = describe(plan.warnings, reading, opened.grids, plan.labels)
    return plan


def _save_answers(actor: Actor, campaign: Campaign, upload: WorkbookUpload, plan: Plan) -> None:
    merged = save_all(
        actor,
        campaign,
        plan.filled,
        source=Source.WORKBOOK,
        source_name=upload.file_name,
        my_number_confirmed=upload.is_confirmed_number,
    )
    if sum(len(each.changed) for each in merged) != len(plan.changes):
        raise Conflict(_CHANGED)


def _open(name: str, stream: BinaryIO) -> Opened:
    try:
        return open_file(name, stream)
    except Refused as refusal:
        raise Invalid(refusal.message, field="file", **{"name": shown_name(name), **refusal.params}) from refusal


def _open_original(upload: WorkbookUpload) -> BinaryIO:
    key = db.session.scalar(
        sa.select(Attachment.storage_key).where(Attachment.owner_kind == OWNER, Attachment.owner_id == upload.id)
    )
    try:
        return current_store().open(key or "")
    except FileNotFoundError as error:
        raise Conflict(_GONE) from error


def _keep(actor: Actor, campaign: Campaign, name: str, reading: Reading, state: UploadState) -> WorkbookUpload:
    mark, now = reading.marks[0], clock.now()
    upload = WorkbookUpload(
        key=secrets.token_urlsafe(24),
        campaign_id=campaign.id,
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        kind=mark.kind,
        state=state,
        file_name=name,
        scope=mark.scope,
        kept={},
        sent_at=now,
        expires_at=now + LIFE,
        signature=actor.signature,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def _keep_refused(actor: Actor, campaign: Campaign, name: str, reading: Reading) -> WorkbookUpload | None:
    """What could be read, for a clean copy; none of what is no form of this campaign, and no individual number."""
    is_ours = bool(reading.marks) and all(mark.campaign_id == campaign.id for mark in reading.marks)
    if not is_ours:
        return None
    upload = _keep(actor, campaign, name, reading, UploadState.REFUSED)
    upload.kept = {
        str(each.mark): {key: _plain(value) for key, value in each.cells.items() if is_plain(value)}
        for each in reading.entries
    }
    db.session.flush()
    return upload


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _lock(upload: WorkbookUpload) -> None:
    """Whoever comes second waits here, and then finds it stored or gone."""
    found = db.session.scalar(
        sa.select(WorkbookUpload)
        .where(WorkbookUpload.id == upload.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or found.state is not UploadState.WAITING or found.expires_at <= clock.now():
        raise Conflict(_GONE)


def _finish(actor: Actor, upload: WorkbookUpload, plan: Plan) -> None:
    upload.state, upload.stored_at = UploadState.STORED, clock.now()
    upload.cells, upload.entries, upload.bodies = len(plan.changes), plan.entries, plan.bodies
    db.session.flush()
    emit(
        actor,
        WorkbookStored(
            campaign_id=upload.campaign_id,
            upload_id=upload.id,
            form=upload.kind.value,
            cells=upload.cells,
            entries=upload.entries,
            bodies=upload.bodies,
            organisation_id=upload.organisation_id,
        ),
    )


def _drop(ids: Sequence[int]) -> None:
    """The rows at once, the bytes once that has committed."""
    if not ids:
        return
    where = (Attachment.owner_kind == OWNER, Attachment.owner_id.in_(ids))
    for key in db.session.scalars(sa.select(Attachment.storage_key).where(*where)):
        after_commit(f"drop {key}", lambda key=key: current_store().delete(key))  # type: ignore[misc]
    db.session.execute(sa.delete(Attachment).where(*where))
    db.session.execute(sa.delete(WorkbookUpload).where(WorkbookUpload.id.in_(ids)))
