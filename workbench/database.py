"""One metadata, one way to open a database, one way to read and one way to write.

Every act is one short writing transaction. On SQLite it begins with ``BEGIN IMMEDIATE``: a transaction that reads first
and writes later would fail when somebody else wrote in between.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Engine,
    MetaData,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from alembic.config import Config

try:
    from pysqlite3 import dbapi2 as sqlite_module
except ImportError:
    sqlite_module = sqlite3

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SAFE_WAL = (3, 51, 3)
"""SQLite before this can damage a file in WAL mode when one connection commits while another checkpoints."""

PRAGMAS = {
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": "5000",
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
    "mmap_size": "0",
}
MIGRATIONS = Path(__file__).with_name("migrations")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, stored as whole milliseconds so that both databases compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return milliseconds since 1970; a moment without a zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone.")
        return (value - EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        return None if value is None else EPOCH + timedelta(milliseconds=value)


class Rider(Protocol):
    """What goes along with every write of a request: see :mod:`workbench.web`."""

    def before(self) -> None:
        """Act before the transaction begins."""

    def within(self, db: Connection) -> None:
        """Act first within it."""


RIDER: ContextVar[Rider | None] = ContextVar("rider", default=None)


def now() -> datetime:
    """Return this moment in UTC, in the milliseconds that the database keeps."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def journal_mode(version: tuple[int, ...]) -> str:
    """Return the journal mode that is safe for a version of SQLite."""
    return "WAL" if version >= SAFE_WAL else "TRUNCATE"


def sqlite_version() -> str:
    """Return the version of SQLite in use."""
    return str(sqlite_module.sqlite_version)


def engine(url: str) -> Engine:
    """Return an engine for ``sqlite:///file`` or ``postgresql+psycopg://…``."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, sqlite_module)
    made = create_engine(url, pool_pre_ping=True)
    event.listen(made, "begin", _mark_reading)
    return made


def _sqlite(url: str, module: ModuleType) -> Engine:
    made = create_engine(url, module=module)
    mode = journal_mode(tuple(int(part) for part in module.sqlite_version.split(".")))

    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for name, value in {"journal_mode": mode, **PRAGMAS}.items():
            connection.execute(f"PRAGMA {name}={value}")

    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    event.listen(made, "connect", connected)
    event.listen(made, "begin", begin)
    return made


def _mark_reading(connection: Connection) -> None:
    if not connection.get_execution_options().get("writing", False):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open the one transaction of an act: all of it is stored, or nothing."""
    rider = RIDER.get()
    if rider:
        rider.before()
    with engine.connect().execution_options(writing=True) as db, db.begin():
        if rider:
            rider.within(db)
        yield db


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection that sees one state of the database and cannot write."""
    with engine.connect() as db:
        yield db


def insert_once(db: Connection, table: Table, **values: object) -> bool:
    """Insert a row unless one with its key is there; return whether it was new."""
    dialect = sqlite if db.dialect.name == "sqlite" else postgresql
    return db.execute(dialect.insert(table).values(**values).on_conflict_do_nothing()).rowcount == 1


def migrations() -> "Config":
    """Return Alembic's settings; there is no alembic.ini, so that a wheel carries all it needs."""
    from alembic.config import Config  # half a second to import: only when migrating

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def migrate(url: str, to: str = "head") -> None:
    """Bring a database to the newest form in one transaction: a failed upgrade leaves it as it was."""
    from alembic import command

    made = engine(url)
    try:
        with transaction(made) as db:
            config = migrations()
            config.attributes["connection"] = db
            command.upgrade(config, to)
    finally:
        made.dispose()
