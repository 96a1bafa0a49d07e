"""The directory: every body of the portal, and the page of each."""

from flask import Blueprint, render_template, request

from portal.blueprints.directory.forms import DirectorySearchForm
from portal.blueprints.home.links import named
from portal.core import clock
from portal.core.calendar import japan_date
from portal.directory import assignment_queries, people_queries, policy, queries
from portal.directory.models import Organisation
from portal.directory.queries import OrganisationSearch
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind
from portal.guidance.queries import GuidanceFilters, list_guidance
from portal.issues.queue import IssueFilter, list_queue
from portal.liaison import policy as liaison_policy
from portal.liaison.queries import list_contacts
from portal.web import access
from portal.web.access import current_actor
from portal.web.places import prefecture_choices

bp = Blueprint("directory", __name__, url_prefix="/directory")
_RECENT = 5
_CONTACTS = 3


@bp.get("")
@access.signed_in
def index() -> str:
    """Browse by kind and prefecture; search by name, reading, code and county."""
    form = DirectorySearchForm()
    form.prefecture.choices = prefecture_choices()
    search = OrganisationSearch()
    if form.validate():
        search = OrganisationSearch(
            text=form.q.data or "",
            kind=form.kind.data,
            prefecture_code=form.prefecture.data or None,
            with_past=form.past.data,
        )
    page = queries.list_organisations(search, cursor=request.args.get("cursor"))
    return render_template("directory/index.html", form=form, page=page, actor=current_actor(), is_local=_is_local)


@bp.get("/<string:code>")
@access.signed_in
def show(code: str) -> str:
    """A body: its facts, liaisons and sections, its people for those who may see them, and what concerns it.

    Issues are those that the actor may read; guidance is listed to the body itself.
    """
    actor, body = current_actor(), queries.get_organisation(code)
    sees_people = policy.can_view_members(actor, body.id)
    members = people_queries.page_members(body.id, cursor=request.args.get("cursor")) if sees_people else None
    is_own = body.id == actor.organisation_id
    shows_contacts = liaison_policy.can_list(actor, body)
    predecessors, successors = queries.list_successions(body.id)
    return render_template(
        "directory/show.html",
        issues=list_queue(actor, IssueFilter(body_code=body.code), size=_RECENT).items,
        guidance=list_guidance(actor, GuidanceFilters()).items[:_RECENT] if is_own and _is_local(body) else [],
        body=body,
        contacts=list_contacts(actor, body, size=_CONTACTS).items if shows_contacts else None,
        can_record=liaison_policy.can_record(actor, body),
        named=named,
        members=members,
        is_local=_is_local,
        liaisons=assignment_queries.liaisons_of_post(body.post_id),
        sections=queries.list_sections(body.id),
        predecessors=predecessors,
        successors=successors,
        today=japan_date(clock.now()),
        can_add_members=policy.can_add_members(actor, body),
        can_manage_sections=policy.can_manage_sections(actor, body),
        can_administer=policy.can_administer_organisations(actor),
        can_assign=policy.can_inspect_assignments(actor) and body.post_id == body.id,
        is_prefecture=body.kind is OrganisationKind.PREFECTURE,
    )


def _is_local(body: Organisation) -> bool:
    return body.kind in LOCAL_GOVERNMENTS
