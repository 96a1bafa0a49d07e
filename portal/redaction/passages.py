"""Finding a passage in a text, and the text without it."""

from collections.abc import Iterable
from typing import Any

Span = tuple[int, int]


def spans_of(text: str, passage: str) -> list[Span]:
    """Where the passage stands in the text, from the left, without overlaps."""
    found, at = [], text.find(passage) if passage else -1
    while at >= 0:
        found.append((at, len(passage)))
        at = text.find(passage, at + len(passage))
    return found


def spans_of_all(text: str, passages: Iterable[str]) -> list[Span]:
    """Where any of the passages stands, from the left; of two that overlap the longer one."""
    found: list[Span] = []
    for passage in sorted(passages, key=len, reverse=True):
        found += [
            (start, length)
            for start, length in spans_of(text, passage)
            if all(start + length <= other or other + size <= start for other, size in found)
        ]
    return sorted(found)


def without(text: str, spans: Iterable[Span], tombstone: str) -> str:
    """The text with a tombstone in place of each span."""
    pieces, at = [], 0
    for start, length in spans:
        pieces += [text[at:start], tombstone]
        at = start + length
    return "".join([*pieces, text[at:]])


def pieces_of(text: str, spans: Iterable[Any]) -> list[tuple[bool, str]]:
    """The text in pieces, each with whether it is at a span."""
    pieces, at = [], 0
    for start, length in spans:
        pieces += [(False, text[at:start]), (True, text[start : start + length])]
        at = start + length
    return [(is_gone, piece) for is_gone, piece in [*pieces, (False, text[at:])] if piece]


def passages_in(text: str, spans: Iterable[Span]) -> set[str]:
    """What stands at the spans."""
    return {text[start : start + length] for start, length in spans}


def scrub(value: Any, passages: Iterable[str], tombstone: str) -> Any:
    """The value with a tombstone in place of each passage, wherever a text stands in it; the longest first."""
    if isinstance(value, str):
        for passage in sorted(passages, key=len, reverse=True):
            value = value.replace(passage, tombstone)
        return value
    if isinstance(value, list):
        return [scrub(each, passages, tombstone) for each in value]
    if isinstance(value, dict):
        return {key: scrub(each, passages, tombstone) for key, each in value.items()}
    return value
