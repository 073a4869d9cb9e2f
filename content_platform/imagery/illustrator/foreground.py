"""What stands between the camera and the scene, out of focus: the foot of tall pictures, the
corners of wide ones.

Only shapes below the captions belong here; the ground of a place is the place's own.
"""

from __future__ import annotations

import random

from content_platform.imagery.illustrator import plants
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.places import PAVED
from content_platform.imagery.illustrator.places.rides import front_seats
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    gradient,
    group,
    lighter,
    limb,
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
_WITH_SEATS = frozenset({"bus", "train", "theatre", "corridor"})
"""Where nobody lays a table."""
_AT_SEA = frozenset({"sea cliff", "beach", "open sea", "lake", "river"})


def close_to_camera(stage: Stage, family: str) -> None:
    """Fill the lowest part of a tall picture, higher to both sides; the corners of a wide one."""
    if family == "taxi interior" and not stage.close:
        stage.add(front_seats(stage), 1.05, soft=2.5, texture=0.1, lit=0.8)
        return
    if stage.close or stage.layout.feet > stage.h:
        return
    rng = generator("foreground", stage.seed, family)
    if not stage.frame.tall:
        if stage.inside:
            _beside_the_door(stage, rng)
        elif family in PAVED or family in _AT_SEA:
            _corners(stage, family, rng)
        return
    if stage.inside:
        _in_the_room(stage, family, rng)
        return
    if stage.season == "winter" or stage.scene.weather is Weather.SNOW:
        body, soft = _snow(stage, rng), 6.0
    elif family in PAVED:
        body, soft = _planters(stage, rng), 5.0
    elif family in _AT_SEA or not stage.ground_grows:
        body, soft = _rocks(stage, rng), 5.0
    else:
        body, soft = _growth(stage, rng), 5.0
    stage.add(body, 1.3, soft=soft, texture=0.1, lit=0.9)


def _corners(stage: Stage, family: str, rng: random.Random) -> None:
    """Wide pictures outside: something dark and soft low at both edges."""
    w, h = stage.w, stage.h
    winter = stage.season == "winter" or stage.scene.weather is Weather.SNOW
    body = ""
    for at, wide in ((0.0, rng.uniform(0.17, 0.23)), (1.0, rng.uniform(0.14, 0.2))):
        if family in _AT_SEA:
            body += plants.rock(w * at, h + 30, w * wide * 1.2, h * 0.17, "#4f5666", rng)
            continue
        leaf = "#8f9fb4" if winter else darker(plants.LEAVES[stage.season][0], 0.4)
        body += plants.bush(w * at, h + 30, w * wide * 1.2, leaf, rng)
        for _ in range(0 if winter else 9):
            body += circle(
                w * at + rng.uniform(-0.5, 0.5) * w * wide,
                h - rng.uniform(0.0, 0.1) * h,
                rng.uniform(7, 12),
                rng.choice(("#d9606a", "#e8b85a", "#e9dff0")),
            )
    stage.add(body, 1.3, soft=7.6, texture=0.1, lit=0.8)


def _beside_the_door(stage: Stage, rng: random.Random) -> None:
    """Wide pictures of rooms: a curtain or door post at one edge, leaves or a chair at the other."""
    w, h = stage.w, stage.h
    left = stage.layout.subject_x > w / 2
    edge, inward = (0.0, 1) if left else (w, -1)
    cloth = ("#3a2a30", "#2a3440", "#3a3226", "#33283c")[stage.seed % 4]
    body = ""
    if stage.seed % 3:
        reach = w * 0.055
        body += path(
            f"M{num(edge - inward * 30)} -20L{num(edge + inward * reach * 1.3)} -20Q{num(edge + inward * reach * 1.1)} {num(h * 0.45)} {num(edge + inward * reach * 0.5)} {num(h * 0.62)}Q{num(edge + inward * reach * 0.8)} {num(h * 0.8)} {num(edge + inward * reach * 0.9)} {num(h + 20)}L{num(edge - inward * 30)} {num(h + 20)}Z",
            cloth,
        )
        for t in (0.2, 0.5, 0.8):
            x = edge + inward * reach * t
            body += line(
                f"M{num(x)} -20Q{num(x)} {num(h * 0.5)} {num(x - inward * reach * 0.2)} {num(h * 0.62)}",
                lighter(cloth, 0.14),
                9,
                opacity=0.5,
            )
    else:  # a plant hanging from the ceiling
        for k in range(12):
            x = edge + inward * w * rng.uniform(0.0, 0.075)
            long = h * rng.uniform(0.12, 0.34)
            sway = inward * rng.uniform(-14, 30)
            body += line(
                f"M{num(x)} -20Q{num(x + sway)} {num(long * 0.5)} {num(x + sway * 0.6)} {num(long)}",
                "#22362b",
                6,
            )
            for t in (0.35, 0.6, 0.85, 1.0):
                body += ellipse(
                    x + sway * 0.7,
                    long * t,
                    24,
                    11,
                    mix("#2c4a38", "#1b2c24", 0.5 * (k % 2)),
                    turn=rng.uniform(-60, 60),
                )
    other = w - edge
    leaf = "#2c4436"
    for k in range(9):
        lean = (-0.06 + 0.016 * k) * w * rng.uniform(0.8, 1.2)
        high = h * (0.34 - 0.03 * abs(k - 4)) * rng.uniform(0.8, 1.1)
        body += path(
            limb(
                [
                    (other, h + 20),
                    (other + lean * 0.5, h - high * 0.6),
                    (other + lean * 1.5, h - high),
                ],
                [10, 46, 4],
            ),
            mix(leaf, "#16241f", 0.5 * (k % 2)),
        )
    stage.add(body, 1.3, soft=7.6, texture=0.1, lit=0.55)


def _in_the_room(stage: Stage, family: str, rng: random.Random) -> None:
    """The foot of a tall picture of a room: a laid table, or a chair's back and a plant."""
    w, h = stage.w, stage.h
    left = stage.layout.subject_x > w / 2
    seats = family in _WITH_SEATS
    if not seats and (stage.seed % 2 or family in _ON_THE_TABLE):
        body, flame = _table(stage, family, rng)
        stage.add(body, 1.3, soft=4.0, texture=0.1, lit=0.9, glow=flame)
        return
    plush = ("#5f3f3a", "#3c4f5c", "#4f5a3c", "#4a3c58")[stage.seed // 2 % 4]
    x, half, top = w * (0.84 if left else 0.16), w * 0.27, h * 0.855
    body = path(
        f"M{num(x - half)} {num(h + 20)}L{num(x - half)} {num(top + h * 0.03)}Q{num(x - half * 0.9)} {num(top)} {num(x)} {num(top - h * 0.012)}Q{num(x + half * 0.9)} {num(top)} {num(x + half)} {num(top + h * 0.03)}L{num(x + half)} {num(h + 20)}Z",
        plush,
    )
    for k in range(5):
        body += circle(x + half * (k - 2) / 2.4, h * 0.925, 9, darker(plush, 0.45))
    body += line(
        f"M{num(x - half * 0.92)} {num(top + h * 0.035)}Q{num(x)} {num(top - h * 0.002)} {num(x + half * 0.92)} {num(top + h * 0.035)}",
        lighter(plush, 0.24),
        8,
        opacity=0.7,
    )
    if not seats:
        pot = w * (0.16 if left else 0.86)
        for k in range(11):
            lean = (-0.2 + 0.04 * k) * w * rng.uniform(0.85, 1.15)
            high = h * (0.15 - 0.012 * abs(k - 5)) * rng.uniform(0.85, 1.1)
            body += path(
                limb(
                    [
                        (pot, h * 0.97),
                        (pot + lean * 0.5, h * 0.97 - high * 0.75),
                        (pot + lean, h * 0.97 - high),
                    ],
                    [10, 44, 5],
                ),
                mix("#4a7050", "#2c4436", 0.6 * (k % 2)),
            )
        body += path(
            f"M{num(pot - w * 0.09)} {num(h * 0.95)}L{num(pot + w * 0.09)} {num(h * 0.95)}L{num(pot + w * 0.07)} {num(h + 20)}L{num(pot - w * 0.07)} {num(h + 20)}Z",
            "#8a5038",
        )
    stage.add(body, 1.3, soft=7.6, texture=0.1, lit=0.8)


def _table(stage: Stage, family: str, rng: random.Random) -> tuple[str, str]:
    w, h = stage.w, stage.h
    top, wood = h * 0.925, ("#5f3c24", "#6a4630", "#4f3a2c")[stage.seed % 3]
    left = stage.layout.subject_x > w / 2
    body = gradient(
        "foretable", [(0, lighter(wood, 0.12)), (1, darker(wood, 0.5))], box=(top - h * 0.03, h)
    ) + path(
        f"M{num(w * 0.0)} {num(top - h * 0.03)}L{num(w)} {num(top - h * 0.03)}L{num(w + 120)} {num(h + 20)}L-120 {num(h + 20)}Z",
        "url(#foretable)",
    )
    if stage.seed % 3 != 1:
        cloth = ("#8a4a44", "#4a6272", "#7a6a44")[stage.seed // 3 % 3]
        body += path(
            f"M{num(w * 0.2)} {num(top - h * 0.03)}L{num(w * 0.8)} {num(top - h * 0.03)}L{num(w * 0.9)} {num(h + 20)}L{num(w * 0.1)} {num(h + 20)}Z",
            cloth,
        )
        for t in (0.24, 0.4, 0.6, 0.76):
            body += line(
                f"M{num(w * t)} {num(top - h * 0.03)}L{num(w * (0.5 + (t - 0.5) * 1.36))} {num(h + 20)}",
                lighter(cloth, 0.3),
                8,
                opacity=0.5,
            )
    body += rect(-20, top - h * 0.03, w + 40, 5, lighter(wood, 0.35), opacity=0.8)
    names = _ON_THE_TABLE.get(family, ("closed book", "teapot", "cup"))
    size, glow = h * 0.0022, ""
    for name, at in zip(names, (0.13, 0.36, 0.9), strict=True):
        thing = THINGS[name]("")
        x = w * (at if left else 1 - at)
        foot = top + h * rng.uniform(-0.01, 0.016)
        body += ellipse(x, foot, w * 0.1, h * 0.006, "#0a0c18", opacity=0.4)
        body += group(thing.svg, x=x, y=foot, scale=size * max(0.6, thing.size))
    if stage.light.dark:
        x, candle = w * (0.7 if left else 0.3), THINGS["candle"]("")
        body += group(candle.svg, x=x, y=top - h * 0.002, scale=size * 0.7)
        glow = group(candle.glow, x=x, y=top - h * 0.002, scale=size * 0.7)
        stage.lamp(x, top - h * 0.1, w * 0.3, strength=0.5, halo=0.25)
    return body, glow


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


def _planters(stage: Stage, rng: random.Random) -> str:
    """Flower tubs at the kerb nearest to the camera."""
    w, h = stage.w, stage.h
    leaf = darker(plants.LEAVES[stage.season][0], 0.3)
    body = ""
    for at, wide, high in ((0.04, 0.46, 0.075), (0.98, 0.4, 0.06), (0.74, 0.16, 0.03)):
        x, top = w * at, h * (1 - high)
        body += plants.bush(x, top + h * 0.02, w * wide, leaf, rng)
        for _ in range(int(26 * wide)):
            body += circle(
                x + rng.uniform(-0.45, 0.45) * w * wide,
                top - rng.uniform(-0.2, 0.36) * w * wide,
                rng.uniform(9, 15),
                rng.choice(("#d9606a", "#e8b85a", "#e9dff0")),
            )
        tub = darker("#8a5a44", 0.2)
        body += path(
            f"M{num(x - w * wide * 0.46)} {num(top + h * 0.012)}L{num(x + w * wide * 0.46)} {num(top + h * 0.012)}L{num(x + w * wide * 0.38)} {num(h + 30)}L{num(x - w * wide * 0.38)} {num(h + 30)}Z",
            tub,
        ) + rect(
            x - w * wide * 0.49,
            top + h * 0.006,
            w * wide * 0.98,
            h * 0.012,
            lighter(tub, 0.16),
            round_=8,
        )
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
