"""Forms that were sent in and that nobody confirmed in time."""

from portal.core.db import unit_of_work
from portal.workbooks.receiving import drop_expired


def drop_workbooks() -> None:
    """Drop what has waited for an hour, with its files."""
    with unit_of_work():
        drop_expired()
