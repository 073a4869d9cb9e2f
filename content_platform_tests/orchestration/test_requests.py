"""What sensors ask for, as pure decisions: never twice at once, never too much, never nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from content_platform.metrics.due import (
    SETTLING_DAYS,
    USUAL_REFRESH,
    LiveChannel,
    days_to_collect,
)
from content_platform.orchestration.requests import calendar_print, publish_runs, story_runs
from content_platform.steering.models import CadenceConfig, ChannelConfig, ConfigVersion

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
KEYS = st.lists(st.integers(1, 40).map(lambda n: f"ember-wood_20260310_{n:04d}"), unique=True)
MOMENTS = st.integers(0, 3000).map(lambda minutes: NOON - timedelta(minutes=minutes))


@given(waiting=KEYS, in_flight=KEYS, most=st.integers(0, 15))
def test_so_many_stories_are_in_flight_at_most_and_none_is_asked_for_twice(
    waiting: list[str], in_flight: list[str], most: int
) -> None:
    runs = story_runs([(key, 2) for key in waiting], in_flight, most=most)
    asked = [run.story_id for run in runs]
    assert len(asked) == len(set(asked))
    assert not set(asked) & set(in_flight)
    assert len(asked) == min(len(set(waiting) - set(in_flight)), max(0, most - len(in_flight)))
    assert asked == [key for key in waiting if key not in in_flight][: len(asked)]
    assert all(run.run_key == f"{run.story_id}:r2" for run in runs)


@given(
    fresh=st.dictionaries(st.sampled_from("abcdef"), MOMENTS),
    resuming=st.lists(st.tuples(st.sampled_from("abcdef"), MOMENTS)),
    in_flight=st.sets(st.sampled_from("abcdef")),
)
def test_a_story_is_published_by_one_run_whatever_of_it_waits(
    fresh: dict[str, datetime], resuming: list[tuple[str, datetime]], in_flight: set[str]
) -> None:
    runs = publish_runs(fresh.items(), resuming, in_flight, NOON)
    assert {run.story_id for run in runs} == ({*fresh} | {key for key, _ in resuming}) - in_flight
    assert len({run.story_id for run in runs}) == len(runs)
    assert runs == publish_runs(fresh.items(), resuming, in_flight, NOON + timedelta(minutes=59))
    later = publish_runs(fresh.items(), resuming, in_flight, NOON + timedelta(hours=1))
    assert not {run.run_key for run in runs} & {run.run_key for run in later}


def test_an_upload_that_moved_gets_a_run_at_once() -> None:
    before = publish_runs([], [("a", NOON)], (), NOON)
    after = publish_runs([], [("a", NOON + timedelta(seconds=1))], (), NOON)
    assert before[0].run_key != after[0].run_key


CONFIG = {
    "channel": "ember-wood",
    "title": "Ember Wood",
    "genres": ["fantasy"],
    "themes": ["a fox"],
    "narration": {"voices": {"en": "bf_emma"}},
    "publishing": {"daily_limit": 288},
}


def version(number: int = 1, **changes: object) -> ConfigVersion:
    return ConfigVersion(
        channel="ember-wood",
        version=number,
        author="test",
        reason="test",
        config=ChannelConfig.model_validate(CONFIG | changes),
        created_at=NOON,
    )


def test_only_what_moves_slots_plans_the_calendar_anew() -> None:
    known = calendar_print([version()])
    assert calendar_print([version(2, target_seconds=60, title="Another")]) == known
    for change in (
        {"active": False},
        {"cadence": CadenceConfig(every_minutes=5)},
        {"cadence": CadenceConfig(every_minutes=5, timezone="Europe/Berlin")},
    ):
        assert calendar_print([version(2, **change)]) != known
    assert calendar_print([]) != known


FIVE_MINUTES = timedelta(minutes=5)


def asked_for(
    collected: dict[tuple[str, date], datetime], now: datetime = NOON, days_live: int = 30
) -> list[int]:
    live = LiveChannel("ember-wood", now.date() - timedelta(days=days_live), FIVE_MINUTES)
    return [(now.date() - entry.day).days for entry in days_to_collect([live], collected, now)]


def test_a_new_channel_is_asked_for_every_day_since_its_first_video() -> None:
    assert asked_for({}, days_live=2) == [0, 1, 2]
    assert asked_for({}) == list(range(SETTLING_DAYS + 1))


@given(age=st.integers(0, SETTLING_DAYS), minutes=st.integers(0, 3000))
def test_a_day_is_asked_for_often_until_it_is_over_then_as_it_settles(
    age: int, minutes: int
) -> None:
    day = NOON.date() - timedelta(days=age)
    since = timedelta(minutes=minutes)
    days = range(SETTLING_DAYS + 1)
    everything = {("ember-wood", NOON.date() - timedelta(days=other)): NOON for other in days}
    due = asked_for(everything | {("ember-wood", day): NOON - since}) == [age]
    if (NOON - since).date() <= day:
        assert due == (since >= FIVE_MINUTES)
    elif age < 3:
        assert due == (since >= USUAL_REFRESH)
    else:
        assert due == (since >= timedelta(days=1))


@given(
    channels=st.integers(1, 30),
    asked=st.dictionaries(st.tuples(st.integers(0, 29), st.integers(0, 10)), MOMENTS),
)
def test_a_tick_asks_for_no_day_twice_and_for_the_newest_first(
    channels: int, asked: dict[tuple[int, int], datetime]
) -> None:
    live = [LiveChannel(f"c-{n:02d}", date(2026, 1, 1), USUAL_REFRESH) for n in range(channels)]
    collected = {
        (f"c-{n:02d}", NOON.date() - timedelta(days=age)): at for (n, age), at in asked.items()
    }
    wanted = days_to_collect(live, collected, NOON, most=20)
    assert len(wanted) == len(set(wanted)) <= 20
    assert [entry.day for entry in wanted] == sorted((entry.day for entry in wanted), reverse=True)
    if len(wanted) < 20:  # nothing due was left out: the next tick, after these, is idle
        done = collected | {(entry.channel, entry.day): NOON for entry in wanted}
        assert days_to_collect(live, done, NOON) == []
