"""Text below the web layer: its marking (the source is Japanese, others translate it), and the language at hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_language: ContextVar[str | None] = ContextVar("language", default=None)


def N_(message: str) -> str:
    """Mark a message for extraction and return it unchanged; it is translated where it is shown."""
    return message


def find_language() -> str | None:
    """``ja`` or ``en`` once it is settled for the page or mail at hand."""
    return _language.get()


def settle_language(locale: str | None) -> None:
    """Write what follows in this language; None leaves it to be settled anew."""
    _language.set(locale)


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Write in this language whoever asks: a mail in its reader's."""
    token = _language.set(locale)
    try:
        yield
    finally:
        _language.reset(token)
