"""What happens around a draft, and to a paper that went out before its approval. No event carries words."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.i18n import N_
from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class PaperRemarkEvent(GuidanceEvent):
    """Base: something that concerns one remark on a draft."""

    remark_id: int


class PaperRemarked(PaperRemarkEvent):
    """Somebody remarked on the draft."""

    label: ClassVar[str] = N_("起案への意見")


class PaperRemarkSettled(PaperRemarkEvent):
    """A writer of the paper has dealt with the remark."""

    label: ClassVar[str] = N_("起案への意見の対応済み")


class GuidanceIssuedUrgently(GuidanceEvent):
    """The paper went out before its approval."""

    label: ClassVar[str] = N_("緊急発出")


class UrgentIssueApproved(GuidanceEvent):
    """The approval was given afterwards."""

    label: ClassVar[str] = N_("緊急発出の決裁")


class UrgentIssueRefused(GuidanceEvent):
    """The approval was refused afterwards, with a reason."""

    label: ClassVar[str] = N_("緊急発出を決裁しない判断")
