"""What happens with workbooks. No event carries an answer or a file's name."""

from dataclasses import dataclass

from portal.campaigns.events import CampaignEvent


@dataclass(frozen=True, kw_only=True)
class WorkbookStored(CampaignEvent):
    """A form was entered: ``cells`` answers or figures of ``entries`` procedures of ``bodies`` bodies."""

    upload_id: int
    form: str
    cells: int
    entries: int
    bodies: int


@dataclass(frozen=True, kw_only=True)
class AnswersExported(CampaignEvent):
    """The answers of ``count`` bodies × procedures were taken out as one file."""

    count: int
