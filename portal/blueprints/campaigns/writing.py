"""What the designer's form of one question says, and how a question stands in it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from portal.blueprints.campaigns.forms import CONDITIONS, QuestionForm
from portal.campaigns.answers import labels_of
from portal.campaigns.changing import fingerprint_of
from portal.campaigns.conditions import check_comparison, comparisons_of
from portal.campaigns.models import Procedure, Question
from portal.campaigns.reading import LETTERS, read_condition_value, read_pairs, show_pairs
from portal.campaigns.states import Comparison, QuestionKind
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.filters import label

_OF_KIND = {
    "options": {QuestionKind.SINGLE, QuestionKind.MULTIPLE},
    "rows": {QuestionKind.TABLE},
    "columns": {QuestionKind.TABLE},
    "formula": {QuestionKind.CALCULATED},
    "asks_reason_for": {QuestionKind.YES_NO},
    "unit": {QuestionKind.NUMBER, QuestionKind.TABLE, QuestionKind.CALCULATED},
}
_TEXTS = ("label", "unit", "formula", "asks_reason_for", "hint", "section")
_PLAIN = (*_TEXTS, "kind", "is_required", "procedure_id", "code")


def make_question_form(
    question: Question | None, earlier: Sequence[Question], procedures: Sequence[Procedure], section: str = ""
) -> QuestionForm:
    """The form of a question: on a first look what is stored, after a POST what was typed."""
    form = QuestionForm(data={"section": section} if question is None else _stored(question, earlier))
    form.procedure_id.choices = [(each.id, each.name) for each in procedures]
    asked = [(each.code, f"{each.code}　{each.label[:40]}") for each in earlier]
    for number in CONDITIONS:
        form[f"when{number}_code"].choices = asked
    return form


def comparable(asked: Question) -> dict[str, list[str]]:
    """With what a condition may compare the answer: ``hows``, and the names of the choices as ``values``."""
    return {
        "hows": [how.value for how in comparisons_of(asked.kind)],
        "values": [gettext(label) for _, label in labels_of(asked)],
    }


def fields_of(form: QuestionForm, question: Question | None, earlier: Sequence[Question]) -> dict[str, Any]:
    """What the form says of the question; what its kind has not is left empty. Raises Invalid at the field."""
    kind: QuestionKind = form.kind.data
    for name in ("options", "rows", "columns", "formula", "unit"):
        if kind not in _OF_KIND[name] and (form[name].data or "").strip():
            raise Invalid(
                N_("選んだ回答の形では使わない欄です。回答の形を選び直すか、この欄を空にしてください。"), field=name
            )
    found = {name: (form[name].data or "").strip() if kind in _OF_KIND.get(name, {kind}) else "" for name in _TEXTS}
    for name, letter in LETTERS.items():
        before = [] if question is None else getattr(question, name)
        found[name] = read_pairs((form[name].data or "") if kind in _OF_KIND[name] else "", before, letter)
    return {
        **found,
        "kind": kind,
        "code": (form.code.data or "").strip().lower() or ("" if question is None else question.code),
        "procedure_id": form.procedure_id.data,
        "is_required": bool(form.is_required.data) and kind is not QuestionKind.CALCULATED,
        "shown_when": _read_conditions(form, earlier),
    }


def _stored(question: Question, earlier: Sequence[Question]) -> dict[str, Any]:
    data = {name: getattr(question, name) for name in _PLAIN}
    data |= {name: show_pairs(getattr(question, name), letter) for name, letter in LETTERS.items()}
    by_code = {each.code: each for each in earlier}
    for number, (code, how, value) in zip(CONDITIONS, question.shown_when, strict=False):
        labels = dict(labels_of(by_code[code])) if code in by_code else {}
        data[f"when{number}_code"], data[f"when{number}_how"] = code, Comparison(how)
        data[f"when{number}_value"] = gettext(labels[value]) if value in labels else value
    return {**data, "seen": fingerprint_of(question)}


def _read_conditions(form: QuestionForm, earlier: Sequence[Question]) -> list[list[str]]:
    by_code = {each.code: each for each in earlier}
    found = []
    for number in CONDITIONS:
        asked = by_code.get(form[f"when{number}_code"].data or "")
        if asked is None:
            continue
        how, typed = form[f"when{number}_how"].data or Comparison.IS, form[f"when{number}_value"].data or ""
        labels = {value: gettext(text) for value, text in labels_of(asked)}
        check_comparison(asked, how, field=f"when{number}_how", name=label)
        value = read_condition_value(asked, how, typed, field=f"when{number}_value", labels=labels)
        found.append([asked.code, how.value, value])
    return found
