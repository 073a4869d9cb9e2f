"""Fixtures every room's tests may use. Storage first, then the provider pipeline's."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from content_platform.clock import Clock, utc_now
from content_platform.providers.models import Provider
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database, upgrade
from content_platform.storage.postgres import EmbeddedPostgres
from content_platform.storage.records import RecordStore

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """One embedded server for the whole test run, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="content-tests-"))
    server = EmbeddedPostgres(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def database_maker(postgres_server: EmbeddedPostgres) -> Iterator[Database]:
    """A connection that makes databases; the migrated ``content`` is what they are copied from."""
    migrated = Database(postgres_server.content_url)
    upgrade(migrated)
    migrated.close()
    maker = Database(postgres_server.dagster_url.replace("psycopg2", "psycopg"))
    with maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        # Nothing here has to outlive a power cut, and every new database would wait for the disk.
        admin.execute(text("ALTER SYSTEM SET fsync = off"))
        admin.execute(text("SELECT pg_reload_conf()"))
    yield maker
    maker.close()


@pytest.fixture
def database(postgres_server: EmbeddedPostgres, database_maker: Database) -> Iterator[Database]:
    """An empty database with the current schema, for one test alone."""
    name = f"test_{next(_numbers)}"
    with database_maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        admin.execute(text(f"CREATE DATABASE {name} TEMPLATE content STRATEGY FILE_COPY"))
        own = Database(postgres_server.content_url.replace("/content?", f"/{name}?"))
        yield own
        own.close()
        admin.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def records(database: Database) -> RecordStore:
    """The record store on this test's database."""
    return RecordStore(database)


@pytest.fixture
def media(tmp_path: Path) -> LocalMediaStore:
    """A local media store for this test alone."""
    return LocalMediaStore(tmp_path / "media")


@pytest.fixture
def pipeline_with(
    database: Database, media: LocalMediaStore, tmp_path: Path
) -> Iterator[Callable[..., Pipeline]]:
    """Call it with providers to get a pipeline on this test's database and media store."""
    made: list[Pipeline] = []

    def make(*providers: Provider, lease_s: float = 30, clock: Clock = utc_now) -> Pipeline:
        made.append(
            Pipeline(
                database,
                media,
                providers,
                clock=clock,
                scratch_dir=tmp_path / "scratch",
                lease_s=lease_s,
            )
        )
        return made[-1]

    yield make
    for pipeline in made:
        pipeline.close()
