"""The steps of liaisons and the secretariat, and those of the submitter."""

from flask import flash
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from portal.blueprints.bundles.forms import QuotingForm, ReturnForm
from portal.blueprints.bundles.scoping import ask_scope, attach_to_posts, issues_meant, telling
from portal.blueprints.drafts.taking import keep_answer, text_of_draft
from portal.blueprints.issues import quoting
from portal.blueprints.issues.composing import attach_to_post, make_route_form, make_triage_form, version_of
from portal.blueprints.issues.drafting import bp
from portal.blueprints.issues.forms import ConfirmDeclineForm, DeclineForm, ReasonForm, StepForm, TextForm
from portal.blueprints.issues.stepping import Page, Words, done, open_step, show_step
from portal.bundles.states import BundleStep
from portal.core.events import Audience
from portal.issues import policy, queries, service
from portal.issues.states import Urgency
from portal.web import access
from portal.web.attempt import attempting

__all__ = ["bp"]

_TRIAGE = Words(
    title=_l("仕分けする"),
    button=_l("仕分けする"),
    lead=_l("テーマと緊急度を確認します。同じ内容の課題・照会がないかも確認してください。"),
)
_RETURN = Words(
    title=_l("補足を依頼する"),
    button=_l("補足を依頼する"),
    audience=Audience.PUBLIC,
    lead=_l("提出した団体に、足りない内容を尋ねます。補足が届くまで、回答までの日数には数えません。"),
)
_ROUTE = Words(
    title=_l("割り振る"),
    button=_l("割り振る"),
    lead=_l("担当する幹事課に割り振ります。幹事課は受け入れるか、理由を添えて返却します。"),
)
_QUOTE = Words(
    title=_l("公表済みの回答を引用して回答する"),
    button=_l("回答する"),
    audience=Audience.PUBLIC,
    lead=_l("公表済みのQ&Aまたは発出済みの通知等で答えられる場合に限り、リエゾンが回答できます。"),
)
_DECLINE = Words(
    title=_l("対象外として提案する"),
    button=_l("提案する"),
    audience=Audience.INTERNAL,
    lead=_l("このポータルで扱えない理由と適切な窓口を示します。事務局が判断するまで、団体には知らせません。"),
)
_CONFIRM = Words(
    title=_l("対象外の提案を判断する"),
    button=_l("決定する"),
    lead=_l("対象外とする場合は、下の文と適切な窓口を団体に知らせます。しない場合は、リエゾンに戻します。"),
)
_RESUBMIT = Words(
    title=_l("補足して再提出する"),
    button=_l("再提出する"),
    audience=Audience.PUBLIC,
    lead=_l("尋ねられた内容に答えます。報告内容そのものを直す場合は、先に「報告内容を訂正する」で直してください。"),
)
_CLOSE = Words(
    title=_l("完了にする"),
    button=_l("完了にする"),
    lead=_l("回答で解決したことを本部に知らせます。30日以内であれば再開できます。"),
)
_REOPEN = Words(
    title=_l("再開する"),
    button=_l("再開する"),
    audience=Audience.PUBLIC,
    lead=_l("回答では解決しなかった理由を書きます。回答した課がもう一度対応します。"),
)
_WITHDRAW = Words(
    title=_l("取り下げる"),
    button=_l("取り下げる"),
    audience=Audience.PUBLIC,
    lead=_l("回答が不要になったときに取り下げます。取り下げた後は再開できません。"),
)


@bp.route("/<string:number>/triage", methods=["GET", "POST"])
@access.signed_in
def triage(number: str) -> Page:
    """Check theme, urgency and duplicates."""
    actor, issue = open_step(number, policy.can_triage)
    form = make_triage_form(issue)
    if form.validate_on_submit():
        with attempting(form):
            service.triage_issue(
                actor,
                issue,
                theme_id=form.theme_id.data,
                sub_topic_id=form.sub_topic_id.data,
                urgency=form.urgency.data or Urgency.NORMAL,
                version=version_of(form),
            )
            return done(number, gettext("仕分けました。続けて割り振ってください。"))
    return show_step(number, form, _TRIAGE)


@bp.route("/<string:number>/return", methods=["GET", "POST"], endpoint="return")
@access.signed_in
def return_(number: str) -> Page:
    """Ask the submitter for information."""
    actor, issue = open_step(number, policy.can_return)
    form = ReturnForm(data={"version": issue.version})
    form.reason.label.text = gettext("補足してほしい内容")
    meant = ask_scope(actor, issue, BundleStep.RETURN, form)
    if form.validate_on_submit():
        with telling(form):
            told = issues_meant(form, meant, issue)
            issue.check_version(version_of(form))
            for each in told:
                service.return_issue(
                    actor, each, reason=form.reason.data or "", confirmed=bool(form.my_number_confirmed.data)
                )
            if len(told) > 1:
                flash(gettext("束の%(n)s件に同じ補足を依頼しました。", n=len(told)))
            return done(number, gettext("補足を依頼しました。"))
    return show_step(number, form, _RETURN, step=BundleStep.RETURN)


@bp.route("/<string:number>/route", methods=["GET", "POST"])
@access.signed_in
def route(number: str) -> Page:
    """Assign it to a division."""
    actor, issue = open_step(number, policy.can_route)
    form = make_route_form(actor, issue)
    if form.validate_on_submit():
        with attempting(form):
            issue.check_version(version_of(form))
            division = service.route_issue(actor, issue, division_id=form.division_id.data)
            return done(number, gettext("%(division)sに割り振りました。", division=division.name))
    return show_step(number, form, _ROUTE)


@bp.route("/<string:number>/quote-answer", methods=["GET", "POST"])
@access.signed_in
def quote_answer(number: str) -> Page:
    """Answer by quoting what is published."""
    actor, issue = open_step(number, policy.can_quote_answer)
    form = QuotingForm(data={"version": issue.version, **text_of_draft(actor, issue)})
    meant = ask_scope(actor, issue, BundleStep.QUOTE, form)
    if form.validate_on_submit():
        with telling(form):
            told = issues_meant(form, meant, issue)
            issue.check_version(version_of(form))
            quoted = quoting.find_quoted(actor, form.source.data or "")
            text, source = form.text.data or "", quoting.as_markdown(quoted)
            confirmed = bool(form.my_number_confirmed.data)
            posts = [
                service.answer_by_quote(actor, each, text=text, source=source, confirmed=confirmed) for each in told
            ]
            attach_to_posts(actor, posts, form, Audience.PUBLIC)
            keep_answer(actor, issue, posts, form)
            for each in told:
                quoting.link_quoted(actor, each, quoted)
            if len(told) > 1:
                flash(gettext("束の%(n)s件に同じ回答を送りました。", n=len(told)))
            return done(number, gettext("公表済みの回答を引用して回答しました。"))
    return show_step(number, form, _QUOTE, step=BundleStep.QUOTE)


@bp.route("/<string:number>/decline", methods=["GET", "POST"])
@access.signed_in
def decline(number: str) -> Page:
    """Propose that it is out of scope, naming the right desk."""
    actor, issue = open_step(number, policy.can_propose_decline)
    form = DeclineForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            issue.check_version(version_of(form))
            service.propose_decline(
                actor,
                issue,
                desk=form.desk.data or "",
                reason=form.reason.data or "",
                confirmed=bool(form.my_number_confirmed.data),
            )
            return done(number, gettext("対象外として事務局に提案しました。"))
    return show_step(number, form, _DECLINE)


@bp.route("/<string:number>/confirm-decline", methods=["GET", "POST"])
@access.signed_in
def confirm_decline(number: str) -> Page:
    """Decide on the proposal."""
    actor, issue = open_step(number, policy.can_confirm_decline)
    form = ConfirmDeclineForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            issue.check_version(version_of(form))
            text, confirmed = form.text.data or "", bool(form.my_number_confirmed.data)
            if form.decision.data == "confirm":
                service.confirm_decline(actor, issue, text=text, confirmed=confirmed)
                return done(number, gettext("対象外とし、団体に適切な窓口を知らせました。"))
            service.reject_decline(actor, issue, reason=text, confirmed=confirmed)
            return done(number, gettext("対象外とせず、リエゾンに戻しました。"))
    proposal = [post for post in queries.list_posts(actor, issue) if post.kind.value == "decision"]
    return show_step(number, form, _CONFIRM, proposal=proposal[-1] if proposal else None)


@bp.route("/<string:number>/resubmit", methods=["GET", "POST"])
@access.signed_in
def resubmit(number: str) -> Page:
    """Supply what was asked for."""
    actor, issue = open_step(number, policy.can_resubmit)
    form = TextForm(data={"version": issue.version})
    form.text.label.text = gettext("補足する内容")
    if form.validate_on_submit():
        with attempting(form):
            post = service.resubmit_issue(
                actor, issue, text=form.text.data or "", confirmed=bool(form.my_number_confirmed.data)
            )
            attach_to_post(actor, post.id, form, Audience.PUBLIC)
            return done(number, gettext("再提出しました。"))
    return show_step(number, form, _RESUBMIT)


@bp.route("/<string:number>/close", methods=["GET", "POST"])
@access.signed_in
def close(number: str) -> Page:
    """The answer settled it."""
    actor, issue = open_step(number, policy.can_close)
    form = StepForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            issue.check_version(version_of(form))
            service.close_issue(actor, issue)
            return done(number, gettext("完了にしました。"))
    return show_step(number, form, _CLOSE)


@bp.route("/<string:number>/reopen", methods=["GET", "POST"])
@access.signed_in
def reopen(number: str) -> Page:
    """The answer did not settle it."""
    actor, issue = open_step(number, policy.can_reopen)
    form = ReasonForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            service.reopen_issue(
                actor, issue, reason=form.reason.data or "", confirmed=bool(form.my_number_confirmed.data)
            )
            return done(number, gettext("再開しました。"))
    return show_step(number, form, _REOPEN)


@bp.route("/<string:number>/withdraw", methods=["GET", "POST"])
@access.signed_in
def withdraw(number: str) -> Page:
    """Take it back."""
    actor, issue = open_step(number, policy.can_withdraw)
    form = ReasonForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            service.withdraw_issue(
                actor, issue, reason=form.reason.data or "", confirmed=bool(form.my_number_confirmed.data)
            )
            return done(number, gettext("取り下げました。"))
    return show_step(number, form, _WITHDRAW)
