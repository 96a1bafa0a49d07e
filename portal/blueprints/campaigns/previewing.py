"""The form as bodies will see it: of any kind of body and any procedure, filled in on trial without being kept."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portal.blueprints.campaigns.question_fields import (
    AnswersForm,
    lay_problems,
    make_answer_form,
    read_answers,
    read_reasons,
    sections_of,
)
from portal.blueprints.campaigns.routes import bp
from portal.blueprints.campaigns.wording import condition_data, conditions_of
from portal.blueprints.guidance.composing import locale
from portal.campaigns import policy, queries
from portal.campaigns.answers import calculate, count_progress, keep_shown, list_problems
from portal.campaigns.content import concerns_kind
from portal.campaigns.models import Campaign, Check, Procedure, Question
from portal.campaigns.states import Severity
from portal.core import my_number
from portal.core.errors import Invalid
from portal.decisions.reading import read_facts
from portal.decisions.rules.table import RULES
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind
from portal.web import access
from portal.web.access import current_actor

__all__ = ["bp"]
_CORE_CITY = "core_city"


@bp.route("/<int:campaign_id>/preview", methods=["GET", "POST"])
@access.requires(policy.can_preview)
def preview(campaign_id: int) -> str:
    """The form as a body of a kind sees it for a procedure; what is filled in is judged and forgotten."""
    actor = current_actor()
    campaign = queries.get_campaign(actor, campaign_id)
    kind, is_core_city = _kind_asked()
    procedures = [
        each for each in queries.list_procedures(campaign) if concerns_kind(each, kind, is_core_city=is_core_city)
    ]
    chosen = _chosen(procedures)
    questions = [] if chosen is None else queries.list_questions(campaign, chosen)
    checks = queries.list_checks(campaign) if questions else []
    form = make_answer_form(questions, {}, warned=_warned(checks))
    tried = _try(campaign, chosen, questions, checks, form) if chosen is not None and form.is_submitted() else {}
    return render_template(
        "campaigns/preview.html",
        campaign=campaign,
        form=form,
        kinds=[(value, label, value == _kind_name(kind, is_core_city)) for value, label in _kinds()],
        procedures=procedures,
        chosen=chosen,
        sections=sections_of(questions),
        conditions=conditions_of(questions),
        condition_data=condition_data,
        tried=tried,
        can_edit=policy.can_edit(actor, campaign),
    )


def _try(
    campaign: Campaign, procedure: Procedure, questions: Sequence[Question], checks: Sequence[Check], form: AnswersForm
) -> dict[str, Any]:
    """What would be said of the answers: what is missing or wrong, how far they are, what the rule would decide."""
    form.validate()  # lays what cannot be read on its field; the rest is judged all the same
    answers = read_answers(form, questions)
    for code, value in answers.items():
        try:
            my_number.check_text(code, value if isinstance(value, str) else "", bool(form.my_number_confirmed.data))
        except Invalid as invalid:
            form.lay(invalid)
    answers = calculate(questions, {code: value for code, value in answers.items() if value is not None})
    problems = list_problems(questions, checks, answers, read_reasons(form, questions))
    lay_problems(form, problems)
    done, asked = count_progress(questions, answers)
    rule = RULES.get(campaign.rule or "")
    verdict = rule.decide(read_facts(procedure, keep_shown(questions, answers))) if rule is not None else None
    warned = {each.code for each in problems if each.severity is Severity.WARNING}
    return {"answers": answers, "done": done, "asked": asked, "verdict": verdict, "rule": rule, "warned": warned}


def _warned(checks: Sequence[Check]) -> set[str]:
    return {check.question_code for check in checks if check.severity is Severity.WARNING}


def _kinds() -> list[tuple[str, str]]:
    kinds = [(kind.value, kind.label(locale())) for kind in OrganisationKind if kind in LOCAL_GOVERNMENTS]
    return [*kinds[:2], (_CORE_CITY, gettext("中核市")), *kinds[2:]]


def _kind_asked() -> tuple[OrganisationKind, bool]:
    """The kind in the address (a core city is a city), else a town."""
    wanted = request.args.get("kind", "")
    if wanted == _CORE_CITY:
        return OrganisationKind.CITY, True
    known = {kind.value: kind for kind in LOCAL_GOVERNMENTS}
    return known.get(wanted, OrganisationKind.CITY), False


def _kind_name(kind: OrganisationKind, is_core_city: bool) -> str:
    return _CORE_CITY if is_core_city else str(kind.value)


def _chosen(procedures: Sequence[Procedure]) -> Procedure | None:
    wanted = request.args.get("procedure", "")
    return next((each for each in procedures if str(each.id) == wanted), procedures[0] if procedures else None)
