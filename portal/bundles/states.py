"""The words of bundles and of replies to many."""

from portal.core.enums import LabelledEnum


class Scope(LabelledEnum):
    """Whom an answer on a bundled issue is meant for."""

    ALL = ("all", "束の全件", "The whole bundle")
    ONE = ("one", "この課題・照会だけ", "This issue only")


class BundleStep(LabelledEnum):
    """What can be told to a whole bundle at once."""

    OFFICIAL = ("official", "正式回答", "Official answer")
    PROVISIONAL = ("provisional", "暫定回答", "Provisional answer")
    RETURN = ("return", "補足依頼", "Request for information")
    QUOTE = ("quote", "公表済みの回答による回答", "Answer quoting what is published")


class TargetState(LabelledEnum):
    """What became of one target of a reply to many."""

    WAITING = ("waiting", "送信待ち", "Waiting")
    SENT = ("sent", "送信済み", "Sent")
    FAILED = ("failed", "送信できず", "Not sent")
    RECALLED = ("recalled", "取消し", "Recalled")


class Failure(LabelledEnum):
    """Why a target of a reply to many was not sent to."""

    AUTHOR_LEFT = ("author_left", "書いた人の所属が終わったため", "The writer's membership has ended")
    HIDDEN = ("hidden", "書いた人が担当を外れ、見られなくなったため", "The writer may no longer see it")
    NOT_ALLOWED = ("not_allowed", "状態または担当が変わり、書けなくなったため", "Its state or the charge has changed")
    REFUSED = ("refused", "本文が受け付けられなかったため", "The text was refused")
    BROKEN = ("broken", "送信の処理が繰り返し失敗したため", "Sending failed again and again")
