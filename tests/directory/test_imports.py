"""Taking in people and populations from files: errors by row and column, all or nothing, again without harm."""

import zipfile
from io import BytesIO

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import EventRecord
from portal.directory import imports
from portal.directory.models import DirectoryImport, Membership, Organisation, Person, Section
from portal.directory.people_import import PEOPLE_COLUMNS, RowEffect
from portal.directory.population_import import POPULATION_COLUMNS
from portal.directory.roles import ImportKind, Role
from portal.directory.tables import read_table, write_csv, write_excel
from tests.factories.directory import PEOPLE_HEADINGS, csv_file, excel_file, people_row
from tests.factories.people import actor_of, make_member, make_person, make_section, organisation
from tests.support.statements import recorded_statements
from tests.workbooks.files import declaring

POPULATION_HEADINGS = ["団体コード", "団体名", "人口", "基準日"]


@pytest.fixture
def admin(arrange):
    with arrange():
        return actor_of(make_member("hq", Role.ADMIN))


@pytest.fixture
def manager(arrange):
    with arrange():
        return actor_of(make_member("152226", Role.LOCAL_MANAGER))


def _stage(actor, content, name="people.csv", kind=ImportKind.PEOPLE, **options):
    return imports.stage_import(actor, kind, file_name=name, content=content, **options)


def _take_in(actor, content, **options):
    staged = _stage(actor, content, **options)
    assert staged.faults == []
    return imports.apply_people(actor, staged.waiting)


def _counts():
    return tuple(db.session.scalar(sa.select(sa.func.count(column))) for column in (Person.id, Membership.id))


@pytest.mark.parametrize(
    "content",
    [
        csv_file(people_row(), encoding="utf-8"),
        csv_file(people_row(), encoding="utf-8-sig"),
        csv_file(people_row(), encoding="cp932"),
        excel_file(people_row()),
        excel_file([152226.0, *people_row()[1:]]),
        csv_file(people_row(団体コード="１５２２２６", メールアドレス="Hanako@City.Joetsu.example")),
    ],
    ids=["utf-8", "utf-8-bom", "cp932", "excel", "excel-number", "full-width"],
)
def test_every_usual_file_is_read(arrange, admin, content):
    with arrange():
        outcome = _take_in(admin, content)

        person = outcome.newcomers[0][0]
        assert (person.name, person.kana, person.email) == ("山田 花子", "ヤマダハナコ", "hanako@city.joetsu.example")
        membership = db.session.scalars(sa.select(Membership).where(Membership.person_id == person.id)).one()
        assert (membership.role, membership.title) == (Role.LOCAL_STAFF, "係長")


def test_the_forms_offered_can_be_filled_in_and_read():
    for content in (write_csv(PEOPLE_COLUMNS), write_excel(PEOPLE_COLUMNS)):
        with pytest.raises(Invalid) as refused:
            read_table("form", content, PEOPLE_COLUMNS)
        assert refused.value.message == "見出しの下に行がありません。"
    assert read_table("f", csv_file(people_row()), PEOPLE_COLUMNS)[0].cells["氏名"] == "山田 花子"


@pytest.mark.parametrize(
    ("cells", "column", "part"),
    [
        ({"団体コード": "999999"}, "団体コード", "ありません"),
        ({"団体コード": ""}, "団体コード", "記入"),
        ({"団体名": "長岡市"}, "団体コード", "一致しません"),
        ({"氏名": ""}, "氏名", "記入"),
        ({"メールアドレス": "hanako"}, "メールアドレス", "形式"),
        ({"役割": "課長"}, "役割", "この役割はありません"),
        ({"役割": "リエゾン"}, "役割", "付与することはできません"),
        ({"所属": "ない課"}, "所属", "登録されていません"),
        ({"担当区分": "ない担当"}, "担当区分", "担当区分はありません"),
        ({"所属長": "たぶん"}, "所属長", "○か×"),
        ({"職名": "個人番号 123456789018"}, "職名", "個人番号"),
        ({"職名": "あ" * 51}, "職名", "文字以内"),
        ({"氏名": "山田\n花子"}, "氏名", "改行"),
    ],
)
def test_each_fault_names_its_row_and_column(arrange, admin, cells, column, part):
    with arrange():
        before = _counts()
        staged = _stage(admin, csv_file(people_row(メールアドレス="good@city.example"), people_row(**cells)))

        assert staged.waiting is None
        assert [(fault.row, fault.column) for fault in staged.faults] == [(3, column)]
        assert part in staged.faults[0].message % staged.faults[0].params
        assert "123456789018" not in staged.faults[0].message
        assert _counts() == before
        assert db.session.scalar(sa.select(sa.func.count(DirectoryImport.id))) == 0


def test_all_faults_are_told_at_once(arrange, admin):
    with arrange():
        staged = _stage(
            admin,
            csv_file(
                people_row(団体コード="999999", メールアドレス="x"), people_row(), people_row(氏名="同じ アドレス")
            ),
        )

        assert [(fault.row, fault.column) for fault in staged.faults] == [
            (2, "団体コード"),
            (2, "メールアドレス"),
            (4, "メールアドレス"),
        ]
        assert staged.faults[2].params == {"row": 3}


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "空です"),
        ("氏名,役割\r\n山田,団体担当者".encode(), "見出し"),
        (b"\xd0\xcf\x11\xe0old excel", "xlsx"),
        (b"PK\x03\x04broken", "読み取れません"),
        (b'"\x81', "文字コード"),
        (csv_file(), "行がありません"),
        ('団体コード,氏名,メールアドレス,役割\r\n"152226,山田'.encode(), "引用符"),
        (b"x" * (5 * 1024 * 1024 + 1), "大きすぎます"),
    ],
)
def test_files_that_cannot_be_read_say_why(arrange, admin, content, part):
    with arrange():
        with pytest.raises(Invalid) as refused:
            _stage(admin, content)

        assert refused.value.field == "file"
        assert part in refused.value.message


def _workbook(sheet: bytes, filler: int = 0) -> bytes:
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(excel_file(people_row()))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            target.writestr(part, sheet if part == "xl/worksheets/sheet1.xml" else source.read(part))
        if filler:
            target.writestr("xl/media/filler.bin", b"\0" * filler)
    return out.getvalue()


def test_workbook_that_unpacks_to_far_more_is_refused_unread(arrange, admin):
    far = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    with arrange():
        for content in (_workbook(far), _workbook(b"<worksheet/>", filler=90 * 1024 * 1024)):
            with pytest.raises(Invalid):
                _stage(admin, content, name="bomb.xlsx")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"])
def test_workbook_that_declares_a_document_type_is_refused(arrange, admin, part):
    hostile = declaring(excel_file(people_row()), part, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')
    with arrange():
        with pytest.raises(Invalid) as refused:
            _stage(admin, hostile, name="people.xlsx")

        assert "外部の定義" in refused.value.message


def test_the_same_file_again_changes_nothing(arrange, admin):
    content = csv_file(people_row(所属長="○"))
    with arrange():
        _take_in(admin, content)
    with arrange():
        before = _counts()
        staged = _stage(admin, content)
        assert [row.effect for row in imports.preview_people(admin, staged.waiting)[0]] == [RowEffect.NONE]
        outcome = imports.apply_people(admin, staged.waiting)

        assert (outcome.newcomers, outcome.added, outcome.changed) == ([], 0, 0)
        assert _counts() == before


def test_changes_are_made_by_mail_address_and_blank_cells_leave_things_alone(arrange, admin):
    with arrange():
        _take_in(admin, csv_file(people_row(所属長="○")))
    with arrange():
        outcome = _take_in(admin, csv_file(people_row(氏名="佐藤 花子", 職名="", 電話番号="", 担当区分="総合窓口")))
        person = db.session.scalars(sa.select(Person).where(Person.email == "hanako@city.joetsu.example")).one()
        membership = db.session.scalars(sa.select(Membership).where(Membership.person_id == person.id)).one()

        assert (outcome.added, outcome.changed) == (0, 1)
        assert (person.name, person.phone, membership.title, membership.is_head) == (
            "佐藤 花子",
            "025-000-0000",
            "係長",
            True,
        )


def test_new_sections_are_made_only_when_asked_for(arrange, admin):
    content = csv_file(people_row(所属="市民課"), people_row(所属="市民課", メールアドレス="b@city.example"))
    with arrange():
        assert len(_stage(admin, content).faults) == 2
        _take_in(admin, content, creates_sections=True)

        assert db.session.scalars(sa.select(Section.name)).all() == ["市民課"]


def test_each_grant_is_on_record(arrange, admin):
    with arrange():
        _take_in(admin, csv_file(people_row(), people_row(メールアドレス="b@city.example")))

        kinds = list(db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id)))
        assert kinds == ["person_changed"] * 2 + ["membership_granted"] * 2 + ["people_imported"]


def test_manager_takes_in_the_own_body_only(arrange, manager):
    with arrange():
        other = _stage(manager, csv_file(people_row(団体コード="150002", 団体名="")))
        assert [fault.column for fault in other.faults] == ["団体コード"]
        assert _take_in(manager, csv_file(people_row())).added == 1


def test_nobody_raises_themselves_by_a_file(arrange):
    with arrange():
        person = make_person("管理者", "me@city.example")
        me = actor_of(make_member("152226", Role.LOCAL_MANAGER, person=person))

        staged = _stage(me, csv_file(people_row(メールアドレス="me@city.example", 役割="団体管理者", 所属長="○")))

        assert [fault.column for fault in staged.faults] == ["メールアドレス"]


def test_role_does_not_change_by_a_file(arrange, admin):
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, person=make_person(email="hanako@city.joetsu.example"))

        staged = _stage(admin, csv_file(people_row(役割="団体管理者")))

        assert [fault.column for fault in staged.faults] == ["役割"]


def test_name_of_somebody_with_another_place_stays(arrange, manager):
    with arrange():
        person = make_person("元の名", "hanako@city.joetsu.example")
        make_member("150002", Role.LOCAL_STAFF, person=person)

        _take_in(manager, csv_file(people_row()))

        assert db.session.get(Person, person.id).name == "元の名"


def test_what_came_up_since_the_preview_stops_all_of_it(arrange, admin):
    with arrange():
        make_section("152226", "市民課")
        staged = _stage(admin, csv_file(people_row(所属="市民課"), people_row(メールアドレス="b@city.example")))
        db.session.execute(sa.delete(Section))
        before = _counts()

        with pytest.raises(Invalid):
            imports.apply_people(admin, staged.waiting)

        assert _counts() == before


def test_a_file_is_taken_in_once_and_its_rows_are_dropped(arrange, admin):
    with arrange():
        staged = _stage(admin, csv_file(people_row()))
        imports.apply_people(admin, staged.waiting)

        assert staged.waiting.rows == []
        with pytest.raises(Conflict):
            imports.apply_people(admin, staged.waiting)


def test_what_somebody_else_uploaded_does_not_exist(arrange, admin, manager):
    with arrange():
        staged = _stage(admin, csv_file(people_row()))

        with pytest.raises(NotFound):
            imports.get_import(manager, staged.waiting.id)


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.LIAISON, Role.AUDITOR])
def test_other_roles_take_in_nothing(arrange, role):
    with arrange():
        actor = actor_of(make_member("hq", role))

        for kind in ImportKind:
            with pytest.raises(Forbidden):
                _stage(actor, csv_file(people_row()), kind=kind)


def test_populations_are_taken_in_with_their_date(arrange, admin):
    content = csv_file(
        ["１５２２２６", "上越市", "１８２，０００人", "令和8年1月1日"],
        ["10006", "", "5000000", "2026/1/1"],
        headings=POPULATION_HEADINGS,
    )
    with arrange():
        staged = _stage(admin, content, kind=ImportKind.POPULATIONS)
        assert imports.apply_populations(admin, staged.waiting) == 2
        body = organisation("152226")

        assert (body.population, body.population_on.isoformat()) == (182000, "2026-01-01")
        assert organisation("010006").population == 5000000
        record = db.session.scalars(sa.select(EventRecord)).one()
        assert record.payload["changes"]["152226"] == [None, 182000]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["999999", "", "1", "2026-01-01"], "団体コード"),
        (["152226", "", "多い", "2026-01-01"], "人口"),
        (["152226", "", "-5", "2026-01-01"], "人口"),
        (["152226", "", "1", "いつか"], "基準日"),
        (["152226", "", "1", "2999-01-01"], "基準日"),
        (["152226", "長岡市", "1", "2026-01-01"], "団体コード"),
        (["150002", "", "1", "2026-01-01"], "団体コード"),
        (["digital", "", "1", "2026-01-01"], "団体コード"),
    ],
)
def test_faults_of_populations_name_their_column(arrange, admin, row, column):
    with arrange():
        staged = _stage(
            admin,
            csv_file(["150002", "新潟県", "1", "2026-01-01"], row, headings=POPULATION_HEADINGS),
            kind=ImportKind.POPULATIONS,
        )

        assert [(fault.row, fault.column) for fault in staged.faults] == [(3, column)]


def test_populations_of_all_bodies_take_few_statements(arrange, admin):
    with arrange():
        rows = [
            [body.code, body.name, "1000", "2026-01-01"]
            for body in db.session.scalars(sa.select(Organisation).where(Organisation.prefecture_code.is_not(None)))
        ]
        content = excel_file(*rows, headings=[column.heading for column in POPULATION_COLUMNS])
        with recorded_statements(db.engine) as statements:
            staged = _stage(admin, content, kind=ImportKind.POPULATIONS)
            assert imports.apply_populations(admin, staged.waiting) == len(rows) == 1788

    assert len(statements) <= 12


@pytest.mark.slow
def test_four_thousand_people_take_few_statements(arrange, admin, database):
    with arrange():
        codes = db.session.scalars(
            sa.select(Organisation.code).where(Organisation.prefecture_code.is_not(None)).order_by(Organisation.code)
        ).all()
        rows = [
            people_row(団体コード=code, 団体名="", メールアドレス=f"p{number}@{code}.example", 所属="住民課")
            for code in codes
            for number in range(3)
        ][:4000]
        with recorded_statements(db.engine) as statements:
            staged = _stage(admin, csv_file(*rows), creates_sections=True)
            plan, faults = imports.preview_people(admin, staged.waiting)
            reading = len(statements)
            outcome = imports.apply_people(admin, staged.waiting)

        assert (len(plan), faults) == (4000, [])
        assert reading <= 20
        assert outcome.added == 4000
        if database.name == "postgresql":  # SQLite inserts row by row, in the same process
            assert len(statements) < 120
        assert PEOPLE_HEADINGS[0] == PEOPLE_COLUMNS[0].heading
