"""Where the originals of mails are kept, apart from attachments: headquarters alone reads them."""

from datetime import timedelta
from io import BytesIO

import sqlalchemy as sa
from flask import current_app

from portal.attachments.storage import DirectoryStore
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.inbound.models import InboundMail

_LOST_AFTER = timedelta(days=1)


def keep_original(content: bytes) -> str:
    """Write the mail's bytes and return the key. Raises OSError when they cannot be kept."""
    return _store().put(BytesIO(content)).key


def read_original(mail: InboundMail) -> bytes:
    """The bytes of the mail. Raises NotFound when they were not kept or are gone."""
    if mail.original_key is None:
        raise NotFound
    try:
        with _store().open(mail.original_key) as file:
            return file.read()
    except FileNotFoundError as error:
        raise NotFound from error


def delete_lost_originals() -> int:
    """Delete what transactions that failed left behind, a day later; how many."""
    before = clock.now() - _LOST_AFTER
    keys = [key for key, written_at in _store().written() if written_at <= before]
    known = set(db.session.scalars(sa.select(InboundMail.original_key).where(InboundMail.original_key.in_(keys))))
    for key in set(keys) - known:
        _store().delete(key)
    return len(set(keys) - known)


def _store() -> DirectoryStore:
    return DirectoryStore(current_app.config["PORTAL_SETTINGS"].data_dir / "inbound")
