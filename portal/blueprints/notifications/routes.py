"""The inbox, the mail settings, and the one-click unsubscribe of mails."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from portal.blueprints.notifications.forms import PreferencesForm
from portal.core.pagination import Page
from portal.notifications import preferences as choices
from portal.notifications import service
from portal.notifications.queries import InboxLine, InboxView, list_inbox
from portal.web import access
from portal.web.access import current_actor, local_path
from portal.web.attempt import attempting

bp = Blueprint("notifications", __name__)


@bp.get("/inbox")
@access.signed_in
def inbox() -> str:
    """Everything that concerns the person, newest first."""
    view = next((each for each in InboxView if each.value == request.args.get("view")), InboxView.ALL)
    page: Page[InboxLine] = list_inbox(current_actor(), view, request.args.get("cursor"))
    newest = max((line.id for line in page.items), default=0)
    return render_template("notifications/inbox.html", page=page, view=view, views=InboxView, newest=newest)


@bp.post("/inbox/<int:line_id>/read")
@access.signed_in
def mark_read(line_id: int) -> Response:
    """Tick one line off."""
    service.mark_read(current_actor(), line_id)
    return _back()


@bp.post("/inbox/read")
@access.signed_in
def mark_all_read() -> Response:
    """Tick off every line up to the newest that the page showed."""
    count = service.mark_all_read(current_actor(), request.form.get("up_to", 0, type=int))
    flash(gettext("%(n)s件を既読にしました。", n=count))
    return redirect(url_for("notifications.inbox"))


@bp.route("/notifications/preferences", methods=["GET", "POST"])
@access.signed_in
def preferences() -> Response | str | tuple[str, int]:
    """When to get mail."""
    actor, form = current_actor(), PreferencesForm()
    topics = choices.list_topics(actor)
    form.offer(topics, choices.get_choices(actor), str(get_locale()))
    if form.validate_on_submit():
        with attempting(form):
            choices.choose(actor, form.chosen(topics), is_weekly=form.digest.data == "weekly")
            flash(gettext("メールの設定を保存しました。"))
            return redirect(url_for("notifications.preferences"))
    return render_template("notifications/preferences.html", form=form, topics=topics), form.status


@bp.get("/unsubscribe/<string(length=64):secret>")
@access.public
def unsubscribe(secret: str) -> str:
    """What the mail's link offers to stop; looking changes nothing."""
    key = choices.get_unsubscribe_key(secret)
    topic = choices.topic_of(key)
    return render_template(
        "notifications/unsubscribe.html", secret=secret, topic=topic, never_off=topic in choices.NEVER_OFF
    )


@bp.post("/unsubscribe/<string(length=64):secret>", endpoint="stop")
@access.public
def stop(secret: str) -> str:
    """Stop it: by the page's button, or by a mail program's one click (RFC 8058), without a session or token."""
    topic = choices.topic_of(choices.unsubscribe(secret))
    return render_template("notifications/unsubscribed.html", topic=topic, never_off=topic in choices.NEVER_OFF)


def _back() -> Response:
    return redirect(local_path(request.form.get("back")) or url_for("notifications.inbox"))
