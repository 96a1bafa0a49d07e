"""The check that no individual number (個人番号, My Number) gets into the portal (product.md section 9).

The digits found are never returned, logged or shown.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import groupby, pairwise

from portal.core.errors import Invalid, NeedsConfirmation
from portal.core.i18n import N_

_REFUSED = N_(
    "個人番号（マイナンバー）と思われる番号が含まれています。個人番号は登録できません。番号を削除してください。"
)
_CONFIRM = N_(
    "個人番号（マイナンバー）と同じ形式の12桁の番号が含まれています。"
    "個人番号でないことを確かめたうえで、確認欄にチェックを入れてください。"
)

_NEARBY = 60  # characters before and after the number in which a context word counts
_CONTEXT = re.compile(r"個\s*人\s*番\s*号|マ\s*イ\s*ナ\s*ン\s*バ|マイナ\s*番号|my[\s_-]*number", re.IGNORECASE)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff"))
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u30fc\uff70\u02d7\ufe63"
# Neither the digits of a decimal fraction nor of an international telephone number; at most 200 groups at a time.
_RUN = re.compile(rf"\d(?<![+\d]\d)(?<!\d\.\d)\d*(?:[\s{re.escape(_HYPHENS)}]{{1,6}}\d+){{0,199}}")
_GROUP = re.compile(r"\d+")


class Finding(Enum):
    """How sure the check is."""

    CONFIRM = "confirm"  # twelve digits with a valid check digit: one number in eleven has it by chance
    REFUSED = "refused"  # and a word for the individual number beside it


def has_valid_check_digit(digits: str) -> bool:
    """Whether twelve digits end in the check digit of an individual number (平成26年総務省令第85号 第5条)."""
    numbers = [int(digit) for digit in digits]
    if len(numbers) != 12:
        return False
    total = sum(p * (n + 1 if n <= 6 else n - 5) for n, p in enumerate(reversed(numbers[:11]), start=1))
    rest = total % 11
    return numbers[11] == (0 if rest <= 1 else 11 - rest)


def scan(text: str | None, *, context: str = "") -> Finding | None:
    """The gravest finding in the text, or None. ``context`` counts as nearby everywhere, as a table's heading does."""
    if not text:
        return None
    plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    everywhere = bool(_CONTEXT.search(unicodedata.normalize("NFKC", context)))
    found: Finding | None = None
    for start, end, digits in _candidates(plain):
        if not has_valid_check_digit(digits):
            continue
        if everywhere or _CONTEXT.search(plain[max(0, start - _NEARBY) : start] + "\n" + plain[end : end + _NEARBY]):
            return Finding.REFUSED
        found = Finding.CONFIRM
    return found


def may_hold(text: str) -> bool:
    """Whether some stretch of the text reads as one number of twelve digits, were its check digit mistyped too."""
    plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return next(_candidates(plain), None) is not None


def gravest(findings: Iterable[Finding | None]) -> Finding | None:
    """The gravest of several findings."""
    found = set(findings)
    return next((finding for finding in (Finding.REFUSED, Finding.CONFIRM) if finding in found), None)


def check_text(field: str | None, text: str | None, confirmed: bool = False) -> None:
    """Raise Invalid when the text holds an individual number, NeedsConfirmation when it may and nobody confirmed it.

    ``confirmed`` says that the writer declared the number to be another one; it never admits a number that
    stands beside a word for the individual number.
    """
    finding = scan(text)
    if finding is Finding.REFUSED:
        raise Invalid(_REFUSED, field=field)
    if finding is Finding.CONFIRM and not confirmed:
        raise NeedsConfirmation(_CONFIRM, field=field)


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    """Every stretch that reads as one number of twelve digits, as (start, end, digits).

    A longer number is never cut into windows: 13 digits are a corporate number, 16 a card.
    """
    for run in _RUN.finditer(text):
        if run.end() - run.start() < 12:
            continue
        groups = [(match.start(), match.end()) for match in _GROUP.finditer(text, run.start(), run.end())]
        for first, last in _stretches(text, groups):
            if sum(end - start for start, end in groups[first : last + 1]) == 12:
                digits = "".join(text[start:end] for start, end in groups[first : last + 1])
                yield groups[first][0], groups[last][1], digits


def _stretches(text: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    sizes = [end - start for start, end in groups]
    yield from ((index, index) for index, size in enumerate(sizes) if size == 12)
    kinds = [_kind(text[end:start]) for (_, end), (start, _) in pairwise(groups)]
    position = 0
    for _, links in groupby(kinds):
        length = len(list(links))
        yield position, position + length
        position += length
    for index in range(len(sizes) - 2):
        if sizes[index : index + 3] == [4, 4, 4] and _stands_alone(sizes, kinds, index):
            yield index, index + 2


def _kind(separator: str) -> str:
    if any(character in _HYPHENS for character in separator):
        return "-"
    return "\n" if "\n" in separator or "\r" in separator else " "


def _stands_alone(sizes: list[int], kinds: list[str], index: int) -> bool:
    """Whether the three groups of four are no part of a corporate number (1-4-4-4) or of a card (4-4-4-4)."""
    before = sizes[index - 1] if index and kinds[index - 1] == kinds[index] else 0
    after = sizes[index + 3] if index + 3 < len(sizes) and kinds[index + 2] == kinds[index + 1] else 0
    return before not in {1, 4} and after != 4
