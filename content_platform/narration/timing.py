"""Word timings: making them complete and tidy, matching them to words, placing words by loudness.

Times are seconds in one sound. Here: what engines without timings of their own need too.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np

from content_platform.narration.normalise import SpokenWord
from content_platform.narration.sound import Mono

Span = tuple[float, float]
Piece = tuple[str, float, float]
"""What a voice or a listener timed: a character, a word or a few, with its start and end."""

_PAUSE_S = 0.12
"""A shorter silence may be part of a consonant."""
_NEAR_PAUSE_S = 0.3


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


def match_pieces(words: Sequence[SpokenWord], pieces: Sequence[Piece]) -> list[Span | None]:
    """When each word is said, from what was timed of a text that is (nearly) the spoken one.

    Letters and digits are matched, each with its share of its piece's time. Said words that match
    nothing share the time between their neighbours.
    """
    ours = [
        (char, at)
        for at, word in enumerate(words)
        for char in word.spoken.casefold()
        if char.isalnum()
    ]
    theirs = [timed for piece in pieces for timed in _letters(piece)]
    matched = SequenceMatcher(
        None, [char for char, _ in ours], [char for char, _ in theirs], autojunk=False
    )
    spans: list[Span | None] = [None] * len(words)
    for block in matched.get_matching_blocks():
        for (_, at), (_, (start, end)) in zip(
            ours[block.a : block.a + block.size],
            theirs[block.b : block.b + block.size],
            strict=True,
        ):
            known = spans[at]
            spans[at] = (min(known[0], start), max(known[1], end)) if known else (start, end)
    _share_the_rest(spans, words, max((end for _, _, end in pieces), default=0.0))
    return spans


def _letters(piece: Piece) -> list[tuple[str, Span]]:
    text, start, end = piece
    letters = [char for char in text.casefold() if char.isalnum()]
    step = (end - start) / max(1, len(letters))
    return [(char, (start + at * step, start + (at + 1) * step)) for at, char in enumerate(letters)]


def _share_the_rest(spans: list[Span | None], words: Sequence[SpokenWord], end_s: float) -> None:
    """Said words without a span get one between those before and after them."""
    rest: list[int] = []
    before = 0.0
    for at in range(len(words) + 1):
        span = spans[at] if at < len(words) else (end_s, end_s)
        if span is None:
            if words[at].spoken:
                rest.append(at)
            continue
        step = max(0.0, span[0] - before) / max(1, len(rest))
        for place, missing in enumerate(rest):
            spans[missing] = (before + place * step, before + (place + 1) * step)
        rest, before = [], span[1]


def settle_in_pauses(spans: Sequence[Span | None], samples: Mono, rate: int) -> list[Span | None]:
    """Spans whose words touch, moved so that a pause in the sound lies between two words.

    For timings that are right but for a tenth of a second or so, which say nothing of pauses.
    """
    said = [at for at, span in enumerate(spans) if span is not None]
    runs = _voiced_runs(samples, rate)
    if not said or not runs:
        return list(spans)
    starts = {at: span[0] for at in said if (span := spans[at]) is not None}
    ends = {at: starts[following] for at, following in pairwise(said)}
    starts[said[0]], ends[said[-1]] = runs[0][0], runs[-1][1]
    for (_, quiet), (sound, _) in pairwise(runs):
        if sound - quiet < _PAUSE_S or len(said) < 2:
            continue
        before, after = min(
            pairwise(said), key=lambda pair: _distance(starts[pair[1]], quiet, sound)
        )
        if max(quiet - starts[after], starts[after] - sound, 0.0) < _NEAR_PAUSE_S:
            ends[before], starts[after] = quiet, sound
    settled: list[Span | None] = [None] * len(spans)
    for at in said:
        settled[at] = (starts[at], max(starts[at], ends[at]))
    return settled


def _distance(start: float, quiet: float, sound: float) -> tuple[float, float]:
    return max(quiet - start, start - sound, 0.0), abs(start - sound)


def _voiced_runs(samples: Mono, rate: int) -> list[Span]:
    """Where there is sound, in seconds."""
    window = round(0.01 * rate)
    seconds = window / rate
    return [(first * seconds, last * seconds) for first, last in _voiced_windows(samples, window)]


def _voiced_windows(samples: Mono, window: int) -> list[tuple[int, int]]:
    """Where there is sound, in windows of so many samples."""
    count = max(1, len(samples) // window)
    loud = np.sqrt(np.mean(samples[: count * window].reshape(count, -1) ** 2, axis=1) + 1e-12)
    voiced = loud > loud.max() * 10 ** (-35 / 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(int), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


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
    runs = _voiced_windows(samples, window)
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
