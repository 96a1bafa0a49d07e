"""The text inside a file as far as the My Number check needs it. Nothing of it is kept.

XML is read by patterns and not by a parser, piece by piece: no entity is ever expanded, a broken part costs nothing,
and a sheet of any size takes a few megabytes of memory.
"""

import codecs
import re
import zipfile
from collections.abc import Iterator
from html import unescape

from portal.attachments.archives import read_chunks
from portal.core.my_number import Finding, gravest, scan

_MOST_TEXT = 64 * 1024 * 1024  # of XML read in one package
_SHORTEST_BODY = len("<v>123456789012</v>")  # a shorter cell cannot hold the number
_PIECE = 1024 * 1024
_LONGEST_PIECE = 4 * 1024 * 1024
_PARTS = re.compile(
    r"(?:word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)|ppt/(?:slides/slide|notesSlides/notesSlide)\d+"
    r"|xl/(?:sharedStrings|worksheets/[^/]+|comments\d*))\.xml"
)
_ENDS = {
    "word": "</w:p>",
    "ppt": "</a:p>",
    "xl/sharedStrings": "</si>",
    "xl/worksheets": "</c>",
    "xl/comments": "</comment>",
}
_BREAK = re.compile(r"</(?:w:p|a:p|si|comment)>|<(?:w:br|a:br|w:tab)\b[^<>]*>")
_SHARED = re.compile(r"""\bt\s*=\s*["']s["']""")
_RUN = re.compile(r"<(?:w:t|a:t|t|v)(?:\s[^<>]*)?>([^<]*)</")
# A cell that holds nothing but the name of the number heads a column of such numbers.
_HEADING = re.compile(
    r"(?:^|[;,\t\n\"])[ \u3000]{0,4}(?:個人番号|マイナンバー|ﾏｲﾅﾝﾊﾞｰ|my[ _-]?number)"
    r"(?:[(（][^;,\t\n\"]{0,40})?[ \u3000]{0,4}(?=$|[;,\t\r\n\"])",
    re.IGNORECASE,
)


def decode_text(content: bytes) -> str | None:
    """The text of a TXT or CSV file in UTF-8 or Windows' Japanese code, or None when it is neither."""
    if b"\x00" in content:
        return None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def scan_plain(text: str) -> Finding | None:
    """The finding in a text or CSV file. A tab parts cells, so figures on both its sides are two numbers."""
    return _scan_all(piece.replace("\t", ";") for piece in _lines(text))


def scan_package(archive: zipfile.ZipFile) -> Finding | None:
    """The gravest finding in the parts of an Office package that hold what people wrote."""
    return _scan_all(_package_texts(archive))


def _scan_all(texts: Iterator[str]) -> Finding | None:
    found, has_heading = None, False
    for text in texts:
        found = gravest([found, scan(text)])
        has_heading = has_heading or bool(_HEADING.search(text))
    return Finding.REFUSED if found and has_heading else found


def _lines(text: str) -> Iterator[str]:
    """The text in pieces of about a million characters that end with a line."""
    start = 0
    while start < len(text):
        cut = text.find("\n", start + _PIECE, start + _LONGEST_PIECE)
        end = cut if cut >= 0 else start + _LONGEST_PIECE
        yield text[start:end]
        start = end


def _package_texts(archive: zipfile.ZipFile) -> Iterator[str]:
    left = _MOST_TEXT
    for entry in archive.infolist():
        if not _PARTS.fullmatch(entry.filename) or left <= 0:
            continue
        end = next(mark for part, mark in _ENDS.items() if entry.filename.startswith(part))
        for xml in _pieces(read_chunks(archive, entry, left), end):
            yield _cells(xml) if end == "</c>" else _paragraphs(xml, ";" if entry.filename.startswith("xl/") else "\n")
        left -= entry.file_size


def _pieces(chunks: Iterator[bytes], end: str) -> Iterator[str]:
    """The XML in pieces that end where a paragraph or cell ends."""
    decoder, held = codecs.getincrementaldecoder("utf-8")("replace"), ""
    for chunk in chunks:
        held += decoder.decode(chunk)
        cut = held.rfind(end)
        if cut >= 0 or len(held) > _LONGEST_PIECE:
            cut = cut + len(end) if cut >= 0 else len(held)
            yield held[:cut]
            held = held[cut:]
    yield held


def _paragraphs(xml: str, mark: str) -> str:
    return mark.join(_text(part) for part in _BREAK.split(xml))


def _cells(xml: str) -> str:
    """The cells that hold their own value; the others only point to the shared strings."""
    texts = []
    for part in xml.split("</c>")[:-1]:
        start = max(part.rfind("<c "), part.rfind("<c>"))
        attributes, _, body = part[start:].partition(">")
        if len(body) >= _SHORTEST_BODY and not _SHARED.search(attributes):
            texts.append(_text(body))
    return ";".join(texts)


def _text(xml: str) -> str:
    return unescape("".join(_RUN.findall(xml)))
