"""A question set as an Excel file: written so that it can be read back, and its cells read with their places."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from portal.campaigns.models import Check, Procedure, Question
from portal.campaigns.reading import LETTERS, show_conditions, show_pairs
from portal.campaigns.states import QuestionKind, Severity
from portal.core.errors import Invalid
from portal.core.i18n import N_

QUESTIONS, CHECKS, GUIDE = "設問", "確認", "書き方"
# (name of the field, heading, width of the column)
QUESTION_COLUMNS = (
    ("code", "コード", 12), ("section", "区分", 14), ("label", "設問", 44), ("kind", "回答の形", 14),
    ("options", "選択肢", 30), ("is_required", "必須", 6), ("unit", "単位", 8), ("hint", "説明・記入例", 36),
    ("rows", "表の行", 20), ("columns", "表の列", 20), ("formula", "計算式", 20),
    ("asks_reason_for", "理由を尋ねる回答", 16), ("shown_when", "条件", 26), ("procedure", "事務", 20),
)  # fmt: skip
CHECK_COLUMNS = (
    ("expression", "満たすべき式", 36), ("question_code", "表示する設問", 16),
    ("message", "満たさないときに表示する文", 50), ("severity", "扱い", 14),
)  # fmt: skip
YES_NO = {"はい": "yes", "いいえ": "no", "yes": "yes", "no": "no", "": ""}
MOST_ROWS = 500
_GUIDE = (
    "「設問」のシートに、1行に1問を書きます。取り込むと、いまの設問と確認がこのファイルの内容に置き換わります。",
    "コード：英小文字で始まる英数字。空欄なら q1、q2… が付きます。",
    "回答の形：" + "、".join(kind.ja for kind in QuestionKind),
    "選択肢・表の行・表の列：セルの中で改行し、1行に1つ書きます。「a 窓口での届出」のように値を決めることもできます。",
    "必須：○を書くと必須になります。",
    "条件：セルの中で改行して3つまで。例：q1 = はい　　q2 含む d　　q3 >= 10　　q4 <> いいえ　　q5 回答あり",
    "計算式：例：q2 + q3　　total(q4)（表の合計）",
    "事務：その事務だけに尋ねるとき、事務のコードか名称を書きます。",
    "「確認」のシートの扱い：「提出不可」か「理由が必要」。",
)


@dataclass(frozen=True)
class Line:
    """One row of a sheet: its number, and the text of each named column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class CellFault:
    """What is wrong at one cell, named as people find it: the sheet and 「D5」."""

    sheet: str
    cell: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheets:
    """The lines of both sheets."""

    questions: list[Line]
    checks: list[Line]


def write_sheets(questions: Iterable[Question], checks: Iterable[Check], procedures: Iterable[Procedure]) -> bytes:
    """The set as a workbook; an empty set gives an empty form to fill in."""
    codes = {each.id: each.code for each in procedures}
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        _write(book, QUESTIONS, QUESTION_COLUMNS, [_cells_of(each, codes) for each in questions])
        _write(book, CHECKS, CHECK_COLUMNS, [_cells_of_check(each) for each in checks])
        sheet = book.add_worksheet(GUIDE)
        sheet.set_column(0, 0, 110)
        for place, line in enumerate(_GUIDE):
            sheet.write_string(place, 0, line)
    return out.getvalue()


def read_sheets(content: bytes) -> Sheets:
    """The lines of a workbook that has been judged as an upload. Raises Invalid at ``sheet``."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        held = {name: book.get_sheet_by_name(name) for name in book.sheet_names if name in {QUESTIONS, CHECKS}}
        if QUESTIONS not in held:
            raise Invalid(N_("「%(name)s」という名前のシートがありません。"), field="sheet", name=QUESTIONS)
        rows = {name: sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 2) for name, sheet in held.items()}
    except (CalamineError, OSError) as error:
        raise Invalid(N_("Excelのファイルとして読み取れません。"), field="sheet") from error
    return Sheets(
        questions=_lines(QUESTIONS, rows[QUESTIONS], QUESTION_COLUMNS, needed=("label", "kind")),
        checks=_lines(CHECKS, rows[CHECKS], CHECK_COLUMNS, needed=("expression",)) if CHECKS in rows else [],
    )


def cell_of(columns: Sequence[tuple[str, str, int]], name: str, number: int) -> str:
    """「D5」: the place of a field in the form that is given out."""
    names = [each for each, _, _ in columns]
    return f"{chr(ord('A') + names.index(name))}{number}" if name in names else f"{number}行目"


def _write(book: Any, name: str, columns: Sequence[tuple[str, str, int]], rows: Sequence[Mapping[str, str]]) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#E8F1FE", "border": 1, "text_wrap": True, "valign": "top"})
    body = book.add_format({"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"})
    for place, (field_name, heading, width) in enumerate(columns):
        sheet.set_column(place, place, width, body)
        sheet.write_string(0, place, heading, head)
        for number, row in enumerate(rows, start=1):
            sheet.write_string(number, place, row.get(field_name, ""), body)
    sheet.freeze_panes(1, 0)
    lists = {"kind": [kind.ja for kind in QuestionKind], "is_required": ["○"], "asks_reason_for": ["はい", "いいえ"]}
    lists["severity"] = [each.ja for each in Severity]
    for place, (field_name, _, _) in enumerate(columns):
        if field_name in lists:
            sheet.data_validation(1, place, MOST_ROWS, place, {"validate": "list", "source": lists[field_name]})


def _cells_of(question: Question, procedures: Mapping[int, str]) -> dict[str, str]:
    reasons = {"yes": "はい", "no": "いいえ"}
    return {
        "code": question.code,
        "section": question.section,
        "label": question.label,
        "kind": question.kind.ja,
        "is_required": "○" if question.is_required else "",
        "unit": question.unit,
        "hint": question.hint,
        "formula": question.formula,
        "asks_reason_for": reasons.get(question.asks_reason_for, ""),
        "shown_when": show_conditions(question.shown_when),
        "procedure": procedures.get(question.procedure_id or 0, ""),
        **{name: show_pairs(getattr(question, name), letter) for name, letter in LETTERS.items()},
    }


def _cells_of_check(check: Check) -> dict[str, str]:
    return {
        "expression": check.expression,
        "question_code": check.question_code,
        "message": check.message,
        "severity": check.severity.ja,
    }


def _lines(
    sheet: str, rows: Sequence[Sequence[Any]], columns: Sequence[tuple[str, str, int]], needed: Sequence[str]
) -> list[Line]:
    if len(rows) > MOST_ROWS + 1:
        raise Invalid(N_("「%(name)s」のシートは%(n)s行までです。"), field="sheet", name=sheet, n=MOST_ROWS)
    heads = [_text(cell) for cell in rows[0]] if rows else []
    places = {name: heads.index(heading) for name, heading, _ in columns if heading in heads}
    for name, heading, _ in columns:
        if name in needed and name not in places:
            raise Invalid(
                N_("「%(name)s」のシートの1行目に「%(heading)s」の列がありません。"),
                field="sheet", name=sheet, heading=heading,
            )  # fmt: skip
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: _text(row[place]) if place < len(row) else "" for name, place in places.items()}
        if any(cells.values()):
            found.append(Line(number, {name: cells.get(name, "") for name, _, _ in columns}))
    return found


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).replace("\r\n", "\n").replace("_x000D_", "").strip()
