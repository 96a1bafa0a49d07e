"""What a body's manager does with the answers: submits, takes back, says that they are pending or do not apply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.answering import policy
from portal.answering.events import AnswersPending, AnswersSubmitted, AnswersTakenBack, OfficialReplyKept
from portal.answering.models import AnswerReturn
from portal.answering.question_sets import load_question_set
from portal.answering.running import authorize_running
from portal.answering.saving import lock_entry
from portal.campaigns.answers import Problem
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.queries import list_checks
from portal.campaigns.states import ANSWERABLE, EntryState, Severity
from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.decisions.service import decide_entry
from portal.directory.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What a submission of everything that is ready did; ``incomplete`` lists what was not ready and why."""

    submitted: Sequence[Entry]
    incomplete: Sequence[tuple[Entry, Sequence[Problem]]]


def justify_warnings(
    actor: Actor, campaign: Campaign, entry: Entry, reasons: Mapping[str, str], *, my_number_confirmed: bool = False
) -> None:
    """Keep why answers that fail a check are right all the same, by question code; an empty reason takes it back.

    Raises Forbidden, Invalid at the code.
    """
    authorize_running(policy.can_answer, actor, campaign, entry)
    entry = lock_entry(entry)
    authorize_running(policy.can_answer, actor, campaign, entry)
    _justify(campaign, entry, reasons, my_number_confirmed=my_number_confirmed)
    db.session.flush()


def submit_entry(
    actor: Actor,
    campaign: Campaign,
    entry: Entry,
    *,
    reasons: Mapping[str, str] | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """Confirm and submit one procedure; ``reasons`` justify warnings by question code. It is decided at once.

    Raises Forbidden, Conflict when it was submitted meanwhile, Invalid at the first question with a problem.
    """
    authorize_running(policy.can_submit, actor, campaign, entry)
    entry = lock_entry(entry)
    authorize_running(policy.can_submit, actor, campaign, entry)
    _justify(campaign, entry, reasons or {}, my_number_confirmed=my_number_confirmed)
    asked = load_question_set(campaign)
    for problem in asked.problems_of(entry):
        raise Invalid(problem.message, field=problem.code, **problem.params)
    _submit(actor, campaign, entry, asked.answers_of(entry))


def submit_ready(actor: Actor, campaign: Campaign, entries: Sequence[Entry]) -> Submitted:
    """Submit every one of the body's procedures that is complete. Raises Invalid when none is.

    What is put off, or came back and has not been changed since, is submitted on its own page alone.
    """
    authorize_running(policy.can_submit_several, actor, campaign, entries)
    asked, untouched = load_question_set(campaign), _list_untouched(entries)
    done, incomplete = [], []
    for each in sorted(entries, key=lambda entry: entry.id):  # in the order in which everybody locks them
        if each.state not in ANSWERABLE or each.state is EntryState.PENDING or each.id in untouched:
            continue
        entry = lock_entry(each)
        if not policy.can_submit(actor, campaign, entry):
            continue  # somebody was faster
        problems = asked.problems_of(entry)
        if problems:
            incomplete.append((entry, problems))
        else:
            _submit(actor, campaign, entry, asked.answers_of(entry))
            done.append(entry)
    if not done:
        raise Invalid(N_("提出できる事務がありません。未回答の設問を確かめてください。"))
    return Submitted(submitted=done, incomplete=incomplete)


def declare_not_applicable(
    actor: Actor, campaign: Campaign, entry: Entry, *, reason: str, my_number_confirmed: bool = False
) -> None:
    """該当なし: submit the entry without answers, with the reason. Raises Invalid at ``reason``."""
    authorize_running(policy.can_submit, actor, campaign, entry)
    my_number.check_text("reason", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("該当しない理由を入力してください。"), field="reason")
    if campaign.rule is not None:
        raise Invalid(N_("この点検では、事務の有無の設問で回答してください。"), field="reason")
    entry = lock_entry(entry)
    authorize_running(policy.can_submit, actor, campaign, entry)
    entry.not_applicable_reason = reason.strip()
    _submit(actor, campaign, entry, {})


def put_off(
    actor: Actor,
    campaign: Campaign,
    entry: Entry,
    *,
    until: date | None,
    reason: str,
    my_number_confirmed: bool = False,
) -> None:
    """回答保留: say when the answer is to come, and why; until then it is undetermined.

    Raises Invalid at ``until`` or ``reason``.
    """
    authorize_running(policy.can_answer, actor, campaign, entry)
    my_number.check_text("reason", reason, my_number_confirmed)
    if until is None or until <= japan_date(clock.now()):
        raise Invalid(N_("回答の予定日は、明日以降の日付を入力してください。"), field="until")
    if not reason.strip():
        raise Invalid(N_("保留する理由を入力してください。"), field="reason")
    entry = lock_entry(entry)
    authorize_running(policy.can_answer, actor, campaign, entry)
    entry.state, entry.pending_until, entry.pending_reason = EntryState.PENDING, until, reason.strip()
    db.session.flush()
    decide_entry(campaign, entry)
    emit(
        actor,
        AnswersPending(campaign_id=campaign.id, entry_id=entry.id, until=until, organisation_id=entry.organisation_id),
    )


def take_back(actor: Actor, campaign: Campaign, entry: Entry) -> None:
    """submitted → started, by the body, until the prefecture has forwarded it; the entry is undetermined again.

    Raises Conflict when it has been forwarded.
    """
    entry = lock_entry(entry)
    if entry.state is EntryState.FORWARDED:
        raise Conflict(
            N_("都道府県が既に取りまとめています。訂正するときは、都道府県か本部に差戻しを依頼してください。")
        )
    authorize_running(policy.can_take_back, actor, campaign, entry)
    entry.state, entry.not_applicable_reason = EntryState.STARTED, ""
    db.session.flush()
    decide_entry(campaign, entry)
    emit(actor, AnswersTakenBack(campaign_id=campaign.id, entry_id=entry.id, organisation_id=entry.organisation_id))


def keep_reply(
    actor: Actor,
    campaign: Campaign,
    participation: Participation,
    *,
    reply_number: str,
    reply_on: date | None,
    published_on: date | None,
    published_url: str,
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """Keep the number and date of the body's official reply, and where and when it published its results.

    Raises Forbidden, Invalid at ``published_url``, Conflict on a stale version.
    """
    authorize_running(policy.can_keep_reply, actor, campaign, participation)
    participation.check_version(version)
    my_number.check_text("reply_number", reply_number, my_number_confirmed)
    if published_url and not published_url.startswith(("https://", "http://")):
        raise Invalid(
            N_("公表したページのURLを入力してください。例：https://www.example.lg.jp/"), field="published_url"
        )
    participation.reply_number, participation.reply_on = reply_number.strip(), reply_on
    participation.published_on, participation.published_url = published_on, published_url.strip()
    db.session.flush()
    emit(
        actor,
        OfficialReplyKept(
            campaign_id=campaign.id, participation_id=participation.id, organisation_id=participation.organisation_id
        ),
    )


def _list_untouched(entries: Sequence[Entry]) -> set[int]:
    """Those that came back and have not been changed since."""
    return set(
        db.session.scalars(
            sa.select(Entry.id)
            .join(AnswerReturn, AnswerReturn.entry_id == Entry.id)
            .where(
                Entry.id.in_([each.id for each in entries]),
                AnswerReturn.settled_at.is_(None),
                sa.or_(Entry.changed_at.is_(None), Entry.changed_at <= AnswerReturn.returned_at),
            )
        )
    )


def _justify(campaign: Campaign, entry: Entry, reasons: Mapping[str, str], *, my_number_confirmed: bool) -> None:
    if not reasons:
        return
    known = {each.question_code for each in list_checks(campaign) if each.severity is Severity.WARNING}
    given = {code: text.strip() for code, text in reasons.items() if code in known}
    for code, text in given.items():
        my_number.check_text(code, text, my_number_confirmed)
    entry.reasons = {code: text for code, text in {**entry.reasons, **given}.items() if text}


def _submit(actor: Actor, campaign: Campaign, entry: Entry, answers: dict[str, Any]) -> None:
    """Hand these answers in; what was typed besides stays in the record of entries alone."""
    now = clock.now()
    entry.answers = answers
    entry.state, entry.submitted_at, entry.submitted_signature = EntryState.SUBMITTED, now, actor.signature
    entry.pending_until, entry.pending_reason = None, ""
    db.session.execute(
        sa.update(AnswerReturn)
        .where(AnswerReturn.entry_id == entry.id, AnswerReturn.settled_at.is_(None))
        .values(settled_at=now)
    )
    db.session.flush()
    decide_entry(campaign, entry)
    emit(actor, AnswersSubmitted(campaign_id=campaign.id, entry_id=entry.id, organisation_id=entry.organisation_id))
