"""Trees, grass, flowers, rocks: what grows and lies on the ground, as vector shapes.

Every function draws one thing standing at (x, y) with height ``h`` in stage units.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from content_platform.imagery.illustrator.shapes import (
    Point,
    circle,
    darker,
    ellipse,
    lighter,
    limb,
    line,
    mix,
    num,
    path,
    polygon,
    spline,
)

LEAVES = {
    "spring": ("#8fae5a", "#a9bf6a", "#e6b3c4"),
    "summer": ("#4f7d48", "#5f8f4d", "#3f6d44"),
    "autumn": ("#c9742c", "#d99a3a", "#a8452a"),
    "winter": ("#8f9db0", "#a9b5c6", "#7c8aa0"),
}
PINE = {"spring": "#2f6a58", "summer": "#2c6650", "autumn": "#3a6350", "winter": "#4d7880"}
GROUND = {"spring": "#6f9a52", "summer": "#5f8a4a", "autumn": "#8f7a44", "winter": "#dfe7f2"}


def pine(
    x: float, y: float, h: float, colour: str, rng: random.Random, *, snow: bool = False
) -> str:
    """A conifer: tiers of drooping boughs, never a saw blade."""
    tiers = 5 + int(h > 240) + int(h > 420)
    wide = h * rng.uniform(0.15, 0.2)
    trunk = path(
        polygon(
            [
                (x - h * 0.014, y),
                (x - h * 0.008, y - h * 0.3),
                (x + h * 0.008, y - h * 0.3),
                (x + h * 0.014, y),
            ]
        ),
        darker("#5a4032", 0.3),
    )
    drawn = trunk
    dark = darker(colour, 0.22)
    for k in range(tiers):
        t = (tiers - 1 - k) / (tiers - 1)
        foot = y - h * (0.1 + 0.7 * (1 - t))
        top = foot - h * (0.24 + 0.08 * t)
        half = wide * (0.28 + 0.78 * t) * rng.uniform(0.92, 1.08)
        boughs = 5 if h > 150 else 3
        under: list[Point] = []
        for b in range(boughs + 1):
            s = b / boughs
            bx = x - half + 2 * half * s
            droop = (1 - abs(2 * s - 1)) * half * 0.16
            under.append((bx, foot - droop + rng.uniform(-0.03, 0.03) * half))
            if b < boughs:
                under.append((bx + half / boughs, foot - droop - half * 0.17))
        left = [
            (x - half * 0.36, (foot + top) / 2 + half * 0.12),
            (x - half * 0.1, top + half * 0.24),
        ]
        right = [
            (x + half * 0.1, top + half * 0.24),
            (x + half * 0.36, (foot + top) / 2 + half * 0.12),
        ]
        drawn += path(
            polygon([(x, top), *right, *reversed(under), *left]),
            mix(colour, dark, 0.25 + 0.5 * (k % 2) * 0.6),
        )
        if snow:
            drawn += path(
                polygon(
                    [
                        (x, top - 1),
                        (x + half * 0.36, (foot + top) / 2 + half * 0.1),
                        (x + half * 0.16, (foot + top) / 2 - half * 0.02),
                        (x - half * 0.04, (foot + top) / 2 + half * 0.1),
                        (x - half * 0.3, (foot + top) / 2 + half * 0.14),
                    ]
                ),
                "#eef3fb",
                opacity=0.9,
            )
    return drawn


def broadleaf(
    x: float,
    y: float,
    h: float,
    colours: tuple[str, str, str],
    rng: random.Random,
    *,
    bare: bool = False,
) -> str:
    """A round-crowned tree, or its bare winter form."""
    if bare:
        return bare_tree(x, y, h, "#4a3c3c", rng)
    trunk = path(
        limb(
            [(x - h * 0.01, y + 3), (x + h * 0.01, y - h * 0.25), (x, y - h * 0.55)],
            [h * 0.085, h * 0.055, h * 0.03],
        ),
        darker("#6a4a34", 0.2),
    )
    for side in (-1, 1):
        trunk += path(
            limb([(x, y - h * 0.34), (x + side * h * 0.12, y - h * 0.52)], [h * 0.03, h * 0.014]),
            darker("#6a4a34", 0.2),
        )
    crown = ""
    base, top, spot = colours
    lobes = [
        (-0.22, 0.52, 0.18),
        (0.22, 0.53, 0.18),
        (-0.12, 0.7, 0.2),
        (0.14, 0.7, 0.2),
        (0.0, 0.56, 0.22),
        (0.0, 0.82, 0.16),
    ]
    for k, (dx, dy, r) in enumerate(lobes):
        cx, cy, rr = (
            x + h * (dx + rng.uniform(-0.03, 0.03)),
            y - h * dy,
            h * r * rng.uniform(0.92, 1.1),
        )
        crown += _leafy(cx, cy, rr, darker(base, 0.22) if k < 2 else base, rng)
    for dx, dy, r in ((-0.1, 0.76, 0.12), (0.1, 0.66, 0.11), (0.02, 0.87, 0.09)):
        crown += _leafy(x + h * dx, y - h * dy, h * r, mix(top, spot, rng.random() * 0.35), rng)
    return trunk + crown


def _leafy(x: float, y: float, r: float, colour: str, rng: random.Random) -> str:
    points = []
    bumps = 9
    for k in range(bumps * 2):
        angle = 2 * math.pi * k / (bumps * 2)
        reach = r * (1.06 if k % 2 else 0.9) * rng.uniform(0.95, 1.06)
        points.append((x + math.cos(angle) * reach, y + math.sin(angle) * reach * 0.92))
    return path(spline(points), colour)


def bare_tree(
    x: float,
    y: float,
    h: float,
    colour: str,
    rng: random.Random,
    *,
    depth: int = 5,
) -> str:
    """A gnarled tree without leaves."""
    foot = [
        (x - h * 0.1, y + 4),
        (x - h * 0.045, y - h * 0.06),
        (x - h * 0.038, y - h * 0.2),
        (x + h * 0.038, y - h * 0.2),
        (x + h * 0.05, y - h * 0.05),
        (x + h * 0.11, y + 4),
    ]
    limbs = [
        path(limb([at, mid, end], [width, width * 0.8, width * 0.62]), colour)
        for at, mid, end, width, _ in _branches(x, y, h, rng, depth)
    ]
    return path(spline(foot, tension=0.8), colour) + "".join(limbs)


_Branch = tuple[Point, Point, Point, float, int]
"""Where it begins, its middle and its end, how thick it begins, and how many more follow it."""


def _branches(x: float, y: float, h: float, rng: random.Random, depth: int) -> list[_Branch]:
    grown: list[_Branch] = []

    def grow(at: Point, angle: float, length: float, width: float, level: int) -> None:
        turn = math.radians(angle)
        mid = (
            at[0] + math.sin(turn) * length * 0.5 + rng.uniform(-0.06, 0.06) * length,
            at[1] - math.cos(turn) * length * 0.5,
        )
        end = (at[0] + math.sin(turn) * length, at[1] - math.cos(turn) * length)
        grown.append((at, mid, end, width, level))
        if not level:
            return
        if level == depth:
            # The first fork spreads to both sides, so that every tree has a crown.
            turns = [-rng.uniform(34, 48), rng.uniform(-8, 8), rng.uniform(34, 48)]
        else:
            count = 2 if rng.random() < 0.55 else 3
            turns = [rng.uniform(14, 46) * rng.choice((-1, 1)) - angle * 0.12 for _ in range(count)]
        for bend in turns:
            grow(end, angle + bend, length * rng.uniform(0.64, 0.82), width * 0.6, level - 1)

    grow((x, y - h * 0.15), rng.uniform(-5, 5), h * 0.25, h * 0.08, depth)
    return grown


def _grown(
    x: float, y: float, high: float, wide: float, rng: random.Random
) -> tuple[list[_Branch], Callable[[Point], Point], float, float, float]:
    """Branches of a great tree, where their points go in the picture, how thick, wide, high."""
    branches = _branches(0, 0, 1000, rng, 5)
    ends = [end for _, _, end, _, _ in branches]
    left, right = min(at[0] for at in ends), max(at[0] for at in ends)
    top = min(at[1] for at in ends)
    across = 0.96 * wide / (right - left)
    # The crown spreads to both sides of the trunk alike, its foot stays where it is.
    lean = (left + right) / 2
    up = 0.97 * high / -top
    thick = 1.25 * min(across, up)

    def put(at: Point) -> Point:
        return x + (at[0] - lean * min(1.0, at[1] / top * 1.6)) * across, y + at[1] * up

    return branches, put, thick, across, up


def branch_ends(x: float, y: float, high: float, wide: float, rng: random.Random) -> list[Point]:
    """Where the boughs of the same great tree end, from left to right."""
    branches, put, *_ = _grown(x, y, high, wide, rng)
    return sorted(put(end) for _, _, end, _, level in branches if level <= 1)


def great_tree(
    x: float,
    y: float,
    high: float,
    wide: float,
    colour: str,
    rng: random.Random,
    *,
    blossom: str = "",
) -> str:
    """A tree as wide as a house, that fills ``wide`` to both sides of ``x`` and ``high`` above ``y``.

    The same ``rng`` grows the same one, bare or in ``blossom``.
    """
    branches, put, thick, across, up = _grown(x, y, high, wide, rng)
    girth, fork, neck = 0.062 * high, put(branches[0][2]), 26.0 * thick
    foot = [
        (x - 2.5 * girth, y + 0.012 * high),
        (x - 1.3 * girth, y - 0.035 * high),
        (x - 0.95 * girth, y - 0.13 * high),
        (x - 0.72 * girth, y - 0.24 * high),
        (fork[0] - neck, fork[1]),
        (fork[0] + neck, fork[1]),
        (x + 0.72 * girth, y - 0.24 * high),
        (x + 0.95 * girth, y - 0.13 * high),
        (x + 1.35 * girth, y - 0.03 * high),
        (x + 2.6 * girth, y + 0.012 * high),
        (x + 0.9 * girth, y - 0.002 * high),
        (x - 0.8 * girth, y + 0.004 * high),
    ]
    drawn = path(spline(foot, tension=0.7), colour)
    for at, mid, end, width, _ in branches:
        widths = [thick * width, 0.8 * thick * width, 0.62 * thick * width]
        drawn += path(limb([put(at), put(mid), put(end)], widths), colour)
    grain = darker(colour, 0.22)
    for off, low, long in ((-0.5, 0.05, 0.12), (0.05, 0.03, 0.16), (0.5, 0.07, 0.1)):
        gx, gy = x + off * girth, y - low * high
        drawn += line(
            f"M{num(gx)} {num(gy)}q{num(0.2 * girth)} {num(-0.5 * long * high)} "
            f"{num(-0.05 * girth)} {num(-long * high)}",
            grain,
            0.1 * girth,
            opacity=0.55,
        )
    hollow = y - 0.19 * high
    drawn += ellipse(x + 0.1 * girth, hollow, 0.3 * girth, 0.5 * girth, darker(colour, 0.5))
    if not blossom:
        return drawn
    spread = 0.55 * min(across, up)
    for _, _, end, width, level in branches:
        if level > 3:
            continue
        middle = put(end)
        reach = 11.0 * spread * width
        for _ in range(5 if level else 8):
            drawn += circle(
                min(max(middle[0] + rng.uniform(-reach, reach), x - wide / 2), x + wide / 2),
                max(middle[1] + rng.uniform(-reach, reach), y - high),
                high * rng.uniform(0.008, 0.019),
                mix(blossom, "#fff4ee", rng.random() * 0.7),
                opacity=0.92,
            )
    return drawn


def palm(x: float, y: float, h: float, colour: str, rng: random.Random) -> str:
    lean = rng.uniform(-0.14, 0.14) * h
    drawn = path(
        limb(
            [(x, y + 4), (x + lean * 0.4, y - h * 0.5), (x + lean, y - h * 0.86)],
            [h * 0.055, h * 0.035, h * 0.028],
        ),
        "#7a5c42",
    )
    cx, cy = x + lean, y - h * 0.87
    for angle in (-160, -125, -95, -60, -30, 5, -185):
        turn = math.radians(angle + rng.uniform(-8, 8))
        reach = h * 0.3
        end = (cx + math.cos(turn) * reach, cy + math.sin(turn) * reach * 0.7 + reach * 0.3)
        mid = (cx + math.cos(turn) * reach * 0.55, cy + math.sin(turn) * reach * 0.75)
        drawn += path(
            limb([(cx, cy), mid, end], [h * 0.02, h * 0.06, 2]),
            mix(colour, darker(colour, 0.3), rng.random()),
        )
    return drawn


def cactus(x: float, y: float, h: float, colour: str) -> str:
    arm = h * 0.16
    drawn = path(limb([(x, y + 4), (x, y - h * 0.9)], [h * 0.17, h * 0.15]), colour)
    drawn += path(
        limb(
            [(x, y - h * 0.36), (x - arm * 1.5, y - h * 0.38), (x - arm * 1.5, y - h * 0.66)],
            [h * 0.1, h * 0.1, h * 0.09],
        ),
        colour,
    )
    drawn += path(
        limb(
            [(x, y - h * 0.5), (x + arm * 1.4, y - h * 0.52), (x + arm * 1.4, y - h * 0.76)],
            [h * 0.09, h * 0.09, h * 0.08],
        ),
        darker(colour, 0.12),
    )
    return drawn + line(
        f"M{num(x - h * 0.03)} {num(y)}L{num(x - h * 0.03)} {num(y - h * 0.86)}M{num(x + h * 0.03)} {num(y)}L{num(x + h * 0.03)} {num(y - h * 0.88)}",
        darker(colour, 0.3),
        h * 0.008,
        opacity=0.5,
    )


def grass(
    x0: float, x1: float, y: float, h: float, colour: str, count: int, rng: random.Random
) -> str:
    """Tufts of blades along a line."""
    parts = []
    for _ in range(count):
        x, tall = rng.uniform(x0, x1), h * rng.uniform(0.4, 1.0)
        bend = rng.uniform(-0.5, 0.5) * tall
        foot = y + rng.uniform(-0.2, 0.5) * h
        wide = tall * 0.05 + 1.2
        tone = mix(colour, darker(colour, 0.4), rng.random() * 0.7)
        parts.append(
            path(
                f"M{num(x - wide)} {num(foot)}Q{num(x)} {num(foot - tall * 0.6)} {num(x + bend)} {num(foot - tall)}Q{num(x + wide * 1.4)} {num(foot - tall * 0.5)} {num(x + wide)} {num(foot)}Z",
                tone,
            )
        )
    return "".join(parts)


def fern(x: float, y: float, h: float, colour: str, rng: random.Random) -> str:
    parts = []
    for angle in (-62, -38, -14, 12, 36, 60):
        turn = math.radians(angle + rng.uniform(-7, 7))
        reach = h * rng.uniform(0.75, 1.05)
        tip = (
            x + math.sin(turn) * reach,
            y - math.cos(turn) * reach * 0.8 + abs(math.sin(turn)) * reach * 0.25,
        )
        mid = (x + math.sin(turn) * reach * 0.5, y - math.cos(turn) * reach * 0.62)
        parts.append(
            path(
                limb([(x, y), mid, tip], [h * 0.03, h * 0.13, 1.5]),
                mix(colour, darker(colour, 0.35), rng.random()),
            )
        )
    return "".join(parts)


def flowers(
    x0: float,
    x1: float,
    y0: float,
    y1: float,
    count: int,
    colours: tuple[str, ...],
    rng: random.Random,
    *,
    size: float = 9,
) -> str:
    parts = []
    for _ in range(count):
        t = rng.random()
        x, y = rng.uniform(x0, x1), y0 + (y1 - y0) * t
        r = size * (0.45 + 0.75 * t)
        colour = rng.choice(colours)
        parts.append(
            line(
                f"M{num(x)} {num(y)}q{num(rng.uniform(-4, 4))} {num(-r * 1.6)} 0 {num(-r * 3)}",
                "#4f7a45",
                max(1.2, r * 0.22),
            )
        )
        top = y - r * 3
        parts.extend(
            circle(x + math.cos(a) * r * 0.62, top + math.sin(a) * r * 0.5, r * 0.52, colour)
            for a in (0.3, 1.55, 2.8, 4.05, 5.3)
        )
        parts.append(circle(x, top, r * 0.34, "#f4d36a"))
    return "".join(parts)


def rock(x: float, y: float, w: float, h: float, colour: str, rng: random.Random) -> str:
    """A boulder with a lit top and a shaded side."""
    outline = [
        (x - w / 2, y + 3),
        (x - w * 0.46, y - h * rng.uniform(0.35, 0.55)),
        (x - w * 0.2, y - h * rng.uniform(0.8, 0.98)),
        (x + w * 0.12, y - h),
        (x + w * 0.4, y - h * rng.uniform(0.55, 0.75)),
        (x + w / 2, y + 3),
    ]
    side = [outline[3], outline[4], outline[5], (x + w * 0.1, y + 3), (x + w * 0.04, y - h * 0.5)]
    return (
        path(spline(outline, tension=0.5), colour)
        + path(spline(side, tension=0.4), darker(colour, 0.3), opacity=0.8)
        + path(
            spline([outline[1], outline[2], outline[3], (x - w * 0.05, y - h * 0.78)], tension=0.5),
            lighter(colour, 0.2),
            opacity=0.6,
        )
    )


def bush(x: float, y: float, w: float, colour: str, rng: random.Random) -> str:
    return "".join(
        _leafy(
            x + w * dx, y - w * dy, w * r, mix(colour, darker(colour, 0.3), rng.random() * 0.7), rng
        )
        for dx, dy, r in (
            (-0.3, 0.12, 0.24),
            (0.3, 0.12, 0.24),
            (0.0, 0.22, 0.3),
            (-0.14, 0.1, 0.2),
            (0.16, 0.08, 0.2),
        )
    ) + ellipse(x, y, w * 0.5, w * 0.08, darker(colour, 0.35))


def mushroom(x: float, y: float, h: float, colour: str) -> str:
    return (
        path(limb([(x, y), (x, y - h * 0.6)], [h * 0.26, h * 0.18]), "#efe4cf")
        + path(
            f"M{num(x - h * 0.42)} {num(y - h * 0.5)}Q{num(x)} {num(y - h * 1.25)} {num(x + h * 0.42)} {num(y - h * 0.5)}Q{num(x)} {num(y - h * 0.36)} {num(x - h * 0.42)} {num(y - h * 0.5)}Z",
            colour,
        )
        + circle(x - h * 0.12, y - h * 0.72, h * 0.06, "#fff4e0")
        + circle(x + h * 0.14, y - h * 0.66, h * 0.05, "#fff4e0")
    )
