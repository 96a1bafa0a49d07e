"""A light survey on one page: title, purpose, a few questions, whom, until when."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import Length

from portal.addressing.rule import AddresseeRule
from portal.blueprints.campaigns.composing import EVERYBODY, LOCAL_KINDS, theme_choices, theme_of
from portal.blueprints.campaigns.forms import SurveyForm
from portal.blueprints.campaigns.importing import bp
from portal.blueprints.guidance.composing import locale
from portal.campaigns import policy
from portal.campaigns.content import CampaignContent
from portal.campaigns.states import QuestionKind
from portal.campaigns.surveys import LIGHT_KINDS, LightQuestion, draft_survey
from portal.core import clock
from portal.core.calendar import japan_date, next_business_day
from portal.directory.actor import Actor
from portal.directory.roles import OrganisationKind
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.fields import CheckboxField, SelectField, TextAreaField, TextField

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]
_FIRST, _MORE, _MOST = 3, 3, 30
_DUE_IN = timedelta(days=14)
_LATER = "rule"  # whom it addresses is said on the next page
_SCOPES = {
    "prefectures": AddresseeRule(kinds=(OrganisationKind.PREFECTURE,)),
    "municipalities": AddresseeRule(kinds=LOCAL_KINDS[1:]),
    "all": EVERYBODY,
    _LATER: EVERYBODY,
}


@bp.route("/new/survey", methods=["GET", "POST"])
@access.requires(policy.can_build)
def new_survey() -> _Page:
    """Make a survey with all its questions at once; more questions by a button, without losing what is typed."""
    actor = current_actor()
    count = _count()
    form = _make_form(actor, count)
    if request.form.get("more"):
        return render_template("campaigns/new_survey.html", form=form, count=count)
    if form.validate_on_submit():
        with attempting(form):
            asked = [_question_of(form, number) for number in range(count)]
            confirmed = bool(form.my_number_confirmed.data)
            campaign = draft_survey(actor, _content_of(form), asked, my_number_confirmed=confirmed)
            if form.scope.data == _LATER:
                flash(gettext("下書きをつくりました。対象の団体を選んでください。"))
                return redirect(url_for("campaigns.addressees", campaign_id=campaign.id))
            flash(gettext("下書きをつくりました。内容を確かめ、公開の確認を依頼してください。"))
            return redirect(url_for("campaigns.ask_review", campaign_id=campaign.id))
    return render_template("campaigns/new_survey.html", form=form, count=count), form.status


def _count() -> int:
    typed = request.form.get("count", "")
    count = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else _FIRST
    return max(1, min(_MOST, count + (_MORE if request.form.get("more") else 0)))


def _make_form(actor: Actor, count: int) -> Any:
    fields: dict[str, Any] = {}
    for number in range(count):
        shown = {"n": number + 1}
        fields[f"label_{number}"] = TextField(_l("設問%(n)s", **shown), validators=[Length(max=200)])
        fields[f"kind_{number}"] = SelectField(
            _l("設問%(n)sの回答の形", **shown),
            choices=[(kind.value, kind.label(locale())) for kind in LIGHT_KINDS],
            coerce=QuestionKind,
            default=QuestionKind.TEXT,
        )
        fields[f"options_{number}"] = TextAreaField(
            _l("設問%(n)sの選択肢", **shown),
            validators=[Length(max=5000)],
            rows=3,
            description=_l("1行に1つ書きます。"),
        )
        fields[f"is_required_{number}"] = CheckboxField(_l("必ず回答してもらう"), default=True)
    form = type("LightSurveyForm", (SurveyForm,), fields)(
        data={
            "theme_id": theme_of("other"),
            "survey_due_on": _usual_due(),
            "contact": actor.signature,
            "scope": "prefectures",
        }
    )
    form.theme_id.choices = theme_choices()
    form.scope.choices = [
        ("prefectures", gettext("全都道府県")),
        ("municipalities", gettext("全市区町村")),
        ("all", gettext("全都道府県・全市区町村")),
        (_LATER, gettext("次の画面で条件を決める")),
    ]
    return form


def _usual_due() -> date:
    """Two weeks from today, or the first business day after."""
    return next_business_day(japan_date(clock.now()) + _DUE_IN - timedelta(days=1))


def _question_of(form: Any, number: int) -> LightQuestion:
    return LightQuestion(
        label=form[f"label_{number}"].data or "",
        kind=form[f"kind_{number}"].data,
        options=form[f"options_{number}"].data or "",
        is_required=bool(form[f"is_required_{number}"].data),
    )


def _content_of(form: SurveyForm) -> CampaignContent:
    return CampaignContent(
        title=form.title.data or "",
        theme_id=form.theme_id.data,
        purpose=form.purpose.data or "",
        contact=form.contact.data or "",
        survey_due_on=form.survey_due_on.data,
        is_drill=bool(form.is_drill.data),
        addressees=_SCOPES[form.scope.data],
    )
