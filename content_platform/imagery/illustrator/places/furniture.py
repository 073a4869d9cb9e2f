"""Furniture: what rooms share."""

from __future__ import annotations

from content_platform.imagery.illustrator.places.floors import draw_runner
from content_platform.imagery.illustrator.places.rooms import Room, put
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
from content_platform.imagery.illustrator.stage import Shelf
from content_platform.imagery.illustrator.things import THINGS
from content_platform.imagery.illustrator.things.base import clock_face

WOOD = "#7a4e30"


# --- furniture -----------------------------------------------------------------------------------


def draw_table(
    room: Room,
    x: float,
    wide: float,
    *,
    high: float = 0.42,
    tone: str = WOOD,
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


def draw_bookcase(
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


def draw_shelves(
    room: Room,
    x: float,
    wide: float,
    goods: tuple[str, ...],
    *,
    rows: int = 3,
    base: float = 0.62,
    gap: float = 0.32,
) -> str:
    """Wall shelves with things on them, as far as no window is in their way."""
    a, rng = room.a, room.rng
    left, right = room.wall_beside_windows(x - wide / 2, x + wide / 2)
    x, wide = (left + right) / 2, right - left
    if wide < a * 0.3:
        return ""
    body = ""
    high = room.wall - 0.3
    base = min(base, max(0.6, high - gap * (rows - 1)))
    for row in range(rows):
        if base + gap * row > high:
            break
        y = room.floor - a * (base + gap * row)
        body += rect(x - wide / 2, y, wide, a * 0.025, "#6a4428") + rect(
            x - wide / 2, y + a * 0.025, wide, a * 0.015, "#3a2416", opacity=0.6
        )
        count = max(2, int(wide / (a * 0.26)))
        shelf = Shelf(x - wide / 2, x + wide / 2, 0.22 * a)
        for k in range(count):
            name = goods[(k + row * 2 + room.stage.seed) % len(goods)]
            gx = x - wide / 2 + wide * (k + 0.5 + rng.uniform(-0.12, 0.12)) / count
            if name == "clock face":
                r = a * rng.uniform(0.07, 0.1)
                good = clock_face(
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
                good = group(
                    THINGS[name](tone).svg, x=gx, y=y, scale=a * 0.0021 * rng.uniform(0.85, 1.05)
                )
            body += room.stage.piece(good, gx, shelf)
    return body


def draw_wall_clocks(room: Room, x0: float, x1: float, count: int) -> str:
    body, rng, a = "", room.rng, room.a
    x0, x1 = room.wall_beside_windows(x0, x1)
    count = max(2, min(count, int((x1 - x0) / (a * 0.3))))
    for k in range(count):
        x = x0 + (x1 - x0) * (k + 0.5) / count
        y = room.up(rng.uniform(1.18, 1.66))
        r = a * rng.uniform(0.07, 0.13)
        wood, case = rng.choice(("#8a5a2b", "#6a3c20", "#b07a35", "#54342a")), ""
        if rng.random() < 0.4:
            case = (
                rect(x - r * 1.1, y - r * 1.3, r * 2.2, r * 4.2, wood, round_=r * 0.4)
                + rect(x - r * 0.7, y + r * 1.2, r * 1.4, r * 1.5, darker(wood, 0.55), round_=4)
                + line(
                    f"M{num(x)} {num(y + r)}L{num(x + r * 0.2)} {num(y + r * 2.2)}", "#d8b060", 3
                )
                + circle(x + r * 0.2, y + r * 2.25, r * 0.2, "#e0b860")
            )
        face = clock_face(x, y, r, wood, hour=rng.uniform(0, 360), minute=rng.uniform(0, 360))
        body += room.stage.piece(case + face, x)
    return body


def draw_picture(room: Room, x: float, up: float, wide: float) -> str:
    """A framed landscape, where neither a window nor anything else hangs."""
    half = wide / 2 + 8
    if any(x + half > left and x - half < right for left, right in room.taken):
        return ""
    room.hung.append((x - half, x + half))
    y, tall = room.up(up), wide * 0.74
    return (
        rect(x - wide / 2 - 8, y - tall - 8, wide + 16, tall + 16, "#a8803c", round_=2)
        + rect(x - wide / 2, y - tall, wide, tall, "#8fb0b8")
        + path(
            f"M{num(x - wide / 2)} {num(y)}L{num(x - wide / 2)} {num(y - tall * 0.4)}L{num(x - wide * 0.1)} {num(y - tall * 0.72)}L{num(x + wide * 0.2)} {num(y - tall * 0.34)}L{num(x + wide / 2)} {num(y - tall * 0.5)}L{num(x + wide / 2)} {num(y)}Z",
            "#5f7a62",
        )
    )


def draw_armchair(room: Room, x: float, tone: str) -> str:
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


def draw_rug(room: Room, x: float, wide: float, tone: str) -> str:
    """A rug under the feet of whoever stands in the room."""
    return draw_runner(room.stage, x, room.floor + room.a * 0.27, wide, room.a, tone)


def add_counter(room: Room, x: float, wide: float, goods: tuple[str, ...]) -> None:
    table, top = draw_table(room, x, wide, high=0.46)
    a = room.a
    front = rect(
        x - wide * 0.46, top + a * 0.05, wide * 0.92, a * 0.4, darker(WOOD, 0.12)
    ) + "".join(
        rect(
            x - wide * 0.43 + k * wide * 0.29,
            top + a * 0.1,
            wide * 0.27,
            a * 0.28,
            darker(WOOD, 0.32),
            round_=4,
        )
        for k in range(3)
    )
    shelf = Shelf(x - 0.46 * wide, x + 0.46 * wide, 0.28 * a)
    things = "".join(
        room.stage.piece(
            group(
                THINGS[name]("").svg,
                x=x + wide * t,
                y=top,
                scale=a * 0.002 * (0.55 + 0.45 * min(1.0, THINGS[name]("").size)),
            ),
            x + wide * t,
            shelf,
        )
        for name, t in zip(goods, (-0.3, 0.06, 0.32), strict=False)
    )
    put(room, front + table + things, 0.84, rim=0.3)
