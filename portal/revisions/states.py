"""The words of corrections."""

from portal.core.enums import LabelledEnum


class CorrectionState(LabelledEnum):
    """Where a correction 訂正 stands: draft → review → issued; given up before it is issued, it is discarded."""

    DRAFT = ("draft", "起案", "Draft")
    REVIEW = ("review", "確認・合議", "Under review")
    ISSUED = ("issued", "発出", "Issued")
    DISCARDED = ("discarded", "取りやめ", "Discarded")
