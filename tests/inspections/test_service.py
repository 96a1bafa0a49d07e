"""Snapshots: entered by the body, corrected by new ones, never changed; mislinks and leaks are told."""

import threading

import pytest
import sqlalchemy as sa
from flask import render_template

from portal.blueprints.inspections.panels import show_inspections
from portal.core.db import db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid, NeedsConfirmation
from portal.core.events import EventRecord
from portal.decisions.states import Outcome
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.inspections.checking import Rejected
from portal.inspections.models import Progress, Snapshot
from portal.inspections.queries import (
    ProgressFilter,
    count_stages,
    find_before,
    find_newest,
    list_history,
    list_progress,
)
from portal.inspections.snapshots import enter_snapshot
from portal.inspections.states import LeakState, Stage
from portal.notifications.models import Notification
from tests.factories.inspections import BODY, NEIGHBOUR, day, decide, entry_of, figures, found, make_inspection
from tests.factories.people import actor_of, make_liaison, make_member
from tests.notifications.conftest import tell

__all__ = ["tell"]


def official(code: str = BODY) -> Actor:
    return actor_of(make_member(code, Role.LOCAL_STAFF))


def kinds_of_events() -> list[str]:
    return list(db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id)))


def test_figures_are_entered_and_the_newest_are_kept_at_hand(arrange):
    with arrange():
        entry, actor = entry_of(make_inspection()), official()
        first = enter_snapshot(actor, entry, figures(), day(7))
        assert (first.stage, first.signature) == (Stage.EXTRACTION, actor.signature)
        assert first.causes == {
            "same_name": 0, "family": 0, "input": 0, "lookup": 0, "merge": 0, "other": 0,
        }  # fmt: skip
        second = enter_snapshot(actor, entry, found(prevention=" 二人で確かめる "), day(), seen_id=first.id)
        progress = db.session.get_one(Progress, entry.id)
        assert (progress.snapshot_id, progress.stage) == (second.id, Stage.CORRECTION)
        assert second.prevention == "二人で確かめる"
        assert find_newest(entry) is second
        assert find_before(second) is first
        assert kinds_of_events() == ["progress_entered", "progress_entered", "mislink_reported"]


def test_every_problem_is_told_at_once(arrange):
    with arrange():
        entry, actor = entry_of(make_inspection()), official()
        enter_snapshot(actor, entry, figures(), day(7))
        with pytest.raises(Rejected) as refused:
            enter_snapshot(
                actor, entry, figures(extracted=79, matched=80, expected_on=day(-31), published_url="広報"), day(-1)
            )
        assert {problem.field for problem in refused.value.problems} == {
            "as_of", "extracted", "matched", "published_on", "delay_reason", "published_url",
        }  # fmt: skip
        assert len(list_history(entry)) == 1
        with pytest.raises(NeedsConfirmation):
            enter_snapshot(actor, entry, figures(delay_reason="123456789018"), day())


def test_a_fall_needs_a_reason_and_a_correction_too(arrange):
    with arrange():
        entry, actor = entry_of(make_inspection()), official()
        first = enter_snapshot(actor, entry, figures(), day(7))
        with pytest.raises(Invalid) as refused:
            enter_snapshot(actor, entry, figures(target=90), day(3))
        assert refused.value.field == "target"
        second = enter_snapshot(actor, entry, figures(target=90), day(3), reason="転出者を除いたため")
        with pytest.raises(Invalid) as refused:
            enter_snapshot(actor, entry, figures(target=95), day(7), corrects_id=first.id)
        assert refused.value.field == "reason"
        corrected = enter_snapshot(
            actor, entry, figures(target=95), day(7), corrects_id=first.id, reason="数え誤りのため"
        )
        assert find_newest(entry) is second  # a correction of earlier figures does not become the newest
        assert find_before(second) is corrected
        with pytest.raises(Conflict):
            enter_snapshot(actor, entry, figures(), day(7), corrects_id=first.id, reason="もう一度")
        newer = enter_snapshot(actor, entry, figures(target=91), day(3), corrects_id=second.id, reason="誤り")
        assert db.session.get_one(Progress, entry.id).snapshot_id == newer.id
        history = [(line.snapshot.id, line.is_superseded) for line in list_history(entry)]
        assert history == [(newer.id, False), (second.id, True), (corrected.id, False), (first.id, True)]
        assert kinds_of_events()[-2:] == ["progress_corrected", "progress_corrected"]
        with pytest.raises(Conflict):
            enter_snapshot(actor, entry_of(make_inspection()), figures(), day(), corrects_id=newer.id, reason="他")


def test_a_correction_never_lets_the_next_date_fall_without_a_word(arrange):
    with arrange():
        entry, actor = entry_of(make_inspection()), official()
        first = enter_snapshot(actor, entry, found(), day(7))
        second = enter_snapshot(actor, entry, found(), day(3))
        more = found(mislinks=first.mislinks + 1, causes={"input": first.mislinks + 1})
        with pytest.raises(Rejected) as refused:
            enter_snapshot(actor, entry, more, day(7), corrects_id=first.id, reason="数え漏れ")
        assert [each.field for each in refused.value.problems] == ["mislinks"]

        enter_snapshot(actor, entry, more, day(3), corrects_id=second.id, reason="数え漏れ")

        assert (
            enter_snapshot(actor, entry, more, day(7), corrects_id=first.id, reason="数え漏れ").corrects_id == first.id
        )


def test_headquarters_enters_with_a_reason_and_others_never(arrange):
    with arrange():
        entry = entry_of(make_inspection())
        office = actor_of(make_member("juumin", Role.DIVISION))
        with pytest.raises(Invalid) as refused:
            enter_snapshot(office, entry, figures(), day())
        assert refused.value.field == "reason"
        assert enter_snapshot(office, entry, figures(), day(), reason="電話で聴き取ったため").reason
        for stranger in (official(NEIGHBOUR), official("150002"), actor_of(make_liaison("150002"))):
            with pytest.raises(Forbidden):
                enter_snapshot(stranger, entry, figures(), day(), reason="代わりに")


@pytest.mark.parametrize("statement", ["UPDATE snapshot SET target = 1", "DELETE FROM snapshot"])
def test_nothing_changes_a_snapshot(app, arrange, statement):
    with arrange():
        entry = entry_of(make_inspection())
        enter_snapshot(official(), entry, figures(), day())
    with app.app_context(), pytest.raises(sa.exc.DBAPIError, match="a snapshot cannot be changed"), unit_of_work():
        db.session.execute(sa.text(statement))
    with arrange():
        assert db.session.scalars(sa.select(Snapshot.target)).one() == 100


def test_of_two_people_at_once_the_second_is_told(app, arrange):
    with arrange():
        entry_id = entry_of(make_inspection()).id
        actors = [official() for _ in range(2)]
    outcomes = []

    def work(actor: Actor) -> None:
        from portal.campaigns.models import Entry

        try:
            with app.app_context(), unit_of_work():
                enter_snapshot(actor, db.session.get_one(Entry, entry_id), figures(), day(), seen_id=None)
            outcomes.append("entered")
        except Conflict:
            outcomes.append("told")

    threads = [threading.Thread(target=work, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["entered", "told"]
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Snapshot)) == 1


def test_mislinks_and_leaks_are_told_to_the_office_the_secretariat_and_the_liaison(arrange, tell):
    with arrange():
        entry, actor = entry_of(make_inspection()), official()
        told = {
            "office": make_member("juumin", Role.DIVISION).person_id,
            "secretariat": make_member("secretariat", Role.SECRETARIAT).person_id,
            "liaison": make_liaison(_post_of(entry)).person_id,
        }
        enter_snapshot(actor, entry, found(leak=LeakState.INVESTIGATING), day(2))
        # nothing new: no further mislink, the leak as before
        enter_snapshot(actor, entry, found(corrected=2, leak=LeakState.INVESTIGATING), day(1))
        enter_snapshot(actor, entry, found(corrected=2, leak=LeakState.CONFIRMED), day())
    tell()
    with arrange():
        lines = db.session.scalars(sa.select(Notification).where(Notification.subject_kind == "campaign")).all()
        for person_id in told.values():
            mine = sorted((line.kind, line.is_urgent) for line in lines if line.person_id == person_id)
            assert mine == [("leak_reported", True), ("leak_reported", True), ("mislink_reported", False)]
        assert actor.person_id not in {line.person_id for line in lines}


def _post_of(entry) -> str:
    from portal.directory.models import Organisation

    post_id = db.session.scalar(sa.select(Organisation.post_id).where(Organisation.id == entry.organisation_id))
    return db.session.get_one(Organisation, post_id).code


def test_the_list_is_scoped_counted_and_filtered(arrange):
    with arrange():
        campaign = make_inspection((BODY, NEIGHBOUR, "010006"), ("児童手当", "国民年金"))
        staff, chief = official(), actor_of(make_member("secretariat", Role.SECRETARIAT))
        entry = entry_of(campaign)
        enter_snapshot(staff, entry, figures(expected_on=day(-31), delay_reason="多忙"), day())
        enter_snapshot(staff, entry_of(campaign, BODY, 2), found(), day())
        decide(entry_of(campaign, NEIGHBOUR, 2), Outcome.EXEMPT)

        def bodies(actor: Actor, today=None, **wanted) -> list[tuple[str, str]]:
            page = list_progress(actor, campaign, ProgressFilter(**wanted), today=today or day())
            return [(line.entry.participation.organisation_code, line.entry.procedure.code) for line in page]

        assert bodies(chief) == [
            ("010006", "p1"), ("010006", "p2"), (NEIGHBOUR, "p1"), (BODY, "p1"), (BODY, "p2"),
        ]  # fmt: skip
        assert bodies(staff) == [(BODY, "p1"), (BODY, "p2")]
        assert bodies(official("150002")) == [(NEIGHBOUR, "p1"), (BODY, "p1"), (BODY, "p2")]
        assert bodies(actor_of(make_liaison(_post_of(entry)))) == bodies(official("150002"))
        assert bodies(actor_of(make_liaison("010006"))) == [("010006", "p1"), ("010006", "p2")]
        assert bodies(chief, stage=Stage.CORRECTION) == [(BODY, "p2")]
        assert bodies(chief, is_unreported=True, prefecture_code="15") == [(NEIGHBOUR, "p1")]
        assert bodies(chief, procedure_id=entry.procedure_id, prefecture_code="01") == [("010006", "p1")]
        assert bodies(chief, is_late=True) == [(BODY, "p1")]
        assert len(bodies(chief, today=day(-31), is_late=True)) == 5
        counts = count_stages(chief, campaign, ProgressFilter(), today=day())
        assert counts == {None: 3, Stage.EXTRACTION: 1, Stage.CORRECTION: 1}


def test_the_campaigns_page_counts_the_stages_for_whoever_sees_bodies(app, arrange):
    with arrange():
        campaign = make_inspection((BODY, NEIGHBOUR))
        enter_snapshot(official(), entry_of(campaign), figures(), day())
        shown = show_inspections(actor_of(make_member("hq", Role.EXECUTIVE)), campaign)
        assert shown["inspection_unreported"] == 1
        assert dict(shown["inspection_stages"])[Stage.EXTRACTION] == 1
        ministry = actor_of(make_member("digital", Role.MINISTRY))
        assert show_inspections(ministry, campaign) == {"inspection_stages": [], "inspection_unreported": 0}
        with app.test_request_context():
            panel = render_template("inspections/_panel.html", campaign=campaign, **shown)
        assert f"/campaigns/{campaign.id}/progress" in panel
