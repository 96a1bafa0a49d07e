"""Addresses of pages, filled into patterns that are made once: a list names hundreds, which differ in an id."""

from typing import Any

from flask import current_app, request, url_for
from werkzeug.routing import BuildError

_NOT_PLAIN = "static"  # its address holds a digest of the file that is named
_Key = tuple[str, str, tuple[str, ...], tuple[type, ...]]


def address_of(endpoint: str, **values: Any) -> str:
    """What ``url_for`` says within a request; the templates know it by that name.

    Whole numbers and plain words as values take a fraction of its time.
    """
    if endpoint[0] == "." or endpoint == _NOT_PLAIN or not all(map(_is_plain, values.values())):
        return str(url_for(endpoint, **values))
    patterns: dict[_Key, str | None] = current_app.extensions.setdefault("portal_addresses", {})
    key = (request.script_root, endpoint, tuple(values), tuple(map(type, values.values())))
    if key not in patterns:
        patterns[key] = _find_pattern(endpoint, values)
    pattern = patterns[key]
    return str(url_for(endpoint, **values)) if pattern is None else pattern.format_map(values)


def _is_plain(value: object) -> bool:
    """Whether it stands in an address as it is."""
    kind = type(value)
    if kind is int:
        return value >= 0  # type: ignore[operator]
    return kind is str and value.isascii() and value.isalnum()  # type: ignore[attr-defined]


def _find_pattern(endpoint: str, values: dict[str, Any]) -> str | None:
    """The address with places for the values, or None where it is not simply filled in."""
    if any(name.startswith("_") for name in values):  # an option of url_for
        return None
    marks: dict[str, Any] = {
        name: 7_000_000_001 + n if type(value) is int else f"zq{n}x" for n, (name, value) in enumerate(values.items())
    }
    try:
        pattern = url_for(endpoint, **marks)
    except (BuildError, ValueError):  # not every word may stand there
        return None
    if "{" in pattern or "}" in pattern or any(pattern.count(str(mark)) != 1 for mark in marks.values()):
        return None
    for name, mark in marks.items():
        pattern = pattern.replace(str(mark), "{" + name + "}")
    return pattern if pattern.format_map(values) == url_for(endpoint, **values) else None
