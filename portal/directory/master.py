"""Loading of the directory's master data from the files beside it, once and again without harm."""

import csv
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from portal.core.db import db
from portal.directory.models import Duty, Organisation
from portal.directory.roles import OrganisationKind

_DATA = Path(__file__).parent / "data"
_OWN_POST = frozenset({OrganisationKind.PREFECTURE, OrganisationKind.DESIGNATED_CITY})


def load_directory() -> int:
    """Add the organisations and duties that are not there yet; return how many organisations were added.

    What an administrator has changed since stays as it is: a code that exists is passed over.
    """
    known = set(db.session.scalars(sa.select(Organisation.code)))
    added = _add_bodies(known) + _add_local_governments(known)
    _name_prefectures_in_english()
    _add_duties()
    return added


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a master file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _add_bodies(known: set[str]) -> int:
    added: dict[str, Organisation] = {}
    for position, row in enumerate(rows_of(_DATA / "bodies.csv")):
        if row["code"] in known:
            continue
        added[row["code"]] = Organisation(
            code=row["code"],
            kind=OrganisationKind(row["kind"]),
            name=row["name"],
            kana=row["kana"],
            name_en=row["name_en"],
            position=position,
            parent=added.get(row["parent"]),
        )
    db.session.add_all(added.values())
    db.session.flush()
    return len(added)


def _add_local_governments(known: set[str]) -> int:
    rows = [row for row in rows_of(_DATA / "local_governments.csv") if row["code"] not in known]
    bodies = [_local_government(row) for row in rows]
    db.session.add_all(bodies)
    db.session.flush()
    prefectures = dict(
        db.session.execute(
            sa.select(Organisation.prefecture_code, Organisation.id).where(
                Organisation.kind == OrganisationKind.PREFECTURE
            )
        ).all()
    )
    for body in bodies:
        prefecture_id = prefectures[body.prefecture_code]
        body.parent_id = None if body.kind is OrganisationKind.PREFECTURE else prefecture_id
        body.post_id = body.id if body.kind in _OWN_POST else prefecture_id
    db.session.flush()
    return len(bodies)


def _local_government(row: dict[str, str]) -> Organisation:
    return Organisation(
        code=row["code"],
        kind=OrganisationKind(row["kind"]),
        name=row["name"],
        kana=row["kana"],
        prefecture_code=row["prefecture_code"],
        county=row["county"] or None,
        is_core_city=row["core_city"] == "1",
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
        position=int(row["code"]),
    )


def _name_prefectures_in_english() -> None:
    """Those that have no English name."""
    names = {row["prefecture_code"]: row["name_en"] for row in rows_of(_DATA / "prefectures_en.csv")}
    for prefecture in db.session.scalars(
        sa.select(Organisation).where(Organisation.kind == OrganisationKind.PREFECTURE, Organisation.name_en.is_(None))
    ):
        prefecture.name_en = names.get(str(prefecture.prefecture_code))
    db.session.flush()


def _add_duties() -> None:
    known = set(db.session.scalars(sa.select(Duty.code)))
    db.session.add_all(
        Duty(code=row["code"], name=row["name"], name_en=row["name_en"], position=position)
        for position, row in enumerate(rows_of(_DATA / "duties.csv"))
        if row["code"] not in known
    )
    db.session.flush()
