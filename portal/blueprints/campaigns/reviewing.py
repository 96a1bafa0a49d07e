"""From a draft to a running campaign and to its end: checked by a second person, published, extended, closed."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.addressing.rule import AddresseeRule
from portal.blueprints.campaigns.designing import open_for
from portal.blueprints.campaigns.forms import AskAgainForm, ExtendForm, SendBackForm, StepForm
from portal.blueprints.campaigns.showing import mended_at
from portal.blueprints.campaigns.surveys import bp
from portal.blueprints.guidance.composing import locale, version_of
from portal.campaigns import policy, postponing, publishing, queries
from portal.campaigns.figures import count_states
from portal.campaigns.models import Campaign
from portal.decisions.service import decide_all
from portal.guidance.addressees import describe
from portal.web import access
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.route("/<int:campaign_id>/ask-review", methods=["GET", "POST"])
@access.requires(policy.can_build)
def ask_review(campaign_id: int) -> _Page:
    """Ask a second person to check and publish the draft."""
    actor, campaign = open_for(campaign_id, policy.can_ask_review)
    load = publishing.measure_load(campaign)
    asks_again = bool(load.same) and not campaign.is_drill
    form = (AskAgainForm if asks_again else StepForm)(
        data={"version": campaign.version, "again_reason": campaign.again_reason}
    )
    if form.validate_on_submit():
        with attempting(form):
            reason = form.again_reason.data or "" if "again_reason" in form else None
            publishing.ask_review(actor, campaign, version=version_of(form), again_reason=reason)
            flash(gettext("公開の確認を依頼しました。作成していない別の人が確認して公開します。"))
            return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    return render_template("campaigns/ask_review.html", form=form, **_checked(campaign), load=load), form.status


@bp.route("/<int:campaign_id>/publish", methods=["GET", "POST"])
@access.requires(policy.signs)
def publish(campaign_id: int) -> _Page:
    """Check what will be frozen and whom it asks, and publish it."""
    actor, campaign = open_for(campaign_id, policy.can_publish)
    form = StepForm(data={"version": campaign.version})
    if form.validate_on_submit():
        with attempting(form):
            publishing.publish_campaign(actor, campaign, version=version_of(form))
            decide_all(campaign)
            flash(gettext("公開しました。対象の団体の画面に表示されます。"))
            return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    return render_template(
        "campaigns/publish.html", form=form, **_checked(campaign), load=publishing.measure_load(campaign)
    ), form.status


@bp.route("/<int:campaign_id>/send-back", methods=["GET", "POST"])
@access.requires(policy.can_build)
def send_back(campaign_id: int) -> _Page:
    """Back to a draft, with a reason."""
    actor, campaign = open_for(campaign_id, policy.can_send_back)
    form = SendBackForm(data={"version": campaign.version})
    if form.validate_on_submit():
        with attempting(form):
            publishing.send_back(actor, campaign, reason=form.reason.data or "", version=version_of(form))
            flash(gettext("差し戻しました。"))
            return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    return render_template("campaigns/send_back.html", form=form, campaign=campaign), form.status


@bp.route("/<int:campaign_id>/extend", methods=["GET", "POST"])
@access.requires(policy.can_build)
def extend(campaign_id: int) -> _Page:
    """A later due for every body."""
    actor, campaign = open_for(campaign_id, policy.can_close)
    form = ExtendForm(data={"version": campaign.version})
    if form.validate_on_submit() and form.due_on.data is not None:
        with attempting(form):
            postponing.extend_due(
                actor,
                campaign,
                form.due_on.data,
                reason=form.reason.data or "",
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("回答期限を延ばしました。"))
            return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    changes = postponing.list_due_changes(campaign)
    return render_template("campaigns/extend.html", form=form, campaign=campaign, due_changes=changes), form.status


@bp.route("/<int:campaign_id>/close", methods=["GET", "POST"])
@access.requires(policy.can_build)
def close(campaign_id: int) -> _Page:
    """End it."""
    actor, campaign = open_for(campaign_id, policy.can_close)
    form = StepForm(data={"version": campaign.version})
    if form.validate_on_submit():
        with attempting(form):
            publishing.close_campaign(actor, campaign, version=version_of(form))
            flash(gettext("終了しました。回答はもう入力できません。"))
            return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    counts = count_states(actor, campaign)
    return render_template("campaigns/close.html", form=form, campaign=campaign, counts=counts), form.status


def _checked(campaign: Campaign) -> dict[str, Any]:
    """What is to be looked at before publication: faults, whom it asks about what."""
    procedures, questions = queries.list_procedures(campaign), queries.list_questions(campaign)
    concerned = publishing.count_concerned(campaign, procedures)
    return {
        "campaign": campaign,
        "faults": publishing.list_faults(campaign, procedures, questions),
        "mended_at": mended_at,
        "procedures": procedures,
        "questions": questions,
        "concerned": concerned,
        "body_count": publishing.count_bodies(campaign),
        "entry_count": sum(concerned.values()),
        "addressees": describe(AddresseeRule.from_dict(campaign.addressees), locale()),
    }
