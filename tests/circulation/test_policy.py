"""Nobody outside the body sees what it does inside, and the three twins agree."""

import sqlalchemy as sa

from portal.circulation import policy
from portal.circulation.models import Circulation
from portal.core.db import db
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.guidance.states import GuidanceState
from tests.factories.circulation import send_to
from tests.factories.guidance import make_issued
from tests.factories.people import actor_of, make_member
from tests.guidance.test_policy import make_cast


def test_the_twins_agree_for_every_role_and_state(arrange):
    with arrange():
        cast = make_cast()
        make_member("152226", Role.LOCAL_STAFF, section="福祉課")
        for number, state in enumerate((GuidanceState.ISSUED, GuidanceState.ABOLISHED, GuidanceState.RECALLED)):
            paper = make_issued(f"総行住第{number + 1}号")
            circulation = send_to(actor_of(cast["staff"]), paper, "福祉課")[0].circulation
            paper.state = state
            db.session.flush()
            viewers = set(db.session.scalars(policy.viewers_of(circulation).with_only_columns(Membership.id)))
            for name, membership in cast.items():
                actor = actor_of(membership)
                can = policy.can_view(actor, circulation)
                listed = db.session.scalar(
                    sa.select(Circulation.id).where(Circulation.id == circulation.id, policy.viewable_by(actor))
                )
                assert can == (listed is not None) == (membership.id in viewers), (name, state)
                assert can == (name in {"manager", "staff"}), name
