"""Who inside an addressed body sends, answers, composes and confirms. Nobody outside the body sees any of it."""

import sqlalchemy as sa

from portal.circulation.models import Circulation, ComposedAnswer, Part, PassedPaper
from portal.circulation.states import ANSWERABLE, RESENDABLE, AnswerState, CirculationState, PartState
from portal.core import clock
from portal.core.statements import NOW
from portal.directory.actor import Actor
from portal.directory.models import Membership
from portal.directory.roles import ADDRESSED_ROLES, Role
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import ISSUED_STATES, GuidanceState


def can_list(actor: Actor) -> bool:
    """Members of bodies to which guidance may be addressed."""
    return guidance_policy.can_answer(actor)


def can_view(actor: Actor, circulation: Circulation) -> bool:
    """The members of the body, and nobody else: not its prefecture, not the headquarters."""
    return actor.role in ADDRESSED_ROLES and circulation.recipient.organisation_id == actor.organisation_id


def viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The circulations that this actor may see: the twin of ``can_view``."""
    if actor.role not in ADDRESSED_ROLES:
        return sa.false()
    own = sa.select(Recipient.id).where(Recipient.organisation_id == actor.organisation_id)
    return Circulation.recipient_id.in_(own)


def viewers_of(circulation: Circulation) -> sa.Select[Membership]:
    """The memberships holding now that may see it: the twin of ``can_view``."""
    body = sa.select(Recipient.organisation_id).where(Recipient.id == circulation.recipient_id)
    return sa.select(Membership).where(
        Membership.role.in_(ADDRESSED_ROLES), Membership.organisation_id.in_(body), Membership.current_at(clock.now())
    )


def leads(actor: Actor) -> bool:
    """The body's head: a manager of a local government, a head elsewhere."""
    return actor.role is Role.LOCAL_MANAGER or (actor.role in ADDRESSED_ROLES and actor.is_head)


def heads_of(organisation_id: int) -> sa.ColumnElement[bool]:
    """The same as a condition on Membership."""
    return sa.and_(
        Membership.organisation_id == organisation_id,
        Membership.role.in_(ADDRESSED_ROLES),
        sa.or_(Membership.role == Role.LOCAL_MANAGER, Membership.is_head),
    )


def coordinates(actor: Actor, circulation: Circulation) -> bool:
    """The coordinating section, whoever sits there now, and the head."""
    return can_view(actor, circulation) and (leads(actor) or actor.section_id == circulation.section_id)


def coordinators_of(circulation: Circulation, organisation_id: int) -> sa.ColumnElement[bool]:
    """The members of the coordinating section, as a condition on Membership."""
    return sa.and_(
        Membership.organisation_id == organisation_id,
        Membership.role.in_(ADDRESSED_ROLES),
        Membership.section_id == circulation.section_id,
    )


def can_begin(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> bool:
    """Any member of an addressed body begins, while the paper is in force; their section then coordinates."""
    is_own = recipient is not None and recipient.organisation_id == actor.organisation_id
    return guidance_policy.can_respond(actor, guidance, is_addressed=is_own)


def can_pass(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> bool:
    """Any member of a body that the paper has reached, also once it is replaced; not after a recall."""
    is_own = recipient is not None and recipient.organisation_id == actor.organisation_id
    is_there = guidance.state in ISSUED_STATES and guidance.state is not GuidanceState.RECALLED
    return actor.role in ADDRESSED_ROLES and is_own and is_there


def passed_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """What members sent each other of papers: the actor's own body alone."""
    if actor.role not in ADDRESSED_ROLES:
        return sa.false()
    own = sa.select(Recipient.id).where(Recipient.organisation_id == actor.organisation_id)
    return PassedPaper.recipient_id.in_(own)


def viewers_of_passed(passed: PassedPaper) -> sa.Select[Membership]:
    """The memberships holding now that may see it: the twin of ``passed_viewable_by``."""
    body = sa.select(Recipient.organisation_id).where(Recipient.id == passed.recipient_id)
    return sa.select(Membership).where(
        Membership.role.in_(ADDRESSED_ROLES), Membership.organisation_id.in_(body), Membership.current_at(clock.now())
    )


def can_send(actor: Actor, circulation: Circulation) -> bool:
    """Who coordinates, unless the head is confirming; once answered, sending opens the collection again."""
    return (
        circulation.guidance.state is GuidanceState.ISSUED
        and circulation.state is not CirculationState.CONFIRMING
        and coordinates(actor, circulation)
    )


def can_chase(actor: Actor, circulation: Circulation, part: Part) -> bool:
    """Reminding and withdrawing: who coordinates, while the section has not answered."""
    return part.state is PartState.WAITING and can_send(actor, circulation)


def can_resend(actor: Actor, circulation: Circulation, part: Part) -> bool:
    """To the same section or another one, also after an answer."""
    return part.state in RESENDABLE and can_send(actor, circulation)


def can_answer(actor: Actor, circulation: Circulation, part: Part) -> bool:
    """The part's section, whoever sits there now, and the head; until the head is asked to confirm."""
    return (
        circulation.guidance.state is GuidanceState.ISSUED
        and circulation.state is CirculationState.COLLECTING
        and part.state in ANSWERABLE
        and can_view(actor, circulation)
        and (leads(actor) or actor.section_id == part.section_id)
    )


def can_send_back(actor: Actor, circulation: Circulation, part: Part) -> bool:
    """The same people, before they have answered."""
    return part.state is PartState.WAITING and can_answer(actor, circulation, part)


def can_compose(actor: Actor, circulation: Circulation) -> bool:
    """Who coordinates, while parts are collected."""
    return circulation.state is CirculationState.COLLECTING and can_send(actor, circulation)


def can_take_back(actor: Actor, circulation: Circulation, answer: ComposedAnswer | None) -> bool:
    """Who coordinates, before the head has decided."""
    return answer is not None and answer.state is AnswerState.ASKED and coordinates(actor, circulation)


def can_confirm(actor: Actor, circulation: Circulation, answer: ComposedAnswer | None, *, has_other_head: bool) -> bool:
    """The head; who has composed it confirms it only where the body has no other head."""
    if answer is None or answer.state is not AnswerState.ASKED or not can_view(actor, circulation):
        return False
    return leads(actor) and (not has_other_head or answer.composed_by_person_id not in actor.person_ids)


def is_own_part(actor: Actor) -> sa.ColumnElement[bool]:
    """The parts on the page of the actor's section; the head's page shows those of sections without anybody too."""
    if not leads(actor):
        return Part.section_id == actor.section_id if actor.section_id is not None else sa.false()
    manned = sa.select(Membership.section_id).where(
        Membership.organisation_id == actor.organisation_id,
        Membership.section_id.is_not(None),
        Membership.current_at(NOW),
    )
    return sa.or_(Part.section_id == actor.section_id, Part.section_id.not_in(manned))
