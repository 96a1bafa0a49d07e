"""The progress of many entries at once, as forms filled in offline bring it: the same rules in a few statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.campaigns.models import Campaign, Entry
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.events import emit_all
from portal.decisions.models import Decision
from portal.decisions.states import Outcome
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.inspections import policy
from portal.inspections.checking import Rejected
from portal.inspections.figures import Figures
from portal.inspections.models import Progress, Snapshot
from portal.inspections.queries import newest_of
from portal.inspections.snapshots import MEANWHILE, Place, events_of, find_problems, row_of

_AT_ONCE = 2_000


@dataclass(frozen=True, kw_only=True)
class Reported:
    """Figures of one entry as of a date; ``seen_id`` is the newest snapshot that the writer saw, None for none."""

    entry: Entry
    figures: Figures
    as_of: date
    reason: str
    seen_id: int | None


def enter_all(
    actor: Actor, campaign: Campaign, reported: Sequence[Reported], *, my_number_confirmed: bool = False
) -> list[Snapshot]:
    """Enter all of it or nothing, each as ``enter_snapshot`` on a form does. A few statements for each 2,000.

    Raises Forbidden, Rejected (with the problems of the first that has any), Conflict when somebody was faster.
    """
    made: list[Snapshot] = []
    for some in _lots(sorted(reported, key=lambda each: each.entry.id)):
        made += _enter(actor, campaign, some, confirmed=my_number_confirmed)
    return made


def _lots(reported: Sequence[Reported]) -> Iterator[Sequence[Reported]]:
    for start in range(0, len(reported), _AT_ONCE):
        yield reported[start : start + _AT_ONCE]


def _enter(actor: Actor, campaign: Campaign, reported: Sequence[Reported], *, confirmed: bool) -> list[Snapshot]:
    ids = [each.entry.id for each in reported]
    if len(set(ids)) != len(ids):
        raise Conflict(MEANWHILE)
    db.session.execute(sa.select(Entry.id).where(Entry.id.in_(ids)).order_by(Entry.id).with_for_update())
    outcomes, newest = _outcomes(ids), newest_of(ids)
    rows = []
    for each in reported:
        before = newest.get(each.entry.id)
        _check(actor, campaign, each, outcomes.get(each.entry.id), before, confirmed=confirmed)
        rows.append(row_of(actor, each.entry, each.figures, each.as_of, reason=each.reason))
    db.session.execute(sa.insert(Snapshot), rows)
    made = _read_back(ids)
    _make_newest(campaign, ids, [row for row in made if _is_newest(row, newest.get(row.entry_id))])
    pairs = zip(reported, made, strict=True)
    emit_all(actor, [event for each, row in pairs for event in events_of(each.entry, row, newest.get(row.entry_id))])
    return made


def _check(
    actor: Actor,
    campaign: Campaign,
    each: Reported,
    outcome: Outcome | None,
    before: Snapshot | None,
    *,
    confirmed: bool,
) -> None:
    authorize(policy.can_enter_on_form, actor, campaign, each.entry, outcome)
    if each.seen_id != (None if before is None else before.id):
        raise Conflict(MEANWHILE)
    problems = find_problems(
        actor,
        each.entry,
        Place(newest=before, corrected=None, before=before),
        each.figures,
        as_of=each.as_of,
        reason=each.reason,
        campaign=campaign,
        confirmed=confirmed,
    )
    if problems:
        raise Rejected(problems)


def _outcomes(ids: Sequence[int]) -> dict[int, Outcome]:
    rows = db.session.execute(
        sa.select(Decision.entry_id, Decision.outcome).where(
            Decision.entry_id.in_(ids), Decision.superseded_at.is_(None)
        )
    )
    return {entry_id: outcome for entry_id, outcome in rows}


def _read_back(ids: Sequence[int]) -> list[Snapshot]:
    """The rows just entered, which are the last of their entries, in the order of these."""
    last = sa.select(sa.func.max(Snapshot.id)).where(Snapshot.entry_id.in_(ids)).group_by(Snapshot.entry_id)
    return list(db.session.scalars(sa.select(Snapshot).where(Snapshot.id.in_(last)).order_by(Snapshot.entry_id)))


def _is_newest(row: Snapshot, before: Snapshot | None) -> bool:
    return before is None or before.as_of <= row.as_of


def _make_newest(campaign: Campaign, ids: Sequence[int], rows: Sequence[Snapshot]) -> None:
    held = {
        each.entry_id: each
        for each in db.session.scalars(
            sa.select(Progress).where(Progress.entry_id.in_(ids)).execution_options(populate_existing=True)
        )
    }
    for row in rows:
        progress = held.get(row.entry_id)
        if progress is None:
            progress = Progress(entry_id=row.entry_id, campaign_id=campaign.id)
            db.session.add(progress)
        progress.snapshot_id, progress.stage = row.id, row.stage
    db.session.flush()
