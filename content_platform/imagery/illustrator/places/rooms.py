"""A room: walls, floor, the light that falls in, lamps and fire.

A ``Room`` knows its floor line and its scale (the height of an adult there); everything in it is
placed by those two. What stands in it is in ``furniture``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from content_platform.imagery.illustrator import air
from content_platform.imagery.illustrator.light import indoors
from content_platform.imagery.illustrator.places.floors import draw_floor, lay_window_light
from content_platform.imagery.illustrator.places.outlook import draw_outlook
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
from content_platform.imagery.illustrator.stage import Layer, Post, Stage
from content_platform.imagery.illustrator.things import THINGS
from content_platform.stories.models import TimeOfDay, Weather


@dataclass
class Room:
    """The space: ``floor`` is where wall meets floor, ``a`` the height of an adult, in units."""

    stage: Stage
    floor: float
    a: float
    near: int
    """+1 when free space and landmark are to the right of the subject, -1 to the left."""
    windows: list[tuple[float, float]] = field(default_factory=list)
    """From where to where, curtains included, the wall is taken by windows."""
    hung: list[tuple[float, float]] = field(default_factory=list)
    """From where to where something hangs that nothing else may overlap."""

    @property
    def taken(self) -> list[tuple[float, float]]:
        """Where nothing more is hung."""
        return [*self.windows, *self.hung]

    @property
    def wall(self) -> float:
        """How much of the wall the picture shows, in heights of an adult."""
        return self.floor / self.a

    def up(self, height: float) -> float:
        """The y of what hangs at ``height`` adults above the floor; lower where the picture ends."""
        if height > 0.6 and self.wall < 1.75:
            height = 0.6 + (height - 0.6) * max(0.2, self.wall - 0.66) / 1.15
        return self.floor - self.a * height

    def wall_beside_windows(self, left: float, right: float) -> tuple[float, float]:
        """The widest part of the wall from ``left`` to ``right`` that no window takes."""
        for from_, to in self.windows:
            if from_ < right and to > left:
                before, after = (left, min(right, from_)), (max(left, to), right)
                left, right = max(before, after, key=lambda part: part[1] - part[0])
        return left, right

    @property
    def rng(self) -> random.Random:
        return self.stage.rng

    @property
    def mark(self) -> float:
        return self.stage.layout.landmark_x


def enter(
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
    for left, name, far in ((-20.0, "left", 0.0), (w * 0.82, "right", 0.5)):
        body += gradient(
            name, [(0, "#0a0c18", 0.5 - far), (1, "#0a0c18", far)], vertical=False
        ) + rect(left, -20, w * 0.18 + 20, y + 30, f"url(#{name})")
    if pattern in ("", "stripes"):
        body += _wainscot(wall, y, a, w)
    skirting = rect(-20, y - a * 0.045, w + 40, a * 0.05, darker(wall, 0.3))
    if pattern not in ("stone", "metal"):
        body += skirting
    stage.add(body, 0.55, texture=0.24)
    ground = draw_floor(stage, y, a, floor, boards=boards)
    stage.add(ground, 0.6, texture=0.34)
    return Room(stage, y, a, near)


def _wainscot(wall: str, floor: float, a: float, w: float) -> str:
    """Panels along the lower wall under a moulding, and a picture rail high up."""
    wood, top = darker(wall, 0.2), floor - a * 0.42
    body = rect(-20, top, w + 40, a * 0.42, wood) + rect(
        -20, top - a * 0.02, w + 40, a * 0.03, lighter(wall, 0.16)
    )
    step = a * 0.3
    for k in range(int(w / step) + 1):
        x = k * step + a * 0.03
        body += rect(x, top + a * 0.05, step - a * 0.06, a * 0.28, darker(wood, 0.14), round_=3)
        body += rect(x, top + a * 0.05, step - a * 0.06, a * 0.012, darker(wood, 0.34), round_=3)
    rail = floor - a * 1.62
    if rail > 0:
        body += rect(-20, -20, w + 40, rail + 20, darker(wall, 0.16), opacity=0.6)
        body += rect(-20, rail, w + 40, a * 0.028, lighter(wall, 0.12))
    return body


def put(
    room: Room,
    body: str,
    depth: float = 0.7,
    *,
    glow: str = "",
    rim: float = 0.25,
    volume: float = 0.0,
) -> Layer:
    return room.stage.add(body, depth, glow=glow, rim=rim, texture=0.2, volume=volume)


# --- light sources -----------------------------------------------------------------------------


def add_window(
    room: Room,
    x: float,
    wide: float,
    tall: float,
    *,
    sill: float = 0.62,
    arched: bool = False,
    land: str = "",
    drapes: bool = True,
) -> None:
    """A window onto the hour and weather outside, with its light falling in.

    Where the picture is too low for all of it, it is made lower and less tall. ``land`` as in
    ``draw_outlook``.
    """
    stage, a = room.stage, room.a
    room_above = room.wall - 0.09
    sill = max(min(sill, 0.44), min(sill, room_above - tall / a))
    tall = min(tall, (room_above - sill) * a)
    top = room.floor - a * sill - tall
    light = stage.light
    left = x - wide / 2
    hung = drapes and not arched
    room.windows.append((left - wide * (0.3 if hung else 0.08), x + wide * (0.8 if hung else 0.58)))
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
    bars = line(
        f"M{num(x)} {num(top)}L{num(x)} {num(top + tall)}M{num(left)} {num(top + tall * 0.5)}L{num(left + wide)} {num(top + tall * 0.5)}",
        frame,
        a * 0.022,
    )
    scenery = draw_outlook(stage, left, top, wide, tall, land=land, disc=len(room.windows) == 1)
    wet = ""
    if stage.scene.weather in (Weather.RAIN, Weather.STORM):
        scenery += "".join(
            line(
                f"M{num(px)} {num(py)}l{num(-a * 0.012)} "
                f"{num(min(a * room.rng.uniform(0.05, 0.13), top + tall - py))}",
                "#dce8f4",
                2,
                opacity=0.6,
            )
            for px, py in (
                (
                    room.rng.uniform(left + 8, left + wide - 4),
                    room.rng.uniform(top + 4, top + tall * 0.84),
                )
                for _ in range(34)
            )
        )
        wet = draw_drops(room, left, top, wide, tall)
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
    # Bright enough to be outside, dark enough for what is seen there.
    opacity = 0.2 if night else 0.14 if stage.light.dark else 0.06
    body_panes = scenery
    if arched:  # elsewhere the frame hides what reaches a little over
        body_panes = f'<clipPath id="arch"><path d="{shape}"/></clipPath><g clip-path="url(#arch)">{scenery}</g>'
    sill_board = rect(left - a * 0.06, top + tall, wide + a * 0.12, a * 0.035, frame, round_=2)
    put(
        room,
        body_panes + wet + bars + body + sill_board,
        0.66,
        glow=f'<g opacity="{opacity}">{body_panes}</g>' + bars.replace(frame, darker(frame, 0.75)),
        rim=0.0,
    )
    curtain = ("#8a4a44", "#4a6a72", "#7a6a44", "#5f4a74")[stage.seed % 4]
    if hung:
        cloth = ""
        for side in (-1, 1):
            ex = x + side * wide * 0.5
            cloth += path(
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
            cloth += "".join(
                line(
                    f"M{num(ex + side * wide * t)} {num(top)}Q{num(ex + side * wide * (t + 0.02))} {num(top + tall * 0.6)} {num(ex + side * wide * (t + 0.06))} {num(top + tall)}",
                    darker(curtain, 0.35),
                    3,
                    opacity=0.5,
                )
                for t in (0.02, 0.09, 0.16)
            )
        cloth += rect(x - wide * 0.78, top - a * 0.075, wide * 1.56, a * 0.022, "#5a4028", round_=3)
        put(room, cloth, 0.68)
    stage.key_at = (x, top + tall * 0.4)
    tone = mix(light.sky[2], light.key, 0.5)
    stage.lamp(
        x,
        top + tall * 0.5,
        a * (0.8 if night else 1.3),
        colour=tone,
        strength=0.3 if night else 0.45,
        halo=0.14 if night else 0.08,
    )
    if not stage.close:
        if drapes:
            lay_window_light(stage, room.floor, x, wide, a, tone, 0.1 if night else 0.2)
        toward = 90 - 24 * (1 if x > stage.layout.subject_x else -1) * -1
        air.rays(
            stage, x, top + tall * 0.4, toward, 20, a * 1.2, 0.12 if night else 0.18, colour=tone
        )


def draw_drops(room: Room, left: float, top: float, wide: float, tall: float) -> str:
    """Rain on the panes: small drops, and thin runnels that fade upward; no heads on stems."""
    a, rng = room.a, room.rng
    drawn = ""
    for _ in range(int(34 * wide / a) + 10):
        x, y = left + wide * rng.uniform(0.03, 0.97), top + tall * rng.uniform(0.03, 0.95)
        r = a * rng.uniform(0.0025, 0.006)
        drawn += ellipse(x, y, r, r * 1.2, "#eef5fb", opacity=rng.uniform(0.25, 0.5))
    for _ in range(int(7 * wide / a) + 3):
        x, run = left + wide * rng.uniform(0.04, 0.96), min(tall, a) * rng.uniform(0.14, 0.4)
        y = top + max(0.0, tall - run) * rng.random()
        r = a * 0.0035
        runnel = f"M{num(x)} {num(y)}q{num(r * 2)} {num(run * 0.5)} {num(r)} {num(run)}l{num(-2 * r)} 0q{num(r * 1.4)} {num(-run * 0.5)} {num(r)} {num(-run)}Z"
        drawn += path(runnel, "#e6f0f8", opacity=0.3)
    return drawn


def add_pendant(room: Room, x: float, *, drop: float = 1.5, colour: str = "#5f7a6a") -> None:
    a, y, layout = room.a, max(room.up(drop), room.a * 0.05), room.stage.layout
    if room.wall < 1.9:
        # Above heads, and over none of them.
        y = max(0.04 * a, min(y, room.floor - 0.98 * a))
        heads = (layout.subject_x, layout.second_x)[: len(room.stage.scene.cast)]
        if not room.stage.close and any(abs(x - head) < 0.36 * a for head in heads):
            spots = [room.stage.w * k / 40 for k in range(6, 35)]
            free = [at for at in spots if all(abs(at - head) >= 0.36 * a for head in heads)]
            clear = [
                at
                for at in free
                if all(at < left - 0.15 * a or at > right + 0.15 * a for left, right in room.hung)
            ]
            x = min(clear or free or [x], key=lambda at: abs(at - x))
        room.hung.append((x - 0.16 * a, x + 0.16 * a))
    body = line(f"M{num(x)} -20L{num(x)} {num(y)}", "#2a2a30", 4) + path(
        f"M{num(x - a * 0.13)} {num(y + a * 0.09)}Q{num(x - a * 0.1)} {num(y)} {num(x)} {num(y - a * 0.02)}Q{num(x + a * 0.1)} {num(y)} {num(x + a * 0.13)} {num(y + a * 0.09)}Z",
        colour,
    )
    glow, lamp = "", None
    if room.stage.light.dark:
        glow = ellipse(x, y + a * 0.09, a * 0.12, a * 0.022, "#ffe6b0") + circle(
            x, y + a * 0.1, a * 0.032, "#fff2d0"
        )
        lamp = room.stage.lamp(x, y + a * 0.14, a * 0.95, strength=0.9, halo=0.32)
    else:
        body += ellipse(x, y + a * 0.09, a * 0.12, a * 0.022, "#d8ccb0") + circle(
            x, y + a * 0.1, a * 0.03, "#efe6cf"
        )
    layer = put(room, body, 0.74, glow=glow)
    room.stage.posts.append(Post(x, layer, lamp, half=0.13 * a, bottom=y + 0.13 * a))


def add_fireplace(room: Room, x: float) -> None:
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
    mantel = room.stage.piece(
        group(THINGS["clock"]("").svg, x=x, y=y - tall - a * 0.06, scale=a * 0.0022), x
    )
    room.stage.lamp(x, y - a * 0.15, a * 1.15, colour="#ff9a48", strength=1.35, halo=0.6)
    put(room, body + logs + mantel, 0.7, glow=flames)


def add_candles(room: Room, spots: list[tuple[float, float]], size: float) -> None:
    for x, foot in spots:
        thing = THINGS["candle"]("")
        y = foot - room.a * 0.5
        iron = "#3a3a44"
        stand = line(
            f"M{num(x)} {num(y)}L{num(x)} {num(foot)}M{num(x - room.a * 0.08)} {num(foot + 3)}L{num(x + room.a * 0.08)} {num(foot + 3)}",
            iron,
            room.a * 0.02,
        )
        candle = group(thing.svg, x=x, y=y, scale=size)
        layer = put(room, stand + candle, 0.78, glow=group(thing.glow, x=x, y=y, scale=size))
        lamp = room.stage.lamp(x, y - 78 * size, room.a * 0.6, strength=0.8, halo=0.6)
        room.stage.posts.append(Post(x, layer, lamp, half=0.08 * room.a))


def draw_beams(room: Room) -> str:
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
