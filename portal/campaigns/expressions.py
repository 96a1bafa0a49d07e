"""Expressions over answers, for checks and calculated answers: numbers, comparisons, and, or, not, in, total().

Only what is listed here is understood; nothing of an expression is ever run as a program. An expression that needs an
answer that is not there has no value (None), so that a check of unanswered questions is not failed.
"""

import ast
import operator
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from portal.core.errors import Invalid
from portal.core.i18n import N_

_LONGEST = 300
_SIGNS = str.maketrans({"×": "*", "÷": "/", "≦": "<=", "≧": ">=", "≠": "!="})  # as people write them
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, held: item in held,
    ast.NotIn: lambda item, held: item not in held,
}
_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.operator, ast.Compare,
    ast.cmpop, ast.Name, ast.Load, ast.Constant, ast.Call,
)  # fmt: skip


class _Unknown(Exception):
    """An answer that the expression needs is not there."""


def parse(text: str) -> ast.Expression:
    """The expression. Raises Invalid when it is none."""
    try:
        return _parse(unicodedata.normalize("NFKC", text).translate(_SIGNS).strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise Invalid(N_("式を読み取れません。例：q2 + q3 <= q1")) from error


def names_in(text: str) -> frozenset[str]:
    """The codes of the questions that the expression reads. Raises Invalid."""
    return frozenset(node.id for node in ast.walk(parse(text)) if isinstance(node, ast.Name) and node.id != "total")


def totals_in(text: str) -> frozenset[str]:
    """The codes of the questions whose total() the expression takes. Raises Invalid."""
    calls = (node for node in ast.walk(parse(text)) if isinstance(node, ast.Call))
    return frozenset(call.args[0].id for call in calls if isinstance(call.args[0], ast.Name))


def columns_in(text: str) -> frozenset[tuple[str, str]]:
    """(code of the table, column) of each total() of one column. Raises Invalid."""
    calls = (node for node in ast.walk(parse(text)) if isinstance(node, ast.Call) and len(node.args) == 2)
    return frozenset((call.args[0].id, str(_column(call))) for call in calls if isinstance(call.args[0], ast.Name))


def _column(call: ast.Call) -> Any:
    return call.args[1].value if isinstance(call.args[1], ast.Constant) else ""


def evaluate(text: str, answers: Mapping[str, Any]) -> Any:
    """The value, or None where an answer is missing, a kind does not fit or a division is by zero. Raises Invalid."""
    try:
        return _value(parse(text).body, answers)
    except (_Unknown, ZeroDivisionError, TypeError, OverflowError):
        return None


def holds(text: str, answers: Mapping[str, Any]) -> bool:
    """Whether a check is kept; one that has no value is."""
    value = evaluate(text, answers)
    return value is None or bool(value)


@lru_cache(maxsize=512)
def _parse(text: str) -> ast.Expression:
    if not text or len(text) > _LONGEST:
        raise ValueError("too long or empty")
    tree = ast.parse(text, mode="eval")
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED) or not _is_plain(node):
            raise ValueError("not understood")
    return tree


def _is_plain(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float | str)
    if isinstance(node, ast.BinOp):
        return type(node.op) in _ARITHMETIC
    if isinstance(node, ast.Call):
        is_total = isinstance(node.func, ast.Name) and node.func.id == "total" and not node.keywords
        return is_total and len(node.args) in {1, 2} and isinstance(node.args[0], ast.Name)
    return True


def _value(node: ast.expr, answers: Mapping[str, Any]) -> Any:
    return _WAYS[type(node)](node, answers)


def _constant(node: ast.Constant, _answers: Mapping[str, Any]) -> Any:
    return node.value


def _named(node: ast.Name, answers: Mapping[str, Any]) -> Any:
    return _answer(node.id, answers)


def _calculated(node: ast.BinOp, answers: Mapping[str, Any]) -> int | float:
    result: int | float = _ARITHMETIC[type(node.op)](_number(node.left, answers), _number(node.right, answers))
    return result


def _signed(node: ast.UnaryOp, answers: Mapping[str, Any]) -> Any:
    return not _value(node.operand, answers) if isinstance(node.op, ast.Not) else -_number(node.operand, answers)


def _joined(node: ast.BoolOp, answers: Mapping[str, Any]) -> bool:
    """All or any; what stands behind a part that settles it is not looked at."""
    values = (_value(each, answers) for each in node.values)
    return all(values) if isinstance(node.op, ast.And) else any(values)


def _compared(node: ast.Compare, answers: Mapping[str, Any]) -> bool:
    values = [_value(each, answers) for each in (node.left, *node.comparators)]
    return all(
        _COMPARISONS[type(compare)](left, right)
        for compare, left, right in zip(node.ops, values, values[1:], strict=False)
    )


def _answer(name: str, answers: Mapping[str, Any]) -> Any:
    value = answers.get(name)
    if value is None:
        raise _Unknown
    return value


def _number(node: ast.expr, answers: Mapping[str, Any]) -> int | float:
    value = _value(node, answers)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    return value


def _total(node: ast.Call, answers: Mapping[str, Any]) -> int:
    """The sum of a table, or of one of its columns: total(causes), total(causes, "count")."""
    first = node.args[0]
    table = _answer(first.id, answers) if isinstance(first, ast.Name) else {}
    if not isinstance(table, dict):
        raise TypeError("not a table")
    column = _value(node.args[1], answers) if len(node.args) == 2 else None
    return sum(
        count
        for cells in table.values()
        for name, count in cells.items()
        if count is not None and column in {None, name}
    )


_WAYS: dict[type[ast.expr], Callable[[Any, Mapping[str, Any]], Any]] = {
    ast.Constant: _constant,
    ast.Name: _named,
    ast.BinOp: _calculated,
    ast.UnaryOp: _signed,
    ast.BoolOp: _joined,
    ast.Compare: _compared,
    ast.Call: _total,
}
