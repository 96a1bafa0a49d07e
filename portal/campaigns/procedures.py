"""Building the procedures of a draft: what is asked about, and whom each concerns."""

from typing import Any

import sqlalchemy as sa

from portal.campaigns import policy, queries
from portal.campaigns.changing import check_seen, move, next_code, next_position, record_edit, save_unique
from portal.campaigns.models import Campaign, Procedure, Question
from portal.core import my_number
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize

MOST_PROCEDURES = 100


def put_procedure(
    actor: Actor,
    campaign: Campaign,
    procedure: Procedure | None,
    *,
    name: str,
    code: str = "",
    seen: str | None = None,
    my_number_confirmed: bool = False,
    **fields: Any,
) -> Procedure:
    """Add a procedure, or change one; without a code it is called p1, p2, …

    Raises Invalid at ``code`` (taken) or ``name``, Conflict when somebody was quicker.
    """
    authorize(policy.can_edit, actor, campaign)
    check_seen(procedure, seen)
    my_number.check_text("name", name, my_number_confirmed)
    my_number.check_text("information", "\n".join(fields.get("information", ())), my_number_confirmed)
    if not name.strip():
        raise Invalid(N_("事務の名称を入力してください。"), field="name")
    if procedure is None and len(queries.list_procedures(campaign)) >= MOST_PROCEDURES:
        raise Invalid(N_("事務は%(n)s件までです。"), n=MOST_PROCEDURES)
    found = procedure or Procedure(campaign_id=campaign.id, position=next_position(Procedure, campaign))
    found.name = name.strip()
    found.code = code.strip() or found.code or next_code(Procedure, campaign, "p")
    for key, value in fields.items():
        setattr(found, key, value)
    save_unique(found)
    record_edit(actor, campaign, "procedures")
    return found


def remove_procedure(actor: Actor, campaign: Campaign, procedure: Procedure) -> None:
    """Take a procedure out of a draft, with the questions that were asked for it alone."""
    authorize(policy.can_edit, actor, campaign)
    db.session.execute(sa.delete(Question).where(Question.procedure_id == procedure.id))
    db.session.delete(procedure)
    record_edit(actor, campaign, "procedures")


def move_procedure(actor: Actor, campaign: Campaign, procedure: Procedure, *, up: bool) -> None:
    """Change places with the procedure before or after it; at the end nothing changes."""
    authorize(policy.can_edit, actor, campaign)
    if move(list(queries.list_procedures(campaign)), procedure, up=up):
        record_edit(actor, campaign, "procedures")
