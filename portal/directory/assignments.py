"""Putting liaisons in charge of posts, and ending it; what was stays on record."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import end_of_day, japan_date, start_of_day
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory import policy
from portal.directory.actor import Actor
from portal.directory.events import LiaisonAssigned, LiaisonAssignmentEnded
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import AssignmentRank, Role


def assign_liaison(
    actor: Actor,
    post: Organisation,
    *,
    membership_id: int,
    rank: AssignmentRank,
    starts_on: date | None = None,
    last_day: date | None = None,
) -> LiaisonAssignment:
    """Put a liaison in charge of the post as primary or deputy, from now or a day, until a last day or without end.

    Raises Invalid for a second primary at one time, the same liaison twice, oneself, or somebody who is no liaison.
    """
    if not policy.can_assign_liaisons(actor):
        raise Forbidden
    if post.post_id != post.id:
        raise Invalid(N_("担当を割り当てられるのは、都道府県と指定都市です。"))
    # The post's row serialises assignments to it, so that two at once cannot both become primary.
    db.session.execute(sa.select(Organisation.id).where(Organisation.id == post.id).with_for_update())
    starts_at, ends_at = _period(starts_on, last_day)
    _check_liaison(actor, membership_id, starts_at)
    _refuse_overlap(post, membership_id, rank, starts_at, ends_at)
    assignment = LiaisonAssignment(
        membership_id=membership_id, post_id=post.id, rank=rank, starts_at=starts_at, ends_at=ends_at
    )
    db.session.add(assignment)
    db.session.flush()
    emit(
        actor,
        LiaisonAssigned(
            post_id=post.id,
            assignment_id=assignment.id,
            membership_id=membership_id,
            rank=rank.value,
            organisation_id=post.id,
        ),
    )
    return assignment


def end_assignment(actor: Actor, assignment: LiaisonAssignment, *, last_day: date | None = None) -> None:
    """End the charge now (None) or after its last day; one that has not begun is called off.

    Raises Invalid when it is over already or the day has passed.
    """
    if not policy.can_assign_liaisons(actor):
        raise Forbidden
    now = clock.now()
    if assignment.ends_at is not None and assignment.ends_at <= now:
        raise Invalid(N_("この担当割当はすでに終了しています。"))
    if last_day is not None and last_day < japan_date(clock.now()):
        raise Invalid(N_("今日より前の日を終了日にすることはできません。"), field="last_day")
    ends_at = now if last_day is None else end_of_day(last_day)
    if ends_at is None:
        raise Invalid(N_("終わりのない終了日は登録できません。終了する日を入力してください。"), field="last_day")
    if assignment.ends_at is not None and ends_at > assignment.ends_at:
        raise Invalid(N_("いまの終了日より後ろにはできません。新しい割当を追加してください。"), field="last_day")
    _end(actor, assignment, ends_at)
    db.session.flush()


def end_assignments_of(actor: Actor, membership: Membership) -> None:
    """End what a liaison is in charge of when their membership ends, at the same instant."""
    if membership.role is not Role.LIAISON or membership.ends_at is None:
        return
    open_ones = db.session.scalars(
        sa.select(LiaisonAssignment).where(
            LiaisonAssignment.membership_id == membership.id,
            sa.or_(LiaisonAssignment.ends_at.is_(None), LiaisonAssignment.ends_at > membership.ends_at),
        )
    )
    for assignment in open_ones.all():
        _end(actor, assignment, membership.ends_at)


def _end(actor: Actor, assignment: LiaisonAssignment, ends_at: datetime) -> None:
    assignment.ends_at = max(ends_at, assignment.starts_at)
    emit(
        actor,
        LiaisonAssignmentEnded(
            post_id=assignment.post_id,
            assignment_id=assignment.id,
            membership_id=assignment.membership_id,
            organisation_id=assignment.post_id,
        ),
    )


def _period(starts_on: date | None, last_day: date | None) -> tuple[datetime, datetime | None]:
    if starts_on is not None and starts_on < japan_date(clock.now()):
        raise Invalid(N_("今日より前の日を開始日にすることはできません。"), field="starts_on")
    starts_at = clock.now() if starts_on is None or starts_on == japan_date(clock.now()) else start_of_day(starts_on)
    if last_day is None:
        return starts_at, None
    ends_at = end_of_day(last_day)
    if ends_at is not None and ends_at <= starts_at:
        raise Invalid(N_("終了日は開始日以降の日にしてください。"), field="last_day")
    return starts_at, ends_at


def _check_liaison(actor: Actor, membership_id: int, starts_at: datetime) -> None:
    membership = db.session.scalar(
        sa.select(Membership)
        .where(Membership.id == membership_id, Membership.role == Role.LIAISON)
        .options(orm.joinedload(Membership.person))
    )
    if membership is None or (membership.ends_at is not None and membership.ends_at <= starts_at):
        raise Invalid(N_("リエゾンを選んでください。"), field="membership_id")
    if membership.person_id == actor.person_id:
        raise Invalid(
            N_("自分自身を担当にすることはできません。ほかの管理者に依頼してください。"), field="membership_id"
        )


def _refuse_overlap(
    post: Organisation, membership_id: int, rank: AssignmentRank, starts_at: datetime, ends_at: datetime | None
) -> None:
    overlapping = [
        LiaisonAssignment.post_id == post.id,
        sa.or_(LiaisonAssignment.ends_at.is_(None), LiaisonAssignment.ends_at > starts_at),
    ]
    if ends_at is not None:
        overlapping.append(LiaisonAssignment.starts_at < ends_at)
    for row in db.session.scalars(sa.select(LiaisonAssignment).where(*overlapping)):
        if row.ends_at is not None and row.ends_at <= row.starts_at:
            continue  # called off before it began
        if row.membership_id == membership_id:
            raise Invalid(N_("このリエゾンは、その期間すでにこの団体を担当しています。"), field="membership_id")
        if rank is AssignmentRank.PRIMARY and row.rank is AssignmentRank.PRIMARY:
            raise Invalid(
                N_("その期間にはすでに主担当がいます。先にいまの主担当の終了日を決めてください。"), field="rank"
            )
