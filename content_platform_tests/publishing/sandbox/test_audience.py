"""The simulated audience: repeatable in any order, moved by what it is said to be moved by."""

from __future__ import annotations

import itertools
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.publishing.sandbox.audience import Appeal, Audience, DayCounts
from content_platform.publishing.sandbox.models import Shown, Traits

PUBLIC = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
CHANNELS = [(seed, channel) for seed in range(20) for channel in ("tales", "woods", "kind")]
DEFAULT = {"look": "storybook-light"}


def shown(account: str = "tales", *, video: str = "v", **other: Any) -> Shown:
    """A 45-second video made with the default config, unless told otherwise."""
    traits = other.pop("traits", {})
    given = {"video_id": video, "account": account, "public_at": PUBLIC, "duration_s": 45.0}
    return Shown.model_validate(given | other | {"traits": DEFAULT | traits})


def days(audience: Audience, video: Shown, count: int) -> list[DayCounts]:
    first = video.public_at.date()
    found = [audience.day(video, first + timedelta(days=offset), END) for offset in range(count)]
    return [counts for counts in found if counts is not None]


def watched(appeal: Appeal) -> float:
    """Seconds watched per impression."""
    return appeal.click_rate * appeal.average_view_s


def mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


# Repeatable


def test_any_day_may_be_asked_in_any_order() -> None:
    videos = [shown(video=f"v{number}", duration_s=30 + number) for number in range(8)]
    asked = [(video, PUBLIC.date() + timedelta(days=day)) for video in videos for day in range(30)]
    forwards = {(v.video_id, day): Audience(3).day(v, day, END) for v, day in asked}
    random.Random(1).shuffle(asked)
    audience = Audience(3)
    assert {(v.video_id, day): audience.day(v, day, END) for v, day in asked} == forwards
    assert Audience(4).day(*asked[0], END) != forwards[asked[0][0].video_id, asked[0][1]]


def test_another_process_has_the_same_audience() -> None:
    code = (
        "import datetime, sys;"
        "from content_platform.publishing.sandbox.audience import Audience;"
        "from content_platform.publishing.sandbox.models import Shown;"
        "video = Shown.model_validate_json(sys.argv[1]);"
        "day = datetime.date.fromisoformat(sys.argv[2]);"
        "end = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC);"
        "print(Audience(3).day(video, day, end))"
    )
    day = PUBLIC.date()
    told = subprocess.run(
        [sys.executable, "-c", code, shown().model_dump_json(), day.isoformat()],
        env={"PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert told.stdout.strip() == str(Audience(3).day(shown(), day, END))


@settings(max_examples=60, deadline=None)
@given(
    number=st.integers(0, 10**6),
    minutes=st.lists(st.integers(0, 3 * 1440), min_size=2, max_size=6),
    brisk=st.booleans(),
)
def test_counters_only_grow(number: int, minutes: list[int], brisk: bool) -> None:
    audience = Audience(5)
    video = shown(video=f"v{number}", brisk=brisk)
    totals = []
    for minute in sorted(minutes):
        until = PUBLIC + timedelta(minutes=minute)
        told = [audience.day(video, PUBLIC.date() + timedelta(days=d), until) for d in range(4)]
        counts = [day for day in told if day is not None]
        totals.append(
            (
                sum(day.impressions for day in counts),
                sum(day.views for day in counts),
                round(sum(day.watch_seconds for day in counts), 6),
                sum(day.likes for day in counts),
            )
        )
    for earlier, later in itertools.pairwise(totals):
        assert all(a <= b for a, b in zip(earlier, later, strict=True))


@settings(max_examples=60, deadline=None)
@given(
    number=st.integers(0, 10**6),
    duration=st.floats(5, 600),
    day=st.integers(0, 60),
    traits=st.fixed_dictionaries(
        {
            "speed": st.floats(0.5, 2),
            "pause_s": st.floats(0, 5),
            "music_db": st.floats(-60, 0),
            "hook": st.floats(0, 1),
        }
    ),
)
def test_numbers_of_a_day_agree_with_each_other(
    number: int, duration: float, day: int, traits: dict[str, float]
) -> None:
    video = shown(video=f"v{number}", duration_s=duration, traits=traits)
    counts = Audience(6).day(video, PUBLIC.date() + timedelta(days=day), END)
    assert counts is not None
    assert 0 <= counts.views <= counts.impressions
    assert 0 <= counts.watch_seconds <= counts.views * duration + 1e-6
    assert max(counts.likes, counts.comments, counts.shares) <= counts.views
    assert (counts.retention is None) == (counts.views == 0)
    if counts.retention is not None:
        assert len(counts.retention) == 21
        assert counts.retention[0] == 1
        assert all(a >= b for a, b in itertools.pairwise(counts.retention))
        below = sum(counts.retention[1:]) / 20 * duration * counts.views
        above = sum(counts.retention[:-1]) / 20 * duration * counts.views
        assert below - 1e-6 <= counts.watch_seconds <= above + 1e-6


def test_nobody_comes_before_a_video_is_public_or_after_it_is_gone() -> None:
    audience = Audience(7)
    video = shown(withdrawn_at=PUBLIC + timedelta(days=2))
    assert audience.day(video, PUBLIC.date() - timedelta(days=1), END) is None
    assert audience.day(video, PUBLIC.date() + timedelta(days=3), END) is None
    last = audience.day(video, PUBLIC.date() + timedelta(days=2), END)
    whole = audience.day(shown(), PUBLIC.date() + timedelta(days=2), END)
    assert last
    assert whole
    assert 0 < last.impressions < whole.impressions


def test_a_video_day_costs_less_than_a_millisecond() -> None:
    audience = Audience(8)
    video = shown()
    audience.day(video, PUBLIC.date(), END)
    started = time.process_time()
    for offset in range(300):
        audience.day(video, PUBLIC.date() + timedelta(days=offset), END)
    assert (time.process_time() - started) / 300 < 0.001


# Effects


def effect(better: dict[str, Any], worse: dict[str, Any], measure: Any = watched) -> float:
    """How many times as good the first is, on average over many audiences; same luck for both.

    A value may be a function of the channel's taste.
    """
    ratios = []
    for seed, channel in CHANNELS:
        audience = Audience(seed)
        taste = audience.taste(channel)
        results = []
        for values in (better, worse):
            known = {k: v(taste) if callable(v) else v for k, v in values.items()}
            traits = {k: known.pop(k) for k in list(known) if k in Traits.model_fields}
            results.append(measure(audience.appeal(shown(channel, traits=traits, **known))))
        ratios.append(results[0] / results[1])
    return mean(ratios)


def clicks(appeal: Appeal) -> float:
    return appeal.click_rate


def stay(appeal: Appeal) -> float:
    return appeal.average_view_s


@pytest.mark.parametrize(
    ("better", "worse", "measure", "least", "most"),
    [
        ({"speed": lambda t: t.speed}, {"speed": lambda t: t.speed + 0.11}, stay, 1.03, 1.15),
        ({"speed": lambda t: t.speed}, {"speed": lambda t: t.speed - 0.11}, stay, 1.03, 1.15),
        ({"pause_s": lambda t: t.pause_s}, {"pause_s": lambda t: 2 * t.pause_s}, stay, 1.04, 1.2),
        ({"pause_s": lambda t: t.pause_s}, {"pause_s": lambda t: t.pause_s / 2}, stay, 1.04, 1.2),
        ({"music_db": lambda t: t.music_db}, {"music_db": lambda t: t.music_db - 6}, stay, 1.02, 1.15),
        ({"music_db": lambda t: t.music_db - 6}, {"music_db": lambda t: t.music_db + 6}, stay, 1.01, 1.1),
        ({"look": lambda t: t.look}, {"look": "another"}, stay, 1.01, 1.1),
        ({"look": lambda t: t.look}, {"look": "another"}, clicks, 1.02, 1.08),
        ({"duration_s": lambda t: t.ideal_s}, {"duration_s": lambda t: t.ideal_s / 2}, stay, 1.1, 1.6),
        ({"duration_s": lambda t: t.ideal_s}, {"duration_s": lambda t: t.ideal_s * 2}, stay, 1.1, 1.6),
        ({"hook": 0.9}, {"hook": 0.1}, stay, 1.05, 1.3),
        ({"scene_starts_s": (0, 15, 30)}, {"scene_starts_s": tuple(range(0, 45, 3))}, stay, 1.01, 1.15),
        ({"title_style": lambda t: t.title_styles[0]}, {"title_style": lambda t: t.title_styles[1]}, clicks, 1.05, 1.07),
        ({"title_style": lambda t: t.title_styles[1]}, {"title_style": lambda t: t.title_styles[2]}, clicks, 1.05, 1.07),
        ({"thumbnail_contrast": 0.8}, {"thumbnail_contrast": 0.2}, clicks, 1.1, 1.3),
        ({}, {"theme_repeats": 1}, clicks, 1.05, 1.12),
        ({"theme_repeats": 1}, {"theme_repeats": 3}, clicks, 1.1, 1.25),
        ({"theme_repeats": 3}, {"theme_repeats": 9}, clicks, 1.0, 1.0),
        ({}, {"kernel_repeats": 2}, clicks, 1.05, 1.15),
        ({"series": "winter-sun"}, {}, clicks, 1.01, 1.05),
    ],
)  # fmt: skip
def test_an_effect_has_its_direction_and_size(
    better: dict[str, Any], worse: dict[str, Any], measure: Any, least: float, most: float
) -> None:
    assert least <= effect(better, worse, measure) <= most


def test_a_config_tuned_to_its_channel_earns_about_half_as_much_again() -> None:
    gains = []
    for seed, channel in CHANNELS:
        audience = Audience(seed)
        taste = audience.taste(channel)
        wanted = {
            "speed": taste.speed,
            "pause_s": taste.pause_s,
            "music_db": taste.music_db,
            "look": taste.look,
            "title_style": taste.title_styles[0],
        }
        tuned = shown(channel, duration_s=taste.ideal_s, traits=wanted)
        gains.append(watched(audience.appeal(tuned)) / watched(audience.appeal(shown(channel))) - 1)
    assert 0.35 < mean(gains) < 0.60
    assert min(gains) > 0.1


def test_the_best_length_is_near_the_ideal_one() -> None:
    for seed, channel in CHANNELS[:12]:
        audience = Audience(seed)
        taste = audience.taste(channel)
        wanted = {"speed": taste.speed, "pause_s": taste.pause_s, "music_db": taste.music_db}
        lengths = range(15, 150, 5)
        best = max(
            lengths,
            key=lambda length: mean(
                audience.appeal(
                    shown(channel, video=f"v{n}", duration_s=length, traits=wanted)
                ).average_view_s
                for n in range(10)
            ),
        )
        assert 0.8 * taste.ideal_s < best < 1.3 * taste.ideal_s


def test_stories_of_one_config_differ_by_about_a_quarter() -> None:
    for channel in ("tales", "woods", "kind"):
        audience = Audience(9)
        outcomes = []
        for number in range(150):
            video = shown(channel, video=f"v{number}", traits={"theme": f"theme {number % 30}"})
            counted = days(audience, video, 3)
            outcomes.append(
                sum(day.watch_seconds for day in counted) / sum(day.impressions for day in counted)
            )
        assert 0.19 < statistics.stdev(outcomes) / mean(outcomes) < 0.31


def test_channels_have_different_tastes_and_keep_them() -> None:
    tastes = {Audience(1).taste(name) for name in ("a", "b", "c", "d")}
    assert len(tastes) == 4
    assert Audience(1).taste("a") in tastes
    assert Audience(2).taste("a") not in tastes


def test_interest_fades_with_age_and_channels_grow() -> None:
    audience = Audience(10)

    def impressions(offset: int, **other: Any) -> float:
        return mean(
            counts.impressions
            for n in range(60)
            if (
                counts := audience.day(
                    shown(video=f"v{n}", **other), date(2026, 3, 3) + timedelta(days=offset), END
                )
            )
        )

    by_age = [impressions(offset) for offset in (0, 2, 7, 30)]
    assert by_age == sorted(by_age, reverse=True)
    assert by_age[0] > 4 * by_age[2]
    assert impressions(0, number=150) > 1.8 * impressions(0, number=1)


def test_hour_and_weekday_of_publishing_matter() -> None:
    audience = Audience(11)

    def impressions(when: datetime) -> float:
        videos = [shown(video=f"v{n}", public_at=when) for n in range(80)]
        return mean(day.impressions for video in videos for day in days(audience, video, 2)[:1])

    evening = audience.taste("tales").best_hour
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    whole_life = [
        mean(
            sum(day.impressions for day in days(audience, shown(video=f"v{n}", public_at=when), 9))
            for n in range(80)
        )
        for when in (monday + timedelta(hours=evening), monday + timedelta(hours=evening - 12))
    ]
    assert 1.1 < whole_life[0] / whole_life[1] < 1.5
    assert impressions(monday + timedelta(days=5)) > 1.1 * impressions(monday)


def test_people_pay_attention_to_seasons_and_children_earn_less() -> None:
    audience = Audience(12)

    def usd_per_hour(when: datetime, *, made_for_kids: bool = False) -> float:
        counted = [
            day
            for n in range(80)
            for day in days(
                audience, shown(video=f"v{n}", public_at=when, made_for_kids=made_for_kids), 1
            )
        ]
        return 3600 * mean(day.revenue_usd for day in counted) / mean(
            day.watch_seconds for day in counted
        )  # fmt: skip

    tuesdays = datetime(2026, 1, 6, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    assert usd_per_hour(tuesdays[1]) > 1.6 * usd_per_hour(tuesdays[0])
    assert usd_per_hour(tuesdays[1]) > 1.1 * usd_per_hour(datetime(2026, 11, 7, tzinfo=UTC))
    assert usd_per_hour(tuesdays[0], made_for_kids=True) < 0.5 * usd_per_hour(tuesdays[0])


def test_a_brisk_audience_comes_within_the_hour() -> None:
    audience = Audience(13)
    soon = [
        audience.day(shown(video=f"v{n}", brisk=True), PUBLIC.date(), PUBLIC + timedelta(minutes=m))
        for n in range(20)
        for m in (5,)
    ]
    assert mean(day.views for day in soon if day) > 5
