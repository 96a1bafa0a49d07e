"""What campaigns ask of somebody: to answer, to report, to compile, to publish, to look into."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.answering.own import SectionTask, list_section_tasks
from portal.campaigns import policy
from portal.campaigns.models import Campaign
from portal.campaigns.states import CampaignState
from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.enums import LabelledEnum
from portal.dashboard.campaigns import AreaPart, OwnPart, Steered, list_area_parts, list_own_parts, list_steered
from portal.directory.actor import Actor
from portal.directory.roles import Role

REPORT_WITHIN = 2  # business days in which figures that are old are to be renewed


class CampaignAction(LabelledEnum):
    """What a campaign asks of somebody."""

    ANSWER = ("answer", "回答する", "Answer")
    SECTION = ("section", "所属の分を回答する", "Answer for your section")
    CORRECT = ("correct", "差戻しを直す", "Correct what came back")
    REPORT = ("report", "進捗を登録する", "Report progress")
    NUMBER = ("number", "回答文書の番号を登録する", "Enter the reply's number")
    COMPILE = ("compile", "取りまとめる", "Compile")
    CALL = ("call", "未回答の団体を見る", "See who is silent")
    LOOK_INTO = ("look_into", "漏えい・紐付け誤りを確かめる", "Look into leaks and mislinks")
    PUBLISH = ("publish", "確認して公開する", "Check and publish")
    REVISE = ("revise", "差戻しを直す", "Revise the returned draft")
    PUBLISH_REPORTS = ("publish_reports", "報告を確認して公表する", "Check and publish reports")
    DECIDE_EXTENSIONS = ("decide_extensions", "期限延長を判断する", "Decide on later due dates")


@dataclass(frozen=True, kw_only=True)
class CampaignStep:
    """One step in one campaign: of how many procedures, bodies or requests, until when."""

    campaign: Campaign
    action: CampaignAction
    count: int
    due_on: date | None = None
    is_leak: bool = False

    @property
    def title(self) -> str:
        """The campaign's title; a drill says that it is one."""
        return self.campaign.shown_title


def list_campaign_steps(actor: Actor) -> list[CampaignStep]:
    """Everything that campaigns ask of the actor. One statement for headquarters, two for bodies, three for areas."""
    if actor.is_local:
        own = [step for part in list_own_parts(actor) for step in _of_own(part)] + _of_section(actor)
        return own + (_of_areas(actor, list_area_parts(actor)) if actor.is_prefecture else [])
    if actor.role is Role.LIAISON:
        return _of_areas(actor, list_area_parts(actor))
    if policy.can_build(actor):
        return [step for each in list_steered(actor) for step in _of_steered(actor, each)]
    return []


def _of_own(part: OwnPart) -> list[CampaignStep]:
    """What came back before what has never been answered; both lead to the same list."""
    campaign = part.campaign
    found = []
    if part.returned:
        found.append(_step(campaign, CampaignAction.CORRECT, part.returned, part.due_on))
    if part.owed > part.returned:
        found.append(_step(campaign, CampaignAction.ANSWER, part.owed - part.returned, part.due_on))
    if part.behind:
        found.append(_step(campaign, CampaignAction.REPORT, part.behind, _soon()))
    if part.lacks_reply_number:
        found.append(_step(campaign, CampaignAction.NUMBER, 0))
    return found


def _of_section(actor: Actor) -> list[CampaignStep]:
    """What the body has given to the actor's own section, with the earliest of its dues."""
    given: dict[int, list[SectionTask]] = {}
    for task in list_section_tasks(actor):
        given.setdefault(task.campaign.id, []).append(task)
    return [
        _step(
            tasks[0].campaign,
            CampaignAction.SECTION,
            len({task.entry.id for task in tasks}),
            min((task.due_on for task in tasks if task.due_on is not None), default=None),
        )
        for tasks in given.values()
    ]


def _of_areas(actor: Actor, parts: Iterable[AreaPart]) -> list[CampaignStep]:
    """Leaks first are the liaison's; compiling is the prefecture's."""
    found = []
    for part in parts:
        campaign = part.campaign
        if part.waiting and actor.is_prefecture:
            found.append(_step(campaign, CampaignAction.COMPILE, part.waiting, campaign.survey_due_on))
        if part.silent:
            found.append(_step(campaign, CampaignAction.CALL, part.silent, campaign.survey_due_on))
        if (part.leaks or part.mislinks > 0) and actor.role is Role.LIAISON:
            count = part.leaks or part.mislinks
            found.append(_step(campaign, CampaignAction.LOOK_INTO, count, is_leak=bool(part.leaks)))
    return found


def _of_steered(actor: Actor, each: Steered) -> list[CampaignStep]:
    campaign = each.campaign
    if policy.can_publish(actor, campaign):
        return [_step(campaign, CampaignAction.PUBLISH, 0)]
    if campaign.state is CampaignState.DRAFT and policy.can_edit(actor, campaign):
        wrote = not actor.person_ids.isdisjoint({campaign.author_person_id, campaign.editor_person_id})
        return [_step(campaign, CampaignAction.REVISE, 0)] if wrote else []
    found = []
    if each.reports:
        found.append(_step(campaign, CampaignAction.PUBLISH_REPORTS, each.reports))
    if each.asked and campaign.state is CampaignState.PUBLISHED and policy.can_steer(actor, campaign):
        found.append(_step(campaign, CampaignAction.DECIDE_EXTENSIONS, each.asked, campaign.survey_due_on))
    return found


def _step(
    campaign: Campaign, action: CampaignAction, count: int, due_on: date | None = None, *, is_leak: bool = False
) -> CampaignStep:
    return CampaignStep(campaign=campaign, action=action, count=count, due_on=due_on, is_leak=is_leak)


def _soon() -> date:
    return add_business_days(japan_date(clock.now()), REPORT_WITHIN)
