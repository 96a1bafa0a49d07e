"""The workbench beside the queue: the issue's pane, and who takes charge of an issue."""

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.issues.returning import page_of
from portal.blueprints.issues.showing import show_issue
from portal.blueprints.workbench.forms import HandOverForm
from portal.directory.authorize import authorize
from portal.issues import queries
from portal.issues.service import reading_of_issue
from portal.notifications.service import reading_of_subject
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.noting import note
from portal.web.typed import typed_id
from portal.workbench import claims, policy
from portal.workbench.queries import find_in_charge, list_colleagues

bp = Blueprint("workbench", __name__, url_prefix="/issues")


@bp.get("/<string:number>/pane")
@access.signed_in
def pane(number: str) -> str:
    """The page of the issue without its frame, to stand beside the queue; that it was read is remembered."""
    actor = current_actor()
    issue, is_following = queries.get_issue_to_show(actor, number)
    note(reading_of_issue(actor, issue), reading_of_subject(actor, "issue", issue.id))
    return show_issue(actor, issue, is_following=is_following, layout="workbench/pane.html")


@bp.post("/<string:number>/claim")
@access.signed_in
def claim(number: str) -> Response:
    """Take charge of it for one's team."""
    actor = current_actor()
    claims.claim_issue(actor, queries.get_issue(actor, number))
    flash(gettext("担当になりました。同じ担当の人にも表示されます。"))
    return redirect(page_of(number))


@bp.post("/<string:number>/release")
@access.signed_in
def release(number: str) -> Response:
    """Nobody of the team is in charge any more."""
    actor = current_actor()
    claims.release_claim(actor, queries.get_issue(actor, number), seen=typed_id(request.form.get("seen")))
    flash(gettext("担当を外しました。"))
    return redirect(page_of(number))


@bp.route("/<string:number>/hand-over", methods=["GET", "POST"])
@access.signed_in
def hand_over(number: str) -> Response | tuple[str, int]:
    """Put a colleague of the team in charge."""
    actor = current_actor()
    issue = queries.get_issue(actor, number)
    authorize(policy.can_change_claim, actor, issue)
    team_id = policy.team_of(actor, issue)
    held = next((each for each in find_in_charge(actor, [issue]).get(issue.id, ()) if each.team_id == team_id), None)
    form = HandOverForm(data={"seen": held.membership_id if held else ""})
    colleagues = list_colleagues(actor, issue)
    form.membership_id.choices = [row for row in colleagues if held is None or row[0] != held.membership_id]
    if form.validate_on_submit():
        with attempting(form):
            name = claims.hand_over_issue(
                actor, issue, membership_id=form.membership_id.data, seen=typed_id(form.seen.data)
            )
            flash(gettext("%(name)sさんに引き継ぎました。", name=name))
            return redirect(page_of(number))
    page = render_template("workbench/hand_over.html", form=form, issue=issue, held=held, back=page_of(number))
    return page, form.status
