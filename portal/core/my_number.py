"""Keeping 個人番号 (My Number) out of every text: finding twelve digits whose check digit is valid.

Check digit: 行政手続における特定の個人を識別するための番号の利用等に関する法律の規定による通知カード及び個人番号カード等に関する
省令 (平成26年総務省令第85号) 第5条.
"""

import re
import unicodedata
from enum import Enum

from portal.core.errors import Invalid, NeedsConfirmation
from portal.core.i18n import N_

_SEPARATOR = r"[\s\-‐‑‒–—―−ーｰ・.]{0,3}"
_RUN = re.compile(rf"\d(?:{_SEPARATOR}\d){{11,}}")
_CONTEXT = re.compile(r"個人番号|マイナンバ|my\s*number|ﾏｲﾅﾝﾊﾞ", re.IGNORECASE)
_NEAR = 60  # characters on either side in which a context word counts


class Finding(Enum):
    """What a scan found: a number beside a word that names it, or only digits that could be one."""

    NAMED = "named"
    POSSIBLE = "possible"


def is_valid_my_number(digits: str) -> bool:
    """Whether twelve half-width digits carry the right check digit."""
    body, check = digits[:11], int(digits[11])
    total = sum(
        int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(body), start=1))
    remainder = total % 11
    return check == (0 if remainder <= 1 else 11 - remainder)


def scan(text: str) -> Finding | None:
    """The gravest finding in the text. Runs of more than twelve digits, such as 13-digit 法人番号, pass."""
    plain = unicodedata.normalize("NFKC", text)
    found: Finding | None = None
    for run in _RUN.finditer(plain):
        digits = re.sub(r"\D", "", run.group())
        if len(digits) != 12 or not is_valid_my_number(digits):
            continue
        around = plain[max(0, run.start() - _NEAR):run.end() + _NEAR]
        if _CONTEXT.search(around):
            return Finding.NAMED
        found = Finding.POSSIBLE
    return found


def check_text(field: str | None, text: str | None, confirmed: bool = False) -> None:
    """Refuse a text that holds a My Number; the message never repeats the digits.

    Raises Invalid when a word beside the digits names them, NeedsConfirmation when only the digits speak for it and
    the writer has not confirmed that they are something else (product.md section 9).
    """
    finding = scan(text) if text else None
    if finding is Finding.NAMED:
        raise Invalid(N_("個人番号（マイナンバー）と思われる番号が含まれています。番号を削除してください。"), field=field)
    if finding is Finding.POSSIBLE and not confirmed:
        raise NeedsConfirmation(
            N_("個人番号の可能性がある12桁の番号が含まれています。個人番号でない場合は、確認欄にチェックを入れてください。"),
            field=field)
