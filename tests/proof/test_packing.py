"""Archives of a paper: every file once under a safe name, hashes that hold, and nobody else's answers in a reader's."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.attachments.inspection import Upload
from portal.attachments.outgoing import HASHES, Archive, safe_name
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Forbidden
from portal.core.events import Audience, EventRecord
from portal.directory.roles import Role
from portal.extensions.service import ask_extension
from portal.forwarding.service import forward_guidance
from portal.guidance import receiving, service
from portal.guidance.queries import get_guidance
from portal.guidance.records import find_own_recipient
from portal.guidance.states import ResponseState
from portal.notifications.models import DeliveryState, Digest, MailMode, Notification, Topic
from portal.proof.packing import pack_files, pack_proof
from tests.factories.guidance import EVERYONE, due_in, issue, make_approved, make_chief, make_content, make_drafter
from tests.factories.people import actor_of, make_member
from tests.factories.revisions import issue_correction
from tests.support.statements import recorded_statements

AREA = AddresseeRule(include=("150002", "152226", "152021"))


def upload(name: str, content: bytes = b"a,b\n1,2\n") -> Upload:
    return Upload(name, io.BytesIO(content), "text/csv")


def test_entries_bear_the_moment_in_japan():
    with clock.pretending(datetime(2026, 11, 30, 20, 30, tzinfo=UTC)):
        archive = Archive()
        archive.add_text("事実.json", "{}")
        archive.add_lines("一覧.json", ["[]"])
        with zipfile.ZipFile(archive.finish()) as made:
            entries = made.infolist()

    assert {each.date_time for each in entries} == {(2026, 12, 1, 5, 30, 0)}
    assert {each.compress_type for each in entries} == {zipfile.ZIP_DEFLATED}


@pytest.fixture
def story(arrange):
    """A corrected paper with files; 上越市 has answered it and asked for time, the prefecture has added to it."""
    with arrange():
        drafter, chief = actor_of(make_drafter()), actor_of(make_chief())
        paper = service.draft_guidance(drafter, make_content(addressees=AREA), uploads=[upload("様式1.csv")])
        service.send_for_review(drafter, paper)
        service.approve_guidance(chief, paper, document_number="総行住第78号")
        issue(chief, paper)
        prefecture = actor_of(make_member("150002", Role.LOCAL_STAFF, section="市町村課"))
        forward_guidance(
            prefecture, paper, find_own_recipient(prefecture, paper), note="県の補足", uploads=[upload("様式1.csv")]
        )
        city_member = make_member("152226", Role.LOCAL_STAFF, section="市民課")
        city = actor_of(city_member)
        receiving.opening_of(city, paper, find_own_recipient(city, paper)).write()
        receiving.receive_guidance(city, paper, section_name="市民課", receipt_number="収第7号")
        ask_extension(city, paper, find_own_recipient(city, paper), wanted_on=due_in(15), reason="集計のため")
        receiving.respond_to_guidance(
            city, paper, state=ResponseState.REPLIED, text="回答します", uploads=[upload("回答.csv")]
        )
        issue_correction(paper)
        other = make_member("152021", Role.LOCAL_STAFF, section="市民課")
        return {"paper": paper.id, "city": city_member, "other": other}


def read(packed) -> zipfile.ZipFile:
    return zipfile.ZipFile(packed)


def paper_of(story, actor):
    return get_guidance(actor, story["paper"])


def hashes_hold(archive: zipfile.ZipFile) -> bool:
    lines = archive.read(HASHES).decode().splitlines()
    stated = {path: digest for digest, path in (line.split("  ", 1) for line in lines)}
    return stated == {
        name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist() if name != HASHES
    }


def test_a_reader_gets_all_files_with_an_index_and_nobody_elses_answer(arrange, story):
    with arrange():
        actor = actor_of(story["other"])
        paper = paper_of(story, actor)
        packed, name = pack_files(actor, paper, find_own_recipient(actor, paper))
        archive = read(packed)
        assert name == "総行住第78号.zip"
        assert set(archive.namelist()) == {"様式1.csv", "都道府県の資料/様式1.csv", "目次.txt", HASHES}
        index = archive.read("目次.txt").decode("utf-8-sig")
        for words in ("総行住第78号", "第1回訂正後", "様式1.csv", "誤「点検の方法」"):
            assert words in index
        assert hashes_hold(archive)
        assert archive.read("目次.txt").startswith(b"\xef\xbb\xbf")  # or Windows misreads it


def test_the_proof_says_who_did_what_when(arrange, story):
    with arrange():
        chief = actor_of(make_chief())
        paper = paper_of(story, chief)
        packed, _ = pack_proof(chief, paper)
        archive = read(packed)
        assert hashes_hold(archive)
        written = json.loads(archive.read("文書.json").decode())
        assert written["paper"]["body"] == paper.body
        assert written["corrections"][0]["errata"][0]["right"] == "点検の手順"
        listed = json.loads(archive.read("宛先と対応.json").decode())
        bodies = {each["organisation_code"]: each for each in listed}
        assert set(bodies) == {"150002", "152226", "152021"}
        city = bodies["152226"]
        assert city["receipts"][0]["receipt_number"] == "収第7号"
        assert city["responses"][0]["text"] == "回答します"
        assert city["extensions"][0]["reason"] == "集計のため"
        assert len(city["openings"]) == 1
        assert bodies["152021"]["receipts"] == []
        assert "回答/回答.csv" in archive.namelist()
        assert "都道府県の資料/様式1.csv" in archive.namelist()
        record = [each["event"] for each in json.loads(archive.read("操作記録.json").decode())]
        assert record.index("guidance_issued") < record.index("guidance_responded") < record.index("guidance_corrected")
        taken = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "proof_taken")).one()
        assert taken.actor_person_id == chief.person_id


def test_the_proof_says_of_which_body_whoever_was_mailed_was_also_by_digest(arrange, story):
    with arrange():
        now = clock.now()
        digest = Digest(
            person_id=story["city"].person_id, digest_on=japan_date(now), message_id="<d@portal.example>",
            state=DeliveryState.SENT, as_of_at=now, not_before_at=now, created_at=now, sent_at=now,
        )  # fmt: skip
        db.session.add(digest)
        db.session.flush()
        line = Notification(
            event_id=db.session.scalars(sa.select(EventRecord.id).where(EventRecord.kind == "guidance_issued")).one(),
            person_id=story["city"].person_id, kind="guidance_issued", topic=Topic.GUIDANCE_NEWS, mode=MailMode.DIGEST,
            audience=Audience.PUBLIC, subject_kind="guidance", subject_id=story["paper"], facts={}, created_at=now,
            digest_id=digest.id,
        )  # fmt: skip
        db.session.add(line)
        chief = actor_of(make_chief())
        packed, _ = pack_proof(chief, paper_of(story, chief))
        (mailed,) = json.loads(read(packed).read("メール.json").decode())
        assert (mailed["event"], mailed["bodies"], mailed["is_digest"]) == ("guidance_issued", ["152226 上越市"], True)
        assert (mailed["state"], mailed["message_id"]) == ("sent", "<d@portal.example>")


def test_the_statements_do_not_grow_with_the_bodies(arrange):
    with arrange():
        chief, counts = actor_of(make_chief()), []
        for number, rule in (
            ("総行住第1号", AddresseeRule(include=("152226",))),
            ("総行住第2号", AddresseeRule(kinds=EVERYONE.kinds, prefectures=("15", "20"))),
        ):
            draft = make_approved(number, chief, addressees=rule)
            issue(chief, draft)
            paper = get_guidance(chief, draft.id)
            with recorded_statements(db.engine) as sent:
                packed, _ = pack_proof(chief, paper)
            counts.append(len(sent))
            bodies = json.loads(read(packed).read("宛先と対応.json").decode())
            assert len(bodies) == paper.recipient_count
        assert counts[0] == counts[1] <= 15


def test_who_takes_the_proof(arrange, story):
    with arrange():
        paper = paper_of(story, actor_of(make_chief()))
        for member in (story["city"], make_member("zaisei", Role.DIVISION)):
            with pytest.raises(Forbidden):
                pack_proof(actor_of(member), paper)
        pack_proof(actor_of(make_drafter()), paper)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("様式:1?.xlsx", "様式＿1＿.xlsx"),
        ("..\\..\\a.txt", "＿..＿a.txt"),
        ("CON.txt", "＿CON.txt"),
        (" . ", "file"),
        ("あ" * 200 + ".xlsx", "あ" * 116 + ".xlsx"),
    ],
)
def test_names_that_every_system_takes(name, safe):
    assert safe_name(name) == safe


def test_the_same_name_twice_is_numbered():
    archive = Archive()
    assert [archive.add_text(name, "x") for name in ("a.txt", "A.txt", "a.txt")] == ["a.txt", "A (2).txt", "a (3).txt"]
    assert archive.add_text("a.txt", "x", folder="別") == "別/a.txt"


def test_on_the_pages(arrange, visit, story):
    paper = f"/guidance/{story['paper']}"
    got = visit(story["city"]).get(f"{paper}/archive").response
    assert got.mimetype == "application/zip"
    assert hashes_hold(read(io.BytesIO(got.data)))
    with arrange():
        chief = make_chief()
    page = visit(chief).get(f"{paper}/proof")
    packed = page.form(f"{paper}/proof").submit().response
    assert packed.mimetype == "application/zip"
    visit(story["city"]).get(f"{paper}/proof", status=404)
