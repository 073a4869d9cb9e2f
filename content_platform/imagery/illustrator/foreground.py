"""What stands between the camera and the scene, out of focus: it fills the foot of tall pictures.

Only shapes below the captions belong here; the ground of a place is the place's own.
"""

from __future__ import annotations

import random

from content_platform.imagery.illustrator import plants
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.places import PAVED
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    gradient,
    group,
    lighter,
    line,
    mix,
    num,
    path,
    rect,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import THINGS
from content_platform.stories.models import Weather

_ON_THE_TABLE = {
    "clock shop": ("clock", "gear", "cup"),
    "bakery": ("bread", "basket", "bread"),
    "kitchen": ("teapot", "cup", "bread"),
    "library": ("closed book", "cup", "book"),
    "workshop": ("hammer", "gear", "bottle"),
    "shop": ("bottle", "basket", "parcel"),
    "school": ("closed book", "apple", "book"),
    "church": ("candle", "closed book", "candle"),
}
_AT_SEA = frozenset({"sea cliff", "beach", "open sea", "lake", "river"})


def close_to_camera(stage: Stage, family: str) -> None:
    """Fill the lowest part of a tall picture, to both sides and lower in the middle."""
    if not stage.frame.tall or stage.close:
        return
    rng = generator("foreground", stage.seed, family)
    if stage.inside:
        body, soft = _table(stage, family), 5.0
    elif stage.season == "winter" or stage.scene.weather is Weather.SNOW:
        body, soft = _snow(stage, rng), 6.0
    elif family in PAVED:
        body, soft = _railing(stage, rng), 4.0
    elif family in _AT_SEA or not stage.ground_grows:
        body, soft = _rocks(stage, rng), 5.0
    else:
        body, soft = _growth(stage, rng), 5.0
    stage.add(body, 1.3, soft=soft, texture=0.1, lit=0.9)


def _table(stage: Stage, family: str) -> str:
    w, h = stage.w, stage.h
    top, wood = h * 0.93, "#5f3c24"
    left = stage.layout.subject_x > w / 2
    body = ""
    names = _ON_THE_TABLE.get(family, ("closed book", "closed book", "cup"))
    size = h * 0.0021
    for name, at in zip(names, (0.12, 0.32, 0.9), strict=True):
        thing = THINGS[name]("")
        x = w * (at if left else 1 - at)
        body += group(thing.svg, x=x, y=top + 4, scale=size * max(0.55, thing.size))
    body += gradient(
        "foretable", [(0, lighter(wood, 0.12)), (1, darker(wood, 0.5))], box=(top, h)
    ) + rect(-20, top, w + 40, h - top + 30, "url(#foretable)")
    return body + rect(-20, top, w + 40, 5, lighter(wood, 0.35), opacity=0.8)


def _growth(stage: Stage, rng: random.Random) -> str:
    w, h = stage.w, stage.h
    tone = darker(plants.LEAVES[stage.season][0], 0.24)
    body = plants.grass(-30, w + 30, h + 26, h * 0.085, darker(tone, 0.2), 60, rng)
    for side in (0.0, 1.0):
        for k in range(5):
            x = w * (side + (0.06 + 0.07 * k) * (1 if side == 0 else -1))
            tall = h * (0.15 - 0.024 * k) * rng.uniform(0.85, 1.1)
            body += plants.fern(x, h + 12, tall, mix(tone, "#2c4a3a", 0.3 * (k % 2)), rng)
    if stage.season in ("spring", "summer"):
        for _ in range(9):
            x = w * rng.choice((rng.uniform(0.02, 0.3), rng.uniform(0.72, 0.98)))
            y = h * rng.uniform(0.9, 0.97)
            body += line(f"M{num(x)} {num(h + 10)}L{num(x)} {num(y)}", tone, 4) + circle(
                x, y, rng.uniform(9, 15), rng.choice(("#e9d7a0", "#d98a9a", "#c9b8e0"))
            )
    return body


def _snow(stage: Stage, rng: random.Random) -> str:
    w, h = stage.w, stage.h
    body = "".join(
        plants.bare_tree(w * at, h + 20, h * rng.uniform(0.13, 0.18), "#4a4652", rng, depth=4)
        for at in (0.06, 0.2, 0.9)
    )
    return body + path(
        f"M-20 {num(h * 0.93)}Q{num(w * 0.2)} {num(h * 0.885)} {num(w * 0.46)} {num(h * 0.945)}T{num(w + 20)} {num(h * 0.91)}L{num(w + 20)} {num(h + 20)}L-20 {num(h + 20)}Z",
        "#dfe8f4",
    )


def _railing(stage: Stage, rng: random.Random) -> str:
    """A low stone ledge with flower boxes, as of a balcony across the street."""
    w, h = stage.w, stage.h
    top, stone = h * 0.925, "#6a6670"
    leaf = darker(plants.LEAVES[stage.season][0], 0.3)
    body = ""
    for side, reach in ((0.14, 300), (0.9, 240)):
        body += plants.bush(w * side, top + 14, reach, leaf, rng)
        for _ in range(8):
            body += circle(
                w * side + rng.uniform(-0.42, 0.42) * reach,
                top - rng.uniform(-6, 0.4 * reach),
                rng.uniform(8, 13),
                rng.choice(("#d9606a", "#e8b85a", "#e9dff0")),
            )
    body += gradient(
        "ledge", [(0, lighter(stone, 0.15)), (1, darker(stone, 0.5))], box=(top, h)
    ) + rect(-20, top, w + 40, h - top + 30, "url(#ledge)")
    return body


def _rocks(stage: Stage, rng: random.Random) -> str:
    w, h = stage.w, stage.h
    body = "".join(
        plants.rock(w * at, h + 20, w * wide, h * high, "#6b7180", rng)
        for at, wide, high in (
            (0.05, 0.42, 0.13),
            (0.3, 0.3, 0.07),
            (0.97, 0.4, 0.11),
            (0.74, 0.26, 0.06),
        )
    )
    return body + plants.grass(-20, w * 0.24, h * 0.91, h * 0.05, "#4f5f4a", 16, rng)
