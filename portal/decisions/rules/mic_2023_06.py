"""Rule mic-2023-06, the chart's wording: a J-LIS lookup with three attributes or fewer is inspected."""

from portal.core.i18n import N_
from portal.decisions.rules.deciding import Rule
from portal.decisions.rules.facts import Facts, Verdict
from portal.decisions.states import Outcome


def _of_route(route: str, facts: Facts) -> Verdict:
    if route == "a":
        return Verdict(Outcome.EXEMPT, 5)
    if route == "b":
        return Verdict(Outcome.REVIEW, 10)
    if route == "c":
        return Verdict(Outcome.EXEMPT, 6)
    if route == "e":
        return Verdict(Outcome.REVIEW, 11)
    if len(facts.counted_attributes) == 4:
        return Verdict(Outcome.EXEMPT, 7)
    return Verdict(Outcome.REQUIRED, 8 if facts.is_properly_identified else 9)


RULE = Rule(name="mic-2023-06", title=N_("2023年6月の図による基準"), of_route=_of_route, inspects_always=False)
