"""The form of an inspection's progress: a row for each body × procedure to inspect, the last figures beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Campaign, Entry, Participation, Procedure, Question
from portal.campaigns.queries import loaded
from portal.campaigns.states import QuestionKind
from portal.core.calendar import long_date
from portal.core.db import db
from portal.core.errors import NotFound
from portal.decisions.models import Decision
from portal.decisions.states import TO_INSPECT, Outcome
from portal.directory.actor import Actor
from portal.inspections import policy as inspection_policy
from portal.inspections.figures import COUNTS, Figures, figures_of
from portal.inspections.models import Progress, Snapshot
from portal.inspections.states import LeakState, MislinkCause
from portal.workbooks import policy
from portal.workbooks.contents import Kept, scope_of
from portal.workbooks.drawing import (
    Book,
    Page,
    choice_ranges,
    number_format,
    protect,
    set_print,
    set_rule,
    write_choices,
    write_cover,
)
from portal.workbooks.forms import CODE, ENTRY, cover_facts, help_of, kept_cell
from portal.workbooks.marks import EntryMark, FormMark, digest_of
from portal.workbooks.slots import Slot, slots_of, write_slot
from portal.workbooks.states import FormKind

SHEET = "点検の進捗"
_HEADS = ("団体コード", "団体", "事務", "前回の基準日")
_WIDTHS = (9, 16, 24, 14)
_LABELS = ("対象件数", "抽出済", "照合済", "不一致", "本人確認済", "本人確認中", "紐付け誤り", "修正済")
_STEPS = (
    "報告する事務の行に、基準日（いつの時点の件数か）と今回の件数を入力してください。報告しない行は、基準日を空のままにします。",
    "黄色のセルに入力してください。灰色の「前回」の列は、前回報告した件数です。",
    "原因別の件数の合計は、紐付け誤りと同じにしてください。ない原因は空のままで構いません。",
    "前回より件数が減るときと、団体に代わって登録するときは、理由を入力してください。",
    "数式、結合したセル、非表示の行・列・シートがあると受け付けられません。",
    "個人番号（マイナンバー）は、どのセルにも入力しないでください。",
)


def _asked(code: str, kind: QuestionKind, label: str, hint: str = "", **more: Any) -> Question:
    values: dict[str, Any] = {"unit": "", "options": [], "rows": [], "columns": [], "shown_when": [], **more}
    return Question(code=code, kind=kind, label=label, hint=hint, asks_reason_for="", section="", **values)


QUESTIONS: tuple[Question, ...] = (
    _asked("as_of", QuestionKind.DATE, "基準日", "いつの時点の件数か"),
    *(
        _asked(code, QuestionKind.NUMBER, label, unit="件")
        for code, label in zip(COUNTS, _LABELS, strict=True)
    ),
    *(
        _asked(f"cause_{cause.value}", QuestionKind.NUMBER, f"原因：{cause.ja}", unit="件")
        for cause in MislinkCause
    ),
    _asked("is_linkage_stopped", QuestionKind.YES_NO, "誤りのあった方の情報連携を停止している"),
    _asked(
        "leak", QuestionKind.SINGLE, "情報漏えいの有無", "調査中・漏えいありは、本部とリエゾンに直ちに知らせます。",
        options=[[state.value, state.ja] for state in LeakState],
    ),
    _asked("inquiries", QuestionKind.NUMBER, "住民からの問合せ", unit="件"),
    _asked("prevention", QuestionKind.TEXT, "再発防止策"),
    _asked("expected_on", QuestionKind.DATE, "完了予定日"),
    _asked("delay_reason", QuestionKind.TEXT, "遅れる理由", "完了予定日が期限より後のときは必ず"),
    _asked("published_on", QuestionKind.DATE, "公表日"),
    _asked("published_url", QuestionKind.TEXT, "公表したページのURL"),
    _asked("reason", QuestionKind.TEXT, "理由", "前回より件数が減るとき、団体に代わって登録するときは必ず"),
)  # fmt: skip
SLOTS: tuple[Slot, ...] = tuple(slots_of(QUESTIONS))
DIGEST = digest_of(QUESTIONS)
STAYS = ("target", "is_linkage_stopped", "leak", "prevention", "expected_on", "delay_reason", "published_on",
          "published_url")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ProgressRow:
    """A body × procedure to inspect, with its newest figures if there are any."""

    entry: Entry
    outcome: Outcome
    snapshot: Snapshot | None

    @property
    def mark(self) -> EntryMark:
        """The newest figures that the form's reader saw."""
        return EntryMark(entry_id=self.entry.id, version=self.snapshot.id if self.snapshot else 0)


@dataclass(frozen=True, kw_only=True)
class Scopes:
    """Which forms of progress there are: of the body itself, of its prefecture's municipalities."""

    own: bool = False
    area: bool = False


@dataclass(frozen=True, kw_only=True)
class ProgressContent:
    """Everything that stands in a form of progress."""

    campaign: Campaign
    mark: FormMark
    office: str
    rows: Sequence[ProgressRow]
    enterable: frozenset[int]
    kept: Mapping[int, Kept] = field(default_factory=dict)


def collect_progress(
    actor: Actor, campaign: Campaign, *, is_area: bool, kept: Mapping[int, Kept] | None = None
) -> ProgressContent:
    """What the actor's form of progress holds. Raises NotFound where there is nothing to inspect. Two statements."""
    scope = scope_of(actor, campaign, is_area=is_area)
    in_area = sa.and_(Entry.prefecture_code == actor.prefecture_code, sa.not_(Participation.is_prefecture))
    rows = list_rows(campaign, in_area if is_area else Entry.organisation_id == actor.organisation_id)
    if not rows:
        raise NotFound
    return ProgressContent(
        campaign=campaign,
        mark=FormMark(kind=FormKind.PROGRESS, campaign_id=campaign.id, scope=scope, digest=DIGEST),
        office=f"{actor.organisation_name}内の市区町村" if is_area else actor.organisation_name,
        rows=rows,
        enterable=frozenset(
            each.entry.id
            for each in rows
            if inspection_policy.can_enter_on_form(actor, campaign, each.entry, each.outcome)
        ),
        kept=kept or {},
    )


def find_scopes(actor: Actor, campaign: Campaign) -> Scopes:
    """Whether the actor's body, and its area, have something to inspect. One statement, for inspections alone."""
    if not policy.can_report(actor, campaign):
        return Scopes()
    is_own = Entry.organisation_id == actor.organisation_id
    found = db.session.scalars(
        sa.select(is_own)
        .join(Decision, sa.and_(Decision.entry_id == Entry.id, Decision.superseded_at.is_(None)))
        .where(Entry.campaign_id == campaign.id, Decision.outcome.in_(TO_INSPECT), policy.own_entries(actor))
        .distinct()
    ).all()
    return Scopes(own=any(found), area=not all(found))


def list_rows(campaign: Campaign, scope: sa.ColumnElement[bool]) -> list[ProgressRow]:
    """The entries to inspect within the scope, by body and procedure. One statement."""
    found = db.session.execute(
        sa.select(Entry, Decision.outcome, Snapshot)
        .join(Decision, sa.and_(Decision.entry_id == Entry.id, Decision.superseded_at.is_(None)))
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .outerjoin(Progress, Progress.entry_id == Entry.id)
        .outerjoin(Snapshot, Snapshot.id == Progress.snapshot_id)
        .where(Entry.campaign_id == campaign.id, Decision.outcome.in_(TO_INSPECT), scope)
        .options(*loaded(), orm.raiseload(Snapshot.entry))
        .order_by(Participation.organisation_code, Procedure.position, Procedure.id)
    )
    return [ProgressRow(entry=entry, outcome=outcome, snapshot=newest) for entry, outcome, newest in found]


def make_progress_form(content: ProgressContent) -> bytes:
    """The workbook's bytes."""
    book, mark = Book(), str(content.mark)
    name = book.reserve(SHEET)
    write_cover(
        book,
        title=f"{content.campaign.shown_title}（点検の進捗）",
        facts=cover_facts(content.campaign, content.office, content.campaign.final_on, mark),
        steps=_STEPS,
        sheets=[(name, f"{len(content.rows)}件")],
        mark=mark,
    )
    page = Page(book=book, sheet=book.file.add_worksheet(name))
    columns = _write_heads(page, content)
    ranges, last = choice_ranges(QUESTIONS), 5 + len(content.rows)
    for row, each in enumerate(content.rows, start=6):
        _write_row(page, content, row, each, columns)
    for slot in SLOTS:
        set_rule(page.sheet, (6, columns[slot.key], last, columns[slot.key]), slot, ranges)
    page.sheet.freeze_panes(6, 3)
    protect(page.sheet)
    set_print(page.sheet, mark, repeat=(3, 5))
    write_choices(book, QUESTIONS, mark)
    return book.finish()


def answers_of(figures: Figures) -> dict[str, Any]:
    """The figures as the slots hold them."""
    held: dict[str, Any] = {name: figures.count_of(name) for name in (*COUNTS, "inquiries")}
    held |= {f"cause_{name}": count for name, count in figures.causes.items()}
    held |= {name: getattr(figures, name) or None for name in ("prevention", "delay_reason", "published_url")}
    held |= {
        name: day.isoformat() if day else None
        for name, day in (("expected_on", figures.expected_on), ("published_on", figures.published_on))
    }
    return {**held, "is_linkage_stopped": "yes" if figures.is_linkage_stopped else "no", "leak": figures.leak.value}


def is_pair(slot: Slot) -> bool:
    """Whether the last figure stands beside."""
    return slot.key in COUNTS


def _write_heads(page: Page, content: ProgressContent) -> dict[str, int]:
    """Three rows of heads; the column of each slot by its key."""
    page.put(0, 0, SHEET, "title")
    page.put(1, 0, str(content.mark), "mark")
    page.put(2, 0, f"{content.office}　{len(content.rows)}件", "note")
    heads = [
        (head, "", CODE if at == 0 else "", width) for at, (head, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True))
    ]
    columns: dict[str, int] = {}
    for slot in SLOTS:
        if is_pair(slot):
            heads.append((f"{slot.label}（前回）", "", "", 11))
        columns[slot.key] = len(heads)
        width = 11 if slot.question.kind is QuestionKind.NUMBER else 18
        heads.append((f"{slot.label}（今回）" if is_pair(slot) else slot.label, help_of(slot), slot.key, width))
    for column, (head, hint, code, width) in enumerate([*heads, ("", "", ENTRY, 12)]):
        page.sheet.set_column(column, column, width)
        page.put(3, column, head, "head")
        page.put(4, column, hint, "head_hint")
        page.put(5, column, code, "head_code")
    page.sheet.set_row(4, 60)
    columns[ENTRY] = len(heads)
    return columns


def _write_row(page: Page, content: ProgressContent, row: int, each: ProgressRow, columns: Mapping[str, int]) -> None:
    entry, kept = each.entry, content.kept.get(each.entry.id)
    before = {} if each.snapshot is None else answers_of(figures_of(each.snapshot))
    as_of = long_date(each.snapshot.as_of) if each.snapshot else "未報告"
    part = entry.participation
    for column, text in enumerate((part.organisation_code, part.organisation_name, entry.procedure.name, as_of)):
        page.put(row, column, text, "fixed")
    look = "answer" if entry.id in content.enterable else "closed"
    for slot in SLOTS:
        column, value = columns[slot.key], write_slot(slot, before)
        if is_pair(slot):
            page.put(row, column - 1, value, "previous", number="#,##0")
        shown = value if slot.key in STAYS else None
        if kept is not None:
            shown = kept_cell(slot, kept.cells.get(slot.key))
        page.put(row, column, shown, look, number=number_format(slot))
    page.put(row, columns[ENTRY], str(each.mark if kept is None else kept.mark), "fixed_code")
