"""Rule digital-2023-08, the interim report's: who was properly identified is exempt, who showed no documents is not."""

from portal.core.i18n import N_
from portal.decisions.rules.deciding import Rule
from portal.decisions.rules.facts import Facts, Verdict
from portal.decisions.states import Outcome


def _of_route(route: str, facts: Facts) -> Verdict:
    if route == "a":
        return Verdict(Outcome.EXEMPT, 5)
    if route == "b":
        return Verdict(Outcome.REQUIRED, 10)
    if route == "c":
        return Verdict(Outcome.REVIEW if facts.is_juki_excepted else Outcome.EXEMPT, 6)
    if route == "e":
        return Verdict(Outcome.REVIEW, 11)
    if len(facts.counted_attributes) == 4:
        return Verdict(Outcome.EXEMPT, 7)
    return Verdict(Outcome.EXEMPT, 8) if facts.is_properly_identified else Verdict(Outcome.REQUIRED, 9)


RULE = Rule(name="digital-2023-08", title=N_("2023年8月の中間報告による基準"), of_route=_of_route, inspects_always=True)
