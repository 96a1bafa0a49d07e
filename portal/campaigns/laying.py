"""What a draft begins with: a template's procedures, questions and checks, or those of the round before."""

import sqlalchemy as sa

from portal.campaigns import queries
from portal.campaigns.changing import columns_of
from portal.campaigns.models import Campaign, Check, Procedure, Question
from portal.campaigns.template import Template
from portal.core.db import db
from portal.directory.models import Organisation


def lay_down(campaign: Campaign, template: Template) -> None:
    """Everything that the template holds."""
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


def copy_round(campaign: Campaign, previous: Campaign) -> None:
    """The procedures, questions and checks of the round before."""
    renewed: dict[int, int] = {}
    for procedure in queries.list_procedures(previous):
        copy = Procedure(**columns_of(procedure), campaign_id=campaign.id)
        db.session.add(copy)
        db.session.flush()
        renewed[procedure.id] = copy.id
    for question in queries.list_questions(previous):
        own = None if question.procedure_id is None else renewed[question.procedure_id]
        db.session.add(Question(**{**columns_of(question), "procedure_id": own}, campaign_id=campaign.id))
    db.session.add_all(Check(**columns_of(check), campaign_id=campaign.id) for check in queries.list_checks(previous))
    db.session.flush()
