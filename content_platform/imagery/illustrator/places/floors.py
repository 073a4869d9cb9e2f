"""What one walks on inside: planks, tiles, rugs, and the light a window lays on them.

Everything runs towards one vanishing point behind the wall, so that a floor reads as a floor.
"""

from __future__ import annotations

import itertools
import random

from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.shapes import (
    Point,
    darker,
    ellipse,
    gradient,
    lighter,
    line,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.stage import Stage


def spread(stage: Stage, y: float, floor: float) -> float:
    """How much wider than at the wall the floor is at height ``y``."""
    return 1 + 1.6 * (y - floor) / max(1.0, stage.h - floor)


def on_floor(stage: Stage, x: float, y: float, floor: float) -> float:
    """Where a point ``x`` of the foot of the wall comes to lie at height ``y``."""
    return stage.w / 2 + (x - stage.w / 2) * spread(stage, y, floor)


def draw_floor(stage: Stage, floor: float, a: float, tone: str, *, boards: bool) -> str:
    """The whole floor below ``floor``; ``a`` is the height of an adult."""
    body = gradient(
        "floor",
        [
            (0, darker(tone, 0.16)),
            (0.22, tone),
            (0.62, darker(tone, 0.26)),
            (1, darker(tone, 0.52)),
        ],
        box=(floor, stage.h),
    ) + rect(-20, floor, stage.w + 40, stage.h - floor + 30, "url(#floor)")
    rng = generator("floor", stage.seed, tone)
    body += _planks(stage, floor, a, tone, rng) if boards else _tiles(stage, floor, a, tone)
    shade = [(0, "#0a0c18", 0.42), (0.5, "#0a0c18", 0.14), (1, "#0a0c18", 0.0)]
    return (
        body
        + gradient("corner", shade, box=(floor, floor + a * 0.2))
        + rect(-20, floor, stage.w + 40, a * 0.2, "url(#corner)")
    )


def _strip(stage: Stage, x0: float, x1: float, y0: float, y1: float, floor: float) -> list[Point]:
    return [
        (on_floor(stage, x0, y0, floor), y0),
        (on_floor(stage, x1, y0, floor), y0),
        (on_floor(stage, x1, y1, floor), y1),
        (on_floor(stage, x0, y1, floor), y1),
    ]


def _planks(stage: Stage, floor: float, a: float, tone: str, rng: random.Random) -> str:
    wide, end = a * 0.15, stage.h + 20
    body, seams = "", ""
    count = int(stage.w / wide) // 2 + 2
    for k in range(-count, count + 1):
        x = stage.w / 2 + k * wide
        if rng.random() < 0.7:
            shade = rng.choice((darker(tone, 0.4), lighter(tone, 0.16), darker(tone, 0.2)))
            body += path(
                polygon(_strip(stage, x, x + wide, floor, end, floor)),
                shade,
                opacity=rng.uniform(0.12, 0.34),
            )
        top = on_floor(stage, x, floor, floor)
        seams += f"M{num(top)} {num(floor)}L{num(on_floor(stage, x, end, floor))} {num(end)}"
        depth = rng.uniform(0.04, 0.4)
        while depth < 1:  # where one board ends and the next begins
            y = floor + (stage.h - floor) * depth**1.5
            left, right = on_floor(stage, x, y, floor), on_floor(stage, x + wide, y, floor)
            seams += f"M{num(left)} {num(y)}L{num(right)} {num(y)}"
            depth += rng.uniform(0.3, 0.55)
    return body + line(seams, darker(tone, 0.55), 2.2, opacity=0.55)


def _tiles(stage: Stage, floor: float, a: float, tone: str) -> str:
    wide, body, seams = a * 0.24, "", ""
    rows = [floor]
    step = a * 0.055
    while rows[-1] < stage.h:
        rows.append(rows[-1] + step)
        step *= 1.3
    count = int(stage.w / wide) // 2 + 2
    for row, (y0, y1) in enumerate(itertools.pairwise(rows)):
        seams += f"M-20 {num(y1)}L{num(stage.w + 20)} {num(y1)}"
        for k in range(-count, count + 1):
            if (k + row) % 2:
                x = stage.w / 2 + k * wide
                tile = polygon(_strip(stage, x, x + wide, y0, y1, floor))
                body += path(tile, darker(tone, 0.34), opacity=0.5)
    for k in range(-count, count + 1):
        x = stage.w / 2 + k * wide
        end = stage.h + 20
        seams += f"M{num(x)} {num(floor)}L{num(on_floor(stage, x, end, floor))} {num(end)}"
    return body + line(seams, darker(tone, 0.5), 2, opacity=0.5)


def draw_runner(stage: Stage, x: float, y: float, wide: float, a: float, tone: str) -> str:
    """A rug around (x, y): oval, or woven with borders and fringes, as the story's seed has it."""
    deep = a * 0.15
    if stage.seed % 2:
        return "".join(
            ellipse(x, y, wide / 2 * reach, deep * reach, colour)
            for reach, colour in (
                (1.0, darker(tone, 0.25)),
                (0.96, tone),
                (0.84, lighter(tone, 0.28)),
                (0.76, darker(tone, 0.12)),
                (0.46, lighter(tone, 0.16)),
                (0.38, darker(tone, 0.2)),
            )
        )
    body = ""
    for reach, colour in (
        (1.0, darker(tone, 0.3)),
        (0.93, lighter(tone, 0.3)),
        (0.88, tone),
        (0.62, darker(tone, 0.16)),
    ):
        half, far, near = wide / 2 * reach, y - deep * reach, y + deep * reach
        body += path(
            polygon(
                [(x - half * 0.86, far), (x + half * 0.86, far), (x + half, near), (x - half, near)]
            ),
            colour,
        )
    count = 7
    for k in range(count):
        cx, size = x + wide * 0.62 * ((k + 0.5) / count - 0.5), wide * 0.03
        body += path(
            polygon([(cx - size, y), (cx, y - deep * 0.3), (cx + size, y), (cx, y + deep * 0.3)]),
            lighter(tone, 0.38),
            opacity=0.85,
        )
    fringe = ""
    for side in (-1, 1):
        for k in range(9):
            t = k / 8
            fx, fy = x + side * wide / 2 * (0.86 + 0.14 * t), y - deep + 2 * deep * t
            fringe += f"M{num(fx)} {num(fy)}l{num(side * a * 0.03)} {num(a * 0.008)}"
    return body + line(fringe, lighter(tone, 0.45), 3)


def lay_window_light(
    stage: Stage, floor: float, x: float, wide: float, a: float, colour: str, strength: float
) -> None:
    """The bright shape a window throws on the floor, leaning towards whom the picture is about."""
    lean = 0.34 * a * (1 if stage.layout.subject_x > x else -1)
    near, deep = floor + a * 0.07, min(a * 0.34, (stage.h - floor) * 0.7)
    panes = ""
    for row in range(2):
        for column in range(2):
            corners = []
            for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
                across, down = (column + 0.06 + 0.88 * u) / 2, (row + 0.06 + 0.88 * v) / 2
                px = x + lean * (0.4 + down) + wide * (across - 0.5) * (1 + 0.5 * down)
                corners.append((px, near + deep * down))
            panes += path(polygon(corners), colour, opacity=strength)
    stage.add("", 0.61, glow=panes, soft=4)
