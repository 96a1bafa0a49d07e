"""Reading answers, which questions are asked, and what stands in the way of a submission."""

from datetime import date

import pytest

from portal.campaigns.answers import (
    calculate,
    count_progress,
    is_shown,
    keep_shown,
    list_problems,
    list_shown,
    read_answer,
    show_answer,
)
from portal.campaigns.content import asks_for_my_number
from portal.campaigns.models import Check, Question
from portal.campaigns.states import QuestionKind, Severity
from portal.core.errors import Invalid


def question(kind: QuestionKind, code: str = "q", **fields) -> Question:
    values = {
        "code": code, "kind": kind, "label": "設問", "hint": "", "unit": "", "options": [], "rows": [], "columns": [],
        "shown_when": [], "is_required": True, "formula": "", "asks_reason_for": "", **fields,
    }  # fmt: skip
    return Question(**values)


CHOICE = {"options": [["a", "ａ 書類"], ["b", "b 届出"]]}
TABLE = {"rows": [["r1", "県"], ["r2", "市"]], "columns": [["n", "件数"]]}


@pytest.mark.parametrize(
    ("asked", "raw", "held"),
    [
        (question(QuestionKind.SINGLE, **CHOICE), "a 書類", "a"),
        (question(QuestionKind.SINGLE, **CHOICE), "b", "b"),
        (question(QuestionKind.MULTIPLE, **CHOICE), "b 届出、a", ["a", "b"]),
        (question(QuestionKind.MULTIPLE, **CHOICE), ["b"], ["b"]),
        (question(QuestionKind.MULTIPLE, **CHOICE), [], None),
        (question(QuestionKind.YES_NO), "はい", "yes"),
        (question(QuestionKind.NUMBER, unit="件"), "１，２００件", 1200),
        (question(QuestionKind.NUMBER), 12.0, 12),
        (question(QuestionKind.NUMBER), "0", 0),
        (question(QuestionKind.TEXT), "  報告します ", "報告します"),
        (question(QuestionKind.TEXT), "  ", None),
        (question(QuestionKind.DATE), "令和８年11月30日", "2026-11-30"),
        (question(QuestionKind.DATE), date(2026, 11, 30), "2026-11-30"),
        (question(QuestionKind.TABLE, **TABLE), {"r1": {"n": "３"}, "r2": {"n": ""}}, {"r1": {"n": 3}}),
    ],
)
def test_what_is_entered_is_read(asked, raw, held):
    assert read_answer(asked, raw) == held


@pytest.mark.parametrize(
    ("asked", "raw"),
    [
        (question(QuestionKind.SINGLE, **CHOICE), "c"),
        (question(QuestionKind.MULTIPLE, **CHOICE), "a、c"),
        (question(QuestionKind.NUMBER), "-1"),
        (question(QuestionKind.NUMBER), "1.5"),
        (question(QuestionKind.NUMBER), 1.5),
        (question(QuestionKind.NUMBER), "123456789018"),
        (question(QuestionKind.NUMBER), True),
        (question(QuestionKind.DATE), "11月末"),
        (question(QuestionKind.TEXT), "あ" * 4001),
        (question(QuestionKind.TABLE, **TABLE), {"r3": {"n": 1}}),
        (question(QuestionKind.TABLE, **TABLE), {"r1": {"n": "多数"}}),
        (question(QuestionKind.TABLE, **TABLE), "3"),
    ],
)
def test_anything_else_is_refused_at_its_question(asked, raw):
    with pytest.raises(Invalid) as refused:
        read_answer(asked, raw)
    assert refused.value.field == "q"


def chain() -> list[Question]:
    return [
        question(QuestionKind.YES_NO, "handled"),
        question(
            QuestionKind.MULTIPLE, "routes", options=[["a", "A"], ["d", "D"]], shown_when=[["handled", "is", "yes"]]
        ),
        question(QuestionKind.TEXT, "method", shown_when=[["routes", "has", "d"]]),
        question(QuestionKind.NUMBER, "count", shown_when=[["handled", "is", "yes"]]),
        question(QuestionKind.TEXT, "why", shown_when=[["count", "at_least", "10"]], is_required=False),
    ]


def test_a_question_that_hangs_on_one_not_asked_is_not_asked():
    answers = {"handled": "no", "routes": ["d"], "method": "窓口", "count": 12}
    assert [each.code for each in list_shown(chain(), answers)] == ["handled"]
    assert keep_shown(chain(), answers) == {"handled": "no"}
    assert [each.code for each in list_shown(chain(), {**answers, "handled": "yes"})] == [
        "handled", "routes", "method", "count", "why",
    ]  # fmt: skip
    assert is_shown(question(QuestionKind.TEXT, shown_when=[["count", "filled", ""]]), answers)
    assert not is_shown(question(QuestionKind.TEXT, shown_when=[["none", "has_not", "d"]]), answers)


def test_progress_counts_required_questions_that_are_asked():
    assert count_progress(chain(), {}) == (0, 1)
    assert count_progress(chain(), {"handled": "yes", "routes": ["d"], "count": 20}) == (3, 4)


def test_problems():
    checks = [
        Check(question_code="count", expression="count < 100", message="多すぎます。", severity=Severity.ERROR),
        Check(question_code="count", expression="count > 0", message="0件です。", severity=Severity.WARNING),
    ]
    answers = {"handled": "yes", "routes": ["a"], "count": 200}
    assert [each.message for each in list_problems(chain(), checks, answers)] == ["多すぎます。"]
    none = {**answers, "count": 0}
    assert [each.message for each in list_problems(chain(), checks, none)] == ["0件です。"]
    assert list_problems(chain(), checks, none, {"count": "対象者がいないため"}) == []
    assert {each.code for each in list_problems(chain(), checks, {"handled": "yes"})} == {"routes", "count"}


def test_a_yes_or_no_can_ask_for_a_reason():
    asked = [question(QuestionKind.YES_NO, "done", asks_reason_for="no")]
    assert [each.message for each in list_problems(asked, [], {"done": "no"})] == ["理由を入力してください。"]
    assert list_problems(asked, [], {"done": "no", "done:reason": "準備中"}) == []
    assert list_problems(asked, [], {"done": "yes"}) == []


def test_what_is_calculated_follows_and_goes():
    counts = [question(QuestionKind.NUMBER, "f"), question(QuestionKind.NUMBER, "t")]
    asked = [*counts, question(QuestionKind.CALCULATED, "rate", formula="f / t * 100")]
    assert calculate(asked, {"f": 1, "t": 3}) == {"f": 1, "t": 3, "rate": 33.3333}
    assert calculate(asked, {"f": 1, "t": 0, "rate": 9}) == {"f": 1, "t": 0}


def test_what_is_calculated_stands_wherever_it_is_asked_and_counts_what_is_asked_alone():
    asked = [
        question(QuestionKind.CALCULATED, "twice", formula="sum * 2"),
        question(QuestionKind.YES_NO, "has"),
        question(QuestionKind.NUMBER, "own"),
        question(QuestionKind.NUMBER, "others", shown_when=[["has", "is", "yes"]]),
        question(QuestionKind.CALCULATED, "sum", formula="own + others"),
        question(QuestionKind.TEXT, "why", shown_when=[["sum", "at_least", "10"]]),
    ]
    held = calculate(asked, {"has": "yes", "own": 1, "others": 2})
    assert (held["sum"], held["twice"]) == (3, 6)
    held = calculate(asked, {**held, "own": 11})
    assert (held["sum"], held["twice"]) == (13, 26)
    assert "why" in {each.code for each in list_shown(asked, held)}
    assert not {"sum", "twice"} & set(calculate(asked, {**held, "has": "no"}))


def test_a_condition_that_does_not_fit_its_answer_is_never_met():
    asked = question(QuestionKind.TEXT, shown_when=[["n", "has", "3"]])
    assert not is_shown(asked, {"n": 3})
    assert not is_shown(asked, {"n": "13"})
    assert is_shown(question(QuestionKind.TEXT, shown_when=[["n", "is", "50"]]), {"n": 50.0})


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1200, "件", "1,200件"),
        (1200.0, "件", "1,200件"),
        (0, "％", "0％"),
        (33.3333, "%", "33.3%"),
        (66.65, "％", "66.7％"),
        (0.0123, "%", "0.0123%"),
        (0.5, "件", "0.5件"),
        (12345.6789, "", "12,345.68"),
        (1250.5, "円", "1,251円"),
        (-2.5, "人", "-2.5人"),
    ],
)
def test_a_calculated_answer_shows_as_many_decimals_as_its_unit_asks_for(value, unit, shown):
    assert show_answer(question(QuestionKind.CALCULATED, unit=unit), value) == shown


def test_answers_are_shown_by_their_labels():
    asked = question(QuestionKind.MULTIPLE, **CHOICE)
    assert show_answer(asked, ["a", "b"]) == "ａ 書類、b 届出"
    assert show_answer(asked, None) == ""
    table = question(QuestionKind.TABLE, **TABLE)
    assert show_answer(table, {"r2": {"n": 1200}, "r1": {"n": 3}}) == "県・件数 3、市・件数 1,200"
    assert show_answer(question(QuestionKind.DATE), "2026-11-30") == "令和8年11月30日"


@pytest.mark.parametrize(
    ("label", "asks"),
    [
        ("個人番号", True),
        ("マイナンバー（12桁）を記入してください。", True),
        ("対象者の個人番号の一覧を添付してください。", True),
        ("誤って紐付けた方のマイナンバーを報告してください。", True),
        ("Please enter the My Number of the person", True),
        ("マイナンバーの紐付け誤りの件数", False),
        ("マイナンバーをどのように取得していますか。", False),
        ("個人番号の利用事務の担当課を記入してください。", False),
    ],
)
def test_a_question_that_asks_for_a_my_number_is_known(label, asks):
    assert asks_for_my_number(question(QuestionKind.TEXT, label=label)) is asks
