"""取りまとめ: what a prefecture's municipalities submitted, sent back with reasons or forwarded."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.answering import compiling, policy, queries
from portal.answering.checking import list_answer_lines
from portal.answering.compile_queries import count_to_compile, list_to_compile
from portal.answering.question_sets import load_question_set
from portal.answering.reading import read_answers
from portal.blueprints.answering.extensions import bp
from portal.blueprints.answering.forms import make_return_form
from portal.campaigns import policy as campaign_policy
from portal.campaigns.queries import get_campaign, get_entry, list_procedures
from portal.campaigns.states import CampaignState, EntryState, QuestionKind
from portal.core.errors import Forbidden, Invalid
from portal.core.i18n import N_
from portal.web import access
from portal.web.access import current_actor, local_path
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")
TABS: Mapping[str, frozenset[EntryState]] = {
    "waiting": frozenset({EntryState.SUBMITTED}),
    "returned": frozenset({EntryState.RETURNED}),
    "missing": frozenset({EntryState.BLANK, EntryState.STARTED, EntryState.PENDING}),
    "forwarded": frozenset({EntryState.FORWARDED}),
}


@bp.get("/<int:campaign_id>/compile")
@access.requires(policy.compiles)
def compile(campaign_id: int) -> str:
    """The municipalities' procedures by state, those that wait for the prefecture first."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    chosen = request.args.get("state", "waiting")
    tab = chosen if chosen in TABS else "waiting"
    procedures = list_procedures(campaign)
    wanted = request.args.get("procedure", type=int)
    procedure = next((each for each in procedures if each.id == wanted), None)
    return render_template(
        "answering/compile.html",
        campaign=campaign,
        progress=count_to_compile(actor, campaign),
        tab=tab,
        procedures=procedures,
        procedure=procedure,
        page=list_to_compile(
            actor,
            campaign,
            TABS[tab],
            procedure_id=procedure.id if procedure else None,
            cursor=request.args.get("cursor"),
        ),
        can_compile=policy.can_compile(actor, campaign),
    )


@bp.post("/<int:campaign_id>/compile/forward")
@access.requires(policy.compiles)
def forward(campaign_id: int) -> Response:
    """Forward those that were chosen, or everything that was submitted."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    try:
        if request.form.get("everything"):
            count = compiling.forward_everything(actor, campaign)
        else:
            ids = request.form.getlist("entry_ids", type=int)
            count = compiling.forward_entries(actor, campaign, queries.get_entries(actor, campaign, ids))
    except Invalid as invalid:
        flash(gettext(invalid.message), "warning")
    else:
        flash(gettext("%(n)s件の回答を取りまとめました。", n=count))
    return redirect(local_path(request.form.get("back")) or url_for("answering.compile", campaign_id=campaign_id))


@bp.route("/<int:campaign_id>/entries/<int:entry_id>/return", methods=["GET", "POST"], endpoint="return")
@access.requires(campaign_policy.can_list)
def return_(campaign_id: int, entry_id: int) -> _Page:
    """Send single answers or the whole back, each with its reason; the body has a task until it submits again."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    entry = get_entry(actor, campaign, entry_id)
    may_return = policy.can_return(actor, campaign, entry, is_prefecture=entry.participation.is_prefecture)
    if request.method == "GET" and not may_return and campaign.state is not CampaignState.CLOSED:
        raise Forbidden(_NOT_NOW)
    asked = load_question_set(campaign)
    questions, checks = asked.questions_of(entry.procedure_id), asked.checks_of(entry.procedure_id)
    lines = list_answer_lines(questions, checks, read_answers(actor, entry, questions) or {}, entry.reasons)
    form = make_return_form([each.question for each in lines if each.question.kind is not QuestionKind.CALCULATED])
    if form.validate_on_submit():
        with attempting(form):
            compiling.return_answers(
                actor, campaign, entry, reasons=form.reasons(), my_number_confirmed=bool(form.my_number_confirmed.data)
            )
            flash(gettext("%(name)sに差し戻しました。", name=entry.participation.organisation_name))
            return redirect(url_for("answering.show", campaign_id=campaign_id, entry_id=entry_id))
    return render_template("answering/return.html", campaign=campaign, entry=entry, lines=lines, form=form), form.status
