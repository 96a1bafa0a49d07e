"""Old papers come in as issued, all or none, once; nobody is told and nothing is asked of anybody."""

import io
from datetime import date

import pytest
import sqlalchemy as sa

from portal.attachments.inspection import Upload
from portal.attachments.queries import list_attachments
from portal.circulation import desk
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.extensions.policy import waits_for_decision
from portal.finder.feeding import refresh
from portal.guidance import policy, queries
from portal.guidance.models import DocumentNumber, Guidance, Recipient
from portal.guidance.records import find_own_recipient
from portal.guidance.states import GuidanceKind, GuidanceState, Nature
from portal.notifications.handlers import HANDLERS
from portal.renditions.service import list_due_renditions
from portal.search.models import SearchDocument
from portal.takeover import columns as c
from portal.takeover import service
from portal.takeover.events import GuidanceTakenOver
from tests.factories.directory import csv_file
from tests.factories.guidance import make_issued
from tests.factories.people import actor_of, make_member

HEADS = [each.heading for each in c.COLUMNS]


def row(**given) -> dict[str, str]:
    """An old notice; keys as the module of columns names them."""
    values = {
        c.NUMBER: "総行住第12号",
        c.ISSUED_ON: "令和5年6月1日",
        c.KIND: "通知",
        c.TITLE: "紐付けの点検について",
        c.SENDER: "住民制度課",
        c.THEME: "linkage",
        c.ADDRESSEES: "新潟県、市区町村",
        c.BODY: "点検を行うこと。",
    }
    return values | {getattr(c, name): value for name, value in given.items()}


def table(*rows) -> bytes:
    return csv_file(*([each.get(head, "") for head in HEADS] for each in rows), headings=HEADS)


@pytest.fixture
def secretary(arrange):
    with arrange():
        return make_member("secretariat", Role.SECRETARIAT)


def stage(member, *rows, uploads=()):
    return service.stage_papers(actor_of(member), file_name="過去.csv", content=table(*rows), uploads=uploads)


def take(member, *rows, uploads=()):
    staged = stage(member, *rows, uploads=uploads)
    assert staged.faults == []
    return service.take_over(actor_of(member), staged.waiting)


def said(faults):
    return [(each.row, each.column, each.message % each.params) for each in faults]


def test_a_paper_comes_in_as_issued_on_its_day_with_its_number_addressees_and_files(arrange, secretary):
    with arrange():
        file = Upload("様式1.txt", io.BytesIO("様式".encode()), "text/plain")
        assert take(secretary, row(FILES="様式1.txt"), uploads=[file]) == 1
        paper = db.session.scalars(sa.select(Guidance)).one()
        assert (paper.state, paper.kind, paper.nature) == (
            GuidanceState.ISSUED,
            GuidanceKind.NOTICE,
            Nature.INFORMATION,
        )
        assert (paper.issued_on, paper.document_number, paper.number_year) == (date(2023, 6, 1), "総行住第12号", 2023)
        line = db.session.scalars(sa.select(DocumentNumber)).one()
        assert (line.number, line.year, line.serial, line.guidance_id) == ("総行住第12号", 2023, 12, paper.id)
        prefectures = set(db.session.scalars(sa.select(Recipient.prefecture_code)))
        assert prefectures == {"15"}
        assert paper.recipient_count == db.session.scalar(sa.select(sa.func.count(Recipient.id))) > 20
        assert [each.file_name for each in list_attachments("guidance", [paper.id])[paper.id]] == ["様式1.txt"]
        record = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "guidance_taken_over")).one()
        assert record.subject_id == paper.id
        assert "点検を行うこと" not in str(record.payload)


def test_nobody_is_told_and_nothing_is_asked(arrange, secretary):
    assert GuidanceTakenOver not in HANDLERS
    with arrange():
        staff = actor_of(make_member("152226", Role.LOCAL_STAFF))
        take(secretary, row(NATURE="依頼・回答必須"))
        paper = db.session.scalars(sa.select(Guidance)).one()
        own = find_own_recipient(staff, paper)
        assert not policy.can_receive(staff, paper, is_addressed=True)
        assert not policy.can_respond(staff, paper, is_addressed=True)
        assert (own.received_at, own.opened_at) == (None, None)
        assert set(desk.count_trays(staff, waits_for_decision()).values()) == {0}
        assert queries.list_waiting_for(staff) == []
        assert db.session.scalars(sa.select(EventRecord.kind)).all() == ["guidance_taken_over"]


def test_its_text_becomes_a_pdf_and_what_is_files_alone_stays_files(arrange, secretary):
    with arrange():
        upload = Upload("通知.txt", io.BytesIO("本文".encode()), "text/plain")
        files_alone = row(NUMBER="総行住第13号", TITLE="ファイルだけの通知", BODY="", FILES="通知.txt")
        take(secretary, row(), files_alone, uploads=[upload])
        papers = {paper.body: paper.id for paper in db.session.scalars(sa.select(Guidance))}
        assert list_due_renditions() == [(papers["点検を行うこと。"], 0)]


def test_it_is_found_by_whom_it_was_sent_to(arrange, secretary):
    with arrange():
        take(secretary, row())
        paper = db.session.scalars(sa.select(Guidance)).one()
        assert refresh("guidance", [paper.id]) > 0
        assert db.session.scalars(sa.select(SearchDocument.subject_id)).all() == [paper.id]
        inside, outside = (make_member(code, Role.LOCAL_STAFF) for code in ("152226", "011002"))
        assert queries.get_guidance(actor_of(inside), paper.id).id == paper.id
        assert db.session.scalars(policy.viewable_by(actor_of(outside))).all() == []


def test_faults_are_named_by_row_and_nothing_comes_in(arrange, secretary):
    with arrange():
        make_issued("総行住第78号")
        year = db.session.scalars(sa.select(Guidance.issued_on)).one()
        staged = stage(
            secretary,
            row(),
            row(TITLE="別の件名"),
            row(NUMBER="", TITLE="番号のない通知"),
            row(NUMBER="総行住第13号", KIND="事務連絡"),
            row(NUMBER="総行住第14号", ISSUED_ON="令和50年6月1日"),
            row(NUMBER="総行住第15号", SENDER="架空課", THEME="架空"),
            row(NUMBER="総行住第16号", ADDRESSEES="架空県"),
            row(NUMBER="総行住第17号", FILES="ない.pdf"),
            row(NUMBER="総行住第18号", BODY=""),
            row(NUMBER="総行住第19号", ABOLISHED_ON="令和5年5月1日"),
            row(NUMBER="総行住第78号", ISSUED_ON=year.isoformat()),
        )
        assert staged.waiting is None
        assert said(staged.faults) == [
            (3, c.NUMBER, "2行目と重複しています。"),
            (4, c.NUMBER, "通知には文書番号が必要です。"),
            (5, c.NUMBER, "事務連絡には文書番号を付けられません。"),
            (6, c.ISSUED_ON, "今日より後の日は指定できません。"),
            (7, c.SENDER, "この発信者は名簿にありません。"),
            (7, c.THEME, "このテーマはありません。"),
            (8, c.ADDRESSEES, "宛先「架空県」を読み取れません。"),
            (9, c.FILES, "ファイル「ない.pdf」が選ばれていません。"),
            (10, c.BODY, "本文かファイルのどちらかが必要です。"),
            (11, c.ABOLISHED_ON, "発出日より前の日は指定できません。"),
            (12, c.NUMBER, "文書番号「総行住第78号」は、その年度に別の通知等で使われています。"),
        ]
        assert db.session.scalar(sa.select(sa.func.count(Guidance.id))) == 1


def test_the_same_table_again_adds_nothing(arrange, secretary):
    with arrange():
        rows = row(), row(NUMBER="", KIND="事務連絡", TITLE="事務の連絡")
        assert take(secretary, *rows) == 2
        staged = stage(secretary, *rows, row(NUMBER="総行住第13号", TITLE="新しい件名"))
        assert service.take_over(actor_of(secretary), staged.waiting) == 1
        with pytest.raises(Conflict):
            service.take_over(actor_of(secretary), staged.waiting)
        assert db.session.scalar(sa.select(sa.func.count(Guidance.id))) == 3


def test_what_came_up_since_the_preview_stops_all_of_it(arrange, secretary):
    with arrange():
        first = stage(secretary, row(), row(NUMBER="総行住第13号", TITLE="次の件名"))
        other = make_member("secretariat", Role.SECRETARIAT)
        take(other, row(TITLE="別の件名"))
        with pytest.raises(Invalid):
            service.take_over(actor_of(secretary), first.waiting)
        assert db.session.scalar(sa.select(sa.func.count(Guidance.id))) == 1


def test_one_that_is_abolished_comes_in_as_such(arrange, secretary):
    with arrange():
        take(secretary, row(ABOLISHED_ON="令和6年3月31日"))
        paper = db.session.scalars(sa.select(Guidance)).one()
        assert (paper.state, paper.abolition_reason) == (GuidanceState.ABOLISHED, "移行前に廃止")


def test_who_may_not(arrange):
    with arrange():
        for code, role in (("juumin", Role.DIVISION), ("152226", Role.LOCAL_MANAGER), ("hq", Role.LIAISON)):
            with pytest.raises(Forbidden):
                stage(make_member(code, role), row())


def test_a_personal_number_is_refused(arrange, secretary):
    with arrange():
        staged = stage(secretary, row(BODY="マイナンバー 1234 5678 9018"))
        assert [(each.row, each.column) for each in staged.faults] == [(2, c.BODY)]


def test_what_came_in_is_fixed_as_any_issued_paper(arrange, secretary):
    with arrange():
        take(secretary, row())
        paper = db.session.scalars(sa.select(Guidance)).one()
        number = paper.id
    with pytest.raises(sa.exc.DatabaseError), arrange():
        db.session.execute(sa.update(Guidance).where(Guidance.id == number).values(body="書き換え"))


def test_addressees_in_words():
    prefectures, codes = {"新潟県": "15", "北海道": "01"}, frozenset({"152226"})
    rule = c.read_addressees("全団体", prefectures, codes)
    assert len(rule.kinds) == 6
    assert c.read_addressees("新潟県", prefectures, codes).prefectures == ("15",)
    assert len(c.read_addressees("新潟県", prefectures, codes).kinds) == 6
    assert c.read_addressees("152226", prefectures, codes).include == ("152226",)
    assert c.read_addressees("都道府県,関係府省", prefectures, codes).kinds == (
        c.OrganisationKind.PREFECTURE,
        c.OrganisationKind.MINISTRY,
    )
    with pytest.raises(Invalid):
        c.read_addressees("", prefectures, codes)
