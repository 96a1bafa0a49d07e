"""The language of a page: the person's own, else the cookie's, else Japanese; and its words."""

from functools import cached_property
from typing import Any

from flask import Flask, has_request_context, session
from flask_babel import Babel, Domain, get_translations
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from portal.core.i18n import find_language, settle_language
from portal.web.counting import choose_forms, fill

LOCALES = ("ja", "en")


def language() -> str:
    """``ja`` or ``en``: what the page or mail at hand is written in, found once for each request."""
    found = find_language()
    if found is None:
        found = _select_language()
        if has_request_context():
            settle_language(found)
    return found


def is_english() -> bool:
    """Whether the page or mail at hand is in English."""
    return language() == "en"


def gettext(message: str, **values: Any) -> str:
    """The message in the language at hand, its values filled in. The source strings are the Japanese texts."""
    text = message if language() == "ja" else str(get_translations().ugettext(message))
    return fill(text, values)


class CountingDomain(Domain):
    """Flask-Babel's catalogue, whose English follows the counts that are filled in."""

    def gettext(self, string: str, **variables: Any) -> str:
        """The message in the language at hand, its values filled in."""
        return fill(str(self.get_translations().ugettext(string)), variables)


class CountingBabel(Babel):
    """Flask-Babel with that catalogue, for who translates through its own functions."""

    @cached_property
    def domain_instance(self) -> Domain:
        """The one catalogue of the portal."""
        return CountingDomain(domain=self.domain)


def init_language(app: Flask) -> None:
    """Settle the language anew for each request, and give the templates their ``_``."""
    app.before_request(_forget_language)
    app.teardown_request(_forget_language)
    app.jinja_env.globals["_"] = _translate


@pass_eval_context
def _translate(surroundings: EvalContext, message: str, /, **values: Any) -> str:
    """Markup where the template escapes, plain text where it does not (mails)."""
    text = message if language() == "ja" else str(get_translations().ugettext(message))
    if values and "|" in text:
        text = choose_forms(text, values)
    if surroundings.autoescape:
        text = Markup(text)  # noqa: S704 - the sentences are ours; what is filled in is escaped
    return text % values if values else text


def _forget_language(_error: BaseException | None = None) -> None:
    settle_language(None)


def _select_language() -> str:
    """A choice made in this browser goes before the profile's."""
    if not has_request_context():
        return "ja"
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    if current_user and current_user.is_authenticated and current_user.actor is not None:
        return str(current_user.actor.locale)  # the actor outlives a rollback, a row would have to be read again
    return "ja"
