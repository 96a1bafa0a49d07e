"""Who is to decide on a redaction."""

import sqlalchemy as sa

from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight
from portal.redaction.events import RedactionAsked
from portal.redaction.models import Redaction
from portal.redaction.states import RedactionState


def tell_redaction(event: RedactionAsked, record: EventRecord) -> list[Telling]:
    """Administrators and the secretariat's signers, but not whoever asked; nobody once it is decided."""
    redaction = db.session.get_one(Redaction, event.redaction_id)
    if redaction.state is not RedactionState.ASKED:
        return []
    signs = sa.and_(Membership.role == Role.SECRETARIAT, sa.or_(Membership.is_head, Membership.is_approver))
    who = sa.and_(sa.or_(Membership.role == Role.ADMIN, signs), Membership.person_id != redaction.asked_by_person_id)
    facts = {"reason": "redaction"}
    return [Telling(reason="redaction", topic=Topic.OPERATIONS, who=who, facts=facts, weight=Weight.ACT)]
