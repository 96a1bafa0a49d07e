"""What guidance asks of somebody, from its draft to the body's answer."""

from collections.abc import Iterable
from datetime import date, datetime

from portal.circulation.waiting import Collections, list_collections
from portal.core.calendar import japan_date
from portal.core.enums import LabelledEnum
from portal.dashboard.issued_papers import InForce, list_in_force
from portal.dashboard.task import Task
from portal.directory.actor import Actor
from portal.drafting import queries as drafting_queries
from portal.drafting.models import UrgentIssue
from portal.forwarding import queries as forwarding_queries
from portal.guidance import queries as guidance_queries
from portal.guidance.models import Guidance
from portal.guidance.queries import WaitingAction


class ForwardAction(LabelledEnum):
    """What a paper on its way through the prefecture asks of it."""

    FORWARD = ("forward", "管内に転送する", "Hand it on")


class UrgentAction(LabelledEnum):
    """What a paper that went out before its approval asks of somebody."""

    APPROVE_LATER = ("approve_later", "緊急発出を決裁する", "Approve the urgent issue")
    PUT_RIGHT = ("put_right", "決裁されなかった緊急発出に対応する", "Act on the refused urgent issue")


class CorrectionAction(LabelledEnum):
    """What a correction asks of somebody."""

    APPROVE_CORRECTION = ("approve_correction", "訂正を決裁する", "Approve the correction")


class ExtensionAction(LabelledEnum):
    """What requests for a later due date ask of somebody."""

    DECIDE_EXTENSIONS = ("decide_extensions", "期限延長を判断する", "Decide on later due dates")


def list_paper_tasks(actor: Actor, *, limit: int) -> list[Task]:
    """What papers ask of the actor; each statement is left out for those whom it does not concern."""
    collections = list_collections(actor, limit=limit)
    in_force = list_in_force(actor, limit=limit)
    return [
        *_of_guidance(guidance_queries.list_waiting_for(actor, limit=limit), collections),
        *_of_collections(collections),
        *_of_urgent(drafting_queries.list_unapproved(actor, limit=limit)),
        *_of_corrections(in_force),
        *_of_extensions(in_force),
        *_of_refused(in_force),
        *_of_forwarding(forwarding_queries.list_waiting_for(actor, limit=limit)),
    ]


def _of_guidance(waiting: Iterable[guidance_queries.Waiting], collections: Collections) -> list[Task]:
    """A paper to which the body collects its answer is answered there."""
    return [
        _of_paper(each.guidance, each.action, due_on=each.due_on, since=each.since)
        for each in waiting
        if each.action is not WaitingAction.RESPOND or each.guidance.id not in collections.guidance_ids
    ]


def _of_collections(collections: Collections) -> list[Task]:
    found = []
    for step in collections.steps:
        paper = step.circulation.guidance
        kind, subject_id = ("circulation", paper.id) if step.part is None else ("part", step.part.id)
        found.append(
            Task(
                subject_kind=kind,
                subject_id=subject_id,
                number=paper.document_number,
                title=paper.title,
                sender=paper.sender if step.part is None else step.circulation.section_name,
                action=step.action,
                due_on=step.due_on,
                since=step.since,
            )
        )
    return found


def _of_urgent(waiting: Iterable[UrgentIssue]) -> list[Task]:
    return [
        _of_paper(each.guidance, UrgentAction.APPROVE_LATER, since=each.issued_at, is_urgent=True) for each in waiting
    ]


def _of_corrections(papers: Iterable[InForce]) -> list[Task]:
    return [
        _of_paper(
            each.guidance,
            CorrectionAction.APPROVE_CORRECTION,
            since=each.correction.updated_at,
            step={"number": each.correction.number},
        )
        for each in papers
        if each.correction is not None
    ]


def _of_extensions(papers: Iterable[InForce]) -> list[Task]:
    """To be decided before the due that they ask to put off."""
    return [
        _of_paper(
            each.guidance,
            ExtensionAction.DECIDE_EXTENSIONS,
            due_on=each.guidance.reply_due_on,
            since=each.asked_since,
            count=each.asked,
        )
        for each in papers
        if each.asked
    ]


def _of_refused(papers: Iterable[InForce]) -> list[Task]:
    return [
        _of_paper(each.guidance, UrgentAction.PUT_RIGHT, since=each.refused_since, is_urgent=True)
        for each in papers
        if each.refused_since
    ]


def _of_forwarding(papers: Iterable[Guidance]) -> list[Task]:
    """Due when the portal would hand the paper on by itself."""
    held = [(each, forwarding_queries.handed_on_by(each)) for each in papers]
    return [
        _of_paper(each, ForwardAction.FORWARD, due_on=japan_date(by) if by else None, since=each.issued_at)
        for each, by in held
    ]


def _of_paper(
    paper: Guidance,
    action: LabelledEnum,
    *,
    since: datetime | None,
    due_on: date | None = None,
    is_urgent: bool = False,
    count: int = 0,
    step: dict[str, int] | None = None,
) -> Task:
    return Task(
        subject_kind="guidance",
        subject_id=paper.id,
        number=paper.document_number,
        title=paper.title,
        sender=paper.sender,
        action=action,
        due_on=due_on,
        since=since,
        is_urgent=is_urgent,
        count=count,
        step=step or {},
    )
