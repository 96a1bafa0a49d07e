"""Reading of collections and their editions, scoped by policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db, insert
from portal.core.errors import NotFound
from portal.core.notes import NOTHING, Note
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.knowledge.collection_models import QaCollection, QaEdition, QaEditionReading, QaItem, QaSection
from portal.knowledge.edition_policy import can_begin, viewable_by
from portal.knowledge.models import QaEntry, QaState, headline_of
from portal.knowledge.policy import can_decide


@dataclass(frozen=True)
class Question:
    """One question as it reads in an edition; of a withdrawn entry the text must not be shown."""

    item: QaItem
    number: str
    question: str
    answer: str

    @property
    def entry_id(self) -> int:
        """Its identity through all editions."""
        return self.item.entry_id

    @property
    def is_withdrawn(self) -> bool:
        """Whether the entry was withdrawn since."""
        return self.item.entry.state is not QaState.PUBLISHED

    @property
    def is_outdated(self) -> bool:
        """Whether the entry was revised since the edition."""
        return self.item.entry.revision > self.item.revision

    @property
    def headline(self) -> str:
        """The first line of the question."""
        return headline_of(self.question)


@dataclass(frozen=True)
class Chapter:
    """A section with its questions."""

    section: QaSection
    questions: list[Question]


@dataclass(frozen=True)
class Contents:
    """Everything that stands in an edition, in its order."""

    edition: QaEdition
    chapters: list[Chapter]

    @property
    def questions(self) -> list[Question]:
        """All questions in their order."""
        return [question for chapter in self.chapters for question in chapter.questions]


@dataclass(frozen=True)
class Place:
    """Where an entry stands in a published edition."""

    collection_id: int
    title: str
    edition: int
    number: str


def list_collections(actor: Actor, cursor: str | None = None) -> Page[tuple[QaCollection, QaEdition]]:
    """The collections of which the actor may see an edition, each with the newest published one, or the draft."""
    newest = (
        sa.select(sa.func.max(QaEdition.number))
        .where(QaEdition.collection_id == QaCollection.id, QaEdition.state == QaState.PUBLISHED)
        .correlate(QaCollection)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (QaCollection, QaEdition)
    query = (
        sa.select(*columns)
        .join(QaEdition, QaEdition.collection_id == QaCollection.id)
        .where(viewable_by(actor), QaEdition.number == sa.func.coalesce(newest, 1))
        .options(orm.joinedload(QaCollection.theme))
    )
    return paginate(db.session, query, order=(QaCollection.id.desc(),), cursor=cursor)


def get_collection(actor: Actor, collection_id: int) -> tuple[QaCollection, Sequence[QaEdition]]:
    """The collection with the editions that the actor may see, the newest first. Raises NotFound without any."""
    editions = db.session.scalars(
        sa.select(QaEdition)
        .where(QaEdition.collection_id == collection_id, viewable_by(actor))
        .options(*_loaded())
        .order_by(QaEdition.number.desc())
    ).all()
    if not editions:
        raise NotFound
    return editions[0].collection, editions


def get_edition(actor: Actor, collection_id: int, number: int) -> QaEdition:
    """One edition. Raises NotFound when missing or hidden from the actor."""
    edition = db.session.scalar(
        sa.select(QaEdition)
        .where(QaEdition.collection_id == collection_id, QaEdition.number == number, viewable_by(actor))
        .options(*_loaded())
    )
    if edition is None:
        raise NotFound
    return edition


def contents_of(edition: QaEdition) -> Contents:
    """What stands in the edition; whoever may see the edition may see it. Two statements."""
    sections = db.session.scalars(
        sa.select(QaSection).where(QaSection.edition_id == edition.id).order_by(QaSection.position, QaSection.id)
    ).all()
    items = db.session.scalars(
        sa.select(QaItem)
        .where(QaItem.edition_id == edition.id)
        .options(orm.joinedload(QaItem.entry))
        .order_by(QaItem.position, QaItem.id)
    ).all()
    return Contents(
        edition,
        [
            Chapter(section, [_question(section, item) for item in items if item.section_id == section.id])
            for section in sections
        ],
    )


def find_received(actor: Actor, edition: QaEdition) -> tuple[QaEdition | None, bool]:
    """The edition that the actor's body received before this one, and whether anybody of it opened it.

    A body that opened none received the one before this, of which it was told. One statement.
    """
    was_read = (
        sa.select(QaEditionReading.edition_id)
        .where(QaEditionReading.edition_id == QaEdition.id, QaEditionReading.organisation_id == actor.organisation_id)
        .exists()
    )
    earlier = db.session.execute(
        sa.select(QaEdition, was_read)
        .where(
            QaEdition.collection_id == edition.collection_id,
            QaEdition.number < edition.number,
            QaEdition.state == QaState.PUBLISHED,
        )
        .order_by(QaEdition.number.desc())
    ).all()
    opened = next((row[0] for row in earlier if row[1]), None)
    return (opened, True) if opened is not None else (earlier[0][0] if earlier else None, False)


def reading_of_edition(actor: Actor, edition: QaEdition) -> Note:
    """That the body has received the edition, once anybody of it opened it."""
    if edition.state is not QaState.PUBLISHED:
        return NOTHING
    ours, this = QaEditionReading.organisation_id == actor.organisation_id, QaEditionReading.edition_id == edition.id

    def write() -> None:
        db.session.execute(
            insert(QaEditionReading)
            .values(
                organisation_id=actor.organisation_id,
                edition_id=edition.id,
                person_id=actor.person_id,
                read_at=clock.now(),
            )
            .on_conflict_do_nothing(index_elements=["organisation_id", "edition_id"])
        )

    return Note(sa.not_(sa.exists().where(ours, this)), write)


def list_places(entry: QaEntry) -> list[Place]:
    """Where the entry stands in the newest published edition of each collection that holds it."""
    newest = (
        sa.select(QaEdition.collection_id, sa.func.max(QaEdition.number).label("number"))
        .where(QaEdition.state == QaState.PUBLISHED)
        .group_by(QaEdition.collection_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(QaCollection.id, QaCollection.title, QaEdition.number, QaSection.position, QaItem.position)
        .join(QaEdition, QaEdition.collection_id == QaCollection.id)
        .join(newest, sa.and_(newest.c.collection_id == QaCollection.id, newest.c.number == QaEdition.number))
        .join(QaItem, QaItem.edition_id == QaEdition.id)
        .join(QaSection, QaSection.id == QaItem.section_id)
        .where(QaItem.entry_id == entry.id)
        .order_by(QaCollection.id)
    )
    return [Place(key, title, edition, f"{section}-{item}") for key, title, edition, section, item in rows]


def list_addable(actor: Actor, edition: QaEdition, words: str | None, cursor: str | None) -> Page[QaEntry]:
    """Published entries that do not stand in the edition yet, of its theme, the newest first."""
    taken = sa.select(QaItem.entry_id).where(QaItem.edition_id == edition.id)
    query = sa.select(QaEntry).where(
        QaEntry.state == QaState.PUBLISHED,
        QaEntry.theme_id == edition.collection.theme_id,
        QaEntry.id.not_in(taken),
        *(
            sa.or_(QaEntry.question.icontains(word, autoescape=True), QaEntry.number == word.upper())
            for word in (words or "").split()
        ),
    )
    return paginate(db.session, query, order=(QaEntry.id.desc(),), cursor=cursor)


def list_waiting_editions(actor: Actor, limit: int = 20) -> Sequence[QaEdition]:
    """Editions that wait for this actor: for approval, or returned to whoever composes them."""
    if not can_begin(actor):
        return []
    returned = sa.and_(
        QaEdition.state == QaState.DRAFT,
        QaEdition.return_reason.is_not(None),
        QaEdition.drafter_person_id == actor.person_id,
    )
    review = sa.and_(
        QaEdition.state == QaState.REVIEW,
        QaEdition.drafter_person_id.not_in(actor.person_ids),
        sa.func.coalesce(QaEdition.editor_person_id, 0).not_in(actor.person_ids),
    )
    return db.session.scalars(
        sa.select(QaEdition)
        .where(sa.or_(returned, review) if can_decide(actor) else returned)
        .options(*_loaded())
        .order_by(QaEdition.id)
        .limit(limit)
    ).all()


def _question(section: QaSection, item: QaItem) -> Question:
    return Question(
        item,
        f"{section.position}-{item.position}",
        item.entry.question if item.question is None else item.question,
        item.entry.answer if item.answer is None else item.answer,
    )


def _loaded() -> tuple[orm.interfaces.LoaderOption, ...]:
    return (
        orm.joinedload(QaEdition.collection).joinedload(QaCollection.theme),
        orm.joinedload(QaEdition.drafter_organisation),
        orm.joinedload(QaEdition.deidentifier),
    )
