"""Issues: the queue, the page of one issue, its files and following it."""

import re

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.issues import sentences
from portal.blueprints.issues.composing import locale
from portal.blueprints.issues.filtering import make_filter
from portal.blueprints.issues.returning import page_of, queue_with
from portal.blueprints.issues.showing import show_issue
from portal.blueprints.workbench.offering import list_offers
from portal.issues import policy, queries, service
from portal.notifications.service import reading_of_subject
from portal.targets.queries import get_closures
from portal.web import access
from portal.web.access import current_actor
from portal.web.business_days import count_by
from portal.web.noting import note
from portal.web.uploads import send_attachment
from portal.workbench.board import count_board, list_board
from portal.workbench.filters import condition_of
from portal.workbench.queries import list_filters

bp = Blueprint("issues", __name__, url_prefix="/issues")


@bp.get("")
@access.signed_in
def index() -> str | Response:
    """The queue: who holds what, for how long, and what is due; asked for nothing, it opens with one's default."""
    actor = current_actor()
    kept = list_filters(actor)
    default = next((each for each in kept if each.is_default), None)
    if default is not None and not request.args:
        return redirect(queue_with(default.arguments))
    form, chosen, view = make_filter(actor)
    count_by(get_closures())
    is_plain = not set(request.args) - {"view", "cursor", "open"}
    return render_template(
        "issues/index.html",
        form=form,
        actor=actor,
        view=view,
        sentences=sentences,
        locale=locale(),
        page=list_board(actor, chosen, cursor=request.args.get("cursor")),
        total=count_board(actor, chosen),
        is_plain=is_plain,
        kept=kept,
        condition=condition_of(request.args.to_dict(flat=False)),
        offers=list_offers(actor),
        opened=_opened(),
        can_create=policy.can_create(actor),
        drafts=queries.list_drafts(actor) if is_plain and policy.can_create(actor) else [],
    )


@bp.get("/<string:number>")
@access.signed_in
def show(number: str) -> str:
    """One issue; that the person has read it is remembered."""
    actor = current_actor()
    issue, is_following = queries.get_issue_to_show(actor, number)
    note(service.reading_of_issue(actor, issue), reading_of_subject(actor, "issue", issue.id))
    return show_issue(actor, issue, is_following=is_following)


@bp.get("/<string:number>/attachments/<int:attachment_id>")
@access.signed_in
def attachment(number: str, attachment_id: int) -> Response:
    """Download a file of the issue or of a post; the right to see it is asked each time."""
    actor = current_actor()
    return send_attachment(queries.get_attachment(actor, queries.get_issue(actor, number), attachment_id))


@bp.post("/<string:number>/follow")
@access.signed_in
def follow(number: str) -> Response:
    """Hear of what happens to it."""
    actor = current_actor()
    service.follow_issue(actor, queries.get_issue(actor, number))
    flash(gettext("フォローしました。動きがあると受信箱に届きます。"))
    return redirect(page_of(number))


@bp.post("/<string:number>/unfollow")
@access.signed_in
def unfollow(number: str) -> Response:
    """Hear no more of it."""
    actor = current_actor()
    service.unfollow_issue(actor, queries.get_issue(actor, number))
    flash(gettext("フォローをやめました。"))
    return redirect(page_of(number))


def _opened() -> str | None:
    """The number of the issue that stands beside the list; anything else in the address opens nothing."""
    number = request.args.get("open", "")
    return number if re.fullmatch(r"R\d{1,2}-[A-Z]-\d{6,8}", number) else None
