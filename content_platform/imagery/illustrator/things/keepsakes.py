"""Small things a story turns on: what is found, given, lost, worn or read."""

from __future__ import annotations

import math
from dataclasses import replace

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
from content_platform.imagery.illustrator.things.base import (
    BRASS,
    Thing,
    clock_face,
    metal_gradient,
)


def lantern(tone: str) -> Thing:
    dark = darker(tone or "#4a4038", 0.35)
    body = rect(-24, -8, 48, 8, dark, round_=3) + path(
        "M-21 -8L-25 -62L25 -62L21 -8Z", "#e8b25a", opacity=0.55
    )
    body += path("M-30 -62L30 -62L16 -80L-16 -80Z", dark) + rect(-7, -88, 14, 9, dark, round_=3)
    body += line("M-16 -84C-20 -119 20 -119 16 -84", dark, 4)
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


def bowed_lantern(tone: str) -> Thing:
    """A lantern whose flame bows, low and to one side."""
    straight = lantern(tone)
    flame = path(
        "M-2 -14C-12 -17 -10 -28 2 -30C10 -32 16 -28 21 -19C14 -24 8 -20 4 -15Z", "#ffcf70"
    )
    flame += path("M-1 -15C-6 -18 -3 -24 4 -25C9 -26 13 -24 16 -20C10 -21 5 -18 2 -15Z", "#fff2c8")
    dim = path("M-19 -10L-23 -60L23 -60L19 -10Z", "#ffae48", opacity=0.2)
    return replace(straight, glow=dim + flame, flame=(4, -22))


def bowed_candle(tone: str) -> Thing:
    """A candle whose flame bows, low and to one side."""
    flame = path("M0 -64C-7 -68 -3 -78 7 -79C16 -80 22 -75 26 -66C18 -72 10 -71 5 -65Z", "#ffc25c")
    flame += path("M1 -65C-3 -68 1 -74 8 -74C14 -75 18 -72 21 -68C14 -71 8 -70 4 -65Z", "#fff4d0")
    return replace(candle(tone), glow=flame, flame=(8, -70))


def candle(tone: str) -> Thing:
    wax = tone or "#efe3c8"
    body = gradient(
        "wax", [(0, darker(wax, 0.3)), (0.4, wax), (1, darker(wax, 0.2))], vertical=False
    )
    body += path("M-34 0Q-36 -8 -26 -9L26 -9Q36 -8 34 0Z", BRASS) + line(
        "M30 -6Q46 -10 40 -20Q32 -24 28 -12", BRASS, 4
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
        path("M-22 0Q-20 -9 0 -10Q20 -9 22 0Z", BRASS)
        + rect(-3, -52, 6, 44, BRASS)
        + path("M-40 -48L-22 -92L22 -92L40 -48Z", shade)
    )
    return Thing(
        body,
        path("M-38 -49L-22 -90L22 -90L38 -49Z", lighter("#e8a850", 0.1), opacity=0.7)
        + ellipse(0, -48, 36, 5, "#ffe6b0"),
        (0, -60),
        size=1.1,
    )


def watch(tone: str) -> Thing:
    metal = tone or "#c3c9d1"
    body = glow_gradient(
        "watchmetal", [(0, lighter(metal, 0.4)), (0.75, metal), (1, darker(metal, 0.45))]
    )
    chain = "M-4 -97Q-40 -112 -64 -84Q-84 -58 -66 -30Q-52 -8 -82 -2"
    body += "".join(
        f'<path d="{chain}" fill="none" stroke="{shade}" stroke-width="{wide}" '
        'stroke-dasharray="1 5" stroke-linecap="round"/>'
        for shade, wide in ((darker(metal, 0.3), 6), (lighter(metal, 0.25), 3.4))
    )
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
    metal = tone or BRASS
    body = metal_gradient("keymetal", metal)
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
    metal = tone or BRASS
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
    metal = tone or BRASS
    body = line("M0 -52L-34 0M0 -52L34 0M0 -52L4 0", "#5a3a24", 6)
    tube = (
        metal_gradient("tube", metal, vertical=True)
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
    body = line("M0 -96L0 -8Q0 6 -10 4Q-16 0 -13 -6", "#3a2a20", 4) + canopy(cloth)
    return Thing(body, size=2.6, tone=cloth)


def canopy(cloth: str) -> str:
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
    # A child's hand is nearer to the crown of its head.
    rise = 146 + height * 0.2
    lean = -height * 0.08
    shaft = line(f"M4 30L{num(lean)} {num(-rise - 60)}", "#3a2a20", 6)
    return shaft + group(canopy(cloth or "#b53238"), x=lean, y=-rise + 104, scale=2.1, turn=-4)


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
            + rect(-24, -32, 48, 7, BRASS, round_=3)
            + rect(-4, -26, 8, 22, "#5a3422", round_=3)
            + circle(0, -2, 6, BRASS),
            turn=12,
        ),
        size=1.3,
    )


def bell(tone: str) -> Thing:
    metal = tone or BRASS
    return Thing(
        metal_gradient("bellmetal", metal)
        + circle(0, -2, 8, darker(metal, 0.35))
        + path("M-46 -8C-30 -20 -34 -78 0 -82C34 -78 30 -20 46 -8Q0 2 -46 -8Z", "url(#bellmetal)")
        + f'<circle cx="0" cy="-90" r="8" fill="none" stroke="{metal}" stroke-width="5"/>',
        size=0.5,
    )


# --- keepsakes and tools -----------------------------------------------------------------------


def compass(tone: str) -> Thing:
    metal = tone or BRASS
    body = (
        glow_gradient(
            "compass", [(0, lighter(metal, 0.4)), (0.75, metal), (1, darker(metal, 0.45))]
        )
        + circle(0, -44, 44, "url(#compass)")
        + circle(0, -44, 36, "#f4ead2")
        + f'<circle cx="0" cy="-93" r="7" fill="none" stroke="{metal}" stroke-width="4"/>'
    )
    body += "".join(
        line(
            f"M{num(math.sin(a) * 29)} {num(-44 - math.cos(a) * 29)}L{num(math.sin(a) * 34)} {num(-44 - math.cos(a) * 34)}",
            "#5a4a38",
            2.4,
        )
        for a in [math.pi * k / 4 for k in range(8)]
    )
    needle = path(polygon([(0, -74), (6, -44), (-6, -44)]), "#b5322c") + path(
        polygon([(0, -14), (6, -44), (-6, -44)]), "#4a5a70"
    )
    return Thing(
        body + group(group(needle, y=44), y=-44, turn=24) + circle(0, -44, 4, "#3a2a1c"), size=0.4
    )


def lens(tone: str) -> Thing:
    ring = tone or BRASS
    body = (
        group(rect(-5, 0, 10, 52, "#6a4228", round_=5), x=22, y=-26, turn=-38)
        + circle(-4, -58, 37, darker(ring, 0.25))
        + circle(-4, -59, 35, ring)
        + glow_gradient("lensglass", [(0, "#f4fcff"), (0.7, "#bfe2ea"), (1, "#86b8c8")])
        + circle(-4, -59, 29, "url(#lensglass)")
    )
    return Thing(
        body + path("M-26 -70Q-16 -84 2 -84Q-14 -76 -20 -62Z", "#ffffff", opacity=0.75), size=0.45
    )


def necklace(tone: str) -> Thing:
    metal = tone or "#dcab42"
    chain = "".join(
        circle(math.sin(a) * 38, -64 - math.cos(a) * 36, 2.5, metal)
        for a in [2 * math.pi * k / 34 for k in range(34)]
        if not 2.9 < a < 3.4
    )
    return Thing(
        chain
        + circle(0, -16, 17, darker(metal, 0.2))
        + circle(0, -17, 15, metal)
        + path("M0 -8C-12 -16 -8 -27 0 -21C8 -27 12 -16 0 -8Z", "#a8262f")
        + path("M-9 -24Q-4 -30 4 -28", lighter(metal, 0.6)),
        size=0.35,
    )


def guitar(tone: str) -> Thing:
    wood = tone or "#b5753a"
    body = (
        glow_gradient("guitar", [(0, lighter(wood, 0.25)), (0.75, wood), (1, darker(wood, 0.45))])
        + path(
            "M0 0C-28 0 -36 -16 -30 -30C-26 -38 -24 -40 -22 -46C-26 -60 -14 -68 0 -68C14 -68 26 -60 22 -46C24 -40 26 -38 30 -30C36 -16 28 0 0 0Z",
            "url(#guitar)",
        )
        + circle(0, -40, 10, "#2a1a12")
        + rect(-4.5, -112, 9, 66, "#3a2418")
        + rect(-8, -126, 16, 16, darker(wood, 0.35), round_=3)
        + rect(-12, -18, 24, 4, "#3a2418")
    )
    return Thing(
        group(body, scale=0.82, turn=16)
        + group(line("M-1.5 -112L-1.5 -16M1.5 -112L1.5 -16", "#f0e6d0", 0.9), scale=0.82, turn=16),
        size=1.1,
    )


def pencil(tone: str) -> Thing:
    paint = tone or "#d9a032"
    return Thing(
        group(
            rect(-6, -84, 12, 66, paint)
            + rect(-2, -84, 4, 66, lighter(paint, 0.3))
            + path("M-6 -18L6 -18L0 0Z", "#ecd2a4")
            + path("M-2 -6L2 -6L0 0Z", "#2a2228")
            + rect(-6, -92, 12, 8, "#b9c0c8")
            + rect(-6, -101, 12, 10, "#d67a80", round_=3),
            turn=22,
        ),
        size=0.3,
    )


def hat(tone: str) -> Thing:
    felt = tone or "#35323c"
    return Thing(
        path("M-34 -14C-38 -70 -30 -82 0 -82C30 -82 38 -70 34 -14Z", felt)
        + path("M-34 -30Q0 -20 34 -30L34 -14Q0 -4 -34 -14Z", "#a8383a")
        + ellipse(0, -10, 64, 12, darker(felt, 0.2))
        + path("M-22 -68Q-24 -46 -22 -34", lighter(felt, 0.3), opacity=0.5),
        size=0.6,
    )


def scarf(tone: str) -> Thing:
    """Folded twice, its striped and fringed end hanging over the front."""
    wool = tone or "#b83a34"
    stripe, shade = lighter(wool, 0.45), darker(wool, 0.28)
    body = path("M-60 0Q-66 -12 -60 -24L58 -26Q64 -12 60 0Z", darker(wool, 0.2))
    body += path("M-58 -20Q-66 -34 -56 -46L54 -48Q64 -34 57 -21Z", wool)
    body += path("M-52 -44Q-58 -56 -46 -64L46 -66Q58 -56 50 -44Z", lighter(wool, 0.1))
    body += line("M-58 -22L57 -23M-54 -45L53 -46", shade, 2.6, opacity=0.7)
    body += "".join(
        line(
            f"M{x} -63L{x + 1} -47M{x - 3} -43L{x - 3} -25M{x} -19L{x} -3", shade, 1.4, opacity=0.35
        )
        for x in range(-46, 50, 9)
    )
    body += path("M8 -66L40 -66Q44 -30 42 -2L12 -2Q8 -30 8 -66Z", lighter(wool, 0.04))
    body += "".join(
        path(f"M9 {y}L42 {y}L42 {y + 5}L9.6 {y + 5}Z", stripe, opacity=0.85) for y in (-26, -16)
    )
    body += "".join(line(f"M{14 + 5 * k} -3l0 11", darker(wool, 0.1), 2.6) for k in range(6))
    return Thing(body, size=0.6)


def glove(tone: str) -> Thing:
    wool = tone or "#3f86a0"
    return Thing(
        path("M-22 -20L-24 -66C-22 -92 22 -92 24 -64L24 -20Z", wool)
        + path("M22 -34C34 -40 44 -62 38 -70C30 -76 24 -62 20 -54Z", darker(wool, 0.12))
        + rect(-26, -22, 52, 22, lighter(wool, 0.35), round_=6)
        + line("M-14 -20L-14 -2M0 -20L0 -2M14 -20L14 -2", darker(wool, 0.2), 2),
        size=0.35,
    )
