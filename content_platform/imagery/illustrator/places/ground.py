"""Ground, hills and foreground: what outdoor places share."""

from __future__ import annotations

import itertools
import math
import re

from content_platform.imagery.illustrator import buildings, plants
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.places.turf import draw_cover
from content_platform.imagery.illustrator.shapes import (
    Point,
    below,
    darker,
    ellipse,
    gradient,
    group,
    lighter,
    line,
    mix,
    num,
    path,
    polygon,
    rect,
    ridge,
    spline,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import THINGS
from content_platform.stories.models import Shot, Weather


def ground_tone(stage: Stage, colour: str = "") -> str:
    tone = colour or plants.GROUND[stage.season]
    return mix(tone, "#e8eef8", 0.75) if stage.season == "winter" else tone


def hills(
    stage: Stage,
    y: float,
    rise: float,
    waves: float,
    depth: float,
    colour: str,
    *,
    rough: float = 0.42,
) -> list[Point]:
    """One range of hills as a layer; returns its line."""
    line_ = ridge(stage.w, y, rise, waves, stage.rng, rough=rough, octaves=5)
    name = f"hill{int(depth * 100)}"
    body = gradient(
        name, [(0, lighter(colour, 0.1)), (1, darker(colour, 0.25))], box=(y - rise, y + 260)
    )
    stage.add(
        body + path(below(line_, stage.h + 20), f"url(#{name})"),
        depth,
        texture=0.3,
        rim=0.25 if depth > 0.3 else 0,
    )
    return line_


_NO_PATH = re.compile(
    r"\b(?:no (?:path|trail|track)s?\b(?: left| any ?more| at all)?"
    r"|(?:path|road|trail) (?:itself )?(?:disappeared|vanished|was gone)"
    r"|off every map|past every path|on nobody.s map)",
    re.IGNORECASE,
)
"""What is said where no path leads any farther."""


def ground(
    stage: Stage,
    y: float,
    colour: str,
    *,
    rise: float = 14,
    depth: float = 0.96,
    detail: str = "",
    trail: str = "",
    cover: str = "",
) -> list[Point]:
    """The floor of the scene from ``y`` down, darkening toward the camera where captions go.

    ``detail`` lies on it; ``trail`` is the colour of a path that leads through the scene;
    ``cover`` is what grows or lies there, as in ``draw_cover``.
    """
    line_ = ridge(stage.w, y, rise, 3, stage.rng, rough=0.4, octaves=4)
    body = gradient(
        "ground",
        [(0, colour), (0.45, darker(colour, 0.22)), (1, darker(colour, 0.62))],
        box=(y - rise, stage.h),
    )
    if cover == "grass" and stage.season == "winter":
        cover = "snow"
    grown = draw_cover(stage, y + rise * 0.4, colour, cover) if cover and not stage.close else ""
    stage.add(
        body + path(below(line_, stage.h + 20), "url(#ground)") + grown + detail,
        depth,
        texture=0.42,
    )
    if trail and not stage.close and not _NO_PATH.search(stage.scene.text):
        stage.add(_trail(stage, y, trail), depth + 0.002, soft=1.4, texture=0.2)
    stage.ground_y = y
    return line_


def ground_line(stage: Stage) -> float:
    """Where the near ground begins, a little above the subject's feet and never far below the
    horizon: what lies between is nobody's."""
    layout = stage.layout
    if stage.close:
        return layout.horizon + min((stage.h - layout.horizon) * 0.42, 0.11 * stage.h)
    return layout.horizon + min((layout.feet - layout.horizon) * 0.62, 0.135 * stage.h)


def person_at(stage: Stage, y: float) -> float:
    """How tall an adult is who stands where the ground is at ``y``."""
    layout = stage.layout
    return layout.adult * (y - layout.horizon) / (layout.feet - layout.horizon)


def tufts(stage: Stage, colour: str, y: float, *, count: int = 70, h: float = 26) -> None:
    """Grass at the subject's feet, out of the way of captions."""
    stage.ground_grows = True
    if stage.close:
        return
    w, rng = stage.w, stage.rng
    body = plants.grass(-20, w + 20, y, h, colour, int(count * w / 1000), rng)
    low = stage.layout.feet
    for k in range(int(9 * w / 1000)):
        x = rng.uniform(0, w)
        if abs(x - stage.layout.subject_x) > 0.5 * stage.layout.adult:
            foot = y + (low - y) * rng.random() * 1.25
            body += plants.grass(
                x - 34, x + 34, foot, h * 1.25, darker(colour, 0.1 * (k % 3)), 9, rng
            )
    stage.add(body, 0.98, texture=0.2, rim=0.3)


def frame_leaves(stage: Stage, colour: str, *, kind: str = "branch") -> None:
    """Dark, blurred shapes at the frame's edges, for depth."""
    if stage.scene.shot is Shot.DETAIL:
        return
    w, h, rng = stage.w, stage.h, stage.rng
    dark = darker(colour, 0.62)
    body = ""
    if kind == "pines":
        for x, tall in ((-0.015, 1.08), (0.07, 0.62), (1.01, 1.16), (0.945, 0.58)):
            if stage.frame.tall and 0 < x < 1:
                continue
            body += plants.pine(
                x * w, h * 1.04, h * tall * (1 if not stage.frame.tall else 0.8), dark, rng
            )
    elif kind == "branch":
        side = 1 if stage.layout.subject_x < w / 2 else -1
        x0 = w if side > 0 else 0
        for k in range(15):
            t = k / 14
            cx = x0 - side * (t * 300 + rng.uniform(-20, 20))
            cy = h * 0.015 + 60 * math.sin(t * 2.6) + rng.uniform(-14, 26)
            body += ellipse(
                cx,
                cy,
                rng.uniform(22, 42),
                rng.uniform(11, 18),
                mix(dark, colour, rng.random() * 0.25),
                turn=rng.uniform(-50, 50),
            )
        body += line(
            f"M{num(x0)} {num(20)}Q{num(x0 - side * 160)} {num(70)} {num(x0 - side * 310)} {num(40)}",
            dark,
            9,
        )
    else:
        body += plants.grass(-30, w * 0.3, h + 30, 190, dark, 22, rng) + plants.grass(
            w * 0.72, w + 30, h + 30, 210, dark, 24, rng
        )
    stage.add(body, 1.3, soft=6, texture=0.1, lit=0.5)


def _trail(stage: Stage, y: float, colour: str) -> str:
    """A path that begins where the near ground begins and widens past the subject."""
    x = (stage.layout.subject_x + stage.layout.second_x) / 2
    deep = stage.h - y
    drift = 80 if stage.layout.landmark_x > x else -80
    middle = [(x + drift, 0.02, 26), (x + drift * 0.35, 0.2, 62), (x - drift * 0.5, 0.5, 120)]
    middle.append((x - drift * 0.2, 1.05, 250))
    left = [(at - half, y + 6 + deep * t) for at, t, half in middle]
    right = [(at + half, y + 6 + deep * t) for at, t, half in reversed(middle)]
    body = path(spline([*left, *right], tension=0.9), colour, opacity=0.46)
    rng = generator("trail", stage.seed)
    for side, edge in ((-1, left), (1, list(reversed(right)))):
        for (x0, y0), (x1, y1) in itertools.pairwise(edge):
            for k in range(9):
                t = (k + rng.random()) / 9
                at = y0 + (y1 - y0) * t
                size = 3 + 15 * (at - y) / deep
                ex = x0 + (x1 - x0) * t + side * rng.uniform(-0.9, 0.9) * size
                tone = mix(colour, rng.choice(("#8d8f98", "#6f6a66")), 0.5)
                body += ellipse(ex, at, size, size * 0.5, darker(tone, 0.3), opacity=0.7)
                body += ellipse(
                    ex - 1, at - size * 0.14, size * 0.8, size * 0.34, tone, opacity=0.8
                )
    for wheel in (-0.42, 0.42):
        ruts = spline(
            [(at + half * wheel, y + 6 + deep * t) for at, t, half in middle], closed=False
        )
        body += line(ruts, darker(colour, 0.4), 7, opacity=0.22)
    return body


def peaks(stage: Stage, y: float, rise: float, depth: float, colour: str) -> None:
    """A range with lit and shaded faces and snow caps."""
    rng, w = stage.rng, stage.w
    x = -120.0
    body, shade, snow = "", "", ""
    from_right = stage.key_at[0] > w / 2
    while x < w + 120:
        wide = rise * rng.uniform(0.9, 1.7)
        top: Point = (x + wide * rng.uniform(0.4, 0.6), y - rise * rng.uniform(0.55, 1.0))
        left, right = (x - wide * 0.15, y + 40), (x + wide * 1.15, y + 40)
        body += path(
            polygon(
                [
                    left,
                    (x + wide * 0.2, y - (y - top[1]) * 0.42),
                    top,
                    (x + wide * 0.8, y - (y - top[1]) * 0.5),
                    right,
                ]
            ),
            colour,
        )
        dark = right if not from_right else left
        knee = (
            x + wide * (0.8 if not from_right else 0.2),
            y - (y - top[1]) * (0.5 if not from_right else 0.42),
        )
        shade += path(
            polygon(
                [
                    top,
                    knee,
                    dark,
                    (top[0] + (dark[0] - top[0]) * 0.2, y + 40),
                    (top[0] + (dark[0] - top[0]) * 0.12, top[1] + (y - top[1]) * 0.45),
                ]
            ),
            darker(colour, 0.3),
            opacity=0.75,
        )
        drop = (y - top[1]) * 0.3
        half = wide * 0.16
        snow += path(
            polygon(
                [
                    top,
                    (top[0] + half, top[1] + drop * 0.95),
                    (top[0] + half * 0.4, top[1] + drop * 0.7),
                    (top[0] + half * 0.05, top[1] + drop * 1.1),
                    (top[0] - half * 0.4, top[1] + drop * 0.72),
                    (top[0] - half, top[1] + drop),
                ]
            ),
            "#f1f4fa",
            opacity=0.9,
        )
        x += wide * rng.uniform(0.55, 0.85)
    foot = path(
        polygon([(-60, y + 30), (w + 60, y + 30), (w + 60, stage.h), (-60, stage.h)]), colour
    )
    stage.add(body + shade + snow + foot, depth, texture=0.35)


def shore(stage: Stage, y: float, colour: str = "") -> None:
    """A grassy bank for the subject, with reeds to one side."""
    tone = ground_tone(stage, colour)
    ground(stage, y, tone, rise=22, cover="grass")
    if not stage.close:
        reeds = plants.grass(
            stage.w * 0.72,
            stage.w,
            y + 20,
            120,
            darker(tone, 0.15),
            int(40 * stage.w / 1000),
            stage.rng,
        )
        stage.add(reeds, 0.98, rim=0.4)
        # A tree on the bank and a boat drawn up: somebody comes here.
        right = stage.layout.subject_x < stage.w / 2
        tall = person_at(stage, y + 40)
        x = stage.w * (0.97 if right else 0.03)
        body = plants.broadleaf(
            x,
            y + 44,
            2.6 * tall,
            plants.LEAVES[stage.season],
            stage.rng,
            bare=stage.season == "winter",
        )
        boat_x = stage.w * (0.8 if right else 0.2)
        body += group(THINGS["rowing boat"]("").svg, x=boat_x, y=y + 40, scale=0.0062 * tall)
        stage.add(body, 0.972, rim=0.35)
    tufts(stage, darker(tone, 0.1), y + 16, count=60)


def homestead(stage: Stage, y: float) -> None:
    """Signs that somebody lives out here: a cottage with a lit window, a fence, what the seed adds."""
    w, rng = stage.w, generator("homestead", stage.seed, stage.scene.place)
    side = -1 if stage.layout.landmark_x > w / 2 else 1
    x = w / 2 + side * w * 0.38
    snowy = stage.season == "winter" or stage.scene.weather is Weather.SNOW
    size = 1.0 if not stage.frame.tall else 0.85
    wood = "#6a5444"
    body, glow = "", ""
    shape, shine = buildings.house(
        x, y, 150 * size, 190 * size, "#a98f72", "#dfe6f0" if snowy else "#7a4a3c", rng, lit=0.9
    )
    smoke = "".join(
        ellipse(
            x + 30 + k * 15 + rng.uniform(-6, 6),
            y - 205 * size - k * 24,
            11 + 5 * k,
            9 + 4 * k,
            "#d8dee6",
            opacity=0.2,
        )
        for k in range(5)
    )
    body += smoke + shape
    glow += shine
    if stage.light.dark:
        stage.lamp(x, y - 60, 190, strength=0.6, halo=0.4)
    lean = [k * 44 * size for k in range(9)]
    start = x - side * 110 * size
    posts = "".join(
        rect(start - side * dx - 4, y - 40 * size + dx * 0.05, 8, 48 * size, wood, round_=2)
        + (ellipse(start - side * dx, y - 40 * size + dx * 0.05, 7, 4, "#eef3fa") if snowy else "")
        for dx in lean
    )
    rails = "".join(
        line(
            f"M{num(start)} {num(y - up * size)}L{num(start - side * lean[-1])} {num(y - up * size + lean[-1] * 0.05)}",
            lighter(wood, 0.1),
            5,
        )
        for up in (30, 16)
    )
    body += posts + rails
    if stage.seed % 3 == 0 and not snowy:
        for dx, wide in ((-1.5, 84), (-1.1, 64)):
            hx = x + side * dx * 120 * size
            body += path(
                f"M{num(hx - wide / 2)} {num(y + 10)}Q{num(hx - wide * 0.5)} {num(y - wide * 0.8)} {num(hx)} {num(y - wide * 0.85)}Q{num(hx + wide * 0.5)} {num(y - wide * 0.8)} {num(hx + wide / 2)} {num(y + 10)}Z",
                "#c9a45a",
            )
    elif stage.seed % 3 == 1:
        for k in range(5):
            gx = start - side * (40 + 60 * k)
            body += plants.bush(gx, y + 14, 60, "#d5dfeb" if snowy else "#4f7a4a", rng)
    stage.add(body, 0.66, glow=glow if stage.light.dark else "", rim=0.35)
