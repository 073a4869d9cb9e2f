"""Captions as pictures for the renderer: one sprite per spoken word, placed in the format's safe area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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
_POP_EMS = 0.3
"""A spoken word grows by ``_POP``, but never by more than this many ems: long words stay in place."""


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
    lines, numbers = [], []
    for line in shown:
        spans = []
        for position, (number, text) in enumerate(line):
            follower = line[position + 1][1] if position + 1 < len(line) else ""
            spans.append(text.strip() + joiner(text, follower))
            numbers.append(number)
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
            text = [text for line in lines for text in line][span]
            width = text_width(text.strip(), style, locale)
            scale = min(_POP, 1 + _POP_EMS * style.size / max(width, 1.0))
            spans_lit[span] = Emphasis(accent, scale)
        picture = block.draw(emphasis=spans_lit)
        x, y = (picture.x + middle) // 2 * 2, (picture.y + baseline) // 2 * 2
        yield CaptionSprite(first, last, *_clipped(picture.rgba, x, y, shape))


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
        word_gap=0.07,
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
