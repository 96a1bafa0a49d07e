"""The database: declarative base, column types, the session and the one unit of work."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from inspect import iscoroutinefunction
from typing import Annotated, Any, ClassVar

import orjson
import sqlalchemy as sa
from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event, orm
from sqlalchemy.dialects import postgresql, sqlite

from portal.core.enums import LabelledEnum
from portal.core.errors import Conflict, Outdated
from portal.core.i18n import N_
from portal.core.postgresql import ENGINE_OPTIONS as POSTGRESQL_OPTIONS
from portal.core.sqlite import ENGINE_OPTIONS as SQLITE_OPTIONS

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite gives automatic keys to INTEGER columns only.
BigKey = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Key = Annotated[int, orm.mapped_column(BigKey, primary_key=True)]


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant: aware UTC in Python, ``timestamptz`` in PostgreSQL, UTC text in SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime; use portal.core.clock.now()")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumColumn(sa.types.TypeDecorator[LabelledEnum]):
    """A LabelledEnum stored as its English value, so that adding a member needs no migration."""

    impl = sa.String(32)
    cache_ok = True

    def __init__(self, enum: type[LabelledEnum]) -> None:
        super().__init__()
        self.enum = enum
        self._members: dict[str | None, LabelledEnum | None] = {None: None, **{str(each.value): each for each in enum}}

    def process_bind_param(self, value: LabelledEnum | None, dialect: sa.Dialect) -> str | None:
        if value is None:
            return None
        member = value if isinstance(value, self.enum) else self.enum(str(value))
        return str(member._value_)  # what ``value`` gives, without the descriptor that tens of thousands would pay for

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[str | None], LabelledEnum | None]:
        """A look-up and nothing around it: lists read tens of thousands of words."""
        return self._members.__getitem__


class Base(orm.DeclarativeBase):
    """Base of every table."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, dict[str, Any]: sa.JSON, list[Any]: sa.JSON}


class Versioned:
    """Mixin for rows that people edit: a counter that rises with each change and refuses a stale one."""

    version: orm.Mapped[int] = orm.mapped_column(default=1, server_default="1")

    @orm.declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def check_version(self, seen: int | None) -> None:
        """Raise Outdated unless ``seen`` is the version that stands now (None: the caller saw none)."""
        if seen is not None and seen != self.version:
            raise Outdated


class Database(SQLAlchemy):
    """The sessions of an application. The portal has no asynchronous ones, and closing none would start an event loop
    at the end of each request."""

    def init_app(self, app: App) -> None:
        """Register the engines with the application."""
        super().init_app(app)
        app.teardown_appcontext_funcs[:] = [
            closing for closing in app.teardown_appcontext_funcs if not iscoroutinefunction(closing)
        ]


db = Database(session_options={"autoflush": True, "expire_on_commit": False})

_writing: ContextVar[bool] = ContextVar("writing", default=True)


def announce_access(*, write: bool) -> None:
    """Say before the first statement whether the coming transaction may write (SQLite then locks at BEGIN)."""
    _writing.set(write)


def may_write() -> bool:
    """Whether the coming transaction may, as was announced."""
    return _writing.get()


@contextmanager
def unit_of_work() -> Iterator[orm.Session]:
    """Commit when the block returns, roll back when it raises; run the after-commit callbacks last.

    Raises Conflict when a versioned row was changed by somebody else meanwhile.
    """
    session = db.session
    try:
        yield session
        session.commit()
    except orm.exc.StaleDataError as error:
        session.rollback()
        raise Conflict(N_("ほかの人が同時に更新しました。")) from error
    except BaseException:
        session.rollback()
        session.info.pop("after_commit", None)
        raise
    for callback in session.info.pop("after_commit", {}).values():
        callback()


@contextmanager
def write_between_reads() -> Iterator[None]:
    """End the reading transaction, write in a short one of its own, and go on reading.

    On SQLite one connection writes at a time: who holds the lock for longer than it writes keeps all others waiting.
    """
    db.session.commit()
    announce_access(write=True)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        announce_access(write=False)


@contextmanager
def reading() -> Iterator[None]:
    """Read in a transaction of its own that keeps nobody from writing, between others that write."""
    announce_access(write=False)
    try:
        with unit_of_work():
            yield
    finally:
        announce_access(write=True)


def read_rows(select: sa.Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """The rows of a statement over columns, past the session's bookkeeping: for many rows, or on every page."""
    db.session.flush()
    return db.session.connection().execute(select, parameters).all()


def insert_rows(table: sa.FromClause, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add many rows past the session, each with the same columns: COPY on PostgreSQL, one statement for all on SQLite.

    Defaults of the model are not looked at, those of the table are. What the table refuses in a COPY is raised as the
    driver's error, not SQLAlchemy's.
    """
    if not rows:
        return
    db.session.flush()
    connection = db.session.connection()
    names, quoted = list(rows[0]), connection.dialect.identifier_preparer
    values = zip(*(_as_sent(table.c[name], rows, connection.dialect) for name in names), strict=True)
    target = f"{quoted.quote(table.description)} ({', '.join(map(quoted.quote, names))})"
    if not _is_postgresql():
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {target} VALUES ({marks})", list(values))  # noqa: S608
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for each in values:
            copy.write_row(each)


def _as_sent(column: sa.ColumnElement[Any], rows: Sequence[Mapping[str, Any]], dialect: sa.Dialect) -> list[Any]:
    """A column of the rows as the driver takes it."""
    values = [row[column.name] for row in rows]
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else list(map(process, values))


def first_row(model: type[Any], rows: sa.Select[Any], beside: type[Any]) -> tuple[Any, sa.ColumnElement[bool]]:
    """For an outer or inner join: an alias of ``model`` and its condition, which lay one row beside each of ``beside``.

    ``rows`` select the model's in their order, by columns of ``beside``; the first is taken. PostgreSQL looks each up
    by itself only when told so (LATERAL), which SQLite does not know and does not need.
    """
    if _is_postgresql():
        return orm.aliased(model, rows.limit(1).correlate(beside).lateral()), sa.true()
    found = orm.aliased(model)
    return found, found.id == rows.with_only_columns(model.id).limit(1).correlate(beside).scalar_subquery()


def _is_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def write_json(value: Any) -> str:
    """As a JSON column holds it."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def read_json(held: Any) -> Any:
    """What a JSON column holds; a mere number, SQLite keeps as one."""
    return orjson.loads(held) if isinstance(held, str | bytes) else held


def read_texts(held: Iterable[str | None]) -> list[Any]:
    """What many JSON columns hold that were read as text (``sa.cast(column, sa.Text)``), at once; None for none."""
    return list(orjson.loads(f"[{','.join(text or 'null' for text in held)}]"))


def engine_options(url: str) -> dict[str, Any]:
    """With what an engine for the database at that URL is made."""
    options: dict[str, Any] = {"json_serializer": write_json, "json_deserializer": read_json}
    return options | (SQLITE_OPTIONS if url.startswith("sqlite") else POSTGRESQL_OPTIONS)


def after_commit(name: str, callback: Callable[[], object]) -> None:
    """Run ``callback`` once the current unit of work has committed; a name registers only once."""
    db.session.info.setdefault("after_commit", {})[name] = callback


def insert(table: Any) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of the engine in use that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    if _is_postgresql():
        return postgresql.insert(table)
    return sqlite.insert(table)


@event.listens_for(sa.Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if may_write() else "BEGIN")
