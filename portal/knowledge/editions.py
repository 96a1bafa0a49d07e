"""Composing and publishing editions of collections: what stands in one, in what order, and when it is frozen."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.knowledge import edition_policy
from portal.knowledge.collection_models import QaCollection, QaEdition, QaItem, QaSection
from portal.knowledge.edition_queries import Contents, contents_of
from portal.knowledge.events import (
    QaEditionBegun,
    QaEditionDiscarded,
    QaEditionPublished,
    QaEditionReturned,
    QaEditionSentForReview,
    QaRevised,
)
from portal.knowledge.models import QaEntry, QaRevision, QaState
from portal.knowledge.revising import take_over
from portal.knowledge.service import NAMES_NOBODY

_MOVED_ON = N_("状態が変わったため、この操作はできません。")


def begin_collection(actor: Actor, *, title: str, theme_id: int, confirmed: bool = False) -> QaEdition:
    """A new collection with its first edition as a draft. Raises Invalid without a title."""
    authorize(edition_policy.can_begin, actor)
    check_text("title", title, confirmed)
    if not title.strip():
        raise Invalid(N_("題名を入力してください。"), field="title")
    collection = QaCollection(title=" ".join(title.split()), theme_id=theme_id, created_at=clock.now())
    db.session.add(collection)
    db.session.flush()
    edition = _add_edition(actor, collection, 1)
    db.session.add(QaSection(edition_id=edition.id, position=1, title="全般"))
    db.session.flush()
    return edition


def begin_edition(actor: Actor, collection: QaCollection) -> QaEdition:
    """The next edition as a draft that holds what the last one does; withdrawn questions are left out.

    Raises Conflict while another one is being composed.
    """
    authorize(edition_policy.can_begin, actor)
    db.session.execute(sa.select(QaCollection.id).where(QaCollection.id == collection.id).with_for_update())
    last = db.session.scalars(
        sa.select(QaEdition).where(QaEdition.collection_id == collection.id).order_by(QaEdition.number.desc()).limit(1)
    ).first()
    if last is None or last.state is not QaState.PUBLISHED:
        raise Conflict(N_("次の版は、既に編集が始まっています。"))
    edition = _add_edition(actor, collection, last.number + 1, preface=last.preface)
    for chapter in contents_of(last).chapters:
        section = QaSection(edition_id=edition.id, position=chapter.section.position, title=chapter.section.title)
        db.session.add(section)
        db.session.flush()
        kept = [each for each in chapter.questions if not each.is_withdrawn]
        for position, each in enumerate(kept, start=1):
            db.session.add(_item(edition, section, each.item.entry, position))
    db.session.flush()
    return edition


def discard_edition(actor: Actor, edition: QaEdition) -> None:
    """Give up an edition that is being composed; a collection without any other goes with it."""
    _refuse_unless(edition, QaState.DRAFT)
    authorize(edition_policy.can_compose, actor, edition)
    emit(actor, QaEditionDiscarded(qa_edition_id=edition.id))
    collection_id = edition.collection_id
    db.session.execute(sa.delete(QaItem).where(QaItem.edition_id == edition.id))
    db.session.execute(sa.delete(QaSection).where(QaSection.edition_id == edition.id))
    db.session.delete(edition)
    db.session.flush()
    if db.session.scalar(sa.select(QaEdition.id).where(QaEdition.collection_id == collection_id).limit(1)) is None:
        db.session.execute(sa.delete(QaCollection).where(QaCollection.id == collection_id))


def send_edition(actor: Actor, edition: QaEdition, *, version: int, names_nobody: bool) -> None:
    """Ask for approval: draft → review. A person confirms that the texts name nobody.

    Raises Invalid for an edition that cannot be published as it is, such as an empty one.
    """
    _refuse_unless(edition, QaState.DRAFT)
    authorize(edition_policy.can_compose, actor, edition)
    edition.check_version(version)
    if not names_nobody:
        raise Invalid(NAMES_NOBODY, field="names_nobody")
    _check_publishable(contents_of(edition))
    edition.state, edition.deidentified_at, edition.return_reason = QaState.REVIEW, clock.now(), None
    edition.deidentifier_person_id = actor.person_id
    emit(actor, QaEditionSentForReview(qa_edition_id=edition.id))


def return_edition(actor: Actor, edition: QaEdition, *, reason: str) -> None:
    """Send it back with a reason: review → draft."""
    _refuse_unless(edition, QaState.REVIEW)
    authorize(edition_policy.can_return, actor, edition)
    if not reason.strip():
        raise Invalid(N_("差し戻す理由を入力してください。"), field="reason")
    check_text("reason", reason, False)
    edition.state, edition.return_reason = QaState.DRAFT, reason.strip()
    emit(actor, QaEditionReturned(qa_edition_id=edition.id))


def publish_edition(actor: Actor, edition: QaEdition) -> None:
    """Publish and freeze it: review → published; never by who composed it.

    Questions changed here become revisions of their entries. Raises Conflict in another state, Invalid when an entry
    was withdrawn or revised meanwhile.
    """
    _refuse_unless(edition, QaState.REVIEW)
    authorize(edition_policy.can_publish, actor, edition)
    contents = contents_of(edition)
    _check_publishable(contents)
    edition.state, edition.approver_person_id, edition.published_at = QaState.PUBLISHED, actor.person_id, clock.now()
    for each in contents.questions:
        if each.item.question is not None:
            _revise(actor, edition, each.item)
        entry = each.item.entry
        each.item.question, each.item.answer, each.item.revision = entry.question, entry.answer, entry.revision
    emit(actor, QaEditionPublished(qa_edition_id=edition.id))


def _revise(actor: Actor, edition: QaEdition, item: QaItem) -> None:
    revision = QaRevision(
        entry_id=item.entry_id,
        number=item.entry.revision + 1,
        state=QaState.PUBLISHED,
        question=item.question or "",
        answer=item.answer or "",
        change_note=item.change_note,
        drafter_person_id=edition.editor_person_id or edition.drafter_person_id,
        drafter_organisation_id=edition.drafter_organisation_id,
        approver_person_id=actor.person_id,
        deidentified_at=edition.deidentified_at,
        deidentifier_person_id=edition.deidentifier_person_id,
        created_at=edition.changed_at,
        published_at=edition.published_at,
    )
    db.session.add(revision)
    take_over(item.entry, revision)
    emit(actor, QaRevised(qa_entry_id=item.entry_id, revision=revision.number, qa_edition_id=edition.id))


def _check_publishable(contents: Contents) -> None:
    """Raise Invalid at what stands in the way, naming the question."""
    if not contents.questions:
        raise Invalid(N_("問が一つもありません。"))
    prepared = _revised_elsewhere([each.entry_id for each in contents.questions if each.item.question is not None])
    for each in contents.questions:
        if each.is_withdrawn:
            raise Invalid(N_("問%(number)sのQ&Aは取り下げられました。外してください。"), number=each.number)
        if each.item.question is not None and each.is_outdated:
            raise Invalid(
                N_("問%(number)sのQ&Aは、その後改訂されました。改訂後の文をもとに直してください。"), number=each.number
            )
        if each.entry_id in prepared:
            raise Invalid(
                N_("問%(number)sのQ&Aには、別の改訂案があります。先に公表するか破棄してください。"), number=each.number
            )


def _revised_elsewhere(ids: Sequence[int]) -> set[int]:
    if not ids:
        return set()
    return set(
        db.session.scalars(
            sa.select(QaRevision.entry_id).where(QaRevision.entry_id.in_(ids), QaRevision.state != QaState.PUBLISHED)
        )
    )


def _add_edition(actor: Actor, collection: QaCollection, number: int, preface: str = "") -> QaEdition:
    now = clock.now()
    edition = QaEdition(
        collection_id=collection.id,
        number=number,
        state=QaState.DRAFT,
        preface=preface,
        drafter_person_id=actor.person_id,
        drafter_organisation_id=actor.organisation_id,
        created_at=now,
        changed_at=now,
    )
    db.session.add(edition)
    db.session.flush()
    emit(actor, QaEditionBegun(qa_edition_id=edition.id))
    return edition


def _item(edition: QaEdition, section: QaSection, entry: QaEntry, position: int) -> QaItem:
    return QaItem(
        edition_id=edition.id, section_id=section.id, position=position, entry_id=entry.id, revision=entry.revision
    )


def _refuse_unless(edition: QaEdition, state: QaState) -> None:
    if edition.state is not state:
        raise Conflict(_MOVED_ON)
