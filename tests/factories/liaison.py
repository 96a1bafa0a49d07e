"""Phone notes, hearings and promises; a factory flushes and never commits."""

from datetime import date, timedelta

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.events import Audience
from portal.directory.models import Membership
from portal.liaison import service
from portal.liaison.content import HearingContent, Partner, PhoneNoteContent, PromiseContent
from portal.liaison.models import Contact
from portal.liaison.states import Direction, Means
from tests.factories.people import actor_of, organisation

JOETSU = "152226"


def in_days(days: int) -> date:
    """So many days from today in Japan."""
    return japan_date(clock.now()) + timedelta(days=days)


def note_content(member: Membership | None = None, **changes) -> PhoneNoteContent:
    """A complete note of a call with the member, else with 市民課."""
    values = {
        "partner": Partner(membership_id=member.id) if member else Partner(typed="市民課 窓口の方"),
        "direction": Direction.OUTGOING,
        "text": "様式3の数え方を尋ねられた。",
        "contacted_at": clock.now(),
        **changes,
    }
    return PhoneNoteContent(**values)


def make_note(liaison: Membership, member: Membership | None = None, *, code: str = JOETSU, **changes) -> Contact:
    """A phone note with 上越市."""
    return service.take_phone_note(actor_of(liaison), organisation(code), note_content(member, **changes))


def hearing_content(member: Membership | None = None, **changes) -> HearingContent:
    """A complete hearing with two problems, a request and a promise."""
    values = {
        "partner": Partner(membership_id=member.id) if member else Partner(typed="市民課"),
        "means": Means.VISIT,
        "contacted_at": clock.now(),
        "situation": "職員3人で対応している。",
        "problem_points": "- 同じ番号の手帳がある。\n  26件。\n- 住所が揺れる。",
        "request_points": "締切りを月末にしてほしい。",
        "internal_text": "応援職員を勧めたい。",
        "promises": [PromiseContent(text="資料を送る", due_on=in_days(2))],
        **changes,
    }
    return HearingContent(**values)


def make_hearing(liaison: Membership, member: Membership | None = None, **changes) -> Contact:
    """A hearing of 上越市."""
    return service.record_hearing(actor_of(liaison), organisation(JOETSU), hearing_content(member, **changes))


def make_internal(liaison: Membership) -> Contact:
    """A note that the body does not see."""
    return make_note(liaison, audience=Audience.INTERNAL)
