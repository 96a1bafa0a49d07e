"""Bodies × procedures for headquarters, liaisons and prefectures: all together, in a list and one body at a time."""

import io
from collections.abc import Sequence

from flask import render_template, request, send_file
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.answering import exporting, matrix, policy, queries
from portal.answering.extending import due_of
from portal.answering.matrix import BodyRow
from portal.answering.overview import get_overview
from portal.answering.telephones import list_telephones
from portal.blueprints.answering.cells import CellDrawing, list_signs
from portal.blueprints.answering.entries import bp
from portal.blueprints.answering.forms import MatrixFilterForm, ProcedureFilterForm
from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign
from portal.campaigns.queries import (
    ProcedureName,
    get_campaign,
    get_participation,
    list_entries_of,
    list_procedure_names,
)
from portal.campaigns.states import OPENED_STATES, EntryState
from portal.core.errors import NotFound
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.guidance.exporting import as_csv, as_excel
from portal.notifications.service import reading_of_subject
from portal.web import access
from portal.web.access import current_actor
from portal.web.noting import note

__all__ = ["bp"]
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/<int:campaign_id>/bodies", endpoint="matrix")
@access.requires(campaign_policy.can_list)
def show_matrix(campaign_id: int) -> str:
    """The bodies one by one, narrowed."""
    actor, campaign = _visible(campaign_id)
    note(reading_of_subject(actor, "campaign", campaign_id))
    procedures = list_procedure_names(campaign)
    form = MatrixFilterForm()
    form.offer(matrix.list_places(actor, campaign), procedures)
    wanted = form.wanted()
    page = matrix.list_bodies(actor, campaign, wanted, cursor=request.args.get("cursor"))
    shown = _shown(procedures, page.items, wanted.procedure_id)
    silent = [each.participation.organisation_id for each in page.items if each.is_silent]
    return render_template(
        "answering/matrix.html",
        campaign=campaign,
        actor=actor,
        form=form,
        wanted=wanted,
        signs=list_signs(),
        procedures=shown,
        drawing=CellDrawing(campaign_id, [each.id for each in shown]),
        page=page,
        telephones=list_telephones(actor, silent),
        can_export=policy.can_export(actor, campaign),
        is_liaison=actor.role is Role.LIAISON,
        compiles=policy.compiles(actor),
    )


@bp.get("/<int:campaign_id>/overview")
@access.requires(campaign_policy.can_list)
def overview(campaign_id: int) -> str:
    """All bodies together, and by prefecture on the map and in a table; of one procedure on demand."""
    actor, campaign = _visible(campaign_id)
    form = ProcedureFilterForm()
    form.offer_procedures(list_procedure_names(campaign))
    form.validate()
    procedure_id = form.asked("procedure")
    return render_template(
        "answering/overview.html",
        campaign=campaign,
        actor=actor,
        form=form,
        procedure_id=procedure_id,
        found=get_overview(actor, campaign, procedure_id),
        silent_count=matrix.count_silent(actor, campaign),
        states=list(EntryState),
        is_liaison=actor.role is Role.LIAISON,
        compiles=policy.compiles(actor),
    )


@bp.post("/<int:campaign_id>/bodies/export", endpoint="export")
@access.requires(campaign_policy.can_list)
def export_matrix(campaign_id: int) -> Response:
    """The list as it is narrowed, as a CSV or Excel file; taking it is recorded."""
    actor, campaign = _visible(campaign_id)
    procedures = list_procedure_names(campaign)
    form = MatrixFilterForm(formdata=request.form)
    form.offer(matrix.list_places(actor, campaign), procedures)
    wanted = form.wanted()
    shown = [each for each in procedures if wanted.procedure_id in {None, each.id}]
    rows = exporting.export_matrix(actor, campaign, shown, wanted)
    return _as_file(campaign, shown, rows, is_excel=request.form.get("ending") == "xlsx")


@bp.get("/<int:campaign_id>/bodies/<int:participation_id>")
@access.requires(campaign_policy.can_list)
def body(campaign_id: int, participation_id: int) -> str:
    """One body: its procedures, what was sent back, what it asked for, whom to call."""
    actor, campaign = _visible(campaign_id)
    participation = get_participation(actor, campaign, participation_id)
    entries = list_entries_of(participation)
    row = matrix.with_cells([participation], with_outcomes=True)[0]
    return render_template(
        "answering/body.html",
        campaign=campaign,
        actor=actor,
        participation=participation,
        due_on=due_of(campaign, participation),
        entries=entries,
        row=row,
        readable={each.id for each in entries if campaign_policy.can_read_answers(actor, each)},
        returns=queries.list_returns_of(participation),
        extensions=queries.list_own_extensions(participation),
        telephone=list_telephones(actor, [participation.organisation_id]).get(participation.organisation_id),
        can_decide=policy.can_decide_extensions(actor, campaign),
        is_liaison=actor.role is Role.LIAISON,
    )


def _visible(campaign_id: int) -> tuple[Actor, Campaign]:
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    if campaign.state not in OPENED_STATES or not policy.can_see_matrix(actor, campaign):
        raise NotFound
    return actor, campaign


def _shown(
    procedures: Sequence[ProcedureName], rows: Sequence[BodyRow], procedure_id: int | None
) -> list[ProcedureName]:
    """The chosen procedure, else those that concern any of the bodies at hand."""
    concerned = {key for row in rows for key in row.cells}
    return [each for each in procedures if each.id == procedure_id or (procedure_id is None and each.id in concerned)]


def _as_file(campaign: Campaign, procedures: list[ProcedureName], rows: list[list[str]], *, is_excel: bool) -> Response:
    columns = [*(gettext(column) for column in exporting.COLUMNS), *(each.name for each in procedures)]
    content = as_excel(columns, rows) if is_excel else as_csv(columns, rows)
    name = f"{campaign.shown_title[:40]}_{gettext('回答状況')}.{'xlsx' if is_excel else 'csv'}"
    response = send_file(
        io.BytesIO(content), mimetype=_EXCEL if is_excel else "text/csv", as_attachment=True, download_name=name
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
