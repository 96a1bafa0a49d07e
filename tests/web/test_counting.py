"""English counts."""

import pytest
from flask_babel import gettext as everywhere
from flask_babel import lazy_gettext

from portal.core.i18n import speaking
from portal.web.counting import fill
from portal.web.locale import gettext


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("%(n)s business day(|s) left", {"n": 1}, "1 business day left"),
        ("%(n)s business day(|s) left", {"n": 2}, "2 business days left"),
        ("%(n)s business day(|s) left", {"n": 0}, "0 business days left"),
        ("There (is|are) %(n)s error(|s).", {"n": "1"}, "There is 1 error."),
        ("There (is|are) %(n)s error(|s).", {"n": "1,001"}, "There are 1,001 errors."),
        ("%(a)s issue(|s) of %(b)s bod(y|ies)", {"a": 2, "b": 1}, "2 issues of 1 body"),
        ("100%% (a|b) %(n)s", {"n": 1}, "100% a 1"),
        ("Nothing to count (as is)", {}, "Nothing to count (as is)"),
    ],
)
def test_the_form_follows_the_count(text, values, said):
    assert fill(text, values) == said


def test_every_way_of_translating_counts(app):
    with app.test_request_context(), speaking("en"):
        render = app.jinja_env.from_string("{{ _('あと%(n)s営業日', n=1) }} {{ _('あと%(n)s営業日', n='<2>') }}")

        assert gettext("あと%(n)s営業日", n=1) == "1 business day left"
        assert everywhere("あと%(n)s営業日", n=1) == "1 business day left"
        assert str(lazy_gettext("あと%(n)s営業日", n=3)) == "3 business days left"
        assert render.render() == "1 business day left &lt;2&gt; business days left"
    with app.test_request_context(), speaking("ja"):
        assert gettext("あと%(n)s営業日", n=1) == "あと1営業日"
