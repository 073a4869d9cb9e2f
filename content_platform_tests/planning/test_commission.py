"""A brief is settled once: config, arms, tries, theme and episode; then it stays."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from content_platform.errors import BadInput, NotFound
from content_platform.planning.commission import commission
from content_platform.steering.configs import ChannelConfigs
from content_platform.steering.models import Arm, Assignment, ConfigVersion, Experiment
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform.stories.models import Brief, StoryRequest, StoryStatus
from content_platform.stories.register import StoryRegister
from content_platform.vocabulary import ArtStyle
from content_platform_tests.planning.conftest import NOON, SetClock, change

SIX_THEMES = ["the lamp", "the door", "the clock", "the boat", "the key", "the letter"]
THE_HARBOUR = """
series:
  - {name: harbour, title: The Harbour, world: a harbour town,
     cast: [{name: Mara, kind: woman, noun: keeper}]}
"""
AddChannel = Callable[..., ConfigVersion]
Briefs = Callable[[str], Brief]


@pytest.fixture
def brief_of(
    database: Database,
    register: StoryRegister,
    configs: ChannelConfigs,
    records: RecordStore,
    clock: SetClock,
) -> Briefs:
    def brief(story_id: str) -> Brief:
        return commission(
            story_id,
            database=database,
            register=register,
            configs=configs,
            records=records,
            clock=clock,
        )

    return brief


@pytest.fixture
def a_story(register: StoryRegister, clock: SetClock) -> Callable[..., str]:
    """Call it with wishes to register a story of its own seed, and get its key."""

    def make(**wishes: object) -> str:
        clock.advance(minutes=1)
        seed = len(register.stories(limit=1000)) + 1
        asked = StoryRequest.model_validate({"channel": "night", "seed": seed} | wishes)
        return register.register(asked).story_id

    return make


@pytest.fixture(autouse=True)
def the_channel(add_channel: AddChannel, configs: ChannelConfigs) -> None:
    add_channel(more=THE_HARBOUR + "optimizer: {explore: 0}")
    change(configs, "night", themes=SIX_THEMES, variation={"window": 4})


def test_a_story_keeps_its_brief_whatever_becomes_of_the_channel(
    a_story: Callable[..., str],
    brief_of: Briefs,
    configs: ChannelConfigs,
    register: StoryRegister,
    records: RecordStore,
) -> None:
    key = a_story()
    first = brief_of(key)
    assert register.row(key).status is StoryStatus.RUNNING
    assert records.load(Brief, key) == [first]
    change(configs, "night", themes=["something else"], target_seconds=90, active=False)
    assert brief_of(key) == first
    with pytest.raises(NotFound, match="'night' is closed since config version 3"):
        brief_of(a_story())
    with pytest.raises(NotFound, match="no channel 'day'"):
        brief_of("day_20260323_0001")
    retold = register.raise_attempt(key)
    again = brief_of(key)
    assert retold.attempt == again.attempt == 1
    assert again.theme in set(SIX_THEMES) - {first.theme}
    assert (again.config, again.config_version) == (first.config, first.config_version)


def test_no_theme_comes_again_within_the_window_while_others_are_left(
    a_story: Callable[..., str], brief_of: Briefs
) -> None:
    told = [brief_of(a_story()).theme for _ in range(30)]
    for number in range(30):
        window = told[max(0, number - 4) : number]
        assert told[number] not in window
    assert set(told) == set(SIX_THEMES)


def test_a_channel_with_few_themes_takes_the_one_used_longest_ago(
    a_story: Callable[..., str], brief_of: Briefs, configs: ChannelConfigs
) -> None:
    change(configs, "night", themes=SIX_THEMES[:3], variation={"window": 20})
    told = [brief_of(a_story()).theme for _ in range(9)]
    assert set(told[:3]) == set(SIX_THEMES[:3])
    assert told[3:] == told[:6]


def test_stories_begun_at_once_and_in_any_order_have_different_themes(
    brief_of: Briefs, register: StoryRegister, configs: ChannelConfigs
) -> None:
    change(configs, "night", variation={"window": 5})
    rows = register.register_all([StoryRequest(channel="night", seed=n) for n in range(6)])
    keys = [row.story_id for row in rows]
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(brief_of, [*reversed(keys), *keys]))
    assert sorted(brief.theme for brief in made[:6]) == sorted(SIX_THEMES)
    assert made[6:] == made[5::-1]


def test_episodes_are_numbered_without_gaps_and_a_rejected_one_gives_its_number_back(
    a_story: Callable[..., str], brief_of: Briefs, register: StoryRegister
) -> None:
    keys = [a_story(series="harbour") for _ in range(4)]
    assert [brief_of(key).episode for key in keys[:3]] == [1, 2, 3]
    assert brief_of(a_story()).episode is None
    register.set_status(keys[1], StoryStatus.REJECTED, error="too sad")
    assert brief_of(keys[3]).episode == 2
    register.raise_attempt(keys[1])
    assert brief_of(keys[1]).episode == 4
    assert brief_of(keys[0]).episode == 1
    with pytest.raises(BadInput, match="no series 'attic'"):
        brief_of(a_story(series="attic"))


def an_experiment(*arms: Arm) -> Experiment:
    return Experiment(
        experiment_id="night_style",
        channel="night",
        hypothesis="paper sells better",
        arms=arms,
        author="test",
        started_at=NOON,
    )


def test_arms_change_the_config_and_are_assigned_once(
    a_story: Callable[..., str], brief_of: Briefs, records: RecordStore, clock: SetClock
) -> None:
    plain = Arm(name="plain", changes={})
    paper = Arm(name="paper", changes={"look.style": "paper-cut", "narration.speed": 1.1})
    records.put(an_experiment(plain, paper))
    made = [brief_of(a_story()) for _ in range(12)]
    assert {brief.arms["night_style"] for brief in made} == {"plain", "paper"}
    for brief in made:
        paper_cut = brief.arms["night_style"] == "paper"
        assert (brief.style is ArtStyle.PAPER_CUT) == paper_cut
        assert brief.config.narration.speed == (1.1 if paper_cut else 1.0)
    assigned = records.find(Assignment, experiment_id="night_style")
    assert {(one.story_id, one.arm) for one in assigned} == {
        (brief.story_id, brief.arms["night_style"]) for brief in made
    }
    exposed = assigned[0].model_copy(update={"exposed_at": NOON})
    records.put(exposed)
    clock.advance(days=1)
    brief_of(exposed.story_id)
    assert records.find(Assignment, story_id=exposed.story_id) == [exposed]


def test_a_story_whose_request_sets_what_is_compared_takes_no_part(
    a_story: Callable[..., str], brief_of: Briefs, records: RecordStore
) -> None:
    paper = Arm(name="paper", changes={"look.style": "paper-cut"})
    records.put(an_experiment(paper, Arm(name="light", changes={"look.style": "storybook-light"})))
    brief = brief_of(a_story(style="paper-cut", target_seconds=75))
    assert (brief.arms, records.find(Assignment)) == ({}, [])
    assert (brief.config.look.style, brief.config.target_seconds) == (ArtStyle.PAPER_CUT, 75)


def test_a_share_of_the_stories_tries_something_and_says_what(
    a_story: Callable[..., str], brief_of: Briefs, configs: ChannelConfigs
) -> None:
    change(configs, "night", optimizer={"explore": 0.5})
    made = [brief_of(a_story()) for _ in range(24)]
    trying = [brief for brief in made if brief.explored]
    assert 5 < len(trying) < 20
    for brief in trying:
        shown = brief.config.model_dump(mode="json")
        for tried in brief.explored:
            value = shown
            for part in tried.path.split("."):
                value = value[part]
            assert value == tried.new != tried.old
    assert [brief_of(brief.story_id) for brief in made] == made


def test_a_partition_added_by_hand_gets_a_request_of_its_own(
    brief_of: Briefs, register: StoryRegister
) -> None:
    key = "night_20260401_0007"
    assert brief_of(key) == brief_of(key)
    assert register.row(key).request.seed == brief_of(key).seed > 0
    with pytest.raises(BadInput, match="not of the form"):
        brief_of("nonsense")


def test_a_rehearsal_and_its_slot_are_kept_in_the_brief(
    a_story: Callable[..., str], brief_of: Briefs
) -> None:
    later = NOON + timedelta(days=1)
    brief = brief_of(a_story(media=False, publish=True, publish_at=later, series="harbour"))
    assert (brief.media, brief.series, brief.episode) == (False, "harbour", 1)
