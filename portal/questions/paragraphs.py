"""The paragraphs of a paper's text: which one a question is about, and where it stands in the rendered page."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape

from markupsafe import Markup

from portal.core.markdown import render

LONGEST_QUOTE = 1000
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^">]|"[^"]*")*)>')
_BLOCKS = frozenset({"p", "li", "pre", "blockquote", "tr"})
_VOID = frozenset({"br", "hr"})
_SET_ALONE = frozenset({"記", "以上"})  # nobody asks about these, and the page sets them in a way of its own


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, item or row of a table, counted from 1; headings are none. ``key`` holds as long as its text."""

    position: int
    text: str

    @property
    def key(self) -> str:
        """Its number and what its plain text hashes to."""
        return f"{self.position}-{sha256(self.text.encode()).hexdigest()[:12]}"

    @property
    def quote(self) -> str:
        """Its text, cut where it is long."""
        return self.text if len(self.text) <= LONGEST_QUOTE else self.text[:LONGEST_QUOTE] + "…"


@dataclass
class _Block:
    """A block while the page is read: where its opening tag ends, its own text ends, and where it is closed."""

    tag: str
    opened: int
    pieces: list[str] = field(default_factory=list)
    own_end: int | None = None
    closed: int = 0
    after: int = 0

    @property
    def text(self) -> str:
        return " ".join(unescape(" ".join(self.pieces) if self.tag == "tr" else "".join(self.pieces)).split())


def list_paragraphs(body: str) -> list[Paragraph]:
    """The paragraphs of a text in Markdown, as a reader sees them; notes at the foot are left out."""
    return [
        Paragraph(position, block.text)
        for position, block in enumerate(_blocks(str(render(body))), start=1)
        if block.text not in _SET_ALONE
    ]


def find_paragraph(body: str, key: str | None) -> Paragraph | None:
    """The paragraph with that key, or None when the text holds none."""
    return next((each for each in list_paragraphs(body) if each.key == key), None) if key else None


def annotate(html: Markup, beside: Callable[[int], Markup], below: Callable[[int], Markup]) -> Markup:
    """The rendered text with an id ``paragraph-n`` for each paragraph, something at its end and something below it.

    The text may be the corrected one: its paragraphs are those of the text as issued.
    """
    inserts: list[tuple[int, str]] = []
    for position, block in enumerate(_blocks(str(html)), start=1):
        if block.text not in _SET_ALONE:
            inserts += _inserts_of(block, f"paragraph-{position}", str(beside(position)), str(below(position)))
    return Markup(_insert(str(html), inserts))  # noqa: S704 - the text was sanitised, the rest is our own markup


def _inserts_of(block: _Block, name: str, link: str, note: str) -> list[tuple[int, str]]:
    if block.tag == "tr":  # a row takes an id, a link goes into its last cell, what is below it behind the table
        return [(block.opened, f' id="{name}"'), (block.closed, link), (block.after, note)]
    end = block.closed if block.own_end is None else block.own_end
    if block.tag == "li":
        return [(block.opened, f' id="{name}"'), (end, link + note)]
    if block.tag == "p":
        return [(block.opened, f' id="{name}"'), (end, link), (block.after, note)]
    return [(block.opened, f' id="{name}"'), (block.after, (f"<p>{link}</p>" if link else "") + note)]


def _insert(html: str, inserts: list[tuple[int, str]]) -> str:
    pieces, at = [], 0
    for place, text in sorted(inserts, key=lambda each: each[0]):
        pieces += [html[at:place], text]
        at = place
    return "".join([*pieces, html[at:]])


def _blocks(html: str) -> list[_Block]:
    """Every block that holds text, in the order in which they begin."""
    reader, at = _Reader(), 0
    for match in _TAG.finditer(html):
        reader.take_text(html[at : match.start()])
        at = match.end()
        if match[1]:
            reader.close(match[2], match.start(), at)
        else:
            reader.open(match[2], match[3], match.start(), at)
    return [block for block in reader.found if block.text]


class _Reader:
    """Goes through the tags of sanitised HTML, in which every tag is closed."""

    def __init__(self) -> None:
        self.found: list[_Block] = []
        self._stack: list[tuple[str, _Block | None]] = []
        self._left_out = 0  # how many of the open tags hold what nobody asks about: heads of tables, notes at the foot

    def take_text(self, text: str) -> None:
        """Text belongs to the innermost block: that of an item within an item to the inner one."""
        current = self._current
        if current is not None and not self._left_out:
            current.pieces.append(text)

    def open(self, tag: str, attributes: str, start: int, end: int) -> None:
        """A tag opens; a list within an item ends the item's own text."""
        if tag in _VOID:
            self.take_text(" ")
            return
        current = self._current
        if tag in {"ul", "ol"} and current is not None and current.tag == "li" and current.own_end is None:
            current.own_end = start
        self._left_out += _is_left_out(tag, attributes)
        block = None
        if tag in _BLOCKS and not self._left_out and (current is None or tag == current.tag == "li"):
            block = _Block(tag, end - 1)
            self.found.append(block)
        self._stack.append((tag if not _is_left_out(tag, attributes) else "", block))

    def close(self, tag: str, start: int, end: int) -> None:
        """A tag closes: the block that it ends, the last cell so far of a row, or the table below its rows."""
        opened, block = self._stack.pop() if self._stack else (tag, None)
        self._left_out -= not opened
        current = self._current
        if block is not None and tag != "tr":
            block.closed, block.after = start, end
        elif tag in {"td", "th"} and current is not None and current.tag == "tr":
            current.closed = start
        elif tag == "table":
            for row in self.found:
                row.after = row.after or end

    @property
    def _current(self) -> _Block | None:
        return next((block for _, block in reversed(self._stack) if block is not None), None)


def _is_left_out(tag: str, attributes: str) -> bool:
    return tag == "thead" or (tag == "div" and "footnote" in attributes)
