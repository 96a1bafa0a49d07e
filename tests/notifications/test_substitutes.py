"""Substitutes are told what the absent person would be, see it while they stand in, and nothing afterwards."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.actor import find_actor_for
from portal.directory.roles import Role
from portal.issues.models import Issue
from portal.issues.queries import find_number_of
from portal.issues.service import follow_issue, post_reply
from portal.notifications.dispatch import tell_next_step
from portal.notifications.dues import list_dues, people_with_dues
from portal.notifications.models import Notification
from portal.notifications.queries import list_inbox
from portal.notifications.rights import who_may_see
from tests.factories.absences import make_absence
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_liaison, make_member


def told(kind: str) -> dict[int, Notification]:
    """By person: what they are told of the last event of the kind."""
    event = db.session.scalars(
        sa.select(EventRecord).where(EventRecord.kind == kind).order_by(EventRecord.id.desc()).limit(1)
    ).one()
    while not tell_next_step(event.id):
        pass
    lines = db.session.scalars(sa.select(Notification).where(Notification.event_id == event.id))
    return {line.person_id: line for line in lines}


def test_substitute_receives_sees_and_loses_it(arrange):
    with arrange():
        cast = make_cast()
        other, last = make_liaison(), make_liaison()
        make_absence(cast.liaison, other)
        absence = make_absence(other, last)
        issue = make_issue(cast)
        lines = told("issue_submitted")
        assert {cast.liaison.person_id, cast.deputy.person_id, last.person_id} <= lines.keys()
        assert other.person_id not in lines
        line = lines[last.person_id]
        assert line.needs_action
        assert who_may_see(line, [last.person_id]) == {last.person_id}
        assert [entry.is_visible for entry in list_inbox(actor_of(last)).items] == [True]
        seat = find_actor_for(last.person_id, cast.liaison.id)
        assert [entry.page is not None for entry in list_inbox(seat).items] == [True]
        day = issue.due_on
        assert [due.subject_id for due in list_dues(last.person_id, day, since=day)] == [issue.id]
        found = set(db.session.scalars(sa.union(*people_with_dues(day, since=day))))
        assert last.person_id in found
        assert other.person_id not in found
        absence.ends_at = clock.now()
        db.session.flush()
        assert who_may_see(line, [last.person_id]) == set()
        assert [entry.is_visible for entry in list_inbox(actor_of(last)).items] == [False]
        assert list_dues(last.person_id, day, since=day) == []


def test_secretariat_is_asked_when_every_liaison_is_away_with_nobody_standing_in(arrange):
    with arrange():
        cast = make_cast()
        make_absence(cast.liaison, cast.deputy)
        deputy_away = make_absence(cast.deputy)
        make_issue(cast)
        assert told("issue_submitted")[cast.chief.person_id].needs_action
        deputy_away.ends_at = clock.now()
        make_issue(cast)
        assert cast.chief.person_id not in told("issue_submitted")


def test_what_a_substitute_begins_belongs_to_the_absent_person(arrange):
    with arrange():
        cast = make_cast()
        other = make_member("152226", Role.LOCAL_STAFF, section="税務課")
        absence = make_absence(cast.staff, other)
        seat = find_actor_for(other.person_id, cast.staff.id)
        issue = make_issue(cast)
        assert find_number_of(seat, issue.id)
        assert find_number_of(actor_of(other), issue.id) is None
        follow_issue(seat, issue)
        post_reply(seat, db.session.get_one(Issue, issue.id), text="代わりに書きます。")
        absence.ends_at = clock.now()
        db.session.flush()
        assert find_number_of(actor_of(other), issue.id) is None
        assert find_number_of(actor_of(cast.staff), issue.id)
