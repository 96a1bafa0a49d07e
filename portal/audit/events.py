"""What auditors do is itself on record."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class ReadingGranted(Event):
    """An auditor gave a reason and may read one subject for some hours; administrators are told."""

    subject: ClassVar[str] = "reading_grant"
    label: ClassVar[str] = N_("監査による本文の閲覧")
    reading_grant_id: int
    granted_kind: str
    granted_id: int
