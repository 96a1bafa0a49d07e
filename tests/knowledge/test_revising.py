"""Revisions of what is published and bodies with the same question: rules, races, who is told."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NeedsConfirmation
from portal.core.events import EventRecord
from portal.directory.models import Duty, Membership
from portal.directory.roles import Role
from portal.knowledge import joining, queries, revising, service
from portal.knowledge.impact import Impact, find_joining, impact_of, list_joined_bodies
from portal.knowledge.models import QaState
from portal.knowledge.queries import QaFilter
from portal.notifications.handlers import tellings_of
from tests.factories.issues import make_cast
from tests.factories.knowledge import make_approver, make_drafter, make_entry
from tests.factories.people import actor_of, make_member, organisation

TEXTS = {"question": "新しい問い", "answer": "新しい答え", "change_note": "改めました。"}


def test_a_revision_needs_a_change_what_changed_and_a_confirmation(arrange):
    with arrange():
        drafter = make_drafter()
        actor, entry = actor_of(drafter), make_entry(QaState.PUBLISHED, drafter=drafter)

        with pytest.raises(Invalid):
            revising.begin_revision(actor, entry, question=entry.question, answer=entry.answer, change_note="なし")
        with pytest.raises(Invalid) as refused:
            revising.begin_revision(actor, entry, **{**TEXTS, "change_note": " "})
        assert refused.value.field == "change_note"
        draft = revising.begin_revision(actor, entry, **TEXTS)
        with pytest.raises(Invalid):
            revising.send_revision(actor, entry, draft, names_nobody=False)
        with pytest.raises(Conflict):
            revising.begin_revision(actor, entry, **TEXTS)


def test_a_revision_is_approved_by_another_and_keeps_what_stood_before(arrange):
    with arrange():
        chief, other = make_approver(), make_approver()
        entry = make_entry(QaState.PUBLISHED)
        before = entry.question
        draft = revising.begin_revision(actor_of(chief), entry, **TEXTS)
        revising.send_revision(actor_of(chief), entry, draft, names_nobody=True)

        assert entry.question == before
        with pytest.raises(Forbidden):
            revising.publish_revision(actor_of(chief), entry, draft)
        revising.publish_revision(actor_of(other), entry, draft)

        assert (entry.question, entry.revision) == ("新しい問い", 2)
        assert entry.deidentifier_person_id == chief.person_id
        texts = [
            each.question for each in queries.list_revisions(actor_of(make_member("152226", Role.LOCAL_STAFF)), entry)
        ]
        assert texts == ["新しい問い", before]
        with pytest.raises(Conflict):
            revising.publish_revision(actor_of(other), entry, draft)


def test_of_two_editors_the_later_is_refused_and_a_withdrawal_ends_the_revision(arrange):
    with arrange():
        drafter = make_drafter()
        actor, entry = actor_of(drafter), make_entry(QaState.PUBLISHED, drafter=drafter)
        draft = revising.begin_revision(actor, entry, **TEXTS)
        seen = draft.version
        revising.edit_revision(actor, entry, draft, version=seen, **{**TEXTS, "answer": "先"})
        db.session.flush()

        with pytest.raises(Conflict):
            revising.edit_revision(actor, entry, draft, version=seen, **{**TEXTS, "answer": "後"})
        assert draft.answer == "先"
        service.withdraw_entry(actor_of(make_approver()), entry, reason="誤りがありました。")
        assert revising.find_open_revision(entry) is None


def test_a_body_joins_once_whoever_says_it_and_takes_it_back(arrange):
    with arrange():
        first, second = (actor_of(make_member("152226", Role.LOCAL_STAFF)) for _ in range(2))
        entry = make_entry(QaState.PUBLISHED)
        body = organisation("152226")
        body.population = 180000

        joining.join_entry(first, entry, case_count=3, note="一行")
        joining.join_entry(second, entry, case_count=5)
        joining.join_entry(actor_of(make_member("150002", Role.LOCAL_STAFF)), entry)

        population = 180000 + (organisation("150002").population or 0)
        assert impact_of([entry.id]) == {entry.id: Impact(2, population, 5)}
        own = find_joining(first, entry)
        assert own is not None
        assert own.person_id == second.person_id
        joining.leave_entry(first, entry)
        joining.leave_entry(first, entry)
        assert impact_of([entry.id])[entry.id].bodies == 1
        kinds = [kind for kind in db.session.scalars(sa.select(EventRecord.kind)) if kind in {"qa_joined", "qa_left"}]
        assert kinds == ["qa_joined"] * 3 + ["qa_left"]


def test_who_may_join_and_what_may_be_written(arrange):
    with arrange():
        cast, entry, draft = make_cast(), make_entry(QaState.PUBLISHED), make_entry()
        may = set()
        for name, membership in vars(cast).items():
            try:
                joining.join_entry(actor_of(membership), entry)
            except Forbidden:
                continue
            may.add(name)
        assert {"staff", "manager", "prefecture", "other_body"} <= may
        assert not may & {"division", "liaison", "association", "ministry", "executive", "auditor", "admin"}
        staff = actor_of(cast.staff)
        with pytest.raises(Forbidden):
            joining.join_entry(staff, draft)
        with pytest.raises(NeedsConfirmation):
            joining.join_entry(staff, entry, note="123456789018")
        with pytest.raises(Invalid):
            joining.join_entry(staff, entry, case_count=-1)
        assert len(list_joined_bodies(staff, entry)) == 0
        assert len(list_joined_bodies(actor_of(cast.liaison), entry)) >= 2


def test_headquarters_orders_by_impact_and_bodies_cannot(arrange):
    with arrange():
        drafter = make_drafter()
        few, many, none = (make_entry(QaState.PUBLISHED, drafter=drafter) for _ in range(3))
        staff = make_member("152226", Role.LOCAL_STAFF)
        for code in ("152226", "150002"):
            joining.join_entry(actor_of(make_member(code, Role.LOCAL_STAFF)), many)
        joining.join_entry(actor_of(staff), few)

        ids = [entry.id for entry in queries.list_entries(actor_of(drafter), QaFilter(by_impact=True), None)]
        assert ids == [many.id, few.id, none.id]
        ids = [entry.id for entry in queries.list_entries(actor_of(staff), QaFilter(by_impact=True), None)]
        assert ids == [none.id, many.id, few.id]


def _told(record: EventRecord) -> dict[int, str]:
    """Membership → reason, the first telling that holds it."""
    told: dict[int, str] = {}
    for telling in tellings_of(record):
        if telling.who is not None:
            for key in db.session.scalars(sa.select(Membership.id).where(telling.who)):
                told.setdefault(key, telling.reason)
    return told


def test_bodies_of_the_theme_are_told_by_duty_and_joined_ones_first(arrange):
    with arrange():
        duties = {duty.code: duty for duty in db.session.scalars(sa.select(Duty))}
        concerned = make_member("152226", Role.LOCAL_STAFF, duties=[duties["mynumber"]])
        other_duty = make_member("152226", Role.LOCAL_STAFF, duties=[duties["disaster"]])
        alone = make_member("151009", Role.LOCAL_STAFF, duties=[duties["disaster"]])
        joiner = make_member("152021", Role.LOCAL_STAFF, duties=[duties["disaster"]])
        make_member("152021", Role.LOCAL_STAFF, duties=[duties["mynumber"]])
        liaison = make_member("hq", Role.LIAISON)
        entry = make_entry(QaState.PUBLISHED)
        joining.join_entry(actor_of(joiner), entry)
        db.session.flush()
        published = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "qa_published")).one()

        told = _told(published)
        assert told[concerned.id] == told[alone.id] == "body"
        assert other_duty.id not in told
        assert liaison.id not in told
        assert told[joiner.id] == "joined"

        service.withdraw_entry(actor_of(make_approver()), entry, reason="誤りがありました。")
        db.session.flush()
        withdrawn = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "qa_withdrawn")).one()
        assert _told(withdrawn)[joiner.id] == "joined"
        assert all("title" not in telling.facts for telling in tellings_of(withdrawn))
