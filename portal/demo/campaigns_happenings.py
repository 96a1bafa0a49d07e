"""What happened in the running inspection of the demonstration, one by one and told to whom it concerns."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from portal.answering.compiling import forward_entries, return_answers
from portal.answering.extending import ask_extension, decide_extension, withdraw_extension
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.campaigns.states import EntryState
from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.decisions.models import Decision
from portal.decisions.overriding import lift_override, override_decision
from portal.decisions.states import Outcome
from portal.demo.campaigns_answers import STORY
from portal.demo.papers import actor_at
from portal.inspections.figures import Figures, figures_of
from portal.inspections.models import Progress, Snapshot
from portal.inspections.queries import find_newest
from portal.inspections.snapshots import enter_snapshot
from portal.inspections.states import LeakState, Stage

_OVERRIDES = (
    (Outcome.REVIEW, Outcome.REQUIRED, "移行元の台帳に番号の取得の記録がなく、正しさを確かめられないため"),
    (Outcome.REVIEW, Outcome.EXEMPT, "提供元の課で本人確認書類により確認していることを、記録により確かめたため"),
    (Outcome.REVIEW, Outcome.REQUIRED, "引継ぎ元の団体で誤りが判明しているため"),
    (Outcome.REQUIRED, Outcome.EXEMPT, "昨年度に全件を住民票と突合した記録の提出を受けたため"),
    (Outcome.EXEMPT, Outcome.REQUIRED, "住民からの申出により、書類によらない受付があったことが分かったため"),
    (Outcome.REVIEW, Outcome.EXEMPT, "番号を用いた情報連携を行っていないことを確かめたため"),
)
_PER_OVERRIDE = 3
_ASKING = 12  # bodies
_WAITING = "担当の職員が休んでおり、集計に時間を要するため"


def add_happenings(campaign: Campaign) -> None:
    """Decisions of people, dues asked for, answers sent back, and what was found lately."""
    _override(campaign)
    _extend(campaign)
    _compile(campaign)
    _find_mislinks(campaign)


def _override(campaign: Campaign) -> None:
    head = actor_at("juumin-head@mic.example")
    used: set[int] = set()
    for place, (before, after, reason) in enumerate(_OVERRIDES):
        for number, entry in enumerate(_decided(campaign, before, used, _PER_OVERRIDE)):
            with clock.pretending(clock.now() - timedelta(days=26 - 3 * place - number)):
                override_decision(head, campaign, entry, outcome=after, reason=reason)
            used.add(entry.id)
            if (place, number) == (3, 0):  # one was taken back
                with clock.pretending(clock.now() - timedelta(days=9)):
                    lift_override(head, campaign, entry)


def _decided(campaign: Campaign, outcome: Outcome, used: set[int], count: int) -> Sequence[Entry]:
    """Entries with this decision, each of another prefecture, the story's city first."""
    found: dict[str | None, Entry] = {}
    rows = db.session.scalars(
        _entries(campaign)
        .join(Decision, sa.and_(Decision.entry_id == Entry.id, Decision.superseded_at.is_(None)))
        .where(Decision.outcome == outcome, Entry.id.not_in(used), Entry.state == EntryState.FORWARDED)
        .order_by(Participation.organisation_code != STORY, Entry.id.desc() if len(used) % 2 else Entry.id)
        .limit(400)
    )
    for entry in rows:
        found.setdefault(entry.prefecture_code, entry)
    return list(found.values())[:count]


def _extend(campaign: Campaign) -> None:
    """Twelve bodies ask for more time: some got it, some did not, some wait, the last one took it back."""
    chief = actor_at("juumin-head@mic.example")
    due = campaign.survey_due_on
    assert due is not None  # noqa: S101 - an inspection has it
    for place, part in enumerate(_asking(campaign)):
        actor = actor_at(f"{part.organisation_code}@lg.example")
        is_waiting = place < 5
        asked = timedelta(days=1 + place % 2, hours=place) if is_waiting else timedelta(days=36 - place)
        wanted = add_business_days(japan_date(clock.now()) if is_waiting else due, 6 + place)
        with clock.pretending(clock.now() - asked):
            extension = ask_extension(actor, campaign, part, wanted_on=wanted, reason=_WAITING)
        if is_waiting:
            continue
        is_granted = place % 3 != 0
        with clock.pretending(clock.now() - asked + timedelta(days=1)):
            if place == _ASKING - 1:
                withdraw_extension(actor, campaign, extension)
                continue
            decide_extension(
                chief, campaign, extension, granted_on=wanted if is_granted else None,
                reason="" if is_granted else "中間報告に間に合わないため、答えられる事務から提出してください。",
            )  # fmt: skip


def _asking(campaign: Campaign) -> Sequence[Participation]:
    """The story's city, then bodies that still owe answers."""
    owing = sa.select(Entry.participation_id).where(
        Entry.campaign_id == campaign.id, Entry.state.in_([EntryState.BLANK, EntryState.PENDING])
    )
    return db.session.scalars(
        sa.select(Participation)
        .where(Participation.campaign_id == campaign.id, Participation.id.in_(owing))
        .order_by(Participation.organisation_code != STORY, Participation.id * 7919 % 1789)
        .limit(_ASKING)
    ).all()


def _compile(campaign: Campaign) -> None:
    """The story's prefecture sends one answer of the city back and forwards some of another body."""
    prefecture = actor_at("150002@lg.example")
    entry = db.session.scalars(
        _entries(campaign).where(Participation.organisation_code == STORY, Procedure.code == "child_allowance")
    ).one()
    with clock.pretending(clock.now() - timedelta(days=1, hours=4)):
        return_answers(
            prefecture, campaign, entry,
            reasons={
                "routes": "支所での受付に、書類による確認のない届出（b）がないか確認してください。",
                "subjects": "前回の件数の2倍を超えています。単位を確認してください。",
            },
        )  # fmt: skip
    waiting = db.session.scalars(
        _entries(campaign)
        .where(Entry.prefecture_code == "15", Entry.state == EntryState.SUBMITTED, ~Participation.is_prefecture)
        .order_by(Participation.organisation_code)
        .limit(6)
    ).all()
    with clock.pretending(clock.now() - timedelta(days=1, hours=3)):
        forward_entries(prefecture, campaign, waiting)


def _find_mislinks(campaign: Campaign) -> None:
    """Since yesterday: mislinks, two leaks that are looked into, one that was confirmed; and figures put right."""
    rows = db.session.scalars(
        _entries(campaign)
        .join(Progress, Progress.entry_id == Entry.id)
        .join(Snapshot, Snapshot.id == Progress.snapshot_id)
        .where(Snapshot.pending > 1, Progress.stage == Stage.IDENTIFICATION)
        .order_by(Participation.organisation_code != STORY, Entry.id * 7919 % 10007)
        .limit(7)
    ).all()
    leaks = (LeakState.INVESTIGATING, LeakState.INVESTIGATING, LeakState.CONFIRMED, LeakState.NONE, LeakState.NONE)
    for place, entry in enumerate(rows):
        manager = actor_at(f"{entry.participation.organisation_code}@lg.example")
        newest = find_newest(entry)
        assert newest is not None  # noqa: S101 - its progress was joined
        with clock.pretending(clock.now() - timedelta(hours=26 - 3 * place)):
            if place < len(leaks):
                as_of = japan_date(clock.now())
                enter_snapshot(manager, entry, _worse(figures_of(newest), leaks[place]), as_of)
            else:
                figures = replace(figures_of(newest), inquiries=newest.inquiries + 3)
                reason = "窓口への問合せを数えていなかったため"
                enter_snapshot(manager, entry, figures, newest.as_of, reason=reason, corrects_id=newest.id)


def _worse(figures: Figures, leak: LeakState) -> Figures:
    causes = {**figures.causes, "same_name": figures.causes.get("same_name", 0) + 1}
    return replace(
        figures, confirmed=figures.confirmed + 1, pending=figures.pending - 1, mislinks=figures.mislinks + 1,
        causes=causes, is_linkage_stopped=True, leak=leak if leak is not LeakState.NONE else figures.leak,
        prevention="照会結果は4情報の一致を2人で確認し、記録を残すこととした。",
    )  # fmt: skip


def _entries(campaign: Campaign) -> sa.Select[Entry]:
    select: sa.Select[Entry] = sa.select(Entry)
    return (
        select.join(Participation, Participation.id == Entry.participation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(Entry.campaign_id == campaign.id)
        .options(orm.contains_eager(Entry.participation), orm.contains_eager(Entry.procedure))
    )
