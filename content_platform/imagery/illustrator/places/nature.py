"""Places outdoors: woods, hills, water, stone, sky."""

from __future__ import annotations

import math

from content_platform.imagery.illustrator import plants, sky
from content_platform.imagery.illustrator.shapes import (
    Point,
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
from content_platform.stories.models import Shot, TimeOfDay, Weather


def ground_tone(stage: Stage, colour: str = "") -> str:
    tone = colour or plants.GROUND[stage.season]
    return mix(tone, "#e8eef8", 0.75) if stage.scene.weather is Weather.SNOW else tone


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


def ground(
    stage: Stage, y: float, colour: str, *, rise: float = 14, depth: float = 0.96, detail: str = ""
) -> list[Point]:
    """The floor of the scene from ``y`` down, darkening toward the camera where captions go."""
    line_ = ridge(stage.w, y, rise, 3, stage.rng, rough=0.4, octaves=4)
    body = gradient(
        "ground",
        [(0, colour), (0.45, darker(colour, 0.22)), (1, darker(colour, 0.62))],
        box=(y - rise, stage.h),
    )
    stage.add(body + path(below(line_, stage.h + 20), "url(#ground)") + detail, depth, texture=0.42)
    stage.ground_y = y
    return line_


def ground_line(stage: Stage) -> float:
    """Where the near ground begins, a little above the subject's feet."""
    if stage.close:
        return stage.layout.horizon + (stage.h - stage.layout.horizon) * 0.42
    return stage.layout.horizon + (stage.layout.feet - stage.layout.horizon) * 0.62


def tufts(stage: Stage, colour: str, y: float, *, count: int = 70, h: float = 26) -> None:
    """Grass at the subject's feet, out of the way of captions."""
    if stage.close:
        return
    body = plants.grass(-20, stage.w + 20, y, h, colour, int(count * stage.w / 1000), stage.rng)
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


# --- forests ---------------------------------------------------------------------------------


def pine_forest(stage: Stage) -> None:
    _forest(stage, conifer=True)


def broadleaf_forest(stage: Stage) -> None:
    _forest(stage, conifer=False)


def _forest(stage: Stage, *, conifer: bool) -> None:
    w, layout, rng = stage.w, stage.layout, stage.rng
    sky.sky(stage)
    if stage.light.sun and not stage.close:
        toward = 90 + 24 * (0.5 - stage.key_at[0] / w)
    snow = stage.season == "winter" or stage.scene.weather is Weather.SNOW
    leaves = plants.LEAVES[stage.season]
    base = plants.PINE[stage.season] if conifer else leaves[0]
    clearing = (layout.subject_x + layout.second_x) / 2
    far = layout.horizon
    rows = [
        (0.1, far - 14, 190, 290, 44),
        (0.24, far + 8, 260, 400, 32),
        (0.42, far + 32, 360, 540, 22),
        (0.64, far + 64, 520, 800, 13),
    ]
    for k, (depth, y, low, high, count) in enumerate(rows):
        line_ = ridge(w, y, 12, 3, rng, octaves=3)
        body = path(below(line_, stage.h), darker(base, 0.12))
        for n in range(int(count * max(0.62, w / 1778))):
            x = (n + rng.uniform(-0.35, 1.35)) * w / (count * max(0.62, w / 1778))
            gap = (70 + k * 78) * (1 if not stage.frame.tall else 0.72)
            if k >= 2 and abs(x - clearing) < gap:
                continue
            tall = rng.uniform(low, high)
            tone = mix(base, darker(base, 0.25), rng.random())
            foot = height_at(line_, x) + 6
            if conifer:
                body += plants.pine(x, foot, tall, tone, rng, snow=snow and k >= 1)
            elif stage.season == "winter":
                body += plants.bare_tree(
                    x, foot, tall * 0.95, mix("#5a4a48", base, 0.3), rng, depth=4 if k > 1 else 3
                )
            else:
                body += plants.broadleaf(x, foot, tall, (tone, leaves[1], leaves[2]), rng)
        stage.add(body, depth, texture=0.3, rim=0.3 if k > 1 else 0)
        sky.mist(stage, y + 30, 70 + 12 * k, 0.5 - 0.1 * k, seed=k)
        if k == 1 and stage.light.sun and not stage.close:
            sky.rays(stage, stage.key_at[0], stage.key_at[1], toward, 38, 620, 0.34)
    y = ground_line(stage)
    tone = ground_tone(
        stage, mix(plants.GROUND[stage.season], "#3f5a44" if conifer else "#6a5a3a", 0.4)
    )
    trail = _trail(stage, y, mix(tone, "#d8b98a", 0.32))
    ground(stage, y, tone, detail=trail)
    if not stage.close:
        body = ""
        for _ in range(int(9 * w / 1000)):
            x = rng.uniform(0, w)
            if abs(x - clearing) > 170:
                body += (
                    plants.fern(
                        x, y + rng.uniform(10, 60), rng.uniform(50, 95), mix(base, tone, 0.3), rng
                    )
                    if not snow
                    else plants.bush(x, y + rng.uniform(10, 50), 90, "#d5dfeb", rng)
                )
        stage.add(body, 0.97, rim=0.4, texture=0.2)
    tufts(stage, mix(tone, base, 0.4), y + 14)
    frame_leaves(stage, base, kind="pines" if conifer else "branch")


def _trail(stage: Stage, y: float, colour: str) -> str:
    """A path that begins where the near ground begins and widens past the subject."""
    if stage.close:
        return ""
    x = (stage.layout.subject_x + stage.layout.second_x) / 2
    drift = 60 if stage.layout.landmark_x > x else -60
    left = [
        (x + drift - 34, y + 10),
        (x + drift * 0.3 - 84, (y + stage.layout.feet) / 2 + 14),
        (x - 330, stage.h + 30),
    ]
    right = [
        (x + 270, stage.h + 30),
        (x + drift * 0.3 + 76, (y + stage.layout.feet) / 2 + 14),
        (x + drift + 34, y + 10),
    ]
    return path(spline([*left, *right], tension=0.55), colour, opacity=0.5)


# --- open land ---------------------------------------------------------------------------------


def meadow(stage: Stage) -> None:
    layout, rng, w = stage.layout, stage.rng, stage.w
    sky.sky(stage)
    tone = ground_tone(stage)
    hills(stage, layout.horizon - 30, 70, 2.2, 0.12, mix(tone, "#6a86a8", 0.45))
    sky.mist(stage, layout.horizon + 6, 46, 0.35)
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
    sky.mist(stage, layout.horizon + 70, 40, 0.18, seed=3)
    if not stage.close:
        x = layout.landmark_x
        stage.add(
            plants.broadleaf(
                x, layout.horizon + 92, 330, leaves, rng, bare=stage.season == "winter"
            ),
            0.72,
            rim=0.5,
            volume=0.4,
        )
    y = ground_line(stage)
    ground(stage, y, tone, detail=_trail(stage, y, mix(tone, "#e0c795", 0.4)))
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
    _peaks(stage, layout.horizon - 6, 330 if stage.frame.tall else 250, 0.14, rock)
    sky.mist(stage, layout.horizon - 10, 60, 0.5)
    _peaks(stage, layout.horizon + 30, 190, 0.36, darker(rock, 0.12))
    sky.mist(stage, layout.horizon + 24, 50, 0.45, seed=2)
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
    ground(stage, y, tone, rise=26, detail=_trail(stage, y, lighter(tone, 0.25)))
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


def _peaks(stage: Stage, y: float, rise: float, depth: float, colour: str) -> None:
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
    ground(stage, y, sand, rise=20)
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
    _peaks(stage, layout.horizon - 4, 170, 0.12, "#8fa0c0")
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
    sky.mist(stage, layout.horizon + 60, 50, 0.3)
    y = ground_line(stage)
    ground(stage, y, snow, rise=22)
    if not stage.close:
        prints = "".join(
            ellipse(
                layout.subject_x - 40 - k * 34 + (k % 2) * 12,
                layout.feet + 14 + k * 9,
                9 + k,
                4 + k * 0.4,
                "#9fb2d2",
                opacity=0.8,
            )
            for k in range(9)
        )
        stage.add(prints, 0.98, texture=0)


def lake(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    _peaks(stage, layout.horizon - 4, 190, 0.14, "#7286a4")
    sky.mist(stage, layout.horizon, 36, 0.4)
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
    sky.water(stage, layout.horizon + 8, calm=0.85)
    sky.mist(stage, layout.horizon + 24, 26, 0.45, seed=4)
    shore(stage, ground_line(stage) + 20)


def shore(stage: Stage, y: float, colour: str = "") -> None:
    """A grassy bank for the subject, with reeds to one side."""
    tone = ground_tone(stage, colour)
    ground(stage, y, tone, rise=22)
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
    tufts(stage, darker(tone, 0.1), y + 16, count=60)


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
    sky.water(stage, layout.horizon + 34, calm=0.62)
    if not stage.close:
        stage.add(
            _stone_bridge(
                layout.landmark_x, layout.horizon + 52, 560 if not stage.frame.tall else 470
            ),
            0.6,
            rim=0.4,
        )
        sky.water(stage, layout.horizon + 56, calm=0.6)
    sky.mist(stage, layout.horizon + 40, 30, 0.35)
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
    sky.water(stage, layout.horizon, calm=0.12 if rough else 0.45)
    sky.mist(stage, layout.horizon, 30, 0.5)
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
        polygon([*top, *[(px, py + 16 + 8 * math.sin(px / 31)) for px, py in reversed(top)]]),
        mix(ground_tone(stage), rock, 0.3),
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
        stage.add(body, 0.98, rim=0.4)


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
        sky.beam(stage, *lantern, 180 + tilt, 5.5, 620, 1.0, "#ffe2a0")
        sky.beam(stage, *lantern, tilt - 2, 7, 420, 0.8, "#ffe2a0")


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
    sky.water(stage, layout.horizon, calm=0.4)
    sky.mist(stage, layout.horizon, 22, 0.35)
    head = ridge(w, layout.horizon - 6, 40, 1.6, rng, octaves=4)
    keep = [(px, min(layout.horizon + 3, py + max(0.0, (w * 0.62 - px)) * 0.5)) for px, py in head]
    stage.add(path(below(keep, layout.horizon + 4), "#7a8aa0"), 0.2)
    y = ground_line(stage)
    sand = "#dcc193"
    ground(stage, y, sand, rise=10)
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
        stage.add(shells, 0.98)


def open_sea(stage: Stage) -> None:
    """Nothing but water; figures here sit in a boat that the director adds."""
    layout = stage.layout
    sky.sky(stage)
    rough = stage.scene.weather in (Weather.STORM, Weather.RAIN)
    sky.water(stage, layout.horizon, calm=0.1 if rough else 0.5)
    sky.mist(stage, layout.horizon, 30, 0.45)
    stage.ground_y = layout.feet


def cave(stage: Stage) -> None:
    """Looking out of the dark: walls around, the open sky or a cold glow beyond."""
    layout, w, h, rng = stage.layout, stage.w, stage.h, stage.rng
    sky.sky(stage)
    hills(stage, layout.horizon, 40, 2, 0.3, mix(ground_tone(stage), "#5a7090", 0.4))
    sky.mist(stage, layout.horizon, 60, 0.5)
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
            sky.rays(stage, cx, cy - h * 0.3, 90, 46, 460, 0.3)
    y = ground_line(stage)
    ground(stage, y, "#4a4f60", rise=18)
    crystals, glow = "", ""
    for k in range(6):
        x = w * (0.06 + 0.17 * k) + rng.uniform(-20, 20)
        if abs(x - layout.subject_x) < 150 or stage.close:
            continue
        for dx, tall in ((-16, 60), (0, 96), (16, 50)):
            shape = [
                (x + dx - 11, y + 40),
                (x + dx - 13, y + 40 - tall * 0.6),
                (x + dx, y + 40 - tall),
                (x + dx + 12, y + 40 - tall * 0.62),
                (x + dx + 10, y + 40),
            ]
            crystals += path(polygon(shape), "#86c8d8")
            glow += path(polygon(shape), "#2f90b0", opacity=0.8)
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


def garden(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    tone = ground_tone(stage, "#6f9a55" if stage.season != "winter" else "")
    leaves = plants.LEAVES[stage.season]
    body = "".join(
        plants.broadleaf(
            x,
            layout.horizon + 14,
            rng.uniform(140, 240),
            leaves,
            rng,
            bare=stage.season == "winter",
        )
        for x in [w * (k + rng.uniform(-0.2, 0.2)) / 8 for k in range(9)]
    )
    stage.add(body, 0.3)
    sky.mist(stage, layout.horizon, 40, 0.25)
    hills(stage, layout.horizon + 16, 4, 1, 0.36, tone)
    hedge = "".join(
        plants.bush(x, layout.horizon + 44, 170, mix(leaves[0], "#3f6d44", 0.5), rng)
        for x in [w * k / 12 for k in range(14)]
    )
    stage.add(hedge, 0.52, rim=0.3)
    y = ground_line(stage)
    if not stage.close:
        from content_platform.imagery.illustrator.buildings import garden_arch

        stage.add(garden_arch(layout.landmark_x, y + 8, 330, rng), 0.8, rim=0.5)
    ground(stage, y, tone, detail=_trail(stage, y, "#cbb491"))
    if not stage.close:
        colours = ("#d9606a", "#f0c24a", "#e9e2f0", "#b06ac0", "#e88a5a")
        if stage.season != "winter":
            stage.add(
                plants.flowers(
                    0, w * 0.28, y + 10, y + 110, int(30 * w / 1000), colours, rng, size=9
                )
                + plants.flowers(
                    w * 0.62, w, y + 10, y + 110, int(34 * w / 1000), colours, rng, size=9
                ),
                0.97,
                rim=0.2,
            )
    tufts(stage, darker(tone, 0.15), y + 14, count=60)
    frame_leaves(stage, leaves[0])


def graveyard(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    tone = ground_tone(stage, mix(plants.GROUND[stage.season], "#5a6a60", 0.4))
    hills(stage, layout.horizon - 6, 46, 2, 0.16, mix(tone, "#5a6f90", 0.4))
    sky.mist(stage, layout.horizon + 10, 40, 0.5)
    hills(stage, layout.horizon + 26, 20, 1.4, 0.5, tone)
    stones = ""
    for k in range(int(12 * w / 1000)):
        x, size = rng.uniform(0, w), rng.uniform(40, 66)
        y = layout.horizon + 40 + rng.random() * 34
        stones += _gravestone(x, y, size, rng)
    stage.add(stones, 0.62, rim=0.4)
    if not stage.close:
        stage.add(
            plants.bare_tree(layout.landmark_x, layout.horizon + 84, 400, "#4a4248", rng),
            0.72,
            rim=0.5,
        )
    sky.mist(stage, layout.horizon + 78, 34, 0.4, seed=5)
    y = ground_line(stage)
    ground(stage, y, tone, detail=_trail(stage, y, mix(tone, "#c8b898", 0.35)))
    if not stage.close:
        stage.add(
            _gravestone(w * 0.86, y + 50, 130, rng) + _gravestone(w * 0.08, y + 40, 110, rng),
            0.97,
            rim=0.5,
        )
    tufts(stage, darker(tone, 0.1), y + 18, count=90)


def _gravestone(x: float, y: float, size: float, rng: object) -> str:
    stone = "#8d929c"
    return (
        path(
            f"M{num(x - size * 0.36)} {num(y)}L{num(x - size * 0.36)} {num(y - size * 0.75)}Q{num(x)} {num(y - size * 1.3)} {num(x + size * 0.36)} {num(y - size * 0.75)}L{num(x + size * 0.36)} {num(y)}Z",
            stone,
        )
        + path(
            f"M{num(x + size * 0.2)} {num(y)}L{num(x + size * 0.2)} {num(y - size * 0.9)}L{num(x + size * 0.36)} {num(y - size * 0.75)}L{num(x + size * 0.36)} {num(y)}Z",
            darker(stone, 0.3),
        )
        + ellipse(x, y + 2, size * 0.5, size * 0.08, "#4f6a4a")
    )


def ancient_tree(stage: Stage) -> None:
    """A great dead tree in a clearing; in blossom when the story says so."""
    layout, w, rng = stage.layout, stage.w, stage.rng
    words = stage.scene.text.lower() + " " + stage.scene.place
    alive = any(part in words for part in ("bloom", "blossom", "flower", "petal", "green again"))
    sky.sky(stage)
    base = plants.PINE[stage.season]
    for depth, y, low, high in (
        (0.12, layout.horizon - 6, 130, 210),
        (0.36, layout.horizon + 20, 190, 300),
    ):
        line_ = ridge(w, y, 12, 3, rng, octaves=3)
        body = path(below(line_, stage.h), darker(base, 0.1))
        for n in range(int(30 * w / 1778)):
            x = n * 1778 / 30 + rng.uniform(-20, 20)
            if depth < 0.3 or abs(x - layout.landmark_x) > 240:
                body += plants.pine(
                    x,
                    height_at(line_, x) + 5,
                    rng.uniform(low, high),
                    mix(base, darker(base, 0.3), rng.random()),
                    rng,
                )
        stage.add(body, depth)
        sky.mist(stage, y + 20, 60, 0.5)
    y = ground_line(stage)
    tone = ground_tone(stage, mix(plants.GROUND[stage.season], "#5a6a50", 0.3))
    ground(stage, y, tone, depth=0.9, detail=_trail(stage, y, mix(tone, "#d8c8a0", 0.3)))
    tall = 560 if not stage.frame.tall else 760
    bark = "#5c4a48"
    tree = plants.bare_tree(
        layout.landmark_x, y + 22, tall, bark, rng, blossom="#f0a8bc" if alive else "", depth=5
    )
    stage.add(tree, 0.93, rim=0.8, texture=0.4)
    if alive:
        stage.lamp(
            layout.landmark_x, y - tall * 0.62, 330, colour="#ffc9c4", strength=0.5, halo=0.5
        )
        petals = "".join(
            ellipse(
                rng.uniform(0, w),
                rng.uniform(layout.horizon * 0.4, y + 90),
                rng.uniform(3, 7),
                rng.uniform(2, 4),
                "#f8c4d0",
                turn=rng.uniform(0, 180),
            )
            for _ in range(int(60 * w / 1000))
        )
        stage.add(petals, 1.05, texture=0)
    tufts(stage, darker(tone, 0.1), y + 16, count=90)


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
    ground(stage, y, "#8a86a8", rise=18)
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
    layout, w, rng = stage.layout, stage.w, stage.rng
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
        sky.mist(stage, layout.horizon + 8 + 34 * k, 36, 0.36, seed=k)
    if stage.light.sun and not stage.close:
        sky.rays(stage, *stage.key_at, 90, 60, 520, 0.2)
    y = ground_line(stage)
    ground(stage, y, tone, detail=_trail(stage, y, mix(tone, "#e0c795", 0.4)))
    if stage.scene.time_of_day is not TimeOfDay.DAY and not stage.close:
        x = layout.landmark_x
        stage.lamp(x, layout.horizon + 20, 120, strength=0.4, halo=0.7)
    tufts(stage, darker(tone, 0.12), y + 16, count=110)
    frame_leaves(stage, tone, kind="grass")


PLACES = {
    "pine forest": pine_forest,
    "forest": broadleaf_forest,
    "meadow": meadow,
    "mountains": mountains,
    "desert": desert,
    "snowfield": snowfield,
    "lake": lake,
    "river": river,
    "sea cliff": sea_cliff,
    "beach": beach,
    "open sea": open_sea,
    "cave": cave,
    "sky": open_sky,
    "space": night_space,
    "garden": garden,
    "graveyard": graveyard,
    "ancient tree": ancient_tree,
    "somewhere": generic,
}
