import random
from pathlib import Path

import pytest

from content_platform.storage.postgres import EmbeddedPostgres
from content_platform_tests.command import MADE_SEED, MadeStory
from content_platform_tests.faults.kills import Reference, kill_and_retry


@pytest.fixture
def reference(made_story: MadeStory) -> Reference:
    return Reference(made_story.made.seconds, made_story.work.completed)


@pytest.mark.timeout(900)
def test_a_story_killed_twice_is_finished_by_retry_and_nothing_is_done_twice(
    reference: Reference, tmp_path: Path
) -> None:
    try:
        outcome = kill_and_retry(tmp_path, MADE_SEED, reference, random.Random(2), kills=2)
        assert outcome.losses == [], f"killed after {outcome.killed_after_s} s"
    finally:
        EmbeddedPostgres(tmp_path).stop()


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("moment", range(1, 31))
def test_a_story_killed_at_any_moment_is_finished_by_retry(
    moment: int, reference: Reference, tmp_path: Path
) -> None:
    try:
        outcome = kill_and_retry(tmp_path, MADE_SEED, reference, random.Random(moment))
        assert outcome.losses == [], f"killed after {outcome.killed_after_s} s"
    finally:
        EmbeddedPostgres(tmp_path).stop()
