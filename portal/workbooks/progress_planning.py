"""What a form of progress would enter: row by row, with every rule that it breaks at its cell."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.campaigns.answers import show_answer
from portal.campaigns.models import Campaign
from portal.core import clock
from portal.core.calendar import era_date, japan_date
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.inspections import policy as inspection_policy
from portal.inspections.batches import Reported
from portal.inspections.checking import check_as_of, check_figures, check_plan, check_texts
from portal.inspections.figures import COUNTS, Figures, figures_of
from portal.inspections.states import LeakState, MislinkCause
from portal.workbooks import policy
from portal.workbooks.planning import STRANGER, UNKNOWN, Change, Plan, find_wrong_form
from portal.workbooks.progress_forms import DIGEST, SLOTS, STAYS, ProgressRow, answers_of, list_rows
from portal.workbooks.reading import Place, Problem, ReadEntry, Reading
from portal.workbooks.slots import gather
from portal.workbooks.states import FormKind

_NO_DAY = N_("基準日を入力してください。")
_NO_COUNT = N_("件数を入力してください。ない場合は0を入力します。")
_CLOSED = N_("%(body)sの「%(procedure)s」は、いまは進捗を登録できません。")
_MEANWHILE = N_("ほかの方が先に進捗を登録しました。様式をダウンロードし直して、前回の値を確かめてください。")
_REASON = N_("団体に代わって登録する理由を入力してください。")
_PREFILLED = frozenset(STAYS)
_BY_KEY = {slot.key: slot for slot in SLOTS}
_FIRST_CAUSE = f"cause_{next(iter(MislinkCause)).value}"


def plan_progress(actor: Actor, campaign: Campaign, reading: Reading) -> Plan:
    """What would be entered. One statement."""
    plan = Plan(others=reading.others, labels={key: str(slot.label) for key, slot in _BY_KEY.items()})
    wrong = find_wrong_form(campaign, reading, FormKind.PROGRESS, DIGEST)
    if wrong is not None:
        plan.problems.append(wrong)
        return plan
    plan.problems.extend(reading.problems)
    rows = {each.entry.id: each for each in list_rows(campaign, policy.own_entries(actor))}
    for read in reading.entries:
        answers, faults = gather(SLOTS, read.cells)
        if not faults and _is_untouched(answers):
            continue
        row = rows.get(read.mark.entry_id)
        if row is None or not inspection_policy.can_enter_on_form(actor, campaign, row.entry, row.outcome):
            plan.problems.append(_refusal(read, row))
            continue
        found = [*_unreadable(read, faults), *_missing(read, answers, faults)]
        if all(answers.get(name) is not None for name in ("as_of", *COUNTS)):
            report = _report(row, read, answers)
            found += [
                Problem(place=_place(read, name), message=message, params=params)
                for name, message, params in _problems(actor, campaign, row, report)
                if name not in faults
            ]
        if found:
            plan.problems.extend(found)
            continue
        plan.reports.append(report)
        plan.changes.extend(_changes(row, read, report))
    plan.entries = len(plan.reports)
    plan.bodies = len({each.entry.organisation_id for each in plan.reports})
    return plan


def _is_untouched(answers: Mapping[str, Any]) -> bool:
    """Whether nothing was entered but what stood in the form already."""
    return all(value is None for key, value in answers.items() if key not in _PREFILLED)


def _refusal(read: ReadEntry, row: ProgressRow | None) -> Problem:
    if row is None:
        return Problem(place=read.place, message=STRANGER)
    params = {"body": row.entry.participation.organisation_name, "procedure": row.entry.procedure.name}
    return Problem(place=read.place, message=_CLOSED, params=params)


def _unreadable(read: ReadEntry, faults: Mapping[str, Invalid]) -> list[Problem]:
    found = [
        Problem(place=read.places[key], message=UNKNOWN, params={"code": key[:40]})
        for key in read.places.keys() - _BY_KEY.keys()
    ]
    return found + [
        Problem(place=read.places[key], message=invalid.message, params=invalid.params)
        for key, invalid in faults.items()
    ]


def _missing(read: ReadEntry, answers: Mapping[str, Any], faults: Mapping[str, Invalid]) -> list[Problem]:
    """Empty cells of a row that is reported: its date, and each of the eight counts."""
    return [
        Problem(place=_place(read, key), message=_NO_DAY if key == "as_of" else _NO_COUNT)
        for key in ("as_of", *COUNTS)
        if answers.get(key) is None and key not in faults
    ]


def _report(row: ProgressRow, read: ReadEntry, answers: Mapping[str, Any]) -> Reported:
    return Reported(
        entry=row.entry,
        figures=_figures(answers),
        as_of=date.fromisoformat(answers["as_of"]),
        reason=answers.get("reason") or "",
        seen_id=read.mark.version or None,
    )


def _figures(answers: Mapping[str, Any]) -> Figures:
    values: dict[str, Any] = {name: answers.get(name) or 0 for name in (*COUNTS, "inquiries")}
    values |= {name: answers.get(name) or "" for name in ("prevention", "delay_reason", "published_url")}
    for name in ("expected_on", "published_on"):
        values[name] = date.fromisoformat(answers[name]) if answers.get(name) else None
    return Figures(
        **values,
        causes={cause.value: answers.get(f"cause_{cause.value}") or 0 for cause in MislinkCause},
        is_linkage_stopped=answers.get("is_linkage_stopped") == "yes",
        leak=LeakState(answers.get("leak") or LeakState.NONE.value),
    )


def _problems(
    actor: Actor, campaign: Campaign, row: ProgressRow, report: Reported
) -> list[tuple[str, str, Mapping[str, object]]]:
    """(field, message, parameters) of every rule that the figures break."""
    today, newest = japan_date(clock.now()), row.snapshot
    if report.seen_id != (newest.id if newest else None):
        return [("as_of", _MEANWHILE, {})]
    figures, reason = report.figures, report.reason
    found = [
        *check_as_of(report.as_of, newest=newest.as_of if newest else None, today=today),
        *check_figures(figures, figures_of(newest) if newest else None, reason=reason),
        *check_plan(figures, campaign.final_on, today),
        *check_texts(figures, reason, my_number_confirmed=True),
    ]
    said: list[tuple[str, str, Mapping[str, object]]] = [(each.field, each.message, each.params) for each in found]
    if not reason and not inspection_policy.enters_as_body(actor, report.entry):
        said.append(("reason", _REASON, {}))
    return said


def _place(read: ReadEntry, name: str) -> Place:
    return read.places.get(_FIRST_CAUSE if name == "causes" else name, read.place)


def _changes(row: ProgressRow, read: ReadEntry, report: Reported) -> list[Change]:
    """The date, and each count with what it was."""
    before = {} if row.snapshot is None else answers_of(figures_of(row.snapshot))
    after = answers_of(report.figures)
    last = era_date(row.snapshot.as_of) if row.snapshot else ""
    values = {"as_of": (last, era_date(report.as_of))}
    values |= {name: (_shown(name, before.get(name)), _shown(name, after[name])) for name in after}
    return [
        Change(
            place=_place(read, name),
            body=row.entry.participation.organisation_name,
            procedure=row.entry.procedure.name,
            label=_BY_KEY[name].label,
            old=old,
            new=new,
        )
        for name, (old, new) in values.items()
        if old != new and not (new == "0" and old == "")
    ]


def _shown(name: str, value: Any) -> str:
    return "" if value is None else show_answer(_BY_KEY[name].question, value)
