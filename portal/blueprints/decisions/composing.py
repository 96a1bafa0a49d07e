"""What the pages of decisions show: facts as people read them, the table with what became of its rows, sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from portal.campaigns.models import Procedure
from portal.core.i18n import N_
from portal.decisions.explaining import Why, explain
from portal.decisions.models import Decision
from portal.decisions.queries import DecisionFilter
from portal.decisions.rules.facts import FOUR_ATTRIBUTES, ROUTES, Facts
from portal.decisions.rules.table import RULES, TABLE
from portal.decisions.rules.tracing import trace
from portal.decisions.states import Outcome

ROUTE_LABELS = {
    "a": N_("a 本人確認書類により確認した届出"),
    "b": N_("b 書類による確認のない届出"),
    "c": N_("c 住基システムとの自動連携"),
    "d": N_("d J-LIS照会"),
    "e": N_("e その他"),
}
_ATTRIBUTES = {"name": N_("氏名"), "birth": N_("生年月日"), "sex": N_("性別"), "address": N_("住所")}
_ROWS = {row.number: row for row in TABLE}


def facts_of(decision: Decision) -> Facts:
    """The facts that it was decided from."""
    return Facts.from_dict(decision.facts)


def why_of(decision: Decision) -> str:
    """Why the rule says so, in one sentence."""
    return sentence(decision.row, decision.by_rule, facts_of(decision))


def sentence(row: int, outcome: Outcome, facts: Facts) -> str:
    """The clause as a sentence."""
    why: Why = explain(row, outcome, facts)
    text = gettext("%(because)sため。", because=gettext(why.because, **why.params))
    return str(text + gettext("（複数の取得方法のうち最も重いもの）") if why.is_worst else text)


def list_facts(facts: Facts) -> list[tuple[str, str]]:
    """(label, what was answered), in the order of the survey."""
    unanswered = gettext("回答なし")
    rows = [
        (gettext("事務の有無"), _yes(facts.is_handled, gettext("行っている"), gettext("行っていない"))),
        (
            gettext("番号の取得方法"),
            gettext("、").join(gettext(ROUTE_LABELS[each]) for each in ROUTES if each in facts.routes) or unanswered,
        ),
    ]
    if "d" in facts.routes:
        rows += _lookup(facts)
    rows.append((gettext("判明している紐付け誤り"), gettext("%(n)s件", n=f"{facts.mislinks:,}")))
    return rows


def list_rows(decision: Decision) -> list[dict[str, Any]]:
    """The rows of the table in the order in which the rule looks at them, each with what became of it."""
    rule = RULES[decision.rule]
    return [
        {"row": _ROWS[each.number], "mark": each.mark, "outcome": each.outcome}
        for each in trace(rule, facts_of(decision))
    ]


def tabulate(
    procedures: Sequence[Procedure], counts: Mapping[tuple[int, Outcome], int]
) -> list[tuple[Procedure, list[tuple[Outcome, int]], int]]:
    """(procedure, number by outcome, sum) of every procedure that concerns somebody whom the actor sees."""
    found = []
    for procedure in procedures:
        cells = [(outcome, counts.get((procedure.id, outcome), 0)) for outcome in Outcome]
        total = sum(count for _, count in cells)
        if total:
            found.append((procedure, cells, total))
    return found


def filter_from(values: Mapping[str, str]) -> DecisionFilter:
    """The conditions as an address or an export sends them; what cannot be read narrows nothing."""
    outcomes = {each.value: each for each in Outcome}
    procedure = values.get("procedure") or ""
    return DecisionFilter(
        outcome=outcomes.get(values.get("outcome") or ""),
        procedure_id=int(procedure) if procedure.isascii() and procedure.isdigit() and len(procedure) < 16 else None,
        prefecture=values.get("prefecture") or None,
        is_overridden=values.get("overridden") == "y",
    )


def chosen_from(wanted: DecisionFilter) -> dict[str, str]:
    """The conditions to be sent along with an export."""
    given = {
        "outcome": wanted.outcome.value if wanted.outcome else "",
        "procedure": str(wanted.procedure_id or ""),
        "prefecture": wanted.prefecture or "",
        "overridden": "y" if wanted.is_overridden else "",
    }
    return {name: value for name, value in given.items() if value}


def _lookup(facts: Facts) -> list[tuple[str, str]]:
    used = gettext("、").join(gettext(_ATTRIBUTES[each]) for each in FOUR_ATTRIBUTES if each in facts.attributes)
    rows = [(gettext("J-LIS照会に用いた情報"), used or gettext("回答なし"))]
    if "address" in facts.attributes:
        rows.append(
            (gettext("住所の全部を用いているか"), _yes(facts.is_address_complete, gettext("はい"), gettext("いいえ")))
        )
    counted = gettext("%(n)s情報", n=len(facts.counted_attributes))
    rows.append((gettext("数えられる情報"), counted))
    rows.append((gettext("本人の特定"), _yes(facts.is_identified, gettext("している"), gettext("していない"))))
    if facts.method.strip():
        rows.append((gettext("特定の方法"), facts.method))
    return rows


def _yes(value: bool | None, yes: str, no: str) -> str:
    return gettext("回答なし") if value is None else yes if value else no
