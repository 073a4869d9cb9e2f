"""By the water: lake, river, sea, cliffs, beach."""

from __future__ import annotations

import math

from content_platform.imagery.illustrator import air, plants, sky, water
from content_platform.imagery.illustrator.places.ground import (
    ground,
    ground_line,
    ground_tone,
    hills,
    peaks,
    person_at,
    shore,
)
from content_platform.imagery.illustrator.shapes import (
    Point,
    below,
    darker,
    ellipse,
    gradient,
    group,
    height_at,
    lighter,
    line,
    mix,
    num,
    path,
    polygon,
    ridge,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import THINGS
from content_platform.stories.models import Shot, Weather


def lake(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    peaks(stage, layout.horizon - 4, 190, 0.14, "#7286a4")
    air.mist(stage, layout.horizon, 36, 0.4)
    line_ = ridge(w, layout.horizon - 4, 12, 3, rng, octaves=3)
    base = plants.PINE[stage.season]
    body = path(below(line_, layout.horizon + 16), darker(base, 0.15))
    for n in range(int(46 * w / 1778)):
        x = n * w / (46 * w / 1778) + rng.uniform(-20, 20)
        body += plants.pine(
            x,
            height_at(line_, x) + 6,
            rng.uniform(50, 120),
            mix(base, darker(base, 0.3), rng.random()),
            rng,
        )
    stage.add(body, 0.4)
    water.water(stage, layout.horizon + 8, calm=0.85)
    air.mist(stage, layout.horizon + 24, 26, 0.45, seed=4)
    shore(stage, ground_line(stage) + 20)


def river(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    tone = ground_tone(stage)
    hills(stage, layout.horizon - 24, 60, 2.4, 0.14, mix(tone, "#6a86a8", 0.4))
    line_ = hills(stage, layout.horizon + 2, 26, 2, 0.34, mix(tone, "#4a7a58", 0.3))
    leaves = plants.LEAVES[stage.season]
    body = ""
    for _ in range(int(18 * w / 1778) + 5):
        x = rng.uniform(0, w)
        body += plants.broadleaf(
            x,
            height_at(line_, x) + 4,
            rng.uniform(70, 150),
            leaves,
            rng,
            bare=stage.season == "winter",
        )
    stage.add(body, 0.42, rim=0.2)
    water.water(stage, layout.horizon + 34, calm=0.62)
    if not stage.close:
        stage.add(
            _stone_bridge(
                layout.landmark_x, layout.horizon + 52, 560 if not stage.frame.tall else 470
            ),
            0.6,
            rim=0.4,
        )
        water.water(stage, layout.horizon + 56, calm=0.6)
    air.mist(stage, layout.horizon + 40, 30, 0.35)
    shore(stage, ground_line(stage) + 24)


def _stone_bridge(x: float, y: float, wide: float) -> str:
    stone = "#8f8a86"
    half, rise = wide / 2, wide * 0.2
    deck = f"M{num(x - half * 1.2)} {num(y - 8)}Q{num(x)} {num(y - rise * 1.75)} {num(x + half * 1.2)} {num(y - 8)}L{num(x + half * 1.2)} {num(y + 8)}L{num(x + half * 0.62)} {num(y + 8)}Q{num(x)} {num(y - rise * 1.5)} {num(x - half * 0.62)} {num(y + 8)}L{num(x - half * 1.2)} {num(y + 8)}Z"
    rail = f"M{num(x - half * 1.2)} {num(y - 26)}Q{num(x)} {num(y - rise * 1.98)} {num(x + half * 1.2)} {num(y - 26)}"
    joints = "".join(
        line(
            f"M{num(x + half * t)} {num(y - rise * 0.86 * (1 - t * t) - 4)}l{num(t * 14)} 24",
            darker(stone, 0.4),
            2,
            opacity=0.5,
        )
        for t in (-0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8)
    )
    return path(deck, stone) + line(rail, lighter(stone, 0.1), 13) + joints


def sea_cliff(stage: Stage) -> None:
    """Cliffs over the sea, with the lighthouse on the farther one."""
    layout, w, h, rng = stage.layout, stage.w, stage.h, stage.rng
    sky.sky(stage)
    rough = stage.scene.weather in (Weather.STORM, Weather.RAIN)
    water.water(stage, layout.horizon, calm=0.12 if rough else 0.45)
    air.mist(stage, layout.horizon, 30, 0.5)
    if not stage.close or stage.scene.shot is Shot.CLOSE:
        _lighthouse_rock(stage)
    y = ground_line(stage)
    rock = "#5f6470"
    side = -1 if layout.subject_x < w / 2 else 1
    edge = layout.subject_x - side * (0.26 * w if not stage.frame.tall else 0.42 * w)
    top: list[Point] = []
    for k in range(25):
        t = k / 24
        x = -60 + (w + 120) * t
        over = max(0.0, (x - edge) * -side)
        top.append((x, y + rng.uniform(-7, 7) + over * 1.15))
    body = gradient(
        "cliff", [(0, lighter(rock, 0.12)), (0.3, rock), (1, darker(rock, 0.62))], box=(y, h)
    )
    cracks = "".join(
        line(
            f"M{num(rng.uniform(0, w))} {num(y + rng.uniform(60, 260))}l{num(rng.uniform(-30, 30))} {num(rng.uniform(40, 110))}l{num(rng.uniform(-24, 24))} {num(rng.uniform(30, 70))}",
            darker(rock, 0.5),
            4,
            opacity=0.35,
        )
        for _ in range(14)
    )
    turf = path(
        polygon([*top, *[(px, py + 34 + 12 * math.sin(px / 31)) for px, py in reversed(top)]]),
        mix(ground_tone(stage), rock, 0.2),
    )
    stage.add(
        body + path(below(top, h + 20), "url(#cliff)") + cracks + turf, 0.96, texture=0.5, rim=0.4
    )
    stage.ground_y = y
    if not stage.close:
        body = plants.grass(
            -20 if side < 0 else edge,
            edge if side < 0 else w + 20,
            y + 6,
            26,
            darker(ground_tone(stage), 0.1),
            46,
            rng,
        )
        for k in range(5):
            at = rng.uniform(0.04, 0.5) if side < 0 else rng.uniform(0.5, 0.96)
            if abs(at * w - layout.subject_x) > 0.4 * layout.adult:
                body += plants.rock(
                    at * w,
                    y + 16 + 16 * k,
                    rng.uniform(50, 130),
                    rng.uniform(26, 64),
                    lighter(rock, 0.08),
                    rng,
                )
        stage.add(body, 0.98, rim=0.5)


def _lighthouse_rock(stage: Stage) -> None:
    from content_platform.imagery.illustrator.buildings import lighthouse

    layout, rng = stage.layout, stage.rng
    x, y = layout.landmark_x, layout.horizon
    wide = 330 if not stage.frame.tall else 300
    tall = 400 if not stage.frame.tall else 520
    left = [
        (x - wide * 0.95, y + 78),
        (x - wide * 0.7, y + 20),
        (x - wide * 0.42, y - 34),
        (x - wide * 0.2, y - 62),
    ]
    right = [
        (x + wide * 0.24, y - 64),
        (x + wide * 0.5, y - 40),
        (x + wide * 0.66, y + 10),
        (x + wide * 1.0, y + 78),
    ]
    rock = "#5a6274"
    body = gradient(
        "islet", [(0, lighter(rock, 0.1)), (1, darker(rock, 0.5))], box=(y - 70, y + 90)
    )
    outline = [(px + rng.uniform(-8, 8), py + rng.uniform(-6, 6)) for px, py in left + right]
    body += path(polygon(outline), "url(#islet)")
    for k in range(7):
        fx = x - wide * 0.6 + k * wide * 0.2
        body += path(
            polygon(
                [
                    (fx, y - 30 + abs(k - 3) * 14),
                    (fx + 34, y - 10 + abs(k - 3) * 14),
                    (fx + 8, y + 76),
                ]
            ),
            darker(rock, 0.35),
            opacity=0.5,
        )
    tower, glow, lantern = lighthouse(x, y - 56, tall, lit=_lamp_lit(stage))
    stage.add(body + tower, 0.7, glow=glow, rim=0.5, texture=0.25)
    foam = "".join(
        ellipse(x + wide * t, y + 78 + 4 * math.sin(t * 9), wide * 0.16, 5, "#e8f0f5", opacity=0.6)
        for t in (-0.9, -0.7, -0.5, -0.3, -0.1, 0.1, 0.3, 0.5, 0.7, 0.9)
    )
    stage.add(foam, 0.72, soft=2, texture=0)
    if _lamp_lit(stage):
        stage.lamp(*lantern, 210, colour="#ffdf9a", strength=0.9, halo=1.5)
        tilt = rng.uniform(-7, 7)
        air.beam(stage, *lantern, 180 + tilt, 5.5, 620, 1.0, "#ffe2a0")
        air.beam(stage, *lantern, tilt - 2, 7, 420, 0.8, "#ffe2a0")


def _lamp_lit(stage: Stage) -> bool:
    """Whether the great lamp burns: not by day, and not while the story says it is out."""
    words = stage.scene.text.lower()
    out = any(
        phrase in words
        for phrase in (
            "went out",
            "goes out",
            "gone out",
            "went dark",
            "stopped",
            "never failed",
            "no light",
            "blew out",
        )
    )
    return stage.light.dark and not out


def beach(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    water.water(stage, layout.horizon, calm=0.4)
    air.mist(stage, layout.horizon, 22, 0.35)
    head = ridge(w, layout.horizon - 6, 40, 1.6, rng, octaves=4)
    keep = [(px, min(layout.horizon + 3, py + max(0.0, (w * 0.62 - px)) * 0.5)) for px, py in head]
    stage.add(path(below(keep, layout.horizon + 4), "#7a8aa0"), 0.2)
    y = ground_line(stage)
    sand = "#dcc193"
    ground(stage, y, sand, rise=10, cover="sand")
    if not stage.close:
        foam = line(
            "M-40 "
            + num(y + 3)
            + "".join(f"q{num(w / 24)} {num(9 * (-1) ** k)} {num(w / 12)} 0" for k in range(14)),
            "#f4f8fa",
            9,
            opacity=0.7,
        )
        stage.add(foam, 0.97, soft=1.5, texture=0)
        shells = "".join(
            ellipse(
                rng.uniform(0, w),
                y + rng.uniform(40, 130),
                rng.uniform(4, 9),
                rng.uniform(3, 5),
                rng.choice(("#f0dcc4", "#c9a27a", "#e8c4b0")),
                turn=rng.uniform(0, 90),
            )
            for _ in range(16)
        )
        right = layout.subject_x < w / 2
        tall = person_at(stage, y + 30)
        x, edge = w * (0.78 if right else 0.22), w * (1.0 if right else 0.0)
        boat = group(THINGS["rowing boat"]("#3f7a86").svg, x=x, y=y + 44, scale=0.0075 * tall)
        dune = plants.grass(
            edge - 0.13 * w, edge + 0.13 * w, y + 40, 0.5 * tall, "#8f9a5a", 40, rng
        )
        stage.add(boat + shells + dune, 0.98, rim=0.35)


def open_sea(stage: Stage) -> None:
    """Nothing but water; figures here sit in a boat that the director adds."""
    layout = stage.layout
    sky.sky(stage)
    rough = stage.scene.weather in (Weather.STORM, Weather.RAIN)
    water.water(stage, layout.horizon, calm=0.1 if rough else 0.5)
    air.mist(stage, layout.horizon, 30, 0.45)
    stage.ground_y = layout.feet
