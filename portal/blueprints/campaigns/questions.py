"""The designer: questions and checks of a draft listed, added, changed, ordered, taken out."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.campaigns.designing import open_for
from portal.blueprints.campaigns.forms import CONDITIONS, CheckForm, QuestionForm
from portal.blueprints.campaigns.procedures import bp
from portal.blueprints.campaigns.question_fields import sections_of
from portal.blueprints.campaigns.wording import conditions_of
from portal.blueprints.campaigns.writing import comparable, fields_of, make_question_form
from portal.campaigns import policy, queries, questions
from portal.campaigns.changing import fingerprint_of
from portal.campaigns.models import Campaign, Check, Question
from portal.core.errors import Conflict, Invalid
from portal.directory.actor import Actor
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.get("/<int:campaign_id>/questions", endpoint="questions")
@access.requires(policy.can_build)
def index(campaign_id: int) -> str:
    """The questions by section, with their conditions and checks."""
    _, campaign = open_for(campaign_id, policy.can_edit)
    asked, checks = queries.list_questions(campaign), queries.list_checks(campaign)
    return render_template(
        "campaigns/questions.html",
        campaign=campaign,
        questions=asked,
        sections=sections_of(asked),
        conditions=conditions_of(asked),
        checks=checks,
        procedures={each.id: each.name for each in queries.list_procedures(campaign)},
        most=questions.MOST_QUESTIONS,
    )


@bp.route("/<int:campaign_id>/questions/new", methods=["GET", "POST"])
@access.requires(policy.can_build)
def new_question(campaign_id: int) -> _Page:
    """Add a question at the end."""
    actor, campaign = open_for(campaign_id, policy.can_edit)
    earlier = queries.list_questions(campaign)
    section = request.args.get("section") or (earlier[-1].section if earlier else "")
    return _put(actor, campaign, None, earlier, section[:100])


@bp.route("/<int:campaign_id>/questions/<int:question_id>/edit", methods=["GET", "POST"])
@access.requires(policy.can_build)
def edit_question(campaign_id: int, question_id: int) -> _Page:
    """Change a question."""
    actor, campaign = open_for(campaign_id, policy.can_edit)
    question = queries.get_question(campaign, question_id)
    earlier = [each for each in queries.list_questions(campaign) if each.position < question.position]
    return _put(actor, campaign, question, earlier)


@bp.post("/<int:campaign_id>/questions/<int:question_id>/move")
@access.requires(policy.can_build)
def move_question(campaign_id: int, question_id: int) -> Response:
    """Up or down by one place."""
    actor = current_actor()
    campaign = queries.get_campaign(actor, campaign_id)
    question = queries.get_question(campaign, question_id)
    questions.move_question(actor, campaign, question, up=request.form.get("way") == "up")
    return redirect(url_for("campaigns.questions", campaign_id=campaign_id, _anchor=f"question-{question_id}"))


@bp.post("/<int:campaign_id>/questions/<int:question_id>/remove")
@access.requires(policy.can_build)
def remove_question(campaign_id: int, question_id: int) -> Response:
    """Take a question out, unless another needs it."""
    actor = current_actor()
    campaign = queries.get_campaign(actor, campaign_id)
    question = queries.get_question(campaign, question_id)
    try:
        questions.remove_question(actor, campaign, question)
        flash(gettext("「%(name)s」を削除しました。", name=question.label))
    except Conflict as conflict:
        flash(gettext("「%(name)s」は削除できません。", name=question.label) + gettext(conflict.message), "warning")
    return redirect(url_for("campaigns.questions", campaign_id=campaign_id))


@bp.route("/<int:campaign_id>/checks/new", methods=["GET", "POST"])
@access.requires(policy.can_build)
def new_check(campaign_id: int) -> _Page:
    """Add a check."""
    actor, campaign = open_for(campaign_id, policy.can_edit)
    return _put_check(actor, campaign, None, CheckForm())


@bp.route("/<int:campaign_id>/checks/<int:check_id>/edit", methods=["GET", "POST"])
@access.requires(policy.can_build)
def edit_check(campaign_id: int, check_id: int) -> _Page:
    """Change a check."""
    actor, campaign = open_for(campaign_id, policy.can_edit)
    check = queries.get_check(campaign, check_id)
    data = {name: getattr(check, name) for name in ("question_code", "expression", "message", "severity")}
    return _put_check(actor, campaign, check, CheckForm(data={**data, "seen": fingerprint_of(check)}))


@bp.post("/<int:campaign_id>/checks/<int:check_id>/remove")
@access.requires(policy.can_build)
def remove_check(campaign_id: int, check_id: int) -> Response:
    """Take a check out."""
    actor = current_actor()
    campaign = queries.get_campaign(actor, campaign_id)
    questions.remove_check(actor, campaign, queries.get_check(campaign, check_id))
    flash(gettext("確認を削除しました。"))
    return redirect(url_for("campaigns.questions", campaign_id=campaign_id, _anchor="checks-head"))


def _put(
    actor: Actor, campaign: Campaign, question: Question | None, earlier: Sequence[Question], section: str = ""
) -> _Page:
    form = make_question_form(question, earlier, queries.list_procedures(campaign), section)
    if form.validate_on_submit():
        with attempting(form):
            put = _keep(actor, campaign, question, form, earlier)
            flash(gettext("「%(name)s」を保存しました。", name=put.label))
            if request.form.get("more"):
                return redirect(url_for("campaigns.new_question", campaign_id=campaign.id, section=put.section))
            return redirect(url_for("campaigns.questions", campaign_id=campaign.id, _anchor=f"question-{put.id}"))
    return render_template(
        "campaigns/edit_question.html",
        form=form,
        campaign=campaign,
        question=question,
        conditions=[number for number in CONDITIONS if earlier],
        earlier=earlier,
        comparable={each.code: comparable(each) for each in earlier},
    ), form.status


def _keep(
    actor: Actor, campaign: Campaign, question: Question | None, form: QuestionForm, earlier: Sequence[Question]
) -> Question:
    try:
        return questions.put_question(
            actor,
            campaign,
            question,
            seen=None if question is None else form.seen.data or "",
            my_number_confirmed=bool(form.my_number_confirmed.data),
            **fields_of(form, question, earlier),
        )
    except Invalid as invalid:  # the domain speaks of conditions as of one; the form has three
        if (invalid.field or "").startswith("when_"):
            raise Invalid(invalid.message, field="when1_value", **invalid.params) from invalid
        raise


def _put_check(actor: Actor, campaign: Campaign, check: Check | None, form: CheckForm) -> _Page:
    asked = queries.list_questions(campaign)
    form.question_code.choices = [(each.code, f"{each.code}　{each.label[:40]}") for each in asked]
    if form.validate_on_submit():
        with attempting(form):
            questions.put_check(
                actor,
                campaign,
                check,
                question_code=form.question_code.data or "",
                expression=form.expression.data or "",
                message=form.message.data or "",
                severity=form.severity.data,
                seen=None if check is None else form.seen.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("確認を保存しました。"))
            return redirect(url_for("campaigns.questions", campaign_id=campaign.id, _anchor="checks-head"))
    return render_template(
        "campaigns/edit_check.html", form=form, campaign=campaign, check=check, questions=asked
    ), form.status
