"""Small rooms that belong to something larger: a lighthouse, a ship, a castle."""

from __future__ import annotations

from content_platform.imagery.illustrator.moment import lies
from content_platform.imagery.illustrator.places.furniture import (
    draw_picture,
    draw_rug,
    draw_shelves,
    draw_table,
)
from content_platform.imagery.illustrator.places.rooms import (
    Room,
    add_candles,
    add_fireplace,
    add_pendant,
    add_window,
    draw_beams,
    enter,
    put,
)
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    group,
    lighter,
    line,
    num,
    path,
    polygon,
    rect,
    spline,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import THINGS

_QUILTS = ("#4f6f8f", "#8a4a4e", "#5f7a58", "#7a5f8a")


def keepers_room(stage: Stage) -> None:
    """Where a keeper lives: stone walls, one deep window on the weather, bunk, stove, table."""
    room = enter(stage, "#6f6a68", "#75553c", pattern="stone", lamp="#ffba68")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    put(room, draw_rug(room, w * 0.5, a * 1.7, "#5a4a6a"), 0.62)
    add_window(room, w / 2 + near * a * 0.08, a * 0.62, a * 0.8, sill=0.6)
    far = w / 2 - near * w * 0.4
    put(room, _stove(room, far), 0.7, glow=_embers(room, far))
    stage.lamp(far, room.floor - a * 0.24, a * 0.9, colour="#ff9a48", strength=1.0, halo=0.4)
    if not stage.frame.tall:
        put(room, draw_picture(room, far + near * a * 0.62, 1.14, a * 0.26), 0.7)
    put(
        room,
        draw_shelves(
            room, mark + near * a * 0.34, a * 0.6, ("book", "cup", "bottle"), rows=1, base=1.2
        ),
        0.7,
    )
    if not stage.close:
        if not lies(stage.scene):
            put(room, _bunk(room, mark + near * a * 0.34, near), 0.76)
        table, top = draw_table(room, mark - near * a * 0.5, a * 0.5, high=0.36)
        lantern = THINGS["lantern"]("")
        x, size = mark - near * a * 0.5, a * 0.0021
        put(
            room,
            table + group(lantern.svg, x=x, y=top, scale=size),
            0.82,
            glow=group(lantern.glow, x=x, y=top, scale=size),
        )
        stage.lamp(x, top - a * 0.1, a * 1.0, strength=0.85, halo=0.5)


def _stove(room: Room, x: float) -> str:
    a, y = room.a, room.floor
    iron = "#3a3c42"
    return (
        rect(x - a * 0.05, -20, a * 0.1, y - a * 0.5, darker(iron, 0.15))
        + rect(x - a * 0.2, y - a * 0.56, a * 0.4, a * 0.5, iron, round_=a * 0.04)
        + rect(x - a * 0.24, y - a * 0.6, a * 0.48, a * 0.06, lighter(iron, 0.12), round_=4)
        + rect(x - a * 0.12, y - a * 0.36, a * 0.24, a * 0.18, "#1c1416", round_=a * 0.03)
        + "".join(
            line(f"M{num(x + a * t)} {num(y - a * 0.08)}l0 {num(a * 0.1)}", iron, a * 0.03)
            for t in (-0.15, 0.15)
        )
        + group(THINGS["teapot"]("#6f7f8c").svg, x=x, y=y - a * 0.6, scale=a * 0.0018)
    )


def _embers(room: Room, x: float) -> str:
    a, y = room.a, room.floor
    return rect(x - a * 0.1, y - a * 0.33, a * 0.2, a * 0.12, "#ff9440", round_=a * 0.02) + line(
        f"M{num(x - a * 0.05)} {num(y - a * 0.33)}l0 {num(a * 0.12)}M{num(x + a * 0.05)} {num(y - a * 0.33)}l0 {num(a * 0.12)}",
        "#3a2016",
        a * 0.014,
    )


def _bunk(room: Room, x: float, near: int) -> str:
    """A made bed along the wall, its pillow to the far side."""
    a, y = room.a, room.floor + room.a * 0.1
    wood, quilt = "#5f4028", _QUILTS[room.stage.seed % 4]
    half, head = a * 0.46, x + near * a * 0.34
    soft = path(
        spline(
            [
                (head - a * 0.12, y - a * 0.24),
                (head - a * 0.11, y - a * 0.33),
                (head, y - a * 0.36),
                (head + a * 0.11, y - a * 0.33),
                (head + a * 0.12, y - a * 0.24),
            ],
            tension=0.8,
        ),
        "#ece4d2",
    )
    cover = rect(
        x - half if near > 0 else x - half + a * 0.26,
        y - a * 0.28,
        2 * half - a * 0.26,
        a * 0.2,
        quilt,
        round_=a * 0.03,
    )
    return (
        rect(x - half, y - a * 0.26, 2 * half, a * 0.16, "#e0d6c2", round_=a * 0.02)
        + soft
        + cover
        + rect(x - half, y - a * 0.12, 2 * half, a * 0.08, wood, round_=4)
        + rect(
            x - half - a * 0.03,
            y - a * (0.5 if near < 0 else 0.36),
            a * 0.05,
            a * (0.5 if near < 0 else 0.36),
            wood,
            round_=6,
        )
        + rect(
            x + half - a * 0.02,
            y - a * (0.5 if near > 0 else 0.36),
            a * 0.05,
            a * (0.5 if near > 0 else 0.36),
            wood,
            round_=6,
        )
    )


def ship_cabin(stage: Stage) -> None:
    """Curved planks, portholes on the weather, a bunk with a rail, a lantern from the beam."""
    room = enter(stage, "#6a4e38", "#5f452f", pattern="boards", lamp="#ffba68")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    put(room, draw_beams(room), 0.62)
    for x in (w / 2 - near * a * 0.1, w / 2 + near * a * 0.75):
        _porthole(room, x, room.floor - a * 0.98, a * 0.2)
    put(
        room,
        draw_shelves(
            room, w / 2 - near * w * 0.4, a * 0.5, ("book", "bottle", "telescope"), rows=2, base=0.8
        ),
        0.7,
    )
    if not stage.close and not lies(stage.scene):
        put(room, _bunk(room, mark + near * a * 0.3, near), 0.76)
    if not stage.close:
        put(room, _chart_table(room, w / 2 - near * min(0.3 * w, 1.05 * a)), 0.77)
    x = w / 2 + near * a * 0.3
    drop = max(a * 0.3, room.floor - a * 1.45)
    lantern = THINGS["lantern"]("")
    size = a * 0.0022
    put(
        room,
        line(f"M{num(x)} -20L{num(x)} {num(drop - 96 * size)}", "#3a2a1c", 3)
        + group(lantern.svg, x=x, y=drop, scale=size),
        0.8,
        glow=group(lantern.glow, x=x, y=drop, scale=size),
    )
    stage.lamp(x, drop - 40 * size, a * 1.1, strength=1.25, halo=0.6)


def _chart_table(room: Room, x: float) -> str:
    """A table fixed to the wall with a chart, a compass and a sea chest below it."""
    a, y = room.a, room.floor + room.a * 0.04
    top = y - a * 0.42
    body = group(THINGS["chest"]("").svg, x=x, y=y + a * 0.03, scale=a * 0.0034)
    for side in (-1, 1):
        leg = (x + side * a * 0.36, top, a * 0.045, y - top)
        body += rect(leg[0] - a * 0.022, leg[1], leg[2], leg[3], "#4a3222")
    body += rect(x - a * 0.43, top - a * 0.045, a * 0.86, a * 0.05, "#80573a", round_=4)
    chart = f"M{num(x - a * 0.3)} {num(top - a * 0.045)}l{num(a * 0.06)} {num(-a * 0.07)}l{num(a * 0.4)} 0l{num(a * 0.06)} {num(a * 0.07)}Z"
    body += path(chart, "#e3d3a8")
    body += line(
        f"M{num(x - a * 0.2)} {num(top - a * 0.07)}q{num(a * 0.1)} {num(-a * 0.03)} {num(a * 0.2)} {num(a * 0.01)}",
        "#a0503c",
        3,
    )
    return body + group(
        THINGS["compass"]("").svg, x=x + a * 0.32, y=top - a * 0.045, scale=a * 0.0013
    )


def _porthole(room: Room, x: float, y: float, r: float) -> None:
    light, stage = room.stage.light, room.stage
    sea = path(
        f"M{num(x - r)} {num(y + r * 0.2)}Q{num(x - r * 0.4)} {num(y)} {num(x)} {num(y + r * 0.2)}T{num(x + r)} {num(y + r * 0.2)}A{num(r)} {num(r)} 0 0 1 {num(x - r)} {num(y + r * 0.2)}Z",
        darker(light.sky[1], 0.3),
    )
    glass = circle(x, y, r, light.sky[2]) + sea
    ring = (
        f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(r)}" fill="none" stroke="#b08a4a" '
        f'stroke-width="{num(r * 0.24)}"/>'
    )
    put(room, glass + ring, 0.68, glow=f'<g opacity="0.4">{glass}</g>', rim=0.3)
    stage.key_at = (x, y)


def stone_hall(stage: Stage) -> None:
    """A great hall: stone, tall windows, banners, a hearth, candles on iron stands."""
    room = enter(stage, "#7a7470", "#6f6a66", boards=False, pattern="stone", lamp="#ffb060")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    for x in (w / 2 - near * w * 0.06, w / 2 - near * w * 0.3):
        add_window(room, x, a * 0.4, a * 1.0, sill=0.7, arched=True)
    red = ("#8a2f3a", "#2f4a7a", "#4a6a3a")[stage.seed % 3]
    banners = ""
    for x in (w / 2 - near * w * 0.18, w / 2 + near * w * 0.06, w / 2 - near * w * 0.44):
        top, low = room.floor - a * 1.9, room.floor - a * 0.85
        banners += path(
            polygon(
                [
                    (x - a * 0.12, top),
                    (x + a * 0.12, top),
                    (x + a * 0.12, low),
                    (x, low + a * 0.1),
                    (x - a * 0.12, low),
                ]
            ),
            red,
        ) + circle(x, (top + low) / 2, a * 0.06, "#d8b060")
    put(room, banners, 0.69)
    add_fireplace(room, mark + near * a * 0.2)
    add_candles(room, [(w / 2 - near * w * 0.38, room.floor + a * 0.06)], a * 0.0022)
    put(room, draw_rug(room, w * 0.5, a * 2.2, darker(red, 0.1)), 0.62)
    if stage.frame.tall:
        add_pendant(room, w / 2, drop=1.9, colour="#5a4a3a")
