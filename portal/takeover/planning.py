"""From the rows of a table to old papers as they would be taken over, and what is wrong with each cell."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.core.calendar import fiscal_year
from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.models import Organisation
from portal.directory.roles import HEADQUARTERS_KINDS, OrganisationKind
from portal.directory.tables import Fault, Row, fault_of
from portal.guidance.models import DocumentNumber, Guidance
from portal.guidance.numbers import check_form, normalise_number
from portal.guidance.states import NumberRule, number_rule_of
from portal.takeover import columns
from portal.themes.models import Theme

MOST_ROWS = 300
_LONGEST = {columns.TITLE: 200, columns.SENDER_TITLE: 100, columns.BODY: columns.LONGEST_BODY}


class Effect(LabelledEnum):
    """What taking the row over does."""

    NEW = ("new", "登録", "To be taken over")
    KNOWN = ("known", "登録済み", "There already")


@dataclass(frozen=True, kw_only=True)
class PlannedPaper:
    """A row without faults. ``values`` are by column."""

    row: int
    values: dict[str, Any]
    effect: Effect

    @property
    def year(self) -> int:
        """The fiscal year in which its number counts."""
        return fiscal_year(self.values[columns.ISSUED_ON])


@dataclass
class _Known:
    """What is there already, read once for all rows."""

    senders: dict[str, Organisation] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)
    prefectures: dict[str, str] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    numbers: dict[tuple[int, int, str], int] = field(default_factory=dict)  # the paper of each registered number
    papers: dict[tuple[Any, ...], int] = field(default_factory=dict)  # by what tells a paper taken over from others
    files: frozenset[str] = frozenset()


def plan_papers(rows: Sequence[Row], files: Collection[str]) -> tuple[list[PlannedPaper], list[Fault]]:
    """The rows as they would be taken over, and every fault; ``files`` are the names of those that came with them.

    A row that is there already, the same in number, date, kind, sender and title, has no effect. Five statements.
    """
    if len(rows) > MOST_ROWS:
        raise Invalid(N_("行が多すぎます（上限は%(n)s行）。分けて取り込んでください。"), field="file", n=MOST_ROWS)
    known = _read_known(rows, files)
    plan: list[PlannedPaper] = []
    faults: list[Fault] = []
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        values, wrong = _read(row, known)
        faults += wrong
        if wrong:
            continue
        try:
            plan.append(PlannedPaper(row=row.number, values=values, effect=_effect(values, known, seen, row)))
        except Invalid as invalid:
            faults.append(fault_of(row, columns.NUMBER if values[columns.NUMBER] else columns.TITLE, invalid))
    return plan, faults


def identity_of(sender_id: int, values: dict[str, Any]) -> tuple[Any, ...]:
    """What tells one old paper from every other."""
    return (sender_id, values[columns.NUMBER], values[columns.ISSUED_ON], values[columns.KIND], values[columns.TITLE])


def _effect(values: dict[str, Any], known: _Known, seen: dict[tuple[Any, ...], int], row: Row) -> Effect:
    sender, number = values[columns.SENDER], values[columns.NUMBER]
    identity = identity_of(sender.id, values)
    year = fiscal_year(values[columns.ISSUED_ON])
    for key in [identity, *([(sender.id, year, number)] if number else [])]:
        earlier = seen.setdefault(key, row.number)
        if earlier != row.number:
            raise Invalid(N_("%(row)s行目と重複しています。"), row=earlier)
    held = known.numbers.get((sender.id, year, number)) if number else None
    there = known.papers.get(identity)
    if held is not None and held != there:
        raise Invalid(N_("文書番号「%(number)s」は、その年度に別の通知等で使われています。"), number=number)
    return Effect.NEW if there is None else Effect.KNOWN


def _read(row: Row, known: _Known) -> tuple[dict[str, Any], list[Fault]]:
    readers: dict[str, Callable[[str], Any]] = {
        columns.NUMBER: normalise_number,
        columns.ISSUED_ON: lambda cell: columns.read_day(_needed(cell)),
        columns.KIND: lambda cell: columns.read_kind(_needed(cell)),
        columns.TITLE: lambda cell: " ".join(_needed(cell).split()),
        columns.SENDER: lambda cell: _named(_needed(cell), known.senders, N_("この発信者は名簿にありません。")),
        columns.SENDER_TITLE: str,
        columns.THEME: lambda cell: _named(cell, known.themes, N_("このテーマはありません。")) if cell else None,
        columns.NATURE: columns.read_nature,
        columns.ADDRESSEES: lambda cell: columns.read_addressees(_needed(cell), known.prefectures, known.codes),
        columns.BODY: str,
        columns.ABOLISHED_ON: lambda cell: columns.read_day(cell) if cell else None,
        columns.FILES: lambda cell: _files(cell, known.files),
    }
    values: dict[str, Any] = {}
    faults = []
    for column, read in readers.items():
        cell = row.cells.get(column, "").strip()
        try:
            check_text(None, cell, confirmed=True)
            if len(cell) > _LONGEST.get(column, columns.LONGEST_BODY):
                raise Invalid(N_("%(max)s文字以内で入力してください。"), max=_LONGEST[column])
            values[column] = read(cell)
        except Invalid as invalid:
            faults.append(fault_of(row, column, invalid))
    if not faults:
        faults += _across(row, values)
    return values, faults


def _across(row: Row, values: dict[str, Any]) -> list[Fault]:
    """What the cells say together: the number that the kind needs, and a paper that is abolished after its issue."""
    kind, number = values[columns.KIND], values[columns.NUMBER]
    ended: date | None = values[columns.ABOLISHED_ON]
    try:
        check_form(kind, number)
        if number is None and number_rule_of(kind) is NumberRule.REQUIRED:
            raise Invalid(N_("通知には文書番号が必要です。"))
    except Invalid as invalid:
        return [fault_of(row, columns.NUMBER, invalid)]
    if ended is not None and ended < values[columns.ISSUED_ON]:
        return [fault_of(row, columns.ABOLISHED_ON, Invalid(N_("発出日より前の日は指定できません。")))]
    if not values[columns.BODY] and not values[columns.FILES]:
        return [fault_of(row, columns.BODY, Invalid(N_("本文かファイルのどちらかが必要です。")))]
    return []


def _read_known(rows: Sequence[Row], files: Collection[str]) -> _Known:
    kinds = [*HEADQUARTERS_KINDS, OrganisationKind.MINISTRY]
    senders = db.session.scalars(sa.select(Organisation).where(Organisation.kind.in_(kinds))).all()
    bodies = db.session.execute(
        sa.select(Organisation.code, Organisation.kind, Organisation.name, Organisation.prefecture_code)
    ).all()
    themes = db.session.scalars(sa.select(Theme)).all()
    numbers = {number for row in rows if (number := normalise_number(row.cells.get(columns.NUMBER)))}
    titles = {" ".join(row.cells.get(columns.TITLE, "").split()) for row in rows}
    register = db.session.execute(
        sa.select(
            DocumentNumber.sender_id, DocumentNumber.year, DocumentNumber.number, DocumentNumber.guidance_id
        ).where(DocumentNumber.number.in_(numbers))
    )
    papers = db.session.execute(
        sa.select(
            Guidance.id, Guidance.sender_id, Guidance.document_number, Guidance.issued_on, Guidance.kind, Guidance.title
        ).where(Guidance.title.in_(titles), Guidance.taken_over_at.is_not(None))
    )
    is_prefecture = OrganisationKind.PREFECTURE
    return _Known(
        senders={key: each for each in senders for key in (each.code, each.name)},
        themes={key: each for each in themes for key in (each.code, each.name, each.name_en)},
        prefectures={name: area for _, kind, name, area in bodies if kind is is_prefecture and area},
        codes=frozenset(code for code, *_ in bodies),
        numbers={(sender, year, number): paper for sender, year, number, paper in register},
        papers={tuple(rest): key for key, *rest in papers},
        files=frozenset(files),
    )


def _needed(cell: str) -> str:
    if not cell:
        raise Invalid(N_("記入してください。"))
    return cell


def _named(cell: str, known: dict[str, Any], refusal: str) -> Any:
    if cell not in known:
        raise Invalid(refusal)
    return known[cell]


def _files(cell: str, names: Collection[str]) -> list[str]:
    wanted = [name.strip() for name in cell.replace("\n", "、").replace(",", "、").split("、") if name.strip()]
    missing = [name for name in wanted if name not in names]
    if missing:
        raise Invalid(N_("ファイル「%(name)s」が選ばれていません。"), name=missing[0][:100])
    return list(dict.fromkeys(wanted))
