"""A world of its own on SQLite, made once: the table asks what the policies say, which no engine changes.

That conditions in SQL agree with the predicates on both engines is tested beside each feature's policy, and that
PostgreSQL takes the SQL of every route in ``test_both_engines.py``.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest
from flask import Flask, templating
from werkzeug.test import TestResponse

from portal.accounts.service import start_session
from portal.app import create_app
from portal.cli import upgrade
from portal.config import Settings
from portal.core import clock
from portal.core.db import announce_access, db, unit_of_work
from portal.directory.master import load_directory
from portal.themes.master import load_themes
from tests.access.world import NOBODY, World, build_world
from tests.support.databases import fast_folder


@dataclass(frozen=True)
class Ticket:
    """What a signed-in browser sends: its cookie and a token that goes with it."""

    cookie: str
    token: str


class House:
    """The application with its world, and one browser for each viewer."""

    def __init__(self, app: Flask, world: World, undo: Callable[[], None]) -> None:
        self.app = app
        self.world = world
        self._undo = undo
        self._hidden_from: dict[str, list[str]] = {}
        self._tickets = {letter: self._sign_in(letter) for letter in [*world.viewers, NOBODY]}

    def path(self, template: str) -> str:
        """The address with the world's names filled in: ``/issues/{issue_answered}``."""
        return template.format_map(self.world.names)

    def get(self, letter: str, path: str, *, drawn: bool = True) -> TestResponse:
        """The page as this viewer finds it; where only the status is asked it need not be drawn."""
        with nullcontext() if drawn else _undrawn():
            return self._client(letter).get(path)

    def hidden_from(self, path: str) -> list[str]:
        """The signed-in viewers who find nothing at the address; asked once."""
        if path not in self._hidden_from:
            answers = {letter: self.get(letter, path, drawn=False) for letter in self.world.viewers}
            self._hidden_from[path] = [letter for letter, answer in answers.items() if answer.status_code == 404]
        return self._hidden_from[path]

    def post(self, letter: str, path: str) -> TestResponse:
        """The answer to an empty form with a valid token, its page not drawn; what it changed is undone."""
        with _undrawn():
            response = self._client(letter).post(path, data={"csrf_token": self._tickets[letter].token})
        if response.status_code < 400:
            self._undo()
        return response

    def _client(self, letter: str):
        client = self.app.test_client()
        client.set_cookie("portal", self._tickets[letter].cookie)
        return client

    def _sign_in(self, letter: str) -> Ticket:
        client, membership = self.app.test_client(), self.world.viewers.get(letter)
        if membership is not None:
            announce_access(write=True)
            with self.app.app_context(), unit_of_work():
                secret, row = start_session(membership.person_id)
                row.membership_id = membership.id
            with client.session_transaction() as session:
                session.update(_user_id=secret, _fresh=True, seen=clock.now().timestamp())
        page = client.get("/profile" if membership is not None else "/sign-in").get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        cookie = client.get_cookie("portal")
        assert cookie is not None
        return Ticket(cookie.value, token)


def _undrawn() -> AbstractContextManager[object]:
    """Only the status is asked, and drawing is slow."""
    return patch.object(templating, "_render", lambda *_: "")


def furnish(app: Flask) -> World:
    """The world, built in the application's database."""
    announce_access(write=True)
    with app.app_context():
        with unit_of_work():
            world = build_world()
        db.session.close()
    return world


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The world, built once for all rows."""
    with fast_folder("portal-access-") as folder:
        yield from _open_house(folder)


def _open_house(folder: Path) -> Iterator[House]:
    database, kept = folder / "portal.sqlite3", folder / "portal.kept"
    app = create_app(
        Settings(environment="testing", secret_key="t" * 40, data_dir=folder, database_url=f"sqlite:///{database}")
    )
    announce_access(write=True)
    with app.app_context():
        upgrade(db.engine)
        with unit_of_work():
            load_directory()
            load_themes()
        db.session.close()

    def dispose() -> None:
        with app.app_context():
            db.engine.dispose()

    def undo() -> None:
        dispose()
        for path in folder.glob(f"{database.name}*"):  # its log too
            path.unlink()
        shutil.copyfile(kept, database)

    made = House(app, furnish(app), undo)
    dispose()
    shutil.copyfile(database, kept)
    yield made
    dispose()
