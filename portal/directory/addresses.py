"""Mail addresses as the portal keeps them."""

import re

from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.kana import fold_width

_ADDRESS = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?\.[a-z]{2,24}")


def normalise_email(text: str, *, field: str = "email") -> str:
    """The address in half-width lower case. Raises Invalid for what is no address (headers cannot be smuggled in)."""
    address = fold_width(text).replace(" ", "").lower()
    local, _, domain = address.partition("@")
    odd = ".." in address or local.startswith(".") or local.endswith(".")
    if odd or len(address) > 254 or not domain or not _ADDRESS.fullmatch(address):
        raise Invalid(N_("メールアドレスの形式が正しくありません。例：tantou@city.example.lg.jp"), field=field)
    return address
