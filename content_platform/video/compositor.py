"""Pixels: prepared pictures, camera views, layers, overlays, straight into NV12 frames.

Colour is graded and converted once per picture, never per frame: everything here works on BT.709
limited-range luma and interleaved chroma at half size. No file is opened, nothing is encoded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from content_platform.captions.sprites import CaptionSprite
from content_platform.imagery.models import FocalPoint
from content_platform.typography.colour import Rgb
from content_platform.video.blends import (
    Blend,
    Plane,
    Planes,
    blend_of,
    darken,
    eased,
    enlargement,
)
from content_platform.video.camera import View, layer_view_at, view_at
from content_platform.video.grading import Grain, Vignette, graded
from content_platform.video.models import Look, Shot

if TYPE_CHECKING:
    from content_platform.video.footage import FootagePicture
    from content_platform.video.moviepy_renderer import ClipPicture

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
_DENSITY = 1.27
"""Prepared pixels per video pixel at the closest view. Linear taps on so dense a picture, sharpened
a little beforehand, are as true as cubic ones on a plain one, at half the time. Denser still would
need no sharpening, but more memory to be read for each frame.
Not 1.25: steps of five quarters know only four phases, so ``_resample`` could not choose."""
_SHARPENING = 0.22
"""How much of the difference to its blur luma gains, once per picture: what linear taps will take
from it again. More would cost bytes (measured on encoded film: VMAF +0.3 at the same size)."""
_BORDER = 64
_SKIPS, _SPARES = np.arange(48)[:, None], np.arange(24)
_Floats = npt.NDArray[np.float64]
_MIDDLE = FocalPoint(x=0.5, y=0.5)


class _Plate:
    """A picture, or a layer of one, as dense luma and chroma planes, cropped to what is needed.

    A layer's planes are weighted by its opacity; ``keep`` is what they leave of the picture behind
    them (255 is all).
    """

    def __init__(
        self, rgb: Plane, alpha: Plane | None, crop: tuple[int, int, int, int], density: float
    ) -> None:
        """``crop`` is (left, top, right, bottom) of ``rgb``; ``density`` is its enlargement."""
        self.left, self.top, right, bottom = crop
        rows, columns = slice(self.top, bottom), slice(self.left, right)
        seen = rgb[rows, columns]
        size = (2 * round(seen.shape[1] * density / 2), 2 * round(seen.shape[0] * density / 2))
        self.scale_x, self.scale_y = size[0] / seen.shape[1], size[1] / seen.shape[0]
        way = cv2.INTER_CUBIC if density >= 1 else cv2.INTER_AREA
        dense = cv2.resize(seen, size, interpolation=way)
        soft_luma = cv2.transform(dense, _TO_YUV[:1])
        softer = cv2.GaussianBlur(soft_luma, (3, 3), 0.7)
        luma = cv2.addWeighted(soft_luma, 1 + _SHARPENING, softer, -_SHARPENING, 0)
        half = (size[0] // 2, size[1] // 2)
        chroma = cv2.transform(cv2.resize(dense, half, interpolation=cv2.INTER_AREA), _TO_YUV[1:])
        del dense
        self.keep: Planes | None = None
        if alpha is not None:
            opacity = cv2.resize(alpha[rows, columns], size, interpolation=cv2.INTER_LINEAR)
            smaller = cv2.resize(opacity, half, interpolation=cv2.INTER_AREA)
            luma = cv2.multiply(luma, opacity, scale=1 / 255)
            chroma = cv2.multiply(chroma, cv2.merge([smaller] * 2), scale=1 / 255)
            self.keep = (_bordered(255 - opacity), _bordered(cv2.merge([255 - smaller] * 2)))
        self.luma, self.chroma = _bordered(luma), _bordered(chroma)

    def placed(self, view: View) -> View:
        """``view``, which is in pixels of the picture, in pixels of the plate."""
        x, y, width, height = view
        return (
            (x - self.left) * self.scale_x,
            (y - self.top) * self.scale_y,
            width * self.scale_x,
            height * self.scale_y,
        )


class PreparedPicture:
    """One shot's picture and layers as planes, cropped to what its camera sees."""

    def __init__(
        self,
        shot: Shot,
        rgb: Plane,
        width: int,
        height: int,
        layers: Sequence[Plane] = (),
        look: Look | None = None,
    ) -> None:
        """``rgb`` is [height, width, 3], each layer [height, width, 4]; ``width`` and ``height``
        are the video's, both even."""
        self._shot = shot
        self._width, self._height = width, height
        grade = (look or Look()).grade
        ends = (shot.camera_from, shot.camera_to)
        margin = 4
        self._plate = _Plate(
            graded(rgb, grade),
            None,
            (
                max(0, math.floor(min(rect.x for rect in ends)) - margin),
                max(0, math.floor(min(rect.y for rect in ends)) - margin),
                min(rgb.shape[1], math.ceil(max(r.x + r.width for r in ends)) + margin),
                min(rgb.shape[0], math.ceil(max(r.y + r.height for r in ends)) + margin),
            ),
            width / min(rect.width for rect in ends) * _DENSITY,
        )
        self._layers = [
            (layer.depth, _layer_plate(rgba, look or Look(), width / min(r.width for r in ends)))
            for layer, rgba in zip(shot.layers, layers, strict=True)
            if rgba[..., 3].any()
        ]

    def view(
        self,
        frame: int,
        luma: _Scratch,
        chroma: _Scratch,
        enlarged: float = 1.0,
        centre: FocalPoint = _MIDDLE,
    ) -> Planes:
        """The picture as the camera sees it in ``frame``; valid until the scratch is used again.

        ``enlarged`` is how much nearer than planned the camera is, around ``centre`` of the frame.
        """
        shot = self._shot
        progress = (frame - shot.start) / max(1, shot.end - shot.start - 1)
        seen = _nearer(view_at(shot.camera_from, shot.camera_to, progress), centre, enlarged)
        x, y, width, height = self._plate.placed(seen)
        step_x, step_y = width / self._width, height / self._height
        # H.264 players take chroma to sit on every second luma column, not between two.
        siting = 0.25 * step_x
        planes = (
            _resample(self._plate.luma, x, y, step_x, step_y, luma),
            _resample(self._plate.chroma, x / 2 - siting, y / 2, step_x, step_y, chroma),
        )
        for depth, plate in self._layers:
            near = layer_view_at(shot.camera_from, shot.camera_to, progress, depth)
            self._lay(plate, _nearer(near, centre, enlarged), planes, (luma, chroma))
        return planes

    def _lay(
        self,
        plate: _Plate,
        view: View,
        planes: Planes,
        scratches: tuple[_Scratch, _Scratch],
    ) -> None:
        """Blend a layer over ``planes``, only where it is in the frame."""
        assert plate.keep is not None
        x, y, width, height = plate.placed(view)
        step_x, step_y = width / self._width, height / self._height
        across = (plate.luma.shape[1] - 2 * _BORDER, plate.luma.shape[0] - 2 * _BORDER)
        left, right = _span(-x / step_x, (across[0] - x) / step_x, self._width)
        top, bottom = _span(-y / step_y, (across[1] - y) / step_y, self._height)
        if left >= right or top >= bottom:
            return
        sources = ((plate.luma, plate.keep[0]), (plate.chroma, plate.keep[1]))
        for target, (colour, keep), scratch, half in zip(
            planes, sources, scratches, (1, 2), strict=True
        ):
            at_x = (x + left * step_x) / half - (0.25 * step_x if half == 2 else 0.0)
            at_y = (y + top * step_y) / half
            part = scratch.part((right - left) // half, (bottom - top) // half)
            region = target[top // half : bottom // half, left // half : right // half]
            kept = _resample(keep, at_x, at_y, step_x, step_y, part)
            cv2.multiply(region, kept, dst=region, scale=1 / 255)
            over = _resample(colour, at_x, at_y, step_x, step_y, part)
            cv2.add(region, over, dst=region)


def _layer_plate(rgba: Plane, look: Look, density: float) -> _Plate:
    """A layer, cropped to what is not clear, with colour carried beyond its edge."""
    alpha = np.ascontiguousarray(rgba[..., 3])
    x, y, width, height = cv2.boundingRect(alpha)
    margin = 6
    crop = (
        max(0, x - margin),
        max(0, y - margin),
        min(rgba.shape[1], x + width + margin),
        min(rgba.shape[0], y + height + margin),
    )
    return _Plate(graded(_bled(rgba), look.grade), alpha, crop, density * _DENSITY)


def _bled(rgba: Plane) -> Plane:
    """The colours of a layer, continued into its clear parts, so that no dark rim is resampled."""
    alpha = rgba[..., 3].astype(np.float32) / 255
    weighted = cv2.GaussianBlur(rgba[..., :3] * alpha[..., None], (0, 0), 3)
    around = cv2.GaussianBlur(alpha, (0, 0), 3)[..., None]
    spread = weighted / np.maximum(around, 1e-3)
    clear = rgba[..., 3:] < 8
    return np.asarray(np.where(clear, np.clip(spread, 0, 255), rgba[..., :3]), np.uint8)


def _span(low: float, high: float, most: int) -> tuple[int, int]:
    """The even pixels from ``low`` to ``high`` that are in the frame."""
    return max(0, 2 * math.floor(low / 2)), min(most, 2 * math.ceil(high / 2))


def _nearer(view: View, centre: FocalPoint, enlarged: float) -> View:
    """``view`` with the camera ``enlarged`` times nearer to ``centre``."""
    if enlarged == 1:
        return view
    x, y, width, height = view
    near_w, near_h = width / enlarged, height / enlarged
    return (
        x + (width - near_w) * centre.x,
        y + (height - near_h) * centre.y,
        near_w,
        near_h,
    )


class _Scratch:
    """A reusable target for resizes whose size varies by a few pixels from frame to frame."""

    def __init__(self, width: int, height: int, channels: int, memory: Plane | None = None) -> None:
        self.width, self.height, self._channels = width, height, channels
        if memory is None:
            memory = np.empty((width + 72) * (height + 72) * channels, np.uint8)
        self._memory = memory
        self._spare: Plane | None = None

    def part(self, width: int, height: int) -> _Scratch:
        """A scratch of another size, at most this one's. All parts share one memory."""
        if self._spare is None:
            self._spare = np.empty_like(self._memory)
        return _Scratch(width, height, self._channels, self._spare)

    def target(self, width: int, height: int) -> Plane:
        shape = (height, width) if self._channels == 1 else (height, width, self._channels)
        return self._memory[: width * height * self._channels].reshape(shape)


def _bordered(plane: cv2.typing.MatLike) -> Plane:
    return np.asarray(
        cv2.copyMakeBorder(plane, _BORDER, _BORDER, _BORDER, _BORDER, cv2.BORDER_REPLICATE),
        np.uint8,
    )


def resample_quickly() -> None:
    """Let frames differ by one level in 255 here and there, for half the time.

    It holds for the whole process, so it is not for one that makes other pictures, too: their bytes
    would depend on what had been done before.
    """
    cv2.ipp.setUseIPP_NotExact(True)


def _resample(
    plane: Plane, x: float, y: float, step_x: float, step_y: float, scratch: _Scratch
) -> Plane:
    """``plane`` sampled every ``step`` pixels from the sub-pixel corner (x, y).

    ``cv2.resize`` is several times faster than any warp but goes from whole pixels to whole pixels.
    So up to 48 output pixels more are made before, and up to 24 behind, than are wanted: where both
    ends come nearest to whole pixels. The surplus is cut off.
    """
    skip_x, from_x, columns, made_x = _whole_pixels(
        x + _BORDER, step_x, scratch.width, plane.shape[1]
    )
    skip_y, from_y, rows, made_y = _whole_pixels(
        y + _BORDER, step_y, scratch.height, plane.shape[0]
    )
    region = plane[from_y : from_y + rows, from_x : from_x + columns]
    target = scratch.target(made_x, made_y)
    # With factors instead of sizes, OpenCV would not take its fast way.
    cv2.resize(region, (made_x, made_y), dst=target, interpolation=cv2.INTER_LINEAR)
    return target[skip_y : skip_y + scratch.height, skip_x : skip_x + scratch.width]


def _whole_pixels(
    position: float, step: float, wanted: int, available: int
) -> tuple[int, int, int, int]:
    """Where to resize along one axis, to get ``wanted`` pixels every ``step`` from ``position`` on.

    Returns (output pixels to skip, source pixel to start at, source pixels, output pixels). Among
    the possible ones, the largest error anywhere is least: 0.01 source pixel on average.
    """
    made, share_first, share_last = _stretches(wanted)
    starts = position - _SKIPS * step
    first = np.rint(starts)
    exact = made * step
    length = np.rint(exact)
    # The error grows evenly from the first pixel made to the last one.
    at_first = first - starts
    in_all = length - exact
    error = np.maximum(
        np.abs(at_first + in_all * share_first), np.abs(at_first + in_all * share_last)
    )
    error[(first < 0) | (first + length > available)] = np.inf
    skip, spare = divmod(int(error.argmin()), len(_SPARES))
    return skip, int(first[skip, 0]), int(length[skip, spare]), wanted + skip + spare


@cache
def _stretches(wanted: int) -> tuple[_Floats, _Floats, _Floats]:
    """Output pixels by what is skipped and spared; where in them the wanted ones begin and end."""
    made = (wanted + _SKIPS + _SPARES).astype(np.float64)
    return made, _SKIPS / made, (_SKIPS + wanted) / made


@dataclass(frozen=True)
class _Overlay:
    """A caption in video colours. Of each plane: what to keep (255 is all), and what to add."""

    start: int
    end: int
    x: int
    y: int
    luma: tuple[Plane, Plane]
    chroma: tuple[Plane, Plane]

    @classmethod
    def of(cls, sprite: CaptionSprite) -> _Overlay:
        opacity = cv2.extractChannel(sprite.rgba, 3)
        colour = cv2.transform(cv2.cvtColor(sprite.rgba, cv2.COLOR_RGBA2RGB), _TO_YUV)
        keep = cv2.bitwise_not(opacity)
        add = cv2.multiply(colour, cv2.merge([opacity] * 3), scale=1 / 255)
        half = (add.shape[1] // 2, add.shape[0] // 2)
        smaller = cv2.resize(add, half, interpolation=cv2.INTER_AREA)
        halved = cv2.resize(keep, half, interpolation=cv2.INTER_AREA)
        return cls(
            start=sprite.start_frame,
            end=sprite.end_frame,
            x=sprite.x,
            y=sprite.y,
            luma=(_plane(keep), _plane(cv2.extractChannel(add, 0))),
            chroma=(
                _plane(cv2.merge([halved] * 2)),
                np.ascontiguousarray(_plane(smaller)[..., 1:]),
            ),
        )

    def draw(
        self, luma: Plane, chroma: Plane, share: float = 1.0, *, mirrored: bool = False
    ) -> None:
        """Blend it over both planes: its first ``share`` only, from the left or, mirrored, the right."""
        for plane, (keep, add), step in ((luma, self.luma, 1), (chroma, self.chroma, 2)):
            left, top = self.x // step, self.y // step
            shown = round(keep.shape[1] * share)
            if shown:
                columns = slice(keep.shape[1] - shown, None) if mirrored else slice(0, shown)
                region = plane[top : top + keep.shape[0], left : left + keep.shape[1]][:, columns]
                cv2.multiply(region, keep[:, columns], dst=region, scale=1 / 255)
                cv2.add(region, add[:, columns], dst=region)


def _plane(made: cv2.typing.MatLike) -> Plane:
    return np.asarray(made, np.uint8)


class ProgressBar:
    """A line along an edge that fills from left to right in the time of the whole video."""

    _THICK = 10

    def __init__(self, *, at_top: bool, colour: Rgb, first: int, frames: int) -> None:
        """Frame ``first`` is shown with nothing done, ``first + frames`` with all."""
        self._rows = slice(0, self._THICK) if at_top else slice(-self._THICK, None)
        yuv = np.asarray(cv2.transform(np.array([[colour]], np.uint8), _TO_YUV))[0, 0]
        self._luma, self._chroma = yuv[0], yuv[1:]
        self._first, self._frames = first, frames
        half = self._THICK // 2
        self._chroma_rows = slice(0, half) if at_top else slice(-half, None)

    def draw(self, luma: Plane, chroma: Plane, frame: int) -> None:
        """Draw how far the video is in ``frame``."""
        width = luma.shape[1]
        done = min(2 * round((frame - self._first) / self._frames * width / 2), width)
        track, track_colour = luma[self._rows], chroma[self._chroma_rows]
        track[:, :done] = self._luma
        track_colour[:, : done // 2] = self._chroma
        # What is to come stays the picture, darker.
        cv2.addWeighted(track[:, done:], 0.5, track[:, done:], 0, 8, dst=track[:, done:])


class Banner:
    """A sprite that is unrolled when its time begins, and rolled up before it ends."""

    _ROLL = 14

    def __init__(self, sprite: CaptionSprite, *, mirrored: bool) -> None:
        """``mirrored`` unrolls it from the right, as right-to-left scripts are read."""
        self._overlay = _Overlay.of(sprite)
        self._mirrored = mirrored

    def draw(self, luma: Plane, chroma: Plane, frame: int) -> None:
        """Draw what is to be seen of it in ``frame``."""
        inside = min(frame + 1 - self._overlay.start, self._overlay.end - frame)
        if inside > 0:
            share = eased(min(1.0, inside / self._ROLL))
            self._overlay.draw(luma, chroma, share, mirrored=self._mirrored)


@dataclass(frozen=True)
class Prepared:
    """Pictures that were on screen when a stretch of video ended, for the one that follows."""

    size: tuple[int, int]
    look: Look
    pictures: dict[Shot, PreparedPicture]


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
        look: Look | None = None,
        extras: Sequence[Banner | ProgressBar] = (),
        before: Prepared | None = None,
    ) -> None:
        """``captions`` come in order and one at a time; they are drawn when they are needed.

        From frame ``dark_from`` on the picture fades, to be black in frame ``dark_at``. ``extras``
        lie over everything but captions, and neither fade nor take part in the look. Pictures of
        the stretch ``before`` are used again where they fit.
        """
        self._size = size
        self._shots = shots
        self._captions = iter(captions)
        self._overlay: _Overlay | None = self._next_overlay()
        self._dark_from, self._dark_at = dark_from, dark_at
        self._look = look or Look()
        self._extras = extras
        self._prepared: dict[int, PreparedPicture | ClipPicture | FootagePicture] = {}
        if before is not None and (before.size, before.look) == (size, self._look):
            self._prepared = {
                number: before.pictures[shot]
                for number, shot in enumerate(shots)
                if shot in before.pictures
            }
        self._blends: dict[int, Blend] = {}
        self._vignette = Vignette(size, self._look.vignette) if self._look.vignette else None
        self._grain = Grain(size, self._look.grain) if self._look.grain else None
        # Two pictures at a time; the second pair only exists where a transition needs it.
        self._scratches: list[tuple[_Scratch, _Scratch]] = []

    @property
    def prepared(self) -> Prepared:
        """What the stretch that follows may go on with."""
        kept = {
            self._shots[number]: picture
            for number, picture in self._prepared.items()
            if isinstance(picture, PreparedPicture)
        }
        return Prepared(self._size, self._look, kept)

    def needs(self, frame: int) -> list[Shot]:
        """Shots on screen in ``frame`` whose pictures are still to be handed to ``prepare``."""
        seen = [number for number, shot in enumerate(self._shots) if shot.start <= frame < shot.end]
        for number in [number for number in self._prepared if number not in seen]:
            del self._prepared[number]
            self._blends.clear()
            del self._scratches[1:]
        return [self._shots[number] for number in seen if number not in self._prepared]

    def prepare(self, shot: Shot, rgb: Plane, layers: Sequence[Plane] = ()) -> None:
        """Take the picture of a shot, uint8 [height, width, 3], and its layers [height, width, 4]."""
        number = self._shots.index(shot)
        self._prepared[number] = PreparedPicture(shot, rgb, *self._size, layers, self._look)

    def take(self, shot: Shot, clip: ClipPicture | FootagePicture) -> None:
        """Take a shot whose frames somebody else makes, in place of its picture."""
        self._prepared[self._shots.index(shot)] = clip

    def draw(self, frame: int, luma: Plane, chroma: Plane) -> None:
        """Fill ``luma`` [height, width] and ``chroma`` [height/2, width/2, 2] with ``frame``."""
        target = (luma, chroma)
        seen = sorted(self._prepared.items())
        while len(self._scratches) < len(seen):
            width, height = self._size
            self._scratches.append(
                (_Scratch(width, height, 1), _Scratch(width // 2, height // 2, 2))
            )
        if len(seen) == 1:
            for into, source in zip(
                target, seen[0][1].view(frame, *self._scratches[0]), strict=True
            ):
                np.copyto(into, source)
        else:
            (_, old), (number, new) = seen
            shot = self._shots[number]
            share = (frame - shot.start + 1) / (shot.fade_in + 1)
            nearer = enlargement(shot.transition, share)
            below = old.view(frame, *self._scratches[0], nearer, shot.centre)
            above = new.view(frame, *self._scratches[1])
            if number not in self._blends:
                self._blends[number] = blend_of(shot, self._size)
            self._blends[number](share, below, above, target)
        if self._vignette is not None:
            self._vignette.draw(luma)
        if self._grain is not None:
            self._grain.draw(luma, frame - self._shots[0].start)
        if frame >= self._dark_from:
            darken(
                target, max(0.0, (self._dark_at - frame) / (self._dark_at - self._dark_from + 1))
            )
        for extra in self._extras:
            extra.draw(luma, chroma, frame)
        while self._overlay is not None and self._overlay.end <= frame:
            self._overlay = self._next_overlay()
        if self._overlay is not None and self._overlay.start <= frame:
            self._overlay.draw(luma, chroma)

    def _next_overlay(self) -> _Overlay | None:
        sprite = next(self._captions, None)
        return None if sprite is None else _Overlay.of(sprite)
