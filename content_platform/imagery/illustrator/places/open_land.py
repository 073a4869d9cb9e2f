"""Open land and open sky: meadow, mountains, desert, snow, cave, clouds, space."""

from __future__ import annotations

import math

from content_platform.imagery.illustrator import air, plants, sky
from content_platform.imagery.illustrator.places.ground import (
    frame_leaves,
    ground,
    ground_line,
    ground_tone,
    hills,
    homestead,
    peaks,
    tufts,
)
from content_platform.imagery.illustrator.shapes import (
    below,
    circle,
    darker,
    ellipse,
    gradient,
    height_at,
    lighter,
    line,
    mix,
    num,
    path,
    polygon,
    ridge,
    spline,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.stories.models import TimeOfDay, Weather

# --- open land ---------------------------------------------------------------------------------


def meadow(stage: Stage) -> None:
    layout, rng, w = stage.layout, stage.rng, stage.w
    sky.sky(stage)
    tone = ground_tone(stage)
    hills(stage, layout.horizon - 30, 70, 2.2, 0.12, mix(tone, "#6a86a8", 0.45))
    air.mist(stage, layout.horizon + 6, 46, 0.35)
    line_ = hills(stage, layout.horizon + 12, 46, 1.6, 0.36, mix(tone, "#5f8f5a", 0.2))
    leaves = plants.LEAVES[stage.season]
    body = ""
    for _ in range(int(7 * w / 1000) + 2):
        x = rng.uniform(0, w)
        body += plants.broadleaf(
            x,
            height_at(line_, x) + 4,
            rng.uniform(50, 100),
            leaves,
            rng,
            bare=stage.season == "winter",
        )
    stage.add(body, 0.42, rim=0.2)
    hills(stage, layout.horizon + 66, 34, 1.3, 0.6, tone)
    air.mist(stage, layout.horizon + 70, 40, 0.18, seed=3)
    if not stage.close:
        stage.add(
            plants.broadleaf(
                layout.landmark_x,
                layout.horizon + 92,
                330 if not stage.frame.tall else 430,
                leaves,
                rng,
                bare=stage.season == "winter",
            ),
            0.72,
            rim=0.5,
            volume=0.4,
        )
        homestead(stage, layout.horizon + 80)
    y = ground_line(stage)
    ground(stage, y, tone, trail=mix(tone, "#e0c795", 0.4), cover="grass")
    if (
        stage.season in ("spring", "summer")
        and stage.scene.weather is not Weather.SNOW
        and not stage.close
    ):
        stage.add(
            plants.flowers(
                0,
                w,
                y + 14,
                y + 90,
                int(44 * w / 1000),
                ("#e9e2f0", "#d9606a", "#f0c24a", "#8a7fd0"),
                rng,
                size=6,
            ),
            0.97,
        )
    tufts(stage, darker(tone, 0.12), y + 20, count=120)
    frame_leaves(stage, tone, kind="grass")


def mountains(stage: Stage) -> None:
    layout, w = stage.layout, stage.w
    sky.sky(stage)
    rock = "#71809c"
    peaks(stage, layout.horizon - 6, 330 if stage.frame.tall else 250, 0.14, rock)
    air.mist(stage, layout.horizon - 10, 60, 0.5)
    peaks(stage, layout.horizon + 30, 190, 0.36, darker(rock, 0.12))
    air.mist(stage, layout.horizon + 24, 50, 0.45, seed=2)
    line_ = hills(
        stage, layout.horizon + 50, 40, 2.2, 0.56, mix(ground_tone(stage), "#4a6a60", 0.4)
    )
    body = ""
    for _ in range(int(26 * w / 1778) + 6):
        x = stage.rng.uniform(0, w)
        body += plants.pine(
            x,
            height_at(line_, x) + 5,
            stage.rng.uniform(50, 110),
            plants.PINE[stage.season],
            stage.rng,
            snow=stage.season == "winter",
        )
    stage.add(body, 0.6, rim=0.2)
    y = ground_line(stage)
    tone = ground_tone(stage, "#7d8270" if stage.season != "winter" else "#dfe7f2")
    ground(stage, y, tone, rise=26, trail=lighter(tone, 0.25), cover="rock")
    if not stage.close:
        stage.add(
            "".join(
                plants.rock(
                    stage.rng.uniform(0, w),
                    y + stage.rng.uniform(20, 70),
                    stage.rng.uniform(60, 150),
                    stage.rng.uniform(36, 80),
                    "#6f7484",
                    stage.rng,
                )
                for _ in range(5)
            ),
            0.97,
            rim=0.4,
        )
    tufts(stage, darker(tone, 0.2), y + 16, count=40)


def desert(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    sand = "#d9a868"
    hills(stage, layout.horizon - 8, 60, 1.4, 0.14, mix(sand, "#b0708a", 0.3))
    for k, depth in enumerate((0.36, 0.6)):
        y = layout.horizon + 22 + 44 * k
        top = ridge(w, y, 46, 1.2 + 0.4 * k, rng, rough=0.28, octaves=3)
        crest = [(px + 60, py + 60 + 26 * math.sin(px / 140)) for px, py in top]
        body = path(below(top, stage.h + 20), mix(sand, "#c98a4a", 0.2 * k)) + path(
            polygon([*top, *reversed(crest)]), darker(sand, 0.3), opacity=0.4
        )
        stage.add(body, depth, texture=0.16, rim=0.5)
    if not stage.close:
        x = layout.landmark_x
        stage.add(
            plants.cactus(x, layout.horizon + 100, 190, "#5f7d52")
            + plants.rock(x + 90, layout.horizon + 108, 110, 50, "#b07850", rng),
            0.72,
            rim=0.6,
            volume=0.5,
        )
    y = ground_line(stage)
    ground(stage, y, sand, rise=20, cover="sand")
    if not stage.close:
        ripples = "".join(
            line(
                f"M{num(rng.uniform(-100, w))} {num(yy)}q90 -10 190 2",
                darker(sand, 0.35),
                2.4,
                opacity=0.3,
            )
            for yy in [y + 20 + 12 * k for k in range(14)]
            for _ in range(2)
        )
        stage.add(ripples, 0.97)


def snowfield(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    snow = "#e6edf8"
    peaks(stage, layout.horizon - 4, 170, 0.12, "#8fa0c0")
    hills(stage, layout.horizon + 10, 40, 2, 0.34, mix(snow, "#9fb4d6", 0.4))
    line_ = hills(stage, layout.horizon + 46, 34, 1.6, 0.56, mix(snow, "#b5c6e2", 0.3))
    body = ""
    for _ in range(int(16 * w / 1778) + 4):
        x = rng.uniform(0, w)
        if abs(x - layout.subject_x) > 120:
            body += plants.pine(
                x, height_at(line_, x) + 6, rng.uniform(90, 220), "#3f6670", rng, snow=True
            )
    stage.add(body, 0.64, rim=0.3)
    air.mist(stage, layout.horizon + 60, 50, 0.3)
    y = ground_line(stage)
    ground(stage, y, snow, rise=22, cover="snow")
    if not stage.close:
        homestead(stage, layout.horizon + 62)
        step = 1 if layout.subject_x < w / 2 else -1
        prints = "".join(
            ellipse(
                layout.subject_x - step * (k * 34 - (k % 2) * 14),
                layout.feet + 12 + k * 9,
                9 + k,
                4 + k * 0.4,
                "#8fa5cc",
                opacity=0.75,
            )
            for k in range(1, 11)
        )
        near = "".join(
            plants.pine(w * at, layout.feet + 10, stage.h * tall, "#35565f", rng, snow=True)
            for at, tall in ((0.02, 0.62), (0.1, 0.4), (0.97, 0.7), (0.9, 0.36))
        )
        stage.add(near, 0.975, rim=0.4)
        stage.add(prints, 0.98, texture=0)


def open_sky(stage: Stage) -> None:
    """Among the clouds or the stars; the subject stands on a small floating island."""
    layout, w, h, rng = stage.layout, stage.w, stage.h, stage.rng
    sky.sky(stage, horizon=h * 0.95)
    tones = (mix(stage.light.cloud_light, stage.light.haze, 0.4), stage.light.cloud_light)
    for k, (y, depth) in enumerate(((h * 0.66, 0.3), (h * 0.78, 0.6), (h * 0.92, 0.86))):
        body = "".join(
            circle(
                rng.uniform(-60, w + 60),
                y + rng.uniform(-20, 60),
                rng.uniform(60, 130),
                mix(tones[0], tones[1], rng.random()),
            )
            for _ in range(int(16 * w / 1000))
        )
        body += path(
            polygon([(-60, y + 50), (w + 60, y + 50), (w + 60, h + 60), (-60, h + 60)]), tones[0]
        )
        stage.add(body, depth, soft=9 - 2 * k, texture=0.1)
    if not stage.close:
        x, y = (layout.subject_x + layout.second_x) / 2, layout.feet
        rx = 250
        island = path(
            spline(
                [
                    (x - rx, y - 6),
                    (x - rx * 0.6, y + 40),
                    (x - rx * 0.2, y + 150),
                    (x + 10, y + 210),
                    (x + rx * 0.24, y + 130),
                    (x + rx * 0.7, y + 44),
                    (x + rx, y - 4),
                ],
                tension=0.7,
            ),
            "#6f6472",
        )
        island += ellipse(x, y - 2, rx * 1.02, 30, ground_tone(stage, "#6f9a5a"))
        stage.add(island, 0.96, rim=0.5, texture=0.35)
    stage.ground_y = layout.feet


def night_space(stage: Stage) -> None:
    """Among planets: a small world's curved ground under a crowded sky."""
    layout, w, h, rng = stage.layout, stage.w, stage.h, stage.rng
    sky.sky(stage, horizon=h)
    dots = "".join(
        circle(
            rng.random() * w,
            rng.random() * h * 0.75,
            rng.uniform(0.6, 2.2),
            "#eaf0ff",
            opacity=rng.uniform(0.3, 1),
        )
        for _ in range(160)
    )
    x, y, r = layout.landmark_x, layout.horizon * 0.42, 130
    planet = gradient(
        "planet", [(0, "#e8b878"), (0.4, "#c9805a"), (0.7, "#d9a070"), (1, "#8a5060")]
    ) + circle(x, y, r, "url(#planet)")
    ring = f'<g transform="rotate(-18 {num(x)} {num(y)})"><ellipse cx="{num(x)}" cy="{num(y)}" rx="{num(r * 1.75)}" ry="{num(r * 0.34)}" fill="none" stroke="#e8d0a8" stroke-width="13" stroke-opacity=".75"/></g>'
    front = f'<g transform="rotate(-18 {num(x)} {num(y)})"><path d="M{num(x - r)} {num(y)}A{num(r)} {num(r)} 0 0 1 {num(x + r)} {num(y)}L{num(x + r)} {num(y - 8)}A{num(r)} {num(r * 0.2)} 0 0 1 {num(x - r)} {num(y - 8)}Z" fill="#d89868"/></g>'
    stage.add(planet + ring + front, 0.8, glow=dots, texture=0.3, volume=0.6)
    y = ground_line(stage)
    ground(stage, y, "#8a86a8", rise=18, cover="rock")
    if not stage.close:
        stage.add(
            "".join(
                ellipse(
                    rng.uniform(0, w),
                    y + rng.uniform(30, 120),
                    rng.uniform(24, 60),
                    rng.uniform(6, 12),
                    darker("#8a86a8", 0.35),
                    opacity=0.7,
                )
                for _ in range(9)
            ),
            0.97,
        )


def generic(stage: Stage) -> None:
    """For a place nobody described to us: a path over quiet hills toward the light."""
    layout = stage.layout
    sky.sky(stage)
    tone = ground_tone(stage)
    for k, depth in enumerate((0.1, 0.26, 0.46, 0.68)):
        hills(
            stage,
            layout.horizon - 26 + 34 * k,
            60 - 8 * k,
            1.6 + 0.3 * k,
            depth,
            mix("#6f82b0", tone, depth + 0.15),
        )
        air.mist(stage, layout.horizon + 8 + 34 * k, 36, 0.36, seed=k)
    if stage.light.sun and not stage.close:
        air.rays(stage, *stage.key_at, 90, 60, 520, 0.2)
    y = ground_line(stage)
    ground(stage, y, tone, trail=mix(tone, "#e0c795", 0.4), cover="grass")
    if stage.scene.time_of_day is not TimeOfDay.DAY and not stage.close:
        x = layout.landmark_x
        stage.lamp(x, layout.horizon + 20, 120, strength=0.4, halo=0.7)
    tufts(stage, darker(tone, 0.12), y + 16, count=110)
    frame_leaves(stage, tone, kind="grass")
