"""A channel's look in pixels: colour grade, vignette, film grain.

The grade is applied to each picture once, before it is filmed; vignette and grain belong to the
lens and lie over every frame, on luma only, where the eye is.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from content_platform.steering.models import Grade
from content_platform.typography.colour import parse_colour

Plane = npt.NDArray[np.uint8]

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""ITU-R BT.709-6 § 3."""
_DARKEST_CORNER = 0.62
"""What a full vignette takes from the light of the corners."""
_GRAIN_SIGMA = 3.5
"""Deviation of full grain, in steps of 8-bit luma."""


def graded(rgb: Plane, grade: Grade) -> Plane:
    """``rgb`` [h, w, 3] as the grade shows it; the picture itself where the grade changes nothing."""
    if grade == Grade():
        return rgb
    curves = _curves(grade)
    bent = cv2.LUT(np.ascontiguousarray(rgb), curves)
    matrix = _saturation(grade.saturation)
    if grade.saturation != 1:
        bent = cv2.transform(bent, matrix)
    return np.asarray(bent, np.uint8)


def _curves(grade: Grade) -> Plane:
    """A table [256, 1, 3] for all that is done to a channel on its own."""
    light = np.linspace(0, 1, 256)[:, None] * np.ones(3)
    light = light ** (2.0 ** (-0.8 * grade.exposure))  # keeps black and white where they are
    # Contrast about the middle, bent at both ends, so that nothing is cut off.
    steep = 2.2 * abs(grade.contrast - 1) + 1e-6
    bend = np.tanh(steep * (2 * light - 1)) / np.tanh(steep)
    light = 0.5 + 0.5 * bend if grade.contrast >= 1 else 0.5 + (light - 0.5) * grade.contrast
    warm = 0.10 * grade.warmth * np.array([1.0, 0.15, -1.0])
    light = light * (1 + warm)
    for tone, weight in (
        (grade.shadows, (1 - light.mean(1, keepdims=True)) ** 2),
        (grade.highlights, light.mean(1, keepdims=True) ** 2),
    ):
        if tone is not None:
            colour = np.array(parse_colour(tone)) / 255
            tint = colour - colour @ _LUMA  # a hue without light of its own
            light = light + grade.toning * weight * tint
    return np.asarray(np.rint(255 * np.clip(light, 0, 1)), np.uint8)[:, None, :]


def _saturation(amount: float) -> npt.NDArray[np.float32]:
    grey = np.tile(_LUMA, (3, 1))
    return np.asarray(grey + amount * (np.eye(3, dtype=np.float32) - grey), np.float32)


class Vignette:
    """Darkens frames of one size towards their corners."""

    def __init__(self, size: tuple[int, int], strength: float) -> None:
        width, height = size
        x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
        # An oval like the frame; a third of the way out it begins, at the corner it is complete.
        away = np.clip((np.sqrt((x * x + y * y) / 2) - 0.42) / 0.58, 0, 1)
        light = 1 - strength * _DARKEST_CORNER * away * away
        # Noise of one step hides the rings an 8-bit mask would draw.
        noise = np.random.default_rng(0).random((height, width), np.float32)
        self._light = np.floor(255 * light + noise).clip(0, 255).astype(np.uint8)

    def draw(self, luma: Plane) -> None:
        """Darken ``luma`` [h, w]."""
        cv2.multiply(luma, self._light, dst=luma, scale=1 / 255)


class Grain:
    """Film grain: another one in every frame, and the same in the same frame."""

    def __init__(self, size: tuple[int, int], strength: float) -> None:
        self._size = size
        self._noise = _noise(size[0] + 256, size[1] + 256, round(_GRAIN_SIGMA * strength, 3))

    def draw(self, luma: Plane, frame: int) -> None:
        """Add the grain of ``frame`` to ``luma`` [h, w]."""
        width, height = self._size
        x, y = (frame * 97) % 253, (frame * 151) % 251
        noise = self._noise[y : y + height, x : x + width]
        # The noise is around 128: both halves of it are unsigned.
        cv2.add(luma, noise, dst=luma)
        cv2.subtract(luma, 64, dst=luma)


@lru_cache(maxsize=1)
def _noise(width: int, height: int, sigma: float) -> Plane:
    random = np.random.default_rng(7)
    grain = random.standard_normal((height, width), np.float32)
    # Grains are about one and a half pixels wide.
    grain = cv2.GaussianBlur(grain, (0, 0), 0.9)
    grain *= sigma / max(float(grain.std()), 1e-6)
    return np.asarray(np.clip(np.rint(64 + grain), 0, 127), np.uint8)
