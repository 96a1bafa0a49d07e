"""What the author of a campaign writes, and what must be there before it is published."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.campaigns import expressions
from portal.campaigns.answers import labels_of
from portal.campaigns.conditions import NUMBERS, check_comparison
from portal.campaigns.formulas import check_names, names_behind
from portal.campaigns.models import Campaign, Check, Procedure, Question
from portal.campaigns.states import Comparison, QuestionKind
from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind

_TEXTS = ("title", "purpose", "legal_basis", "document_number", "contact", "again_reason")
_LENGTHS = {"label": 200, "hint": 500, "section": 100, "unit": 20, "formula": 300}
MOST_CHOICES, LONGEST_CHOICE = 100, 200
_LONGEST_TITLE = 200
_ROUND = re.compile(r"（第([0-9]{1,3})回）$")
_THE_NUMBER = r"(?:個人番号|マイナンバー|my\s?number)(?:\(.{0,20}?\))?"
# Asked for: the label is the number itself, or has it written down, entered, submitted.
_ASKS_FOR_NUMBER = re.compile(
    rf"{_THE_NUMBER}\s*(?:[?:。]|$)|{_THE_NUMBER}(?:\(12桁\)|12桁)?(?:を|の)(?:御|ご)?(?:全て|すべて|一覧)?を?"
    r"(?:記入|記載|入力|回答|提出|添付|報告|教え|提供)|(?:enter|give|provide|state|list)\b.{0,40}\bmy\s?numbers?",
    re.IGNORECASE,
)


def title_of_next_round(title: str) -> str:
    """The title with the number of the next round: 「総点検（第2回）」 after 「総点検」."""
    found = _ROUND.search(title)
    name, number = (title[: found.start()], int(found.group(1)) + 1) if found else (title, 2)
    ending = f"（第{number}回）"
    return name[: _LONGEST_TITLE - len(ending)] + ending


@dataclass(frozen=True, kw_only=True)
class CampaignContent:
    """Everything that the author may set; each name is a column of Campaign, save ``addressees`` and ``ministries``."""

    title: str
    theme_id: int
    purpose: str = ""
    legal_basis: str = ""
    document_number: str = ""
    requested_on: date | None = None
    contact: str = ""
    survey_due_on: date | None = None
    interim_on: date | None = None
    final_on: date | None = None
    rule: str | None = None
    is_drill: bool = False
    again_reason: str = ""
    juki_exceptions: Sequence[str] = ()
    addressees: AddresseeRule = field(default_factory=AddresseeRule)
    ministry_ids: Sequence[int] = ()

    def check(self, *, my_number_confirmed: bool = False) -> None:
        """Raise Invalid at the first field that breaks a rule."""
        for name in _TEXTS:
            my_number.check_text(name, getattr(self, name), my_number_confirmed)
        if not self.title.strip():
            raise Invalid(N_("件名を入力してください。"), field="title")
        named = [(name, getattr(self, name)) for name in ("survey_due_on", "interim_on", "final_on")]
        days = [(name, day) for name, day in named if day is not None]
        for (_, before), (name, day) in pairwise(days):
            if day < before:
                raise Invalid(N_("日程は、回答期限、中間報告、最終報告の順にしてください。"), field=name)

    def write_to(self, campaign: Campaign) -> None:
        """Copy every field to the record."""
        for each in fields(self):
            if each.name not in {"addressees", "ministry_ids", "juki_exceptions"}:
                setattr(campaign, each.name, getattr(self, each.name))
        campaign.addressees = self.addressees.to_dict()
        campaign.juki_exceptions = list(self.juki_exceptions)


@dataclass(frozen=True)
class Fault:
    """Something that stands in the way of publishing; ``part`` is the page on which to mend it."""

    part: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)


def find_faults(
    campaign: Campaign,
    procedures: Sequence[Procedure],
    questions: Sequence[Question],
    checks: Iterable[Check],
    addressed: int,
) -> list[Fault]:
    """What is still missing or wrong, in the order of the pages; none means that it may be published."""
    found = []
    if not campaign.purpose.strip():
        found.append(Fault("edit", N_("目的を入力してください。")))
    if not campaign.contact.strip():
        found.append(Fault("edit", N_("照会先を入力してください。")))
    if campaign.survey_due_on is None:
        found.append(Fault("edit", N_("回答期限を入力してください。")))
    elif campaign.survey_due_on <= japan_date(clock.now()):
        found.append(Fault("edit", N_("回答期限は明日以降にしてください。")))
    if not addressed:
        found.append(Fault("addressees", N_("対象となる団体がありません。")))
    if not procedures:
        found.append(Fault("procedures", N_("事務を登録してください。")))
    if not questions:
        found.append(Fault("questions", N_("設問を登録してください。")))
    return found + _faults_of(questions, checks)


def _faults_of(questions: Sequence[Question], checks: Iterable[Check]) -> list[Fault]:
    found, seen = [], dict[str, Question]()
    every = {question.code for question in questions}
    for question in questions:
        if asks_for_my_number(question):
            found.append(
                Fault(
                    "questions",
                    N_("「%(label)s」は個人番号を尋ねているため公開できません。"),
                    {"label": question.label},
                )
            )
        if {code for code, _, _ in question.shown_when} - set(seen):
            found.append(
                Fault(
                    "questions",
                    N_("「%(label)s」の条件は、前にある設問でなければなりません。"),
                    {"label": question.label},
                )
            )
        elif not _has_conditions_that_can_hold(question, seen):
            found.append(
                Fault(
                    "questions",
                    N_("「%(label)s」の条件が、比べる設問の形や選択肢に合いません。"),
                    {"label": question.label},
                )
            )
        if question.formula and not expressions.names_in(question.formula) <= every:
            found.append(
                Fault("questions", N_("「%(label)s」の計算式にない設問があります。"), {"label": question.label})
            )
        seen[question.code] = question
    for check in checks:
        if not (expressions.names_in(check.expression) | {check.question_code}) <= every:
            found.append(Fault("questions", N_("確認「%(text)s」にない設問があります。"), {"text": check.expression}))
    return found


def _has_conditions_that_can_hold(question: Question, earlier: Mapping[str, Question]) -> bool:
    try:
        for code, how, value in question.shown_when:
            _check_condition(earlier[code], Comparison(how), value)
    except Invalid:
        return False
    return True


def asks_for_my_number(question: Question) -> bool:
    """Whether people are asked to give a My Number; questions about numbers of records are not meant."""
    texts = [question.label, question.hint, *(str(label) for _, label in (*question.rows, *question.columns))]
    return any(_ASKS_FOR_NUMBER.search(unicodedata.normalize("NFKC", text)) for text in texts if text)


def check_question(question: Question, earlier: Sequence[Question], others: Sequence[Question] | None = None) -> None:
    """Raise Invalid at the field that breaks a rule of the question itself.

    ``earlier`` are the questions before it, on which its conditions hang; ``others`` (else the same) those from which
    it may be calculated.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", question.code) or question.code == "total":
        raise Invalid(N_("コードは英小文字で始まる英数字にしてください。例：q1"), field="code")
    if not question.label.strip():
        raise Invalid(N_("設問を入力してください。"), field="label")
    for name, length in _LENGTHS.items():
        if len(getattr(question, name) or "") > length:
            raise Invalid(N_("%(length)s文字以内で入力してください。"), field=name, length=length)
    _check_shape(question, earlier if others is None else others)
    if asks_for_my_number(question):
        raise Invalid(N_("個人番号（マイナンバー）を尋ねる設問は登録できません。"), field="label")
    by_code = {each.code: each for each in earlier}
    for code, how, value in question.shown_when:
        _check_condition(by_code.get(code), Comparison(how), value)


def _check_shape(question: Question, known: Iterable[Question]) -> None:
    if question.kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE} and len(question.options) < 2:
        raise Invalid(N_("選択肢を2つ以上入力してください。"), field="options")
    for name in ("options", "rows", "columns"):
        _check_pairs(name, getattr(question, name))
    if question.kind is QuestionKind.TABLE and not (question.rows and question.columns):
        raise Invalid(N_("表の行と列を入力してください。"), field="rows")
    if question.asks_reason_for and question.kind is not QuestionKind.YES_NO:
        raise Invalid(N_("理由を尋ねられるのは、「はい・いいえ」の設問だけです。"), field="asks_reason_for")
    if question.kind is QuestionKind.CALCULATED:
        check_names("formula", question.formula, known)
        if question.code in names_behind(question, known):
            raise Invalid(N_("計算式が、この設問自身に戻っています。"), field="formula")


def _check_pairs(name: str, pairs: Sequence[Any]) -> None:
    """Values are told apart, and none is empty."""
    values = [str(value) for value, _ in pairs]
    doubled = next((value for value in values if values.count(value) > 1), None)
    if doubled is not None:
        raise Invalid(N_("「%(value)s」が重複しています。"), field=name, value=doubled)
    if len(pairs) > MOST_CHOICES or any(len(str(part)) > LONGEST_CHOICE for pair in pairs for part in pair):
        raise Invalid(
            N_("%(n)s行まで、1行%(length)s文字までで入力してください。"),
            field=name, n=MOST_CHOICES, length=LONGEST_CHOICE,
        )  # fmt: skip


def _check_condition(asked: Question | None, how: Comparison, value: str) -> None:
    if asked is None:
        raise Invalid(N_("条件には、前にある設問を選んでください。"), field="when_code")
    check_comparison(asked, how)
    choices = {each for each, _ in labels_of(asked)}
    if how is not Comparison.FILLED and asked.kind in NUMBERS and not re.fullmatch(r"\d+(\.\d+)?", value):
        raise Invalid(N_("条件の値は数字で入力してください。"), field="when_value")
    if choices and how is not Comparison.FILLED and value not in choices:
        raise Invalid(N_("条件の値は、その設問の選択肢の値にしてください。"), field="when_value")


def concerns_kind(procedure: Procedure, kind: OrganisationKind, *, is_core_city: bool = False) -> bool:
    """Whether a body of the kind may handle the procedure: what ``concerns`` says of organisations."""
    is_local = kind in LOCAL_GOVERNMENTS
    return is_local and (
        not procedure.kinds or kind.value in procedure.kinds or (is_core_city and procedure.includes_core_cities)
    )


def concerns(procedure: Procedure) -> sa.ColumnElement[bool]:
    """The local governments that may handle the procedure, as a condition on organisations."""
    is_local = Organisation.kind.in_(LOCAL_GOVERNMENTS)
    if not procedure.kinds:
        return is_local
    of_kind: sa.ColumnElement[bool] = Organisation.kind.in_(procedure.kinds)
    if procedure.includes_core_cities:
        of_kind = sa.or_(of_kind, Organisation.is_core_city)
    return sa.and_(is_local, of_kind)
