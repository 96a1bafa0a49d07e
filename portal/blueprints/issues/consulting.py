"""The steps of consultations: asking ministries, a ministry's reply, taking a question back."""

from collections.abc import Sequence

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from portal.blueprints.bundles.scoping import attach_to_posts
from portal.blueprints.issues.composing import attach_to_post, locale
from portal.blueprints.issues.consult_forms import make_consult_form, make_reply_form
from portal.blueprints.issues.forms import ReasonForm
from portal.blueprints.issues.pausing import bp
from portal.blueprints.issues.stepping import Page, Words, done, open_step, show_step
from portal.core.events import Audience
from portal.directory.authorize import authorize
from portal.directory.models import Organisation
from portal.directory.queries import list_ministries
from portal.issues import policy, queries, service
from portal.issues.states import PostKind
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]

_CONSULT = Words(
    title=_l("府省に照会する"),
    button=_l("照会する"),
    audience=Audience.CONSULT,
    lead=_l("一度に複数の府省に照会できます。府省の回答は参考で、団体への回答は担当課の長が行います。"),
)
_REPLY = Words(
    title=_l("照会に回答する"),
    button=_l("回答する"),
    audience=Audience.CONSULT,
    lead=_l("幹事課への参考としての回答です。団体への正式な回答は、幹事課が行います。"),
)
_TAKE_BACK = Words(
    title=_l("照会を取り下げる"),
    button=_l("取り下げる"),
    audience=Audience.CONSULT,
    lead=_l("府省の回答を待たずに回答する場合に、照会を取り下げます。"),
)


@bp.route("/<string:number>/consult", methods=["GET", "POST"])
@access.signed_in
def consult(number: str) -> Page:
    """Put a question to one ministry or several."""
    actor, issue = open_step(number, policy.can_consult)
    ministries = list_ministries()
    form = make_consult_form(ministries, _names(ministries), issue.version)
    if form.validate_on_submit():
        with attempting(form):
            asked = service.consult_ministries(
                actor,
                issue,
                form.inquiries,
                question=form.question.data or "",
                confirmed=bool(form.my_number_confirmed.data),
            )
            ids = {each.id for each in asked}
            posts = [
                post
                for post in queries.list_posts(actor, issue)
                if post.consultation_id in ids and post.kind is PostKind.CONSULTATION
            ]
            attach_to_posts(actor, posts, form, Audience.CONSULT)
            return done(number, gettext("%(n)s府省に照会しました。", n=len(asked)))
    return show_step(number, form, _CONSULT, template="issues/consult.html")


@bp.route("/<string:number>/consultations/<int:consultation_id>/reply", methods=["GET", "POST"])
@access.signed_in
def reply_consultation(number: str, consultation_id: int) -> Page:
    """The ministry replies, to all of it or to some of the sub-questions."""
    actor = current_actor()
    issue = queries.get_issue(actor, number)
    consultation = queries.get_consultation(actor, issue, consultation_id)
    if request.method == "GET":
        authorize(policy.can_reply_to_consultation, actor, consultation)
    form = make_reply_form(consultation)
    if form.validate_on_submit():
        with attempting(form):
            post = service.reply_to_consultation(
                actor,
                issue,
                consultation,
                text=form.text.data or "",
                answers=form.answers,
                confirmed=bool(form.my_number_confirmed.data),
            )
            attach_to_post(actor, post.id, form, Audience.CONSULT)
            if consultation.is_open:
                return done(number, gettext("一部の小問に回答しました。残りの小問は、後で回答できます。"))
            return done(number, gettext("回答しました。幹事課に届いています。"))
    consultation = queries.get_consultation(actor, issue, consultation_id)
    asked = next(
        (
            post
            for post in queries.list_posts(actor, issue)
            if post.consultation_id == consultation.id and post.kind is PostKind.CONSULTATION
        ),
        None,
    )
    return show_step(number, form, _REPLY, ministry=consultation.ministry, consultation=consultation, asked=asked)


@bp.route("/<string:number>/consultations/<int:consultation_id>/withdraw", methods=["GET", "POST"])
@access.signed_in
def withdraw_consultation(number: str, consultation_id: int) -> Page:
    """No reply is needed any more."""
    actor, issue = open_step(number, policy.can_consult)
    consultation = queries.get_consultation(actor, issue, consultation_id)
    form = ReasonForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            service.withdraw_consultation(
                actor, issue, consultation, reason=form.reason.data or "", confirmed=bool(form.my_number_confirmed.data)
            )
            return done(number, gettext("照会を取り下げました。"))
    consultation = queries.get_consultation(actor, issue, consultation_id)
    return show_step(number, form, _TAKE_BACK, ministry=consultation.ministry, consultation=consultation)


def _names(bodies: Sequence[Organisation]) -> list[str]:
    return [(body.name_en or body.name) if locale() == "en" else body.name for body in bodies]
