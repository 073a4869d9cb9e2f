"""Things one can hold, put on a table or look at closely.

Every thing stands on y = 0, centred on x = 0, and is about 100 units high, so that the same
drawing serves as the hero of a detail shot and as something small in a hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

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
    mix,
    num,
    path,
    polygon,
    rect,
    spline,
)


@dataclass(frozen=True)
class Thing:
    """A drawn object. ``glow`` is what shines; ``flame`` where its light comes from, if any."""

    svg: str
    glow: str = ""
    flame: tuple[float, float] | None = None
    hangs: bool = False
    """Whether a hand holds it by its top."""
    size: float = 1.0
    """Real size against a lantern's, for things seen beside people."""
    tone: str = ""
    """Its main colour, where others need it."""


_BRASS = "#c9983f"


def _metal(name: str, tone: str, *, vertical: bool = False) -> str:
    return gradient(
        name,
        [
            (0, darker(tone, 0.5)),
            (0.25, lighter(tone, 0.3)),
            (0.5, tone),
            (0.8, darker(tone, 0.3)),
            (1, darker(tone, 0.55)),
        ],
        vertical=vertical,
    )


def lantern(tone: str) -> Thing:
    dark = darker(tone or "#4a4038", 0.35)
    body = rect(-24, -8, 48, 8, dark, round_=3) + path(
        "M-21 -8L-25 -62L25 -62L21 -8Z", "#e8b25a", opacity=0.55
    )
    body += path("M-30 -62L30 -62L16 -80L-16 -80Z", dark) + rect(-7, -88, 14, 9, dark, round_=3)
    body += line("M-14 -86Q0 -112 14 -86", dark, 4)
    frame = line("M-21 -8L-25 -62M21 -8L25 -62M0 -8L0 -62", dark, 3.4)
    flame = path("M0 -14C-11 -22 -9 -34 0 -50C9 -34 11 -22 0 -14Z", "#ffcf70") + path(
        "M0 -15C-5 -21 -5 -28 0 -38C5 -28 5 -21 0 -15Z", "#fff2c8"
    )
    return Thing(
        body + frame,
        path("M-19 -10L-23 -60L23 -60L19 -10Z", "#ffae48", opacity=0.5) + flame,
        (0, -30),
        hangs=True,
    )


def candle(tone: str) -> Thing:
    wax = tone or "#efe3c8"
    body = gradient(
        "wax", [(0, darker(wax, 0.3)), (0.4, wax), (1, darker(wax, 0.2))], vertical=False
    )
    body += path("M-34 0Q-36 -8 -26 -9L26 -9Q36 -8 34 0Z", _BRASS) + line(
        "M30 -6Q46 -10 40 -20Q32 -24 28 -12", _BRASS, 4
    )
    body += (
        path("M-12 -8L-12 -60Q-8 -66 -4 -60Q2 -64 6 -61Q12 -64 12 -58L12 -8Z", "url(#wax)")
        + path("M-12 -56Q-14 -44 -9 -40Q-6 -46 -8 -58Z", lighter(wax, 0.3))
        + line("M0 -62L0 -70", "#3a2a22", 2.4)
    )
    flame = path("M0 -64C-9 -71 -7 -84 0 -98C7 -84 9 -71 0 -64Z", "#ffc25c") + path(
        "M0 -65C-4 -70 -4 -76 0 -86C4 -76 4 -70 0 -65Z", "#fff4d0"
    )
    return Thing(body, flame, (0, -78), size=0.55)


def lamp(tone: str) -> Thing:
    """A desk lamp with a shade."""
    shade = tone or "#5f8a6a"
    body = (
        path("M-22 0Q-20 -9 0 -10Q20 -9 22 0Z", _BRASS)
        + rect(-3, -52, 6, 44, _BRASS)
        + path("M-40 -48L-22 -92L22 -92L40 -48Z", shade)
    )
    return Thing(
        body,
        path("M-38 -49L-22 -90L22 -90L38 -49Z", lighter("#e8a850", 0.1), opacity=0.7)
        + ellipse(0, -48, 36, 5, "#ffe6b0"),
        (0, -60),
        size=1.1,
    )


def clock(tone: str) -> Thing:
    wood = tone or "#7a4a2a"
    body = gradient(
        "clockwood",
        [(0, darker(wood, 0.35)), (0.4, lighter(wood, 0.12)), (1, darker(wood, 0.4))],
        vertical=False,
    )
    body += path(
        "M-44 0L-44 -8L-36 -14L-36 -64C-36 -92 -16 -100 0 -100C16 -100 36 -92 36 -64L36 -14L44 -8L44 0Z",
        "url(#clockwood)",
    )
    body += (
        clock_face(0, -60, 29, _BRASS)
        + rect(-14, -24, 28, 12, darker(wood, 0.45), round_=3)
        + circle(0, -18, 5, lighter(_BRASS, 0.2))
    )
    return Thing(body, size=0.9)


def clock_face(
    x: float,
    y: float,
    r: float,
    ring: str,
    *,
    hour: float = 300,
    minute: float = 62,
    face: str = "#f6ead0",
) -> str:
    drawn = (
        circle(x, y, r, ring)
        + circle(x, y, r * 0.88, darker(ring, 0.4))
        + circle(x, y, r * 0.84, face)
    )
    for k in range(12):
        turn = math.radians(30 * k)
        near, far = (0.62, 0.75) if k % 3 == 0 else (0.68, 0.75)
        drawn += line(
            f"M{num(x + math.sin(turn) * r * near)} {num(y - math.cos(turn) * r * near)}L{num(x + math.sin(turn) * r * far)} {num(y - math.cos(turn) * r * far)}",
            "#4a3a2c",
            r * (0.06 if k % 3 == 0 else 0.035),
        )
    for angle, length, wide in ((hour, 0.4, 0.075), (minute, 0.6, 0.05)):
        turn = math.radians(angle)
        drawn += line(
            f"M{num(x)} {num(y)}L{num(x + math.sin(turn) * r * length)} {num(y - math.cos(turn) * r * length)}",
            "#2a1e18",
            r * wide,
        )
    return drawn + circle(x, y, r * 0.07, "#2a1e18")


def watch(tone: str) -> Thing:
    metal = tone or "#c3c9d1"
    body = glow_gradient(
        "watchmetal", [(0, lighter(metal, 0.4)), (0.75, metal), (1, darker(metal, 0.45))]
    )
    body += line("M0 -84Q-34 -104 -62 -78Q-84 -56 -66 -22Q-56 -4 -84 0", darker(metal, 0.2), 4)
    for k in range(9):
        turn = k / 8
        x = -62 * turn - 22 * turn * turn
        body += circle(x * 0.9, -92 + 30 * turn + 54 * turn**3, 2.6, lighter(metal, 0.3))
    body += (
        rect(-6, -92, 12, 12, darker(metal, 0.15), round_=3)
        + f'<circle cx="0" cy="-93" r="7" fill="none" stroke="{metal}" stroke-width="4"/>'
    )
    body += circle(0, -40, 42, "url(#watchmetal)") + clock_face(
        0, -40, 36, darker(metal, 0.15), hour=40, minute=205, face="#f7f0e0"
    )
    body += path("M-24 -66Q-4 -78 16 -70Q-4 -66 -20 -52Z", "#ffffff", opacity=0.5)
    return Thing(body, size=0.4)


def key(tone: str) -> Thing:
    metal = tone or _BRASS
    body = _metal("keymetal", metal)
    body += (
        '<circle cx="0" cy="-82" r="15" fill="none" stroke="url(#keymetal)" stroke-width="8"/>'
        + f'<g fill="none" stroke="{lighter(metal, 0.12)}" stroke-width="5"><circle cx="-13" cy="-66" r="6"/><circle cx="13" cy="-66" r="6"/></g>'
    )
    body += (
        rect(-4.5, -68, 9, 68, "url(#keymetal)", round_=3)
        + rect(-8, -60, 16, 5, metal, round_=2)
        + path("M4 -22L24 -22L24 -14L17 -14L17 -9L24 -9L24 -2L4 -2Z", metal)
        + line("M-2 -62L-2 -4", lighter(metal, 0.5), 1.6, opacity=0.8)
    )
    return Thing(body, size=0.4)


def gear(tone: str) -> Thing:
    metal = tone or _BRASS
    teeth, points = 12, []
    for k in range(teeth * 4):
        angle = 2 * math.pi * (k + 0.5) / (teeth * 4)
        r = 46 if k % 4 in (0, 1) else 37
        points.append((math.cos(angle) * r, -48 + math.sin(angle) * r))
    body = glow_gradient(
        "gearmetal", [(0, lighter(metal, 0.35)), (0.7, metal), (1, darker(metal, 0.4))]
    )
    hole = "M14 -48A14 14 0 1 0 -14 -48A14 14 0 1 0 14 -48Z"
    spokes = "".join(
        f"M{num(math.cos(a) * 26 + 7)} {num(-48 + math.sin(a) * 26)}a7 7 0 1 0 -14 0a7 7 0 1 0 14 0Z"
        for a in (0.5, 1.55, 2.6, 3.64, 4.7, 5.74)
    )
    body += path(polygon(points) + hole + spokes, "url(#gearmetal)", extra='fill-rule="evenodd"')
    body += f'<circle cx="0" cy="-48" r="17" fill="none" stroke="{lighter(metal, 0.4)}" stroke-width="2.4" stroke-opacity=".8"/><circle cx="0" cy="-48" r="34" fill="none" stroke="{darker(metal, 0.35)}" stroke-width="2" stroke-opacity=".6"/>'
    return Thing(body, size=0.4)


def book(tone: str) -> Thing:
    cover = tone or "#7a2f3a"
    body = path(
        spline(
            [
                (-62, -6),
                (-30, -14),
                (0, -4),
                (30, -14),
                (62, -6),
                (62, -2),
                (30, -8),
                (0, 2),
                (-30, -8),
                (-62, -2),
            ],
            tension=0.8,
        ),
        cover,
    )
    body += path("M0 -6C-18 -22 -44 -22 -60 -10L-56 -56C-40 -66 -18 -64 0 -50Z", "#f0e4c8") + path(
        "M0 -6C18 -22 44 -22 60 -10L56 -56C40 -66 18 -64 0 -50Z", "#e6d8b8"
    )
    body += "".join(
        line(
            f"M{num(side * 9)} {num(-43 + k * 8)}Q{num(side * 30)} {num(-54 + k * 8.4)} {num(side * 49)} {num(-49 + k * 8)}",
            "#9a8a70",
            1.7,
            opacity=0.55,
        )
        for side in (-1, 1)
        for k in range(4)
    )
    return Thing(body + line("M0 -50L0 -5", "#a8906a", 2), size=0.6)


def letter(tone: str) -> Thing:
    paper = tone or "#f0e3c6"
    body = (
        path("M-56 0L-50 -62L54 -66L58 -4Z", darker(paper, 0.12))
        + path("M-58 -2L-54 -66L50 -70L56 -6Z", paper)
        + path("M-54 -66L-2 -30L50 -70L4 -38L-6 -38Z", darker(paper, 0.2), opacity=0.8)
        + line("M-54 -65L-2 -29L50 -69", darker(paper, 0.3), 2.4)
        + line("M-57 -3L-16 -38M55 -7L14 -40", darker(paper, 0.18), 1.8)
    )
    seal = (
        circle(-2, -32, 11, "#a8262f")
        + circle(-2, -32, 7.5, darker("#a8262f", 0.2))
        + path("M-6 -34Q-2 -40 2 -34Q4 -29 -2 -26Q-8 -29 -6 -34Z", lighter("#a8262f", 0.25))
    )
    return Thing(body + seal, size=0.5)


def map_(tone: str) -> Thing:
    paper = tone or "#e6d2a4"
    body = path(
        spline(
            [
                (-66, -4),
                (-62, -60),
                (-22, -54),
                (20, -64),
                (64, -56),
                (66, -2),
                (24, -10),
                (-20, 0),
            ],
            tension=0.5,
        ),
        paper,
    )
    body += (
        line("M-48 -20Q-30 -44 -10 -28T26 -34T48 -20", "#a85a34", 2.6, opacity=0.9)
        + path("M-52 -48Q-40 -56 -30 -48Q-22 -40 -34 -36Q-50 -36 -52 -48Z", "#9fb48a", opacity=0.8)
        + path("M10 -18Q24 -26 34 -16Q30 -8 14 -10Z", "#8fb0b8", opacity=0.8)
    )
    body += line("M42 -26L54 -14M54 -26L42 -14", "#a8262f", 3.4) + line(
        "M-22 -54L-20 0M20 -64L24 -10", darker(paper, 0.25), 1.6, opacity=0.7
    )
    return Thing(body, size=0.6)


def box(tone: str) -> Thing:
    wood = tone or "#8a5c34"
    body = gradient("boxwood", [(0, lighter(wood, 0.15)), (1, darker(wood, 0.3))])
    body += (
        rect(-52, -48, 104, 48, "url(#boxwood)", round_=4)
        + path("M-56 -48C-56 -80 -36 -84 -30 -84L30 -84C36 -84 56 -80 56 -48Z", lighter(wood, 0.06))
        + rect(-56, -51, 112, 7, darker(wood, 0.35))
    )
    body += (
        "".join(rect(x, -82, 9, 82, _BRASS, opacity=0.9) for x in (-38, 29))
        + rect(-9, -56, 18, 20, _BRASS, round_=3)
        + circle(0, -47, 3, "#3a2a1c")
        + line("M-44 -20L-12 -20M14 -26L44 -26", darker(wood, 0.35), 1.6, opacity=0.6)
    )
    return Thing(body, size=0.8)


def cup(tone: str) -> Thing:
    clay = tone or "#c9d4d6"
    body = gradient(
        "clay",
        [(0, darker(clay, 0.3)), (0.4, lighter(clay, 0.2)), (1, darker(clay, 0.35))],
        vertical=False,
    )
    body += (
        ellipse(0, -3, 48, 8, darker(clay, 0.15))
        + line("M30 -46Q56 -48 50 -28Q44 -14 26 -18", clay, 7)
        + path("M-34 -58L34 -58C34 -24 26 -8 12 -6L-12 -6C-26 -8 -34 -24 -34 -58Z", "url(#clay)")
        + ellipse(0, -58, 34, 7, darker(clay, 0.1))
        + ellipse(0, -57.5, 29, 5, "#5a3320")
    )
    steam = line(
        "M-8 -68Q-16 -80 -6 -90T-6 -108M10 -68Q2 -80 12 -90T12 -106", "#ffffff", 4, opacity=0.32
    )
    return Thing(body + steam, size=0.4)


def ring(tone: str) -> Thing:
    metal = tone or "#dcab42"
    body = f'<ellipse cx="0" cy="-34" rx="34" ry="32" fill="none" stroke="{darker(metal, 0.3)}" stroke-width="11"/><ellipse cx="0" cy="-35" rx="34" ry="32" fill="none" stroke="{lighter(metal, 0.15)}" stroke-width="7"/>'
    gem = (
        path(polygon([(-15, -76), (-8, -86), (8, -86), (15, -76), (0, -62)]), "#7fc8d8")
        + path(polygon([(-8, -86), (8, -86), (0, -76)]), "#d8f4f8")
        + path(polygon([(-15, -76), (0, -76), (0, -62)]), "#4a9ab0")
    )
    return Thing(
        body + gem,
        path(polygon([(-4, -84), (5, -84), (0, -78)]), "#e8ffff", opacity=0.7),
        size=0.25,
    )


def telescope(tone: str) -> Thing:
    metal = tone or _BRASS
    body = line("M0 -52L-34 0M0 -52L34 0M0 -52L4 0", "#5a3a24", 6)
    tube = (
        _metal("tube", metal, vertical=True)
        + rect(-66, -13, 74, 26, "url(#tube)", round_=4)
        + rect(8, -10, 34, 20, "url(#tube)", round_=3)
        + rect(40, -7, 28, 14, darker(metal, 0.3), round_=3)
        + rect(-70, -16, 9, 32, darker(metal, 0.2), round_=3)
        + rect(2, -14, 8, 28, darker(metal, 0.25), round_=2)
    )
    return Thing(body + group(tube, y=-62, turn=22), size=1.4)


def violin(tone: str) -> Thing:
    wood = tone or "#9a4f24"
    body = glow_gradient("violin", [(0, lighter(wood, 0.3)), (0.7, wood), (1, darker(wood, 0.45))])
    shape = "M0 0C-22 0 -30 -14 -26 -26C-22 -34 -20 -36 -20 -40C-26 -48 -20 -60 0 -60C20 -60 26 -48 20 -40C20 -36 22 -34 26 -26C30 -14 22 0 0 0Z"
    body += (
        path(shape, "url(#violin)")
        + rect(-3.4, -98, 6.8, 62, "#2a1a12")
        + path(limb([(0, -96), (0, -104), (6, -104)], [7, 8, 6]), darker(wood, 0.3))
        + rect(-7, -24, 14, 3.4, "#e0c490")
        + path("M-4 -4L4 -4L3 -18L-3 -18Z", "#2a1a12")
    )
    body += line("M-12 -36Q-16 -28 -11 -22M12 -36Q16 -28 11 -22", "#2a1a12", 2.2) + line(
        "M-2 -94L-2 -16M2 -94L2 -16", "#f0e6d0", 0.8
    )
    return Thing(
        group(body, turn=14)
        + line("M34 -4L52 -96", "#5a3a24", 3)
        + line("M38 -4L55 -94", "#f4ead8", 1.6),
        size=0.9,
    )


def umbrella(tone: str) -> Thing:
    cloth = tone or "#b53238"
    body = line("M0 -96L0 -8Q0 6 -10 4Q-16 0 -13 -6", "#3a2a20", 4) + _canopy(cloth)
    return Thing(body, size=2.6, tone=cloth)


def _canopy(cloth: str) -> str:
    return (
        path(
            "M-72 -52C-66 -92 -30 -106 0 -106C30 -106 66 -92 72 -52Q60 -62 48 -52Q36 -63 24 -53Q12 -63 0 -53Q-12 -63 -24 -53Q-36 -63 -48 -52Q-60 -62 -72 -52Z",
            cloth,
        )
        + path(
            "M0 -106C-14 -96 -24 -76 -24 -53Q-12 -63 0 -53Q12 -63 24 -53C24 -76 14 -96 0 -106Z",
            lighter(cloth, 0.14),
        )
        + path(
            "M24 -53C24 -76 14 -96 0 -106C30 -106 66 -92 72 -52Q60 -62 48 -52Q36 -63 24 -53Z",
            darker(cloth, 0.22),
        )
        + line("M0 -106L0 -112", "#3a2a20", 3)
    )


def umbrella_over(cloth: str, height: float) -> str:
    """An open umbrella held at the origin, its canopy above the head of somebody ``height`` tall."""
    rise = height * 0.42
    lean = -height * 0.09
    shaft = line(f"M4 30L{num(lean)} {num(-rise - 60)}", "#3a2a20", 6)
    return shaft + group(_canopy(cloth or "#b53238"), x=lean, y=-rise + 104, scale=2.1, turn=-4)


def bread(tone: str) -> Thing:
    crust = tone or "#c98a42"
    body = gradient("crust", [(0, lighter(crust, 0.25)), (1, darker(crust, 0.3))]) + path(
        "M-62 -4C-72 -40 -44 -58 0 -58C44 -58 72 -40 62 -4C40 2 -40 2 -62 -4Z", "url(#crust)"
    )
    return Thing(
        body
        + line(
            "M-36 -46Q-26 -32 -30 -18M-8 -52Q2 -36 -2 -20M22 -50Q32 -34 28 -18",
            lighter(crust, 0.55),
            6,
            opacity=0.8,
        ),
        size=0.5,
    )


def cake(tone: str) -> Thing:
    cream = tone or "#f3e2d0"
    body = (
        ellipse(0, -4, 62, 9, "#d9d2c4")
        + path("M-46 -6L-46 -44L46 -44L46 -6Q0 4 -46 -6Z", "#b5703c")
        + path(
            "M-48 -40Q-50 -56 0 -56Q50 -56 48 -40Q42 -26 34 -36Q26 -24 16 -34Q6 -22 -4 -34Q-14 -22 -24 -34Q-34 -24 -48 -40Z",
            cream,
        )
    )
    body += "".join(rect(x - 2, -78, 4, 24, "#d9606a") for x in (-22, 0, 22))
    flame = "".join(
        path(f"M{x} -79c-5 -6 -3 -12 0 -18c3 6 5 12 0 18Z", "#ffcf70") for x in (-22, 0, 22)
    )
    return Thing(body, flame, (0, -86), size=0.7)


def bottle(tone: str) -> Thing:
    glass = tone or "#6f9f8a"
    body = gradient(
        "glass",
        [(0, darker(glass, 0.3)), (0.3, lighter(glass, 0.35)), (1, darker(glass, 0.35))],
        vertical=False,
    ) + path(
        "M-22 0C-28 -4 -28 -10 -28 -20L-28 -46C-28 -62 -10 -62 -9 -76L-9 -88L9 -88L9 -76C10 -62 28 -62 28 -46L28 -20C28 -10 28 -4 22 0Z",
        "url(#glass)",
        opacity=0.92,
    )
    body += path(
        "M-20 -14L-20 -42Q0 -46 14 -40L16 -14Q0 -8 -20 -14Z", "#efe2c2", opacity=0.85
    ) + rect(-7, -98, 14, 14, "#9a6a42", round_=3)
    return Thing(body + line("M-21 -46L-21 -10", "#ffffff", 3, opacity=0.5), size=0.5)


def mirror(tone: str) -> Thing:
    frame = tone or _BRASS
    return Thing(
        path("M-7 0L-5 -34L5 -34L7 0Z", darker(frame, 0.2))
        + ellipse(0, -66, 34, 38, frame)
        + ellipse(0, -66, 27, 31, "#b9d2da")
        + path("M-18 -60L8 -90L16 -84L-12 -50Z", "#f0fafc", opacity=0.6),
        size=0.5,
    )


def flower(tone: str) -> Thing:
    petal = tone or "#d95a6a"
    body = (
        line("M0 0Q-6 -30 0 -62", "#4f7a45", 5)
        + path("M-2 -20Q-30 -22 -36 -42Q-12 -44 -2 -20Z", "#5f8f4d")
        + path("M-1 -34Q22 -34 30 -52Q8 -54 -1 -34Z", "#6d9a4a")
    )
    body += "".join(
        ellipse(
            math.cos(a) * 17,
            -74 + math.sin(a) * 15,
            14,
            11,
            mix(petal, "#fff0f0", 0.12 * (k % 2)),
            turn=math.degrees(a),
        )
        for k, a in enumerate(2 * math.pi * i / 7 for i in range(7))
    )
    return Thing(body + circle(0, -74, 10, "#f0c24a") + circle(-2, -76, 5, "#f8dc80"), size=0.5)


def star(tone: str) -> Thing:
    gold = tone or "#ffd97a"
    points = [
        (
            math.sin(math.pi * k / 5) * (46 if k % 2 == 0 else 20),
            -48 - math.cos(math.pi * k / 5) * (46 if k % 2 == 0 else 20),
        )
        for k in range(10)
    ]
    return Thing(
        path(spline(points, tension=0.25), gold),
        path(spline(points, tension=0.25), gold, opacity=0.85)
        + circle(0, -48, 16, "#fff6d8", opacity=0.8),
        (0, -48),
        size=0.5,
    )


def orb(tone: str) -> Thing:
    """A ball of light: also what stands in for things nobody described to us."""
    glow = tone or "#ffdf9a"
    return Thing(
        circle(0, -50, 30, glow, opacity=0.6),
        glow_gradient("orb", [(0, "#fffdf2", 1), (0.4, glow, 0.8), (1, glow, 0)])
        + circle(0, -50, 48, "url(#orb)"),
        (0, -50),
        size=0.4,
    )


def feather(tone: str) -> Thing:
    plume = tone or "#e9e4da"
    body = path(
        "M-22 0C-8 -10 -40 -50 -12 -92C4 -104 20 -98 24 -92C36 -60 14 -20 -16 0Z", plume
    ) + line("M-26 6C-10 -30 4 -64 18 -92", darker(plume, 0.35), 3)
    return Thing(
        body
        + line(
            "M-6 -30L-20 -40M2 -48L-14 -62M2 -30L18 -40M10 -54L24 -66",
            darker(plume, 0.2),
            2,
            opacity=0.7,
        ),
        size=0.4,
    )


def crown(tone: str) -> Thing:
    gold = tone or "#dcab42"
    body = (
        gradient("crowngold", [(0, lighter(gold, 0.35)), (1, darker(gold, 0.25))])
        + path("M-50 -6L-58 -70L-30 -42L0 -86L30 -42L58 -70L50 -6Q0 8 -50 -6Z", "url(#crowngold)")
        + path("M-50 -18Q0 -6 50 -18L50 -6Q0 8 -50 -6Z", darker(gold, 0.25))
    )
    return Thing(
        body
        + "".join(
            circle(x, y, 6, c)
            for x, y, c in ((0, -86, "#c2332c"), (-58, -72, "#34639c"), (58, -72, "#34639c"))
        )
        + "".join(circle(x, -13 + 3 * (1 - abs(x) / 32), 4.5, "#c2332c") for x in (-30, 0, 30)),
        size=0.6,
    )


def sword(tone: str) -> Thing:
    steel = tone or "#b9c2cc"
    return Thing(
        group(
            path("M-6 -30L-4 -98L0 -108L4 -98L6 -30Z", steel)
            + line("M0 -100L0 -32", darker(steel, 0.3), 2)
            + rect(-24, -32, 48, 7, _BRASS, round_=3)
            + rect(-4, -26, 8, 22, "#5a3422", round_=3)
            + circle(0, -2, 6, _BRASS),
            turn=12,
        ),
        size=1.3,
    )


def bell(tone: str) -> Thing:
    metal = tone or _BRASS
    return Thing(
        _metal("bellmetal", metal)
        + circle(0, -2, 8, darker(metal, 0.35))
        + path("M-46 -8C-30 -20 -34 -78 0 -82C34 -78 30 -20 46 -8Q0 2 -46 -8Z", "url(#bellmetal)")
        + f'<circle cx="0" cy="-90" r="8" fill="none" stroke="{metal}" stroke-width="5"/>',
        size=0.5,
    )


def shoe(tone: str) -> Thing:
    leather = tone or "#7d4e2e"
    return Thing(
        path(
            "M-50 0L-52 -58C-40 -66 -22 -64 -18 -58L-16 -34C0 -34 40 -28 54 -12C58 -4 54 0 50 0Z",
            leather,
        )
        + rect(-52, -6, 108, 8, darker(leather, 0.5), round_=3)
        + line("M-14 -34L-2 -44M-2 -31L8 -40M10 -27L18 -36", "#e8d8b8", 3),
        size=0.5,
    )


def camera(tone: str) -> Thing:
    body = tone or "#3a3436"
    return Thing(
        rect(-52, -62, 104, 62, body, round_=8)
        + rect(-52, -50, 104, 22, lighter(body, 0.18))
        + rect(-18, -74, 36, 14, body, round_=3)
        + circle(0, -30, 25, "#9aa0a8")
        + circle(0, -30, 20, "#16202c")
        + circle(-5, -35, 7, "#6f9ac0", opacity=0.8)
        + circle(36, -62, 5, "#c2332c"),
        size=0.5,
    )


def phone(tone: str) -> Thing:
    """An old table telephone."""
    body = tone or "#2f2d33"
    return Thing(
        path("M-44 0C-44 -26 -26 -46 -18 -50L18 -50C26 -46 44 -26 44 0Z", body)
        + path(
            "M-56 -62C-56 -78 -40 -80 -30 -72C-14 -78 14 -78 30 -72C40 -80 56 -78 56 -62C48 -56 36 -56 30 -62C14 -66 -14 -66 -30 -62C-36 -56 -48 -56 -56 -62Z",
            lighter(body, 0.1),
        )
        + circle(0, -24, 19, "#d8c8a0")
        + circle(0, -24, 7, body)
        + "".join(
            circle(math.cos(k * 0.62) * 13, -24 + math.sin(k * 0.62) * 13, 2.4, body)
            for k in range(10)
        ),
        size=0.6,
    )


def radio(tone: str) -> Thing:
    wood = tone or "#8a5630"
    return Thing(
        path("M-58 0L-58 -46C-58 -78 -30 -84 0 -84C30 -84 58 -78 58 -46L58 0Z", wood)
        + path("M-44 -20L-44 -44C-44 -66 -20 -70 -6 -70L-6 -20Z", "#d8bd8a")
        + "".join(line(f"M{x} -66L{x} -22", darker(wood, 0.3), 3) for x in (-36, -26, -16))
        + circle(26, -20, 9, "#e0c890")
        + circle(26, -20, 3, darker(wood, 0.4)),
        rect(10, -62, 34, 24, "#ffc46a", round_=4, opacity=0.75),
        (27, -50),
        size=0.7,
    )


def basket(tone: str) -> Thing:
    straw = tone or "#b8864a"
    return Thing(
        line("M-44 -40Q0 -116 44 -40", darker(straw, 0.2), 6)
        + "".join(
            circle(x, y, 15, c)
            for x, y, c in ((-24, -46, "#c2332c"), (4, -52, "#d9a030"), (28, -46, "#a8322a"))
        )
        + path("M-52 -42L52 -42L40 0L-40 0Z", straw)
        + "".join(
            line(
                f"M{-49 + 4 * k} {-32 + 11 * k}L{49 - 4 * k} {-32 + 11 * k}",
                darker(straw, 0.3),
                3,
                opacity=0.7,
            )
            for k in range(3)
        )
        + rect(-55, -46, 110, 9, darker(straw, 0.15), round_=4),
        size=0.7,
    )


def coin(tone: str) -> Thing:
    gold = tone or "#dcab42"
    return Thing(
        glow_gradient("coin", [(0, lighter(gold, 0.4)), (0.8, gold), (1, darker(gold, 0.4))])
        + circle(2, -40, 40, darker(gold, 0.45))
        + circle(0, -41, 40, "url(#coin)")
        + f'<circle cx="0" cy="-41" r="32" fill="none" stroke="{darker(gold, 0.3)}" stroke-width="2.6"/>'
        + path(
            polygon(
                [
                    (
                        math.sin(math.pi * k / 5) * (20 if k % 2 == 0 else 9),
                        -41 - math.cos(math.pi * k / 5) * (20 if k % 2 == 0 else 9),
                    )
                    for k in range(10)
                ]
            ),
            darker(gold, 0.25),
        ),
        size=0.25,
    )


def crystal(tone: str) -> Thing:
    ice = tone or "#8fd0e0"
    left, right = (
        polygon([(-26, 0), (-34, -52), (0, -100), (0, 0)]),
        polygon([(0, 0), (0, -100), (30, -54), (24, 0)]),
    )
    return Thing(
        path(left, lighter(ice, 0.3))
        + path(right, darker(ice, 0.2))
        + path(polygon([(-34, -52), (0, -62), (0, -100)]), "#e8fbff", opacity=0.7),
        path(polygon([(-20, -6), (-26, -50), (0, -90), (20, -52), (16, -6)]), ice, opacity=0.45),
        (0, -50),
        size=0.5,
    )


def toy_bear(tone: str) -> Thing:
    fur = tone or "#b07f4a"
    body = (
        ellipse(-22, -6, 15, 10, darker(fur, 0.12))
        + ellipse(22, -6, 15, 10, darker(fur, 0.12))
        + ellipse(0, -28, 27, 28, fur)
        + ellipse(0, -25, 17, 18, lighter(fur, 0.3))
        + ellipse(-29, -36, 9, 17, darker(fur, 0.08), turn=28)
        + ellipse(29, -36, 9, 17, darker(fur, 0.08), turn=-28)
    )
    body += (
        circle(-19, -92, 10, fur)
        + circle(19, -92, 10, fur)
        + circle(0, -74, 26, fur)
        + ellipse(0, -67, 12, 9, lighter(fur, 0.4))
        + ellipse(0, -71, 4, 3, "#2a1c18")
        + circle(-9, -79, 3, "#2a1c18")
        + circle(9, -79, 3, "#2a1c18")
        + line("M0 -68L0 -64", "#2a1c18", 1.8)
    )
    return Thing(body + path("M-14 -52Q0 -46 14 -52L10 -46Q0 -42 -10 -46Z", "#c2332c"), size=0.6)


def robot(tone: str) -> Thing:
    metal = tone or "#8fa6b0"
    body = _metal("robot", metal)
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


def teapot(tone: str) -> Thing:
    clay = tone or "#5f8aa0"
    return Thing(
        gradient("pot", [(0, lighter(clay, 0.3)), (1, darker(clay, 0.3))])
        + line("M-36 -48Q-66 -54 -60 -28Q-54 -12 -36 -16", clay, 8)
        + path("M34 -22Q54 -26 60 -56L68 -54Q66 -12 34 -10Z", clay)
        + path(
            "M-40 -30C-40 -62 -20 -68 0 -68C20 -68 40 -62 40 -30C40 -10 24 0 0 0C-24 0 -40 -10 -40 -30Z",
            "url(#pot)",
        )
        + path("M-20 -66Q0 -82 20 -66Z", darker(clay, 0.12))
        + circle(0, -78, 5, darker(clay, 0.2)),
        size=0.6,
    )


def door(tone: str) -> Thing:
    wood = tone or "#6a3f2a"
    return Thing(
        path("M-36 0L-36 -72Q0 -112 36 -72L36 0Z", darker(wood, 0.5))
        + path("M-30 0L-30 -70Q0 -104 30 -70L30 0Z", wood)
        + line("M-10 -1L-10 -90M10 -1L10 -90", darker(wood, 0.35), 2.4)
        + rect(-30, -66, 26, 5, "#3a3a42")
        + rect(-30, -22, 26, 5, "#3a3a42")
        + circle(20, -40, 4, _BRASS),
        size=4.5,
    )


def chair(tone: str) -> Thing:
    wood = tone or "#7a4e2e"
    return Thing(
        line("M-24 0L-22 -98M22 0L22 -46M-10 0L-12 -44", wood, 6)
        + path("M-26 -52L28 -52L30 -44L-26 -44Z", lighter(wood, 0.12))
        + line("M-23 -72L-4 -72M-23 -88L-4 -88M-4 -52L-4 -98", wood, 5),
        size=2.4,
    )


def doll(tone: str) -> Thing:
    dress = tone or "#c76b7e"
    return Thing(
        rect(-10, -16, 7, 16, "#f0d8c0")
        + rect(3, -16, 7, 16, "#f0d8c0")
        + path("M-14 -56L14 -56L28 -12Q0 -4 -28 -12Z", dress)
        + line("M-14 -52L-28 -30M14 -52L28 -30", dress, 7)
        + circle(0, -74, 19, "#f3d3b4")
        + path("M-21 -66C-28 -100 28 -100 21 -66C14 -84 -10 -86 -21 -66Z", "#7a4526")
        + circle(-6, -73, 2.2, "#2a1c18")
        + circle(7, -73, 2.2, "#2a1c18"),
        size=0.5,
    )


THINGS: dict[str, Callable[[str], Thing]] = {
    "lantern": lantern,
    "candle": candle,
    "lamp": lamp,
    "clock": clock,
    "watch": watch,
    "key": key,
    "gear": gear,
    "book": book,
    "letter": letter,
    "map": map_,
    "box": box,
    "cup": cup,
    "ring": ring,
    "telescope": telescope,
    "violin": violin,
    "umbrella": umbrella,
    "bread": bread,
    "cake": cake,
    "bottle": bottle,
    "mirror": mirror,
    "flower": flower,
    "star": star,
    "orb": orb,
    "feather": feather,
    "crown": crown,
    "sword": sword,
    "bell": bell,
    "shoe": shoe,
    "camera": camera,
    "telephone": phone,
    "radio": radio,
    "basket": basket,
    "coin": coin,
    "crystal": crystal,
    "toy bear": toy_bear,
    "robot": robot,
    "boat": boat,
    "rowing boat": rowing_boat,
    "bicycle": bicycle,
    "kite": kite,
    "teapot": teapot,
    "door": door,
    "chair": chair,
    "doll": doll,
}
"""Every drawable thing; each takes a colour (empty for its usual one)."""

HAND_HELD = frozenset(
    {
        "lantern",
        "candle",
        "watch",
        "key",
        "gear",
        "book",
        "letter",
        "map",
        "box",
        "cup",
        "ring",
        "violin",
        "umbrella",
        "bread",
        "cake",
        "bottle",
        "mirror",
        "flower",
        "star",
        "orb",
        "feather",
        "crown",
        "sword",
        "bell",
        "shoe",
        "camera",
        "basket",
        "coin",
        "crystal",
        "toy bear",
        "kite",
        "teapot",
        "doll",
        "telescope",
    }
)
