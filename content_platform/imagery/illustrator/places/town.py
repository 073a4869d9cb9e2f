"""Places among buildings, outdoors: streets, harbours, castles, stations."""

from __future__ import annotations

from content_platform.imagery.illustrator import buildings, plants, sky
from content_platform.imagery.illustrator.objects import THINGS, clock_face
from content_platform.imagery.illustrator.places.nature import (
    frame_leaves,
    ground,
    ground_line,
    ground_tone,
    hills,
    tufts,
)
from content_platform.imagery.illustrator.shapes import (
    circle,
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
    rect,
    ridge,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.stories.models import Shot, Weather

_WALLS = ("#b98a6a", "#a9746a", "#c4a27c", "#8f8a92", "#9a8f78", "#7f8a94")
_ROOFS = ("#7a3f38", "#5a4a58", "#8a5240", "#4a5468")


def _wet(stage: Stage) -> bool:
    return stage.scene.weather in (Weather.RAIN, Weather.STORM)


def _lit_share(stage: Stage) -> float:
    return 0.55 if stage.light.dark else 0.06


def _cobbles(stage: Stage, y: float, tone: str) -> str:
    """Rows of stones that widen toward the camera."""
    rng = stage.rng
    body = ""
    row, high = y + 8, 7.0
    k = 0
    while row < stage.h + 10:
        wide = high * 2.5
        x = -wide * (0.5 if k % 2 else 0)
        while x < stage.w:
            shade = rng.random()
            if shade > 0.45:
                body += rect(
                    x + 1,
                    row,
                    wide - 2,
                    high * 0.84,
                    darker(tone, 0.1 + 0.35 * (shade - 0.45))
                    if shade < 0.8
                    else lighter(tone, 0.1),
                    round_=high * 0.36,
                    opacity=0.55,
                )
            x += wide
        row += high
        high *= 1.16
        k += 1
    return body


def _lamps(stage: Stage, spots: list[tuple[float, float, float]], depth: float) -> None:
    body, glow = "", ""
    for x, y, tall in spots:
        shape, shine, middle = buildings.street_lamp(x, y, tall)
        body += shape
        if stage.light.dark:
            glow += shine
            stage.lamp(*middle, tall * 0.72, strength=1.35, halo=1.2)
    stage.add(body, depth, glow=glow, rim=0.3, texture=0.1)


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
            rng.choice(_WALLS),
            rng.choice(_ROOFS),
            rng,
            lit=_lit_share(stage),
        )
        far, far_glow = far + shape, far_glow + shine
    x = layout.landmark_x
    church, church_glow = buildings.church_building(x, layout.horizon + 30, 340)
    stage.add(
        church + far, 0.42, glow=(church_glow + far_glow) if stage.light.dark else "", rim=0.3
    )
    sky.mist(stage, layout.horizon + 30, 50, 0.3)
    y = ground_line(stage)
    near, near_glow = "", ""
    wide = 330 if not stage.frame.tall else 290
    sides = (
        [(-0.02, 1.05), (0.17, 0.92), (0.84, 0.95), (1.03, 1.1)]
        if not stage.frame.tall
        else [(0.02, 1.0), (0.98, 1.05)]
    )
    for at, size in sides:
        if stage.close:
            break
        hx = at * w
        shape, shine = buildings.house(
            hx,
            y + 8,
            wide * size,
            wide * 1.5 * size,
            rng.choice(_WALLS),
            rng.choice(_ROOFS),
            rng,
            lit=0.8 if stage.light.dark else 0.05,
        )
        near, near_glow = near + shape, near_glow + shine
        if stage.light.dark:
            stage.lamp(hx, y - wide * 0.3, 190, strength=0.5, halo=0.35)
    if near:
        stage.add(near, 0.82, glow=near_glow if stage.light.dark else "", rim=0.4)
    stone = "#8f8478" if stage.scene.weather is not Weather.SNOW else "#dfe6f0"
    ground(stage, y, stone, rise=4, detail=_cobbles(stage, y, stone))
    if _wet(stage):
        sky.wet_ground(stage, y + 4, 0.75)
    if not stage.close:
        _lamps(stage, [(w * (0.74 if layout.subject_x < w / 2 else 0.26), y + 20, 330)], 0.97)


def city(stage: Stage) -> None:
    _street(stage, shop=None)


def shop_front(stage: Stage) -> None:
    words = stage.scene.place + " " + stage.scene.text.lower()
    kind = next(
        (
            kind
            for kind, marks in (
                ("clock", ("clock", "watch")),
                ("book", ("book",)),
                ("bread", ("bak", "bread", "pastr")),
                ("toy bear", ("toy", "doll")),
                ("flower", ("flower", "florist")),
            )
            if any(mark in words for mark in marks)
        ),
        "teapot",
    )
    _street(stage, shop=kind)


def _street(stage: Stage, *, shop: str | None) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    lit = 0.5 if stage.light.dark else 0.05
    for depth, low, high, tone in ((0.16, 260, 430, "#7f87a0"), (0.4, 220, 400, "#6f7490")):
        body, glow, x = "", "", -40.0
        while x < w + 40:
            wide = rng.uniform(90, 180)
            shape, shine = buildings.tower_block(
                x,
                layout.horizon + 40,
                wide,
                rng.uniform(low, high) * (1.25 if stage.frame.tall else 1.0),
                mix(tone, rng.choice(_WALLS), 0.35),
                rng,
                lit=lit * 0.7,
            )
            body, glow = body + shape, glow + shine
            x += wide + rng.uniform(-4, 10)
        body += rect(-40, layout.horizon + 30, w + 80, stage.h, darker(tone, 0.2))
        stage.add(body, depth, glow=glow if stage.light.dark else "", texture=0.3)
        sky.mist(stage, layout.horizon, 90, 0.34, seed=int(depth * 10))
    if shop is None and not stage.close:
        tower, glow = buildings.church_building(
            layout.landmark_x, layout.horizon + 44, 470 if not stage.frame.tall else 600
        )
        stage.add(tower, 0.5, glow=glow if stage.light.dark else "", rim=0.3)
    y = ground_line(stage)
    if shop is not None:
        _shop_building(stage, layout.landmark_x, y + 12, shop)
    elif not stage.close:
        body, glow = "", ""
        for at, wide in ((0.0, 330), (1.0, 340)) if stage.frame.tall else ((0.0, 420), (1.0, 440)):
            shape, shine = buildings.tower_block(
                at * w - wide / 2,
                y + 12,
                wide,
                620 if not stage.frame.tall else 900,
                rng.choice(_WALLS),
                rng,
                lit=lit,
            )
            body, glow = body + shape, glow + shine
        stage.add(body, 0.84, glow=glow if stage.light.dark else "", rim=0.4)
    stone = "#6f7078" if stage.scene.weather is not Weather.SNOW else "#d5dbe6"
    kerb = rect(-40, y - 2, w + 80, 9, lighter(stone, 0.25))
    ground(stage, y, stone, rise=1, detail=_cobbles(stage, y + 6, stone) + kerb)
    if _wet(stage) or stage.light.dark:
        sky.wet_ground(stage, y + 6, 0.85 if _wet(stage) else 0.25)
    if not stage.close:
        spots = [(w * (0.9 if layout.subject_x < w / 2 else 0.1), y + 26, 400.0)]
        if shop is None:
            spots.append((w * (0.56 if layout.subject_x < w / 2 else 0.44), y + 8, 250.0))
        _lamps(stage, spots, 0.97)


def _shop_building(stage: Stage, x: float, y: float, goods: str) -> None:
    """A brick house with a big lit window full of ``goods``, a door, an awning, a hanging sign."""
    rng = stage.rng
    wide = 620.0 if not stage.frame.tall else 560.0
    tall = 640.0 if not stage.frame.tall else 860.0
    half = wide / 2
    wall, wood = "#8a5648", "#4a3024"
    left = x - half
    body = gradient("brick", [(0, lighter(wall, 0.05)), (1, darker(wall, 0.2))]) + rect(
        left, y - tall * 0.8, wide, tall * 0.8, "url(#brick)"
    )
    for row in range(int(tall * 0.4 / 17)):
        ry = y - tall * 0.8 + row * 17
        shift = 19 if row % 2 else 0
        for column in range(int(wide / 38)):
            if rng.random() < 0.3:
                body += rect(
                    left + column * 38 + shift + 1,
                    ry + 1,
                    35,
                    14,
                    rng.choice((darker(wall, 0.14), lighter(wall, 0.08))),
                    round_=2,
                    opacity=0.6,
                )
    body += path(
        polygon(
            [
                (left - 26, y - tall * 0.79),
                (left + wide * 0.1, y - tall * 0.98),
                (x + half - wide * 0.1, y - tall * 0.98),
                (x + half + 26, y - tall * 0.79),
            ]
        ),
        "#4d5064",
    )
    glow = ""
    for k in range(3):
        wx, wy = left + wide * (0.14 + 0.28 * k), y - tall * 0.72
        body += rect(
            wx - 5, wy - 5, wide * 0.15 + 10, tall * 0.16 + 10, "#d8cdb8", round_=3
        ) + rect(wx, wy, wide * 0.15, tall * 0.16, "#39465e")
        if k != 1:
            glow += rect(wx, wy, wide * 0.15, tall * 0.16, "#ffb860", opacity=0.75)
        bars = line(
            f"M{num(wx + wide * 0.075)} {num(wy)}l0 {num(tall * 0.16)}M{num(wx)} {num(wy + tall * 0.08)}l{num(wide * 0.15)} 0",
            "#d8cdb8",
            4,
        )
        body += bars
        glow += bars.replace("#d8cdb8", "#4a2c14") if k != 1 else ""
    front = y - tall * 0.46
    body += (
        rect(left + 12, front, wide - 24, y - front, wood)
        + rect(left + 12, front, wide - 24, tall * 0.065, lighter(wood, 0.12))
        + line(
            f"M{num(left + 24)} {num(front + tall * 0.033)}L{num(x + half - 24)} {num(front + tall * 0.033)}",
            "#c9a050",
            3,
            opacity=0.8,
        )
    )
    wx, wy, ww, wh = left + wide * 0.07, front + tall * 0.1, wide * 0.54, tall * 0.25
    pane = gradient("pane", [(0, "#ffd28a"), (1, "#e0904a")])
    inside = pane + rect(wx, wy, ww, wh, "url(#pane)")
    shelf_goods = ""
    for row, count in ((0.47, 5), (0.97, 4)):
        shelf_goods += rect(wx, wy + wh * row, ww, 6, "#6a4024")
        for k in range(count):
            gx = wx + ww * (k + 0.5) / count
            if goods == "clock":
                r = wh * rng.uniform(0.13, 0.19)
                shelf_goods += clock_face(
                    gx,
                    wy + wh * row - r - 3,
                    r,
                    rng.choice(("#8a5a2b", "#b07a35", "#6a3c20")),
                    hour=rng.uniform(0, 360),
                    minute=rng.uniform(0, 360),
                )
            elif goods == "book":
                bx = gx - ww / count * 0.4
                while bx < gx + ww / count * 0.36:
                    bw, bh = rng.uniform(7, 13), wh * rng.uniform(0.24, 0.36)
                    shelf_goods += rect(
                        bx,
                        wy + wh * row - bh,
                        bw,
                        bh,
                        rng.choice(("#8c2f35", "#2f5d73", "#5f7a42", "#b07a35", "#5a3c6b")),
                    )
                    bx += bw + 1
            else:
                tint = (
                    rng.choice(("", "#c9d4d6", "#d9a06a", "#7a9a8a")) if goods == "teapot" else ""
                )
                shelf_goods += group(
                    THINGS[goods](tint).svg, x=gx, y=wy + wh * row, scale=wh * 0.0036
                )
    frame = line(
        f"M{num(wx)} {num(wy)}l{num(ww)} 0l0 {num(wh)}l{num(-ww)} 0Z", darker(wood, 0.3), 10
    ) + line(
        f"M{num(wx + ww / 3)} {num(wy)}l0 {num(wh)}M{num(wx + 2 * ww / 3)} {num(wy)}l0 {num(wh)}",
        darker(wood, 0.3),
        5,
    )
    dx, dw = left + wide * 0.68, wide * 0.24
    door = (
        rect(dx, front + tall * 0.09, dw, y - front - tall * 0.09, darker(wood, 0.35))
        + rect(dx + dw * 0.16, front + tall * 0.13, dw * 0.68, tall * 0.17, "#c98a4a", round_=4)
        + circle(dx + dw * 0.86, y - tall * 0.14, 5, "#e0b860")
        + line(
            f"M{num(dx + dw * 0.5)} {num(front + tall * 0.13)}l0 {num(tall * 0.17)}",
            darker(wood, 0.35),
            5,
        )
    )
    awning = ""
    count = 10
    for k in range(count):
        ax = wx - 14 + (ww + 28) * k / count
        aw = (ww + 28) / count
        awning += path(
            f"M{num(ax)} {num(front + tall * 0.065)}l{num(aw)} 0l{num(aw * 0.12)} {num(tall * 0.055)}q{num(-aw / 2)} {num(tall * 0.02)} {num(-aw)} 0Z",
            ("#a33a34", "#e6d6b6")[k % 2],
        )
    body += inside + shelf_goods + frame + door + awning
    sign_x = x + half + 44
    body += line(
        f"M{num(x + half)} {num(front - 8)}l60 0M{num(sign_x)} {num(front - 8)}l0 16", "#232530", 5
    ) + circle(sign_x, front + 46, 40, "#3a2a20")
    body += (
        clock_face(sign_x, front + 46, 36, "#c9983f")
        if goods == "clock"
        else group(THINGS[goods]("").svg, x=sign_x, y=front + 70, scale=0.5)
    )
    shine = rect(wx, wy, ww, wh, "#ffb45c", opacity=0.3) + rect(
        dx + dw * 0.16, front + tall * 0.13, dw * 0.68, tall * 0.17, "#ffb45c", opacity=0.4
    )
    dark = stage.light.dark
    stage.add(body, 0.86, glow=shine + glow if dark else "", rim=0.3)
    if dark:
        stage.lamp(wx + ww / 2, wy + wh / 2, 300, strength=1.2, halo=0.5)
        stage.lamp(dx + dw / 2, front + tall * 0.2, 140, strength=0.6, halo=0.3)


def harbour(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    tone = ground_tone(stage)
    line_ = hills(stage, layout.horizon - 20, 50, 1.8, 0.14, mix(tone, "#6a86a8", 0.45))
    body, glow = "", ""
    for k in range(int(16 * w / 1778) + 4):
        x = (k + rng.uniform(0, 1)) * w / (16 * w / 1778 + 4)
        shape, shine = buildings.house(
            x,
            layout.horizon + 8 + rng.uniform(-14, 2),
            rng.uniform(60, 100),
            rng.uniform(100, 160),
            rng.choice((*_WALLS, "#c9c4b4", "#8fa4ac")),
            rng.choice(_ROOFS),
            rng,
            lit=_lit_share(stage),
        )
        body, glow = body + shape, glow + shine
    del line_
    stage.add(body, 0.4, glow=glow if stage.light.dark else "", rim=0.2)
    ship = (
        buildings.sailing_ship(
            layout.landmark_x, layout.horizon + 26, 330 if not stage.frame.tall else 400, "#4a3a3c"
        )
        if not stage.close
        else ""
    )
    sky.water(stage, layout.horizon + 10, calm=0.6 if not _wet(stage) else 0.3)
    if ship:
        stage.add(ship, 0.62, rim=0.5)
        sky.water(stage, layout.horizon + 30, calm=0.6 if not _wet(stage) else 0.3)
        boat_x = w - layout.landmark_x * 0.8 if layout.landmark_x > w / 2 else w * 0.86
        stage.add(
            buildings.fishing_boat(boat_x, layout.horizon + 74, 200, "#3f6a80"), 0.78, rim=0.4
        )
    sky.mist(stage, layout.horizon + 20, 30, 0.3)
    y = ground_line(stage) + 26
    wood = "#8a6a4c"
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
        barrel = (
            ellipse(w * 0.8, y + 6, 34, 9, darker(wood, 0.4))
            + path(f"M{num(w * 0.8 - 30)} {num(y + 6)}q-9 -36 0 -72l60 0q9 36 0 72Z", "#7a5236")
            + line(
                f"M{num(w * 0.8 - 34)} {num(y - 16)}l68 0M{num(w * 0.8 - 34)} {num(y - 46)}l68 0",
                "#3a3a42",
                5,
            )
        )
        stage.add(posts + barrel, 0.97, rim=0.5, volume=0.3)
        if stage.light.dark:
            _lamps(stage, [(w * (0.74 if layout.subject_x < w / 2 else 0.26), y + 12, 300)], 0.975)
    if _wet(stage):
        sky.wet_ground(stage, y + 4, 0.4)


def castle(stage: Stage) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    tone = ground_tone(stage)
    hills(stage, layout.horizon - 20, 70, 2, 0.12, mix(tone, "#5a72a0", 0.5))
    sky.mist(stage, layout.horizon, 50, 0.4)
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
    sky.mist(stage, layout.horizon + 70, 40, 0.4, seed=3)
    y = ground_line(stage)
    trail = path(
        f"M{num(layout.subject_x - 60)} {num(y + 4)}L{num(layout.subject_x + 60)} {num(y + 4)}L{num(layout.subject_x + 330)} {num(stage.h + 10)}L{num(layout.subject_x - 330)} {num(stage.h + 10)}Z",
        mix(tone, "#d8c29a", 0.5),
        opacity=0.5,
    )
    ground(stage, y, tone, rise=16, detail=trail)
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
    sky.mist(stage, layout.horizon, 60, 0.45)
    y = ground_line(stage)
    left = layout.subject_x > w / 2
    if not stage.close:
        bed = rect(-40, y - 34, w + 80, 60, "#4a4650") + line(
            f"M-20 {num(y - 8)}L{num(w + 20)} {num(y - 8)}", "#9aa0aa", 5
        )
        train, shine = buildings.steam_train(
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
            layout.landmark_x
            + (0.02 if left else -0.02) * w
            + (1 if left else -1) * -0.55 * 250 * (1 if not left else 1)
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
    ground(stage, y, stone, rise=0.5, detail=edge)
    if _wet(stage) or stage.light.dark:
        sky.wet_ground(stage, y + 10, 0.5 if _wet(stage) else 0.2)
    if not stage.close:
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
        _lamps(stage, [(w * (0.62 if layout.subject_x < w / 2 else 0.38), y + 22, 350)], 0.975)
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
    ground(stage, y, tone, rise=6)
    tufts(stage, plants.GROUND[stage.season], y + 10, count=50)
    frame_leaves(stage, leaves[0])


PLACES = {
    "village": village,
    "city": city,
    "shop front": shop_front,
    "harbour": harbour,
    "castle": castle,
    "station": station,
    "school yard": school_yard,
}
