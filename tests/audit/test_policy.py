"""Who reads the operation record, and what a manager cannot find in it."""

import pytest
import sqlalchemy as sa

from portal.audit import policy
from portal.audit.labels import SUBJECTS
from portal.core.db import db
from portal.core.events import Audience, Event, EventRecord
from portal.issues import service as issues
from portal.issues.states import IssueState
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of


def _readable(actor) -> list[EventRecord]:
    db.session.flush()
    return list(db.session.scalars(sa.select(EventRecord).where(policy.readable_by(actor))))


def test_administrators_auditors_and_managers_read_and_nobody_else(arrange):
    with arrange():
        may = {name for name, membership in vars(make_cast()).items() if policy.can_read_record(actor_of(membership))}

        assert may == {"admin", "auditor", "manager", "other_body"}


def test_those_who_may_not_open_the_record_find_no_row_either(arrange):
    with arrange():
        cast = make_cast()
        make_issue(cast, IssueState.CONSULTING)

        for name, membership in vars(cast).items():
            actor = actor_of(membership)
            assert bool(_readable(actor)) is (name in {"admin", "auditor", "manager"}), name


@pytest.mark.parametrize("who", ["admin", "auditor"])
def test_administrators_and_auditors_read_all_of_it(arrange, who):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.CONSULTING)
        issues.write_note(actor_of(cast.liaison), issue, text="県とも電話で確認済み。")
        every = db.session.scalar(sa.select(sa.func.count()).select_from(EventRecord))

        assert len(_readable(actor_of(getattr(cast, who)))) == every


def test_a_manager_reads_what_concerns_the_body_without_notes_and_consultations(arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.CONSULTING)
        issues.write_note(actor_of(cast.liaison), issue, text="県とも電話で確認済み。")
        make_issue(cast, by=cast.other_body)

        rows = _readable(actor_of(cast.manager))

        assert {row.organisation_id for row in rows} == {cast.manager.organisation_id}
        assert {row.audience for row in rows} == {Audience.PUBLIC}
        assert {"internal_note_written", "ministry_consulted"}.isdisjoint(row.kind for row in rows)
        assert "issue_submitted" in {row.kind for row in rows}


def test_only_auditors_ask_to_read(arrange):
    with arrange():
        may = {name for name, membership in vars(make_cast()).items() if policy.can_ask_to_read(actor_of(membership))}

        assert may == {"auditor"}


def test_every_event_and_subject_has_a_name(prepared_app):
    bases = {each.__name__ for each in Event.registry.values() if each.__subclasses__()}
    assert {each.__name__ for each in Event.registry.values() if not each.is_emitted()} <= bases
    assert {each.subject for each in Event.registry.values() if each.is_emitted()} <= set(SUBJECTS)
