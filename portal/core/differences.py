"""What changed between two texts, character by character, as people read it."""

from diff_match_patch import diff_match_patch

from portal.core.enums import LabelledEnum

_LONGEST_SECONDS = 0.5  # beyond it the rest counts as replaced whole: coarser, never wrong


class DifferenceKind(LabelledEnum):
    """What became of a piece of text."""

    SAME = ("same", "変更なし", "Unchanged")
    ADDED = ("added", "追加", "Added")
    REMOVED = ("removed", "削除", "Removed")


_KINDS = {0: DifferenceKind.SAME, 1: DifferenceKind.ADDED, -1: DifferenceKind.REMOVED}


def differences(old: str, new: str) -> list[tuple[DifferenceKind, str]]:
    """The pieces of both texts in order: without the added ones they read as ``old``, without the removed as ``new``.

    Scattered single characters are joined to stretches that make sense to a reader.
    """
    engine = diff_match_patch()
    engine.Diff_Timeout = _LONGEST_SECONDS
    pieces = engine.diff_main(_lines(old), _lines(new))
    engine.diff_cleanupSemantic(pieces)
    return [(_KINDS[kind], text) for kind, text in pieces if text]


def replaced(old: str, new: str) -> list[tuple[DifferenceKind, str]]:
    """The same of values that are read whole, such as a date or a choice: the old one, then the new one."""
    return [(kind, text) for kind, text in ((DifferenceKind.REMOVED, old), (DifferenceKind.ADDED, new)) if text]


def _lines(text: str) -> str:
    """Browsers send CRLF; an unchanged line must not count as changed for it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
