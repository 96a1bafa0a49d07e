"""Whom it concerns that a planned issue changed or was held, and that a paper was taken back."""

import sqlalchemy as sa

from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.issuing.events import GuidanceHeld, GuidanceRecalled, ScheduledAddresseesChanged
from portal.notifications.guidance_facts import facts_of, get_paper, may_see, members_addressed
from portal.notifications.models import Topic
from portal.notifications.sending_progress import reached_by_mail
from portal.notifications.telling import Telling, Weight


def tell_plan(event: GuidanceHeld | ScheduledAddresseesChanged, record: EventRecord) -> list[Telling]:
    """Whoever planned the issue, and who wrote the paper."""
    guidance = get_paper(event.guidance_id)
    people = [event.planner_person_id, guidance.drafter_person_id, guidance.editor_person_id]
    who = sa.and_(Membership.person_id.in_([key for key in people if key is not None]), may_see(guidance))
    facts = {**facts_of(guidance), "reason": "planner", "added": event.added, "removed": event.removed}
    facts["cause"] = event.cause if isinstance(event, GuidanceHeld) else "directory"
    return [Telling(reason="planner", topic=Topic.GUIDANCE_ACTION, who=who, facts=facts, weight=Weight.ACT)]


def tell_recall(event: GuidanceRecalled, record: EventRecord) -> list[Telling]:
    """At once and urgently whomever a mail about the issue reached or may have; the others as they chose."""
    guidance = get_paper(event.guidance_id)
    mailed = Membership.person_id.in_(reached_by_mail(guidance.id))
    facts = {**facts_of(guidance), "reason": "recipient"}
    inside = sa.and_(Membership.role == Role.LIAISON, may_see(guidance))
    news = Topic.GUIDANCE_NEWS
    return [
        Telling(reason="recipient", topic=Topic.GUIDANCE_ACTION, who=mailed, facts=facts, is_urgent=True),
        Telling(reason="recipient", topic=news, who=members_addressed(guidance), facts=facts),
        Telling(reason="headquarters", topic=news, who=inside, facts={**facts, "reason": "headquarters"}),
    ]
