"""What is written about a contact, and what it must hold: at no time a My Number."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.errors import Invalid
from portal.core.events import Audience
from portal.core.i18n import N_
from portal.liaison.states import Direction, Means

LONGEST_NOTE, LONGEST_TEXT, LONGEST_LINE, LONGEST_PROMISE = 1000, 10_000, 200, 300
MOST_ITEMS = 30
MOST_PROMISED_DAYS = 400
_TOO_LONG = N_("%(limit)s文字以内で入力してください。")


@dataclass(frozen=True, kw_only=True)
class PromiseContent:
    """What was promised, by whom, for when."""

    text: str
    due_on: date
    promised_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Partner:
    """With whom of the body it was: a membership of it, or a name or section as typed."""

    membership_id: int | None = None
    typed: str = ""


@dataclass(frozen=True, kw_only=True)
class PhoneNoteContent:
    """A phone note as it is written down during the call. ``about`` names an issue or guidance as (kind, id)."""

    partner: Partner
    direction: Direction
    text: str
    contacted_at: datetime
    audience: Audience = Audience.PUBLIC
    promise: PromiseContent | None = None
    about: tuple[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class HearingContent:
    """A hearing: ``problem_points`` and ``request_points`` hold one point per list entry or paragraph."""

    partner: Partner
    means: Means
    contacted_at: datetime
    situation: str
    place: str = ""
    participants: str = ""
    problem_points: str = ""
    request_points: str = ""
    internal_text: str = ""
    audience: Audience = Audience.PUBLIC
    promises: list[PromiseContent] = field(default_factory=list)
    about: tuple[str, int] | None = None


def checked(field_name: str, text: str, longest: int, *, confirmed: bool, required: str | None = None) -> str:
    """The text without white space at its ends.

    Raises Invalid when it is missing though ``required`` (the message), too long, or holds a My Number, and
    NeedsConfirmation for a doubtful number.
    """
    text = text.strip()
    if required and not text:
        raise Invalid(required, field=field_name)
    if len(text) > longest:
        raise Invalid(_TOO_LONG, field=field_name, limit=f"{longest:,}")
    my_number.check_text(field_name, text, confirmed)
    return text


def check_time(field_name: str, at: datetime) -> datetime:
    """The instant, unless it has not come yet."""
    if at > clock.now() + timedelta(minutes=5):
        raise Invalid(N_("日時には、現在より前の日時を入力してください。"), field=field_name)
    return at


def check_promise(promise: PromiseContent, *, field_text: str, field_due: str, confirmed: bool) -> PromiseContent:
    """The promise with clean texts. Raises Invalid for an empty text, and for a day gone by or too far off."""
    today = japan_date(clock.now())
    if promise.due_on < today:
        raise Invalid(N_("約束の期日には、今日以降の日付を入力してください。"), field=field_due)
    if promise.due_on > today + timedelta(days=MOST_PROMISED_DAYS):
        raise Invalid(N_("約束の期日が遠すぎます。"), field=field_due)
    text = checked(
        field_text, promise.text, LONGEST_PROMISE, confirmed=confirmed, required=N_("約束した内容を入力してください。")
    )
    by = checked(field_text, promise.promised_by, 100, confirmed=confirmed)
    return PromiseContent(text=text, due_on=promise.due_on, promised_by=by)


def split_points(text: str) -> list[str]:
    """The points of a Markdown text: each entry of a list on its left edge, and each paragraph outside of one.

    Lines that are indented, or follow an entry without a blank line, belong to that entry.
    """
    points: list[list[str]] = []
    is_open = False
    for line in text.strip().splitlines():
        entry = _entry_of(line)
        if entry is not None:
            points.append([entry])
            is_open = True
        elif not line.strip():
            is_open = False
        elif points and (is_open or line[:1].isspace()):
            points[-1].append(line.strip())
            is_open = True
        else:
            points.append([line.strip()])
            is_open = True
    return [point for lines in points if (point := "\n".join(lines).strip())]


def _entry_of(line: str) -> str | None:
    for mark in ("- ", "* ", "+ ", "・"):
        if line.startswith(mark):
            return line.removeprefix(mark).strip()
    head, dot, rest = line.partition(". ")
    return rest.strip() if dot and head.isdigit() and len(head) < 3 else None
