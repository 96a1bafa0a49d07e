"""Every text of a draft that somebody saved: kept, compared character by character, brought back."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import long_date
from portal.core.db import db
from portal.core.differences import DifferenceKind, differences, replaced
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.guidance.addressees import AddresseeRule, describe
from portal.guidance.content import GuidanceContent
from portal.guidance.models import Guidance, PaperVersion
from portal.guidance.states import DeliveryRoute, GuidanceKind, Nature
from portal.themes.models import Theme

_NAMES = tuple(each.name for each in fields(GuidanceContent))
_ORGANISATIONS = frozenset({"sender_id", "origin_ministry_id"})
_FLAGS = frozenset({"seal_omitted", "asks_passing_on"})
_ENUMS = {"kind": GuidanceKind, "nature": Nature, "route": DeliveryRoute}
_WHOLE = _ORGANISATIONS | _FLAGS | _ENUMS.keys() | {"theme_id", "reply_due_on"}  # read whole: choices and a date


@dataclass(frozen=True)
class FieldChange:
    """One field that differs between two versions, in pieces."""

    name: str
    pieces: list[tuple[DifferenceKind, str]]


def keep_version(actor: Actor, guidance: Guidance, *, restored_from: int | None = None) -> PaperVersion | None:
    """Keep the draft as it stands; None when the newest version reads the same.

    Its caller has flushed the paper under its version lock, so that of two writers at once only one comes here.
    """
    newest = _newest(guidance)
    content = _content_of(guidance)
    if newest is not None and newest.content == content:
        return None
    by = {"author_person_id": actor.person_id, "signature": actor.signature}
    return _add(guidance, content, newest, restored_from=restored_from, **by)


def keep_first_version(guidance: Guidance) -> None:
    """Keep a draft from before versions were kept, before its text is changed."""
    if _newest(guidance) is None:
        author_id = guidance.editor_person_id or guidance.drafter_person_id
        _add(guidance, _content_of(guidance), None, author_person_id=author_id, signature="")


def list_versions(guidance: Guidance, *, cursor: str | None = None) -> Page[PaperVersion]:
    """The versions of a visible draft, the newest first. One statement."""
    return paginate(
        db.session,
        sa.select(PaperVersion).where(PaperVersion.guidance_id == guidance.id),
        order=[PaperVersion.number.desc()],
        cursor=cursor,
        size=20,
    )


def get_versions(guidance: Guidance, numbers: Sequence[int]) -> list[PaperVersion]:
    """The versions with these numbers, in their order. Raises NotFound when one is missing. One statement."""
    found = {
        each.number: each
        for each in db.session.scalars(
            sa.select(PaperVersion).where(
                PaperVersion.guidance_id == guidance.id, PaperVersion.number.in_(set(numbers))
            )
        )
    }
    if not found.keys() >= set(numbers):
        raise NotFound
    return [found[number] for number in numbers]


def newest_number(guidance: Guidance) -> int:
    """How many versions there are."""
    newest = _newest(guidance)
    return newest.number if newest is not None else 0


def compare_versions(old: PaperVersion, new: PaperVersion) -> list[FieldChange]:
    """The fields that differ, in the order of the form: texts character by character, choices and the date whole."""
    return [
        FieldChange(name, _pieces(name, _as_text(name, old.content), _as_text(name, new.content)))
        for name in _NAMES
        if old.content.get(name) != new.content.get(name)
    ]


def content_of_version(version: PaperVersion) -> GuidanceContent:
    """What the drafter had set."""
    values: dict[str, Any] = {name: value for name, value in version.content.items() if name in _NAMES}
    for name, enum in _ENUMS.items():
        values[name] = enum(values[name])
    if values.get("reply_due_on"):
        values["reply_due_on"] = date.fromisoformat(values["reply_due_on"])
    values["addressees"] = AddresseeRule.from_dict(values["addressees"])
    return GuidanceContent(**values)


def _content_of(guidance: Guidance) -> dict[str, Any]:
    return {name: _plain(getattr(guidance, name)) for name in _NAMES}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _pieces(name: str, old: str, new: str) -> list[tuple[DifferenceKind, str]]:
    return replaced(old, new) if name in _WHOLE else differences(old, new)


def _as_text(name: str, content: dict[str, Any]) -> str:
    value = content.get(name)
    if value is None or value == "":
        return ""
    if name in _WHOLE:
        return _as_choice(name, value)
    return describe(AddresseeRule.from_dict(value)) if isinstance(value, dict) else str(value)


def _as_choice(name: str, value: Any) -> str:
    if name in _ENUMS:
        return _ENUMS[name](value).label("ja")
    if name in _ORGANISATIONS:
        return db.session.get_one(Organisation, value).name
    if name == "theme_id":
        return db.session.get_one(Theme, value).label("ja")
    if name == "reply_due_on":
        return long_date(date.fromisoformat(value))
    return "する" if value else "しない"


def _newest(guidance: Guidance) -> PaperVersion | None:
    return db.session.scalars(
        sa.select(PaperVersion)
        .where(PaperVersion.guidance_id == guidance.id)
        .order_by(PaperVersion.number.desc())
        .limit(1)
    ).first()


def _add(guidance: Guidance, content: dict[str, Any], newest: PaperVersion | None, **by: Any) -> PaperVersion:
    version = PaperVersion(
        guidance_id=guidance.id,
        number=newest.number + 1 if newest is not None else 1,
        content=content,
        created_at=clock.now(),
        **by,
    )
    db.session.add(version)
    db.session.flush()
    return version
