"""For operators: mails that failed or whose fate is unknown, events that could not be told, big tellings."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.audit.labels import labels_of_events
from portal.notifications import operations, service
from portal.notifications.operations import Trouble
from portal.web import access
from portal.web.access import current_actor

bp = Blueprint("deliveries", __name__, url_prefix="/administration/deliveries")


@bp.get("")
@access.requires(operations.can_operate)
def index() -> str:
    """Mails that want an operator's eye, by what is wrong with them."""
    trouble = next((each for each in Trouble if each.value == request.args.get("show")), Trouble.FAILED)
    return render_template(
        "notifications/deliveries.html",
        trouble=trouble,
        troubles=Trouble,
        counts=operations.count_troubles(),
        page=operations.list_troubles(trouble, request.args.get("cursor")),
        labels=labels_of_events(),
        failed=operations.list_failed_tellings(),
        big=operations.list_big_tellings(),
    )


@bp.post("/<int:delivery_id>/resend")
@access.requires(operations.can_operate)
def resend(delivery_id: int) -> Response:
    """Send a mail again."""
    service.resend(current_actor(), delivery_id)
    flash(gettext("再送の手続きをしました。まもなく送信されます。"))
    return redirect(url_for("deliveries.index", show=request.form.get("show") or None))


@bp.post("/events/<int:event_id>/retry")
@access.requires(operations.can_operate)
def retry(event_id: int) -> Response:
    """Tell an event again at once."""
    service.retry_telling(current_actor(), event_id)
    flash(gettext("まもなく通知の処理をやり直します。"))
    return redirect(url_for("deliveries.index"))
