"""The watch over targets: clocks that go on, follow-ups and escalations."""

import logging
from collections.abc import Callable
from typing import Any

from portal.core import clock
from portal.core.db import unit_of_work
from portal.escalation.queries import list_due, list_same_problems
from portal.escalation.service import report_same_problem, take_step
from portal.issues.clocks import ensure_clock, list_unclocked
from portal.issues.service import list_to_resume, resume_expected
from portal.jobs.engine import current_engine
from portal.targets.queries import get_rules

_log = logging.getLogger(__name__)


def watch_targets() -> None:
    """Let clocks go on whose day has come, follow up and escalate: each issue in its own transaction.

    Every step is recorded where it is taken, so a second worker, or the next run after a killed one, takes the rest.
    """
    with unit_of_work():
        unclocked, to_resume = list_unclocked(), list_to_resume()
    for issue_id in unclocked:
        _try(f"Issue {issue_id} got no clock", ensure_clock, issue_id)
    for issue_id in to_resume:
        _try(f"The clock of issue {issue_id} did not go on", resume_expected, issue_id)
    with unit_of_work():
        rules, now = get_rules(), clock.now()
        threshold = rules.targets.same_problem_bodies
        due, problems = list_due(now, rules), list_same_problems(now, threshold)
    for each in due:
        _try(f"{each.step.value} of issue {each.issue_id} was not taken", take_step, each, rules)
    for problem in problems:
        _try(f"Sub-topic {problem.sub_topic_id} was not told of", report_same_problem, problem, threshold)


def _try(failing: str, step: Callable[..., object], *arguments: Any) -> None:
    if current_engine().stopping.is_set():
        return
    try:
        with unit_of_work():
            step(*arguments)
    except Exception:
        _log.exception(failing)
