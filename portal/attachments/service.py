"""Storing and removing attachments. The feature that owns the thing checks who may do so, and emits the event."""

from collections.abc import Sequence
from datetime import timedelta
from typing import BinaryIO

import sqlalchemy as sa

from portal.attachments.inspection import Inspected, Upload, inspect_uploads
from portal.attachments.models import Attachment
from portal.attachments.storage import StoredFile, current_store
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import Audience
from portal.core.i18n import N_
from portal.directory.actor import Actor

OWNER_QUOTA = 200 * 1024 * 1024
_OVER_QUOTA = N_("添付ファイルの合計が上限（%(limit)s MB）を超えます。不要なファイルを減らしてください。")
_ORPHAN_AGE = timedelta(days=1)  # longer than any transaction lasts
_BATCH = 500


def store_attachments(
    actor: Actor,
    owner_kind: str,
    owner_id: int,
    uploads: Sequence[Upload],
    *,
    audience: Audience | None = None,
    field: str = "attachments",
    confirmed: bool = False,
) -> list[Attachment]:
    """Judge the files, write them and add their rows, all or none. The caller has checked that the actor may.

    ``audience`` is that of the post they hang on. Raises Invalid (with the file's name in ``params``) for a file
    that may not be attached, for more than ten at once and beyond the owner's 200 MB; NeedsConfirmation when a name
    or a text may hold an individual number and ``confirmed`` is not set.
    """
    if not uploads:
        return []
    files = inspect_uploads(uploads, field=field, confirmed=confirmed)
    if _held_bytes(owner_kind, owner_id) + sum(file.size for file in files) > OWNER_QUOTA:
        raise Invalid(_OVER_QUOTA, field=field, limit=OWNER_QUOTA // 1024 // 1024)
    rows = [
        Attachment(
            owner_kind=owner_kind,
            owner_id=owner_id,
            audience=audience,
            file_name=file.file_name,
            media_type=file.media_type,
            size_bytes=stored.size,
            sha256=stored.sha256,
            storage_key=stored.key,
            uploaded_by_person_id=actor.person_id,
            uploaded_at=clock.now(),
        )
        for file, stored in zip(files, _write(files), strict=True)
    ]
    db.session.add_all(rows)
    db.session.flush()
    return rows


def store_made_file(
    owner_kind: str, owner_id: int, stream: BinaryIO, *, file_name: str, media_type: str, person_id: int
) -> Attachment:
    """Keep a file that the portal made itself, in the name of whoever answers for its content."""
    stored = current_store().put(stream)
    row = Attachment(
        owner_kind=owner_kind,
        owner_id=owner_id,
        file_name=file_name,
        media_type=media_type,
        size_bytes=stored.size,
        sha256=stored.sha256,
        storage_key=stored.key,
        uploaded_by_person_id=person_id,
        uploaded_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def copy_files(actor: Actor, files: Sequence[Attachment], target: tuple[str, int]) -> list[Attachment]:
    """Give ``target`` (kind, id) its own copies of these stored files; they were judged when they first came."""
    store = current_store()
    rows = []
    for file in files:
        with store.open(file.storage_key) as stream:
            stored = store.put(stream)
        rows.append(
            Attachment(
                owner_kind=target[0],
                owner_id=target[1],
                audience=file.audience,
                file_name=file.file_name,
                media_type=file.media_type,
                size_bytes=stored.size,
                sha256=stored.sha256,
                storage_key=stored.key,
                uploaded_by_person_id=actor.person_id,
                uploaded_at=clock.now(),
            )
        )
    db.session.add_all(rows)
    db.session.flush()
    return rows


def remove_attachment(attachment: Attachment) -> None:
    """Take the file from view; its row and bytes stay for the record. The caller has checked that the actor may."""
    if attachment.removed_at is None:
        attachment.removed_at = clock.now()


def list_orphans() -> list[str]:
    """The keys in the store, a day old or older, that no row names: what rolled-back requests left behind."""
    before = clock.now() - _ORPHAN_AGE
    keys = [key for key, written_at in current_store().written() if written_at <= before]
    orphans = []
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        known = set(db.session.scalars(sa.select(Attachment.storage_key).where(Attachment.storage_key.in_(batch))))
        orphans += [key for key in batch if key not in known]
    return orphans


def delete_orphans() -> int:
    """Delete what ``list_orphans`` names and say how many files that were."""
    orphans = list_orphans()
    for key in orphans:
        current_store().delete(key)
    return len(orphans)


def _held_bytes(owner_kind: str, owner_id: int) -> int:
    return int(
        db.session.scalar(
            sa.select(sa.func.coalesce(sa.func.sum(Attachment.size_bytes), 0)).where(
                Attachment.owner_kind == owner_kind, Attachment.owner_id == owner_id, Attachment.removed_at.is_(None)
            )
        )
        or 0
    )


def _write(files: Sequence[Inspected]) -> list[StoredFile]:
    store, written = current_store(), []
    try:
        for file in files:
            written.append(store.put(file.stream))
    except OSError:
        for stored in written:
            store.delete(stored.key)
        raise
    return written
