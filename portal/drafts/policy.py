"""Who prepares an answer, who ticks which step of a checklist, who keeps reply templates."""

import sqlalchemy as sa

from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.drafts.models import ChecklistStep, ReplyTemplate
from portal.drafts.states import Side
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.issues.states import BEFORE_ANSWER, ENDED, IssueState

_RUN_ALL = frozenset({Role.ADMIN, Role.SECRETARIAT})
_KEEP_TEMPLATES = _RUN_ALL | {Role.DIVISION}


def can_view_draft(actor: Actor) -> bool:
    """Headquarters alone, in whatever issue they may see: to everybody else a draft does not exist."""
    return issue_policy.sees_every_audience(actor)


def can_write_draft(actor: Actor, issue: Issue) -> bool:
    """The liaison while it is triaged (a quoted answer), then the division that accepted it; always the secretariat."""
    if not issue_policy.can_write_note(actor, issue):
        return False
    if issue.state is IssueState.TRIAGED:
        return issue.decline_desk is None
    is_in_work = issue.state in {IssueState.ASSIGNED, IssueState.CONSULTING} and issue.accepted_at is not None
    return is_in_work and actor.role is not Role.LIAISON


def can_comment(actor: Actor, issue: Issue) -> bool:
    """Whoever may write internal notes, before it is answered."""
    return issue.state in BEFORE_ANSWER and issue_policy.can_write_note(actor, issue)


def can_add_step(actor: Actor, issue: Issue) -> bool:
    """The liaison, the division and the secretariat, until it is over."""
    return issue.state not in ENDED and issue_policy.can_write_note(actor, issue)


def can_tick(actor: Actor, issue: Issue, step: ChecklistStep) -> bool:
    """Each side its own; the secretariat those of headquarters, which also ticks for ministries."""
    if issue.state in ENDED or step.removed_at is not None:
        return False
    if step.side is Side.BODY:
        return issue_policy.is_own(actor, issue)
    if not issue_policy.can_write_note(actor, issue):
        return False
    own = {Side.DIVISION: Role.DIVISION, Side.LIAISON: Role.LIAISON}.get(step.side)
    return own is None or actor.role is own or actor.role in _RUN_ALL


def can_remove_step(actor: Actor, issue: Issue, step: ChecklistStep) -> bool:
    """Whoever may add one, as long as it is not done."""
    return step.done_at is None and step.removed_at is None and can_add_step(actor, issue)


def can_use_templates(actor: Actor) -> bool:
    """Whoever prepares answers."""
    return actor.role in _KEEP_TEMPLATES | {Role.LIAISON}


def can_keep_templates(actor: Actor) -> bool:
    """Divisions for themselves; the secretariat and administrators also for all."""
    return actor.role in _KEEP_TEMPLATES


def can_share_templates(actor: Actor) -> bool:
    """The secretariat and administrators."""
    return actor.role in _RUN_ALL


def can_edit_template(actor: Actor, template: ReplyTemplate) -> bool:
    """A member of the organisation that keeps it; of a shared one also the secretariat and administrators."""
    if template.retired_at is not None or not can_keep_templates(actor):
        return False
    if template.is_shared:
        return can_share_templates(actor)
    return template.organisation_id == actor.organisation_id


def templates_usable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The templates that the actor may insert, as a condition on ReplyTemplate."""
    if not can_use_templates(actor):
        return sa.false()
    own = ReplyTemplate.organisation_id == actor.organisation_id
    return sa.and_(ReplyTemplate.retired_at.is_(None), sa.or_(ReplyTemplate.is_shared, own))
