"""Files that are taken in by two steps: read and checked, then confirmed and written as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory import policy
from portal.directory.actor import Actor
from portal.directory.models import DirectoryImport
from portal.directory.people_checks import plan_people
from portal.directory.people_import import PEOPLE_COLUMNS, ImportOutcome, PlannedRow, write_people
from portal.directory.population_import import (
    POPULATION_COLUMNS,
    PlannedPopulation,
    plan_populations,
    write_populations,
)
from portal.directory.roles import ImportKind
from portal.directory.tables import Column, Fault, Row, read_table

COLUMNS: dict[ImportKind, Sequence[Column]] = {
    ImportKind.PEOPLE: PEOPLE_COLUMNS,
    ImportKind.POPULATIONS: POPULATION_COLUMNS,
}
_KEEP_WAITING = timedelta(days=1)


@dataclass(frozen=True)
class Staged:
    """The result of reading a file: what waits for confirmation, or the faults that stand in the way."""

    waiting: DirectoryImport | None
    faults: Sequence[Fault]


def stage_import(
    actor: Actor,
    kind: ImportKind,
    *,
    file_name: str,
    content: bytes,
    creates_sections: bool = False,
    confirmed: bool = False,
) -> Staged:
    """Read and check a file; keep its rows for confirmation only when nothing is wrong with them.

    Raises Invalid(field="file") for a file that cannot be read. Drops what the actor left waiting before.
    """
    _authorize(actor, kind)
    check_text("file", file_name, confirmed)
    rows = read_table(file_name, content, COLUMNS[kind])
    faults = _faults(actor, kind, rows, creates_sections=creates_sections, confirmed=confirmed)
    if faults:
        return Staged(None, faults)
    db.session.execute(
        sa.delete(DirectoryImport).where(
            DirectoryImport.applied_at.is_(None),
            sa.or_(
                DirectoryImport.person_id == actor.person_id, DirectoryImport.created_at < clock.now() - _KEEP_WAITING
            ),
        )
    )
    waiting = DirectoryImport(
        kind=kind,
        person_id=actor.person_id,
        file_name=file_name[:200],
        creates_sections=creates_sections,
        rows=[[row.number, row.cells] for row in rows],
        created_at=clock.now(),
    )
    db.session.add(waiting)
    db.session.flush()
    return Staged(waiting, [])


def get_import(actor: Actor, import_id: int) -> DirectoryImport:
    """What the actor has uploaded. Raises NotFound for what is somebody else's."""
    waiting = db.session.get(DirectoryImport, import_id)
    if waiting is None or waiting.person_id != actor.person_id:
        raise NotFound
    _authorize(actor, waiting.kind)
    return waiting


def preview_people(actor: Actor, waiting: DirectoryImport) -> tuple[list[PlannedRow], list[Fault]]:
    """What taking in the people would do as things stand now, and faults that have come up since."""
    return plan_people(actor, _rows(waiting), creates_sections=waiting.creates_sections, confirmed=True)


def preview_populations(waiting: DirectoryImport) -> tuple[list[PlannedPopulation], list[Fault]]:
    """What taking in the populations would do as things stand now."""
    return plan_populations(_rows(waiting))


def apply_people(actor: Actor, waiting: DirectoryImport) -> ImportOutcome:
    """Check again and take in the people, all of them or none.

    Raises Conflict when it was done already, Invalid when something has come up since the preview.
    """
    _claim(actor, waiting, ImportKind.PEOPLE)
    plan, faults = preview_people(actor, waiting)
    _refuse(faults)
    outcome = write_people(actor, plan)
    _finish(waiting)
    return outcome


def apply_populations(actor: Actor, waiting: DirectoryImport) -> int:
    """Check again and take in the populations; return how many changed. Raises as ``apply_people``."""
    _claim(actor, waiting, ImportKind.POPULATIONS)
    plan, faults = preview_populations(waiting)
    _refuse(faults)
    changed = write_populations(actor, plan)
    _finish(waiting)
    return changed


def _authorize(actor: Actor, kind: ImportKind) -> None:
    allowed = policy.can_import_people if kind is ImportKind.PEOPLE else policy.can_import_populations
    if not allowed(actor):
        raise Forbidden


def _faults(
    actor: Actor, kind: ImportKind, rows: Sequence[Row], *, creates_sections: bool, confirmed: bool
) -> Sequence[Fault]:
    if kind is ImportKind.POPULATIONS:
        return plan_populations(rows)[1]
    return plan_people(actor, rows, creates_sections=creates_sections, confirmed=confirmed)[1]


def _rows(waiting: DirectoryImport) -> list[Row]:
    return [Row(int(number), dict(cells)) for number, cells in waiting.rows]


def _claim(actor: Actor, waiting: DirectoryImport, kind: ImportKind) -> None:
    _authorize(actor, kind)
    if waiting.kind is not kind or waiting.person_id != actor.person_id:
        raise NotFound
    if waiting.applied_at is not None:
        raise Conflict(N_("このファイルは、すでに取り込まれています。"))


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise Invalid(
            N_("確認のあとで名簿が変わり、%(n)s件の誤りがあります。ファイルをもう一度選んでください。"), n=len(faults)
        )


def _finish(waiting: DirectoryImport) -> None:
    waiting.applied_at = clock.now()
    waiting.rows = []  # the file's personal data are not kept longer than needed
    db.session.flush()
