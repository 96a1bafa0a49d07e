"""Taking old papers over: upload, preview, confirmation."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import Response as FileResponse
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.takeover.forms import TakeOverForm, UploadPapersForm
from portal.directory.tables import write_csv, write_excel
from portal.takeover import columns, policy, service
from portal.takeover.planning import Effect
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.uploads import uploads_from

bp = Blueprint("takeover", __name__, url_prefix="/administration/papers")
_Page = Response | str | tuple[str, int]
_SHOWN = 100
_FAULTS_SHOWN = 200
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("", methods=["GET", "POST"])
@access.requires(policy.can_take_over)
def upload() -> _Page:
    """Choose the table and its files; what is wrong is told row by row, else the preview follows."""
    form = UploadPapersForm()
    faults: Any = []
    if form.validate_on_submit():
        try:
            with attempting(form):
                staged = service.stage_papers(
                    current_actor(),
                    file_name=form.file.data.filename,
                    content=form.file.data.read(),
                    uploads=uploads_from(form.attachments),
                    confirmed=bool(form.my_number_confirmed.data),
                )
                faults = staged.faults
                if staged.waiting is not None:
                    return redirect(url_for("takeover.show", import_id=staged.waiting.id))
        finally:
            form.file.data = None
    return render_template(
        "takeover/upload.html",
        form=form,
        columns=columns.COLUMNS,
        faults=faults[:_FAULTS_SHOWN],
        fault_count=len(faults),
    ), 422 if faults else form.status


@bp.route("/<int:import_id>", methods=["GET", "POST"])
@access.requires(policy.can_take_over)
def show(import_id: int) -> _Page:
    """What taking the papers over will do, and the button that does it."""
    actor = current_actor()
    waiting = service.get_import(actor, import_id)
    if waiting.applied_at is not None:
        return render_template("takeover/done.html", taken=waiting)
    form = TakeOverForm()
    if form.validate_on_submit():
        with attempting(form):
            count = service.take_over(actor, waiting)
            flash(gettext("%(n)s件の通知等を移行しました。", n=count))
            return redirect(url_for("takeover.show", import_id=import_id))
    plan, faults = service.preview_papers(waiting)
    after = request.args.get("after", 0, type=int)
    rows = [each for each in plan if each.row > after]
    return render_template(
        "takeover/show.html",
        form=form,
        waiting=waiting,
        columns=columns,
        rows=rows[:_SHOWN],
        next_after=rows[_SHOWN - 1].row if len(rows) > _SHOWN else None,
        total=len(plan),
        counts=[(effect, sum(each.effect is effect for each in plan)) for effect in Effect],
        faults=faults[:_FAULTS_SHOWN],
        fault_count=len(faults),
    ), form.status


@bp.get("/form.<any(xlsx, csv):ending>")
@access.requires(policy.can_take_over)
def form(ending: str) -> FileResponse:
    """The empty table to fill in."""
    is_excel = ending == "xlsx"
    content = write_excel(columns.COLUMNS) if is_excel else write_csv(columns.COLUMNS)
    return FileResponse(
        content,
        content_type=_EXCEL if is_excel else "text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="papers.{ending}"'},
    )
