"""One procedure of one body: the form for who may answer, else what may be read of it; its files and its history."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.answering import policy, queries
from portal.answering.attaching import list_files
from portal.answering.checking import AnswerLine, by_section, list_answer_lines
from portal.answering.models import AnswerReturn
from portal.answering.question_sets import load_question_set
from portal.answering.reading import is_own, list_mended, list_readable_changes, read_answers
from portal.answering.taking_over import LastRound, find_last_round
from portal.attachments.queries import find_attachment
from portal.blueprints.answering.filling import bp, show_form
from portal.blueprints.answering.gathering import gather
from portal.campaigns import policy as campaign_policy
from portal.campaigns.answers import show_answer
from portal.campaigns.models import Campaign, Check, Entry, Question
from portal.campaigns.queries import get_campaign, get_entry
from portal.campaigns.states import ANSWERED, QuestionKind
from portal.core.errors import NotFound
from portal.decisions.queries import find_current
from portal.directory.actor import Actor
from portal.notifications.service import reading_of_subject
from portal.web import access
from portal.web.access import current_actor
from portal.web.noting import note
from portal.web.uploads import send_attachment

__all__ = ["bp"]


@bp.get("/<int:campaign_id>/entries/<int:entry_id>")
@access.requires(campaign_policy.can_list)
def show(campaign_id: int, entry_id: int) -> str:
    """The form for members of the body while it is to be answered; for others, and later, the answers."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    entry = get_entry(actor, campaign, entry_id)
    note(reading_of_subject(actor, "campaign", campaign_id))
    if policy.can_answer(actor, campaign, entry):
        filling = gather(actor, campaign, entry)
        return show_form(actor, filling, filling.form())
    asked = load_question_set(campaign)
    questions, checks = asked.questions_of(entry.procedure_id), asked.checks_of(entry.procedure_id)
    answers = read_answers(actor, entry, questions)
    before = find_last_round(actor, campaign, entry)
    is_prefecture = entry.participation.is_prefecture
    returns = queries.list_returns(entry)
    lines = _beside(questions, checks, answers or {}, entry, before)
    return render_template(
        "answering/show.html",
        campaign=campaign,
        entry=entry,
        actor=actor,
        is_own=is_own(actor, entry),
        is_readable=answers is not None,
        sections=by_section(lines) if answers and not entry.not_applicable_reason else [],
        has_previous=before is not None,
        changed_count=sum(each.is_changed for each in lines),
        files=list_files(entry) if answers else {},
        returns=returns,
        mended=_mended(actor, entry, returns, questions, answers or {}),
        decision=find_current(entry.id) if campaign.rule else None,
        can_take_back=policy.can_take_back(actor, campaign, entry),
        can_return=policy.can_return(actor, campaign, entry, is_prefecture=is_prefecture),
        can_forward=policy.can_forward(actor, campaign, entry, is_prefecture=is_prefecture),
        compiles=policy.can_compile(actor, campaign) and not is_prefecture,
        labels={each.code: each.label for each in questions},
        body_url=_body_url(actor, campaign, entry),
    )


@bp.get("/<int:campaign_id>/entries/<int:entry_id>/history")
@access.requires(campaign_policy.can_list)
def history(campaign_id: int, entry_id: int) -> str:
    """Who entered what, from where and when, as far as the actor may read it."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    entry = get_entry(actor, campaign, entry_id)
    questions = {each.code: each for each in load_question_set(campaign).questions_of(entry.procedure_id)}
    return render_template(
        "answering/history.html",
        campaign=campaign,
        entry=entry,
        is_own=is_own(actor, entry),
        changes=[
            (each, _label(questions, each.question_code), _text(questions, each.question_code, each.value))
            for each in list_readable_changes(actor, entry)
        ],
        returns=queries.list_returns(entry),
        labels={code: question.label for code, question in questions.items()},
    )


@bp.get("/<int:campaign_id>/entries/<int:entry_id>/files/<int:attachment_id>")
@access.requires(campaign_policy.can_list)
def attachment(campaign_id: int, entry_id: int, attachment_id: int) -> Response:
    """A file that is an answer, for whoever may read the answer now."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    entry = get_entry(actor, campaign, entry_id)
    questions = load_question_set(campaign).questions_of(entry.procedure_id)
    found = find_attachment("entry", entry.id, attachment_id)
    if found is None or attachment_id not in _named(questions, read_answers(actor, entry, questions) or {}):
        raise NotFound
    return send_attachment(found)


def _beside(
    questions: Sequence[Question],
    checks: Sequence[Check],
    answers: dict[str, Any],
    entry: Entry,
    before: LastRound | None,
) -> list[AnswerLine]:
    """Each answer beside that of the round before."""
    if before is None:
        return list_answer_lines(questions, checks, answers, entry.reasons)
    previous, vanished = before.shown(questions, {QuestionKind.CALCULATED}), before.vanished(questions)
    return list_answer_lines(questions, checks, answers, entry.reasons, previous, vanished=vanished)


def _mended(
    actor: Actor, entry: Entry, returns: Sequence[AnswerReturn], questions: Sequence[Question], answers: dict[str, Any]
) -> list[dict[str, Any]]:
    """What came back and was answered since: the question, the reason, the answer before and now."""
    if entry.state not in ANSWERED or not returns:
        return []
    by_code = {each.code: each for each in questions}
    return [
        {
            "label": _label(by_code, each.question_code) or gettext("全体"),
            "reason": each.reason,
            "before": _text(by_code, each.question_code, each.before) if each.question_code else "",
            "now": _text(by_code, each.question_code, answers.get(each.question_code)) if each.question_code else "",
            "is_changed": each.is_changed,
        }
        for each in list_mended(returns, list_readable_changes(actor, entry))
    ]


def _named(questions: Sequence[Question], answers: dict[str, Any]) -> set[int]:
    of_files = [each.code for each in questions if each.kind is QuestionKind.FILE]
    return {key for code in of_files for key in answers.get(code) or []}


def _body_url(actor: Actor, campaign: Campaign, entry: Entry) -> str | None:
    if not policy.can_see_matrix(actor, campaign):
        return None
    return url_for("answering.body", campaign_id=campaign.id, participation_id=entry.participation_id)


def _label(questions: dict[str, Question], key: str) -> str:
    question = questions.get(key.partition(":")[0])
    return question.label if question is not None else key


def _text(questions: dict[str, Question], key: str, value: Any) -> str:
    question = questions.get(key)
    if question is not None and question.kind is QuestionKind.FILE and value:
        return str(gettext("%(n)s件のファイル", n=len(value)))
    text = show_answer(question, value) if question is not None else str(value or "")
    return gettext(text) if question is not None and question.kind is QuestionKind.YES_NO and text else text
