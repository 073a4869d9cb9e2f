"""Inside of what carries people: a train's compartment, a bus, a taxi at night."""

from __future__ import annotations

from content_platform.imagery.illustrator.places.floors import on_floor
from content_platform.imagery.illustrator.places.furniture import draw_table
from content_platform.imagery.illustrator.places.rooms import Room, add_window, enter, put
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    gradient,
    group,
    lighter,
    line,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import THINGS
from content_platform.stories.models import Shot

_PLUSH = ("#3f5f52", "#7a3a3c", "#3c4f7a", "#7a5a34")
_BRASS = "#c9983f"


def train_carriage(stage: Stage) -> None:
    """Facing benches, the land passing behind a wide window, a lamp on the table, luggage above."""
    wall = ("#6a3f38", "#5a4a3c", "#46505f")[stage.seed % 3]
    room = enter(stage, wall, "#5a4438", lamp="#ffc070", pattern="boards")
    a, w = room.a, stage.w
    rack = 1.5 if room.wall > 1.62 else room.wall - 0.14 if room.wall > 1.15 else 0.0
    top = (rack - 0.14) if rack else room.wall - 0.05
    wide = min(a * 1.36, w * 0.62)
    period = max(a * 2.75, wide + a * 1.3)
    middles = [x for x in (w / 2 - period, w / 2, w / 2 + period) if -wide / 2 < x < w + wide / 2]
    ends = [
        w / 2 + k * period + side * (wide / 2 + a * 0.46) for k in (-1, 0, 1) for side in (-1, 1)
    ]
    put(room, _panels(room, wall), 0.6, rim=0)
    for x in middles:
        add_window(room, x, wide, a * (top - 0.5), sill=0.5, land="passing", drapes=False)
        put(room, _curtains(room, x, wide, top), 0.69)
    if rack:
        put(room, _luggage(room, rack, middles), 0.72, rim=0.4)
    put(room, _carpet(room), 0.62, rim=0)
    plush = _PLUSH[stage.seed % 4]
    seats = "".join(
        _bench(room, x, -1 if k % 2 == 0 else 1, plush)
        for k, x in enumerate(ends)
        if -a * 0.3 < x < w + a * 0.3
    )
    put(room, seats, 0.76, rim=0.4, volume=0.2)
    for x in middles:
        for side in (-1, 1):
            _sconce(room, x + side * (wide / 2 + a * 0.22), min(1.12, top - 0.1))
        table, high = draw_table(
            room, x, a * 0.5, high=0.42, tone="#6f4a30", y=room.floor + a * 0.04
        )
        lamp = THINGS["lamp"]("#c98a5a")
        at, size = x + room.near * a * 0.14, a * 0.0021
        if stage.scene.shot is Shot.DETAIL:
            continue  # behind what is shown, its light would seem to be the thing's
        table += group(lamp.svg, x=at, y=high, scale=size)
        if not stage.scene.cast:  # it would stand on somebody's head
            at_x = x - room.near * a * 0.1
            table += group(THINGS["cup"]("").svg, x=at_x, y=high, scale=a * 0.0011)
        put(room, table, 0.74, glow=group(lamp.glow, x=at, y=high, scale=size))
        stage.lamp(at, high - a * 0.14, a * 0.8, strength=0.8, halo=0.45)


def _panels(room: Room, wall: str) -> str:
    a, w = room.a, room.stage.w
    body = rect(-20, room.floor - a * 0.46, w + 40, a * 0.46, darker(wall, 0.22))
    step = a * 0.34
    for k in range(int(w / step) + 1):
        body += rect(
            k * step + 6, room.floor - a * 0.4, step - 12, a * 0.32, darker(wall, 0.34), round_=6
        )
    return body + rect(-20, room.floor - a * 0.475, w + 40, a * 0.024, _BRASS)


def _curtains(room: Room, x: float, wide: float, top: float) -> str:
    """Short curtains tied to the sides, and their rail."""
    a = room.a
    high, low = room.floor - a * top, room.floor - a * 0.5
    cloth = _PLUSH[(room.stage.seed + 1) % 4]
    body = rect(x - wide * 0.56, high - a * 0.025, wide * 1.12, a * 0.018, _BRASS, round_=3)
    for side in (-1, 1):
        edge, tie = x + side * wide * 0.54, high + (low - high) * 0.62
        body += path(
            f"M{num(edge)} {num(high - a * 0.02)}L{num(edge - side * a * 0.2)} {num(high - a * 0.02)}Q{num(edge - side * a * 0.17)} {num(tie - a * 0.1)} {num(edge - side * a * 0.05)} {num(tie)}Q{num(edge - side * a * 0.11)} {num(low - a * 0.06)} {num(edge - side * a * 0.12)} {num(low + a * 0.03)}L{num(edge)} {num(low + a * 0.03)}Z",
            cloth,
        )
        for t in (0.05, 0.1, 0.15):
            body += line(
                f"M{num(edge - side * a * t)} {num(high)}Q{num(edge - side * a * t)} {num(tie - a * 0.1)} {num(edge - side * a * 0.03)} {num(tie)}",
                darker(cloth, 0.4),
                3,
                opacity=0.6,
            )
        body += rect(
            min(edge, edge - side * a * 0.075),
            tie - a * 0.012,
            a * 0.075,
            a * 0.026,
            _BRASS,
            round_=4,
        )
    return body


def _luggage(room: Room, rack: float, middles: list[float]) -> str:
    a, w = room.a, room.stage.w
    y = room.floor - a * rack
    body, rng = "", room.rng
    for x in middles:
        for name, dx, tone in (
            ("suitcase", -0.42, "#7a4a30"),
            ("box", 0.06, "#5f6a48"),
            ("suitcase", 0.5, "#4a4a5a"),
        ):
            if rng.random() < 0.85:
                body += group(
                    THINGS[name](tone).svg, x=x + a * dx, y=y, scale=a * rng.uniform(0.0019, 0.0025)
                )
    body += rect(-20, y, w + 40, a * 0.022, _BRASS) + rect(
        -20, y - a * 0.1, w + 40, a * 0.012, _BRASS
    )
    step = a * 0.07
    net = "".join(
        f"M{num(k * step)} {num(y)}l{num(step)} {num(-a * 0.1)}M{num(k * step)} {num(y - a * 0.1)}l{num(step)} {num(a * 0.1)}"
        for k in range(int(w / step) + 1)
    )
    return body + line(net, "#e0c890", 1.6, opacity=0.6)


def _carpet(room: Room) -> str:
    """A runner along the aisle with a border, in perspective."""
    stage, a = room.stage, room.a
    tone, body = darker(_PLUSH[(stage.seed + 1) % 4], 0.1), ""
    for near, far, colour in (
        (0.46, 0.09, darker(tone, 0.25)),
        (0.43, 0.105, "#b08a4a"),
        (0.41, 0.12, tone),
    ):
        body += rect(-20, room.floor + a * far, stage.w + 40, a * (near - far), colour)
    step = a * 0.3
    for k in range(-12, 13):
        x, y = stage.w / 2 + k * step, room.floor + a * 0.26
        x = on_floor(stage, x, y, room.floor)
        body += path(
            polygon([(x - a * 0.09, y), (x, y - a * 0.06), (x + a * 0.09, y), (x, y + a * 0.07)]),
            lighter(tone, 0.22),
            opacity=0.8,
        )
    return body


def _bench(room: Room, x: float, side: int, plush: str) -> str:
    """An upholstered bench from its end: the back away from the window, the seat at knee height."""
    a, y = room.a, room.floor + room.a * 0.1
    out = x + side * a * 0.02
    wood = "#4a2f22"

    def slab(points: list[tuple[float, float]], tone: str) -> str:
        return path(polygon([(out + side * a * dx, y - a * dy) for dx, dy in points]), tone)

    body = ellipse(out - side * a * 0.16, y, a * 0.38, a * 0.03, "#0a0c18", opacity=0.4)
    body += slab([(0.02, 0.0), (0.16, 0.0), (0.22, 0.98), (0.12, 1.0)], wood)
    body += slab([(-0.42, 0.0), (0.1, 0.0), (0.1, 0.16), (-0.42, 0.16)], darker(wood, 0.25))
    left = min(out - side * a * 0.46, out + side * a * 0.06)
    body += rect(left, y - a * 0.3, a * 0.52, a * 0.16, plush, round_=a * 0.05)
    body += rect(
        left + a * 0.02, y - a * 0.3, a * 0.48, a * 0.05, lighter(plush, 0.18), round_=a * 0.025
    )
    back = (
        f"M{num(out + side * a * 0.06)} {num(y - a * 0.2)}"
        f"C{num(out - side * a * 0.05)} {num(y - a * 0.4)} {num(out - side * a * 0.03)} {num(y - a * 0.7)} "
        f"{num(out + side * a * 0.03)} {num(y - a * 0.97)}"
        f"L{num(out + side * a * 0.17)} {num(y - a * 0.97)}L{num(out + side * a * 0.12)} {num(y - a * 0.2)}Z"
    )
    body += path(back, lighter(plush, 0.06))
    for up in (0.36, 0.5, 0.64):
        body += line(
            f"M{num(out - side * a * 0.01)} {num(y - a * up)}l{num(side * a * 0.12)} {num(-a * 0.01)}",
            darker(plush, 0.35),
            3,
            opacity=0.7,
        )
    body += slab([(-0.02, 0.8), (0.15, 0.8), (0.17, 0.985), (0.025, 0.985)], "#e6dcc6")
    arm = min(out - side * a * 0.36, out + side * a * 0.08)
    return (
        body
        + rect(arm, y - a * 0.5, a * 0.44, a * 0.05, wood, round_=a * 0.025)
        + rect(out - side * a * 0.33 - a * 0.02, y - a * 0.48, a * 0.04, a * 0.3, wood)
    )


def _sconce(room: Room, x: float, up: float) -> None:
    a, y = room.a, room.floor - room.a * up
    shade = [
        (x - a * 0.05, y + a * 0.06),
        (x - a * 0.03, y - a * 0.05),
        (x + a * 0.03, y - a * 0.05),
        (x + a * 0.05, y + a * 0.06),
    ]
    put(
        room,
        rect(x - a * 0.01, y + a * 0.05, a * 0.02, a * 0.07, _BRASS)
        + path(polygon(shade), "#d8b070"),
        0.74,
        glow=path(polygon(shade), "#ffd08a", opacity=0.75),
    )
    room.stage.lamp(x, y, a * 0.55, strength=0.5, halo=0.3)


def bus(stage: Stage) -> None:
    """Rows of seats one behind the other, a band of windows on the street, poles and straps."""
    room = enter(stage, "#5f6f70", "#4f5058", lamp="#ffe0a8", pattern="none", cosy=0.6)
    a, w = room.a, stage.w
    top = min(1.22, room.wall - 0.1)
    wide = min(a * 1.1, w * 0.5)
    count = int(w / (wide + a * 0.1)) + 2
    for k in sorted(range(count), key=lambda k: abs(k - count / 2)):  # the moon in the middle one
        x = w / 2 + (k - (count - 1) / 2) * (wide + a * 0.1)
        add_window(room, x, wide, a * (top - 0.5), sill=0.5, land="roofs", drapes=False)
    panel = rect(-20, room.floor - a * 0.47, w + 40, a * 0.47, "#4f6a6c") + rect(
        -20, room.floor - a * 0.49, w + 40, a * 0.03, "#c9ccd0"
    )
    put(room, panel, 0.68, rim=0)
    plush = _PLUSH[(stage.seed + 2) % 4]
    places = [w / 2 + room.near * a * (0.78 * k + 0.35) for k in range(-4, 5)]
    seats = "".join(
        _bench(room, x, -room.near, plush) for x in places if -a * 0.5 < x < w + a * 0.5
    )
    put(room, seats, 0.76, rim=0.4, volume=0.2)
    rail, straps = room.floor - a * (room.wall - 0.06 if room.wall < 1.5 else 1.44), ""
    poles = rect(-20, rail, w + 40, a * 0.024, "#c9a84a")
    for k in range(int(w / (a * 0.3)) + 1):
        x = k * a * 0.3 + a * 0.1
        straps += f"M{num(x)} {num(rail)}l0 {num(a * 0.08)}"
        poles += f'<circle cx="{num(x)}" cy="{num(rail + a * 0.12)}" r="{num(a * 0.035)}" fill="none" stroke="#e6e0d0" stroke-width="{num(a * 0.014)}"/>'
    for x in (w / 2 - room.near * w * 0.32, w / 2 + room.near * w * 0.28):
        poles += rect(x - a * 0.016, -20, a * 0.032, room.floor + a * 0.2, "#c9a84a")
    put(room, poles + line(straps, "#e6e0d0", a * 0.012), 0.8, rim=0.6)
    for k in range(3):
        stage.lamp(
            w * (k + 0.5) / 3, room.floor - a * room.wall * 0.92, a * 0.9, strength=0.55, halo=0.25
        )


def taxi(stage: Stage) -> None:
    """Seen from the windscreen: the back seat, the wide rear window, the lights of the street."""
    room = enter(stage, "#33363f", "#2c2e36", lamp="#ffcf90", pattern="none", cosy=0.6)
    a, w, floor = room.a, stage.w, room.floor
    room.stage.inside = True
    top = min(1.2, room.wall - 0.06)
    wide = min(a * 2.1, w * 0.72)
    add_window(room, w / 2, wide, a * (top - 0.62), sill=0.62, land="roofs", drapes=False)
    rng, lights = room.rng, ""
    for _ in range(26):
        x, y = w / 2 + wide * rng.uniform(-0.48, 0.48), floor - a * rng.uniform(0.64, top - 0.1)
        tone = rng.choice(("#ffc870", "#ff8a5a", "#ffe6b0", "#8fc8ff", "#ff6a5a"))
        lights += circle(x, y, a * rng.uniform(0.012, 0.034), tone, opacity=rng.uniform(0.35, 0.75))
    stage.add("", 0.665, glow=lights, soft=3)
    side = ""
    for s in (-1, 1):
        x0, x1 = w / 2 + s * (wide / 2 + a * 0.16), w / 2 + s * (wide / 2 + a * 0.95)
        y0, y1 = floor - a * (top - 0.02), floor - a * 0.66
        side += path(
            polygon([(x0, y0), (x1, y0 - a * 0.2), (x1, y1 + a * 0.12), (x0, y1)]),
            stage.light.sky[1],
        )
        side += line(f"M{num(x0)} {num(y0)}L{num(x0)} {num(y1)}", "#1c1e26", a * 0.05)
    put(room, side, 0.67)
    plush = _PLUSH[stage.seed % 4]
    seat = gradient("seat", [(0, lighter(plush, 0.14)), (0.5, plush), (1, darker(plush, 0.4))])
    half, high = min(a * 1.3, w * 0.56), floor - a * 0.64
    seat += rect(w / 2 - half, high, 2 * half, a * 0.8, "url(#seat)", round_=a * 0.12)
    for k in range(9):
        x = w / 2 + half * (k - 4) / 4.6
        seat += line(
            f"M{num(x)} {num(high + a * 0.05)}l0 {num(a * 0.46)}",
            darker(plush, 0.34),
            4,
            opacity=0.6,
        )
        seat += circle(x, high + a * 0.28, a * 0.014, lighter(plush, 0.3))
    for dx in (-0.5, 0.5):
        seat += rect(
            w / 2 + half * dx - a * 0.17, high - a * 0.16, a * 0.34, a * 0.2, plush, round_=a * 0.07
        )
    put(room, seat, 0.78, rim=0.5, volume=0.3)
    stage.lamp(w / 2, floor - a * (top - 0.05), a * 1.2, strength=0.8, halo=0.15)


def front_seats(stage: Stage) -> str:
    """The backs of a taxi's front seats, before whoever sits behind them."""
    w, h, a = stage.w, stage.h, stage.layout.adult
    top = stage.layout.feet - a * 0.42
    leather, body = "#4a3f48", ""
    for at in (0.08, 0.92) if stage.frame.tall else (0.2, 0.8):
        x, half = w * at, min(a * 0.42, w * 0.24)
        body += rect(
            x - half * 0.46,
            top - a * 0.22,
            half * 0.92,
            a * 0.2,
            lighter(leather, 0.08),
            round_=a * 0.07,
        )
        body += rect(x - half * 0.2, top - a * 0.06, half * 0.08, a * 0.1, "#8a8d96")
        body += rect(x + half * 0.12, top - a * 0.06, half * 0.08, a * 0.1, "#8a8d96")
        body += gradient(
            f"front{int(at * 10)}",
            [(0, lighter(leather, 0.12)), (1, darker(leather, 0.4))],
            box=(top, h),
        )
        body += rect(x - half, top, half * 2, h, f"url(#front{int(at * 10)})", round_=a * 0.16)
        body += line(
            f"M{num(x - half * 0.72)} {num(top + a * 0.14)}Q{num(x)} {num(top + a * 0.06)} {num(x + half * 0.72)} {num(top + a * 0.14)}",
            lighter(leather, 0.22),
            3,
            opacity=0.6,
        )
    shelf = stage.layout.feet - a * 0.06
    back = rect(-20, shelf, w + 40, h, darker(leather, 0.35)) + rect(
        -20, shelf, w + 40, a * 0.02, "#7a7078"
    )
    # The dashboard, nearest to the camera: a rim of wood, dials, the wheel.
    dash = h * (0.9 if stage.frame.tall else 0.93)
    body += gradient("dash", [(0, "#5a4438"), (1, "#241c20")], box=(dash, h)) + rect(
        -20, dash, w + 40, h - dash + 30, "url(#dash)"
    )
    body += rect(-20, dash, w + 40, 6, "#a8805a")
    r = (h - dash) * 0.34
    for at in (0.38, 0.5, 0.62):
        x, y = w * at, dash + (h - dash) * 0.5
        body += circle(x, y, r, "#16161c") + circle(x, y, r * 0.84, "#d8c9a0")
        body += line(f"M{num(x)} {num(y)}l{num(r * 0.5)} {num(-r * 0.4)}", "#a8403a", 4)
    x = w * (0.8 if stage.seed % 2 else 0.2)
    body += (
        f'<ellipse cx="{num(x)}" cy="{num(h + 10)}" rx="{num(w * 0.17)}" ry="{num((h - dash) * 1.5)}" '
        f'fill="none" stroke="#1a181e" stroke-width="{num(w * 0.018)}"/>'
    )
    return back + body
