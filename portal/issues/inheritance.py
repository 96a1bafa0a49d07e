"""What a merger does to issues: those of the body that passed into another become the successor's, with everything."""

import sqlalchemy as sa

from portal.core.db import db
from portal.core.events import Audience
from portal.directory.inheritance import Merger, record_inheritance
from portal.directory.models import Organisation, Section
from portal.issues.ball import pass_ball, touch
from portal.issues.models import Issue
from portal.issues.states import Holder, IssueState
from portal.search.documents import ask_for

_LOT = 200


def inherit_issues(merger: Merger, successor: Organisation) -> int:
    """Give the successor up to 200 issues of the predecessor, drafts and closed ones too; return how many.

    The number, the thread and whoever wrote in it stay. The section is the successor's of the same name; the liaison's
    post is the successor's. Repeating it is harmless: what has passed on is the predecessor's no more.
    """
    issues = db.session.scalars(
        sa.select(Issue).where(Issue.organisation_id == merger.predecessor_id).order_by(Issue.id).limit(_LOT)
    ).all()
    for issue in issues:
        issue.organisation_id = successor.id
        issue.section_id = _twin_section(issue.section_id, successor.id)
        issue.post_id = successor.post_id if issue.post_id is not None else None
        _move_ball(issue, merger, successor)
        touch(issue, Audience.PUBLIC)
        record_inheritance("issue", issue.id, merger)
    db.session.flush()
    ask_for("issue", [issue.id for issue in issues if issue.state is not IssueState.DRAFT])
    return len(issues)


def _move_ball(issue: Issue, merger: Merger, successor: Organisation) -> None:
    """The ball stays with the same party, under the successor's name and post."""
    if issue.state is IssueState.DRAFT:
        issue.holder_organisation_id = successor.id
    elif issue.holder is Holder.SUBMITTER and issue.holder_organisation_id == merger.predecessor_id:
        pass_ball(issue, Holder.SUBMITTER, successor.id, due_on=issue.due_on)
    elif issue.holder is Holder.LIAISON and issue.holder_organisation_id != issue.post_id:
        pass_ball(issue, Holder.LIAISON, issue.post_id, due_on=issue.due_on)


def _twin_section(section_id: int | None, organisation_id: int) -> int | None:
    if section_id is None:
        return None
    name = sa.select(Section.name).where(Section.id == section_id).scalar_subquery()
    return db.session.scalar(
        sa.select(Section.id).where(Section.organisation_id == organisation_id, Section.name == name)
    )
