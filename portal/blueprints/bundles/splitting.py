"""Splitting part of an issue off into an issue of its own."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.bundles.bulk import bp
from portal.blueprints.bundles.forms import SplitForm
from portal.blueprints.issues import sentences
from portal.blueprints.issues.composing import fill_topics
from portal.bundles import policy, service
from portal.core.errors import NotFound
from portal.directory.authorize import authorize
from portal.issues.models import Issue
from portal.issues.queries import get_issue
from portal.issues.states import Leak, Urgency
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]


@bp.route("/<string:number>/split", methods=["GET", "POST"])
@access.signed_in
def split(number: str) -> Response | tuple[str, int]:
    """Make a new issue of part of this one; ``?post=…`` begins with that post instead of the report."""
    actor = current_actor()
    issue = get_issue(actor, number)
    authorize(policy.can_split, actor, issue)
    form = SplitForm(data=_start(issue))
    fill_topics(form)
    if form.validate_on_submit():
        with attempting(form):
            new = service.split_issue(
                actor,
                issue,
                service.SplitContent(
                    title=form.title.data or "",
                    body=form.body.data or "",
                    theme_id=form.theme_id.data,
                    sub_topic_id=form.sub_topic_id.data,
                    leak=form.leak.data or Leak.NO,
                    urgency=form.urgency.data or Urgency.NORMAL,
                    impact_count=form.impact_count.data,
                ),
                confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("%(number)sとして分けました。提出した団体の担当者にも知らせます。", number=new.number))
            return redirect(url_for("issues.show", number=new.number))
    return render_template(
        "bundles/split.html", form=form, issue=get_issue(actor, number), sentences=sentences
    ), form.status


def _start(issue: Issue) -> dict[str, object]:
    return {
        "theme_id": issue.theme_id,
        "body": service.quote_of(
            issue, service.get_quotable_post(issue, _post_id()) if "post" in request.args else None
        ),
        "leak": issue.leak,
        "urgency": issue.urgency,
    }


def _post_id() -> int:
    asked = request.args.get("post", "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 15:
        raise NotFound
    return int(asked)
