"""The posts that are handed over: which there are, who may open the pack of each, and notes for whoever comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.absence_models import HandoverNote
from portal.directory.actor import Actor
from portal.directory.events import HandoverNoteWritten
from portal.directory.models import Duty, LiaisonAssignment, Membership, Organisation, Section
from portal.directory.roles import LOCAL_ROLES, Role

LONGEST_NOTE = 5000
_OPEN_ALL = frozenset({Role.ADMIN, Role.SECRETARIAT})
_OWN_OFFICE = frozenset({Role.DIVISION, Role.MINISTRY, Role.ASSOCIATION})


@dataclass(frozen=True, kw_only=True)
class PackOf:
    """A post: a liaison's, an organisation with its section or duty, or one person's place."""

    organisation: Organisation
    is_liaison_post: bool = False
    section: Section | None = None
    duty: Duty | None = None
    membership: Membership | None = None
    upcoming_ids: frozenset[int] = frozenset()

    def notes(self) -> list[sa.ColumnElement[bool]]:
        """The notes of this post, as conditions on HandoverNote."""
        return [
            HandoverNote.organisation_id == self.organisation.id,
            HandoverNote.is_liaison_post.is_(self.is_liaison_post),
            HandoverNote.section_id.is_not_distinct_from(self.section.id if self.section else None),
            HandoverNote.duty_id.is_not_distinct_from(self.duty.id if self.duty else None),
            HandoverNote.membership_id.is_not_distinct_from(self.membership.id if self.membership else None),
        ]


def get_liaison_post(actor: Actor, code: str) -> PackOf:
    """A liaison's post: for its liaisons, those who will be, the secretariat and administrators. Raises NotFound."""
    post = db.session.scalar(sa.select(Organisation).where(Organisation.code == code))
    if post is None or post.post_id != post.id:
        raise NotFound
    now = clock.now()
    rows = db.session.execute(
        sa.select(LiaisonAssignment.membership_id, LiaisonAssignment.starts_at).where(
            LiaisonAssignment.post_id == post.id,
            sa.or_(LiaisonAssignment.ends_at.is_(None), LiaisonAssignment.ends_at > now),
        )
    ).all()
    if actor.role not in _OPEN_ALL and actor.membership_id not in {key for key, _ in rows}:
        raise NotFound
    holding = {key for key, starts_at in rows if starts_at <= now}
    return PackOf(organisation=post, is_liaison_post=True, upcoming_ids=frozenset(key for key, _ in rows) - holding)


def get_office(actor: Actor, code: str, *, section_id: int | None = None, duty_id: int | None = None) -> PackOf:
    """An organisation's section or duty (or all of it): for its own people, the secretariat and administrators.

    Staff of a local government open their own section and duties; managers and heads everything. Raises NotFound.
    """
    body = db.session.scalar(sa.select(Organisation).where(Organisation.code == code))
    section = db.session.get(Section, section_id) if section_id else None
    duty = db.session.get(Duty, duty_id) if duty_id else None
    is_wrong = (section_id and (section is None or body is None or section.organisation_id != body.id)) or (
        duty_id and duty is None
    )
    if body is None or is_wrong or not _opens_office(actor, body, section, duty):
        raise NotFound
    return PackOf(organisation=body, section=section, duty=duty)


def get_place(actor: Actor, membership_id: int) -> PackOf:
    """One person's place: for themselves, the body's manager or head, the secretariat, administrators."""
    membership = db.session.scalar(
        sa.select(Membership)
        .where(Membership.id == membership_id)
        .options(orm.joinedload(Membership.organisation), orm.joinedload(Membership.person))
    )
    if membership is None or not _opens_place(actor, membership):
        raise NotFound
    return PackOf(organisation=membership.organisation, membership=membership)


def list_liaison_posts(actor: Actor) -> Sequence[Organisation]:
    """The liaison posts whose packs the actor may open."""
    query = sa.select(Organisation).where(Organisation.post_id == Organisation.id).order_by(Organisation.position)
    if actor.role in _OPEN_ALL:
        return db.session.scalars(query).all()
    if actor.role is not Role.LIAISON:
        return []
    own = sa.select(LiaisonAssignment.post_id).where(
        LiaisonAssignment.membership_id == actor.membership_id,
        sa.or_(LiaisonAssignment.ends_at.is_(None), LiaisonAssignment.ends_at > clock.now()),
    )
    return db.session.scalars(query.where(Organisation.id.in_(own))).all()


def write_note(actor: Actor, of: PackOf, *, text: str, confirmed: bool = False) -> HandoverNote:
    """Write a note for whoever comes next. Raises Forbidden for executives and auditors, Invalid at ``text``."""
    if actor.role in {Role.EXECUTIVE, Role.AUDITOR}:
        raise Forbidden
    check_text("text", text, confirmed)
    body = text.strip()
    if not body:
        raise Invalid(N_("引き継ぐことを入力してください。"), field="text")
    if len(body) > LONGEST_NOTE:
        raise Invalid(N_("%(n)s文字以内で記入してください。"), field="text", n=LONGEST_NOTE)
    note = HandoverNote(
        organisation_id=of.organisation.id,
        section_id=of.section.id if of.section else None,
        duty_id=of.duty.id if of.duty else None,
        membership_id=of.membership.id if of.membership else None,
        is_liaison_post=of.is_liaison_post,
        body=body,
        signature=actor.signature,
        author_person_id=actor.person_id,
        author_membership_id=actor.membership_id,
        created_at=clock.now(),
    )
    db.session.add(note)
    db.session.flush()
    emit(actor, HandoverNoteWritten(handover_note_id=note.id, organisation_id=of.organisation.id))
    return note


def _opens_office(actor: Actor, body: Organisation, section: Section | None, duty: Duty | None) -> bool:
    if actor.role in _OPEN_ALL:
        return True
    if actor.organisation_id != body.id:
        return False
    if actor.role in _OWN_OFFICE or actor.role is Role.LOCAL_MANAGER:
        return True
    if actor.role not in LOCAL_ROLES:
        return False
    is_own_duty = duty is not None and duty.id in actor.duty_ids
    is_own_section = section is not None and section.id == actor.section_id
    return actor.is_head or is_own_section or (is_own_duty and section is None)


def _opens_place(actor: Actor, membership: Membership) -> bool:
    if actor.role in _OPEN_ALL or membership.id == actor.membership_id:
        return True
    leads = actor.role is Role.LOCAL_MANAGER or (actor.is_head and actor.role in _OWN_OFFICE | LOCAL_ROLES)
    return leads and membership.organisation_id == actor.organisation_id
