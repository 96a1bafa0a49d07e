"""The order in which every rule decides: rows 1, 4, 3, 2, then route by route, the worst of them, then row 12."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.decisions.rules.facts import ROUTES, Facts, Verdict
from portal.decisions.states import Outcome

_WORST_FIRST = (Outcome.REQUIRED, Outcome.REVIEW, Outcome.EXEMPT)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A version of the rule: what it says of a route, and whether it inspects procedures marked "always"."""

    name: str
    title: str
    of_route: Callable[[str, Facts], Verdict]
    inspects_always: bool

    def decide(self, facts: Facts) -> Verdict:
        """The verdict. Unanswered is never exempt."""
        if facts.is_handled is False:
            return Verdict(Outcome.NOT_HANDLED, 1)
        if facts.is_prior:
            return Verdict(Outcome.PRIOR, 4)
        if facts.is_always and self.inspects_always:
            return Verdict(Outcome.REQUIRED, 3)
        if is_unanswered(facts):
            return Verdict(Outcome.UNDETERMINED, 2)
        worst = min(self.decide_routes(facts).values(), key=lambda each: _WORST_FIRST.index(each.outcome))
        if worst.outcome is Outcome.EXEMPT and facts.mislinks > 0:
            return Verdict(Outcome.INDIVIDUAL, 12)
        return worst

    def decide_routes(self, facts: Facts) -> dict[str, Verdict]:
        """What the rule says of each route by itself, in the order of the routes."""
        return {route: self.of_route(route, facts) for route in ROUTES if route in facts.routes}


def is_unanswered(facts: Facts) -> bool:
    """Row 2: nothing is known of the handling or the routes, or of a lookup not one attribute."""
    if facts.is_handled is None or facts.routes.isdisjoint(ROUTES):
        return True
    return "d" in facts.routes and not facts.counted_attributes
