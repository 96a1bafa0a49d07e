"""A person's feed, and the page on which they open, change and close it."""

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from portal.core.i18n import speaking
from portal.feeds import service
from portal.web import access
from portal.web.access import current_actor

bp = Blueprint("feeds", __name__)


@bp.get("/notifications/feed")
@access.signed_in
def settings() -> str:
    """Whether there is a feed."""
    return render_template("feeds/settings.html", feed=service.find_feed(current_actor()), address=None)


@bp.post("/notifications/feed/open")
@access.signed_in
def open_feed() -> str:
    """Give an address, shown this once."""
    actor = current_actor()
    secret = service.open_feed(actor)
    flash(gettext("フィードのアドレスを作成しました。この画面を離れると、もう表示できません。"))
    address = url_for("feeds.read", secret=secret, _external=True)
    return render_template("feeds/settings.html", feed=service.find_feed(actor), address=address)


@bp.post("/notifications/feed/close")
@access.signed_in
def close() -> str:
    """Close it."""
    actor = current_actor()
    service.close_feed(actor)
    flash(gettext("フィードを止めました。これまでのアドレスは使えません。"))
    return render_template("feeds/settings.html", feed=None, address=None)


@bp.get("/feed/<string:secret>.atom")
@access.public
def read(secret: str) -> Response:
    """The newest lines of the inbox, for a feed reader; one that has them already (If-None-Match) gets 304."""
    feed = service.read_feed(secret)
    with speaking(feed.person.locale), force_locale(feed.person.locale):
        xml = render_template("feeds/feed.xml", feed=feed)
    headers = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    response = Response(xml, mimetype="application/atom+xml", headers=headers)
    response.add_etag()
    return response.make_conditional(request)
