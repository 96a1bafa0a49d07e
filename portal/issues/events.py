"""What happens to issues. No event carries the text of a post."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class IssueEvent(Event):
    """Base: something that concerns one issue. ``post_id`` is the post that carries the text, if one does."""

    subject: ClassVar[str] = "issue"
    issue_id: int
    post_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class IssueSubmitted(IssueEvent):
    """A body submitted; any leak but ``no`` alerts the secretariat at once."""

    label: ClassVar[str] = N_("課題・照会の提出")
    number: str
    leak: str


class IssueResubmitted(IssueEvent):
    """The body supplied what was asked for."""

    label: ClassVar[str] = N_("補足の提出")


class IssueReturned(IssueEvent):
    """The liaison asks for information."""

    label: ClassVar[str] = N_("補足依頼")


@dataclass(frozen=True, kw_only=True)
class IssueTriaged(IssueEvent):
    """The liaison checked theme, urgency and duplicates; ``changes`` maps a field to [before, after]."""

    label: ClassVar[str] = N_("仕分け")
    changes: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class IssueRouted(IssueEvent):
    """The issue goes to a division."""

    label: ClassVar[str] = N_("割振り")
    division_id: int


class IssueAccepted(IssueEvent):
    """The division takes it on."""

    label: ClassVar[str] = N_("受入れ")


class IssueBounced(IssueEvent):
    """The division does not take it on; the secretariat routes it anew."""

    label: ClassVar[str] = N_("割振りの返却")


@dataclass(frozen=True, kw_only=True)
class IssueTakenBack(IssueEvent):
    """The secretariat took it back from a division, to route it anew."""

    label: ClassVar[str] = N_("割振りの取消し")
    division_id: int


@dataclass(frozen=True, kw_only=True)
class MinistryConsulted(IssueEvent):
    """The division put a question to a ministry."""

    label: ClassVar[str] = N_("府省照会")
    consultation_id: int
    ministry_id: int


@dataclass(frozen=True, kw_only=True)
class ConsultationAnswered(IssueEvent):
    """The ministry replied, partially while some of its sub-questions are open; the reply is material."""

    label: ClassVar[str] = N_("府省の回答")
    consultation_id: int
    ministry_id: int
    is_partial: bool = False


@dataclass(frozen=True, kw_only=True)
class ConsultationWithdrawn(IssueEvent):
    """The question was taken back with a reason."""

    label: ClassVar[str] = N_("府省照会の取下げ")
    consultation_id: int
    ministry_id: int


@dataclass(frozen=True, kw_only=True)
class ProvisionalAnswerGiven(IssueEvent):
    """A member of the division answered for the time being; the official answer is promised for a date."""

    label: ClassVar[str] = N_("暫定回答")
    promised_on: str | None


@dataclass(frozen=True, kw_only=True)
class AnswerPromisedAnew(IssueEvent):
    """The division gave a new date for the official answer, with a reason."""

    label: ClassVar[str] = N_("正式回答の予定日の変更")
    previous_on: str
    promised_on: str


class OfficialAnswerGiven(IssueEvent):
    """The head of the division answered."""

    label: ClassVar[str] = N_("正式回答")


class IssueAnsweredByQuote(IssueEvent):
    """The liaison answered by quoting what is published."""

    label: ClassVar[str] = N_("公表済みの回答による回答")


class IssueClosed(IssueEvent):
    """The submitter, or after 14 days the portal, closed it."""

    label: ClassVar[str] = N_("完了")


class IssueReopened(IssueEvent):
    """The submitter reopened it with a reason."""

    label: ClassVar[str] = N_("再開")


class IssueDeclineProposed(IssueEvent):
    """The liaison holds it to be out of scope and names the right desk; the secretariat decides."""

    label: ClassVar[str] = N_("対象外の提案")


class IssueDeclined(IssueEvent):
    """The secretariat confirmed that it is out of scope."""

    label: ClassVar[str] = N_("対象外の決定")


class IssueDeclineRejected(IssueEvent):
    """The secretariat did not confirm; the liaison goes on."""

    label: ClassVar[str] = N_("対象外の提案の差戻し")


class IssueWithdrawn(IssueEvent):
    """The submitter took it back."""

    label: ClassVar[str] = N_("取下げ")


@dataclass(frozen=True, kw_only=True)
class IssueClockStopped(IssueEvent):
    """The clock stands for a stated reason, until a day."""

    label: ClassVar[str] = N_("時計の停止")
    resumes_on: str


class IssueClockResumed(IssueEvent):
    """The clock goes on, by hand or because the day has come."""

    label: ClassVar[str] = N_("時計の再開")


@dataclass(frozen=True, kw_only=True)
class IssueEdited(IssueEvent):
    """The reported text or facts were changed after submission; ``changes`` names the fields."""

    label: ClassVar[str] = N_("報告内容の訂正")
    changes: dict[str, Any]


class ReplyPosted(IssueEvent):
    """A reply in the thread, of any audience but internal."""

    label: ClassVar[str] = N_("投稿")


class InternalNoteWritten(IssueEvent):
    """A note that only headquarters sees (audience internal)."""

    label: ClassVar[str] = N_("内部メモの記入")
