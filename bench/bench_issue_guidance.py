"""Issuing a paper to 1,788 bodies against issuing it to the 47 prefectures."""

import time

from bench.stage import compare, measure, stage
from portal.core.db import unit_of_work
from portal.directory.actor import Actor
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind
from portal.guidance import service
from portal.guidance.addressees import AddresseeRule, preview
from tests.factories.guidance import make_approved, make_chief
from tests.factories.people import actor_of

FEW = AddresseeRule(kinds=(OrganisationKind.PREFECTURE,))
ALL = AddresseeRule(kinds=tuple(kind for kind in OrganisationKind if kind in LOCAL_GOVERNMENTS))


def issue(chief: Actor, rule: AddresseeRule, number: str) -> tuple[int, tuple[float, int]]:
    """The number of recipients, and the time and statements of issuing alone, with its commit."""
    with unit_of_work():
        paper = make_approved(number, chief, addressees=rule)
        seen = preview(rule)

    def work() -> None:
        with unit_of_work():
            service.issue_guidance(chief, paper, fingerprint=seen.fingerprint)

    return seen.count, measure(work)


def main() -> None:
    """Warm up, then each of both three times; the shortest counts."""
    began = time.perf_counter()
    with stage():
        with unit_of_work():
            chief = actor_of(make_chief())
        issue(chief, FEW, "総行住第1号")
        runs = [(issue(chief, FEW, f"総行住第{n}号"), issue(chief, ALL, f"総行住第{n + 1}号")) for n in (2, 4, 6)]
        few, every = min(run[0][1] for run in runs), min(run[1][1] for run in runs)
        compare(f"issue to {runs[0][1][0]} bodies vs {runs[0][0][0]}", few, every)
    print(f"whole benchmark {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
