"""Phone notes, confirmations, hearings and promises: the rules, the refusals, and what others learn of them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import announce_access, db
from portal.core.errors import Conflict, Forbidden, Invalid, NeedsConfirmation, NotFound
from portal.core.events import Audience, EventRecord
from portal.directory.inheritance import Merger
from portal.directory.models import LiaisonAssignment, Section
from portal.directory.roles import Role
from portal.issues.queries import get_issue
from portal.issues.states import IssueKind, IssueState
from portal.liaison import queries, service
from portal.liaison.content import Partner, PromiseContent, split_points
from portal.liaison.inheritance import inherit_contacts
from portal.liaison.models import Promise
from portal.liaison.states import CallOutcome, Confirmation
from portal.links.queries import list_linked
from portal.notifications.handlers import tellings_of
from tests.factories.issues import content, make_cast, make_issue
from tests.factories.liaison import hearing_content, in_days, make_hearing, make_internal, make_note, note_content
from tests.factories.people import actor_of, make_liaison, make_member, organisation

NUMBER = "123456789018"  # of the form of an individual number


@pytest.fixture
def cast(app):
    announce_access(write=True)
    with app.app_context():
        yield make_cast()
        db.session.rollback()


def last_event(kind):
    return db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == kind).order_by(EventRecord.id)).all()[-1]


def told(record):
    """(reason, membership ids) of every telling."""
    from portal.directory.models import Membership

    return {
        telling.reason: set(db.session.scalars(sa.select(Membership.id).where(telling.who)))
        for telling in tellings_of(record)
    }


def test_a_note_is_put_to_the_person_and_confirmed_once(cast):
    note = make_note(cast.liaison, cast.staff, promise=PromiseContent(text="折り返す", due_on=in_days(1)))

    assert note.confirmation is Confirmation.ASKED
    assert told(last_event("phone_note_taken")) == {"partner": {cast.staff.id}}
    waiting = queries.list_waiting_for(actor_of(cast.staff))
    assert [each.id for each in waiting] == [note.id]

    service.confirm_contact(actor_of(cast.staff), note)

    assert queries.list_waiting_for(actor_of(cast.staff)) == []
    with pytest.raises(Conflict):
        service.correct_contact(actor_of(cast.manager), note, text="違います。")


def test_a_note_with_a_typed_name_goes_to_the_section_or_the_general_desk(cast):
    typed = make_note(cast.liaison)
    assert told(last_event("phone_note_taken")) == {"partner": {cast.staff.id}}
    desk = db.session.scalars(sa.select(Section).where(Section.id == cast.manager.section_id)).one()
    desk.is_general_desk = True
    make_note(cast.liaison, partner=Partner(typed="どなたか"))

    assert typed.section_id == cast.staff.section_id
    assert told(last_event("phone_note_taken")) == {"partner": {cast.manager.id}}


def test_a_correction_stands_beside_the_note_and_the_liaisons_learn_of_it(cast):
    note = make_note(cast.liaison, cast.staff)

    service.correct_contact(actor_of(cast.staff), note, text="世帯で数えます。")

    assert (note.text, note.correction) == ("様式3の数え方を尋ねられた。", "世帯で数えます。")
    assert note.confirmation is Confirmation.CORRECTED
    assert told(last_event("contact_corrected"))["liaison"] == {cast.liaison.id, cast.deputy.id}


def test_an_internal_note_asks_nobody_and_the_body_finds_nothing(cast):
    note = make_internal(cast.liaison)

    assert told(last_event("phone_note_taken")) == {}
    for member in (cast.staff, cast.manager):
        with pytest.raises(NotFound):
            queries.get_contact(actor_of(member), note.id)
        assert list(queries.list_contacts(actor_of(member), organisation("152226"))) == []
    with pytest.raises(Forbidden):
        service.confirm_contact(actor_of(cast.manager), note)
    assert last_event("phone_note_taken").audience is Audience.INTERNAL


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "あ" * 1001}, "text"),
        ({"text": f"マイナンバーは{NUMBER}"}, "text"),
        ({"partner": Partner(typed=f"個人番号{NUMBER}")}, "counterpart"),
        ({"partner": Partner()}, "counterpart"),
        ({"partner": Partner(membership_id=0)}, "partner"),
        ({"contacted_at": clock.now() + timedelta(hours=2)}, "contacted_on"),
        ({"promise": PromiseContent(text="送る", due_on=in_days(-1))}, "promised_on"),
        ({"promise": PromiseContent(text=f"個人番号{NUMBER}", due_on=in_days(1))}, "promise"),
        ({"about": ("issue", 999_999)}, "about"),
        ({"about": ("person", 1)}, "about"),
    ],
)
def test_what_a_note_refuses(cast, changes, field):
    with pytest.raises(Invalid) as refused:
        make_note(cast.liaison, **changes)

    assert refused.value.field == field


def test_a_doubtful_number_asks_for_confirmation(cast):
    actor, body = actor_of(cast.liaison), organisation("152226")
    with pytest.raises(NeedsConfirmation):
        service.take_phone_note(actor, body, note_content(text=f"受付番号 {NUMBER}"))

    assert service.take_phone_note(actor, body, note_content(text=f"受付番号 {NUMBER}"), confirmed=True).id


def test_a_note_may_be_about_an_issue_of_the_body_alone(cast):
    own = make_issue(cast, IssueState.ASSIGNED)
    foreign = make_issue(cast, by=cast.other_body)

    note = make_note(cast.liaison, about=("issue", own.id))

    assert list_linked("issue", own.id)["contact"] == [note.id]
    assert queries.get_contact(actor_of(cast.division), note.id).id == note.id
    with pytest.raises(Invalid):
        make_note(cast.liaison, about=("issue", foreign.id))


def test_another_posts_liaison_records_nothing(cast):
    with pytest.raises(Forbidden):
        make_note(cast.other_liaison)
    with pytest.raises(Forbidden):
        service.log_call(actor_of(cast.executive), organisation("152226"), CallOutcome.REACHED)


def test_contacts_belong_to_the_post_and_survive_a_transfer(cast):
    note = make_note(cast.liaison)
    for assignment in db.session.scalars(
        sa.select(LiaisonAssignment).where(LiaisonAssignment.membership_id == cast.liaison.id)
    ):
        assignment.ends_at = clock.now() - timedelta(minutes=1)
    successor = make_liaison("150002")
    db.session.flush()

    assert queries.get_contact(actor_of(successor), note.id).id == note.id
    with pytest.raises(NotFound):
        queries.get_contact(actor_of(cast.liaison), note.id)


def test_points_of_a_hearing():
    assert split_points("- 一つ\n  続き\n- 二つ\n\n段落\nの続き\n\n1. 三つ") == [
        "一つ\n続き",
        "二つ",
        "段落\nの続き",
        "三つ",
    ]
    assert split_points("  \n") == []


def test_a_point_of_a_hearing_becomes_an_issue_of_the_body(cast):
    hearing = queries.get_contact(actor_of(cast.liaison), make_hearing(cast.liaison, cast.staff).id)
    item = hearing.items[0]

    issue = service.raise_issue(actor_of(cast.liaison), hearing, item, content(kind=IssueKind.HEARING, body=item.text))

    assert [each.text for each in hearing.items] == [
        "同じ番号の手帳がある。\n26件。",
        "住所が揺れる。",
        "締切りを月末にしてほしい。",
    ]
    assert (issue.state, issue.kind, issue.post_id) == (
        IssueState.SUBMITTED,
        IssueKind.HEARING,
        organisation("150002").id,
    )
    seen = get_issue(actor_of(cast.staff), issue.number)  # the section that was heard goes on with it
    assert seen.organisation_id == cast.staff.organisation_id
    assert list_linked("issue", issue.id)["contact"] == [hearing.id]
    with pytest.raises(Conflict):
        service.raise_issue(actor_of(cast.deputy), hearing, item, content(kind=IssueKind.HEARING))
    with pytest.raises(Forbidden):
        service.raise_issue(actor_of(cast.executive), hearing, hearing.items[1], content(kind=IssueKind.HEARING))


@pytest.mark.parametrize(
    "field", ["situation", "problem_points", "request_points", "internal_text", "place", "participants"]
)
def test_a_hearing_takes_no_individual_number_anywhere(cast, field):
    with pytest.raises(Invalid) as refused:
        service.record_hearing(
            actor_of(cast.liaison), organisation("152226"), hearing_content(**{field: f"個人番号 {NUMBER}"})
        )

    assert refused.value.field == field


def test_promises_are_told_of_once_when_they_fall_due_and_kept(cast):
    hearing = queries.get_contact(actor_of(cast.liaison), make_hearing(cast.liaison).id)
    promise = hearing.promises[0]
    today = japan_date(clock.now())
    assert service.list_fallen_due(today) == []
    assert not service.remind_of_promise(promise.id)

    promise.due_on = today
    db.session.flush()
    assert service.list_fallen_due(today) == [promise.id]
    assert service.remind_of_promise(promise.id)
    assert not service.remind_of_promise(promise.id)
    assert told(last_event("promise_fell_due")) == {"liaison": {cast.liaison.id, cast.deputy.id}}
    assert [each.id for each in queries.list_promises_due(actor_of(cast.deputy))] == [promise.id]

    service.keep_promise(actor_of(cast.deputy), hearing, promise)
    service.keep_promise(actor_of(cast.deputy), hearing, promise)
    assert queries.list_promises_due(actor_of(cast.deputy)) == []
    count = sa.select(sa.func.count()).select_from(EventRecord).where(EventRecord.kind == "promise_kept")
    assert db.session.scalar(count) == 1
    with pytest.raises(Forbidden):
        service.add_promise(actor_of(cast.staff), hearing, PromiseContent(text="送る", due_on=today))
    assert service.add_promise(actor_of(cast.liaison), hearing, PromiseContent(text="送る", due_on=today)).promised_by


def test_where_no_liaison_is_the_secretariat_learns_of_a_due_promise(cast):
    make_hearing(cast.liaison, promises=[PromiseContent(text="送る", due_on=in_days(0))])
    for assignment in db.session.scalars(sa.select(LiaisonAssignment)):
        assignment.ends_at = clock.now() - timedelta(minutes=1)
    db.session.flush()
    promise_id = db.session.scalars(sa.select(Promise.id)).one()

    service.remind_of_promise(promise_id)

    assert told(last_event("promise_fell_due"))["secretariat"] == {cast.secretariat.id, cast.chief.id}


def test_a_call_to_be_repeated_needs_a_day(cast):
    actor, body = actor_of(cast.liaison), organisation("152226")
    for day in (None, in_days(-1), in_days(90)):
        with pytest.raises(Invalid):
            service.log_call(actor, body, CallOutcome.AGAIN, again_on=day)

    call = service.log_call(actor, body, CallOutcome.AGAIN, again_on=in_days(3))

    assert call.audience is Audience.INTERNAL
    with pytest.raises(NotFound):  # a tick has no page of its own
        queries.get_contact(actor, call.id)
    assert list(queries.list_contacts(actor_of(cast.manager), body)) == []


def test_a_merger_passes_contacts_and_promises_on(cast):
    hearing = make_hearing(cast.liaison, cast.staff)
    successor = make_member("152021", Role.LOCAL_STAFF, section="市民課")
    merger = Merger(organisation("152226").id, organisation("152021").id)

    assert inherit_contacts(merger, organisation("152021")) == 1
    assert inherit_contacts(merger, organisation("152021")) == 0

    db.session.expire_all()
    seen = queries.get_contact(actor_of(successor), hearing.id)
    assert seen.promises[0].organisation_id == successor.organisation_id
    with pytest.raises(NotFound):
        queries.get_contact(actor_of(cast.staff), hearing.id)


def test_contacts_are_paged_by_key(cast):
    actor, body = actor_of(cast.liaison), organisation("152226")
    notes = [make_note(cast.liaison, text=f"メモ{n}") for n in range(5)]

    first = queries.list_contacts(actor, body, size=3)
    second = queries.list_contacts(actor, body, size=3, cursor=first.next_cursor)

    assert [each.id for each in (*first, *second)] == [each.id for each in reversed(notes)]
    assert second.next_cursor is None


def test_the_last_day_to_confirm_is_the_third_business_day(cast):
    note = make_note(cast.liaison)

    assert queries.confirmed_by(note) == add_business_days(japan_date(clock.now()), 3)
    assert make_member("152226", Role.LOCAL_STAFF).id not in {cast.staff.id}
