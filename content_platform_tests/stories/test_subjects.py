"""Themes with nobody in them, and titles that promise what the story keeps."""

from __future__ import annotations

import re

import pytest

from content_platform.stories.metadata import check_metadata, describe
from content_platform.stories.models import StoryDraft
from content_platform.stories.storyteller import tell_story
from content_platform.stories.storyteller.theme import missing_words
from content_platform.stories.telling import story_from_draft
from content_platform.vocabulary import Genre
from content_platform_tests.stories.test_telling import brief

NOBODY = (
    "rust",
    "a war of umbrellas",
    "the last lighthouse",
    "the smell of old books",
    "forgotten languages",
    "the moon",
    "the colour nobody has seen",
    "why cats stare at walls",
    "the town that lost its echo",
    "my uncle’s impossible hat",
)


def text_of(draft: StoryDraft) -> str:
    return " ".join(scene.text for scene in draft.scenes)


@pytest.mark.parametrize("theme", NOBODY)
def test_a_theme_without_anybody_is_the_business_of_the_hero(theme: str) -> None:
    for genre in Genre:
        text = text_of(tell_story(theme, genre, target_words=118, seed=2))
        assert missing_words(text, theme) == [], text
        assert "had never believed in" not in text
        assert "{" not in text


def test_what_a_story_is_about_comes_back_where_it_turns() -> None:
    for seed in range(6):
        text = text_of(tell_story("rust", Genre.HEARTWARMING, target_words=118, seed=seed))
        assert len(re.findall(r"\brust\b", text, re.IGNORECASE)) >= 2, text


def test_its_own_echo_stays_the_towns() -> None:
    for seed in range(6):
        draft = tell_story("the town that lost its echo", Genre.FABLE, target_words=118, seed=seed)
        assert "lost its echo" in text_of(draft)


@pytest.mark.parametrize("genre", Genre)
def test_no_title_or_logline_tells_the_ending(genre: Genre) -> None:
    for seed in range(8):
        draft = tell_story(NOBODY[seed], genre, target_words=118, seed=seed)
        ending = " ".join(re.findall(r"\w+", draft.scenes[-1].text.lower()))
        for line in (draft.title, draft.logline):
            words = re.findall(r"\w+", line.lower())
            rows = [" ".join(words[at : at + 4]) for at in range(len(words) - 3)]
            assert not [row for row in rows if row in ending], (line, ending)


def test_stories_of_one_genre_do_not_all_carry_the_same_hashtags() -> None:
    draft = tell_story("rust", Genre.MYSTERY, target_words=118, seed=1)
    asked = brief(theme="rust", genre=Genre.MYSTERY, media=False)
    seen = set()
    for number in range(6):
        story = story_from_draft(
            draft, asked.model_copy(update={"story_id": f"s{number}"}), "en", written_by="x"
        )
        entries = describe(asked, story)
        assert all(check_metadata(entry).problems == () for entry in entries)
        seen.add(entries[0].hashtags)
    assert len(seen) > 1


@pytest.mark.parametrize(
    ("theme", "told"),
    [
        ("a space mechanic and the bolt that hums", "there was the bolt"),
        ("a locksmith and the doors without keys", "there were the doors"),
    ],
)
def test_what_somebody_meets_agrees_with_its_verb(theme: str, told: str) -> None:
    texts = [
        text_of(tell_story(theme, genre, target_words=118, seed=seed))
        for genre in (Genre.SCIENCE_FICTION, Genre.MYSTERY)
        for seed in range(6)
    ]
    assert any(told in text for text in texts)
    assert not any("there were the bolt" in text for text in texts)
