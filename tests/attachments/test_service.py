"""Attachments are stored with their rows, all or none, and found by their owner."""

import hashlib
import os
from datetime import timedelta

import pytest

from portal.attachments import service
from portal.attachments.models import Attachment
from portal.attachments.queries import find_attachment, list_attachments
from portal.attachments.service import delete_orphans, list_orphans, remove_attachment, store_attachments
from portal.attachments.storage import current_store
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid, NeedsConfirmation
from portal.core.events import Audience
from portal.directory.roles import Role
from tests.attachments.samples import MY_NUMBER, PDF, upload
from tests.factories.people import actor_of, make_member
from tests.support.statements import recorded_statements


@pytest.fixture
def actor(app, arrange):
    """An official of 上越市."""
    with arrange():
        return actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課"))


def stored_keys():
    return {key for key, _ in current_store().written()}


def test_files_are_stored_with_their_facts(arrange, actor):
    with arrange():
        rows = store_attachments(actor, "issue", 7, [upload("C:\\通知.pdf", PDF), upload("メモ.txt", b"x")])
        first = rows[0]
        assert first.id
        assert (first.owner_kind, first.owner_id, first.audience) == ("issue", 7, None)
        assert (first.file_name, first.media_type, first.size_bytes) == ("通知.pdf", "application/pdf", len(PDF))
        assert first.sha256 == hashlib.sha256(PDF).hexdigest()
        assert first.uploaded_by_person_id == actor.person_id
        with current_store().open(first.storage_key) as file:
            assert file.read() == PDF
        assert stored_keys() == {row.storage_key for row in rows}


def test_no_files_are_no_work(arrange, actor):
    with arrange():
        assert store_attachments(actor, "issue", 7, []) == []


def test_one_bad_file_stores_none(arrange, actor):
    with arrange(), pytest.raises(Invalid) as refused:
        store_attachments(actor, "issue", 7, [upload("a.pdf", PDF), upload("b.exe", b"MZ")], field="files")
    assert (refused.value.field, refused.value.params["name"]) == ("files", "b.exe")
    assert stored_keys() == set()


def test_a_number_that_was_confirmed_is_stored(arrange, actor):
    files = [upload("a.txt", f"管理番号 {MY_NUMBER}".encode())]
    with arrange():
        with pytest.raises(NeedsConfirmation):
            store_attachments(actor, "issue", 7, files)
        assert store_attachments(actor, "issue", 7, files, confirmed=True)


def test_the_quota_of_an_owner_holds_and_removed_files_do_not_count(arrange, actor, monkeypatch):
    monkeypatch.setattr(service, "OWNER_QUOTA", 2 * len(PDF))
    with arrange():
        first = store_attachments(actor, "issue", 7, [upload("a.pdf", PDF), upload("b.pdf", PDF)])[0]
        with pytest.raises(Invalid, match="合計"):
            store_attachments(actor, "issue", 7, [upload("c.pdf", PDF)])
        assert store_attachments(actor, "issue", 8, [upload("c.pdf", PDF)])
        remove_attachment(first)
        db.session.flush()
        assert store_attachments(actor, "issue", 7, [upload("c.pdf", PDF)])


def test_a_full_disk_leaves_neither_rows_nor_files(arrange, actor, monkeypatch):
    store, put = current_store(), current_store().put
    calls = []

    def full_at_the_second(stream):
        calls.append(stream)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return put(stream)

    monkeypatch.setattr(store, "put", full_at_the_second)
    with pytest.raises(OSError, match="No space"), arrange():
        store_attachments(actor, "issue", 7, [upload("a.pdf", PDF), upload("b.pdf", PDF)])
    assert stored_keys() == set()
    with arrange():
        assert list_attachments("issue", [7])[7] == []


def test_lists_are_by_owner_kind_and_audience_in_one_statement(arrange, actor):
    with arrange():
        for owner_id, name, audience in [
            (1, "a.pdf", Audience.PUBLIC),
            (1, "b.pdf", Audience.INTERNAL),
            (2, "c.pdf", None),
            (3, "d.pdf", Audience.PUBLIC),
        ]:
            store_attachments(actor, "post", owner_id, [upload(name, PDF)], audience=audience)
        store_attachments(actor, "issue", 1, [upload("other.pdf", PDF)])
    with arrange():
        with recorded_statements(db.engine) as statements:
            found = list_attachments("post", [1, 2, 9])
        assert len([statement for statement in statements if "attachment" in statement]) == 1
        names = {owner: [row.file_name for row in rows] for owner, rows in found.items()}
        assert names == {1: ["a.pdf", "b.pdf"], 2: ["c.pdf"]}
        public = list_attachments("post", [1, 2], audiences={Audience.PUBLIC})
        assert [row.file_name for row in public[1] + public[2]] == ["a.pdf", "c.pdf"]
        assert list_attachments("post", []) == {}


def test_an_attachment_is_found_only_through_its_owner(arrange, actor):
    with arrange():
        note = store_attachments(actor, "post", 1, [upload("a.pdf", PDF)], audience=Audience.INTERNAL)[0]
    with arrange():
        assert find_attachment("post", 1, note.id).id == note.id
        assert find_attachment("post", 2, note.id) is None
        assert find_attachment("issue", 1, note.id) is None
        assert find_attachment("post", 1, note.id, audiences=[Audience.PUBLIC]) is None
        assert find_attachment("post", 1, note.id, audiences=[Audience.PUBLIC, Audience.INTERNAL])
        remove_attachment(db.session.get(Attachment, note.id))
    with arrange():
        assert find_attachment("post", 1, note.id) is None
        assert list_attachments("post", [1])[1] == []
        assert stored_keys() == {note.storage_key}


def test_files_of_a_rolled_back_request_are_swept_after_a_day(arrange, actor):
    def fail_later():
        with arrange():
            store_attachments(actor, "issue", 7, [upload("lost.pdf", PDF)])
            raise Invalid("later")

    with pytest.raises(Invalid, match="later"):
        fail_later()
    (lost,) = stored_keys()
    with arrange():
        kept = store_attachments(actor, "issue", 7, [upload("kept.pdf", PDF)])[0].storage_key
        assert list_orphans() == []
    old = (clock.now() - timedelta(days=2)).timestamp()
    for key in (lost, kept):
        os.utime(current_store().root / key[:2] / key, (old, old))
    with arrange():
        assert list_orphans() == [lost]
        assert delete_orphans() == 1
    assert stored_keys() == {kept}
