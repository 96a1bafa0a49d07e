"""What is typed into the form of a draft, kept before it is saved, and thrown away."""

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.guidance.forms import GuidanceForm
from portal.blueprints.guidance.routes import bp
from portal.blueprints.guidance.typed import typed_values
from portal.directory.actor import Actor
from portal.guidance import policy, queries
from portal.guidance.models import Guidance
from portal.guidance.typed import forget_typed
from portal.guidance.typed import keep_typed as keep
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.filters import time
from portal.web.typed import typed_id

__all__ = ["bp"]
_ISSUE_NUMBER = 16  # characters at most


@bp.post("/typed")
@bp.post("/<int:guidance_id>/typed")
@access.requires(policy.can_draft)
def keep_typed(guidance_id: int | None = None) -> tuple[Response, int]:
    """Keep what is being typed; the answer says in words whether it was."""
    actor = current_actor()
    guidance = _find(actor, guidance_id)
    form = GuidanceForm()
    with attempting(form):
        at = keep(
            actor,
            guidance,
            typed_values(form),
            version=typed_id(form.version.data),
            issue_number=(request.args.get("issue") or "")[:_ISSUE_NUMBER] or None,
            my_number_confirmed=bool(form.my_number_confirmed.data),
        )
    if form.problems:
        reasons = " ".join(message for _, _, message in form.problems)
        return jsonify(said=gettext("入力中の内容は一時保存していません。%(reasons)s", reasons=reasons)), 422
    return jsonify(said=gettext("入力中の内容を一時保存しました（%(time)s）", time=time(at))), 200


@bp.post("/typed/discard")
@bp.post("/<int:guidance_id>/typed/discard")
@access.requires(policy.can_draft)
def discard_typed(guidance_id: int | None = None) -> Response:
    """Throw away what was typed and not saved; the draft stays as it is."""
    actor = current_actor()
    forget_typed(actor, _find(actor, guidance_id))
    flash(gettext("残っていた入力を破棄しました。"))
    if guidance_id is None:
        return redirect(url_for("guidance.new", issue=request.args.get("issue")))
    return redirect(url_for("guidance.edit", guidance_id=guidance_id))


def _find(actor: Actor, guidance_id: int | None) -> Guidance | None:
    return None if guidance_id is None else queries.get_guidance(actor, guidance_id)
