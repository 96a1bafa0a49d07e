"""The home page by role, the language switch, the Markdown preview and the health check."""

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response as BaseResponse

from portal.blueprints.home.links import holder_of, named, step_url, thing_url
from portal.core import clock, markdown
from portal.dashboard.campaigns import Running
from portal.dashboard.figures import ThemeFigure
from portal.dashboard.health import check_database
from portal.dashboard.queries import get_home, gets_guidance, submits
from portal.inspections.states import Stage
from portal.web import access
from portal.web.access import current_actor, local_path
from portal.web.locale import LOCALES

bp = Blueprint("home", __name__)
_PREVIEWED = 40_000  # characters: more than any field holds


@bp.get("/")
@access.signed_in
def index() -> str:
    """What waits for me, earliest due first."""
    actor = current_actor()
    return render_template(
        "home/index.html",
        actor=actor,
        home=get_home(actor),
        today=clock.now(),
        shows_guidance=gets_guidance(actor),
        shows_issues=submits(actor),
        bars=_bars,
        stages=_stages,
        thing_url=thing_url,
        step_url=step_url,
        named=named,
        holder_of=holder_of,
    )


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


def _bars(themes: list[ThemeFigure]) -> list[tuple[str, int]]:
    """The three themes with most new issues and the rest as one, for a bar of four parts."""
    locale = str(get_locale() or "ja")
    most = sorted(themes, key=lambda each: -each.now)
    parts = [(each.theme.label(locale), each.now) for each in most[:3]]
    rest = sum(each.now for each in most[3:])
    if len(most) == 4:
        return [*parts, (most[3].theme.label(locale), rest)]
    return [*parts, (gettext("ほかのテーマ"), rest)] if len(most) > 4 else parts


def _stages(inspection: Running) -> list[tuple[str, int]]:
    """Four parts of a bar: not begun, under way, to be corrected, done; nothing before the first decision."""
    count = {stage: inspection.stages.get(stage, 0) for stage in (None, *Stage)}
    under_way = count[Stage.EXTRACTION] + count[Stage.MATCHING] + count[Stage.IDENTIFICATION]
    parts = [
        (gettext("未報告"), count[None]),
        (gettext("抽出・照合・本人確認"), under_way),
        (gettext("修正中"), count[Stage.CORRECTION]),
        (gettext("完了"), count[Stage.DONE]),
    ]
    return parts if any(number for _, number in parts) else []
