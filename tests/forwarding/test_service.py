"""Papers via the prefecture: municipalities have no part in them until the prefecture or the portal hands them on."""

import threading
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core import calendar, clock
from portal.core.db import db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.dashboard.paper_tasks import ForwardAction
from portal.dashboard.tasks import list_tasks
from portal.directory.actor import Actor
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.forwarding import policy, queries, service
from portal.forwarding.models import Forwarding
from portal.guidance import policy as guidance_policy
from portal.guidance import queries as guidance_queries
from portal.guidance.dues import due_of
from portal.guidance.issuing import list_missing_prefectures
from portal.guidance.models import Guidance, Recipient
from portal.guidance.records import find_own_recipient
from portal.guidance.states import DeliveryRoute, GuidanceState
from portal.issuing import recalling
from portal.jobs.forwarding import forward_overdue
from portal.liaison.queries import list_choices
from portal.notifications.dues import list_dues
from portal.notifications.models import Notification
from tests.factories.guidance import due_in, make_chief, make_draft, make_drafter, make_issued
from tests.factories.people import actor_of, make_liaison, make_member, organisation

NIIGATA, JOETSU, NAGAOKA = "150002", "152226", "152021"
AREA = AddresseeRule(include=(NIIGATA, "151009", JOETSU, NAGAOKA, "201006", "202011"))
BY_PREFECTURE = DeliveryRoute.VIA_PREFECTURE


@pytest.fixture
def paper(arrange):
    """The id of a paper via the prefecture: Niigata with three municipalities, and two of Nagano without theirs."""
    with arrange():
        return make_issued(addressees=AREA, route=BY_PREFECTURE).id


def of(guidance_id: int) -> Guidance:
    return db.session.get_one(Guidance, guidance_id)


def local(code: str) -> Actor:
    return actor_of(make_member(code, Role.LOCAL_STAFF, section="市民課"))


def waiting(guidance_id: int) -> set[str]:
    return set(
        db.session.scalars(
            sa.select(Recipient.organisation_code).where(
                Recipient.guidance_id == guidance_id, Recipient.delivered_at.is_(None)
            )
        )
    )


def forward(actor: Actor, guidance: Guidance, **given) -> Forwarding:
    return service.forward_guidance(actor, guidance, find_own_recipient(actor, guidance), **given)


def test_municipalities_of_an_addressed_prefecture_wait_and_the_others_do_not(arrange, paper):
    with arrange():
        assert waiting(paper) == {"151009", JOETSU, NAGAOKA}
        direct = make_issued("総行住第90号", addressees=AREA).id
        assert waiting(direct) == set()


def test_prefectures_that_the_paper_should_go_through_and_does_not_reach_are_named_before_its_issue(arrange):
    with arrange():
        organisation(NAGAOKA).is_core_city = True
        db.session.flush()
        rule = AddresseeRule(include=(NAGAOKA, "011002", "202011", "200000"))

        def missing(route, addressees=rule):
            found = list_missing_prefectures(make_draft(addressees=addressees, route=route))
            return [each.name for each in found]

        assert missing(BY_PREFECTURE) == ["北海道", "新潟県"]
        assert missing(DeliveryRoute.MIXED) == []  # a designated city and a core city get it at once anyhow
        assert missing(DeliveryRoute.DIRECT) == []
        assert missing(BY_PREFECTURE, AREA) == ["長野県"]


def test_a_mixed_paper_reaches_designated_and_core_cities_at_once(arrange):
    with arrange():
        organisation(NAGAOKA).is_core_city = True
        db.session.flush()
        mixed = make_issued("総行住第91号", addressees=AREA, route=DeliveryRoute.MIXED).id
        assert waiting(mixed) == {JOETSU}  # 新潟市 is a designated city


def test_a_body_that_waits_has_no_part_in_the_paper(arrange, paper):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF, section="市民課")
        actor, guidance = actor_of(member), of(paper)
        with pytest.raises(NotFound):
            guidance_queries.get_guidance(actor, paper)
        assert find_own_recipient(actor, guidance) is None
        assert guidance_queries.list_waiting_for(actor) == []
        later = due_in(10) - timedelta(days=1)
        assert list_dues(actor.person_id, later, since=later) == []
        viewers = db.session.scalars(
            guidance_policy.viewers_of(guidance).with_only_columns(Membership.organisation_id)
        ).all()
        assert member.organisation_id not in set(viewers)
        liaison = actor_of(make_liaison(NIIGATA))
        assert [each for each in list_choices(liaison, organisation(JOETSU)) if each.kind == "guidance"] == []


def test_the_prefecture_hands_it_on_with_its_note_and_an_earlier_date(arrange, paper):
    with arrange():
        prefecture, guidance = local(NIIGATA), of(paper)
        assert queries.count_held(prefecture, guidance) == 3
        row = forward(prefecture, guidance, note="県の取りまとめは次のとおりです。", due_on=due_in(7))
        assert (row.hands_on, row.delivered) == (True, 3)
        assert waiting(paper) == set()
        city = local(JOETSU)
        assert guidance_queries.get_guidance(city, paper).id == paper
        assert due_of(guidance, find_own_recipient(city, guidance)) == due_in(7)
        assert due_of(guidance, find_own_recipient(prefecture, guidance)) == due_in(10)
        assert [each.note for each in queries.list_own_forwardings(city, guidance)] == [row.note]
        assert queries.list_own_forwardings(local("202011"), guidance) == []
        assert not policy.can_view(local("202011"), row)


def test_handing_it_on_is_the_prefectures_task_until_it_is_done(arrange, paper):
    with arrange():
        prefecture = local(NIIGATA)
        (task,) = [task for task in list_tasks(prefecture).items if task.action is ForwardAction.FORWARD]
        assert (task.subject_id, task.due_on) == (paper, due_in(1))
        assert [queries.list_waiting_for(local(code), limit=9) for code in (JOETSU, "202011", "200000")] == [[], [], []]
        forward(prefecture, of(paper))
        assert queries.list_waiting_for(prefecture, limit=9) == []


def test_a_date_of_the_prefecture_never_delays(arrange, paper):
    with arrange():
        prefecture, guidance = local(NIIGATA), of(paper)
        for due_on in (due_in(11), due_in(0) - timedelta(days=1)):
            with pytest.raises(Invalid):
                forward(prefecture, guidance, due_on=due_on)


def test_a_supplement_to_a_direct_paper(arrange):
    with arrange():
        guidance = make_issued("総行住第90号", addressees=AREA)
        prefecture = local(NIIGATA)
        with pytest.raises(Invalid):
            forward(prefecture, guidance)
        first = forward(prefecture, guidance, note="様式は県の様式も使ってください。")
        second = forward(prefecture, guidance, note="訂正します。")
        assert [first.hands_on, second.hands_on] == [False, False]
        assert len(queries.list_own_forwardings(local(JOETSU), guidance)) == 2


def test_who_may_hand_on(arrange, paper):
    with arrange():
        guidance = of(paper)
        for actor in (local(JOETSU), actor_of(make_drafter()), actor_of(make_chief()), local("200000")):
            with pytest.raises(Forbidden):
                forward(actor, guidance, note="x")


@pytest.mark.parametrize("issued", ["2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"])
def test_what_was_issued_before_or_on_a_day_off_is_handed_on_in_time_too(app, arrange, issued):
    moment = datetime.fromisoformat(f"{issued}T10:00+09:00")
    with clock.pretending(moment), arrange():
        paper = make_issued(addressees=AREA, route=BY_PREFECTURE).id
        due = queries.handed_on_by(of(paper))
    assert due == datetime.fromisoformat(
        "2026-11-27T10:00+09:00" if issued == "2026-11-26" else "2026-11-30T10:00+09:00"
    )
    with clock.pretending(due - timedelta(minutes=1)), app.app_context():
        forward_overdue()
    with arrange():
        assert waiting(paper) != set()
    with clock.pretending(due), app.app_context():
        forward_overdue()
    with arrange():
        assert waiting(paper) == set()


def test_the_portal_hands_on_after_one_business_day_and_says_so(app, arrange, paper, tell):
    with arrange():
        official = make_member(JOETSU, Role.LOCAL_STAFF, section="市民課").person_id
        prefecture = make_member(NIIGATA, Role.LOCAL_STAFF, section="市町村課").person_id
        due = queries.handed_on_by(of(paper))
    with clock.pretending(due - timedelta(minutes=1)), app.app_context():
        forward_overdue()
    with arrange():
        assert waiting(paper) != set()
    with clock.pretending(due), app.app_context():
        forward_overdue()
        forward_overdue()
    tell()
    with arrange():
        assert waiting(paper) == set()
        (row,) = db.session.scalars(sa.select(Forwarding))
        assert (row.forwarded_by_person_id, row.delivered) == (None, 3)
        told = dict(
            db.session.execute(
                sa.select(Notification.person_id, Notification.needs_action).where(
                    Notification.kind == "guidance_forwarded"
                )
            ).all()
        )
        assert told == {official: True, prefecture: False}
        issued = set(
            db.session.scalars(sa.select(Notification.person_id).where(Notification.kind == "guidance_issued"))
        )
        assert official not in issued
        assert prefecture in issued
        late = Forwarding(guidance_id=paper, prefecture_code="15", hands_on=True, delivered=0, forwarded_at=clock.now())
        with pytest.raises(Conflict):
            service._add(late)


def test_what_was_recalled_meanwhile_is_not_handed_on(app, arrange, paper):
    with arrange():
        recalling.begin_recall(actor_of(make_chief()), of(paper), reason="誤り")
        prefecture = local(NIIGATA)
        with pytest.raises(Forbidden):
            forward(prefecture, of(paper))
    with clock.pretending(clock.now() + timedelta(days=9)), app.app_context():
        forward_overdue()
    with arrange():
        assert of(paper).state is GuidanceState.RECALLED
        assert len(waiting(paper)) == 3


def test_two_people_of_a_prefecture_hand_on_once(app, arrange, paper):
    with arrange():
        actors = [local(NIIGATA), local(NIIGATA)]
    outcomes = []

    def work(actor: Actor) -> None:
        try:
            with app.app_context(), unit_of_work():
                outcomes.append(forward(actor, of(paper), note="県の鑑文").hands_on)
        except Conflict:
            outcomes.append("told")

    threads = [threading.Thread(target=work, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    # whoever comes second is told, or adds a supplement once the first has handed it on
    assert outcomes.count(True) == 1
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).where(Forwarding.hands_on)) == 1
        assert waiting(paper) == set()


def test_the_hour_of_the_portal_is_the_hour_of_the_issue(arrange, paper):
    with arrange():
        guidance = of(paper)
        by = queries.handed_on_by(guidance)
        assert calendar.japan_date(by) == calendar.add_business_days(calendar.japan_date(guidance.issued_at), 1)
        assert (by - guidance.issued_at) % timedelta(days=1) == timedelta(0)
        assert queries.handed_on_by(make_issued("総行住第92号", addressees=AREA)) is None
