"""Joints: where elbows, hands, knees and feet come to lie. Angles in degrees from straight down."""

from __future__ import annotations

import math
from typing import Literal

from content_platform.imagery.illustrator.shapes import Point


def step(start: Point, angle: float, length: float) -> Point:
    """From ``start``, ``length`` along ``angle``."""
    turn = math.radians(angle)
    return start[0] + math.sin(turn) * length, start[1] + math.cos(turn) * length


def two(
    x: float, y: float, angles: tuple[float, float], first: float, second: float
) -> tuple[Point, Point]:
    """Middle and end joint of a limb that begins at ``x``, ``y``."""
    middle = step((x, y), angles[0], first)
    return middle, step(middle, angles[1], second)


def bent(
    shoulder: Point,
    target: Point,
    upper: float,
    fore: float,
    *,
    out: Literal[-1, 0, 1] = 0,
) -> tuple[Point, Point]:
    """Elbow and hand of an arm that reaches for ``target``.

    Its elbow is down and behind, or ``out`` behind (-1) or before (1) the body.
    """
    dx, dy = target[0] - shoulder[0], target[1] - shoulder[1]
    away = math.hypot(dx, dy) or 1.0
    reach = min(max(away, abs(upper - fore) + 4), upper + fore - 4)
    hand = (shoulder[0] + dx / away * reach, shoulder[1] + dy / away * reach)
    along = (upper * upper - fore * fore + reach * reach) / (2 * reach)
    off = math.sqrt(max(0.0, upper * upper - along * along))
    middle = (shoulder[0] + dx / away * along, shoulder[1] + dy / away * along)
    side = (-dy / away * off, dx / away * off)
    elbow = max(
        ((middle[0] + side[0] * k, middle[1] + side[1] * k) for k in (1, -1)),
        key=lambda at: at[0] * out if out else at[1] - 0.4 * at[0],
    )
    return elbow, hand
