"""What the stand-ins of illustrators draw: a real picture of the size that was asked for.

A light subject on a dark ground, off the middle; its place and colours come from the words.
"""

from __future__ import annotations

import hashlib
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt


def subject_at(words: str) -> tuple[float, float]:
    """Where the subject of the picture for ``words`` is, as fractions."""
    digest = hashlib.sha256(words.encode()).digest()
    return 0.35 + 0.3 * digest[0] / 255, 0.32 + 0.2 * digest[1] / 255


@cache
def picture(words: str, width: int, height: int, kind: str = "png") -> bytes:
    """A picture file of ``kind`` (png, jpeg, webp)."""
    digest = hashlib.sha256(words.encode()).digest()
    rng = np.random.default_rng(digest[2])
    ground = np.linspace(30, 110, height, dtype=np.float32)[:, None, None] * np.array(
        [1.0, 0.5 + digest[3] / 512, 0.6], np.float32
    )
    noise = rng.normal(0, 10, (height // 4 + 1, width // 4 + 1, 3)).astype(np.float32)
    pixels: npt.NDArray[np.float32] = np.broadcast_to(ground, (height, width, 3)) + cv2.resize(
        noise, (width, height)
    )
    canvas = np.clip(pixels, 0, 255).astype(np.uint8)
    x, y = subject_at(words)
    centre = (round(x * width), round(y * height))
    radius = round(0.13 * min(width, height))
    cv2.circle(canvas, centre, radius, (90, 200, 250), -1, cv2.LINE_AA)
    cv2.circle(
        canvas, (centre[0], centre[1] - radius // 3), radius // 3, (40, 60, 200), -1, cv2.LINE_AA
    )
    settings = [cv2.IMWRITE_PNG_COMPRESSION, 1] if kind == "png" else []
    done, data = cv2.imencode(f".{kind}", canvas, settings)
    assert done
    return bytes(data.tobytes())
