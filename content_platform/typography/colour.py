"""Colours of text: reading them, measuring how well they stand out (WCAG 2.2), making them do so."""

from __future__ import annotations

import colorsys

import numpy as np
import numpy.typing as npt

Rgb = tuple[int, int, int]

WHITE: Rgb = (255, 255, 255)
INK: Rgb = (11, 13, 20)
"""Outlines, shadows and plates: near black with a little blue, softer than black."""


def parse_colour(value: str) -> Rgb:
    """Read ``#rrggbb``; raise ValueError naming the value otherwise."""
    digits = value.removeprefix("#")
    if len(digits) != 6 or not value.startswith("#"):
        raise ValueError(f"colour {value!r} is not of the form #rrggbb")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def luminance(rgb: npt.NDArray[np.uint8] | Rgb) -> npt.NDArray[np.float64]:
    """Relative luminance, 0 to 1, of sRGB colours [..., 3] (WCAG 2.2's definition)."""
    channels = np.asarray(rgb, dtype=np.float64)[..., :3] / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(
    one: npt.NDArray[np.uint8] | Rgb, other: npt.NDArray[np.uint8] | Rgb
) -> npt.NDArray[np.float64]:
    """Contrast ratio of two colours or arrays of colours, 1 to 21 (WCAG 2.2)."""
    a, b = luminance(one) + 0.05, luminance(other) + 0.05
    return np.asarray(np.maximum(a, b) / np.minimum(a, b))


def legible_on_ink(colour: Rgb, ratio: float = 6.0) -> Rgb:
    """The colour itself, or the nearest lighter one of its hue that reaches ``ratio`` against INK."""
    hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in colour))
    candidate = colour
    while contrast(candidate, INK) < ratio:
        light += 0.02
        red, green, blue = colorsys.hls_to_rgb(hue, min(light, 1.0), saturation)
        candidate = (round(red * 255), round(green * 255), round(blue * 255))
    return candidate
