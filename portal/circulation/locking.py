"""One thing at a time in the collection of one body: what stands now, while nobody else changes it."""

import sqlalchemy as sa
from sqlalchemy import orm

from portal.circulation.models import Circulation, Part
from portal.circulation.states import CirculationState
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.guidance.states import GuidanceState


def hold(circulation: Circulation) -> Circulation:
    """The circulation as it stands now, with its paper, held until the transaction ends."""
    return db.session.scalars(
        sa.select(Circulation)
        .where(Circulation.id == circulation.id)
        .options(orm.joinedload(Circulation.recipient), orm.joinedload(Circulation.guidance))
        .with_for_update(of=Circulation)
        .execution_options(populate_existing=True)
    ).one()


def hold_part(circulation: Circulation, part: Part, version: int | None) -> Part:
    """A part of a held circulation as it stands now. Raises Conflict when it is not as the actor saw it."""
    found = db.session.scalars(
        sa.select(Part)
        .where(Part.id == part.id, Part.circulation_id == circulation.id)
        .execution_options(populate_existing=True)
    ).one()
    orm.attributes.set_committed_value(found, "circulation", circulation)
    found.check_version(version)
    return found


def require_in_force(circulation: Circulation) -> None:
    """Raise Conflict once the paper was abolished, replaced or recalled: the collection then stays as it is."""
    if circulation.guidance.state is not GuidanceState.ISSUED:
        raise Conflict(N_("この通知等は廃止、改版または誤発出とされたため、庁内展開は続けられません。"))


def require_not_asked(circulation: Circulation) -> None:
    """Raise Conflict while the head confirms."""
    if circulation.state is CirculationState.CONFIRMING:
        raise Conflict(N_("回答案の確認を長に求めています。変えるには、先に回答案を取り下げてください。"))
