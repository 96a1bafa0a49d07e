"""Replies to many: writing and previewing one, its progress, recalling it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.bundles.forms import BulkForm
from portal.blueprints.bundles.routes import bp
from portal.blueprints.issues import sentences
from portal.bundles import bulk_queries, policy, queries, service
from portal.bundles.bulk import BulkPreview, Candidate
from portal.bundles.models import BulkReply
from portal.bundles.states import TargetState
from portal.core import clock
from portal.core.events import Audience
from portal.directory.actor import Actor
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]

_SAMPLES = 3
_SEND, _PREVIEW = "send", "preview"


@bp.get("/bulk")
@access.requires(policy.can_write_bulk)
def bulk_index() -> str:
    """The replies to many, the last first."""
    actor = current_actor()
    return render_template(
        "bundles/bulk_index.html", page=bulk_queries.list_bulk_replies(actor, cursor=request.args.get("cursor"))
    )


@bp.route("/bulk/reply", methods=["GET", "POST"])
@access.requires(policy.can_write_bulk)
def bulk_reply() -> Response | tuple[str, int]:
    """Write to many issues. Opened with ``issue=…&issue=…``, by address or from the queue's form, or ``bundle=…``."""
    actor = current_actor()
    step = request.form.get("step", "")
    if step not in {_SEND, _PREVIEW} and "show" not in request.form:
        return _page(BulkForm(formdata=None, data={"numbers": _chosen_numbers(actor)}))
    form, preview = BulkForm(), None
    if form.validate_on_submit():
        with attempting(form):
            preview = _preview(actor, form)
            if step == _SEND:
                return _send(actor, form, preview)
    if form.is_overtaken:
        preview = None
        with attempting(form):
            preview = _preview(actor, form)
    return _page(form, preview)


@bp.get("/bulk/<int:bulk_id>")
@access.requires(policy.can_write_bulk)
def bulk_show(bulk_id: int) -> str:
    """How far it has got: sent, waiting, not sent and why."""
    actor = current_actor()
    bulk = bulk_queries.get_bulk_reply(actor, bulk_id)
    figures = bulk_queries.find_figures(bulk)
    return render_template(
        "bundles/bulk_show.html",
        bulk=bulk,
        figures=figures,
        states=TargetState,
        total=sum(figures.values()),
        minutes_left=_minutes_left(bulk),
        sentences=sentences,
        page=bulk_queries.list_targets(actor, bulk, cursor=request.args.get("cursor")),
    )


@bp.post("/bulk/<int:bulk_id>/recall")
@access.requires(policy.can_write_bulk)
def bulk_recall(bulk_id: int) -> Response:
    """Send no more of it."""
    actor = current_actor()
    count = service.recall_bulk_reply(actor, bulk_queries.get_bulk_reply(actor, bulk_id))
    flash(gettext("%(n)s件の送信を取り消しました。取り消した分は、どこにも伝わりません。", n=count))
    return redirect(url_for("bundles.bulk_show", bulk_id=bulk_id))


def _preview(actor: Actor, form: BulkForm) -> BulkPreview:
    return service.preview_bulk(
        actor,
        numbers=service.read_numbers(form.numbers.data or ""),
        audience=form.audience.data or Audience.PUBLIC,
        text=form.text.data or "",
        confirmed=bool(form.my_number_confirmed.data),
    )


def _send(actor: Actor, form: BulkForm, preview: BulkPreview) -> Response:
    try:
        bulk = service.prepare_bulk_reply(
            actor,
            preview,
            text=form.text.data or "",
            chosen=set(request.form.getlist("to")),
            frozen=form.frozen.data or "",
            confirmed=bool(form.my_number_confirmed.data),
        )
    except service.BulkChanged:
        form.is_overtaken = True
        raise
    flash(gettext("10分後に送信します。それまでは取り消せます。"))
    return redirect(url_for("bundles.bulk_show", bulk_id=bulk.id))


def _page(form: BulkForm, preview: BulkPreview | None = None) -> tuple[str, int]:
    """The form with what it would send; what was excluded before stays excluded, what is new is chosen."""
    excluded = set((form.offered.data or "").split()) - set(request.form.getlist("to"))
    if preview is not None:
        form.frozen.data = preview.frozen
        form.offered.data = " ".join(each.issue.number or "" for each in preview.reachable)
    return render_template(
        "bundles/bulk_reply.html",
        form=form,
        preview=preview,
        samples=_samples(preview),
        excluded=excluded,
        sentences=sentences,
        Audience=Audience,
    ), form.status


def _samples(preview: BulkPreview | None) -> list[Candidate]:
    """Three texts, and before them the one that was asked for."""
    if preview is None:
        return []
    asked = [each for each in preview.reachable if each.issue.number == request.form.get("show")]
    return [*asked, *(each for each in preview.reachable if each not in asked)][: _SAMPLES + len(asked)]


def _chosen_numbers(actor: Actor) -> str:
    bundle_id = request.args.get("bundle", type=int)
    if bundle_id is not None:
        return "\n".join(queries.list_numbers(actor, queries.get_bundle(actor, bundle_id)))
    return "\n".join(request.values.getlist("issue")[: service.MOST])


def _minutes_left(bulk: BulkReply) -> int:
    """For how many minutes, begun ones counted, the first of it waits; 0 once its time has come."""
    seconds = (bulk.sends_at - clock.now()).total_seconds()
    return max(0, -int(-seconds // 60))
