"""Things found outdoors or fallen from the sky."""

from __future__ import annotations

import math

from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    glow_gradient,
    group,
    lighter,
    limb,
    line,
    num,
    path,
    polygon,
    spline,
)
from content_platform.imagery.illustrator.things.base import (
    Thing,
)


def star(tone: str) -> Thing:
    gold = tone or "#f2c45a"
    tips = [
        (
            math.sin(math.pi * k / 5) * (46 if k % 2 == 0 else 21),
            -48 - math.cos(math.pi * k / 5) * (46 if k % 2 == 0 else 21),
        )
        for k in range(10)
    ]
    facets = "".join(
        path(
            polygon([(0, -48), tips[k], tips[(k + 1) % 10]]),
            lighter(gold, 0.4) if k % 2 else darker(gold, 0.1),
            opacity=0.75,
        )
        for k in range(10)
    )
    shape = path(spline(tips, tension=0.25), gold)
    # Askew, as something that fell; balanced on two tips it would be a trophy.
    return Thing(
        group(shape + facets, x=-9, y=3, turn=11),
        group(path(spline(tips, tension=0.25), gold, opacity=0.34), x=-9, y=3, turn=11),
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


def button(tone: str) -> Thing:
    """A coat button: a raised rim, four holes, crossed thread."""
    face = tone or "#3f6f8c"
    holes = ((-9, -50), (9, -50), (-9, -32), (9, -32))
    body = glow_gradient(
        "button", [(0, lighter(face, 0.12)), (0.72, face), (1, darker(face, 0.25))]
    )
    body += circle(2, -39, 41, darker(face, 0.5)) + circle(0, -41, 40, lighter(face, 0.14))
    body += circle(0, -41, 36, darker(face, 0.28)) + circle(0, -41, 32, "url(#button)")
    body += "".join(circle(x, y, 5, darker(face, 0.72)) for x, y in holes)
    body += line("M-9 -50L9 -32M9 -50L-9 -32", "#efe0c0", 3.6)
    body += line("M-27 -56A32 32 0 0 1 -8 -70", lighter(face, 0.6), 3.4, opacity=0.8)
    return Thing(body, size=0.2)


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


def leaf(tone: str) -> Thing:
    green = tone or "#c9742c"
    return Thing(
        group(
            path("M0 0C-36 -24 -36 -66 0 -98C36 -66 36 -24 0 0Z", green)
            + path("M0 0C36 -24 36 -66 0 -98Z", darker(green, 0.16))
            + line(
                "M0 8L0 -88M0 -24L-18 -40M0 -24L18 -40M0 -48L-16 -62M0 -48L16 -62",
                lighter(green, 0.35),
                2.6,
            ),
            turn=18,
        ),
        size=0.3,
    )


def seed(tone: str) -> Thing:
    """An acorn."""
    nut = tone or "#a8743c"
    return Thing(
        path("M-30 -52C-32 -22 -14 -4 0 4C14 -4 32 -22 30 -52Z", nut)
        + path(
            "M-18 -50C-20 -28 -12 -14 -6 -8C-10 -24 -10 -40 -8 -50Z",
            lighter(nut, 0.35),
            opacity=0.7,
        )
        + path("M-36 -50C-38 -80 38 -80 36 -50Q0 -40 -36 -50Z", "#6a4a2c")
        + "".join(
            circle(x, y, 3, "#54381f")
            for x, y in ((-20, -58), (-4, -60), (12, -60), (24, -57), (-12, -68), (6, -69))
        )
        + line("M0 -74Q2 -86 9 -90", "#6a4a2c", 5),
        size=0.25,
    )


def egg(tone: str) -> Thing:
    shell_ = tone or "#e6dcc4"
    return Thing(
        glow_gradient("egg", [(0, lighter(shell_, 0.5)), (0.6, shell_), (1, darker(shell_, 0.35))])
        + path(
            "M0 0C-28 0 -38 -22 -36 -42C-34 -68 -16 -90 0 -90C16 -90 34 -68 36 -42C38 -22 28 0 0 0Z",
            "url(#egg)",
        )
        + "".join(
            circle(x, y, r, darker(shell_, 0.25), opacity=0.6)
            for x, y, r in (
                (-14, -56, 4),
                (12, -68, 3),
                (16, -34, 5),
                (-18, -26, 3.4),
                (2, -44, 2.6),
            )
        ),
        size=0.35,
    )


def shell(tone: str) -> Thing:
    pearl = tone or "#ecc7ae"
    return Thing(
        path("M0 0C-20 -6 -52 -40 -46 -62C-34 -84 34 -84 46 -62C52 -40 20 -6 0 0Z", pearl)
        + "".join(
            line(
                f"M0 -2Q{num(x * 0.6)} -40 {x} {num(-66 - 8 * (1 - abs(x) / 40))}",
                darker(pearl, 0.22),
                3,
                opacity=0.7,
            )
            for x in (-38, -24, -8, 8, 24, 38)
        )
        + path("M-12 0L12 0L8 -10L-8 -10Z", darker(pearl, 0.12)),
        size=0.3,
    )


def stone(tone: str) -> Thing:
    grey = tone or "#8c8a88"
    return Thing(
        path(
            spline(
                [(-50, -2), (-48, -36), (-20, -62), (16, -64), (46, -40), (52, -4)], tension=0.8
            ),
            grey,
        )
        + path(
            spline([(16, -64), (46, -40), (52, -4), (12, -2), (22, -34)], tension=0.6),
            darker(grey, 0.28),
            opacity=0.8,
        )
        + path(
            spline([(-44, -36), (-20, -62), (12, -63), (-10, -46)], tension=0.7),
            lighter(grey, 0.3),
            opacity=0.7,
        ),
        size=0.5,
    )


def spoon(tone: str) -> Thing:
    silver = tone or "#c3c9d1"
    return Thing(
        group(
            path(limb([(0, -52), (1, -20), (0, 0)], [5, 6, 10]), darker(silver, 0.12))
            + ellipse(0, -68, 14, 20, silver)
            + ellipse(1, -67, 10, 15, darker(silver, 0.22))
            + line("M-6 -78Q-10 -68 -6 -58", lighter(silver, 0.6), 2.4),
            turn=24,
        ),
        size=0.35,
    )


def rope(tone: str) -> Thing:
    """A coil, its end beside it."""
    hemp = tone or "#c49a62"
    coils = "".join(
        ellipse(0, y, rx, ry, darker(hemp, 0.38))
        + ellipse(0, y - 2, rx - 2, ry - 2, hemp)
        + ellipse(0, y - 3, rx * 0.62, ry * 0.5, darker(hemp, 0.5))
        for y, rx, ry in ((-9, 52, 13), (-20, 50, 13), (-31, 48, 12))
    )
    end = line("M46 -14Q64 -16 62 -4Q60 3 74 1", hemp, 7)
    twist = line(
        "M-40 -12l8 5M-24 -6l9 4M-4 -4l9 3M18 -5l9 1M-38 -24l8 5M-18 -18l9 4M8 -17l9 3",
        darker(hemp, 0.4),
        2,
        opacity=0.7,
    )
    return Thing(coils + end + twist, size=0.6)


def footprints(tone: str) -> Thing:
    """A line of prints that leads away."""
    dark = tone or "#2f3440"
    drawn = ""
    for k in range(5):
        x, y, size = (-1 if k % 2 else 1) * (24 - 3 * k) + 4 * k, -10 - 19 * k, 1.5 - 0.2 * k
        drawn += ellipse(x, y, 13 * size, 5.4 * size, dark, opacity=0.66) + ellipse(
            x + 1, y + 7.6 * size, 8 * size, 3.6 * size, dark, opacity=0.66
        )
    return Thing(drawn, size=0.5)
