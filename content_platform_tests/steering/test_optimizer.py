"""A recommendation becomes a version once, within bounds; a worse version is taken back once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from content_platform.errors import BadInput, NotFound
from content_platform.steering.configs import ChannelConfigs
from content_platform.steering.experiments import Experiments
from content_platform.steering.models import (
    Arm,
    ConfigChange,
    Recommendation,
    RecommendationStatus,
)
from content_platform.steering.optimizer import Optimizer
from content_platform.steering.outcomes import OutcomeRow, load_outcomes
from content_platform.steering.parameters import apply_changes, differences
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform_tests.steering.conftest import Watch
from content_platform_tests.steering.synthetic import BEST, START, Audience, Life, channel_config

Report = Callable[[Sequence[OutcomeRow]], None]
DAY = date(2026, 1, 30)
QUIETER = ConfigChange(path="music.level_db", old=-16.0, new=-18.0)


@pytest.fixture
def channel(configs: ChannelConfigs) -> None:
    configs.add_channel(channel_config(explore=0.6), author="ann", reason="new")


def put(
    records: RecordStore, *changes: ConfigChange, day: date = DAY, base: int = 1
) -> Recommendation:
    record = Recommendation(
        channel="testing",
        day=day.isoformat(),
        base_version=base,
        changes=changes,
        reason="because",
        stories=30,
        expected_uplift=0.1,
        uplift_low=0.05,
        created_at=START,
    )
    records.put(record)
    return record


def with_mode(configs: ChannelConfigs, mode: str) -> int:
    now = configs.current("testing")
    config = apply_changes(now.config, {"optimizer.mode": mode})
    return configs.update("testing", config, author="ann", reason=mode, parent=now.version).version


def measured_life(seed: int = 2, days: int = 30) -> Life:
    life = Life(Audience(BEST, seed=seed), channel_config(explore=0.6), a_day=4, lag_days=0)
    life.live(days)
    return life


def test_outcomes_read_as_they_were_reported_and_only_up_to_the_moment(
    database: Database, report: Report
) -> None:
    rows = measured_life(days=3).rows
    rows[0] = replace(rows[0], views=None, watch_per_impression=None, revenue_usd=None, series="s")
    report(rows)
    assert load_outcomes(database, "testing") == rows
    assert load_outcomes(database, "testing", until=START + timedelta(days=1)) == rows[:4]
    assert load_outcomes(database, "other") == []


def test_without_a_warehouse_there_are_no_outcomes_yet(migrated_database: Database) -> None:
    assert load_outcomes(migrated_database, "testing") == []


@pytest.mark.usefixtures("channel")
def test_a_recommendation_becomes_one_version_with_its_evidence(
    optimizer: Optimizer, configs: ChannelConfigs, report: Report
) -> None:
    report(measured_life().rows)
    learned = optimizer.recommend("testing", DAY)
    assert learned.status is RecommendationStatus.OPEN
    assert learned.changes
    applied = optimizer.apply("testing", DAY)
    assert (applied.status, applied.applied_version) == (RecommendationStatus.APPLIED, 2)
    version = configs.current("testing")
    assert (version.version, version.author) == (2, "optimizer")
    assert "lower 90 % bound" in version.reason
    made = differences(configs.version("testing", 1).config, version.config)
    assert {change.path: change for change in made} == {
        change.path: change for change in learned.changes
    }
    assert optimizer.apply("testing", DAY) == applied
    assert optimizer.recommend("testing", DAY) == applied
    assert configs.current("testing").version == 2


@pytest.mark.usefixtures("channel")
def test_asked_again_for_a_day_it_learns_the_same(optimizer: Optimizer, report: Report) -> None:
    report(measured_life().rows)
    assert optimizer.recommend("testing", DAY) == optimizer.recommend("testing", DAY)


@pytest.mark.usefixtures("channel")
def test_many_appliers_at_once_make_one_version(
    database: Database, records: RecordStore, configs: ChannelConfigs, clock: Watch
) -> None:
    put(records, QUIETER)
    start = threading.Barrier(6)
    found: list[Recommendation] = []

    def apply() -> None:
        own = ChannelConfigs(database, clock)
        optimizer = Optimizer(database, own, Experiments(database, own, clock), clock)
        start.wait()
        found.append(optimizer.apply("testing", DAY))

    threads = [threading.Thread(target=apply) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {each.applied_version for each in found} == {2}
    assert len(configs.history("testing")) == 2


@pytest.mark.usefixtures("channel")
def test_on_propose_a_person_accepts_or_refuses_once(
    optimizer: Optimizer, configs: ChannelConfigs, records: RecordStore
) -> None:
    base = with_mode(configs, "propose")
    put(records, QUIETER, base=base)
    assert optimizer.apply("testing", DAY).status is RecommendationStatus.OPEN
    assert [each.day for each in optimizer.proposals("testing")] == [DAY.isoformat()]
    made = optimizer.accept("testing", DAY, author="ben", reason="sounds right")
    version = configs.current("testing")
    assert made.applied_version == version.version == base + 1
    assert (version.author, version.reason) == ("ben", "sounds right: because")
    assert optimizer.proposals() == []
    with pytest.raises(BadInput, match="is not open: applied"):
        optimizer.refuse("testing", DAY, author="ben", reason="no")
    later = DAY + timedelta(days=1)
    put(records, ConfigChange(path="look.style", old="storybook-light", new="paper-cut"), day=later, base=base + 1)  # fmt: skip
    refused = optimizer.refuse("testing", later, author="ben", reason="not our look")
    assert refused.status is RecommendationStatus.REFUSED
    assert "Refused by ben: not our look" in refused.reason
    with pytest.raises(BadInput, match="it is refused"):
        optimizer.accept("testing", later, author="ann")
    with pytest.raises(NotFound, match="no recommendation of 2026-03-01"):
        optimizer.accept("testing", date(2026, 3, 1), author="ann")
    assert configs.current("testing").version == base + 1


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ([ConfigChange(path="music.level_db", old=-16.0, new=-12.0)], "more than one step"),
        ([ConfigChange(path="story_budget_usd", old="2", new=900)], "not among the parameters"),
        ([ConfigChange(path="look.style", old="storybook-light", new="oil")], "more than one step"),
        (
            [
                QUIETER,
                ConfigChange(path="target_seconds", old=45.0, new=50.0),
                ConfigChange(path="narration.speed", old=1.0, new=1.05),
                ConfigChange(path="look.style", old="storybook-light", new="paper-cut"),
                ConfigChange(path="packaging.title_style", old="plain", new="promise"),
            ],
            "it changes 5 parameters, 4 are allowed",
        ),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_the_reason(
    optimizer: Optimizer,
    configs: ChannelConfigs,
    records: RecordStore,
    changes: list[ConfigChange],
    why: str,
) -> None:
    put(records, *changes)
    refused = optimizer.apply("testing", DAY)
    assert refused.status is RecommendationStatus.REFUSED
    assert why in refused.reason
    assert configs.current("testing").version == 1


@pytest.mark.usefixtures("channel")
def test_switched_off_closed_or_under_experiment_nothing_is_applied(
    optimizer: Optimizer,
    configs: ChannelConfigs,
    experiments: Experiments,
    records: RecordStore,
) -> None:
    experiments.start(
        "testing",
        [Arm(name="control"), Arm(name="quiet", changes={"music.level_db": -20})],
        hypothesis="quieter is better",
        author="ann",
    )
    put(records, QUIETER)
    assert "under experiment" in optimizer.apply("testing", DAY).reason
    later = DAY + timedelta(days=1)
    put(records, QUIETER, day=later, base=with_mode(configs, "off"))
    assert "optimizer is off" in optimizer.apply("testing", later).reason


@pytest.mark.usefixtures("channel")
def test_a_recommendation_for_a_version_no_longer_in_force_is_overtaken(
    optimizer: Optimizer, configs: ChannelConfigs, records: RecordStore
) -> None:
    put(records, QUIETER)
    longer = apply_changes(configs.current("testing").config, {"target_seconds": 60})
    configs.update("testing", longer, author="ann", reason="longer", parent=1)
    assert optimizer.apply("testing", DAY).status is RecommendationStatus.OVERTAKEN
    assert configs.current("testing").version == 2


@pytest.mark.usefixtures("channel")
def test_a_later_day_overtakes_open_recommendations_and_an_earlier_one_never_does(
    optimizer: Optimizer, records: RecordStore, report: Report
) -> None:
    put(records, QUIETER)
    optimizer.recommend("testing", DAY + timedelta(days=1))
    assert records.find(Recommendation, day=DAY.isoformat())[0].status is RecommendationStatus.OVERTAKEN  # fmt: skip
    report(measured_life(days=20).rows)
    backfilled = optimizer.recommend("testing", DAY - timedelta(days=5))
    assert backfilled.changes
    assert backfilled.status is RecommendationStatus.OVERTAKEN
    assert optimizer.proposals("testing") == []


@pytest.mark.usefixtures("channel")
def test_after_a_change_it_waits_until_its_stories_have_outcomes(
    optimizer: Optimizer, configs: ChannelConfigs, report: Report
) -> None:
    life = measured_life(days=10)
    configs.update(
        "testing",
        apply_changes(life.config, {"music.level_db": -18}),
        author="optimizer",
        reason="quieter",
        parent=1,
    )
    life.change({"music.level_db": -18})
    life.live(1)
    report(life.rows[:-1])
    waiting = optimizer.recommend("testing", DAY)
    assert not waiting.changes
    assert waiting.leanings
    assert waiting.reason.startswith("Waits: 3 stories have outcomes since")
    life.rows.clear()
    life.live(1)
    report(life.rows)
    assert not optimizer.recommend("testing", DAY).reason.startswith("Waits")


def planted(report: Report, configs: ChannelConfigs) -> Life:
    """A channel that did well until someone changed its length and its hashtags."""
    life = measured_life(seed=5, days=8)
    worse = {"target_seconds": 30, "hashtags": ["bad"]}
    made = apply_changes(life.config, {**worse, "publishing.daily_limit": 9})
    configs.update("testing", made, author="ann", reason="shorter is better", parent=1)
    life.change(worse)  # type: ignore[arg-type]
    life.audience.strength = 1.0
    life.live(3)
    report(life.rows)
    return life


@pytest.mark.usefixtures("channel")
def test_a_planted_bad_version_is_taken_back_once_and_with_its_evidence(
    optimizer: Optimizer, configs: ChannelConfigs, report: Report, clock: Watch
) -> None:
    life = planted(report, configs)
    back = optimizer.roll_back_if_worse("testing")
    assert back is not None
    assert (back.version, back.parent, back.author) == (3, 2, "optimizer")
    assert "Back to the content of version 1. Version 2 changed watched seconds" in back.reason
    assert back.config.target_seconds == 45
    assert back.config.hashtags == ()
    assert back.config.publishing.daily_limit == 9
    assert optimizer.roll_back_if_worse("testing") is None
    unlucky = [replace(row, config_version=3, watch_per_impression=0.1) for row in life.rows[:12]]
    report(unlucky)
    assert optimizer.roll_back_if_worse("testing") is None
    assert configs.current("testing").version == 3


@pytest.mark.usefixtures("channel")
def test_what_was_taken_back_is_not_recommended_for_thirty_days(
    optimizer: Optimizer,
    configs: ChannelConfigs,
    records: RecordStore,
    report: Report,
    clock: Watch,
) -> None:
    clock.now = datetime(2026, 1, 10, tzinfo=UTC)
    longer = apply_changes(configs.current("testing").config, {"target_seconds": 55})
    configs.update("testing", longer, author="optimizer", reason="longer", parent=1)
    clock.now = datetime(2026, 1, 15, tzinfo=UTC)
    configs.rollback("testing", 1, author="optimizer", reason="was worse")
    life = Life(Audience({"target_seconds": 90}, strength=1.5, seed=1), channel_config(explore=0.6), a_day=4)  # fmt: skip
    life.live(28)
    report([replace(row, config_version=3) for row in life.rows])
    within = optimizer.recommend("testing", date(2026, 1, 29))
    assert "target_seconds" not in {change.path for change in within.changes}
    after = optimizer.recommend("testing", date(2026, 2, 20))
    assert "target_seconds" in {change.path for change in after.changes}


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize("mode", ["propose", "off"])
def test_only_on_auto_a_machine_takes_a_version_back(
    optimizer: Optimizer, configs: ChannelConfigs, report: Report, mode: str
) -> None:
    planted(report, configs)
    with_mode(configs, mode)
    assert optimizer.regression("testing").worse
    assert optimizer.roll_back_if_worse("testing") is None
