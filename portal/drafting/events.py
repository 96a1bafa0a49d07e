"""What happens around a draft, and to a paper that went out before its approval. No event carries words."""

from dataclasses import dataclass

from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class PaperRemarkEvent(GuidanceEvent):
    """Base: something that concerns one remark on a draft."""

    remark_id: int


class PaperRemarked(PaperRemarkEvent):
    """Somebody remarked on the draft."""


class PaperRemarkSettled(PaperRemarkEvent):
    """A writer of the paper has dealt with the remark."""


class GuidanceIssuedUrgently(GuidanceEvent):
    """The paper went out before its approval."""


class UrgentIssueApproved(GuidanceEvent):
    """The approval was given afterwards."""


class UrgentIssueRefused(GuidanceEvent):
    """The approval was refused afterwards, with a reason."""
