"""Every body opens a new paper at 50 requests a second, against the same page when nobody else is there."""

import argparse
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from bench.bench_portal import SECRET, environment_of
from bench.stage import database
from bench.visiting import Measured, fetch, served
from portal.accounts.service import start_session
from portal.app import create_app
from portal.cli import upgrade
from portal.config import Settings
from portal.core import clock
from portal.core.db import announce_access, db, unit_of_work
from portal.directory.master import load_directory
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS, Role
from portal.guidance.models import Opening
from portal.themes.master import load_themes
from tests.factories.guidance import EVERYONE, make_issued
from tests.factories.people import make_member
from tests.support.databases import fast_folder, find_postgresql

RATE = 50  # requests a second
CLIENTS = 64
ALONE = 150


def build(app: Flask) -> tuple[list[int], list[str]]:
    """Two papers to all bodies, and the cookie of one member of each body."""
    announce_access(write=True)
    with app.app_context():
        upgrade(db.engine)
        with unit_of_work():
            load_directory()
            load_themes()
            papers = [make_issued(f"総行住第{number}号", addressees=EVERYONE).id for number in (1, 2)]
            codes = db.session.scalars(
                sa.select(Organisation.code).where(Organisation.kind.in_(LOCAL_GOVERNMENTS)).order_by(Organisation.code)
            ).all()
            members = [make_member(code, Role.LOCAL_STAFF, section="総務課") for code in codes]
            secrets = []
            for member in members:
                secret, row = start_session(member.person_id)
                row.membership_id = member.id
                secrets.append(secret)
            db.session.execute(sa.text("ANALYZE"))
        db.session.close()
        db.engine.dispose()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    now = clock.now().timestamp()
    held = ({"_user_id": each, "_fresh": True, "seen": now, "csrf_token": uuid4().hex} for each in secrets)
    return papers, [f"portal={serializer.dumps(each)}" for each in held]


def arrive(port: int, path: str, cookies: Sequence[str], rate: float) -> tuple[Measured, int]:
    """One request of each visitor, each at its moment whatever became of the others; latencies count from that moment.

    Returns what they took, and how many failed.
    """
    measured, failed, lock = Measured(), 0, threading.Lock()
    waiting: SimpleQueue[tuple[float, str] | None] = SimpleQueue()
    began = time.perf_counter() + 0.5
    for number, cookie in enumerate(cookies):
        waiting.put((began + number / rate, cookie))
    for _ in range(CLIENTS):
        waiting.put(None)

    def run() -> None:
        nonlocal failed
        while (arrival := waiting.get()) is not None:
            moment, cookie = arrival
            time.sleep(max(0.0, moment - time.perf_counter()))
            try:
                fetch(port, path, cookie)
            except (OSError, RuntimeError):
                with lock:
                    failed += 1
            with lock:
                measured.seconds.append(time.perf_counter() - moment)

    threads = [threading.Thread(target=run) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured.elapsed = time.perf_counter() - began
    return measured, failed


def run(engine: str, folder: Path, url: str, rate: float) -> None:
    """Measure one engine and print it: p95 when idle, p95 in the rush, their ratio, and what failed."""
    app = create_app(Settings(environment="testing", secret_key=SECRET, data_dir=folder / "data", database_url=url))
    (first, second), cookies = build(app)
    with served("wsgi:app", environment_of(folder, url)) as (port, _):
        arrive(port, f"/guidance/{first}", cookies[:20], 5)  # warm
        idle, _ = arrive(port, f"/guidance/{first}", cookies[20 : 20 + ALONE], 5)
        rush, failed = arrive(port, f"/guidance/{second}", cookies, rate)
    with app.app_context():
        opened = db.session.scalar(sa.select(sa.func.count()).select_from(Opening)) or 0
        db.session.close()
        db.engine.dispose()
    ratio = rush.percentile(0.95) / idle.percentile(0.95)
    print(
        f"{engine}: {len(cookies)} bodies open a paper at {rate:.0f}/s (reached {rush.rate:.1f}/s): p50 / p95 "
        f"{rush.percentile(0.5):.0f} / {rush.percentile(0.95):.0f} ms, idle "
        f"{idle.percentile(0.5):.0f} / {idle.percentile(0.95):.0f} ms: p95 {ratio:.1f}×, {failed} failed, "
        f"{opened - ALONE - 20} openings recorded",
        flush=True,
    )


def main() -> None:
    """Both engines."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--rate", type=float, default=RATE)
    chosen = parser.parse_args()
    for engine in chosen.engine or ["sqlite", "postgresql"]:
        if engine == "postgresql" and find_postgresql() is None:
            print("PostgreSQL's server is not installed")
            continue
        with fast_folder("portal-bench-") as folder, database(engine, folder) as url:
            run(engine, folder, url, chosen.rate)


if __name__ == "__main__":
    main()
