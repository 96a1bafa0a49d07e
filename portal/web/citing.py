"""Document numbers on a page become links to the papers that they name, which say when these hold no more."""

import re
from html import unescape

from flask import url_for
from markupsafe import Markup, escape

from portal.guidance.citing import Cited, find_cited
from portal.guidance.states import GuidanceState
from portal.web.access import find_current_actor
from portal.web.locale import gettext

_MARK = re.compile(r'<span class="cited">([^<]+)</span>')


def cite(html: Markup) -> Markup:
    """The page with its marked numbers as links. One statement, and none for a page without such a number."""
    written = [unescape(each) for each in _MARK.findall(html)]
    if not written:
        return html
    actor = find_current_actor()
    found = find_cited(actor, written) if actor is not None else {}
    return Markup(_MARK.sub(lambda mark: _shown(unescape(mark.group(1)), found), html))  # noqa: S704 - escaped below


def _shown(written: str, found: dict[str, Cited]) -> str:
    cited = found.get(written)
    if cited is None:
        return str(escape(written))
    before, number = written[: -len(cited.number)], written[-len(cited.number) :]
    url = url_for("guidance.show", guidance_id=cited.guidance_id)
    note = _note(cited)
    remark = f'<span class="cited__note">{escape(note)}</span>' if note else ""
    return f'{escape(before)}<a href="{escape(url)}" title="{escape(cited.title)}">{escape(number)}</a>{remark}'


def _note(cited: Cited) -> str:
    notes = {
        GuidanceState.SUPERSEDED: gettext("（旧版。新しい版があります）"),
        GuidanceState.ABOLISHED: gettext("（廃止）"),
        GuidanceState.RECALLED: gettext("（誤発出のため取消し）"),
    }
    return notes.get(cited.state) or (gettext("（訂正あり）") if cited.is_corrected else "")
