"""The handover pack 引継書 of a post: what is open, promised, due, to be received and answered, whom to call, notes.

A pack shows no more than its reader may see anyway: a successor whose time has not come finds the notes and the people,
and the matters from the day they are theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.dashboard.handover_campaigns import CampaignWork, list_campaign_work
from portal.directory.absence_models import HandoverNote
from portal.directory.actor import Actor
from portal.directory.handover import PackOf
from portal.directory.models import LiaisonAssignment, Membership, Organisation, membership_duty
from portal.directory.roles import Role
from portal.directory.substitutes import not_over
from portal.guidance.models import Guidance, Recipient
from portal.guidance.policy import recipients_viewable_by
from portal.guidance.policy import viewable_by as guidance_viewable_by
from portal.guidance.states import ISSUED_STATES, OPEN_RESPONSES, GuidanceState
from portal.issues import policy
from portal.issues.loading import loaded_for_lists
from portal.issues.models import Consultation, Issue
from portal.issues.states import ENDED, IssueState
from portal.liaison.models import Contact, Promise
from portal.liaison.policy import viewable_by as contact_viewable_by
from portal.workbench.models import SavedFilter
from portal.workbench.policy import usable_by

SHOWN = 100
_LATEST = 20


@dataclass(frozen=True)
class ToAnswer:
    """Guidance that somebody of the post has yet to receive or answer, and how many bodies still have to."""

    guidance_id: int
    number: str | None
    title: str
    due_on: date | None
    unreceived: int
    unanswered: int


@dataclass
class Pack:
    """Everything in it; each list holds at most 100 of what there is."""

    of: PackOf
    holders: Sequence[Membership] = ()
    successors: Sequence[Membership] = ()
    contacts: Sequence[Membership] = ()
    issues: Sequence[Issue] = ()
    drafts: Sequence[Issue] = ()
    consultations: Sequence[Consultation] = ()
    guidance: Sequence[ToAnswer] = ()
    papers: Sequence[Guidance] = ()
    campaigns: Sequence[CampaignWork] = ()
    notes: Sequence[HandoverNote] = ()
    promises: Sequence[Promise] = ()
    records: Sequence[Contact] = ()
    filters: Sequence[SavedFilter] = ()
    promised: list[Issue] = field(default_factory=list)

    def number_of(self, consultation: Consultation) -> str:
        """The number of the issue that a consultation is about, as far as the issue is shown."""
        return next((issue.number or "" for issue in self.issues if issue.id == consultation.issue_id), "")


def get_pack(actor: Actor, of: PackOf) -> Pack:
    """The pack as this actor may read it. About thirteen statements, however much there is."""
    issues = _issues(actor, of, Issue.state.not_in([*ENDED, IssueState.DRAFT]))
    people = _people(of)
    now = clock.now()
    return Pack(
        of=of,
        holders=[row for row in people if row.starts_at <= now and row.id not in _future(of)],
        successors=[row for row in people if row.starts_at > now or row.id in _future(of)],
        contacts=_contacts(of),
        issues=issues,
        drafts=[] if of.is_liaison_post else _issues(actor, of, Issue.state == IssueState.DRAFT),  # the bodies' alone
        consultations=_consultations(actor, of),
        guidance=_to_answer(actor, of),
        papers=_papers(actor, of),
        campaigns=list_campaign_work(actor, of),
        notes=_notes(of),
        promises=_promises(actor, of),
        records=_records(actor, of),
        filters=_filters(actor, of),
        promised=[issue for issue in issues if issue.promised_on is not None],
    )


def _issues(actor: Actor, of: PackOf, *conditions: sa.ColumnElement[bool]) -> Sequence[Issue]:
    return db.session.scalars(
        sa.select(Issue)
        .where(policy.viewable_by(actor), _issue_of(of), *conditions)
        .options(*loaded_for_lists())
        .order_by(Issue.due_on.is_(None), Issue.due_on, Issue.id)
        .limit(SHOWN)
    ).all()


def _issue_of(of: PackOf) -> sa.ColumnElement[bool]:
    """Which issues belong to the post."""
    if of.membership is not None:
        return Issue.submitter_membership_id == of.membership.id
    if of.is_liaison_post:
        return Issue.post_id == of.organisation.id
    own = sa.or_(
        Issue.organisation_id == of.organisation.id,
        Issue.division_id == of.organisation.id,
        Issue.holder_organisation_id == of.organisation.id,
    )
    return own if of.section is None else sa.and_(own, Issue.section_id == of.section.id)


def _consultations(actor: Actor, of: PackOf) -> Sequence[Consultation]:
    """Questions to ministries that have no reply yet."""
    asked = sa.or_(Consultation.issue_id.in_(sa.select(Issue.id).where(_issue_of(of))), _is_asked(of))
    visible = sa.select(Issue.id).where(policy.viewable_by(actor))
    if not policy.sees_every_audience(actor):  # outside headquarters a ministry alone knows of its own
        asked = sa.and_(_is_asked(of), Consultation.ministry_id == actor.organisation_id)
    return db.session.scalars(
        sa.select(Consultation)
        .where(asked, Consultation.issue_id.in_(visible))
        .where(Consultation.replied_at.is_(None), Consultation.withdrawn_at.is_(None))
        .options(orm.joinedload(Consultation.ministry))
        .order_by(Consultation.due_on, Consultation.id)
        .limit(SHOWN)
    ).all()


def _is_asked(of: PackOf) -> sa.ColumnElement[bool]:
    return Consultation.ministry_id == of.organisation.id


def _to_answer(actor: Actor, of: PackOf) -> list[ToAnswer]:
    """What the body itself, or the bodies of the liaison's post, have yet to receive or answer."""
    if of.membership is not None:
        return []
    bodies: sa.ColumnElement[bool] = Recipient.organisation_id == of.organisation.id
    if of.is_liaison_post:
        bodies = Recipient.organisation_id.in_(_looked_after(of))
    unreceived = sa.func.sum(sa.case((Recipient.received_at.is_(None), 1), else_=0))
    asks = sa.and_(Guidance.reply_due_on.is_not(None), Recipient.response.in_(OPEN_RESPONSES))
    unanswered = sa.func.sum(sa.case((asks, 1), else_=0))
    visible = guidance_viewable_by(actor).with_only_columns(Guidance.id).correlate(None)
    rows = db.session.execute(
        sa.select(Guidance.id, Guidance.document_number, Guidance.title, Guidance.reply_due_on, unreceived, unanswered)
        .join(Recipient, Recipient.guidance_id == Guidance.id)
        .where(
            Guidance.state == GuidanceState.ISSUED, Guidance.taken_over_at.is_(None), bodies, Guidance.id.in_(visible)
        )
        .where(
            Recipient.delivered_at.is_not(None),
            recipients_viewable_by(actor, _ANY),
            sa.or_(Recipient.received_at.is_(None), asks),
        )
        .group_by(Guidance.id, Guidance.document_number, Guidance.title, Guidance.reply_due_on)
        .order_by(Guidance.reply_due_on.is_(None), Guidance.reply_due_on, Guidance.id)
        .limit(SHOWN)
    )
    return [
        ToAnswer(key, number, title, due_on, int(unread), int(open_))
        for key, number, title, due_on, unread, open_ in rows
    ]


_ANY = Guidance()  # of no origin: nobody sees more of recipients than their role and place allow


def _papers(actor: Actor, of: PackOf) -> Sequence[Guidance]:
    """Guidance that the post is drafting and that has not been issued."""
    if of.is_liaison_post:
        return []
    own: Any = Guidance.drafter_organisation_id == of.organisation.id
    if of.membership is not None:
        own = sa.and_(own, Guidance.drafter_person_id == of.membership.person_id)
    return db.session.scalars(
        guidance_viewable_by(actor)
        .where(own, Guidance.state.not_in(ISSUED_STATES))
        .order_by(Guidance.updated_at.desc(), Guidance.id)
        .limit(SHOWN)
    ).all()


def _promises(actor: Actor, of: PackOf) -> Sequence[Promise]:
    """What was promised to the bodies of a liaison's post and is not done."""
    if not of.is_liaison_post:
        return []
    return db.session.scalars(
        sa.select(Promise)
        .join(Contact, Contact.id == Promise.contact_id)
        .where(Promise.done_at.is_(None), Promise.organisation_id.in_(_looked_after(of)), contact_viewable_by(actor))
        .options(orm.joinedload(Promise.organisation))
        .order_by(Promise.due_on, Promise.id)
        .limit(SHOWN)
    ).all()


def _records(actor: Actor, of: PackOf) -> Sequence[Contact]:
    """The latest calls and hearings with the bodies of a liaison's post."""
    if not of.is_liaison_post:
        return []
    return db.session.scalars(
        sa.select(Contact)
        .where(Contact.organisation_id.in_(_looked_after(of)), contact_viewable_by(actor))
        .options(orm.joinedload(Contact.organisation))
        .order_by(Contact.contacted_at.desc(), Contact.id.desc())
        .limit(_LATEST)
    ).all()


def _filters(actor: Actor, of: PackOf) -> Sequence[SavedFilter]:
    """The conditions of the queue that are shared within the post or office."""
    return db.session.scalars(
        sa.select(SavedFilter)
        .where(SavedFilter.team_id == of.organisation.id, usable_by(actor))
        .order_by(SavedFilter.name, SavedFilter.id)
        .limit(SHOWN)
    ).all()


def _looked_after(of: PackOf) -> sa.Select[int]:
    """The bodies of a liaison's post."""
    return sa.select(Organisation.id).where(Organisation.post_id == of.organisation.id)


def _people(of: PackOf) -> Sequence[Membership]:
    """Who holds the post now, and who will."""
    query = sa.select(Membership).where(not_over(clock.now()))
    if of.membership is not None:
        query = query.where(Membership.id == of.membership.id)
    elif of.is_liaison_post:
        query = query.where(
            Membership.id.in_(
                sa.select(LiaisonAssignment.membership_id).where(
                    LiaisonAssignment.post_id == of.organisation.id,
                    sa.or_(LiaisonAssignment.ends_at.is_(None), LiaisonAssignment.ends_at > clock.now()),
                )
            )
        )
    else:
        query = query.where(Membership.organisation_id == of.organisation.id)
        if of.section is not None:
            query = query.where(Membership.section_id == of.section.id)
        if of.duty is not None:
            held = sa.select(membership_duty.c.membership_id).where(membership_duty.c.duty_id == of.duty.id)
            query = query.where(Membership.id.in_(held))
    return db.session.scalars(
        query.options(orm.joinedload(Membership.person), orm.joinedload(Membership.section))
        .order_by(Membership.is_head.desc(), Membership.id)
        .limit(SHOWN)
    ).all()


def _future(of: PackOf) -> frozenset[int]:
    """The liaisons whose charge of the post has yet to begin."""
    return of.upcoming_ids


def _contacts(of: PackOf) -> Sequence[Membership]:
    """Whom to call: for a liaison's post the people of the prefecture or city, for a body its liaisons."""
    query = sa.select(Membership).where(Membership.current_at(clock.now()))
    if of.is_liaison_post:
        query = query.where(Membership.organisation_id == of.organisation.id)
    else:
        query = query.where(
            Membership.role == Role.LIAISON,
            Membership.id.in_(
                sa.select(LiaisonAssignment.membership_id).where(
                    LiaisonAssignment.post_id == of.organisation.post_id, LiaisonAssignment.current_at(clock.now())
                )
            ),
        )
    return db.session.scalars(
        query.options(orm.joinedload(Membership.person), orm.joinedload(Membership.section))
        .order_by(Membership.is_head.desc(), Membership.id)
        .limit(20)
    ).all()


def _notes(of: PackOf) -> Sequence[HandoverNote]:
    return db.session.scalars(
        sa.select(HandoverNote).where(*of.notes()).order_by(HandoverNote.id.desc()).limit(SHOWN)
    ).all()
