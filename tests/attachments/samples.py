"""Real files for the tests, made in memory."""

import io
import struct
import zipfile
import zlib

import xlsxwriter

from portal.attachments.inspection import Upload

MY_NUMBER = "123456789018"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
_WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def upload(name: str, content: bytes) -> Upload:
    """The content as somebody would send it."""
    return Upload(name, io.BytesIO(content), "application/octet-stream")


def zipped(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


def png() -> bytes:
    """A picture of one point."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\x00\x00")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in parts)


def docx(*paragraphs: str, **extra: bytes) -> bytes:
    """A Word document; each paragraph's runs are parted by ``|``."""
    run = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    body = "".join(
        "<w:p>" + "".join(run.format(text) for text in paragraph.split("|")) + "</w:p>" for paragraph in paragraphs
    )
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "_rels/.rels": b"<Relationships/>",
            "word/document.xml": _WORD.format(body).encode(),
            **extra,
        }
    )


def pptx(text: str) -> bytes:
    """Slides with one paragraph."""
    slide = f"<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>"
    return zipped({"[Content_Types].xml": b"<Types/>", "ppt/slides/slide1.xml": slide.encode()})


def xlsx(*rows: list[object]) -> bytes:
    """A workbook as a real program writes it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        blank = book.add_format({"border": 1})
        for number, row in enumerate(rows):
            sheet.write_blank(number, 0, None, blank)
            sheet.write_row(number, 1, row)
    return target.getvalue()


def workbook(*sheets: str) -> bytes:
    """A workbook with empty sheets of these names."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name in sheets:
            book.add_worksheet(name)
    return target.getvalue()


def old_office(stream: str) -> bytes:
    """The beginning of an old Office file and the name of its stream."""
    return OLE + b"\x00" * 504 + stream.encode("utf-16-le") + b"\x00" * 512


def encrypted(content: bytes) -> bytes:
    """The zip with the flag of encryption on every entry."""
    marked = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = marked.find(signature)
        while position >= 0:
            marked[position + offset] |= 1
            position = marked.find(signature, position + 4)
    return bytes(marked)


def overlapping_bomb(files: int = 400, size: int = 2_000_000) -> bytes:
    """A bomb whose many directory records all point to one piece of data."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(b"0" * size) + packed.flush()
    crc = zlib.crc32(b"0" * size)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(data), size, 5, 0) + b"a.txt" + data
    record = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(data), size, 5, 0, 0, 0, 0, 0, 0)
    records = (record + b"a.txt") * files
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, files, files, len(records), len(local), 0)
    return local + records + end
