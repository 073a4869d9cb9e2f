"""A file of briefs orders all of its stories or none, and the same file again orders nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_platform.errors import BadInput, NotFound
from content_platform.planning.batch import MAX_STORIES, order, read_batch, several
from content_platform.stories.models import StoryOrigin, StoryRequest, StoryStatus
from content_platform.stories.register import StoryRegister
from content_platform.vocabulary import Format
from content_platform_tests.planning.conftest import SetClock

GOOD = """\
channel,theme,Seconds,count,locale,format,media,publish,series,seed,script
# the opening week
night,"a lamp, lit",30,2,en de,16x9;9x16,no,yes,,,

night,,,,,,,,harbour,7,
day,,,,,,,,,,own.txt
"""


def a_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "briefs.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_each_line_is_a_story_in_peoples_words(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("The lamp went out.\n\nMara lit it again, and waited.")
    lamp, again, episode, own = read_batch(a_file(tmp_path, GOOD))
    assert (lamp.theme, lamp.target_seconds, lamp.locales) == ("a lamp, lit", 30, ("en", "de"))
    assert lamp.formats == (Format.LANDSCAPE, Format.PORTRAIT)
    assert (lamp.media, lamp.publish, episode.media, episode.publish) == (False, True, True, False)
    assert again == lamp.model_copy(update={"seed": again.seed})
    assert again.seed != lamp.seed
    assert (episode.series, episode.seed, episode.theme) == ("harbour", 7, None)
    assert own.script is not None
    assert own.script.endswith("and waited.")
    assert own.script_locale == "en"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_spreadsheets_write_it_in_different_ways(
    tmp_path: Path, delimiter: str, start: str
) -> None:
    lines = [["Channel", "theme", "max_seconds"], ["night", "the last door", "40"]]
    content = start + "\r\n".join(delimiter.join(line) for line in lines)
    (request,) = read_batch(a_file(tmp_path, content))
    assert (request.theme, request.max_seconds) == ("the last door", 40)


def test_every_wrong_line_is_named_with_its_value(tmp_path: Path) -> None:
    wrong = (
        "channel,theme,seconds,count,publish,script,style\n"
        "night,fine,30,,,,\n"
        "Night Tales,x,9999,0,maybe,,oil\n"
        "night,fine,30,,,missing.txt,\n"
        "night,fine,30,,,,,,\n"
        ",fine,thirty,,,,\n"
    )
    with pytest.raises(BadInput) as caught:
        read_batch(a_file(tmp_path, wrong))
    said = caught.value.message.splitlines()
    assert "4 wrong lines; nothing was ordered" in said[0]
    lines = {line.split(":")[0].strip(): line for line in said[1:]}
    assert list(lines) == ["line 3", "line 4", "line 5", "line 6"]
    for part in ("'Night Tales'", "'x'", "'9999'", "count", "'maybe'", "style", "'oil'"):
        assert part in lines["line 3"]
    assert "missing.txt" in lines["line 4"]
    assert "9 values" in lines["line 5"]
    assert "channel: Field required" in lines["line 6"]
    assert "'thirty'" in lines["line 6"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        ("channel,theme\n", "asks for no story"),
        ("channel,tehme\nnight,x", "names 'tehme'"),
        ("channel,channel\nnight,x", "a column twice"),
        ('channel,theme\nnight,"never closed', "line 2"),
        (b"channel\n\xff\xfe", "not UTF-8"),
        (f"channel,count\nnight,{MAX_STORIES}\nnight,1\n", "at most 1,000"),
    ],
)
def test_a_file_that_is_no_batch_is_refused(tmp_path: Path, content: str | bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read_batch(a_file(tmp_path, content))


def test_a_check_may_refuse_a_line_and_is_asked_once_for_the_same_wishes(tmp_path: Path) -> None:
    asked: list[StoryRequest] = []

    def check(request: StoryRequest) -> None:
        asked.append(request)
        if request.channel == "day":
            raise NotFound("There is no channel 'day'.", remedy="Channels: night.")

    path = a_file(tmp_path, "channel,count\nnight,3\nday,2\nnight,1\n")
    with pytest.raises(BadInput, match=r"line 3: There is no channel 'day'. Channels: night."):
        read_batch(path, check=check)
    assert [request.channel for request in asked] == ["night", "day"]


def test_defaults_hold_where_a_line_says_nothing(tmp_path: Path) -> None:
    path = a_file(tmp_path, "theme,media\nthe first door,\nthe second door,yes\n")
    first, second = read_batch(path, defaults={"channel": "night", "media": "no"})
    assert (first.channel, first.media, second.media) == ("night", False, True)


@given(st.permutations(["night,3,", "day,1,", "night,2,", "day,4,9", "night,1,9"]))
def test_the_order_of_lines_does_not_change_which_stories_are_asked_for(lines: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        content = "\n".join(["channel,count,seed", *lines])
        found = read_batch(a_file(Path(folder), content))
    assert len({request.model_dump_json() for request in found}) == len(found) == 11
    assert {(r.channel, r.seed) for r in found} >= {("day", 9 + n) for n in range(4)}


def test_a_batch_is_queued_once_however_often_it_is_ordered(
    tmp_path: Path, register: StoryRegister, clock: SetClock
) -> None:
    requests = read_batch(a_file(tmp_path, "channel,count\nnight,3\nday,2\n"))
    batch, rows = order(requests, register=register, clock=clock)
    assert [row.request for row in rows] == requests
    assert {(row.batch, row.origin, row.queued) for row in rows} == {
        (batch, StoryOrigin.BATCH, True)
    }
    assert [row.story_id for row in register.waiting(10)] == sorted(row.story_id for row in rows)
    clock.advance(hours=1)
    register.set_status(rows[0].story_id, StoryStatus.FINISHED)
    with ThreadPoolExecutor(3) as pool:
        again = list(
            pool.map(lambda _: order(requests, register=register, clock=clock)[1], range(3))
        )
    assert {tuple(row.story_id for row in rows) for rows in again} == {
        tuple(row.story_id for row in rows)
    }
    assert len(register.stories(batch=batch)) == len(register.stories()) == 5
    assert register.row(rows[0].story_id).status is StoryStatus.FINISHED
    newer, more = order(requests, register=register, clock=clock, new=True)
    assert newer != batch
    assert len(register.stories(batch=newer)) == len(more) == 5


def test_nothing_is_ordered_when_one_story_cannot_be_stored(
    register: StoryRegister, clock: SetClock
) -> None:
    bad = StoryRequest(channel="night", seed=1, theme="a \0 b")
    with pytest.raises(BadInput, match="NUL"):
        order([StoryRequest(channel="night", seed=2), bad], register=register, clock=clock)
    assert register.stories() == []


def test_a_count_takes_the_seeds_from_the_first_on() -> None:
    seeds = [request.seed for request in several(StoryRequest(channel="a", seed=2**31 - 2), 4)]
    assert seeds == [2**31 - 2, 2**31 - 1, 0, 1]
