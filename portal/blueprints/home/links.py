"""Where a task leads, and how its sender and the holder of an issue are called."""

from flask import url_for
from flask_babel import gettext

from portal.core.enums import LabelledEnum
from portal.dashboard.task import Task
from portal.directory.models import Organisation
from portal.issues.models import Issue
from portal.issues.states import Holder
from portal.web.filters import find_url, label
from portal.web.locale import is_english

_PAGES: dict[str, tuple[str, str, str]] = {  # kind: endpoint, its parameter, the task's attribute
    "issue": ("issues.show", "number", "number"),
    "guidance": ("guidance.show", "guidance_id", "subject_id"),
    "qa_entry": ("knowledge.show", "entry_id", "subject_id"),
    "campaign": ("campaigns.show", "campaign_id", "subject_id"),
    "contact": ("liaison.contact", "contact_id", "subject_id"),
    "circulation": ("circulation.show", "guidance_id", "subject_id"),
    "part": ("circulation.part", "part_id", "subject_id"),
}
_STEPS: dict[tuple[str, str], str] = {
    ("guidance", "receive"): "guidance.receive",
    ("guidance", "respond"): "guidance.respond",
    ("guidance", "approve"): "guidance.approve",
    ("guidance", "issue"): "guidance.issue",
    ("guidance", "revise"): "guidance.edit",
    ("guidance", "forward"): "forwarding.forward",
    ("guidance", "check"): "drafting.review",
    ("guidance", "concur"): "drafting.review",
    ("guidance", "approve_later"): "drafting.approve_later",
    ("guidance", "approve_correction"): "revisions.correction",
    ("guidance", "decide_extensions"): "extensions.index",
    ("circulation", "confirm"): "circulation.confirm",
    ("qa_entry", "revise"): "knowledge.edit",
    ("campaign", "answer"): "answering.index",
    ("campaign", "section"): "answering.index",
    ("campaign", "correct"): "answering.index",
    ("campaign", "number"): "answering.index",
    ("campaign", "report"): "inspections.index",
    ("campaign", "compile"): "answering.compile",
    ("campaign", "call"): "answering.matrix",
    ("campaign", "look_into"): "inspections.index",
    ("campaign", "publish"): "campaigns.publish",
    ("campaign", "revise"): "campaigns.edit",
    ("campaign", "publish_reports"): "reporting.index",
    ("campaign", "decide_extensions"): "answering.extensions",
}


def thing_url(task: Task) -> str:
    """The page of the thing itself."""
    return _url(task, _PAGES[task.subject_kind][0]) or url_for("home.index")


def step_url(task: Task) -> str:
    """The page where the step is taken, else the thing's own page."""
    endpoint = _STEPS.get((task.subject_kind, str(task.action.value)))
    return (_url(task, endpoint, **task.step) if endpoint else None) or thing_url(task)


def named(party: Organisation | LabelledEnum | str | None) -> str:
    """The name of an organisation in the page's language, a role's label, or the text as it is."""
    if isinstance(party, LabelledEnum):
        return label(party)
    if isinstance(party, Organisation):
        return (party.name_en or party.name) if is_english() else party.name
    return party or ""


def holder_of(issue: Issue) -> str:
    """Who has the ball: a liaison by the post in their charge, everyone else by the organisation."""
    if issue.holder is Holder.LIAISON:
        return str(gettext("リエゾン（%(post)s担当）", post=named(issue.holder_organisation or issue.organisation)))
    return named(issue.holder_organisation) or label(issue.holder)


def _url(task: Task, endpoint: str, **more: int) -> str | None:
    _, parameter, attribute = _PAGES[task.subject_kind]
    return find_url(endpoint, **{parameter: getattr(task, attribute)}, **more)
