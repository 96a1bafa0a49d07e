"""Signing in and out, links from mails, and choosing the membership to act under."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.accounts import links, queries, service
from portal.accounts.models import SignInSession
from portal.blueprints.accounts.forms import ChooseMembershipForm, RequestResetForm, SetPasswordForm, SignInForm
from portal.core.errors import NotFound
from portal.web import access
from portal.web.access import (
    current_session,
    end_browser_session,
    find_current_session,
    return_path,
    start_browser_session,
)
from portal.web.attempt import attempting
from portal.web.filters import label

bp = Blueprint("accounts", __name__)
_Page = Response | str | tuple[str, int]


@bp.route("/sign-in", methods=["GET", "POST"])
@access.public
def sign_in() -> _Page:
    """The page everybody arrives at; a wrong pair and an unknown address get one answer."""
    form, earlier = SignInForm(), find_current_session()
    if request.method == "GET":
        form.next.data = return_path(request.args.get("next"))
        if earlier is not None:
            return redirect(form.next.data or url_for("home.index"))
    if form.validate_on_submit():
        begun = service.sign_in(
            form.email.data or "",
            form.password.data or "",
            address=request.remote_addr or "",
            user_agent=request.user_agent.string,
        )
        if begun is not None:
            return _enter(earlier, begun, return_path(form.next.data))
        form.form_errors.append(gettext("メールアドレスまたはパスワードが違います。"))
    return render_template("accounts/sign_in.html", form=form), form.status


@bp.post("/sign-out")
@access.any_person
def sign_out() -> Response:
    """End this session."""
    service.sign_out(current_session())
    end_browser_session()
    flash(gettext("サインアウトしました。"))
    return redirect(url_for("accounts.sign_in"))


@bp.post("/sign-out/everywhere")
@access.any_person
def sign_out_everywhere() -> Response:
    """End every session of this person."""
    service.sign_out_everywhere(current_session())
    end_browser_session()
    flash(gettext("すべての端末からサインアウトしました。"))
    return redirect(url_for("accounts.sign_in"))


@bp.route("/reset", methods=["GET", "POST"])
@access.public
def request_reset() -> _Page:
    """Ask for a link to set a new password; the answer never tells whether the address is known."""
    form = RequestResetForm()
    if form.validate_on_submit():
        links.request_reset(form.email.data or "", address=request.remote_addr or "")
        return redirect(url_for("accounts.reset_requested"))
    return render_template("accounts/request_reset.html", form=form), form.status


@bp.get("/reset/requested")
@access.public
def reset_requested() -> str:
    """What happens now."""
    return render_template("accounts/reset_requested.html")


@bp.route("/links/<string(length=43):secret>", methods=["GET", "POST"])
@access.public
def use_link(secret: str) -> _Page:
    """Set a password by a mailed link. Looking at the page does not use the link up."""
    link = queries.find_usable_link(secret)
    if link is None:
        return render_template("accounts/link_over.html"), 410
    form = SetPasswordForm()
    if form.validate_on_submit():
        with attempting(form):
            links.set_password(secret, form.new_password.data or "")
            end_browser_session()
            flash(gettext("パスワードを設定しました。新しいパスワードでサインインしてください。"))
            return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/use_link.html", form=form, link=link), form.status


@bp.get("/memberships")
@access.any_person
def memberships() -> _Page:
    """Choose which membership to act under."""
    places = queries.list_places(current_session().person_id)
    if not places:
        return redirect(url_for("accounts.no_membership"))
    form = _membership_form(places)
    form.next.data = return_path(request.args.get("next"))
    form.membership_id.data = current_session().membership_id
    return render_template("accounts/memberships.html", form=form)


@bp.post("/memberships")
@access.any_person
def act_as() -> _Page:
    """Act under the chosen membership from the next page on."""
    form = _membership_form(queries.list_places(current_session().person_id))
    if form.validate_on_submit():
        with attempting(form):
            place = service.act_as(current_session(), form.membership_id.data)
            name = " ".join(part for part in (place.organisation_name, place.section_name) if part)
            flash(gettext("%(place)sとして操作します。", place=name))
            return redirect(return_path(form.next.data) or url_for("home.index"))
    return render_template("accounts/memberships.html", form=form), form.status


@bp.get("/memberships/none")
@access.any_person
def no_membership() -> _Page:
    """What a person sees whose memberships have all ended."""
    if queries.list_places(current_session().person_id):
        return redirect(url_for("home.index"))
    return render_template("accounts/no_membership.html")


def _enter(earlier: SignInSession | None, begun: tuple[str, SignInSession], wanted: str | None) -> Response:
    """Let the browser in under a fresh session; several memberships mean choosing one first."""
    if earlier is not None:
        service.sign_out(earlier)
    start_browser_session(*begun)
    if len(queries.list_places(begun[1].person_id)) > 1:
        return redirect(url_for("accounts.memberships", next=wanted))
    return redirect(wanted or url_for("home.index"))


def _membership_form(places: list[queries.Place]) -> ChooseMembershipForm:
    if not places:
        raise NotFound
    form = ChooseMembershipForm()
    form.membership_id.choices = [
        (place.membership_id, " ".join(part for part in (place.organisation_name, place.section_name) if part))
        for place in places
    ]
    in_place = {place.membership_id: gettext("%(name)sさんの代行", name=place.absent_name) for place in places}
    form.membership_id.hints = {
        str(place.membership_id): " ".join(
            part
            for part in (label(place.role), place.title, in_place[place.membership_id] if place.absent_name else "")
            if part
        )
        for place in places
    }
    return form
