"""Whom the events of an issue reach, and whom they must not."""

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.directory.models import LiaisonAssignment, Membership
from portal.issues import service
from portal.issues.models import Consultation
from portal.issues.states import IssueState, Leak
from portal.notifications.models import Delivery, MailMode, Notification
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of


@pytest.fixture
def told(arrange, tell):
    """Tell what happened since; by the name in the cast, each person's kinds of lines that need action, and others."""

    def block(cast) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        tell()
        names = {getattr(cast, name).person_id: name for name in cast.__dataclass_fields__}
        to_do: dict[str, list[str]] = {}
        to_know: dict[str, list[str]] = {}
        with arrange():
            for line in db.session.scalars(sa.select(Notification).order_by(Notification.id)):
                group = to_do if line.needs_action else to_know
                group.setdefault(names[line.person_id], []).append(line.kind)
            db.session.execute(sa.delete(Delivery))
            db.session.execute(sa.delete(Notification))
        return to_do, to_know

    return block


def test_submission_asks_the_liaisons_and_lets_manager_and_prefecture_know(arrange, told):
    with arrange():
        cast = make_cast()
        make_issue(cast)
    to_do, to_know = told(cast)

    assert to_do == {"liaison": ["issue_submitted"], "deputy": ["issue_submitted"]}
    assert to_know == {"manager": ["issue_submitted"], "prefecture": ["issue_submitted"]}


def test_issue_that_is_not_shared_stays_unknown_to_the_prefecture(arrange, told):
    with arrange():
        cast = make_cast()
        make_issue(cast, is_shared_with_prefecture=False)
    _, to_know = told(cast)

    assert "prefecture" not in to_know


def test_leak_alerts_secretariat_and_administrators_at_once(arrange, tell):
    with arrange():
        cast = make_cast()
        make_issue(cast, leak=Leak.SUSPECTED)
    tell()

    with arrange():
        lines = {line.person_id: line for line in db.session.scalars(sa.select(Notification))}
        for person in (cast.secretariat, cast.chief, cast.admin, cast.liaison):
            assert (lines[person.person_id].is_urgent, lines[person.person_id].mode) == (True, MailMode.AT_ONCE)
        assert not lines[cast.prefecture.person_id].is_urgent


def test_ownerless_issue_goes_to_the_secretariat(arrange, told):
    with arrange():
        cast = make_cast()
        db.session.execute(sa.update(LiaisonAssignment).values(ends_at=clock.now()))
        make_issue(cast)
    to_do, _ = told(cast)

    assert set(to_do) == {"secretariat", "chief"}


def test_association_reaches_the_secretariat(arrange, told):
    with arrange():
        cast = make_cast()
        make_issue(cast, by=cast.association)
    to_do, to_know = told(cast)

    assert set(to_do) == {"secretariat", "chief"}
    assert to_know == {}


def test_return_asks_whoever_submitted(arrange, told):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast)
    told(cast)
    with arrange():
        service.return_issue(actor_of(cast.liaison), fresh(issue), reason="内訳を教えてください。")
    to_do, to_know = told(cast)

    assert to_do == {"staff": ["issue_returned"]}
    assert set(to_know) == {"manager", "prefecture"}


def test_colleagues_take_over_when_the_submitter_has_left(arrange, told):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast)
    told(cast)
    with arrange():
        db.session.execute(sa.update(Membership).where(Membership.id == cast.staff.id).values(ends_at=clock.now()))
    with arrange():
        service.return_issue(actor_of(cast.liaison), fresh(issue), reason="内訳を教えてください。")
    to_do, _ = told(cast)

    assert set(to_do) == {"manager"}


def test_routing_asks_the_division_and_answers_reach_the_body(arrange, told):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.TRIAGED)
    told(cast)
    with arrange():
        service.route_issue(actor_of(cast.liaison), fresh(issue))
    to_do, to_know = told(cast)
    assert set(to_do) == {"division", "division_head"}
    assert set(to_know) == {"staff"}

    with arrange():
        service.accept_issue(actor_of(cast.division), fresh(issue))
        service.answer_officially(actor_of(cast.division_head), fresh(issue), text="番号の前に記号を付けてください。")
    to_do, to_know = told(cast)
    assert to_do == {}
    assert "official_answer_given" in to_know["staff"]
    assert "official_answer_given" in to_know["prefecture"]
    assert "other_body" not in to_know


def test_consultation_is_known_to_headquarters_and_that_ministry_alone(arrange, told):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.CONSULTING)
    told(cast)
    with arrange():
        asked = db.session.scalars(sa.select(Consultation)).one()
        service.reply_to_consultation(actor_of(cast.ministry), fresh(issue), asked, text="差し支えありません。")
    to_do, to_know = told(cast)

    assert set(to_do) == {"division", "division_head"}
    assert set(to_know) <= {"liaison", "deputy"}
    with arrange():
        asked = service.consult_ministry(
            actor_of(cast.liaison), fresh(issue), ministry_id=cast.other_ministry.organisation_id, question="所管は。"
        )
        service.withdraw_consultation(actor_of(cast.liaison), fresh(issue), asked, reason="不要になりました。")
    _, to_know = told(cast)
    assert "consultation_withdrawn" in to_know["other_ministry"]
    assert {"ministry", "staff", "prefecture"}.isdisjoint(to_know)


def test_internal_note_reaches_nobody_outside_headquarters(arrange, told):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.CONSULTING)
        for follower in (cast.staff, cast.prefecture, cast.ministry):
            service.follow_issue(actor_of(follower), issue)
    told(cast)
    with arrange():
        service.write_note(actor_of(cast.liaison), fresh(issue), text="慎重に。")
    to_do, to_know = told(cast)

    assert to_do == {}
    assert set(to_know) == {"deputy", "division", "division_head"}


def test_reply_of_the_body_reaches_the_holder_and_of_headquarters_the_body(arrange, told):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast)
    told(cast)
    with arrange():
        service.post_reply(actor_of(cast.staff), fresh(issue), text="追加の情報です。")
    _, to_know = told(cast)
    assert set(to_know) == {"liaison", "deputy"}

    with arrange():
        service.post_reply(actor_of(cast.liaison), fresh(issue), text="確認します。")
    _, to_know = told(cast)
    assert set(to_know) == {"staff", "deputy"}


def test_reply_is_known_to_the_writers_own_side_too(arrange, told):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
    told(cast)
    with arrange():
        service.post_reply(actor_of(cast.liaison), fresh(issue), text="確認します。")
    _, to_know = told(cast)
    assert set(to_know) == {"staff", "deputy", "division", "division_head"}

    with arrange():
        service.post_reply(actor_of(cast.manager), fresh(issue), text="追加の情報です。")
    _, to_know = told(cast)
    assert set(to_know) == {"staff", "liaison", "deputy", "division", "division_head"}


def fresh(issue):
    """The issue in this transaction."""
    return db.session.get(type(issue), issue.id, populate_existing=True)
