"""The address to which a mail may be answered: each mail its own, unguessable, good for thirty days.

It is derived from the portal's key (``reply+<delivery>-<mark>@…``), so that nothing about it is stored and nobody can
make one for a mail that they did not get.
"""

import base64
import hashlib
import hmac
import re
from datetime import timedelta

from flask import current_app

from portal.config import Settings
from portal.core import clock
from portal.core.db import db
from portal.notifications.models import Delivery

CUT_LINE = "―― この行より上に返信を書いてください / Please write your reply above this line ――"
LIFE = timedelta(days=30)
_MARK_LENGTH = 24  # of base32: 120 bits


def is_reply_possible() -> bool:
    """Whether this portal takes answers by mail."""
    return bool(_settings().reply_address)


def reply_address(delivery: Delivery) -> str | None:
    """Where this mail may be answered, or None when the portal takes no answers by mail."""
    local, _, domain = _settings().reply_address.rpartition("@")
    return f"{local}+{delivery.id}-{_mark(delivery.id, delivery.person_id)}@{domain}" if local else None


def find_delivery(address: str) -> Delivery | None:
    """The mail whose reply address this is; None for any other address, however like one it looks."""
    local, _, domain = _settings().reply_address.lower().rpartition("@")
    pattern = rf"{re.escape(local)}\+(\d{{1,18}})-([a-z2-7]{{{_MARK_LENGTH}}})@{re.escape(domain)}"
    found = re.fullmatch(pattern, address.strip().lower()) if local else None
    if found is None:
        return None
    delivery = db.session.get(Delivery, int(found.group(1)))
    if delivery is None or not hmac.compare_digest(_mark(delivery.id, delivery.person_id), found.group(2)):
        return None
    return delivery


def is_expired(delivery: Delivery) -> bool:
    """Whether the mail is too old to be answered."""
    return clock.now() - delivery.created_at > LIFE


def _mark(delivery_id: int, person_id: int) -> str:
    key = _settings().secret_key.encode()
    digest = hmac.new(key, f"reply/{delivery_id}/{person_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:_MARK_LENGTH]


def _settings() -> Settings:
    settings: Settings = current_app.config["PORTAL_SETTINGS"]
    return settings
