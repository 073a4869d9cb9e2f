"""Fixtures every room's tests may use. Storage first, then the provider pipeline's."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from xdist.scheduler import LoadScopeScheduling

from content_platform.clock import Clock, utc_now
from content_platform.providers.models import Provider
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database, upgrade
from content_platform.storage.postgres import EmbeddedPostgres
from content_platform.storage.records import RecordStore
from content_platform.storage.tables import metadata
from content_platform_tests.command import MADE_SEED, SHORT, MadeStory, Workplace

ROOT = Path(__file__).parents[1]


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
def migrated_database(postgres_server: EmbeddedPostgres) -> Iterator[Database]:
    """The server's ``content`` database with the current schema; what a test leaves in it is removed."""
    migrated = Database(postgres_server.content_url)
    with migrated.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Nothing here has to outlive a power cut, and emptying the tables would wait for the disk.
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    upgrade(migrated)
    yield migrated
    migrated.close()


EMPTIED = f"""
LOCK TABLE {", ".join(table.fullname for table in metadata.sorted_tables)};
SET LOCAL session_replication_role = replica;
DO $$
DECLARE used record; found boolean;
BEGIN
    FOR used IN SELECT unnest(array{[table.fullname for table in metadata.sorted_tables]}) AS name LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', used.name) INTO found;
        IF found THEN
            EXECUTE format('DELETE FROM %s', used.name);
        END IF;
    END LOOP;
    FOR used IN SELECT format('%I.%I', schemaname, sequencename) AS name
                FROM pg_sequences WHERE schemaname = 'content' AND last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %s RESTART', used.name);
    END LOOP;
END $$;
SET LOCAL session_replication_role = origin
"""
"""Takes out all rows, as TRUNCATE does: what other sessions still do is awaited, no trigger is asked,
numbers begin at one. For tables of a few rows it takes a tenth of the time."""


@pytest.fixture
def database(migrated_database: Database) -> Iterator[Database]:
    """A database with the current schema and no rows, for one test alone; about 10 ms."""
    own = Database(migrated_database.engine.url)
    yield own
    own.close()
    with migrated_database.transaction() as connection:
        # Sessions of threads and processes the test left behind would block the next statement.
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            )
        )
        connection.execute(text(EMPTIED))
        connection.execute(text("DROP SCHEMA IF EXISTS sandbox CASCADE"))


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

    def make(
        *providers: Provider, lease_s: float = 30, clock: Clock = utc_now, **more: Any
    ) -> Pipeline:
        made.append(
            Pipeline(
                database,
                media,
                providers,
                clock=clock,
                scratch_dir=tmp_path / "scratch",
                lease_s=lease_s,
                **more,
            )
        )
        return made[-1]

    yield make
    for pipeline in made:
        pipeline.close()


LONGEST_FIRST = ("made story", "faults", "warehouse", "orchestration", "video", "imagery")
"""Groups and folders whose files last longest: begun last, they would run on alone."""


@functools.cache
def group_of(file: str) -> str:
    """The tests one worker takes together: a file's, and those of files that share what is dear.

    Making the story that some look at is the dearest fixture there is. Those who build the warehouse
    load and parse dbt once.
    """
    if "made_story" in (ROOT / file).read_text("utf-8"):
        return "made story"
    return "warehouse" if Path(file).parent.name in {"dbt", "demo"} else file


class WholeFiles(LoadScopeScheduling):
    """Gives each worker whole groups of tests."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.split("::", 1)[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles:
    """What `pytest -n` shares out the tests with."""
    return WholeFiles(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest groups first."""

    def place(item: pytest.Item) -> int:
        group = group_of(item.nodeid.split("::", 1)[0])
        found = (n for n, part in enumerate(LONGEST_FIRST) if part in group)
        return next(found, len(LONGEST_FIRST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def made_story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeStory]:
    """One finished story for the whole test run; a test that disturbs it leaves it finished."""
    place = Workplace(tmp_path_factory.mktemp("made story ♪"))
    wishes = (*SHORT, "--seed", str(MADE_SEED))
    made = place.run("story", "make", *wishes)
    assert made.code == 0, made.out + made.err
    with place.runtime() as runtime:
        story_id = runtime.register.stories()[0].story_id
    yield MadeStory(place, wishes, story_id, made, place.work())
    place.close()
