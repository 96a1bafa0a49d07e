"""Administration of organisations, mergers and sections."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.administration.forms import (
    MergeForm,
    NewOrganisationForm,
    OrganisationFilterForm,
    OrganisationForm,
    SectionForm,
)
from portal.core.errors import NotFound
from portal.directory import organisations as service
from portal.directory import policy, queries
from portal.directory.actor import Actor
from portal.directory.inheritance import list_effective_mergers
from portal.directory.models import Organisation
from portal.directory.organisations import OrganisationFacts
from portal.directory.queries import OrganisationSearch
from portal.jobs.inheritance import pass_on_lot
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

Answer = Response | str | tuple[str, int]


@access.requires(policy.can_administer_organisations)
def organisations() -> str:
    """Every organisation, past ones too."""
    form = OrganisationFilterForm()
    text = (form.q.data or "") if form.validate() else ""
    page = queries.list_organisations(OrganisationSearch(text=text, with_past=True), cursor=request.args.get("cursor"))
    return render_template("administration/organisations.html", form=form, page=page)


@access.requires(policy.can_administer_organisations)
def new_organisation() -> Answer:
    """Add a municipality."""
    form = NewOrganisationForm()
    if form.validate_on_submit():
        with attempting(form):
            body = service.add_organisation(
                current_actor(),
                code=form.code.data or "",
                kind=form.kind.data,
                facts=_facts(form),
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("団体を追加しました。"))
            return redirect(url_for("directory.show", code=body.code))
    return render_template("administration/new_organisation.html", form=form), form.status


@access.requires(policy.can_administer_organisations)
def edit_organisation(code: str) -> Answer:
    """Change facts and dates."""
    body = queries.get_organisation(code)
    form = OrganisationForm(obj=body)
    if form.validate_on_submit():
        with attempting(form):
            service.change_organisation(
                current_actor(), body, version=form.seen, facts=_facts(form), confirmed=form.my_number_confirmed.data
            )
            flash(gettext("変更しました。"))
            return redirect(url_for("directory.show", code=body.code))
    return render_template("administration/edit_organisation.html", form=form, body=body), form.status


@access.requires(policy.can_administer_organisations)
def merge_organisation(code: str) -> Answer:
    """Record that a body passes into another."""
    body, form = queries.get_organisation(code), MergeForm()
    if form.validate_on_submit() and form.effective_on.data:
        with attempting(form):
            service.merge_organisation(
                current_actor(),
                body,
                successor_code=form.successor_code.data or "",
                effective_on=form.effective_on.data,
            )
            for merger in list_effective_mergers(
                body.id
            ):  # the day has come already; what is left, the worker passes on
                pass_on_lot(merger)
            flash(gettext("合併を記録しました。課題・照会と通知等は、その日に合併後の団体へ引き継ぎます。"))
            return redirect(url_for("directory.show", code=body.code))
    return render_template("administration/merge_organisation.html", form=form, body=body), form.status


@access.requires(policy.can_administer_people)
def sections(code: str) -> Answer:
    """The sections of a body, and the form that adds one."""
    actor, body, form = current_actor(), _body_with_sections(current_actor(), code), SectionForm()
    if form.validate_on_submit():
        with attempting(form):
            service.add_section(
                actor,
                body,
                name=form.name.data or "",
                is_general_desk=form.is_general_desk.data,
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("所属の名称を追加しました。"))
            return redirect(url_for("administration.sections", code=body.code))
    return render_template(
        "administration/sections.html", form=form, body=body, sections=queries.list_sections(body.id)
    ), form.status


@access.requires(policy.can_administer_people)
def edit_section(code: str, section_id: int) -> Answer:
    """Rename a section, or make it the general desk."""
    actor, body = current_actor(), _body_with_sections(current_actor(), code)
    section = queries.get_section(body, section_id)
    form = SectionForm(obj=section)
    if form.validate_on_submit():
        with attempting(form):
            service.change_section(
                actor,
                body,
                section,
                name=form.name.data or "",
                is_general_desk=form.is_general_desk.data,
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("変更しました。"))
            return redirect(url_for("administration.sections", code=body.code))
    return render_template("administration/edit_section.html", form=form, body=body, section=section), form.status


def _body_with_sections(actor: Actor, code: str) -> Organisation:
    body = queries.get_organisation(code)
    if not policy.can_manage_sections(actor, body):
        raise NotFound
    return body


def _facts(form: OrganisationForm) -> OrganisationFacts:
    return OrganisationFacts(
        name=form.name.data or "",
        kana=form.kana.data or "",
        name_en=form.name_en.data or None,
        county=form.county.data or None,
        is_core_city=form.is_core_city.data,
        population=form.population.data,
        population_on=form.population_on.data,
        valid_from=form.valid_from.data,
        valid_until=form.valid_until.data,
    )
