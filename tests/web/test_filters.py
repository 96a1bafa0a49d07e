"""Filters show dates, labels and sizes in both languages."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from portal.core import clock
from portal.core.i18n import speaking
from portal.directory.queries import Prefecture
from portal.issues.states import IssueState
from portal.web import filters

DAY = date(2026, 11, 30)
INSTANT = datetime(2026, 11, 29, 15, 5, tzinfo=UTC)  # 00:05 of the next day in Japan


@pytest.fixture(params=["ja", "en"])
def locale(request):
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "/nowhere"
    Babel(app)
    filters.register_filters(app)
    page = app.test_request_context("/list?state=new&state=old&cursor=abc")
    with page, force_locale(request.param), speaking(request.param):
        yield request.param


def pick(locale, ja, en):
    return ja if locale == "ja" else en


def test_date_is_shown_by_its_era_or_in_english(locale):
    assert filters.jdate(DAY) == pick(locale, "令和8年11月30日(月)", "Mon 30 Nov 2026")
    assert filters.jdate(INSTANT) == filters.jdate(DAY)
    assert filters.jdatetime(INSTANT) == pick(locale, "令和8年11月30日(月) 00:05", "Mon 30 Nov 2026 00:05")
    assert filters.time(INSTANT) == "00:05"
    assert filters.iso(DAY) == "2026-11-30"
    assert filters.iso(INSTANT) == "2026-11-30T00:05+09:00"


def test_short_date_names_the_year_only_when_it_is_another(locale):
    with clock.pretending(INSTANT):
        assert filters.short_date(DAY) == pick(locale, "11/30", "30 Nov")
        assert filters.short_date(date(2025, 1, 6)) == pick(locale, "2025/1/6", "6 Jan 2025")


def test_nothing_is_shown_for_nothing(locale):
    for shown in (
        filters.jdate,
        filters.jdatetime,
        filters.short_date,
        filters.time,
        filters.iso,
        filters.label,
        filters.filesize,
        filters.number,
        filters.era_fiscal_year,
        filters.business_days_ago,
        filters.due_text,
    ):
        assert shown(None) == ""
    assert not filters.is_overdue(None)


def test_label_is_that_of_the_language(locale):
    assert filters.label(IssueState.SUBMITTED) == pick(locale, "受付", "Submitted")


def test_a_map_names_prefectures_in_short(locale):
    prefectures = [
        Prefecture("01", "北海道", "Hokkaido"),
        Prefecture("13", "東京都", "Tokyo Metropolis"),
        Prefecture("14", "神奈川県", "Kanagawa Prefecture"),
        Prefecture("26", "京都府", None),
    ]
    shown = pick(locale, ["北海道", "東京", "神奈川", "京都"], ["Hokkaido", "Tokyo", "Kanagawa", "京都"])
    assert [filters.short_name(each) for each in prefectures] == shown


def test_fiscal_year_is_counted_by_the_era(locale):
    assert filters.era_fiscal_year(2026) == pick(locale, "令和8年度", "FY2026")
    assert filters.era_fiscal_year(2019) == pick(locale, "令和元年度", "FY2019")
    assert filters.era_fiscal_year(date(2026, 3, 31)) == pick(locale, "令和7年度", "FY2025")


@pytest.mark.parametrize(
    ("today", "text", "is_overdue"),
    [
        (date(2026, 11, 27), "あと1営業日", False),
        (date(2026, 11, 30), "本日まで", False),
        (date(2026, 12, 2), "期限超過 2営業日", True),
    ],
)
def test_due_date_is_told_in_business_days(locale, today, text, is_overdue):
    noon = datetime(today.year, today.month, today.day, 3, tzinfo=UTC)
    with clock.pretending(noon):
        assert filters.due_text(DAY) == text
        assert filters.is_overdue(DAY) is is_overdue


def test_sizes_and_numbers_are_readable(locale):
    assert filters.filesize(900) == "900 B"
    assert filters.filesize(48_213) == "47 KB"
    assert filters.filesize(1_320_411) == "1.3 MB"
    assert filters.filesize(3 * 1024**3) == "3.0 GB"
    assert filters.number(1788) == "1,788"


def test_markdown_runs_no_script(locale):
    html = filters.markdown("**太字** <script>alert(1)</script>")
    assert "<strong>太字</strong>" in html
    assert "<script" not in html


def test_page_address_keeps_the_filters(locale):
    assert filters.page_url("next") == "/list?state=new&state=old&cursor=next"
    assert filters.page_url(None) is None
    assert filters.with_arguments(state=None, cursor=None) == "/list"


def test_address_of_an_absent_page_is_none(locale):
    assert filters.find_url("nowhere.index") is None


def test_form_keys_differ(locale):
    assert filters.new_form_key() != filters.new_form_key()
