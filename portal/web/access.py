"""Who may call a view: each one declares it, and what is not declared is closed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.models import SignInSession
from portal.accounts.queries import IDLE_LIFE, find_live_session
from portal.core import clock
from portal.core.errors import NotFound
from portal.directory.actor import Actor, find_actor, list_actors

View = TypeVar("View", bound=Callable[..., Any])
Predicate = Callable[[Actor], bool]

login_manager = LoginManager()
_STAMP_EVERY = timedelta(seconds=60)


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


def requires(predicate: Predicate) -> Callable[[View], View]:
    """Only an actor of whom the predicate holds; everyone else sees the page of what does not exist."""
    return lambda view: _declare(view, "requires", predicate)


def marks_read(view: View) -> View:
    """A GET that records having been read, and so needs a writing transaction."""
    cast(Any, view).marks_read = True
    return view


def current_actor() -> Actor:
    """The actor of this request. Only for views that are not public."""
    return cast(Actor, current_user.actor)


def find_current_actor() -> Actor | None:
    """The actor of this request, or None when nobody is signed in."""
    return current_user.actor if current_user.is_authenticated else None


def start_browser_session(secret: str, row: SignInSession) -> None:
    """Put a fresh session into the browser; whatever the cookie held before is dropped."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    session["seen"] = clock.now().timestamp()
    login_user(SignedIn(secret, row, None))


def end_browser_session() -> None:
    """Forget the session in the browser."""
    logout_user()
    session.clear()


def init_access(app: Flask) -> None:
    """Demand a sign-in before every request whose view does not say otherwise."""
    login_manager.init_app(app)
    login_manager.user_loader(_load)
    app.before_request(_guard)


def writes(app: Flask) -> bool:
    """Whether the request at hand may write: any but a safe method, and views that record reading."""
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        return True
    view = app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "marks_read", False))


def _declare(view: View, kind: str, predicate: Predicate | None) -> View:
    cast(Any, view).access = (kind, predicate)
    return view


def _load(secret: str) -> SignedIn | None:
    if clock.now().timestamp() - float(session.get("seen", 0)) > IDLE_LIFE.total_seconds():
        return None
    row = find_live_session(secret)
    if row is None:
        return None
    actor = find_actor(row.membership_id) if row.membership_id else None
    if actor is None:
        actor = next(iter(list_actors(row.person_id)), None)
    return SignedIn(secret, row, actor)


def _guard() -> BaseResponse | None:
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
    if current_user.actor is None:
        return redirect(url_for("accounts.no_membership")) if endpoint != "accounts.sign_out" else None
    if predicate is not None and not predicate(current_user.actor):
        raise NotFound
    return None


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return cast(Response, redirect(url_for("accounts.sign_in", next=wanted)))


def _stamp() -> None:
    seen = float(session.get("seen", 0))
    now = clock.now().timestamp()
    if now - seen > _STAMP_EVERY.total_seconds():
        session["seen"] = now
    g.signed_in = True
