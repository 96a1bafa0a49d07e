"""Bundles: tying issues together, the bundle's own page, undoing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.bundles.forms import TieForm
from portal.blueprints.issues import sentences
from portal.bundles import policy, queries, service
from portal.issues.queries import get_issue
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("bundles", __name__, url_prefix="/issues")


@bp.route("/bundle", methods=["GET", "POST"])
@access.requires(policy.can_bundle)
def tie() -> Response | tuple[str, int]:
    """Tie issues that ask the same; the address may name some (``?issue=…&issue=…``)."""
    actor = current_actor()
    form = TieForm(data={"numbers": "\n".join(request.args.getlist("issue")[: service.MOST])})
    if form.validate_on_submit():
        with attempting(form):
            bundle = service.tie_issues(actor, service.read_numbers(form.numbers.data or ""))
            flash(gettext("束ねました。団体には見えません。束はいつでも解けます。"))
            return redirect(url_for("bundles.show", bundle_id=bundle.id))
    return render_template("bundles/tie.html", form=form), form.status


@bp.get("/bundles/<int:bundle_id>")
@access.requires(policy.can_see_bundles)
def show(bundle_id: int) -> str:
    """One bundle: its issues and how far it reaches."""
    actor = current_actor()
    bundle = queries.get_bundle(actor, bundle_id)
    return render_template(
        "bundles/show.html",
        bundle=bundle,
        actor=actor,
        policy=policy,
        sentences=sentences,
        page=queries.list_bundled(actor, bundle, cursor=request.args.get("cursor")),
        reach=queries.find_reach(actor, bundle),
        can_dissolve=bundle.dissolved_at is None and service.may_dissolve(actor, bundle),
    )


@bp.get("/bundles/<int:bundle_id>/history")
@access.requires(policy.can_see_bundles)
def history(bundle_id: int) -> str:
    """What came into it and left it."""
    actor = current_actor()
    bundle = queries.get_bundle(actor, bundle_id)
    return render_template(
        "bundles/history.html",
        bundle=bundle,
        sentences=sentences,
        page=queries.list_history(actor, bundle, cursor=request.args.get("cursor")),
    )


@bp.post("/bundles/<int:bundle_id>/untie/<string:number>")
@access.requires(policy.can_see_bundles)
def untie(bundle_id: int, number: str) -> Response:
    """Take one issue out."""
    actor = current_actor()
    bundle, issue = queries.get_bundle(actor, bundle_id), get_issue(actor, number)
    if service.untie_issue(actor, bundle, issue):
        flash(gettext("%(number)sを束から外しました。残りが1件になったため、束は解かれました。", number=issue.number))
    else:
        flash(gettext("%(number)sを束から外しました。", number=issue.number))
    return redirect(url_for("bundles.show", bundle_id=bundle.id))


@bp.post("/bundles/<int:bundle_id>/lead/<string:number>")
@access.requires(policy.can_see_bundles)
def lead(bundle_id: int, number: str) -> Response:
    """Let another issue lead."""
    actor = current_actor()
    bundle, issue = queries.get_bundle(actor, bundle_id), get_issue(actor, number)
    service.change_lead(actor, bundle, issue)
    flash(gettext("%(number)sを束の代表にしました。", number=issue.number))
    return redirect(url_for("bundles.show", bundle_id=bundle.id))


@bp.post("/bundles/<int:bundle_id>/dissolve")
@access.requires(policy.can_see_bundles)
def dissolve(bundle_id: int) -> Response:
    """Take every issue out."""
    actor = current_actor()
    bundle = queries.get_bundle(actor, bundle_id)
    service.dissolve_bundle(actor, bundle)
    flash(gettext("束を解きました。それぞれの課題・照会は、経過も含めてそのままです。"))
    return redirect(url_for("bundles.show", bundle_id=bundle.id))
