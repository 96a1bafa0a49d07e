"""The page of one phone note or hearing, and what is done with it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.home.links import named
from portal.blueprints.issues.composing import content_of, make_issue_form
from portal.blueprints.issues.forms import IssueForm
from portal.blueprints.liaison.filling import promise_of
from portal.blueprints.liaison.forms import CorrectionForm, PromiseForm
from portal.blueprints.liaison.routes import Page, bp
from portal.core.events import Audience
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance.queries import find_guidance_by_ids
from portal.issues.queries import list_linked_issues
from portal.liaison import policy, queries, service
from portal.liaison.models import Contact, HearingItem
from portal.links.queries import list_linked
from portal.notifications.service import reading_of_subject
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.noting import note

__all__ = ["bp"]
_LONGEST_TITLE = 60


@bp.get("/contacts/<int:contact_id>")
@access.signed_in
def contact(contact_id: int) -> str:
    """A phone note or a hearing: what was said, what the body answers, what was promised."""
    actor = current_actor()
    shown = queries.get_contact(actor, contact_id)
    note(reading_of_subject(actor, "contact", shown.id))
    linked = list_linked("contact", shown.id)
    return render_template(
        "liaison/contact.html",
        contact=shown,
        body=shown.organisation,
        actor=actor,
        named=named,
        issues=list_linked_issues(actor, linked.get("issue", [])),
        guidance=find_guidance_by_ids(actor, linked["guidance"]) if "guidance" in linked else [],
        sees_internal=policy.sees_internal(actor),
        can_confirm=policy.can_confirm(actor, shown),
        can_record=policy.can_record(actor, shown.organisation),
        is_public=shown.audience is Audience.PUBLIC,
        confirmed_by=queries.confirmed_by(shown),
    )


@bp.post("/contacts/<int:contact_id>/confirm")
@access.signed_in
def confirm(contact_id: int) -> Response:
    """The body says that the record is right."""
    actor = current_actor()
    service.confirm_contact(actor, queries.get_contact(actor, contact_id))
    flash(gettext("記録を確認しました。リエゾンに伝わります。"))
    return redirect(url_for("liaison.contact", contact_id=contact_id))


@bp.route("/contacts/<int:contact_id>/correct", methods=["GET", "POST"])
@access.signed_in
def correct(contact_id: int) -> Page:
    """The body puts its own words beside the record."""
    actor = current_actor()
    shown = queries.get_contact(actor, contact_id)
    form = CorrectionForm()
    if not form.is_submitted():
        authorize(policy.can_confirm, actor, shown)
    if form.validate_on_submit():
        with attempting(form):
            service.correct_contact(
                actor, shown, text=form.text.data or "", confirmed=bool(form.my_number_confirmed.data)
            )
            flash(gettext("訂正を記録しました。リエゾンに伝わります。"))
            return redirect(url_for("liaison.contact", contact_id=contact_id))
    shown = queries.get_contact(actor, contact_id)
    authorize(policy.can_confirm, actor, shown)
    return render_template("liaison/correct.html", form=form, contact=shown, body=shown.organisation, named=named), (
        form.status
    )


@bp.route("/contacts/<int:contact_id>/promises/new", methods=["GET", "POST"])
@access.requires(policy.can_work)
def new_promise(contact_id: int) -> Page:
    """Promise something more."""
    actor, shown = _recorded(contact_id)
    form = PromiseForm()
    if form.validate_on_submit():
        with attempting(form):
            service.add_promise(actor, shown, promise_of(form), confirmed=bool(form.my_number_confirmed.data))
            flash(gettext("約束を追加しました。"))
            return redirect(url_for("liaison.contact", contact_id=contact_id))
    shown = queries.get_contact(actor, contact_id)
    return (
        render_template("liaison/new_promise.html", form=form, contact=shown, body=shown.organisation, named=named),
        form.status,
    )


@bp.post("/contacts/<int:contact_id>/promises/<int:promise_id>/keep")
@access.requires(policy.can_work)
def keep_promise(contact_id: int, promise_id: int) -> Response:
    """Mark a promise done."""
    actor, shown = _recorded(contact_id)
    service.keep_promise(actor, shown, queries.get_promise(shown, promise_id))
    flash(gettext("約束を完了にしました。"))
    return redirect(url_for("liaison.contact", contact_id=contact_id))


@bp.route("/contacts/<int:contact_id>/items/<int:item_id>/raise", methods=["GET", "POST"])
@access.requires(policy.can_work)
def raise_issue(contact_id: int, item_id: int) -> Page:
    """Make an issue of the body of one point of the hearing."""
    actor, shown = _recorded(contact_id)
    item = queries.get_item(shown, item_id)
    form = _issue_form(actor, shown, item)
    if form.validate_on_submit():
        with attempting(form):
            issue = service.raise_issue(
                actor, shown, item, content_of(form), confirmed=bool(form.my_number_confirmed.data)
            )
            flash(gettext("%(number)sとして登録しました。団体も自分の課題として続けられます。", number=issue.number))
            return redirect(url_for("issues.show", number=issue.number))
    shown = queries.get_contact(actor, contact_id)
    return (
        render_template(
            "liaison/raise_issue.html",
            form=form,
            contact=shown,
            item=queries.get_item(shown, item_id),
            body=shown.organisation,
            named=named,
        ),
        form.status,
    )


def _recorded(contact_id: int) -> tuple[Actor, Contact]:
    """The actor and a contact whose body's contacts they record."""
    actor = current_actor()
    shown = queries.get_contact(actor, contact_id)
    authorize(policy.can_record, actor, shown.organisation)
    return actor, shown


def _issue_form(actor: Actor, shown: Contact, item: HearingItem) -> IssueForm:
    """The form of an issue with the point as its text; the body is the hearing's."""
    form = make_issue_form(actor)
    if not form.is_submitted():
        first = item.text.splitlines()[0] if item.text else ""
        filled: dict[str, Any] = {
            "title": first if len(first) <= _LONGEST_TITLE else first[: _LONGEST_TITLE - 1] + "…",
            "body": item.text,
        }
        for name, value in filled.items():
            form[name].data = value
    return form
