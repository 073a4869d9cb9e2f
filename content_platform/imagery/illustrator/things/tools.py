"""Tools, instruments and plain furniture: what people work with, blow, sweep and sit on."""

from __future__ import annotations

from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    gradient,
    group,
    lighter,
    line,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.things.base import BRASS, Thing, metal_gradient
from content_platform.imagery.illustrator.things.keepsakes import lantern


def tuning_fork(tone: str) -> Thing:
    """Two long prongs on one stem, a ball at its foot."""
    steel = tone or "#b4bdc8"
    prongs = "M-13 -100L-13 -46Q-13 -31 0 -31Q13 -31 13 -46L13 -100"
    return Thing(
        line(prongs, darker(steel, 0.45), 12)
        + line(prongs, steel, 8)
        + line("M-14.5 -98L-14.5 -46Q-13.5 -36 -7 -34", lighter(steel, 0.6), 2.2)
        + line("M0 -31L0 -5", darker(steel, 0.45), 11)
        + line("M0 -32L0 -6", steel, 7)
        + line("M-1.5 -28L-1.5 -8", lighter(steel, 0.6), 2)
        + circle(0, -3, 7, darker(steel, 0.1)),
        size=0.42,
    )


def scissors(tone: str) -> Thing:
    """Half open, the blades up."""
    steel, grip = "#b4bdc8", tone or "#8a3f3a"
    blades = "".join(
        path(f"M0 -44L{side * 7} -46L{side * 25} -100L{side * 15} -98L{side * -6} -50Z", shade)
        for side, shade in ((1, darker(steel, 0.2)), (-1, steel))
    )
    rings = "".join(
        f'<ellipse cx="{side * 17}" cy="-16" rx="11" ry="14" fill="none" stroke="{grip}"'
        ' stroke-width="7"/>'
        for side in (1, -1)
    )
    arms = line("M4 -46L-12 -28M-4 -46L12 -28", grip, 7)
    return Thing(rings + arms + blades + circle(0, -47, 4, darker(steel, 0.5)), size=0.4)


def torch(tone: str) -> Thing:
    """A hand lamp with a battery, lying so that it shines to the right."""
    metal = tone or "#4d5866"
    body = metal_gradient("torch", metal, vertical=True)
    body += rect(-52, -38, 70, 24, "url(#torch)", round_=5)
    body += path(polygon([(16, -40), (40, -50), (40, -2), (16, -12)]), darker(metal, 0.1))
    body += ellipse(40, -26, 8, 24, "#fff2c4") + rect(-24, -42, 16, 6, "#c8372d", round_=2)
    beam = gradient("beam", [(0, "#ffe9ae"), (1, "#ffe9ae")]) + path(
        polygon([(42, -46), (120, -86), (120, 26), (42, -6)]), "url(#beam)", opacity=0.28
    )
    return Thing(body, beam + ellipse(40, -26, 7, 22, "#fff6d8"), (44, -26), size=0.5)


def lanterns(tone: str) -> Thing:
    """A long row of them, coming nearer along a bend."""
    one = lantern(tone)
    spots = [
        (-150 + 34 * k + 3.2 * k * k * (0.3 if k % 2 else 0.5), -30 + 3.4 * k, 0.1 + 0.034 * k)
        for k in range(10)
    ]
    return Thing(
        "".join(group(one.svg, x=x, y=y, scale=size) for x, y, size in spots),
        "".join(group(one.glow, x=x, y=y, scale=size) for x, y, size in spots),
        (20, -30),
        size=2.4,
    )


def bulb(tone: str) -> Thing:
    glass = tone or "#f3e3b4"
    return Thing(
        path(
            "M-12 -26C-14 -42 -32 -50 -32 -72C-32 -92 -18 -104 0 -104C18 -104 32 -92 32 -72C32 -50 14 -42 12 -26Z",
            glass,
            opacity=0.8,
        )
        + line("M-8 -28L-12 -62L-4 -54L0 -66L4 -54L12 -62L8 -28", "#a8732c", 2.4)
        + "".join(rect(-12 + k, -26 + 7 * k, 24 - 2 * k, 6, BRASS, round_=2) for k in range(3))
        + ellipse(-14, -84, 6, 10, "#ffffff", opacity=0.6)
        + circle(0, -3, 4, "#3a3430"),
        size=0.4,
    )


def metronome(tone: str) -> Thing:
    wood = tone or "#7a4526"
    return Thing(
        path(polygon([(-36, 0), (36, 0), (14, -104), (-14, -104)]), wood)
        + path(polygon([(-24, -14), (24, -14), (10, -92), (-10, -92)]), lighter(wood, 0.45))
        + "".join(line(f"M-6 {-84 + 12 * k}l12 0", darker(wood, 0.3), 1.6) for k in range(6))
        + line("M0 -16L20 -98", "#c3c9d1", 3.4)
        + path(polygon([(6, -60), (20, -64), (17, -50), (8, -48)]), BRASS)
        + rect(-40, -8, 80, 9, darker(wood, 0.3), round_=3),
        size=0.6,
    )


def spring(tone: str) -> Thing:
    steel = tone or "#9aa4b0"
    turns = "".join(
        line(f"M-18 {-12 - 13 * k}Q0 {-2 - 13 * k} 18 {-16 - 13 * k}", darker(steel, 0.35), 6)
        + line(f"M18 {-16 - 13 * k}Q0 {-26 - 13 * k} -18 {-25 - 13 * k}", steel, 6)
        for k in range(6)
    )
    return Thing(turns + line("M-18 -12L22 -2", steel, 6), size=0.3)


def needle(tone: str) -> Thing:
    silver = tone or "#c3c9d1"
    return Thing(
        path("M-3 -96Q0 -104 3 -96L2 -12L0 0L-2 -12Z", silver)
        + ellipse(0, -88, 1.4, 6, darker(silver, 0.7))
        + line("M0 -88Q26 -84 18 -60T34 -30", "#b83a34", 2),
        size=0.3,
    )


def whistle(tone: str) -> Thing:
    metal = tone or "#b07a45"
    return Thing(
        path("M-44 -58L10 -58C40 -58 46 -34 38 -20C28 -4 -2 -4 -10 -22L-14 -34L-44 -36Z", metal)
        + path("M-44 -58L10 -58Q24 -58 32 -50L-44 -50Z", lighter(metal, 0.35), opacity=0.7)
        + path("M-22 -58L-8 -58L-14 -46Z", darker(metal, 0.65))
        + circle(14, -30, 11, darker(metal, 0.3))
        + line("M38 -50Q52 -62 56 -46", darker(metal, 0.3), 3),
        size=0.3,
    )


def newspaper(tone: str) -> Thing:
    sheet = tone or "#e4dcc8"
    columns = "".join(
        line(f"M{x} {-52 + 7 * k}l26 0", "#6a645c", 2.2, opacity=0.7)
        for x in (-40, -8, 24)
        for k in range(6)
        if not (x == -8 and k < 4)
    )
    return Thing(
        rect(-50, -92, 106, 90, darker(sheet, 0.2), round_=2)
        + rect(-54, -96, 106, 92, sheet, round_=2)
        + rect(-42, -88, 82, 13, "#4a463f")
        + line("M-44 -68l86 0", "#6a645c", 2)
        + rect(-9, -58, 28, 30, "#9a958a")
        + columns,
        size=0.6,
    )


def bowl(tone: str) -> Thing:
    clay = tone or "#5f86a0"
    return Thing(
        path("M-48 -46C-46 -14 -26 0 -14 0L14 0C26 0 46 -14 48 -46Z", clay)
        + ellipse(0, -46, 48, 12, darker(clay, 0.3))
        + ellipse(0, -44, 41, 8.5, "#c9803c")
        + path(
            "M-40 -34C-36 -16 -24 -6 -14 -3C-24 -14 -30 -24 -32 -36Z",
            lighter(clay, 0.4),
            opacity=0.7,
        )
        + line(
            "M-14 -60Q-22 -72 -14 -82T-14 -100M12 -60Q4 -72 12 -82T12 -102",
            "#ffffff",
            3,
            opacity=0.35,
        ),
        size=0.5,
    )


def jar(tone: str) -> Thing:
    inside = tone or "#d99a2e"
    return Thing(
        path(
            "M-30 0Q-34 -2 -34 -12L-34 -62Q-34 -76 -24 -78L24 -78Q34 -76 34 -62L34 -12Q34 -2 30 0Z",
            "#cfe3e4",
            opacity=0.75,
        )
        + path("M-29 -4L-29 -56Q0 -62 29 -56L29 -4Z", inside, opacity=0.9)
        + rect(-28, -92, 56, 15, "#a8683c", round_=4)
        + rect(-20, -40, 40, 24, "#f3ead2", round_=3)
        + line("M-26 -66L-26 -14", "#ffffff", 3.4, opacity=0.6),
        size=0.5,
    )


def fire(tone: str) -> Thing:
    """Flames on crossed logs."""
    flame = tone or "#f08a2c"
    logs = "".join(
        group(
            rect(-46, -9, 92, 16, "#5c3a24", round_=7) + circle(44, -1, 7, "#9a6a42"),
            y=-8,
            turn=turn,
        )
        for turn in (-14, 14)
    )
    tongues = path(
        "M-32 -14C-44 -44 -22 -50 -22 -74C-8 -64 -6 -52 -6 -52C-4 -78 6 -88 4 -104C26 -84 20 -62 24 -54C30 -58 30 -66 30 -70C44 -46 38 -26 30 -14Z",
        flame,
    )
    heart = path("M-16 -12C-22 -34 -4 -40 -2 -62C14 -44 20 -30 14 -12Z", "#ffd97a")
    return Thing(logs + tongues + heart, tongues + heart, (0, -50), size=1.0)


def brush(tone: str) -> Thing:
    paint = tone or "#c8372d"
    return Thing(
        rect(-3.4, -66, 6.8, 66, "#b9824a", round_=3)
        + rect(-5.4, -80, 10.8, 16, "#c3c9d1")
        + path("M-6 -79C-10 -92 -4 -98 0 -108C4 -98 10 -92 6 -79Z", paint),
        size=0.3,
    )


def chalk(tone: str) -> Thing:
    white = tone or "#f2efe6"
    return Thing(
        rect(-9, -70, 18, 70, white, round_=5)
        + rect(-9, -70, 6, 70, lighter(white, 0.5), round_=3)
        + rect(4, -70, 5, 70, darker(white, 0.2), round_=3),
        size=0.22,
    )


def axe(tone: str) -> Thing:
    steel = tone or "#97a0ab"
    return Thing(
        rect(-5, -104, 10, 104, "#8a5c34", round_=4)
        + path(
            "M5 -100L-8 -100L-8 -74L5 -76C18 -74 30 -66 38 -58C44 -76 44 -98 38 -116C30 -108 18 -101 5 -100Z",
            steel,
        )
        + path("M38 -58C44 -76 44 -98 38 -116C36 -98 36 -76 38 -58Z", lighter(steel, 0.55)),
        size=1.2,
    )


def pickaxe(tone: str) -> Thing:
    steel = tone or "#7d8690"
    return Thing(
        rect(-5, -96, 10, 96, "#8a5c34", round_=4)
        + path("M-58 -78C-40 -104 40 -104 58 -78C34 -92 -34 -92 -58 -78Z", steel)
        + rect(-10, -102, 20, 16, darker(steel, 0.25), round_=3),
        size=1.4,
    )


def spade(tone: str, shaft: float = 106) -> Thing:
    """``shaft`` is how high it stands."""
    steel = tone or "#8b94a0"
    return Thing(
        rect(-4, 8 - shaft, 8, shaft - 38, "#8a5c34")
        + rect(-16, -shaft, 32, 9, "#6f4828", round_=4)
        + path("M-20 -36L20 -36C20 -14 12 -4 0 2C-12 -4 -20 -14 -20 -36Z", steel)
        + line("M0 -34L0 -12", darker(steel, 0.3), 3),
        size=1.6,
    )


def broom(tone: str, shaft: float = 108) -> Thing:
    """``shaft`` is how high it stands."""
    straw = tone or "#d0a550"
    return Thing(
        rect(-3.5, -shaft, 7, shaft - 30, "#8a5c34", round_=3)
        + path("M-9 -36L9 -36L26 0L-26 0Z", straw)
        + line("M-5 -32L-14 -2M0 -32L0 -2M5 -32L14 -2", darker(straw, 0.35), 2)
        + line("M-11 -30L11 -30", "#a8383a", 5),
        size=1.8,
    )


def straw_hat(tone: str) -> Thing:
    straw = tone or "#d9b45f"
    return Thing(
        ellipse(0, -12, 66, 15, darker(straw, 0.14))
        + path("M-36 -16C-38 -64 38 -64 36 -16Q0 -6 -36 -16Z", straw)
        + path("M-36 -28Q0 -18 36 -28L36 -16Q0 -6 -36 -16Z", "#b04a3a")
        + line("M-20 -52Q0 -58 20 -52M-28 -40Q0 -48 28 -40", darker(straw, 0.25), 2, opacity=0.6),
        size=0.6,
    )


def blanket(tone: str) -> Thing:
    """Folded, in stripes."""
    wool = tone or "#7f4a5c"
    folds = "".join(
        rect(-58 + 2 * k, -18 - 17 * k, 116 - 4 * k, 17, lighter(wool, 0.09 * k), round_=8)
        + line(
            f"M{-50 + 2 * k} {-7 - 17 * k}l{100 - 4 * k} 0", lighter(wool, 0.5), 2.6, opacity=0.6
        )
        for k in range(4)
    )
    return Thing(folds, size=0.8)


def microphone(tone: str) -> Thing:
    metal = tone or "#aab2bc"
    return Thing(
        rect(-28, -8, 56, 9, "#3b3f4a", round_=4)
        + line("M0 -8L0 -52", "#3b3f4a", 6)
        + rect(-17, -106, 34, 56, metal, round_=16)
        + "".join(line(f"M-17 {-94 + 9 * k}l34 0", darker(metal, 0.4), 2.4) for k in range(5))
        + line("M0 -104L0 -52", darker(metal, 0.4), 2),
        size=0.6,
    )


def sewing_machine(tone: str) -> Thing:
    iron = tone or "#2c2f3a"
    return Thing(
        rect(-58, -12, 116, 13, "#8a5c34", round_=3)
        + path(
            "M58 -14L30 -14L30 -50Q30 -56 22 -56L-26 -56L-26 -40L-46 -40L-46 -72Q-44 -84 -30 -84L40 -84Q58 -82 58 -62Z",
            iron,
        )
        + line("M-36 -40L-36 -16", "#c3c9d1", 4)
        + circle(60, -66, 15, darker(iron, 0.2))
        + circle(60, -66, 9, BRASS)
        + line("M-20 -72L22 -72", BRASS, 3)
        + rect(-4, -98, 7, 14, "#c8372d"),
        size=0.9,
    )


def ladder(tone: str) -> Thing:
    """Leaning a little, as against something."""
    wood = tone or "#a8794a"
    rungs = "".join(
        line(f"M-17 {-10 - 14 * k}L17 {-10 - 14 * k}", darker(wood, 0.2), 5) for k in range(8)
    )
    return Thing(group(rungs + line("M-18 0L-15 -118M18 0L15 -118", wood, 6.5), turn=10), size=3.4)


def stool(tone: str) -> Thing:
    wood = tone or "#8a5c34"
    return Thing(
        line("M-26 0L-18 -58M26 0L18 -58M-8 -4L-6 -58M10 -4L7 -58", darker(wood, 0.2), 7)
        + line("M-22 -24L22 -24", darker(wood, 0.3), 5)
        + ellipse(0, -58, 34, 10, darker(wood, 0.25))
        + ellipse(0, -62, 34, 10, lighter(wood, 0.15))
        + ellipse(-4, -64, 22, 5, lighter(wood, 0.35), opacity=0.6),
        size=1.7,
    )


def bench(tone: str) -> Thing:
    wood = tone or "#7d5430"
    planks = "".join(
        rect(-70, y, 140, 9, lighter(wood, light), round_=3)
        for y, light in ((-92, 0.1), (-78, 0.04), (-64, 0.0), (-46, 0.16))
    )
    return Thing(
        line("M-58 0L-58 -92M58 0L58 -92M-46 0L-46 -42M46 0L46 -42", "#3a3f4c", 7) + planks,
        size=1.9,
    )


def armchair(tone: str) -> Thing:
    cloth = tone or "#6b7a4a"
    return Thing(
        rect(-34, -10, 8, 11, "#4a3020")
        + rect(26, -10, 8, 11, "#4a3020")
        + rect(-36, -100, 72, 74, darker(cloth, 0.12), round_=22)
        + rect(-30, -52, 60, 26, lighter(cloth, 0.16), round_=9)
        + rect(-50, -60, 22, 52, cloth, round_=10)
        + rect(28, -60, 22, 52, cloth, round_=10)
        + rect(-40, -30, 80, 22, cloth, round_=7),
        size=2.1,
    )
