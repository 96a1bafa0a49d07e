"""One part of 庁内展開: the section answers or sends it back; who coordinates reminds, withdraws or sends it anew."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from portal.attachments.queries import list_attachments_of
from portal.blueprints.circulation.forms import AnswerForm, ResendForm, SendBackForm
from portal.blueprints.circulation.routes import NOT_NOW, bp, files_to_choose, wanted_of
from portal.blueprints.guidance.composing import version_of
from portal.circulation import answering, policy, queries, sending
from portal.circulation.models import Part
from portal.circulation.states import GIVEN, PartState
from portal.core.errors import Forbidden
from portal.directory.actor import Actor
from portal.guidance.dues import due_of
from portal.notifications.service import reading_of_subject
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.noting import note
from portal.web.uploads import uploads_from

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.get("/parts/<int:part_id>")
@access.requires(policy.can_list)
def part(part_id: int) -> str:
    """One part: what is asked by when, and the section's answer."""
    actor = current_actor()
    found = queries.get_part(actor, part_id)
    note(reading_of_subject(actor, "circulation", found.circulation_id))
    return _render(actor, found, None)


@bp.route("/parts/<int:part_id>/answer", methods=["GET", "POST"])
@access.requires(policy.can_list)
def answer(part_id: int) -> _Page:
    """The section's answer."""
    actor = current_actor()
    found = queries.get_part(actor, part_id)
    if request.method == "GET" and not policy.can_answer(actor, found.circulation, found):
        raise Forbidden(NOT_NOW)
    form = AnswerForm(
        data={"version": found.version, "state": found.state if found.state in GIVEN else None, "text": found.answer}
    )
    form.state.choices = [(state.value, state.label(_locale())) for state in GIVEN]
    if form.validate_on_submit():
        with attempting(form):
            answering.answer_part(
                actor,
                found,
                state=form.state.data,
                text=form.text.data or "",
                uploads=uploads_from(form.files),
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("回答しました。取りまとめの所属に知らせます。"))
            return redirect(url_for("circulation.part", part_id=part_id))
    return _render(actor, found, form), form.status


@bp.route("/parts/<int:part_id>/send-back", methods=["GET", "POST"])
@access.requires(policy.can_list)
def send_back(part_id: int) -> _Page:
    """Not this section's."""
    actor = current_actor()
    found = queries.get_part(actor, part_id)
    if request.method == "GET" and not policy.can_send_back(actor, found.circulation, found):
        raise Forbidden(NOT_NOW)
    form = SendBackForm(data={"version": found.version})
    if form.validate_on_submit():
        with attempting(form):
            answering.send_back_part(
                actor,
                found,
                reason=form.reason.data or "",
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("担当外として返却しました。"))
            return redirect(url_for("circulation.part", part_id=part_id))
    return _render(actor, found, form), form.status


@bp.route("/parts/<int:part_id>/resend", methods=["GET", "POST"])
@access.requires(policy.can_list)
def resend(part_id: int) -> _Page:
    """Send it anew, to the same section or another."""
    actor = current_actor()
    found = queries.get_part(actor, part_id)
    circulation = found.circulation
    if request.method == "GET" and not policy.can_resend(actor, circulation, found):
        raise Forbidden(NOT_NOW)
    kept = {name: getattr(found, name) for name in ("version", "what", "file_ids", "due_on", "section_id")}
    form = ResendForm(data=kept)
    form.section_id.choices = [(each.id, each.name) for each in queries.list_sections(actor.organisation_id)]
    form.file_ids.choices = files_to_choose(circulation.guidance_id)
    if form.validate_on_submit():
        with attempting(form):
            sending.resend_part(
                actor,
                found,
                section_id=form.section_id.data,
                wanted=wanted_of(form),
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("送り直しました。"))
            return redirect(url_for("circulation.show", guidance_id=circulation.guidance_id))
    return render_template(
        "circulation/send.html",
        form=form,
        guidance=circulation.guidance,
        due_on=due_of(circulation.guidance, circulation.recipient),
        part=found,
    ), form.status


@bp.post("/parts/<int:part_id>/remind")
@access.requires(policy.can_list)
def remind(part_id: int) -> Response:
    """Remind the section."""
    actor = current_actor()
    found = queries.get_part(actor, part_id)
    sending.remind_part(actor, found)
    flash(gettext("%(section)sに督促しました。", section=found.section_name))
    return redirect(url_for("circulation.show", guidance_id=found.circulation.guidance_id))


@bp.post("/parts/<int:part_id>/withdraw")
@access.requires(policy.can_list)
def withdraw(part_id: int) -> Response:
    """The section need not answer."""
    actor = current_actor()
    found = queries.get_part(actor, part_id)
    sending.withdraw_part(actor, found)
    flash(gettext("%(section)sへの依頼を取り消しました。", section=found.section_name))
    return redirect(url_for("circulation.show", guidance_id=found.circulation.guidance_id))


def _render(actor: Actor, found: Part, form: AnswerForm | SendBackForm | None) -> str:
    circulation = found.circulation
    files = list_attachments_of(circulated_part=[found.id], guidance=[circulation.guidance_id])
    return render_template(
        "circulation/part.html",
        actor=actor,
        policy=policy,
        form=form,
        is_sending_back=isinstance(form, SendBackForm),
        part=found,
        circulation=circulation,
        guidance=circulation.guidance,
        is_waiting=found.state is PartState.WAITING,
        files=files["circulated_part"][found.id],
        forms=[each for each in files["guidance"][circulation.guidance_id] if each.id in found.file_ids],
    )


def _locale() -> str:
    return str(get_locale() or "ja")
