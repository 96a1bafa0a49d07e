"""Decoding what Japanese mail programs send: ISO-2022-JP with the NEC and IBM characters that Python's codec drops."""

import re
from email.header import decode_header

# The escape sequences of ISO-2022-JP and what the bytes after each of them are.
_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([DB@]|\([BJI])")
_TWO_BYTES = {b"$@", b"$B", b"$(@", b"$(B"}
_ISO_2022_JP = {"iso-2022-jp", "iso2022-jp", "iso-2022-jp-ms", "csiso2022jp", "cp50220", "cp50221", "cp50222"}
# What programs call Shift_JIS and EUC-JP is in truth Windows' superset of them, with ①, ㈱ and 髙.
_ALIASES = {"shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932"}


def decode(content: bytes, charset: str | None) -> str:
    """The text of the bytes; what cannot be read becomes a replacement character, nothing raises."""
    name = (charset or "").strip().strip("\"'").lower()
    if name in _ISO_2022_JP or (not name and b"\x1b$" in content):
        return _decode_iso_2022_jp(content)
    for candidate in (_ALIASES.get(name, name), "utf-8", "cp932"):
        try:
            return content.decode(candidate or "ascii")
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace")


def decode_words(header: str | None) -> str:
    """A header's text, its encoded words decoded, on one line."""
    parts = []
    for part, charset in decode_header(header or ""):
        parts.append(part if isinstance(part, str) else decode(part, charset))
    return " ".join("".join(parts).split())


def _decode_iso_2022_jp(content: bytes) -> str:
    """Read each stretch in its own set: JIS X 0208 rows through Windows' code page, which knows rows 13 and 89–92."""
    parts = _ESCAPE.split(content)
    texts = [parts[0].decode("ascii", "replace")]
    for escape, stretch in zip(parts[1::2], parts[2::2], strict=True):
        texts.append(_decode_stretch(escape, stretch))
    return "".join(texts)


def _decode_stretch(escape: bytes, stretch: bytes) -> str:
    if escape in _TWO_BYTES:
        return _from_jis(stretch)
    if escape == b"$(D":
        return (b"\x1b$(D" + stretch + b"\x1b(B").decode("iso2022_jp_1", "replace")
    if escape == b"(I":
        return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in stretch).decode("cp932", "replace")
    return stretch.decode("ascii", "replace")


def _from_jis(stretch: bytes) -> str:
    """JIS pairs (0x21–0x7E each) as Shift_JIS, the arithmetic of JIS X 0208 annex 1; line ends end a pair."""
    out = bytearray()
    index = 0
    while index < len(stretch):
        first = stretch[index]
        second = stretch[index + 1] if index + 1 < len(stretch) else 0
        if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
            out.append(first)
            index += 1
            continue
        lead = (first - 0x21) // 2 + (0x81 if first < 0x5F else 0xC1)
        odd = 0x1F if second < 0x60 else 0x20
        trail = second + (odd if first % 2 else 0x7E)
        out += bytes((lead, trail))
        index += 2
    return out.decode("cp932", "replace")
