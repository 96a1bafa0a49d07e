"""What came with a request: what somebody typed, for showing it again or beside what is stored, and numbers that a form
carries."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, request

from portal.core.calendar import long_date
from portal.core.differences import DifferenceKind, differences, replaced
from portal.web.locale import is_english

_NEVER_SHOWN = frozenset(
    {
        "csrf_token",
        "form_key",
        "password",
        "new_password",
        "current_password",
        "password_again",
        "version",
        "draft_version",
        "seen",
        "next",
    }
)
_PARTS = ("-year", "-month", "-day")


@dataclass(frozen=True)
class Differing:
    """A field with something else typed in it than what is stored now; ``pieces`` lead from that to what was typed."""

    label: str
    text: str
    pieces: list[tuple[DifferenceKind, str]]


@dataclass(frozen=True)
class Compared:
    """What was typed beside what is stored: the fields that differ, and how many are the same."""

    differing: list[Differing]
    same: int


def typed_id(value: object) -> int | None:
    """The whole number that a form carries, such as an id or a version; None for anything else."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def list_typed() -> list[tuple[str, str]]:
    """(label, value) of what the request's form holds, without secrets and what nobody typed.

    Fields of the form that the view had made stand under their labels, what was chosen as it reads; the rest as sent.
    """
    sent = [(label, _as_sent(field)) for label, field in _fields()]
    return [(label, text) for label, text in (*sent, *_rest()) if text.strip()]


def compare_typed() -> Compared:
    """What of the request's form differs from what its view had read; what is no field of it is listed too."""
    fields = [(label, field) for label, field in _fields() if _sent_for(field)]
    differing = [_differing(label, field) for label, field in fields if _held(field.data) != _held(field.object_data)]
    kept = [field for _, field in fields if _held(field.data) is not None]
    rest = [Differing(name, text, []) for name, text in _rest() if text.strip()]
    return Compared([*differing, *rest], sum(_held(field.data) == _held(field.object_data) for field in kept))


def _fields() -> list[tuple[str, Any]]:
    """What people fill in of the form that the view had made, with the labels; the fields of a list are numbered."""
    found: list[tuple[str, Any]] = []
    for field in g.get("form_made", ()):
        if hasattr(field, "entries"):
            found += [(f"{entry.label.text} {number}", entry) for number, entry in enumerate(field, start=1)]
        elif field.name not in _NEVER_SHOWN and field.type != "HiddenField":
            found.append((str(field.label.text), field))
    return found


def _rest() -> list[tuple[str, str]]:
    """What was sent that is no field of that form."""
    known = {field.name for field in g.get("form_made", ())} | _NEVER_SHOWN
    known |= {field.name + part for _, field in _fields() for part in ("", *_PARTS)}
    return [(name, value) for name, value in request.form.items(multi=True) if name not in known]


def _sent_for(field: Any) -> bool:
    """Whether the form that was sent had the field; an empty box is not sent, and so may be one that was emptied."""
    is_box = field.type in {"CheckboxField", "CheckboxesField"}
    return is_box or any(field.name + part in request.form for part in ("", *_PARTS))


def _differing(label: str, field: Any) -> Differing:
    stored = _say(field, field.object_data)
    typed = _say(field, field.data) or _as_sent(field)
    is_text = isinstance(field.data, str) and not hasattr(field, "iter_choices")
    copied = typed if is_text else ""  # a choice is chosen again, not copied
    return Differing(label, copied, (differences if is_text and stored else replaced)(stored, typed))


def _held(value: Any) -> Any:
    """What a field holds, nothing in whichever way as None."""
    if isinstance(value, list | tuple):
        return sorted(map(str, value)) or None
    return "\n".join(value.splitlines()) or None if isinstance(value, str) else value or None


def _say(field: Any, value: Any) -> str:
    """A value of a field as the page says it."""
    if not value:
        return ""
    if hasattr(field, "iter_choices"):
        values = value if isinstance(value, list | tuple) else [value]
        return _read(field, [str(getattr(each, "value", each)) for each in values])
    if isinstance(value, date):
        return value.isoformat() if is_english() else long_date(value)
    return "✓" if value is True else str(value)


def _as_sent(field: Any) -> str:
    values = [value for part in ("", *_PARTS) for value in request.form.getlist(field.name + part)]
    return _read(field, values) if values else ""


def _read(field: Any, values: list[str]) -> str:
    """What was sent, as the page says it: the labels of what was chosen, a date's boxes in one."""
    if hasattr(field, "iter_choices"):
        labels = {str(choice[0]): str(choice[1]) for choice in field.iter_choices()}
        return "、".join(labels.get(value, value) for value in values if value)
    if field.type == "CheckboxField":
        return "✓"
    return "-".join(values)
