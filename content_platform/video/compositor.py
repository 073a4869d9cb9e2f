"""Pixels: prepared pictures, camera views, crossfades and captions, straight into NV12 frames.

Colour is converted once per picture, never per frame: everything here works on BT.709
limited-range luma and interleaved chroma at half size. No file is opened, nothing is encoded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from content_platform.captions.sprites import CaptionSprite
from content_platform.video.camera import view_at
from content_platform.video.models import Shot

Plane = npt.NDArray[np.uint8]
_Fixed = npt.NDArray[np.uint16]

cv2.setNumThreads(1)  # workers, one a core, share the machine; threads inside each only compete

_KR, _KG, _KB = 0.2126, 0.7152, 0.0722
_TO_YUV = np.array(
    # ITU-R BT.709-6 § 3, 8-bit limited range; columns are R, G, B and the offset
    [
        [_KR * 219 / 255, _KG * 219 / 255, _KB * 219 / 255, 16],
        [
            -_KR / 1.8556 * 224 / 255,
            -_KG / 1.8556 * 224 / 255,
            (1 - _KB) / 1.8556 * 224 / 255,
            128,
        ],
        [
            (1 - _KR) / 1.5748 * 224 / 255,
            -_KG / 1.5748 * 224 / 255,
            -_KB / 1.5748 * 224 / 255,
            128,
        ],
    ],
    np.float32,
)
_BLACK = (16, 128)

_DENSITY = 1.52
"""Prepared pixels per video pixel at the closest view. Linear taps on so dense a picture are as
sharp as cubic ones on a plain one, at half the time (measured: 0.98 of a Lanczos reference).
Not 1.5: steps of one and a half pixels know only two phases, so ``_resample`` could not choose."""
_BORDER = 64
_PHASES = np.arange(48)


class PreparedPicture:
    """One shot's picture as luma and chroma planes, cropped to what its camera sees."""

    def __init__(self, shot: Shot, rgb: Plane, width: int, height: int) -> None:
        """``rgb`` is [height, width, 3]; ``width`` and ``height`` are the video's, both even."""
        self._shot = shot
        self._width, self._height = width, height
        ends = (shot.camera_from, shot.camera_to)
        margin = 4
        self._left = max(0, math.floor(min(rect.x for rect in ends)) - margin)
        self._top = max(0, math.floor(min(rect.y for rect in ends)) - margin)
        right = min(rgb.shape[1], math.ceil(max(r.x + r.width for r in ends)) + margin)
        bottom = min(rgb.shape[0], math.ceil(max(r.y + r.height for r in ends)) + margin)
        seen = rgb[self._top : bottom, self._left : right]
        density = width / min(rect.width for rect in ends) * _DENSITY
        size = (2 * round(seen.shape[1] * density / 2), 2 * round(seen.shape[0] * density / 2))
        self._scale_x, self._scale_y = size[0] / seen.shape[1], size[1] / seen.shape[0]
        enlarging = density >= 1
        dense = cv2.resize(
            seen, size, interpolation=cv2.INTER_CUBIC if enlarging else cv2.INTER_AREA
        )
        half = cv2.resize(dense, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA)
        self._luma = _bordered(cv2.transform(dense, _TO_YUV[:1]))
        self._chroma = _bordered(cv2.transform(half, _TO_YUV[1:]))

    def view(self, frame: int, luma: _Scratch, chroma: _Scratch) -> tuple[Plane, Plane]:
        """The picture as the camera sees it in ``frame``; valid until the scratch is used again."""
        shot = self._shot
        progress = (frame - shot.start) / max(1, shot.end - shot.start - 1)
        x, y, width, height = view_at(shot.camera_from, shot.camera_to, progress)
        x, width = (x - self._left) * self._scale_x, width * self._scale_x
        y, height = (y - self._top) * self._scale_y, height * self._scale_y
        # H.264 players take chroma to sit on every second luma column, not between two.
        siting = 0.25 * width / self._width
        return (
            _resample(self._luma, x, y, width / self._width, height / self._height, luma),
            _resample(
                self._chroma,
                x / 2 - siting,
                y / 2,
                width / self._width,
                height / self._height,
                chroma,
            ),
        )


class _Scratch:
    """A reusable target for resizes whose size varies by a few pixels from frame to frame."""

    def __init__(self, width: int, height: int, channels: int) -> None:
        self.width, self.height, self._channels = width, height, channels
        self._bytes = np.empty((width + 64) * (height + 64) * channels, np.uint8)

    def target(self, width: int, height: int) -> Plane:
        shape = (height, width) if self._channels == 1 else (height, width, self._channels)
        return self._bytes[: width * height * self._channels].reshape(shape)


def _bordered(plane: cv2.typing.MatLike) -> Plane:
    return np.asarray(
        cv2.copyMakeBorder(plane, _BORDER, _BORDER, _BORDER, _BORDER, cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _resample(
    plane: Plane, x: float, y: float, step_x: float, step_y: float, scratch: _Scratch
) -> Plane:
    """``plane`` sampled every ``step`` pixels from the sub-pixel corner (x, y).

    ``cv2.resize`` is several times faster than any warp but starts at whole pixels. So it starts
    up to 48 output pixels early, at the whole pixel whose phase comes nearest to the wanted one,
    and the surplus is cut off: the error is 0.1 pixel at most and 0.01 on average.
    """
    skip_x, from_x = _whole_pixel_start(x + _BORDER, step_x)
    skip_y, from_y = _whole_pixel_start(y + _BORDER, step_y)
    columns = math.ceil((scratch.width + skip_x) * step_x) + 1
    rows = math.ceil((scratch.height + skip_y) * step_y) + 1
    region = plane[from_y : from_y + rows, from_x : from_x + columns]
    target = scratch.target(round(region.shape[1] / step_x), round(region.shape[0] / step_y))
    cv2.resize(
        region, None, dst=target, fx=1 / step_x, fy=1 / step_y, interpolation=cv2.INTER_LINEAR
    )
    return target[skip_y : skip_y + scratch.height, skip_x : skip_x + scratch.width]


def _whole_pixel_start(position: float, step: float) -> tuple[int, int]:
    """(output pixels to skip, source pixel to start at) nearest in phase to ``position``."""
    starts = position - _PHASES * step
    whole = np.rint(starts)
    error = np.abs(starts - whole)
    error[whole < 0] = np.inf
    best = int(error.argmin())
    return best, int(whole[best])


@dataclass(frozen=True)
class _Overlay:
    """A caption in video colours. Of each plane: what to keep, and what to add (8.8 fixed point)."""

    start: int
    end: int
    x: int
    y: int
    luma: tuple[_Fixed, _Fixed]
    chroma: tuple[_Fixed, _Fixed]

    @classmethod
    def of(cls, sprite: CaptionSprite) -> _Overlay:
        yuv = np.asarray(cv2.transform(np.ascontiguousarray(sprite.rgba[..., :3]), _TO_YUV))
        opacity = _OPACITY[sprite.rgba[..., 3]]
        covered = _halved(opacity)
        return cls(
            start=sprite.start_frame,
            end=sprite.end_frame,
            x=sprite.x,
            y=sprite.y,
            luma=(256 - opacity, yuv[..., 0] * opacity + 128),
            chroma=(
                np.repeat(256 - covered[..., None], 2, axis=2),
                _halved(yuv[..., 1:] * opacity[..., None]) + 128,
            ),
        )

    def draw(self, luma: Plane, chroma: Plane) -> None:
        for plane, (keep, add), step in ((luma, self.luma, 1), (chroma, self.chroma, 2)):
            left, top = self.x // step, self.y // step
            region = plane[top : top + keep.shape[0], left : left + keep.shape[1]]
            # At most 255 * 256 + 128: it fits 16 bits.
            np.right_shift(region * keep + add, 8, out=region, casting="unsafe")


_OPACITY = np.rint(np.arange(256) * (256 / 255)).astype(np.uint16)


def _halved(plane: _Fixed) -> _Fixed:
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint16)


class Compositor:
    """Makes the frames of one stretch of video, in order. A picture is kept while it is seen."""

    def __init__(
        self,
        size: tuple[int, int],
        shots: Sequence[Shot],
        captions: Iterable[CaptionSprite],
        *,
        dark_from: int,
        dark_at: int,
    ) -> None:
        """``captions`` come in order and one at a time; they are drawn when they are needed.

        From frame ``dark_from`` on the picture fades, to be black in frame ``dark_at``.
        """
        self._size = size
        self._shots = shots
        self._captions = iter(captions)
        self._overlay: _Overlay | None = self._next_overlay()
        self._dark_from, self._dark_at = dark_from, dark_at
        self._prepared: dict[int, PreparedPicture] = {}
        width, height = size
        self._scratches = [
            (_Scratch(width, height, 1), _Scratch(width // 2, height // 2, 2)) for _ in range(2)
        ]

    def needs(self, frame: int) -> list[Shot]:
        """Shots on screen in ``frame`` whose pictures are still to be handed to ``prepare``."""
        seen = [number for number, shot in enumerate(self._shots) if shot.start <= frame < shot.end]
        for number in list(self._prepared):
            if number not in seen:
                del self._prepared[number]
        return [self._shots[number] for number in seen if number not in self._prepared]

    def prepare(self, shot: Shot, rgb: Plane) -> None:
        """Take the picture of a shot: uint8 [height, width, 3]."""
        self._prepared[self._shots.index(shot)] = PreparedPicture(shot, rgb, *self._size)

    def draw(self, frame: int, luma: Plane, chroma: Plane) -> None:
        """Fill ``luma`` [height, width] and ``chroma`` [height/2, width/2, 2] with ``frame``."""
        views = [
            (self._shots[number], picture.view(frame, *self._scratches[layer]))
            for layer, (number, picture) in enumerate(sorted(self._prepared.items()))
        ]
        _, below = views[0]
        if len(views) == 1:
            for target, source in zip((luma, chroma), below, strict=True):
                np.copyto(target, source)
        else:
            shot, above = views[1]
            share = (frame - shot.start + 1) / (shot.fade_in + 1)
            for target, one, other in zip((luma, chroma), below, above, strict=True):
                cv2.addWeighted(one, 1 - share, other, share, 0, dst=target)
        if frame >= self._dark_from:
            left = max(0.0, (self._dark_at - frame) / (self._dark_at - self._dark_from + 1))
            for target, black in zip((luma, chroma), _BLACK, strict=True):
                cv2.addWeighted(target, left, target, 0, black * (1 - left), dst=target)
        while self._overlay is not None and self._overlay.end <= frame:
            self._overlay = self._next_overlay()
        if self._overlay is not None and self._overlay.start <= frame:
            self._overlay.draw(luma, chroma)

    def _next_overlay(self) -> _Overlay | None:
        sprite = next(self._captions, None)
        return None if sprite is None else _Overlay.of(sprite)
