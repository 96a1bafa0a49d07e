"""Decisions of a campaign: the list and its figures, one decision with its reasons, overrides, other versions."""

import io
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.decisions import composing
from portal.blueprints.decisions.forms import ChooseRuleForm, DecisionFilterForm, OverrideForm, TryRuleForm
from portal.blueprints.decisions.publishing import EXCEL
from portal.blueprints.guidance.composing import version_of
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.queries import get_campaign, get_entry, list_procedures
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import N_
from portal.decisions import policy, queries
from portal.decisions.exporting import COLUMNS, export_decisions
from portal.decisions.models import Decision
from portal.decisions.overriding import lift_override, override_decision
from portal.decisions.recalculating import choose_rule, preview_rule
from portal.decisions.rules.table import RULES, TABLE
from portal.decisions.states import Outcome
from portal.directory.actor import Actor
from portal.guidance.exporting import as_csv, as_excel
from portal.inspections import policy as inspection_policy
from portal.inspections.queries import count_unfinished, find_newest
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.places import prefecture_choices

bp = Blueprint("decisions", __name__, url_prefix="/campaigns")
_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.get("/rules")
@access.requires(policy.can_read_rules)
def rules() -> str:
    """Both versions of the rule and the truth table, to be printed."""
    return render_template(
        "decisions/rules.html", rules=list(RULES.values()), rows=TABLE, routes=composing.ROUTE_LABELS.values()
    )


@bp.get("/<int:campaign_id>/decisions")
@access.requires(policy.can_see)
def index(campaign_id: int) -> str:
    """Figures by procedure and outcome, then the bodies × procedures that the actor may see."""
    actor = current_actor()
    campaign = open_campaign(actor, campaign_id)
    procedures = list_procedures(campaign)
    form = DecisionFilterForm()
    form.offer(offer_prefectures(actor), [(each.id, each.name) for each in procedures])
    form.validate()
    wanted = composing.filter_from(request.args)
    return render_template(
        "decisions/index.html",
        campaign=campaign,
        form=form,
        wanted=wanted,
        chosen=composing.chosen_from(wanted),
        outcomes=list(Outcome),
        figures=composing.tabulate(procedures, queries.count_outcomes(actor, campaign)),
        page=queries.list_decisions(actor, campaign, wanted, cursor=request.args.get("cursor")),
        why_of=composing.why_of,
        rule=RULES[str(campaign.rule)],
        may=_what_may(actor, campaign),
    )


@bp.post("/<int:campaign_id>/decisions/export")
@access.requires(policy.can_see)
def export(campaign_id: int) -> Response:
    """The list as it is narrowed, as a CSV or Excel file; taking it is recorded."""
    actor = current_actor()
    campaign = open_campaign(actor, campaign_id)
    rows = export_decisions(actor, campaign, composing.filter_from(request.form), composing.sentence)
    return send_table([gettext(column) for column in COLUMNS], rows, gettext("判定"), campaign.id)


@bp.route("/<int:campaign_id>/entries/<int:entry_id>/decision", methods=["GET", "POST"])
@access.requires(policy.can_see)
def show(campaign_id: int, entry_id: int) -> _Page:
    """One body × procedure: what was decided and why, row by row, its history; whoever may decides otherwise here."""
    actor = current_actor()
    campaign = open_campaign(actor, campaign_id)
    entry = get_entry(actor, campaign, entry_id)
    current = queries.find_current(entry.id)
    if current is None or not policy.can_override(actor, campaign):
        if request.method == "POST":
            raise Forbidden(_NOT_NOW)
        return _page(actor, campaign, entry, form=None)
    form = OverrideForm(data={"seen": current.id})
    form.offer(current.outcome)
    if form.validate_on_submit():
        try:
            with attempting(form):
                override_decision(
                    actor,
                    campaign,
                    entry,
                    outcome=form.outcome.data,
                    reason=form.reason.data or "",
                    seen_id=_seen(form.seen.data),
                    my_number_confirmed=bool(form.my_number_confirmed.data),
                )
                flash(gettext("判定を決定しました。"))
                return redirect(url_for("decisions.show", campaign_id=campaign_id, entry_id=entry_id))
        except Conflict as conflict:  # somebody was faster: what was typed stays, beside what stands now
            form.lay(Invalid(conflict.message))
    page = _page(actor, campaign, entry, form=form)
    return page, form.status


@bp.post("/<int:campaign_id>/entries/<int:entry_id>/decision/lift")
@access.requires(policy.can_run)
def lift(campaign_id: int, entry_id: int) -> Response:
    """The rule's decision stands again."""
    actor = current_actor()
    campaign = open_campaign(actor, campaign_id)
    lift_override(actor, campaign, get_entry(actor, campaign, entry_id), seen_id=_seen(request.form.get("seen")))
    flash(gettext("個別の決定を取り消しました。"))
    return redirect(url_for("decisions.show", campaign_id=campaign_id, entry_id=entry_id))


@bp.route("/<int:campaign_id>/decisions/recalculate", methods=["GET", "POST"])
@access.requires(policy.can_run)
def recalculate(campaign_id: int) -> _Page:
    """Try another version of the rule, see what would change, then choose it."""
    actor = current_actor()
    campaign = open_campaign(actor, campaign_id)
    if not policy.can_recalculate(actor, campaign):
        raise Forbidden(_NOT_NOW)
    form = ChooseRuleForm(data={"version": campaign.version, "rule": request.args.get("rule", "")})
    if form.validate_on_submit():
        with attempting(form):
            changed = choose_rule(actor, campaign, form.rule.data or "", version=version_of(form))
            flash(gettext("判定基準を変更しました。%(n)s件の判定が変わりました。", n=f"{changed:,}"))
            return redirect(url_for("decisions.index", campaign_id=campaign_id))
    tried = RULES.get(form.rule.data or "")
    is_other = tried is not None and tried.name != campaign.rule
    changes = preview_rule(campaign, tried.name) if tried is not None and is_other else []
    return render_template(
        "decisions/recalculate.html",
        campaign=campaign,
        form=form,
        trying=TryRuleForm(data={"rule": tried.name if tried else campaign.rule}),
        now=RULES[str(campaign.rule)],
        tried=tried if is_other else None,
        changes=changes,
        unfinished=count_unfinished([key for each in changes if each.ends_inspection for key in each.entry_ids]),
    ), form.status


def open_campaign(actor: Actor, campaign_id: int) -> Campaign:
    """A campaign that decides by a rule. Raises NotFound for any other."""
    campaign = get_campaign(actor, campaign_id)
    if not policy.can_list(actor, campaign):
        raise NotFound
    return campaign


def offer_prefectures(actor: Actor) -> list[tuple[str, str]]:
    """The prefectures to narrow by; a local government is in one."""
    return [] if actor.is_local else prefecture_choices()


def send_table(columns: list[str], rows: list[list[str]], name: str, campaign_id: int) -> Response:
    """The table as the file that was asked for."""
    is_excel = request.form.get("ending") != "csv"
    content = as_excel(columns, rows) if is_excel else as_csv(columns, rows)
    response = send_file(
        io.BytesIO(content),
        mimetype=EXCEL if is_excel else "text/csv",
        as_attachment=True,
        download_name=f"{name}_{campaign_id}.{'xlsx' if is_excel else 'csv'}",
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@dataclass(frozen=True, kw_only=True)
class _May:
    """What else this reader may open from the list."""

    recalculate: bool
    list_exceptions: bool


def _what_may(actor: Actor, campaign: Campaign) -> _May:
    return _May(recalculate=policy.can_recalculate(actor, campaign), list_exceptions=policy.can_except(actor, campaign))


def _page(actor: Actor, campaign: Campaign, entry: Entry, *, form: OverrideForm | None) -> str:
    history = queries.list_history(entry)
    decision = next((each for each in history if each.superseded_at is None), None)
    if form is not None and decision is not None:
        form.seen.data = str(decision.id)
        form.offer(decision.outcome, decision.by_rule)
    return render_template(
        "decisions/show.html",
        campaign=campaign,
        entry=entry,
        decision=decision,
        history=history,
        form=form,
        why_of=composing.why_of,
        facts=composing.list_facts(composing.facts_of(decision)) if decision is not None else [],
        rows=composing.list_rows(decision) if decision is not None else [],
        rule=RULES[decision.rule] if decision is not None else None,
        is_inspected=decision is not None and _is_inspected(campaign, entry, decision),
    )


def _is_inspected(campaign: Campaign, entry: Entry, decision: Decision) -> bool:
    """Whether there is progress to see or to enter, also of what was begun before it was decided otherwise."""
    return inspection_policy.is_open(campaign, decision.outcome) or find_newest(entry) is not None


def _seen(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else -1
