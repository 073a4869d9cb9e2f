"""What is seen through a window: the hour, the weather and the land outside."""

from __future__ import annotations

import itertools
import random
import re

from content_platform.imagery.illustrator import plants
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    gradient,
    lighter,
    line,
    mix,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.stories.models import Weather

_FROSTED = re.compile(
    r"\b(?:frost|ice)\b[^.]{0,40}\b(?:ferns?|flowers?|feathers?|glass|panes?|windows?)\b"
    r"|\b(?:frosted|frozen|icy) (?:glass|panes?|windows?)\b",
    re.IGNORECASE,
)
"""What a sentence says of a window with frost on it."""


def draw_outlook(
    stage: Stage,
    left: float,
    top: float,
    wide: float,
    tall: float,
    *,
    land: str = "",
    disc: bool = True,
) -> str:
    """The view from ``left``, ``top``; it may reach over the sides a little, under the frame.

    ``land`` is ``hills``, ``roofs``, ``trees``, ``sea`` or ``passing`` (from a train); else the
    story's seed has one. ``disc`` False leaves sun and moon to another window.
    """
    light = stage.light
    rng = generator("outlook", stage.seed, round(left), round(wide))
    land = land or ("hills", "roofs", "trees")[stage.seed % 3]
    body = gradient(
        "outside",
        [(0, light.sky[1]), (0.6, light.sky[2]), (1, light.sky[3])],
        box=(top, top + tall),
    ) + rect(left, top, wide, tall, "url(#outside)")
    clear = stage.scene.weather in (Weather.CLEAR, Weather.CLOUDS)
    if light.stars > 0.1 and clear:
        body += "".join(
            circle(left + wide * rng.random(), top + tall * 0.5 * rng.random(), 1.6, "#f2f4ff")
            for _ in range(int(14 * wide / tall))
        )
    if light.sun == "moon" and clear and disc:
        x, y, r = left + wide * 0.7, top + tall * 0.26, min(wide, tall) * 0.1
        body += circle(x, y, r * 1.9, "#dfe8ff", opacity=0.16) + circle(x, y, r, "#fff2d0")
    elif light.sun == "sun" and clear and disc:
        x, y = left + wide * 0.68, top + tall * 0.34
        body += circle(x, y, tall * 0.12, lighter(light.key, 0.5), opacity=0.9)
    if light.cloud_cover > 0.3:
        cloud = mix(light.cloud_light, light.sky[1], 0.5)
        for _ in range(3):
            x, y = left + wide * rng.uniform(0.2, 0.8), top + tall * rng.uniform(0.1, 0.44)
            reach = min(tall * 0.3, wide * 0.2)
            body += ellipse(x, y, reach, tall * 0.05, cloud, opacity=0.6) + ellipse(
                x + tall * 0.08, y - tall * 0.04, tall * 0.15, tall * 0.05, cloud, opacity=0.6
            )
    tone = "#dfe7f4" if stage.season == "winter" else "#33506a"
    body += _range(
        left, top + tall * 0.6, top + tall, wide, tall * 0.14, mix(tone, light.sky[2], 0.6), rng
    )
    body += _LANDS[land](stage, left, top, wide, tall, mix(tone, light.sky[1], 0.35), rng)
    if _FROSTED.search(stage.scene.text):
        body += _frost(stage, left, top, wide, tall)
    return body


def _frost(stage: Stage, left: float, top: float, wide: float, tall: float) -> str:
    """Ferns of frost that grow up over the lower panes, with a rime along the sill."""
    rng = generator("frost", stage.seed, round(left), round(wide))
    low = top + tall
    body = gradient(
        "rime", [(0, "#f4f9ff", 0.0), (1, "#f4f9ff", 0.75)], box=(low - 0.34 * tall, low)
    ) + rect(left, low - 0.34 * tall, wide, 0.34 * tall, "url(#rime)")
    count = max(4, round(wide / (0.16 * tall)))
    for k in range(count):
        root = left + wide * (k + 0.5) / count
        high = tall * rng.uniform(0.24, 0.44)
        lean = high * rng.uniform(-0.22, 0.22)
        stem = f"M{num(root)} {num(low)}Q{num(root)} {num(low - 0.6 * high)} {num(root + lean)} {num(low - high)}"
        leaves = ""
        for step in range(1, 9):
            t = step / 9.5
            x, y = root + lean * t * t, low - high * (1.2 * t * (1 - t) + t * t)
            reach = 0.3 * high * (1 - 0.82 * t)
            for side in (-1, 1):
                tip_x = min(max(x + side * reach, left), left + wide)
                leaves += f"M{num(x)} {num(y)}Q{num(x + side * 0.6 * reach)} {num(y - 0.14 * reach)} {num(tip_x)} {num(y - 0.62 * reach)}"
        body += line(stem, "#ffffff", 0.014 * tall, opacity=0.95)
        body += line(leaves, "#ffffff", 0.009 * tall, opacity=0.9)
    return body


def _range(
    left: float, y: float, low: float, wide: float, rise: float, tone: str, rng: random.Random
) -> str:
    count = max(3, int(wide / (rise * 3)))
    data = f"M{num(left)} {num(low)}L{num(left)} {num(y)}"
    for k in range(count):
        x0, x1 = left + wide * k / count, left + wide * (k + 1) / count
        peak = y - rise * rng.uniform(0.3, 1.4)
        data += f"Q{num((x0 + x1) / 2)} {num(peak)} {num(x1)} {num(y)}"
    return path(data + f"L{num(left + wide)} {num(low)}Z", tone)


def _hills(
    stage: Stage, left: float, top: float, wide: float, tall: float, tone: str, rng: random.Random
) -> str:
    body = _range(left, top + tall * 0.78, top + tall, wide, tall * 0.12, darker(tone, 0.2), rng)
    for _ in range(int(3 * wide / tall) + 1):
        x, high = left + wide * rng.uniform(0.1, 0.9), tall * rng.uniform(0.12, 0.26)
        y = top + tall * 0.8
        if stage.season == "winter":
            body += plants.pine(x, y, high * 1.4, darker(tone, 0.4), rng, snow=True)
            continue
        body += line(f"M{num(x)} {num(y)}l0 {num(-high * 0.6)}", darker(tone, 0.5), 3) + circle(
            x, y - high * 0.7, high * 0.34, darker(tone, 0.42)
        )
    return body


def _roofs(
    stage: Stage, left: float, top: float, wide: float, tall: float, tone: str, rng: random.Random
) -> str:
    body, x = "", left
    dusk = stage.light.dark
    while x < left + wide - tall * 0.12:
        house, high = tall * rng.uniform(0.2, 0.34), tall * rng.uniform(0.16, 0.34)
        house = min(house, left + wide - x)
        y, wall = top + tall - high, darker(tone, rng.uniform(0.2, 0.45))
        body += rect(x, y, house, high, wall) + path(
            polygon([(x - 4, y + 1), (x + house / 2, y - high * 0.5), (x + house + 4, y + 1)]),
            "#e3eaf4" if stage.season == "winter" else darker(wall, 0.3),
        )
        for k in range(2):
            if rng.random() < 0.7:
                pane = tall * 0.05
                body += rect(
                    x + house * (0.24 + 0.38 * k),
                    y + high * 0.24,
                    pane,
                    pane * 1.3,
                    "#ffcf80" if dusk else lighter(wall, 0.3),
                )
        x += house * rng.uniform(0.9, 1.3)
    return body


def _trees(
    stage: Stage, left: float, top: float, wide: float, tall: float, tone: str, rng: random.Random
) -> str:
    body = _range(left, top + tall * 0.84, top + tall, wide, tall * 0.06, darker(tone, 0.3), rng)
    for k in range(int(5 * wide / tall) + 2):
        x = left + wide * (0.08 + 0.84 * (k + rng.random()) / (int(5 * wide / tall) + 2))
        body += plants.pine(
            x,
            top + tall * 0.92,
            tall * rng.uniform(0.3, 0.6),
            darker(mix(plants.PINE[stage.season], tone, 0.5), rng.uniform(0.1, 0.4)),
            rng,
            snow=stage.season == "winter",
        )
    return body


def _sea(
    stage: Stage, left: float, top: float, wide: float, tall: float, tone: str, rng: random.Random
) -> str:
    level = top + tall * 0.6
    body = rect(
        left, level, wide, top + tall - level, darker(mix(tone, stage.light.sky[1], 0.5), 0.2)
    )
    for _ in range(int(16 * wide / tall)):
        x, y = left + wide * 0.92 * rng.random(), level + tall * 0.4 * rng.random() ** 1.4
        body += line(
            f"M{num(x)} {num(y)}q{num(tall * 0.03)} -3 {num(tall * 0.07)} 0",
            "#dfeaf4",
            2,
            opacity=0.5,
        )
    return body


def _passing(
    stage: Stage, left: float, top: float, wide: float, tall: float, tone: str, rng: random.Random
) -> str:
    """The land beside a line: far hamlet, hedges drawn out by speed, poles with their wires."""
    body = _range(left, top + tall * 0.72, top + tall, wide, tall * 0.1, darker(tone, 0.15), rng)
    at = left + wide * rng.uniform(0.15, 0.75)
    for _ in range(8):
        x = at + tall * rng.uniform(-0.2, 0.25)
        y = top + tall * rng.uniform(0.64, 0.7)
        if stage.light.dark:
            body += rect(x, y, tall * 0.018, tall * 0.02, "#ffd08a")
    body += _range(left, top + tall * 0.86, top + tall, wide, tall * 0.05, darker(tone, 0.38), rng)
    for k in range(int(9 * wide / tall)):
        x, y = left + (wide - tall * 0.4) * rng.random(), top + tall * rng.uniform(0.84, 0.98)
        body += rect(
            x,
            y,
            tall * rng.uniform(0.15, 0.4),
            tall * 0.012,
            darker(tone, 0.1 + 0.1 * (k % 5)),
            round_=3,
            opacity=0.7,
        )
    wires = ""
    poles = [left + wide * at for at in (0.0, 0.28, 0.72, 1.0)]
    for x, beyond in itertools.pairwise(poles):
        body += line(
            f"M{num(x)} {num(top + tall)}L{num(x)} {num(top + tall * 0.3)}", "#1c2434", tall * 0.016
        )
        for drop in (0.33, 0.38):
            y = top + tall * drop
            wires += f"M{num(x)} {num(y)}Q{num((x + beyond) / 2)} {num(y + tall * 0.1)} {num(beyond)} {num(y)}"
    return body + line(wires, "#1c2434", 1.6, opacity=0.7)


_LANDS = {"hills": _hills, "roofs": _roofs, "trees": _trees, "sea": _sea, "passing": _passing}
