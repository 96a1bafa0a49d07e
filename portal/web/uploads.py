"""Files between the browser and the attachments: what a form received, and a download as a response."""

import logging
from collections.abc import Iterable
from typing import BinaryIO, Protocol, cast

from flask import Response, send_file
from werkzeug.datastructures import FileStorage

from portal.attachments.inspection import Upload
from portal.attachments.models import Attachment
from portal.attachments.storage import FileStore, current_store
from portal.core.errors import NotFound

logger = logging.getLogger(__name__)


class _HoldsFiles(Protocol):
    """A form's file field."""

    data: object


def uploads_from(field: _HoldsFiles) -> list[Upload]:
    """The files that somebody chose in the field; a file input left empty gives none."""
    data = field.data
    files = data if isinstance(data, Iterable) and not isinstance(data, FileStorage | str | bytes) else [data]
    return [
        Upload(file.filename, cast(BinaryIO, file.stream), file.mimetype or "")
        for file in files
        if isinstance(file, FileStorage) and file.filename
    ]


def send_attachment(attachment: Attachment, store: FileStore | None = None) -> Response:
    """The file as a download that no browser ever shows in the portal's name.

    This asks nobody for permission: the calling route has fetched the owner through its feature's ``viewable_by``
    and the attachment by that owner and audience. Raises NotFound when the bytes are gone.
    """
    try:
        file = (store or current_store()).open(attachment.storage_key)
    except FileNotFoundError as error:
        logger.error("the file of attachment %s is missing", attachment.id)
        raise NotFound from error
    response = send_file(
        file,
        mimetype=attachment.media_type,
        as_attachment=True,
        download_name=attachment.file_name,
        conditional=False,
        etag=False,
    )
    response.content_length = attachment.size_bytes
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
