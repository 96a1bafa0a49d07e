"""What became of a mail that came in, and why some are held back."""

from portal.core.enums import LabelledEnum


class MailState(LabelledEnum):
    """Where a mail stands."""

    HELD = ("held", "保留中", "Held back")
    POSTED = ("posted", "投稿済", "Posted")
    RELEASED = ("released", "確認後に投稿", "Posted after a check")
    RETURNED = ("returned", "配信の知らせ（記録済）", "Delivery report, recorded")
    DISCARDED = ("discarded", "破棄", "Discarded")


class HeldReason(LabelledEnum):
    """Why a mail was not posted by itself."""

    UNKNOWN_ADDRESS = ("unknown_address", "返信用の宛先ではない", "Not a reply address")
    EXPIRED = ("expired", "返信の期限（30日）切れ", "The reply address has expired (30 days)")
    OTHER_SENDER = ("other_sender", "差出人が本人のアドレスではない", "Sent from another address")
    NOT_GENUINE = ("not_genuine", "送信元の認証に失敗", "The sender could not be authenticated")
    AUTOMATIC = ("automatic", "自動応答", "An automatic reply")
    BOUNCE = ("bounce", "配信不能の知らせ", "A bounce")
    TOO_MANY = ("too_many", "短時間に多数の返信", "Too many replies in a short time")
    TOO_LARGE = ("too_large", "大きすぎるメール", "The mail is too large")
    EMPTY = ("empty", "本文がない", "No text of its own")
    NOT_ALLOWED = ("not_allowed", "投稿できない案件・立場", "The person may not post there (any more)")
    NUMBER = ("number", "個人番号と思われる数字", "A number that looks like a My Number")
    REFUSED = ("refused", "本文または添付ファイルが受け付けられない", "The text or a file was refused")
    FAILED = ("failed", "処理できなかった", "It could not be processed")


# What a person may look into and post after all; the rest belongs to no issue, or to nobody.
RELEASABLE = frozenset(
    {
        HeldReason.EXPIRED,
        HeldReason.OTHER_SENDER,
        HeldReason.NOT_GENUINE,
        HeldReason.AUTOMATIC,
        HeldReason.TOO_MANY,
        HeldReason.NUMBER,
        HeldReason.NOT_ALLOWED,
        HeldReason.REFUSED,
        HeldReason.FAILED,
    }
)
