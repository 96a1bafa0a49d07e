"""Jinja filters and globals: dates in the era or in English, labels, sizes, Markdown, addresses of pages."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask, current_app, request
from markupsafe import Markup

from portal.core import clock
from portal.core import markdown as core_markdown
from portal.core.calendar import business_days_between, era_date, fiscal_year, japan_date, japan_datetime, long_date
from portal.web.addresses import address_of
from portal.web.business_days import closures
from portal.web.citing import cite
from portal.web.locale import gettext, is_english

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def register_filters(app: Flask) -> None:
    """Add the filters and globals to the application's templates."""
    for function in (
        jdate,
        jdatetime,
        short_date,
        time,
        iso,
        label,
        named,
        short_name,
        filesize,
        number,
        markdown,
        cite,
        era_fiscal_year,
        business_days_ago,
        due_text,
        is_overdue,
    ):
        app.add_template_filter(function)
    app.jinja_env.globals.update(
        url_for=address_of,
        find_url=find_url,
        page_url=page_url,
        with_arguments=with_arguments,
        new_form_key=new_form_key,
    )


def _day(value: date | datetime) -> date:
    return japan_date(value) if isinstance(value, datetime) else value


def jdate(value: date | datetime | None) -> str:
    """令和8年11月30日(月), in English Mon 30 Nov 2026; an instant as the date in Japan."""
    if value is None:
        return ""
    day = _day(value)
    if not is_english():
        return long_date(day)
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def jdatetime(value: datetime | None) -> str:
    """令和8年11月30日(月) 14:05, on Japan's clock."""
    return "" if value is None else f"{jdate(value)} {time(value)}"


def short_date(value: date | datetime | None) -> str:
    """11/30, in English 30 Nov; with the year when it is not this year's."""
    if value is None:
        return ""
    day = _day(value)
    is_this_year = day.year == japan_date(clock.now()).year
    if is_english():
        return f"{day.day} {_MONTHS[day.month - 1]}" + ("" if is_this_year else f" {day.year}")
    return f"{day.month}/{day.day}" if is_this_year else f"{day.year}/{day.month}/{day.day}"


def time(value: datetime | None) -> str:
    """14:05, on Japan's clock."""
    return "" if value is None else japan_datetime(value).strftime("%H:%M")


def iso(value: date | datetime | None) -> str:
    """The machine's form, for the ``datetime`` attribute."""
    if value is None:
        return ""
    return japan_datetime(value).isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


def label(value: Any) -> str:
    """The label of an enumeration's member (or of anything that has one) in the page's language."""
    return "" if value is None else str(value.label("en" if is_english() else "ja"))


def named(body: Any) -> str:
    """The name of an organisation in the page's language; of None nothing."""
    if body is None:
        return ""
    return str((body.name_en or body.name) if is_english() else body.name)


def short_name(prefecture: Any) -> str:
    """The name of a prefecture as a map has room for: 新潟, Niigata."""
    name = named(prefecture)
    if name != prefecture.name:
        return name.removesuffix(" Prefecture").removesuffix(" Metropolis")
    return name if name.endswith("道") else name[:-1]


def filesize(value: int | None) -> str:
    """1.2 MB."""
    if value is None:
        return ""
    size = float(value)
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


def number(value: float | None) -> str:
    """1,788."""
    return "" if value is None else f"{value:,}"


def markdown(source: str | None) -> Markup:
    """The sanitised HTML of a Markdown source."""
    return Markup(core_markdown.render(source or ""))  # noqa: S704 - render() sanitises


def era_fiscal_year(value: int | date | datetime | None) -> str:
    """令和8年度, in English FY2026; of a fiscal year or of the year that a date lies in."""
    if value is None:
        return ""
    year = value if isinstance(value, int) else fiscal_year(_day(value))
    if is_english():
        return f"FY{year}"
    return f"{era_date(date(year, 12, 31)).partition('年')[0]}年度"


def business_days_ago(value: date | datetime | None) -> str:
    """本日, or 3営業日: how long ago in business days."""
    if value is None:
        return ""
    days = business_days_between(_day(value), japan_date(clock.now()), closures())
    return gettext("本日") if days <= 0 else gettext("%(n)s営業日", n=days)


def due_text(value: date | datetime | None) -> str:
    """あと4営業日, 本日まで, or 期限超過 3営業日."""
    if value is None:
        return ""
    today, day = japan_date(clock.now()), _day(value)
    if day == today:
        return gettext("本日まで")
    days = business_days_between(today, day, closures())
    if day < today:
        return gettext("期限超過 %(n)s営業日", n=max(1, -days))
    return gettext("あと%(n)s営業日", n=days)


def is_overdue(value: date | datetime | None) -> bool:
    """Whether the date has passed in Japan."""
    return value is not None and _day(value) < japan_date(clock.now())


def find_url(endpoint: str, **values: Any) -> str | None:
    """The address of an endpoint, or None where this installation has no such page."""
    return address_of(endpoint, **values) if endpoint in current_app.view_functions else None


def page_url(cursor: str | None) -> str | None:
    """The address of this list at another page, its filters kept."""
    if cursor is None:
        return None
    return with_arguments(cursor=cursor)


def with_arguments(**changes: str | None) -> str:
    """The address of this page with some arguments of its query changed, or dropped where None."""
    arguments = {**request.args.to_dict(flat=False), **changes}
    kept = {name: value for name, value in arguments.items() if value}
    return f"{request.path}?{urlencode(kept, doseq=True)}" if kept else request.path


def new_form_key() -> str:
    """A fresh key for a form that has nothing but its button."""
    return uuid4().hex
