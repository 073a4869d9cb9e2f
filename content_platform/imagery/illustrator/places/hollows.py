"""Under the ground: a cave that looks out, a dry well that looks up."""

from __future__ import annotations

import math

from content_platform.imagery.illustrator import air, plants, sky
from content_platform.imagery.illustrator.light import indoors
from content_platform.imagery.illustrator.places.ground import (
    ground,
    ground_line,
    ground_tone,
    hills,
)
from content_platform.imagery.illustrator.shapes import (
    Point,
    circle,
    darker,
    ellipse,
    gradient,
    lighter,
    limb,
    line,
    mix,
    num,
    path,
    polygon,
    rect,
    spline,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.stories.models import Weather


def dry_well(stage: Stage) -> None:
    """At the bottom of a well: rings of stone narrowing to a disc of sky, a rope, a shaft of light."""
    layout, w, h, rng = stage.layout, stage.w, stage.h, stage.rng
    cx, cy = layout.landmark_x * 0.5 + w * 0.25, h * (0.17 if not stage.frame.tall else 0.16)
    hole = 0.135 * w if not stage.frame.tall else 0.2 * w
    light = stage.light
    stage.key_at = (cx, cy)
    stage.light = indoors(stage.light, walls="#5a6478", cosy=0.25)
    rings = 9
    body = ""
    for k in range(rings, 0, -1):
        outer, inner = hole * 1.42**k, hole * 1.42 ** (k - 1)
        flat = 0.52 + 0.05 * k
        tone = mix("#7a7d88", "#3c4252", min(1.0, 0.1 + k / 7.5))
        shift = cy + (k - 1) * h * 0.018
        below_ = cy + k * h * 0.018
        body += ellipse(cx, below_, outer, outer * flat, darker(tone, 0.5))
        count = 15 + 2 * (k % 2)
        for n in range(count):
            a0 = 2 * math.pi * (n + 0.5 * (k % 2) + 0.03) / count
            a1 = 2 * math.pi * (n + 0.5 * (k % 2) + 0.97) / count
            corners: list[Point] = []
            for angle, reach, y in (
                (a0, inner * 1.03, shift),
                (a1, inner * 1.03, shift),
                (a1, outer * 0.97, below_),
                ((a0 + a1) / 2, outer * 0.985, below_),
                (a0, outer * 0.97, below_),
            ):
                corners.append(
                    (cx + math.cos(angle) * reach, y + math.sin(angle) * reach * (flat - 0.02))
                )
            if all(x < -60 or x > w + 60 or y > h + 60 for x, y in corners):
                continue
            moss = rng.random() < 0.16
            shade = mix(tone, rng.choice((lighter(tone, 0.16), darker(tone, 0.24))), rng.random())
            body += path(polygon(corners), mix(shade, "#4f6a48", 0.5) if moss else shade)
    flat = hole * 0.55
    clear = stage.scene.weather in (Weather.CLEAR, Weather.CLOUDS)
    sky = [
        tone if clear else darker(mix(tone, light.cloud_shade, 0.7), 0.4) for tone in light.sky[:3]
    ]
    mouth = gradient("mouth", [(0, sky[0]), (0.5, sky[1]), (1, sky[2])]) + ellipse(
        cx, cy, hole, flat, "url(#mouth)"
    )
    shining = f'<g opacity="0.6">{mouth}</g>'
    if clear and light.stars > 0.1:
        shining += "".join(
            circle(
                cx + math.cos(angle) * reach * hole,
                cy + math.sin(angle) * reach * flat,
                rng.uniform(1.2, 2.6),
                "#eef2ff",
            )
            for angle, reach in (
                (rng.uniform(0, 6.28), 0.9 * rng.random() ** 0.5) for _ in range(22)
            )
        )
    if clear and light.sun == "moon":
        shining += circle(cx + hole * 0.35, cy - flat * 0.25, hole * 0.22, "#fff2d6")
    lip = f'<ellipse cx="{num(cx)}" cy="{num(cy)}" rx="{num(hole)}" ry="{num(flat)}" fill="none" stroke="#aeb4c2" stroke-width="7"/>'
    wall = rect(-60, -60, w + 120, h + 120, "#2c3140")
    stage.add(wall + body + mouth + lip, 0.7, glow=shining, texture=0.4)
    y = ground_line(stage)
    roots = "".join(
        path(
            limb(
                [
                    (x, -20),
                    (x + rng.uniform(-30, 30), h * 0.12),
                    (x + rng.uniform(-60, 60), h * long),
                ],
                [16, 9, 2],
            ),
            "#3a2f2c",
        )
        for x, long in ((w * 0.06, 0.34), (w * 0.13, 0.24), (w * 0.93, 0.3), (w * 0.85, 0.2))
    )
    stage.add(roots, 0.8, rim=0.4)
    tone = light.key if light.sun else light.sky[3]
    air.rays(stage, cx, cy, 90, 17, h * 0.7, 0.5, colour=mix(tone, light.sky[3], 0.3), count=4)
    stage.lamp(cx, y, w * 0.2, colour=mix(tone, light.sky[2], 0.3), strength=0.55, halo=0.0)
    ground(stage, y, "#565666", rise=12, cover="rock")
    if stage.close or stage.w <= stage.h:  # only a wide picture has room for it beside a figure
        return
    # Straight down from the mouth, as far from heads and hands as that is wide.
    reach = 0.34 * layout.adult * (1 if layout.subject_x < w / 2 else -1)
    people = [layout.subject_x, layout.subject_x + reach]
    if len(stage.scene.cast) > 1:
        people.append(layout.second_x)
    share = max(
        (-0.84, -0.6, 0.6, 0.84),
        key=lambda at: min(abs(cx + at * hole - one) for one in people),
    )
    rope, over = cx + share * hole, cy + flat * math.sqrt(1 - share**2)
    near = y + h * 0.02
    drawn = line(f"M{num(rope)} {num(over)}L{num(rope)} {num(near - 74)}", "#b59a6c", 6)
    drawn += path(
        polygon(
            [
                (rope - 38, near - 52),
                (rope + 38, near - 52),
                (rope + 29, near + 8),
                (rope - 29, near + 8),
            ]
        ),
        "#6f5036",
    )
    drawn += line(
        f"M{num(rope - 36)} {num(near - 36)}l72 0M{num(rope - 32)} {num(near - 6)}l64 0",
        "#34343c",
        6,
    ) + line(
        f"M{num(rope - 36)} {num(near - 52)}Q{num(rope)} {num(near - 100)} {num(rope + 36)} {num(near - 52)}",
        "#34343c",
        5,
    )
    glow = ""
    for _ in range(6):
        x = w * rng.choice((rng.uniform(0.02, 0.24), rng.uniform(0.72, 0.98)))
        at, tall = y + rng.uniform(4, 40), rng.uniform(26, 54)
        drawn += plants.mushroom(x, at, tall, "#6fb0b8")
        glow += ellipse(x, at - tall * 0.66, tall * 0.36, tall * 0.18, "#3f9fb0", opacity=0.35)
        drawn += plants.fern(x + 40, at + 6, rng.uniform(40, 80), "#4a6a4c", rng)
        stage.lamp(x, at - tall, 80, colour="#6fd0e0", strength=0.25, halo=0.25)
    stage.add(drawn, 0.97, glow=glow, rim=0.5)


def cave(stage: Stage) -> None:
    """Looking out of the dark: walls around, the open sky or a cold glow beyond."""
    layout, w, h, rng = stage.layout, stage.w, stage.h, stage.rng
    sky.sky(stage)
    hills(stage, layout.horizon, 40, 2, 0.3, mix(ground_tone(stage), "#5a7090", 0.4))
    air.mist(stage, layout.horizon, 60, 0.5)
    cx, cy = (layout.landmark_x * 0.6 + w * 0.2), layout.horizon * 0.78
    for k, (rx, ry, depth) in enumerate(((0.36, 0.46, 0.62), (0.46, 0.58, 0.9))):
        hole: list[Point] = []
        for n in range(22):
            angle = 2 * math.pi * n / 22
            r = 1 + rng.uniform(-0.1, 0.1)
            hole.append((cx + math.cos(angle) * w * rx * r, cy + math.sin(angle) * h * ry * r))
        rock = ("#4d5468", "#353a4c")[k]
        outer = polygon([(-60, -60), (w + 60, -60), (w + 60, h + 60), (-60, h + 60)])
        stage.add(
            path(outer + spline(list(reversed(hole))), rock, extra='fill-rule="evenodd"'),
            depth,
            texture=0.55,
            rim=0.9,
            lit=0.85,
        )
        if k == 0:
            air.rays(stage, cx, cy - h * 0.3, 90, 46, 460, 0.3)
    y = ground_line(stage)
    ground(stage, y, "#4a4f60", rise=18, cover="rock")
    crystals, glow = "", ""
    for k in range(6):
        x = w * (0.06 + 0.17 * k) + rng.uniform(-20, 20)
        if abs(x - layout.subject_x) < 150 or stage.close:
            continue
        for lean, tall, wide in (
            (-34, 46, 13),
            (-15, 78, 17),
            (4, 108, 19),
            (22, 66, 15),
            (40, 40, 12),
        ):
            turn = math.radians(lean)
            ux, uy = math.sin(turn), -math.cos(turn)
            foot = (x + lean * 0.7, y + 42)
            knee = (foot[0] + ux * tall * 0.78, foot[1] + uy * tall * 0.78)
            side = (-uy * wide * 0.5, ux * wide * 0.5)
            left = [(foot[0] - side[0], foot[1] - side[1]), (knee[0] - side[0], knee[1] - side[1])]
            right = [(knee[0] + side[0], knee[1] + side[1]), (foot[0] + side[0], foot[1] + side[1])]
            tip = (foot[0] + ux * tall, foot[1] + uy * tall)
            crystals += path(polygon([*left, tip, *right]), "#9ad4e2")
            crystals += path(polygon([foot, knee, tip, *right]), "#5fa4ba")
            glow += path(polygon([*left, tip, *right]), "#2a86a8", opacity=0.45)
        stage.lamp(x, y, 120, colour="#6fd0e8", strength=0.5, halo=0.4)
    stage.add(crystals, 0.97, glow=glow)
    if not stage.close:
        spikes = "".join(
            path(
                polygon(
                    [(x - 26, -10), (x + 26, -10), (x + rng.uniform(-6, 6), rng.uniform(60, 190))]
                ),
                "#1f2331",
            )
            for x in [w * (k + 0.5) / 9 + rng.uniform(-30, 30) for k in range(9)]
        )
        stage.add(spikes, 1.25, soft=4, lit=0.5)
