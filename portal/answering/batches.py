"""Answers of many entries at once, as forms filled in offline bring them: the same rules in a few statements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from portal.answering import policy
from portal.answering.events import AnswersSaved
from portal.answering.models import AnswerChange, AnswerReturn
from portal.answering.running import authorize_running
from portal.answering.saving import keys_of, merge_changes
from portal.answering.states import Source
from portal.campaigns.answers import calculate
from portal.campaigns.models import Campaign, Entry, Question
from portal.campaigns.queries import list_questions, loaded
from portal.campaigns.states import EntryState, QuestionKind
from portal.core import clock, my_number
from portal.core.db import Base, db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit_all
from portal.core.i18n import N_
from portal.directory.actor import Actor

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What a form says of one entry: answers by code, from somebody who saw it at version ``seen``.

    ``is_blind``: the writer did not see what stood there, so nothing that stands there is replaced.
    """

    entry: Entry
    changes: Mapping[str, Any]
    seen: int
    is_blind: bool = False


@dataclass(frozen=True, kw_only=True)
class Collision:
    """An answer that somebody else gave meanwhile and the form says otherwise; ``theirs`` is None to a blind writer."""

    entry: Entry
    code: str
    theirs: AnswerChange | None


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What the form changes in one entry."""

    entry: Entry
    changed: Mapping[str, Any]


def merge_all(filled: Sequence[Filled]) -> tuple[list[Merged], list[Collision]]:
    """What the forms would change as things stand, and what clashes. One statement for each 500 entries."""
    stale = [each.entry.id for each in filled if not each.is_blind and each.seen < each.entry.version]
    history = _list_history(stale)
    merged, clashes = [], []
    for each in filled:
        held, clashing = _merge(each, history.get(each.entry.id, ()))
        clashes += [Collision(entry=each.entry, code=code, theirs=theirs) for code, theirs in clashing.items()]
        changed = {code: value for code, value in held.items() if each.entry.answers.get(code) != value}
        if changed:
            merged.append(Merged(entry=each.entry, changed=changed))
    return merged, clashes


def save_all(
    actor: Actor,
    campaign: Campaign,
    filled: Sequence[Filled],
    *,
    source: Source,
    source_name: str,
    my_number_confirmed: bool = False,
) -> list[Merged]:
    """Keep the answers of all entries or of none, by the body or its prefecture for it, and say what changed.

    Raises Forbidden, Invalid, Conflict when somebody else entered something meanwhile that the forms say otherwise.
    """
    _lock([each.entry.id for each in filled])
    asked = _list_asked(campaign, filled)
    for each in filled:
        authorize_running(policy.can_answer_for, actor, campaign, each.entry)
        _check(each, asked[each.entry.procedure_id], my_number_confirmed)
    merged, clashes = merge_all(filled)
    if clashes:
        raise Conflict(N_("ほかの方が先に回答を入力しました。もう一度ファイルを選び直してください。"))
    _put([(one, asked[one.entry.procedure_id]) for one in merged])
    _record(actor, merged, {"source": source, "source_name": source_name})
    emit_all(actor, (_event(campaign, one, source) for one in merged))
    return merged


def _merge(filled: Filled, history: Iterable[AnswerChange]) -> tuple[dict[str, Any], Mapping[str, AnswerChange | None]]:
    if not filled.is_blind:
        return merge_changes(filled.changes, filled.seen, history)
    held: dict[str, Any] = {}
    clashing: dict[str, AnswerChange | None] = {}
    for code, value in filled.changes.items():
        if value is not None and filled.entry.answers.get(code) in (None, value):
            held[code] = value
        elif value is not None:
            clashing[code] = None
    return held, clashing


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _list_history(ids: Iterable[int]) -> dict[int, list[AnswerChange]]:
    found: dict[int, list[AnswerChange]] = defaultdict(list)
    for chunk in _chunks(ids):
        select = sa.select(AnswerChange).where(AnswerChange.entry_id.in_(chunk)).order_by(AnswerChange.id)
        for change in db.session.scalars(select):
            found[change.entry_id].append(change)
    return found


def _lock(ids: Iterable[int]) -> None:
    """Read the entries as they stand now and keep them from others, always in the same order."""
    for chunk in _chunks(ids):
        db.session.scalars(
            sa.select(Entry)
            .where(Entry.id.in_(chunk))
            .order_by(Entry.id)
            .options(*loaded())
            .with_for_update(of=Entry)
            .execution_options(populate_existing=True)
        ).all()


def _list_asked(campaign: Campaign, filled: Sequence[Filled]) -> dict[int, list[Question]]:
    """The questions of each procedure, by its id."""
    every = list_questions(campaign)
    ids = {each.entry.procedure_id for each in filled}
    return {id_: [each for each in every if each.procedure_id in {None, id_}] for id_ in ids}


def _check(filled: Filled, questions: Sequence[Question], is_confirmed: bool) -> None:
    unknown = set(filled.changes) - set(keys_of([each for each in questions if each.kind is not QuestionKind.FILE]))
    if unknown:
        raise Invalid(N_("設問「%(code)s」はありません。"), code=sorted(unknown)[0])
    for code, value in filled.changes.items():
        if isinstance(value, str):
            my_number.check_text(code, value, is_confirmed)


def _put(merged: Sequence[tuple[Merged, Sequence[Question]]]) -> None:
    """Write the entries, which are locked, as one statement with many rows, and let the records here say the same."""
    now, rows = clock.now(), list[dict[str, Any]]()
    returned = _find_returned([one.entry.id for one, _ in merged if one.entry.state is EntryState.PENDING])
    for one, questions in merged:
        entry = one.entry
        held = {code: value for code, value in {**entry.answers, **one.changed}.items() if value is not None}
        state = EntryState.STARTED if entry.state in {EntryState.BLANK, EntryState.PENDING} else entry.state
        state = EntryState.RETURNED if entry.id in returned else state
        values = {"answers": calculate(questions, held), "changed_at": now, "not_applicable_reason": "", "state": state}
        values |= {"pending_reason": "", "pending_until": None, "version": entry.version + 1}
        for name, value in values.items():
            set_committed_value(entry, name, value)
        rows.append({"entry": entry.id, **values})
    if rows:
        table = Base.metadata.tables[Entry.__tablename__]
        db.session.connection().execute(sa.update(table).where(table.c.id == sa.bindparam("entry")), rows)


def _find_returned(ids: Sequence[int]) -> set[int]:
    """Those of the entries of which something was sent back and waits: they stay returned."""
    found: set[int] = set()
    for chunk in _chunks(ids):
        select = sa.select(AnswerReturn.entry_id).where(AnswerReturn.entry_id.in_(chunk))
        found.update(db.session.scalars(select.where(AnswerReturn.settled_at.is_(None))))
    return found


def _record(actor: Actor, merged: Sequence[Merged], origin: Mapping[str, Any]) -> None:
    """Who entered what from where: rows that nothing reads back now, and so plain ones."""
    now = clock.now()
    rows = [
        {
            "entry_id": each.entry.id, "question_code": code, "value": value, "entry_version": each.entry.version,
            "changed_by_person_id": actor.person_id, "signature": actor.signature, "changed_at": now, **origin,
        }
        for each in merged
        for code, value in each.changed.items()
    ]  # fmt: skip
    if rows:
        db.session.execute(sa.insert(AnswerChange), rows)


def _event(campaign: Campaign, merged: Merged, source: Source) -> AnswersSaved:
    return AnswersSaved(
        campaign_id=campaign.id,
        entry_id=merged.entry.id,
        codes=tuple(sorted(merged.changed)),
        source=source.value,
        organisation_id=merged.entry.organisation_id,
    )
