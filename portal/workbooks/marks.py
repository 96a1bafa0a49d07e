"""What a form says of itself, small but visible: which form of which campaign it is, and which entry a row is."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from portal.campaigns.models import Question
from portal.workbooks.states import FormKind

LAYOUT = 1
_LETTERS = {FormKind.ANSWERS: "A", FormKind.PROGRESS: "P"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}
_FORM = re.compile(r"LP(\d{1,3})-([AP])-(\d{1,18})-([BA]\d{1,18})-([a-p]{8})")
_ENTRY = re.compile(r"E(\d{1,18})-V(\d{1,9})([SN])")


@dataclass(frozen=True, kw_only=True)
class FormMark:
    """Which form it is: ``scope`` is B and the id of one body's part, or A and the code of a prefecture's area.

    ``digest`` changes with the questions, ``layout`` with the way in which forms are laid out.
    """

    kind: FormKind
    campaign_id: int
    scope: str
    digest: str
    layout: int = LAYOUT

    def __str__(self) -> str:
        return f"LP{self.layout}-{_LETTERS[self.kind]}-{self.campaign_id}-{self.scope}-{self.digest}"


@dataclass(frozen=True, kw_only=True)
class EntryMark:
    """Which body × procedure a row or sheet is, and what its writer saw.

    ``version`` is that of the entry, for progress the id of the newest snapshot (0: none). ``is_shown`` says whether
    the answers stood in the form: what a body is still writing, its prefecture does not see.
    """

    entry_id: int
    version: int
    is_shown: bool = True

    def __str__(self) -> str:
        return f"E{self.entry_id}-V{self.version}{'S' if self.is_shown else 'N'}"


def parse_form(text: object) -> FormMark | None:
    """The mark of a form, None when the text is none."""
    found = _FORM.fullmatch(str(text).strip())
    if found is None:
        return None
    layout, letter, campaign_id, scope, digest = found.groups()
    return FormMark(kind=_KINDS[letter], campaign_id=int(campaign_id), scope=scope, digest=digest, layout=int(layout))


def parse_entry(text: object) -> EntryMark | None:
    """The mark of a body × procedure, None when the text is none."""
    found = _ENTRY.fullmatch(str(text).strip())
    if found is None:
        return None
    return EntryMark(entry_id=int(found[1]), version=int(found[2]), is_shown=found[3] == "S")


def digest_of(questions: Iterable[Question]) -> str:
    """Eight letters that change with what is asked; no digits, so that none is ever taken for a person's number."""
    asked = [[q.code, q.kind.value, q.options, q.rows, q.columns, q.asks_reason_for] for q in questions]
    return letters(json.dumps(asked, ensure_ascii=False, sort_keys=True))


def letters(text: str) -> str:
    """Eight letters that stand for the text."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in hashlib.sha256(text.encode()).hexdigest()[:8])
