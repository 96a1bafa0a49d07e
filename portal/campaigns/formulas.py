"""The formulas of calculated questions and the expressions of checks, judged against the questions that they name."""

from collections.abc import Iterable

from portal.campaigns import expressions
from portal.campaigns.models import Question
from portal.campaigns.states import QuestionKind
from portal.core.errors import Invalid
from portal.core.i18n import N_


def check_names(field: str, expression: str, known: Iterable[Question]) -> None:
    """Raise Invalid at the field of an expression that these questions cannot give a value.

    It cannot be read, names a question that is not there, or takes a table for a number or a number for a table.
    """
    by_code = {each.code: each for each in known}
    kinds = {code: each.kind for code, each in by_code.items()}
    try:
        names, totals = expressions.names_in(expression), expressions.totals_in(expression)
    except Invalid as invalid:
        raise Invalid(invalid.message, field=field) from invalid
    unknown = sorted(names - kinds.keys())
    if unknown:
        raise Invalid(N_("設問「%(code)s」はありません。"), field=field, code=unknown[0])
    tables = {code for code in names if kinds[code] is QuestionKind.TABLE}
    for code in sorted(tables ^ totals):
        if code in tables:
            message = N_("設問「%(code)s」は表なので、total(%(code)s) のように合計で書いてください。")
        else:
            message = N_("設問「%(code)s」は表ではないので、total() は使えません。")
        raise Invalid(message, field=field, code=code)
    for code, column in sorted(expressions.columns_in(expression)):
        _check_column(field, by_code[code], column)


def names_behind(question: Question, known: Iterable[Question]) -> set[str]:
    """The codes that the formula reads, also by way of other calculated questions."""
    formulas = {each.code: each.formula for each in known if each.kind is QuestionKind.CALCULATED}
    found, waiting = set[str](), list(expressions.names_in(question.formula))
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting += _names_read(formulas.get(code, ""))
    return found


def _names_read(formula: str) -> frozenset[str]:
    try:
        return expressions.names_in(formula)
    except Invalid:
        return frozenset()


def _check_column(field: str, table: Question, column: str) -> None:
    values = [str(value) for value, _ in table.columns]
    if column not in values:
        known = "、".join(values)
        raise Invalid(
            N_("設問「%(code)s」の列は、次のどれかを書いてください：%(known)s"),
            field=field,
            code=table.code,
            known=known,
        )
