"""An answer by mail becomes a post of the same audience, or is held back with a reason; never anything else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.attachments.models import Attachment
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import Audience, EventRecord
from portal.directory.models import Membership
from portal.inbound import queries, service
from portal.inbound.models import InboundMail
from portal.inbound.originals import delete_lost_originals, keep_original, read_original
from portal.inbound.states import HeldReason, MailState
from portal.issues import service as issues
from portal.issues.models import Issue, Post
from portal.issues.states import IssueState, PostKind
from portal.notifications.events import ReplyHeld
from tests.factories.issues import fetch, make_cast, make_issue
from tests.factories.people import actor_of
from tests.inbound.mails import mail

MY_NUMBER = "個人番号は 1234 5678 9018 です。"


@pytest.fixture
def returned(arrange, address_for):
    """An issue that waits for its submitter, and the address at which they may answer."""
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.RETURNED)
    return cast, issue, address_for(cast.staff, issue)


def posts_of(issue: Issue) -> list[Post]:
    return list(db.session.scalars(sa.select(Post).where(Post.issue_id == issue.id).order_by(Post.id)))


def test_an_answer_becomes_a_post_of_its_sender_once(arrange, returned, take):
    cast, issue, address = returned
    content = mail(address, files=[("内訳.csv", "区分,件数\n身体,20\n".encode())])
    first, again = take(content), take(content)

    assert (first.state, first.reason, again.id) == (MailState.POSTED, None, first.id)
    with arrange():
        post = posts_of(issue)[-1]
        assert (post.body, post.audience, post.kind) == ("身体20件、療育6件です。", Audience.PUBLIC, PostKind.REPLY)
        assert post.author_person_id == cast.staff.person_id
        assert db.session.scalars(sa.select(Attachment.file_name).where(Attachment.owner_id == post.id)).all() == [
            "内訳.csv"
        ]
        assert read_original(db.session.get_one(InboundMail, first.id)) == content
        kinds = db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id.desc()).limit(1)).all()
        assert kinds == ["reply_posted"]


def test_an_answer_to_a_note_stays_a_note(arrange, address_for, take):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
        issues.write_note(actor_of(cast.division), fetch(cast.division, issue), text="県内の状況を確認中です。")
    take(mail(address_for(cast.liaison, issue), "ほかの市でも同じです。"))

    with arrange():
        post = posts_of(issue)[-1]
        assert (post.body, post.audience) == ("ほかの市でも同じです。", Audience.INTERNAL)


def test_a_ministry_s_answer_by_mail_is_its_reply_to_the_consultation(arrange, address_for, take):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.CONSULTING)
    take(mail(address_for(cast.ministry, issue), "差し支えありません。"))

    with arrange():
        post = posts_of(issue)[-1]
        assert (post.audience, post.kind) == (Audience.CONSULT, PostKind.CONSULTATION_REPLY)
        assert db.session.get_one(Issue, issue.id).state is IssueState.ASSIGNED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sender": "mallory@elsewhere.example"}, HeldReason.OTHER_SENDER),
        ({"Auto_Submitted": "auto-replied"}, HeldReason.AUTOMATIC),
        ({"Return_Path": "<>"}, HeldReason.BOUNCE),
        ({"text": ""}, HeldReason.EMPTY),
        ({"text": "番号は 123456789018 です。"}, HeldReason.NUMBER),
        ({"files": [("tool.exe", b"MZ\x90\x00" + b"\x00" * 60)]}, HeldReason.REFUSED),
    ],
    ids=lambda value: value.value if isinstance(value, HeldReason) else "",
)
def test_what_may_not_be_posted_by_itself_is_held_back(arrange, returned, take, changes, reason):
    _, issue, address = returned
    row = take(mail(address, **changes))

    assert (row.state, row.reason, row.post_id) == (MailState.HELD, reason, None)
    assert row.issue_id == issue.id
    with arrange():
        assert "身体20件" not in "".join(post.body for post in posts_of(issue))
        told = db.session.scalar(sa.select(sa.func.count()).where(EventRecord.kind == ReplyHeld.kind()))
        assert told == (0 if reason in {HeldReason.AUTOMATIC, HeldReason.BOUNCE} else 1)


def test_an_address_of_nobody_belongs_to_no_issue(returned, take):
    _, _, address = returned
    local, _, domain = address.partition("@")
    forged = local[:-1] + ("a" if local[-1] != "a" else "b")
    for wrong in (f"{forged}@{domain}", f"reply@{domain}", f"{local}@elsewhere.example"):
        row = take(mail(wrong, Message_ID=f"<{wrong}>"))
        assert (row.reason, row.issue_id, row.person_id) == (HeldReason.UNKNOWN_ADDRESS, None, None)


def test_another_s_address_is_of_no_use(arrange, returned, take):
    """Whoever learns an address can post there only as its owner, from the owner's own mailbox."""
    cast, _, address = returned
    with arrange():
        other = db.session.get_one(Membership, cast.manager.id)
        sender = other.person_id
    row = take(mail(address, sender=f"person{sender}@test.example"))

    assert row.reason is HeldReason.OTHER_SENDER


def test_an_address_is_good_for_thirty_days(returned, take):
    _, _, address = returned
    with clock.pretending(clock.now() + timedelta(days=31)):
        assert take(mail(address)).reason is HeldReason.EXPIRED


def test_whoever_has_left_or_may_not_post_any_more_is_held_back(arrange, returned, take):
    cast, issue, address = returned
    with arrange():
        issues.withdraw_issue(actor_of(cast.staff), fetch(cast.staff, issue), reason="解決しました。")
    assert take(mail(address)).reason is HeldReason.NOT_ALLOWED
    with arrange():
        db.session.get_one(Membership, cast.staff.id).ends_at = clock.now() - timedelta(minutes=1)
    assert take(mail(address, "退職後です。")).reason is HeldReason.NOT_ALLOWED


def test_a_loop_ends_after_twenty_mails_in_an_hour(returned, take):
    _, _, address = returned
    reasons = {take(mail(address, f"{number}件目です。")).reason for number in range(service.MOST_AN_HOUR)}

    assert reasons == {None}
    assert take(mail(address, "もう1件です。")).reason is HeldReason.TOO_MANY


def test_a_my_number_is_kept_nowhere(arrange, returned, take):
    _, _, address = returned
    row = take(mail(address, MY_NUMBER))

    assert (row.reason, row.text, row.subject, row.original_key) == (HeldReason.REFUSED, "", "", None)
    with arrange():
        assert not any(
            "9018" in (mail_row.text + (mail_row.detail or ""))
            for mail_row in db.session.scalars(sa.select(InboundMail))
        )


def test_a_person_releases_what_was_held_back_and_another_comes_too_late(arrange, returned, take):
    cast, issue, address = returned
    row = take(mail(address, sender="taro@home.example", files=[("内訳.csv", b"a,b\n1,2\n")]))
    with arrange():
        chief, held = actor_of(cast.chief), queries.get_mail(actor_of(cast.chief), row.id)
        with pytest.raises(Invalid):
            service.release_mail(chief, held, note=" ")
        with pytest.raises(Conflict):
            service.release_mail(chief, held, note="確認済", version=held.version + 1)
        with pytest.raises(Forbidden):
            service.release_mail(actor_of(cast.liaison), held, note="確認済")
        service.release_mail(chief, held, note="電話で本人に確認しました。", version=held.version)
    with arrange():
        post = posts_of(issue)[-1]
        assert (post.author_person_id, post.body) == (cast.staff.person_id, "身体20件、療育6件です。")
        held = queries.get_mail(actor_of(cast.secretariat), row.id)
        assert (held.state, held.post_id) == (MailState.RELEASED, post.id)
        with pytest.raises(Conflict):
            service.discard_mail(actor_of(cast.secretariat), held, note="重複")


def test_what_belongs_to_nothing_can_only_be_discarded(arrange, returned, take):
    cast, _, _ = returned
    row = take(mail("reply@portal.example"))
    with arrange():
        secretary, held = actor_of(cast.secretariat), queries.get_mail(actor_of(cast.secretariat), row.id)
        with pytest.raises(Forbidden):
            service.release_mail(secretary, held, note="確認済")
        service.discard_mail(secretary, held, note="迷惑メール")
    with arrange():
        assert queries.count_held() == 0


def test_a_mail_that_cannot_be_handled_stops_no_other_and_is_not_lost(arrange, replying):
    with arrange():
        row = service.hold_unreadable(b"rubbish")
        assert service.hold_unreadable(b"rubbish").id == row.id
        assert (row.reason, read_original(row)) == (HeldReason.FAILED, b"rubbish")


def test_originals_that_no_row_names_go_after_a_day(arrange, replying, returned, take):
    _, _, address = returned
    take(mail(address))
    with arrange():
        keep_original(b"lost")
        assert delete_lost_originals() == 0
        with clock.pretending(clock.now() + timedelta(days=2)):
            assert delete_lost_originals() == 1
