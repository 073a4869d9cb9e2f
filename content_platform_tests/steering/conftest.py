"""A database of its own for steering's tests, where outcomes are a table that tests fill."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

import pytest
from sqlalchemy import text

from content_platform.steering.configs import ChannelConfigs
from content_platform.steering.experiments import Experiments
from content_platform.steering.optimizer import Optimizer
from content_platform.steering.outcomes import OutcomeRow
from content_platform.storage.database import Database, upgrade
from content_platform.storage.tables import metadata
from content_platform_tests.steering.synthetic import START

COLUMNS = {
    "story_id": "text", "channel": "text", "config_version": "int", "published_at": "timestamptz",
    "weekday": "int", "hour": "int", "age_days": "int", "impressions": "bigint", "views": "bigint",
    "ctr": "float", "watch_seconds": "float", "average_view_s": "float", "completion": "float",
    "watch_per_impression": "float", "revenue_usd": "numeric", "cost_usd": "numeric",
    "duration_s": "float", "theme": "text", "genre": "text", "series": "text",
    "simulated": "bool", "complete": "bool", "arms": "jsonb", "parameters": "jsonb",
}  # fmt: skip


class Watch:
    """A clock that tests set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session")
def steering_database(migrated_database: Database) -> Iterator[Database]:
    """The current schema in a database of its own, with a table in the place of dbt's view."""
    server = migrated_database.engine
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE steering"))
    own = Database(server.url.set(database="steering"))
    upgrade(own)
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    with own.transaction() as connection:
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS analytics"))
        connection.execute(text(f"CREATE TABLE analytics.story_outcomes ({columns})"))
    yield own
    own.close()


@pytest.fixture
def database(steering_database: Database) -> Iterator[Database]:
    """No rows, for one test alone."""
    own = Database(steering_database.engine.url)
    yield own
    own.close()
    with steering_database.transaction() as connection:
        tables = ", ".join(table.fullname for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {tables}, analytics.story_outcomes RESTART IDENTITY"))


@pytest.fixture
def clock() -> Watch:
    return Watch(START)


@pytest.fixture
def configs(database: Database, clock: Watch) -> ChannelConfigs:
    return ChannelConfigs(database, clock)


@pytest.fixture
def experiments(database: Database, configs: ChannelConfigs, clock: Watch) -> Experiments:
    return Experiments(database, configs, clock)


@pytest.fixture
def optimizer(
    database: Database, configs: ChannelConfigs, experiments: Experiments, clock: Watch
) -> Optimizer:
    return Optimizer(database, configs, experiments, clock)


@pytest.fixture
def report(database: Database) -> Callable[[Sequence[OutcomeRow]], None]:
    """Call it with outcomes to have them in the warehouse."""

    def save(rows: Sequence[OutcomeRow]) -> None:
        names = ", ".join(COLUMNS)
        values = ", ".join(f":{name}" for name in COLUMNS)
        with database.transaction() as connection:
            connection.execute(
                text(f"INSERT INTO analytics.story_outcomes ({names}) VALUES ({values})"),
                [
                    {
                        **asdict(row),
                        "arms": json.dumps(row.arms),
                        "parameters": json.dumps(row.parameters),
                    }
                    for row in rows
                ],
            )

    return save
