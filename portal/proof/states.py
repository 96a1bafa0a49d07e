"""How far the proof of a campaign is."""

from portal.core.enums import LabelledEnum


class ProofState(LabelledEnum):
    """asked → making → made | failed, which is tried again."""

    ASKED = ("asked", "作成待ち", "Waiting")
    MAKING = ("making", "作成中", "Being made")
    MADE = ("made", "作成済", "Made")
    FAILED = ("failed", "作成できません", "Failed")
