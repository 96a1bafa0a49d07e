"""A light survey: drafted with its questions at once, for the body as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.campaigns.content import CampaignContent, check_question
from portal.campaigns.designing import draft_campaign
from portal.campaigns.models import Campaign, Question
from portal.campaigns.questions import check_texts
from portal.campaigns.reading import read_pairs
from portal.campaigns.states import CampaignKind, QuestionKind
from portal.campaigns.template import WHOLE, QuestionDraft, Template
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor

LIGHT_KINDS = (
    QuestionKind.TEXT,
    QuestionKind.NUMBER,
    QuestionKind.SINGLE,
    QuestionKind.MULTIPLE,
    QuestionKind.YES_NO,
    QuestionKind.DATE,
)


@dataclass(frozen=True, kw_only=True)
class LightQuestion:
    """What is asked, how, and the choices line by line."""

    label: str
    kind: QuestionKind = QuestionKind.TEXT
    options: str = ""
    is_required: bool = True


def draft_survey(
    actor: Actor, content: CampaignContent, asked: Sequence[LightQuestion], *, my_number_confirmed: bool = False
) -> Campaign:
    """Begin a survey with these questions; empty ones are left out.

    Raises Forbidden, Invalid at the field (``label_0``, ``options_0`` … for the questions).
    """
    drafts: list[QuestionDraft] = []
    for place, each in enumerate(asked):
        if not each.label.strip():
            if each.options.strip():
                raise Invalid(N_("設問を入力してください。"), field=f"label_{place}")
            continue
        drafts.append(_draft(place, each, f"q{len(drafts) + 1}", my_number_confirmed))
    if not drafts:
        raise Invalid(N_("設問を1つ以上入力してください。"), field="label_0")
    template = Template(procedures=(WHOLE,), questions=tuple(drafts))
    return draft_campaign(
        actor, CampaignKind.SURVEY, content, template=template, my_number_confirmed=my_number_confirmed
    )


def _draft(place: int, asked: LightQuestion, code: str, my_number_confirmed: bool) -> QuestionDraft:
    has_choices = asked.kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}
    if not has_choices and asked.options.strip():
        raise Invalid(
            N_("選択肢があるときは、「一つ選ぶ」か「いくつでも選ぶ」を選んでください。"), field=f"kind_{place}"
        )
    pairs = read_pairs(asked.options, [], "o") if has_choices else []
    values: dict[str, Any] = {
        "code": code,
        "label": asked.label.strip(),
        "kind": asked.kind,
        "is_required": asked.is_required,
    }
    question = Question(
        **values, section="", hint="", unit="", options=pairs, rows=[], columns=[], shown_when=[], formula="",
        asks_reason_for="",
    )  # fmt: skip
    try:
        check_texts(question, my_number_confirmed)
        check_question(question, [])
    except Invalid as invalid:
        raise type(invalid)(invalid.message, field=f"{invalid.field}_{place}", **invalid.params) from invalid
    return QuestionDraft(**values, options=tuple((value, text) for value, text in pairs))
