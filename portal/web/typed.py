"""What somebody typed into a form that could not be taken, for showing it again."""

from flask import request

_NEVER_SHOWN = frozenset(
    {"csrf_token", "form_key", "password", "new_password", "current_password", "password_again", "version", "next"}
)


def list_typed() -> list[tuple[str, str]]:
    """(name, value) of what the request's form holds, without secrets and what nobody typed."""
    return [
        (name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_SHOWN and value.strip()
    ]
