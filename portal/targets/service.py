"""Setting the targets and listing closed days."""

from dataclasses import asdict
from datetime import date, timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import is_business_day, japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, Outdated
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.targets import policy
from portal.targets.events import ClosedDayAdded, ClosedDayRemoved, TargetsSet
from portal.targets.models import ClosedDay, TargetSetting
from portal.targets.queries import get_rules
from portal.targets.rules import BOUNDS, Targets

FARTHEST = timedelta(days=3 * 366)


def set_targets(actor: Actor, targets: Targets, *, seen: int | None = None) -> None:
    """Set the targets for what is submitted from now on; what runs keeps its own. Nothing changed, nothing happens.

    Raises Invalid at a value out of bounds or out of order, Conflict when others were set since ``seen`` was shown.
    """
    authorize(policy.can_set_targets, actor)
    _check(targets)
    rules = get_rules()
    if seen is not None and seen != rules.setting_id:
        raise Outdated
    before, after = asdict(rules.targets), asdict(targets)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changes:
        return
    setting = TargetSetting(**after, set_at=clock.now(), set_by_person_id=actor.person_id)
    db.session.add(setting)
    db.session.flush()
    emit(actor, TargetsSet(target_setting_id=setting.id, changes=changes, audience=Audience.INTERNAL))


def add_closed_day(actor: Actor, *, closed_on: date | None, reason: str, confirmed: bool = False) -> ClosedDay:
    """List a day on which headquarters is closed. Raises Invalid for a day that is closed anyway, past or far off."""
    authorize(policy.can_set_targets, actor)
    reason = " ".join(reason.split())
    if closed_on is None:
        raise Invalid(N_("日付を入力してください。"), field="closed_on")
    if not reason:
        raise Invalid(N_("理由を入力してください。"), field="reason")
    check_text("reason", reason, confirmed)
    today = japan_date(clock.now())
    if not today <= closed_on <= today + FARTHEST:
        raise Invalid(N_("今日から3年以内の日付を入力してください。"), field="closed_on")
    is_listed = db.session.scalar(sa.select(ClosedDay.id).where(ClosedDay.closed_on == closed_on)) is not None
    if is_listed or not is_business_day(closed_on):
        raise Invalid(N_("この日は、すでに閉庁日です。"), field="closed_on")
    day = ClosedDay(closed_on=closed_on, reason=reason, added_at=clock.now(), added_by_person_id=actor.person_id)
    db.session.add(day)
    db.session.flush()
    emit(actor, ClosedDayAdded(closed_day_id=day.id, closed_on=closed_on.isoformat(), audience=Audience.INTERNAL))
    return day


def remove_closed_day(actor: Actor, day: ClosedDay) -> None:
    """Take a day off the list. Raises Conflict for a day that has passed: dues were counted with it."""
    authorize(policy.can_set_targets, actor)
    if day.closed_on < japan_date(clock.now()):
        raise Conflict(N_("過ぎた閉庁日は取り消せません。"))
    db.session.delete(day)
    emit(actor, ClosedDayRemoved(closed_day_id=day.id, closed_on=day.closed_on.isoformat(), audience=Audience.INTERNAL))
    db.session.flush()


def _check(targets: Targets) -> None:
    for name, bound in BOUNDS.items():
        if not bound.lowest <= getattr(targets, name) <= bound.highest:
            raise Invalid(
                N_("%(lowest)sから%(highest)sまでの数で入力してください。"),
                field=name,
                lowest=bound.lowest,
                highest=bound.highest,
            )
    if targets.routed_days < targets.first_reply_days:
        raise Invalid(N_("割振りの目標は、初回応答の目標以上にしてください。"), field="routed_days")
    if targets.answered_days < targets.routed_days:
        raise Invalid(N_("回答の目標は、割振りの目標以上にしてください。"), field="answered_days")
