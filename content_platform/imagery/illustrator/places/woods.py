"""Among trees: forests, a garden, a graveyard, one great tree."""

from __future__ import annotations

import re

from content_platform.imagery.illustrator import air, plants, sky
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.moment import is_about_its_tree, sparks_in, tree_of
from content_platform.imagery.illustrator.places.ground import (
    frame_leaves,
    ground,
    ground_line,
    ground_tone,
    hills,
    tufts,
)
from content_platform.imagery.illustrator.shapes import (
    below,
    circle,
    darker,
    ellipse,
    height_at,
    mix,
    num,
    path,
    ridge,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.stories.models import TimeOfDay, Weather

# --- forests ---------------------------------------------------------------------------------


def pine_forest(stage: Stage) -> None:
    _forest(stage, conifer=True)


def broadleaf_forest(stage: Stage) -> None:
    _forest(stage, conifer=False)


def _forest(stage: Stage, *, conifer: bool) -> None:
    w, layout, rng = stage.w, stage.layout, stage.rng
    # Cut up by treetops a low sun is only bright splinters.
    low_sun = stage.scene.time_of_day in (TimeOfDay.DAWN, TimeOfDay.DUSK)
    sky.sky(stage, disc=not low_sun)
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
    stage.add(_far_wall(stage, far - 6, 210, darker(base, 0.05)), 0.06, texture=0.2)
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
        air.mist(stage, y + 30, 70 + 12 * k, 0.5 - 0.1 * k, seed=k)
        if k == 1 and stage.light.sun and not stage.close:
            air.rays(stage, stage.key_at[0], stage.key_at[1], toward, 38, 620, 0.34)
    y = ground_line(stage)
    tone = ground_tone(
        stage, mix(plants.GROUND[stage.season], "#3f5a44" if conifer else "#6a5a3a", 0.4)
    )
    ground(stage, y, tone, trail=mix(tone, "#d8b98a", 0.32), cover="grass")
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


def _far_wall(stage: Stage, y: float, high: float, tone: str) -> str:
    """The forest going on behind its first rows, closed, so that no sky shows between trunks."""
    rng = generator("far wall", stage.seed)
    top: list[tuple[float, float]] = []
    x = -40.0
    while x < stage.w + 40:
        step = rng.uniform(16, 34)
        peak = y - high * rng.uniform(0.62, 1.0)
        top += [(x, peak + high * 0.26), (x + step * 0.5, peak)]
        x += step
    return path(below(top, stage.h), tone)


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
    air.mist(stage, layout.horizon, 40, 0.25)
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
    ground(stage, y, tone, trail="#cbb491", cover="grass")
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
    air.mist(stage, layout.horizon + 10, 40, 0.5)
    hills(stage, layout.horizon + 26, 20, 1.4, 0.5, tone)
    stones = ""
    for _ in range(int(12 * w / 1000)):
        x, size = rng.uniform(0, w), rng.uniform(40, 66)
        y = layout.horizon + 40 + rng.random() * 34
        stones += _gravestone(x, y, size)
    stage.add(stones, 0.62, rim=0.4)
    if not stage.close:
        stage.add(
            plants.bare_tree(layout.landmark_x, layout.horizon + 84, 400, "#4a4248", rng),
            0.72,
            rim=0.5,
        )
    air.mist(stage, layout.horizon + 78, 34, 0.4, seed=5)
    y = ground_line(stage)
    ground(stage, y, tone, trail=mix(tone, "#c8b898", 0.35), cover="grass")
    if not stage.close:
        stage.add(
            _gravestone(w * 0.86, y + 50, 130) + _gravestone(w * 0.08, y + 40, 110),
            0.97,
            rim=0.5,
        )
    tufts(stage, darker(tone, 0.1), y + 18, count=90)


def _gravestone(x: float, y: float, size: float) -> str:
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


_SHINES = re.compile(
    r"\b(?:every (?:dead )?branch|caught light|lit up|light (?:burst|came back)|sparks?|glow\w*|shone|shining)\b",
    re.IGNORECASE,
)
"""What is said of a tree that comes alive with light."""


def _first_sparks(stage: Stage, foot: float, tall: float, wide: float) -> None:
    """Ten lights at the ends of the great tree's branches."""
    x = stage.layout.landmark_x
    ends = plants.branch_ends(x, foot, tall, wide, generator("great tree", stage.seed))
    seen = [at for at in ends if 0.03 * stage.w < at[0] < 0.97 * stage.w and at[1] > 0.04 * stage.h]
    dots = ""
    for k in range(10):
        at = seen[k * len(seen) // 10]
        r = 0.016 * tall * (1.0, 0.8, 1.15)[k % 3]
        dots += circle(*at, r, "#ffd27a") + circle(*at, 0.5 * r, "#fff6d8")
        stage.lamp(*at, 0.2 * tall, colour="#ffc878", strength=0.6, halo=0.7)
    stage.add(dots, 0.935, glow=dots, texture=0)


def ancient_tree(stage: Stage) -> None:
    """A great dead tree in a clearing; in blossom when the story says so."""
    layout, w, rng = stage.layout, stage.w, stage.rng
    sparks = sparks_in(stage.scene)
    alive = tree_of(stage.scene) == "flowering" and not sparks
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
        air.mist(stage, y + 20, 60, 0.5)
    y = ground_line(stage)
    tone = ground_tone(stage, mix(plants.GROUND[stage.season], "#5a6a50", 0.3))
    ground(stage, y, tone, depth=0.9, trail=mix(tone, "#d8c8a0", 0.3), cover="grass")
    foot = layout.feet - 0.025 * stage.h
    top = (0.05 if not stage.frame.tall else 0.09) * stage.h
    tall, wide = foot - top, (0.42 if stage.w > stage.h else 0.84 if stage.frame.tall else 0.6) * w
    whole = is_about_its_tree(stage.scene) or stage.w <= stage.h
    if not whole:  # it is where the scene plays: the camera is nearer to whoever is there
        tall, wide = 1.4 * tall, 1.4 * wide
    shines = alive and bool(_SHINES.search(stage.scene.text))
    pale = alive or tree_of(stage.scene) == "bare"
    bark = "#b8946c" if shines else "#d8d0c4" if pale else "#5c4a48"
    blossom = "#ffc45e" if shines else "#f0a8bc"
    tree = plants.great_tree(
        layout.landmark_x,
        foot,
        tall,
        wide,
        bark,
        generator("great tree", stage.seed),
        blossom=blossom if alive else "",
    )
    edges = (layout.landmark_x - wide / 2, top, layout.landmark_x + wide / 2, foot)
    stage.landmark = edges if whole and not stage.close else None
    glow = f'<g opacity="0.24">{tree}</g>' if shines else ""
    stage.add(tree, 0.93, rim=0.8, texture=0.4, glow=glow, fill=0.12 if pale else 0.0)
    if sparks:
        _first_sparks(stage, foot, tall, wide)
    if alive:
        tone, strength = ("#ffc878", 0.9) if shines else ("#ffc9c4", 0.5)
        stage.lamp(
            layout.landmark_x,
            foot - tall * 0.62,
            0.5 * tall,
            colour=tone,
            strength=strength,
            halo=0.5,
        )
        petals = "".join(
            ellipse(
                rng.uniform(0, w),
                rng.uniform(layout.horizon * 0.4, y + 90),
                rng.uniform(3, 7),
                rng.uniform(2, 4),
                "#f8c4d0" if not shines else "#ffd88a",
                turn=rng.uniform(0, 180),
            )
            for _ in range(int(60 * w / 1000))
        )
        stage.add(petals, 1.05, texture=0)
    tufts(stage, darker(tone, 0.1), y + 16, count=90)
