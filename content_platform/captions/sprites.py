"""Captions as pictures for the renderer: one sprite per spoken word, placed in the format's safe area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from content_platform.captions.layout import PLACEMENTS, Placement, highlight_states
from content_platform.captions.models import Cue
from content_platform.typography.colour import Rgb, legible_on_ink, parse_colour
from content_platform.typography.fonts import Typeface
from content_platform.typography.scripts import join_words, joiner
from content_platform.typography.text import (
    Emphasis,
    Shadow,
    TextStyle,
    break_lines,
    drawable,
    set_text,
    text_width,
)
from content_platform.vocabulary import FRAMES_PER_SECOND, Format


@dataclass(frozen=True)
class CaptionSprite:
    """What is blended over frames ``start_frame`` up to, not including, ``end_frame``.

    ``rgba`` is straight alpha [h, w, 4] uint8, wholly inside the picture; ``x``, ``y``, w and h are
    even, so that 4:2:0 chroma needs no resampling.
    """

    start_frame: int
    end_frame: int
    x: int
    y: int
    rgba: npt.NDArray[np.uint8]


_POP = 1.08
"""How much a spoken word grows, where the words beside it leave room: nothing else moves."""
_WORD_GAP = 0.12
"""Ems beyond the font's own space between words: what a spoken word may grow into."""


def caption_sprites(
    cues: Sequence[Cue], *, format: Format, accent: str, locale: str, fps: int = FRAMES_PER_SECOND
) -> Iterator[CaptionSprite]:
    """Draw each state of each cue: white on a dark outline, the spoken word in the accent colour.

    States cover [cue.start_s, cue.end_s) without a gap. Cues should be cut with
    ``screen_limits(format)``; others are broken anew and set smaller until they fit. Characters no
    font has (emoji) are left out; a cue of only such characters gives no sprite.
    """
    fill = legible_on_ink(parse_colour(accent))
    for cue in cues:
        yield from _draw_cue(cue, format, fill, locale, fps)


def _draw_cue(
    cue: Cue, shape: Format, accent: Rgb, locale: str, fps: int
) -> Iterator[CaptionSprite]:
    place = PLACEMENTS[shape]
    style = _style(place)
    shown = [
        [(number, text) for number, text in line if text] for line in _numbered(cue, style, locale)
    ]
    shown = [line for line in shown if line]
    if not shown:
        return
    shown, style = _fit(shown, style, locale, place.width * shape.size[0])
    lines: list[list[str]] = []
    numbers: list[int | None] = []
    pops: dict[int, float] = {}
    for line in shown:
        spans: list[str] = []
        gaps = [joiner(word, after) for (_, word), (_, after) in pairwise(line)]
        for position, (number, text) in enumerate(line):
            spans.append(text.strip())
            numbers.append(number)
            beside = gaps[max(position - 1, 0) : position + 1]
            pops[len(numbers) - 1] = _pop(spans[-1], beside, style, locale)
            if position < len(gaps) and gaps[position]:
                spans.append(gaps[position])  # a span of its own: words grow around their middle
                numbers.append(None)
        lines.append(spans)
    block = set_text(lines, style, locale)
    middle = shape.size[0] // 2
    baseline = _first_baseline(place, style, len(lines), shape, locale)
    for start, end, number in highlight_states(cue):
        first, last = round(start * fps), round(end * fps)
        if first >= last:
            continue
        spans_lit = {}
        if number in numbers:
            span = numbers.index(number)
            spans_lit[span] = Emphasis(accent, pops[span])
        picture = block.draw(emphasis=spans_lit)
        x, y = (picture.x + middle) // 2 * 2, (picture.y + baseline) // 2 * 2
        yield CaptionSprite(first, last, *_clipped(picture.rgba, x, y, shape))


def _pop(word: str, beside: Sequence[str], style: TextStyle, locale: str) -> float:
    """How much ``word`` may grow: a full space of its new size stays free between it and the words
    ``beside`` it in its line, given by what joins them. Where nothing does, it keeps its size.
    """
    if not beside:
        return _POP
    if not all(beside):
        return 1.0
    space = text_width(" ", replace(style, word_gap=0.0), locale)
    room = style.word_gap * style.size
    return min(_POP, 1 + room / (text_width(word, style, locale) / 2 + space))


def _numbered(cue: Cue, style: TextStyle, locale: str) -> list[list[tuple[int, str]]]:
    lines, number = [], 0
    for line in cue.lines:
        row = []
        for word in line:
            text = drawable(word.text, style.typeface, locale)
            row.append((number, f"{text} " if text and word.text[-1].isspace() else text))
            number += 1
        lines.append(row)
    return lines


def _style(place: Placement) -> TextStyle:
    return TextStyle(
        Typeface.CAPTION,
        place.size,
        outline=place.outline,
        shadow=Shadow(offset=round(place.size / 16), blur=place.size / 10, opacity=0.75),
        word_gap=_WORD_GAP,
    )


def _fit(
    lines: list[list[tuple[int, str]]], style: TextStyle, locale: str, width: float
) -> tuple[list[list[tuple[int, str]]], TextStyle]:
    """Break lines anew and shrink the type when a line is wider than the safe area."""

    def widest(rows: list[list[tuple[int, str]]]) -> float:
        return max(text_width(join_words(text for _, text in row), style, locale) for row in rows)

    if widest(lines) > width:
        words = [word for line in lines for word in line]
        broken = break_lines([text for _, text in words], locale, 2, style)
        cut = len(broken[0])
        lines = [row for row in (words[:cut], words[cut:]) if row]
    return lines, replace(style, size=style.size * min(1.0, width / widest(lines)))


def _first_baseline(
    place: Placement, style: TextStyle, lines: int, shape: Format, locale: str
) -> int:
    """Where the first line stands, from type sizes and not from ink, so that cues do not bounce."""
    height = shape.size[1]
    leading = style.leading(locale)
    if place.middle is not None:
        return round(height * place.middle + 0.35 * style.size - (lines - 1) * leading / 2)
    return round(height * place.bottom - 0.25 * style.size - (lines - 1) * leading)


def _clipped(
    rgba: npt.NDArray[np.uint8], x: int, y: int, shape: Format
) -> tuple[int, int, npt.NDArray[np.uint8]]:
    """Cut off what reaches beyond the picture (margins of shadow, on very long words)."""
    width, height = shape.size
    left, top = max(0, -x), max(0, -y)
    return x + left, y + top, rgba[top : max(top, height - y), left : max(left, width - x)]
