from pathlib import Path

import pytest

from content_platform.storage.postgres import EmbeddedPostgres
from content_platform_tests.faults.loop import kill_the_loop, through_the_loop


@pytest.mark.timeout(900)
def test_a_daemon_makes_and_publishes_what_is_queued(tmp_path: Path) -> None:
    try:
        batch = through_the_loop(tmp_path, rehearsals=2, patience_s=800)
    finally:
        EmbeddedPostgres(tmp_path).stop()
    assert batch.notes == []
    assert (batch.lost, batch.duplicates) == (0, 0)


@pytest.mark.soak
@pytest.mark.timeout(3700)
def test_killed_daemons_servers_and_workers_lose_nothing_and_do_nothing_twice(
    tmp_path: Path,
) -> None:
    figures = kill_the_loop(tmp_path)
    assert figures["notes"] == []
    assert (figures["faults"], figures["duplicates"], figures["lost"]) == (3, 0, 0)
