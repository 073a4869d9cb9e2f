"""Episodes of a series, and what a channel told lately, through ``tell_story``."""

from __future__ import annotations

import itertools
import re

import pytest

from content_platform.stories.models import CastMember, SeriesContext, StoryDraft
from content_platform.stories.sentences import count_words
from content_platform.stories.storyteller import tell_story
from content_platform.stories.storyteller.kernels import heart_kernels, kernels
from content_platform.vocabulary import Genre

KEEPER = CastMember(
    name="Mara", kind="woman", noun="lighthouse keeper", traits=("old", "red scarf")
)
FOX = CastMember(name="Ember", kind="animal", noun="fox", traits=("ginger",))
BAKER = CastMember(name="Theo", kind="man", noun="baker", traits=("white apron",))
WIDOW = CastMember(name="Ruth", kind="woman", noun="widow", traits=("grey shawl",))
CAT = CastMember(name="cat", kind="animal", noun="cat", traits=("tabby",))

THEMES = (
    "a lighthouse keeper on a stormy night",
    "a hotel with one door too many",
    "the painting that looks the other way",
    "two old friends on a park bench",
    "an umbrella nobody owns",
)


def series(cast: tuple[CastMember, ...] = (KEEPER, FOX), **changes: object) -> SeriesContext:
    settings: dict[str, object] = {
        "name": "harbour-lights", "title": "Harbour Lights", "world": "a harbour town in the north",
        "episode": 2, "cast": cast,
    }  # fmt: skip
    return SeriesContext.model_validate(settings | changes)


def text_of(draft: StoryDraft) -> str:
    return " ".join(scene.text for scene in draft.scenes)


def test_what_happened_one_day_happens_to_the_series_cast() -> None:
    theme = "the night the moon fell into the well"
    for genre in Genre:
        draft = tell_story(theme, genre, target_words=118, seed=4, series=series())
        assert draft.kernel in {plot.name for plot in heart_kernels("event", genre)}
        assert text_of(draft).lower().count("the moon fell into the well") >= 2
        assert KEEPER in draft.cast


@pytest.mark.parametrize("genre", Genre)
@pytest.mark.parametrize("words", [60, 118, 240])
def test_an_episode_keeps_the_series_cast_and_has_the_length_asked_for(
    genre: Genre, words: int
) -> None:
    for cast, theme in itertools.product(((KEEPER, FOX), (BAKER, WIDOW, CAT), (FOX,)), THEMES[:3]):
        draft = tell_story(theme, genre, target_words=words, seed=7, series=series(cast))
        assert draft.cast[: len(cast)] == cast
        assert all(member.name in text_of(draft) for member in cast)
        seen = {name for scene in draft.scenes for name in scene.cast}
        assert {member.name for member in cast} <= seen
        assert sum(map(count_words, (s.text for s in draft.scenes))) == pytest.approx(
            words, rel=0.08 if words > 60 else 0.2
        )


def test_an_episode_plays_in_the_worlds_place_and_speaks_of_its_town() -> None:
    for seed in range(4):
        draft = tell_story(
            "the painting that looks the other way", Genre.MYSTERY,
            target_words=118, seed=seed, series=series(),
        )  # fmt: skip
        assert any("lighthouse" in scene.place for scene in draft.scenes)
        assert "Mara" in text_of(draft)
        assert "harbour town" in text_of(draft) or "lighthouse" in text_of(draft)


def test_an_episode_mentions_what_earlier_ones_left_behind() -> None:
    for seed in range(6):
        left = tell_story(
            THEMES[1], Genre.MYSTERY, target_words=118, seed=seed,
            series=series(things=("a brass key",)),
        )  # fmt: skip
        assert text_of(left).count("the brass key") == 1
    long = tell_story(
        THEMES[1], Genre.MYSTERY, target_words=260, seed=3,
        series=series(happened=("Mara finds a boy under the stairs.",)),
    )  # fmt: skip
    assert "“Mara finds a boy under the stairs" in text_of(long)


@pytest.mark.parametrize("words", [60, 118, 240])
def test_an_episode_remembers_the_last_one_by_its_name_or_what_it_left(words: int) -> None:
    before = {
        "titles": ("The First Night", "The Wet Coin"),
        "happened": ("Mara finds a coin on the stairs. It is dry now, and warm to the touch.",),
        "things": ("a brass key",),
    }
    said = set()
    for genre, seed in itertools.product(Genre, range(3)):
        text = text_of(
            tell_story(THEMES[1], genre, target_words=words, seed=seed, series=series(**before))
        )
        ways = ("“The Wet Coin”", "“Mara finds a coin on the stairs", "brass key", "last time")
        kept = [way for way in ways if way in text]
        assert kept, text
        assert text.count("The Wet Coin") <= 1
        assert "The First Night" not in text
        assert "warm to the touch" not in text, "only what can be told in passing"
        said.update(kept)
    assert {"“The Wet Coin”", "brass key"} <= said


def test_a_first_episode_remembers_nothing() -> None:
    for seed in range(6):
        draft = tell_story(
            THEMES[0], Genre.MYSTERY, target_words=200, seed=seed, series=series(episode=1)
        )
        assert "last time" not in text_of(draft)
        assert "not her first" not in text_of(draft)


def test_company_is_not_called_alone_and_a_past_is_not_denied() -> None:
    for genre, seed in itertools.product(Genre, range(8)):
        text = text_of(
            tell_story(THEMES[seed % 5], genre, target_words=220, seed=seed, series=series())
        )
        assert not re.search(
            r"had the [\w ]+ to herself\b|was alone\b|had ever happened to|still awake", text
        ), text
        assert not re.search(r"[{}\[\]|]|  | [.,!?]|\ba [aeio]\w|[.!?] [a-z]", text), text


def test_one_series_tells_each_plot_before_it_tells_one_again() -> None:
    for genre in Genre:
        told: list[str] = []
        for episode in range(1, 5):
            draft = tell_story(
                THEMES[episode], genre, target_words=118, seed=episode,
                series=series((BAKER,), episode=episode), avoid_kernels=told,
            )  # fmt: skip
            assert draft.kernel not in told
            told.insert(0, draft.kernel)


def test_plots_told_lately_are_avoided_and_then_the_oldest_returns() -> None:
    for genre in Genre:
        names = [kernel.name for kernel in kernels(genre)]
        for spared in ("a baker", "a postman who never sleeps"):
            lately: list[str] = []
            for seed in range(12):
                draft = tell_story(
                    spared, genre, target_words=118, seed=seed, avoid_kernels=lately[:20]
                )
                assert draft.kernel in names
                again = [kernel for kernel in lately[:3] if kernel == draft.kernel]
                assert again == [], (lately, draft.kernel)
                lately.insert(0, draft.kernel)


def test_names_given_lately_are_given_to_nobody() -> None:
    lately: list[str] = []
    for seed in range(12):
        draft = tell_story(
            "a baker on a foggy night", Genre.HEARTWARMING,
            target_words=118, seed=seed, avoid_names=lately,
        )  # fmt: skip
        name = draft.cast[0].name
        assert name not in lately
        lately.append(name)
    kept = tell_story(
        "Mara, a baker", Genre.MYSTERY, target_words=118, seed=1, avoid_names=["Mara"]
    )
    assert kept.cast[0].name == "Mara"


def test_sixty_stories_of_a_channel_differ_from_their_neighbours() -> None:
    """With the plots of the last twenty avoided, the nearest of them shares a sixth at most on average."""

    def grams(draft: StoryDraft) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text_of(draft).lower())
        return set(zip(words, words[1:], words[2:], words[3:], strict=False))

    for genre in Genre:
        told: list[tuple[set[tuple[str, ...]], str]] = []
        nearest = []
        for seed in range(60):
            draft = tell_story(
                f"{('a baker', 'a postman', 'a sailor', 'two robots', 'an old tailor')[seed % 5]} in the rain",
                genre, target_words=118, seed=seed * 7919,
                avoid_kernels=[kernel for _, kernel in told[:-21:-1]],
            )  # fmt: skip
            own = grams(draft)
            nearest += [max((len(own & other) / len(own) for other, _ in told[-20:]), default=0.0)]
            told.append((own, draft.kernel))
        assert all(before[1] != after[1] for before, after in itertools.pairwise(told))
        assert sum(nearest) / len(nearest) <= 0.25
        assert sum(share > 0.35 for share in nearest) <= 0.15 * len(nearest)
