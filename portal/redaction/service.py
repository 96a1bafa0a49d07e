"""Redaction 墨消し: asked by one person, done when another approves; the original is kept nowhere afterwards."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.core import clock, my_number
from portal.core.calendar import era_date, japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import Acting, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance.states import ISSUED_STATES
from portal.redaction import policy
from portal.redaction.copies import forget_printed, scrub_copies, scrub_draft
from portal.redaction.events import RedactionAsked, RedactionRefused, TextRedacted
from portal.redaction.files import replace_file
from portal.redaction.models import RedactedField, Redaction
from portal.redaction.passages import passages_in, spans_of, spans_of_all, without
from portal.redaction.states import RedactionCause, RedactionState, TargetKind
from portal.redaction.targets import FIELDS, Target, find_thing
from portal.search.documents import ask_for, remove

SHORTEST = 2
_LONGEST = {"title": 120, "required_action": 300, "difference": 300, "sender_title": 100}
_CHANGED = N_("対象の文が変わったため、墨消しできません。もう一度申請してください。")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to go and why: a passage wherever it stands in the target, or all of the text; a file goes whole."""

    passage: str = ""
    is_whole: bool = False
    cause: RedactionCause = RedactionCause.PERSONAL
    reason: str = ""


def ask_redaction(actor: Actor, target: Target, wanted: Wanted) -> Redaction:
    """Ask for a redaction. The passage is kept only as places in the text.

    Raises Invalid at ``passage`` where it stands in no field, at ``reason`` without one, Conflict while another
    redaction of the same thing waits.
    """
    authorize(policy.can_ask, actor)
    my_number.check_text("reason", wanted.reason)
    if not wanted.reason.strip():
        raise Invalid(N_("理由を入力してください。"), field="reason")
    now = clock.now()
    tombstone = f"（{era_date(japan_date(now))} {wanted.cause.ja}のため墨消し）"
    fields = _fields_without(target, wanted, tombstone)
    _require_alone(target)
    redaction = Redaction(
        target_kind=target.kind,
        target_id=target.thing.id,
        guidance_id=target.guidance_id,
        issue_id=target.issue_id,
        cause=wanted.cause,
        reason=wanted.reason.strip(),
        tombstone=tombstone,
        asked_by_person_id=actor.person_id,
        asked_signature=actor.signature,
        asked_at=now,
        fields=fields,
    )
    db.session.add(redaction)
    db.session.flush()
    emit(actor, RedactionAsked(**_ids(redaction)))
    return redaction


def approve_redaction(
    actor: Actor, redaction: Redaction, *, version: int | None = None, also_papers: Collection[int] = ()
) -> int:
    """asked → done: take the passage out of the text, its copies, the index and the printed paper.

    ``also_papers`` are other papers that hold it: each gets a redaction of its own, asked and decided by the same
    two people; one that has not gone out is simply put right. Returns how many copies held it. Raises Forbidden for
    whoever asked, Conflict when it was decided, or the text has changed since.
    """
    _hold(redaction)
    if redaction.state is not RedactionState.ASKED:
        raise Conflict(N_("この申請は、既に判断されています。"))
    authorize(policy.can_decide, actor, redaction)
    redaction.check_version(version)
    thing = find_thing(redaction.target_kind, redaction.target_id)
    if thing is None:
        raise Conflict(_CHANGED)
    passages = read_passages(redaction, thing)
    _decide(actor, redaction, RedactionState.APPROVED)
    also = carry_out(actor, redaction, thing, passages)
    for key in also_papers:
        also += _redact_too(actor, redaction, key, passages)
    return also


def carry_out(actor: Acting, redaction: Redaction, thing: Any, passages: set[str]) -> int:
    """Do what was approved; how many copies held it. The caller has read ``passages`` from ``thing`` and holds it."""
    for each in redaction.fields:
        setattr(thing, each.field, each.redacted)
    if redaction.target_kind is TargetKind.FILE:
        replace_file(thing, redaction.tombstone)
    db.session.flush()
    also = scrub_copies(redaction, passages)
    if redaction.guidance_id is not None:
        forget_printed(redaction.guidance_id, redaction.tombstone)
    _forget_in_index(redaction)
    redaction.state = RedactionState.DONE
    db.session.flush()
    emit(actor, TextRedacted(**_ids(redaction), fields=[each.field for each in redaction.fields], also=also))
    return also


def _redact_too(actor: Actor, redaction: Redaction, guidance_id: int, passages: set[str]) -> int:
    """The same passage in another paper; 0 where it does not stand there (any more)."""
    paper = find_thing(TargetKind.GUIDANCE, guidance_id)
    if paper is None or paper.id == redaction.guidance_id:
        return 0
    if paper.state not in ISSUED_STATES:
        scrub_draft(paper, FIELDS[TargetKind.GUIDANCE], passages, redaction.tombstone)
        return 1
    fields = []
    for name in FIELDS[TargetKind.GUIDANCE]:
        text = str(getattr(paper, name) or "")
        spans = spans_of_all(text, passages)
        if spans:
            redacted = without(text, spans, redaction.tombstone)[: _LONGEST.get(name)]
            fields.append(RedactedField(field=name, spans=[list(span) for span in spans], redacted=redacted))
    if not fields:
        return 0
    other = Redaction(
        target_kind=TargetKind.GUIDANCE,
        target_id=paper.id,
        guidance_id=paper.id,
        cause=redaction.cause,
        reason=redaction.reason,
        tombstone=redaction.tombstone,
        asked_by_person_id=redaction.asked_by_person_id,
        asked_signature=redaction.asked_signature,
        asked_at=redaction.asked_at,
        fields=fields,
    )
    db.session.add(other)
    db.session.flush()
    _decide(actor, other, RedactionState.APPROVED)
    return 1 + carry_out(actor, other, paper, passages)


def refuse_redaction(actor: Actor, redaction: Redaction, *, reason: str, version: int | None = None) -> None:
    """asked → refused. Raises Invalid without a reason, Conflict when it was decided."""
    _hold(redaction)
    if redaction.state is not RedactionState.ASKED:
        raise Conflict(N_("この申請は、既に判断されています。"))
    authorize(policy.can_decide, actor, redaction)
    redaction.check_version(version)
    my_number.check_text("reason", reason)
    if not reason.strip():
        raise Invalid(N_("理由を入力してください。"), field="reason")
    redaction.decision_reason = reason.strip()
    _decide(actor, redaction, RedactionState.REFUSED)
    emit(actor, RedactionRefused(**_ids(redaction)))


def passages_of(redaction: Redaction) -> set[str]:
    """What is to be taken out, read from the text; nothing once it is out, or where the text has changed."""
    thing = find_thing(redaction.target_kind, redaction.target_id)
    if thing is None or redaction.state is not RedactionState.ASKED:
        return set()
    try:
        return read_passages(redaction, thing)
    except Conflict:
        return set()


def _fields_without(target: Target, wanted: Wanted, tombstone: str) -> list[RedactedField]:
    if target.kind is TargetKind.FILE:
        return []
    passage = wanted.passage.replace("\r\n", "\n")
    if not wanted.is_whole and len(passage.strip()) < SHORTEST:
        raise Invalid(N_("墨消しする語句を、文書にあるとおりに入力してください。"), field="passage")
    found = []
    for field in FIELDS[target.kind]:
        text = str(getattr(target.thing, field) or "")
        spans = ([(0, len(text))] if text else []) if wanted.is_whole else spans_of(text, passage)
        if spans:
            redacted = without(text, spans, tombstone)
            if len(redacted) > _LONGEST.get(field, len(redacted)):
                raise Invalid(N_("墨消しした後の文が長すぎます。語句を広げて指定してください。"), field="passage")
            found.append(RedactedField(field=field, spans=[list(span) for span in spans], redacted=redacted))
    if not found:
        raise Invalid(N_("この語句は、対象のどこにもありません。"), field="passage")
    return found


def _require_alone(target: Target) -> None:
    waiting = sa.select(Redaction.id).where(
        Redaction.target_kind == target.kind,
        Redaction.target_id == target.thing.id,
        Redaction.state == RedactionState.ASKED,
    )
    if db.session.scalar(waiting.limit(1)) is not None:
        raise Invalid(N_("この対象には、判断待ちの申請が既にあります。"), field="target")


def read_passages(redaction: Redaction, thing: Any) -> set[str]:
    """What stands at the places; raises Conflict unless the text is the one that was looked at."""
    found: set[str] = set()
    for each in redaction.fields:
        text = str(getattr(thing, each.field) or "")
        spans = [(int(start), int(length)) for start, length in each.spans]
        if without(text, spans, redaction.tombstone) != each.redacted:
            raise Conflict(_CHANGED)
        found |= passages_in(text, spans)
    return found


def _hold(redaction: Redaction) -> None:
    """The row as it stands now, until the transaction ends: of two who decide at once the second finds it decided."""
    db.session.execute(sa.select(Redaction.id).where(Redaction.id == redaction.id).with_for_update())
    db.session.refresh(redaction, ["state", "version", "asked_by_person_id"])


def _decide(actor: Actor, redaction: Redaction, state: RedactionState) -> None:
    redaction.state = state
    redaction.decided_by_person_id, redaction.decided_signature = actor.person_id, actor.signature
    redaction.decided_at = clock.now()
    db.session.flush()


def _forget_in_index(redaction: Redaction) -> None:
    """Nothing of it is found from now on; the worker indexes what is left."""
    for kind, key in (("guidance", redaction.guidance_id), ("issue", redaction.issue_id)):
        if key is not None:
            remove(kind, [key])
            ask_for(kind, [key])


def _ids(redaction: Redaction) -> dict[str, Any]:
    return {"redaction_id": redaction.id, "target_kind": redaction.target_kind.value, "target_id": redaction.target_id}
