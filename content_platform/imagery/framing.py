"""Framing of thumbnails: which part of a picture to show, where words go, how large they are.

Words and subjects keep clear of each other here; pixels are the business of ``thumbnails``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from content_platform.imagery.models import Box, FocalPoint
from content_platform.typography.fonts import Typeface
from content_platform.typography.safe_areas import Area
from content_platform.typography.scripts import joiner
from content_platform.typography.text import Shadow, TextStyle, fit_title, set_text
from content_platform.vocabulary import Format

SIZES = {
    Format.LANDSCAPE: (1280, 720),
    Format.PORTRAIT: (1080, 1920),
    Format.SQUARE: (1080, 1080),
}


@dataclass(frozen=True)
class Layout:
    """Where words go and where the subject should be, so that neither hides the other.

    ``subject`` is the box the focal point is brought into by the crop.
    """

    words: Area
    subject: Area
    max_lines: int
    side: Literal["left", "right", "top", "bottom"]
    """The edge the words stand at."""


# Kept free: YouTube's running time (bottom right), the titles and buttons that Shorts, Reels and
# TikTok lay over the lowest fifth and the right eighth, and what profile grids crop (top and bottom).
LAYOUTS = {
    Format.LANDSCAPE: (
        Layout(Area(0.045, 0.08, 0.60, 0.92), Area(0.66, 0.30, 0.82, 0.70), 4, "left"),
        Layout(Area(0.40, 0.08, 0.955, 0.82), Area(0.18, 0.30, 0.34, 0.70), 4, "right"),
        Layout(Area(0.045, 0.08, 0.46, 0.92), Area(0.56, 0.30, 0.80, 0.70), 4, "left"),
        Layout(Area(0.54, 0.08, 0.955, 0.82), Area(0.20, 0.30, 0.44, 0.70), 4, "right"),
    ),
    Format.PORTRAIT: (
        Layout(Area(0.07, 0.13, 0.93, 0.40), Area(0.35, 0.51, 0.65, 0.66), 3, "top"),
        Layout(Area(0.07, 0.50, 0.88, 0.76), Area(0.35, 0.24, 0.65, 0.42), 3, "bottom"),
        Layout(Area(0.07, 0.11, 0.93, 0.28), Area(0.35, 0.42, 0.65, 0.60), 2, "top"),
        Layout(Area(0.07, 0.60, 0.88, 0.77), Area(0.35, 0.28, 0.65, 0.46), 2, "bottom"),
    ),
    Format.SQUARE: (
        Layout(Area(0.06, 0.06, 0.94, 0.42), Area(0.35, 0.56, 0.65, 0.75), 3, "top"),
        Layout(Area(0.06, 0.58, 0.94, 0.94), Area(0.35, 0.25, 0.65, 0.44), 3, "bottom"),
        Layout(Area(0.06, 0.05, 0.94, 0.29), Area(0.35, 0.48, 0.65, 0.70), 2, "top"),
        Layout(Area(0.06, 0.70, 0.94, 0.95), Area(0.35, 0.30, 0.65, 0.52), 2, "bottom"),
    ),
}
_ZOOMS = (1.0, 1.2, 1.4, 1.7, 2.0)
_ROOM = 0.022
"""Kept free around words, as a fraction of the thumbnail."""
_ZOOM = 1.4
"""How much closer than the whole picture a crop goes: the subject is larger and can be placed."""


@dataclass(frozen=True)
class Window:
    """A part of a picture, in its pixels."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Lettering:
    """The words set for one layout."""

    layout: Layout
    style: TextStyle
    spans: list[list[str]]
    align: Literal["left", "centre"]
    at: tuple[int, int]
    """Where the text block is pasted, in pixels."""
    ink: Area
    """What the letters cover, with a breath of room around them."""


@dataclass(frozen=True)
class Placement:
    """One way to crop a picture and letter it."""

    cost: float
    window: Window
    lettering: Lettering


def set_words(words: Sequence[str], shape: Format, locale: str) -> list[Lettering]:
    """The words in each layout of ``shape``, as large as they fit."""
    width, height = SIZES[shape]
    size = min(width, height) * 0.27
    largest = TextStyle(
        Typeface.TITLE,
        size,
        outline=size * 0.05,
        shadow=Shadow(round(size * 0.05), size * 0.09, 0.85),
    )
    align: Literal["left", "centre"] = "left" if shape is Format.LANDSCAPE else "centre"
    settings = []
    for layout in LAYOUTS[shape]:
        box = layout.words
        if not words:
            nothing = Area(0, 0, 0, 0)
            settings.append(Lettering(layout, largest, [], align, (0, 0), nothing))
            continue
        lines, style = fit_title(
            words,
            largest,
            locale,
            width=(box.right - box.left) * width,
            height=(box.bottom - box.top) * height,
            max_lines=layout.max_lines,
        )
        spans = [
            [
                word + (joiner(word, line[i + 1]) if i + 1 < len(line) else "")
                for i, word in enumerate(line)
            ]
            for line in lines
        ]
        left, top, right, bottom = set_text(spans, style, locale, align=align).ink
        x = round((box.left + box.right) / 2 * width - (left + right) / 2)
        if layout.side == "left":
            x = round(box.left * width - left)
        elif layout.side == "right":
            x = round(box.right * width - right)
        y = round((box.top + box.bottom) / 2 * height - (top + bottom) / 2)
        if layout.side == "top":
            y = round(box.top * height - top)
        elif layout.side == "bottom":
            y = round(box.bottom * height - bottom)
        ink = Area(
            (x + left) / width - _ROOM,
            (y + top) / height - _ROOM,
            (x + right) / width + _ROOM,
            (y + bottom) / height + _ROOM,
        )
        settings.append(Lettering(layout, style, spans, align, (x, y), ink))
    return settings


def placement(
    picture: tuple[int, int],
    focal_point: FocalPoint,
    subjects: Sequence[Box],
    settings: Sequence[Lettering],
    shape: Format,
) -> Placement:
    """The crop and layout in which words and subjects keep clear of each other best.

    ``picture`` is its width and height in pixels. Without ``subjects`` only the focal point is
    brought to where the words are not. Of equal ones the first is taken.
    """
    width, height = SIZES[shape]
    have_w, have_h = picture
    x, y = focal_point.x * have_w, focal_point.y * have_h
    best: Placement | None = None
    largest = max(lettering.style.size for lettering in settings)
    for zoom in _ZOOMS if subjects else (_ZOOM,):
        scale = min(have_w / width, have_h / height) / zoom
        wide, high = width * scale, height * scale
        for lettering in settings:
            box = lettering.layout.subject
            aims = {
                (
                    min(max(focal_point.x, box.left), box.right),
                    min(max(focal_point.y, box.top), box.bottom),
                )
            }
            if subjects:
                aims = {(i / 10, j / 10) for i in range(1, 10) for j in range(2, 9)}
            for aim in sorted(aims):
                left = min(max(x - aim[0] * wide, 0), have_w - wide)
                top = min(max(y - aim[1] * high, 0), have_h - high)
                at_x, at_y = (x - left) / wide, (y - top) / high
                off_x = max(box.left - at_x, at_x - box.right, 0)
                off_y = max(box.top - at_y, at_y - box.bottom, 0)
                window = Window(left, top, wide, high)
                cost = 0.4 * (off_x + off_y) if subjects else off_x + off_y
                cost += _hidden(subjects, window, picture, lettering.ink)
                cost += 0.7 * (1 - lettering.style.size / largest)
                cost = round(cost, 2)
                if best is None or cost < best.cost:
                    best = Placement(cost, window, lettering)
    assert best is not None, "every format has layouts"
    return best


def _hidden(subjects: Sequence[Box], window: Window, picture: tuple[int, int], ink: Area) -> float:
    """How much the words and the crop hide of the subjects: 0 nothing, above 3 a face."""
    cost = 0.0
    seen = 0.0
    for box in subjects:
        left = (box.x * picture[0] - window.left) / window.width
        top = (box.y * picture[1] - window.top) / window.height
        right = left + box.width * picture[0] / window.width
        bottom = top + box.height * picture[1] / window.height
        area = (right - left) * (bottom - top)
        inside = _shared(Area(0, 0, 1, 1), left, top, right, bottom) / area
        covered = _shared(ink, left, top, right, bottom) / area
        if box.kind == "face":
            cost += (3 + covered if covered else 0) + 2 * (1 - inside)
        else:
            # Half a box with a word on it is no box any more; a coat may go under.
            touched = 0.9 if box.kind == "thing" and covered else 0.0
            cost += touched + 1.6 * covered + 0.7 * (1 - inside)
            if box.kind == "figure" and _cut_off(box, left, top, right, bottom):
                cost += 0.5  # feet and tails that the picture shows stay on
            seen = max(seen, min(bottom, 1) - max(top, 0))
    # Small in the picture is nothing at the size of a search result.
    return cost + (0.8 * max(0.0, 0.7 - seen) if subjects else 0.0)


def _cut_off(box: Box, left: float, top: float, right: float, bottom: float) -> bool:
    """Whether a crop cuts, or has at its very side, what the picture has whole and free of it.

    The edges are those of the box in the crop.
    """
    return (
        (left < 0.012 and box.x > 0.02)
        or (top < -0.005 and box.y > 0.004)
        or (right > 0.988 and box.x + box.width < 0.98)
        or (bottom > 1.005 and box.y + box.height < 0.996)
    )


def _shared(box: Area, left: float, top: float, right: float, bottom: float) -> float:
    """The area two rectangles share."""
    across = min(box.right, right) - max(box.left, left)
    along = min(box.bottom, bottom) - max(box.top, top)
    return max(across, 0.0) * max(along, 0.0)
