"""A collection of the demonstration in two editions, and bodies with the same question."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.demo.answers import APPROVER, acting, morning
from portal.directory.actor import Actor
from portal.knowledge import composing, edition_queries, editions, joining
from portal.knowledge.collection_models import QaEdition
from portal.knowledge.models import QaEntry, QaState
from portal.themes.models import Theme

_TITLE = "マイナンバー紐付け総点検に関するQ&A集"
_PREFACE = "総点検の実施に当たり、団体から多く寄せられた照会をまとめたものです。"
_FIRST, _SECOND = 30, 4  # days ago
_JOINED = ("152226-staff@lg.example", "150002-staff@lg.example", "151009-staff@lg.example", "152021-staff@lg.example")


def add_collections() -> None:
    """First edition a month ago, the second this week with a question moved, one revised and one added."""
    drafter, approver = acting("mynumber@mic.example"), acting(APPROVER)
    entries = db.session.scalars(
        sa.select(QaEntry)
        .join(Theme, Theme.id == QaEntry.theme_id)
        .where(Theme.code == "linkage", QaEntry.state == QaState.PUBLISHED)
        .order_by(QaEntry.id)
    ).all()
    with clock.pretending(morning(_FIRST)):
        first = _first(drafter, list(entries[:3]))
    _publish(drafter, approver, first, _FIRST)
    with clock.pretending(morning(_SECOND)):
        second = _second(drafter, first, list(entries[3:4]))
    _publish(drafter, approver, second, _SECOND)
    for days, email in enumerate(_JOINED):
        with clock.pretending(morning(20 - days)):
            joining.join_entry(acting(email), entries[1], case_count=3 + 4 * days, note="")


def _first(drafter: Actor, entries: list[QaEntry]) -> QaEdition:
    edition = editions.begin_collection(drafter, title=_TITLE, theme_id=entries[0].theme_id)
    composing.write_preface(drafter, edition, version=edition.version, preface=_PREFACE)
    section = edition_queries.contents_of(edition).chapters[0].section
    for entry in entries:
        composing.add_questions(drafter, edition, section.id, version=edition.version, entry_ids=[entry.id])
    return edition


def _second(drafter: Actor, first: QaEdition, added: list[QaEntry]) -> QaEdition:
    collection, _ = edition_queries.get_collection(drafter, first.collection_id)
    edition = editions.begin_edition(drafter, collection)
    question = edition_queries.contents_of(edition).questions[-1]
    composing.revise_item(
        drafter,
        edition,
        question.item.id,
        version=edition.version,
        question=question.question,
        answer=question.answer.replace("対象としません。", "対象としません（令和5年度以前に終了したものを含みます）。"),
        change_note="提供されない資格の範囲を明らかにしました。",
    )
    composing.move_item(drafter, edition, question.item.id, version=edition.version, up=True)
    if added:
        section = composing.add_section(drafter, edition, version=edition.version, title="登録の方法")
        composing.add_questions(
            drafter, edition, section.id, version=edition.version, entry_ids=[entry.id for entry in added]
        )
    return edition


def _publish(drafter: Actor, approver: Actor, edition: QaEdition, days: int) -> None:
    with clock.pretending(morning(days) + timedelta(hours=1)):
        editions.send_edition(drafter, edition, version=edition.version, names_nobody=True)
    with clock.pretending(morning(days) + timedelta(hours=4)):
        editions.publish_edition(approver, edition)
