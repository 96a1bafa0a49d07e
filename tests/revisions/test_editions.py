"""New editions, joined papers, and what a body reads of the difference from what it received."""

import io

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.attachments.inspection import Upload
from portal.attachments.queries import list_attachments
from portal.attachments.service import store_attachments
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.directory.roles import Role
from portal.guidance import receiving
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.issuing import recalling
from portal.issuing.recalling import Stopped
from portal.notifications.models import Notification
from portal.revisions import correcting, editions, queries
from portal.revisions.changes import Edition, FileChange, compare_editions
from portal.revisions.correcting import ErratumContent
from tests.factories.guidance import due_in, issue, make_approved, make_chief, make_draft, make_drafter, make_issued
from tests.factories.people import actor_of, make_member
from tests.factories.revisions import LINE, issue_correction, issue_draft, make_correction, make_next_edition

JOETSU = AddresseeRule(include=("152226",))
BOTH = AddresseeRule(include=("152226", "152048"))


def _csv(name, text="いち"):
    return Upload(name, io.BytesIO(f"{text}\n".encode()))


def test_a_new_edition_begins_as_the_old_one_reads_without_its_due(arrange):
    with arrange():
        old = make_issued("総行住第1号", addressees=BOTH)
        draft = make_next_edition(old)
        assert (draft.edition, draft.predecessor_id, draft.state) == (2, old.id, GuidanceState.DRAFT)
        assert (draft.title, draft.body, draft.document_number) == (old.title, old.body, None)
        assert draft.addressees == old.addressees
        assert draft.reply_due_on is None
        with pytest.raises(Conflict):
            make_next_edition(old)


def test_a_new_edition_begins_with_what_was_corrected(arrange):
    with arrange():
        old = make_issued("総行住第1号", addressees=BOTH, body="記\n\n1. 期限は11月30日\n2. 点検の方法")
        issue_correction(old, ErratumContent(place="記の1", wrong="11月30日", right="12月1日"))
        issue_correction(old, LINE)
        draft = make_next_edition(old)
        assert draft.body == "記\n\n1. 期限は12月1日\n2. 点検の手順"
        before = Edition(old, corrections=queries.list_corrections(actor_of(make_drafter()), old))
        assert "本文" not in [part.name for part in compare_editions(before, Edition(draft)).parts]


def test_a_file_of_a_correction_stands_for_the_one_of_its_name(arrange):
    with arrange():
        drafter = actor_of(make_drafter())
        old = make_draft(drafter, addressees=BOTH)
        store_attachments(drafter, "guidance", old.id, [_csv("様式.csv"), _csv("別添.csv")])
        issue_draft(old, "総行住第1号")
        correction = make_correction(old, drafter)
        [newer] = store_attachments(drafter, "correction", correction.id, [_csv("様式.csv", "新しい")])
        correcting.send_correction_for_review(drafter, old, correction)
        correcting.issue_correction(actor_of(make_chief()), old, correction)
        draft = make_next_edition(old)
        files = list_attachments("guidance", [draft.id])[draft.id]
        assert [each.file_name for each in files] == ["様式.csv", "別添.csv"]
        assert files[0].sha256 == newer.sha256


def test_the_due_is_kept_when_wanted(arrange):
    with arrange():
        old = make_issued("総行住第1号", addressees=BOTH, reply_due_on=due_in(10))
        assert make_next_edition(old, keeps_due=True).reply_due_on == due_in(10)


def test_the_old_edition_is_superseded_at_the_moment_of_the_issue(arrange):
    with arrange():
        old = make_issued("総行住第1号", addressees=BOTH)
        new = make_next_edition(old)
        assert old.state is GuidanceState.ISSUED
        issue_draft(new, "総行住第2号")
        assert (old.state, new.state) == (GuidanceState.SUPERSEDED, GuidanceState.ISSUED)
        official = actor_of(make_member("152226", Role.LOCAL_STAFF))
        with pytest.raises(Conflict):
            receiving.receive_guidance(official, old, section_name="市民課")
        with pytest.raises(Conflict):
            make_next_edition(old)
        assert [each.id for each in queries.list_relatives(official, old).successors] == [new.id]
        assert [each.id for each in queries.list_relatives(official, new).replaced] == [old.id]


def test_a_recalled_edition_gives_the_old_one_its_force_back(arrange):
    with arrange():
        old = make_issued("総行住第1号", addressees=BOTH)
        new = issue_draft(make_next_edition(old), "総行住第2号")
        chief = actor_of(make_chief())
        recall = recalling.begin_recall(chief, new, reason="誤り")
        recalling.conclude_recall(chief, recall, Stopped(stopped=0, sent=0, uncertain=0))
        assert (old.state, new.state) == (GuidanceState.ISSUED, GuidanceState.RECALLED)
        assert make_next_edition(old).edition == 2


def test_papers_are_joined_into_one(arrange):
    with arrange():
        drafter = actor_of(make_drafter())
        first, second = make_issued("総行住第1号", addressees=BOTH), make_issued("総行住第2号", addressees=BOTH)
        draft = make_next_edition(first)
        editions.absorb_paper(drafter, draft, "総行住第２号")
        with pytest.raises(Invalid):
            editions.absorb_paper(drafter, draft, "総行住第2号")
        for typed in ("総行住第9号", str(draft.id), "総行住第1号"):
            with pytest.raises(Invalid):
                editions.absorb_paper(drafter, draft, typed)
        issue_draft(draft, "総行住第3号")
        assert {first.state, second.state} == {GuidanceState.SUPERSEDED}
        chief = actor_of(make_chief())
        recalling.begin_recall(chief, draft, reason="誤り")
        assert {first.state, second.state} == {GuidanceState.ISSUED}


def test_a_joined_paper_may_be_left_as_it_is_and_others_papers_are_not_joined(arrange):
    with arrange():
        drafter = actor_of(make_drafter())
        first, second = make_issued("総行住第1号", addressees=BOTH), make_issued("総行住第2号", addressees=BOTH)
        draft = make_next_edition(first)
        editions.absorb_paper(drafter, draft, str(second.id))
        editions.release_paper(drafter, draft, second.id)
        issue_draft(draft, "総行住第3号")
        assert second.state is GuidanceState.ISSUED
        other = actor_of(make_member("zaisei", Role.DIVISION))
        own = make_draft(other, sender_id=other.organisation_id)
        with pytest.raises(Invalid):
            editions.absorb_paper(other, own, "総行住第2号")


def test_a_body_reads_the_difference_from_the_edition_that_it_received(arrange):
    with arrange():
        received_first = actor_of(make_member("152226", Role.LOCAL_STAFF))
        received_second = actor_of(make_member("152048", Role.LOCAL_STAFF))
        one = make_issued("総行住第1号", addressees=BOTH)
        for official in (received_first, received_second):
            receiving.receive_guidance(official, one, section_name="市民課")
        two = issue_draft(make_next_edition(one), "総行住第2号")
        receiving.receive_guidance(received_second, two, section_name="市民課")
        three = issue_draft(make_next_edition(two), "総行住第3号")
        for official, edition in ((received_first, one), (received_second, two)):
            earlier = queries.list_earlier_editions(official, three)
            assert [each.id for each in earlier] == [two.id, one.id]
            assert queries.find_received_edition(official, earlier).id == edition.id


def test_a_body_that_is_new_among_the_addressees_sees_no_earlier_edition(arrange):
    with arrange():
        old = make_issued("総行住第1号", addressees=JOETSU)
        newcomer = actor_of(make_member("152048", Role.LOCAL_STAFF))
        new = make_next_edition(old)
        new.addressees = BOTH.to_dict()
        issue_draft(new, "総行住第2号")
        assert queries.list_earlier_editions(newcomer, new) == []
        assert queries.list_relatives(newcomer, new).replaced == []


def test_what_changed_is_said_part_by_part(arrange):
    with arrange():
        old = Guidance(title="点検について", body="点検は11月に行う。", contact="住民台帳係", kind=None)
        new = Guidance(title="点検について", body="点検は12月に行う。", contact="住民台帳係", kind=None)
        for each in (old, new):
            for name in ("required_action", "concerned_sections", "addressee_line", "sender_title", "legal_basis"):
                setattr(each, name, "")
        found = compare_editions(Edition(old), Edition(new))
        assert [part.name for part in found.parts] == ["本文"]
        assert "".join(text for kind, text in found.parts[0].pieces if kind.value != "removed") == "点検は12月に行う。"
        assert not found.is_empty
        assert compare_editions(Edition(old), Edition(old)).is_empty


def test_whoever_does_not_get_the_new_edition_is_told_that_the_old_one_ended(arrange, tell):
    with arrange():
        stays = make_member("152226", Role.LOCAL_STAFF).person_id
        left = make_member("152048", Role.LOCAL_STAFF).person_id
        old = make_issued("総行住第1号", addressees=BOTH)
        new = make_next_edition(old)
        new.addressees = JOETSU.to_dict()
        issue_draft(new, "総行住第2号")
    tell()
    with arrange():
        told = set(
            db.session.scalars(sa.select(Notification.person_id).where(Notification.kind == "guidance_superseded"))
        )
        assert left in told
        assert stays not in told


def test_a_scheduled_edition_supersedes_too(arrange):
    with arrange():
        chief = actor_of(make_chief())
        old = make_issued("総行住第1号", addressees=BOTH)
        other = make_approved("総行住第7号", chief, addressees=BOTH)
        other.predecessor_id, other.edition = old.id, 2
        issue(chief, other)
        assert old.state is GuidanceState.SUPERSEDED


def test_files_are_compared_by_name_and_content():
    class File:
        def __init__(self, file_name, sha256):
            self.file_name, self.sha256 = file_name, sha256

    old = [File("様式.xlsx", "a"), File("別添.pdf", "b"), File("旧.txt", "c")]
    new = [File("様式.xlsx", "a"), File("別添.pdf", "B"), File("新.txt", "d")]
    paper = Guidance(title="x", body="", contact="", required_action="", concerned_sections="", addressee_line="")
    paper.sender_title = paper.legal_basis = ""
    assert compare_editions(Edition(paper, old), Edition(paper, new)).files == [
        (FileChange.SAME, "様式.xlsx"),
        (FileChange.REPLACED, "別添.pdf"),
        (FileChange.ADDED, "新.txt"),
        (FileChange.REMOVED, "旧.txt"),
    ]
