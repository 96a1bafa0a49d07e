"""庁内展開 by who coordinates: the collection, sending parts, chasing them, composing and confirming the answer."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from portal.attachments.queries import list_attachments, list_attachments_of
from portal.blueprints.circulation.forms import CONFIRM, ComposeForm, ConfirmForm, SendForm
from portal.circulation import composing, policy, queries, sending
from portal.circulation.models import Circulation, ComposedAnswer, Part
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.guidance import records
from portal.guidance.dues import due_of
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import ANSWERING
from portal.notifications.service import reading_of_subject
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.noting import note
from portal.web.uploads import send_attachment, uploads_from

bp = Blueprint("circulation", __name__, url_prefix="/guidance")
_Page = Response | str | tuple[str, int]
NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.get("/parts")
@access.requires(policy.can_list)
def index() -> str:
    """What was sent to the actor's section."""
    actor = current_actor()
    is_open = request.args.get("show") != "done"
    return render_template(
        "circulation/index.html",
        actor=actor,
        is_open=is_open,
        page=queries.list_own_parts(actor, cursor=request.args.get("cursor"), is_open=is_open),
    )


@bp.get("/<int:guidance_id>/parts")
@access.requires(policy.can_list)
def show(guidance_id: int) -> str:
    """The collection: who has answered, the late first, and the answers put before the head."""
    actor = current_actor()
    circulation = queries.get_circulation(actor, guidance_id)
    note(reading_of_subject(actor, "circulation", circulation.id))
    page = queries.list_parts(circulation, cursor=request.args.get("cursor"))
    answers = queries.list_answers(circulation)
    asked = answers[0] if answers and policy.can_take_back(actor, circulation, answers[0]) else None
    return render_template(
        "circulation/show.html",
        actor=actor,
        policy=policy,
        circulation=circulation,
        guidance=circulation.guidance,
        due_on=due_of(circulation.guidance, circulation.recipient),
        page=page,
        counts=queries.count_parts(circulation),
        answers=answers,
        asked=asked,
        can_confirm=_can_confirm(actor, circulation, answers[0] if answers else None),
        files=list_attachments_of(
            circulated_part=[part.id for part in page], composed_answer=[answer.id for answer in answers]
        ),
    )


@bp.route("/<int:guidance_id>/parts/new", methods=["GET", "POST"])
@access.requires(policy.can_list)
def send(guidance_id: int) -> _Page:
    """Send a part to sections."""
    actor, guidance, recipient = _own(guidance_id)
    circulation = queries.find_circulation(actor, guidance_id)
    may = policy.can_begin(actor, guidance, recipient)
    _refuse_page(may and (circulation is None or policy.can_send(actor, circulation)))
    form = SendForm()
    form.section_ids.choices = [(each.id, each.name) for each in queries.list_sections(actor.organisation_id)]
    form.file_ids.choices = files_to_choose(guidance_id)
    if form.validate_on_submit():
        with attempting(form):
            parts = sending.send_parts(
                actor,
                guidance,
                recipient,
                form.section_ids.data or [],
                wanted_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("所属%(n)s件に送りました。", n=len(parts)))
            return redirect(url_for("circulation.show", guidance_id=guidance_id))
    return render_template(
        "circulation/send.html", form=form, guidance=guidance, due_on=due_of(guidance, recipient), part=None
    ), form.status


@bp.route("/<int:guidance_id>/parts/answer", methods=["GET", "POST"])
@access.requires(policy.can_list)
def compose(guidance_id: int) -> _Page:
    """One answer of the body, prefilled from its sections' answers."""
    actor = current_actor()
    circulation = queries.get_circulation(actor, guidance_id)
    _refuse_page(policy.can_compose(actor, circulation))
    parts = queries.list_answered(circulation)
    returned = queries.find_returned(circulation)
    form = _compose_form(parts, returned)
    if form.validate_on_submit():
        with attempting(form):
            composing.compose_answer(
                actor,
                circulation,
                _composition_of(form),
                seen=form.seen.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("回答案の確認を長に求めました。"))
            return redirect(url_for("circulation.show", guidance_id=guidance_id))
    form.seen.data = composing.seen_of(parts)  # after a refusal: what is shown now
    return render_template(
        "circulation/compose.html",
        form=form,
        guidance=circulation.guidance,
        circulation=circulation,
        counts=queries.count_parts(circulation),
        answered=parts,
        returned=returned,
        due_on=due_of(circulation.guidance, circulation.recipient),
    ), form.status


@bp.post("/<int:guidance_id>/parts/answer/<int:answer_id>/take-back")
@access.requires(policy.can_list)
def take_back(guidance_id: int, answer_id: int) -> Response:
    """The head need not decide: the parts may change again."""
    actor = current_actor()
    circulation = queries.get_circulation(actor, guidance_id)
    composing.take_back_answer(actor, circulation, _answer(circulation, answer_id))
    flash(gettext("回答案を取り下げました。"))
    return redirect(url_for("circulation.show", guidance_id=guidance_id))


@bp.route("/<int:guidance_id>/parts/confirm", methods=["GET", "POST"])
@access.requires(policy.can_list)
def confirm(guidance_id: int) -> _Page:
    """The head confirms the answer of the body, or returns it."""
    actor = current_actor()
    circulation = queries.get_circulation(actor, guidance_id)
    answers = queries.list_answers(circulation)
    asked = answers[0] if answers else None
    _refuse_page(_can_confirm(actor, circulation, asked))
    assert asked is not None  # noqa: S101 - refused above
    form = ConfirmForm(data={"answer_id": asked.id})
    if form.validate_on_submit():
        with attempting(form):
            _decide(actor, circulation, _answer(circulation, int(form.answer_id.data or 0)), form)
            return redirect(url_for("circulation.show", guidance_id=guidance_id))
    return render_template(
        "circulation/confirm.html",
        form=form,
        guidance=circulation.guidance,
        circulation=circulation,
        asked=asked,
        answered=queries.list_answered(circulation, asked.part_ids),
        files=list_attachments("composed_answer", [asked.id])[asked.id],
        due_on=due_of(circulation.guidance, circulation.recipient),
    ), form.status


@bp.get("/<int:guidance_id>/parts/files/<int:attachment_id>")
@access.requires(policy.can_list)
def file(guidance_id: int, attachment_id: int) -> Response:
    """A file of a section's answer, or of one put before the head."""
    return send_attachment(queries.get_file(current_actor(), guidance_id, attachment_id))


def files_to_choose(guidance_id: int) -> list[tuple[int, str]]:
    """The paper's files as choices."""
    return [(each.id, each.file_name) for each in list_attachments("guidance", [guidance_id])[guidance_id]]


def wanted_of(form: Any) -> sending.Wanted:
    """What the form asks of a section."""
    return sending.Wanted(
        what=form.what.data or "", file_ids=form.file_ids.data or [], due_on=form.due_on.data, note=form.note.data or ""
    )


def _compose_form(parts: Sequence[Part], returned: ComposedAnswer | None) -> ComposeForm:
    """With what was returned last, else the sections' answers one after the other."""
    files = list_attachments("circulated_part", [part.id for part in parts])
    names = {part.id: part.section_name for part in parts}
    chosen = [(each.id, f"{each.file_name}（{names[key]}）") for key, held in files.items() for each in held]
    form = ComposeForm(
        data={
            "seen": composing.seen_of(parts),
            "file_ids": [key for key, _name in chosen],
            **_begin_with(parts, returned),
        }
    )
    locale = str(get_locale() or "ja")
    form.state.choices = [(state.value, state.label(locale)) for state in ANSWERING]
    form.file_ids.choices = chosen
    return form


def _begin_with(parts: Sequence[Part], returned: ComposedAnswer | None) -> dict[str, Any]:
    if returned is None:
        return {"text": composing.prefill_text(parts)}
    return {"state": returned.response_state.value, "text": returned.text, "expected_on": returned.expected_on}


def _composition_of(form: ComposeForm) -> composing.Composition:
    return composing.Composition(
        state=form.state.data,
        text=form.text.data or "",
        expected_on=form.expected_on.data,
        file_ids=form.file_ids.data or [],
        uploads=uploads_from(form.files),
    )


def _decide(actor: Actor, circulation: Circulation, answer: ComposedAnswer, form: ConfirmForm) -> None:
    if form.decision.data == CONFIRM:
        composing.confirm_answer(actor, circulation, answer)
        flash(gettext("確認し、団体の回答として登録しました。"))
        return
    confirmed = bool(form.my_number_confirmed.data)
    composing.return_answer(actor, circulation, answer, reason=form.reason.data or "", my_number_confirmed=confirmed)
    flash(gettext("回答案を差し戻しました。"))


def _can_confirm(actor: Actor, circulation: Circulation, answer: ComposedAnswer | None) -> bool:
    if not policy.leads(actor) or answer is None:
        return False
    return policy.can_confirm(actor, circulation, answer, has_other_head=queries.has_other_head(actor))


def _answer(circulation: Circulation, answer_id: int) -> ComposedAnswer:
    found = next((each for each in queries.list_answers(circulation) if each.id == answer_id), None)
    if found is None:
        raise NotFound
    return found


def _own(guidance_id: int) -> tuple[Actor, Guidance, Recipient]:
    actor = current_actor()
    guidance, recipient = records.get_with_own_recipient(actor, guidance_id)
    if recipient is None:
        raise NotFound
    return actor, guidance, recipient


def _refuse_page(may: bool) -> None:
    if not may:
        raise Forbidden(NOT_NOW)
