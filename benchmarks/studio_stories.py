"""How alike fifty stories in a row are, and how near to the length asked for.

For ``make bench-studio``. Told by the embedded storyteller on one channel of each genre, at 23, 45
and 180 seconds of speech; the figures are those of the worst channel.
"""

from __future__ import annotations

from content_platform.vocabulary import Genre
from content_platform_tests.stories.one_channel import (
    length_error_p95,
    most_alike,
    told_on_one_channel,
)

WORDS = (60, 118, 470)


def story_figures() -> dict[str, float]:
    """``max_jaccard`` of 4-word sequences and ``length_error_p95``, a share of the length."""
    alike, errors = [], []
    for genre in Genre:
        for words in WORDS:
            drafts = [draft for _, draft in told_on_one_channel(genre, words)]
            alike.append(most_alike(drafts))
            errors.append(length_error_p95(drafts, words))
    return {"max_jaccard": round(max(alike), 3), "length_error_p95": round(max(errors), 3)}
