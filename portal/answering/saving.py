"""Entering answers: field by field, by several people at once, from pages and workbooks, each with its provenance."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from portal.answering import policy
from portal.answering.events import AnswersSaved
from portal.answering.models import AnswerChange, AnswerReturn
from portal.answering.running import authorize_running
from portal.answering.states import Source
from portal.attachments.queries import list_attachments
from portal.campaigns.answers import calculate, reason_code, show_answer
from portal.campaigns.models import Campaign, Entry, Question
from portal.campaigns.queries import list_questions, loaded
from portal.campaigns.states import EntryState, QuestionKind
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor


class Clash(Invalid):
    """Somebody else answered the question meanwhile, and otherwise."""


def lock_entry(entry: Entry) -> Entry:
    """The entry as it stands now, kept from others until the transaction ends."""
    return db.session.scalars(
        sa.select(Entry)
        .where(Entry.id == entry.id)
        .options(*loaded())
        .with_for_update(of=Entry)
        .execution_options(populate_existing=True)
    ).one()


def save_answers(
    actor: Actor,
    campaign: Campaign,
    entry: Entry,
    changes: Mapping[str, Any],
    *,
    seen: int | None = None,
    source: Source = Source.PAGE,
    source_name: str = "",
    my_number_confirmed: bool = False,
) -> list[str]:
    """Keep answers (in the form of ``campaigns.answers``, None to empty one) and say which codes changed.

    ``seen`` is the version of the entry that the writer saw. What somebody else changed since and the writer left as
    it was is kept; what both changed differently is refused at its field with what stands there now, and nothing is
    kept. blank, pending → started; a returned entry stays returned until it is submitted. Raises Forbidden, Invalid,
    Clash.
    """
    authorize_running(policy.can_answer, actor, campaign, entry)
    entry = lock_entry(entry)
    authorize_running(policy.can_answer, actor, campaign, entry)
    questions = list_questions(campaign, entry.procedure)
    asked = keys_of(questions)
    unknown = set(changes) - set(asked)
    if unknown:
        raise Invalid(N_("設問「%(code)s」はありません。"), code=sorted(unknown)[0])
    for key, value in changes.items():
        if isinstance(value, str):
            my_number.check_text(key, value, my_number_confirmed)
    _check_files(entry, changes, asked)
    merged = _merge(entry, changes, seen, asked)
    changed = {key: value for key, value in merged.items() if entry.answers.get(key) != value}
    if not changed:
        return []
    _write(actor, entry, questions, changed, {"source": source, "source_name": source_name})
    emit(
        actor,
        AnswersSaved(
            campaign_id=campaign.id,
            entry_id=entry.id,
            codes=tuple(sorted(changed)),
            source=source.value,
            organisation_id=entry.organisation_id,
        ),
    )
    return sorted(changed)


def keys_of(questions: Sequence[Question]) -> dict[str, Question]:
    """What may be entered: the questions by code, and by the code of their reason."""
    found = {each.code: each for each in questions if each.kind is not QuestionKind.CALCULATED}
    found.update({reason_code(each.code): each for each in questions if each.asks_reason_for})
    return found


def _check_files(entry: Entry, changes: Mapping[str, Any], asked: Mapping[str, Question]) -> None:
    """Only files that hang on the entry itself are answers of it."""
    named = {key: value for key, value in changes.items() if asked[key].kind is QuestionKind.FILE and value}
    if not named:
        return
    held = {each.id for each in list_attachments("entry", [entry.id])[entry.id]}
    for key, ids in named.items():
        if not isinstance(ids, list) or not held.issuperset(ids):
            raise Invalid(N_("ファイルを選び直してください。"), field=key)


def _merge(entry: Entry, changes: Mapping[str, Any], seen: int | None, asked: Mapping[str, Question]) -> dict[str, Any]:
    """The changes less those that the writer did not make. Raises Clash where two people meant different things."""
    if seen is None or seen >= entry.version:
        return dict(changes)
    history = db.session.scalars(
        sa.select(AnswerChange)
        .where(AnswerChange.entry_id == entry.id, AnswerChange.question_code.in_(changes))
        .order_by(AnswerChange.id)
    )
    merged, clashes = merge_changes(changes, seen, history)
    for key, theirs in clashes.items():
        raise Clash(
            N_("%(who)sが先に「%(value)s」と入力しました。確かめて、もう一度入力してください。"),
            field=key,
            who=theirs.signature,
            value=show_answer(asked[key], theirs.value) if ":" not in key else theirs.value or "",
        )
    return merged


def merge_changes(
    changes: Mapping[str, Any], seen: int, history: Iterable[AnswerChange]
) -> tuple[dict[str, Any], dict[str, AnswerChange]]:
    """The changes less those that their writer did not make, and those that clash with what came after ``seen``.

    ``history`` are the entry's changes of these codes, the oldest first.
    """
    before: dict[str, Any] = {}
    since: dict[str, AnswerChange] = {}
    for change in history:
        if change.entry_version <= seen:
            before[change.question_code] = change.value
        else:
            since[change.question_code] = change
    merged, clashes = {}, {}
    for key, value in changes.items():
        theirs = since.get(key)
        if theirs is None or value == theirs.value:
            merged[key] = value
        elif value != before.get(key):
            clashes[key] = theirs
    return merged, clashes


def _write(
    actor: Actor, entry: Entry, questions: Sequence[Question], changed: Mapping[str, Any], origin: Mapping[str, Any]
) -> None:
    now = clock.now()
    held = {key: value for key, value in {**entry.answers, **changed}.items() if value is not None}
    entry.answers = calculate(questions, held)
    entry.changed_at = now
    entry.not_applicable_reason = ""
    if entry.state in {EntryState.BLANK, EntryState.PENDING}:
        is_returned = entry.state is EntryState.PENDING and _has_open_returns(entry)
        entry.state = EntryState.RETURNED if is_returned else EntryState.STARTED
        entry.pending_reason, entry.pending_until = "", None
    db.session.flush()
    db.session.add_all(
        AnswerChange(
            entry_id=entry.id, question_code=key, value=value, entry_version=entry.version, **origin,
            changed_by_person_id=actor.person_id, signature=actor.signature, changed_at=now,
        )
        for key, value in changed.items()
    )  # fmt: skip
    db.session.flush()


def _has_open_returns(entry: Entry) -> bool:
    return bool(
        db.session.scalar(
            sa.select(sa.exists().where(AnswerReturn.entry_id == entry.id, AnswerReturn.settled_at.is_(None)))
        )
    )
