"""A warehouse on the test's database, and a world to put into it."""

from __future__ import annotations

import pytest

from content_platform.metrics.warehouse import Warehouse
from content_platform.settings import Settings
from content_platform.storage.database import Database
from content_platform_tests.metrics.world import World


@pytest.fixture(scope="session")
def warehouse_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("warehouse"))


@pytest.fixture
def warehouse(database: Database, warehouse_settings: Settings) -> Warehouse:
    return Warehouse(warehouse_settings, database)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)
