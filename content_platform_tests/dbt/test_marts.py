"""What the marts say about a world we know."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from content_platform.errors import NotFound
from content_platform.metrics.collect import collect_days
from content_platform.metrics.warehouse import BuildFailed, Warehouse
from content_platform.publishing.models import UploadState
from content_platform.steering.models import Arm, Assignment, ConfigChange, Experiment
from content_platform.storage.database import Database
from content_platform.vocabulary import ArtStyle, Format, Platform
from content_platform_tests.metrics.world import (
    CHANNEL,
    FIRST_DAY,
    Late,
    Told,
    World,
    at,
    chance,
    day_after,
    numbers,
)

MARTS = {
    "dim_channels": "channel",
    "dim_config_versions": "channel, config_version",
    "dim_dates": "day",
    "dim_stories": "story_id",
    "fct_channel_days": "channel, day",
    "fct_costs": "story_id, provider, capability, day",
    "fct_experiment_arms": "experiment_id, arm",
    "fct_retention": "story_id, point_percent",
    "fct_stories": "story_id",
    "fct_story_days": "story_id, day",
    "fct_upload_days": "story_id, platform, locale, format, day",
    "story_outcomes": "story_id",
}


def rows_of(warehouse: Warehouse, model: str) -> list[dict[str, Any]]:
    return warehouse.query(f"SELECT * FROM {model} ORDER BY {MARTS[model]}")


def collect(world: World, source: Told | Late, days: range, asked: int) -> None:
    collect_days(
        world.database,
        [(CHANNEL, day_after(day)) for day in days],
        {source.platform: source},
        at(day_after(asked)),
    )


def test_an_empty_database_builds_and_passes_every_test(warehouse: Warehouse) -> None:
    built = warehouse.build()
    assert {node.status for node in built} <= {"success", "pass"}
    assert {node.name for node in built if node.kind == "model"} > set(MARTS)
    assert sum(node.kind == "test" for node in built) > 60


def test_a_model_that_was_never_built_is_missing_in_words(warehouse: Warehouse) -> None:
    with pytest.raises(NotFound, match=r"fct_dreams.*Build them first"):
        warehouse.query("SELECT * FROM fct_dreams")


def test_outcomes_are_current_without_running_dbt(warehouse: Warehouse, world: World) -> None:
    warehouse.ensure_views()
    world.channel()
    story = world.story(1, at(FIRST_DAY, 18))
    [before] = rows_of(warehouse, "story_outcomes")
    assert (before["views"], before["age_days"], before["complete"]) == (None, 0, False)
    source = Told()
    for day in range(3):
        source.say(story, day_after(day), numbers(100 * (day + 1)))
    collect(world, source, range(3), 4)
    [after] = rows_of(warehouse, "story_outcomes")
    assert (after["views"], after["age_days"], after["complete"]) == (600, 3, True)


def test_an_outcome_is_the_first_three_days_and_not_the_fourth(
    warehouse: Warehouse, world: World
) -> None:
    world.channel()
    story = world.story(
        1, at(FIRST_DAY, 18), cost={"openai": "0.25", "elevenlabs": "0.05"}, target_seconds=50.0
    )
    source = Told()
    for day in range(4):
        source.say(story, day_after(day), numbers(100))
    collect(world, source, range(4), 5)
    warehouse.ensure_views()
    [row] = rows_of(warehouse, "story_outcomes")
    assert (row["impressions"], row["views"], row["watch_seconds"]) == (3000, 300, 6000)
    assert row["ctr"] == pytest.approx(0.1)
    assert row["average_view_s"] == pytest.approx(20)
    assert row["watch_per_impression"] == pytest.approx(2)
    assert row["completion"] == pytest.approx(20 / 50)
    assert row["revenue_usd"] == Decimal("0.3")
    assert row["cost_usd"] == Decimal("0.30")
    assert row["profit_usd"] == 0
    assert (row["weekday"], row["hour"], row["published_day"]) == (0, 18, FIRST_DAY)
    assert row["parameters"]["target_seconds"] == 50
    assert row["parameters"]["look.style"] == "paper-cut"
    assert row["simulated"]


def test_views_without_impressions_do_not_raise_a_click_through(
    warehouse: Warehouse, world: World
) -> None:
    both = ((Platform.SANDBOX, Format.LANDSCAPE), (Platform.SANDBOX, Format.PORTRAIT))
    world.channel()
    story = world.story(1, at(FIRST_DAY, 18), uploads=both)
    source = Told()
    source.say(story, FIRST_DAY, numbers(100, impressions=1000))
    source.say(story, FIRST_DAY, numbers(900, impressions=None, revenue_usd=None), shape="9x16")
    collect(world, source, range(1), 2)
    warehouse.ensure_views()
    [row] = rows_of(warehouse, "story_outcomes")
    assert (row["views"], row["impressions"]) == (1000, 1000)
    assert row["ctr"] == pytest.approx(0.1)
    assert row["watch_per_impression"] == pytest.approx(2)
    assert row["revenue_usd"] == Decimal("0.1")


def test_a_lost_day_does_not_hold_an_outcome_up_for_ever(
    warehouse: Warehouse, world: World
) -> None:
    world.channel()
    story = world.story(1, at(FIRST_DAY, 18))
    silent = world.story(2, at(FIRST_DAY, 18))
    source = Told()
    for day in (0, 2, 4):
        source.say(story, day_after(day), numbers(100))
    collect(world, source, range(5), 6)
    warehouse.ensure_views()
    assert [row["complete"] for row in rows_of(warehouse, "story_outcomes")] == [False, False]
    source.say(story, day_after(5), numbers(100))
    collect(world, source, range(5, 6), 7)
    known, unknown = rows_of(warehouse, "story_outcomes")
    assert (known["complete"], known["age_days"], known["views"]) == (True, 2, 200)
    assert (unknown["story_id"], unknown["complete"], unknown["views"]) == (silent, False, None)


def test_private_videos_have_no_outcome_when_nobody_saw_them(
    warehouse: Warehouse, world: World
) -> None:
    world.channel()
    world.story(1, at(FIRST_DAY), state=UploadState.PUBLISHED_PRIVATE)
    world.story(2, None)
    warehouse.ensure_views()
    assert [row["views"] for row in rows_of(warehouse, "story_outcomes")] == [None]


def test_a_known_world_is_told_right(warehouse: Warehouse, world: World) -> None:
    """One channel: a success, a withdrawn story, one nobody knows of, and a rejected one."""
    cadence = {"timezone": "Asia/Tokyo", "slots": [{"time": "18:00"}]}
    world.channel(cadence=cadence)
    second = world.channel(
        version=2, cadence=cadence, narration={"voices": {"en": "af_heart"}, "speed": 1.05}
    )
    both = ((Platform.SANDBOX, Format.LANDSCAPE), (Platform.TIKTOK, Format.PORTRAIT))
    liked = world.story(1, at(FIRST_DAY, 18), uploads=both, cost={"openai": "0.20"})
    gone = world.story(2, at(FIRST_DAY, 9), withdrawn=at(day_after(1), 9), config=second)
    silent = world.story(3, at(day_after(2), 9))
    rejected = world.story(4, None, cost={"openai": "0.07"})
    source, other = Told(), Told(Platform.TIKTOK)
    for day in range(3):
        source.say(liked, day_after(day), numbers(100))
        other.say(liked, day_after(day), numbers(50, impressions=None), shape="9x16")
    source.say(gone, FIRST_DAY, numbers(10))
    for asked, days in ((2, range(2)), (12, range(3))):
        collect_days(
            world.database,
            [(CHANNEL, day_after(day)) for day in days],
            {Platform.SANDBOX: source, Platform.TIKTOK: other},
            at(day_after(asked)),
        )
    warehouse.build()

    days = {(row["story_id"], row["day"]): row for row in rows_of(warehouse, "fct_story_days")}
    assert len(days) == 4
    first = days[liked, FIRST_DAY]
    assert (first["uploads_live"], first["uploads_reported"]) == (2, 2)
    assert (first["impressions"], first["views"]) == (1000, 150)
    assert first["observed_at"] == at(day_after(12))
    assert not first["provisional"]

    stories = {row["story_id"]: row for row in rows_of(warehouse, "fct_stories")}
    assert stories[liked]["revenue_usd"] == Decimal("0.45")
    assert stories[liked]["profit_usd"] == Decimal("0.25")
    assert (stories[liked]["local_weekday"], stories[liked]["local_hour"]) == (1, 3)
    assert stories[liked]["average_view_s"] == pytest.approx(20)
    assert stories[gone]["uploads_public"] == 0
    assert stories[gone]["days_reported"] == 1
    assert stories[rejected]["revenue_usd"] == 0
    assert stories[rejected]["profit_usd"] == Decimal("-0.07")
    assert stories[silent]["revenue_usd"] is None
    assert stories[silent]["profit_usd"] is None

    channel_days = {row["day"]: row for row in rows_of(warehouse, "fct_channel_days")}
    assert channel_days[FIRST_DAY]["views"] == 160
    assert channel_days[FIRST_DAY]["cost_usd"] == Decimal("0.27")
    assert channel_days[FIRST_DAY]["stories_published"] == 2
    assert channel_days[day_after(2)]["videos_reported"] == 2
    assert channel_days[day_after(2)]["videos_live"] == 3

    curve = [row for row in rows_of(warehouse, "fct_retention") if row["story_id"] == liked]
    assert [row["point_percent"] for row in curve] == list(range(0, 101, 5))
    assert curve[0]["watching"] == 1
    assert curve[0]["views"] == 450

    versions = rows_of(warehouse, "dim_config_versions")
    assert [row["changed_parameters"] for row in versions] == [{}, {"narration.speed": 1.05}]
    assert [row["is_current"] for row in versions] == [False, True]
    assert versions[1]["narration_speed"] == 1.05


def test_a_gap_in_reporting_is_a_gap_and_not_a_zero(warehouse: Warehouse, world: World) -> None:
    world.channel()
    story = world.story(1, at(FIRST_DAY, 6), cost={"openai": "0.01"})
    source = Told()
    for day in (0, 2):
        source.say(story, day_after(day), numbers(0 if day else 5))
    collect(world, source, range(3), 4)
    warehouse.build("+fct_channel_days", tests=False)
    days = rows_of(warehouse, "fct_channel_days")
    assert [row["views"] for row in days] == [5, None, 0]
    assert [row["platforms_asked"] for row in days] == [1, 1, 1]
    assert [row["platforms_reported"] for row in days] == [1, 0, 1]
    assert [row["profit_usd"] is None for row in days] == [False, True, False]


def test_an_experiments_arms_are_compared_by_complete_outcomes(
    warehouse: Warehouse, world: World
) -> None:
    world.channel()
    world.records.put(
        Experiment(
            experiment_id="faster",
            channel=CHANNEL,
            hypothesis="faster is better",
            arms=(Arm(name="control"), Arm(name="fast", changes={"narration.speed": 1.1})),
            author="ann",
            started_at=at(FIRST_DAY),
        )
    )
    source = Told()
    for number in range(6):
        arm = "fast" if number % 2 else "control"
        story = world.story(
            number,
            at(FIRST_DAY, number),
            arms={"faster": arm},
            explored=(ConfigChange(path="music.level_db", old=-16, new=-18),),
            style=ArtStyle.STORYBOOK_LIGHT,
        )
        world.records.put(
            Assignment(
                experiment_id="faster",
                story_id=story,
                channel=CHANNEL,
                arm=arm,
                assigned_at=at(FIRST_DAY),
                exposed_at=at(FIRST_DAY, number),
            )
        )
        for day in range(3 if number < 4 else 1):
            source.say(
                story, day_after(day), numbers(100, watch_seconds=4000.0 if number % 2 else 2000.0)
            )
    collect(world, source, range(3), 4)
    warehouse.build("+fct_experiment_arms", tests=False)
    control, fast = rows_of(warehouse, "fct_experiment_arms")
    assert (control["stories_exposed"], control["stories_measured"]) == (3, 2)
    assert control["watch_per_impression"] == pytest.approx(2)
    assert fast["watch_per_impression"] == pytest.approx(4)
    assert (control["is_control"], fast["is_control"]) == (True, False)
    assert fast["changes"] == {"narration.speed": 1.1}


def test_a_model_that_cannot_be_built_is_named_with_the_reason(
    warehouse: Warehouse, world: World
) -> None:
    config = world.channel()
    world.story(1, at(FIRST_DAY), config=config)
    spoilt = config.config.model_dump(mode="json")
    spoilt["cadence"]["timezone"] = "Nowhere/Land"
    with world.database.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO content.config_versions VALUES "
                "(:channel, 2, 1, 'x', 'y', CAST(:config AS jsonb), '2026-01-01Z')"
            ),
            {"channel": CHANNEL, "config": json.dumps(spoilt)},
        )
    with pytest.raises(BuildFailed, match=r"model fct_stories: .*Nowhere/Land"):
        warehouse.build("+fct_stories", tests=False)


def test_a_build_replaces_views_in_place_and_mends_strange_ones(
    warehouse: Warehouse, database: Database
) -> None:
    warehouse.ensure_views()
    [before] = warehouse.query("SELECT 'story_outcomes'::regclass::oid AS id")
    warehouse.build("config.materialized:view", tests=False)
    assert warehouse.query("SELECT 'story_outcomes'::regclass::oid AS id") == [before]
    with database.transaction() as connection:
        connection.execute(text("DROP VIEW analytics.stg_stories CASCADE"))
        connection.execute(text("CREATE VIEW analytics.stg_stories AS SELECT 1 AS strange"))
    warehouse.build("+fct_stories", tests=False)
    assert warehouse.query("SELECT * FROM fct_stories") == []


def published(world: World, channels: tuple[str, ...], days: int, per_day: int) -> None:
    """Stories on each day, some on two platforms' worth of formats, some withdrawn."""
    both = ((Platform.SANDBOX, Format.LANDSCAPE), (Platform.SANDBOX, Format.PORTRAIT))
    for channel in channels:
        world.channel(channel)
        for day in range(days):
            for number in range(per_day):
                when = at(day_after(day), 6 + 5 * number)
                dice = chance(channel, day, number)
                world.story(
                    number,
                    when,
                    channel=channel,
                    uploads=both if dice < 0.3 else both[:1],
                    withdrawn=when + timedelta(days=2) if dice > 0.9 else None,
                    cost={"openai": f"{dice:.4f}"},
                )


def collect_all(
    world: World,
    channels: tuple[str, ...],
    days: range,
    asked: int,
    order: int | None = None,
) -> None:
    """Ask for every channel's days at one moment, in the order of a seed, a few at a time."""
    wanted = [(channel, day_after(day)) for channel in channels for day in days if day <= asked]
    if order is not None:
        Random(order).shuffle(wanted)
    source = Late(at(day_after(asked)))
    for start in range(0, len(wanted), 7):
        collect_days(
            world.database, wanted[start : start + 7], {source.platform: source}, source.now
        )


def check_any_order_leaves_the_same_marts(
    warehouse: Warehouse, world: World, channels: tuple[str, ...], days: int, per_day: int
) -> None:
    """Daily collection, and a backfill of everything twice in random orders, come to the same."""
    published(world, channels, days, per_day)
    for day in range(days):
        collect_all(world, channels, range(max(0, day - 7), day + 1), day + 1)
    collect_all(world, channels, range(days), days + 4)
    warehouse.build(tests=False)
    kept = {model: rows_of(warehouse, model) for model in MARTS}
    with world.database.transaction() as connection:
        connection.execute(text("TRUNCATE content.metric_snapshots, content.metric_collections"))
    collect_all(world, channels, range(days), days - 2, order=1)
    collect_all(world, channels, range(days), days + 4, order=2)
    collect_all(world, channels, range(days), days + 4, order=3)
    warehouse.build()
    for model in MARTS:
        assert rows_of(warehouse, model) == kept[model], model
    assert any(row["provisional"] for row in kept["fct_upload_days"])
    assert len(kept["fct_upload_days"]) > days * per_day


def test_a_backfill_in_any_order_leaves_the_same_marts(warehouse: Warehouse, world: World) -> None:
    check_any_order_leaves_the_same_marts(warehouse, world, ("one", "two"), 6, 2)


@pytest.mark.soak
def test_ninety_days_backfilled_in_any_order_leave_the_same_marts(
    warehouse: Warehouse, world: World
) -> None:
    check_any_order_leaves_the_same_marts(warehouse, world, ("one", "two", "three"), 90, 3)
