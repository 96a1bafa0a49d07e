"""What changed from one edition of a paper to another, part by part, as its readers see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.attachments.models import Attachment
from portal.core.calendar import long_date
from portal.core.differences import DifferenceKind, differences, replaced
from portal.core.enums import LabelledEnum
from portal.core.i18n import N_
from portal.core.markdown import plain_text
from portal.guidance.models import Guidance
from portal.revisions.marking import correct_text
from portal.revisions.models import Correction

Pieces = tuple[tuple[DifferenceKind, str], ...]

# What is compared, in the order of the page; the sentence is a part's name.
_PARTS = (
    ("title", N_("件名")),
    ("nature", N_("性格")),
    ("required_action", N_("すること")),
    ("reply_due_on", N_("回答期限")),
    ("concerned_sections", N_("対象の課")),
    ("addressee_line", N_("宛名")),
    ("sender_title", N_("発信者名")),
    ("body", N_("本文")),
    ("legal_basis", N_("法的根拠")),
    ("contact", N_("照会先")),
)

_WHOLE = frozenset({"nature", "reply_due_on"})  # read whole, not character by character


class FileChange(LabelledEnum):
    """What became of a file."""

    SAME = ("same", "変更なし", "Unchanged")
    ADDED = ("added", "追加", "Added")
    REPLACED = ("replaced", "差替え", "Replaced")
    REMOVED = ("removed", "削除", "Removed")


@dataclass(frozen=True)
class Edition:
    """A paper with its files in force and the corrections after which it is read."""

    paper: Guidance
    files: Sequence[Attachment] = ()
    corrections: Sequence[Correction] = ()


@dataclass(frozen=True)
class PartChange:
    """A part of the paper whose text is another one now."""

    name: str
    pieces: Pieces


@dataclass(frozen=True)
class Changes:
    """What is new in an edition beside an earlier one."""

    parts: list[PartChange]
    files: list[tuple[FileChange, str]]

    @property
    def is_empty(self) -> bool:
        """Whether both read the same."""
        return not self.parts and all(change is FileChange.SAME for change, _ in self.files)


def compare_editions(old: Edition, new: Edition) -> Changes:
    """The parts that differ, texts character by character, and what became of each file, by name and content."""
    parts = []
    for name, label in _PARTS:
        before, after = _read(old, name), _read(new, name)
        if before != after:
            parts.append(PartChange(label, _pieces(before, after, name in _WHOLE)))
    return Changes(parts, _compare_files(old.files, new.files))


def _compare_files(old: Sequence[Attachment], new: Sequence[Attachment]) -> list[tuple[FileChange, str]]:
    before, after = {file.file_name: file.sha256 for file in old}, {file.file_name: file.sha256 for file in new}
    found = []
    for name, digest in after.items():
        if name not in before:
            found.append((FileChange.ADDED, name))
        else:
            found.append((FileChange.SAME if before[name] == digest else FileChange.REPLACED, name))
    return found + [(FileChange.REMOVED, name) for name in before if name not in after]


def _read(edition: Edition, name: str) -> str:
    value = getattr(edition.paper, name)
    if name == "body":
        return plain_text(correct_text(value, edition.corrections))
    if isinstance(value, LabelledEnum):
        return value.label("ja")
    return value if isinstance(value, str) else (long_date(value) if value is not None else "")


@lru_cache(maxsize=64)
def _pieces(before: str, after: str, is_whole: bool) -> Pieces:
    return tuple(replaced(before, after) if is_whole else differences(before, after))
