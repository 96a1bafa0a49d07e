"""Corrections: the issued text stays, the table of errors goes to everyone, receipts only where it asks for them."""

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.directory.roles import Role
from portal.guidance import receiving, service
from portal.guidance.models import Guidance, Receipt, Recipient
from portal.guidance.records import find_own_recipient
from portal.notifications.models import Notification
from portal.revisions import correcting, policy, queries
from portal.revisions.correcting import CorrectionContent, ErratumContent
from portal.revisions.marking import render_corrected
from portal.revisions.models import Correction
from portal.revisions.states import CorrectionState
from tests.factories.guidance import make_chief, make_drafter, make_issued
from tests.factories.people import actor_of, make_member
from tests.factories.revisions import LINE, issue_correction, make_correction
from tests.support.sql import refused

BODIES = AddresseeRule(include=("152226", "152048"))


@pytest.fixture
def paper(arrange):
    """The id of an issued paper to two bodies."""
    with arrange():
        return make_issued(addressees=BODIES).id


def of(guidance_id: int) -> Guidance:
    return db.session.get_one(Guidance, guidance_id)


def test_the_issued_text_stays_and_the_paper_counts_its_corrections(arrange, paper):
    with arrange():
        guidance = of(paper)
        before = guidance.body
        first, second = issue_correction(guidance), issue_correction(guidance)
        assert (first.number, second.number, guidance.correction_count) == (1, 2, 2)
        assert guidance.body == before
        assert guidance.receipt_round == 0


def test_receipts_are_due_again_only_where_asked_and_earlier_ones_stay(arrange, paper):
    with arrange():
        guidance, official = of(paper), actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課"))
        receiving.receive_guidance(official, guidance, section_name="市民課", receipt_number="第1号")
        issue_correction(guidance)
        own = find_own_recipient(official, guidance)
        db.session.refresh(own)
        assert own.received_at is not None
        with pytest.raises(Invalid):
            receiving.receive_guidance(official, guidance, section_name="市民課")
        issue_correction(guidance, asks_receipt=True)
        db.session.refresh(own)
        assert own.received_at is None
        receiving.receive_guidance(official, guidance, section_name="市民課", receipt_number="第2号")
        rows = db.session.execute(
            sa.select(Receipt.receipt_number, Receipt.round).where(Receipt.recipient_id == own.id).order_by(Receipt.id)
        ).all()
        assert [tuple(row) for row in rows] == [("第1号", 0), ("第2号", 1)]
        db.session.refresh(own)
        assert own.received_at is not None


def test_whoever_wrote_it_does_not_issue_it(arrange, paper):
    with arrange():
        chief = make_member("juumin", Role.DIVISION, is_head=True)
        guidance, head = of(paper), actor_of(chief)
        correction = make_correction(guidance, head)
        correcting.send_correction_for_review(head, guidance, correction)
        with pytest.raises(Forbidden):
            correcting.issue_correction(head, guidance, correction)
        assert not policy.can_issue(head, correction, guidance)
        with pytest.raises(Forbidden):
            correcting.issue_correction(actor_of(make_drafter()), guidance, correction)
        correcting.issue_correction(actor_of(make_chief()), guidance, correction)
        assert correction.state is CorrectionState.ISSUED


def test_one_correction_at_a_time(arrange, paper):
    with arrange():
        guidance, drafter = of(paper), actor_of(make_drafter())
        first = make_correction(guidance, drafter)
        with pytest.raises(Conflict):
            make_correction(guidance, drafter)
        correcting.discard_correction(drafter, guidance, first)
        assert make_correction(guidance, drafter).number == 2  # a number that was given up is not used again


def test_steps_are_taken_in_their_order(arrange, paper):
    with arrange():
        guidance, drafter, chief = of(paper), actor_of(make_drafter()), actor_of(make_chief())
        correction = make_correction(guidance, drafter)
        with pytest.raises(Conflict):
            correcting.issue_correction(chief, guidance, correction)
        with pytest.raises(Conflict):
            correcting.return_correction(chief, guidance, correction, reason="直してください")
        correcting.send_correction_for_review(drafter, guidance, correction)
        content = CorrectionContent(reason="誤り", errata=[LINE])
        with pytest.raises(Conflict):
            correcting.save_correction(drafter, guidance, correction, content)
        with pytest.raises(Invalid):
            correcting.return_correction(chief, guidance, correction, reason=" ")
        correcting.return_correction(chief, guidance, correction, reason="直してください")
        with pytest.raises(Conflict):
            correcting.save_correction(drafter, guidance, correction, content, version=1)
        more = CorrectionContent(reason="誤り", errata=[LINE, ErratumContent(place="別添", right="様式2を加える")])
        correcting.save_correction(drafter, guidance, correction, more, version=correction.version)
        db.session.expire(correction)
        found = queries.get_correction(drafter, guidance, 1)
        assert [entry.place for entry in found.entries] == ["記の2", "別添"]


def test_an_abolished_paper_is_not_corrected_any_more(arrange, paper):
    with arrange():
        guidance, drafter, chief = of(paper), actor_of(make_drafter()), actor_of(make_chief())
        correction = make_correction(guidance, drafter)
        correcting.send_correction_for_review(drafter, guidance, correction)
        service.abolish_guidance(chief, guidance, reason="終了")
        with pytest.raises(Forbidden):
            correcting.issue_correction(chief, guidance, correction)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (ErratumContent(), "places"),
        (ErratumContent(wrong="誤", right="正"), "places"),
        (ErratumContent(place="記"), "rights"),
        (ErratumContent(place="記", wrong="同じ", right="同じ"), "rights"),
        (ErratumContent(place="記", wrong="誤" * 2001, right="正"), "wrongs"),
        (ErratumContent(place="記", wrong="誤", right="個人番号は123456789018です"), "rights"),
    ],
)
def test_a_table_of_errors_is_complete(arrange, paper, line, field):
    with arrange(), pytest.raises(Invalid) as refusal:
        make_correction(of(paper), None, line)
    assert refusal.value.field == field


def test_nobody_outside_sees_a_correction_before_its_issue(arrange, paper):
    with arrange():
        guidance = of(paper)
        official = actor_of(make_member("152226", Role.LOCAL_STAFF))
        correction = make_correction(guidance)
        assert queries.list_corrections(official, guidance) == []
        assert not policy.can_view(official, correction, guidance)
        other = actor_of(make_member("zaisei", Role.DIVISION))
        assert queries.list_corrections(other, guidance) == []
        assert [each.id for each in queries.list_corrections(actor_of(make_chief()), guidance)] == [correction.id]


def test_an_issued_correction_is_fixed_in_the_database(arrange, paper):
    with arrange():
        correction = issue_correction(of(paper))
        for column, value in {"reason": "'x'", "state": "'draft'", "asks_receipt": "NULL", "number": "9"}.items():
            assert refused(f"UPDATE correction SET {column} = {value} WHERE id = :id", id=correction.id), column
        assert refused("DELETE FROM correction WHERE id = :id", id=correction.id)
        assert refused('UPDATE erratum SET "right" = :new WHERE correction_id = :id', id=correction.id, new="x")
        assert refused("DELETE FROM erratum WHERE correction_id = :id", id=correction.id)
        added = "INSERT INTO erratum (correction_id, position, place, wrong, \"right\") VALUES (:id, 9, 'x', 'x', 'x')"
        assert refused(added, id=correction.id)
        draft = make_correction(of(paper))
        assert not refused('UPDATE erratum SET "right" = :new WHERE correction_id = :id', id=draft.id, new="x")


def test_everyone_who_had_the_paper_is_told(arrange, paper, tell):
    with arrange():
        had = make_member("152226", Role.LOCAL_STAFF, section="市民課").person_id
        without = make_member("151009", Role.LOCAL_STAFF, section="市民課").person_id
        issue_correction(of(paper), asks_receipt=True)
    tell()
    with arrange():
        told = dict(
            db.session.execute(
                sa.select(Notification.person_id, Notification.needs_action).where(
                    Notification.kind == "guidance_corrected"
                )
            ).all()
        )
        assert told[had] is True
        assert without not in told
        assert db.session.scalar(sa.select(sa.func.count()).where(Recipient.guidance_id == paper)) == 2


@pytest.mark.parametrize(
    ("body", "wrong", "right", "shown"),
    [
        ("期限は11月30日です。", "11月30日", "12月1日", "<del>11月30日</del><ins>12月1日</ins>"),
        ("11月30日まで。11月30日必着。", "11月30日", "12月1日", None),  # twice: only the table says which
        ("**太字**の箇所", "**太字**", "細字", None),
        ("本文", "ない語", "ある語", None),
        ("本文のうち余分", "のうち余分", "", "<del>のうち余分</del><ins></ins>"),
        ("<b>語</b>", "語", "<script>", None),
    ],
)
def test_what_is_wrong_is_marked_in_the_text_where_it_is_certain(body, wrong, right, shown):
    entry = ErratumContent(place="記", wrong=wrong, right=right)
    correction = Correction(state=CorrectionState.ISSUED)
    correction.entries = correcting._checked(CorrectionContent(reason="誤り", errata=[entry]), confirmed=False)
    found = render_corrected(body, [correction])
    assert (found is None) == (shown is None)
    if shown is not None:
        assert shown in found
        assert "<script" not in found
