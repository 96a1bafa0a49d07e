"""What a line says in the reader's language: headline, mark, facts. The texts stand in templates/email."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import get_locale, gettext

from portal.core.calendar import long_date
from portal.decisions.states import Outcome
from portal.notifications.telling import REASONS

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What is said of one event to one reader."""

    kind: str
    facts: Mapping[str, Any]
    needs_action: bool = False
    is_urgent: bool = False
    due_on: date | None = None

    @property
    def headline(self) -> str:
        """What happened, in one phrase."""
        return render(f"email/{self.kind}/subject.txt", facts=self.facts)

    @property
    def mark(self) -> str:
        """【緊急】, 【要対応 11/30】, 【要対応】 or 【参考】."""
        if self.is_urgent:
            return str(gettext("【緊急】"))
        if self.needs_action and self.due_on is not None:
            return str(gettext("【要対応 %(date)s】", date=short(self.due_on)))
        return str(gettext("【要対応】") if self.needs_action else gettext("【参考】"))

    @property
    def by(self) -> str:
        """The beginning of what to do: by when; nothing without a due date."""
        return str(gettext("%(date)sまでに、", date=full(self.due_on))) if self.due_on is not None else ""

    @property
    def reason(self) -> str:
        """Why the reader is told."""
        sentence = REASONS.get(self.facts.get("reason") or "")
        return str(gettext(sentence)) if sentence else ""

    @property
    def promised_on(self) -> str:
        """The date for which the official answer is promised."""
        promised = self.facts.get("promised_on")
        return full(date.fromisoformat(promised)) if promised else ""

    def day(self, fact: str) -> str:
        """A date among the facts, in full."""
        value = self.facts.get(fact)
        return full(date.fromisoformat(value)) if value else ""

    @property
    def outcome(self) -> str:
        """What was decided on a body × procedure of an inspection."""
        value = self.facts.get("outcome")
        return Outcome(value).label("en" if is_english() else "ja") if value else ""

    @property
    def name(self) -> str:
        """Number and title, as far as there are any."""
        return " ".join(str(self.facts[key]) for key in ("number", "title") if self.facts.get(key))


def render(template: str, **context: Any) -> str:
    """A plain-text template in the language of the moment, without white space around it."""
    return current_app.jinja_env.get_template(template).render(**context).strip()


def is_english() -> bool:
    """Whether the reader's language is English."""
    return str(get_locale() or "ja") == "en"


def short(day: date) -> str:
    """11/30, in English 30 Nov."""
    return f"{day.day} {_MONTHS[day.month - 1]}" if is_english() else f"{day.month}/{day.day}"


def full(day: date) -> str:
    """令和8年11月30日(月), in English Mon 30 Nov 2026."""
    if not is_english():
        return long_date(day)
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"
