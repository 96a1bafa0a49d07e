"""The questions and checks of a campaign, read once for all its procedures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.campaigns.answers import Problem, count_progress, keep_shown, list_problems
from portal.campaigns.models import Campaign, Check, Entry, Question
from portal.campaigns.queries import list_checks, list_questions


@dataclass(frozen=True, kw_only=True)
class QuestionSet:
    """What every body is asked, and what is checked of the answers."""

    questions: Sequence[Question]
    checks: Sequence[Check]

    def questions_of(self, procedure_id: int) -> list[Question]:
        """Those of all procedures and those of this one, in their order."""
        return [each for each in self.questions if each.procedure_id in {None, procedure_id}]

    def checks_of(self, procedure_id: int) -> list[Check]:
        """The checks on these questions."""
        codes = {each.code for each in self.questions_of(procedure_id)}
        return [each for each in self.checks if each.question_code in codes]

    def answers_of(self, entry: Entry) -> dict[str, Any]:
        """What is submitted: the answers to the questions that are asked, none where it does not apply."""
        return {} if entry.not_applicable_reason else keep_shown(self.questions_of(entry.procedure_id), entry.answers)

    def problems_of(self, entry: Entry) -> list[Problem]:
        """What stands in the way of submitting the entry."""
        if entry.not_applicable_reason:
            return []
        return list_problems(
            self.questions_of(entry.procedure_id), self.checks_of(entry.procedure_id), entry.answers, entry.reasons
        )

    def problems_in(self, entry: Entry, part: str) -> list[Problem]:
        """Those of the problems that stand in one section of the questions; in all where ``part`` is empty."""
        codes = {each.code for each in self.questions if not part or each.section == part}
        return [each for each in self.problems_of(entry) if each.code in codes]

    def progress_of(self, entry: Entry) -> tuple[int, int]:
        """(answered, asked) of the entry's required questions."""
        return count_progress(self.questions_of(entry.procedure_id), entry.answers)


def load_question_set(campaign: Campaign) -> QuestionSet:
    """All questions and checks of the campaign. Two statements."""
    return QuestionSet(questions=list_questions(campaign), checks=list_checks(campaign))
