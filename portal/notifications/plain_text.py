"""Plain text for mail: folding by the width that Japanese takes, headers of one line, and the same text with links."""

import base64
import re
import unicodedata

from markupsafe import Markup, escape

WIDTH = 72
_URL = re.compile(r"https?://[^\s<>\"]+")
_NEVER_FIRST = frozenset("、。，．・：；？！）」』】〕］｝〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.;:?!)]}")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def columns(text: str) -> int:
    """How many columns the text takes: two for a full-width character, none for one that combines."""
    return sum(_width(character) for character in text)


def fold(text: str, width: int = WIDTH) -> str:
    """The text with no line wider than ``width``; addresses of pages stay whole, what is indented stays so."""
    return "\n".join(piece for line in text.splitlines() for piece in _fold_line(line.rstrip(), width))


def one_line(text: str) -> str:
    """The text without line breaks and control characters, as a header may carry it."""
    return " ".join(_BREAKS.sub(" ", text).split())


def encoded_header(text: str, name: str) -> str:
    """The text as encoded words (RFC 2047), one a line: the library loses spaces where it folds Japanese itself."""
    if text.isascii() and len(name) + 2 + len(text) <= 76:
        return text
    words: list[str] = []
    chunk = ""
    for character in text:
        room = 45 if words else 45 - len(name)
        if len((chunk + character).encode()) > room:
            words.append(chunk)
            chunk = ""
        chunk += character
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word.encode()).decode()}?=" for word in [*words, chunk])


def linked(text: str) -> Markup:
    """The text as HTML: escaped, addresses made into links, nothing added."""
    parts: list[str] = []
    end = 0
    for match in _URL.finditer(text):
        url = match.group()
        parts += [str(escape(text[end : match.start()])), f'<a href="{escape(url)}">{escape(url)}</a>']
        end = match.end()
    return Markup("".join([*parts, str(escape(text[end:]))]))  # noqa: S704 - every part is escaped


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def _fold_line(line: str, width: int) -> list[str]:
    if columns(line) <= width or _URL.search(line):
        return [line]
    indent = re.match(r"[ \u3000]*", line)
    margin = indent.group() if indent else ""
    pieces: list[str] = []
    rest = line
    while columns(rest) > width:
        cut = _cut(rest, width, len(margin))
        pieces.append(rest[:cut].rstrip())
        rest = margin + rest[cut:].lstrip()
    return [*pieces, rest]


def _cut(text: str, width: int, at_least: int) -> int:
    """Where to break: before a character that may begin a line, and not inside a word of Latin letters."""
    used = end = 0
    while end < len(text) and used + _width(text[end]) <= width:
        used += _width(text[end])
        end += 1
    cut = end
    while cut > at_least + 1 and not _may_break(text, cut):
        cut -= 1
    return cut if cut > at_least + 1 else max(end, at_least + 1)


def _may_break(text: str, cut: int) -> bool:
    before, after = text[cut - 1], text[cut]
    if after in _NEVER_FIRST:
        return False
    return not (before.isascii() and after.isascii() and not before.isspace() and not after.isspace())
