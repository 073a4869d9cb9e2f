"""Things of the house, the kitchen, the toy box and the tool shed."""

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
    line,
    mix,
    path,
    rect,
)
from content_platform.imagery.illustrator.things.base import BRASS, Thing, clock_face


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
        clock_face(0, -60, 29, BRASS)
        + rect(-14, -24, 28, 12, darker(wood, 0.45), round_=3)
        + circle(0, -18, 5, lighter(BRASS, 0.2))
    )
    return Thing(body, size=0.9)


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
    return Thing(_glass(tone) + rect(-7, -98, 14, 14, "#9a6a42", round_=3), size=0.5)


def open_bottle(tone: str) -> Thing:
    """A bottle whose cork is out; a pale wisp rises from what was kept in it."""
    wisp = "M0 -92C-14 -102 10 -108 0 -120C-8 -128 4 -134 10 -130"
    return Thing(
        _glass(tone) + ellipse(0, -88, 9, 2.6, "#2c4a44"),
        line(wisp, "#fff3cf", 6, opacity=0.35) + line(wisp, "#fffbe8", 2.4, opacity=0.8),
        size=0.5,
    )


def _glass(tone: str) -> str:
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
    body += path("M-20 -14L-20 -42Q0 -46 14 -40L16 -14Q0 -8 -20 -14Z", "#efe2c2", opacity=0.85)
    return body + line("M-21 -46L-21 -10", "#ffffff", 3, opacity=0.5)


def mirror(tone: str) -> Thing:
    frame = tone or BRASS
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


def shoe(tone: str) -> Thing:
    """A laced boot, seen from its side."""
    leather = tone or "#7d4e2e"
    shade = darker(leather, 0.3)
    body = path("M-16 -88Q-4 -96 4 -84L6 -52L-8 -50Z", darker(leather, 0.45))  # the tongue
    body += path(
        "M-48 -5L-46 -84Q-28 -91 -6 -86L0 -56C8 -45 22 -43 36 -37C52 -31 58 -18 56 -5Z", leather
    )
    body += path("M32 -38C50 -33 58 -19 56 -5L28 -5C22 -18 24 -30 32 -38Z", shade, opacity=0.6)
    body += path("M-48 -5L-47 -36Q-32 -40 -26 -24L-24 -5Z", shade, opacity=0.6)
    body += path("M-46 -84Q-28 -91 -6 -86L-5 -78Q-28 -83 -46 -76Z", lighter(leather, 0.16))
    body += path("M-52 -7L59 -7Q61 0 55 0L4 0L-2 -3L-14 -3L-16 0L-48 0Q-53 0 -52 -7Z", "#2a1c16")
    holes = ((-15, -73), (-13, -62), (-10, -52), (-3, -43), (7, -38))
    laces = "".join(f"M{x} {y}L{x + 14} {y + 4 - k}" for k, (x, y) in enumerate(holes))
    body += line(laces, "#e8d8b8", 3)
    body += "".join(circle(x, y, 2.2, darker(leather, 0.6)) for x, y in holes)
    body += line("M-4 -72Q8 -88 12 -76Q8 -68 -2 -71Q14 -66 10 -56", "#e8d8b8", 2.6)
    return Thing(body, size=0.5)


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
        + circle(21, -40, 2.8, BRASS),
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


def drum(tone: str) -> Thing:
    paint = tone or "#b5383a"
    return Thing(
        path("M-46 -50L-46 -8Q0 12 46 -8L46 -50Z", paint)
        + line("M-46 -46L-23 2L0 -40L23 2L46 -46", "#f0e0b0", 3)
        + ellipse(0, -50, 47, 14, "#d8b060")
        + ellipse(0, -51, 42, 11, "#f4ead2")
        + line("M-30 -62L14 -88M30 -62L-14 -88", "#8a5a34", 5)
        + circle(14, -88, 5, "#f0e0c0")
        + circle(-14, -88, 5, "#f0e0c0"),
        size=0.8,
    )


def piano(tone: str) -> Thing:
    wood = tone or "#3f2a24"
    body = (
        rect(-70, -96, 140, 92, wood, round_=4)
        + rect(-74, -102, 148, 9, lighter(wood, 0.12), round_=3)
        + rect(-62, -88, 124, 32, darker(wood, 0.3), round_=3)
        + rect(-76, -52, 152, 12, lighter(wood, 0.1))
        + rect(-68, -58, 136, 9, "#f4efe2")
        + rect(-72, -40, 10, 40, darker(wood, 0.2))
        + rect(62, -40, 10, 40, darker(wood, 0.2))
        + rect(-70, -38, 140, 34, darker(wood, 0.18))
    )
    return Thing(
        body
        + "".join(
            rect(-64 + 10 * k, -58, 4.6, 6, "#1c1618") for k in range(13) if k % 7 not in (2, 6)
        )
        + path("M-14 -88L-12 -72L12 -72L14 -88Z", "#efe4c8"),
        size=3.2,
    )


def typewriter(tone: str) -> Thing:
    paint = tone or "#3d4650"
    return Thing(
        rect(-20, -96, 40, 42, "#f4ead2")
        + line("M-13 -84L13 -84M-13 -76L10 -76M-13 -68L12 -68", "#8a8070", 2, opacity=0.6)
        + rect(-48, -62, 96, 12, "#23272e", round_=6)
        + path("M-44 -52L44 -52L60 -6Q60 0 54 0L-54 0Q-60 0 -60 -6Z", paint)
        + rect(-34, -46, 68, 10, darker(paint, 0.4), round_=4)
        + "".join(
            circle(-44 + 11 * k + 4 * row, -26 + 9 * row, 4.2, "#efe6d0")
            for row in range(3)
            for k in range(9 - row)
        ),
        size=0.8,
    )


def apple(tone: str) -> Thing:
    skin = tone or "#c2332c"
    return Thing(
        glow_gradient("apple", [(0, lighter(skin, 0.35)), (0.6, skin), (1, darker(skin, 0.35))])
        + path(
            "M0 -66C-14 -80 -46 -74 -46 -40C-46 -12 -24 2 0 -4C24 2 46 -12 46 -40C46 -74 14 -80 0 -66Z",
            "url(#apple)",
        )
        + line("M0 -64Q2 -80 10 -88", "#5a3a24", 5)
        + path("M6 -78Q24 -98 42 -86Q30 -70 6 -78Z", "#5f8f4d")
        + path("M-32 -52Q-28 -64 -16 -66Q-26 -56 -28 -44Z", "#ffffff", opacity=0.55),
        size=0.35,
    )


def pumpkin(tone: str) -> Thing:
    skin = tone or "#d97a2a"
    return Thing(
        ellipse(-30, -32, 28, 32, darker(skin, 0.15))
        + ellipse(30, -32, 28, 32, darker(skin, 0.2))
        + ellipse(-12, -33, 26, 34, skin)
        + ellipse(14, -33, 26, 34, darker(skin, 0.06))
        + ellipse(0, -33, 16, 34, lighter(skin, 0.12))
        + path("M-6 -64Q-4 -82 10 -86L14 -78Q4 -76 6 -64Z", "#6a7a3c"),
        size=0.6,
    )


def ball(tone: str) -> Thing:
    paint = tone or "#c8453c"
    return Thing(
        glow_gradient("ball", [(0, lighter(paint, 0.35)), (0.7, paint), (1, darker(paint, 0.4))])
        + circle(0, -42, 42, "url(#ball)")
        + path("M-41 -50Q0 -72 41 -50L42 -36Q0 -56 -42 -36Z", "#f0e4c8", opacity=0.9)
        + path("M-26 -64Q-14 -78 0 -78Q-14 -70 -20 -58Z", "#fff", opacity=0.4),
        size=0.5,
    )


def hammer(tone: str) -> Thing:
    steel = tone or "#7f868f"
    return Thing(
        group(
            rect(-5, -78, 10, 78, "#8a5a34", round_=4)
            + path("M-32 -98L22 -98Q36 -96 38 -82L22 -78L-32 -78Z", steel)
            + rect(-36, -100, 12, 24, darker(steel, 0.2), round_=3),
            turn=16,
        ),
        size=0.6,
    )


def wrench(tone: str) -> Thing:
    steel = tone or "#97a0ab"
    return Thing(
        group(
            rect(-6.5, -78, 13, 70, steel, round_=4)
            + path(
                "M-18 -106L-18 -84Q-12 -74 0 -74Q12 -74 18 -84L18 -106L8 -100L8 -88L-8 -88L-8 -100Z",
                steel,
            )
            + circle(0, -6, 12, steel)
            + circle(0, -6, 5.5, darker(steel, 0.55))
            + line("M-2 -72L-2 -16", lighter(steel, 0.4), 2),
            turn=20,
        ),
        size=0.5,
    )


def table(tone: str) -> Thing:
    wood = tone or "#7d5334"
    return Thing(
        line("M-56 0L-52 -66M56 0L52 -66", darker(wood, 0.3), 9)
        + rect(-58, -66, 116, 13, darker(wood, 0.2))
        + rect(-68, -76, 136, 12, wood, round_=3)
        + rect(-68, -76, 136, 3.4, lighter(wood, 0.3), round_=2),
        size=2.6,
    )


def mushroom(tone: str) -> Thing:
    cap = tone or "#b5383a"
    return Thing(
        path("M-12 0Q-8 -30 -12 -48L12 -48Q8 -30 12 0Z", "#efe4cf")
        + path("M-50 -44C-46 -92 46 -92 50 -44Q0 -30 -50 -44Z", cap)
        + "".join(
            circle(x, y, r, "#fff2de", opacity=0.9)
            for x, y, r in ((-24, -60, 7), (2, -72, 8), (26, -58, 6), (-6, -52, 4.5))
        )
        + path("M-46 -43Q0 -30 46 -43Q0 -36 -46 -43Z", "#e0cdb4"),
        size=0.5,
    )
