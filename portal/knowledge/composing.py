"""Arranging a draft edition: its sections, its questions, their order and their changed texts."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.knowledge import edition_policy
from portal.knowledge.collection_models import QaEdition, QaItem, QaSection
from portal.knowledge.edition_queries import Question, contents_of
from portal.knowledge.events import QaEditionComposed
from portal.knowledge.models import QaEntry, QaState
from portal.knowledge.service import check_question

_LONGEST_TITLE = 120
_LONGEST_PREFACE = 4000


def write_preface(actor: Actor, edition: QaEdition, *, version: int, preface: str, confirmed: bool = False) -> None:
    """What stands before the questions."""
    _open(actor, edition, version)
    check_text("preface", preface, confirmed)
    if len(preface) > _LONGEST_PREFACE:
        raise Invalid(N_("%(max)s文字以内で入力してください。"), field="preface", max=_LONGEST_PREFACE)
    edition.preface = preface.strip()
    _touch(actor, edition, "preface")


def add_section(actor: Actor, edition: QaEdition, *, version: int, title: str, confirmed: bool = False) -> QaSection:
    """A new section at the end. Raises Invalid without a title."""
    _open(actor, edition, version)
    text = _title(title, confirmed)
    last = db.session.scalar(sa.select(sa.func.max(QaSection.position)).where(QaSection.edition_id == edition.id)) or 0
    section = QaSection(edition_id=edition.id, position=last + 1, title=text)
    db.session.add(section)
    _touch(actor, edition, "section")
    return section


def rename_section(
    actor: Actor, edition: QaEdition, section_id: int, *, version: int, title: str, confirmed: bool = False
) -> None:
    """Another title for a section."""
    _open(actor, edition, version)
    _section(edition, section_id).title = _title(title, confirmed)
    _touch(actor, edition, "section")


def move_section(actor: Actor, edition: QaEdition, section_id: int, *, version: int, up: bool) -> None:
    """Exchange a section with its neighbour; at the end of the list nothing happens."""
    _open(actor, edition, version)
    sections = _sections(edition)
    place = sections.index(_section(edition, section_id))
    target = place + (-1 if up else 1)
    if 0 <= target < len(sections):
        sections[place], sections[target] = sections[target], sections[place]
        _number(sections)
        _touch(actor, edition, "section")


def remove_section(actor: Actor, edition: QaEdition, section_id: int, *, version: int) -> None:
    """Take an empty section away. Raises Invalid while questions stand in it."""
    _open(actor, edition, version)
    section = _section(edition, section_id)
    if db.session.scalar(sa.select(QaItem.id).where(QaItem.section_id == section.id).limit(1)) is not None:
        raise Invalid(N_("問のある章は削除できません。先に問を移すか外してください。"))
    db.session.delete(section)
    db.session.flush()
    _number(_sections(edition))
    _touch(actor, edition, "section")


def add_questions(
    actor: Actor, edition: QaEdition, section_id: int, *, version: int, entry_ids: Collection[int]
) -> int:
    """Put published entries at the end of a section; those that stand in the edition already are passed over."""
    _open(actor, edition, version)
    section = _section(edition, section_id)
    taken = sa.select(QaItem.entry_id).where(QaItem.edition_id == edition.id)
    entries = db.session.scalars(
        sa.select(QaEntry)
        .where(QaEntry.id.in_(list(entry_ids)), QaEntry.state == QaState.PUBLISHED, QaEntry.id.not_in(taken))
        .order_by(QaEntry.id)
    ).all()
    if not entries:
        raise Invalid(N_("加える問を選んでください。"), field="entries")
    last = len(_items(section.id))
    for position, entry in enumerate(entries, start=last + 1):
        db.session.add(
            QaItem(
                edition_id=edition.id,
                section_id=section.id,
                position=position,
                entry_id=entry.id,
                revision=entry.revision,
            )
        )
    _touch(actor, edition, "added")
    return len(entries)


def move_item(actor: Actor, edition: QaEdition, item_id: int, *, version: int, up: bool) -> None:
    """One place up or down; past the first or last of its section it goes on into the neighbouring section."""
    _open(actor, edition, version)
    item = _item(edition, item_id)
    rows = _items(item.section_id)
    place = rows.index(item)
    target = place + (-1 if up else 1)
    if 0 <= target < len(rows):
        rows[place], rows[target] = rows[target], rows[place]
        _number(rows)
    else:
        sections = _sections(edition)
        at = [section.id for section in sections].index(item.section_id) + (-1 if up else 1)
        if not 0 <= at < len(sections):
            return
        rows.remove(item)
        others = _items(sections[at].id)
        item.section_id = sections[at].id
        _number(rows)
        _number([*others, item] if up else [item, *others])
    _touch(actor, edition, "moved")


def drop_item(actor: Actor, edition: QaEdition, item_id: int, *, version: int) -> None:
    """Leave a question out of this edition; the entry and earlier editions stay as they are."""
    _open(actor, edition, version)
    item = _item(edition, item_id)
    rows = _items(item.section_id)
    rows.remove(item)
    db.session.delete(item)
    db.session.flush()
    _number(rows)
    _touch(actor, edition, "dropped")


def revise_item(
    actor: Actor,
    edition: QaEdition,
    item_id: int,
    *,
    version: int,
    question: str,
    answer: str,
    change_note: str,
    confirmed: bool = False,
) -> None:
    """Another text for a question, published with the edition; the entry's own text again takes the change back."""
    _open(actor, edition, version)
    check_question(question, answer, confirmed)
    check_text("change_note", change_note, confirmed)
    item = get_question(edition, item_id).item
    entry, texts = item.entry, (question.strip(), answer.strip())
    if texts == (entry.question, entry.answer):
        item.question = item.answer = None
        item.change_note = ""
    else:
        if not change_note.strip():
            raise Invalid(N_("何を変えたかを入力してください。"), field="change_note")
        (item.question, item.answer), item.change_note = texts, change_note.strip()
    item.revision = entry.revision
    _touch(actor, edition, "revised")


def get_question(edition: QaEdition, item_id: int) -> Question:
    """A question of the edition. Raises NotFound."""
    found = next((each for each in contents_of(edition).questions if each.item.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def _open(actor: Actor, edition: QaEdition, version: int) -> None:
    authorize(edition_policy.can_compose, actor, edition)
    edition.check_version(version)


def _touch(actor: Actor, edition: QaEdition, step: str) -> None:
    """The edition's version rises with whatever is changed in it, so that of two editors one is told."""
    edition.changed_at = clock.now()
    edition.deidentified_at = edition.deidentifier_person_id = None
    if actor.person_id != edition.drafter_person_id:
        edition.editor_person_id = actor.person_id
    db.session.flush()
    emit(actor, QaEditionComposed(qa_edition_id=edition.id, step=step))


def _title(title: str, confirmed: bool) -> str:
    check_text("title", title, confirmed)
    text = " ".join(title.split())
    if not text:
        raise Invalid(N_("章の題名を入力してください。"), field="title")
    if len(text) > _LONGEST_TITLE:
        raise Invalid(N_("%(max)s文字以内で入力してください。"), field="title", max=_LONGEST_TITLE)
    return text


def _sections(edition: QaEdition) -> list[QaSection]:
    return list(
        db.session.scalars(
            sa.select(QaSection).where(QaSection.edition_id == edition.id).order_by(QaSection.position, QaSection.id)
        )
    )


def _section(edition: QaEdition, section_id: int) -> QaSection:
    section = db.session.get(QaSection, section_id)
    if section is None or section.edition_id != edition.id:
        raise NotFound
    return section


def _items(section_id: int) -> list[QaItem]:
    return list(
        db.session.scalars(
            sa.select(QaItem).where(QaItem.section_id == section_id).order_by(QaItem.position, QaItem.id)
        )
    )


def _item(edition: QaEdition, item_id: int) -> QaItem:
    item = db.session.get(QaItem, item_id)
    if item is None or item.edition_id != edition.id:
        raise NotFound
    return item


def _number(rows: Sequence[QaSection | QaItem]) -> None:
    """Positions from 1 without gaps: they are the numbers that readers see."""
    for position, row in enumerate(rows, start=1):
        row.position = position
    db.session.flush()
