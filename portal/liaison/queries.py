"""Reading of contacts and promises, scoped by policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date, start_of_day
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.directory.models import Membership, Organisation
from portal.directory.roles import LOCAL_ROLES, Role
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import OPEN_RESPONSES, GuidanceState
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.issues.states import ENDED
from portal.liaison import policy
from portal.liaison.models import Contact, HearingItem, Promise
from portal.liaison.states import Confirmation, ContactKind

UNCONFIRMED_AFTER = 3  # business days
_CHOICES = 15


@dataclass(frozen=True)
class Choice:
    """An issue or a paper that a contact may be about: ``kind`` and id, its number and its title."""

    kind: str
    id: int
    number: str | None
    title: str


def get_contact(actor: Actor, contact_id: int) -> Contact:
    """The contact with its body, points and promises. Raises NotFound when missing or hidden. Three statements."""
    contact = db.session.scalar(
        sa.select(Contact)
        .where(Contact.id == contact_id, Contact.kind != ContactKind.CALL, policy.viewable_by(actor))
        .options(
            orm.joinedload(Contact.organisation),
            orm.selectinload(Contact.items).joinedload(HearingItem.issue),
            orm.selectinload(Contact.promises),
        )
        .execution_options(populate_existing=True)
    )
    if contact is None:
        raise NotFound
    return contact


def get_item(contact: Contact, item_id: int) -> HearingItem:
    """A point of the hearing. Raises NotFound."""
    found = next((item for item in contact.items if item.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def get_promise(contact: Contact, promise_id: int) -> Promise:
    """A promise of the contact. Raises NotFound."""
    found = next((promise for promise in contact.promises if promise.id == promise_id), None)
    if found is None:
        raise NotFound
    return found


def list_contacts(actor: Actor, body: Organisation, *, cursor: str | None = None, size: int = 20) -> Page[Contact]:
    """The contacts with the body that the actor may see, the latest first, paged by key."""
    return paginate(
        db.session,
        sa.select(Contact).where(Contact.organisation_id == body.id, policy.viewable_by(actor)),
        order=(Contact.contacted_at.desc(), Contact.id.desc()),
        cursor=cursor,
        size=size,
    )


def find_contacts_by_ids(actor: Actor, ids: Sequence[int]) -> Sequence[Contact]:
    """Those of the contacts that the actor may see, the oldest first, with their body."""
    if not ids:
        return []
    return db.session.scalars(
        sa.select(Contact)
        .where(Contact.id.in_(ids), policy.viewable_by(actor))
        .options(orm.joinedload(Contact.organisation))
        .order_by(Contact.contacted_at, Contact.id)
    ).all()


def list_waiting_for(actor: Actor, *, limit: int = 20) -> Sequence[Contact]:
    """The records that the actor's body is asked to confirm and that are put to them, the oldest first."""
    if not actor.is_local:
        return []
    return db.session.scalars(_asked(actor.pattern).limit(limit), actor.bindings).all()


@kept
def _asked(actor: Actor) -> sa.Select[Contact]:
    return (
        sa.select(Contact)
        .where(
            Contact.confirmation == Confirmation.ASKED,
            Contact.organisation_id == actor.organisation_id,
            policy.viewable_by(actor),
        )
        .order_by(Contact.created_at, Contact.id)
    )


def confirmed_by(contact: Contact) -> date:
    """Until when the body is expected to confirm; a day later it stands on the day sheet."""
    return add_business_days(japan_date(contact.created_at), UNCONFIRMED_AFTER)


def list_promises_due(actor: Actor, *, until: date | None = None, limit: int = 20) -> Sequence[Promise]:
    """The open promises to the actor's bodies that are due by the day (None: today), the earliest first."""
    if actor.role is not Role.LIAISON:
        return []
    return db.session.scalars(
        sa.select(Promise)
        .where(
            Promise.done_at.is_(None),
            Promise.due_on <= (until or japan_date(clock.now())),
            Promise.organisation_id.in_(policy.bodies_of(actor.post_ids)),
        )
        .options(orm.joinedload(Promise.organisation))
        .order_by(Promise.due_on, Promise.id)
        .limit(limit)
    ).all()


def list_partners(body: Organisation) -> Sequence[Membership]:
    """The people of the body with whom one may have spoken, with section and person."""
    return db.session.scalars(
        sa.select(Membership)
        .where(
            Membership.organisation_id == body.id, Membership.role.in_(LOCAL_ROLES), Membership.current_at(clock.now())
        )
        .options(orm.joinedload(Membership.person), orm.joinedload(Membership.section))
        .order_by(Membership.is_head.desc(), Membership.id)
        .limit(200)
    ).all()


def list_choices(actor: Actor, body: Organisation) -> list[Choice]:
    """What a contact with the body may be about: its open issues, then papers it has not answered. Two statements."""
    issues = db.session.execute(
        sa.select(Issue.id, Issue.number, Issue.title)
        .where(Issue.organisation_id == body.id, issue_policy.submitted_viewable_by(actor), Issue.state.not_in(ENDED))
        .order_by(Issue.last_activity_at.desc(), Issue.id.desc())
        .limit(_CHOICES)
    )
    papers = db.session.execute(
        sa.select(Guidance.id, Guidance.document_number, Guidance.title)
        .join(Recipient, Recipient.guidance_id == Guidance.id)
        .where(
            Recipient.organisation_id == body.id,
            Recipient.delivered_at.is_not(None),
            Guidance.state == GuidanceState.ISSUED,
            Guidance.taken_over_at.is_(None),
            sa.or_(Recipient.received_at.is_(None), Recipient.response.in_(OPEN_RESPONSES)),
        )
        .order_by(Guidance.issued_at.desc(), Guidance.id.desc())
        .limit(_CHOICES)
    )
    return [Choice("issue", *row) for row in issues] + [Choice("guidance", *row) for row in papers]


def unconfirmed_before(today: date) -> sa.ColumnElement[bool]:
    """The records that a body should have confirmed by now, as a condition on Contact."""
    return sa.and_(
        Contact.confirmation == Confirmation.ASKED,
        Contact.created_at < start_of_day(add_business_days(today, -UNCONFIRMED_AFTER)),
    )
