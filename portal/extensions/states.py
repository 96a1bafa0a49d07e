"""The words of extension requests."""

from portal.core.enums import LabelledEnum


class ExtensionState(LabelledEnum):
    """What became of a body's request for a later due date."""

    ASKED = ("asked", "申請中", "Asked for")
    GRANTED = ("granted", "承認", "Granted")
    REFUSED = ("refused", "不承認", "Refused")
    WITHDRAWN = ("withdrawn", "取下げ", "Withdrawn")
