"""Whom the events of the Q&A and its collections concern."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.knowledge.collection_models import QaCollection, QaEdition
from portal.knowledge.events import (
    QaEditionEvent,
    QaEditionPublished,
    QaEditionSentForReview,
    QaEvent,
    QaPublished,
    QaRevised,
    QaRevisionEvent,
    QaRevisionSentForReview,
    QaSentForReview,
    QaWithdrawn,
)
from portal.knowledge.models import QaEntry, QaJoining, QaRevision
from portal.knowledge.policy import viewers_of
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight, sender_of
from portal.themes.duties import concerned_with

_Condition = sa.ColumnElement[bool]
_APPROVERS = sa.and_(Membership.role == Role.SECRETARIAT, sa.or_(Membership.is_head, Membership.is_approver))
TITLE_LENGTH = 80


def tell_knowledge(event: QaEvent, record: EventRecord) -> list[Telling]:
    """Review: the secretariat's approvers. Return: who drafted. What is published, revised or withdrawn: the bodies
    with the same question, then those of the theme (in each whoever has its duties) and the associations.
    """
    entry = db.session.scalars(
        sa.select(QaEntry).where(QaEntry.id == event.qa_entry_id).options(orm.joinedload(QaEntry.theme))
    ).one()
    facts = _facts(record, entry.theme.name, entry.theme.name_en, number=entry.number)
    if isinstance(event, QaWithdrawn):  # its text may name somebody, so no title
        return [*_drafter(facts, entry.drafter_person_id, Weight.KNOW), *_bodies(facts, entry)]
    facts["title"] = _short(entry.headline)
    if isinstance(event, QaRevised) and event.qa_edition_id is not None:
        return [_joined(facts, entry)]  # the edition that carried it is told to the others
    if isinstance(event, QaPublished | QaRevised):
        return [*_drafter(facts, entry.drafter_person_id, Weight.KNOW), *_bodies(facts, entry)]
    writers = _writers(entry, event)
    if isinstance(event, QaSentForReview | QaRevisionSentForReview):
        may = sa.and_(_APPROVERS, Membership.person_id.not_in(writers), viewers_of(entry))
        return [_telling("approver", may, facts, Weight.ACT)]
    return _drafter(facts, writers[0], Weight.ACT)


def tell_edition(event: QaEditionEvent, record: EventRecord) -> list[Telling]:
    """Review: the secretariat's approvers. Return: who drafted. Publication: the bodies of the theme."""
    edition = db.session.scalars(
        sa.select(QaEdition)
        .where(QaEdition.id == event.qa_edition_id)
        .options(orm.joinedload(QaEdition.collection).joinedload(QaCollection.theme))
    ).one()
    theme = edition.collection.theme
    facts = _facts(record, theme.name, theme.name_en, title=edition.collection.title, edition=edition.number)
    facts["collection_id"] = edition.collection_id
    if isinstance(event, QaEditionPublished):
        return [*_drafter(facts, edition.drafter_person_id, Weight.KNOW), *_of_theme(facts, theme.code)]
    writers = [key for key in (edition.drafter_person_id, edition.editor_person_id) if key is not None]
    if isinstance(event, QaEditionSentForReview):
        return [_telling("approver", sa.and_(_APPROVERS, Membership.person_id.not_in(writers)), facts, Weight.ACT)]
    return _drafter(facts, edition.drafter_person_id, Weight.ACT)


def _bodies(facts: dict[str, Any], entry: QaEntry) -> list[Telling]:
    return [_joined(facts, entry), *_of_theme(facts, entry.theme.code)]


def _joined(facts: dict[str, Any], entry: QaEntry) -> Telling:
    """Of the bodies with the same question: whoever has the theme's duties, and who said it."""
    bodies = sa.select(QaJoining.organisation_id).where(QaJoining.entry_id == entry.id)
    people = sa.select(QaJoining.person_id).where(QaJoining.entry_id == entry.id)
    who = sa.and_(
        Membership.organisation_id.in_(bodies),
        sa.or_(concerned_with(entry.theme.code), Membership.person_id.in_(people)),
    )
    return _telling("joined", who, facts, Weight.KNOW)


def _of_theme(facts: dict[str, Any], theme_code: str) -> list[Telling]:
    who = sa.or_(concerned_with(theme_code), Membership.role == Role.ASSOCIATION)
    return [_telling("body", who, facts, Weight.KNOW)]


def _drafter(facts: dict[str, Any], person_id: int, weight: Weight) -> list[Telling]:
    works = Membership.role.in_({Role.DIVISION, Role.SECRETARIAT})
    return [_telling("drafter", sa.and_(Membership.person_id == person_id, works), facts, weight)]


def _writers(entry: QaEntry, event: QaEvent) -> list[int]:
    """Who wrote what the event is about, the drafter first."""
    thing: QaEntry | QaRevision | None = entry
    if isinstance(event, QaRevisionEvent):
        thing = db.session.scalar(
            sa.select(QaRevision).where(QaRevision.entry_id == entry.id, QaRevision.number == event.revision)
        )
    thing = thing or entry
    return [key for key in (thing.drafter_person_id, thing.editor_person_id) if key is not None]


def _telling(reason: str, who: _Condition, facts: dict[str, Any], weight: Weight) -> Telling:
    return Telling(reason=reason, who=who, topic=Topic.KNOWLEDGE, weight=weight, facts={**facts, "reason": reason})


def _facts(record: EventRecord, theme: str, theme_en: str, **more: Any) -> dict[str, Any]:
    return {"sender": sender_of(record), "theme": theme, "theme_en": theme_en, **more}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"
