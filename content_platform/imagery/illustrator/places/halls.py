"""Larger rooms: library, school, church, and the inside of a lighthouse."""

from __future__ import annotations

import random

from content_platform.imagery.illustrator import air, sky, water
from content_platform.imagery.illustrator.light import indoors
from content_platform.imagery.illustrator.places.dressing import dress
from content_platform.imagery.illustrator.places.furniture import (
    draw_bookcase,
    draw_rug,
    draw_table,
)
from content_platform.imagery.illustrator.places.rooms import (
    Room,
    add_candles,
    add_pendant,
    add_window,
    draw_drops,
    enter,
    put,
)
from content_platform.imagery.illustrator.shapes import (
    circle,
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
    spline,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import THINGS
from content_platform.stories.models import Weather


def library(stage: Stage) -> None:
    room = enter(stage, "#5f4a3c", "#70482f", lamp="#ffc070")
    a, near, w = room.a, room.near, stage.w
    window = w / 2 - near * a * 0.1
    x, body = -a * 0.1, ""
    while x < w + a * 0.4:
        if abs(x - window) > a * 0.62:
            body += draw_bookcase(room, x, a * 0.74, a * 2.5, rows=9, density=0.95)
        x += a * 0.76
    put(room, body, 0.66)
    add_window(room, window, a * 0.62, a * 1.3, sill=0.5, arched=True)
    rail = room.floor - a * 1.5
    ladder_x = room.mark + near * a * 0.4
    put(
        room,
        line(
            f"M{num(ladder_x - a * 0.12)} {num(room.floor + a * 0.06)}L{num(ladder_x + a * 0.02)} {num(rail)}M{num(ladder_x + a * 0.12)} {num(room.floor + a * 0.06)}L{num(ladder_x + a * 0.24)} {num(rail)}"
            + "".join(
                f"M{num(ladder_x - a * 0.12 + a * 0.14 * t)} {num(room.floor + a * 0.06 - (room.floor + a * 0.06 - rail) * t)}L{num(ladder_x + a * 0.12 + a * 0.12 * t)} {num(room.floor + a * 0.06 - (room.floor + a * 0.06 - rail) * t)}"
                for t in (0.14, 0.28, 0.42, 0.56, 0.7, 0.84)
            ),
            "#8a5c38",
            a * 0.028,
        ),
        0.74,
    )
    put(room, draw_rug(room, w * 0.5, a * 2.2, "#7a3036"), 0.63)
    side = w / 2 - near * w * 0.46
    dress(
        room,
        [side, window + near * a * 0.5, w / 2 + near * w * 0.48],
        ("books", "pot plant", "basket"),
        hung=False,
        depth=0.72,
    )
    if not stage.close:
        x = room.mark - near * a * 0.15
        table, top = draw_table(room, x, a * 0.9)
        lamp = THINGS["lamp"]("#3f7a5a")
        size = a * 0.0026
        put(
            room,
            table
            + group(lamp.svg, x=x, y=top, scale=size)
            + group(THINGS["book"]("").svg, x=x - a * 0.26, y=top, scale=a * 0.0018)
            + rect(x + a * 0.16, top - a * 0.035, a * 0.2, a * 0.035, "#8c2f35")
            + rect(x + a * 0.18, top - a * 0.07, a * 0.17, a * 0.035, "#2f5d73"),
            0.82,
            glow=group(lamp.glow, x=x, y=top, scale=size),
        )
        stage.lamp(x, top - a * 0.18, a * 0.75, strength=0.75, halo=0.4)
    add_pendant(room, w / 2 + near * w * 0.1, drop=1.75, colour="#a8803c")


def school(stage: Stage) -> None:
    room = enter(stage, "#8f9a86", "#a07850")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    _blackboard(room, mark)
    add_window(room, w / 2 - near * w * 0.33, min(a * 0.7, w * 0.26), a * 0.86)
    dress(room, [w / 2 - near * w * 0.06], ("clock", "notes", "pictures"), hung=True)
    dress(
        room,
        [w / 2 + near * w * 0.47, w / 2 - near * w * 0.47],
        ("pot plant", "books", "basket"),
        hung=False,
    )
    if not stage.close:
        rng = room.rng
        count = 5 if not stage.frame.tall else 3
        for row, (down, size) in enumerate(((0.02, 0.8), (0.2, 1.0))):
            body = ""
            for k in range(count):
                x = w * (k + 0.5 + 0.2 * (row - 0.5)) / count
                if row and abs(x - stage.layout.subject_x) < a * 0.55:
                    continue
                body += _desk(room, x, room.floor + a * down, size, rng)
            put(room, body, 0.76 + 0.06 * row, rim=0.3)
    add_pendant(room, w / 2 - near * a * 0.2, drop=1.7, colour="#d8d2c4")


def _blackboard(room: Room, x: float) -> None:
    """Yesterday's lesson in chalk, a ledge, a sponge, letters and a map beside it."""
    a, rng = room.a, room.rng
    b = min(a, 0.36 * room.stage.w)  # as wide as the wall leaves room for beside the window
    top, low = room.up(1.42), room.up(0.64)
    tall, left = low - top, x - b * 0.8
    body = rect(left, top, b * 1.6, tall, "#7a5236", round_=4) + rect(
        left + b * 0.04, top + b * 0.04, b * 1.52, tall - b * 0.08, "#2f4a40"
    )
    chalk = ""
    for k in range(4):
        y = top + tall * (0.2 + 0.19 * k)
        chalk += f"M{num(left + b * 0.14)} {num(y)}"
        for _ in range(rng.randint(5, 9)):
            chalk += f"q{num(b * 0.02)} {num(-tall * 0.07)} {num(b * 0.045)} 0t{num(b * 0.03)} 0"
    cx, cy, r = left + b * 1.24, top + tall * 0.45, tall * 0.2
    chalk += f"M{num(cx - r)} {num(cy + r)}L{num(cx)} {num(cy - r)}L{num(cx + r)} {num(cy + r)}ZM{num(cx)} {num(cy - r)}L{num(cx)} {num(cy + r)}"
    chalk += f"M{num(cx - r)} {num(cy + r * 1.5)}l{num(r * 1.9)} 0"
    body += line(chalk, "#d8e0d4", 2.6, opacity=0.66)
    body += rect(left - b * 0.02, low, b * 1.64, a * 0.03, "#8a6240", round_=2)
    for dx, tone in ((0.3, "#f0ece0"), (0.38, "#e8c0a0"), (1.3, "#c9a860")):
        body += rect(left + b * dx, low - a * 0.018, a * 0.05, a * 0.018, tone, round_=3)
    put(room, body, 0.68)


def _desk(room: Room, x: float, y: float, size: float, rng: random.Random) -> str:
    """A pupil's desk with its lid, a book on it, the chair pushed in behind."""
    a, wood = room.a * size, "#a8754a"
    chair = "".join(
        rect(x + a * t - a * 0.012, y - a * 0.5, a * 0.024, a * 0.48, darker(wood, 0.45))
        for t in (-0.11, 0.11)
    )
    for up in (0.5, 0.43):
        chair += rect(x - a * 0.13, y - a * up, a * 0.26, a * 0.04, darker(wood, 0.35), round_=4)
    table, top = draw_table(room, x, a * 0.46, high=0.34 * size, tone=wood, y=y)
    lid = path(
        polygon(
            [
                (x - a * 0.2, top - a * 0.05),
                (x + a * 0.2, top - a * 0.05),
                (x + a * 0.24, top),
                (x - a * 0.24, top),
            ]
        ),
        lighter(wood, 0.12),
    )
    name = rng.choice(("book", "closed book", "apple", "book", "jar"))
    tone = rng.choice(("#8c2f35", "#2f5d73", "#5f7a42"))
    thing = THINGS[name](tone if "book" in name else "")
    return (
        chair
        + table
        + lid
        + group(thing.svg, x=x + a * rng.uniform(-0.08, 0.08), y=top - a * 0.015, scale=a * 0.0014)
    )


def church(stage: Stage) -> None:
    room = enter(stage, "#6c6a78", "#7a7680", boards=False, pattern="stone", cosy=0.5)
    a, near, w = room.a, room.near, stage.w
    x = w / 2 + near * a * 0.05
    light = stage.light
    # The whole window is to be seen, however low the picture ends.
    tall = min(1.5 * a, room.floor - 0.5 * a - 0.03 * stage.h)
    wide = min(0.72 * a, 0.62 * tall)
    top = room.floor - 0.5 * a - tall
    arch = f"M{num(x - wide / 2)} {num(top + tall)}L{num(x - wide / 2)} {num(top + wide * 0.6)}Q{num(x - wide * 0.42)} {num(top + wide * 0.1)} {num(x)} {num(top)}Q{num(x + wide * 0.42)} {num(top + wide * 0.1)} {num(x + wide / 2)} {num(top + wide * 0.6)}L{num(x + wide / 2)} {num(top + tall)}Z"
    glass = gradient(
        "glasspane", [(0, mix(light.sky[2], "#6a8ae0", 0.4)), (0.5, light.sky[3]), (1, "#e0a060")]
    ) + path(arch, "url(#glasspane)")
    rng = room.rng
    colours = ("#c2434a", "#4a7ac0", "#e0b04a", "#4a9a70", "#8a5ab0")
    glass += "".join(
        path(
            polygon(
                [
                    (gx, gy - a * 0.07),
                    (gx + a * 0.055, gy),
                    (gx, gy + a * 0.07),
                    (gx - a * 0.055, gy),
                ]
            ),
            colours[(i + j) % 5],
            opacity=0.62,
        )
        for i in range(-2, 3)
        for j in range(9)
        if abs(i) * a * 0.13 < wide * 0.4
        for gx, gy in ((x + i * a * 0.13, top + a * 0.3 + j * a * 0.14),)
        if gy < top + tall - a * 0.05
    )
    bars = line(arch, "#34343f", a * 0.05) + line(
        f"M{num(x)} {num(top)}L{num(x)} {num(top + tall)}", "#34343f", a * 0.02
    )
    put(
        room,
        glass + bars,
        0.64,
        glow=f'<g opacity=".55">{glass}</g>' + bars.replace("#34343f", "#0c0c12"),
    )
    stage.key_at = (x, top + tall * 0.4)
    stage.lamp(
        x,
        top + tall * 0.5,
        a * 1.3,
        colour=mix(light.sky[3], "#ffd0a0", 0.4),
        strength=0.85,
        halo=0.35,
    )
    air.rays(stage, x, top + tall * 0.3, 90 - near * 16, 30, a * 1.5, 0.34)
    pillars = ""
    for px in (
        (w * 0.06, w * 0.94) if stage.frame.tall else (w * 0.05, w * 0.24, w * 0.76, w * 0.95)
    ):
        if abs(px - x) < wide * 0.7:
            continue
        name = f"pillar{int(px)}"
        pillars += (
            gradient(name, [(0, "#54525f"), (0.4, "#9a98a6"), (1, "#484652")], vertical=False)
            + rect(px - a * 0.11, -20, a * 0.22, room.floor + 30, f"url(#{name})")
            + rect(px - a * 0.15, room.floor - a * 0.08, a * 0.3, a * 0.12, "#7a7884")
        )
    put(room, pillars, 0.72, rim=0.3)
    if not stage.close:
        rows = "".join(
            rect(
                px - a * 0.34,
                room.floor - a * 0.14 + k * a * 0.03,
                a * 0.68,
                a * 0.05,
                "#5f3c26",
                round_=3,
            )
            + rect(px - a * 0.34, room.floor - a * 0.3, a * 0.05, a * 0.42, "#4a2e1e", round_=3)
            + rect(px + a * 0.29, room.floor - a * 0.3, a * 0.05, a * 0.42, "#4a2e1e", round_=3)
            + rect(px - a * 0.34, room.floor - a * 0.3, a * 0.68, a * 0.06, "#6f4830", round_=3)
            for k, px in enumerate((w / 2 - near * w * 0.42, w / 2 + near * w * 0.42))
        )
        put(room, rows, 0.8)
    add_candles(
        room,
        [
            (x - wide * 0.8, room.floor - a * 0.02),
            (x + wide * 0.8, room.floor - a * 0.02),
            (x + wide * 1.0, room.floor + a * 0.03),
        ],
        a * 0.0032,
    )
    del rng


def tower_stairs(stage: Stage) -> None:
    """Inside a round tower: stone, a curved stair along the wall, a slit window, an iron rail."""
    room = enter(stage, "#66697a", "#5f5d66", boards=False, pattern="stone", cosy=0.35)
    a, near, w, rng = room.a, room.near, stage.w, room.rng
    shade = gradient(
        "roundwall",
        [
            (0, "#0a0c18", 0.75),
            (0.25, "#0a0c18", 0.1),
            (0.75, "#0a0c18", 0.1),
            (1, "#0a0c18", 0.75),
        ],
        vertical=False,
    ) + rect(-20, -20, w + 40, room.floor + 20, "url(#roundwall)")
    put(room, shade, 0.58, rim=0)
    add_window(room, w / 2 - near * w * 0.08, a * 0.3, a * 0.62, sill=1.0, arched=True)
    count = 15
    body, rail = "", ""
    x0, x1 = (w * 0.34, w * 1.04) if near > 0 else (w * 0.66, -w * 0.04)
    y0, y1 = room.floor + a * 0.06, room.floor - a * 1.55
    tops = []
    for k in range(count):
        t0, t1 = k / count, (k + 1) / count
        xa, xb = x0 + (x1 - x0) * t0, x0 + (x1 - x0) * t1
        ya = y0 + (y1 - y0) * t1**0.92
        lo, hi = min(xa, xb), max(xa, xb)
        tone = mix("#8d8b92", "#6c6b76", t0)
        body += rect(lo, ya, hi - lo + 1, a * 0.05, lighter(tone, 0.12)) + rect(
            lo, ya + a * 0.05, hi - lo + 1, a * 0.16, darker(tone, 0.35)
        )
        body += path(
            polygon(
                [
                    (lo, ya + a * 0.2),
                    (hi + 1, ya + a * 0.2),
                    (hi + 1, room.floor + a * 0.1),
                    (lo, room.floor + a * 0.1),
                ]
            ),
            darker("#5c5b68", 0.25 + 0.2 * (k % 2) * 0.3),
        )
        tops.append(((xa + xb) / 2, ya))
    for x, y in tops:
        rail += line(f"M{num(x)} {num(y)}L{num(x)} {num(y - a * 0.36)}", "#23252f", a * 0.014)
    rail += line(
        "M" + "L".join(f"{num(x)} {num(y - a * 0.37)}" for x, y in tops), "#2b2e3a", a * 0.03
    )
    put(room, body, 0.74, rim=0.5)
    put(room, rail, 0.78, rim=0.6)
    bracket = w / 2 + near * w * 0.3
    by = room.floor - a * 1.72 if room.floor - a * 1.72 > 30 else room.floor - a * 1.3
    lantern = THINGS["lantern"]("")
    size = a * 0.0026
    put(
        room,
        line(
            f"M{num(bracket)} {num(by - a * 0.06)}l{num(-near * a * 0.1)} {num(-a * 0.02)}",
            "#23252f",
            a * 0.02,
        )
        + group(lantern.svg, x=bracket, y=by + a * 0.24, scale=size),
        0.76,
        glow=group(lantern.glow, x=bracket, y=by + a * 0.24, scale=size),
    )
    stage.lamp(bracket, by + a * 0.16, a * 0.95, strength=1.15, halo=0.7)
    words = stage.scene.text.lower() + " ".join(stage.scene.props)
    if "footprint" in words and not stage.close:
        prints = "".join(
            ellipse(
                w / 2 - near * w * 0.06 + near * k * a * 0.17,
                room.floor + a * 0.2 - (k % 2) * a * 0.05,
                a * 0.045,
                a * 0.017,
                "#9fc0d8",
                opacity=0.75,
            )
            + ellipse(
                w / 2 - near * w * 0.06 + near * (k * a * 0.17 + a * 0.05),
                room.floor + a * 0.19 - (k % 2) * a * 0.05,
                a * 0.02,
                a * 0.011,
                "#9fc0d8",
                opacity=0.75,
            )
            for k in range(6)
        )
        stage.add(prints, 0.9, texture=0, lit=1.5)
    del rng


def lamp_room(stage: Stage) -> None:
    """The top of a lighthouse: windows all round and the great lens in the middle."""
    stage.inside = True
    layout, w, h = stage.layout, stage.w, stage.h
    sky.sky(stage, horizon=h * 0.62)
    water.water(stage, h * 0.56, calm=0.2)
    stage.light = indoors(stage.light, walls="#5f7088", cosy=0.5)
    a = layout.adult if not stage.close else 0.6 * h
    floor = layout.feet - a * 0.24 if not stage.close else h * 0.88
    room = Room(stage, floor, a, 1 if layout.subject_x < w / 2 else -1)
    stage.ground_y = floor
    bars = rect(-20, floor - a * 0.42, w + 40, a * 0.44, "#4a5568") + rect(
        -20, floor - a * 0.45, w + 40, a * 0.05, "#6a7688"
    )
    bars += "".join(
        rect(x - a * 0.025, -20, a * 0.05, floor, "#39435a")
        for x in [w * (k + 0.5) / (6 if not stage.frame.tall else 4) for k in range(6)]
    )
    top = floor - a * 1.9
    if top > 0:
        bars += rect(-20, top, w + 40, a * 0.06, "#39435a") + rect(
            -20, -20, w + 40, max(0.0, top - a * 0.3), "#2c3446"
        )
    if stage.scene.weather in (Weather.RAIN, Weather.STORM):
        bars = draw_drops(room, 0, max(0.0, top), w, floor - a * 0.5 - max(0.0, top)) + bars
    put(room, bars, 0.66, rim=0.4)
    deck = gradient("deck", [(0, "#8a6a4e"), (1, "#3a2c26")], box=(floor, h)) + rect(
        -20, floor, w + 40, h, "url(#deck)"
    )
    deck += "".join(
        line(
            f"M{num(w / 2 + k * a * 0.16)} {num(floor)}L{num(w / 2 + k * a * 0.42)} {num(h + 20)}",
            "#3a2a20",
            2.4,
            opacity=0.5,
        )
        for k in range(-16, 17)
    )
    stage.add(deck, 0.7, texture=0.4)
    if not stage.close:
        things = ""
        for at, name, size in ((0.08, "chest", 0.0034), (0.93, "barrel", 0.0046)):
            spot = w / 2 + room.near * (at - 0.5) * w
            things += group(THINGS[name]("").svg, x=spot, y=floor + 0.05 * a, scale=size * a)
        put(room, things, 0.78, rim=0.3)
    x = room.mark
    words = stage.scene.text.lower()
    out = any(
        mark in words
        for mark in ("went out", "goes out", "gone out", "dark", "stopped", "never failed", "fail")
    )
    # The whole lens is to be seen, however high the room.
    size = min(a, (floor - 12) / 1.46)
    lens = rect(
        x - size * 0.26, floor - size * 0.4, size * 0.52, size * 0.42, "#7a5a34", round_=6
    ) + rect(x - size * 0.3, floor - size * 0.44, size * 0.6, size * 0.06, "#c9983f", round_=3)
    glass = path(
        f"M{num(x - size * 0.13)} {num(floor - size * 0.5)}Q{num(x - size * 0.29)} {num(floor - size * 0.86)} {num(x - size * 0.15)} {num(floor - size * 1.23)}L{num(x + size * 0.15)} {num(floor - size * 1.23)}Q{num(x + size * 0.29)} {num(floor - size * 0.86)} {num(x + size * 0.13)} {num(floor - size * 0.5)}Z",
        "#5f8290" if out else "#c89a58",
    )
    for wide, up, high in ((0.2, 0.56, 0.13), (0.26, 0.47, 0.04)):  # the brass it turns on
        glass += rect(
            x - size * wide, floor - size * up, 2 * size * wide, size * high, "#a87c34", round_=4
        )
    for k in range(-3, 4):
        half = size * (0.24 - 0.035 * abs(k))
        low, high = floor - size * (0.825 + 0.1 * k), floor - size * (0.915 + 0.1 * k)
        sag = size * 0.03
        glass += path(
            f"M{num(x - half)} {num(low)}Q{num(x)} {num(low + sag)} {num(x + half)} {num(low)}L{num(x + half)} {num(high)}Q{num(x)} {num(high + sag)} {num(x - half)} {num(high)}Z",
            ("#8fb8c4", "#9cc4cc")[k % 2] if out else ("#e8c684", "#f0d498")[k % 2],
        )
    ribs = "".join(
        line(
            f"M{num(x + size * t)} {num(floor - size * 0.5)}Q{num(x + size * t * 1.9)} {num(floor - size * 0.86)} {num(x + size * t)} {num(floor - size * 1.22)}",
            "#8a6428",
            size * 0.016,
        )
        for t in (-0.12, 0.0, 0.12)
    )
    cap = path(
        f"M{num(x - size * 0.2)} {num(floor - size * 1.22)}Q{num(x)} {num(floor - size * 1.44)} {num(x + size * 0.2)} {num(floor - size * 1.22)}Z",
        "#c9983f",
    )
    middle = floor - size * 0.86
    glow = "" if out else circle(x, middle, size * 0.09, "#ffcf78")
    put(room, lens + glass + ribs + cap, 0.8, glow=glow, rim=0.4, volume=0.3)
    if not out:
        stage.lamp(x, middle, a * 1.1, colour="#ffca80", strength=0.62, halo=0.5)
        for angle in (184, -4):
            air.beam(stage, x, middle, angle, 9, a * 2, 0.45, "#ffdc98")
    else:
        stage.lamp(x - room.near * a * 0.8, floor - a * 0.3, a * 0.9, strength=0.55, halo=0.2)


def theatre(stage: Stage) -> None:
    """On the stage: red curtains, boards, footlights, one beam from above."""
    room = enter(stage, "#3a2a3c", "#8a5f3e", lamp="#ffd08a")
    a, w, h = room.a, stage.w, stage.h
    red = "#9a2a34"
    cloth = gradient("backcloth", [(0, "#2c2440"), (1, "#5a4664")])
    put(room, cloth + rect(w * 0.1, -20, w * 0.8, room.floor + 20, "url(#backcloth)"), 0.6, rim=0)
    folds = ""
    for side in (-1, 1):
        edge = w / 2 + side * w * 0.52
        inner = w / 2 + side * w * (0.3 if not stage.frame.tall else 0.36)
        outline = [
            (edge, -20),
            (inner - side * a * 0.05, -20),
            (inner + side * a * 0.05, room.floor * 0.5),
            (inner + side * a * 0.2, room.floor * 0.72),
            (inner + side * a * 0.04, room.floor + a * 0.1),
            (edge, room.floor + a * 0.1),
        ]
        folds += path(spline(outline, tension=0.6), red)
        for k in range(7):
            x = edge + (inner - edge) * (k + 0.5) / 7
            folds += line(
                f"M{num(x)} -20Q{num(x + side * a * 0.06)} {num(room.floor * 0.6)} {num(x)} {num(room.floor + a * 0.08)}",
                darker(red, 0.42) if k % 2 else lighter(red, 0.14),
                a * 0.035,
                opacity=0.5,
            )
        folds += line(
            f"M{num(inner + side * a * 0.16)} {num(room.floor * 0.7)}L{num(edge)} {num(room.floor * 0.66)}",
            "#d8b060",
            a * 0.03,
        )
    top = max(a * 0.22, room.floor - a * 2.3)
    swags = 5
    for k in range(swags):
        x0, x1 = w * k / swags, w * (k + 1) / swags
        folds += path(
            f"M{num(x0)} -20L{num(x1)} -20L{num(x1)} {num(top * 0.45)}Q{num((x0 + x1) / 2)} {num(top * 1.25)} {num(x0)} {num(top * 0.45)}Z",
            darker(red, 0.12 if k % 2 else 0.0),
        )
        folds += line(
            f"M{num(x0)} {num(top * 0.45)}Q{num((x0 + x1) / 2)} {num(top * 1.25)} {num(x1)} {num(top * 0.45)}",
            "#d8b060",
            a * 0.022,
        )
    put(room, folds, 0.72, rim=0.2)
    x = stage.layout.subject_x
    stage.lamp(x, room.floor - a * 0.5, a * 1.1, colour="#ffe2b0", strength=0.8, halo=0.1)
    air.beam(
        stage, x + room.near * a * 0.5, -a * 0.3, 90 + room.near * 12, 9, h * 0.9, 0.5, "#ffe2b0"
    )
    if not stage.close:
        feet = stage.layout.feet
        spots = [w * (k + 0.5) / 7 for k in range(7)]
        shades = "".join(
            path(
                f"M{num(s - a * 0.07)} {num(feet + a * 0.16)}Q{num(s)} {num(feet + a * 0.02)} {num(s + a * 0.07)} {num(feet + a * 0.16)}Z",
                "#c9983f",
            )
            for s in spots
        )
        shine = "".join(circle(s, feet + a * 0.07, a * 0.022, "#ffe6b0") for s in spots)
        put(room, shades, 1.03, glow=shine, rim=0)
