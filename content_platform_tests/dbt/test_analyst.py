"""Analysts read the analytics and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from content_platform.metrics.warehouse import SCHEMA, Warehouse
from content_platform.settings import Settings
from content_platform.storage.database import (
    HEAD,
    Database,
    alembic_config,
    pending_migrations,
    schema_version,
    upgrade,
)
from content_platform.storage.postgres import EmbeddedPostgres
from content_platform_tests.metrics.world import FIRST_DAY, World, at


def as_analyst(database: Database, statement: str) -> int:
    with database.transaction() as connection:
        connection.execute(text("SET LOCAL ROLE analyst"))
        return len(connection.execute(text(statement)).all())


def test_analysts_read_every_model(warehouse: Warehouse, world: World) -> None:
    world.channel()
    world.story(1, at(FIRST_DAY))
    warehouse.build(tests=False)
    names = warehouse.query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'analytics'::regnamespace "
        "AND relkind IN ('r', 'v')"
    )
    assert len(names) >= 30
    for name in names:
        as_analyst(world.database, f"SELECT * FROM {SCHEMA}.{name['relname']}")
    assert as_analyst(world.database, f"SELECT * FROM {SCHEMA}.fct_stories") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM content.stories",
        "SELECT * FROM content.uploads",
        "UPDATE analytics.fct_stories SET views = 1",
        "DELETE FROM analytics.fct_stories",
        "CREATE TABLE analytics.mine (n int)",
        "CREATE TABLE public.mine (n int)",
        "CREATE SCHEMA mine",
        "DROP VIEW analytics.story_outcomes",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_analysts_do_nothing_else(warehouse: Warehouse, database: Database, statement: str) -> None:
    if warehouse.query("SELECT to_regclass('fct_stories') IS NULL AS missing")[0]["missing"]:
        warehouse.build(tests=False)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        as_analyst(database, statement)


def test_where_roles_may_not_be_made_everything_else_is(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path)
    admin = Database(server.content_url)
    try:
        with admin.transaction() as connection:
            connection.execute(text("CREATE ROLE modest LOGIN"))
            connection.execute(text("GRANT CREATE ON DATABASE content TO modest"))
        modest = Database(admin.engine.url.set(username="modest"))
        upgrade(modest)
        assert schema_version(modest) == HEAD
        warehouse = Warehouse(Settings(data_dir=tmp_path), modest)
        warehouse.ensure_views()
        assert warehouse.query("SELECT rolname FROM pg_roles WHERE rolname = 'analyst'") == []
        with admin.transaction() as connection:
            connection.execute(text("CREATE ROLE analyst NOLOGIN"))
        warehouse.build("story_outcomes", tests=False)
        assert as_analyst(admin, "SELECT * FROM analytics.story_outcomes") == 0
        modest.close()
    finally:
        admin.close()
        server.stop()


def test_views_do_not_stand_in_the_way_of_a_migration(
    warehouse: Warehouse, database: Database
) -> None:
    warehouse.ensure_views()
    with database.transaction() as connection:
        command.downgrade(alembic_config(connection), "-1")
    pending = pending_migrations(database)
    assert len(pending) == 1
    assert upgrade(database) == pending
    assert warehouse.query("SELECT viewname FROM pg_views WHERE schemaname = 'analytics'") == []
    warehouse.ensure_views()
    assert warehouse.query("SELECT * FROM story_outcomes") == []
