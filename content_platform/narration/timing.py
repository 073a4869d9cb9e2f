"""Word timings: making them complete and tidy, and placing words by loudness.

Times are seconds in one sound. Here: what engines without timings of their own need too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from content_platform.narration.normalise import SpokenWord
from content_platform.narration.sound import Mono

Span = tuple[float, float]


def fill_gaps(spans: Sequence[Span | None], duration_s: float) -> list[Span]:
    """Give every word a span: one that nothing is said for is empty, after its neighbour.

    The result is in order: no span starts before the one before it ends, none leaves the sound.
    """
    result: list[Span] = []
    for span in spans:
        floor = result[-1][1] if result else 0.0
        first, last = span or (floor, floor)
        start = min(max(first, floor), duration_s)
        result.append((start, min(max(last, start), duration_s)))
    return result


def place_words(samples: Mono, rate: int, words: Sequence[SpokenWord]) -> list[Span | None]:
    """Where each word probably is, from pauses in the sound and the words' lengths.

    The longest silences are taken for the ends of phrases, in order; inside a phrase, words
    share the time by their number of letters. Tens to hundreds of milliseconds off: good for
    captions by phrase, not for exact highlighting.
    """
    spoken = [at for at, word in enumerate(words) if word.spoken]
    spans: list[Span | None] = [None] * len(words)
    if not spoken:
        return spans
    window = round(0.01 * rate)
    count = max(1, len(samples) // window)
    loud = np.sqrt(np.mean(samples[: count * window].reshape(count, -1) ** 2, axis=1) + 1e-12)
    voiced = loud > loud.max() * 10 ** (-35 / 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(int), [0]])))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    first, last = runs[0][0], runs[-1][1]
    phrases = _phrases(spoken, words)
    gaps = [(b, c) for (_, b), (c, _) in pairwise(runs)]
    borders = _match_gaps(gaps, phrases, words, first, last)
    for (start, end), phrase in zip(borders, phrases, strict=True):
        weights = np.array([_weight(words[at]) for at in phrase], float)
        marks = start + (end - start) * np.concatenate([[0], np.cumsum(weights)]) / weights.sum()
        for at, left, right in zip(phrase, marks, marks[1:], strict=False):
            spans[at] = (float(left) * window / rate, float(right) * window / rate)
    return spans


def _phrases(spoken: Sequence[int], words: Sequence[SpokenWord]) -> list[list[int]]:
    phrases: list[list[int]] = [[]]
    for at in spoken:
        phrases[-1].append(at)
        if words[at].ends_phrase:
            phrases.append([])
    return [phrase for phrase in phrases if phrase]


def _weight(word: SpokenWord) -> float:
    return 1.5 + sum(char.isalnum() for char in word.spoken)


def _match_gaps(
    gaps: list[tuple[int, int]],
    phrases: Sequence[Sequence[int]],
    words: Sequence[SpokenWord],
    first: int,
    last: int,
) -> list[tuple[float, float]]:
    """Start and end of each phrase in windows: the gap nearest to where it should end, if any."""
    weights = [sum(_weight(words[at]) for at in phrase) for phrase in phrases]
    # Phrases keep their proportions of what is left after each border found.
    borders: list[tuple[float, float]] = []
    start = float(first)
    for number, weight in enumerate(weights):
        if number == len(weights) - 1:
            borders.append((start, float(last)))
            break
        expected = start + (last - start) * weight / sum(weights[number:])
        reach = max(25.0, 0.35 * (expected - start))
        near = [gap for gap in gaps if abs(gap[0] - expected) < reach and gap[0] > start + 3]
        if near:
            # A long silence may be somewhat farther away than a short one.
            end, following = min(
                near, key=lambda gap: abs(gap[0] - expected) - 2 * (gap[1] - gap[0])
            )
        else:
            end, following = round(expected), round(expected)
        borders.append((start, float(end)))
        start = float(following)
    return borders
