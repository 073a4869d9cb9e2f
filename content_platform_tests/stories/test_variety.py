"""Fifty stories in a row on one channel: none like another, none that forgets its theme."""

from __future__ import annotations

from collections import Counter

import pytest

from content_platform.stories.checks import check_text
from content_platform.stories.storyteller.kernels import kernels
from content_platform.stories.storyteller.theme import missing_words
from content_platform.stories.telling import story_from_draft
from content_platform.vocabulary import Genre
from content_platform_tests.stories.one_channel import (
    ends,
    length_error_p95,
    most_alike,
    text_of,
    told_on_one_channel,
)
from content_platform_tests.stories.test_telling import brief

WORDS = 118
"""About three quarters of a minute."""


def test_every_genre_has_six_plots_and_every_beat_four_ways_to_be_told() -> None:
    for genre in Genre:
        assert len(kernels(genre)) >= 6, genre
        for kernel in kernels(genre):
            for beat in kernel.beats:
                assert len(beat.say) + len(beat.brief) >= 4, (kernel.name, beat.beat)
                assert not beat.keep or len(beat.say) + len(beat.brief) >= 6, (kernel.name, beat)


@pytest.mark.soak
@pytest.mark.parametrize("words", [60, 75, 90, WORDS, 470])
@pytest.mark.parametrize("genre", Genre)
def test_fifty_stories_in_a_row_are_fifty_stories(genre: Genre, words: int) -> None:
    drafts = [draft for _, draft in told_on_one_channel(genre, words)]
    assert most_alike(drafts) <= 0.35
    for position in (0, 1):
        said = Counter(ends(draft)[position] for draft in drafts)
        again = [line for line, count in said.items() if count > 1]
        assert again == [], again
    assert length_error_p95(drafts, words) <= 0.08


@pytest.mark.soak
@pytest.mark.parametrize("words", [WORDS, 470])
@pytest.mark.parametrize("genre", Genre)
def test_fifty_stories_in_a_row_are_about_their_themes_and_read_well(
    genre: Genre, words: int
) -> None:
    for theme, draft in told_on_one_channel(genre, words):
        assert missing_words(text_of(draft), theme) == [], (theme, text_of(draft))
        asked = brief(theme=theme, genre=genre, target_seconds=words / 2.6)
        story = story_from_draft(draft, asked, "en", written_by="plot-kernels")
        report = check_text(story, asked)
        assert report.problems == (), (theme, draft.kernel, report.problems, story.text)
