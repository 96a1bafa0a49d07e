"""The questions and answers of the demonstration: drafted by divisions, published by the secretariat's head."""

import csv
from datetime import datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import JAPAN, is_business_day, japan_date
from portal.core.db import db
from portal.directory.actor import Actor, find_actor
from portal.directory.models import Membership, Person
from portal.knowledge import service
from portal.themes.models import Theme

_ENTRIES = Path(__file__).parent / "data" / "qa.psv"
APPROVER = "chief@mic.example"


def add_answers() -> int:
    """Draft, review and publish each entry on days one after the other, the oldest first; returns how many there are.

    One stays in review and one a candidate, so that those who decide find some work.
    """
    themes = {code: key for code, key in db.session.execute(sa.select(Theme.code, Theme.id))}
    with _ENTRIES.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file, delimiter="|"), key=lambda row: -int(row["days"]))
    for row in rows:
        _add(row, themes[row["theme"]])
    return len(rows)


def _add(row: dict[str, str], theme_id: int) -> None:
    drafter, approver = acting(f"{row['drafter']}@mic.example"), acting(APPROVER)
    drafted = morning(int(row["days"]))
    with clock.pretending(drafted):
        entry = service.draft_entry(
            drafter,
            theme_id=theme_id,
            question=f"{row['question']}\n\n{row['detail']}",
            answer=row["answer"].replace("\\n", "\n"),
        )
    if row["state"] == "draft":
        return
    with clock.pretending(drafted + timedelta(hours=2)):
        service.send_for_review(drafter, entry, names_nobody=True)
    if row["state"] == "review":
        return
    with clock.pretending(drafted + timedelta(hours=5)):
        service.publish_entry(approver, entry)


def morning(days: int) -> datetime:
    """Ten in the morning, Japan time, of the business day at or before so many days ago."""
    day = japan_date(clock.now()) - timedelta(days=days)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(10), JAPAN)


def acting(email: str) -> Actor:
    """The actor of the one membership behind an address."""
    membership_id = db.session.scalars(
        sa.select(Membership.id).join(Person, Person.id == Membership.person_id).where(Person.email == email)
    ).one()
    actor = find_actor(membership_id)
    if actor is None:
        raise LookupError(f"{email} has no membership at this instant")
    return actor
