"""The day sheet: whom to call and why, in which order, and what it costs."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date, start_of_day
from portal.core.db import announce_access, db
from portal.core.errors import NotFound
from portal.directory.models import Organisation
from portal.directory.roles import Role
from portal.guidance.models import Recipient
from portal.guidance.states import Nature, ResponseState
from portal.issues.states import Holder, IssueState, Leak, Urgency
from portal.liaison import day_sheet as sheets
from portal.liaison import service
from portal.liaison.content import PromiseContent
from portal.liaison.models import Contact
from portal.liaison.states import CallOutcome, ReasonKind
from tests.factories.guidance import make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.liaison import in_days, make_note
from tests.factories.people import actor_of, make_liaison, make_member, make_person, organisation
from tests.support.statements import recorded_statements


@pytest.fixture
def cast(app):
    announce_access(write=True)
    with app.app_context():
        yield make_cast()
        db.session.rollback()


def sheet(cursor=None):
    return sheets.get_day_sheet([organisation("150002")], cursor=cursor)


def kinds(page=None):
    """{name of the body: its reasons} of the sheet of 新潟県."""
    return {line.body.name: [reason.kind for reason in line.reasons] for line in page or sheet()}


def days_ago(count):
    return clock.now() - timedelta(days=count)


def issued_before(business_days, number, **fields):
    """A paper that was issued so many business days ago, in the morning."""
    day = add_business_days(japan_date(clock.now()), -business_days)
    with clock.pretending(start_of_day(day) + timedelta(hours=10)):
        return make_issued(number, **fields)


def test_an_empty_sheet(cast):
    assert kinds() == {}
    assert sheets.list_posts(actor_of(cast.liaison)) == [organisation("150002")]
    assert sheets.choose_posts(actor_of(cast.secretariat), sheets.list_posts(actor_of(cast.secretariat)), None) == []
    with pytest.raises(NotFound):
        sheets.choose_posts(actor_of(cast.liaison), sheets.list_posts(actor_of(cast.liaison)), "010006")


def test_issues_that_call_for_a_call(cast):
    quiet = make_issue(cast, IssueState.ASSIGNED)
    assert kinds() == {}
    quiet.due_on = japan_date(clock.now()) - timedelta(days=10)
    returned = make_issue(cast, IssueState.RETURNED)
    returned.holder_since_at = days_ago(20)
    late = make_issue(cast, IssueState.ASSIGNED)
    late.promised_on = japan_date(clock.now()) - timedelta(days=3)
    leak = make_issue(cast, leak=Leak.SUSPECTED)
    db.session.flush()

    (line,) = sheet()

    assert [reason.kind for reason in line.reasons] == [
        ReasonKind.ALARM, ReasonKind.PROVISIONAL, ReasonKind.STUCK, ReasonKind.STUCK,
    ]  # fmt: skip
    alarm, provisional, stuck, waiting = line.reasons
    assert (alarm.number, provisional.due_on, stuck.subject_id) == (leak.number, late.promised_on, quiet.id)
    assert (stuck.holder, stuck.holder_name) == (Holder.DIVISION, "マイナンバー制度支援室")
    assert stuck.days_over >= 5
    assert (waiting.holder, waiting.days_over) == (Holder.SUBMITTER, 0)
    assert waiting.days_held >= 10


def test_guidance_not_received_and_not_answered(cast):
    make_issued("総行マ第1号", reply_due_on=None, nature=Nature.INFORMATION)
    make_issued("総行マ第2号")
    assert kinds() == {}
    soon = add_business_days(japan_date(clock.now()), 2)
    unreceived = issued_before(4, "総行マ第3号", reply_due_on=None, nature=Nature.INFORMATION)
    asked = issued_before(2, "総行マ第4号", reply_due_on=soon)

    first = sheet().items[0]
    assert [(each.kind, each.subject_id, each.due_on) for each in first.reasons] == [
        (ReasonKind.UNANSWERED, asked.id, soon), (ReasonKind.UNRECEIVED, unreceived.id, None),
    ]  # fmt: skip

    body = Recipient.organisation_id == first.body.id
    db.session.execute(sa.update(Recipient).where(body).values(received_at=clock.now(), response=ResponseState.DONE))
    assert first.body.name not in kinds()


def test_promises_and_unconfirmed_records(cast):
    note = make_note(cast.liaison, promise=PromiseContent(text="折り返す", due_on=in_days(0)))
    assert kinds() == {"上越市": [ReasonKind.PROMISE]}
    note.created_at = days_ago(9)
    db.session.flush()

    assert kinds() == {"上越市": [ReasonKind.PROMISE, ReasonKind.UNCONFIRMED]}
    service.confirm_contact(actor_of(cast.manager), note)
    assert kinds() == {"上越市": [ReasonKind.PROMISE]}


def test_who_was_called_goes_to_the_end_until_the_day_of_the_next_call(cast):
    stuck = make_issue(cast, IssueState.ASSIGNED)
    stuck.urgency = Urgency.URGENT
    other = make_issue(cast, IssueState.ASSIGNED, by=cast.prefecture)
    other.due_on = japan_date(clock.now()) - timedelta(days=10)
    db.session.flush()
    assert list(kinds()) == ["上越市", "新潟県"]
    actor, body = actor_of(cast.liaison), organisation("152226")

    call = service.log_call(actor, body, CallOutcome.AGAIN, again_on=in_days(5))

    lines = sheet().items
    assert [(line.body.name, line.is_settled) for line in lines] == [("新潟県", False), ("上越市", True)]
    assert lines[1].call.id == call.id
    assert [each.id for each in lines[1].issues] == [stuck.id]
    with clock.pretending(clock.now() + timedelta(days=5, minutes=1)):
        first = sheet().items[0]
        assert first.body.name == "上越市"
        assert ReasonKind.AGAIN in [reason.kind for reason in first.reasons]
        service.log_call(actor, body, CallOutcome.REACHED)
        assert ReasonKind.AGAIN not in kinds()["上越市"]


def test_the_sheet_is_paged_by_key_at_the_same_cost_for_any_number_of_bodies(cast):
    codes = db.session.scalars(
        sa.select(Organisation.code)
        .where(Organisation.post_id == organisation("150002").id)
        .order_by(Organisation.code)
    ).all()
    for code in codes[:23]:
        make_note(cast.liaison, code=code, promise=PromiseContent(text="折り返す", due_on=in_days(0)))
    person = make_person()
    person.phone = "025-000-0000"
    make_member(codes[0], Role.LOCAL_STAFF, person=person)
    db.session.flush()
    posts, seen, cursor = [organisation("150002")], [], None
    for size in (10, 10, 3):
        with recorded_statements(db.engine) as sent:
            page = sheets.get_day_sheet(posts, cursor=cursor)
        assert (len(page), len(sent)) == (size, 5)
        seen += [line.body.code for line in page]
        cursor = page.next_cursor

    assert sorted(seen) == sorted(codes[:23])
    assert cursor is None


def test_another_posts_bodies_do_not_appear(cast):
    make_note(cast.liaison, promise=PromiseContent(text="折り返す", due_on=in_days(0)))
    other = make_liaison("010006")

    posts = sheets.choose_posts(actor_of(other), sheets.list_posts(actor_of(other)), None)

    assert [post.code for post in posts] == ["010006"]
    assert len(sheets.get_day_sheet(posts)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Contact)) == 1
