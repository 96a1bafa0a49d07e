"""A question set given out as an Excel file and taken in from one: first what it would change, then all or nothing."""

import io
import json
from typing import Any

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.attachments.inspection import inspect_uploads
from portal.blueprints.campaigns.designing import open_for
from portal.blueprints.campaigns.forms import KeepSheetForm, SheetForm
from portal.blueprints.campaigns.questions import bp
from portal.campaigns import policy, queries
from portal.campaigns.importing import Plan, fingerprint_of_set, plan_import, replace_questions
from portal.campaigns.models import Campaign
from portal.campaigns.sheets import Line, Sheets, read_sheets, write_sheets
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.authorize import authorize
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.uploads import uploads_from

__all__ = ["bp"]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_FAULTS = 50
_Page = Response | str | tuple[str, int]


@bp.get("/<int:campaign_id>/questions.xlsx")
@access.requires(policy.can_preview)
def export_questions(campaign_id: int) -> Response:
    """The set as it stands, in the form in which it is taken in again."""
    campaign = queries.get_campaign(current_actor(), campaign_id)
    content = write_sheets(
        queries.list_questions(campaign), queries.list_checks(campaign), queries.list_procedures(campaign)
    )
    name = gettext("設問_%(title)s", title=campaign.title[:40]) + ".xlsx"
    return send_file(io.BytesIO(content), mimetype=_XLSX, as_attachment=True, download_name=name)


@bp.route("/<int:campaign_id>/questions/import", methods=["GET", "POST"])
@access.requires(policy.can_build)
def import_questions(campaign_id: int) -> _Page:
    """Read a file and show what it would change; nothing is kept yet."""
    actor, campaign = open_for(campaign_id, policy.can_edit)
    form = SheetForm()
    plan, keep = None, None
    if form.validate_on_submit():
        with attempting(form):
            sheets, confirmed = _read(form), bool(form.my_number_confirmed.data)
            authorize(policy.can_edit, actor, campaign)
            plan = plan_import(campaign, sheets, my_number_confirmed=confirmed)
            keep = None if plan.faults else _carry(campaign, sheets)
    return _page(campaign, form, plan, keep)


@bp.post("/<int:campaign_id>/questions/import/keep")
@access.requires(policy.can_build)
def keep_questions(campaign_id: int) -> _Page:
    """Keep what was shown, in the place of the set that it was compared with."""
    actor = current_actor()
    campaign = queries.get_campaign(actor, campaign_id)
    form = KeepSheetForm()
    if form.validate_on_submit():
        with attempting(form):
            plan = plan_import(campaign, _carried(form.rows.data), my_number_confirmed=True)
            replace_questions(actor, campaign, plan, seen=form.seen.data or "")
            flash(gettext("設問%(n)s問を取り込みました。", n=len(plan.questions)))
            return redirect(url_for("campaigns.questions", campaign_id=campaign_id))
    return _page(campaign, SheetForm(formdata=None), None, None, form)


def _page(
    campaign: Campaign, form: SheetForm, plan: Plan | None, keep: KeepSheetForm | None, refused: Any = None
) -> tuple[str, int]:
    has_faults = plan is not None and bool(plan.faults)
    page = render_template(
        "campaigns/import_questions.html",
        campaign=campaign,
        form=refused or form,
        upload=form,
        plan=plan,
        keep=keep,
        faults=[
            (fault.sheet, fault.cell, gettext(fault.message, **fault.params))
            for fault in (plan.faults[:_MOST_FAULTS] if plan is not None else ())
        ],
        fault_count=len(plan.faults) if plan is not None else 0,
    )
    return page, 422 if has_faults or form.errors or refused else 200


def _read(form: SheetForm) -> Sheets:
    """The lines of the uploaded file, which is judged first as every upload is. Raises Invalid at ``sheet``."""
    uploads = uploads_from(form.sheet)
    if not uploads:
        raise Invalid(N_("ファイルを選んでください。"), field="sheet")
    judged = inspect_uploads(uploads, field="sheet", confirmed=bool(form.my_number_confirmed.data))[0]
    if not judged.file_name.lower().endswith(".xlsx"):
        raise Invalid(N_("Excelのファイル（.xlsx）を選んでください。"), field="sheet")
    if judged.size > (form.sheet.max_bytes or 0):
        raise Invalid(N_("ファイルが大きすぎます。2MBまでにしてください。"), field="sheet")
    judged.stream.seek(0)
    return read_sheets(judged.stream.read())


def _carry(campaign: Campaign, sheets: Sheets) -> KeepSheetForm:
    """What was read, to be sent back with the confirmation; it is checked again then."""
    lines = {name: [[line.number, line.cells] for line in getattr(sheets, name)] for name in ("questions", "checks")}
    seen = fingerprint_of_set(queries.list_questions(campaign), queries.list_checks(campaign))
    return KeepSheetForm(formdata=None, data={"rows": json.dumps(lines, ensure_ascii=False), "seen": seen})


def _carried(text: str | None) -> Sheets:
    try:
        held = json.loads(text or "")
        names = ("questions", "checks")
        return Sheets(**{name: [_line(number, cells) for number, cells in held[name]] for name in names})
    except (ValueError, TypeError, KeyError) as error:
        raise Invalid(N_("もう一度ファイルを選んでください。")) from error


def _line(number: Any, cells: dict[str, Any]) -> Line:
    return Line(int(number), {str(name): str(text) for name, text in cells.items()})
