"""What a body does with one procedure: confirms and submits, takes back, puts off, says that it does not apply."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.answering import policy, submitting
from portal.answering.attaching import list_files
from portal.answering.checking import by_section, list_answer_lines
from portal.answering.question_sets import load_question_set
from portal.blueprints.answering.compiling import bp
from portal.blueprints.answering.forms import NotApplicableForm, PutOffForm, make_justify_form
from portal.blueprints.answering.routes import called
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.queries import get_campaign, get_entry
from portal.campaigns.states import Severity
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この事務の回答は、いまは変えられません。提出済みか、点検・調査が終了しています。")


@bp.route("/<int:campaign_id>/entries/<int:entry_id>/confirm", methods=["GET", "POST"])
@access.requires(policy.is_body)
def confirm(campaign_id: int, entry_id: int) -> _Page:
    """All answers at a glance, what is still wrong, and the manager's submission."""
    actor, campaign, entry = own_entry(campaign_id, entry_id)
    refuse_unless_open(actor, campaign, entry)
    asked = load_question_set(campaign)
    questions, checks = asked.questions_of(entry.procedure_id), asked.checks_of(entry.procedure_id)
    problems = asked.problems_of(entry)
    lines = [] if entry.not_applicable_reason else list_answer_lines(questions, checks, entry.answers, entry.reasons)
    warned = [
        each.question.code for each in lines if any(problem.severity is Severity.WARNING for problem in each.failed)
    ]
    form = make_justify_form(warned)
    form.fill(entry.reasons)
    if form.validate_on_submit():
        with attempting(form):
            submitting.submit_entry(
                actor, campaign, entry, reasons=form.reasons(), my_number_confirmed=bool(form.my_number_confirmed.data)
            )
            flash(gettext("%(name)sの回答を提出しました。", name=called(campaign, entry)))
            return redirect(url_for("answering.index", campaign_id=campaign_id))
    return render_template(
        "answering/confirm.html",
        campaign=campaign,
        entry=entry,
        form=form,
        sections=by_section(lines),
        labels={each.code: each.label for each in questions},
        problems=[each for each in problems if each.severity is Severity.ERROR],
        warned=warned,
        files=list_files(entry),
        is_manager=actor.role is Role.LOCAL_MANAGER,
    ), form.status


@bp.post("/<int:campaign_id>/entries/<int:entry_id>/take-back")
@access.requires(policy.is_body)
def take_back(campaign_id: int, entry_id: int) -> Response:
    """Take the submission back, until the prefecture has forwarded it."""
    actor, campaign, entry = own_entry(campaign_id, entry_id)
    submitting.take_back(actor, campaign, entry)
    flash(gettext("提出を取り消しました。直してから、もう一度提出してください。"))
    return _to_entry(campaign_id, entry_id)


@bp.route("/<int:campaign_id>/entries/<int:entry_id>/not-applicable", methods=["GET", "POST"])
@access.requires(policy.is_body)
def not_applicable(campaign_id: int, entry_id: int) -> _Page:
    """該当なし: submit without answers, with the reason."""
    actor, campaign, entry = own_entry(campaign_id, entry_id)
    if campaign.rule is not None:
        raise NotFound  # there the questions themselves say so
    refuse_unless_open(actor, campaign, entry)
    form = NotApplicableForm(data={"reason": entry.not_applicable_reason})
    if form.validate_on_submit():
        with attempting(form):
            submitting.declare_not_applicable(
                actor,
                campaign,
                entry,
                reason=form.reason.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("%(name)sは該当なしと回答しました。", name=called(campaign, entry)))
            return redirect(url_for("answering.index", campaign_id=campaign_id))
    return render_template(
        "answering/not_applicable.html",
        campaign=campaign,
        entry=entry,
        form=form,
        is_manager=actor.role is Role.LOCAL_MANAGER,
    ), form.status


@bp.route("/<int:campaign_id>/entries/<int:entry_id>/put-off", methods=["GET", "POST"])
@access.requires(policy.is_body)
def put_off(campaign_id: int, entry_id: int) -> _Page:
    """回答保留: when the answer is to come, and why."""
    actor, campaign, entry = own_entry(campaign_id, entry_id)
    refuse_unless_open(actor, campaign, entry)
    form = PutOffForm(data={"until": entry.pending_until, "reason": entry.pending_reason})
    if form.validate_on_submit():
        with attempting(form):
            submitting.put_off(
                actor,
                campaign,
                entry,
                until=form.until.data,
                reason=form.reason.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("%(name)sの回答を保留としました。", name=called(campaign, entry)))
            return _to_entry(campaign_id, entry_id)
    return render_template("answering/put_off.html", campaign=campaign, entry=entry, form=form), form.status


def own_entry(campaign_id: int, entry_id: int) -> tuple[Actor, Campaign, Entry]:
    """A procedure of the actor's own body. Raises NotFound."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    entry = get_entry(actor, campaign, entry_id)
    if entry.organisation_id != actor.organisation_id:
        raise NotFound
    return actor, campaign, entry


def refuse_unless_open(actor: Actor, campaign: Campaign, entry: Entry) -> None:
    """Raise Conflict, on whose page what was typed stays, when the entry is not to be answered now."""
    if not policy.can_answer(actor, campaign, entry):
        raise Conflict(_NOT_NOW)


def _to_entry(campaign_id: int, entry_id: int) -> Response:
    return redirect(url_for("answering.show", campaign_id=campaign_id, entry_id=entry_id))
