"""What must hold of every page and every fragment of one, whoever fetches it."""

import re
from collections.abc import Iterator

import html5lib
from lxml import html

_VALID: set[object] = set()  # what html5lib has found without a fault, see _features
_TITLE = re.compile(r"<title>([^<]*)</title>")
_H1 = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_PIECE = re.compile(
    r"<!--(?P<comment>.*?)-->|<!(?P<declaration>[^>]*)>|</(?P<end>[a-zA-Z][^\s/>]*)\s*>"
    r"""|<(?P<start>[a-zA-Z][^\s/>]*)(?P<attributes>(?:\s+[^\s"'<>/=]+(?:="[^"<>]*"|='[^'<>]*')?)*)\s*(?P<closed>/?)>"""
    r"|(?P<text>[^<]+)|(?P<odd><)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:=("[^"]*"|'[^']*'))?""")
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_SUSPECT = re.compile(
    r"&(?!(?:amp|lt|gt|quot|nbsp|#34|#39);)|[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]"
)
_INLINE = re.compile(r"style$|on[a-z]+$")


def check_markup(where: str, text: str) -> None:
    """Valid HTML, labels, unique ids, nothing inline; a whole page has a language, one h1 and a title to match."""
    is_whole = "<html" in text
    if is_whole:
        _check_heading(where, text)
    _check_validity(where, text, is_whole=is_whole)
    if not text.strip():
        return
    page = html.document_fromstring(text)
    if is_whole:
        assert page.get("lang") in {"ja", "en"}, f"{where}: no lang"
    _check_names(where, page, is_whole=is_whole)
    _check_labels(where, page)
    _check_nothing_inline(where, page)


def strings_of(*elements: html.HtmlElement | None) -> list[str]:
    """The texts that people read in these elements, piece by piece."""
    read = ".//text()[not(parent::script or parent::style or ancestor::template or ancestor::rt or ancestor::rp)]"
    return [text for element in elements if element is not None for text in element.xpath(read)]


def _check_heading(where: str, text: str) -> None:
    headings, titles = _H1.findall(text), _TITLE.findall(text)
    assert len(headings) == 1, f"{where}: {len(headings)} h1"
    title, h1 = _words(titles[0]), _words(headings[0])
    assert title.startswith(h1), f"{where}: title {title!r} does not begin with h1 {h1!r}"


def _words(markup: str) -> str:
    return " ".join(_TAG.sub("", markup).split())


def _check_validity(where: str, text: str, *, is_whole: bool) -> None:
    """Parse as a browser would, without a fault, unless all that could be at fault was found valid elsewhere."""
    features = set(_features(text, is_whole=is_whole))
    if features <= _VALID:
        return
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text) if is_whole else parser.parseFragment(text)
    errors = [str(error) for error in parser.errors]
    assert not errors, f"{where}: invalid HTML: {errors[:3]}"
    _VALID.update(features)


def _features(text: str, *, is_whole: bool) -> Iterator[object]:
    """All of a page on which its validity depends; the whole text where its tags do not plainly match.

    Where each element is closed by its own tag, what a parser may find wrong with a tag or a text follows from the
    elements round it, its attributes' names and odd characters, and on top from the order of the parts of the page.
    So a page is valid when all these were found on valid pages.
    """
    rooms = ["whole" if is_whole else "part"]
    found: set[object] = set()
    order: list[tuple[str, str]] = []
    for piece in _PIECE.finditer(text):
        kind, room = piece.lastgroup, rooms[-1]
        if kind == "text":
            found.add((room, "text", _odd(piece[0]) or bool(piece[0].strip())))
        elif kind == "closed":
            name, closed = piece["start"], piece["closed"]
            names = tuple((key, _odd(value)) for key, value in _ATTRIBUTE.findall(piece["attributes"]))
            found.add((room, name, names, closed))
            if is_whole and len(rooms) <= 2:
                order.append((room, name))
            if name not in _VOID and not closed:
                rooms.append(f"{room}>{name}")
        elif kind == "end" and len(rooms) > 1 and room.rpartition(">")[2] == piece["end"]:
            rooms.pop()
        elif kind in {"comment", "declaration"}:
            found.add((room, kind, piece[0]))
            order.append((room, piece[0]))
        else:
            return iter([text])
    found.add(tuple(order))
    return iter(found if len(rooms) == 1 else [text])


def _odd(text: str) -> str:
    return text if _SUSPECT.search(text) else ""


def _check_names(where: str, page: html.HtmlElement, *, is_whole: bool) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), f"{where}: duplicate ids {sorted({name for name in ids if ids.count(name) > 1})}"
    if is_whole:  # a fragment may name what stands elsewhere on the page
        for named in page.xpath("//@aria-describedby"):
            for part in named.split():
                assert part in ids, f"{where}: aria-describedby names {part}, which is not there"


def _check_labels(where: str, page: html.HtmlElement) -> None:
    labelled = set(page.xpath("//label/@for"))
    for control in page.iter("input", "select", "textarea"):
        if control.get("type") in {"hidden", "submit", "button"}:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby")
        has_label = control.get("id") in labelled or next(control.iterancestors("label"), None) is not None or named
        assert has_label, f"{where}: no label for {control.get('name') or html.tostring(control)}"


def _check_nothing_inline(where: str, page: html.HtmlElement) -> None:
    for script in page.iter("script"):
        assert script.get("src") or script.get("type") == "application/json", f"{where}: inline script"
    assert page.find(".//style") is None, f"{where}: inline style element"
    for attribute in page.xpath("//@*[name() = 'style' or starts-with(name(), 'on')]"):
        bad = attribute.attrname
        assert not _INLINE.match(bad), f"{where}: inline {bad} on <{attribute.getparent().tag}>"
