"""A linkage inspection of 1,788 bodies × 20 procedures × 12 snapshots on both engines, and its growth from a tenth.

Deciding every pair, again by another version, the lists of decisions, targets and progress, the interim report from the
raw snapshots, and the pages over HTTP beside a bare Flask page.
"""

import argparse
import importlib
import importlib.util
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from bench.bench_portal import SECRET, environment_of
from bench.filling import fill
from bench.stage import database, measure
from bench.visiting import served, visit_in_turn
from portal.accounts.service import start_session
from portal.addressing.rule import AddresseeRule
from portal.app import create_app
from portal.campaigns.content import CampaignContent
from portal.campaigns.designing import draft_campaign
from portal.campaigns.models import Campaign, Entry, Procedure
from portal.campaigns.publishing import ask_review, publish_campaign
from portal.campaigns.states import CampaignKind, EntryState
from portal.cli import upgrade
from portal.config import Settings
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import announce_access, db, insert_rows, unit_of_work
from portal.core.memory import settle
from portal.decisions.models import Decision
from portal.decisions.queries import DecisionFilter, count_outcomes, list_decisions
from portal.decisions.recalculating import choose_rule
from portal.decisions.service import decide_all
from portal.decisions.targets import list_targets, summarise
from portal.directory.actor import Actor
from portal.directory.master import load_directory
from portal.directory.models import Membership, Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS, Role
from portal.inspections.models import Progress, Snapshot
from portal.inspections.queries import ProgressFilter, count_stages, list_progress
from portal.themes.master import load_themes
from portal.themes.models import Theme
from tests.factories.people import actor_of, make_member
from tests.support.databases import fast_folder, find_postgresql
from tests.support.statements import recorded_statements

DATES, STEP = 12, 7
ISSUES = 1_000  # what the bare page reads
_LOOKUP = {"routes": ["d"], "attributes": ["name", "birth", "sex", "address"], "address_complete": "yes"}
_WAYS: tuple[dict[str, Any], ...] = (
    {"routes": ["a"]},
    {"routes": ["a", "c"]},
    {**_LOOKUP, "identified": "yes", "method": "窓口で提示された住民票の写しと照合している。"},
    {"routes": ["b"]},
    {"routes": ["d"], "attributes": ["name", "birth"], "identified": "no"},
    {"routes": ["e"], "other_route": "前の電算システムから移した番号である。"},
)


@dataclass(frozen=True)
class Stand:
    """What is measured on: the campaign and who looks at it."""

    campaign_id: int
    actor: Actor
    entries: int


def build(bodies: int, *, is_bare_filled: bool) -> Stand:
    """A published campaign whose bodies have all answered, and their snapshots."""
    author = actor_of(make_member("juumin", Role.DIVISION))
    head = make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True)
    chief = actor_of(head)
    campaign = draft_campaign(author, CampaignKind.INSPECTION, _content(bodies))
    db.session.execute(sa.update(Procedure).values(kinds=[]))  # every body is asked about all twenty
    ask_review(author, campaign)
    publish_campaign(chief, campaign)
    keys = list(db.session.scalars(sa.select(Entry.id).where(Entry.campaign_id == campaign.id).order_by(Entry.id)))
    _answer(keys)
    _report(campaign, keys, head)
    if is_bare_filled:
        fill(ISSUES)
    db.session.execute(sa.text("ANALYZE"))
    return Stand(campaign.id, chief, len(keys))


def _content(bodies: int) -> CampaignContent:
    """Every k-th of the bodies, by name."""
    local = sa.select(Organisation.code).where(Organisation.kind.in_(LOCAL_GOVERNMENTS)).order_by(Organisation.code)
    codes = list(db.session.scalars(local))
    today = japan_date(clock.now())
    return CampaignContent(
        title="紐付け総点検",
        theme_id=db.session.scalars(sa.select(Theme.id).where(Theme.code == "linkage")).one(),
        purpose="測る。",
        contact="担当",
        survey_due_on=today + timedelta(days=20),
        interim_on=today + timedelta(days=40),
        final_on=today + timedelta(days=60),
        rule="digital-2023-08",
        addressees=AddresseeRule(include=tuple(codes[:: len(codes) // bodies])),
    )


def _answer(keys: list[int]) -> None:
    now = clock.now()
    rows = [
        {
            "key": key,
            "answers": {
                "handled": "yes", "duty": "yes", "subjects": 1000 + key % 9000, "mislinks": int(key % 97 == 0),
                "contact": f"担当課 000-{key:06}", **_WAYS[key % len(_WAYS)],
            },
            "state": EntryState.FORWARDED if key % 3 else EntryState.SUBMITTED, "submitted_at": now, "version": 2,
        }
        for key in keys
        if key % 23
    ]  # fmt: skip
    table = Entry.__table__
    db.session.connection().execute(sa.update(table).where(table.c.id == sa.bindparam("key")), rows)  # type: ignore[arg-type]


def _report(campaign: Campaign, keys: list[int], writer: Membership) -> None:
    last = japan_date(clock.now())
    dates = [last - timedelta(days=STEP * (DATES - 1 - n)) for n in range(DATES)]
    first = 1
    for begin in range(0, len(keys), 2_000):
        rows = [row for key in keys[begin : begin + 2_000] for row in _snapshots(campaign, key, dates, writer)]
        for row in rows:
            row["id"], first = first, first + 1
        insert_rows(Snapshot.__table__, rows)
    newest = sa.select(Snapshot.entry_id, Snapshot.campaign_id, Snapshot.id, Snapshot.stage).where(
        Snapshot.as_of == last
    )
    columns = ["entry_id", "campaign_id", "snapshot_id", "stage"]
    db.session.execute(sa.insert(Progress).from_select(columns, newest))


def _snapshots(campaign: Campaign, key: int, dates: list[date], writer: Membership) -> Iterator[dict[str, Any]]:
    target, speed = 1000 + key % 9000, 8 + key % 12
    for n, as_of in enumerate(dates, 1):
        matched = min(target, target * n // speed)
        mismatched = matched // 50
        confirmed = mismatched if n > speed // 2 else mismatched // 2
        mislinks = min(confirmed, int(key % 40 == 0) * n // 4)
        is_done = matched == target and confirmed == mismatched and not mislinks
        stage = "done" if is_done else "identification" if matched == target else "matching"
        yield {
            "campaign_id": campaign.id, "entry_id": key, "as_of": as_of, "stage": stage, "target": target,
            "extracted": target, "matched": matched, "mismatched": mismatched, "confirmed": confirmed,
            "pending": mismatched - confirmed, "mislinks": mislinks, "corrected": 0,
            "causes": {"same_name": mislinks, "family": 0, "input": 0, "lookup": 0, "merge": 0, "other": 0},
            "is_linkage_stopped": False, "leak": "none", "inquiries": 0, "prevention": "", "delay_reason": "",
            "expected_on": dates[-1] + timedelta(days=30), "published_url": "", "reason": "", "entered_at": clock.now(),
            "entered_by_person_id": writer.person_id, "signature": "担当",
        }  # fmt: skip


def works(stand: Stand) -> dict[str, Callable[[], object]]:
    """What is measured in this process, each in a transaction of its own."""
    today = japan_date(clock.now())

    def within(work: Callable[[Campaign], object], *, write: bool = False) -> Callable[[], object]:
        def run() -> object:
            announce_access(write=write)
            with unit_of_work() as session:
                session.expunge_all()
                return work(session.get_one(Campaign, stand.campaign_id))

        return run

    def forget(campaign: Campaign) -> int:
        db.session.execute(sa.delete(Decision))
        return decide_all(campaign)

    found = {
        "deciding every pair for the first time": within(forget, write=True),
        "deciding every pair again, nothing new": within(decide_all, write=True),
        "choosing another version": within(lambda c: choose_rule(stand.actor, c, _other(c)), write=True),
        "figures and page of decisions": within(
            lambda c: (count_outcomes(stand.actor, c), list_decisions(stand.actor, c, DecisionFilter()))
        ),
        "targets and summary": within(lambda c: (list_targets(stand.actor, c), summarise(stand.actor, c))),
        "stages and page of progress": within(
            lambda c: (
                count_stages(stand.actor, c, ProgressFilter(), today=today),
                list_progress(stand.actor, c, ProgressFilter(), today=today),
            )
        ),
    }
    if importlib.util.find_spec("portal.reporting"):
        counting = importlib.import_module("portal.reporting.counting")
        before = today - timedelta(days=STEP)
        found["interim report from raw snapshots"] = within(lambda c: counting.count_figures(c, today, before))
    return found


def _other(campaign: Campaign) -> str:
    return "mic-2023-06" if campaign.rule == "digital-2023-08" else "digital-2023-08"


def addresses(app: Flask, stand: Stand) -> dict[str, str]:
    """The pages measured over HTTP, those that there are."""
    found = {
        "campaigns.show": f"/campaigns/{stand.campaign_id}",
        "decisions.index": f"/campaigns/{stand.campaign_id}/decisions",
        "decisions.targets": f"/campaigns/{stand.campaign_id}/targets",
        "inspections.index": f"/campaigns/{stand.campaign_id}/progress",
        "answering.matrix": f"/campaigns/{stand.campaign_id}/bodies",
    }
    return {name: path for name, path in found.items() if name in app.view_functions}


def run(engine: str, bodies: int, times: int) -> dict[str, tuple[float, int]]:
    """Build and measure one size on one engine; print it."""
    with fast_folder("portal-bench-") as folder, database(engine, Path(folder)) as url:
        app = create_app(Settings(environment="testing", secret_key=SECRET, data_dir=folder / "data", database_url=url))
        announce_access(write=True)
        with app.app_context():
            upgrade(db.engine)
            began = time.perf_counter()
            with unit_of_work():
                load_directory()
                load_themes()
                stand = build(bodies, is_bare_filled=True)
            cookie = _cookie(app, stand)
            print(f"{engine}, {bodies} bodies, {stand.entries} pairs, {stand.entries * DATES} snapshots: built in "
                  f"{time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip
            settle()  # as a process that serves or works
            figures = {}
            for name, work in works(stand).items():
                cpu = time.process_time()
                figures[name] = measure(work, times=2)
                cpu = (time.process_time() - cpu) / 2
                seconds, statements = figures[name]
                print(
                    f"  {name:40} {seconds:7.2f} s ({cpu:.2f} s of this process), {statements} statements", flush=True
                )
            db.session.close()
            db.engine.dispose()
        _visit(app, environment_of(folder, url), cookie, addresses(app, stand), times=times)
        with app.app_context():
            db.engine.dispose()
    return figures


def _visit(app: Flask, environment: dict[str, str], cookie: str, paths: dict[str, str], *, times: int) -> None:
    with served("bench.bare:app", environment) as (bare_port, _), served("wsgi:app", environment) as (port, _):
        for name, path in paths.items():
            bare, seen = visit_in_turn([(bare_port, "/", ""), (port, path, cookie)], times=times)
            one, other = seen.percentile(0.5), bare.percentile(0.5)
            statements = _count_statements(app, path, cookie)
            print(f"  {name:40} {one:7.1f} ms, {statements} statements, {seen.size // 1024} KB, "
                  f"{one / other:.1f}× the bare page ({other:.1f} ms)", flush=True)  # fmt: skip


def _cookie(app: Flask, stand: Stand) -> str:
    with unit_of_work():
        secret, row = start_session(stand.actor.person_id)
        row.membership_id = stand.actor.membership_id
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    held = {"_user_id": secret, "_fresh": True, "seen": clock.now().timestamp(), "csrf_token": uuid4().hex}
    return f"portal={serializer.dumps(held)}"


def _count_statements(app: Flask, path: str, cookie: str) -> int:
    with app.app_context():
        engine = db.engine
    client = app.test_client()
    client.set_cookie(*cookie.split("=", 1))
    with recorded_statements(engine) as sent:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return len(sent)


def main() -> None:
    """A tenth and the whole on both engines, and how each grows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--bodies", type=int, nargs="*", default=[178, 1_788])
    parser.add_argument("--times", type=int, default=60)
    chosen = parser.parse_args()
    for engine in chosen.engine or ["sqlite", "postgresql"]:
        if engine == "postgresql" and find_postgresql() is None:
            print("PostgreSQL's server is not installed")
            continue
        sizes = [run(engine, bodies, chosen.times) for bodies in chosen.bodies]
        for name, (seconds, _) in sizes[-1].items() if len(sizes) > 1 else ():
            print(f"{engine}, {name}: grows {seconds / sizes[0][name][0]:.1f}×")


if __name__ == "__main__":
    main()
