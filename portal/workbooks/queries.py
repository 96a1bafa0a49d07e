"""Reading of workbooks that were sent, within what the actor may see."""

import hashlib

import sqlalchemy as sa

from portal.attachments.models import Attachment
from portal.attachments.queries import list_attachments
from portal.attachments.storage import current_store
from portal.campaigns.models import Campaign
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import N_
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.workbooks import policy
from portal.workbooks.models import WorkbookUpload
from portal.workbooks.states import UploadState

_OWNER = "workbook"
_TAMPERED = N_("保存されているファイルが、受け付けたときのものと一致しません。システムの管理者に連絡してください。")


def list_uploads(actor: Actor, campaign: Campaign, *, cursor: str | None = None) -> Page[WorkbookUpload]:
    """What the actor's office has entered from files, newest first. One statement."""
    select = sa.select(WorkbookUpload).where(
        WorkbookUpload.campaign_id == campaign.id,
        WorkbookUpload.organisation_id == actor.organisation_id,
        WorkbookUpload.state == UploadState.STORED,
    )
    return paginate(db.session, select, order=[WorkbookUpload.id.desc()], cursor=cursor, size=20)


def get_upload(actor: Actor, campaign: Campaign, key: str, state: UploadState) -> WorkbookUpload:
    """What the actor sent under this key, in this state and in time. Raises NotFound."""
    found = db.session.scalar(
        sa.select(WorkbookUpload).where(
            WorkbookUpload.key == key,
            WorkbookUpload.campaign_id == campaign.id,
            WorkbookUpload.state == state,
            WorkbookUpload.expires_at > clock.now(),
        )
    )
    if found is None or not policy.is_sender(actor, found):
        raise NotFound
    return found


def get_original(actor: Actor, campaign: Campaign, upload_id: int) -> Attachment:
    """The file as it came, for its office. Raises NotFound, Conflict when its bytes are not those that came."""
    upload = db.session.get(WorkbookUpload, upload_id)
    if upload is None or upload.campaign_id != campaign.id or upload.state is not UploadState.STORED:
        raise NotFound
    files = list_attachments(_OWNER, [upload.id])[upload.id]
    if not policy.can_take_original(actor, upload) or not files:
        raise NotFound
    digest = hashlib.sha256()
    try:
        with current_store().open(files[0].storage_key) as stream:
            while chunk := stream.read(1024 * 1024):
                digest.update(chunk)
    except FileNotFoundError as error:
        raise Conflict(_TAMPERED) from error
    if digest.hexdigest() != files[0].sha256:
        raise Conflict(_TAMPERED)
    return files[0]
