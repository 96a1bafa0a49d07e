"""Conditions on earlier answers: which comparisons fit a question, and whether an answer meets one."""

from collections.abc import Callable
from typing import Any

from portal.campaigns.models import Question
from portal.campaigns.states import Comparison, QuestionKind
from portal.core.errors import Invalid
from portal.core.i18n import N_

NUMBERS = frozenset({QuestionKind.NUMBER, QuestionKind.CALCULATED})
_COMPARED = {
    QuestionKind.SINGLE: (Comparison.IS, Comparison.IS_NOT, Comparison.FILLED),
    QuestionKind.YES_NO: (Comparison.IS, Comparison.IS_NOT, Comparison.FILLED),
    QuestionKind.TEXT: (Comparison.IS, Comparison.IS_NOT, Comparison.FILLED),
    QuestionKind.MULTIPLE: (Comparison.HAS, Comparison.HAS_NOT, Comparison.FILLED),
    QuestionKind.NUMBER: (Comparison.AT_LEAST, Comparison.IS, Comparison.IS_NOT, Comparison.FILLED),
    QuestionKind.CALCULATED: (Comparison.AT_LEAST, Comparison.IS, Comparison.IS_NOT, Comparison.FILLED),
}


def comparisons_of(kind: QuestionKind) -> tuple[Comparison, ...]:
    """How an answer of this kind may be compared; of dates, tables and files only whether there is one."""
    return _COMPARED.get(kind, (Comparison.FILLED,))


def is_met(answer: Any, how: Comparison, value: str) -> bool:
    """Whether the answer is as the condition says; a comparison that does not fit the answer is never met."""
    if how is Comparison.FILLED:
        return answer is not None
    if answer is None:
        return False
    if how in {Comparison.HAS, Comparison.HAS_NOT}:
        return isinstance(answer, list) and (value in answer) is (how is Comparison.HAS)
    if how is Comparison.AT_LEAST:
        return isinstance(answer, int | float) and answer >= float(value)
    return _is_same(answer, value) is (how is Comparison.IS)


def _is_same(answer: Any, value: str) -> bool:
    if isinstance(answer, int | float):
        try:
            return answer == float(value)
        except ValueError:
            return False
    return str(answer) == value


def check_comparison(
    asked: Question, how: Comparison, *, field: str = "when_how", name: Callable[[Comparison], str] = lambda how: how.ja
) -> None:
    """Raise Invalid at the field where the answer of the question cannot be compared in this way.

    ``name`` says what a comparison is called where it was written.
    """
    fitting = comparisons_of(asked.kind)
    if how not in fitting:
        known = "、".join(name(each) for each in fitting)
        raise Invalid(
            N_("「%(asked)s」とは、次のどれかで比べてください：%(known)s"), field=field, asked=asked.label, known=known
        )
