"""The names of printed copies, which say with which corrections the text stands in them."""

import re
from collections.abc import Iterable

from portal.attachments.models import Attachment
from portal.guidance.models import Guidance

LONGEST = 190  # characters before the ending
_CORRECTED = re.compile(r"（第([0-9]+)回訂正後）\.pdf$")


def name_of(guidance: Guidance, correction_count: int) -> str:
    """The name of the copy of the paper with its first so many corrections."""
    corrected = f"（第{correction_count}回訂正後）" if correction_count else ""
    return f"{(guidance.document_number or guidance.title)[: LONGEST - len(corrected)]}{corrected}.pdf"


def in_order(files: Iterable[Attachment]) -> list[Attachment]:
    """The copies of one paper from the text as it was issued to the newest, whenever each was made."""
    return sorted(files, key=lambda file: (_count_in(file.file_name), file.id))


def _count_in(name: str) -> int:
    found = _CORRECTED.search(name)
    return int(found.group(1)) if found else 0
