"""Experiments are started on what viewers can notice, assigned by hash, and end once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from content_platform.errors import BadInput, NotFound
from content_platform.governance.audit import AuditLog
from content_platform.steering.configs import ChannelConfigs
from content_platform.steering.experiments import Experiments, arms_for, held_paths
from content_platform.steering.exploration import explored_changes
from content_platform.steering.models import Arm, Experiment, ExperimentStatus, LearnableParameter
from content_platform.steering.outcomes import OutcomeRow
from content_platform.steering.parameters import (
    CATALOGUE,
    apply_changes,
    differences,
    parameters_of,
    value_of,
)
from content_platform.storage.database import Database
from content_platform_tests.steering.conftest import Watch
from content_platform_tests.steering.synthetic import START, channel_config
from content_platform_tests.steering.test_comparison import outcomes

Report = Callable[[Sequence[OutcomeRow]], None]
CONTROL = Arm(name="control")
QUIET = Arm(name="quiet", changes={"music.level_db": -20})
STORIES = [f"testing_202601{day:02d}_{number:04d}" for day in range(1, 29) for number in range(100)]


def experiment(**values: object) -> Experiment:
    given_values = {
        "experiment_id": "music",
        "channel": "testing",
        "hypothesis": "quieter is better",
        "arms": (CONTROL, QUIET, Arm(name="loud", changes={"music.level_db": -12})),
        "author": "ann",
        "started_at": START,
    }
    return Experiment.model_validate({**given_values, **values})


@pytest.fixture
def channel(configs: ChannelConfigs) -> None:
    configs.add_channel(channel_config(), author="ann", reason="new")


def begin(experiments: Experiments, *arms: Arm, **values: object) -> Experiment:
    given_values = {"hypothesis": "quieter is better", "author": "ann", "experiment_id": "music"}
    return experiments.start("testing", arms or (CONTROL, QUIET), **{**given_values, **values})  # type: ignore[arg-type]


def test_arms_get_equal_parts_of_the_share_and_never_change_their_mind() -> None:
    one = experiment(share=0.6)
    given_arms = Counter(arm.name for story in STORIES for arm in arms_for(story, [one]).values())
    assert sum(given_arms.values()) == pytest.approx(0.6 * len(STORIES), rel=0.05)
    for count in given_arms.values():
        assert count == pytest.approx(0.2 * len(STORIES), rel=0.12)
    assert all(arms_for(story, [one]) == arms_for(story, [one]) for story in STORIES[:50])


def test_two_experiments_share_out_independently_of_each_other() -> None:
    both = [experiment(), experiment(experiment_id="voice")]
    pairs = Counter(tuple(arm.name for arm in arms_for(story, both).values()) for story in STORIES)
    assert len(pairs) == 9
    assert min(pairs.values()) > 0.7 * len(STORIES) / 9


def test_other_channels_and_ended_experiments_take_no_stories() -> None:
    ended = experiment(status=ExperimentStatus.STOPPED)
    assert arms_for(STORIES[0], [ended]) == {}
    assert arms_for("other_20260101_0001", [experiment()]) == {}


def test_exploration_tries_bounded_steps_on_its_share_of_stories() -> None:
    config = channel_config(explore=0.4)
    current = parameters_of(config)
    tried = [changes for story in STORIES if (changes := explored_changes(story, config))]
    assert len(tried) == pytest.approx(0.4 * len(STORIES), rel=0.1)
    for change in (change for changes in tried for change in changes):
        assert change.old == current[change.path] != change.new
        assert CATALOGUE[change.path].allows(change.old, change.new)  # type: ignore[arg-type]
    ways = Counter((change.path, change.new) for changes in tried for change in changes)
    assert len(ways) == 2 * 4 + 2 + 2
    apply_changes(config, {change.path: change.new for change in tried[0]})


def test_holding_a_parameter_changes_nothing_else_about_what_is_tried() -> None:
    config = channel_config(explore=0.8)
    for story in STORIES[:200]:
        free = explored_changes(story, config)
        held = explored_changes(story, config, held={"music.level_db"})
        assert held == tuple(change for change in free if change.path != "music.level_db")


def test_nothing_is_tried_with_the_optimizer_off() -> None:
    for config in (channel_config(mode="off", explore=0.8), channel_config(explore=0)):
        assert not any(explored_changes(story, config) for story in STORIES[:200])


def test_a_parameter_a_person_put_out_of_bounds_is_left_alone() -> None:
    config = apply_changes(channel_config(explore=0.8), {"target_seconds": 300})
    tried = {change.path for story in STORIES[:200] for change in explored_changes(story, config)}
    assert tried == set(CATALOGUE) - {"target_seconds"}


def test_the_catalogue_and_the_configs_words_for_it_are_the_same() -> None:
    assert set(CATALOGUE) == set(LearnableParameter.__args__)  # type: ignore[attr-defined]
    assert set(parameters_of(channel_config())) == set(CATALOGUE)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "target_seconds": st.integers(15, 600),
            "narration.speed": st.floats(0.7, 1.4),
            "narration.lexicon": st.dictionaries(
                st.text("aé:#-", min_size=1).map("z{}".format),
                st.text("aé: #-", min_size=1).map("z{}".format),
            ),
            "hashtags": st.lists(st.sampled_from(["aa", "bb"]), max_size=3),
            "cadence.every_minutes": st.sampled_from([None, 120, 600]),
            "story_budget_usd": st.sampled_from(["1.5", "3"]),
            "series": st.just([]),
        },
    )
)
def test_differences_are_exactly_what_makes_one_config_the_other(
    changes: dict[str, object],
) -> None:
    old = channel_config()
    new = apply_changes(old, changes)  # type: ignore[arg-type]
    found = differences(old, new)
    assert apply_changes(old, {change.path: change.new for change in found}) == new
    assert apply_changes(new, {change.path: change.old for change in found}) == old
    assert all(value_of(new, change.path) is not None or change.new is None for change in found)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"narration.tempo": 1}, "narration.tempo"),
        ({"narrator.speed": 1}, "no 'narrator.speed'"),
        ({"narration.speed.factor": 1}, "no 'narration.speed.factor'"),
        ({"narration.speed": 9}, "less than or equal to 1.4"),
        ({"channel": "other"}, "cannot be renamed"),
    ],
)
def test_changes_that_make_no_config_are_refused(changes: dict[str, float], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        apply_changes(channel_config(), changes)


@pytest.mark.usefixtures("channel")
def test_an_experiment_holds_its_parameters_against_another_one(experiments: Experiments) -> None:
    one = begin(experiments)
    assert held_paths(experiments.running("testing")) == {"music.level_db"}
    with pytest.raises(BadInput, match="under experiment in 'music'"):
        begin(experiments, experiment_id="again")
    other = begin(
        experiments,
        CONTROL,
        Arm(name="fast", changes={"narration.speed": 1.1}),
        experiment_id=None,
    )
    assert other.experiment_id == "testing-speed-20260101"
    experiments.stop(one.experiment_id, author="ann", reason="enough")
    assert begin(experiments, experiment_id="again").status is ExperimentStatus.RUNNING
    with pytest.raises(BadInput, match="has ended: it is stopped"):
        experiments.stop(one.experiment_id, author="ann", reason="again")


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize(
    ("arms", "said"),
    [
        ((CONTROL,), "at least one other arm"),
        ((CONTROL, Arm(name="same")), "make the same config"),
        ((CONTROL, Arm(name="same", changes={"music.level_db": -16})), "make the same config"),
        ((CONTROL, QUIET, QUIET), "name one twice"),
        ((CONTROL, Arm(name="x", changes={"music.level_db": 5})), "music.level_db"),
        ((CONTROL, Arm(name="x", changes={"publishing.daily_limit": 5})), "does not change what"),
        ((CONTROL, Arm(name="x", changes={"music.volume": 5})), "music.volume"),
    ],
)
def test_an_experiment_that_could_tell_nothing_is_not_started(
    experiments: Experiments, arms: tuple[Arm, ...], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        begin(experiments, *arms)
    assert experiments.find() == []


@pytest.mark.usefixtures("channel")
def test_experiments_are_found_again_and_unknown_ones_named(experiments: Experiments) -> None:
    one = begin(experiments)
    with pytest.raises(BadInput, match="an experiment 'music' already"):
        begin(experiments, CONTROL, Arm(name="fast", changes={"narration.speed": 1.1}))
    assert experiments.find(channel="testing") == [one]
    assert experiments.find(status=ExperimentStatus.WON) == []
    for ask in (experiments.get, experiments.compare, experiments.promote):
        with pytest.raises(NotFound, match="no experiment 'nothing'"):
            ask("nothing")
    with pytest.raises(BadInput, match="has no winner: it is running"):
        experiments.promote("music")


@pytest.mark.usefixtures("channel")
def test_a_winner_is_promoted_once_with_its_evidence_in_reason_and_audit(
    database: Database, clock: Watch, report: Report
) -> None:
    log = AuditLog(database, clock)
    configs = ChannelConfigs(database, clock, audit=log.record)
    experiments = Experiments(database, configs, clock)
    begin(experiments)
    report(outcomes({"control": 1.0, "quiet": 1.0}, 6))
    assert experiments.settle("testing") == []
    later = [
        replace(row, story_id=f"testing_20260202_{number:04d}")
        for number, row in enumerate(outcomes({"control": 1.0, "quiet": 1.8}, 25))
    ]
    report(later)
    clock.now = START + timedelta(days=30)
    (settled,) = experiments.settle("testing")
    assert settled.winner == "quiet"
    ended = experiments.get("music")
    assert (ended.status, ended.winner, ended.ended_at) == (
        ExperimentStatus.WON,
        "quiet",
        clock.now,
    )
    version = configs.current("testing")
    assert (version.version, version.author) == (2, "optimizer")
    assert version.config.music.level_db == -20
    assert "quieter is better" in version.reason
    assert "quiet won" in version.reason
    assert experiments.settle("testing") == []
    assert experiments.promote("music") == version
    actions = [entry.action for entry in log.entries()]
    assert actions == ["config.promote", "experiment.won", "experiment.start"]


@pytest.mark.usefixtures("channel")
def test_on_propose_a_winner_waits_for_a_person(
    experiments: Experiments, configs: ChannelConfigs, report: Report
) -> None:
    proposing = apply_changes(configs.current("testing").config, {"optimizer.mode": "propose"})
    configs.update("testing", proposing, author="ann", reason="ask me", parent=1)
    begin(experiments)
    report(outcomes({"control": 1.0, "quiet": 1.8}, 25))
    experiments.settle("testing")
    assert configs.current("testing").version == 2
    made = experiments.promote("music", author="ben")
    assert (made.version, made.author, made.config.music.level_db) == (3, "ben", -20)


@pytest.mark.usefixtures("channel")
def test_without_a_winner_it_stops_when_all_arms_have_their_stories(
    experiments: Experiments, configs: ChannelConfigs, report: Report
) -> None:
    begin(experiments, max_per_arm=10)
    report(outcomes({"control": 1.0, "quiet": 1.0}, 10))
    experiments.settle("testing")
    assert experiments.get("music").status is ExperimentStatus.STOPPED
    assert configs.current("testing").version == 1


@pytest.mark.usefixtures("channel")
def test_a_story_is_exposed_when_it_is_first_published(
    experiments: Experiments, database: Database
) -> None:
    begin(experiments)
    story = STORIES[0]
    with database.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO content.stories (story_id, channel, request, request_sha256, status, "
                "title, error, created_at, updated_at) VALUES (:story, 'testing', '{}', 'x', "
                "'finished', '', '', :now, :now)"
            ),
            {"story": story, "now": START},
        )
        connection.execute(
            text(
                "INSERT INTO content.experiment_assignments (experiment_id, story_id, channel, arm, "
                "assigned_at) VALUES ('music', :story, 'testing', 'quiet', :now)"
            ),
            {"story": story, "now": START},
        )
    experiments.record_exposures("testing")
    assert experiments.assignments("music")[0].exposed_at is None
    with database.transaction() as connection:
        for locale, hours in (("en", 3), ("de", 2)):
            at = START + timedelta(hours=hours)
            connection.execute(
                text(
                    "INSERT INTO content.uploads (story_id, platform, locale, format, channel, "
                    "account, state, metadata_sha256, idempotency_key, attempts, error, "
                    "planned_at, published_at, updated_at) VALUES (:story, 'sandbox', :locale, "
                    "'9x16', 'testing', 'a', 'published', 'x', :locale, 1, '', :now, :at, :now)"
                ),
                {"story": story, "locale": locale, "now": START, "at": at},
            )
    for _ in range(2):
        experiments.record_exposures("testing")
        (assignment,) = experiments.assignments("music")
        assert assignment.exposed_at == START + timedelta(hours=2)
