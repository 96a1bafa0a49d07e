"""By which closed days a page counts business days: those that its route has read, else the year-end closure."""

from flask import g

from portal.core.calendar import YEAR_END_CLOSURE, Closures


def count_by(closures: Closures) -> None:
    """Let what is rendered in this request count by these closed days."""
    g.closures = closures


def closures() -> Closures:
    """The closed days by which this page counts."""
    found: Closures = g.get("closures", YEAR_END_CLOSURE)
    return found
