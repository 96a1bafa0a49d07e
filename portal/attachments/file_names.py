"""File names that are safe to keep, to show and to save again on any system."""

import re
import unicodedata

from portal.core.my_number import scan

LONGEST = 200
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # Windows cannot save them
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")


def clean_file_name(raw: str) -> str:
    """The name without path, control and direction characters, NFC, at most 200 characters, its extension kept."""
    name = raw.encode(errors="replace").decode().replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", name)
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    )
    name = _FORBIDDEN.sub("_", " ".join(name.split())).strip(". ")
    if _RESERVED.match(name):
        name = f"_{name}"
    if len(name) > LONGEST:
        ending = extension_of(name)
        stem = name[: LONGEST - len(ending) - 1]
        name = f"{stem.rstrip('. ')}.{ending}" if ending else name[:LONGEST]
    return name or "file"


def extension_of(name: str) -> str:
    """The extension in lower case without its dot, or an empty string."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem and len(ending) <= 10 else ""


def shown_name(name: str) -> str:
    """The name as a message may repeat it: its digits masked when they may be an individual number."""
    return name if scan(name) is None else re.sub(r"\d", "＊", unicodedata.normalize("NFKC", name))
