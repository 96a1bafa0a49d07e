"""Marking of text below the web layer: the source is Japanese, the web layer and the mailer translate it."""


def N_(message: str) -> str:
    """Mark a message for extraction and return it unchanged; it is translated where it is shown."""
    return message
