"""照査 and 合議: asked when a draft goes to review, marked by the office asked, awaited by the approval."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.guidance import policy, queries, reviewing, service
from portal.guidance.queries import WaitingAction
from portal.guidance.reviewing import ReviewWanted
from portal.guidance.states import GuidanceState, ReviewMark, ReviewStepKind
from portal.notifications.handlers import tellings_of
from tests.factories.guidance import make_chief, make_draft, make_drafter
from tests.factories.people import actor_of, make_member, organisation

NUMBER = "総行住第78号"


@pytest.fixture
def world(arrange):
    """A draft sent for review with a check and the concurrence of 財政課 and デジタル庁."""
    with arrange():
        people = {
            "drafter": make_drafter(),
            "colleague": make_drafter(),
            "chief": make_chief(),
            "zaisei": make_member("zaisei", Role.DIVISION, is_head=True),
            "zaisei staff": make_member("zaisei", Role.DIVISION),
            "digital": make_member("digital", Role.MINISTRY),
            "stranger": make_member("mynumber", Role.DIVISION, is_head=True),
        }
        paper = make_draft(actor_of(people["drafter"]))
        offices = (organisation("zaisei").id, organisation("digital").id)
        service.send_for_review(
            actor_of(people["drafter"]), paper, wanted=ReviewWanted(check=True, organisations=offices)
        )
        return {"people": people, "paper_id": paper.id}


def actor(world, name):
    return actor_of(world["people"][name])


def paper_of(world):
    return queries.get_guidance(actor(world, "chief"), world["paper_id"])


def step_of(world, kind=ReviewStepKind.CONCURRENCE, code="zaisei"):
    return next(
        step
        for step in reviewing.list_open_steps(paper_of(world))
        if step.kind is kind and (kind is ReviewStepKind.CHECK or step.organisation.code == code)
    )


def check(world, mark=ReviewMark.AGREED, **words):
    reviewing.mark_step(
        actor(world, "colleague"), paper_of(world), step_of(world, ReviewStepKind.CHECK), mark=mark, **words
    )


def concur(world, name, mark=ReviewMark.AGREED, **words):
    reviewing.mark_step(actor(world, name), paper_of(world), step_of(world, code=name), mark=mark, **words)


def test_the_approval_waits_for_every_office_asked(arrange, world):
    with arrange():
        chief = actor(world, "chief")
        check(world)
        concur(world, "zaisei", ReviewMark.REMARKED, text="様式の名称をそろえてください。")
        with pytest.raises(Invalid) as waiting:
            service.approve_guidance(chief, paper_of(world), document_number=NUMBER)
        assert waiting.value.params["who"] == organisation("digital").name
        concur(world, "digital")
        service.approve_guidance(chief, paper_of(world), document_number=NUMBER)
        assert paper_of(world).state is GuidanceState.APPROVED
        assert reviewing.list_open_steps(paper_of(world)) == []
        assert len(reviewing.list_steps(paper_of(world))) == 3


def test_an_objection_is_passed_over_only_with_a_reason(arrange, world):
    with arrange():
        chief = actor(world, "chief")
        check(world)
        concur(world, "digital")
        with pytest.raises(Invalid) as silent:
            concur(world, "zaisei", ReviewMark.OBJECTED, text=" ")
        assert silent.value.field == "text"
        concur(world, "zaisei", ReviewMark.OBJECTED, text="財源の手当てがない。")
        with pytest.raises(Invalid) as refused:
            service.approve_guidance(chief, paper_of(world), document_number=NUMBER)
        assert refused.value.field == "overruled_reason"
        service.approve_guidance(
            chief, paper_of(world), document_number=NUMBER, overruled_reason="法定の期限があるため"
        )
        objected = [step for step in reviewing.list_steps(paper_of(world)) if step.mark is ReviewMark.OBJECTED]
        assert [step.overruled_reason for step in objected] == ["法定の期限があるため"]


def test_a_check_that_objects_returns_the_draft_and_ends_the_round(arrange, world):
    with arrange():
        check(world, ReviewMark.OBJECTED, text="別紙の番号が合わない。")
        paper = paper_of(world)
        assert (paper.state, paper.return_reason) == (GuidanceState.DRAFT, "別紙の番号が合わない。")
        assert reviewing.list_open_steps(paper) == []
        service.send_for_review(actor(world, "drafter"), paper)
        service.approve_guidance(actor(world, "chief"), paper, document_number=NUMBER)


def test_only_the_office_asked_marks_and_never_the_writer(arrange, world):
    with arrange():
        paper, checking, concurring = paper_of(world), step_of(world, ReviewStepKind.CHECK), step_of(world)
        may = {
            name: tuple(policy.can_mark(actor(world, name), paper, step) for step in (checking, concurring))
            for name in world["people"]
        }
        assert may == {
            "drafter": (False, False),
            "colleague": (True, False),
            "chief": (False, False),
            "zaisei": (False, True),
            "zaisei staff": (False, False),
            "digital": (False, False),
            "stranger": (False, False),
        }
        with pytest.raises(Forbidden):
            reviewing.mark_step(actor(world, "zaisei staff"), paper_of(world), concurring, mark=ReviewMark.AGREED)
        waiting = {
            name: [each.action for each in queries.list_waiting_for(actor(world, name))] for name in world["people"]
        }
        assert waiting == {
            "drafter": [],
            "colleague": [WaitingAction.CHECK],
            "chief": [],  # until all have answered
            "zaisei": [WaitingAction.CONCUR],
            "zaisei staff": [],
            "digital": [WaitingAction.CONCUR],
            "stranger": [],
        }


def test_the_offices_asked_see_the_draft_and_the_twins_agree(arrange, world):
    with arrange():
        paper = paper_of(world)
        viewers = {membership.id for membership in policy_viewers(paper)}
        asked = {step.organisation_id for step in reviewing.list_steps(paper)}
        for name, membership in world["people"].items():
            who = actor(world, name)
            can = policy.can_view(who, paper, is_addressed=False, is_asked=who.organisation_id in asked)
            assert can is (membership.id in viewers), name
            assert can is (name != "stranger"), name


def policy_viewers(paper):
    """The memberships that may see the paper."""
    return db.session.scalars(policy.viewers_of(paper)).all()


def test_a_mark_may_change_until_the_approval_and_the_drafter_may_ask_no_longer(arrange, world):
    with arrange():
        concur(world, "zaisei", ReviewMark.OBJECTED, text="財源の手当てがない。")
        concur(world, "zaisei")
        drafter, zaisei = actor(world, "drafter"), step_of(world)
        with pytest.raises(Conflict):
            reviewing.withdraw_step(drafter, paper_of(world), zaisei)
        with pytest.raises(Forbidden):
            reviewing.withdraw_step(actor(world, "stranger"), paper_of(world), step_of(world, code="digital"))
        reviewing.withdraw_step(drafter, paper_of(world), step_of(world, code="digital"))
        check(world)
        assert [each.action for each in queries.list_waiting_for(actor(world, "chief"))] == [WaitingAction.APPROVE]
        service.approve_guidance(actor(world, "chief"), paper_of(world), document_number=NUMBER)
        with pytest.raises(Conflict):
            reviewing.mark_step(actor(world, "zaisei"), paper_of(world), zaisei, mark=ReviewMark.AGREED)


def test_an_office_that_cannot_concur_is_refused(arrange):
    with arrange():
        drafter = actor_of(make_drafter())
        for office in ("152226", "juumin"):
            with pytest.raises(Invalid) as caught:
                service.send_for_review(
                    drafter, make_draft(drafter), wanted=ReviewWanted(organisations=(organisation(office).id,))
                )
            assert caught.value.field == "organisations"


def test_the_approver_is_told_when_nobody_is_waited_for(arrange, world):
    with arrange():
        check(world)
        concur(world, "digital")
        concur(world, "zaisei")
    with arrange():
        marked = db.session.scalars(
            sa.select(EventRecord).where(EventRecord.kind == "review_step_marked").order_by(EventRecord.id)
        ).all()
        assert len(marked) == 3
        assert [telling.reason for telling in tellings_of(marked[-1])] == ["drafter", "approver"]
