"""Mails that came in as answers: what was held back, and the decision on it."""

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.inbound.forms import DecideMailForm
from portal.inbound import policy, queries, service
from portal.inbound.originals import read_original
from portal.inbound.states import MailState
from portal.notifications.reply_addresses import is_reply_possible
from portal.notifications.service import reading_of_subject
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.noting import note

bp = Blueprint("inbound", __name__, url_prefix="/administration/replies")
_Page = Response | str | tuple[str, int]


@bp.get("")
@access.requires(policy.can_inspect)
def index() -> str:
    """The mails by what became of them; what is held back first."""
    state = next((each for each in MailState if each.value == request.args.get("show")), MailState.HELD)
    return render_template(
        "inbound/index.html",
        state=state,
        states=MailState,
        held=queries.count_held(),
        is_reply_possible=is_reply_possible(),
        page=queries.list_mails(current_actor(), state, request.args.get("cursor")),
    )


@bp.get("/<int:mail_id>")
@access.requires(policy.can_inspect)
def show(mail_id: int) -> str:
    """One mail: who sent what, why it was held back, what may be done."""
    actor = current_actor()
    mail = queries.get_mail(actor, mail_id)
    note(reading_of_subject(actor, "inbound_mail", mail_id))
    return render_template("inbound/show.html", mail=mail, actor=actor, policy=policy)


@bp.get("/<int:mail_id>/original")
@access.requires(policy.can_inspect)
def original(mail_id: int) -> Response:
    """The mail as it came, as a file."""
    content = read_original(queries.get_mail(current_actor(), mail_id))
    response = send_file(
        io.BytesIO(content), mimetype="message/rfc822", as_attachment=True, download_name=f"mail-{mail_id}.eml"
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/<int:mail_id>/release", methods=["GET", "POST"])
@access.requires(policy.can_inspect)
def release(mail_id: int) -> _Page:
    """Post it after a check."""
    actor = current_actor()
    mail = queries.get_mail(actor, mail_id)
    form = DecideMailForm(data={"version": mail.version})
    if form.validate_on_submit():
        with attempting(form):
            service.release_mail(actor, mail, note=form.note.data or "", version=_version(form))
            flash(gettext("投稿しました。"))
            return redirect(url_for("inbound.show", mail_id=mail_id))
    return render_template("inbound/decide.html", form=form, mail=mail, is_release=True), form.status


@bp.route("/<int:mail_id>/discard", methods=["GET", "POST"])
@access.requires(policy.can_inspect)
def discard(mail_id: int) -> _Page:
    """Put it away."""
    actor = current_actor()
    mail = queries.get_mail(actor, mail_id)
    form = DecideMailForm(data={"version": mail.version})
    if form.validate_on_submit():
        with attempting(form):
            service.discard_mail(actor, mail, note=form.note.data or "", version=_version(form))
            flash(gettext("破棄しました。"))
            return redirect(url_for("inbound.index"))
    return render_template("inbound/decide.html", form=form, mail=mail, is_release=False), form.status


def _version(form: DecideMailForm) -> int | None:
    text = str(form.version.data or "")
    return int(text) if text.isdigit() else None
