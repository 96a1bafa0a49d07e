"""A paper taken back while its mails go out: what is stopped, what had gone, what everybody then sees."""

import threading

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core.db import db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.directory.roles import Role
from portal.forwarding.service import forward_guidance
from portal.guidance import policy as guidance_policy
from portal.guidance.comparison import find_previous, list_earlier
from portal.guidance.models import Guidance
from portal.guidance.records import find_own_recipient
from portal.guidance.states import DeliveryRoute, GuidanceState
from portal.issuing import recalling
from portal.issuing.models import Recall
from portal.notifications import mailer, outbox
from portal.notifications.digests import gather_digests, plan_digests, take_lines
from portal.notifications.models import Delivery, DeliveryState, Digest, MailMode, Notification
from portal.notifications.sending_progress import count_mails, stop_mails
from tests.factories.guidance import make_chief, make_draft, make_drafter, make_issued
from tests.factories.issuing import hour_in
from tests.factories.people import actor_of, make_member
from tests.factories.revisions import issue_correction

BODIES = ("152226", "152048", "152021", "151009")


@pytest.fixture
def paper(arrange):
    """An issued request to four bodies of one official each; its id and the officials' person ids."""
    with arrange():
        officials = [make_member(code, Role.LOCAL_STAFF, section="市民課").person_id for code in BODIES]
        found = make_issued(addressees=AddresseeRule(include=BODIES))
        return found.id, officials


def take_back(guidance_id: int) -> Recall:
    chief = actor_of(make_chief())
    guidance = db.session.get_one(Guidance, guidance_id)
    recall = recalling.begin_recall(chief, guidance, reason="宛先を誤りました。")
    recalling.conclude_recall(chief, recall, stop_mails(guidance_id))
    return recall


def mails() -> list[int]:
    """The mails about the issue."""
    return list(
        db.session.scalars(
            sa.select(Delivery.id)
            .join(Notification, Notification.id == Delivery.notification_id)
            .where(Notification.kind == "guidance_issued")
            .order_by(Delivery.id)
        )
    )


def states() -> list[DeliveryState]:
    return list(
        db.session.scalars(
            sa.select(Delivery.state)
            .join(Notification, Notification.id == Delivery.notification_id)
            .where(Notification.kind == "guidance_issued")
            .order_by(Delivery.id)
        )
    )


def test_a_recall_before_anything_was_told_tells_nobody_of_the_issue(arrange, app, paper, tell):
    with arrange():
        assert take_back(paper[0]).stopped == 0
    tell()
    with app.app_context(), unit_of_work():
        kinds = set(db.session.scalars(sa.select(Notification.kind)))
        assert "guidance_recalled" in kinds
        assert "guidance_issued" not in kinds


@pytest.mark.usefixtures("mailing")
def test_what_has_not_gone_out_is_stopped_and_whoever_was_mailed_hears_at_once(arrange, app, paper, tell, sink):
    guidance_id, officials = paper
    tell()
    with app.app_context():
        with unit_of_work():
            ids = mails()
        mailer.send_mails(Delivery, ids[:1])
        with unit_of_work():
            before = count_mails(guidance_id)
            assert (before.sent, before.waiting, before.is_told) == (1, 3, True)
    with arrange():
        recall = take_back(guidance_id)
        assert (recall.stopped, recall.sent, recall.uncertain) == (3, 1, 0)
    with app.app_context():
        assert mailer.send_mails(Delivery, ids) == {}
    tell()
    with app.app_context(), unit_of_work():
        assert states() == [DeliveryState.SENT] + [DeliveryState.DROPPED] * 3
        mailed = db.session.scalars(
            sa.select(Notification.person_id).where(
                Notification.kind == "guidance_recalled", Notification.mode == MailMode.AT_ONCE
            )
        ).all()
        assert len(mailed) == 1
        told = set(
            db.session.scalars(sa.select(Notification.person_id).where(Notification.kind == "guidance_recalled"))
        )
        assert set(officials) <= told  # the banner's news reaches every official in the inbox
    assert len(sink.mails) == 1


def hand_on() -> int:
    """A paper to a prefecture and one of its cities, which has handed it on; its id."""
    prefecture = actor_of(make_member("150002", Role.LOCAL_MANAGER))
    make_member("152226", Role.LOCAL_STAFF, section="市民課")
    rule = AddresseeRule(include=("150002", "152226"))
    paper = make_issued(addressees=rule, route=DeliveryRoute.VIA_PREFECTURE)
    forward_guidance(prefecture, paper, find_own_recipient(prefecture, paper))
    return paper.id


@pytest.mark.usefixtures("mailing")
def test_what_a_prefecture_has_handed_on_is_stopped_too(arrange, tell):
    with arrange():
        guidance_id = hand_on()
    tell()
    with arrange():
        assert count_mails(guidance_id).waiting == 2
        assert take_back(guidance_id).stopped == 2


def add_to(guidance_id: int) -> None:
    """The prefecture's supplement, and a correction that asks for nothing."""
    paper = db.session.get_one(Guidance, guidance_id)
    prefecture = actor_of(make_member("150002", Role.LOCAL_MANAGER))
    forward_guidance(prefecture, paper, find_own_recipient(prefecture, paper), note="県からの補足です。")
    issue_correction(paper)


@pytest.mark.usefixtures("mailing")
def test_supplements_and_corrections_of_what_was_taken_back_are_stopped_too(arrange, app, tell):
    added = ("supplement_added", "guidance_corrected")
    waits = sa.select(Notification.kind).where(
        Notification.kind.in_(added), Notification.mode == MailMode.DIGEST, Notification.digest_id.is_(None)
    )
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, section="市民課")
        guidance_id = make_issued(addressees=AddresseeRule(include=("150002", "152226"))).id
    with arrange():
        add_to(guidance_id)
    tell()
    with app.app_context(), unit_of_work():
        assert set(db.session.scalars(waits)) == set(added)
    with arrange():
        take_back(guidance_id)
    with app.app_context(), unit_of_work():
        assert db.session.scalars(waits).all() == []


def test_a_recall_before_a_supplement_was_told_tells_nobody_of_that(arrange, app, tell):
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, section="市民課")
        guidance_id = make_issued(addressees=AddresseeRule(include=("150002", "152226"))).id
        add_to(guidance_id)
        take_back(guidance_id)
    tell()
    with app.app_context(), unit_of_work():
        kinds = set(db.session.scalars(sa.select(Notification.kind)))
        assert kinds.isdisjoint({"supplement_added", "guidance_corrected"})


def test_a_recall_before_the_handing_on_was_told_tells_nobody_of_that(arrange, app, tell):
    with arrange():
        take_back(hand_on())
    tell()
    with app.app_context(), unit_of_work():
        assert "guidance_forwarded" not in set(db.session.scalars(sa.select(Notification.kind)))


@pytest.mark.usefixtures("mailing")
def test_a_mail_in_a_workers_hands_is_hung_up_before_its_dot(arrange, app, paper, tell, sink):
    guidance_id, _ = paper
    tell()
    with app.app_context(), unit_of_work():
        ids = mails()

    def work(row_id: int) -> None:
        with app.app_context():
            mailer.send_mails(Delivery, [row_id])

    sink.hold = "rcpt"  # the mail is claimed and written, not marked
    thread = threading.Thread(target=work, args=(ids[0],))
    thread.start()
    assert sink.reached.wait(10)
    with arrange():
        recall = take_back(guidance_id)
        assert (recall.stopped, recall.uncertain) == (4, 0)
    sink.reset()
    thread.join(20)
    with app.app_context(), unit_of_work():
        assert set(states()) == {DeliveryState.DROPPED}
    assert sink.mails == []


def test_a_mail_at_its_final_dot_counts_as_uncertain(arrange, app, paper, tell):
    guidance_id, _ = paper
    tell()
    with app.app_context(), unit_of_work():
        row = db.session.get_one(Delivery, mails()[0])
        row.state = DeliveryState.MARKED
    with arrange():
        recall = take_back(guidance_id)
        assert (recall.stopped, recall.sent, recall.uncertain) == (3, 0, 1)


def test_what_was_taken_back_is_no_earlier_issue_to_compare_with(arrange, paper):
    with arrange():
        drafter = actor_of(make_drafter())
        again = make_draft(drafter)
        assert find_previous(drafter, again).id == paper[0]
        assert [each.id for each in list_earlier(drafter)] == [paper[0]]
        take_back(paper[0])
        assert find_previous(drafter, again) is None
        assert list_earlier(drafter) == []
        assert [each.id for each in list_earlier(drafter, kept=paper[:1])] == [paper[0]]  # a rule that names it


def test_a_digest_that_a_worker_has_only_claimed_tells_nothing_of_what_was_taken_back(arrange, paper, tell):
    tell()
    with arrange():
        about = Notification.kind == "guidance_issued"
        db.session.execute(sa.update(Notification).where(about).values(mode=MailMode.DIGEST))
        plan_digests(hour_in(at="08:30"))
    with arrange():
        claimed = outbox.claim(Digest, list(db.session.scalars(sa.select(Digest.id))), "portal.example")
        take_lines(claimed)
        ids, claimed_at = [each.id for each in claimed], claimed[0].claimed_at
        assert set(db.session.scalars(sa.select(Notification.digest_id).where(about))) <= set(ids)
    with arrange():
        take_back(paper[0])
    with arrange():
        digests = db.session.scalars(sa.select(Digest)).all()
        assert digests
        told = {line.kind for each in gather_digests(digests).values() for line in each.lines}
        assert "guidance_issued" not in told
        outbox.release(Digest, ids, claimed_at)
        assert set(db.session.scalars(sa.select(Notification.mode).where(about))) == {MailMode.OFF}


def test_who_may_take_back_and_what(arrange, paper):
    with arrange():
        chief, guidance = actor_of(make_chief()), db.session.get_one(Guidance, paper[0])
        official = actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課"))
        with pytest.raises(Forbidden):
            recalling.begin_recall(actor_of(make_drafter()), guidance, reason="誤り")
        with pytest.raises(Invalid):
            recalling.begin_recall(chief, guidance, reason=" ")
        with pytest.raises(Conflict):
            recalling.begin_recall(chief, guidance, reason="誤り", version=99)
        assert guidance_policy.can_receive(official, guidance, is_addressed=True)
        take_back(paper[0])
        assert guidance.state is GuidanceState.RECALLED
        assert guidance_policy.can_view(official, guidance, is_addressed=True)
        assert not guidance_policy.can_receive(official, guidance, is_addressed=True)
        with pytest.raises(Conflict):
            recalling.begin_recall(chief, guidance, reason="もう一度")


def test_the_sender_sees_the_mails_and_the_body_the_reason(arrange, visit, paper, tell):
    guidance_id, _ = paper
    tell()
    with arrange():
        chief, body = make_chief(), make_member("152226", Role.LOCAL_STAFF, section="市民課")
    address = f"/guidance/{guidance_id}"
    assert "待ち4" in visit(chief).get(address).main
    assert "待ち" not in visit(body).get(address).main
    assert "読み直す" in visit(chief).get(f"{address}/sending").main
    visit(body).get(f"{address}/sending", status=404)
    page = visit(chief).get(f"{address}/recall").form(f"{address}/recall").submit(reason="宛先を誤りました。")
    assert "送信前のメール4通を止めました。" in page.text
    seen = visit(body).get(address).main
    assert "誤って発出されたため" in seen
    assert "宛先を誤りました。" in seen
    assert "受領する" not in seen
