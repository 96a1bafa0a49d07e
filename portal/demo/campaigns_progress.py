"""How far the bodies of the demonstration are with their inspection: snapshots over several dates, and corrections."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from portal.campaigns.models import Campaign, Entry, Participation
from portal.core import clock
from portal.core.calendar import JAPAN, japan_date
from portal.core.db import db
from portal.decisions.models import Decision
from portal.decisions.states import TO_INSPECT
from portal.demo.campaigns_answers import STORY
from portal.demo.campaigns_bodies import Manager
from portal.inspections.figures import Figures, columns_of
from portal.inspections.models import Progress, Snapshot
from portal.inspections.stages import stage_of
from portal.inspections.states import LeakState, MislinkCause

_UNREPORTED = 0.04
_STORY_DAYS = 60  # the story's city is in the middle of it
_CAUSES = random.Random(6).choices(list(MislinkCause), weights=(34, 22, 18, 14, 7, 5), k=1000)  # noqa: S311 - repeatable
_PREVENTION = (
    "照会結果は4情報の一致を2人で確認し、記録を残すこととした。",
    "申請書の様式を改め、本人確認書類の写しの添付を必須とした。",
    "住基システムとの突合を毎月行うこととした。",
)
_DELAYS = (
    "委託先の電算処理の日程が確保できないため", "対象件数が多く、戸籍の附票による確認に時間を要するため",
    "標準準拠システムへの移行と時期が重なるため", "本人に連絡が取れない方があるため",
)  # fmt: skip


def fill_progress(
    campaign: Campaign, chance: random.Random, managers: dict[str, Manager], dates: Sequence[date], *, is_over: bool
) -> None:
    """Snapshots of every body × procedure to inspect as of the dates after it answered, the newest its progress."""
    rows = []
    for entry_id, code, answers, submitted_at in db.session.execute(_to_inspect(campaign)):
        if chance.random() < _UNREPORTED and not is_over:
            continue
        known = [each for each in dates if each > japan_date(submitted_at)] or dates[-1:]
        course = _Course(chance, campaign, int(answers["subjects"]), known[0], is_over=is_over)
        if code == STORY and not is_over:
            course.take_days(_STORY_DAYS)
        by = managers[code]
        for as_of in known:
            figures = course.figures_as_of(as_of, code)
            rows.append(
                {
                    "campaign_id": campaign.id, "entry_id": entry_id, "as_of": as_of, "stage": stage_of(figures),
                    **columns_of(figures), "entered_at": _evening(as_of), "entered_by_person_id": by.person_id,
                    "signature": by.signature,
                }
            )  # fmt: skip
    db.session.execute(sa.insert(Snapshot), rows)
    _note_newest(campaign)


class _Course:
    """How the inspection of one body × procedure goes: everything counted rises with time and nothing falls."""

    def __init__(self, chance: random.Random, campaign: Campaign, target: int, began: date, *, is_over: bool) -> None:
        assert campaign.final_on is not None  # noqa: S101 - an inspection has it
        self._target, self._began = target, began
        self._days = chance.choice((14, 21, 28, 35, 45, 60, 75, 100)) if not is_over else 3
        self._mismatched = int(target * chance.uniform(0.0005, 0.02)) + chance.randint(0, 3)
        few = target * chance.choice((0, 0, 0, 0.00008, 0.0002, 0.0004))
        self._mislinks = min(self._mismatched, int(few) + (chance.random() < few % 1))
        self._causes = _CAUSES[(first := chance.randint(0, 400)) : first + self._mislinks]
        self._leak = chance.choices(list(LeakState), weights=(70, 14, 2, 14))[0] if self._mislinks else LeakState.NONE
        self._prevention = chance.choice(_PREVENTION)
        self._inquiries = chance.randint(0, 4) * self._mislinks
        self._expected = began + timedelta(days=self._days)
        self._is_late = self._expected > campaign.final_on
        self._delay = chance.choice(_DELAYS)
        self._tells = chance.random() < 0.85  # publishes as soon as everything is corrected

    def take_days(self, days: int) -> None:
        """Take so long instead."""
        self._days = days
        self._expected, self._is_late = self._began + timedelta(days=days), False

    def figures_as_of(self, as_of: date, code: str) -> Figures:
        """The figures of a day."""
        way = (as_of - self._began).days + 3
        part = min(1.0, way / self._days)
        target = self._target
        extracted = int(target * min(1.0, part * 4))
        matched = min(extracted, int(target * min(1.0, part * 2)))
        mismatched = self._mismatched * matched // max(1, target)
        confirmed = min(mismatched, int(self._mismatched * min(1.0, max(0.0, part - 0.3) * 2)))
        mislinks = self._mislinks * confirmed // max(1, self._mismatched)
        corrected = min(mislinks, int(self._mislinks * max(0.0, (part - 0.4) / 0.6)))
        is_told = part >= 1.0 and self._mislinks > 0 and self._tells
        causes: dict[str, int] = {}
        for cause in self._causes[:mislinks]:
            causes[cause.value] = causes.get(cause.value, 0) + 1
        return Figures(
            target=target, extracted=extracted, matched=matched, mismatched=mismatched, confirmed=confirmed,
            pending=mismatched - confirmed, mislinks=mislinks, corrected=corrected, causes=causes,
            is_linkage_stopped=mislinks > corrected, leak=self._leak_now(mislinks, part),
            inquiries=int(self._inquiries * part), prevention=self._prevention if mislinks else "",
            expected_on=self._expected, delay_reason=self._delay if self._is_late else "",
            published_on=as_of if is_told else None,
            published_url=f"https://www.body-{code}.example/mynumber/inspection.html" if is_told else "",
        )  # fmt: skip

    def _leak_now(self, mislinks: int, part: float) -> LeakState:
        """What is known is looked into first; what is denied or confirmed is known in the end."""
        if not mislinks or self._leak is LeakState.NONE:
            return LeakState.NONE
        return self._leak if part > 0.75 else LeakState.INVESTIGATING


def _to_inspect(campaign: Campaign) -> sa.Select[tuple[int, str, dict[str, Any], datetime]]:
    return (
        sa.select(Entry.id, Participation.organisation_code, Entry.answers, Entry.submitted_at)
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Decision, sa.and_(Decision.entry_id == Entry.id, Decision.superseded_at.is_(None)))
        .where(
            Entry.campaign_id == campaign.id, Decision.outcome.in_(TO_INSPECT), Entry.submitted_at.is_not(None)
        )
        .order_by(Entry.id)
    )  # fmt: skip


def _note_newest(campaign: Campaign) -> None:
    newest = sa.select(sa.func.max(Snapshot.id)).where(Snapshot.campaign_id == campaign.id).group_by(Snapshot.entry_id)
    columns = {
        Progress.entry_id: Snapshot.entry_id, Progress.campaign_id: Snapshot.campaign_id,
        Progress.snapshot_id: Snapshot.id, Progress.stage: Snapshot.stage,
    }  # fmt: skip
    chosen = sa.select(*columns.values()).where(Snapshot.id.in_(newest))
    db.session.execute(sa.insert(Progress).from_select([each.key for each in columns], chosen))


def _evening(day: date) -> datetime:
    return min(datetime.combine(day + timedelta(days=1), time(16), JAPAN), clock.now())
