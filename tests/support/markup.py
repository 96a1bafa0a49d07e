"""What must hold of every page and every fragment of one, whoever fetches it."""

import re

import html5lib
from bs4 import BeautifulSoup

_VALID: set[int] = set()  # skeletons of pages that html5lib has parsed without a fault
_SOUND: set[int] = set()  # skeletons, with the names that its parts refer to, of pages without any fault
_TEXT = re.compile(r">[^<&]+<")  # text without an ampersand cannot be at fault
_VALUE = re.compile(r'="[^"&]*"')
_MERE_VALUE = re.compile(r' (?:value|href|src|action|content|datetime|placeholder|nonce|data-[a-z-]+)="[^"&]*"')
_TITLE = re.compile(r"<title>([^<]*)</title>")
_H1 = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def check_markup(where: str, text: str) -> None:
    """Valid HTML, labels, unique ids, nothing inline; a whole page has a language, one h1 and a title to match.

    What differs from something sound in nothing but its texts and values is not taken apart again.
    """
    is_whole = "<html" in text
    if is_whole:
        _check_heading(where, text)
    skeleton = hash(_TEXT.sub("><", _MERE_VALUE.sub("", text)))
    if skeleton in _SOUND:
        return
    _check_validity(where, text, is_whole=is_whole)
    soup = BeautifulSoup(text, "html.parser")
    if is_whole:
        assert soup.html is not None
        assert soup.html.get("lang") in {"ja", "en"}, f"{where}: no lang"
    _check_names(where, soup, is_whole=is_whole)
    _check_labels(where, soup)
    _check_nothing_inline(where, soup)
    _SOUND.add(skeleton)


def _check_heading(where: str, text: str) -> None:
    headings, titles = _H1.findall(text), _TITLE.findall(text)
    assert len(headings) == 1, f"{where}: {len(headings)} h1"
    title, h1 = _words(titles[0]), _words(headings[0])
    assert title.startswith(h1), f"{where}: title {title!r} does not begin with h1 {h1!r}"


def _words(markup: str) -> str:
    return " ".join(_TAG.sub("", markup).split())


def _check_validity(where: str, text: str, *, is_whole: bool) -> None:
    """Parse as a browser would, without a fault; a page of the same tags and attributes has been parsed already."""
    skeleton = hash(_TEXT.sub("><", _VALUE.sub("=", text)))
    if skeleton in _VALID:
        return
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text) if is_whole else parser.parseFragment(text)
    errors = [str(error) for error in parser.errors]
    assert not errors, f"{where}: invalid HTML: {errors[:3]}"
    _VALID.add(skeleton)


def _check_names(where: str, soup: BeautifulSoup, *, is_whole: bool) -> None:
    ids = [element["id"] for element in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"{where}: duplicate ids {sorted({name for name in ids if ids.count(name) > 1})}"
    if is_whole:  # a fragment may name what stands elsewhere on the page
        for element in soup.find_all(attrs={"aria-describedby": True}):
            for part in element["aria-describedby"].split():
                assert part in ids, f"{where}: aria-describedby names {part}, which is not there"


def _check_labels(where: str, soup: BeautifulSoup) -> None:
    labelled = {label.get("for") for label in soup.find_all("label")}
    for control in soup.find_all(["input", "select", "textarea"]):
        if control.get("type") in {"hidden", "submit", "button"}:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby")
        has_label = control.get("id") in labelled or control.find_parent("label") or named
        assert has_label, f"{where}: no label for {control.get('name') or control}"


def _check_nothing_inline(where: str, soup: BeautifulSoup) -> None:
    for script in soup.find_all("script"):
        assert script.get("src") or script.get("type") == "application/json", f"{where}: inline script"
    assert not soup.find_all("style"), f"{where}: inline style element"
    for element in soup.find_all(True):
        bad = [name for name in element.attrs if name == "style" or re.match(r"on[a-z]+$", name)]
        assert not bad, f"{where}: inline {bad} on <{element.name}>"
