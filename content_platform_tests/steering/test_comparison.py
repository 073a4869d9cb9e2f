"""Arms are compared as often as one likes, and a false winner stays as rare as promised."""

from __future__ import annotations

import math
import random

import pytest

from content_platform.steering.comparison import compare, evaluate, winning_changes
from content_platform.steering.models import Arm, Experiment
from content_platform_tests.steering.synthetic import START, Audience, at, channel_config

ALPHA = 0.05
NOISES = {
    "normal": lambda dice: dice.gauss(0, 0.3),
    "skewed": lambda dice: math.log(dice.expovariate(1) + 1e-3),
    "heavy-tailed": lambda dice: dice.gauss(0, 0.2) / math.sqrt(dice.gammavariate(1.5, 2) / 3),
}


def false_winners(noise: str, runs: int, *, stories: int = 120, every: int = 4) -> float:
    """The share of A/A comparisons that name a difference at one of their daily looks."""
    found = 0
    for run in range(runs):
        dice = random.Random(f"{noise} {run}")
        arms: tuple[list[float], list[float]] = ([], [])
        for story in range(stories):
            arms[dice.randrange(2)].append(NOISES[noise](dice))
            if story % every or min(map(len, arms)) < 5:
                continue
            seen = compare(*arms, alpha=ALPHA)
            if seen.low > 0 or seen.high < 0:
                found += 1
                break
    return found / runs


@pytest.mark.parametrize("noise", NOISES)
def test_looking_every_day_finds_no_winner_where_there_is_none(noise: str) -> None:
    assert false_winners(noise, 200) <= ALPHA


@pytest.mark.soak
@pytest.mark.parametrize("noise", NOISES)
def test_over_two_thousand_comparisons_false_winners_stay_within_alpha(noise: str) -> None:
    assert false_winners(noise, 2000) <= ALPHA


def test_an_ordinary_test_looked_at_every_day_would_not_hold_its_promise() -> None:
    """The reason for all this: the fixed-sample bound of 1.96 standard errors, peeked at."""
    found = 0
    for run in range(200):
        dice = random.Random(run)
        arms: tuple[list[float], list[float]] = ([], [])
        for story in range(120):
            arms[dice.randrange(2)].append(dice.gauss(0, 1))
            if story % 4 or min(map(len, arms)) < 5:
                continue
            means = [sum(arm) / len(arm) for arm in arms]
            if abs(means[0] - means[1]) > 1.96 * math.sqrt(sum(1 / len(arm) for arm in arms)):
                found += 1
                break
    assert found / 200 > 3 * ALPHA


def test_the_bounds_close_around_the_true_difference() -> None:
    dice = random.Random(4)
    control = [dice.gauss(0, 0.3) for _ in range(200)]
    treated = [dice.gauss(0.3, 0.3) for _ in range(200)]
    wide, narrow = (compare(control[:n], treated[:n], alpha=ALPHA) for n in (6, 200))
    assert wide.low < 0.3 < wide.high
    assert 0 < narrow.low < 0.3 < narrow.high
    assert narrow.high - narrow.low < wide.high - wide.low
    assert narrow.evidence > 1 / ALPHA


def test_bounds_exclude_zero_exactly_when_the_evidence_is_enough() -> None:
    for seed in range(300):
        dice = random.Random(seed)
        shift = dice.choice((0, 0.2, 0.4))
        control = [dice.gauss(0, 0.3) for _ in range(dice.randint(2, 30))]
        treated = [dice.gauss(shift, 0.3) for _ in range(dice.randint(2, 30))]
        seen = compare(control, treated, alpha=ALPHA)
        assert (seen.low > 0 or seen.high < 0) == (seen.evidence > 1 / ALPHA)


def test_comparing_does_not_depend_on_the_unit_of_measurement() -> None:
    dice = random.Random(1)
    control, treated = ([dice.gauss(m, 1) for _ in range(20)] for m in (0, 1))
    plain = compare(control, treated, alpha=ALPHA)
    moved = compare([7 + 100 * v for v in control], [7 + 100 * v for v in treated], alpha=ALPHA)
    assert moved.evidence == pytest.approx(plain.evidence)
    assert moved.low == pytest.approx(100 * plain.low)


def test_one_story_or_all_the_same_say_nothing_false() -> None:
    assert compare([1.0], [2.0, 3.0], alpha=ALPHA).evidence == 1
    assert compare([], [], alpha=ALPHA).high == math.inf
    same = compare([1.0] * 9, [1.0] * 9, alpha=ALPHA)
    assert same.low <= 0 <= same.high


def experiment(*arms: Arm, **values: object) -> Experiment:
    given = {
        "experiment_id": "music",
        "channel": "testing",
        "hypothesis": "quieter is better",
        "arms": (Arm(name="control"), *arms),
        "author": "ann",
        "started_at": START,
    }
    return Experiment.model_validate({**given, **values})


def outcomes(likes: dict[str, float], per_arm: int):  # type: ignore[no-untyped-def]
    rows = []
    for number in range(per_arm * len(likes)):
        arm = list(likes)[number % len(likes)]
        audience = Audience({}, seed=number, noise=0.2)
        row = audience.outcome(
            f"testing_20260101_{number:04d}",
            channel_config(),
            1,
            at(number, a_day=4),
            {"music": arm},
        )
        rows.append(
            type(row)(
                **{**row.__dict__, "watch_per_impression": row.watch_per_impression * likes[arm]}
            )
        )
    return rows


def test_the_better_arm_wins_and_its_evidence_is_told() -> None:
    one = experiment(Arm(name="quiet", changes={"music.level_db": -20}))
    seen = evaluate(one, outcomes({"control": 1.0, "quiet": 1.6}, 25))
    assert seen.winner == "quiet"
    assert winning_changes(seen) == {"music.level_db": -20}
    assert "quiet won" in seen.summary
    assert not seen.report().passed
    assert seen.report().measures["quiet_stories"] == 25


def test_of_several_better_arms_the_best_wins() -> None:
    arms = [Arm(name=name, changes={"music.level_db": level}) for name, level in (("a", -18), ("b", -20))]  # fmt: skip
    seen = evaluate(experiment(*arms), outcomes({"control": 1.0, "a": 1.6, "b": 2.2}, 30))
    assert seen.winner == "b"


def test_the_control_wins_when_everything_else_is_worse() -> None:
    one = experiment(Arm(name="loud", changes={"music.level_db": -10}))
    seen = evaluate(one, outcomes({"control": 1.0, "loud": 0.5}, 25))
    assert seen.winner == "control"
    assert winning_changes(seen) == {}


def test_no_winner_before_every_arm_has_its_least_stories_and_an_end_at_the_most() -> None:
    arm = Arm(name="quiet", changes={"music.level_db": -20})
    early = evaluate(experiment(arm, min_per_arm=30), outcomes({"control": 1.0, "quiet": 2.0}, 25))
    assert early.winner is None
    assert not early.exhausted
    late = evaluate(experiment(arm, max_per_arm=20), outcomes({"control": 1.0, "quiet": 1.0}, 20))
    assert late.winner is None
    assert late.exhausted
    assert "No arm was better beyond doubt" in late.summary


def test_stories_of_other_experiments_and_unmeasured_ones_are_not_compared() -> None:
    arm = Arm(name="quiet", changes={"music.level_db": -20})
    rows = outcomes({"control": 1.0, "quiet": 1.0}, 10)
    other = [type(row)(**{**row.__dict__, "arms": {"voice": "quiet"}}) for row in rows]
    unfinished = [type(row)(**{**row.__dict__, "complete": False}) for row in rows]
    seen = evaluate(experiment(arm), [*rows, *other, *unfinished])
    assert [result.stories for result in seen.arms] == [10, 10]
