"""The progress of inspections: one body × procedure with its history, and the list of all."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.inspections.forms import CAUSES, LABELS, UNREPORTED, ProgressFilterForm, SnapshotForm, sign_of
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.queries import get_campaign, get_entry, list_procedure_names
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import N_
from portal.decisions.states import TO_INSPECT, Outcome
from portal.directory.actor import Actor
from portal.inspections import policy, queries
from portal.inspections.figures import COUNTS, figures_of
from portal.inspections.models import Snapshot
from portal.inspections.queries import ProgressFilter
from portal.inspections.snapshots import MEANWHILE, enter_snapshot, tells_of_leak
from portal.inspections.states import Stage
from portal.notifications.service import reading_of_subject
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.noting import note
from portal.web.places import prefecture_choices

bp = Blueprint("inspections", __name__, url_prefix="/campaigns")
_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.get("/<int:campaign_id>/progress")
@access.requires(policy.can_list)
def index(campaign_id: int) -> str:
    """The bodies × procedures to inspect that the actor may see, by stage."""
    actor, today = current_actor(), japan_date(clock.now())
    campaign = get_campaign(actor, campaign_id)
    form = ProgressFilterForm()
    form.offer([] if actor.is_local else prefecture_choices(), list_procedure_names(campaign))
    wanted = _wanted(form)
    anywhere = replace(wanted, stage=None, is_unreported=False)
    counts = queries.count_stages(actor, campaign, anywhere, today=today)
    return render_template(
        "inspections/index.html",
        campaign=campaign,
        form=form,
        wanted=wanted,
        tabs=[(stage, counts.get(stage, 0)) for stage in Stage],
        unreported=(UNREPORTED, counts.get(None, 0)),
        total=sum(counts.values()),
        page=queries.list_progress(actor, campaign, wanted, today=today, cursor=request.args.get("cursor")),
    )


@bp.route("/<int:campaign_id>/entries/<int:entry_id>/progress", methods=["GET", "POST"])
@access.requires(policy.can_list)
def show(campaign_id: int, entry_id: int) -> _Page:
    """The newest figures, everything entered so far, and the form for the next ones or for a correction."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    entry = get_entry(actor, campaign, entry_id)
    outcome, newest = queries.current_outcome(entry), queries.find_newest(entry)
    if newest is None and not policy.is_open(campaign, outcome):
        raise NotFound
    note(reading_of_subject(actor, "campaign", campaign_id))
    if not policy.can_enter(actor, campaign, entry, outcome, is_begun=newest is not None):
        if request.method == "POST":
            raise Forbidden(_NOT_NOW)
        return _page(actor, campaign, entry, newest=newest, form=None, corrected=None, outcome=outcome)
    form = SnapshotForm(data={"newest": _key(newest), "corrects": request.args.get("corrects", "")})
    corrected = _corrected(entry, form)
    if corrected is not None:
        del form.as_of
    form.fill(figures_of(corrected or newest) if newest is not None else None, everything=corrected is not None)
    if form.validate_on_submit():
        try:
            with attempting(form):
                entered = _enter(actor, entry, form, corrected)
                flash(gettext("進捗を訂正しました。") if corrected is not None else gettext("進捗を登録しました。"))
                if tells_of_leak(entered, corrected or newest):
                    flash(_told_of_leak(campaign))
                return redirect(url_for("inspections.show", campaign_id=campaign_id, entry_id=entry_id))
        except Conflict as conflict:  # somebody was faster: what was typed stays, beside what is there now
            newest = queries.find_newest(entry)
            form.lay(Invalid(conflict.message))
            form.newest.data = _key(newest)
    return _page(actor, campaign, entry, newest=newest, form=form, corrected=corrected, outcome=outcome), form.status


def _page(
    actor: Actor,
    campaign: Campaign,
    entry: Entry,
    *,
    newest: Snapshot | None,
    form: SnapshotForm | None,
    corrected: Snapshot | None,
    outcome: Outcome | None,
) -> str:
    before = queries.find_before(newest) if newest is not None else None
    return render_template(
        "inspections/show.html",
        campaign=campaign,
        entry=entry,
        newest=newest,
        before=before,
        differences=_differences(newest, before),
        history=queries.list_history(entry, cursor=request.args.get("cursor")),
        form=form,
        corrected=corrected,
        beside=corrected or newest,
        stages=list(Stage),
        labels=LABELS,
        causes=CAUSES,
        outcome=None if outcome in TO_INSPECT else outcome,
        can_raise_issue=policy.can_raise_issue(actor, entry.campaign, entry),
        needs_reason=not policy.enters_as_body(actor, entry),
    )


def _enter(actor: Actor, entry: Entry, form: SnapshotForm, corrected: Snapshot | None) -> Snapshot:
    """Raises Conflict where what it corrects was corrected meanwhile; sent again, it means what is beside it now."""
    if corrected is not None and _number(form.corrects.data) != corrected.id:
        form.corrects.data = str(corrected.id)
        raise Conflict(MEANWHILE)
    return enter_snapshot(
        actor,
        entry,
        form.figures(),
        corrected.as_of if corrected is not None else _date(form),
        reason=form.reason.data or "",
        corrects_id=corrected.id if corrected is not None else None,
        seen_id=_number(form.newest.data),
        my_number_confirmed=bool(form.my_number_confirmed.data),
    )


def _told_of_leak(campaign: Campaign) -> str:
    if campaign.is_drill:
        return str(gettext("漏えいの件を、担当課室に知らせました（訓練）。"))
    return str(gettext("漏えいの件を、本部と担当のリエゾンに知らせました。"))


def _date(form: SnapshotForm) -> date:
    assert form.as_of.data is not None  # noqa: S101 - the form demands it
    return form.as_of.data


def _corrected(entry: Entry, form: SnapshotForm) -> Snapshot | None:
    """The figures that the form corrects, as they stand now."""
    wanted = _number(form.corrects.data)
    return None if wanted is None else queries.get_standing(entry, wanted)


def _differences(newest: Snapshot | None, before: Snapshot | None) -> dict[str, Any]:
    if newest is None or before is None:
        return {}
    return {name: sign_of(getattr(newest, name) - getattr(before, name)) for name in (*COUNTS, "inquiries")}


def _wanted(form: ProgressFilterForm) -> ProgressFilter:
    if not form.validate():
        return ProgressFilter()
    stages = {stage.value: stage for stage in Stage}
    return ProgressFilter(
        stage=stages.get(form.stage.data or ""),
        is_unreported=form.stage.data == UNREPORTED,
        prefecture_code=(form.prefecture.data or None) if "prefecture" in form else None,
        procedure_id=form.procedure.data,
        is_late=bool(form.late.data),
    )


def _key(newest: Snapshot | None) -> str:
    return "" if newest is None else str(newest.id)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
