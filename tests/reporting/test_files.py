"""The files of reports, made as the worker makes them and opened with the programs that people use."""

import csv
import io
import subprocess
import zipfile
from shutil import which

import pytest
import sqlalchemy as sa
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook
from sqlalchemy import orm

from portal.attachments.models import Attachment
from portal.attachments.storage import current_store
from portal.core.db import db, unit_of_work
from portal.directory.roles import Role
from portal.jobs.reports import make_reports
from portal.reporting.models import Chart, Report, ReportFile
from portal.reporting.states import Edition, FileForm, MakingState
from tests.factories.inspections import day, entry_of
from tests.factories.people import make_member
from tests.factories.reporting import CODES, add_snapshot, make_counted, make_published

pytestmark = pytest.mark.one_engine


@pytest.fixture
def campaign(arrange):
    """Published: four bodies found 60 each, one found 3 and has not published; its own count stands nowhere."""
    with arrange():
        made = make_counted()
        for code in CODES:
            few = code == "152226"
            add_snapshot(entry_of(made, code), day(3), mislinks=3 if few else 60, causes={"input": 3 if few else 60})
        add_snapshot(entry_of(made, "152226", 2), day(3), mislinks=7, causes={"merge": 7})
        make_published(made)
        return made


@pytest.fixture
def files(app, arrange, campaign):
    """Every file of the published edition by its form."""
    with app.app_context():
        make_reports()
    with arrange():
        rows = db.session.scalars(sa.select(ReportFile)).all()
        assert {row.state for row in rows} == {MakingState.MADE}, [row.error for row in rows]
        keys = {row.form: db.session.get_one(Attachment, row.attachment_id).storage_key for row in rows}
        return {form: current_store().open(key).read() for form, key in keys.items()}


def test_every_file_of_a_correction_says_so_and_why(app, arrange, campaign):
    with arrange():
        first = db.session.scalars(sa.select(Report)).one()
        corrected = make_published(campaign, corrects=first, reason="集計漏れのため")
    with app.app_context():
        make_reports()
    with arrange():
        rows = db.session.scalars(sa.select(ReportFile).where(ReportFile.report_id == corrected.id)).all()
        kept = {row.form: db.session.get_one(Attachment, row.attachment_id) for row in rows}
        assert all("（訂正）" in each.file_name for each in kept.values())
        files = {form: current_store().open(each.storage_key).read() for form, each in kept.items()}
    said = "この報告は、前の報告を訂正したものです。訂正の理由：集計漏れのため"
    assert said in [each.text for each in Document(io.BytesIO(files[FileForm.WORD])).paragraphs]
    front = CalamineWorkbook.from_filelike(io.BytesIO(files[FileForm.EXCEL])).get_sheet_by_name("概要").to_python()
    assert ["訂正", said] in [row[:2] for row in front]
    if which("pdftotext"):
        done = subprocess.run(["pdftotext", "-", "-"], input=files[FileForm.PDF], capture_output=True, check=True)
        assert said in "".join(done.stdout.decode().split())


def test_every_file_opens_and_tells_the_same_figures(files):
    word = Document(io.BytesIO(files[FileForm.WORD]))
    cells = [cell.text for table in word.tables for cell in table._cells]
    assert "250" in cells
    assert any("児童手当" in cell for cell in cells)
    assert word.styles["Normal"].font.name == "游明朝"
    figures = {cell.text.rstrip("＊") for table in word.tables for cell in table._cells if _is_right(cell)}
    assert {"250", "数"} <= figures
    assert "児童手当" not in figures

    book = CalamineWorkbook.from_object(io.BytesIO(files[FileForm.EXCEL]))
    values = [value for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for value in row]
    assert 250.0 in values

    assert files[FileForm.PDF].startswith(b"%PDF")
    rows = list(csv.reader(io.StringIO(files[FileForm.OPEN_CSV].decode("utf-8-sig"))))
    total = next(row for row in rows if row[1] == "procedure_records" and row[3] == "total" and row[5] == "mislinks")
    assert total[7] == "250"
    assert files[FileForm.OPEN_CSV].startswith(b"\xef\xbb\xbf")

    open_book = CalamineWorkbook.from_object(io.BytesIO(files[FileForm.OPEN_EXCEL])).get_sheet_by_index(0).to_python()
    assert len(open_book) == len(rows)


def test_the_word_file_is_laid_out_for_office_programs(files):
    word = Document(io.BytesIO(files[FileForm.WORD]))

    assert {each.get(qn("w:eastAsia")) for each in word.styles.element.iter(qn("w:lang"))} == {"ja-JP"}
    foot = word.sections[0].footer._element.xml
    assert "NUMPAGES" in foot
    assert 'w:instr="PAGE"' in foot
    assert word.core_properties.created.year > 2013  # not that of the template
    for table in word.tables:
        assert sum(column.width.cm for column in table.columns) <= 16.7
        assert table.columns[0].width >= table.columns[1].width
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    book = zipfile.ZipFile(io.BytesIO(files[FileForm.EXCEL]))
    assert "中間報告" in book.read("docProps/core.xml").decode()


def test_a_picture_that_was_asked_for_meanwhile_is_drawn_before_the_next_file(app, arrange, campaign, monkeypatch):
    from portal.jobs import reports as jobs

    make, seen = jobs._make, []

    def make_and_ask(child, claim):
        with unit_of_work():
            seen.append(db.session.scalars(sa.select(Chart.state).where(Chart.digest == "x")).one_or_none())
        make(child, claim)
        if len(seen) == 1:
            with unit_of_work():
                drawn = db.session.scalars(sa.select(Chart).options(orm.undefer(Chart.specification)).limit(1)).one()
                db.session.add(Chart(digest="x", specification=drawn.specification, state=MakingState.WAITING, tries=0))

    monkeypatch.setattr(jobs, "_make", make_and_ask)
    with app.app_context():
        make_reports()

    assert seen[:2] == [None, MakingState.MADE]


@pytest.mark.skipif(which("pdftotext") is None, reason="poppler is not installed")
def test_the_print_promises_no_picture_that_could_not_be_drawn(app, arrange, campaign, monkeypatch):
    from portal.jobs import reports as jobs

    monkeypatch.setattr(jobs, "_plain", lambda svg: 1 / 0)
    with app.app_context():
        make_reports()
    with arrange():
        row = db.session.scalars(sa.select(ReportFile).where(ReportFile.form == FileForm.PDF)).one()
        key = db.session.get_one(Attachment, row.attachment_id).storage_key
        content = current_store().open(key).read()

    said = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    assert "事務別の段階" in said
    assert "図を作成しています" not in said


def test_what_is_left_out_of_the_published_edition_stands_in_none_of_its_files(files):
    rows = list(csv.DictReader(io.StringIO(files[FileForm.OPEN_CSV].decode("utf-8-sig"))))
    hidden = [row for row in rows if row["注"]]
    assert hidden
    assert all(row["値"] == "" for row in hidden)
    merge = next(row for row in rows if row["表"] == "causes" and row["区分"] == "merge")
    assert (merge["値"], merge["注"]) == ("", "少数のため非公表")

    book = CalamineWorkbook.from_object(io.BytesIO(files[FileForm.EXCEL]))
    causes = next(name for name in book.sheet_names if "原因" in name)
    assert 7.0 not in [value for row in book.get_sheet_by_name(causes).to_python() for value in row]


@pytest.mark.skipif(which("pdftotext") is None, reason="poppler is not installed")
def test_the_print_can_be_read_by_other_readers(files):
    done = subprocess.run(["pdftotext", "-", "-"], input=files[FileForm.PDF], capture_output=True, check=True)

    text = done.stdout.decode()
    assert "集計" in text
    assert "250" in text
    said = subprocess.run(["pdfinfo", "-meta", "-"], input=files[FileForm.PDF], capture_output=True, check=True)
    assert b'pdfuaid:part="1"' in said.stdout


def test_pictures_are_drawn_once_and_stand_on_the_page(visit, arrange, campaign, files):
    with arrange():
        charts = db.session.scalars(sa.select(Chart)).all()
        assert {chart.state for chart in charts} == {MakingState.MADE}
        assert all("style=" not in (chart.svg or "") for chart in charts)
        member = make_member("chijikai", Role.ASSOCIATION)

    page = visit(member).get(f"/campaigns/{campaign.id}/reports/1")

    assert page.soup.select("figure.chart svg")


def test_a_file_is_downloaded_by_whoever_sees_the_report_and_recorded(visit, arrange, campaign, files):
    with arrange():
        member = make_member("152226", Role.LOCAL_MANAGER)
    page = visit(member).get(f"/campaigns/{campaign.id}/reports/1")

    taken = page.form("/files/public/pdf").submit()

    assert taken.status == 200
    assert taken.response.data.startswith(b"%PDF")
    tried = page.form("/files/public/pdf")
    tried.action = tried.action.replace("/public/", "/internal/")
    assert tried.submit().status == 404


def test_the_headquarters_have_an_edition_of_their_own(app, visit, arrange, campaign):
    with arrange():
        member = make_member("secretariat", Role.SECRETARIAT)
    page = visit(member).get(f"/campaigns/{campaign.id}/reports/1")
    page.form("/files/internal").submit()
    with app.app_context():
        make_reports()

    with arrange():
        row = db.session.get_one(ReportFile, (1, FileForm.EXCEL, Edition.INTERNAL))
        key = db.session.get_one(Attachment, row.attachment_id).storage_key
        book = CalamineWorkbook.from_object(io.BytesIO(current_store().open(key).read()))
    causes = next(name for name in book.sheet_names if "原因" in name)
    assert 7.0 in [value for row in book.get_sheet_by_name(causes).to_python() for value in row]


def _is_right(cell):
    return cell.paragraphs[0].alignment is WD_ALIGN_PARAGRAPH.RIGHT
