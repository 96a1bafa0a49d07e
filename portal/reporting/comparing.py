"""Where two sets of figures differ: every figure that a report shows, so that "all are equal" is true; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from portal.core.i18n import N_
from portal.reporting.layout import Shown, Table, Tongue
from portal.reporting.marking import Facts
from portal.reporting.presenting import summary_of, tables_of
from portal.reporting.states import ReportKind

_RATES = frozenset({"matched_rate", "confirmed_rate", "share", "rate"})  # of two figures that are compared themselves
_TOTALS = "procedure_stages"  # the other totals stand in the summary, too
_Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A figure that is not what it was, in the words of the report: its table, its line, its column."""

    table: str
    line: str
    measure: str
    then: str
    now: str


@dataclass(frozen=True, kw_only=True)
class _Figure:
    table: str
    line: str
    measure: str
    shown: Shown

    @property
    def value(self) -> str | int | float:
        return self.shown.text if self.shown.number is None else self.shown.number


def list_differences(one: Facts, other: Facts, kind: ReportKind, say: Tongue) -> list[Difference]:
    """Where the figures differ that a report of this kind shows, marked or not; in the order of the report."""
    then, now = (dict(_figures(facts, kind, say)) for facts in (one, other))
    found = []
    for key in dict.fromkeys(chain(then, now)):
        old, new = then.get(key), now.get(key)
        known = new or old
        if known is not None and (old is None or new is None or old.value != new.value):
            found.append(
                Difference(
                    table=known.table, line=known.line, measure=known.measure, then=_text_of(old), now=_text_of(new)
                )
            )
    return found


def _text_of(figure: _Figure | None) -> str:
    return "—" if figure is None else figure.shown.text


def _figures(facts: Facts, kind: ReportKind, say: Tongue) -> Iterator[tuple[_Key, _Figure]]:
    if facts["is_inspection"]:
        yield from _of_summary(facts, kind, say)
    for table in tables_of(facts, kind, say):
        yield from _of_table(table)


def _of_summary(facts: Facts, kind: ReportKind, say: Tongue) -> Iterator[tuple[_Key, _Figure]]:
    heading = say(N_("概要"))
    for name, shown in summary_of(facts, kind, say):
        if not isinstance(shown.number, float):  # rates
            yield ("summary", "", name), _Figure(table=heading, line="", measure=name, shown=shown)


def _of_table(table: Table) -> Iterator[tuple[_Key, _Figure]]:
    for line in table.lines:
        if line.is_total and table.name != _TOTALS:
            continue
        for measure, column, shown in zip(table.measures, table.columns, line.cells, strict=True):
            if measure not in _RATES:
                figure = _Figure(table=table.title, line=line.name, measure=column, shown=shown)
                yield (table.name, line.key, measure), figure
