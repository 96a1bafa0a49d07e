"""The home page by role, the language switch, the Markdown preview and the health check."""

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core import markdown
from portal.dashboard.health import check_database
from portal.web import access
from portal.web.access import current_actor, local_path
from portal.web.locale import LOCALES

bp = Blueprint("home", __name__)
_PREVIEWED = 40_000  # characters: more than any field holds


@bp.get("/")
@access.signed_in
def index() -> str:
    """What waits for me."""
    return render_template("home/index.html", actor=current_actor())


@bp.post("/language")
@access.public
def set_language() -> BaseResponse:
    """Keep the language chosen for this browser and go back to where one was."""
    locale = request.form.get("locale")
    if locale in LOCALES:
        session["locale"] = locale
    return redirect(local_path(request.form.get("next")) or url_for("home.index"))


@bp.post("/preview")
@access.signed_in
def preview_markdown() -> Response:
    """The text as it will look, as a fragment of a page."""
    return Response(str(markdown.render(request.form.get("text", "")[:_PREVIEWED])), mimetype="text/html")


@bp.get("/healthz")
@access.public
def healthz() -> Response:
    """``ok`` when the database answers, for the watch over the service."""
    check_database()
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})
