"""A few simulated days of the whole loop, and the chart of it."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from content_platform.demo.chart import MARKS, Mark, Panel, chart_png, chart_svg
from content_platform.demo.clock import SimulatedClock
from content_platform.demo.simulation import AFTERMATH_DAYS, SLOTS, Run
from content_platform.demo.worlds import World, live
from content_platform.publishing.models import UploadState
from content_platform.runtime import open_runtime
from content_platform.storage.postgres import EmbeddedPostgres

START = datetime(2026, 3, 20, tzinfo=UTC)
DAYS = 5


@pytest.fixture(scope="module")
def lived() -> Iterator[tuple[World, Run]]:
    """Five days of one channel, learning, with a bad version planted."""
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    world = World(
        folder / "learning", START, DAYS, ("ember-wood",), seed=7, learning=True,
        plant_in="ember-wood",
    )  # fmt: skip
    yield world, live(world)
    EmbeddedPostgres(world.data_dir).stop()
    shutil.rmtree(folder)


def test_every_slot_becomes_a_published_and_measured_story(lived: tuple[World, Run]) -> None:
    _, run = lived
    assert run.stories_begun == run.stories_published == DAYS * len(SLOTS)
    (channel,) = run.channels
    assert len(channel.stories) >= 0.7 * DAYS * len(SLOTS)  # some days are reported very late
    assert all(story.objective > 0 and story.watch_seconds > 0 for story in channel.stories)
    assert [round(story.day % 1, 4) for story in channel.stories[:2]] == pytest.approx(
        [7.5 / 24, 12.5 / 24], abs=0.002
    )


def test_every_version_says_who_made_it_and_why(lived: tuple[World, Run]) -> None:
    _, run = lived
    versions = run.channels[0].versions
    assert [version.parent for version in versions] == [None, *range(1, len(versions))]
    assert all(version.reason and version.author for version in versions)
    assert sum(version.reason.startswith("Planted") for version in versions) == 1


def test_uploads_marts_and_the_learner_are_really_there(lived: tuple[World, Run]) -> None:
    world, run = lived
    with open_runtime(world.settings, clock=SimulatedClock(START + timedelta(days=20))) as platform:
        uploads = platform.uploads.register.newest(limit=100)
        assert {upload.state for upload in uploads} == {UploadState.PUBLISHED}
        assert len({upload.remote_id for upload in uploads}) == len(uploads) == run.stories_begun
        earned = platform.warehouse.query(
            "SELECT count(*) AS n, sum(profit_usd) AS p FROM fct_stories"
        )
        assert earned[0]["n"] == run.stories_begun
        assert earned[0]["p"] > 0
        advised = platform.warehouse.query(
            "SELECT count(*) AS n FROM content.recommendations WHERE reason <> ''"
        )
        assert advised[0]["n"] == DAYS - 1


def test_the_simulated_days_are_over_when_they_should_be(lived: tuple[World, Run]) -> None:
    world, run = lived
    assert run.start == world.start
    with open_runtime(world.settings) as platform:
        newest = platform.warehouse.query(
            "SELECT max(observed_at) AS at FROM content.metric_snapshots"
        )
    assert START < newest[0]["at"] < START + timedelta(days=DAYS + AFTERMATH_DAYS)


def test_a_simulated_clock_only_goes_forwards() -> None:
    clock = SimulatedClock(START)
    clock.move_to(START + timedelta(hours=1))
    clock.move_to(START)
    assert clock() == START + timedelta(hours=1)


def test_the_chart_shows_every_series_and_mark() -> None:
    marks = tuple(Mark(day, index + 2, kind) for index, (kind, day) in enumerate(
        zip(MARKS, (3.0, 8.0, 12.0, 17.0), strict=True)
    ))  # fmt: skip
    days = tuple((day + 0.5, 1 + day / 20) for day in range(20))
    panels = [Panel("Ember & Wood <1>", days, tuple((d, 1.0) for d, _ in days), marks)]
    svg = chart_svg("What 20 days taught", "simulated", "watched s", panels, 20)
    assert ElementTree.fromstring(svg) is not None
    for words in ("Ember &amp; Wood &lt;1&gt;", "simulated", "v2", "v5", "day 20"):
        assert words in svg
    with Image.open(io.BytesIO(chart_png(svg))) as picture:
        pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    for colour in ("#4f43dd", "#98a2b3", *MARKS.values()):
        rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert (np.abs(pixels.astype(int) - rgb).max(axis=1) < 8).sum() > 100, colour
