"""The page of caught mails, in development only."""

from pathlib import Path

from flask import Blueprint, current_app, render_template, request

from portal.core.errors import NotFound
from portal.development.mail_catcher import find_mail, list_mails, mailbox_of
from portal.web import access

bp = Blueprint("mailbox", __name__, url_prefix="/development/mailbox")
PAGE_SIZE = 50


@bp.get("")
@access.public
def index() -> str:
    """The caught mails, newest first."""
    recipient = request.args.get("recipient", "")
    before = request.args.get("before")
    mails = list_mails(_folder(), recipient=recipient, before=before, size=PAGE_SIZE)
    has_more = len(mails) > PAGE_SIZE
    return render_template(
        "mailbox/index.html", mails=mails[:PAGE_SIZE], recipient=recipient, before=before, has_more=has_more
    )


@bp.get("/<string:key>")
@access.public
def show(key: str) -> str:
    """One mail: its headers and its text."""
    mail = find_mail(_folder(), key)
    if mail is None:
        raise NotFound
    return render_template("mailbox/show.html", mail=mail)


def _folder() -> Path:
    return mailbox_of(current_app.config["PORTAL_SETTINGS"].data_dir)
