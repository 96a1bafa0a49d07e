"""Taking in people and populations from files: upload, preview, confirmation."""

from typing import Any

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.accounts.invitations import invite_newcomers
from portal.blueprints.administration.import_forms import TakeInForm, TakeInPeopleForm, UploadForm, UploadPeopleForm
from portal.core.errors import NotFound
from portal.directory import imports, policy
from portal.directory.actor import Actor
from portal.directory.models import DirectoryImport
from portal.directory.people_import import RowEffect
from portal.directory.roles import ImportKind
from portal.directory.tables import write_csv, write_excel
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

Answer = Response | str | tuple[str, int]
_SHOWN = 100
_FAULTS_SHOWN = 200
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@access.requires(policy.can_import_people)
def upload(kind: str) -> Answer:
    """Choose a file; what is wrong with it is told row by row, else the preview follows."""
    actor, what = current_actor(), _kind(current_actor(), kind)
    form: Any = UploadPeopleForm() if what is ImportKind.PEOPLE else UploadForm()
    faults: Any = []
    if form.validate_on_submit():
        try:
            with attempting(form):
                staged = imports.stage_import(
                    actor,
                    what,
                    file_name=form.file.data.filename,
                    content=form.file.data.read(),
                    creates_sections=what is ImportKind.PEOPLE and form.creates_sections.data,
                    confirmed=form.my_number_confirmed.data,
                )
                faults = staged.faults
                if staged.waiting is not None:
                    return redirect(url_for("administration.show_import", import_id=staged.waiting.id))
        finally:
            form.file.data = None
    status = 422 if faults else form.status
    if any(fault.needs_confirmation for fault in faults):
        form.needs_confirmation = True
    return render_template(
        "administration/upload.html",
        form=form,
        kind=what,
        is_people=what is ImportKind.PEOPLE,
        columns=imports.COLUMNS[what],
        faults=faults[:_FAULTS_SHOWN],
        fault_count=len(faults),
    ), status


@access.requires(policy.can_import_people)
def show_import(import_id: int) -> Answer:
    """What taking in the file will do, and the button that does it."""
    actor = current_actor()
    waiting = imports.get_import(actor, import_id)
    if waiting.applied_at is not None:
        return render_template("administration/imported.html", taken=waiting)
    is_people = waiting.kind is ImportKind.PEOPLE
    form: Any = TakeInPeopleForm() if is_people else TakeInForm()
    if form.validate_on_submit():
        with attempting(form):
            flash(
                _take_in_people(actor, waiting, invites=form.invite.data)
                if is_people
                else _take_in_populations(actor, waiting)
            )
            return redirect(url_for("administration.show_import", import_id=import_id))
    plan: Any
    plan, faults = imports.preview_people(actor, waiting) if is_people else imports.preview_populations(waiting)
    after = request.args.get("after", 0, type=int)
    rows = [row for row in plan if row.number > after]
    counts = [(effect, sum(row.effect is effect for row in plan)) for effect in RowEffect] if is_people else []
    return render_template(
        "administration/show_import.html",
        form=form,
        waiting=waiting,
        is_people=is_people,
        rows=rows[:_SHOWN],
        next_after=rows[_SHOWN - 1].number if len(rows) > _SHOWN else None,
        total=len(plan),
        counts=counts,
        changed=sum(row.changes for row in plan) if not is_people else 0,
        faults=faults[:_FAULTS_SHOWN],
        fault_count=len(faults),
    ), form.status


@access.requires(policy.can_import_people)
def import_form(kind: str, ending: str) -> FileResponse:
    """The empty form to fill in, as CSV or Excel."""
    what = _kind(current_actor(), kind)
    content, media_type = (
        (write_excel(imports.COLUMNS[what]), _EXCEL)
        if ending == "xlsx"
        else (write_csv(imports.COLUMNS[what]), "text/csv; charset=utf-8")
    )
    return FileResponse(
        content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{kind}.{ending}"'}
    )


def _kind(actor: Actor, kind: str) -> ImportKind:
    what = ImportKind(kind)
    if what is ImportKind.POPULATIONS and not policy.can_import_populations(actor):
        raise NotFound
    return what


def _take_in_people(actor: Actor, waiting: DirectoryImport, *, invites: bool) -> str:
    outcome = imports.apply_people(actor, waiting)
    if invites:
        invite_newcomers(actor, outcome.newcomers)
    return str(
        gettext("取り込みました（追加%(added)s件、変更%(changed)s件）。", added=outcome.added, changed=outcome.changed)
    )


def _take_in_populations(actor: Actor, waiting: DirectoryImport) -> str:
    return str(gettext("%(n)s団体の人口を更新しました。", n=imports.apply_populations(actor, waiting)))
