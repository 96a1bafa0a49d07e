"""Reading of guidance: items, drafts, receipts, responses and what waits for somebody, all scoped by policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.attachments.models import Attachment
from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import ADDRESSED_ROLES, OrganisationKind, Role
from portal.guidance import policy
from portal.guidance.dues import due_of, effective_due
from portal.guidance.models import Guidance, Recipient, Response, ReviewStep
from portal.guidance.states import (
    ISSUED_STATES,
    OPEN_RESPONSES,
    GuidanceKind,
    GuidanceState,
    Nature,
    ReviewMark,
    ReviewStepKind,
)

BEFORE_ISSUE = (GuidanceState.DRAFT, GuidanceState.REVIEW, GuidanceState.APPROVED, GuidanceState.SCHEDULED)


@dataclass(frozen=True, kw_only=True)
class GuidanceFilters:
    """What narrows a list; ``waiting`` keeps what the actor's own body has not opened, received or answered."""

    state: GuidanceState | None = None
    kind: GuidanceKind | None = None
    theme_id: int | None = None
    sender_id: int | None = None
    waiting: str | None = None
    words: str = ""


class WaitingAction(LabelledEnum):
    """What guidance asks of somebody."""

    RECEIVE = ("receive", "受領する", "Record receipt")
    RESPOND = ("respond", "対応を登録する", "Record the response")
    APPROVE = ("approve", "決裁する", "Approve")
    ISSUE = ("issue", "発出する", "Issue")
    REVISE = ("revise", "差戻しを直す", "Revise the returned draft")
    CHECK = ("check", "照査する", "Check")
    CONCUR = ("concur", "合議する", "Concur")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing that waits for the actor: for the home page and the list."""

    action: WaitingAction
    guidance: Guidance
    due_on: date | None
    since: datetime | None


def with_people(select: sa.Select[Guidance]) -> sa.Select[Guidance]:
    """The items with what their page names: sender, origin, theme and people."""
    return select.options(
        orm.joinedload(Guidance.sender),
        orm.joinedload(Guidance.origin_ministry),
        orm.joinedload(Guidance.theme),
        orm.joinedload(Guidance.drafter),
        orm.joinedload(Guidance.approver),
    )


def get_guidance(actor: Actor, guidance_id: int) -> Guidance:
    """The item with its sender, origin, theme and people, if the actor may see it. Raises NotFound. One statement."""
    found = db.session.scalar(with_people(policy.viewable_by(actor)).where(Guidance.id == guidance_id))
    if found is None:
        raise NotFound
    return found


def find_guidance_by_ids(actor: Actor, ids: Sequence[int]) -> Sequence[Guidance]:
    """Those of the items that the actor may see, newest first, for links from elsewhere. One statement."""
    if not ids:
        return []
    return db.session.scalars(
        policy.viewable_by(actor)
        .where(Guidance.id.in_(ids))
        .options(orm.joinedload(Guidance.sender))
        .order_by(Guidance.id.desc())
    ).all()


def list_guidance(actor: Actor, filters: GuidanceFilters, *, cursor: str | None = None) -> Page[Guidance]:
    """Issued items, newest first, or the items of the state asked for. One statement."""
    select = _filtered(_listed(actor.pattern), actor, filters)
    order = [Guidance.issued_at.desc(), Guidance.id.desc()]
    if filters.state in BEFORE_ISSUE:
        order = [Guidance.id.desc()]
    select = select.where(Guidance.state == filters.state if filters.state else Guidance.state.in_(ISSUED_STATES))
    return paginate(db.session, select, order=order, cursor=cursor, size=20, bindings=actor.bindings)


def list_unissued(actor: Actor, *, limit: int = 10) -> Sequence[Guidance]:
    """The newest drafts and papers under way that the actor may see."""
    return db.session.scalars(
        policy.viewable_by(actor)
        .where(Guidance.state.in_(BEFORE_ISSUE))
        .options(orm.joinedload(Guidance.sender), orm.joinedload(Guidance.theme))
        .order_by(Guidance.id.desc())
        .limit(limit)
    ).all()


def list_waiting_for(actor: Actor, *, limit: int = 50) -> list[Waiting]:
    """What waits for the actor, earliest due first: to receive, to answer, to approve, to issue, to revise."""
    found: list[Waiting] = []
    if actor.role in ADDRESSED_ROLES:
        found += _waiting_for_body(actor, limit)
    if policy.can_draft(actor):
        found += _waiting_for_office(actor, limit)
    return sorted(found, key=lambda each: (each.due_on or date.max, each.since is None, each.since))[:limit]


def list_senders(actor: Actor, kept_id: int | None = None) -> Sequence[Organisation]:
    """The organisations in whose name the actor may draft, and the one a paper already has. One statement."""
    select = sa.select(Organisation).order_by(Organisation.position, Organisation.id)
    if actor.role in {Role.ADMIN, Role.SECRETARIAT}:
        kinds = (OrganisationKind.HEADQUARTERS, OrganisationKind.SECRETARIAT, OrganisationKind.DIVISION)
        return db.session.scalars(select.where(sa.or_(Organisation.kind.in_(kinds), Organisation.id == kept_id))).all()
    if not policy.can_draft(actor):
        return []
    return db.session.scalars(select.where(Organisation.id == actor.organisation_id)).all()


def list_all_senders() -> Sequence[Organisation]:
    """Whoever may stand as the sender of a paper, for the filter of the list."""
    kinds = (
        OrganisationKind.HEADQUARTERS,
        OrganisationKind.SECRETARIAT,
        OrganisationKind.DIVISION,
        OrganisationKind.MINISTRY,
    )
    return db.session.scalars(
        sa.select(Organisation).where(Organisation.kind.in_(kinds)).order_by(Organisation.position)
    ).all()


def list_ministries() -> Sequence[Organisation]:
    """The ministries in their order."""
    return db.session.scalars(
        sa.select(Organisation).where(Organisation.kind == OrganisationKind.MINISTRY).order_by(Organisation.position)
    ).all()


def get_attachment(actor: Actor, guidance: Guidance, attachment_id: int) -> Attachment:
    """A file of the visible item, its PDF, or one of a response to it that the actor may read. Raises NotFound."""
    readable = (
        sa.select(Response.id)
        .join(Recipient, Recipient.id == Response.recipient_id)
        .where(Recipient.guidance_id == guidance.id, policy.recipients_viewable_by(actor, guidance))
    )
    found = db.session.scalar(
        sa.select(Attachment).where(
            Attachment.id == attachment_id,
            Attachment.removed_at.is_(None),
            sa.or_(
                sa.and_(Attachment.owner_kind.in_(["guidance", "guidance_pdf"]), Attachment.owner_id == guidance.id),
                sa.and_(Attachment.owner_kind == "response", Attachment.owner_id.in_(readable)),
            ),
        )
    )
    if found is None:
        raise NotFound
    return found


@kept
def _listed(actor: Actor) -> sa.Select[Guidance]:
    return policy.viewable_by(actor).options(orm.joinedload(Guidance.sender), orm.joinedload(Guidance.theme))


def _filtered(select: sa.Select[Any], actor: Actor, filters: GuidanceFilters) -> sa.Select[Any]:
    if filters.kind:
        select = select.where(Guidance.kind == filters.kind)
    if filters.theme_id:
        select = select.where(Guidance.theme_id == filters.theme_id)
    if filters.sender_id:
        select = select.where(Guidance.sender_id == filters.sender_id)
    if filters.words:
        select = select.where(
            sa.or_(
                Guidance.title.contains(filters.words, autoescape=True),
                Guidance.document_number.contains(filters.words, autoescape=True),
            )
        )
    lacks = _LACKING.get(filters.waiting or "")
    if lacks is not None and actor.role in ADDRESSED_ROLES:
        select = select.where(
            Guidance.id.in_(
                sa.select(Recipient.guidance_id).where(Recipient.organisation_id == actor.organisation_id, lacks)
            ),
            Guidance.state == GuidanceState.ISSUED,
            Guidance.taken_over_at.is_(None),
        )
    return select


_LACKING: dict[str, sa.ColumnElement[bool]] = {
    "unopened": Recipient.opened_at.is_(None),
    "unreceived": Recipient.received_at.is_(None),
    "unanswered": Recipient.response.in_(OPEN_RESPONSES),
}


def _waiting_for_body(actor: Actor, limit: int) -> list[Waiting]:
    rows = db.session.execute(_waiting_at_body(actor.pattern).limit(limit), actor.bindings)
    return [
        Waiting(
            action=WaitingAction.RECEIVE if recipient.received_at is None else WaitingAction.RESPOND,
            guidance=guidance,
            due_on=due_of(guidance, recipient),
            since=recipient.delivered_at,
        )
        for guidance, recipient in rows
    ]


@kept
def _waiting_at_body(actor: Actor) -> sa.Select[Guidance, Recipient]:
    asks_reply = sa.or_(Guidance.reply_due_on.is_not(None), Guidance.nature == Nature.REPLY_REQUIRED)
    return (
        sa.select(Guidance, Recipient)
        .join(Recipient, Recipient.guidance_id == Guidance.id)
        .where(
            Recipient.organisation_id == actor.organisation_id,
            Recipient.delivered_at.is_not(None),
            Guidance.state == GuidanceState.ISSUED,
            Guidance.taken_over_at.is_(None),
            sa.or_(Recipient.received_at.is_(None), sa.and_(asks_reply, Recipient.response.in_(OPEN_RESPONSES))),
        )
        .options(orm.joinedload(Guidance.sender))
        .order_by(effective_due.asc().nulls_last(), Guidance.issued_at, Guidance.id)
    )


def _waiting_for_office(actor: Actor, limit: int) -> list[Waiting]:
    """Nothing is approved before every office that was asked has answered."""
    asked = sa.exists().where(
        ReviewStep.guidance_id == Guidance.id, ReviewStep.closed_at.is_(None), ReviewStep.mark == ReviewMark.WAITING
    )
    approvable = sa.and_(policy.approvable_by(actor), sa.not_(asked))
    returned = sa.and_(
        Guidance.state == GuidanceState.DRAFT,
        Guidance.return_reason.is_not(None),
        Guidance.drafter_organisation_id == actor.organisation_id,
    )
    rows = db.session.scalars(
        sa.select(Guidance)
        .where(sa.or_(approvable, policy.issuable_by(actor), returned))
        .options(orm.joinedload(Guidance.sender))
        .order_by(Guidance.updated_at, Guidance.id)
        .limit(limit)
    )
    actions = {
        GuidanceState.REVIEW: WaitingAction.APPROVE,
        GuidanceState.APPROVED: WaitingAction.ISSUE,
        GuidanceState.DRAFT: WaitingAction.REVISE,
    }
    return [
        Waiting(action=actions[row.state], guidance=row, due_on=row.reply_due_on, since=row.updated_at) for row in rows
    ] + _steps_waiting(actor, limit)


def _steps_waiting(actor: Actor, limit: int) -> list[Waiting]:
    rows = db.session.execute(
        sa.select(Guidance, ReviewStep.kind, ReviewStep.asked_at)
        .join(ReviewStep, ReviewStep.guidance_id == Guidance.id)
        .where(policy.markable_by(actor), ReviewStep.mark == ReviewMark.WAITING)
        .options(orm.joinedload(Guidance.sender))
        .order_by(ReviewStep.asked_at, ReviewStep.id)
        .limit(limit)
    )
    actions = {ReviewStepKind.CHECK: WaitingAction.CHECK, ReviewStepKind.CONCURRENCE: WaitingAction.CONCUR}
    return [
        Waiting(action=actions[kind], guidance=paper, due_on=paper.reply_due_on, since=asked_at)
        for paper, kind, asked_at in rows
    ]
