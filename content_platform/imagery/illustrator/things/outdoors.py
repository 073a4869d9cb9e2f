"""Larger things: vehicles, machines, what stands outside."""

from __future__ import annotations

import math

from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    glow_gradient,
    gradient,
    group,
    lighter,
    limb,
    line,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.things.base import Thing, metal_gradient


def robot(tone: str) -> Thing:
    metal = tone or "#8fa6b0"
    body = metal_gradient("robot", metal)
    body += (
        rect(-16, -14, 10, 14, darker(metal, 0.35), round_=2)
        + rect(6, -14, 10, 14, darker(metal, 0.35), round_=2)
        + rect(-20, -4, 16, 5, darker(metal, 0.5), round_=2)
        + rect(4, -4, 16, 5, darker(metal, 0.5), round_=2)
    )
    body += path(limb([(-22, -46), (-34, -34), (-32, -18)], [8, 7, 7]), darker(metal, 0.2)) + path(
        limb([(22, -46), (34, -34), (32, -18)], [8, 7, 7]), darker(metal, 0.2)
    )
    body += (
        rect(-23, -54, 46, 42, "url(#robot)", round_=9)
        + rect(-13, -42, 26, 18, darker(metal, 0.45), round_=4)
        + circle(-6, -33, 3, "#e0a02e")
        + circle(5, -33, 3, "#c2332c")
    )
    body += (
        rect(-5, -60, 10, 8, darker(metal, 0.4))
        + rect(-27, -92, 54, 34, lighter(metal, 0.12), round_=12)
        + rect(-20, -85, 40, 19, "#1f2c38", round_=8)
        + line("M0 -92L0 -100", darker(metal, 0.3), 3)
    )
    return Thing(
        body,
        circle(-9, -76, 5, "#8fe8f0")
        + circle(9, -76, 5, "#8fe8f0")
        + circle(0, -102, 3.6, "#ffc46a"),
        (0, -78),
        size=2.6,
    )


def boat(tone: str) -> Thing:
    wood = tone or "#8a4f36"
    body = (
        rect(-2, -98, 5, 84, "#5a4030")
        + path("M5 -96C40 -80 46 -46 42 -26L5 -24Z", "#efe4cc")
        + path("M-3 -88C-26 -72 -34 -48 -34 -28L-3 -26Z", darker("#efe4cc", 0.14))
    )
    return Thing(
        body
        + path("M-66 -20C-30 -12 30 -12 70 -24C62 -4 48 2 36 2L-38 2C-52 0 -62 -8 -66 -20Z", wood)
        + line("M-64 -17C-30 -9 30 -9 68 -21", lighter(wood, 0.4), 4),
        size=6,
    )


def rowing_boat(tone: str) -> Thing:
    wood = tone or "#8a5a38"
    return Thing(
        path("M-96 -34C-40 -18 40 -18 100 -38C88 -8 66 4 46 4L-50 4C-72 2 -90 -12 -96 -34Z", wood)
        + line("M-94 -31C-40 -15 40 -15 97 -35", lighter(wood, 0.35), 5)
        + line("M-80 -14C-34 -4 40 -4 82 -16", darker(wood, 0.4), 2.6, opacity=0.6)
        + line("M-10 -26L-70 14", "#6a4a30", 5),
        size=3.0,
    )


def bicycle(tone: str) -> Thing:
    paint = tone or "#b5383a"
    wheels = "".join(
        f'<circle cx="{x}" cy="-30" r="28" fill="none" stroke="#2a2a30" stroke-width="4.4"/>'
        + "".join(
            line(
                f"M{x} -30L{num(x + math.cos(a) * 26)} {num(-30 + math.sin(a) * 26)}",
                "#8a8f98",
                0.9,
            )
            for a in [math.pi * k / 6 for k in range(12)]
        )
        for x in (-46, 46)
    )
    return Thing(
        wheels
        + line(
            "M-46 -30L-18 -72L30 -72L2 -28L-46 -30M-18 -72L2 -28M30 -72L46 -30M30 -72L26 -88L40 -92",
            paint,
            5,
        )
        + line("M-22 -80L-18 -72", "#3a3a40", 4)
        + path("M-36 -82Q-22 -88 -10 -82Q-20 -76 -36 -82Z", "#4a3020"),
        size=3.4,
    )


def kite(tone: str) -> Thing:
    cloth = tone or "#d9503a"
    return Thing(
        line("M0 -30Q-14 -16 0 -6Q14 4 2 14", "#6a5a48", 2)
        + path(polygon([(0, -108), (34, -68), (0, -28), (-34, -68)]), cloth)
        + path(polygon([(0, -108), (34, -68), (0, -68)]), "#f0b84a")
        + path(polygon([(0, -28), (-34, -68), (0, -68)]), "#3f86a0")
        + line("M0 -108L0 -28M-34 -68L34 -68", "#5a4030", 2),
        size=1.6,
    )


def balloon(tone: str) -> Thing:
    rubber = tone or "#c8372d"
    return Thing(
        line("M0 -40Q-8 -24 2 -12T0 8", "#d8d0c0", 1.8)
        + glow_gradient(
            "balloon", [(0, lighter(rubber, 0.4)), (0.7, rubber), (1, darker(rubber, 0.3))]
        )
        + path(
            "M0 -42C-26 -54 -34 -76 -30 -92C-26 -112 26 -112 30 -92C34 -76 26 -54 0 -42Z",
            "url(#balloon)",
        )
        + path("M-5 -38L5 -38L0 -45Z", darker(rubber, 0.2))
        + ellipse(-12, -92, 5, 9, "#fff", opacity=0.5, turn=24),
        size=1.5,
    )


# --- larger things ------------------------------------------------------------------------------


def rocking_horse(tone: str) -> Thing:
    wood = tone or "#b07a42"
    body = (
        f'<path d="M-62 -6Q0 18 62 -6" fill="none" stroke="{darker(wood, 0.3)}" stroke-width="8" stroke-linecap="round"/>'
        + line("M-34 -8L-26 -44M34 -8L24 -44", darker(wood, 0.2), 9)
        + path(
            "M-42 -44C-42 -64 -20 -66 0 -62C12 -62 20 -72 26 -86C32 -98 46 -98 54 -84C60 -74 56 -68 46 -70C44 -60 46 -44 38 -38C20 -30 -40 -30 -42 -44Z",
            wood,
        )
    )
    return Thing(
        body
        + path("M24 -84C14 -80 12 -66 16 -58C22 -66 26 -74 30 -86Z", "#5a3a24")
        + path(limb([(-40, -56), (-58, -46), (-56, -28)], [8, 11, 5]), "#5a3a24")
        + path("M-18 -64Q0 -52 14 -64L12 -48L-16 -48Z", "#b5383a")
        + circle(44, -84, 2.6, "#22181a"),
        size=1.6,
    )


def car(tone: str) -> Thing:
    paint = tone or "#3f7a8a"
    body = (
        path(
            "M-92 -16L-92 -38Q-90 -46 -76 -48L-48 -52L-28 -78Q-24 -84 -14 -84L26 -84Q36 -84 42 -76L58 -52L80 -46Q92 -42 92 -32L92 -16Z",
            paint,
        )
        + path("M-40 -52L-24 -74L-2 -74L-2 -52Z", "#bfdbe2")
        + path("M6 -52L6 -74L28 -74Q34 -74 38 -68L48 -52Z", "#bfdbe2")
        + "".join(circle(x, -14, 19, "#23232a") + circle(x, -14, 9, "#b9c0c8") for x in (-54, 54))
    )
    return Thing(
        body
        + rect(-94, -22, 14, 7, "#b9c0c8", round_=3)
        + rect(80, -22, 14, 7, "#b9c0c8", round_=3),
        circle(86, -36, 6, "#ffe2a0"),
        size=3.6,
    )


def rocket(tone: str) -> Thing:
    paint = tone or "#e4e0d6"
    return Thing(
        path("M-14 -24L-38 0L-34 -38Z", "#b5383a")
        + path("M14 -24L38 0L34 -38Z", "#a32c30")
        + path("M0 -118C-30 -90 -28 -40 -18 -10L18 -10C28 -40 30 -90 0 -118Z", paint)
        + path("M0 -118C30 -90 28 -40 18 -10L4 -10C16 -50 14 -90 0 -118Z", darker(paint, 0.2))
        + path("M0 -118C-14 -105 -20 -92 -23 -80L23 -80C20 -92 14 -105 0 -118Z", "#b5383a")
        + circle(0, -58, 12, "#5a6470")
        + circle(0, -58, 8.5, "#a8d8e8"),
        path("M-12 -10Q0 34 12 -10Z", "#ffb050") + path("M-6 -10Q0 16 6 -10Z", "#fff0c0"),
        (0, 2),
        size=3.5,
    )


def barrel(tone: str) -> Thing:
    wood = tone or "#7a5236"
    return Thing(
        gradient(
            "barrel",
            [(0, darker(wood, 0.4)), (0.4, lighter(wood, 0.15)), (1, darker(wood, 0.45))],
            vertical=False,
        )
        + path("M-34 0Q-48 -48 -34 -96L34 -96Q48 -48 34 0Q0 8 -34 0Z", "url(#barrel)")
        + ellipse(0, -96, 34, 9, darker(wood, 0.25))
        + line("M-39 -24Q0 -14 39 -24M-39 -72Q0 -62 39 -72", "#3a3a42", 6),
        size=2.0,
    )


def snowman(tone: str) -> Thing:
    snow = tone or "#eef3fa"
    body = (
        circle(0, -26, 32, snow)
        + circle(0, -66, 24, snow)
        + circle(0, -98, 18, snow)
        + ellipse(10, -24, 20, 26, "#c4d2e8", opacity=0.5)
        + ellipse(8, -64, 14, 20, "#c4d2e8", opacity=0.5)
        + line("M-22 -70L-48 -86M22 -70L48 -88", "#5a4030", 4)
    )
    return Thing(
        body
        + path("M2 -98L24 -94L2 -92Z", "#e0812e")
        + "".join(
            circle(x, y, 2.6, "#22202a")
            for x, y in ((-6, -103), (7, -103), (0, -74), (0, -62), (0, -34))
        )
        + path("M-18 -86Q0 -76 18 -86L18 -78Q0 -68 -18 -78Z", "#c2332c")
        + rect(-14, -132, 28, 18, "#2f2d36")
        + rect(-22, -117, 44, 5, "#2f2d36", round_=2),
        size=3.2,
    )


def scarecrow(tone: str) -> Thing:
    coat = tone or "#6a5a8a"
    return Thing(
        line("M0 6L0 -70M-52 -72L52 -72", "#6a4a30", 6)
        + path("M-52 -80L52 -80L50 -62L22 -60L26 -20L-26 -20L-22 -60L-50 -62Z", coat)
        + "".join(
            line(f"M{x} -62L{x + d} -52", "#d9b45f", 3)
            for x, d in ((-50, -6), (-46, 0), (50, 6), (46, 0))
        )
        + circle(0, -96, 17, "#dcc08a")
        + circle(-6, -98, 2.4, "#3a2a22")
        + circle(7, -98, 2.4, "#3a2a22")
        + line("M-8 -89Q0 -84 9 -89", "#3a2a22", 2)
        + path("M-34 -104Q0 -116 34 -104Q0 -98 -34 -104Z", "#a8783c")
        + path("M-16 -106Q-8 -132 0 -130Q10 -130 16 -106Z", "#a8783c")
        + rect(-12, -42, 13, 12, "#c9a05a"),
        size=3.4,
    )


def signpost(tone: str) -> Thing:
    wood = tone or "#8a6440"
    return Thing(
        rect(-4.5, -104, 9, 104, darker(wood, 0.2), round_=3)
        + path("M-6 -96L44 -96L58 -85L44 -74L-6 -74Z", wood)
        + path("M6 -66L-40 -66L-54 -55L-40 -44L6 -44Z", lighter(wood, 0.08))
        + line("M4 -85L40 -85M-36 -55L-4 -55", darker(wood, 0.45), 3, opacity=0.7),
        size=3.0,
    )


def gravestone(tone: str) -> Thing:
    grey = tone or "#8d929c"
    return Thing(
        path("M-34 0L-34 -66Q0 -116 34 -66L34 0Z", grey)
        + path("M20 0L20 -80Q30 -74 34 -66L34 0Z", darker(grey, 0.28))
        + line("M-14 -56L8 -56M-16 -44L10 -44M-12 -32L6 -32", darker(grey, 0.35), 3, opacity=0.6)
        + ellipse(0, 1, 48, 7, "#4f6a4a"),
        size=2.0,
    )


def well(tone: str, *, used: bool = False) -> Thing:
    """A roofed well with its bucket; ``used``: the bucket is away, and a head fits under the roof."""
    stone_ = tone or "#8c8a88"
    roof, eaves = "#8a4a3c", "M-54 -88L0 -122L54 -88L44 -80L-44 -80Z"
    body = (
        line("M-43 -36L-43 -128M43 -36L43 -128M-46 -122L46 -122", "#6a4a30", 6)
        + group(path(eaves, roof), y=-40)
        if used
        else line("M-34 -36L-34 -92M34 -36L34 -92", "#6a4a30", 6) + path(eaves, roof)
    )
    bucket = line("M0 -80L0 -62", "#c8b890", 2.4) + path("M-10 -62L10 -62L8 -44L-8 -44Z", "#7a5236")
    bucket += line("M-10 -59L10 -59", "#4a3020", 2)
    body += path("M-48 -38L-44 0Q0 8 44 0L48 -38Z", stone_)
    return Thing(
        body
        + "".join(
            rect(
                -40 + 21 * k + (10 if row % 2 else 0),
                -30 + 12 * row,
                18,
                9,
                darker(stone_, 0.16 if (k + row) % 2 else 0.02),
                round_=2,
                opacity=0.8,
            )
            for row in range(2)
            for k in range(4 - row)
        )
        + ellipse(0, -38, 48, 9, lighter(stone_, 0.15))
        + ellipse(0, -37, 38, 6, "#26303c")
        + ("" if used else bucket),
        size=3.4,
    )


def tent(tone: str) -> Thing:
    cloth = tone or "#c9743c"
    return Thing(
        path("M-80 0L-8 -84L8 -84L84 0Z", cloth)
        + path("M8 -84L84 0L36 0L0 -84Z", darker(cloth, 0.25))
        + path("M-4 -80L-22 0L14 0Z", "#3a2a28"),
        path("M-4 -66L-18 -2L10 -2Z", "#ffb860", opacity=0.7),
        (-4, -24),
        size=4.0,
    )


def stall(tone: str) -> Thing:
    """A market stall: striped awning, a counter, baskets on it, a lantern under the roof."""
    red = tone or "#b5493c"
    wood = "#7a5232"
    body = line("M-66 0L-66 -82M66 0L66 -82", darker(wood, 0.2), 5)
    body += rect(-62, -40, 124, 40, darker(wood, 0.1)) + "".join(
        line(f"M{x} -38L{x} -1", darker(wood, 0.35), 1.6, opacity=0.6) for x in range(-50, 60, 17)
    )
    body += rect(-68, -45, 136, 7, wood, round_=2)
    fruit = ("#c8452f", "#e0a02e", "#7d9a4a", "#c8703a", "#8a4a6a")
    for k, x in enumerate((-46, -20, 6, 32)):
        body += "".join(
            circle(x + dx, -50 - dy, 5, fruit[(k + n) % 5])
            for n, (dx, dy) in enumerate(((-6, 0), (0, 1), (6, 0), (-3, 6), (3, 6)))
        ) + path(f"M{x - 14} -52L{x + 14} -52L{x + 11} -44L{x - 11} -44Z", "#b98a52")
    for k in range(8):
        left = -76 + 19 * k
        cloth = red if k % 2 else "#efe2c6"
        body += path(
            f"M{num(left * 0.86)} -108L{num((left + 19) * 0.86)} -108L{left + 19} -82"
            f"Q{left + 9.5} -72 {left} -82Z",
            cloth,
        )
    glow = circle(44, -66, 4.5, "#ffd890")
    lamp = line("M44 -82L44 -72", "#3a2a1c", 1.6) + rect(39, -73, 10, 13, "#6a4a24", round_=2)
    return Thing(body + lamp, glow, (44, -66), size=3.2)
