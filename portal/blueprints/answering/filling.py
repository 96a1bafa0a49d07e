"""Filling in one procedure: all fields with a button, or each as it is left, with what colleagues enter meanwhile."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.answering import attaching, policy, saving, submitting
from portal.answering.taking_over import take_over
from portal.blueprints.answering.gathering import FillForm, Filling, gather
from portal.blueprints.answering.submission import bp, own_entry, refuse_unless_open
from portal.blueprints.campaigns.question_fields import field_name, read_answers, read_reasons
from portal.campaigns.models import Campaign, Entry, Question
from portal.campaigns.states import QuestionKind
from portal.core import clock
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.web import access
from portal.web.attempt import attempting
from portal.web.filters import time
from portal.web.uploads import uploads_from

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]
_EVERYTHING = "*"


@bp.post("/<int:campaign_id>/entries/<int:entry_id>")
@access.requires(policy.is_body)
def save(campaign_id: int, entry_id: int) -> _Page:
    """Keep everything that the page says; then go on where the pressed button leads."""
    actor, campaign, entry = own_entry(campaign_id, entry_id)
    refuse_unless_open(actor, campaign, entry)
    filling = gather(actor, campaign, entry)
    form = filling.form()
    if form.validate_on_submit():
        with attempting(form):
            changes = read_answers(form, filling.questions)
            if not form.errors:
                _keep(actor, filling, form, filling.questions, changes)
                message = _press(actor, campaign, entry)
                flash(message)
                return redirect(_next(campaign_id, entry_id))
    elif not form.form_errors:
        read_answers(form, filling.questions)  # names whatever else cannot be read
    form.settle(entry.version)
    return show_form(actor, filling, form), form.status


@bp.post("/<int:campaign_id>/entries/<int:entry_id>/field")
@access.requires(policy.is_body)
def save_field(campaign_id: int, entry_id: int) -> Response | tuple[Response, int]:
    """Keep one answer as its field is left; the answer brings what has changed beside it."""
    actor, campaign, entry = own_entry(campaign_id, entry_id)
    if not policy.can_answer(actor, campaign, entry):
        return jsonify(error=gettext("この事務の回答は、提出済みか、点検・調査が終了しています。")), 409
    before = gather(actor, campaign, entry)
    question = next((each for each in before.questions if each.code == request.form.get("code")), None)
    if question is None:
        return jsonify(error=gettext("この設問はありません。画面を読み直してください。")), 422
    form, warned, seen = before.form(question), before.warned, _number(request.form.get("seen"))
    if form.validate_on_submit():
        with attempting(form):
            changes = read_answers(form, [question])
            if not form.errors:
                _keep(actor, before, form, [question], changes)
                after = gather(actor, campaign, entry)
                return _answer(after, seen, refreshed={question.code} | (warned ^ after.warned))
    messages = "　".join(message for _, _, message in form.problems)
    if form.needs_confirmation:
        messages = gettext(
            "12桁の番号が含まれています。個人番号でないことを確かめて、下の「保存する」を押してください。"
        )
    return jsonify(error=messages, **({"version": entry.version} if form.clashed else {})), 422


@bp.get("/<int:campaign_id>/entries/<int:entry_id>/changed")
@access.requires(policy.is_body)
def changed(campaign_id: int, entry_id: int) -> Response:
    """What has been entered since the version that the page shows, by whoever has."""
    actor, campaign, entry = own_entry(campaign_id, entry_id)
    seen = _number(request.args.get("seen"))
    if entry.version <= seen or not policy.can_answer(actor, campaign, entry):
        return jsonify(version=entry.version, is_open=policy.can_answer(actor, campaign, entry))
    return _answer(gather(actor, campaign, entry), seen)


def show_form(actor: Actor, filling: Filling, form: FillForm) -> str:
    """The page with every field."""
    return render_template(
        "answering/fill.html",
        is_manager=actor.role is Role.LOCAL_MANAGER,
        actor=actor,
        my_assignments=[each for each in filling.assignments if each.section_id == actor.section_id],
        due_on=filling.entry.participation.due_on or filling.campaign.survey_due_on,
        **filling.context(form),
    )


def _keep(actor: Actor, filling: Filling, form: FillForm, questions: Any, changes: dict[str, Any]) -> None:
    """The answers, the files and the reasons that were typed."""
    campaign, entry = filling.campaign, filling.entry
    confirmed = bool(form.my_number_confirmed.data)
    left_out = request.form.get("take_over", "")
    answers = {key: value for key, value in changes.items() if key.partition(":")[0] != left_out}
    for seen, changed_then in _batches(form, answers).items():
        saving.save_answers(actor, campaign, entry, changed_then, seen=seen, my_number_confirmed=confirmed)
    for question in questions:
        if question.kind is QuestionKind.FILE:
            _attach(actor, campaign, entry, question, form, confirmed=confirmed)
    reasons = {code: text for code, text in _reasons(form, questions).items() if entry.reasons.get(code, "") != text}
    if reasons:
        submitting.justify_warnings(actor, campaign, entry, reasons, my_number_confirmed=confirmed)


def _batches(form: FillForm, answers: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The answers by the version that the writer knew: of those that clashed, the one they were told of."""
    settled, seen = form.settled_at(), _number(form.seen.data)
    found: dict[int, dict[str, Any]] = {seen: {}}
    for key, value in answers.items():
        found.setdefault(settled.get(key.partition(":")[0], seen), {})[key] = value
    return found


def _reasons(form: FillForm, questions: Any) -> dict[str, str]:
    """What was typed of warnings; an emptied reason is taken back."""
    typed = {each.code for each in questions if f"w_{each.code}" in request.form}
    return dict.fromkeys(typed, "") | {
        code: text for code, text in read_reasons(form, questions).items() if code in typed
    }


def _attach(
    actor: Actor, campaign: Campaign, entry: Entry, question: Question, form: FillForm, *, confirmed: bool
) -> None:
    uploads = uploads_from(form[field_name(question.code)])
    if uploads:
        attaching.attach_files(actor, campaign, entry, question.code, uploads, my_number_confirmed=confirmed)


def _press(actor: Actor, campaign: Campaign, entry: Entry) -> str:
    """What the pressed button does beyond saving."""
    code, file = request.form.get("take_over"), request.form.get("remove_file", "")
    if code:
        taken = take_over(actor, campaign, entry, None if code == _EVERYTHING else [code])
        return str(gettext("前回の回答を%(n)s件引き継ぎました。", n=len(taken)))
    if file:
        asked, _, key = file.rpartition(":")
        attaching.detach_file(actor, campaign, entry, asked, _number(key))
        return str(gettext("ファイルを外しました。"))
    return str(gettext("回答を保存しました。"))


def _next(campaign_id: int, entry_id: int) -> str:
    where = "answering.confirm" if request.form.get("then") == "confirm" else "answering.show"
    return url_for(where, campaign_id=campaign_id, entry_id=entry_id)


def _answer(filling: Filling, seen: int, refreshed: set[str] | None = None) -> Response:
    """The blocks to show anew: what changed since, what is calculated, what is checked otherwise now."""
    codes = {each.question_code.partition(":")[0] for each in filling.changes if each.entry_version > seen}
    codes |= {each.code for each in filling.questions if each.kind is QuestionKind.CALCULATED} | (refreshed or set())
    context = filling.context(filling.form(as_stored=True))
    return jsonify(
        version=filling.entry.version,
        time=time(clock.now()),
        is_open=True,
        blocks={
            each.code: render_template("answering/_block.html", each=each, **context)
            for each in filling.questions
            if each.code in codes
        },
        summary=render_template("answering/_summary.html", **context),
        state=render_template("answering/_state.html", entry=filling.entry),
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else 0
