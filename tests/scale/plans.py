"""What PostgreSQL means to do for the statements that pages send."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

BIG = frozenset({"issue", "post", "issue_hop", "event", "notification", "recipient", "issue_reading"})


@dataclass
class Sent:
    """One SELECT with the values it was sent with, and its plan."""

    statement: str
    parameters: Any
    plan: dict[str, Any] = field(default_factory=dict)

    @property
    def cost(self) -> float:
        """What the planner reckons, in its own unit: about one page read in order."""
        return float(self.plan["Total Cost"])

    @property
    def scanned(self) -> set[str]:
        """The big tables that it reads from end to end."""
        return {
            node["Relation Name"]
            for node in _to_the_end(self.plan)
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG
        }


@contextmanager
def recorded_selects(engine: sa.Engine) -> Iterator[list[Sent]]:
    """The SELECTs sent while the block runs."""
    found: list[Sent] = []

    def record(_connection, _cursor, statement, parameters, _context, _many) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found.append(Sent(statement, parameters))

    event.listen(engine, "before_cursor_execute", record)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", record)


def explain(engine: sa.Engine, sent: list[Sent]) -> list[Sent]:
    """The same, each with its plan."""
    with engine.connect() as connection:
        for each in sent:
            row = connection.exec_driver_sql("EXPLAIN (FORMAT JSON) " + each.statement, each.parameters).scalar_one()
            each.plan = (json.loads(row) if isinstance(row, str) else row)[0]["Plan"]
    return sent


def _to_the_end(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of a plan but those of which a LIMIT needs only the beginning, as the planner reckons."""
    yield plan
    for child in plan.get("Plans", ()):
        if plan["Node Type"] == "Limit" and plan["Total Cost"] < child["Total Cost"] / 5:
            continue
        yield from _to_the_end(child)
