"""Checking what was submitted: each answer beside that of the round before, with the checks that it fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.campaigns.answers import Problem, failed_checks, keep_shown, list_shown, reason_code, show_answer
from portal.campaigns.models import Check, Question
from portal.campaigns.states import QuestionKind


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """A question that was asked, what was answered, and what there is to say of it.

    ``previous`` is the answer of the round before, None where there is none; ``failed`` are checks that the answer
    fails, ``justification`` why it is right all the same.
    """

    question: Question
    value: Any
    text: str
    reason: str
    previous: str | None
    is_changed: bool
    failed: Sequence[Problem]
    justification: str

    @property
    def day(self) -> date | None:
        """The date that was answered."""
        return date.fromisoformat(self.value) if self.question.kind is QuestionKind.DATE and self.value else None

    @property
    def is_files(self) -> bool:
        """Whether the answer names files."""
        return self.question.kind is QuestionKind.FILE


def list_answer_lines(
    questions: Sequence[Question],
    checks: Sequence[Check],
    answers: Mapping[str, Any],
    reasons: Mapping[str, str],
    previous: Mapping[str, Any] | None = None,
    *,
    vanished: Mapping[str, str] | None = None,
) -> list[AnswerLine]:
    """The questions that are asked given the answers, in their order.

    ``vanished`` are answers of the round before that none could give now, as people read them.
    """
    kept = keep_shown(questions, answers)
    failed: dict[str, list[Problem]] = {}
    for problem in failed_checks(checks, kept):
        failed.setdefault(problem.code, []).append(problem)
    found = []
    for question in list_shown(questions, answers):
        value = kept.get(question.code)
        before = previous.get(question.code) if previous is not None else None
        gone = (vanished or {}).get(question.code)
        found.append(
            AnswerLine(
                question=question,
                value=value,
                text=show_answer(question, value),
                reason=str(kept.get(reason_code(question.code)) or ""),
                previous=gone if before is None else show_answer(question, before),
                is_changed=gone is not None or (before is not None and before != value),
                failed=failed.get(question.code, []),
                justification=str(reasons.get(question.code) or ""),
            )
        )
    return found


def by_section(lines: Sequence[AnswerLine]) -> list[tuple[str, list[AnswerLine]]]:
    """The lines under the headings of their sections, in their order."""
    found: list[tuple[str, list[AnswerLine]]] = []
    for line in lines:
        if not found or found[-1][0] != line.question.section:
            found.append((line.question.section, []))
        found[-1][1].append(line)
    return found
