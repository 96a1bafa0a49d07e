"""What holds now: the targets with their bounds, and the days on which offices are closed."""

from dataclasses import dataclass

from portal.core.calendar import YEAR_END_CLOSURE, Closures
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Business days for each step, and the thresholds that go with them (product.md section 3)."""

    first_reply_days: int = 1
    routed_days: int = 2
    answered_days: int = 10
    urgent_days: int = 0
    follow_up_days: int = 5
    escalate_days: int = 5
    same_problem_bodies: int = 5
    longest_pause_days: int = 20


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The targets and the calendar that they are counted by."""

    targets: Targets = Targets()
    closures: Closures = YEAR_END_CLOSURE
    setting_id: int = 0


@dataclass(frozen=True)
class Bound:
    """From what to what a value may be set, with its name on the page."""

    label: str
    lowest: int
    highest: int


BOUNDS: dict[str, Bound] = {
    "first_reply_days": Bound(N_("初回応答"), 1, 10),
    "routed_days": Bound(N_("割振り"), 1, 20),
    "answered_days": Bound(N_("回答"), 1, 60),
    "urgent_days": Bound(N_("緊急の課題・照会"), 0, 5),
    "follow_up_days": Bound(N_("担当課への状況確認"), 1, 60),
    "escalate_days": Bound(N_("事務局への報告"), 1, 30),
    "same_problem_bodies": Bound(N_("同じ課題の団体数"), 2, 200),
    "longest_pause_days": Bound(N_("時計を止められる日数"), 1, 60),
}
