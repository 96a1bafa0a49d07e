"""Reading of bundles, scoped by policy: what the page of an issue shows, a bundle with its issues and its history."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.bundles import policy
from portal.bundles.models import Bundle, BundleTie
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.issues.models import Issue
from portal.issues.policy import submitted_viewable_by

SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far a problem reaches, of what the reader may see: issues, distinct bodies, the people who live there.

    A municipality's people are not counted again beside those of its prefecture. ``has_others`` when issues that the
    reader may not see are in the bundle too; nothing else of these is said.
    """

    issue_count: int
    body_count: int
    population: int
    has_others: bool


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The bundle of an issue as the issue's page shows it: the first of its issues, the lead before the rest."""

    bundle_id: int
    lead_issue_id: int
    issues: list[Issue]
    reach: Reach


def get_bundle(actor: Actor, bundle_id: int) -> Bundle:
    """The bundle, dissolved or not. Raises NotFound when missing or hidden."""
    bundle = db.session.scalar(sa.select(Bundle).where(Bundle.id == bundle_id, policy.viewable_by(actor)))
    if bundle is None:
        raise NotFound
    return bundle


def find_panel(actor: Actor, issue: Issue) -> Panel | None:
    """The bundle that the issue is in now; None when it is in none, and for whom that is no matter."""
    return find_beside(actor, issue)[0]


def find_beside(actor: Actor, issue: Issue, linked: Sequence[int] = ()) -> tuple[Panel | None, list[Issue]]:
    """What the page of an issue shows beside it: its bundle, and which of the ``linked`` issues the reader may see.

    One statement for both; none where there can be neither.
    """
    if not linked and not policy.can_see_bundles(actor):
        return None, []
    bundle_id = (
        sa.select(BundleTie.bundle_id)
        .where(BundleTie.issue_id == issue.id, BundleTie.untied_at.is_(None))
        .scalar_subquery()
    )
    beside = _beside(actor, bundle_id, linked)
    rows = db.session.execute(
        sa.select(Issue, beside.c.bundle_id, beside.c.lead_issue_id, *_reach_columns(actor, bundle_id))
        .join(beside, beside.c.issue_id == Issue.id)
        .options(orm.joinedload(Issue.organisation), orm.joinedload(Issue.holder_organisation))
        .order_by(Issue.id != beside.c.lead_issue_id, Issue.id)
    ).all()
    tied = [row for row in rows if row.bundle_id is not None]
    linked_issues = [row[0] for row in rows if row.bundle_id is None]
    if not tied:
        return None, linked_issues
    panel = Panel(
        bundle_id=tied[0].bundle_id,
        lead_issue_id=tied[0].lead_issue_id,
        issues=[row[0] for row in tied],
        reach=_reach_of(tied[0][3:]),
    )
    return panel, linked_issues


def find_reach(actor: Actor, bundle: Bundle) -> Reach:
    """How far the bundle reaches. One statement."""
    return _reach_of(tuple(db.session.execute(sa.select(*_reach_columns(actor, sa.literal(bundle.id)))).one()))


def list_bundled(actor: Actor, bundle: Bundle, *, cursor: str | None = None, size: int = 50) -> Page[Issue]:
    """The issues that are in it now and that the actor may see, in the order in which they came."""
    page = paginate(
        db.session,
        sa.select(BundleTie)
        .join(Issue, Issue.id == BundleTie.issue_id)
        .where(BundleTie.bundle_id == bundle.id, BundleTie.untied_at.is_(None), submitted_viewable_by(actor))
        .options(
            orm.contains_eager(BundleTie.issue).joinedload(Issue.organisation),
            orm.contains_eager(BundleTie.issue).joinedload(Issue.holder_organisation),
        ),
        order=(BundleTie.id,),
        cursor=cursor,
        size=size,
    )
    return page.with_items([tie.issue for tie in page.items])


def list_numbers(actor: Actor, bundle: Bundle) -> list[str]:
    """The numbers of the issues that are in it now and that the actor may see, as text for a form."""
    return [
        number
        for number in db.session.scalars(
            sa.select(Issue.number)
            .join(BundleTie, BundleTie.issue_id == Issue.id)
            .where(BundleTie.bundle_id == bundle.id, BundleTie.untied_at.is_(None), submitted_viewable_by(actor))
            .order_by(Issue.id != bundle.lead_issue_id, BundleTie.id)
        )
        if number is not None
    ]


def list_history(actor: Actor, bundle: Bundle, *, cursor: str | None = None, size: int = 50) -> Page[BundleTie]:
    """What came into it and left it, the last first, as far as the actor may see the issues."""
    return paginate(
        db.session,
        sa.select(BundleTie)
        .join(Issue, Issue.id == BundleTie.issue_id)
        .where(BundleTie.bundle_id == bundle.id, submitted_viewable_by(actor))
        .options(
            orm.contains_eager(BundleTie.issue).joinedload(Issue.organisation),
            orm.joinedload(BundleTie.tied_by),
            orm.joinedload(BundleTie.untied_by),
        ),
        order=(BundleTie.id.desc(),),
        cursor=cursor,
        size=size,
    )


def list_issues_to_tell(actor: Actor, issue: Issue, *, lock: bool = False) -> tuple[int, list[Issue], bool] | None:
    """The issue's bundle with every issue of it that the actor may see, the lead first, and whether there are others.

    None when it is in none.

    With ``lock`` nobody can change the bundle or move its issues until the transaction ends: what is then read is
    what is told. Issues already loaded are read again.
    """
    if not policy.can_see_bundles(actor):
        return None
    tied = sa.select(BundleTie.bundle_id).where(BundleTie.issue_id == issue.id, BundleTie.untied_at.is_(None))
    query = sa.select(Bundle).where(Bundle.id.in_(tied))
    bundle = db.session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True) if lock else query
    )
    if bundle is None:
        return None
    members = (
        sa.select(Issue)
        .join(BundleTie, BundleTie.issue_id == Issue.id)
        .where(BundleTie.bundle_id == bundle.id, BundleTie.untied_at.is_(None), submitted_viewable_by(actor))
        .options(orm.joinedload(Issue.organisation).joinedload(Organisation.parent))
        .order_by(Issue.id)
    )
    if lock:
        db.session.flush()
        members = members.with_for_update(of=Issue, key_share=True).execution_options(populate_existing=True)
    found = list(db.session.scalars(members))
    if issue.id not in {each.id for each in found}:  # it left the bundle while the row was waited for
        return None
    every = db.session.scalar(
        sa.select(sa.func.count()).where(BundleTie.bundle_id == bundle.id, BundleTie.untied_at.is_(None))
    )
    ordered = sorted(found, key=lambda each: (each.id != bundle.lead_issue_id, each.id))
    return bundle.id, ordered, (every or 0) > len(ordered)


def _beside(actor: Actor, bundle_id: sa.ColumnElement[int], linked: Sequence[int]) -> sa.Subquery:
    """The first of the bundle's issues and the linked ones, in sight of the actor; the bundle only for whom it is."""
    others = sa.select(Issue.id, sa.null(), sa.null()).where(Issue.id.in_(linked), submitted_viewable_by(actor))
    first = (
        sa.select(Issue.id.label("issue_id"), Bundle.id.label("bundle_id"), Bundle.lead_issue_id)
        .join(BundleTie, BundleTie.issue_id == Issue.id)
        .join(Bundle, Bundle.id == BundleTie.bundle_id)
        .where(
            Bundle.id == bundle_id,
            BundleTie.untied_at.is_(None),
            submitted_viewable_by(actor),
            sa.literal(policy.can_see_bundles(actor)),
        )
        .order_by(Issue.id != Bundle.lead_issue_id, BundleTie.id)
        .limit(SHOWN)
        .subquery()
    )
    return sa.select(first).union_all(others).subquery("beside")


def _reach_columns(actor: Actor, bundle_id: sa.ColumnElement[int]) -> list[sa.ColumnElement[int]]:
    """Issues, bodies and people in sight, and how many issues in all."""
    tie, body = orm.aliased(BundleTie), orm.aliased(Organisation)
    all_ties = sa.select(sa.func.count()).where(tie.bundle_id == bundle_id, tie.untied_at.is_(None))
    seen = (
        sa.select(BundleTie.issue_id, Issue.organisation_id)
        .join(Issue, Issue.id == BundleTie.issue_id)
        .where(BundleTie.bundle_id == bundle_id, BundleTie.untied_at.is_(None), submitted_viewable_by(actor))
        .cte("seen")
    )
    bodies = sa.select(seen.c.organisation_id).distinct()
    inside = sa.and_(body.parent_id.is_not(None), body.parent_id.in_(bodies))
    people = sa.select(sa.func.coalesce(sa.func.sum(body.population), 0)).where(body.id.in_(bodies), sa.not_(inside))
    return [
        sa.select(sa.func.count()).select_from(seen).scalar_subquery(),
        sa.select(sa.func.count(sa.distinct(seen.c.organisation_id))).scalar_subquery(),
        people.scalar_subquery(),
        all_ties.scalar_subquery(),
    ]


def _reach_of(figures: Sequence[int]) -> Reach:
    issues, bodies, people, every = figures
    return Reach(issue_count=issues, body_count=bodies, population=int(people), has_others=every > issues)
