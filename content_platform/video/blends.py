"""How one picture becomes the next, in pixels: every transition over luma and chroma planes.

A blend is told how far it is (0 the old picture, 1 the new one) and fills a target from both
views. Directions are all drawn "to the left": the others look at the planes mirrored or turned.
Which transition is used where is decided in ``transitions``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from content_platform.video.models import Shot
from content_platform.vocabulary import Transition

Plane = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.float64]
Planes = tuple[Plane, Plane]
"""Luma [h, w] and chroma [h/2, w/2, 2]."""
Blend = Callable[[float, Planes, Planes, Planes], None]
"""``blend(share, below, above, target)``; ``share`` in 0..1 of the new picture."""

_BLACK = (16, 128)
_STEPS = (1, 2)
"""Video pixels to a pixel of luma and of chroma."""
_PAPER = ((222, 128), (118, 134))
"""A leaf's back, a little warmer than white: luma, and Cb, Cr."""


def blend_of(shot: Shot, size: tuple[int, int]) -> Blend:
    """The blend by which ``shot`` takes over in a video of ``size``."""
    match shot.transition:
        case Transition.DIP:
            return _dip
        case Transition.ZOOM:
            return _zoom
        case Transition.IRIS:
            return _Iris(shot, size)
        case Transition.WIPE:
            return _turned(shot.toward, _wipe)
        case Transition.PUSH:
            return _turned(shot.toward, _push)
        case Transition.PAGE:
            return _turned(shot.toward, _page)
        case Transition.TEAR:
            # The halves part across the way they go.
            return _turned(shot.toward, _Tear(shot.seed))
        case _:
            return _crossfade


def enlargement(transition: Transition, share: float) -> float:
    """How much larger than its camera has it the old picture is seen, at ``share`` of the way."""
    return 1 + 0.7 * share**2 if transition is Transition.ZOOM else 1.0


def eased(share: float) -> float:
    """From 0 to 1, starting and ending at rest."""
    return share * share * (3 - 2 * share)


def _crossfade(share: float, below: Planes, above: Planes, target: Planes) -> None:
    for into, one, other in zip(target, below, above, strict=True):
        cv2.addWeighted(one, 1 - share, other, share, 0, dst=into)


def _zoom(share: float, below: Planes, above: Planes, target: Planes) -> None:
    _crossfade(eased(min(max((share - 0.3) / 0.6, 0.0), 1.0)), below, above, target)


DARKEST_DIP = 0.12
"""The part of the light that the middle of a dip keeps: no frame shows nothing."""


def _dip(share: float, below: Planes, above: Planes, target: Planes) -> None:
    picture = below if share < 0.5 else above
    left = DARKEST_DIP + (1 - DARKEST_DIP) * eased(abs(2 * share - 1))
    darken(target, left, picture)


def darken(target: Planes, left: float, picture: Planes | None = None) -> None:
    """Fill ``target`` with what is ``left`` (0..1) of ``picture``'s light, or of its own."""
    for into, source, black in zip(target, picture or target, _BLACK, strict=True):
        cv2.addWeighted(source, left, source, 0, black * (1 - left), dst=into)


def mix(into: Plane, one: Plane, other: Plane, share: npt.NDArray[np.int16]) -> None:
    """``one`` becomes ``other`` where ``share`` is 128, and stays where it is 0."""
    difference = np.subtract(other, one, dtype=np.int16)
    difference *= share
    difference += 64
    difference >>= 7
    difference += one
    np.copyto(into, difference, casting="unsafe")


def _turned(toward: str, blend: Blend) -> Blend:
    def turn(plane: Plane) -> Plane:
        if toward in ("up", "down"):
            plane = plane.swapaxes(0, 1)
        return plane[:, ::-1] if toward in ("right", "down") else plane

    def turned(share: float, below: Planes, above: Planes, target: Planes) -> None:
        seen = [(turn(luma), turn(chroma)) for luma, chroma in (below, above, target)]
        blend(share, *seen)

    return turned


def _columns(plane: Plane, row: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """A row of values, one a column, in the shape that broadcasts over ``plane``."""
    return row[None, :, None] if plane.ndim == 3 else row[None, :]


def _wipe(share: float, below: Planes, above: Planes, target: Planes) -> None:
    """A soft edge goes from right to left."""
    width = target[0].shape[1]
    soft = round(width * 0.16)
    edge = width - eased(share) * (width + soft)  # left end of the soft band
    for into, one, other, step in zip(target, below, above, _STEPS, strict=True):
        across = into.shape[1]
        first = min(max(math.floor(edge / step), 0), across)
        last = min(max(math.ceil((edge + soft) / step), 0), across)
        into[:, :first] = one[:, :first]
        into[:, last:] = other[:, last:]
        if first < last:
            at = ((np.arange(first, last) + 0.5) * step - edge) / soft
            ramp = np.clip(at, 0, 1)
            row = np.rint(128 * ramp * ramp * (3 - 2 * ramp)).astype(np.int16)
            band = slice(first, last)
            mix(into[:, band], one[:, band], other[:, band], _columns(into, row))


def _push(share: float, below: Planes, above: Planes, target: Planes) -> None:
    """The new picture comes from the right and takes the old one along."""
    gone = round(eased(share) * target[0].shape[1] / 2)
    for into, one, other, step in zip(target, below, above, _STEPS, strict=True):
        at = 2 * gone // step
        left = into.shape[1] - at
        into[:, :left] = one[:, at:]
        into[:, left:] = other[:, :at]


def _shade(region: Plane, light: npt.NDArray[np.float32]) -> None:
    """Multiply luma by ``light``, one value a column."""
    gain = np.rint(light * 256).astype(np.uint16)[None, :]
    offset = np.rint((1 - light) * (16 * 256)).astype(np.uint16)[None, :]
    np.copyto(region, (region * gain + offset) >> 8, casting="unsafe")


def _page(share: float, below: Planes, above: Planes, target: Planes) -> None:
    """The old picture is a leaf that is lifted at its right edge and laid over to the left."""
    width = target[0].shape[1]
    fold = width * (1 - eased(share))
    back = min(0.62 * (width - fold), 0.42 * width)  # how much of the leaf's back is to be seen
    for into, one, other, step, paper in zip(target, below, above, _STEPS, _PAPER, strict=True):
        across = into.shape[1]
        end = min(max(round(fold / step), 0), across)
        begin = min(max(round((fold - back) / step), 0), end)
        into[:, :begin] = one[:, :begin]
        into[:, end:] = other[:, end:]
        if end > begin:
            whole = max(1, round(back / step))
            hidden = min(across - end, whole)
            if hidden > 0:
                through = np.ascontiguousarray(one[:, end : end + hidden])
                through = cv2.resize(through, (whole, into.shape[0]), interpolation=cv2.INTER_AREA)
                through = through[:, ::-1][:, whole - (end - begin) :]
            else:
                through = one[:, begin:end]
            tone = np.array(paper[: into.ndim - 1], np.uint16)
            shown = (through.astype(np.uint16) * 34 + tone * 222) >> 8
            np.copyto(into[:, begin:end], shown, casting="unsafe")
        if step == 1:
            _shade_page(into, begin, end, width, back)


def _shade_page(luma: Plane, begin: int, end: int, width: int, back: float) -> None:
    reach = round(0.07 * width)
    if end > begin:
        # Round like a roll: dark in the fold, light where it turns towards the light.
        at = (np.arange(begin, end) + 0.5 - (end - back)) / max(back, 1.0)
        roll = 0.98 - 0.10 * at + 0.10 * np.sin(np.pi * at) - 0.34 * np.clip(at - 0.8, 0, 1)
        _shade(luma[:, begin:end], roll.astype(np.float32))
    strength = min(1.0, back / (0.1 * width))
    first = max(0, begin - reach)
    if begin > first:
        near = (np.arange(first, begin) + 1 - (begin - reach)) / reach
        _shade(luma[:, first:begin], (1 - 0.45 * strength * near**2).astype(np.float32))
    last = min(width, end + 2 * reach)
    if last > end:
        near = 1 - (np.arange(end, last) - end) / (2 * reach)
        _shade(luma[:, end:last], (1 - 0.5 * strength * near**2).astype(np.float32))


class _Iris:
    """A soft-edged circle opens on the shot's centre."""

    def __init__(self, shot: Shot, size: tuple[int, int]) -> None:
        width, height = size
        self._size = size
        # At an eighth of the size: the edge is soft, so nobody sees it.
        columns = (np.arange(-(-width // 8)) * 8 + 4 - shot.centre.x * width) ** 2
        rows = (np.arange(-(-height // 8)) * 8 + 4 - shot.centre.y * height) ** 2
        self._distance = np.sqrt(rows[:, None] + columns[None, :]).astype(np.float32)
        self._soft = 0.05 * min(size)

    def __call__(self, share: float, below: Planes, above: Planes, target: Planes) -> None:
        radius = float(self._distance.max() + self._soft) * share**1.6
        inside = np.clip((radius - self._distance) / self._soft + 0.5, 0, 1)
        small = np.rint(inside * 128).astype(np.uint8)
        for into, one, other, step in zip(target, below, above, _STEPS, strict=True):
            rows, columns = np.nonzero(small)
            np.copyto(into, one)
            if not len(rows):
                continue
            scale = 8 // step
            top, left = max(0, rows.min() - 1), max(0, columns.min() - 1)
            part = small[top : rows.max() + 2, left : columns.max() + 2]
            grown = cv2.resize(
                part, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR
            ).astype(np.int16)
            top, left = top * scale, left * scale
            region = into[top : top + grown.shape[0], left : left + grown.shape[1]]
            grown = grown[: region.shape[0], : region.shape[1]]
            where = np.s_[top : top + region.shape[0], left : left + region.shape[1]]
            mix(region, one[where], other[where], grown[..., None] if into.ndim == 3 else grown)


@dataclass(frozen=True)
class _Half:
    """The torn edge of one half, in its own columns from ``first`` on; left of it is picture only.

    Shares, of 255, of the half's picture, of white torn paper and of shadow, for luma and chroma.
    """

    first: int
    shares: tuple[Plane, Plane]


class _Tear:
    """The old picture is torn from its upper edge down, and its halves are drawn aside."""

    _RIPPED_AT = 0.3
    """The share of the time it takes to tear; the rest is drawing the halves aside."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._halves: tuple[_Half, _Half] | None = None

    def __call__(self, share: float, below: Planes, above: Planes, target: Planes) -> None:
        height, width = target[0].shape
        if self._halves is None:
            self._halves = _torn(width, height, np.random.default_rng(self._seed))
        drawn = max(0.0, share - self._RIPPED_AT) / (1 - self._RIPPED_AT)
        aside = 2 * round(0.33 * width * drawn**1.7)
        ripped = eased(min(1.0, share / self._RIPPED_AT)) * height
        for number, step in enumerate(_STEPS):
            one, into = below[number], target[number]
            if drawn:
                np.copyto(into, above[number])
            else:
                np.copyto(into, one)
            for side, half in enumerate(self._halves):
                # The right half is a left one seen in a mirror.
                old, new = (one[:, ::-1], into[:, ::-1]) if side else (one, into)
                rows = slice(0, round(ripped / step))
                _lay(
                    old[rows],
                    new[rows],
                    half.first // step,
                    aside // step,
                    half.shares[number][rows],
                )


def _lay(old: Plane, new: Plane, first: int, aside: int, edge: Plane) -> None:
    """Draw a half, moved left by ``aside``: picture up to column ``first``, then its torn edge."""
    if first > aside:
        new[:, : first - aside] = old[:, aside:first]
    begin, skip = max(0, first - aside), max(0, aside - first)
    edge = edge[:, skip : skip + new.shape[1] - begin]
    region = new[:, begin : begin + edge.shape[1]]
    source = old[:, first + skip : first + skip + edge.shape[1]]
    picture, rim, shadow = (edge[..., n].astype(np.uint16) for n in range(3))
    tone, dark = np.array(_PAPER[0][:1], np.uint16), np.array(_BLACK[:1], np.uint16)
    if region.ndim == 3:
        picture, rim, shadow = (part[..., None] for part in (picture, rim, shadow))
        tone, dark = np.array(_PAPER[1], np.uint16), np.array((128, 128), np.uint16)
    mixed = region * (255 - picture - rim - shadow) + source * picture + tone * rim + dark * shadow
    np.copyto(region, (mixed + 127) // 255, casting="unsafe")


def _torn(width: int, height: int, random: np.random.Generator) -> tuple[_Half, _Half]:
    """Both halves of a sheet that was torn about its middle."""
    unit = min(width, height) / 1080
    line = (
        0.5 * width + _rough(height, random, 34 * unit, 420) + _rough(height, random, 6 * unit, 9)
    )
    line += (np.arange(height) - height / 2) * random.uniform(-0.06, 0.06)
    paper = np.clip(13 * unit + _rough(height, random, 6 * unit, 14), 3, None)
    return _half(line - paper, line, 46 * unit), _half(width - line, width - line, 46 * unit)


def _half(picture_end: Samples, paper_end: Samples, reach: float) -> _Half:
    """A half whose picture ends before its paper does; its shadow falls ``reach`` pixels far."""
    first = 2 * math.floor((picture_end.min() - 2) / 2)
    last = first + 2 * math.ceil((paper_end.max() + reach - first) / 2)
    columns = np.arange(first, last) + 0.5
    picture = np.clip(picture_end[:, None] - columns + 0.5, 0, 1)
    paper = np.clip(paper_end[:, None] - columns + 0.5, 0, 1)
    distance = np.clip((columns - paper_end[:, None]) / reach, 0, 1)
    shadow = 0.5 * (1 - distance) ** 2 * (1 - paper)
    shares = np.rint(255 * np.stack([picture, paper - picture, shadow], -1)).astype(np.uint8)
    size = (shares.shape[1] // 2, shares.shape[0] // 2)
    half = np.asarray(cv2.resize(shares, size, interpolation=cv2.INTER_AREA), np.uint8)
    # Rounding must not make more than a whole.
    half[..., 2] = np.minimum(
        half[..., 2], 255 - half[..., :2].sum(-1, dtype=np.int16).clip(0, 255)
    )
    return _Half(first, (shares, half))


def _rough(length: int, random: np.random.Generator, amplitude: float, cell: float) -> Samples:
    """A line that wanders by ``amplitude`` over about ``cell`` pixels, with finer steps in between."""
    total = np.zeros(length)
    while cell >= 2 and amplitude > 0.2:
        knots = random.uniform(-1, 1, math.ceil(length / cell) + 2)
        total += amplitude * np.interp(np.arange(length) / cell, np.arange(len(knots)), knots)
        cell, amplitude = cell / 2.7, amplitude / 2
    return total
