"""Setting and drawing text: shaping by HarfBuzz, both directions, all bundled scripts.

``set_text`` turns lines into placed glyphs once; the ``TextBlock`` it returns draws itself as often
as wanted, each time with other spans emphasised. Rasters are made by HarfBuzz too, so the same
text gives the same pixels on every machine.

Coordinates: pixels, y downwards; x = 0 is the middle of a centred block (the left edge of a
``left`` one), y = 0 the first baseline.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from content_platform.typography.bidi import embedding_levels, visual_runs
from content_platform.typography.colour import INK, WHITE, Rgb
from content_platform.typography.fonts import Face, Typeface, face_for, open_font
from content_platform.typography.scripts import (
    is_right_to_left,
    join_words,
    script_of,
)

Mask = npt.NDArray[Any]  # 8-bit coverage [h, w]

# Distance of baselines in ems: scripts that stack marks need more room than Latin.
_LINE_HEIGHTS = {
    "Latn": 1.14,
    "Cyrl": 1.14,
    "Grek": 1.18,
    "Hebr": 1.18,
    "Jpan": 1.26,
    "Hans": 1.26,
    "Hant": 1.26,
    "Kore": 1.26,
    "Arab": 1.5,
    "Khmr": 1.6,
    "Mymr": 1.7,
}
_OTHER_LINE_HEIGHT = 1.4


@dataclass(frozen=True)
class Shadow:
    """A soft shadow in INK: offset downwards and blur radius in pixels, opacity 0 to 1."""

    offset: int
    blur: float
    opacity: float


@dataclass(frozen=True)
class TextStyle:
    """How a text is set. ``size`` is the em, ``outline`` the width of the INK line around glyphs."""

    typeface: Typeface
    size: float
    outline: float = 0.0
    shadow: Shadow | None = None
    line_height: float | None = None
    """Distance of baselines in ems; by default what the locale's script needs."""
    word_gap: float = 0.0
    """Ems added to every space, where words must stand apart (captions whose spoken word grows)."""

    def leading(self, locale: str) -> float:
        """Distance of baselines in pixels: a whole even number, so that lines share a pixel grid."""
        height = self.line_height or _LINE_HEIGHTS.get(script_of(locale), _OTHER_LINE_HEIGHT)
        return 2.0 * round(height * self.size / 2)


@dataclass(frozen=True)
class Emphasis:
    """How one span differs from the rest: its fill, and its size around its own centre."""

    fill: Rgb
    scale: float = 1.0


@dataclass(frozen=True)
class Picture:
    """Straight-alpha RGBA pixels [h, w, 4] uint8 and where their top left corner goes."""

    x: int
    y: int
    rgba: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Glyph:
    face: Face
    glyph: int
    x: float
    y: float
    scale: float
    span: int


@dataclass(frozen=True)
class _Shaped:
    """A line's glyphs in design-independent ems: (face, glyph, x, y, scale, span), and its width."""

    glyphs: tuple[_Glyph, ...]
    width: float


def drawable(text: str, typeface: Typeface, locale: str) -> str:
    """The text without what no bundled font can draw: emoji, control and direction characters.

    White space becomes single spaces. A text of only such characters becomes empty.
    """
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if char.isspace():
            if kept and kept[-1] != " ":
                kept.append(" ")
        elif (
            char in "\u200c\u200d"
        ):  # joiners shape Indic and Persian words; alone they are nothing
            if kept and kept[-1] != " ":
                kept.append(char)
        elif not _is_invisible(char) and face_for(char, typeface, locale) is not None:
            attached = category in ("Mn", "Me")
            if not attached or (kept and kept[-1] != " "):
                kept.append(char)
    return "".join(kept).strip()


def _is_invisible(char: str) -> bool:
    """Control, direction, private and unassigned characters, and variation selectors."""
    return (
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") or "\ufe00" <= char <= "\ufe0f"
    )


def text_width(text: str, style: TextStyle, locale: str) -> float:
    """Width of one line in pixels, without outline and shadow."""
    return _shape_line((text,), style.typeface, locale, style.word_gap).width * style.size


def set_text(
    lines: Sequence[Sequence[str]],
    style: TextStyle,
    locale: str,
    *,
    align: Literal["centre", "left"] = "centre",
) -> TextBlock:
    """Place lines of spans. Spans of a line are concatenated as they are, spaces included.

    Spans are numbered from 0 through all lines; ``TextBlock.draw`` emphasises them by number.
    In right-to-left locales ``left`` means the side where lines begin: the right.
    """
    glyphs: list[_Glyph] = []
    first_span = 0
    widths: list[float] = []
    for row, spans in enumerate(lines):
        shaped = _shape_line(tuple(spans), style.typeface, locale, style.word_gap)
        width = shaped.width * style.size
        widths.append(width)
        left = -width / 2 if align == "centre" else -width if is_right_to_left(locale) else 0.0
        baseline = row * style.leading(locale)
        glyphs += [
            _Glyph(
                glyph.face,
                glyph.glyph,
                left + glyph.x * style.size,
                baseline - glyph.y * style.size,
                glyph.scale * style.size,
                first_span + glyph.span,
            )
            for glyph in shaped.glyphs
        ]
        first_span += len(spans)
    return TextBlock(tuple(glyphs), style, max(widths, default=0.0))


@dataclass(frozen=True)
class TextBlock:
    """Placed glyphs, ready to be drawn. ``width`` is the widest line's advance in pixels."""

    glyphs: tuple[_Glyph, ...]
    style: TextStyle
    width: float

    @cached_property
    def ink(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the glyphs' own pixels (no outline, no shadow)."""
        raster = hb.RasterDraw()
        for glyph in self.glyphs:
            _draw_glyph(raster, glyph)
        image = raster.render()
        box = image.extents if image is not None else None
        if box is None or not box.width or not box.height:
            return 0, 0, 0, 0
        return box.x_origin, -(box.y_origin + box.height), box.x_origin + box.width, -box.y_origin

    def only(self, span: int) -> TextBlock:
        """The same block with one span alone, in its place."""
        glyphs = tuple(glyph for glyph in self.glyphs if glyph.span == span)
        return TextBlock(glyphs, self.style, self.width)

    def draw(self, fill: Rgb = WHITE, emphasis: Mapping[int, Emphasis] | None = None) -> Picture:
        """Draw all spans in ``fill`` but those in ``emphasis``. Sides are even numbers of pixels."""
        emphasis = emphasis or {}
        x, y, width, height = self._canvas(emphasis)
        special = [span for span in sorted(emphasis) if any(g.span == span for g in self.glyphs)]
        rest = _raster([g for g in self.glyphs if g.span not in emphasis], x, y, width, height)
        parts = []
        for span in special:
            chosen = _scaled([g for g in self.glyphs if g.span == span], emphasis[span].scale)
            parts.append((emphasis[span].fill, _raster(chosen, x, y, width, height)))
        glyphs = rest
        for _, mask in parts:
            glyphs = cv2.max(glyphs, mask)
        under = self._under(glyphs)
        alpha = cv2.max(glyphs, under)
        if not self.style.outline:  # glyph edges lie on the shadow, not on a solid outline
            alpha = cv2.add(glyphs, cv2.multiply(under, 255 - glyphs, scale=1 / 255))
        share = cv2.divide(glyphs, alpha, scale=255)
        rgba = np.empty((height, width, 4), np.uint8)
        for channel in range(3):
            rgba[..., channel] = cv2.LUT(share, _ramp(INK[channel], fill[channel]))
        for colour, mask in parts:
            left, top, wide, high = cv2.boundingRect(mask)
            if not wide:  # a space
                continue
            area = (slice(top, top + high), slice(left, left + wide))
            covered = cv2.divide(mask[area], alpha[area], scale=255)
            for channel in range(3):
                ink = cv2.LUT(covered, _ramp(INK[channel], colour[channel]))
                rgba[(*area, channel)] = np.where(
                    mask[area] >= rest[area], ink, rgba[(*area, channel)]
                )
        rgba[..., 3] = alpha
        return Picture(x, y, rgba)

    def _canvas(self, emphasis: Mapping[int, Emphasis]) -> tuple[int, int, int, int]:
        left, top, right, bottom = self.ink
        shadow = self.style.shadow
        blur = round(shadow.blur * 2 + shadow.offset) if shadow else 0
        grow = max((e.scale - 1 for e in emphasis.values()), default=0.0)
        margin = int(self.style.outline + blur + max(grow, 0) * self.width / 2) + 2
        x, y = (left - margin) // 2 * 2, (top - margin) // 2 * 2
        width, height = right + margin - x, bottom + margin - y
        return x, y, width + width % 2, height + height % 2

    def _under(self, glyphs: Mask) -> Mask:
        """Coverage of everything in INK below the glyphs: outline and shadow."""
        outline = glyphs
        if self.style.outline:
            outline = cv2.dilate(glyphs, _disc(self.style.outline))
        shadow = self.style.shadow
        if shadow is None:
            return outline if self.style.outline else np.zeros_like(glyphs)
        height, width = glyphs.shape
        small = cv2.resize(outline, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), max(shadow.blur / 2, 0.3))
        soft = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
        moved = np.zeros_like(soft)
        moved[shadow.offset :] = soft[: height - shadow.offset]
        moved = cv2.convertScaleAbs(moved, alpha=shadow.opacity)
        under: Mask = np.maximum(outline, moved) if self.style.outline else moved
        return under


def break_lines(words: Sequence[str], locale: str, lines: int, style: TextStyle) -> list[list[str]]:
    """Break words into ``lines`` lines (fewer when there are fewer words) as evenly as can be.

    The widest line is as narrow as possible; of equal choices, the first line is the shorter one.
    """

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[int, ...]]:
        if left == 1:
            return text_width(join_words(words[start:]), style, locale), (len(words),)
        options = []
        for end in range(start + 1, len(words) - left + 2):
            rest, breaks = best(end, left - 1)
            width = text_width(join_words(words[start:end]), style, locale)
            options.append((max(width, rest), (end, *breaks)))
        return min(options)

    result, start = [], 0
    for end in best(0, min(lines, len(words)))[1] if words else ():
        result.append(list(words[start:end]))
        start = end
    return result


def fit_title(
    words: Sequence[str],
    style: TextStyle,
    locale: str,
    *,
    width: float,
    height: float,
    max_lines: int,
) -> tuple[list[list[str]], TextStyle]:
    """The line breaks and the largest size up to ``style.size`` with which words fill the box."""
    best: tuple[float, list[list[str]]] | None = None
    for count in range(1, max_lines + 1):
        lines = break_lines(words, locale, count, style)
        widest = max(text_width(join_words(line), style, locale) for line in lines)
        tall = style.leading(locale) * len(lines)
        size = style.size * min(1.0, width / max(widest, 1), height / tall)
        if best is None or size > best[0] * 1.12:  # one line more must earn its place
            best = size, lines
    if best is None:
        raise ValueError("a title needs at least one word")
    factor = best[0] / style.size
    shadow = style.shadow and Shadow(
        round(style.shadow.offset * factor), style.shadow.blur * factor, style.shadow.opacity
    )
    return best[1], replace(style, size=best[0], outline=style.outline * factor, shadow=shadow)


def paste(canvas: npt.NDArray[np.uint8], picture: Picture, x: int, y: int) -> None:
    """Blend a picture into an RGB canvas [h, w, 3], its own origin at (x, y); clipped at the edges."""
    left, top = picture.x + x, picture.y + y
    high, wide = picture.rgba.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + wide, canvas.shape[1]), min(top + high, canvas.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = picture.rgba[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.uint16)
    alpha = part[..., 3:]
    area = canvas[y0:y1, x0:x1]
    area[:] = ((part[..., :3] * alpha + area * (255 - alpha) + 127) // 255).astype(np.uint8)


@lru_cache(maxsize=64)
def _disc(radius: float) -> Mask:
    side = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


@lru_cache(maxsize=1024)
def _ramp(low: int, high: int) -> Mask:
    return np.round(np.linspace(low, high, 256)).astype(np.uint8)


def _scaled(glyphs: Sequence[_Glyph], scale: float) -> list[_Glyph]:
    """Glyphs of one span grown around its centre; lines of a span that wraps stay in place."""
    if scale == 1.0 or not glyphs:
        return list(glyphs)
    last = glyphs[-1]
    advance = open_font(last.face).get_glyph_h_advance(last.glyph) * last.scale
    left = min(g.x for g in glyphs)
    right = max(*(g.x for g in glyphs), last.x + advance)
    middle = (left + right) / 2
    baseline = glyphs[0].y
    lift = (scale - 1) * 0.3 * _em(glyphs[0])
    return [
        _Glyph(
            g.face,
            g.glyph,
            middle + (g.x - middle) * scale,
            baseline + (g.y - baseline) * scale + lift,
            g.scale * scale,
            g.span,
        )
        for g in glyphs
    ]


def _em(glyph: _Glyph) -> float:
    return float(glyph.scale * open_font(glyph.face).face.upem)


def _draw_glyph(raster: hb.RasterDraw, glyph: _Glyph) -> None:
    raster.transform = (glyph.scale, 0, 0, glyph.scale, glyph.x, -glyph.y)
    raster.draw_glyph(open_font(glyph.face), glyph.glyph)


def _raster(glyphs: Sequence[_Glyph], x: int, y: int, width: int, height: int) -> Mask:
    if not glyphs:
        return np.zeros((height, width), np.uint8)
    raster = hb.RasterDraw()
    for glyph in glyphs:
        _draw_glyph(raster, glyph)
    raster.extents = hb.RasterExtents(x, -(y + height), width, height, 0)
    image = raster.render()
    if image is None:
        raise MemoryError("HarfBuzz could not rasterise a line of text")
    rows = np.frombuffer(image.buffer, np.uint8).reshape(height, image.extents.stride)
    return np.ascontiguousarray(rows[::-1, :width])


@lru_cache(maxsize=4096)
def _script_tag(char: str) -> str:
    """The character's ISO 15924 script, or an empty text for those shared by many."""
    buffer = hb.Buffer()
    buffer.add_str(char)
    buffer.guess_segment_properties()
    return buffer.script or ""


@lru_cache(maxsize=4096)
def _shape_line(
    spans: tuple[str, ...], typeface: Typeface, locale: str, word_gap: float
) -> _Shaped:
    """Shape one line at a size of one pixel per em."""
    text = ""
    owners: list[int] = []
    for number, span in enumerate(spans):
        text += span
        owners += [number] * len(span)
    rtl = is_right_to_left(locale)
    glyphs: list[_Glyph] = []
    pen = 0.0
    for start, end, level in visual_runs(embedding_levels(text, right_to_left=rtl)):
        segments = _segments(text, start, end, typeface, locale)
        for first, last, face, script in reversed(segments) if level % 2 else segments:
            font = open_font(face)
            buffer = hb.Buffer()
            buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
            buffer.add_codepoints(
                [ord(char) for char in text], item_offset=first, item_length=last - first
            )
            buffer.direction = "rtl" if level % 2 else "ltr"
            if script:
                buffer.script = script
            buffer.language = locale
            buffer.guess_segment_properties()
            hb.shape(font, buffer)
            em = 1 / font.face.upem
            for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
                if info.codepoint:  # 0 is the box for what a font lacks
                    glyphs.append(
                        _Glyph(
                            face,
                            info.codepoint,
                            pen + position.x_offset * em,
                            position.y_offset * em,
                            em,
                            owners[info.cluster],
                        )
                    )
                    pen += position.x_advance * em
                    if text[info.cluster] == " ":
                        pen += word_gap
    return _Shaped(tuple(glyphs), pen)


def _segments(
    text: str, start: int, end: int, typeface: Typeface, locale: str
) -> list[tuple[int, int, Face, str]]:
    """Cut a run into stretches of one face and one script; shared characters follow their left."""
    result: list[tuple[int, int, Face, str]] = []
    for i in range(start, end):
        char = text[i]
        script = _script_tag(char)
        previous = result[-1] if result else None
        attached = unicodedata.category(char) in ("Mn", "Me", "Cf") or char == " "
        if previous and attached and open_font(previous[2]).get_nominal_glyph(ord(char)):
            face: Face | None = previous[2]
        else:
            face = face_for(char, typeface, locale)
        if face is None:  # nothing to draw it with
            continue
        if previous and previous[2] == face and (not script or script in (previous[3], "")):
            result[-1] = (previous[0], i + 1, face, previous[3])
        elif previous and previous[2] == face and not previous[3]:
            result[-1] = (previous[0], i + 1, face, script)
        else:
            result.append((i, i + 1, face, script))
    return result
