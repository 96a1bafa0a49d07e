"""Handover packs: which one may open, each pack, and notes for whoever comes next."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.blueprints.issues.sentences import holder_name
from portal.core import clock
from portal.dashboard.handover import SHOWN, get_pack
from portal.directory import handover, queries
from portal.directory.handover import PackOf
from portal.directory.roles import LOCAL_ROLES, Role
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.fields import CheckboxField, TextAreaField
from portal.web.forms import PortalForm

bp = Blueprint("handover", __name__, url_prefix="/handover")
_Page = Response | str | tuple[str, int]


class WriteNoteForm(PortalForm):
    """A note for whoever comes next."""

    text = TextAreaField(_l("引き継ぐこと"), maximum=handover.LONGEST_NOTE)
    my_number_confirmed = CheckboxField(_l("12桁の番号は個人番号（マイナンバー）ではありません"))


@bp.get("")
@access.signed_in
def index() -> str:
    """The packs that the actor may open."""
    actor = current_actor()
    own = queries.get_organisation_by_id(actor.organisation_id)
    opens_all = actor.role is Role.LOCAL_MANAGER or (actor.role in LOCAL_ROLES and actor.is_head)
    sections = queries.list_sections(own.id) if actor.role in LOCAL_ROLES else []
    return render_template(
        "handover/index.html",
        actor=actor,
        own=own,
        posts=handover.list_liaison_posts(actor),
        opens_office=opens_all or actor.role in {Role.DIVISION, Role.MINISTRY, Role.ASSOCIATION, Role.SECRETARIAT},
        sections=[row for row in sections if opens_all or row.id == actor.section_id],
        duties=[row for row in queries.list_duties() if row.id in actor.duty_ids],
        is_english=str(get_locale()) == "en",
    )


@bp.route("/posts/<string:code>", methods=["GET", "POST"])
@access.signed_in
def post(code: str) -> _Page:
    """The pack of a liaison's post."""
    return _show(handover.get_liaison_post(current_actor(), code))


@bp.route("/offices/<string:code>", methods=["GET", "POST"])
@access.signed_in
def office(code: str) -> _Page:
    """The pack of an organisation, or of a section or duty of it."""
    section_id, duty_id = (request.args.get(name, type=int) for name in ("section", "duty"))
    return _show(handover.get_office(current_actor(), code, section_id=section_id, duty_id=duty_id))


@bp.route("/memberships/<int:membership_id>", methods=["GET", "POST"])
@access.signed_in
def place(membership_id: int) -> _Page:
    """The pack of one person's place."""
    return _show(handover.get_place(current_actor(), membership_id))


def _show(of: PackOf) -> _Page:
    actor, form = current_actor(), WriteNoteForm()
    if form.validate_on_submit():
        with attempting(form):
            handover.write_note(actor, of, text=form.text.data or "", confirmed=form.my_number_confirmed.data)
            flash(gettext("引継メモを書きました。"))
            return redirect(_address(of))
    return render_template(
        "handover/show.html",
        form=form,
        pack=get_pack(actor, of),
        of=of,
        may_write=actor.role not in {Role.EXECUTIVE, Role.AUDITOR},
        holder_name=holder_name,
        now=clock.now(),
        shown=SHOWN,
    ), form.status


def _address(of: PackOf) -> str:
    if of.membership is not None:
        return url_for("handover.place", membership_id=of.membership.id)
    if of.is_liaison_post:
        return url_for("handover.post", code=of.organisation.code)
    return url_for(
        "handover.office",
        code=of.organisation.code,
        section=of.section.id if of.section else None,
        duty=of.duty.id if of.duty else None,
    )
