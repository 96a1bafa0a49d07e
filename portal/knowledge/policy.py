"""Who may see and move Q&A entries."""

import sqlalchemy as sa

from portal.directory.actor import Actor
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.knowledge.models import QaEntry, QaRevision, QaState

_EDITORS = frozenset({Role.SECRETARIAT, Role.ADMIN})


def can_view(actor: Actor, entry: QaEntry) -> bool:
    """Published ones everyone; the others the secretariat, administrators and the drafting division."""
    if entry.state is QaState.PUBLISHED:
        return True
    return actor.role in _EDITORS or _drafts_here(actor, entry)


def viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The same as a condition on QaEntry."""
    if actor.role in _EDITORS:
        return sa.true()
    published = QaEntry.state == QaState.PUBLISHED
    if actor.role is Role.DIVISION:
        return sa.or_(published, QaEntry.drafter_organisation_id == actor.organisation_id)
    return published


def viewers_of(entry: QaEntry) -> sa.ColumnElement[bool]:
    """The memberships that may see the entry, as a condition on Membership."""
    if entry.state is QaState.PUBLISHED:
        return sa.true()
    return sa.or_(
        Membership.role.in_(_EDITORS),
        sa.and_(Membership.role == Role.DIVISION, Membership.organisation_id == entry.drafter_organisation_id),
    )


def sees_candidates(actor: Actor) -> bool:
    """Whether any entry that is not published may be visible to this role."""
    return actor.role in _EDITORS or actor.role is Role.DIVISION


def can_draft(actor: Actor) -> bool:
    """Divisions and the secretariat propose entries."""
    return actor.role in {Role.DIVISION, Role.SECRETARIAT}


def can_edit(actor: Actor, entry: QaEntry) -> bool:
    """A candidate, by the organisation that drafted it."""
    return entry.state is QaState.DRAFT and _drafts_here(actor, entry)


def can_send_for_review(actor: Actor, entry: QaEntry) -> bool:
    """Whoever may edit it."""
    return can_edit(actor, entry)


def can_decide(actor: Actor) -> bool:
    """The secretariat's head and approvers decide; on which entries, ``can_publish`` and ``can_withdraw`` say."""
    return actor.role is Role.SECRETARIAT and (actor.is_head or actor.is_approver)


def can_publish(actor: Actor, entry: QaEntry) -> bool:
    """The secretariat's approvers, never somebody who wrote of it."""
    wrote = not actor.person_ids.isdisjoint({entry.drafter_person_id, entry.editor_person_id})
    return entry.state is QaState.REVIEW and can_decide(actor) and not wrote


def publishable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The entries that wait for this actor's decision: the twin of ``can_publish``."""
    if not can_decide(actor):
        return sa.false()
    return sa.and_(
        QaEntry.state == QaState.REVIEW,
        QaEntry.drafter_person_id.not_in(actor.person_ids),
        sa.or_(QaEntry.editor_person_id.is_(None), QaEntry.editor_person_id.not_in(actor.person_ids)),
    )


def can_return(actor: Actor, entry: QaEntry) -> bool:
    """Whoever approves, even of what they wrote themselves."""
    return entry.state is QaState.REVIEW and can_decide(actor)


def can_withdraw(actor: Actor, entry: QaEntry) -> bool:
    """A published entry, by the secretariat's approvers."""
    return entry.state is QaState.PUBLISHED and can_decide(actor)


def _drafts_here(actor: Actor, entry: QaEntry | QaRevision) -> bool:
    return actor.role in {Role.DIVISION, Role.SECRETARIAT} and actor.organisation_id == entry.drafter_organisation_id


# Revisions of what is published


def can_revise(actor: Actor, entry: QaEntry) -> bool:
    """A published entry, by the organisation that drafted it and by the secretariat."""
    return entry.state is QaState.PUBLISHED and (_drafts_here(actor, entry) or actor.role is Role.SECRETARIAT)


def can_view_revision(actor: Actor, revision: QaRevision) -> bool:
    """A published revision everyone; one being prepared the secretariat, administrators and the drafting division."""
    return revision.state is QaState.PUBLISHED or actor.role in _EDITORS or _drafts_here(actor, revision)


def can_edit_revision(actor: Actor, revision: QaRevision) -> bool:
    """While it is being prepared, by the organisation that drafts it."""
    return revision.state is QaState.DRAFT and _drafts_here(actor, revision)


def can_publish_revision(actor: Actor, revision: QaRevision) -> bool:
    """The secretariat's approvers, never somebody who wrote of it."""
    wrote = not actor.person_ids.isdisjoint({revision.drafter_person_id, revision.editor_person_id})
    return revision.state is QaState.REVIEW and can_decide(actor) and not wrote


def can_return_revision(actor: Actor, revision: QaRevision) -> bool:
    """Whoever approves, even of what they wrote themselves."""
    return revision.state is QaState.REVIEW and can_decide(actor)


# Bodies with the same question


def can_join(actor: Actor, entry: QaEntry) -> bool:
    """Local governments, for their own body, while the entry is published."""
    return entry.state is QaState.PUBLISHED and actor.is_local


def can_leave(actor: Actor, entry: QaEntry) -> bool:
    """The body itself."""
    return can_join(actor, entry)


def joins(actor: Actor) -> bool:
    """Whether the role can have the same question at all."""
    return actor.is_local


def sees_joined_bodies(actor: Actor) -> bool:
    """Headquarters sees which bodies have the same question; everyone else how many."""
    return actor.is_headquarters


def reads_notes_of_bodies(actor: Actor) -> bool:
    """What the bodies wrote with it: headquarters but for auditors, who read texts with a recorded reason only."""
    return actor.is_headquarters and actor.role is not Role.AUDITOR
