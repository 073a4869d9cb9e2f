"""What every thing is, and the shapes many of them share."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    gradient,
    lighter,
    line,
    num,
)


@dataclass(frozen=True)
class Thing:
    """A drawn object. ``glow`` is what shines; ``flame`` where its light comes from, if any."""

    svg: str
    glow: str = ""
    flame: tuple[float, float] | None = None
    hangs: bool = False
    """Whether a hand holds it by its top."""
    size: float = 1.0
    """Real size against a lantern's, for things seen beside people."""
    tone: str = ""
    """Its main colour, where others need it."""


BRASS = "#c9983f"


def metal_gradient(name: str, tone: str, *, vertical: bool = False) -> str:
    return gradient(
        name,
        [
            (0, darker(tone, 0.5)),
            (0.25, lighter(tone, 0.3)),
            (0.5, tone),
            (0.8, darker(tone, 0.3)),
            (1, darker(tone, 0.55)),
        ],
        vertical=vertical,
    )


def clock_face(
    x: float,
    y: float,
    r: float,
    ring: str,
    *,
    hour: float = 300,
    minute: float = 62,
    face: str = "#f6ead0",
) -> str:
    drawn = (
        circle(x, y, r, ring)
        + circle(x, y, r * 0.88, darker(ring, 0.4))
        + circle(x, y, r * 0.84, face)
    )
    for k in range(12):
        turn = math.radians(30 * k)
        near, far = (0.62, 0.75) if k % 3 == 0 else (0.68, 0.75)
        drawn += line(
            f"M{num(x + math.sin(turn) * r * near)} {num(y - math.cos(turn) * r * near)}L{num(x + math.sin(turn) * r * far)} {num(y - math.cos(turn) * r * far)}",
            "#4a3a2c",
            r * (0.06 if k % 3 == 0 else 0.035),
        )
    for angle, length, wide in ((hour, 0.4, 0.075), (minute, 0.6, 0.05)):
        turn = math.radians(angle)
        drawn += line(
            f"M{num(x)} {num(y)}L{num(x + math.sin(turn) * r * length)} {num(y - math.cos(turn) * r * length)}",
            "#2a1e18",
            r * wide,
        )
    return drawn + circle(x, y, r * 0.07, "#2a1e18")


def in_colour(draw: Callable[[str], Thing]) -> Callable[[str], Thing]:
    """``draw`` with gradients named by colour, so that one picture may hold it in several."""

    @functools.wraps(draw)
    def drawn(tone: str) -> Thing:
        thing = draw(tone)
        suffix = rf"\1\2-{tone.removeprefix('#')}"
        return replace(
            thing,
            svg=_NAMES.sub(suffix, thing.svg),
            glow=_NAMES.sub(suffix, thing.glow),
        )

    return drawn


_NAMES = re.compile(r'(id="|url\(#)([\w-]+)')
