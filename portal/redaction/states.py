"""The words of redaction 墨消し."""

from portal.core.enums import LabelledEnum


class RedactionState(LabelledEnum):
    """Asked by one person, decided by another; ``approved`` lasts only while the texts are changed."""

    ASKED = ("asked", "判断待ち", "To be decided")
    APPROVED = ("approved", "実施中", "Being done")
    DONE = ("done", "墨消し済", "Redacted")
    REFUSED = ("refused", "行わない", "Refused")


class RedactionCause(LabelledEnum):
    """Why something is blacked out; the tombstone names it."""

    PERSONAL = ("personal", "個人情報", "personal data")
    MY_NUMBER = ("my_number", "個人番号", "an individual number")
    SECURITY = ("security", "安全上の支障", "security")
    MISTAKE = ("mistake", "誤記載", "written by mistake")


class TargetKind(LabelledEnum):
    """What is redacted."""

    GUIDANCE = ("guidance", "通知等の文書", "Text of a paper")
    ISSUE = ("issue", "課題・照会の内容", "Text of an issue")
    POST = ("post", "投稿", "A post")
    FILE = ("file", "ファイル", "A file")
