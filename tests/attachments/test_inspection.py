"""What may be attached, judged with real files."""

import io
import random
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.attachments import archives
from portal.attachments.file_names import clean_file_name
from portal.attachments.inspection import MAX_BYTES, Upload, inspect_uploads
from portal.core.errors import Invalid, NeedsConfirmation
from tests.attachments.samples import (
    GIF,
    JPEG,
    MY_NUMBER,
    PDF,
    docx,
    encrypted,
    old_office,
    overlapping_bomb,
    png,
    pptx,
    upload,
    xlsx,
    zipped,
)


def inspect(name, content, *, confirmed=False):
    (inspected,) = inspect_uploads([upload(name, content)], field="attachments", confirmed=confirmed)
    return inspected


def refusal(name, content, *, confirmed=False):
    with pytest.raises(Invalid) as refused:
        inspect(name, content, confirmed=confirmed)
    assert refused.value.field == "attachments"
    assert MY_NUMBER not in refused.value.message % refused.value.params
    return refused.value


GOOD = {
    "a.pdf": PDF,
    "a.docx": docx("本文"),
    "a.xlsx": xlsx(["団体", 1234]),
    "a.pptx": pptx("題"),
    "a.doc": old_office("WordDocument"),
    "a.xls": old_office("Workbook"),
    "a.ppt": old_office("PowerPoint Document"),
    "a.csv": "団体,件数\r\n上越市,3\r\n".encode("cp932"),
    "b.csv": "\ufeff団体,件数\n髙①㈱,3\n".encode(),
    "a.txt": "記録\n".encode(),
    "a.png": png(),
    "a.jpg": JPEG,
    "b.JPEG": JPEG,
    "a.gif": GIF,
    "a.zip": zipped(
        {"別添/様式.xlsx": xlsx(["a"]), "別添/通知.pdf": PDF, "__MACOSX/._様式.xlsx": b"\x00\x05", ".DS_Store": b"\x00"}
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_the_usual_formats_pass(name):
    inspected = inspect(name, GOOD[name])
    assert inspected.file_name == name
    assert inspected.size == len(GOOD[name])
    assert inspected.stream.read() == GOOD[name]
    assert "/" in inspected.media_type


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a.bat",
        "a.js",
        "a.html",
        "a.svg",
        "a.docm",
        "a.xlsm",
        "a.lnk",
        "a",
        ".pdf",
        "a.pdf.exe",
        "a.7z",
        "a.rar",
        "a.lzh",
        "a.pdf\u202efdp.exe",
    ],
)
def test_other_formats_are_refused(name):
    refused = refusal(name, b"MZ\x90\x00")
    assert "形式は添付できません" in refused.message
    assert "PDF" in refused.params["allowed"]


TEXTS, BINARIES = ("a.csv", "a.txt"), ("a.pdf", "a.doc", "a.xls", "a.ppt", "a.png", "a.jpg", "a.gif")
PACKAGES = ("a.docx", "a.xlsx", "a.pptx")


@pytest.mark.parametrize("name", [*TEXTS, *BINARIES, *PACKAGES, "a.zip"])
def test_a_program_under_any_allowed_extension_is_refused(name):
    for program in [b"MZ\x90\x00\x03\x00\x00\x00", b"\x7fELF\x02\x01\x01\x00", b"\xca\xfe\xba\xbe\x00\x00"]:
        assert refusal(name, program).message == archives.BROKEN


@pytest.mark.parametrize("name", [*BINARIES, *PACKAGES])
def test_content_must_be_what_the_extension_says(name):
    for other in {*TEXTS, *BINARIES, *PACKAGES, "a.zip"} - {name}:
        assert refusal(name, GOOD[other]).params == {"name": name}


def test_an_empty_file_is_refused():
    assert "空" in refusal("a.pdf", b"").message


def test_a_file_over_the_limit_is_refused_and_one_at_it_passes():
    assert inspect("a.txt", b"a" * MAX_BYTES).size == MAX_BYTES
    refused = refusal("a.txt", b"a" * (MAX_BYTES + 1))
    assert "大きすぎ" in refused.message
    assert refused.params == {"name": "a.txt", "limit": 20}


def test_eleven_files_are_refused():
    ten = [upload(f"{n}.txt", b"x") for n in range(10)]
    assert len(inspect_uploads(ten, field="attachments", confirmed=False)) == 10
    with pytest.raises(Invalid, match="まで") as refused:
        inspect_uploads([*ten, upload("k.txt", b"x")], field="files", confirmed=False)
    assert (refused.value.field, refused.value.params) == ("files", {"limit": 10})


@pytest.mark.parametrize("name", ["a.zip", "a.docx"])
@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: docx("x", **{"word/media/x.bin": b"\x00" * 30_000_000}), id="ratio"),
        pytest.param(lambda: zipped({f"{n}.txt": b"x" for n in range(501)}), id="entries"),
        pytest.param(lambda: zipped({f"{n}.txt": b"" for n in range(6000)}), id="directory"),
        pytest.param(overlapping_bomb, id="overlapping"),
        pytest.param(
            lambda: zipped({f"{n}.txt": random.Random(n).randbytes(250_000) + b"\x00" * 21_000_000 for n in range(10)}),
            id="total",
        ),
    ],
)
def test_bombs_are_refused_unopened(name, bomb, monkeypatch):
    content = bomb()
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("the bomb was opened"))
    assert refusal(name, content).message == archives.BOMB


@pytest.mark.parametrize("inner", ["in.zip", "in.7z", "in.tar.gz", "in.jar", "in.txt", "in.pdf", "in"])
def test_nested_archives_are_refused(inner):
    refused = refusal("a.zip", zipped({"読んで.txt": b"x", f"d/{inner}": zipped({"x.txt": b"x"})}))
    assert "圧縮は一重に" in refused.message


def test_a_nested_tar_is_seen_by_its_content():
    tar = b"x.txt".ljust(257, b"\x00") + b"ustar\x0000" + b"\x00" * 300
    assert "圧縮は一重に" in refusal("a.zip", zipped({"x.txt": tar})).message


def test_a_forbidden_file_in_a_zip_is_named():
    refused = refusal("a.zip", zipped({"setup.exe": b"MZ\x90\x00"}))
    assert refused.params["inner"] == "setup.exe"
    refused = refusal("a.zip", zipped({"様式.pdf": b"MZ\x90\x00"}))
    assert refused.message == archives.BROKEN


@pytest.mark.parametrize("path", ["../../etc/x.txt", "/etc/x.txt", "C:\\x.txt", "..\\x.txt"])
def test_paths_that_leave_the_zip_are_refused(path):
    assert refusal("a.zip", zipped({path: b"x"})).message == archives.BROKEN


def test_a_bomb_inside_a_document_inside_a_zip_is_refused():
    inner = docx("x", **{"word/media/x.bin": b"\x00" * 30_000_000})
    assert refusal("a.zip", zipped({"x.docx": inner}, zipfile.ZIP_STORED)).message == archives.BOMB


def test_protected_files_say_so():
    assert refusal("a.zip", encrypted(zipped({"x.txt": b"x"}))).message == archives.PROTECTED
    assert refusal("a.xlsx", old_office("EncryptedPackage")).message == archives.PROTECTED


def test_macros_are_refused():
    assert "マクロ" in refusal("a.docx", docx("x", **{"word/vbaProject.bin": b"x"})).message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/_rels/document.xml.rels", "customXml/item1.xml"])
def test_an_office_file_that_declares_a_document_type_is_refused_also_in_a_zip(part, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><!-- x --><!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>'
    hostile = docx("本文", **{part: text.encode(encoding)})
    assert refusal("a.docx", hostile).message == archives.HAS_DTD
    assert refusal("a.zip", zipped({"a.docx": hostile})).message == archives.HAS_DTD


def test_a_part_that_only_writes_of_document_types_passes():
    words = docx("本文", **{"customXml/item1.xml": b"<x><!-- <!DOCTYPE x> --><![CDATA[<!DOCTYPE x>]]></x>"})
    assert inspect("a.docx", words).size == len(words)
    assert inspect("a.docx", docx("本文", **{"customXml/item1.xml": b"no XML at all"})).size


def test_an_office_file_without_its_parts_is_refused():
    assert refusal("a.docx", zipped({"x.txt": b"x"})).message == archives.BROKEN
    assert refusal("a.docx", xlsx(["x"])).message == archives.BROKEN
    assert refusal("a.doc", old_office("Workbook")).message == archives.BROKEN


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 100, docx("x")[:-10], docx("x")[20:]])
def test_broken_zips_are_refused(content):
    for name in ("a.zip", "a.docx"):
        assert refusal(name, content).message == archives.BROKEN


def test_zip_entries_without_a_name_are_refused():
    content = zipped({"一覧.txt": "記録"})
    name = "一覧.txt".encode()
    for blank in (b"\x00" * len(name), b"\x00" + name[1:]):
        assert refusal("a.zip", content.replace(name, blank)).message == archives.BROKEN


@settings(max_examples=200)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
def test_no_damage_to_a_zip_raises_anything_else(position, damage):
    content = bytearray(docx("本文", "二つ目"))
    content[position % len(content) : position % len(content) + len(damage)] = damage
    for name in ("a.zip", "a.docx"):
        with suppress(Invalid):
            inspect(name, bytes(content), confirmed=True)


SURE = {
    "a.txt": f"個人番号 {MY_NUMBER}".encode(),
    "a.csv": f"氏名,個人番号\n{'あ,1' * 200}\n山田,{MY_NUMBER}\n".encode("cp932"),
    "a.docx": docx("個人番号は", "1234|56789018です"),
    "a.pptx": pptx(f"マイナンバー {MY_NUMBER}"),
    "a.xlsx": xlsx(["氏名", "個人番号"], *(["空", "なし"] for _ in range(50)), ["山田", int(MY_NUMBER)]),
    "b.xlsx": xlsx(["氏名", "マイナンバー（12桁）"], ["山田", "1234-5678-9018"]),
}
MAYBE = {
    "a.txt": f"管理 {MY_NUMBER}".encode(),
    "a.csv": f"管理番号,件数\n{MY_NUMBER},3\n".encode(),
    "a.docx": docx("1234", f"番号{MY_NUMBER}"),
    "a.xlsx": xlsx(["マイナンバー制度支援室"], ["管理番号", int(MY_NUMBER)]),
    "a.pptx": pptx(MY_NUMBER),
}


@pytest.mark.parametrize("name", SURE)
def test_individual_numbers_in_files_are_refused_also_in_a_zip(name):
    for sent, content in ((name, SURE[name]), ("a.zip", zipped({name: SURE[name]}))):
        refused = refusal(sent, content, confirmed=True)
        assert "個人番号を含むファイルは添付できません" in refused.message


@pytest.mark.parametrize("name", MAYBE)
def test_numbers_that_may_be_one_need_confirmation(name):
    for sent, content in ((name, MAYBE[name]), ("a.zip", zipped({name: MAYBE[name]}))):
        assert isinstance(refusal(sent, content), NeedsConfirmation)
        assert inspect(sent, content, confirmed=True).size == len(content)


def test_numbers_deep_in_large_files_are_found():
    csv = "".join(f"{n},上越市,{n * 3}\n" for n in range(100_000)) + f"管理,{MY_NUMBER}\n" + "x,1\n" * 1000
    assert isinstance(refusal("a.csv", csv.encode()), NeedsConfirmation)
    assert "個人番号を含む" in refusal("a.csv", ("氏名,個人番号\n" + csv).encode(), confirmed=True).message
    rows = [[n, n / 7, "上越市"] for n in range(10_000)]
    assert inspect("a.xlsx", xlsx(*rows))
    assert isinstance(refusal("a.xlsx", xlsx(*rows, [int(MY_NUMBER)])), NeedsConfirmation)


@pytest.mark.parametrize(
    "content",
    [
        xlsx(*([n, n * 7, 1234, 5678, 9018] for n in range(300))),
        "\n".join(f"{n}\t1234\t5678\t9018\t{n * 3}" for n in range(300)).encode(),
    ],
)
def test_cells_beside_each_other_are_not_one_number(content):
    name = "a.xlsx" if content.startswith(b"PK") else "a.txt"
    assert inspect(name, content)


def test_individual_numbers_in_file_names_are_refused_without_echo():
    refused = refusal(f"個人番号{MY_NUMBER}.pdf", PDF, confirmed=True)
    assert MY_NUMBER not in str(refused.params)
    assert isinstance(refusal(f"{MY_NUMBER}.pdf", PDF), NeedsConfirmation)
    assert inspect(f"{MY_NUMBER}.pdf", PDF, confirmed=True)
    assert MY_NUMBER not in str(refusal(f"{MY_NUMBER}.exe", b"MZ", confirmed=True).params)
    assert isinstance(refusal("a.zip", zipped({f"{MY_NUMBER}.pdf": PDF})), NeedsConfirmation)


def test_a_hard_refusal_goes_before_a_question():
    with pytest.raises(Invalid) as refused:
        inspect_uploads([upload(f"{MY_NUMBER}.pdf", PDF), upload("a.exe", b"MZ")], field="attachments", confirmed=False)
    assert not isinstance(refused.value, NeedsConfirmation)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("様式第1号.xlsx", "様式第1号.xlsx"),
        ("C:\\Users\\x\\通知.pdf", "通知.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("か\u3099.pdf", "が.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie_ x.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("  .. a .pdf. ", "a .pdf"),
        ("x\u202efdp.exe", "xfdp.exe"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("", "file"),
        ("...", "file"),
        ("con.txt", "_con.txt"),
        ("あ" * 300 + ".pdf", "あ" * 196 + ".pdf"),
        ("\ud800.pdf", "_.pdf"),
        ("a\u3000b.pdf", "a b.pdf"),
    ],
)
def test_file_names_are_cleaned(raw, clean):
    assert clean_file_name(raw) == clean


@settings(deadline=None)
@given(st.text(max_size=400))
def test_a_clean_name_is_safe_whatever_was_sent(raw):
    name = clean_file_name(raw)
    assert 0 < len(name) <= 200
    assert not set(name) & set('/\\\r\n\x00<>:"|?*')
    assert clean_file_name(name) == name


def test_the_stream_may_be_one_that_spills_to_disk(tmp_path):
    path = tmp_path / "x.docx"
    path.write_bytes(docx("本文"))
    with path.open("rb") as stream:
        (inspected,) = inspect_uploads([Upload("x.docx", stream)], field="attachments", confirmed=False)
        assert isinstance(inspected.stream, io.BufferedReader)
