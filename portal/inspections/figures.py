"""The figures of one body × procedure as of a date, apart from who entered them and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.inspections.models import Snapshot
from portal.inspections.states import LeakState, MislinkCause

COUNTS = ("target", "extracted", "matched", "mismatched", "confirmed", "pending", "mislinks", "corrected")
CUMULATIVE = tuple(name for name in COUNTS if name != "pending")  # pending goes down as people are identified


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a body reports: counts of records, T E M X C P F R in this order, and what it says about them.

    ``causes`` are counts of mislinks by the value of MislinkCause; one that is missing is none.
    """

    target: int
    extracted: int = 0
    matched: int = 0
    mismatched: int = 0
    confirmed: int = 0
    pending: int = 0
    mislinks: int = 0
    corrected: int = 0
    causes: Mapping[str, int] = field(default_factory=dict)
    is_linkage_stopped: bool = False
    leak: LeakState = LeakState.NONE
    inquiries: int = 0
    prevention: str = ""
    expected_on: date | None = None
    delay_reason: str = ""
    published_on: date | None = None
    published_url: str = ""

    def count_of(self, name: str) -> int:
        """One of the counts by its name."""
        return int(getattr(self, name))


_FIELDS = tuple(Figures.__dataclass_fields__)


def figures_of(snapshot: Snapshot) -> Figures:
    """The figures that a snapshot holds."""
    return Figures(**{name: getattr(snapshot, name) for name in _FIELDS})


def columns_of(figures: Figures) -> dict[str, Any]:
    """The figures as a snapshot holds them: every cause with its count, texts without outer blanks."""
    values: dict[str, Any] = {name: getattr(figures, name) for name in _FIELDS}
    values["causes"] = {cause.value: int(figures.causes.get(cause.value, 0)) for cause in MislinkCause}
    for name in ("prevention", "delay_reason", "published_url"):
        values[name] = values[name].strip()
    return values
