"""How values are shown: dates of Japan's calendar, labels in the page's language, sizes, Markdown."""

from datetime import date, datetime
from urllib.parse import urlencode

from flask import Flask, request
from flask_babel import format_decimal, get_locale, gettext
from markupsafe import Markup

from portal.core import clock, markdown
from portal.core.calendar import (
    business_days_between,
    era_date,
    japan_date,
    japan_datetime,
    long_date,
)
from portal.core.enums import LabelledEnum

_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def register_filters(app: Flask) -> None:
    """Give every template the filters."""
    for shown in (jdate, jdatetime, short_date, time, label, filesize, number, business_days_ago, business_days_left,
                  era_fiscal_year):
        app.jinja_env.filters[shown.__name__] = shown
    app.jinja_env.filters["markdown"] = render_markdown
    app.jinja_env.globals["with_arguments"] = with_arguments


def with_arguments(**changes: str | None) -> str:
    """The address of this page with some arguments of its query changed, or dropped where None."""
    arguments = {**request.args.to_dict(flat=False), **changes}
    return f"{request.path}?{url_encode(arguments)}"


def url_encode(arguments: dict[str, list[str] | str | None]) -> str:
    """A query string of the arguments that have a value."""
    return urlencode({name: value for name, value in arguments.items() if value}, doseq=True)


def jdate(value: date | datetime | None) -> str:
    """令和8年11月30日(月), or Mon 30 Nov 2026; an instant is shown as its date in Japan."""
    if value is None:
        return ""
    day = japan_date(value) if isinstance(value, datetime) else value
    if not _is_english():
        return long_date(day)
    return f"{_ENGLISH_DAYS[day.weekday()]} {day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"


def jdatetime(value: datetime | None) -> str:
    """The date and Japan's time of an instant."""
    return f"{jdate(value)} {time(value)}" if value else ""


def short_date(value: date | datetime | None) -> str:
    """11/30, or 30 Nov."""
    if value is None:
        return ""
    day = japan_date(value) if isinstance(value, datetime) else value
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]}" if _is_english() else f"{day.month}/{day.day}"


def time(value: datetime | None) -> str:
    """Japan's time of an instant, 14:05."""
    return japan_datetime(value).strftime("%H:%M") if value else ""


def label(value: LabelledEnum | None) -> str:
    """The label of an enumeration's member in the page's language."""
    return value.label(str(get_locale())) if value is not None else ""


def filesize(size: int) -> str:
    """A size in bytes as people read it."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def number(value: float | None) -> str:
    """1,788."""
    return "" if value is None else str(format_decimal(value))


def business_days_ago(value: datetime | None) -> int:
    """Business days since an instant, today included."""
    return 0 if value is None else business_days_between(japan_date(value), japan_date(clock.now()))


def business_days_left(value: date | None) -> str:
    """How far off a due date is, in words: あと4営業日, 本日, 2営業日超過."""
    if value is None:
        return ""
    left = business_days_between(japan_date(clock.now()), value)
    if value == japan_date(clock.now()):
        return gettext("本日")
    if value > japan_date(clock.now()):
        return gettext("あと%(n)s営業日", n=left)
    return gettext("%(n)s営業日超過", n=-left)


def era_fiscal_year(year: int) -> str:
    """令和8年度, or FY2026."""
    if _is_english():
        return f"FY{year}"
    return f"{era_date(date(year, 12, 31)).split('年')[0]}年度"


def render_markdown(source: str | None) -> Markup:
    """The sanitised HTML of a Markdown source."""
    return Markup(markdown.render(source or ""))  # noqa: S704 - the one renderer sanitises


def _is_english() -> bool:
    return str(get_locale()) == "en"
