"""Where an answer came from, and the states of a request for a later due."""

from portal.core.enums import LabelledEnum


class Source(LabelledEnum):
    """From where an answer was entered."""

    PAGE = ("page", "画面", "Page")
    WORKBOOK = ("workbook", "様式（Excel）", "Workbook")
    PREVIOUS = ("previous", "前回の回答", "Last round")


class ExtensionState(LabelledEnum):
    """asked → granted | refused by the office, withdrawn by the body."""

    ASKED = ("asked", "判断待ち", "Waiting")
    GRANTED = ("granted", "承認", "Granted")
    REFUSED = ("refused", "不承認", "Refused")
    WITHDRAWN = ("withdrawn", "取下げ", "Withdrawn")
