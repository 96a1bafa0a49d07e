"""The corrected text: with what was wrong struck out beside what is right, or as it reads now."""

import re
from collections.abc import Iterable

from markupsafe import Markup

from portal.core.markdown import render
from portal.revisions.models import Correction, Erratum
from portal.revisions.states import CorrectionState

# Private-use characters stand for the tags until the text is rendered: Markdown and the sanitiser let them pass.
_WRONG, _RIGHT, _END = "\ue000", "\ue001", "\ue002"
_TAGS = {_WRONG: "<del>", _RIGHT: "</del><ins>", _END: "</ins>"}
_PUT_RIGHT = re.compile(f"{_WRONG}[^{_WRONG}-{_END}]*{_RIGHT}([^{_WRONG}-{_END}]*){_END}")
_MARKUP = re.compile(r"[\n\r*_~`\[\]()<>|\\#!\ue000-\ue002]")


def render_corrected(body: str, corrections: Iterable[Correction]) -> Markup | None:
    """The body with each line of the issued tables of errors marked where it stands; None where none can be.

    Only what stands in the text exactly once, on one line and without marks of Markdown, is marked; the table of
    errors says the rest. A later correction may correct an earlier one.
    """
    marked = _mark_all(body, corrections)
    if marked == body:
        return None
    html = str(render(marked))
    for mark, tags in _TAGS.items():
        html = html.replace(mark, tags)
    return Markup(html)  # noqa: S704 - what stands between our own tags went through the sanitiser


def correct_text(body: str, corrections: Iterable[Correction]) -> str:
    """The body as it reads once what can be marked in it is put right."""
    text = _mark_all(body, corrections)
    while (simpler := _PUT_RIGHT.sub(r"\1", text)) != text:  # a later correction within an earlier one
        text = simpler
    return text


def list_unplaced(body: str, corrections: Iterable[Correction]) -> list[Erratum]:
    """The issued lines of the tables of errors that cannot be marked in the body."""
    return _unplaced(body, _issued(corrections))


def list_unplaced_of(body: str, corrections: Iterable[Correction], coming: Correction) -> list[Erratum]:
    """The lines of a correction still to be issued that could not be marked in the body as it is corrected so far."""
    return _unplaced(_mark_all(body, corrections), coming.entries)


def _unplaced(text: str, lines: Iterable[Erratum]) -> list[Erratum]:
    unplaced = []
    for erratum in lines:
        marked = _mark(text, erratum.wrong, erratum.right)
        if marked == text:
            unplaced.append(erratum)
        text = marked
    return unplaced


def _issued(corrections: Iterable[Correction]) -> list[Erratum]:
    return [line for each in corrections if each.state is CorrectionState.ISSUED for line in each.entries]


def _mark_all(body: str, corrections: Iterable[Correction]) -> str:
    if any(mark in body for mark in _TAGS):
        return body
    for erratum in _issued(corrections):
        body = _mark(body, erratum.wrong, erratum.right)
    return body


def _mark(text: str, wrong: str, right: str) -> str:
    if not wrong or _MARKUP.search(wrong + right) or text.count(wrong) != 1:
        return text
    return text.replace(wrong, f"{_WRONG}{wrong}{_RIGHT}{right}{_END}")
