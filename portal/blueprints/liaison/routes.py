"""The liaison's day: the day sheet, its ticks, phone notes and hearings."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.home.links import named
from portal.blueprints.liaison.filling import hearing_of, make_form, note_of
from portal.blueprints.liaison.forms import PROMISES, CallForm, HearingForm, PhoneNoteForm
from portal.core import clock
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import N_
from portal.dashboard import undeliverable as undeliverable_mail
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.queries import get_organisation
from portal.liaison import day_sheet as sheets
from portal.liaison import policy, queries, service
from portal.liaison.states import CallOutcome
from portal.web import access
from portal.web.access import current_actor, local_path
from portal.web.attempt import attempting

bp = Blueprint("liaison", __name__, url_prefix="/liaison")
Page = Response | str | tuple[str, int]


@bp.get("")
@access.requires(policy.can_work)
def day_sheet() -> str:
    """Whom to call today, and why."""
    return _show_sheet()


@bp.get("/undeliverable")
@access.requires(undeliverable_mail.can_see)
def undeliverable() -> str:
    """Whom no mail reaches, among the bodies that the reader looks after."""
    page = undeliverable_mail.list_unreached(current_actor(), cursor=request.args.get("cursor"))
    return render_template("liaison/undeliverable.html", page=page)


@bp.post("/bodies/<string:code>/call")
@access.requires(policy.can_work)
def call(code: str) -> Page:
    """Tick a body of the sheet off, with how the call went."""
    actor = current_actor()
    body = _recordable(actor, code)
    form = CallForm(ids=f"call-{body.code}")
    if form.validate_on_submit():
        with attempting(form):
            if form.chosen is None:
                raise Invalid(N_("電話の結果を選んでください。"))
            service.log_call(actor, body, form.chosen, again_on=form.again_on.data)
            flash(gettext("%(body)sへの電話を記録しました。", body=named(body)))
            return redirect(local_path(form.next.data) or url_for("liaison.day_sheet"))
    return _show_sheet(body.code, form), form.status


@bp.get("/bodies/<string:code>/contacts")
@access.signed_in
def contacts(code: str) -> str:
    """Every phone note and hearing with a body that the reader may see, and at headquarters the calls."""
    actor, body = current_actor(), get_organisation(code)
    if not policy.can_list(actor, body):
        raise NotFound
    return render_template(
        "liaison/contacts.html",
        body=body,
        named=named,
        page=queries.list_contacts(actor, body, cursor=request.args.get("cursor")),
        can_record=policy.can_record(actor, body),
    )


@bp.route("/bodies/<string:code>/phone-notes/new", methods=["GET", "POST"])
@access.requires(policy.can_work)
def new_phone_note(code: str) -> Page:
    """Note a call in thirty seconds."""
    actor = current_actor()
    body = _recordable(actor, code)
    form = make_form(actor, body, PhoneNoteForm)
    if isinstance(form, PhoneNoteForm) and form.validate_on_submit():
        with attempting(form):
            made = service.take_phone_note(actor, body, note_of(form), confirmed=bool(form.my_number_confirmed.data))
            flash(gettext("電話メモを保存しました。"))
            return redirect(url_for("liaison.contact", contact_id=made.id))
    return render_template("liaison/new_phone_note.html", form=form, body=body, named=named), form.status


@bp.route("/bodies/<string:code>/hearings/new", methods=["GET", "POST"])
@access.requires(policy.can_work)
def new_hearing(code: str) -> Page:
    """Record a hearing."""
    actor = current_actor()
    body = _recordable(actor, code)
    form = make_form(actor, body, HearingForm)
    if isinstance(form, HearingForm) and form.validate_on_submit():
        with attempting(form):
            made = service.record_hearing(actor, body, hearing_of(form), confirmed=bool(form.my_number_confirmed.data))
            flash(gettext("聴取を記録しました。課題と要望は、1件ずつ課題・照会にできます。"))
            return redirect(url_for("liaison.contact", contact_id=made.id))
    return (
        render_template("liaison/new_hearing.html", form=form, body=body, named=named, PROMISES=PROMISES),
        form.status,
    )


def _show_sheet(code: str | None = None, failed: CallForm | None = None) -> str:
    """The sheet; ``failed`` is the form of a tick that was refused, shown at its body."""
    actor = current_actor()
    posts = sheets.list_posts(actor)
    chosen = sheets.choose_posts(actor, posts, request.args.get("post"))
    page = sheets.get_day_sheet(chosen, cursor=request.args.get("cursor"))
    here = request.full_path.rstrip("?") if request.method == "GET" else url_for("liaison.day_sheet")
    forms = {
        line.body.code: failed
        if failed is not None and line.body.code == code
        else CallForm(ids=f"call-{line.body.code}", formdata=None, data={"next": here})
        for line in page.items
    }
    return render_template(
        "liaison/day_sheet.html",
        actor=actor,
        posts=posts,
        chosen=chosen,
        page=page,
        forms=forms,
        failed=failed,
        today=clock.now(),
        named=named,
        CallOutcome=CallOutcome,
    )


def _recordable(actor: Actor, code: str) -> Organisation:
    """A body with which this actor records contacts; another's is as if it were not there."""
    body = get_organisation(code)
    if not policy.can_record(actor, body):
        raise NotFound
    return body
