"""One's own account: facts, password and the browsers that are signed in."""

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.accounts import links, queries, service
from portal.accounts import profile as own_profile
from portal.blueprints.accounts.browsers import describe_browser
from portal.blueprints.accounts.forms import ChangePasswordForm, ProfileForm
from portal.blueprints.accounts.routes import bp
from portal.web import access
from portal.web.access import current_actor, current_session
from portal.web.attempt import attempting

__all__ = ["bp"]  # the routes of this module hang on the blueprint of routes.py

_Page = Response | str | tuple[str, int]


@bp.route("/profile", methods=["GET", "POST"])
@access.signed_in
def profile() -> _Page:
    """Own name, reading, telephone number, language; and the signed-in browsers."""
    actor = current_actor()
    person = queries.get_person(actor.person_id)
    form = ProfileForm(obj=person)
    if form.validate_on_submit():
        with attempting(form):
            own_profile.change_profile(
                actor,
                version=_version(form.version.data),
                name=form.name.data or "",
                kana=form.kana.data or "",
                phone=form.phone.data or "",
                locale=form.locale.data,
                confirmed=form.my_number_confirmed.data,
            )
            session.pop("locale", None)
            flash(gettext("保存しました。"))
            return redirect(url_for("accounts.profile"))
    sessions = [(row, describe_browser(row.user_agent)) for row in queries.list_live_sessions(actor.person_id)]
    return render_template(
        "accounts/profile.html", form=form, person=person, sessions=sessions, current=current_session()
    ), form.status


@bp.route("/profile/password", methods=["GET", "POST"])
@access.signed_in
def change_password() -> _Page:
    """Replace one's own password; every other browser is signed out."""
    form, row = ChangePasswordForm(), current_session()
    if form.validate_on_submit():
        if links.is_current_password(row, form.current_password.data or "", address=request.remote_addr or ""):
            with attempting(form):
                links.change_password(
                    current_actor(), row, current=form.current_password.data or "", new=form.new_password.data or ""
                )
                flash(gettext("パスワードを変更しました。ほかの端末からはサインアウトしました。"))
                return redirect(url_for("accounts.profile"))
        else:
            form.current_password.errors = [gettext("今のパスワードが違います。")]
    return render_template("accounts/change_password.html", form=form), form.status


@bp.post("/profile/sessions/<int:session_id>/end")
@access.signed_in
def end_session(session_id: int) -> Response:
    """Sign another browser of one's own out."""
    service.end_session(current_session(), session_id)
    flash(gettext("選んだ端末をサインアウトしました。"))
    return redirect(url_for("accounts.profile"))


def _version(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
