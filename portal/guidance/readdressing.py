"""Keeping the addressee rule of a draft, in all its parts."""

import sqlalchemy as sa

from portal.addressing.models import AddresseeList
from portal.addressing.policy import viewable_by as lists_viewable_by
from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Duty
from portal.guidance import policy
from portal.guidance.events import GuidanceEdited
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.guidance.versions import keep_first_version, keep_version


def set_addressees(actor: Actor, guidance: Guidance, rule: AddresseeRule, *, version: int | None = None) -> None:
    """Replace the rule of a draft, which is kept as a version.

    Raises Conflict when it is no draft any more or ``version`` is stale; Invalid for a list, an earlier paper or a
    duty that the actor cannot choose and the rule did not have.
    """
    if guidance.state is not GuidanceState.DRAFT:
        raise Conflict(N_("この通知等の状態が変わったため、操作できません。画面を読み直してください。"))
    authorize(policy.can_edit, actor, guidance)
    guidance.check_version(version)
    check_rule(actor, rule, AddresseeRule.from_dict(guidance.addressees))
    keep_first_version(guidance)
    guidance.addressees = rule.to_dict()
    guidance.editor_person_id = actor.person_id
    guidance.updated_at = clock.now()
    db.session.flush()
    emit(actor, GuidanceEdited(guidance_id=guidance.id))
    keep_version(actor, guidance)


def check_rule(actor: Actor, rule: AddresseeRule, stored: AddresseeRule) -> None:
    """What the rule newly names must be the actor's to name. Raises Invalid. Three statements at most."""
    lists = {*rule.lists, *rule.exclude_lists} - {*stored.lists, *stored.exclude_lists}
    usable = sa.select(AddresseeList.id).where(
        AddresseeList.id.in_(lists), lists_viewable_by(actor), AddresseeList.dropped_at.is_(None)
    )
    if lists and set(db.session.scalars(usable)) != lists:
        raise Invalid(N_("一覧から選んでください。"), field="lists")
    papers = {*rule.received, *rule.unanswered} - {*stored.received, *stored.unanswered}
    visible = policy.viewable_by(actor).where(Guidance.id.in_(papers)).with_only_columns(Guidance.id)
    if papers and set(db.session.scalars(visible)) != papers:
        raise Invalid(N_("一覧から選んでください。"), field="received")
    duties = set(rule.duties)
    if duties and set(db.session.scalars(sa.select(Duty.code).where(Duty.code.in_(duties)))) != duties:
        raise Invalid(N_("一覧から選んでください。"), field="duties")
