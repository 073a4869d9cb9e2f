"""What a full hot window costs: sensor ticks and the asset graph, at the limit of live stories.

The live stories and their Dagster history are seeded by SQL, copied from one story's real rows; so
are most of the archived ones. A thousand archived stories go the real way.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psutil
from sqlalchemy import create_engine, text

from content_platform.orchestration.instance import open_instance, set_live
from content_platform.orchestration.partitions import HOT_WINDOW, stories
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings
from content_platform.storage.database import dagster_url
from content_platform.storage.postgres import EmbeddedPostgres
from content_platform.stories.models import StoryRequest, StoryStatus

ARCHIVED = 50_000
REALLY_ARCHIVED = 1_000
GRAPH = (
    "{ assetNodes { assetKey { path } partitionStats "
    "{ numPartitions numMaterialized numFailed numMaterializing } } }"
)


def hot_window(data_dir: Path) -> dict[str, object]:
    """CPU-seconds of a sensor tick and of a graph refresh after one new story, at the limit."""
    data_dir.mkdir(parents=True)
    settings = Settings(data_dir=data_dir)
    os.environ["CONTENT_DATA_DIR"] = str(data_dir)
    from content_platform.orchestration.build import build_definitions
    from content_platform.orchestration.sensors import due_stories, stories_to_publish

    with open_runtime(settings) as platform, open_instance(settings) as instance:
        template = _one_story(platform, instance, build_definitions())
        live = [f"ember-wood_20260101_{number:04d}" for number in range(1, HOT_WINDOW.limit)]
        archive = [f"ember-wood_20250101_{number:05d}" for number in range(1, ARCHIVED + 1)]
        _seed_rows(platform, template, live, archived=False)
        _seed_rows(platform, template, archive[REALLY_ARCHIVED:], archived=True)
        _seed_rows(platform, template, archive[:REALLY_ARCHIVED], archived=False)
        instance.add_dynamic_partitions(str(stories.name), [*live, *archive[:REALLY_ARCHIVED]])
        _seed_events(settings, template, [*live, *archive[:REALLY_ARCHIVED]])
        began = time.process_time()
        archived = platform.register.archive(archive[:REALLY_ARCHIVED])
        set_live(instance, archived, live=False)
        per_story_ms = (time.process_time() - began) / max(1, len(archived)) * 1000
        ticks = {
            sensor.name: _tick(sensor, instance) for sensor in (due_stories, stories_to_publish)
        }
        refresh = _graph_refresh(settings, instance)
        back = platform.register.unarchive(archived[:1])
        set_live(instance, back, live=True)
        materialized = instance.get_materialized_partitions(dg.AssetKey("finished_story"))
    EmbeddedPostgres(data_dir).stop()
    return {
        "live_limit": HOT_WINDOW.limit,
        "tick_cpu_s_at_limit": round(max(ticks.values()), 3),
        "graph_refresh_cpu_s_at_limit": round(refresh, 2),
        "archived_really": len(archived),
        "archive_cpu_ms": round(per_story_ms, 1),
        "unarchived_keeps_status": bool(back) and back[0] in materialized,
    }


def _one_story(platform: Runtime, instance: dg.DagsterInstance, defs: dg.Definitions) -> str:
    """A real rehearsal with a materialisation of each story asset: what the others are copied from."""
    row = platform.register.register(
        StoryRequest(channel="ember-wood", seed=1, media=False), new=True
    )
    instance.add_dynamic_partitions(str(stories.name), [row.story_id])
    graph = defs.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        if getattr(graph.get(key).partitions_def, "name", "") == stories.name:
            instance.report_runless_asset_event(
                dg.AssetMaterialization(key, partition=row.story_id)
            )
    platform.register.set_status(row.story_id, StoryStatus.FINISHED, title="A template")
    return row.story_id


def _seed_rows(platform: Runtime, template: str, keys: list[str], *, archived: bool) -> None:
    columns = (
        "channel, request, request_sha256, status, title, error, created_at, updated_at, ready_at"
    )
    long_ago = datetime.now(UTC) - timedelta(days=2)
    with platform.database.transaction() as connection:
        connection.execute(
            text(
                f"INSERT INTO content.stories (story_id, {columns}, archived_at) "
                f"SELECT key, {columns}, :at FROM content.stories, unnest(CAST(:keys AS text[])) key "
                "WHERE story_id = :template"
            ),
            {"at": long_ago if archived else None, "keys": keys, "template": template},
        )


def _seed_events(settings: Settings, template: str, keys: list[str]) -> None:
    """Copies of the template's events for every key, as Dagster would have written them."""
    engine = create_engine(dagster_url(settings))
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO event_logs (run_id, event, dagster_event_type, timestamp, step_key, "
                "asset_key, partition) SELECT run_id, replace(event, :template, key), "
                "dagster_event_type, timestamp, step_key, asset_key, key FROM event_logs, "
                "unnest(CAST(:keys AS text[])) key WHERE partition = :template"
            ),
            {"template": template, "keys": keys},
        )
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _tick(sensor: dg.SensorDefinition, instance: dg.DagsterInstance) -> float:
    """CPU-seconds of a warm tick in this process."""
    for _ in range(2):
        began = time.process_time()
        sensor(dg.build_sensor_context(instance=instance, sensor_name=sensor.name))
        seconds = time.process_time() - began
    return seconds


def _graph_refresh(settings: Settings, instance: dg.DagsterInstance) -> float:
    """CPU-seconds the web server spends on the asset graph after one new story."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "dagster_webserver", "-h", "127.0.0.1", "-p", str(port),
         "-m", "content_platform.definitions", "-m", "content_platform.orchestration.learning"],
        env={**os.environ, "CONTENT_DATA_DIR": str(settings.data_dir)},
    )  # fmt: skip
    try:
        process = psutil.Process(server.pid)
        for _ in range(2):  # the first counts every partition, the second is what a viewer polls
            _ask(port)
        instance.add_dynamic_partitions(str(stories.name), ["ember-wood_20260102_0001"])
        before = process.cpu_times()
        if _ask(port) < HOT_WINDOW.limit - 1:
            raise RuntimeError("the web server does not see the seeded stories")
        after = process.cpu_times()
        return (after.user + after.system) - (before.user + before.system)
    finally:
        server.terminate()
        server.wait(30)


def _ask(port: int) -> int:
    """Ask for every asset's partition counts; how many briefs there are."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql?query=" + urllib.request.quote(GRAPH)
    )
    found = b"the web server does not answer"
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        with suppress(OSError):
            with urllib.request.urlopen(request, timeout=120) as answer:
                found = answer.read()
            if nodes := (json.loads(found).get("data") or {}).get("assetNodes"):
                stats = {tuple(node["assetKey"]["path"]): node["partitionStats"] for node in nodes}
                return int(stats["brief",]["numMaterialized"])
        time.sleep(0.5)
    raise RuntimeError(found[:500].decode())
