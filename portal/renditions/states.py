"""The words of printed copies."""

from portal.core.enums import LabelledEnum


class RenditionState(LabelledEnum):
    """How far the PDF of a paper is."""

    WAITING = ("waiting", "作成待ち", "Waiting")
    MAKING = ("making", "作成中", "Being made")
    MADE = ("made", "作成済", "Made")
    FAILED = ("failed", "失敗", "Failed")
