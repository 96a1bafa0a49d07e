"""Every label has both its languages; that every string has its English, ``bin/portal check`` finds."""

from portal.core.enums import LabelledEnum


def _enums(cls=LabelledEnum):
    for sub in cls.__subclasses__():
        yield sub
        yield from _enums(sub)


def test_every_label_has_both_languages(prepared_app):
    blank = [str(member) for enum in _enums() for member in enum if not member.ja.strip() or not member.en.strip()]

    assert blank == []
