"""The PDF of issued papers: made once in the background, tagged, as people see it, tried again after a failure."""

import re
import shutil
import subprocess
from ctypes.util import find_library
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.attachments.models import Attachment
from portal.attachments.storage import current_store
from portal.core import clock
from portal.core.calendar import start_of_day
from portal.core.db import db, unit_of_work
from portal.directory.roles import Role
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.jobs import printing, renditions
from portal.jobs.engine import current_engine
from portal.renditions import service
from portal.renditions.models import PDF_KIND, Rendition
from portal.renditions.naming import in_order
from portal.renditions.states import RenditionState
from tests.factories.guidance import make_approved, make_draft, make_issued
from tests.factories.people import make_member
from tests.factories.revisions import LINE, issue_correction
from tests.support.sql import refused

BODIES = AddresseeRule(include=("152226",))


def tool(*words) -> str:
    """What a tool of poppler-utils says."""
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True).stdout


pango = pytest.mark.skipif(
    find_library("pango-1.0") is None or not shutil.which("fc-list") or "Noto Serif CJK" not in tool("fc-list"),
    reason="needs Pango and the Japanese fonts (libpango, fonts-noto-cjk)",
)


@pytest.fixture
def paper(arrange):
    """The id of an issued paper."""
    with arrange():
        return make_issued(
            "総行住第78号", addressees=BODIES, body="点検の対象は次のとおりです。\n\n## 記\n\n1. 手帳"
        ).id


def files_of(guidance_id: int) -> list[Attachment]:
    return list(
        db.session.scalars(
            sa.select(Attachment)
            .where(Attachment.owner_kind == PDF_KIND, Attachment.owner_id == guidance_id)
            .order_by(Attachment.id)
        )
    )


def bytes_of(file: Attachment) -> bytes:
    with current_store().open(file.storage_key) as stream:
        return stream.read()


def make(app) -> None:
    with app.app_context():
        renditions.make_renditions()


@pango
def test_each_text_is_printed_once(app, arrange, paper):
    make(app)
    make(app)
    with arrange():
        (first,) = files_of(paper)
        assert first.file_name == "総行住第78号.pdf"
        assert bytes_of(first).startswith(b"%PDF-1.7")
        issue_correction(db.session.get_one(Guidance, paper))
    make(app)
    with arrange():
        kept, second = files_of(paper)
        assert kept.id == first.id
        assert second.file_name == "総行住第78号（第1回訂正後）.pdf"


@pytest.mark.one_engine
def test_a_worker_that_stops_while_the_printer_starts_ends_without_an_error(app, arrange, paper, monkeypatch):
    with app.app_context():
        stopping = current_engine().stopping
        monkeypatch.setattr(printing, "_missing", set())
        monkeypatch.setattr(printing, "_GRACE_SECONDS", 0)
        stopping.set()
        try:
            renditions.make_renditions()
        finally:
            stopping.clear()

    with arrange():
        assert service.list_due_renditions() == [(paper, 0)]


def test_a_paper_corrected_before_its_first_print_has_one_of_each_text(arrange, paper):
    with arrange():
        for _ in range(2):
            issue_correction(db.session.get_one(Guidance, paper))
        assert service.list_due_renditions() == [(paper, 0), (paper, 1), (paper, 2)]
        service.claim_rendition(paper, 1)
        assert service.list_due_renditions() == [(paper, 0), (paper, 2)]


@pytest.mark.one_engine
@pango
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")
def test_the_print_of_the_original_text_knows_no_correction(app, arrange, paper, tmp_path):
    with arrange():
        issue_correction(db.session.get_one(Guidance, paper), replace(LINE, wrong="手帳", right="手帳と台帳"))
    make(app)
    with arrange():
        kept = files_of(paper)
        assert [file.file_name for file in kept] == ["総行住第78号.pdf", "総行住第78号（第1回訂正後）.pdf"]
        assert in_order(reversed(kept)) == kept
        said = []
        for file in kept:
            (tmp_path / "a.pdf").write_bytes(bytes_of(file))
            said.append(re.sub(r"\s+", "", tool("pdftotext", "-layout", tmp_path / "a.pdf", "-")))
    assert "正誤表" not in said[0]
    assert "手帳と台帳" not in said[0]
    assert "第1回訂正後" in said[1]
    assert "手帳と台帳" in said[1]


@pytest.mark.one_engine
@pango
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")
def test_the_print_holds_the_text_in_japanese_type(app, arrange, paper, tmp_path):
    make(app)
    with arrange():
        file = tmp_path / "a.pdf"
        file.write_bytes(bytes_of(files_of(paper)[0]))
    said = re.sub(r"\s+", "", tool("pdftotext", "-layout", file, "-"))
    for words in ("総行住第78号", "点検の対象は次のとおりです。", "照会先", "1/1"):
        assert words in said
    assert "Noto-Serif-CJK-JP" in tool("pdffonts", file)
    assert 'pdfuaid:part="1"' in tool("pdfinfo", "-meta", file)
    facts = tool("pdfinfo", file)
    assert re.search(r"Tagged: +yes", facts)
    assert re.search(r"Pages: +1$", facts, re.MULTILINE)


@pytest.mark.one_engine
@pango
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")
def test_the_print_of_a_paper_from_before_the_portal_says_so(app, arrange, paper, tmp_path):
    with arrange():
        old = make_approved("総行住第12号", addressees=BODIES)
        old.issued_on, old.issued_at, old.taken_over_at = date(2023, 6, 1), start_of_day(date(2023, 6, 1)), clock.now()
        old.state = GuidanceState.ISSUED
        old = old.id
    make(app)
    with arrange():
        file = tmp_path / "a.pdf"
        file.write_bytes(bytes_of(files_of(old)[0]))
    said = re.sub(r"\s+", "", tool("pdftotext", "-layout", file, "-"))
    assert "令和5年6月1日" in said
    assert "ポータルを使う前に発出された文書です。" in said


def test_only_issued_papers_are_printed_and_the_newest_first(arrange, paper):
    with arrange():
        make_draft()
        make_approved("総行住第79号", addressees=BODIES)
        newer = make_issued("総行住第80号", addressees=BODIES).id
        assert service.list_due_renditions() == [(newer, 0), (paper, 0)]


def test_two_workers_do_not_make_the_same_one(arrange, paper):
    with arrange():
        assert service.claim_rendition(paper, 0) == (paper, 0, 1)
        assert service.claim_rendition(paper, 0) is None
        assert service.list_due_renditions() == []


def test_a_killed_worker_loses_its_claim_and_keeps_nothing_twice(arrange, paper):
    with arrange():
        first = service.claim_rendition(paper, 0)
        with clock.pretending(clock.now() + timedelta(minutes=11)):
            assert service.list_due_renditions() == [(paper, 0)]
            second = service.claim_rendition(paper, 0)
            assert second == (paper, 0, 2)
            assert not service.keep_rendition(first, b"%PDF-late", "a.pdf")
            assert service.keep_rendition(second, b"%PDF-1", "a.pdf")
            assert not service.keep_rendition(second, b"%PDF-1", "a.pdf")
        assert len(files_of(paper)) == 1


@pango
def test_a_failure_is_said_and_tried_again_five_times(app, arrange, paper, monkeypatch):
    monkeypatch.setattr(renditions, "_STYLES", ("no-such-file.css",))
    renditions.paper_styles.cache_clear()
    later = clock.now()
    for tries in range(1, 6):
        with clock.pretending(later):
            make(app)
        with arrange():
            row = db.session.get_one(Rendition, (paper, 0))
            assert (row.state, row.tries) == (RenditionState.FAILED, tries)
            assert "no-such-file.css" in row.error
        later += timedelta(minutes=6)
    with clock.pretending(later), app.app_context(), unit_of_work():
        assert service.list_due_renditions() == []


def test_a_printed_copy_is_fixed_in_the_database(arrange, paper):
    with arrange():
        assert service.keep_rendition(service.claim_rendition(paper, 0), b"%PDF-1", "a.pdf")
        (file,) = files_of(paper)
        for change in ("sha256 = 'y'", "removed_at = uploaded_at", "owner_id = 0"):
            assert refused(f"UPDATE attachment SET {change} WHERE id = :id", id=file.id), change
        assert refused("DELETE FROM attachment WHERE id = :id", id=file.id)


def test_who_sees_the_paper_gets_its_print(arrange, visit, paper):
    with arrange():
        official, other = make_member("152226", Role.LOCAL_STAFF), make_member("152048", Role.LOCAL_STAFF)
    assert "準備でき次第" in visit(official).get(f"/guidance/{paper}").main
    with arrange():
        service.keep_rendition(service.claim_rendition(paper, 0), b"%PDF-1", "総行住第78号.pdf")
        file_id = files_of(paper)[0].id
    page = visit(official).get(f"/guidance/{paper}")
    assert "総行住第78号.pdf" in page.main
    got = visit(official).get(f"/guidance/{paper}/attachments/{file_id}")
    assert got.response.mimetype == "application/pdf"
    visit(other).get(f"/guidance/{paper}/attachments/{file_id}", status=404)
