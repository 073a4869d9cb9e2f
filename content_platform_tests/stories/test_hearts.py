"""A theme with a heart (what its people do, feel, can or lack, what happened, an odd thing) gets a
story about exactly that."""

from __future__ import annotations

import random
import re
from typing import get_args

import pytest

from content_platform.stories.checks import check_text
from content_platform.stories.models import StoryDraft, Weather
from content_platform.stories.storyteller import tell_story
from content_platform.stories.storyteller.filling import Filling
from content_platform.stories.storyteller.heart import HeartKind, hearts
from content_platform.stories.storyteller.kernels import heart_kernels, kernels
from content_platform.stories.storyteller.premise import read_premise
from content_platform.stories.storyteller.theme import missing_words
from content_platform.stories.telling import story_from_draft
from content_platform.vocabulary import Genre
from content_platform_tests.stories.test_telling import brief

THINGS = (
    ("a clock that runs backwards", "the clock", "ran backwards"),
    ("a map with one street missing", "the map", "had one street missing"),
    ("a mirror that is always a minute late", "the mirror", "was always a minute late"),
    ("the bus that never stops at the school", "the bus", "never stopped at the school"),
    ("a pair of boots that walk only north", "the boots", "walked only north"),
    ("a kettle without a lid", "the kettle", "had no lid"),
)
DOINGS = (
    ("two snails racing for a lettuce", "contest", "the lettuce"),
    ("three brothers searching for a lost bell", "search", "the lost bell"),
    ("a widow waiting for a bus that was cancelled years ago", "wait", "the bus"),
    ("two robots waiting on a platform", "wait", ""),
    ("a widow who waits every evening for the ferry", "wait", "the ferry"),
    ("a boy hiding from his own birthday party", "hide", "the birthday party"),
    ("a king who hides from the rain", "hide", "the rain"),
    ("a girl hiding in a piano", "hide", ""),
    ("a nurse waiting with a stranger for the rain to stop", "wait", ""),
    ("two old rivals playing the longest chess game in the world", "contest", ""),
    ("four mice rehearsing an opera", "learn", "the opera"),
    ("a giant learning to whisper", "learn", "whispering"),
    ("a carpenter building a boat far from the sea", "make", "the boat"),
)


ABOUT = (
    ("a snowman afraid of the radio", "fear", "the radio"),
    ("a ghost who is afraid of the living", "fear", "the living"),
    ("an old man who fears the telephone", "fear", "the telephone"),
    ("a girl scared of being forgotten", "fear", "being forgotten"),
    ("two moths in love with a streetlamp", "longing", "the streetlamp"),
    ("an astronaut homesick for rain", "longing", "rain"),
    ("a sailor who has always missed his brother", "longing", "his brother"),
    ("a tailor in love with the moon", "longing", "the moon"),
    ("a teapot who wants to see the sea", "wish", "seeing the sea"),
    ("a snail who dreams of flying", "wish", "flying"),
    ("a mouse who has always wanted to be a lion", "wish", "being a lion"),
    ("the town that forgot the colour blue", "loss", "the colour blue"),
    ("a boy who lost his shadow", "loss", "his shadow"),
    ("the girl who sold her shadow", "loss", "her shadow"),
    ("a night nurse who can hear paintings", "gift", "hear paintings"),
    ("a king who cannot sleep", "cannot", "sleep"),
    ("a clown who has forgotten how to laugh", "cannot", "laugh"),
    ("the day the river went on strike", "event", "the river went on strike"),
    ("the coldest night the moon fell into the well", "event", "the moon fell into the well"),
    ("when all the clocks stopped", "event", "all the clocks stopped"),
    ("the sea forgets its name", "event", "the sea forgot its name"),
    ("a lighthouse that moved inland", "event", "the lighthouse moved inland"),
    ("a mapmaker who draws roads for the blind", "trade", "to draw roads for the blind"),
    ("a crow who pays its debts", "trade", "to pay one’s debts"),
    ("a widow who sells silence by the yard", "trade", "to sell silence by the yard"),
    ("a musician who plays for the moon", "trade", "to play for the moon"),
    ("a fisherman who catches a star", "deed", "caught a star"),
    ("the woman who married a ghost", "deed", "married a ghost"),
    ("a king who gives away his crown", "deed", "given away his crown"),
    ("a detective who is always wrong", "trait", "was always wrong"),
    ("a knight who would rather knit", "trait", "would rather knit"),
    ("two wizards allergic to magic", "trait", "were allergic to magic"),
    ("two brothers who have not spoken for forty years", "trait", "had not spoken for forty years"),
    ("a spy who hates secrets", "trait", "hated secrets"),
    ("a translator of animal dreams", "trade", "to translate animal dreams"),
    ("a girl who trades her name for a bicycle", "loss", "her name"),
    ("the last candle maker", "last", "candle maker"),
    ("a postman on his last round", "farewell", "last round"),
    ("an old wizard and his last spell", "farewell", "last spell"),
    ("two old friends on a park bench", "pair", ""),
    ("a baker and his wife", "pair", ""),
    ("a taxi driver and a passenger with no destination", "pair", ""),
    ("a world where nobody can lie", "rule", "nobody could lie"),
    ("a village where it always rains", "rule", "it always rained"),
)  # fmt: skip
WITHOUT = (
    "rust", "a baker", "a robot on a night train", "three robots on a night train", "a bridge that was never finished",
    "a girl who forgot to lock the door", "why cats stare at walls",
    "a boy who lost his dog",
)  # fmt: skip


def text_of(draft: StoryDraft) -> str:
    return " ".join(scene.text for scene in draft.scenes)


def premise_of(theme: str) -> Filling:
    rng = random.Random(1)
    kernel = heart_kernels("thing", Genre.FANTASY)[0]
    return Filling(read_premise(theme, Genre.FANTASY, rng), kernel, rng)


def test_nobody_is_in_a_picture_twice() -> None:
    for theme, *_ in THINGS:
        for seed in range(8):
            for scene in tell_story(theme, Genre.HEARTWARMING, target_words=118, seed=seed).scenes:
                assert len(set(scene.cast)) == len(scene.cast), scene


@pytest.mark.parametrize(("theme", "the_it", "did"), THINGS)
def test_a_thing_with_ways_of_its_own_shows_them_more_than_once(
    theme: str, the_it: str, did: str
) -> None:
    for genre in Genre:
        text = text_of(tell_story(theme, genre, target_words=118, seed=3))
        assert missing_words(text, theme) == [], text
        noun = the_it.removeprefix("the ")
        assert len(re.findall(rf"\b{noun}|\bit\b", text, re.IGNORECASE)) >= 2, text
        assert did in text or f"with {did.removeprefix('had ')}" in text, text
        assert text.count(f"that {did}") <= 1, "the whole phrase is said once: " + text


@pytest.mark.parametrize(("theme", "kind", "goal"), DOINGS)
def test_what_somebody_does_is_interrupted_and_comes_to_an_end(
    theme: str, kind: str, goal: str
) -> None:
    premise = premise_of(theme).premise
    assert premise.heart is not None
    assert premise.heart.kind == kind
    assert premise.heart.slots.get("aim", "") == goal
    for genre in Genre:
        filling = Filling(premise, heart_kernels("thing", genre)[0], random.Random(1))
        ends = [
            filling.fill(line)
            for line in hearts().threads[premise.heart.kind].end
            if premise.heart.allows(line)
        ]
        text = text_of(tell_story(theme, genre, target_words=118, seed=3))
        told = [end for end in ends if end.split(". ")[0].split(" ", 1)[1] in text]
        assert told, text


@pytest.mark.parametrize(("theme", "kind", "what"), ABOUT)
def test_what_somebody_feels_can_or_saw_is_what_the_story_is_about(
    theme: str, kind: str, what: str
) -> None:
    heart = premise_of(theme).premise.heart
    assert heart is not None
    assert heart.kind == kind
    assert what in ("", *heart.slots.values())
    plots = {plot.name for plot in heart_kernels(heart.kind, Genre.FANTASY)}
    assert plots
    for genre in Genre:
        about = {plot.name for plot in heart_kernels(heart.kind, genre)}
        draft = tell_story(theme, genre, target_words=118, seed=3)
        assert draft.kernel in about or kind == "trade"
        assert missing_words(text_of(draft), theme) == [], text_of(draft)


def test_what_somebody_always_does_is_mostly_what_the_story_is_about() -> None:
    theme = "a widow who sells silence by the yard"
    for genre in Genre:
        about = {plot.name for plot in heart_kernels("trade", genre)}
        about |= {plot.name for plot in kernels(genre) if plot.work}
        told = [tell_story(theme, genre, target_words=118, seed=seed).kernel for seed in range(16)]
        assert sum(name in about for name in told) >= 9, (genre, told)


def test_every_heart_has_a_plot_in_every_genre() -> None:
    kinds = set(get_args(HeartKind)) - set(hearts().activities)
    for kind in kinds:
        for genre in Genre:
            assert heart_kernels(kind, genre), (kind, genre)


def test_a_theme_without_a_heart_is_not_given_one() -> None:
    for theme in WITHOUT:
        assert read_premise(theme, Genre.FANTASY, random.Random(1)).heart is None, theme


def test_where_it_always_rains_it_rains() -> None:
    for seed in range(6):
        draft = tell_story(
            "a village where it always rains", Genre.FANTASY, target_words=118, seed=seed
        )
        assert draft.scenes[0].weather is Weather.RAIN


def test_rain_that_is_missed_does_not_fall() -> None:
    for seed in range(12):
        draft = tell_story(
            "an astronaut who misses rain", Genre.HISTORICAL, target_words=118, seed=seed
        )
        assert all(scene.weather is not Weather.RAIN for scene in draft.scenes)


def test_a_plot_in_quotation_marks_speaks_of_ones_own() -> None:
    premise = premise_of("a sailor who has always missed his brother").premise
    filling = Filling(premise, heart_kernels("longing", Genre.FANTASY)[0], random.Random(1))
    assert filling.fill("“{Your_aim}?” “{My_aim}.” {Whose_aim}, {any_aim}.") == (
        f"“Your brother?” “My brother.” {premise.hero.names[0]}’s brother, a brother."
    )


def test_every_line_about_a_heart_can_be_told() -> None:
    for theme, *_ in (*THINGS, *DOINGS, *ABOUT):
        for genre in Genre:
            rng = random.Random(1)
            premise = read_premise(theme, genre, rng)
            assert premise.heart is not None
            thread = hearts().threads[premise.heart.kind]
            plots = [
                kernel.told_of(premise.heart) for kernel in heart_kernels(premise.heart.kind, genre)
            ]
            assert len(plots) >= 2 or premise.heart.kind != "thing" or genre is Genre.HORROR_LITE
            for kernel in plots:
                assert all(len(beat.say) >= 4 for beat in (*kernel.beats, *kernel.short))
                filling = Filling(premise, kernel, rng)
                lines = [
                    line
                    for beat in (*kernel.beats, *kernel.short)
                    for line in (*beat.say, *beat.brief, *beat.more, *beat.props)
                ]
                said = [*thread.rise, *thread.turn, *thread.end]
                lines += [line for line in said if premise.heart.allows(line)]
                for line in (*lines, *kernel.titles, *kernel.loglines):
                    assert "{" not in filling.fill(line)


@pytest.mark.parametrize("words", [60, 118, 300])
def test_stories_about_a_heart_read_well(words: int) -> None:
    for number, (theme, *_) in enumerate((*THINGS, *DOINGS, *ABOUT)):
        genre = list(Genre)[number % len(Genre)]
        asked = brief(theme=theme, genre=genre, target_seconds=words / 2.6)
        draft = tell_story(theme, genre, target_words=words, seed=number)
        story = story_from_draft(draft, asked, "en", written_by="plot-kernels")
        assert check_text(story, asked).problems == (), story.text
