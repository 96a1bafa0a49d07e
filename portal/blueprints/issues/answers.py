"""The steps of divisions, and what anyone who takes part writes into the thread."""

from flask import flash
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from portal.blueprints.bundles.forms import OfficialForm, ProvisionalForm
from portal.blueprints.bundles.scoping import ask_scope, attach_to_posts, issues_meant, telling
from portal.blueprints.drafts.taking import keep_answer, text_of_draft
from portal.blueprints.issues.composing import attach_to_post, version_of
from portal.blueprints.issues.consulting import bp
from portal.blueprints.issues.forms import PromiseForm, ReasonForm, StepForm, TextForm
from portal.blueprints.issues.stepping import Page, Words, done, open_step, show_step
from portal.bundles.states import BundleStep
from portal.core.events import Audience
from portal.issues import policy, service
from portal.web import access
from portal.web.attempt import attempting

__all__ = ["bp"]

_ACCEPT = Words(
    title=_l("受け入れる"),
    button=_l("受け入れる"),
    lead=_l("この課で回答することを、提出した団体とリエゾンに知らせます。"),
)
_BOUNCE = Words(
    title=_l("返却する"),
    button=_l("返却する"),
    audience=Audience.INTERNAL,
    lead=_l("この課の担当でない場合に、理由を添えて事務局に返却します。事務局が割り振り直します。"),
)
_TAKE_BACK = Words(
    title=_l("割振りを取り消す"),
    button=_l("割振りを取り消す"),
    audience=Audience.INTERNAL,
    lead=_l("担当課が対応できない場合などに、理由を残して事務局に戻します。その後、改めて割り振ってください。"),
)
_PROVISIONAL = Words(
    title=_l("暫定回答する"),
    button=_l("暫定回答する"),
    audience=Audience.PUBLIC,
    lead=_l("分かっていることを先に知らせ、正式回答の予定日を約束します。課題・照会は対応中のままです。"),
)
_PROMISE = Words(
    title=_l("正式回答の予定日を変える"),
    button=_l("新しい予定日を知らせる"),
    audience=Audience.PUBLIC,
    lead=_l(
        "約束した予定日に回答できないときは、新しい予定日と理由を知らせます。これまでの予定日と並べて団体に見えます。"
    ),
)
_OFFICIAL = Words(
    title=_l("正式に回答する"),
    button=_l("正式に回答する"),
    audience=Audience.PUBLIC,
    lead=_l("課の長としての正式な回答です。送った後は書き換えられません。"),
)
_POST = Words(
    title=_l("投稿する"), button=_l("投稿する"), audience=Audience.PUBLIC, lead=_l("団体と本部のやり取りに投稿します。")
)
_NOTE = Words(
    title=_l("内部メモを書く"),
    button=_l("内部メモを残す"),
    audience=Audience.INTERNAL,
    lead=_l("本部の中で引き継ぐことや気付いたことを残します。"),
)


@bp.route("/<string:number>/accept", methods=["GET", "POST"])
@access.signed_in
def accept(number: str) -> Page:
    """The division takes it on."""
    actor, issue = open_step(number, policy.can_accept)
    form = StepForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            service.accept_issue(actor, issue)
            return done(number, gettext("受け入れました。"))
    return show_step(number, form, _ACCEPT)


@bp.route("/<string:number>/bounce", methods=["GET", "POST"])
@access.signed_in
def bounce(number: str) -> Page:
    """The division gives it back with a reason."""
    actor, issue = open_step(number, policy.can_bounce)
    form = ReasonForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            issue.check_version(version_of(form))
            service.bounce_issue(
                actor, issue, reason=form.reason.data or "", confirmed=bool(form.my_number_confirmed.data)
            )
            return done(number, gettext("事務局に返却しました。"))
    return show_step(number, form, _BOUNCE)


@bp.route("/<string:number>/take-back", methods=["GET", "POST"])
@access.signed_in
def take_back(number: str) -> Page:
    """The secretariat takes it back from a division with a reason."""
    actor, issue = open_step(number, policy.can_take_back)
    form = ReasonForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            issue.check_version(version_of(form))
            service.take_back_issue(
                actor, issue, reason=form.reason.data or "", confirmed=bool(form.my_number_confirmed.data)
            )
            return done(number, gettext("割振りを取り消しました。改めて割り振ってください。"))
    return show_step(number, form, _TAKE_BACK)


@bp.route("/<string:number>/provisional-answer", methods=["GET", "POST"])
@access.signed_in
def provisional_answer(number: str) -> Page:
    """Answer for the time being."""
    actor, issue = open_step(number, policy.can_answer_provisionally)
    form = ProvisionalForm(data={"version": issue.version, **text_of_draft(actor, issue)})
    meant = ask_scope(actor, issue, BundleStep.PROVISIONAL, form)
    if form.validate_on_submit():
        with telling(form):
            told = issues_meant(form, meant, issue)
            posts = [
                service.answer_provisionally(
                    actor,
                    each,
                    text=form.text.data or "",
                    promised_on=form.promised_on.data,
                    confirmed=bool(form.my_number_confirmed.data),
                )
                for each in told
            ]
            attach_to_posts(actor, posts, form, Audience.PUBLIC)
            keep_answer(actor, issue, posts, form, is_final=False)
            if len(told) > 1:
                flash(gettext("束の%(n)s件に同じ回答を送りました。", n=len(told)))
            return done(number, gettext("暫定回答を送りました。正式回答の予定日を忘れずに回答してください。"))
    return show_step(number, form, _PROVISIONAL, step=BundleStep.PROVISIONAL)


@bp.route("/<string:number>/new-promise", methods=["GET", "POST"])
@access.signed_in
def new_promise(number: str) -> Page:
    """Another date for the official answer."""
    actor, issue = open_step(number, policy.can_promise_anew)
    form = PromiseForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            issue.check_version(version_of(form))
            service.promise_anew(
                actor,
                issue,
                promised_on=form.promised_on.data,
                reason=form.reason.data or "",
                confirmed=bool(form.my_number_confirmed.data),
            )
            return done(number, gettext("新しい予定日を知らせました。"))
    return show_step(number, form, _PROMISE)


@bp.route("/<string:number>/answer", methods=["GET", "POST"])
@access.signed_in
def answer(number: str) -> Page:
    """The official answer."""
    actor, issue = open_step(number, policy.can_answer_officially)
    form = OfficialForm(data={"version": issue.version, **text_of_draft(actor, issue)})
    meant = ask_scope(actor, issue, BundleStep.OFFICIAL, form)
    if form.validate_on_submit():
        with telling(form):
            told = issues_meant(form, meant, issue)
            issue.check_version(version_of(form))
            posts = [
                service.answer_officially(
                    actor, each, text=form.text.data or "", confirmed=bool(form.my_number_confirmed.data)
                )
                for each in told
            ]
            attach_to_posts(actor, posts, form, Audience.PUBLIC)
            keep_answer(actor, issue, posts, form)
            if len(told) > 1:
                flash(gettext("束の%(n)s件に同じ回答を送りました。", n=len(told)))
            return done(number, gettext("正式に回答しました。"))
    return show_step(number, form, _OFFICIAL, step=BundleStep.OFFICIAL)


@bp.route("/<string:number>/reply", methods=["GET", "POST"])
@access.signed_in
def reply(number: str) -> Page:
    """Write to everyone who sees the issue."""
    actor, issue = open_step(number, policy.can_post_publicly)
    form = TextForm()
    if form.validate_on_submit():
        with attempting(form):
            post = service.post_reply(
                actor, issue, text=form.text.data or "", confirmed=bool(form.my_number_confirmed.data)
            )
            attach_to_post(actor, post.id, form, Audience.PUBLIC)
            return done(number, gettext("投稿しました。"))
    return show_step(number, form, _POST)


@bp.route("/<string:number>/note", methods=["GET", "POST"])
@access.signed_in
def note(number: str) -> Page:
    """Write to headquarters alone."""
    actor, issue = open_step(number, policy.can_write_note)
    form = TextForm()
    if form.validate_on_submit():
        with attempting(form):
            post = service.write_note(
                actor, issue, text=form.text.data or "", confirmed=bool(form.my_number_confirmed.data)
            )
            attach_to_post(actor, post.id, form, Audience.INTERNAL)
            return done(number, gettext("内部メモを残しました。"))
    return show_step(number, form, _NOTE)
