"""Ordering many stories and looking at the calendar, with the command as a person uses it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from content_platform.cli import calendar, channel, story
from content_platform.errors import BadInput, NotFound
from content_platform.stories.models import StoryOrigin
from content_platform_tests.command import Workplace

TWO_HOURS = """
channel: every-two-hours
title: Every Two Hours
genres: [mystery]
themes: [a lamp that will not go out]
narration:
  voices: {en: am_michael}
cadence: {timezone: Europe/Berlin, every_minutes: 120}
"""


Command = Callable[..., str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    made = Workplace(tmp_path_factory.mktemp("batches"))
    yield made
    made.close()


@pytest.fixture
def run(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Call it with a sub-command's app and arguments; it gives what was printed, or raises."""
    monkeypatch.setenv("CONTENT_DATA_DIR", str(place.data_dir))

    def command(app: typer.Typer, *arguments: str) -> str:
        for console in (story.out, calendar.out):
            monkeypatch.setattr(console, "width", 200)
        ended = CliRunner().invoke(app, arguments)
        if ended.exception is not None:
            raise ended.exception
        return ended.output

    return command


def test_a_batch_is_queued_once_and_a_wrong_one_not_at_all(
    place: Workplace, run: Command, tmp_path: Path
) -> None:
    briefs = tmp_path / "briefs.csv"
    briefs.write_text("channel,theme,seconds,count\nember-wood,a fox in the snow,30,3\n")
    ordered = run(story.app, "make", "--file", str(briefs), "--no-media", "--publish")
    assert "3 stories are queued as batch" in ordered
    assert "`content-platform dev`" in ordered
    again = run(story.app, "make", "--file", str(briefs), "--no-media", "--publish")
    assert "3 were asked for before" in again
    watch = re.search(r"story (list --batch \S+)", ordered)
    assert watch is not None
    assert run(story.app, *watch[1].split()).count("ember-wood_") == 3
    briefs.write_text("channel,seconds\nember-wod,30\nember-wood,9999\n")
    with pytest.raises(BadInput) as wrong:
        run(story.app, "make", "--file", str(briefs))
    assert "line 2: There is no channel 'ember-wod'" in wrong.value.message
    assert "line 3: seconds" in wrong.value.message
    with place.runtime() as runtime:
        rows = runtime.register.waiting(10)
    assert {(row.origin, row.request.media, row.request.publish) for row in rows} == {
        (StoryOrigin.BATCH, False, True)
    }
    assert len(rows) == 3


def test_a_count_and_a_single_story_can_be_left_to_the_daemon(
    place: Workplace, run: Command
) -> None:
    counted = run(story.app, "make", "--count", "4", "--seed", "100", "--no-media")
    assert "4 stories are queued as batch" in counted
    single = run(story.app, "make", "--queue", "--theme", "the last ferry", "--seed", "5")
    assert "1 story is queued." in single
    with place.runtime() as runtime:
        rows = runtime.register.stories(channel="midnight-tales")
    assert sorted(row.request.seed for row in rows) == [5, 100, 101, 102, 103]
    with pytest.raises(BadInput, match="channel 'midnight-tales' has no series 'harbour'"):
        run(story.app, "make", "--series", "harbour", "--queue")
    with pytest.raises(BadInput, match="--file names the wishes"):
        run(story.app, "make", "--file", "briefs.csv", "--theme", "x y z")


def test_the_calendar_is_planned_and_shown_in_local_time(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "every-two-hours.yaml"
    file.write_text(TWO_HOURS)
    run(channel.app, "add", str(file))
    assert "Nothing is planned" in run(calendar.app, "show")
    planned = run(calendar.app, "plan")
    assert "168 slots planned, 0 cancelled, 0 missed; 168 are ahead" in planned
    shown = run(calendar.app, "show", "--channel", "every-two-hours", "--days", "1")
    assert len(re.findall(r"every-two-hours +planned", shown)) == 12
    assert "Europe/Berlin" in shown
    with pytest.raises(NotFound, match="no channel 'nowhere'"):
        run(calendar.app, "show", "--channel", "nowhere")
