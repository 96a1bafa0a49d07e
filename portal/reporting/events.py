"""What happens to reports. No event carries a text."""

from dataclasses import dataclass
from typing import ClassVar

from portal.campaigns.events import CampaignEvent
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class ReportEvent(CampaignEvent):
    """Base: something that concerns one report of a campaign."""

    report_id: int


@dataclass(frozen=True, kw_only=True)
class ReportDrafted(ReportEvent):
    """Figures were frozen as of a date and a report begun; ``corrects_id`` names the one that it is to replace."""

    label: ClassVar[str] = N_("報告の作成")
    kind_of_report: str
    as_of: str
    corrects_id: int | None = None


class ReportEdited(ReportEvent):
    """The texts of a draft were changed."""

    label: ClassVar[str] = N_("報告の修正")


@dataclass(frozen=True, kw_only=True)
class ReportRecounted(ReportEvent):
    """The figures of a draft were counted anew."""

    label: ClassVar[str] = N_("報告の再集計")
    digest: str


class ReportPublicationAsked(ReportEvent):
    """Whoever wrote a draft asked for its publication."""

    label: ClassVar[str] = N_("報告の公表の依頼")


@dataclass(frozen=True, kw_only=True)
class ReportPublished(ReportEvent):
    """A report was published by a second person."""

    label: ClassVar[str] = N_("報告の公表")
    digest: str


class ReportDiscarded(ReportEvent):
    """A draft was given up."""

    label: ClassVar[str] = N_("報告の取りやめ")


@dataclass(frozen=True, kw_only=True)
class ReportFilesAsked(ReportEvent):
    """Files of a report were asked for."""

    label: ClassVar[str] = N_("報告のファイルの作成")
    forms: list[str]
    edition: str


@dataclass(frozen=True, kw_only=True)
class ReportFileTaken(ReportEvent):
    """A file of a report was downloaded."""

    label: ClassVar[str] = N_("報告のファイルの取出し")
    form: str
    edition: str
