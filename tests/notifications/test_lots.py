"""What a lot of digests costs: a fixed number of statements, and a marker before each group's final dots."""

from collections import Counter
from datetime import datetime

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import JAPAN
from portal.core.db import db, unit_of_work
from portal.directory.roles import Role
from portal.guidance.states import Nature
from portal.notifications import mailer
from portal.notifications.digests import plan_digests
from portal.notifications.models import Delivery, DeliveryState, Digest, MailMode, Notification
from tests.factories.absences import make_absence
from tests.factories.guidance import make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import make_liaison, make_member
from tests.support.statements import recorded_statements

FRIDAY = datetime(2026, 11, 20, 18, 0, tzinfo=JAPAN)
TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=JAPAN)
MARKER = "UPDATE digest SET state=CASE"


@pytest.fixture
def planned(arrange, tell):
    """Digests of eight times four readers with a line about an issue that they may see, and of two who may not."""
    with clock.pretending(FRIDAY):
        with arrange():
            cast = make_cast()
            readers = [member.person_id for _ in range(8) for member in _four_readers()]
            gone = [make_member("011002", Role.LOCAL_STAFF).person_id for _ in range(2)]
            issue_id = make_issue(cast).id
            make_issued(nature=Nature.INFORMATION, reply_due_on=None)
        tell()
        with arrange():
            _let_all_wait(issue_id, [*readers, *gone])
            plan_digests(TUESDAY)
            ids = dict(db.session.execute(sa.select(Digest.person_id, Digest.id)).all())
            return [ids[person_id] for person_id in readers], [ids[person_id] for person_id in gone]


def _four_readers():
    """Of the body, of a division, standing in for the liaison in charge, of the secretariat."""
    away, substitute = make_liaison("150002"), make_liaison()
    make_absence(away, substitute, starts_at=FRIDAY, ends_at=datetime(2026, 12, 24, tzinfo=JAPAN))
    body, inside = make_member("152226", Role.LOCAL_MANAGER), make_member("juumin", Role.DIVISION)
    return body, inside, substitute, make_member("secretariat", Role.SECRETARIAT)


def _let_all_wait(issue_id: int, person_ids: list[int]) -> None:
    """Each has one line about the issue and one about the paper, and no mail of its own."""
    db.session.execute(sa.delete(Delivery))
    for kind in ("issue_submitted", "guidance_issued"):
        line = db.session.scalars(sa.select(Notification).where(Notification.kind == kind)).first()
        assert line is not None
        values = {key.name: getattr(line, key.name) for key in Notification.__table__.c if key.name != "id"}
        db.session.execute(sa.delete(Notification).where(Notification.kind == kind))
        values |= {"mode": MailMode.DIGEST, "needs_action": False, "due_on": None, "read_at": None}
        db.session.add_all([Notification(**{**values, "person_id": person_id}) for person_id in person_ids])
    db.session.flush()


def test_more_readers_cost_markers_and_nothing_else(planned, mailing, sink):
    ids, _ = planned
    markers, others = [], []
    with clock.pretending(TUESDAY), mailing.app_context():
        for lot in (ids[:8], ids[8:32]):
            with recorded_statements(db.engine) as sent:
                assert mailer.send_mails(Digest, lot) == Counter({DeliveryState.SENT: len(lot)})
            markers.append(sum(text.startswith(MARKER) for text in sent))
            others.append(len(sent) - markers[-1])
    assert others[0] == others[1]
    assert markers == [8 / mailer.LANES + 1, 24 / mailer.LANES + 1]  # at last the last group is settled
    assert all("手帳番号" in message.get_body(("plain",)).get_content() for message in sink.messages())


def test_those_with_nothing_they_may_see_are_settled_together(arrange, planned, mailing, sink):
    ids, gone = planned
    with arrange():
        db.session.execute(sa.delete(Notification).where(Notification.subject_kind == "guidance"))
    with clock.pretending(TUESDAY), mailing.app_context():
        with recorded_statements(db.engine) as sent:
            mailer.send_mails(Digest, ids[:8])
        with recorded_statements(db.engine) as with_gone:
            mailer.send_mails(Digest, [*gone, *ids[8:16]])
        assert len(with_gone) == len(sent) + 2  # they are dropped, and what they held waits for the next
        with unit_of_work():
            assert {db.session.get_one(Digest, row_id).state for row_id in gone} == {DeliveryState.DROPPED}
            held = sa.select(sa.func.count()).where(Notification.digest_id.in_(gone))
            assert db.session.scalar(held) == 0


def test_what_was_not_tried_is_given_back_together(arrange, planned, mailing, sink):
    ids, _ = planned
    stops = iter([False, False, True, True])
    with clock.pretending(TUESDAY), mailing.app_context():
        assert sum(mailer.send_mails(Digest, ids[:20], lambda: next(stops)).values()) == mailer.LANES
    with arrange():
        waiting = db.session.scalars(sa.select(Digest.id).where(Digest.state == DeliveryState.PENDING)).all()
        assert set(ids[mailer.LANES : 20]) <= set(waiting)
        held = db.session.scalars(sa.select(Notification.digest_id).where(Notification.digest_id.is_not(None)))
        assert set(held) == set(ids[: mailer.LANES])


def test_nobody_else_waits_while_a_lot_is_read_and_written(planned, mailing, sink):
    ids, _ = planned
    happened: list[str] = []
    with clock.pretending(TUESDAY), mailing.app_context():
        engine = db.engine

        def tell(_connection, _cursor, statement, *_more):
            happened.append(statement)

        def end(_connection):
            happened.append("COMMIT")

        sa.event.listen(engine, "before_cursor_execute", tell)
        sa.event.listen(engine, "commit", end)
        try:
            mailer.send_mails(Digest, ids)
        finally:
            sa.event.remove(engine, "before_cursor_execute", tell)
            sa.event.remove(engine, "commit", end)
    claim, *others = [place for place, text in enumerate(happened) if text.startswith(("UPDATE", "INSERT"))]
    assert happened[claim].startswith("UPDATE digest SET message_id")
    marker = next(place for place in others if happened[place].startswith(MARKER))
    committed = happened.index("COMMIT")
    read = [place for place, text in enumerate(happened[:marker]) if text.startswith("SELECT")]
    assert max(place for place in others if place < marker) < committed < min(read)


def test_what_could_not_be_read_is_given_back_and_goes_out_later(arrange, planned, mailing, sink):
    ids, _ = planned
    with clock.pretending(TUESDAY), mailing.app_context():
        engine = db.engine

        def fail(_connection, _cursor, statement, *_more):
            if "FROM digest_setting" in statement:
                raise ConnectionResetError("the database went away")

        sa.event.listen(engine, "before_cursor_execute", fail)
        try:
            with pytest.raises(ConnectionResetError):
                mailer.send_mails(Digest, ids)
        finally:
            sa.event.remove(engine, "before_cursor_execute", fail)
        with unit_of_work():
            stands = db.session.execute(sa.select(Digest.state, Digest.attempts).distinct()).all()
            assert [tuple(each) for each in stands] == [(DeliveryState.PENDING, 0)]
            held = sa.select(sa.func.count()).where(Notification.digest_id.is_not(None))
            assert db.session.scalar(held) == 0
        assert mailer.send_mails(Digest, ids) == Counter({DeliveryState.SENT: len(ids)})
