"""Issue before the approval, with a reason; the approval afterwards by somebody else."""

import pytest

from portal.core.errors import Conflict, Forbidden, Invalid
from portal.dashboard.paper_tasks import UrgentAction
from portal.dashboard.tasks import list_tasks
from portal.directory.roles import Role
from portal.drafting import policy, queries, urgent
from portal.guidance import service
from portal.guidance.states import GuidanceState
from tests.factories.drafting import issue_paper_urgently
from tests.factories.guidance import due_in, make_approved, make_chief, make_draft, make_drafter, make_review
from tests.factories.people import actor_of, make_member
from tests.factories.revisions import issue_correction


@pytest.fixture
def head(arrange):
    """A head of the drafting division, who may write and sign."""
    with arrange():
        return make_member("juumin", Role.DIVISION, is_head=True, is_approver=True)


def test_the_only_one_there_issues_what_they_wrote_and_another_approves_later(arrange, head):
    with arrange():
        writer, chief = actor_of(head), actor_of(make_chief())
        paper = make_draft(writer)
        with pytest.raises(Invalid) as silent:
            issue_paper_urgently(writer, paper, reason=" ")
        assert silent.value.field == "reason"
        assert issue_paper_urgently(writer, paper) == paper.recipient_count > 1
        assert (paper.state, paper.document_number, paper.approver_person_id) == (
            GuidanceState.ISSUED,
            "総行住第90号",
            None,
        )
        found = queries.find_urgent(chief, paper)
        assert [task.action for task in list_tasks(writer).items] == []
        assert [task.action for task in list_tasks(chief).items] == [UrgentAction.APPROVE_LATER]
        with pytest.raises(Forbidden):
            urgent.approve_later(writer, paper, found)
        urgent.approve_later(chief, paper, found, remark="適切である。")
        assert (found.approved_by_person_id, found.remark) == (chief.person_id, "適切である。")
        assert list_tasks(chief).items == []
        with pytest.raises(Conflict):
            urgent.approve_later(chief, paper, found)


def test_whoever_refuses_says_why_once_and_it_may_be_approved_after_all(arrange, head):
    with arrange():
        writer, chief = actor_of(head), actor_of(make_chief())
        paper = make_draft(writer)
        issue_paper_urgently(writer, paper)
        found = queries.find_urgent(chief, paper)
        with pytest.raises(Invalid) as silent:
            urgent.refuse_later(chief, paper, found, reason=" ")
        assert silent.value.field == "remark"
        with pytest.raises(Forbidden):
            urgent.refuse_later(writer, paper, found, reason="誤り")
        urgent.refuse_later(chief, paper, found, reason="宛先が広すぎる。")
        assert [task.action for task in list_tasks(writer).items] == [UrgentAction.PUT_RIGHT]
        assert list_tasks(chief).items == []  # its own office puts it right
        assert (found.refusal_reason, paper.state) == ("宛先が広すぎる。", GuidanceState.ISSUED)
        assert list_tasks(chief).items == []
        with pytest.raises(Conflict):
            urgent.refuse_later(chief, paper, found, reason="もう一度")
        urgent.approve_later(chief, paper, found)
        with pytest.raises(Conflict):
            urgent.refuse_later(chief, paper, found, reason="やはり")


def test_a_refused_issue_is_a_task_until_it_is_corrected(arrange, head):
    with arrange():
        writer, chief = actor_of(head), actor_of(make_chief())
        paper = make_draft(writer)
        issue_paper_urgently(writer, paper)
        urgent.refuse_later(chief, paper, queries.find_urgent(chief, paper), reason="宛先が広すぎる。")
        task = list_tasks(writer).items[0]
        assert (task.subject_id, task.is_urgent) == (paper.id, True)
        issue_correction(paper)
        assert list_tasks(writer).items == []


def test_a_paper_that_was_abolished_before_its_approval_asks_none(arrange, head):
    with arrange():
        writer, chief = actor_of(head), actor_of(make_chief())
        paper = make_draft(writer)
        issue_paper_urgently(writer, paper)
        service.abolish_guidance(chief, paper, reason="不要となった。")
        found = queries.find_urgent(chief, paper)
        assert list_tasks(chief).items == []
        assert not policy.can_approve_later(chief, paper, found)


def test_what_every_issue_asks_holds_for_an_urgent_one(arrange, head):
    with arrange():
        writer = actor_of(head)
        for fields, field in (({"number": None}, "document_number"), ({"number": "七八号"}, "document_number")):
            with pytest.raises(Invalid) as caught:
                issue_paper_urgently(writer, make_draft(writer), **fields)
            assert caught.value.field == field
        with pytest.raises(Invalid) as soon:
            issue_paper_urgently(writer, make_draft(writer, reply_due_on=due_in(1)))
        assert soon.value.field == "short_due_reason"
        with pytest.raises(Invalid) as incomplete:
            issue_paper_urgently(writer, make_draft(writer, contact=" "))
        assert incomplete.value.field == "contact"
        with pytest.raises(Conflict):
            issue_paper_urgently(writer, make_draft(writer), fingerprint="0")


def test_only_who_signs_issues_urgently_and_only_what_is_not_approved(arrange, head):
    with arrange():
        drafter, signer = actor_of(make_drafter()), actor_of(head)
        paper = make_review(drafter)
        assert not policy.can_issue_urgently(drafter, paper)
        assert policy.can_issue_urgently(signer, paper)
        with pytest.raises(Forbidden):
            issue_paper_urgently(drafter, paper)
        with pytest.raises(Conflict):
            issue_paper_urgently(signer, make_approved())
        issue_paper_urgently(signer, paper)
        found = queries.find_urgent(signer, paper)
        assert not policy.can_approve_later(signer, paper, found)
        assert not policy.can_approve_later(actor_of(make_member("zaisei", Role.DIVISION, is_head=True)), paper, found)
