"""The environment of the templates."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class PortalEnvironment(Environment):
    """Flask's, but templates without globals of their own share one plain dictionary.

    Jinja would give each a chain of two, which it takes apart, key by key, at every import of every page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of one template."""
        return super().make_globals(d) if d else self.globals
