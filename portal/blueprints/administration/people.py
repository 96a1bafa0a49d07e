"""Administration of people and their memberships."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from portal.accounts import links
from portal.accounts import policy as accounts_policy
from portal.accounts.queries import find_credential
from portal.accounts.service import end_sessions
from portal.blueprints.administration.forms import (
    AddMemberForm,
    ChooseBodyForm,
    EditPersonForm,
    EndForm,
    GrantForm,
    PeopleFilterForm,
    PlaceForm,
)
from portal.core import clock
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.i18n import N_
from portal.directory import assignment_queries, people_queries, policy, queries, service
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import Role
from portal.directory.service import Place
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

Answer = Response | str | tuple[str, int]


@access.requires(policy.can_administer)
def people() -> str:
    """The people that the role may see, by name, reading, address and body."""
    actor, form = current_actor(), PeopleFilterForm()
    valid = form.validate()
    page = people_queries.list_people(
        actor,
        text=(form.q.data or "") if valid else "",
        role=form.role.data if valid else None,
        cursor=request.args.get("cursor"),
    )
    own = queries.get_organisation_by_id(actor.organisation_id) if actor.role is Role.LOCAL_MANAGER else None
    return render_template(
        "administration/people.html",
        form=form,
        page=page,
        own=own,
        can_add=policy.can_administer_people(actor),
        can_import=policy.can_import_people(actor),
    )


@access.requires(policy.can_administer)
def person(person_id: int) -> str:
    """A person with their memberships, past ones too, and what may be done about them."""
    actor, shown = current_actor(), people_queries.get_person(current_actor(), person_id)
    memberships = people_queries.list_memberships(actor, person_id)
    held = list(people_queries.list_current_memberships(person_id))
    may_invite = accounts_policy.can_invite(actor, held) and find_credential(person_id) is None
    return render_template(
        "administration/person.html",
        person=shown,
        memberships=memberships,
        policy=policy,
        actor=actor,
        now=clock.now(),
        can_edit=policy.can_change_person(actor, held) and not _is_read_only(actor),
        can_invite=may_invite,
        can_grant=policy.can_administer_people(actor) and person_id != actor.person_id,
        posts=assignment_queries.list_assignments_of([row.id for row in memberships if row.role is Role.LIAISON]),
    )


@access.requires(policy.can_administer_people)
def edit_person(person_id: int) -> Answer:
    """Change a person's facts; a new mail address ends their sessions."""
    actor, shown = current_actor(), people_queries.get_person(current_actor(), person_id)
    if not policy.can_change_person(actor, list(people_queries.list_current_memberships(person_id))):
        raise Forbidden(N_("この人はほかの団体にも所属しているため、変更はシステム管理者に依頼してください。"))
    form = EditPersonForm(obj=shown)
    if form.validate_on_submit():
        with attempting(form):
            moved = service.change_person(
                actor,
                shown,
                version=form.seen,
                email=form.email.data or "",
                name=form.name.data or "",
                kana=form.kana.data or "",
                phone=form.phone.data or "",
                confirmed=form.my_number_confirmed.data,
            )
            if moved:
                end_sessions(shown.id)
            flash(gettext("変更しました。"))
            return redirect(url_for("administration.person", person_id=person_id))
    return render_template("administration/edit_person.html", form=form, person=shown), form.status


@access.requires(policy.can_administer_people)
def new_member(code: str) -> Answer:
    """Add a person to an organisation, and invite them."""
    actor, body = current_actor(), queries.get_organisation(code)
    if not policy.can_add_members(actor, body):
        raise NotFound
    form = AddMemberForm()
    _offer(form, actor, body)
    if form.validate_on_submit():
        with attempting(form):
            membership, is_new = service.add_member(
                actor,
                body,
                email=form.email.data or "",
                name=form.name.data or "",
                kana=form.kana.data or "",
                phone=form.phone.data or "",
                role=form.role.data,
                place=_place(form),
                starts_on=form.starts_on.data,
                confirmed=form.my_number_confirmed.data,
            )
            if is_new and form.invite.data:
                links.invite(actor, membership.person)
                flash(gettext("追加し、招待メールを送る手配をしました。"))
            elif is_new:
                flash(gettext("追加しました。"))
            else:
                flash(gettext("登録済みの人に、この団体の所属を追加しました。"))
            return redirect(url_for("administration.person", person_id=membership.person_id))
    return render_template(
        "administration/new_member.html", form=form, body=body, may_add_sections=policy.can_manage_sections(actor, body)
    ), form.status


@access.requires(policy.can_administer_people)
def invite(person_id: int) -> Response:
    """Send the invitation (again); earlier links die."""
    actor, shown = current_actor(), people_queries.get_person(current_actor(), person_id)
    links.invite(actor, shown)
    flash(gettext("招待メールを送る手配をしました。以前のリンクは使えなくなります。"))
    return redirect(url_for("administration.person", person_id=person_id))


@access.requires(policy.can_administer_people)
def grant(person_id: int) -> Answer:
    """Give a known person a further membership: first the organisation, then the role there."""
    actor, shown = current_actor(), people_queries.get_person(current_actor(), person_id)
    chooser = ChooseBodyForm()
    body = queries.find_organisation(chooser.code.data or "")
    if body is None or not policy.can_add_members(actor, body):
        if chooser.code.data:
            chooser.lay(Invalid(N_("この団体コードの団体がないか、所属を付与する権限がありません。"), field="code"))
        return render_template("administration/choose_body.html", form=chooser, person=shown)
    form = GrantForm()
    _offer(form, actor, body)
    if form.validate_on_submit():
        with attempting(form):
            service.grant_membership(
                actor,
                shown,
                body,
                role=form.role.data,
                place=_place(form),
                starts_on=form.starts_on.data,
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("所属を追加しました。"))
            return redirect(url_for("administration.person", person_id=person_id))
    return render_template(
        "administration/grant.html",
        form=form,
        person=shown,
        body=body,
        may_add_sections=policy.can_manage_sections(actor, body),
    ), form.status


@access.requires(policy.can_administer_people)
def edit_membership(membership_id: int) -> Answer:
    """Change section, title, duties, head and approver."""
    actor, membership = current_actor(), people_queries.get_membership(current_actor(), membership_id)
    if not policy.can_change_membership(actor, membership):
        raise Forbidden(N_("自分自身の所属や、担当外の団体の所属は変更できません。"))
    form = PlaceForm(obj=membership, data={"duty_ids": [duty.id for duty in membership.duties]})
    _offer(form, actor, membership.organisation, membership.role)
    if form.validate_on_submit():
        with attempting(form):
            service.change_membership(
                actor,
                membership,
                version=form.seen,
                place=_place(form, is_approver=membership.is_approver),
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("変更しました。"))
            return redirect(url_for("administration.person", person_id=membership.person_id))
    return render_template(
        "administration/edit_membership.html",
        form=form,
        membership=membership,
        may_add_sections=policy.can_manage_sections(actor, membership.organisation),
    ), form.status


@access.requires(policy.can_administer_people)
def end_membership(membership_id: int) -> Answer:
    """End a membership now or after a day."""
    actor, membership = current_actor(), people_queries.get_membership(current_actor(), membership_id)
    if not policy.can_end_membership(actor, membership):
        raise Forbidden(N_("この所属を終了する権限がありません。自分自身の所属は、ほかの管理者に依頼してください。"))
    form = EndForm(obj=membership)
    if form.validate_on_submit():
        with attempting(form):
            service.end_membership(actor, membership, version=form.seen, last_day=form.last_day.data)
            flash(gettext("所属を終了しました。") if form.last_day.data is None else gettext("終了日を設定しました。"))
            person_id = membership.person_id
            seen = policy.can_view_members(actor, membership.organisation_id) and form.last_day.data is not None
            return redirect(
                url_for("administration.person", person_id=person_id)
                if seen or actor.role is Role.ADMIN
                else url_for("administration.people")
            )
    return render_template("administration/end_membership.html", form=form, membership=membership), form.status


def _offer(form: PlaceForm, actor: Actor, body: Organisation, role: Role | None = None) -> None:
    """Fill in the choices of this body, and take away what the actor may not set."""
    locale = str(get_locale() or "ja")
    form.section_id.choices = [(section.id, section.name) for section in queries.list_sections(body.id)]
    form.duty_ids.choices = [(duty.id, duty.name_en if locale == "en" else duty.name) for duty in queries.list_duties()]
    roles = policy.list_grantable_roles(actor, body)
    if isinstance(form, GrantForm):
        form.role.choices = [(entry, entry.label(locale)) for entry in roles]
        if len(roles) == 1 and not form.is_submitted():
            form.role.data = roles[0]
    offered = roles if role is None else [role]
    if not any(policy.can_set_approver(actor, entry) for entry in offered):
        del form.is_approver


def _place(form: PlaceForm, *, is_approver: bool = False) -> Place:
    return Place(
        section_id=form.section_id.data,
        title=form.title.data or "",
        duty_ids=tuple(form.duty_ids.data or ()),
        is_head=form.is_head.data,
        is_approver=form.is_approver.data if "is_approver" in form else is_approver,
    )


def _is_read_only(actor: Actor) -> bool:
    return not policy.can_administer_people(actor)
