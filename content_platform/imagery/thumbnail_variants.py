"""Further thumbnails of a story, to choose from or to test against the first: other pictures, other
words, other templates in the channel's colours and under its name.

The first thumbnail, and which pictures and crops suit, are the business of ``thumbnails``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from content_platform.imagery.framing import SIZES
from content_platform.imagery.hooks import opening, phrases
from content_platform.imagery.models import Box, FocalPoint
from content_platform.imagery.own_media import window_around
from content_platform.typography.colour import INK, WHITE, Rgb, contrast, legible_on_ink
from content_platform.typography.fonts import Typeface
from content_platform.typography.safe_areas import Area
from content_platform.typography.scripts import join_words
from content_platform.typography.text import TextStyle, drawable, fit_title, paste, set_text
from content_platform.vocabulary import Format

Template = Literal["panel", "label"]
TEMPLATES: tuple[Template, ...] = ("panel", "label")
_LEAST = 4.6
"""Contrast on a plain colour; WCAG asks for 4.5."""

_ZOOMS = (1.3, 1.15, 1.0)
"""How near a picture behind a label is seen, the first liked best."""

_PANELS = {
    # Words in a field of the accent colour beside or above the picture; what is left is the picture's.
    Format.LANDSCAPE: (Area(0.0, 0.0, 0.42, 1.0), Area(0.58, 0.0, 1.0, 1.0)),
    Format.PORTRAIT: (Area(0.0, 0.0, 1.0, 0.31), Area(0.0, 0.56, 1.0, 1.0)),
    Format.SQUARE: (Area(0.0, 0.0, 1.0, 0.36), Area(0.0, 0.66, 1.0, 1.0)),
}
_PANEL_WORDS = {
    # Within the panels; clear of running times, bars and buttons.
    Format.LANDSCAPE: (Area(0.04, 0.08, 0.36, 0.90), Area(0.64, 0.08, 0.96, 0.82)),
    Format.PORTRAIT: (Area(0.07, 0.115, 0.93, 0.275), Area(0.07, 0.595, 0.86, 0.765)),
    Format.SQUARE: (Area(0.06, 0.05, 0.94, 0.32), Area(0.06, 0.70, 0.94, 0.95)),
}
_LABELS = {
    # Corners a label may stand in, the first liked best.
    Format.LANDSCAPE: (
        Area(0.04, 0.60, 0.60, 0.93),
        Area(0.04, 0.07, 0.60, 0.40),
        Area(0.40, 0.07, 0.96, 0.40),
    ),
    Format.PORTRAIT: (Area(0.07, 0.60, 0.84, 0.765), Area(0.07, 0.125, 0.84, 0.29)),
    Format.SQUARE: (Area(0.06, 0.66, 0.80, 0.93), Area(0.06, 0.07, 0.80, 0.34)),
}


def word_choices(
    words: Sequence[str], title: Sequence[str], channel: str, locale: str
) -> list[list[str]]:
    """Words for further thumbnails, one after the other; ``words`` are the first one's.

    Another whole phrase of the title where it has one, else the same words; then what the title
    begins with. Never a fragment, and the channel's name only where there are no words.
    """
    whole = list(words) or channel.split()
    others = [part for part in phrases(title, locale) if part != whole]
    return [(others or [whole])[0], opening(title, locale) or whole]


def compose_variant(
    template: Template,
    picture: npt.NDArray[np.uint8],
    focal_point: FocalPoint,
    words: Sequence[str],
    *,
    shape: Format,
    accent: Rgb,
    locale: str,
    channel_title: str,
    subjects: Sequence[Box] = (),
    other_side: bool = False,
) -> tuple[npt.NDArray[np.uint8], float]:
    """One thumbnail of ``SIZES[shape]`` (RGB uint8), and the contrast of its words.

    Words stand on a plain colour, so that the contrast is exact. ``other_side`` mirrors a panel.
    """
    if template == "panel":
        return _panel(picture, focal_point, words, shape, accent, locale, channel_title, subjects,
                      int(other_side))  # fmt: skip
    return _label(picture, focal_point, words, shape, accent, locale, channel_title, subjects)


def _panel(
    picture: npt.NDArray[np.uint8],
    focal_point: FocalPoint,
    words: Sequence[str],
    shape: Format,
    accent: Rgb,
    locale: str,
    channel_title: str,
    subjects: Sequence[Box],
    side: int,
) -> tuple[npt.NDArray[np.uint8], float]:
    width, height = SIZES[shape]
    panel = _PANELS[shape][side]
    slant = 0.03
    if shape is Format.LANDSCAPE:
        left, right = (panel.right - slant, 1.0) if side == 0 else (0.0, panel.left + slant)
        free = Area(left, 0.0, right, 1.0)
    else:
        top, bottom = (panel.bottom - slant, 1.0) if side == 0 else (0.0, panel.top + slant)
        free = Area(0.0, top, 1.0, bottom)
    canvas = np.zeros((height, width, 3), np.uint8)
    box = (
        round(free.left * width),
        round(free.top * height),
        round(free.right * width),
        round(free.bottom * height),
    )
    if shape is Format.LANDSCAPE:
        subjects = _beside_the_slant(subjects, picture, box, side, 2 * slant * width)
    canvas[box[1] : box[3], box[0] : box[2]] = _filled(
        picture, (box[2] - box[0], box[3] - box[1]), focal_point, subjects, 1.0
    )
    fill, ink = _field(accent)
    edge = _edge(panel, shape, side, slant, 0.0)
    cv2.fillPoly(
        canvas, [_points(_edge(panel, shape, side, slant, 0.012), shape)], INK, cv2.LINE_AA
    )
    cv2.fillPoly(canvas, [_points(edge, shape)], fill, cv2.LINE_AA)
    _letter(
        canvas, words, _PANEL_WORDS[shape][side], shape, ink, locale, channel_title, largest=0.23
    )
    return canvas, float(contrast(np.array([[fill]], np.uint8), ink).min())


def _beside_the_slant(
    subjects: Sequence[Box],
    picture: npt.NDArray[np.uint8],
    free: tuple[int, int, int, int],
    side: int,
    room: float,
) -> tuple[Box, ...]:
    """People with ``room`` (in pixels of the thumbnail) towards the panel, which leans over them."""
    pixels = (picture.shape[1], picture.shape[0])
    aspect = (free[2] - free[0]) / (free[3] - free[1])
    wide = min(pixels[0], pixels[1] * aspect) / pixels[0]
    more = room / (free[2] - free[0]) * wide
    roomy = []
    for box in subjects:
        left = max(box.x - (more if side == 0 else 0.0), 0.0)
        right = min(box.x + box.width + (more if side == 1 else 0.0), 1.0)
        grown = box.model_copy(update={"x": left, "width": right - left})
        roomy.append(grown if box.kind != "thing" else box)
    return tuple(roomy)


def _label(
    picture: npt.NDArray[np.uint8],
    focal_point: FocalPoint,
    words: Sequence[str],
    shape: Format,
    accent: Rgb,
    locale: str,
    channel_title: str,
    subjects: Sequence[Box],
) -> tuple[npt.NDArray[np.uint8], float]:
    size, channel = (picture.shape[1], picture.shape[0]), channel_title
    _, zoom, chosen = _best_label(size, focal_point, words, shape, locale, channel, subjects)
    width, height = SIZES[shape]
    largest = _largest(words, channel_title)
    canvas = _filled(picture, (width, height), focal_point, subjects, zoom)
    ink = legible_on_ink(accent)
    _letter(canvas, words, chosen, shape, ink, locale, channel_title, largest=largest, plate=True)
    frame = round(min(width, height) * 0.018)
    cv2.rectangle(canvas, (0, 0), (width - 1, height - 1), accent, 2 * frame)
    return canvas, float(contrast(np.array([[INK]], np.uint8), ink).min())


def label_hides(
    size: tuple[int, int],
    focal_point: FocalPoint,
    words: Sequence[str],
    shape: Format,
    locale: str,
    channel_title: str,
    subjects: Sequence[Box],
) -> float:
    """How much the best label on a picture of ``size`` hides or cuts of it: 0 nothing, 1 a face."""
    return _best_label(size, focal_point, words, shape, locale, channel_title, subjects)[0]


def _largest(words: Sequence[str], channel_title: str) -> float:
    return 0.2 if not _names(words, channel_title) else 0.1


def _best_label(
    size: tuple[int, int],
    focal_point: FocalPoint,
    words: Sequence[str],
    shape: Format,
    locale: str,
    channel_title: str,
    subjects: Sequence[Box],
) -> tuple[float, float, Area]:
    """What the best label hides, how near the picture is behind it, and its corner."""
    width, height = SIZES[shape]
    largest = _largest(words, channel_title)
    plates = [
        (area, _plate(words, area, shape, locale, channel_title, largest))
        for area in _LABELS[shape]
    ]

    def hidden(zoom: float, plate: Area) -> float:
        left, top, wide, high = _window(size, (width, height), focal_point, subjects, zoom)
        cost: float = 0.0
        for box in subjects:
            at = Area(
                (box.x * size[0] - left) / wide,
                (box.y * size[1] - top) / high,
                ((box.x + box.width) * size[0] - left) / wide,
                ((box.y + box.height) * size[1] - top) / high,
            )
            across = min(at.right, plate.right) - max(at.left, plate.left)
            along = min(at.bottom, plate.bottom) - max(at.top, plate.top)
            if across > 0 and along > 0:
                cost += across * along * (20 if box.kind == "face" else 1)
                cost += 1.0 if box.kind == "face" else 0.1
                if box.kind == "figure" and plate.bottom < min(at.bottom, 1.0):
                    cost += 0.4  # boots that come out below a plate
            if box.kind != "thing":  # heads, ears and wings stay in the picture
                # What the picture itself cuts is no fault of the crop.
                cost += max(-at.top, 0.0) * 4 if box.y > 0.004 else 0.0
                cost += max(0.015 - at.left, 0.0) * 12 if box.x > 0.004 else 0.0
                cost += max(at.right - 0.985, 0.0) * 12 if box.x + box.width < 0.996 else 0.0
                cost += max(at.bottom - 0.985, 0.0) * 3 if box.y + box.height < 0.996 else 0.0
        focal = ((focal_point.x * size[0] - left) / wide, (focal_point.y * size[1] - top) / high)
        inside = plate.left < focal[0] < plate.right and plate.top < focal[1] < plate.bottom
        return cost + (0.5 if inside else 0.0)

    cost, _, (zoom, (chosen, _)) = min(
        (round(hidden(zoom, plate[1]), 3), number, (zoom, plate))
        for number, (zoom, plate) in enumerate((zoom, plate) for zoom in _ZOOMS for plate in plates)
    )
    return cost, zoom, chosen


def _letter(
    canvas: npt.NDArray[np.uint8],
    words: Sequence[str],
    area: Area,
    shape: Format,
    ink: Rgb,
    locale: str,
    channel_title: str,
    *,
    largest: float,
    plate: bool = False,
) -> None:
    """Words as large as they fit in ``area``, the channel's name small below them."""
    width, height = SIZES[shape]
    unit = min(width, height)
    name = drawable(channel_title, Typeface.CAPTION, locale)
    if _names(words, channel_title):
        name = ""  # it is what the words say
    across, along = (area.right - area.left) * width, (area.bottom - area.top) * height
    small = TextStyle(Typeface.CAPTION, unit * 0.038)
    below = unit * 0.075 if name else 0.0
    pad = unit * 0.035 if plate else 0.0
    lines, style = fit_title(
        words,
        TextStyle(Typeface.TITLE, unit * largest),
        locale,
        width=across - 2 * pad,
        height=along - below - 2 * pad,
        max_lines=2 if plate else 4,
    )
    block = set_text([[join_words(line)] for line in lines], style, locale)
    left, top, right, bottom = block.ink
    named = None
    if name:
        wide = set_text([[name]], small, locale).width
        small = TextStyle(
            Typeface.CAPTION, small.size * min(1.0, (across - 2 * pad) / max(wide, 1))
        )
        named = set_text([[name]], small, locale)
    high = bottom - top + below
    x0 = area.left * width
    y0 = (area.top + area.bottom) / 2 * height - high / 2
    middle = (area.left + area.right) / 2 * width
    if plate:
        y0 = area.bottom * height - high - pad if area.top > 0.3 else area.top * height + pad
        reach = max(right - left, named.width if named else 0) / 2 + pad
        middle = x0 + reach if area.left < 0.2 else area.right * width - reach
        corners = (
            (round(middle - reach), round(y0 - pad)),
            (round(middle + reach), round(y0 + high + pad)),
        )
        cv2.rectangle(canvas, *corners, INK, -1)
    paste(canvas, block.draw(ink), round(middle - (left + right) / 2), round(y0 - top))
    if named is not None:
        paste(canvas, named.draw(ink), round(middle), round(y0 + high - 0.2 * small.size))


def _names(words: Sequence[str], channel_title: str) -> bool:
    """Whether the words are the channel's name."""
    return join_words(list(words)).casefold() == channel_title.strip().casefold()


def _plate(
    words: Sequence[str], area: Area, shape: Format, locale: str, channel_title: str, largest: float
) -> Area:
    """What a label in the corner ``area`` covers of the thumbnail."""
    bare = np.zeros((SIZES[shape][1], SIZES[shape][0], 3), np.uint8)
    bare[...] = 255
    _letter(bare, words, area, shape, INK, locale, channel_title, largest=largest, plate=True)
    covered = bare.min(axis=2) < 255
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    height, width = covered.shape
    return Area(
        columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height
    )


def _field(accent: Rgb) -> tuple[Rgb, Rgb]:
    """A colour to write on, the accent or a deeper one of its tone, and the ink that stands out."""
    fill = accent
    while True:
        pixels = np.array([[fill]], np.uint8)
        ink = max((INK, WHITE), key=lambda colour: float(contrast(pixels, colour).min()))
        if float(contrast(pixels, ink).min()) >= _LEAST:
            return fill, ink
        fill = (int(fill[0] * 0.94), int(fill[1] * 0.94), int(fill[2] * 0.94))


def _edge(
    panel: Area, shape: Format, side: int, slant: float, beyond: float
) -> tuple[tuple[float, float], ...]:
    """The panel's corners: its inner edge leans, and reaches ``beyond`` further."""
    grow = beyond if side == 0 else -beyond
    if shape is Format.LANDSCAPE:
        outer, inner = (0.0, panel.right + grow) if side == 0 else (1.0, panel.left + grow)
        return (outer, 0.0), (inner + slant, 0.0), (inner - slant, 1.0), (outer, 1.0)
    outer, inner = (0.0, panel.bottom + grow) if side == 0 else (1.0, panel.top + grow)
    return (0.0, outer), (1.0, outer), (1.0, inner - slant), (0.0, inner + slant)


def _points(corners: Sequence[tuple[float, float]], shape: Format) -> npt.NDArray[np.int32]:
    return np.rint(np.array(corners) * SIZES[shape]).astype(np.int32)


def _window(
    have: tuple[int, int],
    size: tuple[int, int],
    focal_point: FocalPoint,
    subjects: Sequence[Box],
    zoom: float,
) -> tuple[float, float, float, float]:
    whole = window_around(have, size[0] / size[1], focal_point)
    fitting = _fitting(subjects, whole[2] / have[0], whole[3] / have[1])
    left, top, wide, high = window_around(have, size[0] / size[1], focal_point, fitting)
    if zoom <= 1:
        return left, top, wide, high
    near_w, near_h = wide / zoom, high / zoom
    whole_right, whole_bottom = left + wide, top + high
    fitting = _fitting(subjects, near_w / have[0], near_h / have[1])
    if fitting:
        left, top = (
            max(left, max(box.x + box.width for box in fitting) * have[0] - near_w),
            max(top, max(box.y + box.height for box in fitting) * have[1] - near_h),
        )
        wide = min(min(box.x for box in fitting) * have[0] + near_w, whole_right) - left
        high = min(min(box.y for box in fitting) * have[1] + near_h, whole_bottom) - top
    x = min(max(focal_point.x * have[0] - near_w / 2, left), left + wide - near_w)
    y = min(max(focal_point.y * have[1] - near_h * 0.45, top), top + high - near_h)
    return x, y, near_w, near_h


def _fitting(subjects: Sequence[Box], wide: float, high: float) -> tuple[Box, ...]:
    """All subjects, else people, else faces: what fits into that part of the picture."""
    for kinds in (("face", "figure", "thing"), ("face", "figure"), ("face",)):
        boxes = tuple(box for box in subjects if box.kind in kinds)
        if (
            boxes
            and max(b.x + b.width for b in boxes) - min(b.x for b in boxes) <= wide
            and max(b.y + b.height for b in boxes) - min(b.y for b in boxes) <= high
        ):
            return boxes
    return ()


def _filled(
    picture: npt.NDArray[np.uint8],
    size: tuple[int, int],
    focal_point: FocalPoint,
    subjects: Sequence[Box],
    zoom: float,
) -> npt.NDArray[np.uint8]:
    have = (picture.shape[1], picture.shape[0])
    left, top, wide, high = _window(have, size, focal_point, subjects, zoom)
    part = picture[round(top) : round(top + high), round(left) : round(left + wide)]
    way = cv2.INTER_AREA if part.shape[1] > size[0] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(part, size, interpolation=way), np.uint8)
