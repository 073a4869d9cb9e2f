"""The project keeps its own rules: no clock, everything described, one list of parameters."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from content_platform.metrics.collect import reporting_day
from content_platform.metrics.models import SETTLED_AFTER_DAYS
from content_platform.metrics.warehouse import Warehouse, manifest_path, project_dir
from content_platform.settings import Settings
from content_platform.steering.parameters import CATALOGUE
from content_platform.vocabulary import Platform
from content_platform_tests.metrics.world import FIRST_DAY, World, at

CONTRACT = {
    "story_id": "text",
    "channel": "text",
    "config_version": "integer",
    "published_at": "timestamp with time zone",
    "published_day": "date",
    "weekday": "integer",
    "hour": "integer",
    "age_days": "integer",
    "impressions": "bigint",
    "views": "bigint",
    "ctr": "double precision",
    "watch_seconds": "double precision",
    "average_view_s": "double precision",
    "completion": "double precision",
    "watch_per_impression": "double precision",
    "revenue_usd": "numeric",
    "cost_usd": "numeric",
    "profit_usd": "numeric",
    "duration_s": "double precision",
    "theme": "text",
    "genre": "text",
    "series": "text",
    "simulated": "boolean",
    "complete": "boolean",
    "arms": "jsonb",
    "parameters": "jsonb",
}
COLUMNS = """
SELECT attrelid::regclass::text AS relation, attname AS name, format_type(atttypid, NULL) AS type
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'v')
WHERE relnamespace = 'analytics'::regnamespace AND attnum > 0 AND NOT attisdropped
ORDER BY attrelid, attnum
"""


@pytest.fixture(scope="module")
def manifest_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parsed project, from a data folder nothing else was done in."""
    return manifest_path(Settings(data_dir=tmp_path_factory.mktemp("manifest")))


@pytest.fixture(scope="module")
def manifest(manifest_file: Path) -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads(manifest_file.read_text())
    return loaded


def columns_of(warehouse: Warehouse) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in warehouse.query(COLUMNS):
        found.setdefault(row["relation"].removeprefix("analytics."), {})[row["name"]] = row["type"]
    return found


def test_the_learners_view_is_exactly_what_was_agreed(warehouse: Warehouse) -> None:
    warehouse.ensure_views()
    assert columns_of(warehouse)["story_outcomes"] == CONTRACT


def test_every_column_is_described_and_every_described_column_exists(
    warehouse: Warehouse, manifest: dict[str, dict[str, Any]]
) -> None:
    warehouse.build(tests=False)
    described = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            assert node["description"], node["name"]
            told = node["columns"]
            assert all(column["description"] for column in told.values()), node["name"]
            described[str(node["name"])] = set(told)
    assert described == {name: set(columns) for name, columns in columns_of(warehouse).items()}


def test_no_model_looks_at_the_clock() -> None:
    clock = re.compile(
        r"\b(current_date|current_timestamp|localtime\w*|now\(|clock_timestamp)", re.I
    )
    for path in project_dir().rglob("*.sql"):
        assert not clock.search(path.read_text()), path


def test_the_parameters_are_those_that_may_be_learned(warehouse: Warehouse, world: World) -> None:
    world.channel()
    world.story(1, at(FIRST_DAY))
    warehouse.ensure_views()
    [row] = warehouse.query("SELECT parameters FROM story_outcomes")
    assert set(row["parameters"]) == set(CATALOGUE)
    assert None not in row["parameters"].values()


def test_python_and_sql_agree_about_days_and_when_numbers_settle(
    warehouse: Warehouse, world: World
) -> None:
    project = yaml.safe_load((project_dir() / "dbt_project.yml").read_text())
    assert project["vars"]["settled_after_days"] == SETTLED_AFTER_DAYS
    world.channel()
    for hour in (0, 6, 12, 23):
        world.story(
            hour,
            at(FIRST_DAY, hour),
            uploads=tuple((platform, "16x9") for platform in Platform),  # type: ignore[misc]
        )
    warehouse.ensure_views()
    rows = warehouse.query("SELECT platform, published_at, published_day FROM stg_uploads")
    assert len(rows) == 4 * len(Platform)
    for row in rows:
        platform = Platform(row["platform"])
        assert row["published_day"] == reporting_day(row["published_at"], platform), row


def test_the_manifest_is_parsed_once_and_needs_no_database(manifest_file: Path) -> None:
    data_dir = manifest_file.parents[2]
    written = manifest_file.stat().st_mtime_ns
    assert manifest_path(Settings(data_dir=data_dir)) == manifest_file
    assert manifest_file.stat().st_mtime_ns == written
    left = sorted(path.relative_to(data_dir).as_posix() for path in data_dir.glob("*/*"))
    assert left == [f"dbt/{manifest_file.parent.name}"]


def test_sources_lead_to_the_assets_that_fill_them(
    manifest: dict[str, dict[str, Any]],
) -> None:
    keys = {
        source["name"]: source["meta"]["dagster"]["asset_key"]
        for source in manifest["sources"].values()
    }
    assert keys.pop("metric_snapshots") == keys.pop("metric_collections") == ["metrics"]
    assert set(map(tuple, keys.values())) == {("published_catalog",)}


def test_the_project_folder_is_left_as_it_is(warehouse: Warehouse) -> None:
    before = {path: path.stat().st_mtime_ns for path in project_dir().rglob("*")}
    warehouse.build("dim_channels")
    assert {path: path.stat().st_mtime_ns for path in project_dir().rglob("*")} == before
