"""The three twins of who may see an issue agree, for every role, body and state; and who may move it, as a table."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.audit.models import ReadingGrant
from portal.core import clock
from portal.core.db import announce_access, db
from portal.core.events import Audience
from portal.directory.models import Organisation
from portal.directory.roles import Role
from portal.issues import policy, service
from portal.issues.models import Consultation, Follower, Issue, Post
from portal.issues.states import IssueState
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_member

STATES = list(IssueState)


@pytest.fixture
def cast(arrange):
    with arrange():
        return make_cast()


@pytest.fixture
def stage(app):
    announce_access(write=True)
    with app.app_context():
        yield
        db.session.rollback()


def _ties(actor, issue):
    """What ties the actor to the issue, read afresh and without the policy's own conditions."""
    people = set(db.session.scalars(sa.select(Post.author_person_id).where(Post.issue_id == issue.id)))
    people |= set(db.session.scalars(sa.select(Follower.person_id).where(Follower.issue_id == issue.id)))
    asked = set(db.session.scalars(sa.select(Consultation.ministry_id).where(Consultation.issue_id == issue.id)))
    granted = db.session.scalars(sa.select(ReadingGrant).where(ReadingGrant.subject_id == issue.id)).all()
    body = db.session.get_one(Organisation, issue.organisation_id)
    return policy.Ties(
        takes_part=actor.person_id in people,
        is_consulted=actor.organisation_id in asked,
        has_grant=any(grant.person_id == actor.person_id and grant.expires_at > clock.now() for grant in granted),
        is_own_municipality=body.parent_id == actor.organisation_id,
    )


def _everyone(cast):
    others = [
        make_member("152226", Role.LOCAL_STAFF, section="情報政策課"),
        make_member("152226", Role.LOCAL_STAFF),
        make_member("011002", Role.LOCAL_STAFF, section="市民課"),
        make_member("130001", Role.LOCAL_MANAGER),
        make_member("zaisei", Role.DIVISION),
        make_member("chijikai", Role.ASSOCIATION),
    ]
    return [*vars(cast).values(), *others]


@pytest.mark.parametrize("shared", [True, False])
def test_the_twins_agree(stage, cast, shared):
    issues = [make_issue(cast, state, is_shared_with_prefecture=shared) for state in STATES]
    issues.append(make_issue(cast, by=cast.association))
    issues.append(make_issue(cast, by=cast.prefecture))
    everyone = _everyone(cast)
    follower = everyone[-6]
    db.session.add(Follower(issue_id=issues[1].id, person_id=follower.person_id, followed_at=clock.now()))
    db.session.add(
        ReadingGrant(
            person_id=cast.auditor.person_id,
            subject_kind="issue",
            subject_id=issues[2].id,
            reason="監査",
            granted_at=clock.now(),
            expires_at=clock.now().replace(year=2999),
        )
    )
    db.session.flush()
    seen = 0
    for membership in everyone:
        actor = actor_of(membership)
        listed = set(db.session.scalars(sa.select(Issue.id).where(policy.viewable_by(actor))))
        for issue in issues:
            may = policy.can_view(actor, issue, _ties(actor, issue))
            assert (issue.id in listed) is may, (actor.role, actor.organisation_name, issue.state)
            if actor.role is not Role.AUDITOR:  # auditors are told nothing
                told = policy.viewers_of(issue).with_only_columns(sa.literal_column("membership.id"))
                viewers = set(db.session.scalars(told))
                assert (membership.id in viewers) is may, (actor.role, actor.organisation_name, issue.state)
            seen += may

    assert seen > 100


@pytest.mark.parametrize(
    ("who", "audiences"),
    [
        ("liaison", "all"),
        ("division", "all"),
        ("secretariat", "all"),
        ("executive", "all"),
        ("admin", "all"),
        ("staff", "public"),
        ("manager", "public"),
        ("prefecture", "public"),
        ("ministry", "consult"),
        ("other_ministry", "public"),
    ],
)
def test_who_sees_which_audience(stage, cast, who, audiences):
    issue = make_issue(cast, IssueState.CONSULTING)
    service.write_note(actor_of(cast.liaison), issue, text="内部の検討です。")
    service.post_reply(actor_of(cast.staff), issue, text="補足します。")

    actor = actor_of(getattr(cast, who))
    seen = set(
        db.session.scalars(sa.select(Post.audience).where(Post.issue_id == issue.id, policy.posts_visible_to(actor)))
    )

    expected = {"all": set(Audience), "public": {Audience.PUBLIC}, "consult": {Audience.PUBLIC, Audience.CONSULT}}
    assert seen == expected[audiences]


def test_viewers_of_a_note_are_headquarters_alone(stage, cast):
    issue = make_issue(cast, IssueState.CONSULTING)

    roles = {membership.role for membership in db.session.scalars(policy.viewers_of(issue, audience=Audience.INTERNAL))}
    told = {
        membership.organisation_id
        for membership in db.session.scalars(
            policy.viewers_of(issue, audience=Audience.CONSULT, ministry_id=cast.ministry.organisation_id)
        )
        if membership.role is Role.MINISTRY
    }

    assert roles == {Role.ADMIN, Role.SECRETARIAT, Role.EXECUTIVE, Role.DIVISION, Role.LIAISON}
    assert told == {cast.ministry.organisation_id}


VERBS = {
    # verb: (state, who may)
    "can_triage": (IssueState.SUBMITTED, {"liaison", "deputy", "secretariat", "chief", "admin"}),
    "can_return": (IssueState.TRIAGED, {"liaison", "deputy", "secretariat", "chief", "admin"}),
    "can_route": (IssueState.TRIAGED, {"liaison", "deputy", "secretariat", "chief", "admin"}),
    "can_quote_answer": (IssueState.TRIAGED, {"liaison", "deputy"}),
    "can_resubmit": (IssueState.RETURNED, {"staff", "manager"}),
    "can_edit": (IssueState.SUBMITTED, {"staff", "manager"}),
    "can_withdraw": (IssueState.ASSIGNED, {"staff", "manager"}),
    "can_consult": (
        IssueState.ASSIGNED,
        {"division", "division_head", "liaison", "deputy", "secretariat", "chief", "admin"},
    ),
    "can_answer_provisionally": (IssueState.CONSULTING, {"division", "division_head"}),
    "can_answer_officially": (IssueState.ASSIGNED, {"division_head", "chief"}),
    "can_close": (IssueState.ANSWERED, {"staff", "manager"}),
    "can_reopen": (IssueState.CLOSED, {"staff", "manager"}),
    "can_write_note": (
        IssueState.ASSIGNED,
        {"liaison", "deputy", "division", "division_head", "secretariat", "chief", "admin"},
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_move_it(stage, cast, verb):
    state, allowed = VERBS[verb]
    issue = make_issue(cast, state)

    may = {who for who, membership in vars(cast).items() if getattr(policy, verb)(actor_of(membership), issue)}

    # an association's or other body's member does not see the issue at all; of the rest exactly these may
    assert may == allowed


def test_a_liaison_of_another_post_has_no_part(stage, cast):
    issue = make_issue(cast)
    actor = actor_of(cast.other_liaison)

    assert not policy.can_triage(actor, issue)
    assert not policy.can_write_note(actor, issue)


def test_an_ended_assignment_ends_the_sight(stage, cast):
    issue = make_issue(cast)
    actor = actor_of(cast.liaison)
    assert policy.can_view(actor, issue, policy.Ties())

    without = replace(actor, post_ids=frozenset())

    assert not policy.can_view(without, issue, policy.Ties())
