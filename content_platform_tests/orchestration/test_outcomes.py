"""Rejected, deferred and failed: run, partition, check, command line and database say the same."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace

import dagster as dg
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value

from content_platform.clock import utc_now
from content_platform.orchestration.partitions import stories
from content_platform.orchestration.sensors import stories_to_publish
from content_platform.providers.pipeline import Pipeline
from content_platform.publishing.models import UploadState
from content_platform.stories.models import StoryStatus
from content_platform_tests.command import Workplace
from content_platform_tests.orchestration.test_sensors import tell
from content_platform_tests.orchestration.world import World, definitions, runs_of

BLOCKED = "She told them how to build a pipe bomb in the cellar. They did it.\n"


def partition(world: World, asset: str, story_id: str) -> str:
    """The partition's status as the UI shows it: missing, materialized or failed."""
    value = get_and_update_asset_status_cache_value(world.instance, dg.AssetKey(asset), stories)
    if value is None:  # of an asset no partition of which was ever touched
        return "missing"
    if story_id in value.deserialize_failed_partition_subsets(stories).get_partition_keys():
        return "failed"
    done = value.deserialize_materialized_partition_subsets(stories).get_partition_keys()
    return "materialized" if story_id in done else "missing"


def left_failed(world: World) -> str:
    """What the standing check says: empty when no story is left failed."""
    result = (
        definitions()
        .resolve_implicit_global_asset_job_def()
        .execute_in_process(
            instance=world.instance, asset_selection=[dg.AssetKey("published_catalog")]
        )
    )
    [check] = [
        found
        for found in result.get_asset_check_evaluations()
        if found.check_name == "no_story_is_left_failed"
    ]
    return "" if check.passed else check.description or "failed"


def told(workplace: Workplace, story_id: str) -> Mapping[str, str]:
    """What the command line says of the story."""
    listed = workplace.run("story", "list")
    [line] = [line for line in listed.out.splitlines() if story_id in line]
    return {"list": line, "show": workplace.run("story", "show", story_id).out}


def uploads_of(world: World, story_id: str) -> list[UploadState]:
    return [upload.state for upload in world.runtime.uploads.register.of_story(story_id)]


def test_a_rejected_story_is_missing_on_purpose_and_nothing_publishes_it(
    world: World, workplace: Workplace
) -> None:
    world.channel("rejects", cadence={})
    story_id = world.rehearsal("rejects", 1, script=BLOCKED).story_id
    assert world.run("make_story", story_id).success
    alone = world.run("publish_story", story_id, asset_selection=[dg.AssetKey("uploads")])
    assert alone.success
    assert uploads_of(world, story_id) == []
    assert isinstance(world.tick(stories_to_publish), dg.SkipReason)
    row = world.runtime.register.row(story_id)
    assert row.status is StoryStatus.REJECTED
    assert "weapons" in row.error
    assert partition(world, "story_verdict", story_id) == "materialized"
    for asset in ("story_gate", "finished_story", "clearance", "uploads"):
        assert partition(world, asset, story_id) == "missing", asset
    assert story_id not in left_failed(world)
    said = told(workplace, story_id)
    assert "rejected" in said["list"]
    assert "weapons" in said["show"]
    # A backfill of what is missing goes through the job, and comes to the same end.
    assert world.run("make_story", story_id).success
    assert world.runtime.register.row(story_id).status is StoryStatus.REJECTED


def test_a_story_over_the_quota_waits_and_goes_out_when_its_moment_comes(
    world: World, workplace: Workplace
) -> None:
    world.channel("waits", cadence={})
    world.runtime.sandbox.configure("waits", uploads_per_day=1)
    first, second = (world.rehearsal("waits", seed).story_id for seed in (1, 2))
    for story_id in (first, second):
        assert world.run("make_story", story_id).success
        assert world.run("publish_story", story_id).success
    assert uploads_of(world, first) == [UploadState.PUBLISHED]
    assert uploads_of(world, second) == [UploadState.DEFERRED]
    row = world.runtime.register.row(second)
    assert row.status is StoryStatus.DEFERRED
    assert row.resume_at is not None
    assert row.resume_at > world.runtime.clock()
    assert partition(world, "uploads", second) == "materialized"
    assert second not in left_failed(world)
    said = told(workplace, second)
    assert "deferred" in said["list"]
    assert "quota" in said["show"].lower() or "uploads" in said["show"].lower()
    assert isinstance(world.tick(stories_to_publish), dg.SkipReason)

    wait = row.resume_at - world.runtime.clock()
    later = replace(world.runtime, clock=lambda: utc_now() + wait)
    assert {upload.story_id for upload in later.uploads.due()} == {second}
    assert world.run("publish_story", second, resources={"runtime": later}).success
    assert uploads_of(world, second) == [UploadState.PUBLISHED]
    assert world.runtime.register.row(second).status is StoryStatus.FINISHED


def test_a_story_no_provider_can_make_is_failed_everywhere_until_it_is_made(
    world: World, workplace: Workplace
) -> None:
    world.channel("breaks", cadence={})
    story_id = world.rehearsal("breaks", 1).story_id
    runtime = world.runtime
    with closing(
        Pipeline(
            runtime.database,
            runtime.media,
            [],
            clock=runtime.clock,
            scratch_dir=runtime.settings.scratch_dir,
        )
    ) as nobody:
        broken = {"runtime": replace(runtime, pipeline=nobody)}
        result = world.run("make_story", story_id, resources=broken)
    assert not result.success
    run = world.instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.status is dg.DagsterRunStatus.FAILURE
    tell(world, result.run_id)
    row = runtime.register.row(story_id)
    assert row.status is StoryStatus.FAILED
    assert row.error
    assert partition(world, "story", story_id) == "failed"
    assert partition(world, "brief", story_id) == "materialized"
    assert f"{story_id}: {row.error}"[:60] in left_failed(world)
    said = told(workplace, story_id)
    assert "failed" in said["list"]
    assert row.error.split(".")[0][:40] in " ".join(said["show"].split())
    assert story_id not in runs_of(world.tick(stories_to_publish))

    assert world.run("make_story", story_id).success
    assert runtime.register.row(story_id).status is StoryStatus.FINISHED
    assert partition(world, "story", story_id) == "materialized"
    assert story_id not in left_failed(world)
