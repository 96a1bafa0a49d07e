"""Where the button of a task leads."""

from flask import url_for

from portal.dashboard.tasks import Task
from portal.web.filters import find_url

_PAGES: dict[str, tuple[str, str]] = {
    "issue": ("issues.show", "issue_id"),
    "guidance": ("guidance.show", "guidance_id"),
    "qa_entry": ("knowledge.show", "entry_id"),
}
_STEPS: dict[tuple[str, str], str] = {
    ("guidance", "receive"): "guidance.receive",
    ("guidance", "respond"): "guidance.respond",
    ("guidance", "approve"): "guidance.approve",
    ("guidance", "issue"): "guidance.issue",
    ("guidance", "revise"): "guidance.edit",
    ("qa_entry", "revise"): "knowledge.edit",
}


def thing_url(task: Task) -> str:
    """The page of the thing itself."""
    endpoint, name = _PAGES[task.subject_kind]
    return find_url(endpoint, **{name: task.subject_id}) or url_for("home.index")


def step_url(task: Task) -> str:
    """The page where the step is taken, else the thing's own page."""
    endpoint = _STEPS.get((task.subject_kind, str(task.action.value)))
    name = _PAGES[task.subject_kind][1]
    found = find_url(endpoint, **{name: task.subject_id}) if endpoint else None
    return found or thing_url(task)
