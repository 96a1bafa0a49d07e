"""The texts of the demonstration's reports: the rows of data/issues_*.psv and the forms made from them."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from portal.attachments.inspection import Upload
from portal.core.calendar import add_business_days
from portal.issues.content import IssueContent
from portal.issues.states import IssueKind, Leak, Urgency

_DATA = Path(__file__).parent / "data"
_THEMES = ("linkage", "card", "vaccine", "other")


@dataclass(frozen=True)
class Report:
    """One row of the texts with what chance gave it."""

    theme: str
    sub_topic: str
    kind: IssueKind
    title: str
    situation: str
    tried: str
    ask: str
    count: int | None


def read_reports() -> Iterator[Report]:
    """Every row of the texts, theme by theme."""
    for theme in _THEMES:
        with (_DATA / f"issues_{theme}.psv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="|"):
                yield Report(
                    theme,
                    row["sub_topic"],
                    IssueKind(row["kind"]),
                    row["title"],
                    row["situation"],
                    row["tried"],
                    row["ask"],
                    int(row["count"]) if row["count"] else None,
                )


def content_of(report: Report, topic: tuple[int, int], chance: random.Random, on: date) -> IssueContent:
    """What the form of the report holds; chance gives its urgency, its date and whether the prefecture sees it."""
    leak = Leak.NO
    if any(word in report.title for word in ("別の方", "別人", "所在不明")):
        leak = Leak.SUSPECTED if "申出" in report.title or "所在不明" in report.title else Leak.YES
    urgency = Urgency.HIGH if chance.random() < 0.2 else Urgency.NORMAL
    needed = None
    if chance.random() < 0.5:
        needed = add_business_days(on, chance.randint(8, 30))
    return IssueContent(
        kind=report.kind,
        title=report.title,
        body=f"{report.situation}\n\n**求めること**\n\n{report.ask}",
        tried=report.tried,
        theme_id=topic[0],
        sub_topic_id=topic[1],
        impact_count=report.count,
        urgency=urgency,
        needed_by_on=needed,
        leak=leak,
        is_shared_with_prefecture=chance.random() < 0.85,
    )


def file_of(report: Report) -> Upload:
    """A small file with the report's figures."""
    total = report.count or 0
    rows = [("区分", "件数"), ("確認済", total // 3), ("確認中", total - total // 3)]
    text = "\r\n".join(f"{name},{figure}" for name, figure in rows)
    return Upload("件数の内訳.csv", io.BytesIO(text.encode("utf-8-sig")), "text/csv")
