import time
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus

from content_platform.orchestration.partitions import stories
from content_platform.settings import Settings
from content_platform.storage.postgres import EmbeddedPostgres
from content_platform.stories.models import StoryRequest, StoryStatus
from content_platform_tests.faults.loop import POLL_S, Dev, kill_the_loop, through_the_loop
from content_platform_tests.orchestration.test_outcomes import BLOCKED
from content_platform_tests.orchestration.world import opened


@pytest.mark.timeout(900)
def test_a_daemon_makes_and_publishes_what_is_queued(tmp_path: Path) -> None:
    try:
        batch = through_the_loop(tmp_path, rehearsals=1, patience_s=800)
    finally:
        EmbeddedPostgres(tmp_path).stop()
    assert batch.notes == []
    assert (batch.lost, batch.duplicates) == (0, 0)


BACKFILL = """
mutation Backfill($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""
STORIES = {
    "partitionSetName": "make_story_partition_set",
    "repositorySelector": {
        "repositoryName": "__repository__",
        "repositoryLocationName": "content_platform.definitions",
    },
}


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_backfill_from_the_ui_makes_what_it_may_and_leaves_the_rejected_missing(
    tmp_path: Path,
) -> None:
    dev = Dev(tmp_path)
    with opened(Settings(data_dir=tmp_path)) as world:
        world.channel("backfilled", cadence={})
        requests = [
            StoryRequest(channel="backfilled", seed=seed, media=False, script=script)
            for seed, script in ((1, None), (2, BLOCKED))
        ]
        told, refused = (world.runtime.register.register(request).story_id for request in requests)
        world.instance.add_dynamic_partitions(str(stories.name), [told, refused])

        def backfill(*keys: str) -> BulkActionStatus:
            params = {"selector": STORIES, "partitionNames": keys, "fromFailure": False, "tags": []}
            answer = dev.ask(BACKFILL, params=params)["launchPartitionBackfill"]
            assert answer["__typename"] == "LaunchBackfillSuccess", answer
            ends = time.monotonic() + 300
            while time.monotonic() < ends:
                found = world.instance.get_backfill(answer["backfillId"])
                assert found is not None
                if found.status is not BulkActionStatus.REQUESTED:
                    return found.status
                time.sleep(POLL_S)
            raise AssertionError("the backfill does not end")

        try:
            dev.start()
            # Twice: the second is what a person asks for who sees that one is still missing.
            for keys in ((told, refused), (refused,)):
                assert backfill(*keys) is BulkActionStatus.COMPLETED_SUCCESS
                status = world.runtime.register.row(refused).status
                assert status is StoryStatus.REJECTED
                made = world.instance.get_materialized_partitions(dg.AssetKey("story_gate"))
                assert made == {told}
            assert world.runtime.register.row(told).status is StoryStatus.FINISHED
        finally:
            dev.stop()
    EmbeddedPostgres(tmp_path).stop()


@pytest.mark.soak
@pytest.mark.timeout(3700)
def test_killed_daemons_servers_and_workers_lose_nothing_and_do_nothing_twice(
    tmp_path: Path,
) -> None:
    figures = kill_the_loop(tmp_path)
    assert figures["notes"] == []
    assert (figures["faults"], figures["duplicates"], figures["lost"]) == (3, 0, 0)
