"""The addressees of a paper: the rule tried and kept, who is left out and why, what changed since last time."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.addressing.forms import KeepRuleForm
from portal.blueprints.addressing.trying import TRIED, Trial, read_rule, try_rule
from portal.blueprints.guidance.composing import locale, version_of
from portal.core.errors import NotFound
from portal.directory.actor import Actor
from portal.guidance import policy, queries
from portal.guidance.addressees import preview
from portal.guidance.comparison import compare_with, find_previous, list_left_out, name_bodies
from portal.guidance.models import Guidance
from portal.guidance.readdressing import set_addressees
from portal.guidance.states import ISSUED_STATES
from portal.issuing.staffing import count_staffing, list_staffing
from portal.issuing.states import Staffing
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("addressing", __name__, url_prefix="/guidance")
_OWN_ARGUMENTS = frozenset({"cursor", "way"})
_Page = Response | str | tuple[str, int]


@bp.route("/<int:guidance_id>/addressees", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def addressees(guidance_id: int) -> _Page:
    """Try a rule: how many bodies, which, who is left out and why; then keep it."""
    actor = current_actor()
    guidance = _unissued(actor, guidance_id)
    trial = try_rule(actor, guidance)
    form = KeepRuleForm(data={"version": guidance.version})
    if form.validate_on_submit() and not trial.form.problems:
        with attempting(form):
            set_addressees(actor, guidance, trial.rule, version=version_of(form))
            flash(gettext("宛先を決めました。"))
            return redirect(url_for("addressing.addressees", guidance_id=guidance_id))
    return render_template("addressing/addressees.html", form=form, **_shown(actor, guidance, trial)), form.status


@bp.get("/<int:guidance_id>/addressees/left-out")
@access.requires(policy.can_draft)
def left_out(guidance_id: int) -> str:
    """Each local government that is not addressed, and why."""
    actor = current_actor()
    guidance = _unissued(actor, guidance_id)
    page = list_left_out(read_rule(guidance), cursor=request.args.get("cursor"))
    return render_template("addressing/left_out.html", guidance=guidance, page=page, arguments=_arguments())


@bp.get("/<int:guidance_id>/addressees/difference")
@access.requires(policy.can_draft)
def difference(guidance_id: int) -> str:
    """Whom the rule adds to and takes from those of last time."""
    actor = current_actor()
    guidance = _unissued(actor, guidance_id)
    previous = find_previous(actor, guidance)
    if previous is None:
        raise NotFound
    found = compare_with(previous, preview(read_rule(guidance)).ids)
    return render_template(
        "addressing/difference.html",
        guidance=guidance,
        difference=found,
        added=name_bodies(found.added),
        removed=name_bodies(found.removed),
        arguments=_arguments(),
    )


@bp.get("/<int:guidance_id>/addressees/staffing")
@access.requires(policy.can_draft)
def staffing(guidance_id: int) -> str:
    """Whom the paper reaches in each addressed body."""
    actor = current_actor()
    guidance = _unissued(actor, guidance_id)
    ways = {each.value: each for each in Staffing}
    only, rule, arguments = ways.get(request.args.get("way", "")), read_rule(guidance), _arguments()
    return render_template(
        "addressing/staffing.html",
        guidance=guidance,
        page=list_staffing(rule, only=only, cursor=request.args.get("cursor")),
        only=only,
        tabs=[
            (
                way.label(locale()),
                url_for("addressing.staffing", guidance_id=guidance_id, **{**arguments, "way": way.value}),
                way is only,
                count,
            )
            for way, count in count_staffing(rule).items()
        ],
        arguments=arguments,
    )


def _shown(actor: Actor, guidance: Guidance, trial: Trial) -> dict[str, Any]:
    seen = preview(trial.rule, cursor=request.args.get("cursor"))
    previous = find_previous(actor, guidance)
    return {
        "guidance": guidance,
        "trial": trial,
        "preview": seen,
        "description": trial.describe(),
        "difference": compare_with(previous, seen.ids) if previous is not None else None,
        "can_edit": policy.can_edit(actor, guidance),
        "arguments": _arguments(),
    }


def _arguments() -> dict[str, Any]:
    """The tried rule as arguments of another address."""
    if TRIED not in request.args:
        return {}
    return {name: values for name, values in request.args.to_dict(flat=False).items() if name not in _OWN_ARGUMENTS}


def _unissued(actor: Actor, guidance_id: int) -> Guidance:
    """The paper before its issue; afterwards its recipients are what counts. Raises NotFound."""
    guidance = queries.get_guidance(actor, guidance_id)
    if guidance.state in ISSUED_STATES:
        raise NotFound
    return guidance
