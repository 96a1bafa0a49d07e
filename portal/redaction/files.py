"""A file in whose place a tombstone stands; the sweep of the store deletes its bytes within two days."""

import io

from portal.attachments.models import Attachment
from portal.attachments.storage import current_store
from portal.core import clock

_TYPE = "text/plain"


def replace_file(file: Attachment, tombstone: str) -> None:
    """Let a short text stand in the place of the file, under a name that says so; nothing names its bytes any more."""
    stored = current_store().put(io.BytesIO(f"{tombstone}\n".encode()))
    file.file_name, file.media_type = f"{tombstone}.txt", _TYPE
    file.size_bytes, file.sha256, file.storage_key = stored.size, stored.sha256, stored.key


def withdraw_file(file: Attachment, tombstone: str) -> None:
    """The same for a file that is made anew: it is no longer shown."""
    replace_file(file, tombstone)
    file.removed_at = file.removed_at or clock.now()
