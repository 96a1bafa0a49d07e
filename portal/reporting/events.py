"""What happens to reports. No event carries a text."""

from dataclasses import dataclass

from portal.campaigns.events import CampaignEvent


@dataclass(frozen=True, kw_only=True)
class ReportEvent(CampaignEvent):
    """Base: something that concerns one report of a campaign."""

    report_id: int


@dataclass(frozen=True, kw_only=True)
class ReportDrafted(ReportEvent):
    """Figures were frozen as of a date and a report begun; ``corrects_id`` names the one that it is to replace."""

    kind_of_report: str
    as_of: str
    corrects_id: int | None = None


class ReportEdited(ReportEvent):
    """The texts of a draft were changed."""


@dataclass(frozen=True, kw_only=True)
class ReportRecounted(ReportEvent):
    """The figures of a draft were counted anew."""

    digest: str


@dataclass(frozen=True, kw_only=True)
class ReportPublished(ReportEvent):
    """A report was published by a second person."""

    digest: str


class ReportDiscarded(ReportEvent):
    """A draft was given up."""


@dataclass(frozen=True, kw_only=True)
class ReportFilesAsked(ReportEvent):
    """Files of a report were asked for."""

    forms: list[str]
    edition: str


@dataclass(frozen=True, kw_only=True)
class ReportFileTaken(ReportEvent):
    """A file of a report was downloaded."""

    form: str
    edition: str
