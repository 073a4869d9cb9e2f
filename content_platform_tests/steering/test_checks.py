"""Checks say what is wrong with a channel, with their evidence, and nothing on thin data."""

from __future__ import annotations

from dataclasses import replace

from content_platform.steering.checks import (
    completion_under_threshold,
    drop_against_baseline,
    regression,
)
from content_platform.steering.lineage import content_key, repeats, standing, taken_back
from content_platform.steering.models import ConfigVersion
from content_platform.steering.outcomes import OutcomeRow
from content_platform.steering.parameters import apply_changes
from content_platform_tests.steering.synthetic import (
    START,
    Audience,
    Life,
    channel_config,
    version_of,
)


def steady(stories: int = 30, **audience: object) -> list[OutcomeRow]:
    channel = Life(Audience(best={}, **audience), channel_config(), a_day=3, lag_days=0)  # type: ignore[arg-type]
    channel.live(stories // 3)
    return channel.rows


def scaled(rows: list[OutcomeRow], factor: float) -> list[OutcomeRow]:
    return [replace(row, watch_per_impression=row.watch_per_impression * factor) for row in rows]  # type: ignore[operator]


def test_completion_under_the_threshold_warns_with_the_figure() -> None:
    low = [replace(row, completion=0.2) for row in steady()]
    report = completion_under_threshold(low, 0.3)
    assert not report.passed
    assert "20%" in report.problems[0]
    assert report.measures == {"stories": 6, "completion": 0.2, "threshold": 0.3}
    assert completion_under_threshold([replace(row, completion=0.4) for row in low], 0.3).passed


def test_checks_judge_nothing_on_thin_data() -> None:
    few = [replace(row, completion=0.01) for row in steady(3)]
    assert completion_under_threshold(few, 0.3).passed
    assert drop_against_baseline(few).passed
    assert completion_under_threshold([], 0.3).measures["stories"] == 0


def test_a_drop_against_the_own_baseline_warns_and_one_bad_story_does_not() -> None:
    rows = steady(36)
    assert drop_against_baseline(rows).passed
    fallen = rows[:-6] + scaled(rows[-6:], 0.6)
    report = drop_against_baseline(fallen)
    assert not report.passed
    assert report.measures["change"] < -0.15  # type: ignore[operator]
    assert drop_against_baseline(rows[:-1] + scaled(rows[-1:], 0.05)).passed


def changed(
    seed: int, factor: float, *, since: int = 12
) -> tuple[list[OutcomeRow], list[ConfigVersion]]:
    channel = Life(Audience({}, seed=seed), channel_config(), a_day=3)
    channel.live(8)
    channel.change({"hashtags": ["new"]})  # type: ignore[dict-item]
    channel.live(since // 3)
    return channel.rows[:24] + scaled(channel.rows[24:], factor), channel.versions


def test_a_version_that_loses_much_is_found_worse_with_its_evidence() -> None:
    for seed in range(4):
        found = regression(*changed(seed, 0.5))
        assert found.worse
        assert found.change is not None
        assert found.change < -0.3
        assert (found.version, found.before, found.stories, found.stories_before) == (2, 1, 12, 24)
        assert not found.report().passed
        assert "Version 2 changed watched seconds per impression by" in found.reason


def test_a_version_as_good_or_better_is_not_found_worse() -> None:
    for seed in range(4):
        for factor in (1.0, 1.2):
            assert not regression(*changed(seed, factor)).worse


def test_too_few_stories_are_not_judged() -> None:
    found = regression(*changed(1, 0.3, since=3))
    assert found.probability is None
    assert "at least 4 each" in found.reason
    first = regression(steady(), [version_of(channel_config())])
    assert first.probability is None


def test_a_loss_is_found_though_the_content_before_was_in_force_for_a_day_alone() -> None:
    for seed in range(3):
        rows, versions = changed(seed, 0.5)
        tweaked = apply_changes(versions[0].config, {"music.level_db": -18})
        line = [versions[0], version_of(tweaked, 2), version_of(versions[1].config, 3)]
        told = [
            replace(row, config_version=3 if row.config_version == 2 else 2 if at == 23 else 1)
            for at, row in enumerate(rows)
        ]
        found = regression(told, line)
        assert (found.version, found.before, found.stories_before) == (3, 2, 12)
        assert found.worse


def test_a_content_that_came_back_is_not_judged_again() -> None:
    rows, versions = changed(1, 0.5)
    back = version_of(versions[0].config, 3)
    later = [replace(row, config_version=3) for row in scaled(rows[:9], 0.2)]
    found = regression([*rows, *later], [*versions, back])
    assert not found.worse
    assert "came back" in found.reason


def test_versions_that_only_change_management_have_the_content_before() -> None:
    config = channel_config()
    busier = apply_changes(
        config, {"cadence.every_minutes": 240, "optimizer.explore": 0.1, "active": False}
    )
    louder = apply_changes(busier, {"music.level_db": -14})
    assert content_key(config) == content_key(busier) != content_key(louder)
    stand = standing([version_of(config, 1), version_of(busier, 2), version_of(louder, 3)])
    assert stand.run == {3}
    assert stand.before is not None
    assert (stand.before.version, stand.before_alike) == (2, {1, 2})
    quieter = version_of(apply_changes(louder, {"active": True}), 4)
    stand = standing([version_of(config, 1), version_of(louder, 2), quieter])
    assert stand.run == {2, 4}
    assert not stand.returned


def test_what_was_taken_back_is_remembered_with_its_direction_until_it_is_old() -> None:
    config = channel_config()
    longer = apply_changes(config, {"target_seconds": 55, "look.style": "paper-cut"})
    history = [version_of(config, 1), version_of(longer, 2), version_of(config, 3)]
    undone = taken_back(history, START)
    assert {change.path for change in undone} == {"target_seconds", "look.style"}
    assert repeats(undone, "target_seconds", 45, 50)
    assert not repeats(undone, "target_seconds", 45, 40)
    assert repeats(undone, "look.style", "storybook-light", "paper-cut")
    assert not repeats(undone, "music.level_db", -16, -14)
    from datetime import timedelta

    assert taken_back(history, START + timedelta(days=1)) == ()
