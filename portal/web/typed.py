"""What came with a request: what somebody typed, for showing it again, and numbers that a form carries."""

from flask import request

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


def typed_id(value: object) -> int | None:
    """The whole number that a form carries, such as an id or a version; None for anything else."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def list_typed() -> list[tuple[str, str]]:
    """(name, value) of what the request's form holds, without secrets and what nobody typed."""
    return [
        (name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_SHOWN and value.strip()
    ]
