"""Building a campaign: the draft, its procedures, questions and checks."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.campaigns import expressions, policy, queries
from portal.campaigns.content import CampaignContent, check_question
from portal.campaigns.events import CampaignDrafted, CampaignEdited
from portal.campaigns.models import Campaign, CampaignMinistry, Check, Procedure, Question
from portal.campaigns.states import CampaignKind, CampaignState, Severity
from portal.campaigns.template import INSPECTION, SURVEY, Template
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation

_TEMPLATES = {CampaignKind.INSPECTION: INSPECTION, CampaignKind.SURVEY: SURVEY}
MOST_QUESTIONS = 200


def draft_campaign(
    actor: Actor,
    kind: CampaignKind,
    content: CampaignContent,
    *,
    previous: Campaign | None = None,
    my_number_confirmed: bool = False,
) -> Campaign:
    """Begin a draft from the template of its kind, or from ``previous``, the round before it.

    Raises Forbidden, Invalid at the field.
    """
    authorize(policy.can_build, actor)
    content.check(my_number_confirmed=my_number_confirmed)
    campaign = Campaign(
        kind=kind,
        state=CampaignState.DRAFT,
        office_id=actor.organisation_id,
        author_person_id=actor.person_id,
        editor_person_id=actor.person_id,
        created_at=clock.now(),
        previous_id=None if previous is None else previous.id,
    )
    content.write_to(campaign)
    db.session.add(campaign)
    db.session.flush()
    _set_ministries(campaign, content.ministry_ids)
    if previous is None:
        _lay_down(campaign, _TEMPLATES[kind])
    else:
        _copy(campaign, previous)
    emit(actor, CampaignDrafted(campaign_id=campaign.id))
    return campaign


def edit_campaign(
    actor: Actor,
    campaign: Campaign,
    content: CampaignContent,
    *,
    version: int | None,
    my_number_confirmed: bool = False,
) -> None:
    """Change a draft. Raises Forbidden, Invalid at the field, Conflict when somebody was quicker."""
    authorize(policy.can_edit, actor, campaign)
    campaign.check_version(version)
    content.check(my_number_confirmed=my_number_confirmed)
    content.write_to(campaign)
    _set_ministries(campaign, content.ministry_ids)
    _edited(actor, campaign, "content")


def put_procedure(
    actor: Actor, campaign: Campaign, procedure: Procedure | None, *, code: str, name: str, **fields: Any
) -> Procedure:
    """Add a procedure, or change one. Raises Invalid at ``code`` (taken) or ``name``."""
    authorize(policy.can_edit, actor, campaign)
    my_number.check_text("name", name)
    if not name.strip():
        raise Invalid(N_("事務の名称を入力してください。"), field="name")
    found = procedure or Procedure(campaign_id=campaign.id, position=_next(Procedure, campaign))
    found.code, found.name = code.strip(), name.strip()
    for key, value in fields.items():
        setattr(found, key, value)
    _save_unique(found, "code")
    _edited(actor, campaign, "procedures")
    return found


def remove_procedure(actor: Actor, campaign: Campaign, procedure: Procedure) -> None:
    """Take a procedure out of a draft, with the questions that were asked for it alone."""
    authorize(policy.can_edit, actor, campaign)
    db.session.execute(sa.delete(Question).where(Question.procedure_id == procedure.id))
    db.session.delete(procedure)
    _edited(actor, campaign, "procedures")


def put_question(
    actor: Actor, campaign: Campaign, question: Question | None, *, my_number_confirmed: bool = False, **fields: Any
) -> Question:
    """Add a question at the end, or change one. Raises Invalid at the field that breaks a rule."""
    authorize(policy.can_edit, actor, campaign)
    asked = queries.list_questions(campaign)
    if question is None and len(asked) >= MOST_QUESTIONS:
        raise Invalid(N_("設問は%(n)s件までです。"), n=MOST_QUESTIONS)
    found = question or _blank_question(campaign)
    with db.session.no_autoflush:
        for key, value in fields.items():
            setattr(found, key, value)
        for key in ("label", "hint"):
            my_number.check_text(key, getattr(found, key) or "", my_number_confirmed)
        check_question(found, [each for each in asked if each.id != found.id and each.position < found.position])
    _save_unique(found, "code")
    _edited(actor, campaign, "questions")
    return found


def remove_question(actor: Actor, campaign: Campaign, question: Question) -> None:
    """Take a question out of a draft. Raises Conflict when a condition, check or formula still needs it."""
    authorize(policy.can_edit, actor, campaign)
    others = [each for each in queries.list_questions(campaign) if each.id != question.id]
    needed = {code for each in others for code, _, _ in each.shown_when}
    needed |= {name for each in others if each.formula for name in expressions.names_in(each.formula)}
    for check in queries.list_checks(campaign):
        needed |= expressions.names_in(check.expression) | {check.question_code}
    if question.code in needed:
        raise Conflict(N_("ほかの設問の条件、計算又は確認で使われているため、削除できません。"))
    db.session.delete(question)
    _edited(actor, campaign, "questions")


def move_question(actor: Actor, campaign: Campaign, question: Question, *, up: bool) -> None:
    """Change places with the question before or after it; at the end nothing changes."""
    authorize(policy.can_edit, actor, campaign)
    asked = list(queries.list_questions(campaign))
    place = asked.index(question)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(asked):
        return
    asked[place], asked[other] = asked[other], asked[place]
    for position, each in enumerate(asked):
        each.position = position
    _edited(actor, campaign, "questions")


def put_check(
    actor: Actor,
    campaign: Campaign,
    *,
    question_code: str,
    expression: str,
    message: str,
    severity: Severity = Severity.ERROR,
) -> Check:
    """Add a check. Raises Invalid at ``expression``, ``question_code`` or ``message``."""
    authorize(policy.can_edit, actor, campaign)
    codes = {each.code for each in queries.list_questions(campaign)}
    try:
        unknown = expressions.names_in(expression) - codes
    except Invalid as invalid:
        raise Invalid(invalid.message, field="expression") from invalid
    if unknown:
        raise Invalid(N_("設問「%(code)s」はありません。"), field="expression", code=sorted(unknown)[0])
    if question_code not in codes:
        raise Invalid(N_("設問を選んでください。"), field="question_code")
    if not message.strip():
        raise Invalid(N_("表示する文を入力してください。"), field="message")
    check = Check(
        campaign_id=campaign.id, position=_next(Check, campaign), question_code=question_code,
        expression=expression.strip(), message=message.strip(), severity=severity,
    )  # fmt: skip
    db.session.add(check)
    _edited(actor, campaign, "checks")
    return check


def remove_check(actor: Actor, campaign: Campaign, check: Check) -> None:
    """Take a check out of a draft."""
    authorize(policy.can_edit, actor, campaign)
    db.session.delete(check)
    _edited(actor, campaign, "checks")


def _edited(actor: Actor, campaign: Campaign, part: str) -> None:
    campaign.editor_person_id = actor.person_id
    db.session.flush()
    emit(actor, CampaignEdited(campaign_id=campaign.id, part=part))


def _set_ministries(campaign: Campaign, ids: Sequence[int]) -> None:
    db.session.execute(sa.delete(CampaignMinistry).where(CampaignMinistry.campaign_id == campaign.id))
    db.session.add_all(CampaignMinistry(campaign_id=campaign.id, organisation_id=each) for each in dict.fromkeys(ids))
    db.session.flush()


def _lay_down(campaign: Campaign, template: Template) -> None:
    codes = {each.ministry for each in template.procedures if each.ministry}
    rows = db.session.execute(sa.select(Organisation.code, Organisation.id).where(Organisation.code.in_(codes)))
    ministries = {code: key for code, key in rows}
    for place, each in enumerate(template.procedures):
        db.session.add(
            Procedure(
                campaign_id=campaign.id, code=each.code, name=each.name, position=place,
                ministry_id=ministries.get(each.ministry), information=list(each.information),
                kinds=[kind.value for kind in each.kinds], includes_core_cities=each.includes_core_cities,
                is_always=each.is_always, is_prior=each.is_prior,
            )
        )  # fmt: skip
    for place, asked in enumerate(template.questions):
        db.session.add(
            Question(
                campaign_id=campaign.id, code=asked.code, kind=asked.kind, label=asked.label, section=asked.section,
                hint=asked.hint, unit=asked.unit, is_required=asked.is_required, position=place, formula=asked.formula,
                options=[list(option) for option in asked.options], asks_reason_for=asked.asks_reason_for,
                shown_when=[[code, how.value, value] for code, how, value in asked.shown_when],
            )
        )  # fmt: skip
    for place, check in enumerate(template.checks):
        db.session.add(
            Check(
                campaign_id=campaign.id, position=place, question_code=check.question_code,
                expression=check.expression, message=check.message, severity=check.severity,
            )
        )  # fmt: skip
    db.session.flush()


def _copy(campaign: Campaign, previous: Campaign) -> None:
    """The procedures, questions and checks of the round before."""
    renewed: dict[int, int] = {}
    for procedure in queries.list_procedures(previous):
        copy = Procedure(**_columns(procedure), campaign_id=campaign.id)
        db.session.add(copy)
        db.session.flush()
        renewed[procedure.id] = copy.id
    for question in queries.list_questions(previous):
        own = None if question.procedure_id is None else renewed[question.procedure_id]
        db.session.add(Question(**{**_columns(question), "procedure_id": own}, campaign_id=campaign.id))
    db.session.add_all(Check(**_columns(check), campaign_id=campaign.id) for check in queries.list_checks(previous))
    db.session.flush()


def _blank_question(campaign: Campaign) -> Question:
    return Question(
        campaign_id=campaign.id, position=_next(Question, campaign), procedure_id=None, section="", label="", hint="",
        unit="", is_required=True, options=[], rows=[], columns=[], shown_when=[], formula="", asks_reason_for="",
    )  # fmt: skip


def _columns(row: Procedure | Question | Check) -> dict[str, Any]:
    names = (column.key for column in sa.orm.object_mapper(row).column_attrs)
    return {name: getattr(row, name) for name in names if name not in {"id", "campaign_id"}}


def _next(kind: type[Procedure | Question | Check], campaign: Campaign) -> int:
    highest = db.session.scalar(sa.select(sa.func.max(kind.position)).where(kind.campaign_id == campaign.id))
    return 0 if highest is None else highest + 1


def _save_unique(row: Procedure | Question, field: str) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Invalid(N_("このコードは既に使われています。"), field=field) from error
