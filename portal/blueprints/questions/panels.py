"""What the page of a paper shows of questions: where to ask, and what was answered, paragraph by paragraph."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import get_template_attribute, url_for
from markupsafe import Markup

from portal.attachments.models import Attachment
from portal.core.markdown import render
from portal.directory.actor import Actor
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import ISSUED_STATES
from portal.questions import policy, queries
from portal.questions.paragraphs import annotate, list_paragraphs
from portal.questions.queries import PublishedAnswer

_PARTS = "questions/_parts.html"


def show_questions(
    actor: Actor,
    guidance: Guidance,
    recipient: Recipient | None,
    corrected_body: Markup | None,
    files: Sequence[Attachment],
) -> dict[str, Any]:
    """The text with links and published answers at its paragraphs. One statement, for issued papers alone."""
    if guidance.state not in ISSUED_STATES:
        return {"shown_body": corrected_body, "can_question": False, "other_answers": []}
    can_ask = policy.can_ask(actor, guidance, recipient)
    by_place: dict[int | None, list[PublishedAnswer]] = defaultdict(list)
    for each in queries.list_published(guidance, files):
        by_place[each.position].append(each)
    keys = {each.position: each.key for each in list_paragraphs(guidance.body)} if can_ask else {}

    def beside(position: int) -> Markup:
        return _link(guidance, keys[position], position) if position in keys else Markup()

    def below(position: int) -> Markup:
        return _note(by_place[position]) if position in by_place else Markup()

    return {
        "shown_body": annotate(corrected_body or render(guidance.body), beside, below),
        "can_question": can_ask,
        "other_answers": by_place.get(None, []),
    }


def address_of(guidance: Guidance, key: str) -> str:
    """Where the form of an issue about the paragraph is."""
    return url_for("issues.new", guidance=guidance.id, paragraph=key)


def _link(guidance: Guidance, key: str, position: int) -> Markup:
    return Markup(get_template_attribute(_PARTS, "ask_link")(address_of(guidance, key), position))  # noqa: S704


def _note(answers: list[PublishedAnswer]) -> Markup:
    return Markup(get_template_attribute(_PARTS, "note")(answers))  # noqa: S704
