"""What came with a request: what somebody typed, for showing it again, and numbers that a form carries."""

from collections.abc import Iterator
from typing import Any

from flask import g, request

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


def typed_id(value: object) -> int | None:
    """The whole number that a form carries, such as an id or a version; None for anything else."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def list_typed() -> list[tuple[str, str]]:
    """(label, value) of what the request's form holds, without secrets and what nobody typed.

    Fields of the form that the view had made stand under their labels, what was chosen as it reads; the rest as sent.
    """
    fields = {field.name: field for field in g.get("form_made", ()) if field.name not in _NEVER_SHOWN}
    known = {name + part for name in fields for part in ("", *_PARTS)}
    rest = [(name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_SHOWN | known]
    return [(label, text) for label, text in (*_of_fields(fields), *rest) if text.strip()]


def _of_fields(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, field in fields.items():
        values = [value for part in ("", *_PARTS) for value in request.form.getlist(name + part)]
        if values:
            yield str(field.label.text), _read(field, values)


def _read(field: Any, values: list[str]) -> str:
    """What was sent, as the page says it: the labels of what was chosen, a date's boxes in one."""
    if hasattr(field, "iter_choices"):
        labels = {str(choice[0]): str(choice[1]) for choice in field.iter_choices()}
        return "、".join(labels.get(value, value) for value in values if value)
    if field.type == "CheckboxField":
        return "✓"
    return "-".join(values)
