"""A set of bodies as a page carries it, so that what changed since one looked can be named."""

import base64
import binascii
import zlib
from collections.abc import Iterable

LARGEST_ID = 1_000_000


def pack(ids: Iterable[int]) -> str:
    """The set in a few hundred characters: one bit a body, compressed."""
    bits = 0
    for each in ids:
        bits |= 1 << each
    raw = bits.to_bytes((bits.bit_length() + 7) // 8 or 1, "little")
    return base64.urlsafe_b64encode(zlib.compress(raw, 9)).decode()


def unpack(text: str) -> frozenset[int] | None:
    """The set again; None for what was not made by ``pack``."""
    try:
        raw = zlib.decompressobj().decompress(base64.urlsafe_b64decode(text.encode()), LARGEST_ID // 8)
    except (ValueError, zlib.error, binascii.Error):
        return None
    return frozenset(at * 8 + bit for at, byte in enumerate(raw) for bit in range(8) if byte >> bit & 1) or None
