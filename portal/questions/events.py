"""What happens to questions on a paragraph. No event carries the place or its text."""

from dataclasses import dataclass

from portal.issues.events import IssueEvent


@dataclass(frozen=True, kw_only=True)
class ParagraphQuestioned(IssueEvent):
    """An issue that asks about a place of a paper was submitted."""

    guidance_id: int
