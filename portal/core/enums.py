"""Enumerations whose members carry their Japanese and English labels."""

from enum import Enum
from typing import Self


class LabelledEnum(Enum):
    """Base of every domain enumeration: ``MEMBER = (value, ja, en)``.

    ``value`` is the English word that stands in the database; ``ja`` and ``en`` are what people read.
    """

    ja: str
    en: str

    __hash__ = object.__hash__  # a member is one object; Enum would hash its name anew at every look into a set

    def __new__(cls, value: str, ja: str = "", en: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = value
        member.ja = ja
        member.en = en
        return member

    def label(self, locale: str = "ja") -> str:
        """The label in the given locale; anything but ``en`` reads Japanese."""
        return self.en if locale == "en" else self.ja

    @classmethod
    def choices(cls, locale: str = "ja") -> list[tuple[str, str]]:
        """(value, label) pairs in the order of definition, for a select or radio field."""
        return [(member.value, member.label(locale)) for member in cls]
