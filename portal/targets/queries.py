"""Reading of the targets and of the closed days."""

from collections.abc import Sequence
from dataclasses import fields

import sqlalchemy as sa

from portal.core.calendar import YEAR_END_CLOSURE, Closures
from portal.core.db import db
from portal.core.errors import NotFound
from portal.targets.models import ClosedDay, TargetSetting
from portal.targets.rules import Rules, Targets


def get_rules() -> Rules:
    """What holds now, the product's own targets until somebody has set others. One statement."""
    newest = sa.select(sa.func.max(TargetSetting.id)).scalar_subquery()
    one = sa.select(sa.literal(1).label("one")).subquery("one")
    rows = db.session.execute(
        sa.select(TargetSetting, ClosedDay.closed_on)
        .select_from(one)
        .outerjoin(TargetSetting, TargetSetting.id == newest)
        .outerjoin(ClosedDay, sa.true())
    ).all()
    setting: TargetSetting | None = rows[0][0]
    closures = YEAR_END_CLOSURE | {day for _, day in rows if day is not None}
    if setting is None:
        return Rules(closures=closures)
    return Rules(targets=targets_of(setting), closures=closures, setting_id=setting.id)


def get_closures() -> Closures:
    """Every closed day beside weekends and holidays. One statement."""
    return YEAR_END_CLOSURE | set(db.session.scalars(sa.select(ClosedDay.closed_on)))


def targets_of(setting: TargetSetting) -> Targets:
    """The targets that a row of the history holds."""
    return Targets(**{each.name: getattr(setting, each.name) for each in fields(Targets)})


def list_closed_days() -> Sequence[ClosedDay]:
    """The extra closed days, the latest first."""
    return db.session.scalars(sa.select(ClosedDay).order_by(ClosedDay.closed_on.desc()).limit(200)).all()


def get_closed_day(closed_day_id: int) -> ClosedDay:
    """One of them. Raises NotFound."""
    day = db.session.get(ClosedDay, closed_day_id)
    if day is None:
        raise NotFound
    return day
