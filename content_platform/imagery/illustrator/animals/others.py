"""Birds, water animals, small and fabulous ones, each with an outline of its own."""

from __future__ import annotations

import math

from content_platform.imagery.illustrator.animals.base import Beast
from content_platform.imagery.illustrator.animals.faces import eye
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
    spline,
)

_CLOSED = frozenset({"asleep", "weeping", "laughing", "tender"})
"""Feelings in which no iris is seen."""


def _smile(x: float, y: float, wide: float, feeling: str, coat: str) -> str:
    """A mouth around ``x``, ``y``, bent by the feeling."""
    ink = darker(coat, 0.6)
    if feeling in ("laughing", "speaking", "awed", "afraid"):
        return ellipse(x, y, wide * 0.26, wide * (0.3 if feeling != "afraid" else 0.18), ink)
    bows = {"glad": 0.32, "tender": 0.25, "sad": -0.3, "weeping": -0.32, "wary": -0.06}
    bow = bows.get(feeling, 0.02 if feeling == "determined" else 0.1)
    return line(
        f"M{num(x - wide / 2)} {num(y - wide * bow * 0.5)}Q{num(x)} {num(y + wide * bow)} {num(x + wide / 2)} {num(y - wide * bow * 0.5)}",
        ink,
        max(1.6, wide * 0.1),
    )


def rabbit(colour: str, pose: str, feeling: str = "calm") -> Beast:
    coat = colour or "#b09a84"
    belly = lighter(coat, 0.5)
    hop = -14 if pose in ("running", "walking") else 0
    body = (
        circle(-58, -26 + hop, 14, belly)
        + ellipse(-24, -34 + hop, 42, 34, coat, turn=-12)
        + ellipse(-30, -22 + hop, 28, 24, darker(coat, 0.12))
    )
    body += (
        path(limb([(-34, -8 + hop), (0, -5 + hop * 0.3)], [15, 11]), darker(coat, 0.15))
        + path(limb([(16, -36 + hop), (24, -5)], [17, 10]), coat)
        + path(limb([(8, -34 + hop), (12, -5)], [16, 10]), darker(coat, 0.25))
    )
    ears = (
        path(
            limb([(18, -86 + hop), (4, -116 + hop), (-2, -140 + hop)], [13, 19, 9]),
            darker(coat, 0.22),
        )
        + path(limb([(26, -88 + hop), (24, -120 + hop), (28, -146 + hop)], [14, 19, 9]), coat)
        + path(limb([(26, -92 + hop), (25, -120 + hop), (28, -138 + hop)], [6, 9, 4]), "#e3b3a8")
    )
    head = (
        ellipse(30, -70 + hop, 27, 23, coat, turn=14)
        + ellipse(44, -62 + hop, 13, 10, belly)
        + eye(37, -76 + hop, 4.2, coat, feeling)
        + ellipse(56, -68 + hop, 3.4, 2.6, "#c98a86")
    )
    return Beast(body + ears + head, 148 - hop, (32, -72), 0.2)


def owl(colour: str, pose: str, feeling: str = "calm") -> Beast:
    coat = colour or "#8a6a4c"
    cream = lighter(coat, 0.55)
    if pose in ("running", "flying"):
        wings = path(
            "M-10 -60C-50 -110 -120 -110 -150 -84C-120 -84 -110 -70 -92 -66C-80 -54 -60 -48 -30 -44Z",
            darker(coat, 0.15),
        ) + path(
            "M10 -60C50 -110 120 -110 150 -84C120 -84 110 -70 92 -66C80 -54 60 -48 30 -44Z", coat
        )
    else:
        wings = path(
            "M-38 -90C-56 -60 -48 -22 -24 -6C-28 -40 -26 -70 -38 -90Z", darker(coat, 0.3)
        ) + path("M38 -90C56 -60 48 -22 24 -6C28 -40 26 -70 38 -90Z", darker(coat, 0.22))
    body = path(
        "M0 0C-34 0 -44 -40 -40 -80C-38 -112 -24 -120 -34 -138C-20 -130 -10 -128 0 -128C10 -128 20 -130 34 -138C24 -120 38 -112 40 -80C44 -40 34 0 0 0Z",
        coat,
    ) + path("M0 -4C-22 -6 -28 -34 -24 -62C-14 -74 14 -74 24 -62C28 -34 22 -6 0 -4Z", cream)
    marks = "".join(
        line(f"M{x} {y}q4 6 8 0", darker(coat, 0.2), 2.6, opacity=0.7)
        for y in (-50, -36, -22)
        for x in (-16, -4, 8)
    )
    face = (
        ellipse(-15, -98, 19, 20, cream)
        + ellipse(15, -98, 19, 20, cream)
        + "".join(
            circle(x, -98, 11.5, "#f0b93a" if feeling not in _CLOSED else mix(cream, coat, 0.3))
            + eye(x, -98, 6.2, coat, feeling, inner=side)
            for x, side in ((-14, 1), (14, -1))
        )
        + path("M-5 -92L5 -92L0 -78Z", "#c98a34")
    )
    feet = line("M-12 0l-6 5M-12 0l0 6M-12 0l6 5M12 0l-6 5M12 0l0 6M12 0l6 5", "#c98a34", 4)
    return Beast(wings + body + marks + face + feet, 138, (0, -98), 0.28)


def bird(colour: str, pose: str, feeling: str = "calm") -> Beast:
    coat = colour or "#4a6f94"
    belly = lighter(coat, 0.6)
    if pose in ("flying", "running", "walking"):
        body = (
            path(
                "M-70 -48C-40 -66 10 -74 40 -66C52 -70 60 -66 70 -60C60 -58 54 -54 46 -50C20 -34 -20 -36 -70 -48Z",
                coat,
            )
            + path(
                "M-6 -62C-30 -110 -80 -130 -110 -124C-80 -110 -60 -80 -34 -54Z", darker(coat, 0.2)
            )
            + path("M6 -62C6 -110 44 -150 80 -152C60 -130 56 -90 30 -56Z", lighter(coat, 0.1))
            + path("M-20 -42C0 -34 30 -40 46 -50C30 -46 0 -48 -20 -42Z", belly)
        )
        return Beast(body + eye(50, -62, 2.6, coat, feeling), 150, (48, -62), 0.16)
    body = (
        path("M-82 -30L-40 -48L-34 -38Z", darker(coat, 0.3))
        + path(
            "M-46 -40C-40 -76 -6 -84 8 -88C14 -108 46 -108 50 -86C50 -60 34 -22 -2 -18C-26 -18 -42 -26 -46 -40Z",
            coat,
        )
        + path("M48 -78C48 -52 30 -24 0 -20C12 -40 24 -66 48 -78Z", belly)
        + path("M-40 -42C-30 -70 4 -72 12 -60C4 -36 -20 -28 -40 -42Z", darker(coat, 0.25))
        + path("M48 -92L66 -86L48 -82Z", "#d99a3a")
        + eye(36, -92, 4, coat, feeling)
    )
    if pose in ("lying", "sleeping"):
        # On its breast, the head sunk and the legs under it.
        return Beast(group(body, x=-20, y=15, turn=27), 104, (51, -50), 0.14)
    return Beast(
        body + line("M2 -19L0 0M14 -22L14 0M-6 0L10 0M8 0L24 0", "#7a5a3a", 3), 104, (34, -90), 0.14
    )


def fish(colour: str, _pose: str, feeling: str = "calm") -> Beast:
    coat = colour or "#e08a3c"
    body = (
        path(
            "M-92 -90C-80 -60 -80 -40 -92 -10C-66 -20 -54 -36 -50 -50C-54 -64 -66 -80 -92 -90Z",
            darker(coat, 0.2),
        )
        + path("M-56 -50C-30 -96 40 -100 78 -50C40 0 -30 -4 -56 -50Z", coat)
        + path("M-34 -36C-6 -10 46 -16 78 -50C40 -30 0 -28 -34 -36Z", lighter(coat, 0.5))
        + path("M-10 -84C0 -112 30 -112 40 -80Z", darker(coat, 0.15))
        + path("M0 -40C-10 -20 -26 -18 -32 -22C-24 -34 -14 -42 0 -40Z", darker(coat, 0.25))
    )
    return Beast(
        body
        + circle(52, -58, 8, "#fff")
        + eye(53, -58, 4, coat, feeling)
        + _smile(60, -38, 12, feeling, coat)
        + line("M30 -76Q20 -50 32 -26", darker(coat, 0.3), 3, opacity=0.6),
        105,
        (52, -56),
        0.16,
    )


def whale(colour: str, _pose: str, feeling: str = "calm") -> Beast:
    coat = colour or "#47688c"
    body = (
        path(
            "M-170 -96C-150 -96 -136 -84 -130 -66C-104 -40 -60 -86 20 -92C100 -96 150 -66 150 -34C150 -10 110 6 40 6C-50 6 -120 -10 -140 -54C-150 -66 -160 -70 -186 -64C-184 -78 -180 -88 -170 -96Z",
            coat,
        )
        + path(
            "M150 -32C146 -8 110 6 40 6C0 6 -40 2 -70 -8C0 -12 90 -10 150 -32Z", lighter(coat, 0.55)
        )
        + path("M30 -6C20 24 -4 34 -24 32C-12 16 -4 2 2 -10Z", darker(coat, 0.2))
    )
    lines = "".join(
        line(
            f"M{num(140 - k * 6)} {num(-24 + k * 7)}Q{num(90 - k * 4)} {num(-10 + k * 5)} {num(30)} {num(-8 + k * 4)}",
            darker(coat, 0.15),
            2,
            opacity=0.4,
        )
        for k in range(3)
    )
    return Beast(
        body + lines + eye(104, -42, 4.8, coat, feeling) + _smile(122, -26, 26, feeling, coat),
        110,
        (104, -42),
        1.5,
        span=(-186, 152),
    )


def turtle(colour: str, _pose: str, feeling: str = "calm") -> Beast:
    coat = colour or "#6f8a5a"
    shell = mix(coat, "#7a5a38", 0.55)
    return Beast(
        path(limb([(-40, -20), (-52, -4)], [22, 16]), coat)
        + path(limb([(34, -20), (42, -4)], [22, 16]), coat)
        + path(limb([(50, -30), (84, -52)], [22, 20]), coat)
        + ellipse(92, -58, 19, 15, coat)
        + eye(98, -62, 3.2, coat, feeling)
        + _smile(102, -52, 10, feeling, coat)
        + path("M-64 -18C-60 -80 52 -84 66 -20Q0 -4 -64 -18Z", shell)
        + line(
            "M-34 -20Q-34 -60 -8 -68M0 -16Q-6 -44 0 -70M34 -20Q34 -56 10 -68M-50 -38Q0 -30 54 -38",
            darker(shell, 0.35),
            3,
            opacity=0.7,
        ),
        84,
        (92, -58),
        0.2,
    )


def butterfly(colour: str, pose: str, _feeling: str = "calm") -> Beast:
    """Seen from above with its wings spread; lying, from the side with its wings closed."""
    wing = colour or "#e0913a"
    if pose in ("lying", "sleeping"):
        return _folded_butterfly(darker(wing, 0.12))
    half = (
        path("M2 -50C20 -100 70 -104 74 -76C76 -58 40 -50 6 -48Z", wing)
        + path("M2 -46C40 -44 60 -24 46 -8C34 2 12 -20 2 -42Z", darker(wing, 0.18))
        + circle(52, -78, 7, lighter(wing, 0.6))
        + circle(36, -24, 5, lighter(wing, 0.6))
    )
    return Beast(
        half
        + group(half, flip=True)
        + path(limb([(0, -64), (0, -22)], [6, 4]), "#2a1c20")
        + line("M0 -64q-6 -14 -14 -18M0 -64q6 -14 14 -18", "#2a1c20", 2),
        105,
        (0, -60),
        0.08,
    )


def _folded_butterfly(wing: str) -> Beast:
    """At rest, from the side: the wings closed over its back, feelers forward, on six thin legs."""
    ink, pale = "#2a1c20", lighter(wing, 0.5)
    fore = "M8 -17C0 -50 -18 -88 -46 -98C-66 -101 -74 -84 -66 -66C-56 -44 -24 -26 8 -17Z"
    hind = "M6 -16C-20 -28 -52 -40 -70 -36C-84 -32 -82 -16 -64 -12C-42 -7 -14 -8 6 -16Z"
    far = group(path(fore, darker(wing, 0.3)), x=9, y=-2, turn=7)
    near = path(hind, darker(wing, 0.14)) + path(fore, wing)
    near += line(
        "M8 -17Q-24 -50 -50 -88M8 -17Q-34 -44 -64 -66M4 -17Q-38 -26 -70 -26", darker(wing, 0.3), 2
    )
    near += circle(-46, -76, 8, pale) + circle(-58, -25, 5.5, pale)
    near += circle(-46, -76, 3.4, darker(wing, 0.35))
    edge = "M-46 -98C-66 -101 -74 -84 -66 -66"
    near += line(edge, darker(wing, 0.35), 3.4)
    legs = (
        "M-8 -11l-8 5l-4 6M0 -11l-3 6l-3 5M10 -12l2 7l-1 5M-4 -11l-9 4M14 -12l8 6l1 6M6 -12l6 5l5 7"
    )
    body = path(limb([(-36, -10), (-8, -13), (16, -17)], [4, 8, 8]), ink) + circle(
        23, -20, 6.4, ink
    )
    feelers = line("M26 -24q6 -14 18 -17M28 -22q10 -8 20 -7", ink, 2.2)
    feelers += circle(44, -41, 2.4, ink) + circle(48, -29, 2.4, ink)
    return Beast(
        far + line(legs, ink, 2) + body + near + feelers + circle(25, -21.5, 1.6, "#f4e6c8"),
        100,
        (22, -20),
        0.08,
        span=(-76.0, 50.0),
    )


def spirit(colour: str, _pose: str, feeling: str = "calm") -> Beast:
    """A gentle glowing being: what a creature is drawn as when its name says nothing more."""
    tone = colour or "#bfe8e0"
    body = gradient(
        "spirit", [(0, lighter(tone, 0.5), 1), (0.55, tone, 0.95), (1, tone, 0.15)]
    ) + path(
        "M0 -118C34 -118 46 -86 46 -58C46 -30 52 -8 40 4C30 -10 22 8 10 0C0 -10 -8 10 -18 0C-30 -8 -34 8 -44 0C-50 -14 -46 -34 -46 -58C-46 -86 -34 -118 0 -118Z",
        "url(#spirit)",
    )
    return Beast(
        body
        + eye(2, -80, 5.4, "#24384a", feeling)
        + eye(25, -80, 5, "#24384a", feeling, inner=-1)
        + _smile(13, -62, 12, feeling, "#4a6478"),
        118,
        (10, -80),
        0.5,
    )


def goose(colour: str, _pose: str, feeling: str = "calm") -> Beast:
    """Geese, swans, ducks: a long neck and a boat of a body."""
    coat = colour or "#e9e5da"
    beak = "#e0892e"
    body = path(
        "M-92 -52C-70 -60 -50 -64 -20 -66C10 -68 34 -62 40 -44C44 -22 20 -12 -10 -12C-40 -12 -66 -28 -92 -52Z",
        coat,
    )
    body += path("M-76 -50C-50 -64 -10 -64 10 -52C0 -30 -36 -24 -76 -50Z", darker(coat, 0.16))
    body += line(
        "M-60 -48Q-34 -36 -4 -42M-46 -40Q-24 -30 -2 -36", darker(coat, 0.32), 2.4, opacity=0.6
    )
    neck = path(limb([(24, -46), (48, -74), (36, -104), (44, -126)], [38, 22, 17, 20]), coat)
    head = (
        ellipse(48, -130, 16, 13, coat)
        + path("M60 -136L84 -126L60 -122Z", beak)
        + eye(52, -133, 3, coat if colour else "#6a625a", feeling)
    )
    legs = line("M-12 -14L-12 -2M10 -14L12 -2M-12 -2L-2 0M12 -2L22 0", beak, 4.4)
    return Beast(legs + body + neck + head, 144, (48, -130), 0.34)


def hedgehog(colour: str, _pose: str, feeling: str = "calm") -> Beast:
    coat = colour or "#6a5342"
    face = "#d9bd98"
    spines = spline([(-66, -8), (-70, -40), (-44, -74), (-4, -84), (30, -70), (46, -40), (42, -10)])
    body = path(spines, coat)
    for k in range(26):
        turn = math.radians(200 + 150 * (k % 13) / 12)
        reach = 1.0 if k < 13 else 0.66
        x, y = -12 + math.cos(turn) * 62 * reach, -14 + math.sin(turn) * 74 * reach
        body += line(
            f"M{num(x)} {num(y)}l{num(math.cos(turn) * 14)} {num(math.sin(turn) * 14)}",
            darker(coat, 0.3) if k % 2 else lighter(coat, 0.3),
            3.4,
        )
    body += path(spline([(26, -52), (58, -44), (84, -24), (78, -14), (40, -4), (18, -12)]), face)
    body += (
        circle(84, -22, 4.6, "#1f1618")
        + eye(54, -34, 3.8, coat, feeling)
        + _smile(70, -14, 14, feeling, coat)
    )
    body += ellipse(30, -50, 9, 11, darker(face, 0.15)) + "".join(
        ellipse(x, -3, 9, 4, darker(face, 0.3)) for x in (-36, -8, 30)
    )
    return Beast(body, 92, (60, -32), 0.14)


def frog(colour: str, _pose: str, feeling: str = "calm") -> Beast:
    coat = colour or "#5f9a4a"
    belly = lighter(coat, 0.55)
    body = path(
        limb([(-30, -26), (-58, -22), (-40, -4), (-66, -3)], [30, 22, 13, 8]), darker(coat, 0.18)
    )
    body += path(
        spline([(-46, -14), (-34, -50), (0, -70), (36, -66), (46, -44), (34, -12), (0, -4)]), coat
    )
    body += path(spline([(46, -42), (36, -12), (6, -4), (-8, -12), (18, -32)]), belly)
    body += path(
        limb([(24, -30), (32, -12), (26, -3), (42, -3)], [15, 11, 9, 7]), darker(coat, 0.1)
    )
    body += circle(20, -74, 12, coat) + circle(40, -70, 10, darker(coat, 0.1))
    body += (
        circle(22, -75, 8, "#f2d25a" if feeling not in _CLOSED else lighter(coat, 0.2))
        + eye(23, -75, 4, coat, feeling)
        + circle(41, -71, 6.6, "#f2d25a" if feeling not in _CLOSED else lighter(coat, 0.2))
        + eye(42, -71, 3.4, coat, feeling, inner=-1)
    )
    return Beast(body + _smile(33, -49, 30, feeling, coat), 88, (30, -62), 0.13)


def hen(colour: str, _pose: str, feeling: str = "calm") -> Beast:
    coat = colour or "#b5703a"
    body = path(
        "M-66 -96C-84 -70 -74 -40 -40 -26C-16 -14 24 -14 38 -40C48 -58 44 -84 50 -104C36 -116 24 -108 18 -92C8 -70 -26 -62 -40 -72C-50 -80 -54 -92 -66 -96Z",
        coat,
    )
    body += path("M-30 -62C-6 -70 18 -58 14 -44C2 -32 -26 -36 -38 -48Z", darker(coat, 0.25)) + path(
        "M-66 -96C-80 -90 -88 -76 -84 -62C-76 -74 -62 -74 -50 -74Z", darker(coat, 0.3)
    )
    body += (
        path(
            "M28 -112C26 -124 34 -124 36 -116C38 -126 46 -126 46 -116C52 -122 56 -114 51 -106Z",
            "#c2332c",
        )
        + path("M50 -104L66 -98L50 -94Z", "#e0a02e")
        + ellipse(49, -88, 4, 8, "#c2332c")
        + eye(42, -102, 3, coat, feeling)
    )
    return Beast(
        body + line("M-8 -20L-8 -2M12 -20L12 -2M-16 -1L2 -1M4 -1L24 -1", "#d9952e", 4),
        126,
        (42, -100),
        0.22,
    )


def penguin(colour: str, _pose: str, feeling: str = "calm") -> Beast:
    coat = colour or "#2e3444"
    body = path(
        "M0 -4C-34 -6 -40 -40 -34 -76C-30 -106 -18 -122 4 -122C26 -122 36 -106 38 -78C44 -40 34 -6 0 -4Z",
        coat,
    )
    body += path(
        "M8 -6C-14 -8 -18 -38 -12 -62C-8 -82 4 -86 10 -96C20 -86 32 -80 34 -60C38 -34 30 -8 8 -6Z",
        "#f2efe6",
    )
    body += (
        path("M-32 -82C-46 -62 -48 -40 -42 -28C-34 -38 -30 -56 -28 -70Z", darker(coat, 0.2))
        + ellipse(20, -104, 9, 8, "#f2efe6")
        + eye(20, -105, 3.4, "#2e3444", feeling)
        + path("M30 -104L50 -98L30 -94Z", "#e0922e")
    )
    return Beast(
        ellipse(-10, -3, 14, 5, "#e0922e") + ellipse(16, -3, 14, 5, "#e0922e") + body,
        124,
        (18, -100),
        0.32,
    )
