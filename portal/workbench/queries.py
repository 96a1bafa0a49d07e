"""Reading of who is in charge of an issue, and of saved filters."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import N_
from portal.core.statements import NOW, kept
from portal.directory.actor import Actor
from portal.directory.assignment_queries import liaisons_of_post
from portal.directory.models import LiaisonAssignment, Membership, Organisation, Person
from portal.directory.roles import AssignmentRank, OrganisationKind, Role
from portal.issues.models import Issue
from portal.workbench import policy
from portal.workbench.models import Claim, FilterPlace, SavedFilter
from portal.workbench.states import Sharing


@dataclass(frozen=True)
class InCharge:
    """Who has taken charge of an issue for which team."""

    issue_id: int
    team_id: int
    team_name: str
    membership_id: int
    name: str


@dataclass(frozen=True)
class KeptFilter:
    """A filter in somebody's menu."""

    kept: SavedFilter
    is_default: bool
    team_name: str | None
    maker: str

    @property
    def arguments(self) -> dict[str, list[str]]:
        """The parameters of the queue that it stands for."""
        return {str(name): [str(value) for value in values] for name, values in self.kept.condition.items()}


# Who is in charge


def find_in_charge(actor: Actor, issues: Sequence[Issue]) -> dict[int, list[InCharge]]:
    """Who is in charge of these issues, the team first that has the matter in hand. One statement; for headquarters."""
    if not issues or not policy.sees_claims(actor):
        return {}
    by_id = {issue.id: issue for issue in issues}
    found: dict[int, list[InCharge]] = defaultdict(list)
    for row in db.session.execute(_claims().where(Claim.issue_id.in_(by_id))):
        claim, issue = InCharge(*row[:5]), by_id[row[0]]
        if row[5] is OrganisationKind.SECRETARIAT or claim.team_id in {issue.post_id, issue.division_id}:
            found[issue.id].append(claim)
    return {
        issue_id: sorted(claims, key=lambda each: _order(each, by_id[issue_id])) for issue_id, claims in found.items()
    }


def find_people(actor: Actor, issue: Issue) -> tuple[list[LiaisonAssignment], list[InCharge]]:
    """The liaisons of the issue's post, as ``liaisons_of_post`` gives them, and who is in charge. One statement."""
    if not policy.sees_claims(actor):
        return list(liaisons_of_post(issue.post_id)), []
    rows = db.session.execute(_people(), {"issue_id": issue.id, "post_id": issue.post_id}).all()
    liaisons, in_charge = [], []
    for membership, assignment, team_id, team in rows:
        if assignment is not None:
            orm.attributes.set_committed_value(assignment, "membership", membership)
            liaisons.append(assignment)
        if team_id is not None and _counts(issue, membership, assignment, team):
            in_charge.append(InCharge(issue.id, team_id, team.name, membership.id, membership.person.name))
    liaisons.sort(key=lambda each: (each.rank is not AssignmentRank.PRIMARY, each.id))
    return liaisons, sorted(in_charge, key=lambda each: _order(each, issue))


@kept
def _people() -> sa.Select[Membership, LiaisonAssignment, int, Organisation]:
    issue_id: sa.BindParameter[int] = sa.bindparam("issue_id", type_=sa.BigInteger())
    post_id: sa.BindParameter[int] = sa.bindparam("post_id", type_=sa.BigInteger())
    charge = (LiaisonAssignment.post_id == post_id, LiaisonAssignment.current_at(NOW))
    claimed = sa.select(Claim.membership_id).where(Claim.issue_id == issue_id)
    return (
        sa.select(Membership, LiaisonAssignment, Claim.team_id, Organisation)
        .outerjoin(LiaisonAssignment, sa.and_(LiaisonAssignment.membership_id == Membership.id, *charge))
        .outerjoin(Claim, sa.and_(Claim.membership_id == Membership.id, Claim.issue_id == issue_id))
        .outerjoin(Organisation, Organisation.id == Claim.team_id)
        .where(
            Membership.current_at(NOW),
            Membership.id.in_(sa.select(LiaisonAssignment.membership_id).where(*charge).union(claimed)),
        )
        .options(orm.joinedload(Membership.person))
    )


def _counts(issue: Issue, membership: Membership, assignment: LiaisonAssignment | None, team: Organisation) -> bool:
    """Whether the member is still of the team, and the team still has to do with the issue."""
    if team.id == issue.post_id:
        return assignment is not None and membership.role is Role.LIAISON
    is_of_team = team.id == membership.organisation_id and membership.role in {Role.DIVISION, Role.SECRETARIAT}
    return is_of_team and (team.kind is OrganisationKind.SECRETARIAT or team.id == issue.division_id)


def get_claim(issue_id: int, team_id: int) -> Claim:
    """The claim as it stands now. Raises Conflict when it has just been released."""
    claim = db.session.scalar(
        sa.select(Claim)
        .where(Claim.issue_id == issue_id, Claim.team_id == team_id)
        .execution_options(populate_existing=True)
    )
    if claim is None:
        raise Conflict(N_("担当者がほかの操作で変わりました。画面を開き直して確認してください。"))
    return claim


def is_member(membership_id: int, team_id: int) -> bool:
    """Whether the membership belongs to the team now."""
    return bool(
        db.session.scalar(sa.select(sa.exists().where(Membership.id == membership_id, policy.members_of(team_id))))
    )


def name_of(membership_id: int) -> str:
    """The name of the person of a membership."""
    return str(
        db.session.scalar(
            sa.select(Person.name)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.id == membership_id)
        )
    )


def list_colleagues(actor: Actor, issue: Issue) -> list[tuple[int, str]]:
    """The members of the actor's team for the issue, as (membership, name)."""
    team_id = policy.team_of(actor, issue)
    if team_id is None:
        return []
    rows = db.session.execute(
        sa.select(Membership.id, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(policy.members_of(team_id))
        .order_by(Person.kana, Membership.id)
    )
    return [(row[0], row[1]) for row in rows]


def claimed_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The issues of which the actor is in charge, as a condition on Issue."""
    return Issue.id.in_(sa.select(Claim.issue_id).where(Claim.membership_id == actor.membership_id))


def _claims() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Claim.issue_id, Claim.team_id, Organisation.name, Claim.membership_id, Person.name, Organisation.kind)
        .join(Organisation, Organisation.id == Claim.team_id)
        .join(Membership, Membership.id == Claim.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .where(policy.members_of(Claim.team_id))
    )


def _order(claim: InCharge, issue: Issue) -> tuple[bool, bool]:
    """The team that has the ball first, then the division, then the post."""
    return claim.team_id != issue.holder_organisation_id, claim.team_id != issue.division_id


# Saved filters


def list_filters(actor: Actor) -> list[KeptFilter]:
    """The actor's own filters and those of their teams, in the actor's own order. One statement."""
    return [_kept(row) for row in db.session.execute(_filters(actor.pattern), actor.bindings)]


def list_teams(actor: Actor) -> list[tuple[Sharing, int, str]]:
    """Whom the actor may share a filter with, with the names of the posts or of the organisation."""
    teams = policy.teams_to_share_with(actor)
    if not teams:
        return []
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_([team_id for _, team_id in teams]))
    )
    names = {row[0]: row[1] for row in rows}
    return [(sharing, team_id, names[team_id]) for sharing, team_id in teams]


def find_default(actor: Actor) -> KeptFilter | None:
    """The filter with which the actor's queue opens."""
    row = db.session.execute(_filters(actor.pattern).where(FilterPlace.is_default), actor.bindings).first()
    return None if row is None else _kept(row)


def get_filter(actor: Actor, filter_id: int) -> SavedFilter:
    """One in the actor's reach. Raises NotFound."""
    kept = db.session.scalar(
        sa.select(SavedFilter)
        .where(SavedFilter.id == filter_id, policy.usable_by(actor))
        .options(orm.joinedload(SavedFilter.membership))
    )
    if kept is None:
        raise NotFound
    return kept


@kept
def _filters(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(SavedFilter, FilterPlace.is_default, Organisation.name, Person.name)
        .join(SavedFilter.membership)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Organisation, Organisation.id == SavedFilter.team_id)
        .outerjoin(
            FilterPlace,
            sa.and_(FilterPlace.filter_id == SavedFilter.id, FilterPlace.membership_id == actor.membership_id),
        )
        .where(policy.usable_by(actor))
        .options(orm.contains_eager(SavedFilter.membership))
        .order_by(sa.func.coalesce(FilterPlace.position, 1_000_000), SavedFilter.id)
    )


def _kept(row: sa.Row[*tuple[Any, ...]]) -> KeptFilter:
    return KeptFilter(row[0], bool(row[1]), row[2], row[3])
