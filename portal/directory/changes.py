"""Setting of a row's facts and telling what changed, as events record it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.core.db import Base
from portal.core.enums import LabelledEnum


def set_facts(row: Base, facts: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set the attributes that differ and return them as {field: [before, after]}."""
    changed: dict[str, list[Any]] = {}
    for name, value in facts.items():
        before = getattr(row, name)
        if before != value:
            changed[name] = [_plain(before), _plain(value)]
            setattr(row, name, value)
    return changed


def facts_added(facts: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The facts of something new as {field: [None, value]}, without those that are empty."""
    return {name: [None, _plain(value)] for name, value in facts.items() if value not in (None, "", False)}


def _plain(value: Any) -> Any:
    if isinstance(value, LabelledEnum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value
