"""Replies to many: whom the text reaches and in which words, waiting ten minutes, and recalling it."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from portal.bundles import merging, policy
from portal.bundles.bundling import list_issues_by_number
from portal.bundles.events import BulkReplyPrepared, BulkReplyRecalled
from portal.bundles.models import BulkReply, BulkTarget
from portal.bundles.states import TargetState
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.issues.models import Issue
from portal.issues.states import ENDED

RECALLABLE_FOR = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One issue that was chosen, in which words the text would reach it, or why it cannot (``params`` belong to it)."""

    issue: Issue
    fields: dict[str, str]
    text: str
    why_not: str | None
    params: dict[str, str]


@dataclass(frozen=True)
class BulkPreview:
    """Everything that would be sent, and to whom."""

    audience: Audience
    candidates: Sequence[Candidate]

    @property
    def reachable(self) -> list[Candidate]:
        """Those that can be written to."""
        return [each for each in self.candidates if each.why_not is None]

    @property
    def frozen(self) -> str:
        """A mark of all that was shown: the audience, who can be written to, and each text word by word."""
        shown = [f"{each.issue.number} {each.why_not or ''} {each.text}" for each in self.candidates]
        return hashlib.sha256("\x00".join([self.audience.value, *shown]).encode()).hexdigest()


class BulkChanged(Invalid):
    """What would be sent is not what was previewed; nothing is sent."""


def preview_bulk(
    actor: Actor, *, numbers: Sequence[str], audience: Audience, text: str, confirmed: bool = False
) -> BulkPreview:
    """What the text would say to each of the issues. Raises Invalid at ``numbers`` or ``text``."""
    authorize(policy.can_write_bulk, actor)
    if not text.strip():
        raise Invalid(N_("本文を入力してください。"), field="text")
    my_number.check_text("text", text, confirmed)
    merging.check_fields(text)
    issues = list_issues_by_number(actor, numbers)
    if not issues:
        raise Invalid(N_("送る課題・照会を1件以上指定してください。"), field="numbers")
    return BulkPreview(audience, [_candidate(actor, issue, audience, text.strip()) for issue in issues])


def prepare_bulk_reply(
    actor: Actor, preview: BulkPreview, *, text: str, chosen: Collection[str], frozen: str, confirmed: bool = False
) -> BulkReply:
    """Have what was previewed sent in ten minutes to the chosen numbers.

    Raises BulkChanged at ``text`` when it is not what was previewed, Invalid at ``numbers`` when none is chosen and
    at ``text`` for a My Number that the fields make up.
    """
    if preview.frozen != frozen:
        raise BulkChanged(
            N_(
                "本文、送り先またはその状態が、確認した後に変わりました。まだ送っていません。下の内容を確認してください。"
            ),
            field="text",
        )
    targets = [each for each in preview.reachable if each.issue.number in chosen]
    if not targets:
        raise Invalid(N_("送る課題・照会を1件以上選んでください。"), field="numbers")
    for each in targets:
        my_number.check_text("text", each.text, confirmed)
    now = clock.now()
    bulk = BulkReply(
        author_person_id=actor.person_id,
        author_membership_id=actor.membership_id,
        audience=preview.audience,
        text=text.strip(),
        is_my_number_confirmed=confirmed,
        created_at=now,
        sends_at=now + RECALLABLE_FOR,
    )
    db.session.add(bulk)
    db.session.flush()
    db.session.add_all(
        BulkTarget(bulk_reply_id=bulk.id, issue_id=each.issue.id, fields=each.fields, sends_at=bulk.sends_at)
        for each in targets
    )
    db.session.flush()
    emit(actor, BulkReplyPrepared(bulk_reply_id=bulk.id, issue_ids=[each.issue.id for each in targets]))
    return bulk


def recall_bulk_reply(actor: Actor, bulk: BulkReply) -> int:
    """Send no more of it: what waits is never told. How many that were.

    Raises Conflict when nothing waits any more. A worker that is sending one target is waited for, so that each is
    either sent or recalled.
    """
    authorize(policy.can_view_bulk, actor, bulk)
    waiting = list(
        db.session.scalars(
            sa.select(BulkTarget)
            .where(BulkTarget.bulk_reply_id == bulk.id, BulkTarget.state == TargetState.WAITING)
            .order_by(BulkTarget.id)
            .with_for_update(of=BulkTarget)
            .execution_options(populate_existing=True)
        )
    )
    if not waiting:
        raise Conflict(N_("取り消せるものは残っていません。既にすべて送られたか、取り消されています。"))
    now = clock.now()
    for target in waiting:
        target.state, target.settled_at = TargetState.RECALLED, now
    bulk.recalled_at, bulk.recalled_by_person_id = now, actor.person_id
    db.session.flush()
    emit(actor, BulkReplyRecalled(bulk_reply_id=bulk.id, issue_ids=[target.issue_id for target in waiting]))
    return len(waiting)


def check_may_write(actor: Actor, audience: Audience, issue: Issue) -> None:
    """Raise Forbidden unless the issue's own page would let the actor write so."""
    if not policy.can_be_written_to(actor, audience, issue):
        raise Forbidden(N_("この操作を行う権限がありません。"))


def _candidate(actor: Actor, issue: Issue, audience: Audience, text: str) -> Candidate:
    fields = merging.fields_of(issue)
    missing = merging.list_missing(text, fields)
    why_not, params = None, {}
    if not policy.can_be_written_to(actor, audience, issue):
        is_over = issue.state in ENDED and audience is Audience.PUBLIC
        why_not = N_("終わった課題・照会には投稿できません") if is_over else N_("担当していません")
    elif missing:
        why_not, params = N_("{%(name)s}に入れるものがありません"), {"name": missing[0]}
    return Candidate(issue=issue, fields=fields, text=merging.fill(text, fields), why_not=why_not, params=params)
