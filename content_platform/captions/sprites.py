"""Captions as pictures for the renderer: one sprite per spoken word, placed in the format's safe area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from content_platform.captions.layout import PLACEMENTS, Placement, highlight_states
from content_platform.captions.models import Cue
from content_platform.typography.colour import (
    INK,
    WHITE,
    Rgb,
    contrast,
    legible_on_ink,
    parse_colour,
)
from content_platform.typography.fonts import Typeface
from content_platform.typography.scripts import join_words, joiner
from content_platform.typography.text import (
    Emphasis,
    Picture,
    Shadow,
    TextBlock,
    TextStyle,
    break_lines,
    drawable,
    set_text,
    text_width,
)
from content_platform.vocabulary import FRAMES_PER_SECOND, CaptionStyle, Format


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


_PLATE_OPACITY = 0.74


def caption_sprites(
    cues: Sequence[Cue],
    *,
    format: Format,
    accent: str,
    locale: str,
    look: CaptionStyle = CaptionStyle.POP,
    fps: int = FRAMES_PER_SECOND,
    place: Placement | None = None,
) -> Iterator[CaptionSprite]:
    """Draw each state of each cue as ``look`` has it, the spoken word in or on the accent colour.

    They stand at ``place``, else where the format has them. States cover [cue.start_s, cue.end_s) without a gap. Cues should be cut with
    ``screen_limits(format)``; others are broken anew and set smaller until they fit. Characters no
    font has (emoji) are left out; a cue of only such characters gives no sprite.
    """
    fill = legible_on_ink(parse_colour(accent))
    for cue in cues:
        yield from _draw_cue(cue, format, fill, locale, fps, look, place or PLACEMENTS[format])


def _draw_cue(
    cue: Cue,
    shape: Format,
    accent: Rgb,
    locale: str,
    fps: int,
    look: CaptionStyle,
    place: Placement,
) -> Iterator[CaptionSprite]:
    style = _style(place, look)
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
    states = highlight_states(cue)
    if look is CaptionStyle.PLAIN:
        states = [(states[0][0], states[-1][1], -1)] if states else []
    for start, end, number in states:
        first, last = round(start * fps), round(end * fps)
        if first >= last:
            continue
        lit = numbers.index(number) if number in numbers else None
        pop = 1.0 if lit is None else pops[lit]
        picture = _draw_state(block, lines, lit, look, accent, pop, locale)
        x, y = (picture.x + middle) // 2 * 2, (picture.y + baseline) // 2 * 2
        yield CaptionSprite(first, last, *_clipped(picture.rgba, x, y, shape))


def _draw_state(
    block: TextBlock,
    lines: Sequence[Sequence[str]],
    lit: int | None,
    look: CaptionStyle,
    accent: Rgb,
    pop: float,
    locale: str,
) -> Picture:
    """The block with its span ``lit`` shown as the one being spoken."""
    style = block.style
    if look is CaptionStyle.PLATE:
        reach = 0.34 * style.size
        boxes = [_row_box(block, row, len(line), lines, locale) for row, line in enumerate(lines)]
        left, right = min(box[0] for box in boxes) - reach, max(box[2] for box in boxes) + reach
        plate = (left, boxes[0][1] - 0.4 * reach, right, boxes[-1][3] + 0.4 * reach)
        words = block.draw(emphasis={} if lit is None else {lit: Emphasis(accent)})
        return _on_patch(words, plate, INK, _PLATE_OPACITY, 0.3 * style.size)
    if lit is None:
        return block.draw()
    if look is CaptionStyle.FILL:
        return block.draw(emphasis={span: Emphasis(accent) for span in range(lit + 1)})
    if look is CaptionStyle.MARKER:
        dark = contrast(accent, INK) >= contrast(accent, WHITE)
        row = next(n for n in range(len(lines)) if lit < sum(len(line) for line in lines[: n + 1]))
        ink = block.only(lit).ink
        top, bottom = _row_height(block, row, locale)
        patch = (ink[0] - 0.16 * style.size, top, ink[2] + 0.16 * style.size, bottom)
        rest = block.draw()
        word = replace(block.only(lit), style=replace(style, outline=0, shadow=None))
        return _over(
            _on_patch(rest, patch, accent, 1.0, 0.16 * style.size, above=True),
            word.draw(INK if dark else WHITE),
        )
    return block.draw(emphasis={lit: Emphasis(accent, pop)})


_Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels from the block's origin."""


def _row_height(block: TextBlock, row: int, locale: str) -> tuple[float, float]:
    """Where a line's type begins and ends, from its size and not from its ink."""
    baseline = row * block.style.leading(locale)
    return baseline - 0.86 * block.style.size, baseline + 0.30 * block.style.size


def _row_box(
    block: TextBlock, row: int, spans: int, lines: Sequence[Sequence[str]], locale: str
) -> _Box:
    first = sum(len(line) for line in lines[:row])
    inks = [block.only(first + span).ink for span in range(spans)]
    top, bottom = _row_height(block, row, locale)
    return min(ink[0] for ink in inks), top, max(ink[2] for ink in inks), bottom


def _on_patch(
    words: Picture, box: _Box, colour: Rgb, opacity: float, radius: float, *, above: bool = False
) -> Picture:
    """``words`` over (or, ``above``, under) a rounded patch."""
    left, top = (2 * int((edge - 2) // 2) for edge in box[:2])
    right, bottom = (2 * int(-(-(edge + 2) // 2)) for edge in box[2:])
    columns = np.arange(left, right) + 0.5 - (box[0] + box[2]) / 2
    rows = np.arange(top, bottom) + 0.5 - (box[1] + box[3]) / 2
    out_x = np.maximum(np.abs(columns) - (box[2] - box[0]) / 2 + radius, 0)[None, :]
    out_y = np.maximum(np.abs(rows) - (box[3] - box[1]) / 2 + radius, 0)[:, None]
    inside = np.clip(radius - np.hypot(out_x, out_y) + 0.5, 0, 1)
    rgba = np.empty((*inside.shape, 4), np.uint8)
    rgba[..., :3] = colour
    rgba[..., 3] = np.rint(255 * opacity * inside)
    patch = Picture(left, top, rgba)
    return _over(words, patch) if above else _over(patch, words)


def _over(below: Picture, above: Picture) -> Picture:
    """Both pictures in one, as large as both; straight alpha (Porter and Duff's "over")."""
    left, top = min(below.x, above.x), min(below.y, above.y)
    right = max(one.x + one.rgba.shape[1] for one in (below, above))
    bottom = max(one.y + one.rgba.shape[0] for one in (below, above))
    size = (bottom - top + (bottom - top) % 2, right - left + (right - left) % 2)
    colour, covered = np.zeros((*size, 3), np.float32), np.zeros((*size, 1), np.float32)
    for one in (below, above):
        high, wide = one.rgba.shape[:2]
        where = np.s_[one.y - top : one.y - top + high, one.x - left : one.x - left + wide]
        alpha = one.rgba[..., 3:].astype(np.float32) / 255
        colour[where] = colour[where] * (1 - alpha) + one.rgba[..., :3] * alpha
        covered[where] = covered[where] * (1 - alpha) + alpha
    straight = np.rint(colour / np.maximum(covered, 1e-6)).clip(0, 255)
    return Picture(
        left, top, np.concatenate([straight, np.rint(255 * covered)], -1).astype(np.uint8)
    )


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


def _style(place: Placement, look: CaptionStyle) -> TextStyle:
    plate = look is CaptionStyle.PLATE
    return TextStyle(
        Typeface.CAPTION,
        place.size * (0.9 if plate else 1.0),
        outline=0 if plate else place.outline,
        shadow=None
        if plate
        else Shadow(offset=round(place.size / 16), blur=place.size / 10, opacity=0.75),
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
