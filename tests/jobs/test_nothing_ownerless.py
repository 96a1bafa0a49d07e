"""Nothing is without an owner: random months of steps, absences, transfers, assignments and mergers."""

import random
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import JAPAN, japan_date
from portal.core.db import db
from portal.core.errors import Conflict, DomainError
from portal.directory import absence_queries, assignments, organisations, service
from portal.directory.absence_models import Absence, Inheritance
from portal.directory.absences import Half, Period, end_absence, enter_absence
from portal.directory.actor import Actor, find_actor, find_actor_for, list_actors
from portal.directory.inheritance import list_effective_mergers
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import AssignmentRank, Role
from portal.directory.service import Place
from portal.directory.substitutes import is_away, stand_ins
from portal.guidance import responsible as answerable
from portal.guidance.models import Recipient
from portal.guidance.states import OPEN_RESPONSES, ResponseState
from portal.issues import policy, responsible
from portal.issues import service as issues
from portal.issues.models import Issue
from portal.issues.states import ENDED, Holder, IssueState, Urgency
from portal.jobs.inheritance import pass_on_lot
from tests.factories.guidance import make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_liaison, make_member, organisation

BODIES = ["152226", "153079", "153613", "151009"]  # 上越市, 聖籠町, 田上町, 新潟市
STEPS = 32
START = datetime(2026, 6, 1, 10, 0, tzinfo=JAPAN)


class Month:
    """The people, the issues, the day; each step does one random thing that the services allow."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = START
        self.cast = make_cast()
        self.admin = actor_of(make_member("hq", Role.ADMIN))
        for code in BODIES:
            make_member(code, Role.LOCAL_STAFF, section="市民課")
            make_member(code, Role.LOCAL_MANAGER)
        make_liaison("151009")
        make_member("mynumber", Role.DIVISION)
        for state in IssueState:
            make_issue(self.cast, state)
        make_issued("総行住第1号")
        self.transfers = [self.go, self.come, self.assign, self.unassign, self.merge]
        self.body_ids = [organisation(code).id for code in BODIES]

    def live(self) -> None:
        """One step at a later hour."""
        self.now += timedelta(hours=self.random.choice([3, 9, 17, 26, 70]))
        with clock.pretending(self.now):
            step = self.random.choice(
                [self.move, self.move, self.be_away, self.be_away, self.be_away, self.come_back, *self.transfers]
            )
            try:
                with db.session.begin_nested():
                    step()
            except DomainError:
                pass  # what the services refuse changes nothing
            self.pass_on()
            self.check()

    def anyone(self, *conditions: sa.ColumnElement[bool]) -> Membership:
        """One of the memberships of now."""
        found = db.session.scalars(
            sa.select(Membership).where(Membership.current_at(clock.now()), *conditions).order_by(Membership.id)
        ).all()
        if not found:
            raise Conflict
        return self.random.choice(found)

    def move(self) -> None:
        issue = self.random.choice(db.session.scalars(sa.select(Issue).order_by(Issue.id)).all())
        actors = [actor for key in responsible.list_responsible(issue) for actor in acting_under(key)]
        actor = self.random.choice(actors) if actors else actor_of(self.anyone(Membership.role == Role.LOCAL_STAFF))
        steps = {
            IssueState.DRAFT: lambda: issues.submit_issue(actor_of(self.cast.staff), issue),
            IssueState.SUBMITTED: lambda: issues.triage_issue(
                actor, issue, theme_id=issue.theme_id or 0, sub_topic_id=issue.sub_topic_id, urgency=Urgency.NORMAL
            ),
            IssueState.TRIAGED: lambda: issues.route_issue(actor, issue),
            IssueState.RETURNED: lambda: issues.resubmit_issue(actor, issue, text="補足します。"),
            IssueState.ASSIGNED: lambda: self.work(actor, issue),
            IssueState.ANSWERED: lambda: issues.reopen_issue(actor, issue, reason="足りません。"),
            IssueState.CLOSED: lambda: issues.reopen_issue(actor, issue, reason="足りません。"),
        }
        if issue.state in {IssueState.SUBMITTED, IssueState.TRIAGED} and self.random.random() < 0.3:
            issues.return_issue(actor, issue, reason="内訳を教えてください。")
        elif issue.state in steps:
            steps[issue.state]()

    def work(self, actor: Actor, issue: Issue) -> None:
        if issue.accepted_at is None:
            issues.accept_issue(actor, issue)
        elif self.random.random() < 0.5:
            issues.consult_ministry(
                actor, issue, ministry_id=self.cast.ministry.organisation_id, question="見解を教えてください。"
            )
        else:
            issues.answer_officially(actor, issue, text="回答します。")

    def be_away(self) -> None:
        first = japan_date(clock.now()) + timedelta(days=self.random.choice([0, 0, 1, 3]))
        member = self.anyone(Membership.role.not_in([Role.ADMIN, Role.EXECUTIVE, Role.AUDITOR]))
        actor = actor_of(member)
        seat = absence_queries.get_own_or_managed(actor, member.id)
        candidates = absence_queries.list_candidates(seat)
        substitute = self.random.choice([None, *candidates, *candidates])
        enter_absence(
            actor,
            seat,
            period=Period(
                first_day=first,
                last_day=first + timedelta(days=self.random.randrange(12)),
                first_half=self.random.choice(list(Half)),
                last_half=self.random.choice(list(Half)),
            ),
            substitute_id=substitute.id if substitute else None,
        )

    def come_back(self) -> None:
        rows = db.session.scalars(sa.select(Absence.id).where(Absence.ends_at > clock.now()).order_by(Absence.id)).all()
        if rows:
            end_absence(self.admin, absence_queries.get_absence(self.admin, self.random.choice(rows)))

    def go(self) -> None:
        member = self.anyone(Membership.role.in_([Role.LIAISON, Role.DIVISION, Role.LOCAL_STAFF, Role.LOCAL_MANAGER]))
        service.end_membership(self.admin, member, version=None, last_day=None)

    def come(self) -> None:
        code, role = self.random.choice(
            [("hq", Role.LIAISON), ("mynumber", Role.DIVISION), *((code, Role.LOCAL_MANAGER) for code in BODIES)]
        )
        address = f"new{self.random.randrange(10**9)}@test.example"
        service.add_member(
            self.admin, organisation(code), email=address, name="新任 太郎", role=role, place=Place(is_head=True)
        )

    def assign(self) -> None:
        assignments.assign_liaison(
            self.admin,
            organisation(self.random.choice(["150002", "151009"])),
            membership_id=self.anyone(Membership.role == Role.LIAISON).id,
            rank=self.random.choice(list(AssignmentRank)),
            last_day=self.random.choice([None, date.max, japan_date(clock.now()) + timedelta(days=9)]),
        )

    def unassign(self) -> None:
        rows = db.session.scalars(
            sa.select(LiaisonAssignment).where(LiaisonAssignment.current_at(clock.now())).order_by(LiaisonAssignment.id)
        ).all()
        if rows:
            assignments.end_assignment(self.admin, self.random.choice(rows))

    def merge(self) -> None:
        old, new = self.random.sample(BODIES, 2)
        day = japan_date(clock.now()) + timedelta(days=self.random.choice([0, 2]))
        organisations.merge_organisation(self.admin, organisation(old), successor_code=new, effective_on=day)

    def pass_on(self) -> None:
        for merger in list_effective_mergers():
            while pass_on_lot(merger):
                pass

    def check(self) -> None:
        acting: dict[int, list[Actor]] = {}
        gone = {merger.predecessor_id for merger in list_effective_mergers()}
        for issue in db.session.scalars(sa.select(Issue)):
            assert issue.organisation_id not in gone
            if issue.state in ENDED or issue.state is IssueState.DRAFT:
                continue
            assert issue.holder is not Holder.NOBODY
            keys = responsible.list_responsible(issue)
            assert keys
            for key in keys:
                actors = acting[key] if key in acting else acting.setdefault(key, acting_under(key))
                assert any(may_act(actor, issue) for actor in actors)
        for row in db.session.scalars(sa.select(Recipient).where(Recipient.organisation_id.in_(self.body_ids))):
            assert row.response not in OPEN_RESPONSES or row.organisation_id not in gone
            assert answerable.list_responsible(row)
        self.check_substitutes()

    def check_substitutes(self) -> None:
        """Whoever stands in is there themselves, in the same organisation, and never the absent person."""
        pairs = stand_ins()
        own, seat = sa.orm.aliased(Membership), sa.orm.aliased(Membership)
        rows = db.session.execute(
            sa.select(own, seat)
            .select_from(pairs)
            .join(own, own.id == pairs.c.own_id)
            .join(seat, seat.id == pairs.c.membership_id)
        ).all()
        away = set(db.session.scalars(sa.select(Membership.id).where(is_away())))
        for substitute, absent in rows:
            assert substitute.id not in away
            assert absent.id in away
            assert substitute.person_id != absent.person_id
            assert substitute.organisation_id == absent.organisation_id
            assert {substitute.role, absent.role} <= {Role.LOCAL_STAFF, Role.LOCAL_MANAGER} or (
                substitute.role is absent.role
            )
            actor = find_actor_for(substitute.person_id, absent.id)
            assert actor is not None
            assert not actor.is_head or (absent.is_head and substitute.is_head)


def acting_under(membership_id: int) -> list[Actor]:
    """Whoever can act under the membership now: its person if they are there, and those who stand in."""
    pairs = stand_ins()
    others = db.session.scalars(sa.select(pairs.c.person_id).where(pairs.c.membership_id == membership_id))
    own = find_actor(membership_id)
    found = [actor for person in others.all() if (actor := find_actor_for(person, membership_id))]
    is_there = db.session.scalar(sa.select(sa.not_(is_away())).where(Membership.id == membership_id))
    return [*found, own] if own is not None and is_there else found


def may_act(actor: Actor, issue: Issue) -> bool:
    """Whether there is anything that the actor may do next."""
    if actor.role is Role.MINISTRY:
        return issue.state is IssueState.CONSULTING
    steps = (policy.can_triage, policy.can_route, policy.can_accept, policy.can_answer_provisionally, policy.can_close)
    return any(can(actor, issue) for can in (*steps, policy.can_resubmit, policy.can_post_publicly))


def test_everything_open_has_somebody_who_may_act(arrange):
    with clock.pretending(START), arrange():
        month = Month(seed=20261)
        for _ in range(STEPS):
            month.live()


def test_successor_inherits_issues_and_what_is_to_be_answered_once(arrange):
    with arrange():
        cast = make_cast()
        admin = actor_of(make_member("hq", Role.ADMIN))
        town, city = organisation("153079"), organisation("152226")
        member, manager = (
            make_member("153079", Role.LOCAL_STAFF, section="市民課"),
            make_member("153079", Role.LOCAL_MANAGER),
        )
        issue, draft = make_issue(cast, by=member), make_issue(cast, IssueState.DRAFT, by=member)
        paper = make_issued()
        rows = {row.organisation_id: row for row in db.session.scalars(sa.select(Recipient))}
        rows[city.id].response = ResponseState.DONE
        organisations.merge_organisation(admin, town, successor_code="152226", effective_on=japan_date(clock.now()))
        for merger in list_effective_mergers():
            assert pass_on_lot(merger) == 3
            assert pass_on_lot(merger) == 0
        assert {issue.organisation_id, draft.organisation_id} == {city.id}
        assert issue.section_id == cast.staff.section_id
        assert policy.can_post_publicly(actor_of(cast.manager), issue)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Inheritance)) == 3
        assert rows[town.id].organisation_name == town.name
        assert (rows[town.id].response, rows[city.id].response) == (
            ResponseState.NOT_APPLICABLE,
            ResponseState.UNDER_WAY,
        )
        assert cast.manager.id in answerable.list_responsible(rows[town.id])
        assert [actor.membership_id for actor in list_actors(manager.person_id)] == [manager.id]
        assert paper.recipient_count == db.session.scalar(sa.select(sa.func.count(Recipient.id)))


def test_row_of_a_body_that_alone_was_addressed_becomes_the_successors(arrange):
    with arrange():
        admin = actor_of(make_member("hq", Role.ADMIN))
        make_issued()
        town = organisation("153079")
        other = db.session.scalars(sa.select(Organisation).where(Organisation.code == "011002")).one()  # not addressed
        organisations.merge_organisation(admin, town, successor_code="011002", effective_on=japan_date(clock.now()))
        for merger in list_effective_mergers():
            pass_on_lot(merger)
        row = db.session.scalars(sa.select(Recipient).where(Recipient.organisation_id == other.id)).one()
        assert row.organisation_name == town.name
