"""The embedded storyteller, through ``tell_story`` and its provider."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.providers.models import CallContext
from content_platform.stories.adapters.plot_kernels import PlotKernels
from content_platform.stories.models import Scene, StoryDraft, WriteRequest
from content_platform.stories.sentences import count_words
from content_platform.stories.storyteller import tell_story
from content_platform.stories.storyteller.kernels import kernels
from content_platform.stories.storyteller.theme import missing_words
from content_platform.vocabulary import Genre

THEMES = (
    "a baker who bakes letters for the dead",
    "two robots on a night train",
    "a lighthouse keeper on a stormy night",
    "a girl finds a glowing fox in a pine forest",
    "an old clockmaker's shop in a rainy city",
)
UNSEEN = (
    "a door that should not exist",
    "a postman delivers a letter forty years late",
    "three sisters who share one umbrella",
    "a cat living in a bookshop",
    "an old wizard and his last spell",
    "the last librarian on Mars",
    "Captain Nora and the whale that sings",
    "forgiveness",
    "a boy and his grandfather build a kite",
    "an elevator that stops at a floor that is not there",
    "a scarecrow who dreams of dancing",
    "Zoë, a tailor who sews with moonlight",
)


def words_of(draft: StoryDraft) -> int:
    return sum(count_words(scene.text) for scene in draft.scenes)


def text_of(draft: StoryDraft) -> str:
    return " ".join(scene.text for scene in draft.scenes)


@pytest.mark.parametrize("genre", Genre)
@pytest.mark.parametrize("target", [45, 60, 90, 120, 180, 300, 480])
def test_a_story_has_the_length_asked_for(genre: Genre, target: int) -> None:
    for theme in THEMES:
        draft = tell_story(theme, genre, target_words=target, seed=11)
        assert abs(words_of(draft) / target - 1) <= 0.08, (theme, words_of(draft))


def test_the_same_request_tells_the_same_story() -> None:
    once = tell_story(THEMES[0], Genre.MYSTERY, target_words=120, seed=3)
    assert tell_story(THEMES[0], Genre.MYSTERY, target_words=120, seed=3) == once


@pytest.mark.parametrize(
    ("theme", "genre"), list(zip(THEMES, itertools.cycle(Genre), strict=False))
)
def test_twenty_seeds_of_one_theme_are_twenty_stories(theme: str, genre: Genre) -> None:
    def grams(seed: int) -> set[tuple[str, ...]]:
        text = text_of(tell_story(theme, genre, target_words=120, seed=seed))
        words = re.findall(r"\w+", text.lower())
        return set(zip(words, words[1:], words[2:], words[3:], strict=False))

    stories = [grams(seed) for seed in range(20)]
    alike = [len(a & b) / len(a | b) for a, b in itertools.combinations(stories, 2)]
    assert sum(alike) / len(alike) <= 0.35
    assert max(alike) < 0.8


@pytest.mark.parametrize("theme", [*THEMES, *UNSEEN])
def test_the_story_says_what_the_theme_says(theme: str) -> None:
    for genre in Genre:
        text = text_of(tell_story(theme, genre, target_words=130, seed=5))
        assert missing_words(text, theme) == [], (genre, text)


def test_two_robots_are_named_and_spoken_of_as_two() -> None:
    for seed in range(6):
        draft = tell_story(THEMES[1], Genre.FANTASY, target_words=120, seed=seed)
        named = [member for member in draft.cast if member.noun == "robot"]
        assert len(named) == 2
        assert all(member.name in text_of(draft) for member in named)


def test_a_name_in_the_theme_is_the_heros_name() -> None:
    draft = tell_story(UNSEEN[-1], Genre.HEARTWARMING, target_words=120, seed=1)
    assert "Zoë" in text_of(draft)
    assert draft.cast[0].name == "Zoë"
    assert draft.cast[0].noun == "tailor"


def test_the_themes_animal_is_in_the_story_and_in_its_pictures() -> None:
    for genre in Genre:
        draft = tell_story(THEMES[3], genre, target_words=120, seed=2)
        fox = next(member for member in draft.cast if member.noun == "fox")
        assert "glowing" in fox.traits
        assert sum("fox" in scene.cast for scene in draft.scenes) >= 2


def test_clothes_and_coats_in_a_theme_are_worn_in_the_pictures() -> None:
    theme = "a woman in a green coat who finds a white rabbit"
    draft = tell_story(theme, Genre.FANTASY, target_words=110, seed=11)
    hero, rabbit = draft.cast[:2]
    assert (hero.kind, hero.traits) == ("woman", ("green coat",))
    assert (rabbit.noun, rabbit.traits) == ("rabbit", ("white",))
    pair = tell_story("a boy and his grey dog", Genre.MYSTERY, target_words=110, seed=3)
    dog = next(member for member in pair.cast if member.kind == "animal")
    assert dog.noun == "grey dog"
    assert dog.traits == ()


@pytest.mark.parametrize("genre", Genre)
def test_no_slot_or_mark_of_a_kernel_reaches_the_listener(genre: Genre) -> None:
    for theme, seed in itertools.product((*THEMES, *UNSEEN), (1, 2)):
        draft = tell_story(theme, genre, target_words=250, seed=seed)
        for text in (draft.title, draft.logline, *(scene.text for scene in draft.scenes)):
            assert not re.search(r"[{}\[\]|]|  | [.,!?]", text), text
            assert not re.search(
                r"\b(\w+) \1\b", re.sub(r"\b(had had|did, she did)\b", "", text)
            ), text
            assert not re.search(r"[.!?] [a-z]", text), text
            assert not re.search(r"\ba [aeio]\w", text), text


def test_every_line_of_every_kernel_can_be_told_about_one_and_about_two() -> None:
    """A slot that does not exist raises; so every line is filled once, for either number."""
    import random

    from content_platform.stories.storyteller.filling import Filling
    from content_platform.stories.storyteller.premise import read_premise

    for genre in Genre:
        for kernel in kernels(genre):
            for theme in ("a baker who bakes letters", "two robots on a night train"):
                rng = random.Random(1)
                filling = Filling(read_premise(theme, genre, rng), kernel, rng)
                lines = [
                    line
                    for beat in (*kernel.beats, *kernel.short)
                    for line in (*beat.say, *beat.brief, *beat.more, *beat.props)
                ]
                for line in (*lines, *kernel.titles, *kernel.loglines):
                    assert "{" not in filling.fill(line)


def test_each_genre_has_plots_beats_and_paraphrases_to_choose_from() -> None:
    for genre in Genre:
        assert len(kernels(genre)) >= 4
        for kernel in kernels(genre):
            assert len(kernel.beats) + len(kernel.titles) >= 12
            assert all(len(beat.say) >= 4 for beat in kernel.beats), kernel.name


def test_scenes_are_short_and_the_camera_moves() -> None:
    for theme, genre in itertools.product(THEMES, Genre):
        scenes = tell_story(theme, genre, target_words=120, seed=9).scenes
        assert 6 <= len(scenes) <= 11
        assert [scene.index for scene in scenes] == list(range(len(scenes)))
        seconds = [count_words(scene.text) / 2.6 for scene in scenes]
        assert max(seconds) <= 12
        for before, after in itertools.pairwise(scenes):
            assert before.shot is not after.shot
        assert_cast_is_known(
            scenes, {m.name for m in tell_story(theme, genre, target_words=120, seed=9).cast}
        )


def assert_cast_is_known(scenes: tuple[Scene, ...], names: set[str]) -> None:
    for scene in scenes:
        assert set(scene.cast) <= names


@settings(max_examples=40, deadline=None)
@given(
    theme=st.text(min_size=3, max_size=60).filter(lambda text: text.strip()),
    seed=st.integers(0, 2**31 - 1),
    genre=st.sampled_from(Genre),
)
def test_any_theme_gives_a_story(theme: str, seed: int, genre: Genre) -> None:
    draft = tell_story(theme, genre, target_words=120, seed=seed)
    assert len(draft.scenes) >= 3
    assert draft.title.strip()


@settings(max_examples=40, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(
            [
                "a",
                "the",
                "two",
                "three",
                "old",
                "tiny",
                "robot",
                "baker",
                "girls",
                "dragon",
                "who",
                "whose",
                "that",
                "finds",
                "keeps",
                "is",
                "can",
                "in",
                "on",
                "at",
                "with",
                "and",
                "of",
                "lighthouse",
                "train",
                "rainy",
                "night",
                "letter",
                "Mara",
                "fox",
                "city",
                "never",
                "home",
                "glowing",
                ",",
                "for",
                "her",
            ]
        ),
        min_size=1,
        max_size=12,
    ),
    genre=st.sampled_from(Genre),
)
def test_any_jumble_of_story_words_gives_a_story(words: list[str], genre: Genre) -> None:
    theme = " ".join(words)
    if len(theme) >= 3:
        assert tell_story(theme, genre, target_words=100, seed=1).scenes


def request(**changes: object) -> WriteRequest:
    wanted: dict[str, object] = {
        "locale": "en", "genre": Genre.MYSTERY, "theme": THEMES[0], "audience": "general",
        "target_words": 120, "seed": 4,
    }  # fmt: skip
    return WriteRequest.model_validate(wanted | changes)


def test_the_provider_refuses_what_it_cannot_write_and_says_what_would_help() -> None:
    provider = PlotKernels()
    assert provider.refusal(request()) is None
    draft = tell_story(THEMES[0], Genre.MYSTERY, target_words=60, seed=1)
    for impossible in (request(locale="de"), request(translate=draft)):
        reason = provider.refusal(impossible)
        assert reason is not None
        assert (
            "needs a writer that can translate: set OPENAI_API_KEY or ANTHROPIC_API_KEY" in reason
        )
    assert "35 to 520 words" in (provider.refusal(request(target_words=1500)) or "")


def test_a_retry_of_the_same_request_tells_the_same_story(tmp_path: Path) -> None:
    provider = PlotKernels()
    answers = [
        provider.call(
            request(),
            CallContext(
                idempotency_key="k", workspace=tmp_path,
                deadline=datetime(2026, 1, 1, tzinfo=UTC), attempt=attempt,
            ),
        ).output
        for attempt in (1, 2)
    ]  # fmt: skip
    assert answers[0] == answers[1]


@pytest.mark.parametrize("seed", [3, 71, 72])
def test_whom_a_story_is_about_is_in_its_last_picture(seed: int) -> None:
    draft = tell_story("two robots on a night train", Genre.MYSTERY, target_words=180, seed=seed)
    last = draft.scenes[-1]
    heroes = {member.name for member in draft.cast if member.noun == "robot"}
    assert not last.cast or heroes <= set(last.cast)
