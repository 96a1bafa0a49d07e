"""The digest 配信まとめ: who gets one on a business day, and what stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import force_locale

from portal.core import clock
from portal.core.calendar import add_business_days, is_business_day, japan_date
from portal.core.db import EnumColumn, UtcDateTime, db, insert
from portal.core.i18n import speaking
from portal.directory.models import Membership, Person
from portal.notifications.addresses import absolute, absolute_subject
from portal.notifications.dues import Due, list_dues_of, people_with_dues
from portal.notifications.ended import asks_in_vain
from portal.notifications.letters import Letter, NotNeeded, assemble
from portal.notifications.models import DeliveryState, Digest, DigestSetting, MailMode, Notification
from portal.notifications.preferences import derive_secret
from portal.notifications.rights import visible_to_readers
from portal.notifications.wording import Wording, render

MOST_ENTRIES = 60


class NotABusinessDay(Exception):
    """No digest goes out on this date."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing in a digest: its name, what happened last, how much more, where to go."""

    name: str
    headline: str
    sender: str
    due_on: date | None
    more: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What stands in one digest: to do (earliest due first), to know (newest first), and what did not fit."""

    to_do: list[Entry]
    to_know: list[Entry]
    left_out: int


def plan_digests(as_of: datetime) -> int:
    """Write a row for everyone who has something to read or to do as of the instant; return how many are new.

    One statement in the caller's transaction; a person has one digest a date, so doing it again adds nobody.
    Raises NotABusinessDay.
    """
    day = japan_date(as_of)
    if not is_business_day(day):
        raise NotABusinessDay
    id_column = _readers(as_of, day).c[0]
    here = sa.select(Membership.person_id).where(Membership.current_at(clock.now()))
    columns = ["person_id", "digest_on", "state", "attempts", "as_of_at", "not_before_at", "created_at"]
    now = clock.now()
    chosen = sa.select(
        id_column,
        sa.literal(day, sa.Date()),
        sa.literal(DeliveryState.PENDING, EnumColumn(DeliveryState)),
        sa.literal(0, sa.Integer()),
        sa.literal(as_of, UtcDateTime()),
        sa.literal(now, UtcDateTime()),
        sa.literal(now, UtcDateTime()),
    ).where(id_column.in_(here))
    added = insert(Digest).from_select(columns, chosen, include_defaults=False).on_conflict_do_nothing()
    return len(db.session.execute(added.returning(Digest.id)).all())


def _readers(as_of: datetime, day: date) -> sa.Subquery:
    """The ids of those who get a digest on the day.

    Whoever reads weekly gets it on the first business day of the week, and on another for what asks something of them
    by a date that the next would miss.
    """
    weekly = sa.select(DigestSetting.person_id).where(DigestSetting.is_weekly)
    unread = sa.select(Notification.person_id).where(_waiting(as_of))
    daily = sa.union(unread, *people_with_dues(day, since=day)).subquery("daily")
    next_weekly = _next_weekly(day)
    if _begins_week(day):
        found = sa.union(unread, *people_with_dues(day, since=next_weekly)).subquery("found")
    else:
        found = unread.where(Notification.needs_action, Notification.due_on <= next_weekly).subquery("found")
    return sa.union(
        sa.select(daily.c[0]).where(daily.c[0].not_in(weekly)), sa.select(found.c[0]).where(found.c[0].in_(weekly))
    ).subquery("people")


def list_digests_on(day: date) -> list[int]:
    """The ids of the date's digests that are still to be sent."""
    return list(
        db.session.scalars(
            sa.select(Digest.id)
            .where(Digest.digest_on == day, Digest.state == DeliveryState.PENDING)
            .order_by(Digest.id)
        )
    )


def count_digests_on(day: date) -> dict[DeliveryState, int]:
    """How many of the date's digests stand in each state."""
    rows = db.session.execute(
        sa.select(Digest.state, sa.func.count()).where(Digest.digest_on == day).group_by(Digest.state)
    )
    return {state: count for state, count in rows}


@dataclass(frozen=True, kw_only=True)
class DigestMaterial:
    """What stands in one digest before it is put into words: its reader, lines, those they may see, what is due."""

    digest: Digest
    person: Person
    lines: list[Notification]
    visible: set[int]
    dues: list[Due]


def gather_digests(digests: Sequence[Digest]) -> dict[int, DigestMaterial]:
    """Read what these digests need, which hold their lines, by digest: as many statements for many as for few.

    It grows with the kinds of subjects that the lines tell of, and with the dates of the digests.
    """
    ids = {digest.person_id for digest in digests}
    if not ids:
        return {}
    people = {person.id: person for person in db.session.scalars(sa.select(Person).where(Person.id.in_(ids)))}
    weekly = set(
        db.session.scalars(
            sa.select(DigestSetting.person_id).where(DigestSetting.person_id.in_(ids), DigestSetting.is_weekly)
        )
    )
    lines = _lines_of(digests)
    visible = visible_to_readers([line for own in lines.values() for line in own])
    dues = _dues_of(digests, weekly)
    return {
        digest.id: DigestMaterial(
            digest=digest,
            person=people[digest.person_id],
            lines=lines[digest.id],
            visible=visible,
            dues=dues.get(digest.id, []),
        )
        for digest in digests
    }


def take_lines(digests: Sequence[Digest]) -> None:
    """Let the digests hold what waits for their readers, so that no other tells it. One statement for each date.

    Of several digests of one reader the earliest has a line.
    """
    readers: dict[date, list[int]] = {}
    for digest in digests:
        readers.setdefault(digest.digest_on, []).append(digest.person_id)
    for day, person_ids in sorted(readers.items()):
        own = sa.and_(Digest.person_id == Notification.person_id, Digest.digest_on == day)
        db.session.execute(
            sa.update(Notification)
            .where(Notification.person_id.in_(person_ids), _waiting(sa.select(Digest.as_of_at).where(own)))
            .values(digest_id=sa.select(Digest.id).where(own).scalar_subquery())
            .execution_options(synchronize_session=False)
        )


def _lines_of(digests: Sequence[Digest]) -> dict[int, list[Notification]]:
    """The lines that the digests hold, newest first, by digest."""
    found: dict[int, list[Notification]] = {digest.id: [] for digest in digests}
    for line in db.session.scalars(
        sa.select(Notification)
        .where(Notification.digest_id.in_(found), Notification.mode == MailMode.DIGEST)  # none stopped since
        .order_by(Notification.id.desc())
        .execution_options(populate_existing=True)
    ):
        found[line.digest_id or 0].append(line)
    return found


def _dues_of(digests: Sequence[Digest], weekly: set[int]) -> dict[int, list[Due]]:
    """What is due for each digest's reader; one reading for each day and rhythm."""
    found: dict[int, list[Due]] = {}
    groups: dict[tuple[date, date], list[Digest]] = {}
    for digest in digests:
        is_weekly = digest.person_id in weekly
        since = _next_weekly(digest.digest_on) if is_weekly else digest.digest_on
        groups.setdefault((digest.digest_on, since), []).append(digest)
    for (day, since), group in groups.items():
        dues = list_dues_of({digest.person_id for digest in group}, day, since=since)
        found.update({digest.id: dues.get(digest.person_id, []) for digest in group})
    return found


def write_digest(material: DigestMaterial) -> Letter:
    """The mail of a digest, in the language of its reader. Raises NotNeeded.

    What was read since it was planned, what the person may not see any more, and what asks in vain, is not in it.
    """
    digest, person = material.digest, material.person
    with speaking(person.locale), force_locale(person.locale):
        contents = _contents([line for line in material.lines if line.id in material.visible], material.dues)
        if not contents.to_do and not contents.to_know:
            raise NotNeeded("nothing to tell")
        stop = absolute("notifications.unsubscribe", secret=derive_secret(person.id, None))
        with clock.pretending(digest.as_of_at):  # "in 3 days" counts from the digest's own morning
            subject = render("email/digest/subject.txt", day=digest.digest_on, contents=contents)
            text = render(
                "email/digest/body.txt",
                contents=contents,
                day=digest.digest_on,
                stop=stop,
                inbox=absolute("notifications.inbox"),
                preferences=absolute("notifications.preferences"),
            )
        return assemble(person, subject=subject, text=text, message_id=digest.message_id or "", stop=stop)


def _waiting(as_of: datetime | sa.Select[datetime]) -> sa.ColumnElement[bool]:
    return sa.and_(
        Notification.read_at.is_(None),
        Notification.digest_id.is_(None),
        Notification.mode == MailMode.DIGEST,
        Notification.created_at <= (as_of if isinstance(as_of, datetime) else as_of.scalar_subquery()),
        sa.not_(asks_in_vain()),
    )


def _begins_week(day: date) -> bool:
    """Whether the day is the first business day of its week."""
    return not any(is_business_day(day - timedelta(days=back)) for back in range(1, day.weekday() + 1))


def _next_weekly(day: date) -> date:
    """The next day after this one on which weekly digests go out."""
    return add_business_days(day + timedelta(days=6 - day.weekday()), 1)


def _contents(lines: list[Notification], dues: list[Due]) -> Contents:
    """One entry for each subject: what must be done before what is good to know."""
    by_subject: dict[tuple[str, int], list[Notification]] = {}
    for line in lines:
        by_subject.setdefault((line.subject_kind, line.subject_id), []).append(line)
    due_at = {(due.subject_kind, due.subject_id): due for due in dues}
    to_do = [_entry_of_due(due, by_subject.get(key, [])) for key, due in due_at.items()]
    others = [(key, group) for key, group in by_subject.items() if key not in due_at]
    to_do += [_entry(group) for _, group in others if any(line.needs_action for line in group)]
    to_do.sort(key=lambda entry: entry.due_on or date.max)
    to_know = [_entry(group) for _, group in others if not any(line.needs_action for line in group)]
    shown = to_know[: max(0, MOST_ENTRIES - len(to_do))]
    left_out = max(0, len(to_do) - MOST_ENTRIES) + len(to_know) - len(shown)
    return Contents(to_do=to_do[:MOST_ENTRIES], to_know=shown, left_out=left_out)


def _entry(group: list[Notification]) -> Entry:
    told = next((line for line in group if line.needs_action), group[0])
    wording = Wording(kind=told.kind, facts=told.facts)
    sender = told.facts.get("body") or told.facts.get("sender") or ""
    return Entry(
        name=wording.name,
        headline=wording.headline,
        sender=str(sender),
        due_on=told.due_on,
        more=len(group) - 1,
        url=absolute_subject(told.subject_kind, told.subject_id, told.facts),
    )


def _entry_of_due(due: Due, group: list[Notification]) -> Entry:
    headline = Wording(kind=group[0].kind, facts=group[0].facts).headline if group else ""
    name = " ".join(part for part in (due.number, due.title) if part)
    return Entry(
        name=name,
        headline=headline,
        sender=due.sender,
        due_on=due.due_on,
        more=max(0, len(group) - 1),
        url=absolute_subject(due.subject_kind, due.subject_id, {"number": due.number, "page": "answers"}),
    )
