"""Replacing the roster of a body or of the headquarters: upload, preview, schedule, call off."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.administration.import_forms import RosterForm, ScheduleRosterForm
from portal.core.calendar import japan_date
from portal.core.clock import now
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory import policy, queries
from portal.directory import rosters as service
from portal.directory.absence_models import RosterReplacement, RosterState
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.people_import import RowEffect
from portal.directory.roles import Role
from portal.directory.roster_plans import RosterPlan, plan_roster
from portal.issues.leaving import count_left_behind
from portal.jobs.rosters import apply_now
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

Answer = Response | str | tuple[str, int]
_SHOWN = 200
_FAULTS_SHOWN = 200


@access.requires(policy.can_replace_rosters)
def rosters() -> Answer:
    """The replacements of late, and the form that begins one."""
    actor, form = current_actor(), RosterForm()
    if actor.role is not Role.ADMIN:
        del form.code
    faults: list[object] = []
    if form.validate_on_submit():
        try:
            with attempting(form):
                prepared = service.prepare_roster(
                    actor,
                    _body(actor, form),
                    file_name=form.file.data.filename,
                    content=form.file.data.read(),
                    creates_sections=form.creates_sections.data,
                    confirmed=form.my_number_confirmed.data,
                )
                faults = list(prepared.faults)
                if prepared.roster is not None:
                    return redirect(url_for("administration.show_roster", roster_id=prepared.roster.id))
        finally:
            form.file.data = None
    form.needs_confirmation = form.needs_confirmation or any(
        getattr(fault, "needs_confirmation", False) for fault in faults
    )
    return render_template(
        "administration/rosters.html",
        form=form,
        page=service.list_rosters(actor, cursor=request.args.get("cursor")),
        faults=faults[:_FAULTS_SHOWN],
        fault_count=len(faults),
    ), 422 if faults else form.status


@access.requires(policy.can_replace_rosters)
def show_roster(roster_id: int) -> Answer:
    """Who comes, changes and goes, what the leavers leave behind and who takes it; and the day it takes effect."""
    actor = current_actor()
    roster = service.get_roster(actor, roster_id)
    form = ScheduleRosterForm()
    if form.validate_on_submit():
        with attempting(form):
            _choose(actor, roster)
            if request.form.get("action") == "check":
                flash(gettext("選んだ内容で、もう一度確認しました。"))
                return redirect(url_for("administration.show_roster", roster_id=roster_id))
            service.schedule_roster(actor, roster, effective_on=form.effective_on.data, invites=form.invite.data)
            flash(_take_effect(roster))
            return redirect(url_for("administration.show_roster", roster_id=roster_id))
    is_open = roster.state in {RosterState.PREPARED, RosterState.SCHEDULED}
    plan = plan_roster(actor, roster) if is_open else None
    left = count_left_behind([leaver.membership.id for leaver in plan.leavers]) if plan else {}
    return render_template(
        "administration/show_roster.html",
        form=form,
        roster=roster,
        plan=plan,
        left=left,
        rows=_changing(plan)[:_SHOWN] if plan else [],
        counts=[(effect, plan.count(effect)) for effect in RowEffect] if plan else [],
        is_prepared=roster.state is RosterState.PREPARED,
        is_open=is_open,
    ), form.status


@access.requires(policy.can_replace_rosters)
def cancel_roster(roster_id: int) -> Response:
    """Call a replacement off before its day."""
    actor = current_actor()
    service.cancel_roster(actor, service.get_roster(actor, roster_id))
    flash(gettext("名簿の入替えを取り消しました。"))
    return redirect(url_for("administration.rosters"))


def _body(actor: Actor, form: RosterForm) -> Organisation | None:
    if actor.role is not Role.ADMIN:
        return queries.get_organisation_by_id(actor.organisation_id)
    if not form.code.data:
        return None
    body = queries.find_organisation(form.code.data)
    if body is None:
        raise Invalid(N_("この団体コードの団体はありません：%(code)s"), field="code", code=form.code.data)
    return body


def _choose(actor: Actor, roster: RosterReplacement) -> None:
    takers = {name[6:]: value for name, value in request.form.items() if name.startswith("taker-") and value}
    same = {
        name[5:]: int(value) for name, value in request.form.items() if name.startswith("same-") and value.isdecimal()
    }
    service.choose(actor, roster, takers=takers, same_people=same)


def _take_effect(roster: RosterReplacement) -> str:
    """What is to hold from today is applied at once, the rest by the worker at midnight."""
    if roster.effective_on is not None and roster.effective_on <= japan_date(now()):
        apply_now(roster.id)
        return str(gettext("名簿の入替えを反映しました。"))
    return str(gettext("名簿の入替えを予約しました。その日までは取り消せます。"))


def _changing(plan: RosterPlan) -> list[object]:
    return [row for row in plan.rows if row.effect is not RowEffect.NONE or row.former is not None]
