"""Pages of a liaison's day over HTTP at 10,000 and 100,000 issues, on both engines, beside a bare Flask page."""

import argparse
import os
import random
import re
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from bench.filling import COMMON, POSTS, RARE, fill, make_title
from bench.stage import database
from bench.visiting import Measured, fetch, post, resident, served, visit
from portal.accounts.service import start_session
from portal.app import create_app
from portal.cli import upgrade
from portal.config import Settings
from portal.core import clock
from portal.core.db import announce_access, db, unit_of_work
from portal.directory.master import load_directory
from portal.directory.roles import Role
from portal.finder.feeding import rebuild
from portal.themes.master import load_themes
from tests.factories.people import make_member
from tests.support.databases import fast_folder, find_postgresql
from tests.support.statements import recorded_statements

FEW, MANY = 10_000, 100_000
SECRET = "b" * 40
_SIZES = {
    "sqlite": (
        "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search_index%'",
        "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%search_document%'",
        "SELECT sum(pgsize) FROM dbstat",
    ),
    "postgresql": (
        "SELECT pg_relation_size('ix_search_document_grams')",
        "SELECT pg_total_relation_size('search_document') - pg_relation_size('ix_search_document_grams')",
        "SELECT pg_database_size(current_database())",
    ),
}  # fmt: skip


@dataclass
class Figures:
    """One scene at one size, with one client and with eight."""

    alone: Measured
    crowd: Measured
    statements: int


def environment_of(folder: Path, url: str) -> dict[str, str]:
    """What a portal that is served over this database runs with."""
    return dict(
        os.environ,
        PORTAL_ENV="development",
        PORTAL_DATA_DIR=str(folder / "data"),
        PORTAL_SECRET_KEY=SECRET,
        PORTAL_BASE_URL="http://127.0.0.1",
        PORTAL_DATABASE_URL=url,
    )


def build(app: Flask, engine: str, issues: int) -> str:
    """Fill and index the database; the cookie of a member of the secretariat."""
    announce_access(write=True)
    with app.app_context():
        upgrade(db.engine)
        began = time.perf_counter()
        with unit_of_work():
            load_directory()
            load_themes()
            member = make_member("secretariat", Role.SECRETARIAT)
            fill(issues)
        filled = time.perf_counter()
        texts = rebuild(lambda _kind, _done: None)
        indexed = time.perf_counter()
        with unit_of_work():
            inverted, texts_size, whole = (db.session.scalar(sa.text(query)) or 0 for query in _SIZES[engine])
            secret, row = start_session(member.person_id)
            row.membership_id = member.id
        db.session.close()
        db.engine.dispose()
    print(
        f"{engine}, {issues} issues, {issues * POSTS} posts: filled in {filled - began:.0f} s; {texts} texts "
        f"indexed in {indexed - filled:.0f} s: inverted index {inverted / 1e6:.0f} MB, texts {texts_size / 1e6:.0f} MB "
        f"of {whole / 1e6:.0f} MB",
        flush=True,
    )
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    held = {"_user_id": secret, "_fresh": True, "seen": clock.now().timestamp(), "csrf_token": uuid4().hex}
    value = serializer.dumps(held)
    return f"portal={value}"


def scenes(issues: int) -> dict[str, list[str]]:
    """The addresses of each scene; several, where a page must not be the same each time."""
    chance = random.Random(7)
    numbers = [f"R8-L-{chance.randint(1, issues):06}" for _ in range(50)]
    words = quote(COMMON)
    return {
        "queue of a theme": [f"/issues?view=all&theme_id={theme}" for theme in range(1, 8)],
        "issue with thread": [f"/issues/{number}" for number in numbers],
        "search, common word": [f"/search?q={words}"],
        "search, rare phrase": [f"/search?q={quote(RARE)}"],
        "similar issues": [f"/search/similar/{number}?part=1" for number in numbers],
        "answers to a title": [f"/search/answers?title={quote(make_title(chance))}" for _ in range(20)],
    }


def measure(app: Flask, port: int, cookie: str, issues: int, times: int) -> dict[str, Figures]:
    """Every scene with one client and with eight; statements of one request in this process."""
    figures = {}
    for name, paths in scenes(issues).items():
        statements = _statements(app, paths[0], cookie=cookie)
        alone, crowd = (
            visit(port, lambda n, p=paths: p[n % len(p)], cookie, clients=clients, times=times) for clients in (1, 8)
        )
        figures[name] = Figures(alone, crowd, statements)
    page = fetch(port, "/issues/R8-L-000001", cookie)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the page of an issue has no form")
    valid = token[1]

    opened = range(17, issues, 20)  # only what is open takes replies: see the states of the issues made

    def reply(n: int) -> tuple[str, dict[str, str]]:
        values = {"csrf_token": valid, "form_key": uuid4().hex, "text": f"{COMMON}の結果を{n}件お知らせします。" * 6}
        return f"/issues/R8-L-{opened[n % len(opened)] + 1:06}/reply", values

    alone, crowd = (post(port, reply, cookie, clients=clients, times=times) for clients in (1, 8))
    figures["post a reply"] = Figures(alone, crowd, _statements(app, *reply(times), cookie=cookie))
    return figures


def run(engine: str, issues: int, times: int) -> dict[str, Figures]:
    """Build, serve and measure one size on one engine; print it."""
    with fast_folder("portal-bench-") as folder, database(engine, folder) as url:
        app = create_app(Settings(environment="testing", secret_key=SECRET, data_dir=folder / "data", database_url=url))
        cookie = build(app, engine, issues)
        environment = environment_of(folder, url)
        with served("bench.bare:app", environment) as (port, _):
            bare = [visit(port, lambda _n: "/", "", clients=clients, times=times * 2) for clients in (1, 8)]
        with served("wsgi:app", environment) as (port, process):
            figures = measure(app, port, cookie, issues, times)
            held = resident(process)
        with app.app_context():
            db.engine.dispose()
    _print(engine, issues, figures, bare, held)
    return figures


def main() -> None:
    """Both sizes on both engines, and how the pages grow."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--issues", type=int, nargs="*", default=[FEW, MANY])
    parser.add_argument("--times", type=int, default=40)
    chosen = parser.parse_args()
    for engine in chosen.engine or ["sqlite", "postgresql"]:
        if engine == "postgresql" and find_postgresql() is None:
            print("PostgreSQL's server is not installed")
            continue
        sizes = [run(engine, issues, chosen.times) for issues in chosen.issues]
        if len(sizes) > 1:
            for name, last in sizes[-1].items():
                first = sizes[0][name].alone.percentile(0.5)
                print(f"{engine}, {name}: p50 grows {last.alone.percentile(0.5) / first:.2f}×")


def _print(engine: str, issues: int, figures: dict[str, Figures], bare: list[Measured], held: int) -> None:
    print(f"{engine}, {issues} issues; worker {held} MB; p50 / p95 ms, requests a second: one client, eight clients")
    print(f"  {'bare page':22} {_line(bare[0])}   {_line(bare[1])}   {bare[0].size // 1024} KB")
    for name, each in figures.items():
        ratio = each.alone.percentile(0.5) / bare[0].percentile(0.5)
        print(
            f"  {name:22} {_line(each.alone)}   {_line(each.crowd)}   {each.alone.size // 1024} KB, "
            f"{each.statements} statements, {ratio:.1f}× the bare page",
            flush=True,
        )


def _line(measured: Measured) -> str:
    return f"{measured.percentile(0.5):6.1f} / {measured.percentile(0.95):6.1f} {measured.rate:6.1f}/s"


def _statements(app: Flask, path: str, values: dict[str, str] | None = None, *, cookie: str) -> int:
    with app.app_context():
        engine = db.engine
    client = app.test_client()
    name, _, value = cookie.partition("=")
    client.set_cookie(name, value)
    with recorded_statements(engine) as sent:
        answer = client.get(path) if values is None else client.post(path, data=values)
    if answer.status_code not in {200, 302}:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return len(sent)


if __name__ == "__main__":
    main()
