"""What the words of a scene say lies on the ground: a puddle, the bricks of a fallen chimney.

Not props: nobody holds them. Anything with a drawing of its own belongs to ``things``.
"""

from __future__ import annotations

import math
import re

from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.places.ground import person_at
from content_platform.imagery.illustrator.shapes import (
    darker,
    ellipse,
    gradient,
    lighter,
    limb,
    mix,
    num,
    path,
    polygon,
    rect,
    spline,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.stories.models import Shot

_PUDDLE = re.compile(r"\bpuddles?\b", re.IGNORECASE)
_CHIMNEY_DOWN = re.compile(
    r"\bchimney (?:came down|comes down|fell|had fallen|lay|crash\w*|collaps\w*|broke)\b"
    r"|\b(?:fallen|broken|collapsed) chimney\b",
    re.IGNORECASE,
)


_TRUNKS = re.compile(
    r"\b(?:between|among|past|through)\b[^.,]{0,24}\b(?:trunks|trees)\b", re.IGNORECASE
)
_SPARKS = re.compile(r"\b(?:sparks?|embers?) (?:\w+ )?(?:lay|lie|glowed) in\b", re.IGNORECASE)


def lay_named(stage: Stage) -> None:
    """Put there what the scene's words name; call when the place is set, before the figures."""
    if stage.scene.shot is Shot.DETAIL:
        return
    words = f"{stage.scene.text} {' '.join(stage.scene.props)}"
    if _CHIMNEY_DOWN.search(words) and not stage.inside:
        _fallen_chimney(stage)
    if _TRUNKS.search(stage.scene.text) and not stage.inside and not stage.close:
        _dark_trunks(stage)
    if _PUDDLE.search(words) and not stage.close:
        _puddle(stage)
    if _SPARKS.search(words) and not stage.inside:
        track_of_sparks(stage)


def _dark_trunks(stage: Stage) -> None:
    """A few dark trunks without their crowns: the nearest at the edges, thin ones farther back."""
    layout, rng = stage.layout, generator("trunks", stage.seed)
    tone = mix(stage.light.sky[0], "#241c22", 0.75)
    far = near = ""
    places = (0.04, 0.2, 0.5, 0.64, 0.8, 0.97) if not stage.frame.tall else (0.05, 0.5, 0.7, 0.95)
    for k, share in enumerate(places):
        edge = k in (0, len(places) - 1)
        x = stage.w * share + rng.uniform(-0.012, 0.012) * stage.w
        foot = (
            layout.feet - 0.01 * stage.h
            if edge
            else (0.65 * layout.horizon + 0.35 * layout.feet) + rng.uniform(0.0, 0.02) * stage.h
        )
        girth = (0.038 if edge else 0.016) * min(stage.w, stage.h) * rng.uniform(0.9, 1.2)
        lean = rng.uniform(-0.4, 0.4) * girth
        trunk = [(x, foot - 1.1 * girth), (x + 0.3 * lean, 0.5 * foot), (x + lean, -30.0)]
        drawn = path(limb(trunk, [2.0 * girth, 1.4 * girth, 1.1 * girth]), tone)
        drawn += path(
            polygon(
                [(x - 1.9 * girth, foot + 4), (x, foot - 5.0 * girth), (x + 1.9 * girth, foot + 4)]
            ),
            tone,
        )
        for up, side in ((0.42, 1), (0.27, -1)):
            y = foot * up
            twig = [
                (x + lean * (1 - up), y),
                (x + side * 2.6 * girth, y - 2.0 * girth),
                (x + side * 4.0 * girth, y - 5.0 * girth),
            ]
            drawn += path(limb(twig, [0.7 * girth, 0.45 * girth, 0.15 * girth]), tone)
        if edge:
            near += drawn
        else:
            far += drawn
    stage.add(far, 0.72, rim=0.3, texture=0.3)
    stage.add(near, 0.965, rim=0.5, texture=0.3)


def track_of_sparks(stage: Stage) -> None:
    """Small lights on the ground, two by two, from the foot of the picture to whoever left them."""
    layout, rng = stage.layout, generator("sparks", stage.seed)
    low = layout.feet if not stage.close else 0.68 * stage.h
    end = layout.subject_x if stage.scene.cast else layout.landmark_x
    end = end if not stage.close else 0.5 * stage.w
    start = stage.w * (0.12 if end > stage.w / 2 else 0.88)
    deep = (0.26 if stage.frame.tall else 0.13) * stage.h
    body = glow = ""
    for k in range(14):
        t = k / 13
        y = low + (1 - t) * min(deep, 0.9 * (stage.h - low)) - 0.01 * stage.h * t
        x = start + (end - start) * t + (1 if k % 2 else -1) * 14
        r = (13.0 - 6.0 * t) * rng.uniform(0.8, 1.2) * (0.6 + 0.4 * t)
        body += ellipse(x, y + r, 2.6 * r, 0.9 * r, "#ffb04a", opacity=0.35)
        glow += ellipse(x, y, r, 0.9 * r, "#ffd27a")
        if k % 3 == 0:
            stage.lamp(x, y, 70.0, colour="#ffb860", strength=0.5, halo=0.5)
    stage.add(body + glow, 0.984, glow=glow, texture=0.0)


def _puddle(stage: Stage) -> None:
    """Still water beside the subject that shows the sky, or by lamplight the room."""
    layout, rng = stage.layout, generator("puddle", stage.seed)
    near = 1 if layout.subject_x < stage.w / 2 else -1
    away = 0.4 if stage.scene.cast else 0.0
    x = layout.subject_x + near * away * layout.adult
    y, half = layout.feet - 0.02 * layout.adult, 0.26 * layout.adult
    edge = []
    for k in range(12):
        angle, reach = 2 * math.pi * k / 12, half * rng.uniform(0.86, 1.12)
        edge.append((x + math.cos(angle) * reach, y + math.sin(angle) * reach * 0.2))
    deep, pale = mix(stage.light.sky[1], "#3a4048", 0.45), mix(stage.light.sky[3], "#8a9098", 0.35)
    stops = [(0.0, pale), (1.0, deep)]
    body = gradient("puddle", stops, box=(y - 0.2 * half, y + 0.2 * half))
    rim = [(px, py + 0.012 * half) for px, py in edge]
    body += path(spline(rim), "#10141f", opacity=0.4) + path(spline(edge), "url(#puddle)")
    if stage.light.sun == "moon" and not stage.inside:
        body += ellipse(x + 0.2 * half, y, 0.12 * half, 0.035 * half, "#fff4da")
    for dx, dy, wide in ((-0.3, -0.05, 0.3), (0.25, 0.07, 0.2)):
        body += ellipse(
            x + dx * half, y + dy * half, wide * half, 0.012 * half, "#ffffff", opacity=0.55
        )
    stage.add(body, 0.985, texture=0.05)


def _fallen_chimney(stage: Stage) -> None:
    """A heap of bricks with the chimney's pot on it, in a thin cloud of dust."""
    layout, rng = stage.layout, generator("chimney", stage.seed)
    near = 1 if layout.subject_x < stage.w / 2 else -1
    if stage.close:
        x, y, unit = stage.w * (0.5 + near * 0.33), 0.74 * stage.h, 0.36 * stage.h
    else:
        y = min(layout.feet - 0.02 * stage.h, stage.ground_y + 0.06 * stage.h)
        unit = 0.9 * person_at(stage, y)
        x = stage.w * (0.5 + near * (0.27 if not stage.frame.tall else 0.24))
    brick, body = "#9a5a48", ellipse(x, y, unit * 0.78, unit * 0.09, "#0a0a16", opacity=0.4)
    rows = 6
    for row in range(rows):
        count = 2 * (rows - row)
        for k in range(count):
            at = x + unit * (k - (count - 1) / 2) * 0.105 + unit * rng.uniform(-0.03, 0.03)
            up = y - unit * (0.055 + 0.07 * row) + unit * rng.uniform(-0.015, 0.015)
            tone = mix(
                brick, rng.choice((darker(brick, 0.35), lighter(brick, 0.2), "#8a8078")), 0.7
            )
            shape = rect(
                -unit * 0.065, -unit * 0.035, unit * 0.13, unit * 0.07, tone, round_=unit * 0.008
            )
            turn = rng.uniform(-28, 28)
            body += f'<g transform="translate({num(at)} {num(up)}) rotate({num(turn)})">{shape}</g>'
    # What still holds together of the stack, lying on its side, and the pot that rolled away.
    left, top = x - unit * 0.3, y - unit * 0.62
    stack = [
        (left, top),
        (left + unit * 0.5, top - unit * 0.16),
        (left + unit * 0.58, top + unit * 0.1),
        (left + unit * 0.07, top + unit * 0.27),
    ]
    body += path(polygon(stack), darker(brick, 0.12))
    for k in range(1, 5):
        t = k / 5
        ax, ay = left + unit * 0.5 * t, top - unit * 0.16 * t
        seam = [(ax, ay), (ax + 4, ay - 1), (ax + unit * 0.075, ay + unit * 0.26)]
        body += path(polygon(seam), darker(brick, 0.5), opacity=0.6)
    px, py = x + near * unit * 0.72, y - unit * 0.1
    body += path(
        polygon(
            [
                (px - unit * 0.16, py - unit * 0.07),
                (px + unit * 0.15, py - unit * 0.1),
                (px + unit * 0.15, py + unit * 0.11),
                (px - unit * 0.16, py + unit * 0.08),
            ]
        ),
        "#b8704e",
    ) + ellipse(px + unit * 0.15, py, unit * 0.04, unit * 0.105, "#3a241c")
    for k in range(5):
        body += ellipse(
            x + unit * rng.uniform(-0.5, 0.5),
            y - unit * (0.5 + 0.14 * k),
            unit * (0.3 + 0.05 * k),
            unit * 0.15,
            "#cfc6bc",
            opacity=0.12,
        )
    stage.add(body, 0.975, texture=0.3, rim=0.3)
