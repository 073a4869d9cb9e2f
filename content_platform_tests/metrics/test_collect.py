"""Days are asked for as often as one likes; unknown stays unknown, and the last word holds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from random import Random
from time import process_time

import pytest
from pydantic import ValidationError

from content_platform.errors import BadInput
from content_platform.metrics.collect import (
    CollectionFailed,
    collect_day,
    collect_days,
    reporting_day,
    revenue_of,
)
from content_platform.metrics.models import CollectionOutcome, MetricCollection, MetricSnapshot
from content_platform.publishing.models import UploadState
from content_platform.storage.database import Database
from content_platform.stories.models import StoryRow
from content_platform.vocabulary import Format, Platform
from content_platform_tests.metrics.world import (
    CHANNEL,
    FIRST_DAY,
    Late,
    Told,
    World,
    at,
    day_after,
    numbers,
)

Asker = Callable[[int], list[MetricCollection]]


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    made.channel()
    return made


def snapshots(world: World) -> list[MetricSnapshot]:
    return world.records.find(MetricSnapshot)


def test_a_day_without_numbers_is_empty_and_not_zero(world: World) -> None:
    world.story(1, at(FIRST_DAY, 18))
    source = Told()
    [asked] = collect_day(
        world.database, CHANNEL, FIRST_DAY, {source.platform: source}, at(day_after(1))
    )
    assert asked.outcome == CollectionOutcome.EMPTY
    assert (asked.videos_live, asked.videos_reported) == (1, 0)
    assert snapshots(world) == []
    earned = revenue_of(world.database, CHANNEL, FIRST_DAY)
    assert earned.revenue_usd is None
    assert earned.provisional


def test_a_zero_is_kept_as_a_zero_and_an_unknown_number_as_unknown(world: World) -> None:
    story = world.story(1, at(FIRST_DAY, 18))
    source = Told()
    source.say(story, FIRST_DAY, numbers(0, impressions=None, retention=None))
    collect_day(world.database, CHANNEL, FIRST_DAY, {source.platform: source}, at(day_after(1)))
    [kept] = snapshots(world)
    assert kept.views == 0
    assert kept.revenue_usd == 0
    assert kept.impressions is None
    assert kept.retention is None


def test_only_new_numbers_make_a_new_snapshot(world: World) -> None:
    story = world.story(1, at(FIRST_DAY, 18))
    source = Told()

    def ask(day: int) -> MetricCollection:
        [asked] = collect_day(
            world.database, CHANNEL, FIRST_DAY, {source.platform: source}, at(day_after(day))
        )
        return asked

    source.say(story, FIRST_DAY, numbers(100, revenue_usd=Decimal("0.1234567")))
    ask(1)
    assert ask(2).outcome == CollectionOutcome.REPORTED
    assert [kept.observed_at for kept in snapshots(world)] == [at(day_after(1))]
    source.say(story, FIRST_DAY, numbers(120))
    ask(3)
    source.say(story, FIRST_DAY, numbers(100))
    ask(4)
    assert [kept.views for kept in snapshots(world)] == [100, 120, 100]
    [row] = world.records.find(MetricCollection)
    assert row.observed_at == at(day_after(4))


def test_the_last_answer_holds_in_whatever_order_answers_are_saved(database: Database) -> None:
    world = World(database)
    world.channel()
    said = {1: 100, 2: 120, 3: 100, 4: 100}
    for number, order in enumerate(permutations(said)):
        story = world.story(number, at(FIRST_DAY, 18), channel=CHANNEL)
        for asked in order:
            source = Told()
            source.say(story, day_after(number), numbers(said[asked]))
            collect_day(
                database,
                CHANNEL,
                day_after(number),
                {source.platform: source},
                at(day_after(number + asked)),
            )
        newest = max(
            world.records.find(MetricSnapshot, story_id=story), key=lambda kept: kept.observed_at
        )
        assert newest.views == 100, order


def test_videos_are_asked_for_from_the_day_they_are_public_to_the_day_they_are_withdrawn(
    world: World,
) -> None:
    kept = world.story(1, at(day_after(1), 23))
    gone = world.story(2, at(FIRST_DAY, 6), withdrawn=at(day_after(2), 1))
    world.story(3, at(day_after(5)))
    world.story(4, None)
    source = Told()
    live = {}
    for day in range(4):
        collect_day(
            world.database, CHANNEL, day_after(day), {source.platform: source}, at(day_after(9))
        )
        live[day] = [name.partition(".")[0] for name in source.asked[-1][1]]
    assert live == {
        0: [gone],
        1: [gone, kept] if gone < kept else [kept, gone],
        2: live[1],
        3: [kept],
    }


def test_archived_stories_are_asked_for_too(world: World) -> None:
    story = world.story(1, at(FIRST_DAY, 18))
    row = world.records.load_one(StoryRow, story)
    world.records.put(row.model_copy(update={"archived_at": at(day_after(40))}))
    source = Told()
    collect_day(
        world.database, CHANNEL, day_after(50), {source.platform: source}, at(day_after(51))
    )
    assert [name.partition(".")[0] for name in source.asked[0][1]] == [story]


def test_nothing_is_asked_where_nothing_was_public(world: World) -> None:
    source = Told()
    assert (
        collect_day(world.database, CHANNEL, FIRST_DAY, {source.platform: source}, at(day_after(1)))
        == []
    )
    assert source.asked == []
    assert world.records.find(MetricCollection) == []


def test_one_platforms_failure_is_not_the_others(world: World) -> None:
    both = ((Platform.SANDBOX, Format.LANDSCAPE), (Platform.TIKTOK, Format.PORTRAIT))
    story = world.story(1, at(FIRST_DAY, 18), uploads=both)
    good, bad = Told(), Told(Platform.TIKTOK, broken=ConnectionError("the token has expired"))
    good.say(story, FIRST_DAY, numbers())
    with pytest.raises(
        CollectionFailed, match=r"tiktok of midnight-tales .*token has expired"
    ) as raised:
        collect_day(
            world.database,
            CHANNEL,
            FIRST_DAY,
            {Platform.TIKTOK: bad, Platform.SANDBOX: good},
            at(day_after(1)),
        )
    assert [row.outcome for row in raised.value.collections] == ["reported", "failed"]
    assert [kept.platform for kept in snapshots(world)] == [Platform.SANDBOX]
    assert {row.platform: row.outcome for row in world.records.find(MetricCollection)} == {
        Platform.SANDBOX: CollectionOutcome.REPORTED,
        Platform.TIKTOK: CollectionOutcome.FAILED,
    }


def test_a_platform_without_a_source_is_a_failure_that_says_so(world: World) -> None:
    world.story(1, at(FIRST_DAY, 18), uploads=((Platform.YOUTUBE, Format.LANDSCAPE),))
    with pytest.raises(CollectionFailed, match=r"youtube .* no source of metrics is set up"):
        collect_day(world.database, CHANNEL, FIRST_DAY, {}, at(day_after(2)))


def test_a_reported_day_stays_reported_when_the_platform_is_silent_later(world: World) -> None:
    story = world.story(1, at(FIRST_DAY, 18))
    source = Told()
    source.say(story, FIRST_DAY, numbers())
    collect_day(world.database, CHANNEL, FIRST_DAY, {source.platform: source}, at(day_after(1)))
    source.days.clear()
    collect_day(world.database, CHANNEL, FIRST_DAY, {source.platform: source}, at(day_after(2)))
    source.broken = TimeoutError("no answer")
    with pytest.raises(CollectionFailed):
        collect_day(world.database, CHANNEL, FIRST_DAY, {source.platform: source}, at(day_after(3)))
    [row] = world.records.find(MetricCollection)
    assert row.outcome == CollectionOutcome.REPORTED
    assert row.observed_at == at(day_after(1))
    assert "no answer" in row.error
    assert len(snapshots(world)) == 1


def test_a_day_that_has_not_begun_is_refused(world: World) -> None:
    with pytest.raises(BadInput, match="2026-08-04 has not begun"):
        collect_day(world.database, CHANNEL, day_after(1), {}, at(FIRST_DAY, 23))


def test_days_belong_to_the_platforms_time_zone() -> None:
    early = at(day_after(1), 3)
    assert reporting_day(early, Platform.SANDBOX) == day_after(1)
    assert reporting_day(early, Platform.YOUTUBE) == FIRST_DAY


def test_a_source_cannot_report_half_a_retention_curve_or_endless_seconds() -> None:
    with pytest.raises(ValidationError, match="retention"):
        numbers(retention=(1.0, 0.5))
    with pytest.raises(ValidationError, match="finite"):
        numbers(watch_seconds=float("inf"))


def test_several_processes_may_collect_the_same_days_at_once(world: World) -> None:
    for number in range(6):
        world.story(number, at(FIRST_DAY, number))
    wanted = [(CHANNEL, day_after(day)) for day in range(5)]
    now = at(day_after(12))
    source = Late(now)

    def collect(seed: int) -> None:
        mixed = list(wanted)
        Random(seed).shuffle(mixed)
        half = mixed[: 3 if seed % 2 else 5]
        collect_days(world.database, half, {source.platform: source}, now + timedelta(seconds=seed))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(collect, range(1, 7)))
    collect_days(world.database, wanted, {source.platform: source}, now + timedelta(minutes=1))
    kept = [(row.story_id, row.day) for row in snapshots(world)]
    assert len(kept) == len(set(kept)) > 20


def test_revenue_is_told_by_platform_and_is_final_once_it_was_asked_for_late_enough(
    world: World,
) -> None:
    both = ((Platform.SANDBOX, Format.LANDSCAPE), (Platform.SANDBOX, Format.PORTRAIT))
    story = world.story(1, at(FIRST_DAY, 18), uploads=both)
    source = Told()
    source.say(story, FIRST_DAY, numbers(revenue_usd=Decimal("1.25")))
    source.say(story, FIRST_DAY, numbers(revenue_usd=None), shape="9x16")
    collect_day(world.database, CHANNEL, FIRST_DAY, {source.platform: source}, at(day_after(1)))
    earned = revenue_of(world.database, CHANNEL, FIRST_DAY)
    [row] = earned.platforms
    assert (row.revenue_usd, row.videos, row.videos_unknown) == (Decimal("1.25"), 2, 1)
    assert row.simulated
    assert earned.provisional
    collect_day(world.database, CHANNEL, FIRST_DAY, {source.platform: source}, at(day_after(8)))
    assert not revenue_of(world.database, CHANNEL, FIRST_DAY).provisional


def test_a_channels_day_is_collected_in_ten_milliseconds_of_cpu(world: World) -> None:
    """In bulk, as the demo does it: 30 videos a day, four channels, thrice nine days.

    The best of the three counts: what else runs on a core is charged to us too.
    """
    for channel in ("one", "two", "three", "four"):
        world.channel(channel)
        for number in range(30):
            world.story(
                number, at(FIRST_DAY, number % 24), channel=channel, state=UploadState.PUBLISHED
            )
    now = at(day_after(30))
    source = Late(now)
    took = []
    for first in (1, 10, 19):
        wanted = [
            (name, day_after(day))
            for name in ("one", "two", "three", "four")
            for day in range(first, first + 9)
        ]
        begin = process_time()
        collections = collect_days(world.database, wanted, {source.platform: source}, now)
        took.append((process_time() - begin) / len(collections))
        assert len(collections) == 36
    assert min(took) < 0.01, took
    assert len(snapshots(world)) > 1000
