"""Entering the progress of an inspection, and correcting it: rows are added and never changed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.campaigns.models import Campaign, Entry
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.events import Event, emit_all
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.inspections import policy
from portal.inspections.checking import (
    Problem,
    Rejected,
    check_as_of,
    check_figures,
    check_next,
    check_plan,
    check_texts,
)
from portal.inspections.events import LeakReported, MislinkReported, ProgressCorrected, ProgressEntered
from portal.inspections.figures import Figures, columns_of, figures_of
from portal.inspections.models import Progress, Snapshot
from portal.inspections.queries import current_outcome, find_after, find_before, find_newest, is_superseded
from portal.inspections.stages import stage_of
from portal.inspections.states import LeakState

MEANWHILE = N_("ほかの方が先に進捗を登録しました。前回の値を確かめてから、もう一度登録してください。")
_OPEN_LEAKS = frozenset({LeakState.INVESTIGATING, LeakState.CONFIRMED})
UNSEEN = -1  # the caller has not looked at what is there, as a workbook filled offline


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where new figures come to stand: the newest there is, the one they correct, the ones before and after them."""

    newest: Snapshot | None
    corrected: Snapshot | None
    before: Snapshot | None
    after: Snapshot | None = None

    @property
    def following(self) -> Figures | None:
        """The next figures, where no reason of their own says why they fell."""
        return None if self.after is None or self.after.reason else figures_of(self.after)

    @property
    def basis(self) -> Snapshot | None:
        """What was known so far, against which something is new."""
        return self.corrected or self.newest


def enter_snapshot(
    actor: Actor,
    entry: Entry,
    figures: Figures,
    as_of: date,
    *,
    reason: str = "",
    corrects_id: int | None = None,
    seen_id: int | None = UNSEEN,
    my_number_confirmed: bool = False,
) -> Snapshot:
    """Enter the figures of a body × procedure as of a date; with ``corrects_id`` in the place of earlier ones.

    A member of the body, or the campaign's office with a reason, while the campaign runs and the decision that stands
    says to inspect or figures were entered before. ``seen_id`` is the newest snapshot that the writer saw, None for
    none: who comes second is told. Forms with many entries are entered by ``batches``.

    Raises Forbidden, Rejected (an Invalid with every problem at its field), Conflict when somebody was faster.
    """
    campaign = db.session.get_one(Campaign, entry.campaign_id)
    _lock(entry)
    newest = find_newest(entry)
    authorize(policy.can_enter, actor, campaign, entry, current_outcome(entry), is_begun=newest is not None)
    place = _find_place(newest, entry, corrects_id, seen_id)
    problems = find_problems(
        actor, entry, place, figures, as_of=as_of, reason=reason, campaign=campaign, confirmed=my_number_confirmed
    )
    if problems:
        raise Rejected(problems)
    snapshot = Snapshot(**row_of(actor, entry, figures, as_of, reason=reason, corrects_id=corrects_id))
    db.session.add(snapshot)
    db.session.flush()
    if place.newest is None or place.newest.as_of <= as_of:
        _make_newest(entry, snapshot)
    emit_all(actor, events_of(entry, snapshot, place.basis))
    return snapshot


def row_of(
    actor: Actor, entry: Entry, figures: Figures, as_of: date, *, reason: str, corrects_id: int | None = None
) -> dict[str, Any]:
    """The columns of a new snapshot: the caller has checked it."""
    return {
        "campaign_id": entry.campaign_id,
        "entry_id": entry.id,
        "as_of": as_of,
        "stage": stage_of(figures),
        **columns_of(figures),
        "corrects_id": corrects_id,
        "reason": reason.strip(),
        "entered_at": clock.now(),
        "entered_by_person_id": actor.person_id,
        "signature": actor.signature,
    }


def _lock(entry: Entry) -> None:
    """Whoever comes second waits here until the first has committed, and then reads what is there."""
    db.session.execute(sa.select(Entry.id).where(Entry.id == entry.id).with_for_update())


def _find_place(newest: Snapshot | None, entry: Entry, corrects_id: int | None, seen_id: int | None) -> Place:
    if seen_id not in {UNSEEN, None if newest is None else newest.id}:
        raise Conflict(MEANWHILE)
    if corrects_id is None:
        return Place(newest=newest, corrected=None, before=newest)
    corrected = db.session.get(Snapshot, corrects_id)
    if corrected is None or corrected.entry_id != entry.id or is_superseded(corrected):
        raise Conflict(N_("この回の進捗は、既に訂正されています。画面を読み直してください。"))
    return Place(newest=newest, corrected=corrected, before=find_before(corrected), after=find_after(corrected))


def find_problems(
    actor: Actor,
    entry: Entry,
    place: Place,
    figures: Figures,
    *,
    as_of: date,
    reason: str,
    campaign: Campaign,
    confirmed: bool,
) -> list[Problem]:
    """Everything that is wrong with figures which are to stand at ``place``, each at its field."""
    today = japan_date(clock.now())
    newest, corrected = (None if each is None else each.as_of for each in (place.newest, place.corrected))
    before = None if place.before is None else figures_of(place.before)
    found = [
        *check_as_of(as_of, newest=newest, today=today, corrected=corrected),
        *check_figures(figures, before, reason=reason),
        *check_next(figures, place.following),
        *check_plan(figures, campaign.final_on, today),
        *check_texts(figures, reason, my_number_confirmed=confirmed),
    ]
    if not reason.strip() and place.corrected is not None:
        found.append(Problem(field="reason", message=N_("訂正の理由を入力してください。")))
    elif not reason.strip() and not policy.enters_as_body(actor, entry):
        found.append(Problem(field="reason", message=N_("団体に代わって登録する理由を入力してください。")))
    return found


def _make_newest(entry: Entry, snapshot: Snapshot) -> None:
    progress = db.session.get(Progress, entry.id, populate_existing=True)
    if progress is None:
        progress = Progress(entry_id=entry.id, campaign_id=entry.campaign_id)
        db.session.add(progress)
    progress.snapshot_id, progress.stage = snapshot.id, snapshot.stage
    db.session.flush()


def tells_of_leak(snapshot: Snapshot, basis: Snapshot | None) -> bool:
    """Whether a leak is looked into or confirmed that ``basis``, what was known before, did not say."""
    return snapshot.leak in _OPEN_LEAKS and (basis is None or basis.leak is not snapshot.leak)


def events_of(entry: Entry, snapshot: Snapshot, basis: Snapshot | None) -> list[Event]:
    """What is said of a new row; ``basis`` is what was known before, against which something is new."""
    ids: dict[str, Any] = {
        "campaign_id": entry.campaign_id,
        "organisation_id": entry.organisation_id,
        "entry_id": entry.id,
        "snapshot_id": snapshot.id,
    }
    said = {"as_of": snapshot.as_of.isoformat(), "stage": snapshot.stage.value}
    found: list[Event] = [
        ProgressEntered(**ids, **said)
        if snapshot.corrects_id is None
        else ProgressCorrected(**ids, **said, corrects_id=snapshot.corrects_id)
    ]
    risen_by = snapshot.mislinks - (basis.mislinks if basis is not None else 0)
    if risen_by > 0:
        found.append(MislinkReported(**ids, count=snapshot.mislinks, risen_by=risen_by))
    if tells_of_leak(snapshot, basis):
        found.append(LeakReported(**ids, leak=snapshot.leak.value))
    return found
