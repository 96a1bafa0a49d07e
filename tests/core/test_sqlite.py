"""SQLite: its library, its journal, a copy while it is in use."""

import threading

import pytest
import sqlalchemy as sa

from portal.core.db import announce_access, engine_options
from portal.core.sqlite import DRIVER, copy_database, journal_mode


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "delete"),
        ((3, 44, 5), "delete"),
        ((3, 44, 6), "wal"),
        ((3, 45, 0), "delete"),
        ((3, 50, 6), "delete"),
        ((3, 50, 7), "wal"),
        ((3, 51, 2), "delete"),
        ((3, 51, 3), "wal"),
        ((3, 53, 0), "wal"),
        ((4, 0, 0), "wal"),
    ],
)
def test_the_log_is_kept_only_where_it_is_safe(version, mode):
    assert journal_mode(version) == mode


@pytest.fixture
def engine(tmp_path):
    announce_access(write=True)
    url = f"sqlite:///{tmp_path / 'one.sqlite3'}"
    made = sa.create_engine(url, **engine_options(url))
    with made.begin() as connection:
        connection.execute(sa.text("CREATE TABLE line (text TEXT NOT NULL)"))
    yield made
    made.dispose()


def test_connections_take_the_mode_of_their_library_and_keep_what_is_committed(engine):
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert found == {"journal_mode": journal_mode(DRIVER.sqlite_version_info), "synchronous": 2, "foreign_keys": 1}


def test_a_copy_is_whole_while_others_write(engine, tmp_path):
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO line VALUES ('一')"))
    writing, copied = threading.Event(), threading.Event()

    def write():
        with engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO line VALUES ('二')"))
            writing.set()
            copied.wait(5)

    writer = threading.Thread(target=write)
    writer.start()
    writing.wait(5)
    copy_database(engine, tmp_path / "copy.sqlite3")
    copied.set()
    writer.join()

    def lines(url):
        with sa.create_engine(url, **engine_options(url)).connect() as connection:
            return connection.execute(sa.text("SELECT text FROM line ORDER BY text")).scalars().all()

    assert lines(f"sqlite:///{tmp_path / 'copy.sqlite3'}") == ["一"]
    assert sorted(lines(str(engine.url))) == ["一", "二"]


def test_a_copy_goes_into_a_new_file_or_says_why_not(app, tmp_path):
    copy, nowhere = tmp_path / "copy.sqlite3", tmp_path / "missing" / "copy.sqlite3"

    def backup(file):
        with app.app_context():
            return app.test_cli_runner().invoke(args=["backup", str(file)])

    if not app.config["PORTAL_SETTINGS"].is_sqlite:
        assert "pg_dump" in backup(copy).output
        assert not copy.exists()
        return
    assert backup(copy).exit_code == 0
    held = copy.read_bytes()
    assert held.startswith(b"SQLite format 3")
    assert "there already" in backup(copy).output
    assert copy.read_bytes() == held
    assert "unable to open" in backup(nowhere).output


def test_the_number_of_rows_is_written_out_and_so_planned_once(engine):
    line = sa.table("line", sa.column("text"))
    sent = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: sent.append((" ".join(args[2].split()), args[3])))
    with engine.begin() as connection:
        connection.execute(sa.insert(line), [{"text": each} for each in "一二三四"])
        sent.clear()

        def read(select):
            return list(connection.scalars(select.where(line.c.text != "五").order_by(line.c.text)))

        every = read(sa.select(line.c.text))
        assert [read(sa.select(line.c.text).limit(most)) for most in (1, 3)] == [every[:1], every[:3]]
        assert read(sa.select(line.c.text).limit(2).offset(1)) == every[1:3]
        assert read(sa.select(line.c.text).offset(3)) == every[3:]
    written = "SELECT line.text FROM line WHERE line.text != ? ORDER BY line.text"
    ends = ["", " LIMIT 1", " LIMIT 3", " LIMIT 2 OFFSET 1", " LIMIT -1 OFFSET 3"]
    assert sent == [(written + end, ("五",)) for end in ends]
