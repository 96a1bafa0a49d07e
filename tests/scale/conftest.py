"""A PostgreSQL database with 100,000 issues and the application over it, made once."""

from dataclasses import dataclass

import pytest
from flask import Flask

from portal.accounts.service import start_session
from portal.app import create_app
from portal.cli import upgrade
from portal.config import Settings
from portal.core import clock
from portal.core.db import announce_access, db, unit_of_work
from portal.directory.master import load_directory
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.themes.master import load_themes
from tests.factories.issues import Cast, make_cast
from tests.factories.people import make_member
from tests.scale.filling import fill
from tests.support.databases import PostgresqlDatabase, find_postgresql, postgresql_server
from tests.support.pages import Visitor


@dataclass
class Filled:
    """The application and who may visit it."""

    app: Flask
    cast: Cast
    prefecture_manager: Membership

    def visit(self, membership: Membership) -> Visitor:
        """A browser of the membership."""
        announce_access(write=True)
        with self.app.app_context(), unit_of_work():
            secret, row = start_session(membership.person_id)
            row.membership_id = membership.id
        client = self.app.test_client()
        with client.session_transaction() as session:
            session.update(_user_id=secret, _fresh=True, seen=clock.now().timestamp())
        return Visitor(self.app, client)


@pytest.fixture(scope="package")
def filled(tmp_path_factory):
    if find_postgresql() is None:
        pytest.skip("PostgreSQL's server is not installed")
    with postgresql_server() as server:
        database = PostgresqlDatabase(server)
        app = create_app(
            Settings(
                environment="testing",
                secret_key="t" * 40,
                database_url=database.url,
                data_dir=tmp_path_factory.mktemp("data"),
            )
        )
        with app.app_context():
            upgrade(db.engine)
            with unit_of_work():
                load_directory()
                load_themes()
                cast = make_cast()
                manager = make_member("150002", Role.LOCAL_MANAGER, section="市町村課")
                fill()
            db.session.close()
        yield Filled(app, cast, manager)
        with app.app_context():
            db.engine.dispose()
        database.close()
