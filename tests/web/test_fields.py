"""Fields print whole components, read what people type, and keep it after an error."""

from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.core.errors import Invalid, NeedsConfirmation
from portal.core.i18n import speaking
from portal.issues.states import IssueKind
from portal.web import fields
from portal.web.filters import register_filters
from portal.web.forms import FilterForm, PortalForm

TEMPLATES = Path(__file__).parents[2] / "templates"


class SampleForm(PortalForm):
    """One of each."""

    version = fields.HiddenField()
    title = fields.TextField("件名", validators=[InputRequired(), Length(max=10)], description="例：手帳番号")
    email = fields.EmailField("メール", validators=[Optional()], autocomplete="email")
    password = fields.PasswordField("パスワード")
    affected = fields.IntegerField("件数", unit="件", validators=[NumberRange(min=0)])
    kind = fields.SelectField("種別", enum=IssueKind, blank="選択してください", validators=[InputRequired()])
    hours = fields.SelectField("時間", choices=[("1", "1時間"), ("4", "4時間")])
    theme = fields.RadioField(
        "テーマ", choices=[(1, "一"), (2, "二")], coerce=int, validators=[Optional()], hints={"2": "ふたつ"}
    )
    kinds = fields.CheckboxesField("関係", enum=IssueKind)
    due_on = fields.DateField("期限", validators=[Optional()])
    body = fields.TextAreaField("内容", validators=[Optional(), Length(max=20)], markdown=True)
    file = fields.FileField("ファイル", accept=(".pdf",), max_bytes=1024)
    my_number_confirmed = fields.CheckboxField("確認しました")


class SampleFilterForm(FilterForm):
    """Conditions."""

    words = fields.SearchField("ことば")
    from_on = fields.DateField("この日から", validators=[Optional()])


@pytest.fixture(scope="module")
def flask_app():
    app = Flask(__name__, template_folder=str(TEMPLATES))
    app.config.update(SECRET_KEY="k" * 40, BABEL_DEFAULT_LOCALE="ja")
    Babel(app)
    CSRFProtect(app)
    register_filters(app)
    with speaking("ja"):
        yield app


@pytest.fixture
def posted(flask_app):
    """``posted(title="…")`` is the form as sent with these values."""
    contexts = []

    def make(form=SampleForm, **values):
        listed = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
        data = MultiDict((name, part) for name, parts in listed.items() for part in parts)
        context = flask_app.test_request_context("/", method="POST", data=data)
        context.push()
        contexts.append(context)
        made = form(meta={"csrf": False})
        made.validate_on_submit()
        return made

    yield make
    for context in reversed(contexts):
        context.pop()


@pytest.fixture
def blank(flask_app):
    with flask_app.test_request_context("/?words=手帳&from_on=R8.11.1"):
        yield SampleForm


def soup(markup):
    return BeautifulSoup(str(markup), "html5lib")


def test_field_prints_label_badge_hint_and_control(blank):
    page = soup(blank().title)
    control = page.find("input")
    assert page.find("label")["for"] == control["id"] == control["name"] == "title"
    assert "必須" in page.label.get_text()
    assert page.find(id="title-hint").get_text() == "例：手帳番号"
    assert control["aria-describedby"] == "title-hint"
    assert control["aria-required"] == "true"
    assert not control.has_attr("required")
    assert not control.has_attr("aria-invalid")


def test_optional_field_says_so_and_carries_autocomplete(blank):
    page = soup(blank().email)
    assert "任意" in page.label.get_text()
    assert page.find("input")["autocomplete"] == "email"
    assert page.find("input")["type"] == "email"


def test_list_that_always_has_a_value_shows_no_badge(blank):
    assert soup(blank().hours).label.get_text().strip() == "時間"


def test_error_is_tied_to_the_control_and_the_value_kept(posted):
    form = posted(title="十文字を超える長い件名です")
    page = soup(form.title)
    control = page.find("input")
    assert control["value"] == "十文字を超える長い件名です"
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"].split() == ["title-hint", "title-error"]
    assert page.find(id="title-error").get_text(strip=True) == "10文字以内で入力してください。"


def test_everything_typed_is_escaped(posted):
    markup = str(posted(title='"><script>', body="</textarea><script>").title)
    assert "<script>" not in markup


def test_missing_values_are_asked_for_in_the_words_of_the_field(posted):
    form = posted()
    assert form.title.errors == ["入力してください。"]
    assert form.kind.errors == ["選んでください。"]


def test_blanks_alone_are_no_value(posted):
    assert posted(title="　 ").title.errors == ["入力してください。"]


def test_text_loses_control_characters_and_line_ends_become_plain(posted):
    form = posted(title=" 手帳\x00番号 ", body="一\r\n二\r\n\x0b")
    assert form.title.data == "手帳番号"
    assert form.body.data == "一\n二"


def test_line_ends_do_not_count_twice(posted):
    assert not posted(title="a", kind="problem", body="\r\n".join("一" * 10)).body.errors


@pytest.mark.parametrize("typed", ["1200", "1,200", "１，２００", " 1200 "])
def test_number_is_read_as_people_write_it(posted, typed):
    assert posted(affected=typed).affected.data == 1200


def test_what_is_no_number_stays_with_one_error(posted):
    form = posted(affected="約千件")
    assert form.affected.errors == ["数字で入力してください。例：1,200"]
    assert soup(form.affected).find("input")["value"] == "約千件"


def test_empty_number_is_in_no_range(posted):
    assert not posted(affected="").affected.errors


@pytest.mark.parametrize(
    "sent",
    [
        {"due_on": "2026-11-30"},
        {"due_on": "令和8年11月30日"},
        {"due_on": "Ｒ８．１１．３０"},
        {"due_on-year": "2026", "due_on-month": "11", "due_on-day": "30"},
        {"due_on-year": "令和８年", "due_on-month": "１１", "due_on-day": "３０"},
        {"due_on-year": "R8", "due_on-month": "11月", "due_on-day": "30日"},
        {"due_on-year": "R8.11.30", "due_on-month": "", "due_on-day": ""},
    ],
)
def test_date_is_read_as_people_write_it(posted, sent):
    form = posted(**sent)
    assert form.due_on.data == date(2026, 11, 30)
    assert not form.due_on.errors


def test_a_year_without_its_era_is_asked_for(posted):
    form = posted(**{"due_on-year": "８", "due_on-month": "11", "due_on-day": "30"})
    assert form.due_on.errors == ["年は「令和8」「R8」「2026」のように入力してください。"]


def test_wrong_date_stays_in_its_boxes_with_an_error(posted):
    form = posted(**{"due_on-year": "2026", "due_on-month": "2", "due_on-day": "30"})
    page = soup(form.due_on)
    assert form.due_on.data is None
    assert form.due_on.errors == ["正しい日付を入力してください。例：令和8年11月30日"]
    assert [box["value"] for box in page.find_all("input")] == ["2026", "2", "30"]
    assert page.find("fieldset")["aria-describedby"] == "due_on-error"
    assert form.due_on.focus_id == page.find("input")["id"] == "due_on-year"


def test_empty_date_is_none_and_held_date_is_shown(posted, flask_app):
    assert posted(**{"due_on-year": "", "due_on-month": "", "due_on-day": ""}).due_on.data is None
    with flask_app.test_request_context("/"):
        page = soup(SampleForm(due_on=date(2026, 11, 30)).due_on)
        assert [box["value"] for box in page.find_all("input")] == ["2026", "11", "30"]


def test_select_reads_members_of_the_enumeration(posted):
    form = posted(kind="question", kinds=["problem", "request"])
    assert form.kind.data is IssueKind.QUESTION
    assert form.kinds.data == [IssueKind.PROBLEM, IssueKind.REQUEST]
    assert soup(form.kind).find("option", selected=True)["value"] == "question"
    assert [box["value"] for box in soup(form.kinds).find_all("input", checked=True)] == ["problem", "request"]


def test_choice_outside_the_list_is_refused(posted):
    assert posted(kind="rubbish").kind.errors == ["一覧から選んでください。"]
    assert posted(theme="7").theme.errors == ["一覧から選んでください。"]
    assert posted(theme="x").theme.errors == ["一覧から選んでください。"]


def test_choices_given_later_may_be_pairs(flask_app):
    with flask_app.test_request_context("/"):
        form = SampleForm()
        form.hours.choices = [("8", "8時間")]
        assert [option.get_text() for option in soup(form.hours).find_all("option")] == ["8時間"]


def test_radio_entries_are_labelled_and_explained(blank):
    page = soup(blank().theme)
    assert page.find("legend").get_text(strip=True) == "テーマ"
    entry = page.find("input", value="2")
    assert page.find("label", attrs={"for": entry["id"]}).get_text() == "二"
    assert page.find(id=entry["aria-describedby"]).get_text() == "ふたつ"


def test_long_text_has_a_counter_and_is_never_cut_by_the_browser(blank):
    page = soup(blank().body)
    textarea = page.find("textarea")
    assert not textarea.has_attr("maxlength")
    counter = page.find(id=textarea["data-counter"])
    assert counter["data-limit"] == "20"
    assert counter.get_text() == "20文字以内"


def test_text_area_keeps_a_leading_line_end(posted):
    assert soup(posted(body="\n一").body).find("textarea").get_text() == "\n一"


def test_password_never_comes_back(posted):
    assert "ひみつ" not in str(posted(password="ひみつ").password)


def test_file_says_what_it_takes(blank):
    page = soup(blank().file)
    assert page.find("input")["accept"] == ".pdf"
    assert "PDF" in page.get_text()
    assert "1.0 KB" in page.get_text()


def test_bare_control_names_itself(blank):
    page = soup(blank().title(bare=True, data_row="3"))
    assert page.find("label") is None
    assert page.find("input")["aria-label"] == "件名"
    assert page.find("input")["data-row"] == "3"


def test_several_forms_stand_on_one_page(blank):
    one, two = soup(blank(ids="one").title), soup(blank(ids="two").title)
    assert one.find("input")["id"] == "one-title"
    assert one.find("label")["for"] == "one-title"
    assert two.find("input")["name"] == "title"


def test_hidden_fields_have_no_ids(blank):
    page = soup(blank(version="3").hidden_tag())
    assert {field["name"] for field in page.find_all("input")} == {"csrf_token", "form_key", "version"}
    assert not page.find_all(id=True)


def test_form_key_is_new_for_each_form_and_kept_after_an_error(blank, posted):
    assert blank().form_key.data != blank().form_key.data
    assert posted(form_key="k1").form_key.data == "k1"


def test_refusal_lies_on_its_field_or_on_the_form(posted):
    form = posted(title="a", kind="problem", hours="1")
    assert form.status == 200
    form.lay(Invalid("%(n)s件までです。", field="title", n=3))
    form.lay(Invalid("提出できません。"))
    form.lay(Invalid("別の欄です。", field="no_such_field"))
    assert form.status == 422
    assert form.problems == [
        ("", None, "提出できません。"),
        ("", None, "別の欄です。"),
        ("件名", "title", "3件までです。"),
    ]


def test_my_number_confirmation_shows_only_when_asked_for(posted):
    form = posted(title="a", kind="problem", hours="1")
    assert str(form.my_number_confirmed) == ""
    form.lay(NeedsConfirmation("個人番号が含まれています。", field="title"))
    assert form.needs_confirmation
    assert "確認しました" in str(form.my_number_confirmed)
    assert "確認しました" in str(posted(my_number_confirmed="y").my_number_confirmed)


def test_filter_form_reads_the_query_without_token_or_badges(blank):
    form = SampleFilterForm()
    assert form.validate()
    assert form.words.data == "手帳"
    assert form.from_on.data == date(2026, 11, 1)
    assert form.hidden_tag() == ""
    assert "任意" not in str(form.from_on)
    assert soup(form.from_on).find("input")["value"] == "R8.11.1"


def test_a_date_that_stands_in_one_box_looks_like_the_example_beside_it(blank):
    form = SampleFilterForm()
    for day, language, shown in (
        (date(2026, 11, 29), "ja", "R8.11.29"),
        (date(2026, 11, 29), "en", "2026-11-29"),
        (date(1700, 1, 2), "ja", "1700-01-02"),
    ):
        form.from_on.data, form.from_on.typed = day, None
        with speaking(language):
            assert soup(form.from_on).find("input")["value"] == shown


def test_error_summary_leads_to_the_fields(posted, flask_app):
    form = posted(**{"due_on": "いつか", "title": "a", "kind": "problem", "hours": "1"})
    summary = flask_app.jinja_env.get_template("components/ui.html").module.error_summary(form)
    link = soup(summary).find("a")
    assert link["href"] == "#due_on-year"
    assert link.get_text() == "期限：正しい日付を入力してください。例：令和8年11月30日"
