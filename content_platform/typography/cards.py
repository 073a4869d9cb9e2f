"""Cards before and after a story, and the name shown over it: titles, channel names, plates."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from content_platform.typography.colour import INK, WHITE, legible_on_ink, parse_colour
from content_platform.typography.fonts import Typeface
from content_platform.typography.scripts import is_right_to_left, join_words, title_words
from content_platform.typography.text import (
    Shadow,
    TextStyle,
    drawable,
    fit_title,
    paste,
    set_text,
)
from content_platform.vocabulary import Format

_CHANNEL_FILL = (226, 228, 234)


def draw_card(
    title: str,
    channel_title: str,
    accent: str,
    format: Format,
    background: npt.NDArray[np.uint8],
    *,
    locale: str,
) -> npt.NDArray[np.uint8]:
    """The first or the last still of a video: RGB uint8 [height, width, 3] of the format's size.

    ``background`` is any RGB picture [h, w, 3]; it is cropped to the format, blurred and darkened.
    ``accent`` (#rrggbb) colours the ornament between title and channel.
    """
    width, height = format.size
    canvas = _out_of_focus(background, width, height)
    unit = min(width, height)
    title = drawable(title, Typeface.TITLE, locale)
    channel_title = drawable(channel_title, Typeface.CAPTION, locale)
    title_style = TextStyle(
        Typeface.TITLE, unit * 0.125, shadow=Shadow(round(unit * 0.006), unit * 0.014, 0.7)
    )
    small_style = TextStyle(
        Typeface.CAPTION, unit * 0.036, shadow=Shadow(round(unit * 0.003), unit * 0.008, 0.6)
    )
    lines: list[list[str]] = []
    if title:
        lines, title_style = fit_title(
            title_words(title),
            title_style,
            locale,
            # Tall videos have buttons along the right edge.
            width=width * (0.72 if width < height else 0.80 if width == height else 0.70),
            height=height * 0.42,
            max_lines=4,
        )
    leading = title_style.leading(locale)
    gap = unit * 0.075
    block = leading * len(lines) + gap + (gap + small_style.size * 0.4 if channel_title else 0)
    top = (height - block) / 2
    if lines:
        text = set_text([[join_words(line)] for line in lines], title_style, locale)
        paste(canvas, text.draw(WHITE), width // 2, round(top + leading * 0.72))
    rule = round(top + leading * len(lines) + gap * 0.55)
    _ornament(canvas, width // 2, rule, unit, legible_on_ink(parse_colour(accent)))
    if channel_title:
        size = min(
            1.0, width * 0.8 / max(set_text([[channel_title]], small_style, locale).width, 1)
        )
        fitted = TextStyle(Typeface.CAPTION, small_style.size * size, shadow=small_style.shadow)
        name = set_text([[channel_title]], fitted, locale).draw(_CHANNEL_FILL)
        paste(canvas, name, width // 2, round(rule + gap + small_style.size * 0.35))
    return canvas


def draw_lower_third(
    text: str, accent: str, format: Format, *, locale: str
) -> npt.NDArray[np.uint8]:
    """A name on a dark plate with an edge of ``accent``: straight alpha RGBA [h, w, 4], even sides."""
    width, height = format.size
    unit = min(width, height)
    style = TextStyle(Typeface.CAPTION, unit * 0.040)
    text = drawable(text, Typeface.CAPTION, locale)
    wide = set_text([[text]], style, locale).width
    if wide > width * 0.6:
        style = TextStyle(Typeface.CAPTION, style.size * width * 0.6 / wide)
    name = set_text([[text]], style, locale)
    edge, pad = 2 * round(unit * 0.004), unit * 0.026
    tall = 2 * round(style.size * 0.95)
    across = 2 * round((name.width + 2 * pad + edge) / 2)
    plate = np.empty((tall, across, 4), np.uint8)
    plate[..., :3] = INK
    plate[..., 3] = 196
    right_to_left = is_right_to_left(locale)
    begin = slice(across - edge, None) if right_to_left else slice(0, edge)
    plate[:, begin] = (*legible_on_ink(parse_colour(accent)), 255)
    canvas = np.ascontiguousarray(plate[..., :3])
    middle = across / 2 + (-edge if right_to_left else edge) / 2
    paste(canvas, name.draw(WHITE), round(middle), round(tall / 2 + 0.35 * style.size))
    plate[..., 3] = np.maximum(plate[..., 3], (canvas.max(-1) > INK[2] + 20) * np.uint8(255))
    plate[..., :3] = canvas
    return plate


def _out_of_focus(picture: npt.NDArray[np.uint8], width: int, height: int) -> npt.NDArray[np.uint8]:
    scale = max(width / picture.shape[1], height / picture.shape[0])
    small_w, small_h = round(width / 8), round(height / 8)
    small = cv2.resize(
        picture,
        (
            max(small_w, round(picture.shape[1] * scale / 8)),
            max(small_h, round(picture.shape[0] * scale / 8)),
        ),
        interpolation=cv2.INTER_AREA,
    )
    y, x = (small.shape[0] - small_h) // 2, (small.shape[1] - small_w) // 2
    small = cv2.GaussianBlur(small[y : y + small_h, x : x + small_w], (0, 0), 4.5)
    blurred = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    rows = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    # White needs a background of at most sRGB 105 to stand out by 5:1; bright pictures get more veil.
    brightest = float(np.percentile(blurred[height // 5 : -height // 5].max(axis=2), 90))
    middle = max(0.36, 1 - 105 / max(brightest, 1.0))
    veil = np.clip(middle + 0.2 * (rows**2 + columns**2), 0, 0.92)[..., None]
    ink = np.array(INK, np.float32)
    return np.asarray(np.round(blurred * (1 - veil) + ink * veil), np.uint8)


def _ornament(
    canvas: npt.NDArray[np.uint8], x: int, y: int, unit: int, colour: tuple[int, int, int]
) -> None:
    """Two tapering rules with a small lozenge between them."""
    reach, half, gap = unit * 0.13, unit * 0.0085, unit * 0.022
    fine = 4  # fractional bits: shapes are placed to a sixteenth of a pixel

    def polygon(points: list[tuple[float, float]]) -> None:
        fixed = np.round(np.array(points) * (1 << fine)).astype(np.int32)
        cv2.fillPoly(canvas, [fixed], colour, cv2.LINE_AA, fine)

    polygon([(x - half, y), (x, y - half), (x + half, y), (x, y + half)])
    thin = max(1.0, unit * 0.0016)
    for side in (-1, 1):
        polygon([(x + side * gap, y - thin), (x + side * reach, y), (x + side * gap, y + thin)])
