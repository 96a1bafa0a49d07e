"""The fields of a set of questions: made from the questions and the answers held, read back as answers.

Every page on which questions are answered or tried uses these, so that a preview shows what bodies will see. A field
stands under ``q_<code>``, the reason of a yes or no under ``q_<code>__reason``, that of a warning under ``w_<code>``.
Nothing here demands an answer: what is still missing, ``campaigns.answers.list_problems`` says.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms.utils import unset_value
from wtforms.validators import Length

from portal.campaigns.answers import LONGEST_TEXT, Problem, labels_of, read_answer, reason_code
from portal.campaigns.models import Question
from portal.campaigns.states import QuestionKind, Severity
from portal.core.errors import Invalid
from portal.web.components import Component, half_width
from portal.web.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    MultipleFileField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import PortalForm

_MOST_RADIOS = 9  # more than that are chosen from a list
NEEDED_TO_SUBMIT = _l("提出までに必要")
_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")


class AnswersForm(PortalForm):
    """Base of a form of questions: a refusal that names a question by its code lands at its field."""

    my_number_confirmed = CheckboxField(_CONFIRMED)

    def lay(self, invalid: Invalid) -> None:
        """Put a refusal on the field of the question, or of its reason."""
        name = field_name(invalid.field) if invalid.field else None
        named = invalid.field if name not in self._fields else name
        super().lay(type(invalid)(invalid.message, field=named, **invalid.params))


def field_name(code: str) -> str:
    """Under which the question (or ``<code>:reason``) stands in the form."""
    asked, _, part = code.partition(":")
    return f"q_{asked}__{part}" if part else f"q_{asked}"


def sections_of(questions: Iterable[Question]) -> list[tuple[str, list[Question]]]:
    """The questions in their order, with the heading under which each run of them stands."""
    return [(section, list(run)) for section, run in groupby(questions, key=lambda each: each.section)]


def make_answer_form(
    questions: Sequence[Question],
    answers: Mapping[str, Any],
    *,
    base: type[AnswersForm] = AnswersForm,
    reasons: Mapping[str, str] | None = None,
    warned: Collection[str] = (),
    data: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> AnswersForm:
    """The form of the questions with the answers that are held; after a POST with what was typed.

    ``warned`` are the codes of questions whose warnings may be justified, ``reasons`` what was said of them.
    """
    fields: dict[str, Any] = {}
    held: dict[str, Any] = {}
    for question in questions:
        make = _MAKERS.get(question.kind)
        if make is None:
            continue
        name = field_name(question.code)
        fields[name], held[name] = make(question), _held(question, answers.get(question.code))
        if question.asks_reason_for:
            reason = field_name(reason_code(question.code))
            fields[reason] = _ReasonField(_l("理由"), validators=[Length(max=LONGEST_TEXT)], rows=2)
            held[reason] = answers.get(reason_code(question.code))
        if question.code in warned:
            fields[f"w_{question.code}"] = TextAreaField(
                _l("このままでよい理由"), validators=[Length(max=500)], rows=2, needed=NEEDED_TO_SUBMIT
            )
            held[f"w_{question.code}"] = (reasons or {}).get(question.code)
    form = type("QuestionsForm", (base,), fields)
    return form(data={**held, **(data or {})}, **kwargs)  # type: ignore[no-any-return]


def read_answers(form: AnswersForm, questions: Iterable[Question]) -> dict[str, Any]:
    """What was typed, by code, None where nothing was; what cannot be read is laid on the form and left out.

    The form has been validated (whether or not that went well: a field that cannot be read stops no other).

    Files are not read here: they are uploads, which only whoever keeps answers takes in.
    """
    found: dict[str, Any] = {}
    for question in questions:
        field = form._fields.get(field_name(question.code))
        if field is None or field.errors or question.kind is QuestionKind.FILE:
            continue
        try:
            found[question.code] = read_answer(question, field.data)
        except Invalid as invalid:
            form.lay(invalid)
        if question.asks_reason_for:
            key = reason_code(question.code)
            found[key] = (form._fields[field_name(key)].data or "").strip() or None
    return found


def read_reasons(form: AnswersForm, questions: Iterable[Question]) -> dict[str, str]:
    """Why warnings are right as they are, by code."""
    named = {each.code: form._fields.get(f"w_{each.code}") for each in questions}
    return {code: field.data.strip() for code, field in named.items() if field is not None and field.data}


def lay_problems(form: AnswersForm, problems: Iterable[Problem]) -> None:
    """Put what stands in the way of a submission on the fields."""
    for problem in problems:
        message = problem.message
        if problem.severity is Severity.WARNING:
            message = gettext(
                "%(message)s（このままでよい場合は、理由を入力してください。）",
                message=gettext(message, **problem.params),
            )
            form.lay(Invalid(message, field=problem.code))
        else:
            form.lay(Invalid(message, field=problem.code, **problem.params))


def _held(question: Question, value: Any) -> Any:
    if question.kind is QuestionKind.NUMBER and value is not None:
        return f"{value:,}"
    if question.kind is QuestionKind.DATE and value is not None:
        return date.fromisoformat(value)
    return value


class _Asked:
    """A field made from a question: its words, and whether an answer is needed in the end."""

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(question.label, description=question.hint, **kwargs)  # type: ignore[call-arg]
        self.question = question
        self.unit = question.unit

    @property
    def is_required(self) -> bool:
        """What the badge says; nothing is refused for being empty."""
        return self.question.is_required


class _ReasonField(TextAreaField):
    """Why the answer is what it is; needed with that answer alone, so no badge is shown."""

    optional_badge = False


class _ChoiceField(_Asked, RadioField):
    """One of a few."""


class _ListField(_Asked, SelectField):
    """One of many."""


class _ChoicesField(_Asked, CheckboxesField):
    """Any of several."""


class _NumberField(_Asked, TextField):
    """A number with its unit, kept as it was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take full-width digits as half-width ones."""
        super().process_formdata([half_width(str(value)) for value in valuelist])


class _LinesField(_Asked, TextAreaField):
    """Text."""


class _DayField(_Asked, DateField):
    """A date; the era is accepted."""


class _FilesField(_Asked, MultipleFileField):
    """Files to add."""


class _TableField(_Asked, Component, wtforms.Field):
    """Rows × columns of whole numbers; a cell stands under ``<name>-<row>-<column>`` (their places)."""

    component = "answer_table"

    @property
    def focus_id(self) -> str:
        """The first cell."""
        return f"{self.id}-0-0"

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Gather the cells."""
        super().process(None, data, extra_filters)
        if formdata is not None and any(key.startswith(f"{self.name}-") for key in formdata):
            self.data = self._gather(formdata)

    def rows(self) -> list[tuple[str, list[tuple[str, str, str]]]]:
        """(label, [(suffix of the cell's name, label of its column, value)…]) row by row."""
        held = self.data if isinstance(self.data, dict) else {}
        return [
            (
                str(label),
                [self._cell(held, (place, row), at, column) for at, column in enumerate(self.question.columns)],
            )
            for place, (row, label) in enumerate(self.question.rows)
        ]

    def _cell(self, held: Mapping[str, Any], row: tuple[int, Any], at: int, column: Any) -> tuple[str, str, str]:
        value = held.get(str(row[1]), {}).get(str(column[0]), "")
        return f"{row[0]}-{at}", str(column[1]), f"{value:,}" if isinstance(value, int) else str(value)

    def _gather(self, formdata: Any) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for place, (row, _) in enumerate(self.question.rows):
            cells = {
                str(column): half_width(str(formdata.get(f"{self.name}-{place}-{at}", "")))
                for at, (column, _) in enumerate(self.question.columns)
            }
            found[str(row)] = {column: text for column, text in cells.items() if text}
        return {row: cells for row, cells in found.items() if cells}


def _choice(question: Question) -> Any:
    choices = [(value, gettext(label)) for value, label in labels_of(question)]
    if len(choices) > _MOST_RADIOS:
        return _ListField(question, choices=choices, blank=_l("選択してください"), validate_choice=False)
    if not question.is_required:
        choices.append(("", gettext("（回答しない）")))
    return _ChoiceField(question, choices=choices, validate_choice=False)


_MAKERS: dict[QuestionKind, Any] = {
    QuestionKind.SINGLE: _choice,
    QuestionKind.YES_NO: _choice,
    QuestionKind.MULTIPLE: lambda each: _ChoicesField(each, choices=labels_of(each), validate_choice=False),
    QuestionKind.NUMBER: lambda each: _NumberField(each, inputmode="numeric", width="medium", autocomplete="off"),
    QuestionKind.TEXT: lambda each: _LinesField(each, rows=3, maximum=LONGEST_TEXT),
    QuestionKind.DATE: _DayField,
    QuestionKind.TABLE: _TableField,
    QuestionKind.FILE: _FilesField,
}
