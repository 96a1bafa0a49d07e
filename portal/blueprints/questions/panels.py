"""What the page of a paper shows of questions: where to ask, and what was answered, paragraph by paragraph."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import get_template_attribute, url_for
from markupsafe import Markup

from portal.attachments.models import Attachment
from portal.core import clock
from portal.core.calendar import japan_date
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
        return {"shown_body": corrected_body, "can_question": False, "other_answers": [], "printed_answers": []}
    can_ask = policy.can_ask(actor, guidance, recipient)
    published = queries.list_published(guidance, files)
    by_place: dict[int | None, list[PublishedAnswer]] = defaultdict(list)
    for each in published:
        by_place[each.position].append(each)
    paragraphs = list_paragraphs(guidance.body) if can_ask or published else []
    keys = {each.position: each.key for each in paragraphs} if can_ask else {}
    quotes: dict[int | None, str] = {each.position: each.quote for each in paragraphs}

    def beside(position: int) -> Markup:
        return _link(guidance, keys[position], position) if position in keys else Markup()

    def below(position: int) -> Markup:
        return _note(by_place[position]) if position in by_place else Markup()

    return {
        "shown_body": annotate(corrected_body or render(guidance.body), beside, below),
        "can_question": can_ask,
        "other_answers": by_place.get(None, []),
        "printed_answers": [(quotes.get(each.position), each) for each in sorted(published, key=_place_of)],
        "printed_on": japan_date(clock.now()),
    }


def address_of(guidance: Guidance, key: str) -> str:
    """Where the form of an issue about the paragraph is."""
    return url_for("issues.new", guidance=guidance.id, paragraph=key)


def _place_of(answer: PublishedAnswer) -> tuple[bool, int]:
    return answer.position is None, answer.position or 0


def _link(guidance: Guidance, key: str, position: int) -> Markup:
    return Markup(get_template_attribute(_PARTS, "ask_link")(address_of(guidance, key), position))  # noqa: S704


def _note(answers: list[PublishedAnswer]) -> Markup:
    return Markup(get_template_attribute(_PARTS, "note")(answers))  # noqa: S704
