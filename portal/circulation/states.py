"""The words of 庁内展開."""

from portal.core.enums import LabelledEnum


class CirculationState(LabelledEnum):
    """Where a body stands in collecting its own answer."""

    COLLECTING = ("collecting", "取りまとめ中", "Collecting")
    CONFIRMING = ("confirming", "長の確認待ち", "Waiting for the head")
    CONFIRMED = ("confirmed", "回答済", "Answered")


class PartState(LabelledEnum):
    """What became of a part that was sent to a section."""

    WAITING = ("waiting", "回答待ち", "Waiting for its answer")
    ANSWERED = ("answered", "回答あり", "Answered")
    NOT_APPLICABLE = ("not_applicable", "該当なし", "Not applicable")
    SENT_BACK = ("sent_back", "担当外で返却", "Sent back: not ours")
    REPLACED = ("replaced", "送り直し済", "Sent anew")
    WITHDRAWN = ("withdrawn", "取消し", "Withdrawn")


GIVEN = (PartState.ANSWERED, PartState.NOT_APPLICABLE)
ANSWERABLE = frozenset({PartState.WAITING, *GIVEN})  # an answer may be changed until the head is asked
RESENDABLE = ANSWERABLE | {PartState.SENT_BACK}


class AnswerState(LabelledEnum):
    """What became of an answer put before the head."""

    ASKED = ("asked", "確認待ち", "Waiting for confirmation")
    CONFIRMED = ("confirmed", "確認済", "Confirmed")
    RETURNED = ("returned", "差戻し", "Returned")
    TAKEN_BACK = ("taken_back", "取下げ", "Taken back")
