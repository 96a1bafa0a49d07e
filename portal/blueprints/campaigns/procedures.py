"""The procedures of a draft: listed, added, changed, ordered, taken out."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.campaigns.composing import LOCAL_KINDS
from portal.blueprints.campaigns.designing import bp, open_for
from portal.blueprints.campaigns.forms import ProcedureForm
from portal.blueprints.campaigns.wording import kinds_in_words
from portal.blueprints.guidance.composing import locale
from portal.campaigns import policy, procedures, queries
from portal.campaigns.changing import fingerprint_of
from portal.campaigns.models import Campaign, Procedure
from portal.campaigns.named import list_in_charge
from portal.campaigns.publishing import count_concerned
from portal.directory.actor import Actor
from portal.directory.roles import OrganisationKind
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.filters import named

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]
_PLAIN = ("name", "ministry_id", "includes_core_cities", "is_always", "is_prior", "code")


@bp.get("/<int:campaign_id>/procedures", endpoint="procedures")
@access.requires(policy.can_build)
def index(campaign_id: int) -> str:
    """The procedures in their order, each with the number of bodies that it concerns."""
    _, campaign = open_for(campaign_id, policy.can_edit)
    listed = queries.list_procedures(campaign)
    return render_template(
        "campaigns/procedures.html",
        campaign=campaign,
        procedures=listed,
        concerned=count_concerned(campaign, listed),
        kinds_in_words=kinds_in_words,
    )


@bp.route("/<int:campaign_id>/procedures/new", methods=["GET", "POST"])
@access.requires(policy.can_build)
def new_procedure(campaign_id: int) -> _Page:
    """Add a procedure."""
    actor, campaign = open_for(campaign_id, policy.can_edit)
    return _put(actor, campaign, None, ProcedureForm())


@bp.route("/<int:campaign_id>/procedures/<int:procedure_id>/edit", methods=["GET", "POST"])
@access.requires(policy.can_build)
def edit_procedure(campaign_id: int, procedure_id: int) -> _Page:
    """Change a procedure."""
    actor, campaign = open_for(campaign_id, policy.can_edit)
    procedure = queries.get_procedure(campaign, procedure_id)
    data = {name: getattr(procedure, name) for name in _PLAIN}
    form = ProcedureForm(
        data={
            **data,
            "kinds": list(procedure.kinds),
            "information": "\n".join(procedure.information),
            "seen": fingerprint_of(procedure),
        }
    )
    return _put(actor, campaign, procedure, form)


@bp.post("/<int:campaign_id>/procedures/<int:procedure_id>/move")
@access.requires(policy.can_build)
def move_procedure(campaign_id: int, procedure_id: int) -> Response:
    """Up or down by one place."""
    actor = current_actor()
    campaign = queries.get_campaign(actor, campaign_id)
    procedure = queries.get_procedure(campaign, procedure_id)
    procedures.move_procedure(actor, campaign, procedure, up=request.form.get("way") == "up")
    return redirect(url_for("campaigns.procedures", campaign_id=campaign_id, _anchor=f"procedure-{procedure_id}"))


@bp.post("/<int:campaign_id>/procedures/<int:procedure_id>/remove")
@access.requires(policy.can_build)
def remove_procedure(campaign_id: int, procedure_id: int) -> Response:
    """Take a procedure out, with the questions that are asked for it alone."""
    actor = current_actor()
    campaign = queries.get_campaign(actor, campaign_id)
    procedure = queries.get_procedure(campaign, procedure_id)
    procedures.remove_procedure(actor, campaign, procedure)
    flash(gettext("「%(name)s」を削除しました。", name=procedure.name))
    return redirect(url_for("campaigns.procedures", campaign_id=campaign_id))


def _put(actor: Actor, campaign: Campaign, procedure: Procedure | None, form: ProcedureForm) -> _Page:
    form.ministry_id.choices = [(body.id, named(body)) for body in list_in_charge(procedure)]
    kinds = (*LOCAL_KINDS, OrganisationKind.MINISTRY)
    form.kinds.choices = [(kind.value, kind.label(locale())) for kind in kinds]
    if form.validate_on_submit():
        with attempting(form):
            put = procedures.put_procedure(
                actor,
                campaign,
                procedure,
                name=form.name.data or "",
                code=form.code.data or "",
                seen=None if procedure is None else form.seen.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
                ministry_id=form.ministry_id.data,
                kinds=[kind.value for kind in kinds if kind.value in (form.kinds.data or ())],
                includes_core_cities=bool(form.includes_core_cities.data),
                is_always=bool(form.is_always.data),
                is_prior=bool(form.is_prior.data),
                information=[line.strip() for line in (form.information.data or "").splitlines() if line.strip()],
            )
            flash(gettext("「%(name)s」を保存しました。", name=put.name))
            return redirect(url_for("campaigns.procedures", campaign_id=campaign.id, _anchor=f"procedure-{put.id}"))
    return render_template(
        "campaigns/edit_procedure.html", form=form, campaign=campaign, procedure=procedure
    ), form.status
