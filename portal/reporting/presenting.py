"""Figures laid out as tables of texts and numbers, once for the page, the print, Word, Excel and open data; pure.

A cell that the published edition leaves out is marked; in that edition it holds nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.core.calendar import era_date
from portal.core.enums import LabelledEnum
from portal.core.i18n import N_
from portal.decisions.states import Outcome
from portal.inspections.states import LeakState, MislinkCause, Stage
from portal.reporting.layout import LEFT_OUT, Line, Shown, Table, Tongue, count_of
from portal.reporting.marking import TABLES, Facts
from portal.reporting.rates import cut_rate, share_of
from portal.reporting.states import Breakdown, Family, ReportKind
from portal.reporting.survey_tables import tables_of_survey
from portal.reporting.tallying import UNREPORTED


@dataclass(frozen=True, kw_only=True)
class _Column:
    title: str
    measure: str
    family: Family | None = None
    other: Family | None = None


_STAGES = (
    _Column(title=N_("合計"), measure="entries"),
    _Column(title=N_("未報告"), measure=UNREPORTED),
    *(_Column(title="", measure=stage.value) for stage in Stage),
)
_RECORDS = {
    ReportKind.INTERIM: (
        _Column(title=N_("対象件数"), measure="target", family=Family.TARGET),
        _Column(title=N_("照合済"), measure="matched", family=Family.TARGET),
        _Column(title=N_("照合率（％）"), measure="matched_rate", family=Family.TARGET),
        _Column(title=N_("紐付け誤り（累計）"), measure="mislinks", family=Family.MISLINKS),
        _Column(title=N_("うち前回の後に判明"), measure="new", family=Family.MISLINKS),
    ),
    ReportKind.FINAL: (
        _Column(title=N_("対象件数"), measure="target", family=Family.TARGET),
        _Column(title=N_("確認済"), measure="confirmed", family=Family.PENDING, other=Family.TARGET),
        _Column(title=N_("確認率（％）"), measure="confirmed_rate", family=Family.PENDING, other=Family.TARGET),
        _Column(title=N_("紐付け誤り"), measure="mislinks", family=Family.MISLINKS),
        _Column(title=N_("誤りの割合（％）"), measure="share", family=Family.MISLINKS, other=Family.TARGET),
    ),
}
_HEADS = {
    Breakdown.PROCEDURE: (N_("事務"), N_("事務別の段階"), N_("事務別の件数")),
    Breakdown.PREFECTURE: (N_("都道府県"), N_("都道府県別の段階"), N_("都道府県別の件数")),
    Breakdown.KIND: (N_("団体の種別"), N_("団体の種別ごとの段階"), N_("団体の種別ごとの件数")),
}


def summary_of(facts: Facts, kind: ReportKind, say: Tongue) -> list[tuple[str, Shown]]:
    """The figures that come first: name and value."""
    total = facts["total"]
    lines = [
        (say(N_("対象の団体")), count_of(facts["addressed"])),
        (say(N_("点検が必要な団体×事務")), count_of(total["entries"])),
        (say(N_("うち完了")), count_of(total["stages"][Stage.DONE.value])),
    ]
    lines += [(say(column.title), _cell(total, column)) for column in _RECORDS[kind]]
    lines += [
        (say(N_("修正済")), _cell(total, _Column(title="", measure="corrected", family=Family.CORRECTED))),
        (say(N_("誤りのあった団体")), count_of(facts["with_mislinks"])),
        (say(N_("うち公表した団体")), count_of(facts["with_published"])),
        (say(N_("漏えいが確認された団体×事務")), count_of(facts["leaks"][LeakState.CONFIRMED.value])),
        (say(N_("漏えいを調査中の団体×事務")), count_of(facts["leaks"][LeakState.INVESTIGATING.value])),
    ]
    return lines


def tables_of(facts: Facts, kind: ReportKind, say: Tongue) -> list[Table]:
    """Every table of a report, in order; those without any line are left out."""
    found = []
    if facts["is_inspection"]:
        for name in TABLES:
            found.append(_divided(facts, Breakdown(name), _STAGES, "stages", say))
            found.append(_divided(facts, Breakdown(name), _RECORDS[kind], "records", say))
        found += [_causes(facts, say), _leaks(facts, say), _outcomes(facts, say)]
        found.append(_published(facts, say))
    found += tables_of_survey(facts, say)
    return [table for table in found if table.lines]


class Tile(NamedTuple):
    """Of a prefecture how many of its bodies × procedures are done, and their share in per cent, cut."""

    code: str
    name: str
    name_en: str
    done: int
    entries: int

    @property
    def share(self) -> int:
        return self.done * 100 // self.entries


def tiles_of(facts: Facts) -> list[Tile]:
    """The map."""
    return [
        Tile(row["key"], row["label"], row["label_en"], row["stages"]["done"], row["entries"])
        for row in facts["tables"]["prefecture"]
        if row["key"].isdigit() and row["entries"]
    ]


def _divided(facts: Facts, breakdown: Breakdown, columns: Sequence[_Column], suffix: str, say: Tongue) -> Table:
    first, *titles = _HEADS[breakdown]
    title, name = titles[suffix == "records"], breakdown.value
    label = "label_en" if say.locale == "en" else "label"
    rows = [(row, False) for row in facts["tables"][name]]
    if len(rows) > 1:
        rows.append((facts["total"], True))
    lines = [
        Line(key=row["key"], name=row[label], cells=[_cell(row, column) for column in columns], is_total=is_total)
        for row, is_total in rows
    ]
    return Table(
        name=f"{name}_{suffix}",
        title=say(title),
        first=say(first),
        columns=[say(column.title) if column.title else Stage(column.measure).label(say.locale) for column in columns],
        measures=[column.measure for column in columns],
        lines=lines,
    )


def _cell(row: Facts, column: _Column) -> Shown:
    """The figure of a line, computed where it is one of two others."""
    hidden = row["hidden"]
    is_hidden = any(family is not None and family.value in hidden for family in (column.family, column.other))
    value = _value(row, column.measure)
    if value is None:
        return Shown(text=LEFT_OUT if is_hidden else "—", is_hidden=is_hidden)
    if isinstance(value, str):
        return Shown(text=value, number=_as_number(value), is_hidden=is_hidden)
    return Shown(text=f"{value:,}", number=value, is_hidden=is_hidden)


def _value(row: Facts, measure: str) -> int | str | None:
    if measure in ("target", "matched", "pending", "mislinks", "new", "corrected", "entries"):
        return _known(row, measure)
    if measure in ("confirmed", "confirmed_rate", "matched_rate", "share"):
        return _computed(row, measure)
    return int(row["stages"][measure])


def _computed(row: Facts, measure: str) -> int | str | None:
    target = _known(row, "target")
    other = _known(row, {"share": "mislinks", "matched_rate": "matched"}.get(measure, "pending"))
    if target is None or other is None:
        return None
    if measure == "confirmed":
        return target - other
    if measure == "confirmed_rate":
        return cut_rate(target - other, target)
    return cut_rate(other, target) if measure == "matched_rate" else share_of(other, target)


def _known(row: Facts, name: str) -> int | None:
    value = row[name]
    return value if isinstance(value, int) else None


def _day(text: str, say: Tongue) -> Shown:
    return Shown(text=text if say.locale == "en" else era_date(date.fromisoformat(text)), plain=text)


def _as_number(text: str) -> float | None:
    return None if text.startswith("<") else float(text)


def _causes(facts: Facts, say: Tongue) -> Table:
    lines = []
    if any(count != 0 for count in facts["causes"].values()):
        for name, count in facts["causes"].items():
            is_hidden = name in facts["hidden_causes"]
            shown = Shown(text=LEFT_OUT if count is None else f"{count:,}", number=count, is_hidden=is_hidden)
            lines.append(Line(key=name, name=MislinkCause(name).label(say.locale), cells=[shown]))
    return Table(
        name="causes",
        title=say(N_("紐付け誤りの原因")),
        first=say(N_("原因")),
        columns=[say(N_("件数"))],
        measures=["mislinks"],
        lines=lines,
    )


def _leaks(facts: Facts, say: Tongue) -> Table:
    lines = _entries(facts["leaks"], LeakState, say)
    return _of_entries("leaks", say(N_("情報漏えいの状況")), say(N_("状況")), lines, say)


def _outcomes(facts: Facts, say: Tongue) -> Table:
    lines = _entries(facts["outcomes"], Outcome, say)
    return _of_entries("outcomes", say(N_("点検の要否の判定")), say(N_("判定")), lines, say)


def _entries(counts: Mapping[str, int], enum: type[LabelledEnum], say: Tongue) -> list[Line]:
    return [
        Line(key=str(member.value), name=member.label(say.locale), cells=[count_of(counts[str(member.value)])])
        for member in enum
        if counts.get(str(member.value))
    ]


def _of_entries(name: str, title: str, first: str, lines: Sequence[Line], say: Tongue) -> Table:
    columns = [say(N_("団体×事務"))]
    return Table(name=name, title=title, first=first, columns=columns, measures=["entries"], lines=lines)


def _published(facts: Facts, say: Tongue) -> Table:
    lines = [
        Line(
            key=each["code"],
            name=each["name"],
            cells=[count_of(each["mislinks"]), _day(each["published_on"], say), Shown(text=each["url"])],
        )
        for each in facts["published"]
    ]
    return Table(
        name="published",
        title=say(N_("公表した団体")),
        first=say(N_("団体")),
        columns=[say(N_("紐付け誤り")), say(N_("公表日")), say(N_("公表したページ"))],
        measures=["mislinks", "published_on", "url"],
        lines=lines,
    )
