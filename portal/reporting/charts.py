"""The pictures of a report: their Vega-Lite specifications, what is drawn and what waits to be drawn.

The same picture serves the page, the print and the documents; beside each stands the table that it shows. Who draws
stands in the jobs. A picture is kept by the hash of its specification.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db, insert
from portal.inspections.states import MislinkCause, Stage
from portal.reporting.marking import Facts, for_public
from portal.reporting.models import Chart
from portal.reporting.states import MakingState
from portal.reporting.tallying import UNREPORTED

LOCALES = ("ja", "en")
MOST_TRIES = 5
_STALE = timedelta(minutes=10)
_FONT = "Noto Sans CJK JP, Noto Sans JP, sans-serif"
_UNREPORTED = {"ja": "未報告", "en": "Not reported"}
_COLOURS = ["#d8d8d8", "#fff4c2", "#fbc95c", "#9db7f9", "#4979f5", "#00118f"]  # lighter is earlier, in grey, too
_ENTRIES = {"ja": "団体×事務の数", "en": "Bodies × procedures"}
_RECORDS = {"ja": "紐付け誤り（件）", "en": "Mislinks (records)"}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture as a page shows it; ``svg`` is None until it is drawn."""

    name: str
    digest: str
    svg: str | None = None


def specifications_of(facts: Facts, locale: str) -> dict[str, dict[str, Any]]:
    """The pictures of figures by name: stages by procedure, and the causes of mislinks that are shown."""
    found = {}
    if facts["total"]["entries"]:
        found["stages"] = _stages(facts["tables"]["procedure"], locale)
    causes = [(MislinkCause(cause), count) for cause, count in facts["causes"].items() if count]
    if causes:
        found["causes"] = _causes(causes, locale)
    return found


def find_pictures(facts: Facts, locale: str) -> dict[str, Picture]:
    """The pictures of figures by name, drawn or not. One statement."""
    digests = {name: _digest(specification) for name, specification in specifications_of(facts, locale).items()}
    rows = db.session.execute(sa.select(Chart.digest, Chart.svg).where(Chart.digest.in_(digests.values())))
    drawn = {digest: svg for digest, svg in rows}
    return {name: Picture(name=name, digest=digest, svg=drawn.get(digest)) for name, digest in digests.items()}


def ask_charts(figures: Facts) -> None:
    """Have the pictures of both editions drawn in each language; what is drawn already stays."""
    rows = {}
    for facts in (figures, for_public(figures)):
        for locale in LOCALES:
            for specification in specifications_of(facts, locale).values():
                rows[_digest(specification)] = specification
    if rows:
        values = [
            {"digest": digest, "specification": specification, "state": MakingState.WAITING, "tries": 0}
            for digest, specification in rows.items()
        ]
        db.session.execute(insert(Chart).values(values).on_conflict_do_nothing())


def claim_chart() -> tuple[str, Mapping[str, Any], int] | None:
    """The next picture to draw (digest, specification, number of the try), claimed; None when there is none."""
    now = clock.now()
    row = db.session.scalar(
        sa.select(Chart)
        .where(due_charts())
        .order_by(Chart.tries, Chart.digest)
        .options(orm.undefer(Chart.specification))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.state, row.tries, row.tried_at = MakingState.MAKING, row.tries + 1, now
    db.session.flush()
    return row.digest, row.specification, row.tries


def keep_chart(digest: str, tries: int, svg: str | None) -> None:
    """Keep what was drawn (None: it could not be), unless another worker has taken it over."""
    state = MakingState.FAILED if svg is None else MakingState.MADE
    db.session.execute(
        sa.update(Chart)
        .where(Chart.digest == digest, Chart.tries == tries, Chart.state == MakingState.MAKING)
        .values(state=state, svg=svg)
    )


def give_back_chart(digest: str, tries: int) -> None:
    """Leave it to whoever comes next: the worker was stopped, which is no failed try."""
    db.session.execute(
        sa.update(Chart)
        .where(Chart.digest == digest, Chart.tries == tries, Chart.state == MakingState.MAKING)
        .values(state=MakingState.WAITING, tries=tries - 1)
    )


def due_charts() -> sa.ColumnElement[bool]:
    """What waits, what a dead worker left and what failed and is tried again, as a condition."""
    unfinished = Chart.state.in_([MakingState.MAKING, MakingState.FAILED])
    return sa.or_(
        Chart.state == MakingState.WAITING,
        sa.and_(unfinished, Chart.tries < MOST_TRIES, Chart.tried_at < clock.now() - _STALE),
    )


def _digest(specification: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(specification, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _stages(rows: Sequence[Mapping[str, Any]], locale: str) -> dict[str, Any]:
    names = [(UNREPORTED, _UNREPORTED[locale]), *((stage.value, stage.label(locale)) for stage in Stage)]
    label = "label_en" if locale == "en" else "label"
    values = [
        {"row": row[label], "stage": name, "order": order, "count": row["stages"][key]}
        for row in rows
        for order, (key, name) in enumerate(names)
        if row["stages"][key]
    ]
    labels = [name for _, name in names]
    encoding = {
        "y": {"field": "row", "type": "nominal", "sort": [row[label] for row in rows], "title": None},
        "x": {"field": "count", "type": "quantitative", "title": _ENTRIES[locale], "axis": {"format": ",d"}},
        "color": {
            "field": "stage",
            "type": "nominal",
            "scale": {"domain": labels, "range": _COLOURS},
            "legend": {"orient": "top", "title": None, "columns": 3},
        },
        "order": {"field": "order", "type": "quantitative"},
    }
    mark = {"type": "bar", "stroke": "#4d4d4d", "strokeWidth": 0.5}
    return _frame(values, mark, encoding, height=max(len(rows) * 24, 48))


def _causes(causes: Sequence[tuple[MislinkCause, int]], locale: str) -> dict[str, Any]:
    values = [{"cause": cause.label(locale), "count": count} for cause, count in causes]
    encoding = {
        "y": {"field": "cause", "type": "nominal", "sort": "-x", "title": None},
        "x": {"field": "count", "type": "quantitative", "title": _RECORDS[locale], "axis": {"format": ",d"}},
    }
    return _frame(values, {"type": "bar", "color": "#3460fb"}, encoding, height=max(len(causes) * 28, 56))


def _frame(
    values: Sequence[Mapping[str, Any]], mark: Mapping[str, Any], encoding: Mapping[str, Any], *, height: int
) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": list(values)},
        "mark": dict(mark),
        "encoding": dict(encoding),
        "width": 520,
        "height": height,
        "background": "#ffffff",
        "config": {
            "font": _FONT,
            "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 260, "titleFontWeight": "normal"},
            "legend": {"labelFontSize": 12, "labelLimit": 260},
            "view": {"stroke": None},
        },
    }
