"""One form for everything that is written alike: width, case, kana, numerals, long vowels, hyphens.

Texts and the words sought go through the same steps, so that whatever is folded here finds itself again.
"""

import re
import unicodedata
from collections.abc import Iterator
from operator import add

_Spans = list[tuple[int, int]]

_HYPHENS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\u301c~"
_VARIANTS = {"髙": "高", "﨑": "崎", "濵": "浜", "濱": "浜", "邊": "辺", "邉": "辺", "齋": "斎", "齊": "斉", "國": "国"}
_NUMERALS = dict(zip("〇一二三四五六七八九", "0123456789", strict=True))
_KANA = {chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)}
_KANA |= dict(zip("ゝゞヶヵゖゕヂヅぢづ", "ヽヾケカケカジズジズ", strict=True))
_FOLD = str.maketrans(_VARIANTS | _NUMERALS | _KANA)

# In this order; each replaces a run by one character, by nothing, or a character by another.
_STEPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[*`]+"), ""),  # Markdown's emphasis stands inside sentences
    (re.compile(rf"(?<=[ァ-ヺ])[{_HYPHENS}](?=[ァ-ヺ])"), "ー"),  # デ−タ is データ
    (re.compile(r"(?<=[ァ-ヺ])ー+(?![ァ-ヺー])|(?<=[ぁ-ゖ])ー+(?![ぁ-ゖー])"), ""),  # サーバー is サーバ
    (re.compile(r"(?<![ァ-ヺぁ-ゖー])ー"), "-"),  # typed for a hyphen: Ｒ８ーＬ
    (re.compile(r"(?<=[0-9〇一二三四五六七八九十数何])[ヶヵケカか箇](?=[月所年国条])"), "カ"),
    (re.compile(rf"(?<=\w)[{_HYPHENS}_・·]+(?=\w)|(?<=[a-z0-9])[.,:/'’]+(?=[a-z0-9])"), ""),
)
_REST = (re.compile(r"[\W_]+"), " ")
_VOICED = "\u3099\u309a\uff9e\uff9f"
_MARKS = re.compile(rf"[{_VOICED}\u0300-\u036f]")


def normalise(text: str) -> str:
    """The text as it is indexed and sought: letters and digits in one form, everything between them one space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    for pattern, replacement in _STEPS:
        folded = pattern.sub(replacement, folded)
    return _REST[0].sub(_REST[1], folded.translate(_FOLD)).strip()


def normalise_with_spans(text: str) -> tuple[str, _Spans]:
    """The same (but for white space at its ends), and for each character where in the text it comes from."""
    folded, spans = _widths(text)
    for pattern, replacement in _STEPS:
        folded, spans = _substitute(folded, spans, pattern, replacement)
    return _substitute(folded.translate(_FOLD), spans, *_REST)


def grams(text: str) -> set[str]:
    """The pairs of neighbouring characters of a normalised text; a character that stands alone is one by itself."""
    pairs = {pair for pair in map(add, text, text[1:]) if " " not in pair}
    return pairs | {word for word in text.split() if len(word) == 1}


def _widths(text: str) -> tuple[str, _Spans]:
    """Width and case in one form, and where each character comes from."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if len(folded) == len(text) and not _MARKS.search(text):  # nothing was put together, so nothing was taken apart
        return folded, [(place, place + 1) for place in range(len(text))]
    letters: list[str] = []
    spans: _Spans = []
    for start, end in _clusters(text):
        for letter in unicodedata.normalize("NFKC", text[start:end]).casefold():
            letters.append(letter)
            spans.append((start, end))
    return "".join(letters), spans


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """The characters with the marks that belong to them."""
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not (unicodedata.combining(text[index]) or text[index] in _VOICED):
            yield start, index
            start = index


def _substitute(text: str, spans: _Spans, pattern: re.Pattern[str], replacement: str) -> tuple[str, _Spans]:
    parts: list[str] = []
    kept: _Spans = []
    last = 0
    for found in pattern.finditer(text):
        parts += [text[last : found.start()], replacement]
        kept += spans[last : found.start()]
        if replacement:
            kept.append((spans[found.start()][0], spans[found.end() - 1][1]))
        last = found.end()
    return "".join([*parts, text[last:]]), kept + spans[last:]
