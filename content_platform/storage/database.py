"""Connections, transactions and the schema's version.

Belongs here: opening the embedded or an external PostgreSQL, one way to run a transaction, and
bringing the ``content`` schema up to date. Tables are in ``tables.py``, the server's life in
``postgres.py``; no query on a room's table belongs here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from content_platform.errors import BadInput, StorageUnavailable
from content_platform.settings import Settings
from content_platform.storage.postgres import DAGSTER, EmbeddedPostgres

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0013"
"""The newest migration, so that a database that has it is opened without loading Alembic."""

_UPGRADE_LOCK = 0x636F_6E74_656E_7401
"""Key of the advisory lock under which one process at a time migrates."""
_DROP_VIEWS = """
DO $$
DECLARE made text;
BEGIN
    FOR made IN SELECT viewname FROM pg_views WHERE schemaname = 'analytics' LOOP
        EXECUTE format('DROP VIEW IF EXISTS analytics.%I CASCADE', made);
    END LOOP;
END $$
"""
"""PostgreSQL changes no column a view reads; ``Warehouse.ensure_views`` makes them again."""
_DISK_FULL = "53100"
_SERVER_GONE = ("57P01", "57P02", "57P03", "08")


class Database:
    """One database and its pool of connections; threads may share it.

    With ``server`` (the embedded one) a new connection starts the server when it is down, so a
    long-lived process outlives a crash of PostgreSQL.
    """

    def __init__(self, url: str | URL, *, server: EmbeddedPostgres | None = None) -> None:
        self._url = make_url(url)
        self._server = server
        self.engine: Engine = create_engine(
            self._url,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=15,
            connect_args={"connect_timeout": 10, "options": "-c timezone=UTC"},
        )
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        if server is not None:

            @event.listens_for(self.engine, "do_connect")
            def start_server(
                _dialect: object, _record: object, _arguments: object, parameters: dict[str, Any]
            ) -> None:
                parameters["host"] = str(server.start())

    def __repr__(self) -> str:
        return f"Database({self._url.database!r})"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection in a transaction: commits at the end, rolls back on any exception.

        Raises StorageUnavailable when the server cannot be reached, goes away or has no space.
        """
        with self._reachable(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def statement(self) -> Iterator[Connection]:
        """Give a connection for one statement, which is its own transaction: half the round trips.

        Raises StorageUnavailable as above.
        """
        with self._reachable(), self._autocommit.begin() as connection:
            yield connection

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """Give one connection for several transactions (``with connection.begin():``).

        For who holds an advisory lock of the session across them: when the lock is lost, so is
        the connection, and nothing more can be written. Raises StorageUnavailable as above.
        """
        with self._reachable(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            unavailable = self._unavailable(error)
            if unavailable is None:
                raise
            raise unavailable from error

    def close(self) -> None:
        """Give back all connections. The embedded server keeps running for the next command."""
        self.engine.dispose()

    def _unavailable(self, error: DBAPIError) -> StorageUnavailable | None:
        state = getattr(error.orig, "sqlstate", None) or ""
        if state == _DISK_FULL:
            return StorageUnavailable(
                f"The database {self._url.database!r} has no space left on its disk.",
                remedy="Free space there and run the command again; nothing was half-written.",
            )
        lost = state.startswith(_SERVER_GONE) or not state
        if error.connection_invalidated or (isinstance(error, OperationalError) and lost):
            reason = str(error.orig).strip().splitlines()[0].rstrip(".")
            return StorageUnavailable(
                f"The database {self._url.database!r} cannot be reached: {reason}.",
                remedy="Check that the server runs and CONTENT_DATABASE_URL is right, then try again."
                if self._server is None
                else f"Try again; the server's log is {self._server.log}.",
            )
        return None


def open_database(settings: Settings) -> Database:
    """The platform's database, reachable and with the current schema.

    Embedded: starts the server and upgrades the schema when needed. With CONTENT_DATABASE_URL:
    raises StorageUnavailable while migrations are pending. The caller closes what it opened.
    """
    if settings.database_url is None:
        server = EmbeddedPostgres(settings.data_dir)
        database = Database(server.content_url, server=server)
    else:
        database = Database(external_url(settings.database_url.get_secret_value()))
    try:
        if schema_version(database) != HEAD:
            if settings.database_url is None:
                upgrade(database)
            elif pending := pending_migrations(database):
                raise StorageUnavailable(
                    f"The database lacks {len(pending)} migration(s): {', '.join(pending)}.",
                    remedy="Run 'content-platform database upgrade'.",
                )
    except BaseException:
        database.close()
        raise
    return database


def dagster_url(settings: Settings) -> str:
    """The URL of Dagster's own database, ``dagster``, next to ``content``; for psycopg2.

    Starts the embedded server when it is down. Contains the password of an external server.
    """
    if settings.database_url is None:
        return EmbeddedPostgres(settings.data_dir).dagster_url
    url = external_url(settings.database_url.get_secret_value())
    beside = url.set(drivername="postgresql+psycopg2", database=DAGSTER)
    return beside.render_as_string(hide_password=False)


def external_url(text_url: str) -> URL:
    """Read CONTENT_DATABASE_URL; raise BadInput (without repeating its password) when it is wrong."""
    remedy = "Use the form postgresql://user:password@host:5432/content."
    try:
        url = make_url(text_url)
    except Exception:
        raise BadInput("CONTENT_DATABASE_URL is not a database URL.", remedy=remedy) from None
    if url.get_backend_name() not in {"postgresql", "postgres"} or not url.database:
        raise BadInput(
            f"CONTENT_DATABASE_URL names {url.get_backend_name()!r} and database {url.database!r}, "
            "not a PostgreSQL database.",
            remedy=remedy,
        )
    return url.set(drivername="postgresql+psycopg")


def schema_version(database: Database) -> str | None:
    """The last migration the database has; None for an empty one."""
    try:
        with database.transaction() as connection:
            found = connection.scalar(text("SELECT version_num FROM content.alembic_version"))
    except ProgrammingError:  # no such table
        return None
    return None if found is None else str(found)


def pending_migrations(database: Database) -> list[str]:
    """The migrations the database lacks, oldest first.

    Raises StorageUnavailable when the database was made by a newer version of the platform.
    """
    from alembic.script import ScriptDirectory

    versions = [
        script.revision
        for script in ScriptDirectory.from_config(alembic_config(None)).walk_revisions()
    ][::-1]
    current = schema_version(database)
    if current is None:
        return versions
    if current not in versions:
        raise StorageUnavailable(
            f"The database has schema version {current}, this program knows up to {HEAD}.",
            remedy="Install the newer version of content-platform that upgraded it.",
        )
    return versions[versions.index(current) + 1 :]


def upgrade(database: Database) -> list[str]:
    """Run the pending migrations in one transaction and return them; safe from many processes at once."""
    from alembic import command

    with database.transaction() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        pending = pending_migrations(database)
        if pending:
            connection.execute(text(_DROP_VIEWS))
            command.upgrade(alembic_config(connection), "head")
    return pending


def alembic_config(connection: Connection | None) -> Config:
    """Alembic set up for our migrations, to run on ``connection``."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
