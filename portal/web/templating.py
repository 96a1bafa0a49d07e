"""The environment of the templates."""

from collections.abc import MutableMapping
from typing import Any

from flask.sansio.app import App
from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]


def as_html(value: Any) -> str:
    """The value as a piece of a page: what ``escape`` makes of it, but not made into markup piece by piece.

    Pieces are only put together, and that is what markup is made of. A page has hundreds of them, a table of many
    columns thousands.
    """
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is str:
        return _escape_inner(value)
    return str(value) if kind is int else escape(value)


class _Generator(CodeGenerator):
    """Jinja's, but what is printed into a page goes through ``as_html``."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.as_html(")
        else:
            super()._output_child_pre(node, frame, finalize)


class PortalEnvironment(Environment):
    """Flask's, but templates without globals of their own share one plain dictionary.

    Jinja would give each a chain of two, which it takes apart, key by key, at every import of every page.
    """

    code_generator_class = _Generator
    as_html = staticmethod(as_html)

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **{"trim_blocks": True, "lstrip_blocks": True, **options})

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of one template."""
        return super().make_globals(d) if d else self.globals
