"""What happens to questions on a paragraph. No event carries the place or its text."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.i18n import N_
from portal.issues.events import IssueEvent


@dataclass(frozen=True, kw_only=True)
class ParagraphQuestioned(IssueEvent):
    """An issue that asks about a place of a paper was submitted."""

    label: ClassVar[str] = N_("通知等への疑問の提出")
    guidance_id: int
