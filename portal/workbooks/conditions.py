"""When a question is not asked, as a spreadsheet's formula: its cell is then greyed."""

from collections.abc import Mapping

from portal.campaigns.answers import labels_of
from portal.campaigns.models import Question
from portal.campaigns.states import Comparison, QuestionKind

_LONGEST = 4_000


def not_asked(question: Question, questions: Mapping[str, Question], cells: Mapping[str, str]) -> str | None:
    """The formula that is true while the question is not asked; None where it always is, or none can be written.

    ``cells`` are the references of the cells by the code of their question.
    """
    tests = _tests(question, questions, cells)
    formula = f"=NOT(AND({','.join(tests)}))" if tests else ""
    return formula if 0 < len(formula) <= _LONGEST else None


def _tests(question: Question, questions: Mapping[str, Question], cells: Mapping[str, str]) -> list[str] | None:
    """All that must hold for the question to be asked; None where it hangs on an answer that is in no single cell."""
    tests: list[str] = []
    for code, how, value in question.shown_when:
        other = questions.get(code)
        if other is None or code not in cells or other.kind is QuestionKind.TABLE:
            return None
        before = _tests(other, questions, cells)
        if before is None:
            return None
        tests += [*before, _meets(other, cells[code], Comparison(how), value)]
    return list(dict.fromkeys(tests))


def _meets(question: Question, cell: str, how: Comparison, value: str) -> str:
    if how is Comparison.FILLED:
        return f'{cell}<>""'
    if how is Comparison.AT_LEAST:
        return f"AND(ISNUMBER({cell}),{cell}>={float(value):g})"
    names = list(dict.fromkeys([dict(labels_of(question)).get(value, value), value]))
    if how in {Comparison.HAS, Comparison.HAS_NOT}:
        held = f'"、"&SUBSTITUTE(SUBSTITUTE({cell},",","、")," ","")&"、"'
        tests = [f"ISNUMBER(FIND({_text('、' + name.replace(' ', '') + '、')},{held}))" for name in names]
    else:
        tests = [f"{cell}={_text(name)}" for name in names]
    test = f"OR({','.join(tests)})"
    return test if how in {Comparison.IS, Comparison.HAS} else f'AND({cell}<>"",NOT({test}))'


def _text(text: str) -> str:
    """A text in a formula; none may be longer than 255 characters."""
    plain = text[:200].replace('"', '""')
    return f'"{plain}"'
