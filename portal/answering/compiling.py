"""取りまとめ: a prefecture checks its municipalities' answers, sends single ones back with a reason, and forwards."""

from collections.abc import Mapping, Sequence

from portal.answering import policy
from portal.answering.events import AnswersForwarded, AnswersReturned
from portal.answering.models import AnswerReturn
from portal.answering.saving import lock_entry
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.queries import list_questions
from portal.campaigns.states import EntryState
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize


def return_answers(actor: Actor, campaign: Campaign, entry: Entry, *, reasons: Mapping[str, str]) -> None:
    """submitted, forwarded → returned: ``reasons`` by question code, under "" for the whole entry.

    The body has a task until it submits again. Raises Forbidden, Invalid at the code or without any reason.
    """
    _authorize_return(actor, campaign, entry)
    entry = lock_entry(entry)
    _authorize_return(actor, campaign, entry)
    given = {code: text.strip() for code, text in reasons.items() if text.strip()}
    if not given:
        raise Invalid(N_("差し戻す設問に理由を入力してください。"))
    known = {each.code for each in list_questions(campaign, entry.procedure)} | {""}
    if not known.issuperset(given):
        raise Invalid(N_("設問「%(code)s」はありません。"), code=sorted(set(given) - known)[0])
    for code, text in given.items():
        my_number.check_text(code or "reason", text)
    db.session.add_all(
        AnswerReturn(
            entry_id=entry.id, question_code=code, reason=text, returned_by_person_id=actor.person_id,
            signature=actor.signature, returned_at=clock.now(),
        )
        for code, text in given.items()
    )  # fmt: skip
    entry.state, entry.forwarded_at, entry.forwarded_signature = EntryState.RETURNED, None, ""
    db.session.flush()
    emit(
        actor,
        AnswersReturned(
            campaign_id=campaign.id,
            entry_id=entry.id,
            codes=tuple(sorted(given)),
            organisation_id=entry.organisation_id,
        ),
    )


def forward_entries(actor: Actor, campaign: Campaign, entries: Sequence[Entry]) -> int:
    """submitted → forwarded, for every one of the entries that still is submitted; how many were.

    Raises Forbidden, Invalid when none is.
    """
    authorize(policy.can_compile, actor, campaign)
    now, count = clock.now(), 0
    for each in entries:
        entry = lock_entry(each)
        if policy.can_forward(actor, campaign, entry, is_prefecture=entry.participation.is_prefecture):
            entry.state, entry.forwarded_at, entry.forwarded_signature = EntryState.FORWARDED, now, actor.signature
            count += 1
    if not count:
        raise Invalid(N_("取りまとめる回答を選んでください。"))
    db.session.flush()
    emit(actor, AnswersForwarded(campaign_id=campaign.id, count=count))
    return count


def _authorize_return(actor: Actor, campaign: Campaign, entry: Entry) -> None:
    authorize(policy.can_return, actor, campaign, entry, is_prefecture=entry.participation.is_prefecture)
