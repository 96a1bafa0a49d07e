"""An issue that asks about a place of a paper: what stands in its form, and what is kept of it."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext

from portal.attachments.queries import find_attachment
from portal.blueprints.issues.composing import kinds_of
from portal.blueprints.issues.forms import IssueForm
from portal.core.errors import NotFound
from portal.directory.actor import Actor
from portal.guidance.models import Guidance, Recipient
from portal.guidance.records import get_with_own_recipient
from portal.issues.models import Issue
from portal.issues.states import IssueKind
from portal.questions import policy
from portal.questions.paragraphs import find_paragraph
from portal.questions.service import LONGEST_PLACE, Place, remember_place

_LONGEST_NAME = 80
_NAMES = ("guidance", "paragraph", "file", "place")


@dataclass(frozen=True)
class _Asked:
    """A paper that the actor may ask about, and the place in it."""

    guidance: Guidance
    recipient: Recipient | None
    place: Place


def fill_from_place(actor: Actor, form: IssueForm) -> None:
    """On a first look at an empty form: kind, theme, title and quotation of the place that the reader comes from."""
    if form.is_submitted():
        return
    given = {name: request.args.get(name, "") for name in _NAMES}
    asked = _named(actor, given)
    if asked is None:
        return
    for name in _NAMES:
        form[name].data = given[name][:LONGEST_PLACE]
    paper = asked.guidance
    if IssueKind.QUESTION in kinds_of(actor):
        form.kind.data = IssueKind.QUESTION
    form.theme_id.data = paper.theme_id  # of a theme that is not chosen any more the list shows none
    form.title.data = gettext("%(name)sの疑問", name=_name_of(paper))
    form.body.data = _quoting(asked)


def keep_place(actor: Actor, form: IssueForm, issue: Issue) -> None:
    """Remember what the issue asks about; a name that leads nowhere is left alone."""
    asked = _named(actor, {name: form[name].data or "" for name in _NAMES})
    if asked is not None:
        confirmed = bool(form.my_number_confirmed.data)
        remember_place(actor, issue, asked.guidance, asked.recipient, asked.place, confirmed=confirmed)


def _named(actor: Actor, given: dict[str, str]) -> _Asked | None:
    guidance_id = _number(given["guidance"])
    if guidance_id is None:
        return None
    try:
        guidance, recipient = get_with_own_recipient(actor, guidance_id)
    except NotFound:
        return None
    if not policy.can_ask(actor, guidance, recipient):
        return None
    file_id = _number(given["file"])
    file = find_attachment("guidance", guidance.id, file_id) if file_id is not None else None
    place = Place(
        paragraph=find_paragraph(guidance.body, given["paragraph"]),
        file_name=file.file_name if file is not None else "",
        words=given["place"][:LONGEST_PLACE],
    )
    return _Asked(guidance, recipient, place)


def _name_of(paper: Guidance) -> str:
    title = paper.title if len(paper.title) <= _LONGEST_NAME else paper.title[:_LONGEST_NAME] + "…"
    return paper.document_number or f"「{title}」"


def _quoting(asked: _Asked) -> str:
    """The paper with its address, the place, and the paragraph as a quotation."""
    paper, place = asked.guidance, asked.place
    name = f"{paper.document_number}「{paper.title}」" if paper.document_number else f"「{paper.title}」"
    address = url_for("guidance.show", guidance_id=paper.id)
    lines = [f"[{_plain(name)}]({address}{f'#paragraph-{place.paragraph.position}' if place.paragraph else ''})", ""]
    where = "　".join(each for each in (place.file_name, place.words) if each)
    if where:
        lines += [gettext("箇所：%(where)s", where=where), ""]
    if place.paragraph is not None:
        lines += [f"> {_escaped(place.paragraph.quote)}", ""]
    return "\n".join([*lines, ""])


def _plain(name: str) -> str:
    """The name without what would end the text of a link."""
    return name.replace("[", "［").replace("]", "］")


def _escaped(quote: str) -> str:
    """The plain text of a paragraph so that Markdown shows it as it is."""
    return "".join(f"\\{mark}" if mark in "\\`*_[]~#" else mark for mark in quote)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
