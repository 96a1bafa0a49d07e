"""Everything that the form of one procedure shows beside its fields, gathered once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import gettext

from portal.answering import own, queries
from portal.answering.attaching import list_files
from portal.answering.models import AnswerAssignment, AnswerChange, AnswerReturn
from portal.answering.question_sets import QuestionSet, load_question_set
from portal.answering.reading import list_readable_changes
from portal.answering.saving import Clash
from portal.answering.taking_over import LastRound, find_last_round
from portal.attachments.models import Attachment
from portal.blueprints.campaigns.question_fields import AnswersForm, make_answer_form, sections_of
from portal.blueprints.campaigns.wording import condition_data, conditions_of
from portal.campaigns.answers import Problem, failed_checks, keep_shown, show_answer
from portal.campaigns.models import Campaign, Entry, Question
from portal.campaigns.states import QuestionKind, Severity
from portal.core.errors import Invalid
from portal.directory.actor import Actor
from portal.web.fields import HiddenField

_CHANGES_SHOWN = 5


class FillForm(AnswersForm):
    """The answers of one procedure; ``seen`` is the version that the writer saw.

    ``settled`` names the questions of which the writer was told that somebody else answered otherwise, each with the
    version at which that was: to send it again means to insist.
    """

    seen = HiddenField()
    settled = HiddenField(default="")
    clashed = ""

    def lay(self, invalid: Invalid) -> None:
        """On the question's field; a clash is remembered."""
        if isinstance(invalid, Clash) and invalid.field:
            self.clashed = invalid.field.partition(":")[0]
        super().lay(invalid)

    def settle(self, version: int) -> None:
        """Let what has just clashed be insisted on."""
        if self.clashed:
            held = self.settled_at() | {self.clashed: version}
            self.settled.data = ",".join(f"{code}:{at}" for code, at in held.items())

    def settled_at(self) -> dict[str, int]:
        """The version at which the writer was told, by question code."""
        pairs = (each.partition(":") for each in (self.settled.data or "").split(",") if each)
        return {code: int(at) for code, _, at in pairs if at.isascii() and at.isdigit() and len(at) < 16}


@dataclass(frozen=True, kw_only=True)
class Filling:
    """One procedure as its body fills it in."""

    campaign: Campaign
    entry: Entry
    asked: QuestionSet
    questions: Sequence[Question]
    last_round: LastRound | None
    returns: Sequence[AnswerReturn]
    changes: Sequence[AnswerChange]
    files: Mapping[int, Attachment]
    assignments: Sequence[AnswerAssignment]

    @property
    def problems(self) -> list[Problem]:
        """What stands in the way of submitting."""
        return self.asked.problems_of(self.entry)

    @property
    def warned(self) -> set[str]:
        """The questions whose answers fail a check that can be justified, justified or not."""
        kept = keep_shown(self.questions, self.entry.answers)
        failed = failed_checks(self.asked.checks_of(self.entry.procedure_id), kept)
        return {each.code for each in failed if each.severity is Severity.WARNING}

    def warnable(self) -> set[str]:
        """The questions whose answers may be justified at all."""
        checks = self.asked.checks_of(self.entry.procedure_id)
        return {each.question_code for each in checks if each.severity is Severity.WARNING}

    def form(self, only: Question | None = None, *, as_stored: bool = False) -> FillForm:
        """The fields of all questions, or of one; ``as_stored`` whatever was sent."""
        questions = self.questions if only is None else [only]
        form = make_answer_form(
            questions,
            self.entry.answers,
            base=FillForm,
            reasons=self.entry.reasons,
            warned=self.warnable(),
            data={"seen": str(self.entry.version)},
            **({"formdata": None} if as_stored else {}),
        )
        return cast(FillForm, form)

    def context(self, form: AnswersForm) -> dict[str, Any]:
        """What the templates need of it."""
        by_code = {each.code: each for each in self.questions}
        fitting = {} if self.last_round is None else self.last_round.values(self.questions)
        others = {} if self.last_round is None else self.last_round.texts(self.questions)
        answered, total = self.asked.progress_of(self.entry)
        return {
            "campaign": self.campaign,
            "entry": self.entry,
            "form": form,
            "sections": sections_of(self.questions),
            "conditions": conditions_of(self.questions),
            "condition_data": condition_data,
            "previous": others
            | {code: _in_words(by_code[code], value) for code, value in fitting.items() if code in by_code},
            "takeable": {code for code, value in fitting.items() if self.entry.answers.get(code) != value},
            "warned": self.warned,
            "problems": self.problems,
            "problems_at": _by_code(self.problems),
            "labels": {each.code: each.label for each in self.questions},
            "answered": answered,
            "total": total,
            "returns": self.returns,
            "returns_at": _by_code(self.returns),
            "changes_at": {code: rows[:_CHANGES_SHOWN] for code, rows in _by_code(self.changes).items()},
            "files_at": self._files_at(),
            "assignments": self.assignments,
        }

    def _files_at(self) -> dict[str, list[Attachment]]:
        return {
            each.code: [self.files[key] for key in self.entry.answers.get(each.code) or [] if key in self.files]
            for each in self.questions
            if each.kind is QuestionKind.FILE
        }


def gather(actor: Actor, campaign: Campaign, entry: Entry) -> Filling:
    """Read it: seven statements, nine where there was a round before."""
    asked = load_question_set(campaign)
    return Filling(
        campaign=campaign,
        entry=entry,
        asked=asked,
        questions=asked.questions_of(entry.procedure_id),
        last_round=find_last_round(actor, campaign, entry),
        returns=[each for each in queries.list_returns(entry) if each.settled_at is None],
        changes=list_readable_changes(actor, entry),
        files=list_files(entry),
        assignments=own.list_assignments(actor, [entry.id]),
    )


def _in_words(question: Question, value: Any) -> str:
    text = show_answer(question, value)
    return str(gettext(text)) if question.kind is QuestionKind.YES_NO else text


def _by_code(rows: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in rows:
        code = each.code if isinstance(each, Problem) else each.question_code
        found.setdefault(code.partition(":")[0], []).append(each)
    return found
