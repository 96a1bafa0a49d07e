"""The words of an issue: kinds, states, urgency, who holds the ball."""

from portal.core.enums import LabelledEnum


class IssueKind(LabelledEnum):
    """What a body brings up."""

    PROBLEM = ("problem", "課題", "Problem")
    QUESTION = ("question", "照会", "Question")
    REQUEST = ("request", "要望", "Request")
    GOOD_PRACTICE = ("good_practice", "優良事例", "Good practice")
    HEARING = ("hearing", "聴取", "Hearing")


class IssueState(LabelledEnum):
    """Where an issue stands (product.md section 3)."""

    DRAFT = ("draft", "下書き", "Draft")
    SUBMITTED = ("submitted", "受付", "Submitted")
    TRIAGED = ("triaged", "仕分け済", "Triaged")
    RETURNED = ("returned", "補足依頼", "Returned for information")
    ASSIGNED = ("assigned", "割振り済", "Assigned")
    CONSULTING = ("consulting", "府省照会中", "Consulting a ministry")
    ANSWERED = ("answered", "回答済", "Answered")
    CLOSED = ("closed", "完了", "Closed")
    DECLINED = ("declined", "対象外", "Out of scope")
    WITHDRAWN = ("withdrawn", "取下げ", "Withdrawn")


ENDED = frozenset({IssueState.CLOSED, IssueState.DECLINED, IssueState.WITHDRAWN})
BEFORE_ANSWER = frozenset(
    {IssueState.SUBMITTED, IssueState.TRIAGED, IssueState.RETURNED, IssueState.ASSIGNED, IssueState.CONSULTING}
)


class Urgency(LabelledEnum):
    """How soon the body needs an answer."""

    NORMAL = ("normal", "通常", "Normal")
    HIGH = ("high", "急ぎ", "High")
    URGENT = ("urgent", "緊急", "Urgent")


class Leak(LabelledEnum):
    """Whether personal data has leaked; anything but no alerts the secretariat at once."""

    NO = ("no", "なし", "No")
    SUSPECTED = ("suspected", "おそれあり", "Suspected")
    YES = ("yes", "あり", "Yes")


class Holder(LabelledEnum):
    """Who has the ball."""

    SUBMITTER = ("submitter", "提出団体", "Submitting body")
    LIAISON = ("liaison", "リエゾン", "Liaison")
    SECRETARIAT = ("secretariat", "事務局", "Secretariat")
    DIVISION = ("division", "幹事課", "Division")
    MINISTRY = ("ministry", "関係府省", "Ministry")
    NOBODY = ("nobody", "なし", "Nobody")


class PauseKind(LabelledEnum):
    """Why the clock of an issue stands still."""

    SUBMITTER = ("submitter", "提出団体の補足待ち", "Waiting for the submitter")
    STATED = ("stated", "理由を示した停止", "Stopped for a stated reason")


class PostKind(LabelledEnum):
    """What a post in the thread is."""

    REPLY = ("reply", "投稿", "Reply")
    NOTE = ("note", "内部メモ", "Internal note")
    RETURN = ("return", "補足依頼", "Request for information")
    PROVISIONAL_ANSWER = ("provisional_answer", "暫定回答", "Provisional answer")
    OFFICIAL_ANSWER = ("official_answer", "正式回答", "Official answer")
    QUOTED_ANSWER = ("quoted_answer", "公表済みの回答による回答", "Answer quoting what is published")
    CONSULTATION = ("consultation", "府省照会", "Consultation")
    CONSULTATION_REPLY = ("consultation_reply", "府省の回答（参考）", "Ministry's reply (material)")
    DECISION = ("decision", "処理の理由", "Reason for a decision")
    PROMISE_CHANGED = ("promise_changed", "正式回答の予定日の変更", "New date for the official answer")
    CLOCK_STOPPED = ("clock_stopped", "時計を止めた理由", "Reason for stopping the clock")
