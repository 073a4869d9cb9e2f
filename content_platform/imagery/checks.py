"""Is a scene image fit to be shown? Size, substance, light, and something at the focal point."""

from __future__ import annotations

import math

from content_platform.imagery.models import SceneImage, picture_size
from content_platform.imagery.own_media import OWN
from content_platform.quality import QualityReport
from content_platform.storage.media import MediaStore

LEAST_ENTROPY_BITS = 4.5
"""Of the grey histogram. A plain sheet has 0, a gradient about 5, a real picture 6.5-7.8."""
LEAST_CONTRAST = 0.07
"""Standard deviation of luma in 0..1."""
LEAST_LIGHT = 0.10
"""Brightest tenth of a 160-pixel thumbnail, in luma: below, a phone in daylight shows black."""
LEAST_MEAN = 0.05
MOST_MEAN = 0.93
LEAST_FOCAL_DETAIL = 0.012
"""Standard deviation of luma within the focal area."""


def check_picture(image: SceneImage, media: MediaStore) -> QualityReport:
    """Decode the stored picture and measure it. Raises DefectiveMedia when its bytes differ.

    What a person brought is theirs to choose: of that, only the size is judged.
    """
    import cv2
    import numpy as np

    name = f"Scene {image.scene} ({image.format.value})"
    path = media.local_path(image.picture)
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        return QualityReport((f"{name} cannot be decoded as a picture: draw it again.",))
    height, width = pixels.shape[:2]
    problems = []
    wanted = picture_size(image.format)
    if (width, height) != wanted:
        problems.append(f"{name} is {width}x{height}, not {wanted[0]}x{wanted[1]}: draw it again.")
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    counts = np.bincount(
        cv2.resize(grey, (480, 480), interpolation=cv2.INTER_AREA).ravel(), minlength=256
    )
    shares = counts[counts > 0] / counts.sum()
    entropy = float(-(shares * np.log2(shares)).sum())
    luma = grey.astype(np.float32) / 255
    small = cv2.resize(
        luma, (160, max(1, round(160 * height / width))), interpolation=cv2.INTER_AREA
    )
    contrast, mean = float(small.std()), float(small.mean())
    light = float(np.quantile(small, 0.9))
    half = math.ceil(0.09 * min(width, height))
    x, y = round(image.focal_point.x * width), round(image.focal_point.y * height)
    focal = luma[max(0, y - half) : y + half, max(0, x - half) : x + half]
    detail = float(focal.std()) if focal.size else 0.0
    drawn = image.provider != OWN
    if drawn and (entropy < LEAST_ENTROPY_BITS or contrast < LEAST_CONTRAST):
        problems.append(
            f"{name} is almost blank (entropy {entropy:.1f} bits, contrast {contrast:.3f}): draw it again with another attempt."
        )
    if drawn and (light < LEAST_LIGHT or mean < LEAST_MEAN):
        problems.append(
            f"{name} is too dark to read when small (brightest tenth {light:.2f}): use a brighter mood or time of day."
        )
    if drawn and mean > MOST_MEAN:
        problems.append(
            f"{name} is almost white (mean {mean:.2f}): draw it again with another attempt."
        )
    if drawn and detail < LEAST_FOCAL_DETAIL:
        problems.append(
            f"{name} shows nothing where the eye should rest (detail {detail:.3f}): draw it again with another attempt."
        )
    return QualityReport(
        tuple(problems),
        {
            "width": width,
            "height": height,
            "entropy_bits": round(entropy, 2),
            "contrast": round(contrast, 3),
            "mean": round(mean, 3),
            "light": round(light, 3),
            "focal_detail": round(detail, 3),
        },
    )
