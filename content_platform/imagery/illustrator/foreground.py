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
from content_platform.imagery.illustrator.places.trades import trade_of
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
}
_PIECES = {
    "room": ("plant", "", "table", ""),
    "bedroom": ("plant", "", "table", ""),
    "kitchen": ("table", "", "plant", ""),
    "bakery": ("table", ""),
    "clock shop": ("table", ""),
    "shop": ("table", "", "plant", ""),
    "workshop": ("table", "", "barrels", ""),
    "library": ("table", "", "plant", ""),
    "school": ("plant", ""),
    "attic": ("table", "", "rope", ""),
    "cellar": ("barrels", "", "barrels", "pillar"),
    "corridor": ("", "plant"),
    "keeper's room": ("rope", "", "table", ""),
    "ship cabin": ("barrels", "", "rope", ""),
    "stone hall": ("pillar", "", "stones", ""),
    "church": ("pews", "pillar", "pews", ""),
    "tower stairs": ("", "stones"),
    "lamp room": ("", "rope", ""),
    "theatre": ("seats",),
    "train": ("table", ""),
    "bus": ("seats",),
}
"""What may stand nearest to the camera in a room, one after the other; often nothing does."""
_AT_SEA = frozenset({"sea cliff", "beach", "open sea", "lake", "river"})
_HOMES = frozenset({"room", "bedroom", "kitchen", "corridor", "library", "shop"})
"""Rooms with curtains and house plants."""


def close_to_camera(stage: Stage, family: str) -> None:
    """Fill the lowest part of a tall picture, higher to both sides; the corners of a wide one."""
    if family == "taxi interior" and not stage.close:
        stage.add(front_seats(stage), 1.05, soft=2.5, texture=0.1, lit=0.8)
        return
    if stage.close or stage.layout.feet > stage.h:
        return
    rng = generator("foreground", stage.seed, family)
    turn = stage.seed + stage.scene.index
    if stage.inside:
        pieces = _PIECES.get(family, ("",))
        if stage.frame.tall and stage.layout.feet < 0.8 * stage.h:
            # Below the captions lies a third of the picture: never only floor.
            pieces = tuple(filter(None, pieces))
        piece = pieces[turn % len(pieces)]
        if stage.frame.tall:
            _piece(stage, family, piece, rng)
        elif family in _HOMES:
            if turn % 2:
                _beside_the_door(stage, rng)
        elif piece not in ("table", "seats"):
            _piece(stage, family, piece, rng)
        return
    if not stage.frame.tall:
        if (family in PAVED or family in _AT_SEA) and turn % 2:
            _corners(stage, family, rng)
        return
    if stage.layout.feet > 0.8 * stage.h:
        # Whoever stands at the foot of the picture shows the shoes.
        if stage.ground_grows and stage.season != "winter":
            tone = darker(plants.LEAVES[stage.season][0], 0.3)
            blades = plants.grass(-30, stage.w + 30, stage.h + 16, stage.h * 0.045, tone, 44, rng)
            stage.add(blades, 1.3, soft=4, texture=0.1, lit=0.85)
        return
    if stage.season == "winter" or stage.scene.weather is Weather.SNOW:
        body, soft = _snow(stage, rng), 6.0
    elif family in PAVED:
        paved = ("planters", "barrels")[turn % 2]
        if paved != "planters":
            _piece(stage, family, paved, rng)
            return
        body, soft = _planters(stage, rng), 5.0
    elif family in _AT_SEA or not stage.ground_grows:
        body, soft = _rocks(stage, rng), 5.0
    else:
        body, soft = _growth(stage, rng), 5.0
    stage.add(body, 1.3, soft=soft, texture=0.1, lit=0.9)


def _piece(stage: Stage, family: str, piece: str, rng: random.Random) -> None:
    """One thing that belongs to the place, large and out of focus, beside whoever is there."""
    w, h = stage.w, stage.h
    tall, filled = stage.frame.tall, stage.layout.feet > 0.8 * stage.h
    if not piece or (filled and piece in ("table", "seats", "pews")):
        return
    side = 1 if stage.layout.subject_x < w / 2 else -1  # the far side from the subject
    edge = w if side > 0 else 0.0
    unit = (0.0015 if tall else 0.0024) * h * (0.65 if filled else 1.0)
    body = ""

    def put(name: str, at: float, sunk: float, scale: float, tone: str = "") -> None:
        nonlocal body
        x, y = edge - side * at * w, h * (1 + sunk)
        body += group(THINGS[name](tone).svg, x=x, y=y, scale=unit * scale)

    match piece:
        case "table":
            drawn = _table(stage, family, rng)
            stage.add(drawn, 1.3, soft=4.0, texture=0.1, lit=0.9)
            return
        case "seats":
            body = _seat_backs(stage)
        case "plant":
            body = _pot_plant(stage, side, rng)
        case "barrels":
            put("barrel", 0.04, 0.05, 2.1)
            put("barrel", 0.3 if tall else 0.16, 0.07, 1.5)
        case "rope":
            for k in range(5):
                ring = unit * (46 - 2 * k)
                x, y = edge - side * 0.1 * w, h * 0.995 - k * unit * 13
                body += ellipse(x, y, ring, ring * 0.34, ("#a98c5c", "#927747")[k % 2])
            body += ellipse(
                edge - side * 0.1 * w, h * 0.995 - 4.3 * unit * 13, unit * 22, unit * 7, "#4a3a26"
            )
        case "stones":
            for at, wide, high in ((0.03, 0.42, 0.1), (0.3, 0.24, 0.05)):
                x = edge - side * at * w
                body += plants.rock(x, h + 20, min(w, h) * wide, h * high, "#5f6470", rng)
        case "pillar":
            x, wide = edge + side * 0.01 * w, min(w, h) * 0.13
            body = gradient(
                "pillar", [(0, "#3c3e4c"), (0.5, "#6a6b78"), (1, "#34353f")], vertical=False
            )
            body += rect(x - wide, -20, 2 * wide, h + 40, "url(#pillar)")
            body += rect(x - wide * 1.3, h * 0.9, 2.6 * wide, h * 0.14, "#4a4b58", round_=8)
        case "pews":
            top = h * 0.9
            for at in (0.0, 0.62):
                left = edge - side * at * w
                right = left - side * (0.5 if at == 0.0 else 0.6) * w
                from_, to = sorted((left, right))
                body += rect(from_, top, to - from_, h, "#4f3626", round_=10)
                body += rect(from_, top, to - from_, h * 0.014, "#7a5636", round_=8)
        case _:
            raise AssertionError(f"no such piece: {piece}")
    # Soft, yet sharp enough to be known for what it is.
    stage.add(body, 1.3, soft=3.4, texture=0.1, lit=0.75)


def _seat_backs(stage: Stage) -> str:
    """The row of seats before ours, from behind."""
    w, h = stage.w, stage.h
    plush = ("#9a4a48", "#4a6a8a", "#64805a", "#7a5a94")[stage.seed // 2 % 4]
    wide, body = 0.34 * min(w, h), ""
    for k in range(int(w / wide) + 2):
        x, top = wide * (k - 0.15), h * 0.885
        body += rect(x - wide * 0.47, top, wide * 0.94, h * 0.2, plush, round_=wide * 0.2)
        body += rect(
            x - wide * 0.36, top + h * 0.014, wide * 0.72, h * 0.2, lighter(plush, 0.1), round_=30
        )
        body += line(
            f"M{num(x - wide * 0.3)} {num(top + 3)}L{num(x + wide * 0.3)} {num(top + 3)}",
            lighter(plush, 0.4),
            7,
            opacity=0.6,
        )
    return body


def _pot_plant(stage: Stage, side: int, rng: random.Random) -> str:
    """A house plant in its pot, at the far side from the subject."""
    w, h = stage.w, stage.h
    reach = min(w, 0.6 * h)
    pot, body = (w - 0.14 * reach) if side > 0 else 0.14 * reach, ""
    for k in range(11):
        lean = (-0.2 + 0.04 * k) * reach * rng.uniform(0.85, 1.15)
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
    return body + path(
        f"M{num(pot - reach * 0.09)} {num(h * 0.95)}L{num(pot + reach * 0.09)} {num(h * 0.95)}L{num(pot + reach * 0.07)} {num(h + 20)}L{num(pot - reach * 0.07)} {num(h + 20)}Z",
        "#8a5038",
    )


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


def _table(stage: Stage, family: str, rng: random.Random) -> str:
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
    if family == "shop":
        goods = trade_of(stage.scene).goods
        names = (goods[0], "cup", goods[1 % len(goods)])
    size = h * 0.0022
    for name, at in zip(names, (0.13, 0.36, 0.9), strict=True):
        thing = THINGS[name]("")
        x = w * (at if left else 1 - at)
        foot = top + h * rng.uniform(-0.01, 0.016)
        body += ellipse(x, foot, w * 0.1, h * 0.006, "#0a0c18", opacity=0.4)
        body += group(thing.svg, x=x, y=foot, scale=size * max(0.6, thing.size))
    return body


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
