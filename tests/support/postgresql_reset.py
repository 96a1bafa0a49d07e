"""Brings a PostgreSQL database back to its prepared state by undoing just what a test has committed."""

from dataclasses import dataclass, replace
from typing import Any

import psycopg
import sqlalchemy as sa

_MOST_ROWS = 20_000  # beyond this a new copy of the template costs less
_SCHEMAS = "('public', 'jobs')"  # the portal's own, and the one of its queues
_TABLES = f"""
    SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname IN {_SCHEMAS} AND relkind = 'r' ORDER BY 1, 2"""
_SEQUENCES = f"""
    SELECT schemaname || '.' || sequencename, last_value, start_value FROM pg_sequences
    WHERE schemaname IN {_SCHEMAS} ORDER BY 1"""
_KEY = """
    SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indisprimary AND i.indrelid = %s::text::regclass"""
_YOUNG = "age(xmin) < age(%(mark)s::text::xid)"
_SETTINGS = (  # once: to change the role throws every plan away, and the plans cost more than the statements
    "session_replication_role = replica",  # keys in any order
    "plan_cache_mode = force_generic_plan",
)
_CHANGES = "SELECT last_value FROM kept.schema_changes"
_WATCH = """
    CREATE SEQUENCE kept.schema_changes;
    CREATE FUNCTION kept.note_change() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_EVENT = 'sql_drop' OR EXISTS (SELECT FROM pg_event_trigger_ddl_commands()) THEN  -- not IF NOT EXISTS
          PERFORM nextval('kept.schema_changes');
        END IF;
      END $$;
    CREATE EVENT TRIGGER note_change ON ddl_command_end EXECUTE FUNCTION kept.note_change();
    CREATE EVENT TRIGGER note_drop ON sql_drop EXECUTE FUNCTION kept.note_change()"""
_OTHERS = """
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      AND NOT (state = 'idle' AND pid = ANY (%s))"""


@dataclass(frozen=True)
class _Table:
    schema: str
    name: str
    key: tuple[str, ...]
    rows: int

    @property
    def quoted(self) -> str:
        return f'{self.schema}."{self.name}"'

    @property
    def kept(self) -> str:
        return f'kept."{self.schema}.{self.name}"'


class PostgresqlReset:
    """Knows the prepared state of a database and restores it.

    What was written is told exactly, not from statistics: every row carries the transaction that wrote it, so rows
    younger than the last reset are new or changed, and a lower count means that prepared rows are gone. Prepared
    rows are copied once into the schema ``kept``. Sequences are compared by value; changes of the schema count
    themselves.
    """

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._connection: psycopg.Connection[Any] | None = None
        self._tables: list[_Table] = []
        self._own: set[int] = set()  # the process ids of the server for connections that may stay open

    def spare(self, connection: psycopg.Connection[Any]) -> None:
        """Leave this connection open from test to test while it is idle: a cold one costs more than most tests."""
        self._own.add(connection.info.backend_pid)

    @staticmethod
    def keep(connection: sa.Connection) -> None:
        """Copy the prepared rows of the database that becomes the template."""
        names = connection.exec_driver_sql(_TABLES).all()
        connection.exec_driver_sql("CREATE SCHEMA kept")
        for schema, name in names:
            connection.exec_driver_sql(f'CREATE TABLE kept."{schema}.{name}" AS TABLE {schema}."{name}"')
        connection.exec_driver_sql(_WATCH)

    def begin(self) -> None:
        """Learn the state of a database just made from the template."""
        self.close()
        self._connection = psycopg.connect(
            host=self._url.query["host"], user=self._url.username, dbname=self._url.database, autocommit=True
        )
        self._connection.prepare_threshold = 1
        for setting in _SETTINGS:
            self._connection.execute(f"SET {setting}")
        self._tables = [self._look_at(schema, name) for schema, name in self._all(_TABLES)]
        self._sequences = self._all(_SEQUENCES)
        self._changes = self._all(_CHANGES)
        self._written = " UNION ALL ".join(
            f"SELECT {place}, count(*), count(*) FILTER (WHERE {_YOUNG}) FROM {table.quoted} "
            f"HAVING count(*) <> {table.rows} OR count(*) FILTER (WHERE {_YOUNG}) > 0"
            for place, table in enumerate(self._tables)
        )
        self._mark = self._transaction()

    def restore(self) -> bool:
        """Undo what was committed since the last time; False when the database has to be made anew."""
        if self._connection is None:
            return False
        try:
            return self._undo()
        except psycopg.OperationalError:  # the test dropped the database, say
            return False

    def close(self) -> None:
        """Leave the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _undo(self) -> bool:
        self._end_others()
        if self._all(_CHANGES) != self._changes:
            return False
        changed = [
            (self._tables[place], rows, young) for place, rows, young in self._all(self._written, {"mark": self._mark})
        ]
        if sum(rows + young for _, rows, young in changed) > _MOST_ROWS + sum(table.rows for table in self._tables):
            return False
        sequences = self._all(_SEQUENCES)
        if changed or sequences != self._sequences:
            self._put_back([table for table, _, _ in changed], sequences)
            self._mark = self._transaction()
        return True

    def _put_back(self, tables: list[_Table], sequences: list[Any]) -> None:
        assert self._connection is not None
        statements = [f"DELETE FROM {table.quoted} WHERE xmin::text::bigint > {self._mark}" for table in tables]
        statements += [_refill(table) for table in tables if table.rows]
        statements += [
            f"SELECT setval('{name}', {start if kept is None else kept}, {kept is not None})"
            for (name, kept, start), (_, last, _) in zip(self._sequences, sequences, strict=True)
            if last != kept
        ]
        with self._connection.transaction():
            self._connection.execute("; ".join(statements))  # at once: each journey costs as much as its statement

    def _end_others(self) -> None:
        """No transaction of the test outlives it, nor a connection but those spared: nothing is committed later."""
        own = ([*self._own],)
        if self._all(f"SELECT pg_terminate_backend(pid) {_OTHERS}", own):
            while self._all(f"SELECT count(*) {_OTHERS}", own) != [(0,)]:
                pass

    def _look_at(self, schema: str, name: str) -> _Table:
        table = _Table(schema, name, (), 0)
        key = tuple(column for (column,) in self._all(_KEY, (table.quoted,)))
        return replace(table, key=key, rows=self._all(f"SELECT count(*) FROM {table.quoted}")[0][0])

    def _transaction(self) -> int:
        return int(self._all("SELECT pg_current_xact_id()::text::bigint")[0][0])

    def _all(self, statement: str, values: Any = None) -> list[Any]:
        assert self._connection is not None
        return self._connection.execute(statement, values).fetchall()


def _refill(table: _Table) -> str:
    same = " AND ".join(f'there."{column}" = kept."{column}"' for column in table.key) or "false"
    return (
        f"INSERT INTO {table.quoted} SELECT * FROM {table.kept} AS kept "
        f"WHERE NOT EXISTS (SELECT 1 FROM {table.quoted} AS there WHERE {same})"
    )
