"""The per-body fields of a reply to many: {団体名}, {番号}, {期限}, {氏名}, and what they become for one issue."""

import re

from portal.core.calendar import long_date
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.issues.models import Issue

BODY, NUMBER, DUE, PERSON = "団体名", "番号", "期限", "氏名"
FIELDS = (BODY, NUMBER, DUE, PERSON)
_PLACE = re.compile(r"[{｛]\s*([^{}｛｝\n]{0,60}?)\s*[}｝]")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&])")
_UNKNOWN = N_("「{%(name)s}」という差込みはありません。使えるのは{団体名}、{番号}、{期限}、{氏名}です。")


def check_fields(text: str, *, field: str = "text") -> None:
    """Raise Invalid at the field for a place in braces that names no field, or one that is not closed."""
    for name in _names(text):
        if name not in FIELDS:
            raise Invalid(_UNKNOWN, field=field, name=name)
    if re.search(r"[{}｛｝]", _PLACE.sub("", text)):
        raise Invalid(N_("差込みの括弧が閉じていません。{団体名}のように書いてください。"), field=field)


def fields_of(issue: Issue) -> dict[str, str]:
    """What the fields are for this issue; an empty text where it has no such thing."""
    return {
        BODY: issue.organisation.name,
        NUMBER: issue.number or "",
        DUE: long_date(issue.due_on) if issue.due_on else "",
        PERSON: issue.submitter.name,
    }


def list_missing(text: str, fields: dict[str, str]) -> list[str]:
    """The fields that the text uses and that are empty."""
    return [name for name in _names(text) if not fields.get(name)]


def fill(text: str, fields: dict[str, str]) -> str:
    """The text for one body. What is put in stands as plain words, whatever marks of Markdown it holds."""
    return _PLACE.sub(lambda match: as_plain_words(fields.get(match.group(1), "")), text)


def as_plain_words(text: str) -> str:
    """The text as Markdown that prints just these characters."""
    return _MARKDOWN.sub(r"\\\1", text)


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(match.group(1) for match in _PLACE.finditer(text)))
