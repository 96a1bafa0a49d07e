"""Any valid answers → workbook → upload → the same answers, for one body and for many, as a workbook and as CSV."""

import csv
import io
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.campaigns.models import Campaign, Entry, Participation, Procedure, Question
from portal.campaigns.states import EntryState, QuestionKind
from portal.core.calendar import era_date
from portal.core.errors import Invalid
from portal.workbooks.contents import FormContent
from portal.workbooks.forms import make_form
from portal.workbooks.grids import open_file
from portal.workbooks.marks import EntryMark, FormMark, digest_of, parse_entry, parse_form
from portal.workbooks.reading import read_grids
from portal.workbooks.slots import gather, read_slot, slots_of
from portal.workbooks.states import FormKind

OPTIONS = [
    ["a", "a 書類で確認"],
    ["b", "窓口、郵送"],
    ["c", "郵送"],
    ["d", "窓口"],
    ["e", "その他（1, 2）"],
    ["f", "同じ"],
    ["g", "同じ"],
]
_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=40
).filter(lambda text: text == text.strip())


def asked(code: str, kind: QuestionKind, **fields) -> Question:
    """A question that nobody has stored."""
    values = {
        "label": f"設問{code}", "hint": "", "unit": "", "section": "区分", "options": [], "rows": [], "columns": [],
        "shown_when": [], "asks_reason_for": "", "procedure_id": None, **fields,
    }  # fmt: skip
    return Question(code=code, kind=kind, **values)


QUESTIONS = [
    asked("yes", QuestionKind.YES_NO, asks_reason_for="no"),
    asked("one", QuestionKind.SINGLE, options=OPTIONS, shown_when=[["yes", "is", "yes"]]),
    asked("many", QuestionKind.MULTIPLE, options=OPTIONS, shown_when=[["one", "filled", ""]]),
    asked("number", QuestionKind.NUMBER, unit="件", shown_when=[["many", "has", "a"], ["one", "is_not", "b"]]),
    asked("text", QuestionKind.TEXT, shown_when=[["number", "at_least", "10"]]),
    asked("day", QuestionKind.DATE),
    asked("table", QuestionKind.TABLE, rows=[["r1", "行1"], ["r2", "行2"]], columns=[["x", "列1"], ["y", "列2"]]),
]
_KEYS = [value for value, _ in OPTIONS]
_NUMBERS = st.integers(0, 99_999_999_999)
_ROWS = st.dictionaries(st.sampled_from(["x", "y"]), _NUMBERS, min_size=1)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "yes": st.sampled_from(["yes", "no"]),
        "yes:reason": _TEXT,
        "one": st.sampled_from(_KEYS),
        "many": st.sets(st.sampled_from(_KEYS), min_size=1).map(lambda chosen: [k for k in _KEYS if k in chosen]),
        "number": _NUMBERS,
        "text": _TEXT,
        "day": st.dates(date(1868, 10, 23), date(2200, 1, 1)).map(date.isoformat),
        "table": st.dictionaries(st.sampled_from(["r1", "r2"]), _ROWS, min_size=1),
    },
)


def content_of(answers: list[dict], *, is_area: bool) -> FormContent:
    """A form of bodies with these answers, out of nothing that is stored."""
    procedure = Procedure(id=1, name="児童手当／[特例]", code="p", position=1)
    entries = [
        Entry(
            id=number, version=3, state=EntryState.STARTED, answers=held, procedure=procedure, procedure_id=1,
            organisation_id=number,
            participation=Participation(organisation_code=f"15{number:04}", organisation_name=f"市{number}"),
        )
        for number, held in enumerate(answers, start=1)
    ]  # fmt: skip
    ids = frozenset(each.id for each in entries)
    mark = FormMark(kind=FormKind.ANSWERS, campaign_id=1, scope="A15" if is_area else "B1", digest=digest_of(QUESTIONS))
    return FormContent(
        campaign=Campaign(title="点検", contact=""), mark=mark, office="市", due_on=None, entries=entries,
        questions=QUESTIONS, shown=ids, answerable=ids,
    )  # fmt: skip


def read_back(opened) -> dict[int, dict]:
    """The answers in the file by entry, what is empty left out."""
    reading = read_grids(opened.grids)
    assert reading.problems == []
    found = {}
    for entry in reading.entries:
        answers, wrong = gather(slots_of(QUESTIONS), entry.cells)
        assert wrong == {}
        found[entry.mark.entry_id] = {code: value for code, value in answers.items() if value is not None}
    return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANSWERS, min_size=1, max_size=3), st.booleans())
def test_answers_come_back_as_they_were(answers, is_area):
    held = answers if is_area else answers[:1]
    opened = open_file("x.xlsx", io.BytesIO(make_form(content_of(held, is_area=is_area))))
    assert opened.hidden == []
    assert read_back(opened) == dict(enumerate(held, start=1))


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(ANSWERS, st.sampled_from(["utf-8-sig", "cp932"]))
def test_a_sheet_saved_as_csv_says_the_same(answers, encoding):
    grids = open_file("x.xlsx", io.BytesIO(make_form(content_of([answers], is_area=True)))).grids
    out = io.StringIO()
    csv.writer(out).writerows([[_as_saved(cell) for cell in line] for line in grids[1].rows])
    try:
        saved = out.getvalue().encode(encoding)
    except UnicodeEncodeError:
        return
    if "\x00" in out.getvalue():
        return
    assert read_back(open_file("児童手当.csv", io.BytesIO(saved))) == {1: answers}


def _as_saved(cell) -> str:
    """A cell as a spreadsheet writes it into a CSV file: as it is shown."""
    if isinstance(cell, date):
        return era_date(cell) if cell.year < 2100 else f"{cell:%Y/%m/%d}"
    return f"{int(cell):,}" if isinstance(cell, float) else str(cell)


@pytest.mark.parametrize(
    ("code", "raw", "value"),
    [
        ("number", "１，２００", 1200), ("number", "1,200件", 1200), ("number", "①", 1), ("number", 12.0, 12),
        ("day", "令和8年11月30日", "2026-11-30"), ("day", "R8.11.30", "2026-11-30"),
        ("day", "2026/11/30", "2026-11-30"), ("day", date(2026, 11, 30), "2026-11-30"),
        ("yes", "はい", "yes"), ("yes", "ハイ", "yes"), ("yes", "○", "yes"), ("yes", "有", "yes"), ("yes", True, "yes"),
        ("yes", "いいえ", "no"), ("yes", "×", "no"), ("yes", "NO", "no"), ("yes", "なし", "no"),
        ("one", "ａ 書類で確認", "a"), ("one", "a", "a"), ("many", "a、窓口", ["a", "d"]),
        ("many", "窓口、郵送", ["b"]), ("many", "窓口,c", ["c", "d"]), ("many", "a\ne", ["a", "e"]),
        ("text", "  a \r\n b ", "a \n b"), ("text", 5.0, "5"), ("text", "　", None), ("number", "", None),
    ],
)  # fmt: skip
def test_cells_are_read_as_people_write_them(code, raw, value):
    assert read_slot(next(slot for slot in slots_of(QUESTIONS) if slot.key == code), raw) == value


@pytest.mark.parametrize(
    ("code", "raw"),
    [("number", "約10"), ("number", -1.0), ("number", 1.5), ("number", "1e3"), ("day", "11月ごろ"), ("day", 46356.0),
     ("yes", "たぶん"), ("one", "x"), ("many", "a、x"), ("text", "あ" * 4001)],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(code, raw):
    with pytest.raises(Invalid):
        read_slot(next(slot for slot in slots_of(QUESTIONS) if slot.key == code), raw)


def test_marks_read_back_and_hold_no_long_digits():
    mark = FormMark(kind=FormKind.PROGRESS, campaign_id=123456, scope="B99", digest="abcdefgh")
    assert parse_form(f" {mark} ") == mark
    assert parse_form("LP1-X-1-B1-abcdefgh") is None
    entry = EntryMark(entry_id=5, version=7, is_shown=False)
    assert parse_entry(str(entry)) == entry
    assert parse_entry("E5-V7") is None
    assert not any(digit.isdigit() for digit in digest_of(QUESTIONS))
