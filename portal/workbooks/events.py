"""What happens with workbooks. No event carries an answer or a file's name."""

from dataclasses import dataclass
from typing import ClassVar

from portal.campaigns.events import CampaignEvent
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class WorkbookStored(CampaignEvent):
    """A form was entered: ``cells`` answers or figures of ``entries`` procedures of ``bodies`` bodies."""

    label: ClassVar[str] = N_("様式からの登録")
    upload_id: int
    form: str
    cells: int
    entries: int
    bodies: int


@dataclass(frozen=True, kw_only=True)
class AnswersExported(CampaignEvent):
    """The answers of ``count`` bodies × procedures were taken out as one file."""

    label: ClassVar[str] = N_("回答一覧の取出し")
    count: int
