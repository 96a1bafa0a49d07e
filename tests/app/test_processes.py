"""Writers in four processes at once: each transaction reads first and writes later, and none fails."""

from portal.core.db import db
from portal.core.numbering import NumberCounter
from tests.support.processes import PythonProcess

ROUNDS = 25
PROCESSES = 4
_WRITER = """
import sys, time
from portal.app import create_app
from portal.config import Settings
from portal.core.db import announce_access, db, unit_of_work
from portal.core.numbering import NumberCounter, next_serial

app = create_app(Settings.from_env())
for _ in range(int(sys.argv[1])):
    announce_access(write=True)
    with app.app_context(), unit_of_work():
        row = db.session.get(NumberCounter, "read-then-write")
        before = row.value if row else 0
        time.sleep(0.001)
        assert next_serial("read-then-write") == before + 1
"""


def test_four_processes_write_without_losing_anything(app):
    settings = app.config["PORTAL_SETTINGS"]
    environment = {"PORTAL_DATABASE_URL": settings.database_url, "PORTAL_DATA_DIR": str(settings.data_dir)}
    # On PostgreSQL the row lock comes with the write, so that others may come between it and the first read.
    writer = _WRITER if settings.is_sqlite else _WRITER.replace("== before + 1", "> before")
    writers = [PythonProcess("-c", writer, str(ROUNDS), environment=environment) for _ in range(PROCESSES)]
    errors = [process.communicate(timeout=120)[1] for process in writers]

    assert [process.returncode for process in writers] == [0] * PROCESSES, errors
    with app.app_context():
        assert db.session.get_one(NumberCounter, "read-then-write").value == ROUNDS * PROCESSES
