"""What a body's manager does with the answers: submits, takes back, says that they are pending or do not apply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.answering import policy
from portal.answering.events import AnswersPending, AnswersSubmitted, AnswersTakenBack, OfficialReplyKept
from portal.answering.models import AnswerReturn
from portal.answering.saving import lock_entry
from portal.campaigns.answers import Problem, list_problems
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.queries import list_checks, list_entries_of, list_questions
from portal.campaigns.states import ANSWERABLE, EntryState, Severity
from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.decisions.service import decide_entry
from portal.directory.actor import Actor
from portal.directory.authorize import authorize


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What a submission of everything that is ready did; ``incomplete`` lists what was not ready and why."""

    submitted: Sequence[Entry]
    incomplete: Sequence[tuple[Entry, Sequence[Problem]]]


def find_problems(campaign: Campaign, entry: Entry) -> list[Problem]:
    """What stands in the way of submitting the entry, whose procedure is loaded."""
    if entry.not_applicable_reason:
        return []
    questions = list_questions(campaign, entry.procedure)
    codes = {each.code for each in questions}
    checks = [each for each in list_checks(campaign) if each.question_code in codes]
    return list_problems(questions, checks, entry.answers, entry.reasons)


def submit_entry(actor: Actor, campaign: Campaign, entry: Entry, *, reasons: Mapping[str, str] | None = None) -> None:
    """Confirm and submit one procedure; ``reasons`` justify warnings by question code. It is decided at once.

    Raises Forbidden, Conflict when it was submitted meanwhile, Invalid at the first question with a problem.
    """
    authorize(policy.can_submit, actor, campaign, entry)
    entry = lock_entry(entry)
    authorize(policy.can_submit, actor, campaign, entry)
    _justify(campaign, entry, reasons or {})
    for problem in find_problems(campaign, entry):
        raise Invalid(problem.message, field=problem.code, **problem.params)
    _submit(actor, campaign, entry)


def submit_ready(actor: Actor, campaign: Campaign, participation: Participation) -> Submitted:
    """Submit every procedure of the body that is complete. Raises Invalid when none is."""
    done, incomplete = [], []
    for entry in list_entries_of(participation):
        if entry.state not in ANSWERABLE or entry.state is EntryState.PENDING:
            continue
        authorize(policy.can_submit, actor, campaign, entry)
        problems = find_problems(campaign, entry)
        if problems:
            incomplete.append((entry, problems))
        else:
            _submit(actor, campaign, lock_entry(entry))
            done.append(entry)
    if not done:
        raise Invalid(N_("提出できる事務がありません。未回答の設問を確かめてください。"))
    return Submitted(submitted=done, incomplete=incomplete)


def declare_not_applicable(actor: Actor, campaign: Campaign, entry: Entry, *, reason: str) -> None:
    """該当なし: submit the entry without answers, with the reason. Raises Invalid at ``reason``."""
    authorize(policy.can_submit, actor, campaign, entry)
    my_number.check_text("reason", reason)
    if not reason.strip():
        raise Invalid(N_("該当しない理由を入力してください。"), field="reason")
    if campaign.rule is not None:
        raise Invalid(N_("この点検では、事務の有無の設問で回答してください。"), field="reason")
    entry = lock_entry(entry)
    authorize(policy.can_submit, actor, campaign, entry)
    entry.not_applicable_reason = reason.strip()
    _submit(actor, campaign, entry)


def put_off(actor: Actor, campaign: Campaign, entry: Entry, *, until: date | None, reason: str) -> None:
    """回答保留: say when the answer is to come, and why; until then it is undetermined.

    Raises Invalid at ``until`` or ``reason``.
    """
    authorize(policy.can_answer, actor, campaign, entry)
    my_number.check_text("reason", reason)
    if until is None or until <= japan_date(clock.now()):
        raise Invalid(N_("回答の予定日は、明日以降の日付を入力してください。"), field="until")
    if not reason.strip():
        raise Invalid(N_("保留する理由を入力してください。"), field="reason")
    entry = lock_entry(entry)
    authorize(policy.can_answer, actor, campaign, entry)
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
    authorize(policy.can_take_back, actor, campaign, entry)
    entry.state = EntryState.STARTED
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
) -> None:
    """Keep the number and date of the body's official reply, and where and when it published its results.

    Raises Forbidden, Invalid at ``published_url``, Conflict on a stale version.
    """
    authorize(policy.can_keep_reply, actor, campaign, participation)
    participation.check_version(version)
    my_number.check_text("reply_number", reply_number)
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


def _justify(campaign: Campaign, entry: Entry, reasons: Mapping[str, str]) -> None:
    given = {code: text.strip() for code, text in reasons.items() if text.strip()}
    for code, text in given.items():
        my_number.check_text(code, text)
    known = {each.question_code for each in list_checks(campaign) if each.severity is Severity.WARNING}
    if given:
        entry.reasons = {**entry.reasons, **{code: text for code, text in given.items() if code in known}}


def _submit(actor: Actor, campaign: Campaign, entry: Entry) -> None:
    now = clock.now()
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
