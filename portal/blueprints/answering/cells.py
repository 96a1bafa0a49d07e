"""The cells of the matrix as HTML: a page has a thousand of them, of a handful of kinds."""

from collections.abc import Mapping, Sequence

from flask import url_for
from markupsafe import Markup

from portal.answering.matrix import Cell
from portal.campaigns.states import EntryState
from portal.core.i18n import N_
from portal.web.filters import label
from portal.web.locale import gettext

_SIGNS = {
    EntryState.BLANK: N_("未"),
    EntryState.STARTED: N_("入"),
    EntryState.PENDING: N_("保"),
    EntryState.SUBMITTED: N_("済"),
    EntryState.RETURNED: N_("戻"),
    EntryState.FORWARDED: N_("取"),
}
_SIGN = Markup('<span class="mark mark--{}" aria-hidden="true">{}</span>')
_END = Markup('" class="mark mark--{}" aria-label="{}">{}</a></td>')
_NOT_ASKED = Markup('<td><span class="muted" aria-hidden="true">／</span><span class="visually-hidden">{}</span></td>')


def list_signs() -> list[tuple[Markup, str]]:
    """Every state as a sign, which is not read aloud, and in words: the legend."""
    return [(_SIGN.format(state.value, gettext(sign)), label(state)) for state, sign in _SIGNS.items()]


class CellDrawing:
    """Draws what bodies have answered: for each procedure a sign that leads to the answer and says its state in words.

    Of which body and procedure it is, the headers of row and column say.
    """

    def __init__(self, campaign_id: int, procedure_ids: Sequence[int]) -> None:
        address = url_for("answering.show", campaign_id=campaign_id, entry_id=0)
        self._procedure_ids = procedure_ids
        self._start = f'<td><a href="{address.removesuffix("0")}'
        self._ends = {state: _END.format(state.value, label(state), gettext(sign)) for state, sign in _SIGNS.items()}
        self._not_asked = _NOT_ASKED.format(gettext("対象外"))

    def draw(self, cells: Mapping[int, Cell]) -> Markup:
        """The cells of one body, in the order of the procedures."""
        start, ends, drawn = self._start, self._ends, []
        for procedure_id in self._procedure_ids:
            cell = cells.get(procedure_id)
            drawn.append(f"{start}{cell.entry_id}{ends[cell.state]}" if cell else self._not_asked)
        return Markup("".join(drawn))  # noqa: S704 - ids between pieces that were escaped
