"""Whom requests for a later due date concern: the office that decides, then the body that asked."""

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.extensions.events import ExtensionAsked, ExtensionGranted, ExtensionRefused
from portal.extensions.models import ExtensionRequest
from portal.guidance.dues import due_of
from portal.guidance.models import Recipient
from portal.issuing.concerned import concerned_by
from portal.notifications.guidance_facts import facts_of, get_paper, may_see
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight


def tell_extension(event: ExtensionAsked | ExtensionGranted | ExtensionRefused, record: EventRecord) -> list[Telling]:
    """Asked: the office that drafted the paper. Decided: the sections of the body whom the paper concerns."""
    guidance = get_paper(event.guidance_id)
    recipient = db.session.get_one(Recipient, event.recipient_id)
    asked = db.session.get_one(ExtensionRequest, event.extension_id)
    facts = {**facts_of(guidance), "body": recipient.organisation_name}
    if isinstance(event, ExtensionAsked):
        office = sa.and_(Membership.organisation_id == guidance.drafter_organisation_id, may_see(guidance))
        facts |= {"reason": "office", "until": asked.wanted_on.isoformat()}
        return [Telling(reason="office", topic=Topic.GUIDANCE_ACTION, who=office, facts=facts, weight=Weight.ACT)]
    members = sa.and_(
        Membership.organisation_id == recipient.organisation_id,
        concerned_by(AddresseeRule.from_dict(guidance.addressees).duties),
        may_see(guidance),
    )
    until = asked.granted_on or due_of(guidance, recipient)
    facts |= {"reason": "recipient", "until": until.isoformat() if until else None}
    return [
        Telling(
            reason="recipient", topic=Topic.GUIDANCE_ACTION, who=members, facts=facts, weight=Weight.ACT, due_on=until
        )
    ]
