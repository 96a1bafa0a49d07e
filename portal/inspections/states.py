"""The stages of an inspection, the causes of mislinks and the state of a leak investigation."""

from portal.core.enums import LabelledEnum


class Stage(LabelledEnum):
    """How far one body is with one procedure (product.md §6, 3)."""

    EXTRACTION = ("extraction", "1 抽出", "1 Extraction")
    MATCHING = ("matching", "2 照合", "2 Matching")
    IDENTIFICATION = ("identification", "3 本人確認", "3 Identification")
    CORRECTION = ("correction", "4 修正", "4 Correction")
    DONE = ("done", "5 完了", "5 Done")


class LeakState(LabelledEnum):
    """What is known of a leak that a mislink may have caused; anything but an answer keeps the stage open."""

    NONE = ("none", "該当なし", "None")
    INVESTIGATING = ("investigating", "調査中", "Under investigation")
    CONFIRMED = ("confirmed", "漏えいあり", "Leak confirmed")
    DENIED = ("denied", "漏えいなし（確認済）", "No leak (checked)")


class MislinkCause(LabelledEnum):
    """Why a number was linked to the wrong person."""

    SAME_NAME = ("same_name", "同姓同名等による取り違え", "Mistaken for another of the same name")
    FAMILY = ("family", "家族等の番号の記載", "Number of a family member entered")
    INPUT = ("input", "入力の誤り", "Mistyped")
    LOOKUP = ("lookup", "J-LIS照会結果の誤選択", "Wrong J-LIS result chosen")
    MERGE = ("merge", "台帳の統合・移行の誤り", "Error in merging or migrating records")
    OTHER = ("other", "その他", "Other")
