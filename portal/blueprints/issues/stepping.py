"""What the pages of the steps share: the issue, the words of the step, the one template."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.blueprints.bundles.forms import ScopeFields
from portal.blueprints.bundles.scoping import show_scope
from portal.blueprints.issues import sentences
from portal.blueprints.issues.returning import page_of
from portal.bundles.states import BundleStep
from portal.core.events import Audience
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation
from portal.issues import queries
from portal.issues.models import Issue
from portal.web.access import current_actor
from portal.web.forms import PortalForm

Page = Response | tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the page of a step says: its h1, what happens, its button, and who will see what is written."""

    title: Any
    lead: Any
    button: Any
    audience: Audience | None = None


def open_step(number: str, can: Callable[[Actor, Issue], bool]) -> tuple[Actor, Issue]:
    """The issue for a step; a step that is not the actor's is refused.

    Only a POST from a page that was overtaken is left to the service, which says that the state has changed.
    """
    actor = current_actor()
    issue = queries.get_issue(actor, number)
    if request.form.get("version", str(issue.version)) == str(issue.version):
        authorize(can, actor, issue)
    return actor, issue


def show_step(
    number: str,
    form: PortalForm,
    words: Words,
    *,
    ministry: Organisation | None = None,
    step: BundleStep | None = None,
    template: str = "issues/step.html",
    **shown: Any,
) -> tuple[str, int]:
    """The page of the step. The issue is read again: a refused attempt has undone what it did.

    ``step`` is set where a bundled issue asks whether all of the bundle is meant.
    """
    issue = queries.get_issue(current_actor(), number)
    meant = show_scope(current_actor(), issue, step, form) if step and isinstance(form, ScopeFields) else None
    sees = sentences.audience_sentence(issue, words.audience, ministry) if words.audience else ""
    return render_template(
        template,
        issue=issue,
        form=form,
        words=words,
        sees=sees,
        sentences=sentences,
        meant=meant,
        back=page_of(number),
        **shown,
    ), form.status


def done(number: str, message: str) -> Response:
    """Back to the issue with what has happened."""
    flash(message)
    return redirect(page_of(number))
