"""Villages, harbours, castles, stations, school yards."""

from __future__ import annotations

from content_platform.imagery.illustrator import air, buildings, plants, sky, vehicles, water
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.places.ground import (
    frame_leaves,
    ground,
    ground_line,
    ground_tone,
    hills,
    person_at,
    tufts,
)
from content_platform.imagery.illustrator.places.square import (
    platform_roof,
    square_things,
    trolley,
)
from content_platform.imagery.illustrator.places.streets import (
    ROOFS,
    WALLS,
    cobbles,
    far_paving,
    flagstones,
    is_wet,
    lit_share,
    street_lamps,
)
from content_platform.imagery.illustrator.places.turf import fallen_leaves
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    gradient,
    group,
    height_at,
    lighter,
    line,
    mix,
    num,
    path,
    polygon,
    rect,
    ridge,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import THINGS
from content_platform.imagery.illustrator.things.base import clock_face
from content_platform.stories.models import Shot


def village(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    tone = ground_tone(stage)
    hills(stage, layout.horizon - 40, 60, 2, 0.14, mix(tone, "#6a86a8", 0.4))
    far, far_glow = "", ""
    for k in range(int(14 * w / 1778) + 4):
        x = (k + rng.uniform(0.1, 0.9)) * w / (14 * w / 1778 + 4)
        shape, shine = buildings.house(
            x,
            layout.horizon + 26 + rng.uniform(-8, 10),
            rng.uniform(70, 110),
            rng.uniform(100, 150),
            rng.choice(WALLS),
            _roof(stage, rng.choice(ROOFS)),
            rng,
            lit=lit_share(stage),
        )
        far, far_glow = far + shape, far_glow + shine
    trees = _trees_between(stage, layout.horizon + 34, 96, 170)
    x = layout.landmark_x
    church, church_glow = buildings.church_building(x, layout.horizon + 30, 340)
    stage.add(
        church + trees + far,
        0.42,
        glow=(church_glow + far_glow) if stage.light.dark else "",
        rim=0.3,
    )
    air.mist(stage, layout.horizon + 30, 50, 0.3)
    y = ground_line(stage)
    between = layout.horizon + 0.42 * (y - layout.horizon)
    stone = "#8f8478" if stage.season != "winter" else "#dfe6f0"
    far_paving(stage, layout.horizon + 22, y + 16, stone)
    rows: tuple[tuple[tuple[float, float], ...], ...]
    if stage.frame.tall:
        rows = (((0.13, 0.8), (0.88, 0.86)), ((-0.06, 1.0), (1.06, 1.08)))
    else:
        rows = (
            ((0.155, 0.92), (0.3, 0.74), (0.7, 0.8), (0.845, 0.96)),
            ((-0.015, 1.0), (1.015, 1.08)),
        )
    for row, (foot, depth) in zip(rows, ((between, 0.66), (y + 8, 0.82)), strict=True):
        if stage.close and depth > 0.7:
            break
        # Each side of the square is a layer of its own: half the picture to paint.
        sides = {False: ("", ""), True: ("", "")}
        high = 2.75 * person_at(stage, foot)
        for at, size in row:
            shape, shine = buildings.house(
                at * w,
                foot,
                high * size * 0.68,
                high * size,
                rng.choice(WALLS),
                _roof(stage, rng.choice(ROOFS)),
                rng,
                lit=0.7 if stage.light.dark else 0.05,
            )
            near, near_glow = sides[at > 0.5]
            sides[at > 0.5] = near + shape, near_glow + shine
            if stage.light.dark and depth > 0.7:
                stage.lamp(at * w, foot - high * 0.2, 0.4 * high, strength=0.45, halo=0.25)
        for near, near_glow in sides.values():
            stage.add(near, depth, glow=near_glow if stage.light.dark else "", rim=0.4)
    ground(stage, y, stone, rise=4, detail=cobbles(stage, y, stone))
    if is_wet(stage):
        water.wet_ground(stage, y + 4, 0.75)
    if not stage.close or "market" in stage.scene.place or "fair" in stage.scene.place:
        square_things(stage, y)
    if not stage.close:
        lamp_x = w * (0.74 if layout.subject_x < w / 2 else 0.26)
        street_lamps(stage, [(lamp_x, y + 14, 1.7 * person_at(stage, y + 14))], 0.97)


def _roof(stage: Stage, tone: str) -> str:
    """A roof's colour, under snow in winter."""
    return mix(tone, "#e6ecf6", 0.82) if stage.season == "winter" else tone


def _trees_between(stage: Stage, y: float, low: float, high: float) -> str:
    """Trees behind far houses: they tell the season where everything else is stone."""
    rng = generator("trees between", stage.seed, stage.frame.shape)
    bare = stage.season == "winter"
    count = int(6 * stage.w / 1778) + 3
    return "".join(
        plants.broadleaf(
            stage.w * (k + rng.uniform(0.2, 0.8)) / count,
            y,
            rng.uniform(low, high),
            plants.LEAVES[stage.season],
            rng,
            bare=bare,
        )
        for k in range(count)
    )


def harbour(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    tone = ground_tone(stage)
    hills(stage, layout.horizon - 20, 50, 1.8, 0.14, mix(tone, "#6a86a8", 0.45))
    body, glow = "", ""
    for k in range(int(16 * w / 1778) + 4):
        x = (k + rng.uniform(0, 1)) * w / (16 * w / 1778 + 4)
        shape, shine = buildings.house(
            x,
            layout.horizon + 8 + rng.uniform(-14, 2),
            rng.uniform(60, 100),
            rng.uniform(100, 160),
            rng.choice((*WALLS, "#c9c4b4", "#8fa4ac")),
            _roof(stage, rng.choice(ROOFS)),
            rng,
            lit=lit_share(stage),
        )
        body, glow = body + shape, glow + shine
    trees = _trees_between(stage, layout.horizon + 12, 110, 190)
    stage.add(trees + body, 0.4, glow=glow if stage.light.dark else "", rim=0.2)
    ship = (
        vehicles.sailing_ship(
            layout.landmark_x, layout.horizon + 26, 330 if not stage.frame.tall else 400, "#4a3a3c"
        )
        if not stage.close
        else ""
    )
    water.water(stage, layout.horizon + 10, calm=0.6 if not is_wet(stage) else 0.3)
    if ship:
        stage.add(ship, 0.62, rim=0.5)
        water.water(stage, layout.horizon + 30, calm=0.6 if not is_wet(stage) else 0.3)
        boat_x = w - layout.landmark_x * 0.8 if layout.landmark_x > w / 2 else w * 0.86
        stage.add(vehicles.fishing_boat(boat_x, layout.horizon + 74, 200, "#3f6a80"), 0.78, rim=0.4)
    air.mist(stage, layout.horizon + 20, 30, 0.3)
    y = ground_line(stage) + 26
    winter = stage.season == "winter"
    wood = mix("#8a6a4c", "#e6ecf6", 0.72) if winter else "#8a6a4c"
    body = gradient(
        "pier", [(0, lighter(wood, 0.08)), (1, darker(wood, 0.55))], box=(y, stage.h)
    ) + rect(-40, y, w + 80, stage.h, "url(#pier)")
    row, high, k = y, 12.0, 0
    while row < stage.h:
        body += line(
            f"M-20 {num(row)}L{num(w + 20)} {num(row)}",
            darker(wood, 0.5),
            2.4 + k * 0.2,
            opacity=0.7,
        )
        row += high
        high *= 1.2
        k += 1
    if stage.season == "autumn":
        body += fallen_leaves(stage, y + 8, 60)
    stage.add(body, 0.95, texture=0.45)
    stage.ground_y = y
    if not stage.close:
        posts = "".join(
            rect(x - 13, y - 54, 26, 92, darker(wood, 0.3), round_=5)
            + rect(x - 15, y - 58, 30, 10, lighter(wood, 0.05), round_=4)
            + line(
                f"M{num(x - 14)} {num(y - 24)}l28 5M{num(x - 14)} {num(y - 15)}l28 5", "#d8c8a0", 5
            )
            for x in (w * 0.1, w * 0.62, w * 0.92)
        )
        stage.add(posts + _quay_load(stage, y + 18), 0.97, rim=0.5, volume=0.3)
        if stage.light.dark:
            street_lamps(
                stage, [(w * (0.74 if layout.subject_x < w / 2 else 0.26), y + 12, 300)], 0.975
            )
    if is_wet(stage):
        water.wet_ground(stage, y + 4, 0.4)


def _quay_load(stage: Stage, y: float) -> str:
    """What waits on a quay: barrels and crates, a heap of net with its floats, a coil of rope."""
    w, tall = stage.w, person_at(stage, y)
    right = stage.layout.subject_x < w / 2
    body = ""
    for at, name, size, tone in (
        (0.86, "barrel", 0.0062, ""),
        (0.945, "barrel", 0.0056, "#6a4a34"),
        (0.77, "box", 0.0048, ""),
        (0.78, "box", 0.0036, "#7a5a40"),
    ):
        up = 0.34 * tall if at == 0.78 else 0.0
        x = w * (at if right else 1 - at)
        body += group(THINGS[name](tone).svg, x=x, y=y - up, scale=size * tall)
    x = w * (0.1 if right else 0.9)
    half, high = 0.42 * tall, 0.26 * tall
    heap = f"M{num(x - half)} {num(y)}Q{num(x - half * 0.7)} {num(y - high)} {num(x)} {num(y - high)}Q{num(x + half * 0.8)} {num(y - high * 0.9)} {num(x + half)} {num(y)}Z"
    body += path(heap, "#4f6a66")
    for k in range(7):
        at = x + half * (-0.8 + 0.26 * k)
        body += line(
            f"M{num(at)} {num(y)}Q{num(at + 8)} {num(y - high * 0.6)} {num(x + (at - x) * 0.4)} {num(y - high * 0.96)}",
            "#7f9a92",
            2.4,
            opacity=0.8,
        )
        if k % 2:
            body += circle(at, y - high * 0.3, 0.04 * tall, "#c8694a")
    return body


def castle(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    tone = ground_tone(stage)
    hills(stage, layout.horizon - 20, 70, 2, 0.12, mix(tone, "#5a72a0", 0.5))
    air.mist(stage, layout.horizon, 50, 0.4)
    ruin = any(
        word in stage.scene.place for word in ("ruin", "old", "abandon", "broken", "ancient")
    )
    hill = ridge(w, layout.horizon + 46, 16, 2, rng, octaves=3)
    reach = 380 if not stage.frame.tall else 330
    bump = [(x, y - 60 * max(0.0, 1 - ((x - layout.landmark_x) / reach) ** 2)) for x, y in hill]
    if not stage.close:
        shape, glow = buildings.castle(
            layout.landmark_x,
            layout.horizon + 10,
            460 if not stage.frame.tall else 470,
            430 if not stage.frame.tall else 560,
            ruin=ruin,
            rng=rng,
        )
        stage.add(shape, 0.5, glow=glow if stage.light.dark else "", rim=0.6)
    from content_platform.imagery.illustrator.shapes import below

    body = gradient(
        "mound",
        [(0, tone), (1, darker(tone, 0.35))],
        box=(layout.horizon - 40, layout.horizon + 240),
    ) + path(below(bump, stage.h), "url(#mound)")
    for _ in range(int(12 * w / 1000)):
        x = rng.uniform(0, w)
        body += plants.pine(
            x,
            height_at(bump, x) + 8,
            rng.uniform(50, 100),
            plants.PINE[stage.season],
            rng,
            snow=stage.season == "winter",
        )
    stage.add(body, 0.58, rim=0.3)
    air.mist(stage, layout.horizon + 70, 40, 0.4, seed=3)
    y = ground_line(stage)
    trail = path(
        f"M{num(layout.subject_x - 60)} {num(y + 4)}L{num(layout.subject_x + 60)} {num(y + 4)}L{num(layout.subject_x + 330)} {num(stage.h + 10)}L{num(layout.subject_x - 330)} {num(stage.h + 10)}Z",
        mix(tone, "#d8c29a", 0.5),
        opacity=0.5,
    )
    ground(stage, y, tone, rise=16, detail=trail, cover="grass")
    tufts(stage, darker(tone, 0.12), y + 16, count=80)
    frame_leaves(stage, plants.LEAVES[stage.season][0])


def station(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    body, glow, x = "", "", -40.0
    while x < w + 40:
        wide = rng.uniform(80, 150)
        shape, shine = buildings.tower_block(
            x,
            layout.horizon + 30,
            wide,
            rng.uniform(120, 240),
            "#7f87a0",
            rng,
            lit=0.4 if stage.light.dark else 0.05,
        )
        body, glow = body + shape, glow + shine
        x += wide + 6
    stage.add(body, 0.2, glow=glow if stage.light.dark else "")
    air.mist(stage, layout.horizon, 60, 0.45)
    stage.add(_trees_between(stage, layout.horizon + 40, 130, 220), 0.45)
    y = ground_line(stage)
    left = layout.subject_x > w / 2
    if not stage.close:
        bed = rect(-40, y - 34, w + 80, 60, "#4a4650") + line(
            f"M-20 {num(y - 8)}L{num(w + 20)} {num(y - 8)}", "#9aa0aa", 5
        )
        train, shine = vehicles.steam_train(
            layout.landmark_x + (0.02 if left else -0.02) * w,
            y - 8,
            250 if not stage.frame.tall else 270,
            left=not left,
        )
        stage.add(bed + train, 0.82, glow=shine, rim=0.5, volume=0.2)
        stage.lamp(
            layout.landmark_x + (120 if left else -120), y - 130, 240, strength=0.7, halo=0.5
        )
        puff_x = (
            layout.landmark_x + (0.02 if left else -0.02) * w + (-1 if left else 1) * 0.55 * 250
        )
        steam = "".join(
            circle(
                puff_x + rng.uniform(-20, 20) + k * 16 * (-1 if not left else 1),
                y - 250 - k * 26,
                20 + k * 8,
                "#e4e8ee",
                opacity=0.42,
            )
            for k in range(7)
        )
        stage.add(steam, 0.83, soft=6, texture=0.1)
    stone = "#8d877f"
    edge = rect(-40, y, w + 80, 12, "#d8cba0")
    if stage.season == "autumn":
        edge += fallen_leaves(stage, y + 14, 40)
    ground(stage, y, stone, rise=0.5, detail=flagstones(stage, y + 12, stone) + edge)
    if is_wet(stage) or stage.light.dark:
        water.wet_ground(stage, y + 10, 0.5 if is_wet(stage) else 0.2)
    if not stage.close:
        roof, shine = platform_roof(stage, y)
        stage.add(roof, 0.96, glow=shine, rim=0.4)
        side = 0.86 if layout.subject_x < w / 2 else 0.14
        stage.add(trolley(w * side, y + 34, rng), 0.972, rim=0.5)
        post_x = w * (0.93 if layout.subject_x < w / 2 else 0.07)
        body = (
            rect(post_x - 9, y - 330, 18, 360, "#3a4450")
            + circle(post_x, y - 350, 50, "#2c3440")
            + clock_face(post_x, y - 350, 44, "#3a4450")
        )
        stage.add(
            body,
            0.97,
            glow=circle(post_x, y - 350, 36, "#ffe2a0", opacity=0.35) if stage.light.dark else "",
            rim=0.4,
        )
        street_lamps(
            stage, [(w * (0.62 if layout.subject_x < w / 2 else 0.38), y + 22, 350)], 0.975
        )
        if stage.scene.shot is Shot.ESTABLISHING and not stage.frame.tall:
            bench = w * (0.8 if layout.subject_x < w / 2 else 0.2)
            stage.add(
                rect(bench - 80, y + 10, 160, 9, "#6a4630", round_=3)
                + rect(bench - 80, y - 34, 160, 9, "#6a4630", round_=3)
                + rect(bench - 80, y - 14, 160, 9, "#6a4630", round_=3)
                + line(
                    f"M{num(bench - 66)} {num(y - 34)}l0 84M{num(bench + 66)} {num(y - 34)}l0 84",
                    "#2c3038",
                    7,
                ),
                0.98,
                rim=0.4,
            )


def school_yard(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    leaves = plants.LEAVES[stage.season]
    body = "".join(
        plants.broadleaf(
            w * (k + 0.5) / 9,
            layout.horizon + 16,
            rng.uniform(120, 200),
            leaves,
            rng,
            bare=stage.season == "winter",
        )
        for k in range(9)
    )
    stage.add(body, 0.3)
    y = ground_line(stage)
    if not stage.close:
        x, wide, tall = layout.landmark_x, 560.0 if not stage.frame.tall else 480.0, 330.0
        wall = "#a8604a"
        body = (
            rect(x - wide / 2, y - tall * 0.72, wide, tall * 0.74, wall)
            + path(
                polygon(
                    [
                        (x - wide * 0.54, y - tall * 0.71),
                        (x - wide * 0.44, y - tall * 0.92),
                        (x + wide * 0.44, y - tall * 0.92),
                        (x + wide * 0.54, y - tall * 0.71),
                    ]
                ),
                "#5a5468",
            )
            + rect(x - 52, y - tall * 1.02, 104, tall, lighter(wall, 0.1))
            + path(
                polygon([(x - 66, y - tall), (x, y - tall * 1.24), (x + 66, y - tall)]), "#5a5468"
            )
            + clock_face(x, y - tall * 0.84, 27, "#e6dcc4")
            + rect(x - 26, y - 88, 52, 90, "#4a3028", round_=4)
        )
        glow = ""
        for side in (-1, 1):
            for k in range(3):
                wx = x + side * (96 + k * 62) - 20
                body += (
                    rect(wx - 4, y - tall * 0.56, 48, 92, "#efe6d4")
                    + rect(wx, y - tall * 0.56 + 4, 40, 84, "#46587a")
                    + line(
                        f"M{num(wx + 20)} {num(y - tall * 0.56)}l0 90M{num(wx)} {num(y - tall * 0.56 + 44)}l40 0",
                        "#efe6d4",
                        4,
                    )
                )
                glow += rect(wx, y - tall * 0.56 + 4, 40, 84, "#ffb860", opacity=0.6)
        stage.add(body, 0.8, glow=glow if stage.light.dark else "", rim=0.4)
    tone = ground_tone(stage, "#a89878")
    ground(stage, y, tone, rise=6, cover="sand")
    tufts(stage, plants.GROUND[stage.season], y + 10, count=50)
    frame_leaves(stage, leaves[0])
