"""What happens to bundles, replies to many and split issues. Nobody outside headquarters learns of the first two."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.core.events import Audience, Event
from portal.core.i18n import N_
from portal.issues.events import IssueEvent


@dataclass(frozen=True, kw_only=True)
class BundleEvent(Event):
    """Base: something that concerns a bundle; it names no body, and its audience is headquarters."""

    subject: ClassVar[str] = "bundle"
    bundle_id: int
    audience: Audience = Audience.INTERNAL


@dataclass(frozen=True, kw_only=True)
class IssuesTied(BundleEvent):
    """Issues came into the bundle."""

    label: ClassVar[str] = N_("課題・照会を束に追加")
    issue_ids: list[Any]


@dataclass(frozen=True, kw_only=True)
class IssueUntied(BundleEvent):
    """An issue left the bundle; ``is_dissolved`` when one alone would have stayed."""

    label: ClassVar[str] = N_("課題・照会を束から除外")
    issue_id: int
    is_dissolved: bool = False


@dataclass(frozen=True, kw_only=True)
class BundleLeadChanged(BundleEvent):
    """Another issue leads the bundle."""

    label: ClassVar[str] = N_("束の代表の変更")
    issue_id: int


@dataclass(frozen=True, kw_only=True)
class BundleDissolved(BundleEvent):
    """Every issue left the bundle."""

    label: ClassVar[str] = N_("束の解消")
    issue_ids: list[Any]


@dataclass(frozen=True, kw_only=True)
class BulkReplyEvent(Event):
    """Base: something that concerns a reply to many; what each issue is told is that issue's own event."""

    subject: ClassVar[str] = "bulk_reply"
    bulk_reply_id: int
    audience: Audience = Audience.INTERNAL


@dataclass(frozen=True, kw_only=True)
class BulkReplyPrepared(BulkReplyEvent):
    """A reply to these issues waits for its time."""

    label: ClassVar[str] = N_("一括返信の作成")
    issue_ids: list[Any]


@dataclass(frozen=True, kw_only=True)
class BulkReplyRecalled(BulkReplyEvent):
    """What had not been sent will not be."""

    label: ClassVar[str] = N_("一括返信の取消し")
    issue_ids: list[Any]


@dataclass(frozen=True, kw_only=True)
class IssueSplit(IssueEvent):
    """Part of the issue is dealt with as an issue of its own."""

    label: ClassVar[str] = N_("課題・照会の分割")
    new_issue_id: int
    new_number: str
