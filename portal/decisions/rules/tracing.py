"""How a rule came to its verdict, row by row of the truth table, in the order in which it looks at them."""

from dataclasses import dataclass

from portal.core.enums import LabelledEnum
from portal.decisions.rules.deciding import Rule
from portal.decisions.rules.facts import Facts
from portal.decisions.states import Outcome

_FIRST = (1, 4, 3, 2)  # each ends the matter by itself
ORDER = (*_FIRST, 5, 6, 7, 8, 9, 10, 11, 12)


class Mark(LabelledEnum):
    """What became of a row."""

    APPLIED = ("applied", "適用", "Applied")
    BESIDE = ("beside", "該当（採用は別の行）", "Met, but another row decided")
    PASSED = ("passed", "該当しない", "Not met")
    UNREACHED = ("unreached", "ここまで進まない", "Not reached")


@dataclass(frozen=True)
class TracedRow:
    """A row with what became of it; ``outcome`` is what it says where it was met."""

    number: int
    mark: Mark
    outcome: Outcome | None = None


def trace(rule: Rule, facts: Facts) -> list[TracedRow]:
    """Every row once, in the order in which the rule looks at them; exactly one is applied."""
    verdict = rule.decide(facts)
    is_early = verdict.row in _FIRST
    met = {} if is_early else {each.row: each.outcome for each in rule.decide_routes(facts).values()}
    found = []
    for place, number in enumerate(ORDER):
        if number == verdict.row:
            found.append(TracedRow(number, Mark.APPLIED, verdict.outcome))
        elif number in met:
            found.append(TracedRow(number, Mark.BESIDE, met[number]))
        elif is_early and place > ORDER.index(verdict.row):
            found.append(TracedRow(number, Mark.UNREACHED))
        else:
            found.append(TracedRow(number, Mark.PASSED))
    return found
