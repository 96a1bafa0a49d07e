"""Files that hide, break, swell or lie: what the guard finds, and what it never opens."""

import io
import zipfile

import pytest
import xlsxwriter

from portal.attachments.archives import Refused
from portal.workbooks.grids import open_file
from portal.workbooks.scanning import address, column_name
from portal.workbooks.states import Concealment
from tests.workbooks.files import changed, declaring, packed, parts_of, path_of


def book(prepare=None, **options) -> bytes:
    """A workbook of one sheet with a few cells, changed by ``prepare(workbook, sheet)``."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as made:
        sheet = made.add_worksheet("回答")
        sheet.write_row(0, 0, ["コード", "値", 3])
        sheet.write_row(1, 0, ["a", "b", 4])
        if prepare is not None:
            prepare(made, sheet)
    return out.getvalue()


def hidden_in(content: bytes) -> list[tuple[Concealment, str, str]]:
    """What the guard says is hidden."""
    return [(each.kind, each.sheet, each.where) for each in open_file("x.xlsx", io.BytesIO(content)).hidden]


def refused(content: bytes, name: str = "x.xlsx") -> str:
    """Why the file is not opened at all."""
    with pytest.raises(Refused) as refusal:
        open_file(name, io.BytesIO(content))
    return refusal.value.message


def add(content: bytes, name: str, part: bytes = b"<x/>") -> bytes:
    return packed({**parts_of(content), name: part})


def test_a_plain_workbook_hides_nothing_and_is_read():
    opened = open_file("x.xlsx", io.BytesIO(book()))
    assert opened.hidden == []
    assert opened.grids[0].rows == [["コード", "値", 3.0], ["a", "b", 4.0]]


def test_hidden_sheets_rows_and_columns_are_named_with_their_place():
    def hide(made, sheet):
        made.add_worksheet("裏").hide()
        made.add_worksheet("奥").very_hidden()
        sheet.set_row(4, None, None, {"hidden": True})
        sheet.set_row(5, None, None, {"hidden": True})
        sheet.set_row(8, 0)
        sheet.set_column("D:F", None, None, {"hidden": True})

    assert hidden_in(book(hide)) == [
        (Concealment.HIDDEN_ROWS, "回答", "5-6、9"),
        (Concealment.HIDDEN_COLUMNS, "回答", "D:F"),
        (Concealment.HIDDEN_SHEET, "裏", ""),
        (Concealment.VERY_HIDDEN_SHEET, "奥", ""),
    ]
    opened = open_file("x.xlsx", io.BytesIO(book(hide)))
    assert [grid.name for grid in opened.grids] == ["回答"]


def test_rows_hidden_by_default_are_hidden_rows():
    assert (
        hidden_in(book(lambda _, sheet: sheet.set_default_row(hide_unused_rows=True)))[0][0] is Concealment.HIDDEN_ROWS
    )


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("xl/pivotCache/pivotCacheDefinition1.xml", Concealment.PIVOT_CACHE),
        ("xl/pivotTables/pivotTable1.xml", Concealment.PIVOT_CACHE),
        ("xl/externalLinks/externalLink1.xml", Concealment.EXTERNAL_LINK),
        ("xl/connections.xml", Concealment.CONNECTION),
        ("xl/vbaProject.bin", Concealment.MACRO),
        ("xl/macrosheets/sheet1.xml", Concealment.MACRO),
        ("xl/embeddings/oleObject1.bin", Concealment.EMBEDDED),
        ("xl/activeX/activeX1.xml", Concealment.EMBEDDED),
        ("xl/media/inner.zip", Concealment.EMBEDDED),
    ],
)
def test_parts_that_carry_other_things_are_named(part, kind):
    assert hidden_in(add(book(), part)) == [(kind, "", part)]


def test_queries_of_outside_data_are_named_but_an_office_s_properties_are_not():
    assert hidden_in(add(book(), "customXml/item1.xml", b"<properties/>")) == []
    query = '<DataMashup xmlns="http://schemas.microsoft.com/DataMashup">AAAA</DataMashup>'
    for content in (
        query.encode(),
        '<?xml version="1.0" encoding="utf-16"?>'.encode("utf-16") + query.encode("utf-16-le"),
    ):
        assert hidden_in(add(book(), "customXml/item1.xml", content))[0][0] is Concealment.CONNECTION


def test_names_that_point_outside_are_named_and_own_names_are_not():
    def name(made, sheet):
        made.define_name("自分", "='回答'!$A$1")
        sheet.print_area(0, 0, 5, 5)
        made.define_name("よそ", "='[台帳.xlsx]Sheet1'!$A$1")

    assert hidden_in(book(name)) == [(Concealment.OUTSIDE_NAME, "", "よそ")]


def test_comments_are_fine_unless_they_hold_what_may_be_a_person_s_number():
    def comment(made, sheet):
        sheet.write_comment("B2", "ここは前年と同じです。")
        sheet.write_comment("C2", "番号 １２３４-5678-9018")

    assert hidden_in(book(comment)) == [(Concealment.COMMENT, "回答", "C2")]


ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"]
)
@pytest.mark.parametrize("definition", [ENTITY, LAUGHS])
def test_document_types_and_entities_are_refused_wherever_they_stand(part, definition):
    assert "外部の定義" in refused(declaring(book(), part, definition))


def test_a_document_type_in_another_encoding_is_refused_too():
    parts = parts_of(book())
    text = parts["xl/sharedStrings.xml"].decode().partition("?>")[2]
    hostile = f'<?xml version="1.0" encoding="utf-16"?>{ENTITY}{text}'.encode("utf-16")
    assert "外部の定義" in refused(packed({**parts, "xl/sharedStrings.xml": hostile}))


def test_a_million_rows_are_refused_before_they_are_read():
    def swell(row: str, cell: str):
        return lambda xml: xml.replace("</sheetData>", f'<row r="{row}"><c r="{cell}"><v>1</v></c></row></sheetData>')

    for row, cell in (("1048576", "A1048576"), ("3", "XFD3"), ("19999", "ZZ19999")):
        assert "シートが大きすぎます" in refused(changed(book(), "回答", swell(row, cell)))
    empty = "".join(f'<row r="{row}"/>' for row in range(3, 120_000))
    assert "大きすぎます" in refused(
        changed(book(), "回答", lambda xml: xml.replace("</sheetData>", empty + "</sheetData>"))
    )
    # a last row that some programs leave behind, without anything in it, is nothing
    last = '<row r="1048576" ht="15" customHeight="1"/></sheetData>'
    assert (
        len(
            open_file(
                "x.xlsx", io.BytesIO(changed(book(), "回答", lambda xml: xml.replace("</sheetData>", last)))
            ).grids
        )
        == 1
    )


def test_a_lying_dimension_costs_nothing():
    lying = changed(book(), "回答", lambda xml: xml.replace('ref="A1:C2"', 'ref="A1:XFD1048576"'))
    assert open_file("x.xlsx", io.BytesIO(lying)).grids[0].rows == [["コード", "値", 3.0], ["a", "b", 4.0]]


def test_bombs_and_broken_files_are_refused_unopened():
    out = io.BytesIO(book())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.xml", b" " * 60_000_000)
    assert "展開すると極端に大きく" in refused(out.getvalue())
    assert "壊れています" in refused(b"PK\x03\x04" + b"x" * 100)
    assert "壊れています" in refused(book()[:-200])
    assert "壊れています" in refused(packed({"[Content_Types].xml": b"<x/>"}))
    parts = parts_of(book())
    assert "壊れています" in refused(packed({**parts, "xl/Worksheets/Sheet1.xml": b"<x/>"}))  # two of one name
    assert "壊れています" in refused(packed({**parts, "xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}))
    assert "壊れています" in refused(changed(book(), "回答", lambda xml: xml.replace('r="A1"', 'r="A0x"')))


def test_formulas_errors_and_merged_cells_are_seen():
    def write(made, sheet):
        sheet.write_formula("A3", "=1+1", None, 2)
        sheet.write_array_formula("B3:B5", "{=A1:A3}")
        sheet.merge_range("D1:E2", "x")

    content = changed(
        book(write),
        "回答",
        lambda xml: xml.replace("</sheetData>", '<row r="9"><c r="A9" t="e"><v>#N/A</v></c></row></sheetData>'),
    )
    scan = open_file("x.xlsx", io.BytesIO(content)).grids[0].scan
    assert scan.is_formula(2, 0)
    assert scan.is_formula(4, 1)  # held by the array above
    assert not scan.is_formula(0, 0)
    assert scan.errors == {(8, 0)}
    assert scan.merged == [(0, 3, 1, 4)]


def test_cells_without_references_are_counted():
    content = changed(book(), "回答", lambda xml: xml.replace(' r="C2"', "").replace(' r="B2"', ""))
    assert open_file("x.xlsx", io.BytesIO(content)).grids[0].rows[1] == ["a", "b", 4.0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_a_sheet_saved_as_csv_is_read_in_both_codes(encoding):
    grid = open_file("回答.csv", io.BytesIO('コード,値\r\na,"一、二\n三①"\r\n'.encode(encoding))).grids[0]
    assert grid.name == "回答"
    assert grid.rows == [["コード", "値"], ["a", "一、二\n三①"]]


def test_a_csv_of_a_million_rows_is_refused():
    assert "大きすぎます" in refused(b"a,b\n" * 30_000, "回答.csv")


def test_cells_are_called_as_people_call_them():
    assert [address(0, 0), address(11, 3), address(0, 26), column_name(701), column_name(702)] == [
        "A1", "D12", "AA1", "ZZ", "AAA",
    ]  # fmt: skip


def test_a_path_that_leaves_its_place_is_found_by_the_listing_alone():
    parts = parts_of(book())
    path = path_of(parts, "回答")
    moved = {**parts, "xl/elsewhere.xml": parts[path]}
    del moved[path]
    moved["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"worksheets/sheet1.xml", b"/xl/elsewhere.xml"
    )
    hiding = {**moved, "xl/elsewhere.xml": moved["xl/elsewhere.xml"].replace(b'<row r="2"', b'<row hidden="1" r="2"')}
    assert hidden_in(packed(hiding)) == [(Concealment.HIDDEN_ROWS, "回答", "2")]
