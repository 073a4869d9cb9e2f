"""Sensors on a real instance and database: what they ask for, and what a second tick asks for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test
from sqlalchemy import update

from content_platform.orchestration.instance import OWNED_RUN_TAG, OWNER_TAG, this_process
from content_platform.orchestration.partitions import HOT_WINDOW, channels, stories
from content_platform.orchestration.sensors import (
    REVISION_TAG,
    changed_channels,
    days_to_measure,
    due_stories,
    failed_runs,
    lost_runs,
    new_numbers,
    stopped_runs,
    stories_to_archive,
    stories_to_publish,
)
from content_platform.planning.models import SlotStatus
from content_platform.storage.tables import stories as story_rows
from content_platform.stories.models import StoryStatus
from content_platform_tests.orchestration.world import World, runs_of


def test_a_new_channel_and_a_new_cadence_are_planned_at_once_and_only_once(world: World) -> None:
    world.channel("planned")
    first = runs_of(world.tick(changed_channels))
    assert list(first) == [None]
    assert "planned" in world.instance.get_dynamic_partitions(str(channels.name))
    assert isinstance(world.tick(changed_channels), dg.SkipReason)
    world.channel("planned", title="Another title")
    assert isinstance(world.tick(changed_channels), dg.SkipReason)
    world.channel("planned", cadence={"every_minutes": 60})
    second = runs_of(world.tick(changed_channels))
    world.channel("planned", active=False)
    third = runs_of(world.tick(changed_channels))
    assert len({first[None], second[None], third[None]}) == 3


def test_a_due_slot_becomes_one_story_and_one_run_however_often_and_at_once_it_ticks(
    world: World,
) -> None:
    world.channel("slots")
    world.runtime.calendar.refresh(world.runtime.configs.channels())
    with ThreadPoolExecutor(2) as two_daemons:
        ticks = [two_daemons.submit(world.tick, due_stories) for _ in range(4)]
        asked = [
            (key, run_key)
            for tick in ticks
            for key, run_key in runs_of(tick.result()).items()
            if key and key.startswith("slots_")
        ]
    asked += runs_of(world.tick(due_stories)).items()  # type: ignore[arg-type]
    mine = {(key, run_key) for key, run_key in asked if key and key.startswith("slots_")}
    begun = world.runtime.register.stories("slots")
    slots = [
        slot
        for slot in world.runtime.calendar.upcoming("slots")
        if slot.status is SlotStatus.STARTED
    ]
    assert len(begun) == len(slots) == 3
    assert {slot.story_id for slot in slots} == {row.story_id for row in begun}
    assert mine == {(row.story_id, f"{row.story_id}:r{row.revision}") for row in begun}
    assert {row.story_id for row in begun} <= set(
        world.instance.get_dynamic_partitions(str(stories.name))
    )
    for row in begun:  # other tests have the queue for themselves
        world.runtime.register.set_status(row.story_id, StoryStatus.REJECTED)
    world.channel("slots", active=False)


def test_a_story_in_flight_is_not_asked_for_and_a_swamped_machine_gets_no_more(
    world: World,
) -> None:
    world.channel("swamp", cadence={})
    rows = [world.rehearsal("swamp", seed) for seed in range(15)]
    create_run_for_test(
        world.instance,
        job_name="make_story",
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": rows[0].story_id},
    )
    asked = runs_of(world.tick(due_stories))
    assert rows[0].story_id not in asked
    assert len(asked) == 11
    for row in rows:
        world.runtime.register.set_status(row.story_id, StoryStatus.REJECTED)


def test_a_rehearsal_goes_from_its_order_to_its_numbers_by_what_sensors_ask_for(
    world: World,
) -> None:
    world.channel("walk", cadence={})
    story_id = world.rehearsal("walk", 7).story_id
    assert runs_of(world.tick(due_stories)) == {story_id: f"{story_id}:r0"}
    assert world.run("make_story", story_id).success
    assert isinstance(world.tick(due_stories), dg.SkipReason)

    wish = runs_of(world.tick(stories_to_publish))
    assert list(wish) == [story_id]
    assert runs_of(world.tick(stories_to_publish)) == wish  # asked again, it is the same run
    assert world.run("publish_story", story_id).success
    assert world.runtime.register.row(story_id).status is StoryStatus.FINISHED
    assert isinstance(world.tick(stories_to_publish), dg.SkipReason)

    today = world.runtime.clock().date().isoformat()
    due = runs_of(world.tick(days_to_measure))
    assert list(due) == [f"walk|{today}"]
    assert "walk" in world.instance.get_dynamic_partitions(str(channels.name))
    assert world.run("collect_metrics", f"walk|{today}").success
    assert isinstance(world.tick(days_to_measure), dg.SkipReason)

    fresh = runs_of(world.tick(new_numbers))
    assert list(fresh) == [today]
    assert isinstance(world.tick(new_numbers), dg.SkipReason)


def test_stories_long_over_leave_the_graph_and_one_with_a_run_stays(world: World) -> None:
    world.channel("old", cadence={})
    rows = [world.rehearsal("old", seed, publish=False) for seed in range(3)]
    keys = [row.story_id for row in rows]
    world.instance.add_dynamic_partitions(str(stories.name), keys)
    for key in keys:
        world.runtime.register.set_status(key, StoryStatus.FINISHED)
    long_ago = world.runtime.clock() - timedelta(days=HOT_WINDOW.keep_days + 1)
    with world.runtime.database.transaction() as connection:
        connection.execute(
            update(story_rows)
            .where(story_rows.c.story_id.in_(keys[:2]))
            .values(updated_at=long_ago)
        )
    busy = create_run_for_test(
        world.instance,
        job_name="__ASSET_JOB",  # as the UI names the run of an asset that was clicked
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": keys[0]},
    )
    world.tick(stories_to_archive)
    live = set(world.instance.get_dynamic_partitions(str(stories.name)))
    assert [key in live for key in keys] == [True, False, True]
    assert world.runtime.register.row(keys[1]).archived_at is not None
    world.instance.report_run_canceled(busy)
    world.tick(stories_to_archive)
    assert keys[0] not in world.instance.get_dynamic_partitions(str(stories.name))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Where people are notified: a web server that keeps what it is sent."""
    received: list[str] = []

    class Inbox(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.append(f"{body['title']}: {body['message']}")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Inbox) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"json://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("CONTENT_NOTIFY_URLS", json.dumps([address]))
        yield received
        server.shutdown()


def failed_run(
    world: World, key: str, job: str = "make_story", *, error: str = "disk full", **tags: str
) -> None:
    """A run that ended as failed, as the daemon tells the sensor of it."""
    run = create_run_for_test(
        world.instance,
        job_name=job,
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": key, "dagster/max_retries": "0", **tags},
    )
    world.instance.report_run_failed(run, error)
    tell(world, run.run_id)


def tell(world: World, run_id: str) -> None:
    """Tell ``failed_runs`` of the run, as the daemon does."""
    run = world.instance.get_run_by_id(run_id)
    assert run is not None
    [event] = [
        entry.dagster_event
        for entry in world.instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    ]
    assert event is not None
    context = dg.build_run_status_sensor_context(
        sensor_name="failed_runs",
        dagster_instance=world.instance,
        dagster_run=run,
        dagster_event=event,
        partition_key=run.tags.get("dagster/partition"),
    )
    failed_runs(context.for_run_failure())


def test_a_failed_run_fails_its_story_and_people_hear_of_it(world: World, told: list[str]) -> None:
    world.channel("fails", cadence={})
    story_id = world.rehearsal("fails", 1).story_id
    failed_run(world, story_id)
    row = world.runtime.register.row(story_id)
    assert (row.status, row.error) == (StoryStatus.FAILED, "disk full")
    assert told == [f"{story_id} failed: disk full"]


def test_a_run_that_is_started_again_or_was_overtaken_fails_no_story(
    world: World, told: list[str]
) -> None:
    world.channel("again", cadence={})
    story_id = world.rehearsal("again", 1).story_id
    failed_run(world, story_id, **{"dagster/max_retries": "2"})
    assert world.runtime.register.row(story_id).status is StoryStatus.PLANNED
    assert told == []
    overtaken = create_run_for_test(
        world.instance,
        job_name="make_story",
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": story_id, "dagster/max_retries": "0"},
    )
    create_run_for_test(world.instance, job_name="make_story", tags={"dagster/partition": story_id})
    world.instance.report_run_failed(overtaken)
    tell(world, overtaken.run_id)
    assert world.runtime.register.row(story_id).status is StoryStatus.PLANNED
    world.runtime.register.set_status(story_id, StoryStatus.RUNNING)
    world.runtime.register.requeue(story_id)
    failed_run(world, story_id, **{REVISION_TAG: "0"})
    assert world.runtime.register.row(story_id).status is StoryStatus.PLANNED
    world.runtime.register.set_status(story_id, StoryStatus.REJECTED)


def test_a_failed_collection_is_told_and_fails_no_story(world: World, told: list[str]) -> None:
    failed_run(world, "five-minutes|2026-03-10", "collect_metrics", error="credential expired")
    assert told == ["five-minutes|2026-03-10 failed: credential expired"]


def test_a_run_stopped_in_the_ui_does_not_leave_its_story_running(world: World) -> None:
    world.channel("stopped", cadence={})
    story_id = world.rehearsal("stopped", 1).story_id
    run = create_run_for_test(
        world.instance,
        job_name="make_story",
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": story_id},
    )
    event = world.instance.report_run_canceled(run)
    stopped_runs(
        dg.build_run_status_sensor_context(
            sensor_name="stopped_runs",
            dagster_instance=world.instance,
            dagster_run=run,
            dagster_event=event,
        )
    )
    row = world.runtime.register.row(story_id)
    assert (row.status, row.error) == (StoryStatus.FAILED, "stopped in the UI")


def test_a_run_whose_process_is_gone_is_ended_and_a_living_or_foreign_one_is_not(
    world: World,
) -> None:
    world.channel("lost", cadence={})
    story_id = world.rehearsal("lost", 1).story_id
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    host = this_process().partition(":")[0]
    owners = {
        "dead": f"{host}:{dead.pid}-1",
        "reused": f"{host}:{os.getpid()}-1",
        "alive": this_process(),
        "elsewhere": "another-machine:1-1",
    }
    runs = {
        name: create_run_for_test(
            world.instance,
            job_name="make_story",
            status=dg.DagsterRunStatus.STARTED,
            tags={"dagster/partition": story_id, OWNER_TAG: owner},
        ).run_id
        for name, owner in owners.items()
    }
    runs["repeats a dead one"] = create_run_for_test(
        world.instance,
        job_name="make_story",
        tags={OWNER_TAG: owners["dead"], OWNED_RUN_TAG: runs["dead"]},
    ).run_id
    world.tick(lost_runs)
    ended = {
        name
        for name, run_id in runs.items()
        if (run := world.instance.get_run_by_id(run_id)) and run.is_finished
    }
    assert ended == {"dead", "reused"}
    world.runtime.register.set_status(story_id, StoryStatus.REJECTED)
