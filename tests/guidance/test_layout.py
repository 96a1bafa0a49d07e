"""How papers are set, what drafts begin with, and what must be said before anyone is asked to approve them."""

import pytest

from portal.core.errors import Invalid
from portal.core.markdown import render
from portal.guidance import service
from portal.guidance.layout import PLACEHOLDER, lay_out, template_of
from portal.guidance.states import GuidanceKind
from tests.factories.guidance import make_draft, make_drafter
from tests.factories.people import actor_of


def test_ki_and_the_end_are_set_where_they_stand_alone():
    html = lay_out(render("前文\n\n記\n\n1. 一\n\n以上"))
    assert '<p class="document__ki">記</p>' in html
    assert '<p class="document__end">以上</p>' in html
    assert "document__ki" not in lay_out(render("記録を残すこと。以上のとおり。"))


def test_what_people_type_gets_no_markup_by_it():
    assert "<script" not in lay_out(render("<script>記</script>\n\n記"))


@pytest.mark.parametrize("kind", list(GuidanceKind))
def test_every_kind_has_a_template_that_no_review_accepts_as_it_is(arrange, kind):
    template = template_of(kind, "住民制度課")
    assert template["kind"] is kind
    assert any(PLACEHOLDER in template[name] for name in ("title", "body", "contact"))
    with arrange():
        drafter = actor_of(make_drafter())
        due = {} if kind is GuidanceKind.REQUEST else {"reply_due_on": None}
        draft = make_draft(drafter, **{**template, **due})
        with pytest.raises(Invalid) as refusal:
            service.send_for_review(drafter, draft)
        assert refusal.value.field in {"title", "addressee_line", "body", "contact"}


@pytest.mark.parametrize("name", ["required_action", "concerned_sections", "difference"])
def test_the_facts_of_the_first_lines_are_demanded(arrange, name):
    with arrange():
        drafter = actor_of(make_drafter())
        draft = make_draft(drafter, **{name: " "})
        with pytest.raises(Invalid) as refusal:
            service.send_for_review(drafter, draft)
        assert refusal.value.field == name


def test_the_preview_shows_what_is_typed_and_stores_nothing(arrange, visit):
    with arrange():
        drafter = make_drafter()
    page = visit(drafter).get("/guidance/new?kind=request")
    assert "○○について（依頼）" in page.text
    form = page.form()
    form.action = "/guidance/preview"
    shown = form.submit(
        title="総点検への御協力について（依頼）",
        body="本文です。\n\n記\n\n1. 点検",
        seal_omitted="y",
        asks_passing_on="y",
    )
    said = (
        "総点検への御協力について（依頼）",
        "住民制度課<br>",
        "（公印省略）",
        "貴管内の市区町村に対しても",
        "document__ki",
    )
    for words in said:
        assert words in shown.text
    assert "総点検への御協力" not in visit(drafter).get("/guidance").main


def test_the_preview_names_the_sender_in_japanese_for_whoever_reads_english(arrange, visit):
    with arrange():
        drafter = make_drafter()
    form = visit(drafter, locale="en").get("/guidance/new?kind=request").form()
    form.action = "/guidance/preview"
    shown = form.submit(sender_title="").soup.find("article", class_="document")
    assert "住民制度課" in shown.get_text()
    assert "Division" not in shown.get_text()
