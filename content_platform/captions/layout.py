"""What caption files and caption pictures share: where captions stand, which word is lit when."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from content_platform.captions.models import Cue
from content_platform.vocabulary import Format


@dataclass(frozen=True)
class Placement:
    """Where burnt-in captions stand in a format; pixels of the finished video."""

    size: int
    """Em of the type."""
    outline: int
    middle: float | None
    """Height of the block's middle as a fraction of the picture, or None to stand on ``bottom``."""
    bottom: float
    """Lower edge of the block as a fraction of the picture."""
    width: float
    """Widest line as a fraction of the picture."""


PLACEMENTS = {
    # Phones lay titles and buttons over the lowest fifth and the right eighth of a short video.
    Format.PORTRAIT: Placement(size=84, outline=7, middle=0.72, bottom=0.78, width=0.80),
    Format.LANDSCAPE: Placement(size=64, outline=5, middle=None, bottom=0.915, width=0.74),
    Format.SQUARE: Placement(size=60, outline=5, middle=None, bottom=0.925, width=0.86),
}


def caption_top(shape: Format) -> float:
    """Where burnt-in captions of two lines begin, as a fraction of the picture's height."""
    placement = PLACEMENTS[shape]
    block = 2 * 1.25 * placement.size / shape.size[1]
    if placement.middle is not None:
        return placement.middle - block / 2
    return placement.bottom - block


def highlight_states(cue: Cue) -> list[tuple[float, float, int]]:
    """Which word is lit when: (start, end, number of the word in the cue), covering the whole cue.

    A word stays lit until the next one begins, so that nothing flickers in the gaps; a dash
    standing alone never lights up.
    """
    spoken = [
        (number, word)
        for number, word in enumerate(cue.words)
        if any(char.isalnum() for char in word.text)
    ] or list(enumerate(cue.words))[:1]
    borders = [cue.start_s]
    borders += [min(max(word.start_s, cue.start_s), cue.end_s) for _, word in spoken[1:]]
    borders.append(cue.end_s)
    return [
        (start, end, number)
        for (number, _), (start, end) in zip(spoken, pairwise(borders), strict=True)
        if end > start
    ]
