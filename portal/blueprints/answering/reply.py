"""The body's official reply: its number and date, where it published, and the letter with its table of answers."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.answering import own, policy, submitting
from portal.answering.checking import by_section, list_answer_lines
from portal.answering.letters import write_letter
from portal.answering.question_sets import load_question_set
from portal.blueprints.answering.forms import ReplyForm
from portal.blueprints.answering.routes import own_part
from portal.blueprints.answering.sections import bp
from portal.blueprints.guidance.composing import version_of
from portal.campaigns.states import ANSWERED
from portal.web import access
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.get("/<int:campaign_id>/reply")
@access.requires(policy.is_body)
def reply(campaign_id: int) -> str:
    """The letter to print: what was submitted, procedure by procedure."""
    actor, campaign, participation = own_part(campaign_id)
    entries = own.list_own_entries(actor, campaign)
    asked = load_question_set(campaign)
    submitted = [each for each in entries if each.state in ANSWERED]
    return render_template(
        "answering/reply.html",
        campaign=campaign,
        participation=participation,
        actor=actor,
        letter=write_letter(campaign, participation, submitted),
        open_count=len(entries) - len(submitted),
        answered=[
            (
                each,
                by_section(
                    list_answer_lines(
                        asked.questions_of(each.procedure_id),
                        asked.checks_of(each.procedure_id),
                        each.answers,
                        each.reasons,
                    )
                ),
            )
            for each in submitted
        ],
    )


@bp.route("/<int:campaign_id>/reply/edit", methods=["GET", "POST"])
@access.requires(policy.is_body)
def edit_reply(campaign_id: int) -> _Page:
    """Number and date of the reply, and where and when the body published."""
    actor, campaign, participation = own_part(campaign_id)
    form = ReplyForm(obj=participation)
    if form.validate_on_submit():
        with attempting(form):
            submitting.keep_reply(
                actor,
                campaign,
                participation,
                reply_number=form.reply_number.data or "",
                reply_on=form.reply_on.data,
                published_on=form.published_on.data,
                published_url=form.published_url.data or "",
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("回答文書と公表先を登録しました。"))
            return redirect(url_for("answering.index", campaign_id=campaign_id))
    return render_template(
        "answering/edit_reply.html",
        campaign=campaign,
        form=form if policy.can_keep_reply(actor, campaign, participation) else None,
    ), form.status
