"""Why a decision fell, in one clause: what the answers say and which row of the table that is."""

from dataclasses import dataclass, field
from typing import Any

from portal.core.i18n import N_
from portal.decisions.rules.facts import ROUTES, Facts
from portal.decisions.states import Outcome

_CLAUSES = {
    1: N_("この事務を行っていない"),
    3: N_("必ず点検する事務である"),
    4: N_("先行して点検した事務である"),
    5: N_("本人確認書類により番号を確認している"),
    6: N_("住基システムとの自動連携により番号を取得している"),
    7: N_("基本4情報の全てを用いてJ-LIS照会をしている"),
    8: N_("J-LIS照会に用いた情報が%(n)s情報で、本人を特定している"),
    9: N_("J-LIS照会に用いた情報が%(n)s情報で、本人の特定がない"),
    10: N_("本人確認書類のない届出により番号を取得している"),
    11: N_("その他の方法により番号を取得している"),
    12: N_("点検不要に当たるが、紐付け誤りが%(n)s件判明している"),
}
_UNANSWERED = N_("事務を行っているかどうかの回答がない")
_NO_ROUTE = N_("番号の取得方法の回答がない")
_NO_ATTRIBUTE = N_("J-LIS照会に用いた情報の回答がない（一部のみの住所は数えない）")
_EXCEPTED = N_("住基システムとの自動連携の例外とされた団体である")


@dataclass(frozen=True, kw_only=True)
class Why:
    """The clause with its parameters; ``is_worst`` where it is the worst of several routes."""

    because: str
    params: dict[str, Any] = field(default_factory=dict)
    is_worst: bool = False


def explain(row: int, outcome: Outcome, facts: Facts) -> Why:
    """Why the rule decided so. ``outcome`` is what the rule said."""
    count = facts.mislinks if row == 12 else len(facts.counted_attributes)
    return Why(
        because=_clause(row, outcome, facts),
        params={"n": count} if row in {8, 9, 12} else {},
        is_worst=5 <= row <= 11 and len(facts.routes) > 1,
    )


def _clause(row: int, outcome: Outcome, facts: Facts) -> str:
    if row == 2:
        if facts.is_handled is None:
            return _UNANSWERED
        return _NO_ROUTE if facts.routes.isdisjoint(ROUTES) else _NO_ATTRIBUTE
    if row == 6 and outcome is Outcome.REVIEW:
        return _EXCEPTED
    return _CLAUSES[row]
