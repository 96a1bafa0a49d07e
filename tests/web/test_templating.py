"""What a template prints is escaped as MarkupSafe escapes it, whatever kind of thing it is."""

import pytest
from flask import Flask
from jinja2 import Undefined
from markupsafe import Markup, escape

from portal.web.templating import PortalEnvironment, as_html


class _Text(str):
    __slots__ = ()


class _Drawn:
    def __html__(self):
        return "<svg/>"


@pytest.mark.parametrize(
    "value",
    ["<b a=\"1\" b='2'>&amp;</b>", Markup("<b>&amp;</b>"), _Text("<b>"), 7, None, _Drawn(), Undefined()],
    ids=lambda value: type(value).__name__,
)
def test_a_piece_is_what_escaping_makes_of_it(value):
    assert as_html(value) == escape(value)


def test_everything_printed_is_escaped_once():
    page = """
    {%- macro shown(it) %}<i>{{ it }}</i>{{ caller() if caller }}{% endmacro -%}
    {%- set kept %}{{ text }}{% endset -%}
    {{ text }}{{ markup }}{{ shown(text) }}{% call shown(markup) %}{{ text }}{% endcall %}{{ kept }}{{ kept ~ text }}
    {%- filter trim %} {{ text }} {% endfilter %}{{ missing }}
    """
    made = (
        PortalEnvironment(app=Flask(__name__), autoescape=True)
        .from_string(page)
        .render(text="<&>", markup=Markup("<u>"))
    )
    assert made.strip() == (
        "&lt;&amp;&gt;<u><i>&lt;&amp;&gt;</i><i><u></i>&lt;&amp;&gt;&lt;&amp;&gt;&lt;&amp;&gt;&lt;&amp;&gt;&lt;&amp;&gt;"
    )


def test_a_template_that_does_not_escape_prints_text_as_it_is():
    environment = PortalEnvironment(app=Flask(__name__), autoescape=False)
    assert environment.from_string("{{ text }}{{ n }}").render(text="<&>", n=3) == "<&>3"
