"""Guidance read, drafted, approved and issued; what the bodies do with it is in recipients.py."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.attachments.queries import list_attachments
from portal.blueprints.guidance import sources
from portal.blueprints.guidance.composing import (
    content_of,
    make_filter_form,
    make_guidance_form,
    named,
    paper_typed,
    version_of,
)
from portal.blueprints.guidance.showing import show_item
from portal.blueprints.guidance.typed import open_form
from portal.core.calendar import era_date
from portal.core.errors import Forbidden
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.guidance import matrix, policy, queries, receiving, records, service
from portal.guidance.addressees import AddresseeRule
from portal.guidance.dues import due_of
from portal.guidance.layout import PASSING_ON, lay_out
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceKind
from portal.guidance.typed import forget_typed
from portal.notifications.service import reading_of_paper
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.noting import note
from portal.web.uploads import send_attachment, uploads_from

bp = Blueprint("guidance", __name__, url_prefix="/guidance")
_Page = Response | str | tuple[str, int]
bp.add_app_template_filter(lay_out, "laid_out")
bp.add_app_template_filter(era_date, "era_date")
bp.add_app_template_global(lambda: PASSING_ON, "passing_on")


@bp.get("")
@access.requires(policy.can_list)
def index() -> str:
    """What waits for the actor, then the guidance that they may see."""
    actor = current_actor()
    form, filters = make_filter_form(actor)
    page = queries.list_guidance(actor, filters, cursor=request.args.get("cursor"))
    return render_template(
        "guidance/index.html",
        named=named,
        due_of=due_of,
        form=form,
        page=page,
        actor=actor,
        can_draft=policy.can_draft(actor),
        waiting=[] if request.args else queries.list_waiting_for(actor, limit=20),
        unissued=queries.list_unissued(actor) if policy.can_read_drafts(actor) and not request.args else [],
        facts=matrix.count_facts_of(actor, page.items),
        own=records.list_own_recipients(actor, [item.id for item in page]),
    )


@bp.route("/new", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def new() -> _Page:
    """Begin a draft, from an issue when one is named."""
    actor = current_actor()
    form, unsaved = open_form(actor)
    source = sources.find_source(actor, unsaved.issue_number(request.args.get("issue")))
    if request.method == "GET" and source is not None and not unsaved.is_restored:
        form.title.data, form.theme_id.data = sources.title_from(source), source.theme_id
    if form.validate_on_submit():
        with attempting(form):
            guidance = service.draft_guidance(
                actor,
                content_of(form),
                uploads=uploads_from(form.files),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            sources.link_to(actor, guidance, source)
            forget_typed(actor, None)
            flash(gettext("起案しました。内容と宛先を確認し、確認・合議に回してください。"))
            return redirect(url_for("guidance.show", guidance_id=guidance.id))
    return render_template(
        "guidance/edit.html",
        form=form,
        guidance=None,
        unsaved=unsaved,
        source=source,
        files=[],
        kinds=list(GuidanceKind),
    ), form.status


@bp.post("/preview")
@access.requires(policy.can_draft)
def preview() -> str:
    """The paper as it would be printed, from what is typed; nothing is stored."""
    paper = paper_typed(make_guidance_form(current_actor()))
    is_part = "HX-Request" in request.headers
    return render_template("guidance/_paper.html" if is_part else "guidance/preview.html", guidance=paper)


@bp.get("/<int:guidance_id>")
@access.requires(policy.can_list)
def show(guidance_id: int) -> str:
    """One item: what it asks, then the paper; an addressed person's first look is recorded as 閲覧."""
    actor = current_actor()
    guidance, recipient = records.get_with_own_recipient(actor, guidance_id)
    note(receiving.opening_of(actor, guidance, recipient), reading_of_paper(actor, guidance.id))
    return show_item(actor, guidance, recipient)


@bp.route("/<int:guidance_id>/edit", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def edit(guidance_id: int) -> _Page:
    """Change a draft."""
    actor, guidance = open_for(guidance_id, policy.can_edit)
    form, unsaved = open_form(actor, guidance)
    if form.validate_on_submit():
        with attempting(form):
            service.save_draft(
                actor,
                guidance,
                content_of(form, AddresseeRule.from_dict(guidance.addressees)),
                version=version_of(form),
                uploads=uploads_from(form.files),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            forget_typed(actor, guidance)
            flash(gettext("保存しました。"))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    return render_template(
        "guidance/edit.html",
        form=form,
        guidance=guidance,
        unsaved=unsaved,
        source=None,
        files=list_attachments("guidance", [guidance_id])[guidance_id],
    ), form.status


@bp.post("/<int:guidance_id>/attachments/<int:attachment_id>/remove")
@access.requires(policy.can_draft)
def remove_attachment(guidance_id: int, attachment_id: int) -> Response:
    """Take a file off a draft."""
    actor = current_actor()
    guidance = queries.get_guidance(actor, guidance_id)
    service.remove_file(actor, guidance, queries.get_attachment(actor, guidance, attachment_id))
    flash(gettext("添付ファイルを外しました。"))
    return redirect(url_for("guidance.edit", guidance_id=guidance_id))


@bp.get("/<int:guidance_id>/attachments/<int:attachment_id>")
@access.requires(policy.can_list)
def attachment(guidance_id: int, attachment_id: int) -> Response:
    """Download a file of the item or of a response; the right to see it is asked each time."""
    actor = current_actor()
    guidance = queries.get_guidance(actor, guidance_id)
    return send_attachment(queries.get_attachment(actor, guidance, attachment_id))


def open_for(guidance_id: int, can: Callable[[Actor, Guidance], bool]) -> tuple[Actor, Guidance]:
    """The item for a step; a look at a step that is not the actor's is refused, a POST is judged by the service."""
    actor = current_actor()
    guidance = queries.get_guidance(actor, guidance_id)
    if request.method == "GET" and not can(actor, guidance):
        raise Forbidden(N_("この操作は、いまの状態では行えないか、行う権限がありません。"))
    return actor, guidance
