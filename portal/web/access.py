"""Who may call a view: each one declares it, and what is not declared is closed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from portal.accounts.models import SignInSession
from portal.accounts.policy import needs_second_factor
from portal.accounts.queries import IDLE_LIFE, find_live_session
from portal.accounts.service import mark_seen
from portal.core import clock
from portal.core.errors import NotFound
from portal.directory.actor import Actor, find_actor_for, list_actors
from portal.web.typed import list_typed

View = TypeVar("View", bound=Callable[..., Any])
Predicate = Callable[[Actor], bool]

login_manager = LoginManager()
_STAMP_EVERY = timedelta(seconds=60)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NEVER_RETURNED_TO = ("/sign-in", "/sign-out", "/links/", "/reset", "/language", "/memberships/none")


class SignedIn(UserMixin):
    """The signed-in person of this request: the live session and the actor it acts as (None: no membership left)."""

    def __init__(self, secret: str, row: SignInSession, actor: Actor | None) -> None:
        self.secret = secret
        self.row = row
        self.actor = actor

    def get_id(self) -> str:
        """What the cookie holds: the session's secret, so that ending the row ends the cookie."""
        return self.secret


def public(view: View) -> View:
    """Anyone may call it, signed in or not."""
    return _declare(view, "public", None)


def signed_in(view: View) -> View:
    """Any signed-in person with a current membership may call it."""
    return _declare(view, "signed_in", None)


def any_person(view: View) -> View:
    """Any signed-in person may call it, even one whose memberships have all ended: signing out and choosing."""
    return _declare(view, "any_person", None)


def requires(predicate: Predicate) -> Callable[[View], View]:
    """Only an actor of whom the predicate holds; everyone else sees the page of what does not exist."""
    return lambda view: _declare(view, "requires", predicate)


def current_actor() -> Actor:
    """The actor of this request. Only for views that are not public."""
    return cast(Actor, current_user.actor)


def find_current_actor() -> Actor | None:
    """The actor of this request, or None when nobody is signed in."""
    return current_user.actor if current_user.is_authenticated else None


def current_session() -> SignInSession:
    """The session row of this request. Only for views that are not public."""
    return cast(SignInSession, current_user.row)


def find_current_session() -> SignInSession | None:
    """The session row of this request, or None when nobody is signed in."""
    return current_user.row if current_user.is_authenticated else None


def start_browser_session(secret: str, row: SignInSession) -> None:
    """Put a fresh session into the browser; whatever the cookie held before is dropped."""
    _clear_browser()
    session["seen"] = clock.now().timestamp()
    login_user(SignedIn(secret, row, None))


def end_browser_session() -> None:
    """Forget the session in the browser; only the language stays."""
    logout_user()
    _clear_browser()


def local_path(url: str | None) -> str | None:
    """The address if it is one of this portal's, else None.

    Absolute and scheme-relative addresses, backslashes and control characters are refused.
    """
    if not url or len(url) > 2000 or not url.startswith("/") or url.startswith("//"):
        return None
    if "\\" in url or any(ord(character) <= 0x20 or ord(character) == 0x7F for character in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else url


def return_path(url: str | None) -> str | None:
    """The address if it is a page of this portal that one can be sent to after signing in, else None."""
    path = local_path(url)
    return None if path is None or path.startswith(_NEVER_RETURNED_TO) else path


def init_access(app: Flask) -> None:
    """Demand a sign-in before every request whose view does not say otherwise."""
    login_manager.session_protection = None  # the secret in the cookie and the row in the database are the session
    login_manager.init_app(app)
    login_manager.user_loader(_load)
    app.before_request(_guard)


def writes() -> bool:
    """Whether the request at hand may write: any but a safe method."""
    return request.method not in _SAFE


def _declare(view: View, kind: str, predicate: Predicate | None) -> View:
    cast(Any, view).access = (kind, predicate)
    return view


def _clear_browser() -> None:
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale


def _load(secret: str) -> SignedIn | None:
    if _is_idle():
        return None
    row = find_live_session(secret)
    if row is None:
        return None
    g.signed_in = True
    actor = find_actor_for(row.person_id, row.membership_id) if row.membership_id else None
    if actor is None:
        actor = next(iter(list_actors(row.person_id)), None)
    return SignedIn(secret, row, actor)


def _is_idle() -> bool:
    try:
        seen = float(session.get("seen", 0))
    except (TypeError, ValueError):
        return True
    return clock.now().timestamp() - seen > IDLE_LIFE.total_seconds()


def _guard() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return None
    access = getattr(current_app.view_functions[endpoint], "access", None)
    if access is None:
        raise RuntimeError(f"{endpoint} does not declare its access")
    kind, predicate = access
    if kind == "public":
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    _stamp()
    if kind == "any_person":
        return None
    refused = _refuse_standing()
    if refused is None and predicate is not None and not predicate(current_user.actor):
        raise NotFound
    return refused


def _refuse_standing() -> Response | None:
    """Send on whoever may not act as they stand: no membership left, another one than before, a factor missing."""
    actor, row = current_user.actor, current_user.row
    if actor is None:
        return redirect(url_for("accounts.no_membership"))
    if needs_second_factor(row):
        return redirect(url_for("accounts.sign_in"))
    if row.membership_id is None or actor.membership_id == row.membership_id:
        return None
    if session.get("fell_back_to") == actor.membership_id:
        return None
    session["fell_back_to"] = actor.membership_id
    body = actor.organisation_name
    flash(gettext("これまでの所属が終了したため、%(body)sの所属に切り替えました。", body=body), "warning")
    # What was meant for the membership that ended must not happen under another one.
    return redirect(url_for("home.index")) if request.method not in {"GET", "HEAD"} else None


def _to_sign_in() -> Response:
    """Lead to the sign-in page and back; what was typed into a form meanwhile is shown, never dropped."""
    if request.headers.get("HX-Request") == "true":
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = return_path(f"{here.path}?{here.query}" if here.query else here.path)
        return make_response("", 401, {"HX-Redirect": url_for("accounts.sign_in", next=back)})
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("accounts.sign_in", next=return_path(request.full_path.rstrip("?"))))
    typed = list_typed()
    if not typed:
        return redirect(url_for("accounts.sign_in"))
    return make_response(render_template("accounts/expired.html", typed=typed), 401)


def _stamp() -> None:
    now = clock.now()
    if now.timestamp() - float(session.get("seen", 0)) > _STAMP_EVERY.total_seconds():
        session["seen"] = now.timestamp()
    if writes() and now - current_user.row.seen_at > _STAMP_EVERY:
        mark_seen(current_user.row)
