"""What lies and grows on the ground between the scene and the camera, larger the nearer it is."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

from content_platform.imagery.illustrator import plants
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    lighter,
    line,
    mix,
    num,
    path,
)
from content_platform.imagery.illustrator.stage import Stage

_FLOWERS = ("#e9e2f0", "#d9606a", "#f0c24a", "#8a7fd0", "#e88a5a")


def draw_cover(stage: Stage, y: float, tone: str, kind: str) -> str:
    """``kind`` is ``grass``, ``snow``, ``rock`` or ``sand``; laid from ``y`` down to the camera."""
    return _COVERS[kind](stage, y, tone, generator("cover", stage.seed, kind, stage.frame.shape))


def _scattered(
    stage: Stage, y: float, rng: random.Random, count: float
) -> Iterator[tuple[float, float, float]]:
    """Places on the ground, far ones first: x, y and how large things are there."""
    deep = stage.h - y
    for k in range(int(count * stage.w / 1000 * (1.5 if stage.frame.tall else 1.0))):
        t = (k + rng.random()) / (count * stage.w / 1000 * (1.5 if stage.frame.tall else 1.0))
        yield rng.uniform(-20, stage.w + 20), y + 8 + deep * t**1.35, 0.45 + 1.9 * t


def _grass(stage: Stage, y: float, tone: str, rng: random.Random) -> str:
    body = ""
    for k in range(3):  # soft swells, so that the meadow is not one sheet
        at = y + (stage.h - y) * (k + 0.6) / 3
        body += ellipse(
            rng.uniform(0, stage.w),
            at,
            stage.w * rng.uniform(0.2, 0.4),
            20 + 16 * k,
            lighter(tone, 0.16) if k % 2 else darker(tone, 0.3),
            opacity=0.2,
        )
    autumn, winter = stage.season == "autumn", stage.season == "winter"
    blooming = stage.season in ("spring", "summer")
    for x, at, size in _scattered(stage, y, rng, 46):
        fade = darker(tone, 0.12 + 0.4 * (at - y) / (stage.h - y))
        shade = lighter(fade, 0.2) if rng.random() < 0.5 else darker(fade, 0.3)
        tall = 15 * size * rng.uniform(0.7, 1.2)
        blades = "".join(
            f"M{num(x + dx * size)} {num(at)}q{num(dx * size * 0.4)} {num(-tall * 0.6)} {num(dx * size * 1.5)} {num(-tall * up)}"
            for dx, up in ((-4, 0.8), (-1, 1.05), (2, 1.0), (5, 0.75))
        )
        body += line(blades, shade, 1.3 + 1.1 * size)
        chance = rng.random()
        if chance < 0.1:
            body += _pebble(x + 30 * size, at, 9 * size, "#7d8088", rng)
        elif chance < 0.3 and blooming:
            for _ in range(3):
                fx, fy = x + rng.uniform(-18, 18) * size, at - rng.uniform(4, 13) * size
                body += circle(fx, fy, 2.4 * size, rng.choice(_FLOWERS), opacity=0.9)
        elif chance < 0.5 and autumn:
            body += ellipse(
                x,
                at,
                6 * size,
                2.6 * size,
                rng.choice(("#c9743a", "#d9a441", "#9a4a2c")),
                turn=rng.uniform(-40, 40),
            )
        elif chance < 0.36 and winter:
            body += ellipse(x, at + 2, 24 * size, 5 * size, "#eef3fa", opacity=0.5)
    return body


def _snow(stage: Stage, y: float, tone: str, rng: random.Random) -> str:
    body = ""
    for x, at, size in _scattered(stage, y, rng, 12):
        wide = 130 * size
        body += path(
            f"M{num(x - wide)} {num(at)}Q{num(x - wide * 0.3)} {num(at - 15 * size)} {num(x + wide * 0.2)} {num(at - 5 * size)}T{num(x + wide)} {num(at)}Q{num(x)} {num(at + 9 * size)} {num(x - wide)} {num(at)}Z",
            "#8fa5cc",
            opacity=0.26,
        ) + line(
            f"M{num(x - wide)} {num(at - 1)}Q{num(x - wide * 0.3)} {num(at - 16 * size)} {num(x + wide * 0.2)} {num(at - 6 * size)}",
            "#ffffff",
            1.6 + size,
            opacity=0.5,
        )
    for x, at, size in _scattered(stage, y, rng, 5):
        if rng.random() < 0.5:  # a shrub under its load
            twigs = "".join(
                f"M{num(x)} {num(at)}l{num(dx * size)} {num(-30 * size * up)}"
                for dx, up in ((-17, 0.7), (-9, 1.0), (0, 1.2), (8, 1.05), (16, 0.75))
            )
            body += line(twigs, "#6a6670", 1.6 + size)
            body += ellipse(x, at - 30 * size, 15 * size, 7 * size, "#f4f8fd", opacity=0.95)
            body += ellipse(x + 3, at + 1, 24 * size, 5 * size, "#f4f8fd")
        else:
            body += _pebble(x, at, 14 * size, "#7f8796", rng)
            body += ellipse(x - size, at - 7 * size, 11 * size, 4 * size, "#f4f8fd")
    for x, at, size in _scattered(stage, y, rng, 16):
        if rng.random() < 0.4:
            blades = "".join(
                f"M{num(x + dx * size)} {num(at)}l{num(dx * size * 0.9)} {num(-17 * size * up)}"
                for dx, up in ((-4, 0.8), (0, 1.1), (3, 0.9), (7, 0.6))
            )
            body += line(blades, "#8a7f78", 1.2 + 0.7 * size, opacity=0.8)
        else:
            body += circle(x, at, 1.6 * size, "#ffffff", opacity=0.7)
    del tone
    return body


def _rock(stage: Stage, y: float, tone: str, rng: random.Random) -> str:
    body = ""
    for x, at, size in _scattered(stage, y, rng, 24):
        chance = rng.random()
        if chance < 0.45:
            body += _pebble(x, at, rng.uniform(8, 19) * size, mix(tone, "#8a8f9c", 0.4), rng)
        elif chance < 0.75:
            data = f"M{num(x)} {num(at)}"
            for _ in range(4):
                data += f"l{num(rng.uniform(10, 30) * size)} {num(rng.uniform(-6, 7) * size)}"
            body += line(data, darker(tone, 0.5), 1.2 + 0.7 * size, opacity=0.45)
        else:
            body += ellipse(x, at, 30 * size, 6 * size, lighter(tone, 0.2), opacity=0.3)
            body += plants.grass(x - 14 * size, x + 14 * size, at, 17 * size, "#5f7058", 4, rng)
    return body


def _sand(stage: Stage, y: float, tone: str, rng: random.Random) -> str:
    body = ""
    for x, at, size in _scattered(stage, y, rng, 34):
        chance = rng.random()
        if chance < 0.7:
            wide = 60 * size
            body += line(
                f"M{num(x - wide)} {num(at)}q{num(wide * 0.5)} {num(-6 * size)} {num(wide)} 0t{num(wide)} {num(math.sin(x) * 4)}",
                darker(tone, 0.35) if chance < 0.4 else lighter(tone, 0.35),
                1.4 + 0.7 * size,
                opacity=0.3,
            )
        elif chance < 0.9:
            body += _pebble(x, at, rng.uniform(4, 9) * size, "#a89a8a", rng)
        else:
            body += ellipse(x, at, 5 * size, 3.4 * size, "#f0dcc8") + line(
                f"M{num(x)} {num(at)}l{num(3 * size)} {num(-2 * size)}", "#c9a088", 1.4
            )
    return body


def lie_on_stones(stage: Stage, y: float, tone: str, rng: random.Random) -> str:
    """What a street is never without: a gutter, a drain, worn hollows, and what the season drops."""
    w, deep = stage.w, stage.h - y
    side = 1 if stage.layout.subject_x < w / 2 else -1

    def across(at: float, t: float) -> tuple[float, float]:
        """On a line that comes towards the camera and outwards; ``t`` 0 far, 1 at our feet."""
        return w * (0.5 + side * (at + 0.22 * t * t)), y + 4 + deep * t

    body = ""
    for k in range(6):
        x, at = w * rng.random(), y + deep * (0.12 + 0.15 * k)
        wide = w * rng.uniform(0.12, 0.26)
        shade = lighter(tone, 0.3) if k % 2 else darker(tone, 0.5)
        body += ellipse(x, at, wide, 10 + 7 * k, shade, opacity=0.16)
    curve = [across(0.3, t / 6) for t in range(7)]
    inner = [across(0.3 - 0.02 - 0.03 * t / 6, t / 6) for t in range(7)]
    edge = "M" + "L".join(f"{num(px)} {num(py)}" for px, py in (*curve, *reversed(inner))) + "Z"
    body += path(edge, darker(tone, 0.55), opacity=0.5)
    body += line(
        "M" + "L".join(f"{num(px)} {num(py)}" for px, py in curve),
        lighter(tone, 0.3),
        4,
        opacity=0.5,
    )
    gx, gy = across(0.24, 0.5)
    body += ellipse(gx, gy, 44, 13, darker(tone, 0.66))
    body += "".join(
        line(
            f"M{num(gx + d)} {num(gy - 10)}l{num(-side * 3)} 20",
            lighter(tone, 0.06),
            4,
            opacity=0.7,
        )
        for d in (-27, -14, 0, 14, 27)
    )
    white, autumn = stage.season == "winter", stage.season == "autumn"
    if white:
        for x, at, size in _scattered(stage, y, rng, 9):
            wide = 90 * size
            body += ellipse(x, at, wide, 11 * size, "#ffffff", opacity=0.34)
            body += ellipse(x, at + 5 * size, wide * 0.9, 6 * size, "#8fa5cc", opacity=0.2)
        for k in range(9):  # somebody has gone this way
            t = 0.14 + 0.1 * k
            px, py = across(-0.16 + (0.035 if k % 2 else -0.035) * (0.5 + t), t)
            body += ellipse(px, py, 9 + 13 * t, 3.4 + 5 * t, "#7f95bc", opacity=0.5)
        return body
    if autumn:
        body += fallen_leaves(stage, y, 70)
    drops = ("#c9743a", "#d9a441", "#9a4a2c") if autumn else ("#8fae6a", "#d9c8a0", "#e3b8c0")
    for x, at, size in _scattered(stage, y, rng, 20 if autumn else 9):
        leaf = rng.choice(drops)
        body += ellipse(x, at, 7 * size, 3 * size, leaf, turn=rng.uniform(-50, 50), opacity=0.85)
        if rng.random() < 0.35:
            body += plants.grass(x + 20, x + 20 + 18 * size, at, 12 * size, "#5f7a48", 4, rng)
    return body


def fallen_leaves(stage: Stage, y: float, count: int) -> str:
    """What autumn leaves on the ground from ``y`` down: single leaves, and drifts of them."""
    rng = generator("fallen leaves", stage.seed, stage.frame.shape)
    body = ""
    for number, (x, at, size) in enumerate(_scattered(stage, y, rng, count)):
        several = 5 if number % 9 == 0 else 1
        for _ in range(several):
            body += ellipse(
                x + rng.uniform(-16, 16) * size * (several > 1),
                at + rng.uniform(-3, 3) * size * (several > 1),
                rng.uniform(5, 8) * size,
                rng.uniform(2.4, 3.6) * size,
                rng.choice(("#c9743a", "#d9a441", "#9a4a2c", "#b8862e")),
                turn=rng.uniform(-60, 60),
            )
    return body


def _pebble(x: float, y: float, r: float, tone: str, rng: random.Random) -> str:
    high = r * rng.uniform(0.5, 0.7)
    return (
        ellipse(x + r * 0.14, y + high * 0.3, r * 1.1, high * 0.7, "#0d1022", opacity=0.3)
        + ellipse(x, y, r, high, darker(tone, 0.22))
        + ellipse(x - r * 0.12, y - high * 0.22, r * 0.78, high * 0.66, tone)
        + ellipse(
            x - r * 0.26, y - high * 0.42, r * 0.4, high * 0.26, lighter(tone, 0.25), opacity=0.7
        )
    )


_COVERS = {"grass": _grass, "snow": _snow, "rock": _rock, "sand": _sand}
