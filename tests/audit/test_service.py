"""An auditor's recorded reason opens one issue for some hours, and nothing else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.audit import service
from portal.audit.queries import RecordFilter, list_entries, list_live_grants
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.events import Audience, EventRecord
from portal.issues.states import IssueState
from tests.factories.issues import fetch, make_cast, make_issue
from tests.factories.people import actor_of, make_person

REASON = "住民からの苦情に基づく監査のため"


def test_a_grant_opens_one_issue_for_one_auditor_and_closes_again(arrange):
    with arrange():
        cast = make_cast()
        issue, other = make_issue(cast), make_issue(cast)
        auditor = actor_of(cast.auditor)
        with pytest.raises(NotFound):
            fetch(cast.auditor, issue)

        service.grant_reading(auditor, "issue", issue.id, reason=REASON, hours=8)

        assert fetch(cast.auditor, issue) is issue
        with pytest.raises(NotFound):
            fetch(cast.auditor, other)
        with clock.pretending(clock.now() + timedelta(hours=7, minutes=59)):
            assert fetch(cast.auditor, issue) is issue
            assert len(list_live_grants(auditor)) == 1
        with clock.pretending(clock.now() + timedelta(hours=8, seconds=1)):
            assert list_live_grants(auditor) == []
            with pytest.raises(NotFound):
                fetch(cast.auditor, issue)


def test_it_is_recorded_once_without_the_reason_and_for_headquarters_only(arrange):
    with arrange():
        cast = make_cast()
        grant = service.grant_reading(actor_of(cast.auditor), "issue", make_issue(cast).id, reason=REASON, hours=1)
        db.session.flush()

        row = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "reading_granted")).one()
        assert (row.subject_id, row.audience, row.actor_person_id) == (
            grant.id,
            Audience.INTERNAL,
            cast.auditor.person_id,
        )
        assert REASON not in str(row.payload)


@pytest.mark.parametrize("hours", [0, -1, 9, 24])
def test_no_longer_than_eight_hours(arrange, hours):
    with arrange():
        cast = make_cast()

        with pytest.raises(Invalid) as refused:
            service.grant_reading(actor_of(cast.auditor), "issue", make_issue(cast).id, reason=REASON, hours=hours)
        assert refused.value.field == "hours"


@pytest.mark.parametrize("reason", ["", "　 ", "監査のため", "個人番号 123456789018 を確認するため"])
def test_a_reason_is_needed_that_says_something(arrange, reason):
    with arrange():
        cast = make_cast()

        with pytest.raises(Invalid) as refused:
            service.grant_reading(actor_of(cast.auditor), "issue", make_issue(cast).id, reason=reason, hours=1)
        assert refused.value.field == "reason"


def test_nobody_else_is_let_in_by_a_reason(arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast)

        for name, membership in vars(cast).items():
            if name != "auditor":
                with pytest.raises(Forbidden):
                    service.grant_reading(actor_of(membership), "issue", issue.id, reason=REASON, hours=1)


def test_the_record_is_narrowed_by_kind_thing_person_and_japanese_dates(arrange):
    with arrange():
        cast = make_cast()
        first, second = make_issue(cast, IssueState.TRIAGED), make_issue(cast)
        admin, person = actor_of(cast.admin), make_person(email="quiet@test.example")
        today = japan_date(clock.now())
        db.session.flush()

        def found(**chosen) -> set[tuple[str, int]]:
            page = list_entries(admin, RecordFilter(**chosen), None)
            return {(entry.event.kind, entry.event.subject_id) for entry in page}

        assert found(kind="issue_triaged") == {("issue_triaged", first.id)}
        assert found(subject=("issue", second.id)) == {("issue_submitted", second.id)}
        assert found(person_email=person.email.upper()) == set()
        assert found(from_on=today, until_on=today) == found()
        assert found(until_on=today - timedelta(days=1)) == found(from_on=today + timedelta(days=1)) == set()


def test_entries_carry_names_and_the_number_that_the_record_itself_holds(arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.TRIAGED)
        db.session.flush()

        newest = list_entries(actor_of(cast.manager), RecordFilter(), None).items[0]

        assert (newest.event.kind, newest.number, newest.organisation_name) == ("issue_triaged", issue.number, "上越市")
        assert newest.person_name == actor_of(cast.liaison).person_name
