"""New editions, papers joined into one, and what changed since the edition that a body received."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.revisions.forms import AbsorbForm, BeginEditionForm
from portal.blueprints.revisions.routes import bp
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.guidance import policy as guidance_policy
from portal.guidance import queries as guidance_queries
from portal.guidance.models import Guidance
from portal.revisions import editions, policy, queries
from portal.revisions.changes import Edition, compare_editions
from portal.revisions.marking import list_unplaced
from portal.revisions.states import CorrectionState
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.filters import jdate

__all__ = ["bp"]

_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.route("/<int:guidance_id>/new-edition", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def new_edition(guidance_id: int) -> _Page:
    """Begin the next edition of a paper in force."""
    actor, guidance = _open(guidance_id)
    if request.method == "GET" and not policy.can_begin_edition(actor, guidance):
        raise Forbidden(_NOT_NOW)
    form = BeginEditionForm()
    if form.validate_on_submit():
        with attempting(form):
            draft = editions.begin_edition(
                actor, guidance, keeps_due=bool(form.keeps_due.data), keeps_files=bool(form.keeps_files.data)
            )
            flash(gettext("第%(n)s版の起案を始めました。変える箇所を直してください。", n=draft.edition))
            return redirect(url_for("guidance.edit", guidance_id=draft.id))
    corrections = [each for each in queries.list_corrections(actor, guidance) if each.state is CorrectionState.ISSUED]
    return render_template(
        "revisions/new_edition.html",
        form=form,
        guidance=guidance,
        corrections=corrections,
        unplaced=list_unplaced(guidance.body, corrections),
    ), form.status


@bp.route("/<int:guidance_id>/joining", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def joining(guidance_id: int) -> _Page:
    """Which other papers the draft replaces when it is issued."""
    actor, guidance = _open(guidance_id)
    if request.method == "GET" and not guidance_policy.can_edit(actor, guidance):
        raise Forbidden(_NOT_NOW)
    form = AbsorbForm()
    form.chosen.choices = [(str(each.id), _named(each)) for each in queries.list_joinable(actor, guidance)]
    if form.validate_on_submit():
        with attempting(form):
            paper = editions.absorb_paper(actor, guidance, form.chosen.data or form.absorbed.data or "")
            flash(gettext("「%(title)s」を統合の対象に加えました。", title=paper.title))
            return redirect(url_for("revisions.joining", guidance_id=guidance_id))
    return render_template(
        "revisions/joining.html", form=form, guidance=guidance, relatives=queries.list_relatives(actor, guidance)
    ), form.status


@bp.post("/<int:guidance_id>/joining/<int:absorbed_id>/release")
@access.requires(guidance_policy.can_draft)
def release(guidance_id: int, absorbed_id: int) -> Response:
    """Leave a paper as it is after all."""
    actor, guidance = _open(guidance_id)
    editions.release_paper(actor, guidance, absorbed_id)
    flash(gettext("統合の対象から外しました。"))
    return redirect(url_for("revisions.joining", guidance_id=guidance_id))


@bp.get("/<int:guidance_id>/changes")
@access.requires(guidance_policy.can_list)
def changes(guidance_id: int) -> str:
    """What is new beside the edition that the actor's own body received, or beside the one asked for."""
    actor, guidance = _open(guidance_id)
    earlier = queries.list_earlier_editions(actor, guidance)
    if not earlier:
        raise NotFound
    received = queries.find_received_edition(actor, earlier)
    wanted = request.args.get("from", "")
    base = next((each for each in earlier if str(each.id) == wanted), received or earlier[0])
    return render_template(
        "revisions/changes.html",
        guidance=guidance,
        base=base,
        earlier=earlier,
        received=received,
        found=compare_editions(_edition(actor, base), _edition(actor, guidance)),
    )


def _edition(actor: Actor, guidance: Guidance) -> Edition:
    corrections = queries.list_corrections(actor, guidance)
    return Edition(guidance, queries.list_files(guidance, corrections), corrections)


def _named(paper: Guidance) -> str:
    return f"{paper.document_number or ''} {paper.title}（{jdate(paper.issued_on)}）".strip()


def _open(guidance_id: int) -> tuple[Actor, Guidance]:
    actor = current_actor()
    return actor, guidance_queries.get_guidance(actor, guidance_id)
