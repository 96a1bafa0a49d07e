"""The typed facts of the rules from the stored answers of a body × procedure."""

from collections.abc import Container, Mapping
from typing import Any

from portal.campaigns.models import Procedure
from portal.decisions.rules.facts import FOUR_ATTRIBUTES, ROUTES, Facts

# What is read of the answers: the codes that rules decide from.
FACT_CODES = frozenset({"handled", "routes", "attributes", "address_complete", "identified", "method", "mislinks"})
_YES_NO = {"yes": True, "no": False}


def read_facts(procedure: Procedure, answers: Mapping[str, Any], *, is_juki_excepted: bool = False) -> Facts:
    """The facts; what is not answered is None or empty, and an answer of another kind counts as none."""
    return Facts(
        is_handled=_yes(answers.get("handled")),
        routes=_chosen(answers.get("routes"), ROUTES),
        attributes=_chosen(answers.get("attributes"), FOUR_ATTRIBUTES),
        is_address_complete=_yes(answers.get("address_complete")),
        is_identified=_yes(answers.get("identified")),
        method=str(answers.get("method") or ""),
        mislinks=_count(answers.get("mislinks")),
        is_always=procedure.is_always,
        is_prior=procedure.is_prior,
        is_juki_excepted=is_juki_excepted,
    )


def _yes(value: Any) -> bool | None:
    return _YES_NO.get(value) if isinstance(value, str) else None


def _chosen(value: Any, known: Container[str]) -> frozenset[str]:
    return frozenset(each for each in value if each in known) if isinstance(value, list) else frozenset()


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
