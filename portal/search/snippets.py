"""The passage of a text where the words stand, with the words marked."""

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from portal.search.normal import normalise, normalise_with_spans

BEFORE, WIDTH = 30, 110
_MARKDOWN = re.compile(r"[*`|]+|^\s*(?:[-+]|>+|#+)\s+|\[(?=[^\]]*\]\()|\]\([^)\s]*\)", re.MULTILINE)


def snippet(text: str, words: Sequence[str]) -> Markup:
    """A passage of the text round the first of the (normalised) words, every word in it marked; safe markup."""
    plain = re.sub(r"\s+", " ", _MARKDOWN.sub("", text)).strip()
    found = _places(plain, words)
    start = max(0, found[0][0] - BEFORE) if found else 0
    end = min(len(plain), start + WIDTH)
    passage = _marked(plain, [place for place in found if place[1] <= end], start, end)
    return escape("…" if start else "") + passage + escape("…" if end < len(plain) else "")


def highlight(text: str, words: Sequence[str]) -> Markup:
    """The whole text, such as a title, with the words marked; safe markup."""
    return _marked(text, _places(text, words), 0, len(text))


def holds(text: str, words: Sequence[str]) -> bool:
    """Whether one of the words stands in the text."""
    folded = normalise(text)
    return any(word in folded for word in words)


def _marked(text: str, places: Sequence[tuple[int, int]], start: int, end: int) -> Markup:
    parts, last = [], start
    for first, after in places:
        parts += [escape(text[last:first]), Markup("<mark>"), escape(text[first:after]), Markup("</mark>")]
        last = after
    return Markup("").join([*parts, escape(text[last:end])])


def _places(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in the text as written, in order, none overlapping another."""
    if not holds(text, words):
        return []
    folded, spans = normalise_with_spans(text)
    found = []
    for word in words:
        place = folded.find(word) if word else -1
        while place >= 0:
            found.append((spans[place][0], spans[place + len(word) - 1][1]))
            place = folded.find(word, place + len(word))
    apart: list[tuple[int, int]] = []
    for first, after in sorted(found):
        if apart and first < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(after, apart[-1][1]))
        else:
            apart.append((first, after))
    return apart
