"""The schema is brought up to date once and safely; transactions keep all or nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.schema import CreateSchema

from content_platform.errors import BadInput, StorageUnavailable
from content_platform.settings import Settings
from content_platform.storage.database import (
    HEAD,
    Database,
    alembic_config,
    dagster_url,
    open_database,
    pending_migrations,
    schema_version,
    upgrade,
)
from content_platform.storage.postgres import EmbeddedPostgres
from content_platform.storage.tables import SCHEMA, metadata


@pytest.fixture
def empty(postgres_server: EmbeddedPostgres) -> Iterator[Database]:
    """A database without any schema of ours."""
    admin = Database(postgres_server.dagster_url.replace("psycopg2", "psycopg"))
    made = Database(postgres_server.content_url.replace("/content?", "/empty?"))
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE empty"))
        yield made
        made.close()
        connection.execute(text("DROP DATABASE empty WITH (FORCE)"))
    admin.close()


def outside(database: Database) -> Settings:
    """Settings that name the database as an external server's."""
    url = database.engine.url.set(drivername="postgresql")
    return Settings(database_url=SecretStr(url.render_as_string(hide_password=False)))


SHAPE = """
SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'content'::regnamespace
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'content'
UNION ALL
SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, is_identity)
FROM information_schema.columns WHERE table_schema = 'content'
"""


def shape(database: Database) -> set[str]:
    """Every column, constraint and index of the schema, as PostgreSQL describes it."""
    with database.transaction() as connection:
        described = connection.scalars(text(SHAPE)).all()
    return {line for line in described if "alembic_version" not in line}


def test_the_migrations_make_exactly_the_tables(database: Database, empty: Database) -> None:
    with empty.transaction() as connection:
        connection.execute(CreateSchema(SCHEMA))
        metadata.create_all(connection)
    assert shape(database) == shape(empty)


def test_alembic_sees_nothing_left_to_migrate(database: Database) -> None:
    with database.transaction() as connection:
        command.check(alembic_config(connection))


def test_the_known_newest_migration_is_the_newest() -> None:
    assert ScriptDirectory.from_config(alembic_config(None)).get_heads() == [HEAD]


def test_one_of_many_upgrading_at_once_does_it(empty: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: upgrade(empty), range(4)))
    assert sorted(map(len, done)) == [0, 0, 0, len(pending_before_any())]
    assert schema_version(empty) == HEAD
    assert pending_migrations(empty) == []


def pending_before_any() -> list[str]:
    scripts = ScriptDirectory.from_config(alembic_config(None))
    return [script.revision for script in scripts.walk_revisions()]


def test_an_external_database_is_not_upgraded_without_being_asked(empty: Database) -> None:
    with pytest.raises(StorageUnavailable, match="content-platform database upgrade"):
        open_database(outside(empty))
    assert schema_version(empty) is None
    upgrade(empty)
    opened = open_database(outside(empty))
    assert schema_version(opened) == HEAD
    opened.close()


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(text("UPDATE content.alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StorageUnavailable, match=r"9999.*Install the newer version"):
            open_database(outside(database))
    finally:
        with database.transaction() as connection:
            connection.execute(
                text("UPDATE content.alembic_version SET version_num = :head"), {"head": HEAD}
            )


OPEN = """
import json, sys, time
from content_platform.settings import Settings
from content_platform.storage.database import open_database, schema_version
times = []
for _ in range(3):
    begin = time.process_time()
    database = open_database(Settings(data_dir=sys.argv[1]))
    times.append(time.process_time() - begin)
    database.close()
print(json.dumps({"cpu_s": min(times), "modules": sorted(sys.modules)}))
"""


def test_a_current_database_is_opened_fast_and_without_alembic(
    postgres_server: EmbeddedPostgres, database: Database
) -> None:
    data_dir = postgres_server.folder.parent
    command = [sys.executable, "-c", OPEN, str(data_dir)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said = json.loads(done.stdout)
    assert "alembic" not in said["modules"]
    assert said["cpu_s"] < 0.1
    assert done.stderr == ""


def test_the_embedded_database_is_made_and_upgraded_on_first_use(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    try:
        database = open_database(settings)
        assert schema_version(database) == HEAD
        assert "dagster" in dagster_url(settings)
        database.close()
    finally:
        EmbeddedPostgres(tmp_path).stop()


def test_a_transaction_keeps_all_or_nothing(database: Database) -> None:
    insert = text(
        "INSERT INTO content.config_versions VALUES ('a', :n, NULL, 'x', 'y', '{}', '2026-01-01Z')"
    )
    with database.transaction() as connection:
        connection.execute(insert, {"n": 1})

    def fail_in_the_middle() -> None:
        with database.transaction() as connection:
            connection.execute(insert, {"n": 2})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle()
    with database.transaction() as connection:
        kept = connection.scalars(text("SELECT version FROM content.config_versions")).all()
    assert kept == [1]


def test_a_session_that_was_cut_off_is_replaced(database: Database) -> None:
    with database.transaction() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    other = Database(database.engine.url)
    with other.transaction() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other.close()
    with database.transaction() as connection:
        assert connection.scalar(text("SELECT 42")) == 42


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    database = Database("postgresql+psycopg://me:hunter2@127.0.0.1:1/content")
    assert "hunter2" not in repr(database)
    with pytest.raises(StorageUnavailable, match="cannot be reached") as raised:
        schema_version(database)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["nonsense hunter2", "mysql://me:hunter2@host/content", "postgresql://me:hunter2@host"]
)
def test_a_url_that_is_no_postgres_database_is_refused_without_the_password(url: str) -> None:
    with pytest.raises(BadInput, match="CONTENT_DATABASE_URL") as raised:
        open_database(Settings(database_url=SecretStr(url)))
    assert "hunter2" not in str(raised.value)


def test_dagster_has_its_own_database_beside_an_external_one() -> None:
    settings = Settings(
        database_url=SecretStr("postgresql://me:hunter2@host:5433/content?sslmode=require")
    )
    assert dagster_url(settings) == (
        "postgresql+psycopg2://me:hunter2@host:5433/dagster?sslmode=require"
    )
