"""Small rooms that belong to something larger: a lighthouse, a ship, a spaceship, a castle."""

from __future__ import annotations

from content_platform.imagery.illustrator.look import generator
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


def spaceship_cabin(stage: Stage) -> None:
    """Curved metal panels, a wide window on the stars, a console with its lights, a hatch."""
    room = enter(
        stage, "#66748c", "#4e586a", boards=False, pattern="metal", lamp="#bfe4ff", cosy=0.3
    )
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    put(room, _panels(room), 0.62, rim=0.1)
    strip = rect(w * 0.08, room.up(1.72), w * 0.84, a * 0.035, "#eaf6ff", round_=a * 0.017)
    put(room, strip, 0.64, glow=strip)
    for at in (0.25, 0.75):
        stage.lamp(w * at, room.up(1.7), 1.5 * a, colour="#cfe8ff", strength=0.65, halo=0.2)
    view = w / 2 + near * a * (0.1 if not stage.frame.tall else 0)
    _star_window(room, view, min(1.5 * a, 0.62 * w), 0.66 * a)
    hatch = w / 2 - near * min(0.42 * w, 1.45 * a)
    if not stage.frame.tall:
        put(room, _hatch(room, hatch), 0.7, rim=0.3)
    console, lights = _console(room, mark + near * a * 0.1)
    put(room, console, 0.76, glow=lights, rim=0.4)
    stage.lamp(mark, room.floor - 0.5 * a, 0.6 * a, colour="#7fe0d0", strength=0.5, halo=0.2)
    if not stage.close and not lies(stage.scene):
        put(room, _stool(room, mark - near * a * 0.5), 0.8)


def _panels(room: Room) -> str:
    """Seams and rivets of a hull, and pipes along the ceiling."""
    a, w, y = room.a, room.stage.w, room.floor
    seam, body, x = "#3d4758", "", -0.1 * a
    while x < w + a:
        body += line(f"M{num(x)} -10L{num(x)} {num(y)}", seam, 4)
        body += line(f"M{num(x + 5)} -10L{num(x + 5)} {num(y)}", "#8b9ab2", 2, opacity=0.6)
        for k in range(1, 12):
            body += circle(x + 0.045 * a, y - k * 0.16 * a, 0.011 * a, seam)
        x += 0.62 * a
    for up, tone in ((0.34, "#59667c"), (0.37, "#8b9ab2")):
        body += rect(-20, y - up * a, w + 40, 0.03 * a, tone)
    for k, tone in enumerate(("#b0683f", "#6f7f98", "#4f8a86")):
        body += rect(-20, room.up(1.86) - k * 0.07 * a, w + 40, 0.045 * a, tone, round_=6)
    return body


def _star_window(room: Room, x: float, wide: float, tall: float) -> None:
    """Glass with rounded ends; behind it stars, and the rim of a planet."""
    stage, a = room.stage, room.a
    rng = generator("star window", stage.seed)
    top, left = room.up(0.72) - tall, x - wide / 2
    room.windows.append((left - 0.1 * a, left + wide + 0.1 * a))
    planet = ("#4f86b8", "#b8744a", "#6f9a72", "#8a6fb0")[stage.seed % 4]
    px, r = left + wide * rng.uniform(0.3, 0.7), 0.62 * wide
    py = top + tall * 0.62 + r
    stars = "".join(
        circle(
            left + wide * rng.random(),
            top + tall * 0.95 * rng.random(),
            1.0 + 2.6 * rng.random() ** 3,
            "#f6f4ff",
        )
        for _ in range(46)
    )
    globe = circle(px, py, r * 1.025, lighter(planet, 0.35), opacity=0.5) + circle(
        px, py, r, planet
    )
    for k in range(4):
        lane = path(
            spline(
                [
                    (px - r * 0.5, py - r * (0.86 - 0.12 * k)),
                    (px + r * 0.1 * k, py - r * (0.9 - 0.12 * k)),
                    (px + r * 0.5, py - r * (0.84 - 0.12 * k)),
                    (px, py - r * (0.83 - 0.12 * k)),
                ]
            ),
            lighter(planet, 0.5),
            opacity=0.5,
        )
        globe += lane
    pane = f'<rect x="{num(left)}" y="{num(top)}" width="{num(wide)}" height="{num(tall)}" rx="{num(tall * 0.32)}"'
    scene = (
        f'<clipPath id="starpane">{pane}/></clipPath><g clip-path="url(#starpane)">'
        f"{rect(left, top, wide, tall, '#0d1430')}{stars}{globe}</g>"
    )
    rim = f'{pane} fill="none" stroke="#3a4454" stroke-width="{num(0.09 * a)}"/>'
    rim += f'{pane} fill="none" stroke="#a9b6c8" stroke-width="{num(0.03 * a)}"/>'
    bolts = "".join(
        circle(left + wide * at, edge, 0.014 * a, "#d5deea")
        for at in (0.25, 0.5, 0.75)
        for edge in (top - 0.02 * a, top + tall + 0.02 * a)
    )
    put(room, scene + rim + bolts, 0.68, glow=f'<g opacity="0.3">{scene}</g>', rim=0.2)
    stage.key_at = (x, top + 0.5 * tall)


def _console(room: Room, x: float) -> tuple[str, str]:
    """A slanting desk with a screen, dials and rows of lights: shapes and glow."""
    a, y = room.a, room.floor + 0.05 * room.a
    rng = generator("console", room.stage.seed)
    half, top = 0.52 * a, y - 0.42 * a
    body = path(
        polygon(
            [
                (x - half * 0.86, y),
                (x - half * 0.86, top),
                (x + half * 0.86, top),
                (x + half * 0.86, y),
            ]
        ),
        "#46526a",
    )
    body += path(
        polygon(
            [
                (x - half * 1.06, top + 0.03 * a),
                (x - half * 0.9, top - 0.16 * a),
                (x + half * 0.9, top - 0.16 * a),
                (x + half * 1.06, top + 0.03 * a),
            ]
        ),
        "#7c8ba4",
    )
    screen = rect(
        x - 0.2 * a, top - 0.46 * a, 0.4 * a, 0.27 * a, "#123a44", round_=0.02 * a
    ) + line(
        f"M{num(x - 0.16 * a)} {num(top - 0.32 * a)}q{num(0.06 * a)} {num(-0.12 * a)} {num(0.11 * a)} 0"
        f"t{num(0.11 * a)} 0t{num(0.1 * a)} {num(-0.02 * a)}",
        "#6ff0d0",
        0.012 * a,
    )
    body += rect(x - 0.03 * a, top - 0.2 * a, 0.06 * a, 0.08 * a, "#3a4458")
    body += rect(x - 0.23 * a, top - 0.49 * a, 0.46 * a, 0.33 * a, "#3a4458", round_=0.03 * a)
    body += screen
    lamps = ""
    for row in range(2):
        for k in range(8):
            at = x + half * (-0.76 + 0.217 * k)
            tone = rng.choice(("#ff8a5a", "#ffd76a", "#7fe0d0", "#9ac4ff"))
            lamps += circle(at, top - 0.1 * a + 0.07 * a * row, 0.019 * a, tone)
    for k in range(3):
        body += rect(
            x + half * (-0.7 + 0.5 * k), top + 0.1 * a, 0.2 * a, 0.24 * a, "#3a4458", round_=5
        )
        body += line(
            f"M{num(x + half * (-0.7 + 0.5 * k) + 0.03 * a)} {num(top + 0.16 * a)}l{num(0.14 * a)} 0"
            f"m{num(-0.14 * a)} {num(0.05 * a)}l{num(0.14 * a)} 0",
            "#59667c",
            4,
        )
    return body + lamps, screen + lamps


def _hatch(room: Room, x: float) -> str:
    """A round-cornered door with a wheel."""
    a, y = room.a, room.floor
    body = rect(x - 0.34 * a, y - 1.22 * a, 0.68 * a, 1.2 * a, "#3d4758", round_=0.16 * a)
    body += rect(x - 0.29 * a, y - 1.17 * a, 0.58 * a, 1.1 * a, "#8593aa", round_=0.13 * a)
    wheel = f'<circle cx="{num(x)}" cy="{num(y - 0.62 * a)}" r="{num(0.11 * a)}" fill="none" stroke="#c8553d" stroke-width="{num(0.025 * a)}"/>'
    spokes = f"M{num(x - 0.11 * a)} {num(y - 0.62 * a)}l{num(0.22 * a)} 0M{num(x)} {num(y - 0.73 * a)}l0 {num(0.22 * a)}"
    return body + wheel + line(spokes, "#c8553d", 0.018 * a)


def _stool(room: Room, x: float) -> str:
    a, y = room.a, room.floor + 0.1 * room.a
    return (
        rect(x - 0.02 * a, y - 0.3 * a, 0.04 * a, 0.28 * a, "#8b9ab2")
        + rect(x - 0.14 * a, y - 0.33 * a, 0.28 * a, 0.055 * a, "#b0683f", round_=0.025 * a)
        + rect(x - 0.12 * a, y - 0.03 * a, 0.24 * a, 0.035 * a, "#59667c", round_=0.015 * a)
    )


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
