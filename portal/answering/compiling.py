"""取りまとめ: a prefecture checks its municipalities' answers, sends single ones back with a reason, and forwards."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from portal.answering import policy
from portal.answering.events import AnswersForwarded, AnswersReturned
from portal.answering.models import AnswerReturn
from portal.answering.running import authorize_running
from portal.answering.saving import lock_entry
from portal.answering.sections import ask_sections_again
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.queries import list_questions
from portal.campaigns.states import EntryState
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor


def return_answers(
    actor: Actor, campaign: Campaign, entry: Entry, *, reasons: Mapping[str, str], my_number_confirmed: bool = False
) -> None:
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
        my_number.check_text(code or "reason", text, my_number_confirmed)
    db.session.add_all(
        AnswerReturn(
            entry_id=entry.id, question_code=code, reason=text, returned_by_person_id=actor.person_id,
            signature=actor.signature, returned_at=clock.now(),
        )
        for code, text in given.items()
    )  # fmt: skip
    entry.state, entry.forwarded_at, entry.forwarded_signature = EntryState.RETURNED, None, ""
    db.session.flush()
    ask_sections_again(entry)
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
    authorize_running(policy.can_compile, actor, campaign)
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


def forward_everything(actor: Actor, campaign: Campaign) -> int:
    """submitted → forwarded, for everything that the prefecture's municipalities have submitted by now; how much.

    Raises Forbidden, Invalid when there is nothing.
    """
    authorize_running(policy.can_compile, actor, campaign)
    now = clock.now()
    forwarded = db.session.scalars(
        sa.update(Entry)
        .where(
            Entry.campaign_id == campaign.id,
            Entry.prefecture_code == actor.prefecture_code,
            Entry.state == EntryState.SUBMITTED,
            Entry.participation_id.in_(
                sa.select(Participation.id).where(
                    Participation.campaign_id == campaign.id, sa.not_(Participation.is_prefecture)
                )
            ),
        )
        .values(
            state=EntryState.FORWARDED, forwarded_at=now, forwarded_signature=actor.signature, version=Entry.version + 1
        )
        .returning(Entry.id)
    ).all()
    if not forwarded:
        raise Invalid(N_("取りまとめる回答がありません。"))
    emit(actor, AnswersForwarded(campaign_id=campaign.id, count=len(forwarded)))
    return len(forwarded)


def _authorize_return(actor: Actor, campaign: Campaign, entry: Entry) -> None:
    authorize_running(policy.can_return, actor, campaign, entry, is_prefecture=entry.participation.is_prefecture)
