"""The state that each test begins with is really brought back, whatever the test before has written."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.directory.models import Organisation, Person
from portal.directory.roles import Role
from tests.factories.people import make_member, organisation

_TABLES = ("organisation", "theme", "sub_topic", "duty", "person", "membership", "section", "event")


@pytest.fixture
def state(app):
    """What stands in the tables that the master data and the factories fill."""

    def look() -> dict[str, list[tuple[object, ...]]]:
        with app.app_context():
            found = {
                name: sorted(map(tuple, db.session.execute(sa.text(f"SELECT * FROM {name}")).all()), key=str)
                for name in _TABLES
            }
            db.session.close()
            db.engine.dispose()
            return found

    return look


def _reset(app, database) -> None:
    with app.app_context():
        db.engine.dispose()
    database.reset()


def test_rows_added_changed_and_deleted_are_undone(app, arrange, database, state):
    before = state()
    for _ in range(2):
        with arrange():
            make_member("152226", Role.LOCAL_STAFF, section="市民課")
            organisation("010006").name = "別の名"
            body = db.session.scalars(sa.select(Organisation).where(Organisation.code == "473821")).one()
            db.session.delete(body)
        assert state() != before
        _reset(app, database)
        assert state() == before


def test_the_numbers_begin_anew(app, arrange, database):
    ids = []
    for _ in range(2):
        with arrange():
            ids.append(make_member("152226", Role.LOCAL_STAFF).person_id)
        _reset(app, database)
    assert ids[0] == ids[1]


def test_a_reset_without_writing_changes_nothing(app, database, state):
    before = state()
    _reset(app, database)
    _reset(app, database)
    assert state() == before


def test_a_changed_schema_is_undone(app, arrange, database, state):
    before = state()
    with arrange():
        db.session.execute(sa.text("CREATE TABLE stray (id integer)"))
        db.session.execute(sa.text("ALTER TABLE duty ADD COLUMN stray integer"))
    _reset(app, database)
    assert state() == before
    with app.app_context():
        assert not sa.inspect(db.engine).has_table("stray")


def test_a_transaction_left_open_commits_nothing_later(app, database, state):
    if database.name == "sqlite":
        pytest.skip("the file itself is replaced")
    before = state()
    engine = sa.create_engine(database.url)
    connection = engine.connect()
    connection.execute(sa.insert(Person).values(email="late@test.example", name="遅い", created_at=sa.func.now()))
    _reset(app, database)
    with pytest.raises(sa.exc.OperationalError):
        connection.commit()
    connection.invalidate()
    connection.close()
    engine.dispose()
    assert state() == before


def test_an_idle_connection_of_the_application_serves_the_next_test_and_one_at_work_does_not(app, database):
    if database.name == "sqlite":
        pytest.skip("the file itself is replaced")

    def process() -> int:
        return db.session.scalar(sa.text("SELECT pg_backend_pid()"))

    with app.app_context():
        first = process()
        db.session.close()
        database.reset()
        assert process() == first
        database.reset()  # the transaction of the line above is still open
        with pytest.raises(sa.exc.OperationalError):
            process()
        db.session.rollback()
        assert process() != first
