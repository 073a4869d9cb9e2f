"""Places inside: one room, furnished for what it is, lit by its window, lamps and fire.

A ``Room`` knows its floor line and its scale (the height of an adult there); the furniture
functions below place things by those two.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from content_platform.imagery.illustrator import sky
from content_platform.imagery.illustrator.light import indoors
from content_platform.imagery.illustrator.objects import THINGS, clock_face
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    gradient,
    group,
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
from content_platform.stories.models import TimeOfDay, Weather

_WOOD = "#7a4e30"


@dataclass
class Room:
    """The space: ``floor`` is where wall meets floor, ``a`` the height of an adult, in units."""

    stage: Stage
    floor: float
    a: float
    near: int
    """+1 when free space and landmark are to the right of the subject, -1 to the left."""

    @property
    def rng(self) -> random.Random:
        return self.stage.rng

    @property
    def mark(self) -> float:
        return self.stage.layout.landmark_x


def _room(
    stage: Stage,
    wall: str,
    floor: str,
    *,
    boards: bool = True,
    lamp: str = "",
    cosy: float = 1.0,
    pattern: str = "",
) -> Room:
    """Walls, floor and ceiling; changes the stage's light to the room's."""
    stage.inside = True
    stage.light = indoors(stage.light, walls=wall, lamp=lamp, cosy=cosy)
    layout, w, h = stage.layout, stage.w, stage.h
    if stage.close:
        a = 0.62 * h if not stage.frame.tall else 0.42 * h
        y = h * (0.86 if not stage.frame.tall else 0.72)
    else:
        a = layout.adult
        y = layout.feet - 0.26 * a
    near = 1 if layout.subject_x < w / 2 else -1
    stage.ground_y = y
    body = gradient(
        "roomwall", [(0, darker(wall, 0.32)), (0.5, wall), (1, lighter(wall, 0.05))], box=(0, y)
    )
    body += rect(-20, -20, w + 40, y + 30, "url(#roomwall)")
    rng = stage.rng
    if pattern == "stripes":
        step = a * 0.11
        body += "".join(
            rect(k * step, -20, step * 0.46, y + 20, darker(wall, 0.14), opacity=0.5)
            for k in range(int(w / step) + 1)
        )
    elif pattern == "stone":
        row, k = -10.0, 0
        high = a * 0.12
        while row < y:
            x = -a * 0.2 * (k % 2)
            while x < w:
                wide = a * rng.uniform(0.18, 0.32)
                tone = mix(
                    wall, rng.choice((darker(wall, 0.3), lighter(wall, 0.14))), rng.random() * 0.7
                )
                body += rect(
                    x + 2, row + 2, wide - 4, high - 4, tone, round_=a * 0.02, opacity=0.75
                )
                x += wide
            row += high
            k += 1
    elif pattern == "boards":
        step = a * 0.15
        body += "".join(
            line(
                f"M{num(k * step)} -10L{num(k * step)} {num(y)}",
                darker(wall, 0.35),
                2.4,
                opacity=0.6,
            )
            for k in range(int(w / step) + 1)
        )
    skirting = rect(-20, y - a * 0.045, w + 40, a * 0.05, darker(wall, 0.3))
    if pattern != "stone":
        body += skirting
    stage.add(body, 0.55, texture=0.24)
    ground = gradient(
        "floor", [(0, darker(floor, 0.1)), (0.3, floor), (1, darker(floor, 0.6))], box=(y, h)
    ) + rect(-20, y, w + 40, h - y + 30, "url(#floor)")
    if boards:
        cx = w / 2
        for k in range(-16, 17):
            top, low = cx + k * a * 0.16, cx + k * a * 0.16 * 2.6
            ground += line(
                f"M{num(top)} {num(y)}L{num(low)} {num(h + 20)}",
                darker(floor, 0.5),
                2.2,
                opacity=0.5,
            )
    else:
        row, high = y, a * 0.05
        while row < h:
            ground += line(
                f"M-20 {num(row)}L{num(w + 20)} {num(row)}", darker(floor, 0.4), 2, opacity=0.45
            )
            row += high
            high *= 1.35
        for k in range(-12, 13):
            ground += line(
                f"M{num(w / 2 + k * a * 0.24)} {num(y)}L{num(w / 2 + k * a * 0.24 * 2.6)} {num(h + 20)}",
                darker(floor, 0.4),
                2,
                opacity=0.45,
            )
    stage.add(ground, 0.6, texture=0.34)
    return Room(stage, y, a, near)


def _put(
    room: Room,
    body: str,
    depth: float = 0.7,
    *,
    glow: str = "",
    rim: float = 0.25,
    volume: float = 0.0,
) -> None:
    room.stage.add(body, depth, glow=glow, rim=rim, texture=0.2, volume=volume)


# --- light sources -----------------------------------------------------------------------------


def _window(
    room: Room, x: float, wide: float, tall: float, *, sill: float = 0.62, arched: bool = False
) -> None:
    """A window onto the hour and weather outside, with its light falling in."""
    stage, a = room.stage, room.a
    top = room.floor - a * sill - tall
    light = stage.light
    left = x - wide / 2
    panes = gradient("outside", [(0, light.sky[1]), (0.6, light.sky[2]), (1, light.sky[3])])
    shape = (
        f"M{num(left)} {num(top + tall)}L{num(left)} {num(top + (wide / 2 if arched else 0))}"
        + (
            f"A{num(wide / 2)} {num(wide / 2)} 0 0 1 {num(left + wide)} {num(top + wide / 2)}"
            if arched
            else f"L{num(left + wide)} {num(top)}"
        )
        + f"L{num(left + wide)} {num(top + tall)}Z"
    )
    frame = "#e4d8c2" if not arched else "#5a5a66"
    body = line(shape, frame, a * 0.05)
    hill = path(
        f"M{num(left)} {num(top + tall)}L{num(left)} {num(top + tall * 0.8)}Q{num(x)} {num(top + tall * 0.64)} {num(left + wide)} {num(top + tall * 0.78)}L{num(left + wide)} {num(top + tall)}Z",
        mix(light.sky[2], "#22304a", 0.55),
    )
    bars = line(
        f"M{num(x)} {num(top)}L{num(x)} {num(top + tall)}M{num(left)} {num(top + tall * 0.5)}L{num(left + wide)} {num(top + tall * 0.5)}",
        frame,
        a * 0.022,
    )
    scenery = hill
    if light.sun == "moon" and stage.scene.weather in (Weather.CLEAR, Weather.CLOUDS):
        scenery += circle(x + wide * 0.2, top + tall * 0.26, wide * 0.11, "#fff2d0")
    if stage.scene.weather in (Weather.RAIN, Weather.STORM):
        rng = room.rng
        scenery += "".join(
            line(
                f"M{num(px)} {num(py)}l{num(-a * 0.008)} {num(a * rng.uniform(0.04, 0.12))}",
                "#dce8f4",
                1.8,
                opacity=0.55,
            )
            for px, py in (
                (rng.uniform(left + 6, left + wide - 6), rng.uniform(top + 4, top + tall * 0.85))
                for _ in range(26)
            )
        )
    elif stage.scene.weather is Weather.SNOW:
        rng = room.rng
        scenery += "".join(
            circle(
                rng.uniform(left + 6, left + wide - 6),
                rng.uniform(top + 4, top + tall * 0.95),
                rng.uniform(1.5, 4),
                "#ffffff",
                opacity=0.85,
            )
            for _ in range(30)
        )
    night = stage.scene.time_of_day is TimeOfDay.NIGHT
    opacity = 0.5 if night else 0.4
    body_panes = panes + path(shape, "url(#outside)") + scenery
    sill_board = rect(left - a * 0.06, top + tall, wide + a * 0.12, a * 0.035, frame, round_=2)
    _put(
        room,
        body_panes + bars + body + sill_board,
        0.66,
        glow=f'<g opacity="{opacity}">{body_panes}</g>' + bars.replace(frame, darker(frame, 0.75)),
        rim=0.0,
    )
    curtain = ("#8a4a44", "#4a6a72", "#7a6a44", "#5f4a74")[stage.seed % 4]
    if not arched:
        drapes = ""
        for side in (-1, 1):
            ex = x + side * wide * 0.5
            drapes += path(
                spline(
                    [
                        (ex + side * wide * 0.22, top - a * 0.05),
                        (ex - side * wide * 0.1, top - a * 0.05),
                        (ex - side * wide * 0.02, top + tall * 0.5),
                        (ex + side * wide * 0.1, top + tall * 0.66),
                        (ex + side * wide * 0.02, top + tall + a * 0.1),
                        (ex + side * wide * 0.26, top + tall + a * 0.1),
                    ],
                    tension=0.7,
                ),
                curtain,
            )
            drapes += "".join(
                line(
                    f"M{num(ex + side * wide * t)} {num(top)}Q{num(ex + side * wide * (t + 0.02))} {num(top + tall * 0.6)} {num(ex + side * wide * (t + 0.06))} {num(top + tall)}",
                    darker(curtain, 0.35),
                    3,
                    opacity=0.5,
                )
                for t in (0.02, 0.09, 0.16)
            )
        drapes += rect(
            x - wide * 0.78, top - a * 0.075, wide * 1.56, a * 0.022, "#5a4028", round_=3
        )
        _put(room, drapes, 0.68)
    stage.key_at = (x, top + tall * 0.4)
    tone = mix(light.sky[2], light.key, 0.5)
    stage.lamp(
        x,
        top + tall * 0.5,
        a * (0.8 if night else 1.3),
        colour=tone,
        strength=0.5 if night else 0.85,
        halo=0.25,
    )
    if not stage.close:
        toward = 90 - 24 * (1 if x > stage.layout.subject_x else -1) * -1
        sky.rays(
            stage, x, top + tall * 0.4, toward, 20, a * 1.2, 0.16 if night else 0.3, colour=tone
        )


def _pendant(room: Room, x: float, *, drop: float = 1.5, colour: str = "#5f7a6a") -> None:
    a, y = room.a, room.floor - room.a * drop
    body = line(f"M{num(x)} -20L{num(x)} {num(y)}", "#2a2a30", 4) + path(
        f"M{num(x - a * 0.13)} {num(y + a * 0.09)}Q{num(x - a * 0.1)} {num(y)} {num(x)} {num(y - a * 0.02)}Q{num(x + a * 0.1)} {num(y)} {num(x + a * 0.13)} {num(y + a * 0.09)}Z",
        colour,
    )
    glow = ellipse(x, y + a * 0.09, a * 0.12, a * 0.022, "#ffe6b0") + circle(
        x, y + a * 0.1, a * 0.032, "#fff2d0"
    )
    if room.stage.light.dark or room.stage.inside:
        room.stage.lamp(x, y + a * 0.14, a * 0.95, strength=0.95, halo=0.42)
    _put(room, body, 0.74, glow=glow)


def _fireplace(room: Room, x: float) -> None:
    a, y = room.a, room.floor
    stone = "#8a7a70"
    wide, tall = a * 0.86, a * 0.74
    body = (
        rect(x - wide / 2, y - tall, wide, tall, stone)
        + rect(
            x - wide * 0.58,
            y - tall - a * 0.06,
            wide * 1.16,
            a * 0.07,
            darker("#6a4630", 0.1),
            round_=4,
        )
        + path(
            f"M{num(x - wide * 0.3)} {num(y)}L{num(x - wide * 0.3)} {num(y - tall * 0.48)}Q{num(x)} {num(y - tall * 0.86)} {num(x + wide * 0.3)} {num(y - tall * 0.48)}L{num(x + wide * 0.3)} {num(y)}Z",
            "#1c1416",
        )
    )
    rng = room.rng
    body += "".join(
        rect(
            x - wide / 2 + a * 0.1 * (k % 9) + (a * 0.05 if k // 9 % 2 else 0),
            y - tall + a * 0.09 * (k // 9),
            a * 0.09,
            a * 0.075,
            rng.choice((darker(stone, 0.2), lighter(stone, 0.1))),
            round_=4,
            opacity=0.5,
        )
        for k in range(72)
        if rng.random() < 0.5 and abs(a * 0.1 * (k % 9) - wide / 2) > wide * 0.3
    )
    logs = path(
        limb(
            [(x - wide * 0.2, y - a * 0.03), (x + wide * 0.2, y - a * 0.06)], [a * 0.06, a * 0.055]
        ),
        "#5a3a26",
    )
    flames = "".join(
        path(
            f"M{num(fx)} {num(y - a * 0.06)}c{num(-fw)} {num(-fh * 0.3)} {num(-fw * 0.6)} {num(-fh * 0.7)} {num(fw * 0.1)} {num(-fh)}c{num(fw * 0.5)} {num(fh * 0.34)} {num(fw)} {num(fh * 0.6)} {num(-fw * 0.1)} {num(fh)}Z",
            tone,
            opacity=0.9,
        )
        for fx, fw, fh, tone in (
            (x - wide * 0.12, a * 0.07, a * 0.2, "#ff8a30"),
            (x + wide * 0.1, a * 0.07, a * 0.22, "#ff8a30"),
            (x, a * 0.09, a * 0.3, "#ffa840"),
            (x, a * 0.05, a * 0.17, "#ffe090"),
        )
    )
    mantel = group(THINGS["clock"]("").svg, x=x, y=y - tall - a * 0.06, scale=a * 0.0022)
    room.stage.lamp(x, y - a * 0.15, a * 1.15, colour="#ff9a48", strength=1.35, halo=0.6)
    _put(room, body + logs + mantel, 0.7, glow=flames)


def _candles(room: Room, spots: list[tuple[float, float]], size: float) -> None:
    body, glow = "", ""
    for x, y in spots:
        thing = THINGS["candle"]("")
        body += group(thing.svg, x=x, y=y, scale=size)
        glow += group(thing.glow, x=x, y=y, scale=size)
        room.stage.lamp(x, y - 78 * size, room.a * 0.6, strength=0.8, halo=0.6)
    _put(room, body, 0.78, glow=glow)


# --- furniture -----------------------------------------------------------------------------------


def _table(
    room: Room,
    x: float,
    wide: float,
    *,
    high: float = 0.42,
    tone: str = _WOOD,
    y: float | None = None,
) -> tuple[str, float]:
    a = room.a
    foot = room.floor + a * 0.1 if y is None else y
    top = foot - a * high
    body = "".join(
        path(
            polygon(
                [
                    (x + wide * t - a * 0.02, top),
                    (x + wide * t + a * 0.02, top),
                    (x + wide * t * 1.03 + a * 0.015, foot),
                    (x + wide * t * 1.03 - a * 0.015, foot),
                ]
            ),
            darker(tone, 0.32),
        )
        for t in (-0.42, 0.42)
    )
    body += (
        rect(x - wide * 0.46, top, wide * 0.92, a * 0.07, darker(tone, 0.2))
        + rect(x - wide / 2, top - a * 0.035, wide, a * 0.045, tone, round_=3)
        + rect(x - wide / 2, top - a * 0.035, wide, a * 0.012, lighter(tone, 0.25), round_=3)
    )
    return body, top - a * 0.035


def _bookcase(
    room: Room,
    x: float,
    wide: float,
    tall: float,
    *,
    tone: str = "#5f3c26",
    rows: int = 5,
    density: float = 0.93,
) -> str:
    rng, y = room.rng, room.floor
    body = rect(x - wide / 2, y - tall, wide, tall, tone) + rect(
        x - wide / 2 - 5, y - tall - 7, wide + 10, 12, lighter(tone, 0.12), round_=2
    )
    inner, step = wide - room.a * 0.06, tall / rows
    colours = (
        "#8c2f35",
        "#2f5d73",
        "#5f7a42",
        "#b07a35",
        "#5a3c6b",
        "#c9b48a",
        "#3c4a5c",
        "#a3593c",
    )
    for row in range(rows):
        base = y - row * step - room.a * 0.02
        body += rect(
            x - inner / 2,
            base - step + room.a * 0.035,
            inner,
            step - room.a * 0.035,
            darker(tone, 0.55),
        )
        bx = x - inner / 2 + 2
        while bx < x + inner / 2 - room.a * 0.03:
            bw = room.a * rng.uniform(0.022, 0.05)
            bh = (step - room.a * 0.05) * rng.uniform(0.62, 0.95)
            if rng.random() < density:
                colour = rng.choice(colours)
                body += rect(bx, base - bh, bw - 1.4, bh, colour, round_=1.5) + rect(
                    bx + 1, base - bh * 0.8, bw - 3.4, bh * 0.07, lighter(colour, 0.4), opacity=0.7
                )
            else:
                bw *= 1.7
            bx += bw
    return body


def _shelves(
    room: Room,
    x: float,
    wide: float,
    goods: tuple[str, ...],
    *,
    rows: int = 3,
    base: float = 0.62,
    gap: float = 0.32,
) -> str:
    """Wall shelves with things on them."""
    a, rng = room.a, room.rng
    body = ""
    for row in range(rows):
        y = room.floor - a * (base + gap * row)
        body += rect(x - wide / 2, y, wide, a * 0.025, "#6a4428") + rect(
            x - wide / 2, y + a * 0.025, wide, a * 0.015, "#3a2416", opacity=0.6
        )
        count = max(2, int(wide / (a * 0.26)))
        for k in range(count):
            name = goods[(k + row * 2 + room.stage.seed) % len(goods)]
            gx = x - wide / 2 + wide * (k + 0.5 + rng.uniform(-0.12, 0.12)) / count
            if name == "clock face":
                r = a * rng.uniform(0.07, 0.1)
                body += clock_face(
                    gx,
                    y - r,
                    r,
                    rng.choice(("#8a5a2b", "#b07a35", "#6a3c20", "#9aa0a8")),
                    hour=rng.uniform(0, 360),
                    minute=rng.uniform(0, 360),
                )
            else:
                tone = (
                    rng.choice(("", "#b86a4a", "#6f9a8a", "#c9a860", "#7a86b0"))
                    if name in ("bottle", "box", "teapot", "cup")
                    else ""
                )
                body += group(
                    THINGS[name](tone).svg, x=gx, y=y, scale=a * 0.0021 * rng.uniform(0.85, 1.05)
                )
    return body


def _wall_clocks(room: Room, x0: float, x1: float, count: int) -> str:
    body, rng, a = "", room.rng, room.a
    for k in range(count):
        x = x0 + (x1 - x0) * (k + 0.5) / count
        y = room.floor - a * rng.uniform(1.18, 1.66)
        r = a * rng.uniform(0.07, 0.13)
        wood = rng.choice(("#8a5a2b", "#6a3c20", "#b07a35", "#54342a"))
        if rng.random() < 0.4:
            body += (
                rect(x - r * 1.1, y - r * 1.3, r * 2.2, r * 4.2, wood, round_=r * 0.4)
                + rect(x - r * 0.7, y + r * 1.2, r * 1.4, r * 1.5, darker(wood, 0.55), round_=4)
                + line(
                    f"M{num(x)} {num(y + r)}L{num(x + r * 0.2)} {num(y + r * 2.2)}", "#d8b060", 3
                )
                + circle(x + r * 0.2, y + r * 2.25, r * 0.2, "#e0b860")
            )
        body += clock_face(x, y, r, wood, hour=rng.uniform(0, 360), minute=rng.uniform(0, 360))
    return body


def _picture(room: Room, x: float, up: float, wide: float) -> str:
    a = room.a
    y, tall = room.floor - a * up, wide * 0.74
    return (
        rect(x - wide / 2 - 8, y - tall - 8, wide + 16, tall + 16, "#a8803c", round_=2)
        + rect(x - wide / 2, y - tall, wide, tall, "#8fb0b8")
        + path(
            f"M{num(x - wide / 2)} {num(y)}L{num(x - wide / 2)} {num(y - tall * 0.4)}L{num(x - wide * 0.1)} {num(y - tall * 0.72)}L{num(x + wide * 0.2)} {num(y - tall * 0.34)}L{num(x + wide / 2)} {num(y - tall * 0.5)}L{num(x + wide / 2)} {num(y)}Z",
            "#5f7a62",
        )
    )


def _armchair(room: Room, x: float, tone: str) -> str:
    a, y = room.a, room.floor + room.a * 0.1
    return (
        "".join(
            rect(x + a * t - a * 0.02, y - a * 0.08, a * 0.04, a * 0.08, "#3a2618")
            for t in (-0.2, 0.2)
        )
        + path(
            spline(
                [
                    (x - a * 0.24, y - a * 0.1),
                    (x - a * 0.27, y - a * 0.56),
                    (x, y - a * 0.66),
                    (x + a * 0.27, y - a * 0.56),
                    (x + a * 0.24, y - a * 0.1),
                ],
                tension=0.8,
            ),
            darker(tone, 0.15),
        )
        + rect(x - a * 0.2, y - a * 0.3, a * 0.4, a * 0.14, lighter(tone, 0.08), round_=a * 0.05)
        + rect(x - a * 0.3, y - a * 0.38, a * 0.12, a * 0.32, tone, round_=a * 0.055)
        + rect(x + a * 0.18, y - a * 0.38, a * 0.12, a * 0.32, tone, round_=a * 0.055)
        + rect(x - a * 0.2, y - a * 0.18, a * 0.4, a * 0.12, tone, round_=6)
    )


def _rug(room: Room, x: float, wide: float, tone: str) -> str:
    y = room.floor + room.a * 0.2
    return (
        ellipse(x, y, wide / 2, room.a * 0.1, tone)
        + ellipse(x, y, wide * 0.43, room.a * 0.083, lighter(tone, 0.25))
        + ellipse(x, y, wide * 0.38, room.a * 0.072, darker(tone, 0.1))
    )


def _ceiling_beams(room: Room) -> str:
    a = room.a
    y = room.floor - a * 2.05
    if y < 10:
        return ""
    w = room.stage.w
    beam = "#54382a"
    return (
        rect(-20, -20, w + 40, y + 20, darker(beam, 0.45))
        + rect(-20, y - a * 0.06, w + 40, a * 0.13, beam)
        + "".join(
            path(
                polygon(
                    [
                        (x - a * 0.05, y + a * 0.06),
                        (x + a * 0.05, y + a * 0.06),
                        (x + (x - w / 2) * 0.4 + a * 0.08, -20),
                        (x + (x - w / 2) * 0.4 - a * 0.08, -20),
                    ]
                ),
                lighter(beam, 0.05),
            )
            for x in [w * (k + 0.5) / 6 for k in range(6)]
        )
    )


# --- rooms -----------------------------------------------------------------------------------------


def living_room(stage: Stage) -> None:
    room = _room(
        stage, ("#7f6a5a", "#5f7472", "#7a6672")[stage.seed % 3], "#7d5638", pattern="stripes"
    )
    a, near, mark = room.a, room.near, room.mark
    _put(room, _ceiling_beams(room) + _rug(room, stage.w * 0.5, a * 2.0, "#8a4440"), 0.62)
    _window(room, stage.w * (0.5 - near * 0.06), a * 0.56, a * 0.74)
    _fireplace(room, mark + near * a * 0.1)
    far = stage.w / 2 - near * stage.w * 0.41
    _put(
        room,
        _bookcase(room, far, a * 0.66, a * 1.35)
        + _picture(room, mark + near * a * 0.1, 1.22, a * 0.34),
        0.7,
    )
    if not stage.close:
        _put(room, _armchair(room, mark - near * a * 0.62, "#6f7f5a"), 0.8)


def kitchen(stage: Stage) -> None:
    room = _room(stage, "#8f8468", "#a06a48", boards=False)
    a, near, mark = room.a, room.near, room.mark
    _put(room, _ceiling_beams(room), 0.62)
    _window(room, stage.w / 2, a * 0.6, a * 0.66, sill=0.72)
    _put(
        room,
        _shelves(
            room,
            mark + near * a * 0.05,
            a * 0.95,
            ("cup", "bottle", "teapot", "bread", "basket"),
            base=1.0,
            rows=2,
        ),
        0.7,
    )
    x = mark + near * a * 0.05
    stove = (
        rect(x - a * 0.42, room.floor - a * 0.5, a * 0.84, a * 0.54, "#3f4248", round_=5)
        + rect(x - a * 0.46, room.floor - a * 0.53, a * 0.92, a * 0.05, "#5a5e66", round_=3)
        + rect(x - a * 0.24, room.floor - a * 0.3, a * 0.3, a * 0.2, "#241c1c", round_=4)
        + group(
            THINGS["teapot"]("#8a5a3c").svg,
            x=x - a * 0.2,
            y=room.floor - a * 0.53,
            scale=a * 0.0024,
        )
        + rect(x + a * 0.06, room.floor - a * 0.72, a * 0.24, a * 0.19, "#8f8a84", round_=6)
        + rect(x + a * 0.27, -20, a * 0.08, room.floor - a * 0.5, "#3f4248")
    )
    _put(
        room,
        stove,
        0.72,
        glow=rect(x - a * 0.22, room.floor - a * 0.28, a * 0.26, a * 0.16, "#ff9a40", round_=4),
    )
    stage.lamp(x - a * 0.1, room.floor - a * 0.2, a * 0.7, colour="#ff9a48", strength=0.9, halo=0.4)
    pans = "".join(
        line(f"M{num(px)} {num(room.floor - a * 1.62)}l0 {num(a * 0.1)}", "#2a2a30", 3)
        + ellipse(px, room.floor - a * 1.46, a * 0.075, a * 0.07, tone)
        for px, tone in (
            (stage.w / 2 - near * a * 0.7, "#b8683c"),
            (stage.w / 2 - near * a * 0.9, "#5b5f68"),
            (stage.w / 2 - near * a * 1.1, "#b8683c"),
        )
    )
    _put(
        room,
        pans
        + line(
            f"M{num(stage.w / 2 - near * a * 0.55)} {num(room.floor - a * 1.62)}L{num(stage.w / 2 - near * a * 1.25)} {num(room.floor - a * 1.62)}",
            "#3a3a42",
            6,
        ),
        0.7,
    )
    _pendant(room, stage.w / 2 - near * a * 0.36, colour="#a85a44")
    if not stage.close:
        far = stage.w / 2 - near * stage.w * 0.36
        table, top = _table(room, far, a * 0.9)
        _put(
            room,
            table
            + group(THINGS["bread"]("").svg, x=far, y=top, scale=a * 0.0022)
            + group(THINGS["cup"]("").svg, x=far + a * 0.24, y=top, scale=a * 0.0016),
            0.82,
        )


def bedroom(stage: Stage) -> None:
    room = _room(
        stage, ("#6a708f", "#7f6f86", "#66808a")[stage.seed % 3], "#8a6446", pattern="stripes"
    )
    a, near, mark = room.a, room.near, room.mark
    _put(room, _rug(room, stage.w * 0.5, a * 1.6, "#5f6f8a"), 0.62)
    _window(room, stage.w / 2 - near * a * 0.05, a * 0.62, a * 0.82)
    x, y = mark + near * a * 0.18, room.floor + a * 0.06
    quilt = "#8a5a6a"
    bed = path(
        f"M{num(x + near * a * 0.56)} {num(y)}L{num(x + near * a * 0.56)} {num(y - a * 0.62)}Q{num(x + near * a * 0.5)} {num(y - a * 0.8)} {num(x + near * a * 0.44)} {num(y - a * 0.62)}L{num(x + near * a * 0.44)} {num(y)}Z",
        "#5f3c26",
    )
    lo = min(x - a * 0.55, x + a * 0.5)
    bed += (
        rect(lo, y - a * 0.34, a * 1.04, a * 0.26, quilt, round_=a * 0.07)
        + rect(lo, y - a * 0.14, a * 1.04, a * 0.1, "#5f3c26")
        + ellipse(x + near * a * 0.36, y - a * 0.38, a * 0.16, a * 0.075, "#f0e8da")
        + "".join(
            rect(
                lo + a * 0.03 + k * a * 0.15,
                y - a * 0.32 + (k % 2) * a * 0.09,
                a * 0.12,
                a * 0.08,
                lighter(quilt, 0.25 if k % 2 else 0.12),
                round_=6,
                opacity=0.8,
            )
            for k in range(6)
        )
        + rect(
            x - near * a * 0.56 - a * 0.03, y - a * 0.46, a * 0.06, a * 0.48, "#5f3c26", round_=5
        )
    )
    _put(room, bed, 0.74, volume=0.2)
    night_x = x - near * a * 0.82
    table, top = _table(room, night_x, a * 0.32, high=0.34, y=room.floor + a * 0.06)
    lamp = THINGS["lamp"]("#c98a5a")
    size = a * 0.0028
    _put(
        room,
        table + group(lamp.svg, x=night_x, y=top, scale=size) + _picture(room, x, 1.15, a * 0.3),
        0.76,
        glow=group(lamp.glow, x=night_x, y=top, scale=size),
    )
    stage.lamp(
        night_x, top - a * 0.18, a * 0.8, strength=0.9 if stage.light.dark else 0.4, halo=0.5
    )
    far = stage.w / 2 - near * stage.w * 0.42
    _put(
        room,
        _bookcase(room, far, a * 0.5, a * 1.0, rows=4)
        + group(THINGS["toy bear"]("").svg, x=far, y=room.floor - a * 1.01, scale=a * 0.0022),
        0.7,
    )


def clock_shop(stage: Stage) -> None:
    room = _room(stage, "#6f4e3c", "#6a4630", pattern="boards", lamp="#ffb85c")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    _put(room, _ceiling_beams(room), 0.62)
    _window(room, w / 2 - near * w * 0.33, a * 0.6, a * 0.8)
    _put(
        room,
        _wall_clocks(room, w * 0.36, w * 0.98, max(4, int(w / a * 2.2)))
        if near > 0
        else _wall_clocks(room, w * 0.02, w * 0.64, max(4, int(w / a * 2.2))),
        0.68,
    )
    _put(
        room,
        _shelves(
            room, mark, a * 1.1, ("clock face", "clock", "clock face", "box"), rows=2, base=0.66
        ),
        0.7,
    )
    grand = w / 2 + near * w * 0.44
    case = "#5a3420"
    body = (
        rect(grand - a * 0.17, room.floor - a * 1.2, a * 0.34, a * 1.22, case, round_=6)
        + path(
            f"M{num(grand - a * 0.2)} {num(room.floor - a * 1.18)}Q{num(grand)} {num(room.floor - a * 1.52)} {num(grand + a * 0.2)} {num(room.floor - a * 1.18)}Z",
            lighter(case, 0.1),
        )
        + rect(
            grand - a * 0.1, room.floor - a * 0.86, a * 0.2, a * 0.6, darker(case, 0.6), round_=4
        )
        + line(
            f"M{num(grand)} {num(room.floor - a * 0.86)}L{num(grand + a * 0.03)} {num(room.floor - a * 0.44)}",
            "#d8b060",
            4,
        )
        + circle(grand + a * 0.03, room.floor - a * 0.42, a * 0.05, "#e8c070")
        + clock_face(grand, room.floor - a * 1.06, a * 0.125, "#c9983f")
    )
    _put(room, body, 0.72)
    _pendant(room, w / 2 + near * a * 0.02, drop=1.42)
    if not stage.close:
        _counter(room, mark - near * a * 0.1, a * 1.2, ("clock", "watch", "gear"))


def _counter(room: Room, x: float, wide: float, goods: tuple[str, ...]) -> None:
    table, top = _table(room, x, wide, high=0.46)
    a = room.a
    front = rect(
        x - wide * 0.46, top + a * 0.05, wide * 0.92, a * 0.4, darker(_WOOD, 0.12)
    ) + "".join(
        rect(
            x - wide * 0.43 + k * wide * 0.29,
            top + a * 0.1,
            wide * 0.27,
            a * 0.28,
            darker(_WOOD, 0.32),
            round_=4,
        )
        for k in range(3)
    )
    things = "".join(
        group(
            THINGS[name]("").svg,
            x=x + wide * t,
            y=top,
            scale=a * 0.002 * (0.55 + 0.45 * min(1.0, THINGS[name]("").size)),
        )
        for name, t in zip(goods, (-0.3, 0.06, 0.32), strict=False)
    )
    _put(room, front + table + things, 0.84, rim=0.3)


def workshop(stage: Stage) -> None:
    room = _room(stage, "#77624c", "#7a5a40", pattern="boards", lamp="#ffbe6a")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    _put(room, _ceiling_beams(room), 0.62)
    _window(room, w / 2 - near * w * 0.3, a * 0.7, a * 0.66, sill=0.72)
    board = rect(mark - a * 0.55, room.floor - a * 1.42, a * 1.1, a * 0.6, "#8a6a48", round_=4)
    for k, x in enumerate((-0.42, -0.28, -0.12, 0.06, 0.22, 0.4)):
        px, py = mark + a * x, room.floor - a * 1.32
        board += line(
            f"M{num(px)} {num(py)}l0 {num(a * (0.26 + 0.05 * (k % 3)))}",
            ("#5a3a24", "#6f7680")[k % 2],
            a * 0.022,
        )
        board += (
            rect(px - a * 0.05, py, a * 0.1, a * 0.05, "#6f7680", round_=3)
            if k % 3 == 0
            else circle(px, py + a * 0.02, a * 0.035, "#8f969e")
            if k % 3 == 1
            else path(
                polygon(
                    [
                        (px - a * 0.03, py + a * 0.18),
                        (px + a * 0.07, py + a * 0.18),
                        (px + a * 0.07, py + a * 0.4),
                        (px - a * 0.01, py + a * 0.4),
                    ]
                ),
                "#9aa2aa",
            )
        )
    _put(
        room,
        board
        + _shelves(
            room, w / 2 + near * w * 0.42, a * 0.6, ("box", "bottle", "book", "lantern"), rows=3
        ),
        0.7,
    )
    _pendant(room, mark - near * a * 0.2, drop=1.5, colour="#4f6a5f")
    if not stage.close:
        _counter(room, mark - near * a * 0.05, a * 1.3, ("gear", "lamp", "box"))


def bakery(stage: Stage) -> None:
    room = _room(stage, "#a8825c", "#9a6a4a", boards=False, lamp="#ffbe6a")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    _put(room, _ceiling_beams(room), 0.62)
    _window(room, w / 2 - near * w * 0.32, a * 0.66, a * 0.74)
    x = w / 2 + near * w * 0.4
    oven = path(
        f"M{num(x - a * 0.5)} {num(room.floor)}L{num(x - a * 0.5)} {num(room.floor - a * 0.66)}Q{num(x)} {num(room.floor - a * 1.36)} {num(x + a * 0.5)} {num(room.floor - a * 0.66)}L{num(x + a * 0.5)} {num(room.floor)}Z",
        "#a05a44",
    ) + path(
        f"M{num(x - a * 0.22)} {num(room.floor - a * 0.4)}Q{num(x)} {num(room.floor - a * 0.8)} {num(x + a * 0.22)} {num(room.floor - a * 0.4)}Z",
        "#221414",
    )
    _put(
        room,
        oven
        + _shelves(
            room,
            mark - near * a * 0.1,
            a * 1.0,
            ("bread", "bread", "cake", "basket"),
            rows=2,
            base=0.8,
        ),
        0.7,
        glow=path(
            f"M{num(x - a * 0.18)} {num(room.floor - a * 0.41)}Q{num(x)} {num(room.floor - a * 0.66)} {num(x + a * 0.18)} {num(room.floor - a * 0.41)}Z",
            "#ff9a40",
        ),
    )
    stage.lamp(x, room.floor - a * 0.45, a * 0.9, colour="#ff9a48", strength=1.1, halo=0.5)
    _pendant(room, w / 2, drop=1.5, colour="#b5563c")
    if not stage.close:
        _counter(room, mark - near * a * 0.3, a * 1.2, ("bread", "cake", "basket"))


def shop(stage: Stage) -> None:
    words = stage.scene.place + " " + stage.scene.text.lower()
    goods: tuple[str, ...] = ("bottle", "teapot", "box", "cup")
    if "toy" in words:
        goods = ("toy bear", "doll", "boat", "robot", "box")
    elif any(mark in words for mark in ("antique", "curio", "junk")):
        goods = ("clock", "mirror", "bottle", "crown", "telescope", "camera")
    elif any(mark in words for mark in ("flower", "florist")):
        goods = ("flower", "basket", "flower")
    room = _room(stage, "#71624f", "#76523a", pattern="boards", lamp="#ffbe6a")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    _put(room, _ceiling_beams(room), 0.62)
    _window(room, w / 2 - near * w * 0.33, a * 0.64, a * 0.8)
    if "book" in words:
        _put(
            room,
            _bookcase(room, mark, a * 1.2, a * 1.6, rows=6)
            + _bookcase(room, mark + near * a * 1.25, a * 1.1, a * 1.6, rows=6),
            0.7,
        )
        goods = ("book", "lamp", "book")
    else:
        _put(
            room,
            _shelves(room, mark, a * 1.1, goods, rows=3, base=0.64)
            + _shelves(room, mark + near * a * 1.25, a * 1.0, goods, rows=3, base=0.64),
            0.7,
        )
    _pendant(room, w / 2, drop=1.45)
    if not stage.close:
        _counter(room, mark - near * a * 0.1, a * 1.2, goods[:3])


def library(stage: Stage) -> None:
    room = _room(stage, "#5f4a3c", "#70482f", lamp="#ffc070")
    a, near, w = room.a, room.near, stage.w
    window = w / 2 - near * a * 0.1
    x, body = -a * 0.1, ""
    while x < w + a * 0.4:
        if abs(x - window) > a * 0.62:
            body += _bookcase(room, x, a * 0.74, a * 2.5, rows=9, density=0.95)
        x += a * 0.76
    _put(room, body, 0.66)
    _window(room, window, a * 0.62, a * 1.3, sill=0.5, arched=True)
    rail = room.floor - a * 1.5
    ladder_x = room.mark + near * a * 0.4
    _put(
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
    _put(room, _rug(room, w * 0.5, a * 2.2, "#7a3036"), 0.63)
    if not stage.close:
        x = room.mark - near * a * 0.15
        table, top = _table(room, x, a * 0.9)
        lamp = THINGS["lamp"]("#3f7a5a")
        size = a * 0.0026
        _put(
            room,
            table
            + group(lamp.svg, x=x, y=top, scale=size)
            + group(THINGS["book"]("").svg, x=x - a * 0.26, y=top, scale=a * 0.0018)
            + rect(x + a * 0.16, top - a * 0.035, a * 0.2, a * 0.035, "#8c2f35")
            + rect(x + a * 0.18, top - a * 0.07, a * 0.17, a * 0.035, "#2f5d73"),
            0.82,
            glow=group(lamp.glow, x=x, y=top, scale=size),
        )
        stage.lamp(x, top - a * 0.18, a * 0.9, strength=1.1, halo=0.5)
    _pendant(room, w / 2 + near * w * 0.1, drop=1.75, colour="#a8803c")


def school(stage: Stage) -> None:
    room = _room(stage, "#8f9a86", "#a07850")
    a, near, mark, w = room.a, room.near, room.mark, stage.w
    board = (
        rect(mark - a * 0.8, room.floor - a * 1.36, a * 1.6, a * 0.8, "#7a5236", round_=4)
        + rect(mark - a * 0.76, room.floor - a * 1.32, a * 1.52, a * 0.72, "#2f4a40")
        + line(
            f"M{num(mark - a * 0.5)} {num(room.floor - a * 0.8)}q{num(a * 0.2)} {num(-a * 0.4)} {num(a * 0.4)} 0M{num(mark + a * 0.2)} {num(room.floor - a * 1.0)}l{num(a * 0.34)} 0M{num(mark + a * 0.2)} {num(room.floor - a * 0.88)}l{num(a * 0.24)} 0",
            "#d8e0d4",
            3,
            opacity=0.6,
        )
        + circle(mark - a * 0.3, room.floor - a * 1.08, a * 0.09, "none")
    )
    _put(
        room,
        board + clock_face(mark - near * a * 1.05, room.floor - a * 1.5, a * 0.1, "#5a4030"),
        0.68,
    )
    _window(room, w / 2 - near * w * 0.3, a * 0.7, a * 0.86)
    if not stage.close:
        desks = ""
        for k in range(4):
            x = w * (0.14 + 0.24 * k)
            table, top = _table(
                room, x, a * 0.46, high=0.34, tone="#a8754a", y=room.floor + a * 0.12
            )
            desks += table + group(
                THINGS["book"](("#8c2f35", "#2f5d73", "#5f7a42")[k % 3]).svg,
                x=x,
                y=top,
                scale=a * 0.0013,
            )
        _put(room, desks, 0.82)
    _pendant(room, w / 2, drop=1.7, colour="#d8d2c4")


def attic(stage: Stage) -> None:
    room = _room(stage, "#6a5240", "#7a5a40", pattern="boards")
    a, near, w = room.a, room.near, stage.w
    top = max(-20.0, room.floor - a * 2.1)
    body = ""
    for side in (-1, 1):
        edge = w / 2 + side * w * 0.5
        body += path(
            polygon(
                [
                    (edge + side * 30, room.floor - a * 0.32),
                    (edge + side * 30, -30),
                    (w / 2 + side * w * 0.12, -30),
                    (w / 2 + side * w * 0.12, top),
                ]
            ),
            "#4a382c",
        )
        for t in (0.25, 0.55, 0.85):
            x = w / 2 + side * (w * 0.12 + w * 0.38 * t)
            body += line(
                f"M{num(x)} {num(top + (room.floor - a * 0.32 - top) * t * 0.98)}L{num(x - side * a * 0.3)} -30",
                "#6f5440",
                a * 0.05,
            )
        body += line(
            f"M{num(w / 2 + side * w * 0.12)} {num(top)}L{num(edge)} {num(room.floor - a * 0.32)}",
            "#7f6048",
            a * 0.06,
        )
    _put(room, body, 0.6)
    x, y, r = w / 2 - near * a * 0.02, room.floor - a * 1.16, a * 0.34
    light = stage.light
    panes = gradient("round", [(0, light.sky[1]), (1, light.sky[3])]) + circle(
        x, y, r, "url(#round)"
    )
    bars = line(
        f"M{num(x - r)} {num(y)}l{num(2 * r)} 0M{num(x)} {num(y - r)}l0 {num(2 * r)}",
        "#3f2e22",
        a * 0.025,
    )
    ring = f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(r)}" fill="none" stroke="#54402e" stroke-width="{num(a * 0.06)}"/>'
    _put(
        room,
        panes + bars + ring,
        0.64,
        glow=f'<g opacity=".6">{panes}</g>' + bars.replace("#3f2e22", "#140e0a"),
    )
    stage.key_at = (x, y)
    tone = mix(light.sky[2], light.key, 0.5)
    stage.lamp(x, y, a * 1.2, colour=tone, strength=0.8, halo=0.35)
    sky.rays(stage, x, y, 90 + near * 20, 26, a * 1.3, 0.34, colour=tone)
    rng = room.rng
    chest = "".join(
        group(
            THINGS["box"](rng.choice(("#7a4a30", "#5f5a48", "#6a4a5a"))).svg,
            x=px,
            y=room.floor + a * 0.05,
            scale=a * size,
        )
        for px, size in (
            (room.mark + near * a * 0.3, 0.0046),
            (room.mark + near * a * 0.95, 0.0036),
            (w / 2 - near * w * 0.43, 0.005),
        )
    )
    extra = (
        group(
            THINGS["lantern"]("").svg,
            x=room.mark + near * a * 0.3,
            y=room.floor - a * 0.32,
            scale=a * 0.0022,
        )
        + group(
            THINGS["mirror"]("").svg,
            x=w / 2 - near * w * 0.32,
            y=room.floor + a * 0.04,
            scale=a * 0.0075,
        )
        + rect(
            room.mark - near * a * 0.3 - a * 0.1,
            room.floor - a * 0.12,
            a * 0.3,
            a * 0.14,
            "#8c6a4a",
        )
        + "".join(
            rect(
                room.mark - near * a * 0.3 - a * 0.08 + k * 2,
                room.floor - a * (0.16 + 0.05 * k),
                a * 0.24,
                a * 0.048,
                tone_,
                round_=2,
            )
            for k, tone_ in enumerate(("#8c2f35", "#2f5d73", "#b07a35"))
        )
    )
    _put(room, chest + extra, 0.76, rim=0.4)
    stage.lamp(room.mark + near * a * 0.3, room.floor - a * 0.4, a * 0.6, strength=0.7, halo=0.4)


def cellar(stage: Stage) -> None:
    room = _room(stage, "#5a5a64", "#54525a", boards=False, pattern="stone", cosy=0.3)
    a, near, w = room.a, room.near, stage.w
    body = ""
    for k in range(3):
        x = w * (0.18 + 0.32 * k)
        body += path(
            f"M{num(x - w * 0.17)} -30L{num(x - w * 0.17)} {num(room.floor - a * 1.0)}Q{num(x)} {num(room.floor - a * 2.1)} {num(x + w * 0.17)} {num(room.floor - a * 1.0)}L{num(x + w * 0.17)} -30Z",
            "#3f404c",
            opacity=0.8,
        ) + rect(x - w * 0.19, room.floor - a * 1.02, w * 0.04, a * 1.02, "#6a6a74")
    _put(room, body, 0.62)
    barrels = ""
    for x, size in (
        (room.mark + near * a * 0.1, 1.0),
        (room.mark + near * a * 0.66, 0.92),
        (w / 2 - near * w * 0.4, 1.05),
    ):
        half, tall = a * 0.24 * size, a * 0.6 * size
        y = room.floor + a * 0.06
        barrels += (
            path(
                f"M{num(x - half)} {num(y)}q{num(-half * 0.34)} {num(-tall / 2)} 0 {num(-tall)}l{num(half * 2)} 0q{num(half * 0.34)} {num(tall / 2)} 0 {num(tall)}Z",
                "#7a5236",
            )
            + ellipse(x, y - tall, half, half * 0.22, "#5f3c26")
            + line(
                f"M{num(x - half * 1.1)} {num(y - tall * 0.24)}l{num(half * 2.2)} 0M{num(x - half * 1.1)} {num(y - tall * 0.76)}l{num(half * 2.2)} 0",
                "#34343c",
                a * 0.026,
            )
        )
    _put(room, barrels, 0.76, volume=0.4, rim=0.4)
    torch_x = w / 2 - near * a * 0.05
    ty = room.floor - a * 1.1
    _put(
        room,
        line(f"M{num(torch_x)} {num(ty + a * 0.2)}L{num(torch_x)} {num(ty)}", "#5a3a24", a * 0.035)
        + rect(torch_x - a * 0.05, ty + a * 0.08, a * 0.1, a * 0.04, "#2a2a30"),
        0.74,
        glow=path(
            f"M{num(torch_x)} {num(ty + a * 0.02)}c{num(-a * 0.09)} {num(-a * 0.06)} {num(-a * 0.06)} {num(-a * 0.16)} 0 {num(-a * 0.24)}c{num(a * 0.06)} {num(a * 0.08)} {num(a * 0.09)} {num(a * 0.18)} 0 {num(a * 0.24)}Z",
            "#ffb050",
        ),
    )
    stage.lamp(torch_x, ty - a * 0.08, a * 1.15, colour="#ffa050", strength=1.25, halo=0.7)


def church(stage: Stage) -> None:
    room = _room(stage, "#6c6a78", "#7a7680", boards=False, pattern="stone", cosy=0.5)
    a, near, w = room.a, room.near, stage.w
    x = w / 2 + near * a * 0.05
    light = stage.light
    wide, tall = a * 0.72, a * 1.5
    top = room.floor - a * 0.62 - tall
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
    )
    bars = line(arch, "#34343f", a * 0.05) + line(
        f"M{num(x)} {num(top)}L{num(x)} {num(top + tall)}", "#34343f", a * 0.02
    )
    _put(
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
    sky.rays(stage, x, top + tall * 0.3, 90 - near * 16, 30, a * 1.5, 0.34)
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
    _put(room, pillars, 0.72, rim=0.3)
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
        _put(room, rows, 0.8)
    _candles(
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
    room = _room(stage, "#66697a", "#5f5d66", boards=False, pattern="stone", cosy=0.35)
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
    _put(room, shade, 0.58, rim=0)
    _window(room, w / 2 - near * w * 0.08, a * 0.3, a * 0.62, sill=1.0, arched=True)
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
    _put(room, body, 0.74, rim=0.5)
    _put(room, rail, 0.78, rim=0.6)
    bracket = w / 2 + near * w * 0.3
    by = room.floor - a * 1.72 if room.floor - a * 1.72 > 30 else room.floor - a * 1.3
    lantern = THINGS["lantern"]("")
    size = a * 0.0026
    _put(
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
    sky.water(stage, h * 0.56, calm=0.2)
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
    _put(room, bars, 0.66, rim=0.4)
    deck = gradient("deck", [(0, "#6a5a4c"), (1, "#2c2428")], box=(floor, h)) + rect(
        -20, floor, w + 40, h, "url(#deck)"
    )
    stage.add(deck, 0.7, texture=0.4)
    x = room.mark
    words = stage.scene.text.lower()
    out = any(
        mark in words
        for mark in ("went out", "goes out", "gone out", "dark", "stopped", "never failed", "fail")
    )
    lens = rect(x - a * 0.26, floor - a * 0.4, a * 0.52, a * 0.42, "#7a5a34", round_=6) + rect(
        x - a * 0.3, floor - a * 0.44, a * 0.6, a * 0.06, "#c9983f", round_=3
    )
    glass = "".join(
        path(
            f"M{num(x - a * (0.24 - 0.035 * abs(k)))} {num(floor - a * (0.84 + 0.1 * k))}Q{num(x)} {num(floor - a * (0.81 + 0.1 * k))} {num(x + a * (0.24 - 0.035 * abs(k)))} {num(floor - a * (0.84 + 0.1 * k))}L{num(x + a * (0.24 - 0.035 * abs(k)))} {num(floor - a * (0.91 + 0.1 * k))}Q{num(x)} {num(floor - a * (0.88 + 0.1 * k))} {num(x - a * (0.24 - 0.035 * abs(k)))} {num(floor - a * (0.91 + 0.1 * k))}Z",
            "#a8ccd4" if k % 2 else "#8fb8c4",
        )
        for k in range(-3, 4)
    )
    cap = path(
        f"M{num(x - a * 0.2)} {num(floor - a * 1.24)}Q{num(x)} {num(floor - a * 1.46)} {num(x + a * 0.2)} {num(floor - a * 1.24)}Z",
        "#c9983f",
    )
    glow = (
        ""
        if out
        else circle(x, floor - a * 0.86, a * 0.13, "#ffe9b0") + f'<g opacity=".5">{glass}</g>'
    )
    _put(room, lens + glass + cap, 0.8, glow=glow, rim=0.7, volume=0.3)
    if not out:
        stage.lamp(x, floor - a * 0.86, a * 1.2, colour="#ffd890", strength=1.4, halo=1.0)
        sky.beam(stage, x, floor - a * 0.86, 184, 9, a * 2, 0.6, "#ffe2a0")
        sky.beam(stage, x, floor - a * 0.86, -4, 9, a * 2, 0.6, "#ffe2a0")
    else:
        stage.lamp(x - room.near * a * 0.8, floor - a * 0.3, a * 0.9, strength=0.55, halo=0.2)


def train_carriage(stage: Stage) -> None:
    room = _room(stage, "#6a3f38", "#5a4438", lamp="#ffc070")
    a, near, w = room.a, room.near, stage.w
    count = 2 if stage.frame.tall else 3
    for k in range(count):
        _window(room, w * (k + 0.5) / count, min(a * 0.86, w / count * 0.62), a * 0.66, sill=0.66)
    panel = rect(-20, room.floor - a * 0.62, w + 40, a * 0.62, "#54302c") + rect(
        -20, room.floor - a * 0.64, w + 40, a * 0.035, "#c9983f"
    )
    rack = (
        rect(-20, room.floor - a * 1.62, w + 40, a * 0.03, "#c9983f")
        + "".join(
            line(
                f"M{num(k * a * 0.1)} {num(room.floor - a * 1.62)}l{num(a * 0.05)} {num(-a * 0.1)}",
                "#c9983f",
                2,
            )
            for k in range(int(w / (a * 0.1)) + 1)
        )
        + group(
            THINGS["box"]("#7a4a30").svg, x=room.mark, y=room.floor - a * 1.62, scale=a * 0.0028
        )
    )
    seats = ""
    for x in (room.mark + near * a * 0.1, w / 2 - near * w * 0.42):
        seats += (
            rect(x - a * 0.34, room.floor - a * 0.72, a * 0.68, a * 0.5, "#3f5f52", round_=a * 0.07)
            + rect(
                x - a * 0.36,
                room.floor - a * 0.3,
                a * 0.72,
                a * 0.2,
                lighter("#3f5f52", 0.08),
                round_=a * 0.06,
            )
            + rect(x - a * 0.34, room.floor - a * 0.12, a * 0.68, a * 0.16, "#3a2820")
        )
    _put(room, panel, 0.665, rim=0)
    _put(room, rack + seats, 0.76)
    for k in range(count):
        x = w * k / count if k else w * 0.995
        y = room.floor - a * 1.3
        _put(
            room,
            path(
                polygon(
                    [
                        (x - a * 0.06, y + a * 0.08),
                        (x - a * 0.035, y - a * 0.05),
                        (x + a * 0.035, y - a * 0.05),
                        (x + a * 0.06, y + a * 0.08),
                    ]
                ),
                "#d8b070",
            ),
            0.74,
            glow=path(
                polygon(
                    [
                        (x - a * 0.055, y + a * 0.075),
                        (x - a * 0.03, y - a * 0.045),
                        (x + a * 0.03, y - a * 0.045),
                        (x + a * 0.055, y + a * 0.075),
                    ]
                ),
                "#ffd08a",
                opacity=0.8,
            ),
        )
        stage.lamp(x, y, a * 0.75, strength=0.7, halo=0.4)


def corridor(stage: Stage) -> None:
    room = _room(stage, "#6f7066", "#6a4a3a", pattern="stripes")
    a, near, w = room.a, room.near, stage.w
    _put(room, _rug(room, w * 0.5, a * 2.6, "#7a3036"), 0.62)
    doors = ""
    spots = [room.mark, room.mark - near * a * 1.15, w / 2 - near * w * 0.44]
    for x in spots:
        wood = "#6a4230"
        doors += (
            rect(
                x - a * 0.3, room.floor - a * 1.24, a * 0.6, a * 1.25, darker(wood, 0.35), round_=3
            )
            + rect(x - a * 0.25, room.floor - a * 1.18, a * 0.5, a * 1.18, wood)
            + "".join(
                rect(
                    x - a * 0.19 + i * a * 0.21,
                    room.floor - a * 1.08 + j * a * 0.52,
                    a * 0.17,
                    a * 0.42,
                    darker(wood, 0.22),
                    round_=3,
                )
                for i in range(2)
                for j in range(2)
            )
            + circle(x + near * a * 0.19, room.floor - a * 0.58, a * 0.025, "#d8b060")
        )
    crack = rect(room.mark - a * 0.26, room.floor - a * 1.17, a * 0.03, a * 1.16, "#ffcf80")
    _put(room, doors + _picture(room, room.mark - near * a * 0.58, 1.05, a * 0.26), 0.7, glow=crack)
    stage.lamp(room.mark - a * 0.2, room.floor - a * 0.4, a * 0.7, strength=0.9, halo=0.5)
    for x in (room.mark + near * a * 0.55, w / 2 - near * w * 0.2):
        y = room.floor - a * 1.3
        _put(
            room,
            rect(x - a * 0.012, y, a * 0.024, a * 0.14, "#c9983f")
            + path(
                polygon(
                    [
                        (x - a * 0.08, y + a * 0.03),
                        (x - a * 0.045, y - a * 0.1),
                        (x + a * 0.045, y - a * 0.1),
                        (x + a * 0.08, y + a * 0.03),
                    ]
                ),
                "#e0c090",
            ),
            0.72,
            glow=path(
                polygon(
                    [
                        (x - a * 0.075, y + a * 0.028),
                        (x - a * 0.04, y - a * 0.095),
                        (x + a * 0.04, y - a * 0.095),
                        (x + a * 0.075, y + a * 0.028),
                    ]
                ),
                "#ffd08a",
                opacity=0.8,
            ),
        )
        stage.lamp(x, y - a * 0.04, a * 0.7, strength=0.8, halo=0.4)


PLACES = {
    "room": living_room,
    "kitchen": kitchen,
    "bedroom": bedroom,
    "clock shop": clock_shop,
    "workshop": workshop,
    "bakery": bakery,
    "shop": shop,
    "library": library,
    "school": school,
    "attic": attic,
    "cellar": cellar,
    "church": church,
    "tower stairs": tower_stairs,
    "lamp room": lamp_room,
    "train": train_carriage,
    "corridor": corridor,
}
