"""The language of a page: the person's own, else the cookie's, else Japanese."""

from flask import has_request_context, session
from flask_login import current_user

LOCALES = ("ja", "en")


def select_locale() -> str:
    """``ja`` or ``en`` for the request at hand; a choice made in this browser goes before the profile's."""
    if not has_request_context():
        return "ja"
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    if current_user and current_user.is_authenticated and current_user.actor is not None:
        return str(current_user.actor.locale)  # the actor outlives a rollback, a row would have to be read again
    return "ja"
