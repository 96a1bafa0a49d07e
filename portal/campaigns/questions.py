"""Building the questions of a draft and the checks of their answers."""

from collections.abc import Iterable, Sequence
from typing import Any

from portal.campaigns import expressions, policy, queries
from portal.campaigns.changing import check_seen, move, next_code, next_position, record_edit, save_unique
from portal.campaigns.content import check_question
from portal.campaigns.formulas import check_names
from portal.campaigns.models import Campaign, Check, Question
from portal.campaigns.states import Severity
from portal.core import my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize

MOST_QUESTIONS = 200
_TEXTS = ("label", "hint", "section", "unit")
_LISTS = ("options", "rows", "columns")
_IN_USE = N_("ほかの設問の条件、計算又は確認で使われているため、コードを変えられません。")


def put_question(
    actor: Actor,
    campaign: Campaign,
    question: Question | None,
    *,
    seen: str | None = None,
    my_number_confirmed: bool = False,
    **fields: Any,
) -> Question:
    """Add a question, or change one; without a code it is called q1, q2, …

    It stands behind the last of its section, else at the end.

    Raises Invalid at the field that breaks a rule, Conflict when somebody was quicker.
    """
    authorize(policy.can_edit, actor, campaign)
    check_seen(question, seen)
    asked = queries.list_questions(campaign)
    if question is None and len(asked) >= MOST_QUESTIONS:
        raise Invalid(N_("設問は%(n)s件までです。"), n=MOST_QUESTIONS)
    others = [each for each in asked if question is None or each.id != question.id]
    _check_code(campaign, question, fields, others)
    found = question or blank_question(campaign)
    section_before = "" if question is None else question.section
    with db.session.no_autoflush:
        for key, value in fields.items():
            setattr(found, key, value)
        found.code = found.code or next_code(Question, campaign, "q")
        check_texts(found, my_number_confirmed)
        check_question(found, [each for each in others if each.position < found.position], others)
    save_unique(found)
    if found.section not in {"", section_before}:
        _join_section(found, others)
    record_edit(actor, campaign, "questions")
    return found


def remove_question(actor: Actor, campaign: Campaign, question: Question) -> None:
    """Take a question out of a draft. Raises Conflict when a condition, check or formula still needs it."""
    authorize(policy.can_edit, actor, campaign)
    others = [each for each in queries.list_questions(campaign) if each.id != question.id]
    if question.code in _needed(others, queries.list_checks(campaign)):
        raise Conflict(N_("ほかの設問の条件、計算又は確認で使われているため、削除できません。"))
    db.session.delete(question)
    record_edit(actor, campaign, "questions")


def move_question(actor: Actor, campaign: Campaign, question: Question, *, up: bool) -> None:
    """Change places with the question before or after it; at the end nothing changes."""
    authorize(policy.can_edit, actor, campaign)
    if move(list(queries.list_questions(campaign)), question, up=up):
        record_edit(actor, campaign, "questions")


def put_check(
    actor: Actor,
    campaign: Campaign,
    check: Check | None = None,
    *,
    question_code: str,
    expression: str,
    message: str,
    severity: Severity = Severity.ERROR,
    seen: str | None = None,
    my_number_confirmed: bool = False,
) -> Check:
    """Add a check, or change one. Raises Invalid at ``expression``, ``question_code`` or ``message``, Conflict."""
    authorize(policy.can_edit, actor, campaign)
    check_seen(check, seen)
    my_number.check_text("message", message, my_number_confirmed)
    check_check(queries.list_questions(campaign), question_code, expression, message)
    found = check or Check(campaign_id=campaign.id, position=next_position(Check, campaign))
    found.question_code, found.severity = question_code, severity
    found.expression, found.message = expression.strip(), message.strip()
    db.session.add(found)
    record_edit(actor, campaign, "checks")
    return found


def remove_check(actor: Actor, campaign: Campaign, check: Check) -> None:
    """Take a check out of a draft."""
    authorize(policy.can_edit, actor, campaign)
    db.session.delete(check)
    record_edit(actor, campaign, "checks")


def check_check(questions: Sequence[Question], question_code: str, expression: str, message: str) -> None:
    """Raise Invalid at the field of a check that cannot be evaluated over these questions."""
    check_names("expression", expression, questions)
    if question_code not in {each.code for each in questions}:
        raise Invalid(N_("設問を選んでください。"), field="question_code")
    if not message.strip():
        raise Invalid(N_("表示する文を入力してください。"), field="message")


def check_texts(question: Question, my_number_confirmed: bool = False) -> None:
    """Raise Invalid at the text in which a My Number stands."""
    for key in _TEXTS:
        my_number.check_text(key, getattr(question, key) or "", my_number_confirmed)
    for key in _LISTS:
        lines = "\n".join(str(label) for _, label in getattr(question, key) or ())
        my_number.check_text(key, lines, my_number_confirmed)


def blank_question(campaign: Campaign) -> Question:
    """A question of which nothing is said yet, after the last."""
    return Question(
        campaign_id=campaign.id, position=next_position(Question, campaign), procedure_id=None, code="", section="",
        label="", hint="", unit="", is_required=True, options=[], rows=[], columns=[], shown_when=[], formula="",
        asks_reason_for="",
    )  # fmt: skip


def _join_section(question: Question, others: Sequence[Question]) -> None:
    """Let it follow the last of its section, unless a condition would then stand before what it asks about."""
    place = max((at for at, each in enumerate(others, 1) if each.section == question.section), default=len(others))
    order = [*others[:place], question, *others[place:]]
    places = {each.code: at for at, each in enumerate(order)}
    if all(places[code] < places[each.code] for each in order for code, _, _ in each.shown_when if code in places):
        for at, each in enumerate(order):
            each.position = at


def _check_code(campaign: Campaign, question: Question | None, fields: dict[str, Any], others: list[Question]) -> None:
    """The code of a question that others refer to stays."""
    wanted = fields.get("code")
    if question is None or wanted in (None, "", question.code):
        return
    if question.code in _needed(others, queries.list_checks(campaign)):
        raise Invalid(_IN_USE, field="code")


def _needed(questions: Iterable[Question], checks: Iterable[Check]) -> set[str]:
    """The codes to which conditions, formulas and checks refer."""
    needed = set[str]()
    for each in questions:
        needed |= {code for code, _, _ in each.shown_when}
        needed |= expressions.names_in(each.formula) if each.formula else set()
    for check in checks:
        needed |= expressions.names_in(check.expression) | {check.question_code}
    return needed
