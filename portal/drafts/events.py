"""What happens to drafts, checklists, reply templates and promised dates. No event carries a text."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Audience, Event
from portal.core.i18n import N_
from portal.issues.events import IssueEvent


@dataclass(frozen=True, kw_only=True)
class AnswerDraftEvent(IssueEvent):
    """Base: something that concerns the draft of an issue's answer; for headquarters alone."""

    draft_id: int
    number: int
    audience: Audience = Audience.INTERNAL


class AnswerDraftSaved(AnswerDraftEvent):
    """A new version was written."""

    label: ClassVar[str] = N_("案文の保存")


class AnswerDraftRestored(AnswerDraftEvent):
    """An earlier version became the newest again."""

    label: ClassVar[str] = N_("案文の復元")


class AnswerDraftCommented(AnswerDraftEvent):
    """Somebody remarked on it."""

    label: ClassVar[str] = N_("案文へのコメント")


class AnswerDraftUsed(AnswerDraftEvent):
    """An answer was given from it; the version holds the text as it was sent."""

    label: ClassVar[str] = N_("案文による回答")


@dataclass(frozen=True, kw_only=True)
class AnswerPromiseDue(IssueEvent):
    """The date for which the official answer is promised comes near, has come, or has passed; for headquarters."""

    label: ClassVar[str] = N_("正式回答の予定日の通知")
    promised_on: str
    step: str
    audience: Audience = Audience.INTERNAL


@dataclass(frozen=True, kw_only=True)
class ChecklistEvent(IssueEvent):
    """Base: something that concerns a step of an issue's checklist, which both sides see."""

    step_id: int
    side: str


@dataclass(frozen=True, kw_only=True)
class ChecklistStepAdded(ChecklistEvent):
    """Headquarters added a step."""

    label: ClassVar[str] = N_("手順の追加")
    due_on: str | None = None


class ChecklistStepDone(ChecklistEvent):
    """The side whose step it is ticked it."""

    label: ClassVar[str] = N_("手順の完了")


class ChecklistStepReopened(ChecklistEvent):
    """The tick was taken back."""

    label: ClassVar[str] = N_("手順の完了の取消し")


class ChecklistStepRemoved(ChecklistEvent):
    """The step is not needed."""

    label: ClassVar[str] = N_("手順の削除")


@dataclass(frozen=True, kw_only=True)
class ReplyTemplateEvent(Event):
    """Base: something that concerns a reply template; for headquarters alone."""

    subject: ClassVar[str] = "reply_template"
    reply_template_id: int
    audience: Audience = Audience.INTERNAL


class ReplyTemplateWritten(ReplyTemplateEvent):
    """A template was made or changed."""

    label: ClassVar[str] = N_("テンプレートの作成・修正")


class ReplyTemplateReviewed(ReplyTemplateEvent):
    """Somebody found that the text agrees with its source as it stands."""

    label: ClassVar[str] = N_("テンプレートの引用元の確認")


class ReplyTemplateRetired(ReplyTemplateEvent):
    """The template is used no more."""

    label: ClassVar[str] = N_("テンプレートの廃止")
