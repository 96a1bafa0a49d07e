"""The words of drafts of answers, checklists, reply templates and notices of promised dates."""

from portal.core.enums import LabelledEnum


class VersionKind(LabelledEnum):
    """How a version of a draft came to be."""

    SAVED = ("saved", "保存", "Saved")
    RESTORED = ("restored", "復元", "Restored")
    PROVISIONAL = ("provisional", "暫定回答として送付", "Sent as provisional answer")
    FINAL = ("final", "回答として送付", "Sent as answer")


class Side(LabelledEnum):
    """Whose step it is; a ministry is named in words and ticked for by headquarters."""

    BODY = ("body", "団体", "Body")
    DIVISION = ("division", "幹事課", "Division")
    LIAISON = ("liaison", "リエゾン", "Liaison")
    MINISTRY = ("ministry", "関係府省", "Ministry")


class SourceKind(LabelledEnum):
    """What a reply template is bound to; the values are those of links between features."""

    QA_ENTRY = ("qa_entry", "Q&A", "Q&A")
    GUIDANCE = ("guidance", "通知等", "Guidance")


class NoticeStep(LabelledEnum):
    """When a division is reminded of the date for which it promised the official answer."""

    EVE = ("eve", "前営業日", "The business day before")
    DAY = ("day", "当日", "On the day")
    MISSED = ("missed", "超過", "Missed")
