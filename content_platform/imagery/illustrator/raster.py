"""Pixels: noise, soft light, vector rendering, tone mapping, encoding.

Pictures are float32 arrays [height, width, 3], linear light with red first, 1.0 a white wall in
plain daylight. The transfer curve is a plain square root (gamma 2), close enough to sRGB for
painting and much cheaper. Nothing here knows what a scene is.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from content_platform.imagery.illustrator.shapes import rgb

Array = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

_TO_LINEAR = (np.arange(256, dtype=np.float32) / 255) ** 2


def linear(colour: str) -> Array:
    """Linear light of ``#rrggbb``."""
    return np.asarray(_TO_LINEAR[np.array(rgb(colour))], np.float32)


def vector(
    body: str, view: tuple[float, float, float, float], size: tuple[int, int]
) -> tuple[Array, Array]:
    """Render SVG ``body``; ``view`` is x, y, width, height of the user space, ``size`` in pixels.

    Returns linear colour [h, w, 3] (undefined where transparent) and coverage [h, w] in 0..1.
    """
    import resvg_py

    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view[0]:.3f} {view[1]:.3f} {view[2]:.3f} '
        f'{view[3]:.3f}" width="{size[0]}" height="{size[1]}" preserveAspectRatio="none">{body}</svg>'
    )
    png = bytes(resvg_py.svg_to_bytes(svg_string=document, skip_system_fonts=True))
    pixels: Any = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels.ndim != 3 or pixels.shape[2] == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2BGRA)
    colour = cv2.LUT(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB), _TO_LINEAR)
    cover = cv2.multiply(np.ascontiguousarray(pixels[..., 3]), 1 / 255, dtype=cv2.CV_32F)
    return array(colour), array(cover)


def array(value: Any) -> Array:
    """What OpenCV returns, with its real type."""
    return np.asarray(value, np.float32)


def resize(picture: Array, size: tuple[int, int], *, smooth: bool = False) -> Array:
    """Scale to ``size`` (width, height): area average down, linear or cubic (``smooth``) up."""
    if picture.shape[1] == size[0] and picture.shape[0] == size[1]:
        return picture
    if size[0] < picture.shape[1]:
        how = cv2.INTER_AREA
    else:
        how = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
    return array(cv2.resize(picture, size, interpolation=how))


def blur(picture: Array, sigma: float) -> Array:
    """Gaussian blur; wide ones are done on a smaller picture, where nobody can tell."""
    if sigma < 0.4:
        return picture
    height, width = picture.shape[:2]
    shrink = 1
    while sigma / shrink > 5 and min(height, width) // (shrink * 2) >= 24:
        shrink *= 2
    if shrink > 1:
        small = resize(picture, (max(8, width // shrink), max(8, height // shrink)))
    else:
        small = picture
    soft = array(cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=cv2.BORDER_REPLICATE))
    return resize(soft, (width, height))


def strips(height: int) -> Iterator[slice]:
    """Rows few enough for the processor's cache: arithmetic in strips needs half the time."""
    step = 48
    for top in range(0, height, step):
        yield slice(top, min(height, top + step))


def over(under: Array, colour: Array, cover: Array) -> Array:
    """``colour`` laid over ``under`` where ``cover`` [h, w] says."""
    return array(cv2.blendLinear(under, colour, np.subtract(1, cover, dtype=np.float32), cover))


def flat(size: tuple[int, int], colour: Array) -> Array:
    """A plain sheet of one linear colour; ``size`` is width, height."""
    sheet = np.empty((size[1], size[0], 3), np.float32)
    sheet[:] = colour
    return sheet


@functools.lru_cache(maxsize=48)
def noise(
    width: int, height: int, across: float, down: float, seed: int, octaves: int = 4
) -> Array:
    """Smooth cloudy noise in about 0..1, ``across`` x ``down`` blobs over the sheet; read only."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    weight = 1.0
    sum_ = 0.0
    for octave in range(octaves):
        columns, rows = int(across * 2**octave) + 2, int(down * 2**octave) + 2
        if columns > width or rows > height:
            break
        grid = rng.random((rows, columns), np.float32)
        total += weight * resize(grid, (width, height), smooth=True)
        sum_ += weight
        weight *= 0.5
    total = np.clip((total / max(sum_, 1e-6) - 0.5) * 1.9 + 0.5, 0, 1)
    total.setflags(write=False)
    return array(total)


@functools.lru_cache(maxsize=8)
def grain(width: int, height: int, seed: int) -> Array:
    """Fine film grain to be added: mean 0, under 2 of 255 levels, soft so that it costs few bits."""
    rng = np.random.default_rng(seed)
    tile = rng.standard_normal((height, width), np.float32)
    tile = array(cv2.GaussianBlur(tile, (0, 0), 0.7)) * 0.0165
    tile.setflags(write=False)
    return tile


@functools.lru_cache(maxsize=8)
def paper(width: int, height: int, seed: int) -> Array:
    """Paper tooth: a factor around 1."""
    fine = noise(width, height, width / 5, height / 5, seed, 2)
    broad = noise(width // 4, height // 4, 5, 5, seed + 1, 4)
    sheet = 1 + 0.09 * (fine - 0.5) + 0.05 * (resize(broad, (width, height)) - 0.5)
    sheet.setflags(write=False)
    return array(sheet)


def jpeg(picture: Array, *, quality: int = 92) -> bytes:
    """Encode gamma-encoded colour in 0..1 as a 4:4:4 JPEG; the same pixels give the same bytes."""
    eight_bit = np.empty(picture.shape, np.uint8)
    for rows in strips(len(picture)):
        part = cv2.convertScaleAbs(array(np.maximum(picture[rows], 0)), alpha=255)
        cv2.cvtColor(part, cv2.COLOR_RGB2BGR, dst=eight_bit[rows])
    done, data = cv2.imencode(
        ".jpg",
        eight_bit,
        [
            cv2.IMWRITE_JPEG_QUALITY,
            quality,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
        ],
    )
    if not done:
        raise RuntimeError("OpenCV could not encode a JPEG")
    return bytes(data.tobytes())
