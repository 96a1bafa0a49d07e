"""What was answered, laid out as tables; pure."""

from portal.campaigns.numbers import show_number
from portal.core.i18n import N_
from portal.reporting.layout import LEFT_OUT, Line, Shown, Table, Tongue, count_of
from portal.reporting.marking import Facts
from portal.reporting.rates import cut_rate


def tables_of_survey(facts: Facts, say: Tongue) -> list[Table]:
    """Who has answered, what was chosen, sums and medians."""
    questions = facts["survey"]["questions"]
    choices = [line for question in questions if "options" in question for line in _choice_lines(question, say)]
    numbers = [_number_line(question) for question in questions if "options" not in question]
    return [
        _answers(facts["survey"], say),
        Table(
            name="choices",
            title=say(N_("選択の結果")),
            first=say(N_("質問と選択肢")),
            columns=[say(N_("回答数")), say(N_("割合（％）"))],
            measures=["answers", "rate"],
            lines=choices,
        ),
        Table(
            name="numbers",
            title=say(N_("数の結果")),
            first=say(N_("質問")),
            columns=[say(N_("回答数")), say(N_("合計")), say(N_("中央値"))],
            measures=["answers", "sum", "median"],
            lines=numbers,
        ),
    ]


def _answers(survey: Facts, say: Tongue) -> Table:
    unit = say(N_("団体")) if survey["entries"] == survey["bodies"] else say(N_("団体×事務"))
    cells = [count_of(survey["entries"]), count_of(survey["answered"]), _rate(survey["answered"], survey["entries"])]
    return Table(
        name="answers",
        title=say(N_("回答の状況")),
        first=say(N_("単位")),
        columns=[say(N_("対象数")), say(N_("回答済")), say(N_("回答率（％）"))],
        measures=["entries", "answered", "rate"],
        lines=[Line(key="answered", name=unit, cells=cells)] if survey["questions"] else [],
    )


_YES_NO = frozenset({"yes", "no"})  # these alone are in the portal's own words


def _choice_lines(question: Facts, say: Tongue) -> list[Line]:
    return [
        Line(
            key=f"{question['code']}:{option['value']}",
            name=f"{question['label']}{say(N_('：'))}{_called(option, say)}",
            cells=[count_of(option["count"]), _rate(option["count"], question["answers"])],
        )
        for option in question["options"]
    ]


def _called(option: Facts, say: Tongue) -> str:
    return say(option["label"]) if option["value"] in _YES_NO else str(option["label"])


def _number_line(question: Facts) -> Line:
    is_hidden, unit = question["hidden"], question["unit"]
    cells = [count_of(question["answers"])]
    for name, hides in (("sum", is_hidden), ("median", is_hidden or question["is_median_hidden"])):
        value = question[name]
        text = show_number(value, unit) if value is not None else LEFT_OUT if hides else "—"
        cells.append(Shown(text=text, number=value, is_hidden=hides))
    return Line(key=question["code"], name=question["label"], cells=cells)


def _rate(part: int, whole: int) -> Shown:
    rate = cut_rate(part, whole)
    return Shown(text=rate or "—", number=None if rate is None else float(rate))
