"""Taking over the answers of the round before, all or one by one; each says that it comes from there."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from portal.answering.queries import find_previous
from portal.answering.saving import save_answers
from portal.answering.states import Source
from portal.campaigns.answers import read_answer, reason_code
from portal.campaigns.models import Campaign, Entry, Question
from portal.campaigns.queries import list_questions
from portal.campaigns.states import QuestionKind
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor

_NOT_TAKEN = frozenset({QuestionKind.CALCULATED, QuestionKind.FILE})


def list_previous(questions: Sequence[Question], previous: Entry | None) -> dict[str, Any]:
    """The answers of the round before that still fit the questions of now, by code."""
    if previous is None:
        return {}
    found: dict[str, Any] = {}
    for question in questions:
        held = previous.answers.get(question.code)
        if held is None or question.kind in _NOT_TAKEN:
            continue
        try:
            found[question.code] = read_answer(question, held)
        except Invalid:
            continue  # the question has changed since
        reason = previous.answers.get(reason_code(question.code))
        if question.asks_reason_for and reason:
            found[reason_code(question.code)] = reason
    return found


def take_over(
    actor: Actor, campaign: Campaign, entry: Entry, codes: Collection[str] | None = None, *, seen: int | None = None
) -> list[str]:
    """Answer as in the round before, everything that has no answer yet or just these ``codes``; which changed.

    Raises Forbidden, Invalid when there is nothing to take over.
    """
    previous = list_previous(list_questions(campaign, entry.procedure), find_previous(entry, campaign))
    changes = _chosen(previous, entry.answers, codes)
    if not changes:
        raise Invalid(N_("前回の回答から引き継げるものがありません。"))
    return save_answers(actor, campaign, entry, changes, seen=seen, source=Source.PREVIOUS, my_number_confirmed=True)


def _chosen(previous: Mapping[str, Any], answers: Mapping[str, Any], codes: Collection[str] | None) -> dict[str, Any]:
    if codes is None:
        return {key: value for key, value in previous.items() if answers.get(key) is None}
    return {key: value for key, value in previous.items() if key.partition(":")[0] in codes}
