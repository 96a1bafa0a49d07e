"""The corrected text as it reads: what was wrong struck out, what is right beside it, in the paper itself."""

import re
from collections.abc import Iterable

from markupsafe import Markup

from portal.core.markdown import render
from portal.revisions.models import Correction
from portal.revisions.states import CorrectionState

# Private-use characters stand for the tags until the text is rendered: Markdown and the sanitiser let them pass.
_WRONG, _RIGHT, _END = "\ue000", "\ue001", "\ue002"
_TAGS = {_WRONG: "<del>", _RIGHT: "</del><ins>", _END: "</ins>"}
_MARKUP = re.compile(r"[\n\r*_~`\[\]()<>|\\#!\ue000-\ue002]")


def render_corrected(body: str, corrections: Iterable[Correction]) -> Markup | None:
    """The body with each line of the issued tables of errors marked where it stands; None where none can be.

    Only what stands in the text exactly once, on one line and without marks of Markdown, is marked; the table of
    errors says the rest. A later correction may correct an earlier one.
    """
    if any(mark in body for mark in _TAGS):
        return None
    marked = body
    for correction in corrections:
        if correction.state is CorrectionState.ISSUED:
            for erratum in correction.entries:
                marked = _mark(marked, erratum.wrong, erratum.right)
    if marked == body:
        return None
    html = str(render(marked))
    for mark, tags in _TAGS.items():
        html = html.replace(mark, tags)
    return Markup(html)  # noqa: S704 - what stands between our own tags went through the sanitiser


def _mark(text: str, wrong: str, right: str) -> str:
    if not wrong or _MARKUP.search(wrong + right) or text.count(wrong) != 1:
        return text
    return text.replace(wrong, f"{_WRONG}{wrong}{_RIGHT}{right}{_END}")
