"""The learner climbs where there is something to climb, and says nothing where there is not."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from content_platform.steering.exploration import explored_changes
from content_platform.steering.parameters import (
    CATALOGUE,
    apply_changes,
    differences,
    learnable,
    value_of,
)
from content_platform.steering.recommender import MOST_CHANGES, Advice, recommend
from content_platform_tests.steering.synthetic import BEST, Audience, Life, channel_config

BOLD = {"explore": 0.6}


def life(seed: int, *, days: int = 20, **audience: object) -> Life:
    made = Life(Audience(seed=seed, **{"best": BEST, **audience}), channel_config(**BOLD), a_day=4)  # type: ignore[arg-type]
    made.live(days)
    return made


def learn(channel: Life, **how: object) -> Advice:
    return recommend(channel.known(), channel.config, seed="test", **how)  # type: ignore[arg-type]


def climb(seed: int, *, weeks: int = 6, best: dict[str, float | int | str] = BEST) -> Life:
    channel = life(seed, days=10, best=best)
    for _ in range(weeks):
        advice = learn(channel)
        if advice.changes:
            channel.change({change.path: change.new for change in advice.changes})  # type: ignore[misc]
        channel.live(5)
    return channel


@pytest.mark.parametrize("seed", range(3))
def test_the_config_climbs_towards_what_the_audience_likes(seed: int) -> None:
    channel = climb(seed)
    assert len(channel.versions) >= 3
    assert channel.liked(channel.config) > 0.25


def test_where_nothing_matters_it_abstains_and_says_why() -> None:
    advice = [learn(life(seed, best={})) for seed in range(8)]
    assert sum(bool(each.changes) for each in advice) <= 1
    assert all("Abstains: " in each.reason for each in advice if not each.changes)


def test_advice_says_what_is_expected_how_sure_it_is_and_its_lower_bound() -> None:
    advice = learn(life(2, days=30))
    assert advice.changes
    assert "a gain with a probability of" in advice.reason
    assert "lower 90 % bound" in advice.reason
    assert advice.expected_uplift is not None
    assert advice.uplift_low is not None
    assert advice.uplift_low < advice.expected_uplift


def test_every_step_is_in_the_catalogue_within_bounds_and_few_at_once() -> None:
    channel = climb(1)
    for before, after in zip(channel.versions, channel.versions[1:], strict=False):
        changes = differences(before.config, after.config)
        assert 1 <= len(changes) <= MOST_CHANGES
        for change in changes:
            assert CATALOGUE[change.path].allows(change.old, change.new)  # type: ignore[arg-type]


def test_too_few_stories_are_not_learned_from() -> None:
    channel = life(1, days=5)
    advice = learn(channel)
    assert not advice.changes
    assert advice.reason == "Abstains: 8 stories with outcomes, optimizer.min_stories asks for 12."


def test_what_was_never_varied_is_not_learned_about() -> None:
    channel = Life(Audience(BEST, seed=1), channel_config(explore=0), a_day=4)
    channel.live(20)
    advice = learn(channel)
    assert not advice.changes
    assert "no parameter it may change was varied" in advice.reason


def test_stories_without_a_reported_day_count_for_nothing() -> None:
    channel = life(1)
    unknown = [replace(row, watch_per_impression=None) for row in channel.rows]
    unreported = [replace(row, complete=False, age_days=0) for row in channel.rows]
    for rows in (unknown, unreported):
        assert recommend(rows, channel.config, seed="x").stories == 0


def test_a_story_is_learned_from_as_soon_as_its_first_day_is_reported() -> None:
    channel = life(1)
    young = [replace(row, complete=False, age_days=1) for row in channel.rows]
    assert recommend(young, channel.config, seed="x").stories == len(young)


def test_stories_try_most_often_what_is_likely_best_and_never_more_than_a_step() -> None:
    channel = life(2, days=30)
    advice = learn(channel)
    around = apply_changes(channel.config, {change.path: change.new for change in advice.changes})
    sums: dict[str, float] = {}
    for leaning in advice.leanings:
        sums[leaning.path] = sums.get(leaning.path, 0) + leaning.probability
    assert all(share == pytest.approx(1, abs=0.01) for share in sums.values())
    tried = [
        change
        for number in range(300)
        for change in explored_changes(
            f"testing_20260201_{number:04d}", around, leanings=advice.leanings
        )
    ]
    assert all(CATALOGUE[change.path].allows(change.old, change.new) for change in tried)  # type: ignore[arg-type]
    chance = {(each.path, each.value): each.probability for each in advice.leanings}
    counts = Counter((change.path, change.new) for change in tried)
    likely = max(((path, value) for path, value in chance if value != value_of(around, path)), key=lambda key: chance[key])  # fmt: skip
    others = [key for key in chance if key[0] == likely[0] and key != likely]
    assert all(counts[likely] > counts[other] for other in others)
    blind = explored_changes("testing_20260201_0001", around)
    assert blind == explored_changes("testing_20260201_0001", around)
    far = apply_changes(around, {"target_seconds": 90, "music.level_db": -24})
    for number in range(100):
        for change in explored_changes(f"testing_20260201_{number:04d}", far, leanings=advice.leanings):  # fmt: skip
            assert CATALOGUE[change.path].allows(change.old, change.new)  # type: ignore[arg-type]


def test_parameters_under_experiment_forbidden_or_taken_back_are_left_alone() -> None:
    channel = life(2, days=30)
    free = learn(channel)
    (first, *_) = free.changes
    held = learn(channel, held={first.path})
    assert first.path not in {change.path for change in held.changes}
    refused = learn(channel, refused=lambda path, old, new: path == first.path)
    assert first.path not in {change.path for change in refused.changes}
    only = channel_config(**BOLD, parameters=["music.level_db"])
    named = recommend(channel.known(), only, seed="test")
    assert {change.path for change in named.changes} <= {"music.level_db"}
    assert {leaning.path for leaning in named.leanings} == {"music.level_db"}


def test_an_optimizer_that_is_off_and_a_closed_channel_learn_nothing() -> None:
    channel = life(1)
    off = channel_config(mode="off")
    closed = channel.config.model_copy(update={"active": False})
    assert "is off" in recommend(channel.known(), off, seed="x").reason
    assert "is closed" in recommend(channel.known(), closed, seed="x").reason
    assert learnable(off) == learnable(closed) == ()


def test_a_gain_that_costs_completion_or_revenue_is_not_recommended() -> None:
    channel = life(2, days=30, best={"target_seconds": 90}, strength=1.2)
    assert learn(channel).changes
    poorer = [
        replace(row, revenue_usd=type(row.revenue_usd)(100) / int(row.parameters["target_seconds"]))
        for row in channel.known()
    ]
    advice = recommend(poorer, channel.config, seed="test")
    assert not advice.changes
    assert "would lower revenue per story by" in advice.reason
    tired = [
        replace(row, completion=(30 / float(row.parameters["target_seconds"])) ** 2)
        for row in channel.known()
    ]
    advice = recommend(tired, channel.config, seed="test")
    assert not advice.changes
    assert "would lower completion by" in advice.reason


def test_learning_from_a_hundred_stories_takes_a_moment() -> None:
    channel = life(1, days=28)
    rows = channel.known()
    assert len(rows) == 100
    recommend(rows, channel.config, seed="warm")
    spent = []
    for _ in range(3):
        start = time.process_time()
        recommend(rows, channel.config, seed="x")
        spent.append(time.process_time() - start)
    assert min(spent) < 0.3  # 0.1 s on a quiet machine


def test_the_learner_imports_nothing_that_knows_the_audience() -> None:
    folder = Path(__file__).parents[2] / "content_platform/steering"
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not [name for name in names if "publishing" in name or "metrics" in name]


def test_another_process_gives_the_same_advice_and_loads_no_publishing() -> None:
    program = (
        "import json, sys\n"
        "import content_platform.steering.optimizer\n"
        "from content_platform_tests.steering.test_recommender import learn, life\n"
        "advice = learn(life(3))\n"
        "knows = [name for name in sys.modules if name.startswith('content_platform.publishing')]\n"
        "print(json.dumps([advice.reason, advice.expected_uplift, advice.uplift_low, knows]))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    here = learn(life(3))
    assert json.loads(ended.stdout) == [here.reason, here.expected_uplift, here.uplift_low, []]


@pytest.mark.soak
def test_over_many_audiences_it_climbs_and_rarely_steps_down() -> None:
    lives = [climb(seed) for seed in range(20, 40)]
    gained = [channel.liked(channel.config) for channel in lives]
    steps = [
        channel.liked(after.config) - channel.liked(before.config)
        for channel in lives
        for before, after in zip(channel.versions, channel.versions[1:], strict=False)
    ]
    assert min(gained) > 0
    assert sum(step < 0 for step in steps) <= 0.1 * len(steps)
    flat = [learn(life(seed, best={}, days=30)) for seed in range(60)]
    assert sum(bool(advice.changes) for advice in flat) <= 0.1 * len(flat)
