"""Somebody who is away in the demonstration, with a substitute, and a note for whoever comes next."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date, start_of_day
from portal.core.db import db
from portal.directory.absence_models import Absence, HandoverNote
from portal.directory.models import Membership, Organisation, Person


def add_absences() -> None:
    """A liaison away for three days, the liaison of 新潟県 standing in; a note on the post of 新潟県."""
    today, now = japan_date(clock.now()), clock.now()
    away, other = (_membership(f"liaison{number}@mic.example") for number in ("16", "15"))
    niigata = db.session.scalars(sa.select(Organisation.id).where(Organisation.code == "150002")).one()
    db.session.add(
        Absence(
            membership_id=away.id,
            substitute_id=other.id,
            starts_at=start_of_day(today),
            ends_at=start_of_day(today + timedelta(days=3)),
            reason="研修",
            entered_by_person_id=away.person_id,
            created_at=now,
        )
    )
    db.session.add(
        HandoverNote(
            organisation_id=niigata,
            is_liaison_post=True,
            body="市町村課とは毎月第2月曜に電話で打合せ。\n\n- 紐付け総点検の報告は、県が取りまとめてから届きます。",
            signature="地方連携推進本部 前任のリエゾン",
            author_person_id=other.person_id,
            author_membership_id=other.id,
            created_at=now - timedelta(days=20),
        )
    )
    db.session.flush()


def _membership(email: str) -> Membership:
    return db.session.scalars(sa.select(Membership).join(Person).where(Person.email == email)).one()
