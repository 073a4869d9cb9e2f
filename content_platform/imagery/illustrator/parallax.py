"""A finished picture taken apart for parallax: what is near, and the place behind it.

The near part carries its own cut-out; behind it, what nobody ever saw is made up from what is
around, because a camera that moves shows a few pixels of it. How far each part moves is the film's
business.
"""

from __future__ import annotations

import cv2
import numpy as np

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.raster import Array, Bytes

NEAR = 0.99
"""The depth from which on a layer is near: figures, their things and shadows, what is before them."""

_REACHES = (0.004, 0.016, 0.06)
"""How far surroundings are drawn in behind an edge, as parts of the picture's width."""
_CLEAR = 0.02
"""Cover below this hides nothing."""


def behind(picture: Array, cover: Array) -> Array:
    """``picture`` [h, w, 3] with the surroundings drawn in where ``cover`` [h, w] hides the place.

    Farther in than any camera move shows, it is left as it is.
    """
    width = picture.shape[1]
    hidden = cv2.dilate((cover > _CLEAR).astype(np.uint8), np.ones((5, 5), np.uint8))
    seen = np.asarray(1 - hidden, np.float32)
    masked = _times(picture, seen)
    made, known = masked, seen
    for reach in _REACHES:
        around = raster.blur(seen, reach * width)
        guess = _times(
            raster.blur(masked, reach * width), np.asarray(1 / np.maximum(around, 1e-3), np.float32)
        )
        new = np.asarray((1 - known) * np.clip(around * 8, 0, 1), np.float32)
        made, known = made + _times(guess, new), known + new
    return raster.array(made + _times(picture, np.asarray(1 - known, np.float32)))


def near_png(picture: Array, cover: Array) -> bytes:
    """PNG with alpha: ``picture`` where ``cover`` says, nothing elsewhere."""
    pixels: Bytes = np.zeros((*cover.shape, 4), np.uint8)
    pixels[..., 3] = cv2.convertScaleAbs(cover, alpha=255)
    there = pixels[..., 3] > 0
    pixels[there, :3] = np.clip(picture[there][:, ::-1] * 255 + 0.5, 0, 255).astype(np.uint8)
    done, data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise RuntimeError("OpenCV could not encode a PNG")
    return bytes(data.tobytes())


def _times(colour: Array, factor: Array) -> Array:
    return raster.array(cv2.multiply(colour, cv2.merge([factor, factor, factor])))
