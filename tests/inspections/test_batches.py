"""The progress of many entries at once: the rules of single ones, all or nothing, in a few statements."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.errors import Conflict, Forbidden
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.inspections.batches import Reported, enter_all
from portal.inspections.checking import Rejected
from portal.inspections.models import Progress, Snapshot
from portal.inspections.snapshots import enter_snapshot
from portal.inspections.states import LeakState
from tests.factories.inspections import BODY, NEIGHBOUR, day, entry_of, figures, make_inspection
from tests.factories.people import actor_of, make_member
from tests.support.statements import recorded_statements

CODES = (BODY, NEIGHBOUR, "152021", "151009", "154059", "152064", "152081", "152099")


@pytest.fixture
def world(arrange):
    """An inspection of eight bodies of 新潟県 and two procedures."""
    with arrange():
        campaign = make_inspection(CODES, ("児童手当", "介護保険"))
        return {"campaign": campaign, "prefecture": make_member("150002", Role.LOCAL_STAFF)}


def report_of(entry, *, seen_id=None, reason="聴き取り", on=None, **fields) -> Reported:
    return Reported(entry=entry, figures=figures(**fields), as_of=on or day(1), reason=reason, seen_id=seen_id)


def events_of(entry_id: int) -> list[tuple[str, dict]]:
    rows = db.session.scalars(sa.select(EventRecord).order_by(EventRecord.id))
    said = [(row.kind, row.payload) for row in rows if row.payload.get("entry_id") == entry_id]
    return [
        (kind, {name: value for name, value in payload.items() if not name.endswith("_id")}) for kind, payload in said
    ]


def test_what_is_entered_at_once_is_what_one_by_one_would_be(arrange, world):
    with arrange():
        campaign, prefecture = db.session.merge(world["campaign"]), actor_of(world["prefecture"])
        entries = [entry_of(campaign, code, number) for code in CODES for number in (1, 2)]
        first = enter_all(prefecture, campaign, [report_of(each, on=day(5)) for each in entries])
        found = {
            "mislinks": 2,
            "causes": {"input": 2},
            "confirmed": 2,
            "mismatched": 2,
            "leak": LeakState.INVESTIGATING,
        }
        second = [report_of(each, seen_id=row.id, **found) for each, row in zip(entries, first, strict=True)]
        made = enter_all(prefecture, campaign, list(reversed(second)))
        assert [row.entry_id for row in made] == [each.id for each in entries]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Snapshot)) == 32
        newest = dict(db.session.execute(sa.select(Progress.entry_id, Progress.snapshot_id)).all())
        assert newest == {row.entry_id: row.id for row in made}

        staff = actor_of(make_member("152102", Role.LOCAL_STAFF))
        alone = make_inspection(("152102",))
        entry = entry_of(alone, "152102")
        enter_snapshot(staff, entry, figures(), day(5))
        enter_snapshot(staff, entry, figures(**found), day(1))
        assert events_of(entry.id) == events_of(entries[0].id)
        assert [kind for kind, _ in events_of(entry.id)] == [
            "progress_entered", "progress_entered", "mislink_reported", "leak_reported",
        ]  # fmt: skip


def test_statements_do_not_grow_with_the_rows(app, arrange, world):
    with arrange():
        campaign, prefecture = db.session.merge(world["campaign"]), actor_of(world["prefecture"])
        entries = [entry_of(campaign, code, number) for code in CODES for number in (1, 2)]
        with recorded_statements(db.engine) as few:
            enter_all(prefecture, campaign, [report_of(each) for each in entries[:2]])
        with recorded_statements(db.engine) as many:
            enter_all(prefecture, campaign, [report_of(each) for each in entries[2:]])
    assert len(many) <= len(few) <= 8


def test_one_broken_row_leaves_nothing_behind(arrange, world):
    with arrange():
        campaign, prefecture = db.session.merge(world["campaign"]), actor_of(world["prefecture"])
        one, other = entry_of(campaign), entry_of(campaign, NEIGHBOUR)
        with pytest.raises(Rejected):
            enter_all(prefecture, campaign, [report_of(one), report_of(other, reason="")])
        with pytest.raises(Conflict):
            enter_all(prefecture, campaign, [report_of(one), report_of(other, seen_id=99)])
        with pytest.raises(Conflict):
            enter_all(prefecture, campaign, [report_of(one), report_of(one)])
        with pytest.raises(Forbidden):
            enter_all(actor_of(make_member("130001", Role.LOCAL_STAFF)), campaign, [report_of(one)])
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Snapshot)) == 0
