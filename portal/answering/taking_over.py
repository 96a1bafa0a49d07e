"""Taking over the answers of the round before, all or one by one; each says that it comes from there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.answering.queries import find_previous, list_questions_before
from portal.answering.reading import read_answers
from portal.answering.saving import save_answers
from portal.answering.states import Source
from portal.campaigns.answers import read_answer, reason_code, show_answer
from portal.campaigns.conditions import is_met
from portal.campaigns.models import Campaign, Entry, Question
from portal.campaigns.queries import list_questions
from portal.campaigns.states import Comparison, QuestionKind
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor

_NOT_TAKEN = frozenset({QuestionKind.CALCULATED, QuestionKind.FILE})


@dataclass(frozen=True, kw_only=True)
class LastRound:
    """What was answered in the round before: ``answers`` as they stood, and what was asked then, by code."""

    answers: Mapping[str, Any]
    asked: Mapping[str, Question]

    def values(self, questions: Sequence[Question]) -> dict[str, Any]:
        """The answers that still fit the questions of now, by code, their reasons included."""
        found: dict[str, Any] = {}
        for question in questions:
            held = self.answers.get(question.code)
            if held is None or question.kind in _NOT_TAKEN or not self._was_asked(question):
                continue
            try:
                found[question.code] = read_answer(question, held)
            except Invalid:
                continue  # the question has changed since
            reason = self.answers.get(reason_code(question.code))
            if question.asks_reason_for and reason:
                found[reason_code(question.code)] = reason
        return found

    def shown(self, questions: Sequence[Question], besides: Collection[QuestionKind] = _NOT_TAKEN) -> dict[str, Any]:
        """The values, and what was calculated then, or sent as files."""
        kinds = {each.code: each.kind for each in questions if each.kind in besides}
        same = {code for code, kind in kinds.items() if code in self.asked and self.asked[code].kind is kind}
        return self.values(questions) | {code: self.answers[code] for code in same if code in self.answers}

    def texts(self, questions: Sequence[Question]) -> dict[str, str]:
        """What was answered to a question of the same code that cannot be taken over, as people read it."""
        return self._texts(questions, self.values(questions))

    def vanished(self, questions: Sequence[Question]) -> dict[str, str]:
        """Those of the texts that no answer of now could say."""
        return self._texts(questions, self.shown(questions))

    def _texts(self, questions: Sequence[Question], fitting: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for question in questions:
            then, held = self.asked.get(question.code), self.answers.get(question.code)
            if question.code not in fitting and then and held is not None and self._was_asked(then):
                found[question.code] = "" if then.kind is QuestionKind.FILE else show_answer(then, held)
        return {code: text for code, text in found.items() if text}

    def _was_asked(self, question: Question) -> bool:
        """Whether no condition on what was answered stood against it; of what is asked anew nothing is known."""
        return all(
            is_met(self.answers[code], Comparison(how), value)
            for code, how, value in question.shown_when
            if code in self.answers
        )


def find_last_round(actor: Actor, campaign: Campaign, entry: Entry) -> LastRound | None:
    """The body's answers of the round before, as far as this actor may read them: of others what was submitted.

    None where there was no such round, or nothing of it that the actor may read. Three statements at most.
    """
    before = find_previous(entry, campaign)
    if before is None:
        return None
    asked = list_questions_before(campaign)
    answers = read_answers(actor, before, asked)
    if answers is None or before.not_applicable_reason:
        return None
    return LastRound(answers=answers, asked={each.code: each for each in asked})


def take_over(
    actor: Actor, campaign: Campaign, entry: Entry, codes: Collection[str] | None = None, *, seen: int | None = None
) -> list[str]:
    """Answer as in the round before, everything that has no answer yet or just these ``codes``; which changed.

    Raises Forbidden, Invalid when there is nothing to take over.
    """
    last = find_last_round(actor, campaign, entry)
    previous = {} if last is None else last.values(list_questions(campaign, entry.procedure))
    changes = _chosen(previous, entry.answers, codes)
    if not changes:
        raise Invalid(N_("前回の回答から引き継げるものがありません。"))
    return save_answers(actor, campaign, entry, changes, seen=seen, source=Source.PREVIOUS, my_number_confirmed=True)


def _chosen(previous: Mapping[str, Any], answers: Mapping[str, Any], codes: Collection[str] | None) -> dict[str, Any]:
    if codes is None:
        return {key: value for key, value in previous.items() if answers.get(key) is None}
    return {key: value for key, value in previous.items() if key.partition(":")[0] in codes}
