"""What caption files and caption pictures share: where captions stand, which word is lit when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from content_platform.captions.models import Cue
from content_platform.typography.safe_areas import free_columns, free_rows
from content_platform.vocabulary import Format, Platform


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


_MARGIN = 0.008
"""Kept free between captions and what a platform lays over the picture."""


def placement_for(shape: Format, platforms: Sequence[Platform] = ()) -> Placement:
    """Where captions stand clear of all that any of ``platforms`` lays over the picture.

    The usual place where that is clear, else higher and narrower.
    """
    usual = PLACEMENTS[shape]
    _, last = free_rows(shape, platforms)
    block = _block(usual, shape)
    bottom = min(usual.bottom, last - _MARGIN)
    middle = usual.middle and round(min(usual.middle, last - _MARGIN - block / 2), 4)
    rows = (bottom - block, bottom) if middle is None else (middle - block / 2, middle + block / 2)
    left, right = free_columns(shape, platforms, rows)
    width = min(usual.width, 2 * (right - _MARGIN - 0.5), 2 * (0.5 - _MARGIN - left))
    return replace(usual, middle=middle, bottom=bottom, width=round(width, 4))


def caption_top(shape: Format, place: Placement | None = None) -> float:
    """Where burnt-in captions of two lines begin, as a fraction of the picture's height."""
    place = place or PLACEMENTS[shape]
    if place.middle is not None:
        return place.middle - _block(place, shape) / 2
    return place.bottom - _block(place, shape)


def _block(place: Placement, shape: Format) -> float:
    """How high two lines are, as a fraction of the picture."""
    return 2 * 1.25 * place.size / shape.size[1]


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
