"""What the bodies of the demonstration answer: how they obtained numbers, how many, and how far they are with it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from portal.answering.models import AnswerChange, AnswerReturn
from portal.answering.states import Source
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.states import READABLE, EntryState
from portal.core import clock
from portal.core.calendar import JAPAN, add_business_days, is_business_day, japan_date
from portal.core.db import db
from portal.demo.campaigns_bodies import Asked, Manager

STORY, STORY_PREFECTURE = "152226", "15"
# How many records a procedure keeps for each inhabitant.
_RATES = {
    "disability": 0.075, "support_medical": 0.02, "disability_service": 0.012, "public_assistance": 0.016,
    "care_insurance": 0.29, "intractable": 0.009, "vaccination": 0.55, "health_check": 0.35, "maternal_health": 0.05,
    "child_allowance": 0.08, "child_rearing": 0.008, "special_child": 0.002, "childcare": 0.024,
    "school_health": 0.003, "resident_tax": 0.5, "household": 1.0, "health_insurance": 0.35, "mutual_aid": 0.012,
    "bank_account": 0.45,
}  # fmt: skip
_FOUR = ["name", "birth", "sex", "address"]
_METHODS = (
    "窓口で提示された住民票の写しと照合している。", "本人に電話で住所の履歴を確認している。",
    "過去の申請書の記載と突合し、2人で確認している。", "住基端末で世帯構成を確認している。",
)  # fmt: skip
_OTHERS = (
    "前の電算システムから移した番号で、取得の方法が分からない。", "他の課が取得した番号の提供を受けている。",
    "転入前の団体からの引継ぎによる。",
)  # fmt: skip
_LOOKUP = {"routes": ["d"], "attributes": _FOUR, "address_complete": "yes"}
_THREE = {"routes": ["d"], "attributes": ["name", "birth", "sex"]}
# How numbers were obtained: what is answered, and in how many of a hundred cases by kind of procedure.
_WAYS: tuple[tuple[dict[str, Any], tuple[int, int, int]], ...] = (
    ({"routes": ["a"]}, (34, 14, 24)),
    ({"routes": ["a", "c"]}, (12, 24, 12)),
    ({"routes": ["c"]}, (6, 44, 14)),
    ({**_LOOKUP, "identified": "yes"}, (14, 6, 14)),
    ({**_LOOKUP, "routes": ["a", "d"], "identified": "yes"}, (8, 3, 8)),
    ({**_THREE, "identified": "yes"}, (5, 2, 6)),
    ({**_THREE, "identified": "no"}, (6, 2, 7)),
    ({**_LOOKUP, "address_complete": "no", "identified": "no"}, (4, 1, 5)),
    ({"routes": ["b"]}, (5, 1, 6)),
    ({"routes": ["a", "b"]}, (3, 1, 3)),
    ({"routes": ["e"]}, (3, 2, 1)),
)
_BY_REGISTER = frozenset({"resident_tax", "household", "child_allowance", "vaccination"})
_BY_HAND = frozenset({"disability", "intractable", "support_medical", "special_child"})
_NOT_HANDLED = {"public_assistance": 0.0, "school_health": 0.12, "care_insurance": 0.05, "support_medical": 0.04}
# What the story's city answers where the story needs it.
_STORY_WAYS: dict[str, dict[str, Any]] = {
    "disability_service": {**_THREE, "identified": "no"},
    "public_assistance": {"routes": ["b"]},
    "maternal_health": {"routes": ["a"], "mislinks": 2},
    "health_check": {"routes": ["e"]},
}
_PENDING = ("委託先に照会しているため", "台帳の突合に時間を要しているため", "担当課の確認が終わっていないため")
_UNDONE = (
    (0.012, EntryState.BLANK), (0.022, EntryState.STARTED), (0.032, EntryState.PENDING), (0.037, EntryState.RETURNED),
)  # fmt: skip
_RETURNS = (
    ("routes", "b（書類による確認のない届出）に当たる受付がないか、支所の分を含めて確認してください。"),
    ("subjects", "昨年度の実績と大きく違います。単位が「人」になっていないか確認してください。"),
    ("contact", "担当課の電話番号がありません。"),
    ("", "別の事務の内容が記入されているようです。全体を確認してください。"),
)


@dataclass(kw_only=True)
class Round:
    """What the answers of one campaign are made from; ``story`` says where its city stands, by procedure."""

    campaign: Campaign
    chance: random.Random
    inhabitants: dict[str, int]
    managers: dict[str, Manager]
    silent: frozenset[str] = frozenset()
    story: dict[str, EntryState] = field(default_factory=dict)
    is_over: bool = False

    @cached_property
    def compilers(self) -> dict[str, Manager]:
        """Who compiles, by prefecture; the code of its body is the prefecture's, zeros and a check digit."""
        return {code[:2]: manager for code, manager in self.managers.items() if code[2:5] == "000"}


def make_answers(made: Round, asked: Asked) -> dict[str, Any]:
    """Whole answers of a body about a procedure."""
    chance = made.chance
    if chance.random() < _NOT_HANDLED.get(asked.procedure, 0.012) and asked.procedure != "disability":
        return {"handled": "no"}
    column = 1 if asked.procedure in _BY_REGISTER else 2 if asked.procedure in _BY_HAND else 0
    drawn = chance.choices([way for way, _ in _WAYS], weights=[shares[column] for _, shares in _WAYS])[0]
    way = _STORY_WAYS.get(asked.procedure, drawn) if asked.code == STORY and not made.is_over else drawn
    inhabitants = made.inhabitants[asked.code] * (0.6 if asked.is_prefecture else 1.0)
    subjects = max(3, int(inhabitants * _RATES[asked.procedure] * chance.uniform(0.85, 1.15)))
    found = {
        "handled": "yes", "duty": "yes" if chance.random() < 0.7 else "no",
        "mislinks": chance.choice((1, 1, 2, 3)) if chance.random() < 0.012 else 0, **way,
        "subjects": subjects, "contact": made.managers[asked.code].phone,
    }  # fmt: skip
    if way.get("identified") == "yes":
        found["method"] = chance.choice(_METHODS)
    if "e" in way["routes"]:
        found["other_route"] = chance.choice(_OTHERS)
    return found


def fill_answers(made: Round, asked: list[Asked]) -> list[tuple[Asked, dict[str, Any]]]:
    """Write every body's answers and where they stand; of the story's prefecture who entered what, too.

    Those that are to be sent back are submitted first, and returned with their rows.
    """
    zeal = {f"{number:02}": made.chance.uniform(0.35, 1.0) for number in range(1, 48)}
    rows = [_row(made, each, zeal[each.prefecture]) for each in asked]
    sent_back = [pair for pair in zip(asked, rows, strict=True) if pair[1]["state"] is EntryState.RETURNED]
    for _, row in sent_back:
        row["state"] = EntryState.SUBMITTED
    statement = sa.update(Entry.__table__).where(Entry.__table__.c.id == sa.bindparam("entry_id"))  # type: ignore[arg-type]
    db.session.connection().execute(statement, rows)
    told = [pair for pair in zip(asked, rows, strict=True) if pair[0].prefecture == STORY_PREFECTURE]
    changes = [change for pair in told for change in _changes(made, *pair)]
    if changes:
        db.session.execute(sa.insert(AnswerChange), changes)
    return sent_back


def send_back(made: Round, pairs: list[tuple[Asked, dict[str, Any]]]) -> None:
    """差戻し by the prefectures, each with its reason; what was decided stays."""
    ids = [row["entry_id"] for _, row in pairs]
    db.session.execute(sa.update(Entry).where(Entry.id.in_(ids)).values(state=EntryState.RETURNED))
    db.session.execute(sa.insert(AnswerReturn), [_return(made, *pair) for pair in pairs])


def _return(made: Round, asked: Asked, row: dict[str, Any]) -> dict[str, Any]:
    compiler = made.compilers[asked.prefecture]
    code, reason = made.chance.choice(_RETURNS)
    return {
        "entry_id": asked.entry_id, "question_code": code if code in row["answers"] else "", "reason": reason,
        "returned_by_person_id": compiler.person_id, "signature": compiler.signature,
        "returned_at": min(row["submitted_at"] + timedelta(days=3), clock.now() - timedelta(hours=2)),
    }  # fmt: skip


def _row(made: Round, asked: Asked, zeal: float) -> dict[str, Any]:
    state = _state(made, asked, zeal)
    answers = make_answers(made, asked) if state is not EntryState.BLANK else {}
    if state in {EntryState.STARTED, EntryState.PENDING}:
        answers = dict(list(answers.items())[: made.chance.randint(1, 3)])
    at = _submitted_at(made)
    is_in, is_forwarded = state in READABLE, state is EntryState.FORWARDED
    until = add_business_days(japan_date(clock.now()), made.chance.randint(2, 15))
    manager = made.managers[asked.code]
    compiler = made.compilers[asked.prefecture]
    return {
        "entry_id": asked.entry_id, "state": state, "answers": answers,
        "version": 1 if state is EntryState.BLANK else 2,
        "pending_reason": made.chance.choice(_PENDING) if state is EntryState.PENDING else "",
        "pending_until": until if state is EntryState.PENDING else None,
        "changed_at": None if state is EntryState.BLANK else at,
        "submitted_at": at if is_in else None, "submitted_signature": manager.signature if is_in else "",
        "forwarded_at": min(at + timedelta(hours=made.chance.randint(20, 200)), clock.now()) if is_forwarded else None,
        "forwarded_signature": compiler.signature if is_forwarded else ""
    }  # fmt: skip


def _state(made: Round, asked: Asked, zeal: float) -> EntryState:
    luck = made.chance.random()
    if asked.code in made.silent:
        return EntryState.BLANK
    if asked.code == STORY and asked.procedure in made.story:
        return made.story[asked.procedure]
    if not made.is_over:
        for share, state in _UNDONE:
            if luck < share:
                return state
    done = asked.is_prefecture is False and (made.is_over or (luck * 7) % 1 < zeal)
    return EntryState.FORWARDED if done else EntryState.SUBMITTED


def _submitted_at(made: Round) -> datetime:
    """A working hour between the third day and shortly after the due."""
    first = japan_date(made.campaign.published_at or clock.now()) + timedelta(days=3)
    last = made.campaign.survey_due_on or first
    day = first + timedelta(days=int((last - first).days * min(1.15, made.chance.betavariate(4, 2) * 1.2)))
    while not is_business_day(day):
        day += timedelta(days=1)
    at = datetime.combine(day, time(9), JAPAN) + timedelta(minutes=made.chance.randint(0, 520))
    return min(at, clock.now() - timedelta(hours=3))


def _changes(made: Round, asked: Asked, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    manager = made.managers[asked.code]
    is_file = row["entry_id"] % 3 == 0
    for code, value in row["answers"].items():
        yield {
            "entry_id": row["entry_id"], "question_code": code, "value": value, "entry_version": row["version"],
            "source": Source.WORKBOOK if is_file else Source.PAGE,
            "source_name": f"点検様式_{asked.code}.xlsx" if is_file else "",
            "changed_by_person_id": manager.person_id, "signature": manager.signature,
            "changed_at": row["changed_at"] - timedelta(minutes=30),
        }  # fmt: skip
