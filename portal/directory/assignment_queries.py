"""Reading of who looks after which post, today and in the past."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.statements import NOW, kept
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import AssignmentRank


@dataclass
class PostRow:
    """A post of the roster with its assignments of today and those to come."""

    post: Organisation
    primary: LiaisonAssignment | None = None
    deputies: list[LiaisonAssignment] = field(default_factory=list)
    upcoming: list[LiaisonAssignment] = field(default_factory=list)


def liaisons_of_post(post_id: int | None) -> Sequence[LiaisonAssignment]:
    """Today's liaisons of a post, the primary first, each with ``membership.person`` (name, phone, address) loaded.

    A liaison whose own membership has ended is none any more, even if nobody has ended the assignment.
    """
    if post_id is None:
        return []
    return db.session.scalars(_liaisons(), {"post_id": post_id}).all()


@kept
def _liaisons() -> sa.Select[LiaisonAssignment]:
    return (
        sa.select(LiaisonAssignment)
        .join(LiaisonAssignment.membership)
        .where(
            LiaisonAssignment.post_id == sa.bindparam("post_id"),
            LiaisonAssignment.current_at(NOW),
            Membership.current_at(NOW),
        )
        .options(orm.contains_eager(LiaisonAssignment.membership).joinedload(Membership.person))
        .order_by(_primary_first(), LiaisonAssignment.id)
    )


def list_posts() -> list[PostRow]:
    """The 67 posts with their liaisons; those without a primary come first. Two statements."""
    posts = db.session.scalars(
        sa.select(Organisation).where(Organisation.post_id == Organisation.id).order_by(Organisation.position)
    ).all()
    rows = {post.id: PostRow(post) for post in posts}
    now = clock.now()
    assignments = db.session.scalars(
        sa.select(LiaisonAssignment)
        .join(LiaisonAssignment.membership)
        .where(
            sa.or_(LiaisonAssignment.ends_at.is_(None), LiaisonAssignment.ends_at > now),
            sa.or_(Membership.ends_at.is_(None), Membership.ends_at > now),
        )
        .options(orm.contains_eager(LiaisonAssignment.membership).joinedload(Membership.person))
        .order_by(LiaisonAssignment.starts_at, LiaisonAssignment.id)
    )
    for assignment in assignments:
        row = rows[assignment.post_id]
        if assignment.starts_at > now or assignment.membership.starts_at > now:
            row.upcoming.append(assignment)
        elif assignment.rank is AssignmentRank.PRIMARY:
            row.primary = assignment
        else:
            row.deputies.append(assignment)
    return sorted(rows.values(), key=lambda row: row.primary is not None)


def list_assignments(post_id: int) -> Sequence[LiaisonAssignment]:
    """Every assignment that the post has had, the newest first, each with ``membership.person`` loaded."""
    return db.session.scalars(
        sa.select(LiaisonAssignment)
        .where(LiaisonAssignment.post_id == post_id)
        .options(orm.joinedload(LiaisonAssignment.membership).joinedload(Membership.person))
        .order_by(LiaisonAssignment.starts_at.desc(), LiaisonAssignment.id.desc())
    ).all()


def list_assignments_of(membership_ids: Sequence[int]) -> Sequence[LiaisonAssignment]:
    """What these liaisons are in charge of, now or later, each with its post loaded."""
    if not membership_ids:
        return []
    return db.session.scalars(
        sa.select(LiaisonAssignment)
        .join(LiaisonAssignment.post)
        .where(
            LiaisonAssignment.membership_id.in_(membership_ids),
            sa.or_(LiaisonAssignment.ends_at.is_(None), LiaisonAssignment.ends_at > clock.now()),
        )
        .options(orm.contains_eager(LiaisonAssignment.post))
        .order_by(_primary_first(), Organisation.position)
    ).all()


def get_assignment(assignment_id: int) -> LiaisonAssignment:
    """An assignment with its post and person. Raises NotFound."""
    assignment = db.session.scalar(
        sa.select(LiaisonAssignment)
        .where(LiaisonAssignment.id == assignment_id)
        .options(
            orm.joinedload(LiaisonAssignment.post),
            orm.joinedload(LiaisonAssignment.membership).joinedload(Membership.person),
        )
    )
    if assignment is None:
        raise NotFound
    return assignment


def _primary_first() -> sa.ColumnElement[int]:
    return sa.case((LiaisonAssignment.rank == AssignmentRank.PRIMARY, 0), else_=1)
