"""The words of a liaison's day: kinds of contacts, how a call went, whether the body has confirmed."""

from portal.core.enums import LabelledEnum


class ContactKind(LabelledEnum):
    """What sort of contact with a body it was."""

    CALL = ("call", "連絡の記録", "Call log")
    PHONE_NOTE = ("phone_note", "電話メモ", "Phone note")
    HEARING = ("hearing", "聴取", "Hearing")


class Direction(LabelledEnum):
    """Who rang whom."""

    OUTGOING = ("outgoing", "こちらから", "Outgoing")
    INCOMING = ("incoming", "団体から", "Incoming")


class Means(LabelledEnum):
    """How a hearing was held."""

    VISIT = ("visit", "訪問", "Visit")
    CALL = ("call", "電話", "Telephone")
    ONLINE = ("online", "オンライン", "Online")
    MEETING = ("meeting", "会議", "Meeting")


class CallOutcome(LabelledEnum):
    """How a call of the day sheet went."""

    REACHED = ("reached", "連絡済", "Reached")
    NOT_REACHED = ("not_reached", "不在", "Not reached")
    AGAIN = ("again", "再架電", "Call again")


class Confirmation(LabelledEnum):
    """What the body said of a record that was put to it."""

    NOT_ASKED = ("not_asked", "確認依頼なし", "Not put to the body")
    ASKED = ("asked", "確認待ち", "Awaiting confirmation")
    CONFIRMED = ("confirmed", "確認済", "Confirmed")
    CORRECTED = ("corrected", "訂正あり", "Corrected")


class ItemKind(LabelledEnum):
    """What a point of a hearing is."""

    PROBLEM = ("problem", "課題", "Problem")
    REQUEST = ("request", "要望", "Request")


class ReasonKind(LabelledEnum):
    """Why a body stands on the day sheet."""

    ALARM = ("alarm", "緊急・漏えい", "Urgent or leak")
    AGAIN = ("again", "再架電の約束", "To be called again")
    PROMISE = ("promise", "約束の期限", "Promise due")
    PROVISIONAL = ("provisional", "正式回答の予定日超過", "Promised answer overdue")
    UNANSWERED = ("unanswered", "通知等に未回答", "Guidance not answered")
    SURVEY = ("survey", "調査に未回答", "Campaign not answered")
    STUCK = ("stuck", "滞留", "Stuck")
    UNCONFIRMED = ("unconfirmed", "記録が未確認", "Record not confirmed")
    UNRECEIVED = ("unreceived", "通知等が未受領", "Guidance not received")
