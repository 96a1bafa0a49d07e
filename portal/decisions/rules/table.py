"""The versions of the rule, and the truth table as it is printed (product.md §6, 2)."""

from dataclasses import dataclass

from portal.core.i18n import N_
from portal.decisions.rules import digital_2023_08, mic_2023_06
from portal.decisions.rules.deciding import Rule
from portal.decisions.states import Outcome

RULES: dict[str, Rule] = {rule.name: rule for rule in (digital_2023_08.RULE, mic_2023_06.RULE)}
DEFAULT = digital_2023_08.RULE.name


@dataclass(frozen=True)
class Row:
    """A row of the table: its number, what it says, and what each rule makes of it (None: it decides by the routes)."""

    number: int
    condition: str
    mic: Outcome | None
    digital: Outcome | None
    note: str = ""


TABLE = (
    Row(1, N_("事務を行っていない"), Outcome.NOT_HANDLED, Outcome.NOT_HANDLED),
    Row(
        2,
        N_("未回答、又は照会に用いた情報の回答がないJ-LIS照会"),
        Outcome.UNDETERMINED,
        Outcome.UNDETERMINED,
        N_("未回答を点検不要とすることはありません。"),
    ),
    Row(3, N_("必ず点検する事務（障害者手帳）"), None, Outcome.REQUIRED, N_("6月の基準では取得方法により判定します。")),
    Row(4, N_("先行して点検した事務（健康保険証・共済・公金受取口座）"), Outcome.PRIOR, Outcome.PRIOR),
    Row(5, N_("a 本人確認書類による確認"), Outcome.EXEMPT, Outcome.EXEMPT),
    Row(
        6,
        N_("c 住基システムとの自動連携"),
        Outcome.EXEMPT,
        Outcome.EXEMPT,
        N_("8月の基準では、例外とされた団体は要確認となります。"),
    ),
    Row(7, N_("d 基本4情報によるJ-LIS照会"), Outcome.EXEMPT, Outcome.EXEMPT),
    Row(
        8,
        N_("d 3情報以下によるJ-LIS照会で、本人を特定している"),
        Outcome.REQUIRED,
        Outcome.EXEMPT,
        N_("特定の方法の記載が必要です。"),
    ),
    Row(9, N_("d 3情報以下によるJ-LIS照会で、本人の特定がない、又は未回答"), Outcome.REQUIRED, Outcome.REQUIRED),
    Row(10, N_("b 書類のない申告のみ"), Outcome.REVIEW, Outcome.REQUIRED),
    Row(11, N_("e その他の方法"), Outcome.REVIEW, Outcome.REVIEW, N_("担当者が判断します。")),
    Row(12, N_("点検不要だが、紐付け誤りが判明している"), Outcome.INDIVIDUAL, Outcome.INDIVIDUAL),
)
