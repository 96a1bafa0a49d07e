"""The pages of reply templates: the list, writing one, reviewing one whose source has changed, retiring one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.drafts.checklists import bp
from portal.blueprints.drafts.forms import TemplateForm
from portal.blueprints.drafts.routes import Page
from portal.blueprints.issues.composing import version_of
from portal.blueprints.issues.quoting import find_quoted
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.drafts import policy, service
from portal.drafts.reply_templates import KeptTemplate, get_template, list_templates, with_sources
from portal.drafts.states import SourceKind
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]


@bp.get("/templates")
@access.requires(policy.can_use_templates)
def templates() -> str:
    """The templates that one may insert, those first seen that are newest; which of them need a review."""
    actor = current_actor()
    page = list_templates(actor, request.args.get("cursor"))
    return render_template(
        "drafts/templates.html",
        page=page,
        kept=with_sources(page.items),
        policy=policy,
        actor=actor,
        address_of=address_of,
    )


@bp.route("/templates/new", methods=["GET", "POST"])
@access.requires(policy.can_keep_templates)
def new_template() -> Page:
    """Write a template."""
    actor = current_actor()
    form = _make_form(actor, None)
    if form.validate_on_submit():
        with attempting(form):
            _write(actor, None, form)
            flash(gettext("テンプレートを作成しました。"))
            return redirect(url_for("drafts.templates"))
    return render_template("drafts/edit_template.html", form=form, kept=None), form.status


@bp.route("/templates/<int:template_id>/edit", methods=["GET", "POST"])
@access.requires(policy.can_keep_templates)
def edit_template(template_id: int) -> Page:
    """Change a template."""
    actor = current_actor()
    kept = get_template(actor, template_id)
    authorize(policy.can_edit_template, actor, kept.template)
    form = _make_form(actor, kept)
    if form.validate_on_submit():
        with attempting(form):
            _write(actor, kept, form)
            flash(gettext("テンプレートを保存しました。"))
            return redirect(url_for("drafts.templates"))
    return render_template("drafts/edit_template.html", form=form, kept=get_template(actor, template_id)), form.status


@bp.post("/templates/<int:template_id>/review")
@access.requires(policy.can_keep_templates)
def review_template(template_id: int) -> Response:
    """The text agrees with its source as it stands."""
    actor = current_actor()
    service.review_template(actor, get_template(actor, template_id).template, seen=request.form.get("seen", ""))
    flash(gettext("引用元を確認したことを記録しました。"))
    return redirect(url_for("drafts.templates"))


@bp.post("/templates/<int:template_id>/retire")
@access.requires(policy.can_keep_templates)
def retire_template(template_id: int) -> Response:
    """Use it no more."""
    actor = current_actor()
    service.retire_template(actor, get_template(actor, template_id).template)
    flash(gettext("テンプレートを廃止しました。"))
    return redirect(url_for("drafts.templates"))


def address_of(kept: KeptTemplate) -> str | None:
    """Where the source is read."""
    if kept.source is None:
        return None
    if kept.source.kind is SourceKind.QA_ENTRY:
        return url_for("knowledge.show", entry_id=kept.source.thing_id)
    return url_for("guidance.show", guidance_id=kept.source.thing_id)


def _make_form(actor: Actor, kept: KeptTemplate | None) -> TemplateForm:
    held: dict[str, Any] = {}
    if kept is not None:
        template = kept.template
        held = {
            "version": template.version,
            "title": template.title,
            "body": template.body,
            "is_shared": template.is_shared,
            "source": address_of(kept) or "",
        }
    form = TemplateForm(data=held)
    if not policy.can_share_templates(actor):
        del form.is_shared
    return form


def _write(actor: Actor, kept: KeptTemplate | None, form: TemplateForm) -> None:
    shared = getattr(form, "is_shared", None)
    service.write_template(
        actor,
        kept.template if kept is not None else None,
        title=form.title.data or "",
        body=form.body.data or "",
        is_shared=bool(shared.data) if shared is not None else False,
        source=_source(actor, kept, form.source.data or ""),
        version=version_of(form) if kept is not None else None,
        confirmed=bool(form.my_number_confirmed.data),
    )


def _source(actor: Actor, kept: KeptTemplate | None, named: str) -> tuple[SourceKind, int] | None:
    """What the field names; a source that is no longer in force may stay, but cannot be newly chosen."""
    if not named.strip():
        return None
    if kept is not None and kept.source is not None and named.strip() == address_of(kept):
        return kept.source.kind, kept.source.thing_id
    found = find_quoted(actor, named)[0]
    return SourceKind(found.kind), found.thing_id
