"""Animals and creatures, facing right, standing on y = 0, in units of about 100 per body height.

Quadrupeds share one jointed body whose proportions make the species; birds, fish and fabulous
beasts have their own outlines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from content_platform.imagery.illustrator.shapes import (
    Point,
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
    spline,
)


@dataclass(frozen=True)
class Beast:
    """A drawn animal: its shapes, how tall it is in its own units, where its head is."""

    svg: str
    height: float
    head: Point
    size: float
    """Real height against a standing adult's."""


@dataclass(frozen=True)
class _Build:
    """Proportions of a quadruped in units of its shoulder height (100)."""

    size: float
    coat: str
    belly: str
    length: float
    chest: float
    hips: float
    leg: float
    """Leg length; the body hangs above it."""
    thick: float
    neck: float
    neck_up: float
    """Degrees the neck rises above level."""
    head: float
    muzzle: float
    ears: str
    tail: str
    dark_feet: bool = False


_BUILDS = {
    "fox": _Build(
        0.34,
        "#d9712b",
        "#f6ead8",
        118,
        44,
        40,
        50,
        15,
        34,
        40,
        40,
        34,
        "pointed",
        "brush",
        dark_feet=True,
    ),
    "wolf": _Build(
        0.48, "#6f7785", "#d0d2d4", 122, 52, 44, 54, 18, 38, 34, 42, 36, "pointed", "bushy"
    ),
    "dog": _Build(0.36, "#a8723e", "#ecdcc0", 108, 46, 42, 50, 18, 34, 46, 42, 30, "floppy", "up"),
    "cat": _Build(
        0.22, "#5a5660", "#e4ddd4", 112, 40, 40, 44, 15, 24, 44, 44, 16, "pointed", "long"
    ),
    "deer": _Build(
        0.70,
        "#a0693a",
        "#e8d4b4",
        112,
        46,
        42,
        62,
        11,
        54,
        62,
        32,
        28,
        "leaf",
        "stub",
        dark_feet=True,
    ),
    "horse": _Build(
        0.98,
        "#7a4a2c",
        "#8a5a38",
        122,
        52,
        50,
        58,
        15,
        62,
        50,
        34,
        42,
        "small",
        "mane",
        dark_feet=True,
    ),
    "bear": _Build(
        0.72, "#5f4330", "#7a5a42", 120, 66, 64, 38, 30, 26, 22, 50, 24, "round", "none"
    ),
    "mouse": _Build(
        0.10, "#9a8f88", "#e0d4cc", 118, 50, 66, 26, 12, 12, 26, 52, 26, "dish", "string"
    ),
    "goat": _Build(0.42, "#d8d0c4", "#efe9df", 108, 48, 46, 50, 13, 36, 48, 34, 26, "leaf", "stub"),
    "cow": _Build(
        0.80, "#8a5a3c", "#efe4d4", 132, 58, 56, 46, 18, 40, 24, 40, 30, "leaf", "string"
    ),
    "lion": _Build(
        0.62, "#c9924a", "#ecd4a4", 124, 56, 46, 48, 22, 32, 40, 50, 26, "round", "tuft"
    ),
    "elephant": _Build(
        1.45, "#8a8d96", "#a0a3aa", 128, 72, 70, 42, 34, 20, 30, 62, 10, "fan", "string"
    ),
}


def quadruped(kind: str, colour: str, pose: str) -> Beast:
    """``pose``: ``standing``, ``walking``, ``running`` or ``sitting``."""
    build = _BUILDS[kind]
    coat = colour or build.coat
    if pose == "sitting" and kind in ("fox", "wolf", "dog", "cat", "lion", "bear", "mouse"):
        return _sitting(kind, build, coat)
    half = build.length / 2
    back = -(build.leg + build.chest)
    stride = {"standing": 6.0, "walking": 20.0, "running": 46.0}.get(pose, 6.0)
    shade = darker(coat, 0.3)
    foot = darker(coat, 0.62) if build.dark_feet else darker(coat, 0.2)
    shoulder = (half * 0.72, back + build.chest * 0.62)
    hip = (-half * 0.72, back + build.hips * 0.6)

    def leg(top: Point, forward: float, tone: str, *, hind: bool) -> str:
        knee_x = top[0] + forward * 0.35 + (-build.thick * 0.5 if hind else build.thick * 0.1)
        knee = (knee_x, -build.leg * 0.5)
        end = (top[0] + forward, -4.0)
        drawn = path(
            limb(
                [top, knee, end],
                [build.thick * (2.1 if hind else 1.6), build.thick * 0.95, build.thick * 0.62],
                bend=0.8,
            ),
            tone,
        )
        drawn += path(
            limb(
                [(knee[0] * 0.35 + end[0] * 0.65, knee[1] * 0.35 + end[1] * 0.65), end],
                [build.thick * 0.76, build.thick * 0.66],
            ),
            mix(tone, foot, 0.85 if build.dark_feet else 0.2),
        )
        return drawn + ellipse(end[0] + build.thick * 0.24, -3.4, build.thick * 0.56, 4, foot)

    drawn = leg(
        (hip[0] + 6, hip[1]), stride * (0.7 if pose != "running" else -0.9), shade, hind=True
    ) + leg(
        (shoulder[0] - 6, shoulder[1]),
        -stride * (0.8 if pose != "running" else -1.1),
        shade,
        hind=False,
    )
    drawn += _tail(build, (-half * 0.98, back + build.hips * 0.24), coat, lifted=pose == "running")
    top_line = [
        (-half, back + build.hips * 0.34),
        (-half * 0.7, back - 1),
        (-half * 0.1, back + build.chest * 0.06),
        (half * 0.5, back - 1),
        (half * 0.92, back + build.chest * 0.2),
    ]
    under = [
        (half * 1.0, back + build.chest * 0.6),
        (half * 0.62, back + build.chest * 1.02),
        (0, back + build.chest * 0.94),
        (-half * 0.55, back + build.hips * 0.84),
        (-half * 1.02, back + build.hips * 0.7),
    ]
    lit = gradient(
        f"coat{coat[1:]}", [(0, lighter(coat, 0.14)), (0.5, coat), (1, darker(coat, 0.28))]
    )
    neck_end = _reach((half * 0.78, back + build.chest * 0.24), build.neck_up, build.neck)
    neck = path(
        limb(
            [(half * 0.55, back + build.chest * 0.42), neck_end],
            [build.chest * 0.92, build.head * 0.74],
        ),
        coat,
    )
    drawn += lit + path(spline([*top_line, *under]), f"url(#coat{coat[1:]})") + neck
    drawn += path(
        spline(
            [
                (half * 0.98, back + build.chest * 0.5),
                (half * 0.6, back + build.chest * 1.0),
                (half * 0.1, back + build.chest * 0.94),
                (half * 0.5, back + build.chest * 0.76),
            ]
        ),
        build.belly,
        opacity=0.75,
    )
    drawn += leg(hip, -stride * 0.8, coat, hind=True) + leg(
        shoulder, stride * 0.9, coat, hind=False
    )
    if build.tail == "mane":
        mane = [
            _reach((half * 0.5, back + 2), build.neck_up, build.neck * t) for t in (0.0, 0.5, 1.05)
        ]
        drawn += path(limb([(x - 9, y - 4) for x, y in mane], [18, 22, 14]), darker(coat, 0.6))
    head, top = _head(kind, build, coat, neck_end)
    return Beast(drawn + head, -top, (neck_end[0] + build.head * 0.4, neck_end[1]), build.size)


def _reach(start: Point, up: float, length: float) -> Point:
    import math

    turn = math.radians(up)
    return start[0] + math.cos(turn) * length, start[1] - math.sin(turn) * length


def _tail(build: _Build, at: Point, coat: str, *, lifted: bool) -> str:
    x, y = at
    up = -26 if lifted else 0
    match build.tail:
        case "brush":
            body = path(
                spline(
                    [
                        (x + 8, y - 4),
                        (x - 26, y - 12 + up),
                        (x - 66, y + 8 + up),
                        (x - 92, y + 34 + up),
                        (x - 62, y + 40 + up),
                        (x - 24, y + 22),
                        (x + 6, y + 14),
                    ]
                ),
                coat,
            )
            return body + path(
                spline([(x - 66, y + 14 + up), (x - 94, y + 35 + up), (x - 62, y + 40 + up)]),
                "#fbf2e2",
            )
        case "bushy":
            return path(
                limb([(x + 6, y + 4), (x - 24, y + 22 + up), (x - 34, y + 56 + up)], [16, 26, 9]),
                darker(coat, 0.1),
            )
        case "up":
            return path(
                limb([(x + 4, y + 4), (x - 20, y - 18), (x - 14, y - 44)], [14, 13, 6]), coat
            )
        case "long":
            return path(
                limb(
                    [(x + 4, y + 6), (x - 30, y + 4), (x - 44, y - 34), (x - 30, y - 58)],
                    [13, 11, 10, 8],
                ),
                coat,
            )
        case "stub":
            return ellipse(x - 3, y + 4, 8, 11, lighter(coat, 0.4), turn=20)
        case "mane":
            return path(
                limb([(x + 4, y + 4), (x - 20, y + 18 + up), (x - 22, y + 74 + up)], [14, 22, 9]),
                darker(coat, 0.6),
            )
        case "string":
            return line(
                f"M{num(x + 4)} {num(y + 6)}Q{num(x - 34)} {num(y + 20)} {num(x - 44)} {num(y + 52)}",
                darker(coat, 0.15),
                4.6,
            )
        case "tuft":
            return line(
                f"M{num(x + 4)} {num(y + 6)}Q{num(x - 34)} {num(y + 10)} {num(x - 40)} {num(y - 24)}",
                coat,
                6,
            ) + ellipse(x - 40, y - 30, 9, 12, darker(coat, 0.5))
    return ""


def _head(kind: str, build: _Build, coat: str, at: Point) -> tuple[str, float]:
    """The head in profile, turned a little to us; returns it and its top."""
    x, y = at
    r, muzzle = build.head / 2, build.muzzle
    dark = darker(coat, 0.55)
    drawn = ""
    if kind == "lion":
        drawn += ellipse(x + 2, y + 2, r * 1.7, r * 1.75, darker(coat, 0.42)) + ellipse(
            x + 4, y + 2, r * 1.4, r * 1.45, darker(coat, 0.3)
        )
    if kind == "elephant":
        drawn += path(
            limb(
                [(x + r * 0.8, y), (x + r * 1.5, y + r * 1.4), (x + r * 1.3, y + r * 2.6)],
                [r * 0.8, r * 0.6, r * 0.34],
            ),
            darker(coat, 0.06),
        )
        drawn += line(
            f"M{num(x + r * 0.9)} {num(y + r * 0.8)}q{num(r * 0.7)} {num(r * 0.5)} {num(r * 1.1)} {num(r * 0.2)}",
            "#f3ead8",
            r * 0.2,
        )
    ear_far = _ear(build.ears, x - r * 0.02, y - r * 0.62, r, darker(coat, 0.35), far=True)
    ear_near = _ear(build.ears, x - r * 0.5, y - r * 0.5, r, coat, far=False)
    nose = (x + r * 0.5 + muzzle, y + r * 0.34)
    face = spline(
        [
            (x - r * 0.98, y + r * 0.1),
            (x - r * 0.7, y - r * 0.72),
            (x + r * 0.1, y - r * 0.92),
            (x + r * 0.72, y - r * 0.42),
            (nose[0] - 3, nose[1] - r * 0.34),
            (nose[0] + 2, nose[1] + 1),
            (nose[0] - 6, nose[1] + r * 0.3),
            (x + r * 0.5, y + r * 0.78),
            (x - r * 0.5, y + r * 0.86),
        ]
    )
    drawn += ear_far + path(face, coat)
    if kind in ("fox", "wolf", "dog", "cat", "mouse"):
        drawn += path(
            spline(
                [
                    (x - r * 0.55, y + r * 0.3),
                    (x + r * 0.3, y + r * 0.2),
                    (nose[0] - 4, nose[1] + 1),
                    (nose[0] - 7, nose[1] + r * 0.3),
                    (x + r * 0.4, y + r * 0.78),
                    (x - r * 0.4, y + r * 0.82),
                ]
            ),
            build.belly,
        )
    elif kind in ("deer", "cow", "goat", "horse"):
        drawn += ellipse(
            nose[0] - 7,
            nose[1] + r * 0.04,
            9,
            r * 0.32,
            mix(coat, build.belly, 0.6) if kind != "horse" else darker(coat, 0.3),
        )
    drawn += ellipse(
        nose[0] - 1, nose[1] - r * 0.16, max(2.6, r * 0.17), max(2.2, r * 0.14), "#1f1618"
    )
    drawn += (
        ear_near
        + ellipse(x + r * 0.26, y - r * 0.2, max(2.4, r * 0.13), max(3, r * 0.18), "#1a1216")
        + circle(x + r * 0.31, y - r * 0.27, max(0.9, r * 0.055), "#ffffff")
    )
    if kind == "deer":
        horn = lighter("#8a6a48", 0.15)
        drawn += line(
            f"M{num(x - 4)} {num(y - r * 0.8)}q-10 -26 -2 -50M{num(x - 9)} {num(y - r * 0.8 - 22)}q-16 -6 -22 -22M{num(x - 8)} {num(y - r * 0.8 - 34)}q12 -6 14 -22",
            horn,
            4.4,
        )
        drawn += line(
            f"M{num(x + 6)} {num(y - r * 0.84)}q8 -24 20 -44M{num(x + 14)} {num(y - r * 0.84 - 24)}q16 0 26 -12",
            darker(horn, 0.2),
            4,
        )
    elif kind == "goat":
        drawn += line(f"M{num(x - 2)} {num(y - r * 0.8)}q-14 -18 -30 -16", "#8a7a68", 6) + path(
            limb([(nose[0] - 12, nose[1] + 5), (nose[0] - 13, nose[1] + 22)], [9, 3]),
            lighter(coat, 0.3),
        )
    elif kind == "cow":
        drawn += line(f"M{num(x + 2)} {num(y - r * 0.8)}q2 -16 16 -20", "#efe4cc", 5.6)
    elif kind in ("cat", "mouse"):
        drawn += line(
            f"M{num(nose[0] - 6)} {num(nose[1] + 4)}l{num(r * 0.8)} 4M{num(nose[0] - 6)} {num(nose[1] + 6)}l{num(r * 0.7)} 10",
            lighter(coat, 0.6),
            1.2,
            opacity=0.7,
        )
    return drawn, y - r * (1.9 if build.ears in ("pointed", "leaf") else 1.25) - (
        52 if kind == "deer" else 0
    )


def _ear(kind: str, x: float, y: float, r: float, coat: str, *, far: bool) -> str:
    lean = 5 if far else -3
    match kind:
        case "pointed":
            outer = [
                (x - r * 0.36, y + r * 0.2),
                (x + lean - r * 0.1, y - r * 1.05),
                (x + r * 0.42, y + r * 0.02),
            ]
            inner = [
                (x - r * 0.16, y + r * 0.06),
                (x + lean - r * 0.07, y - r * 0.74),
                (x + r * 0.24, y - r * 0.02),
            ]
            return path(spline(outer, tension=0.35), coat) + path(
                spline(inner, tension=0.35), mix(coat, "#2a1c20", 0.55), opacity=0.8
            )
        case "floppy":
            return path(
                spline(
                    [
                        (x - r * 0.2, y - r * 0.1),
                        (x + r * 0.3, y - r * 0.2),
                        (x + r * 0.2, y + r * 0.9),
                        (x - r * 0.3, y + r * 0.86),
                    ]
                ),
                darker(coat, 0.3),
            )
        case "leaf":
            return ellipse(x - r * 0.5, y - r * 0.1, r * 0.66, r * 0.3, coat, turn=26) + ellipse(
                x - r * 0.5, y - r * 0.08, r * 0.44, r * 0.16, mix(coat, "#e8b8a0", 0.5), turn=26
            )
        case "small":
            return path(
                spline(
                    [(x - r * 0.14, y), (x + lean, y - r * 0.85), (x + r * 0.34, y - r * 0.05)],
                    tension=0.4,
                ),
                coat,
            )
        case "round":
            return circle(x, y - r * 0.16, r * 0.38, coat) + circle(
                x, y - r * 0.14, r * 0.2, darker(coat, 0.3)
            )
        case "dish":
            return circle(x - r * 0.1, y - r * 0.36, r * 0.72, coat) + circle(
                x - r * 0.1, y - r * 0.34, r * 0.48, "#e0a8a0"
            )
        case "fan":
            return (
                ""
                if far
                else path(
                    spline(
                        [
                            (x + r * 0.1, y - r * 0.1),
                            (x - r * 0.9, y - r * 0.3),
                            (x - r * 1.1, y + r * 0.8),
                            (x - r * 0.3, y + r * 1.3),
                            (x + r * 0.24, y + r * 0.7),
                        ]
                    ),
                    darker(coat, 0.18),
                )
            )
    return ""


def _sitting(kind: str, build: _Build, coat: str) -> Beast:
    shade = darker(coat, 0.3)
    foot = darker(coat, 0.62) if build.dark_feet else darker(coat, 0.18)
    wide = build.chest * 0.6
    tail = ""
    if build.tail == "brush":
        tail = path(
            spline(
                [
                    (-34, -16),
                    (-62, -10),
                    (-96, -26),
                    (-112, -62),
                    (-92, -78),
                    (-76, -52),
                    (-56, -40),
                ]
            ),
            coat,
        ) + path(spline([(-98, -36), (-113, -62), (-92, -78), (-86, -62)]), "#fbf2e2")
    elif build.tail in ("bushy", "up", "long", "tuft"):
        tail = path(limb([(-34, -10), (-66, -6), (-84, -22)], [16, 16, 9]), coat)
    elif build.tail == "string":
        tail = line("M-34 -8Q-70 2 -88 -14", "#c99a94", 4)
    lit = gradient(
        f"sit{coat[1:]}", [(0, lighter(coat, 0.14)), (0.6, coat), (1, darker(coat, 0.3))]
    )
    body = tail + lit
    body += path(limb([(20, -62), (26, -30), (28, -4)], [24, 16, 12]), shade) + ellipse(
        32, -4, 10, 5, foot
    )
    body += path(
        spline(
            [
                (-6, -112),
                (22, -104),
                (36, -66),
                (30, -24),
                (14, -2),
                (-26, 0),
                (-50, -8),
                (-52, -40),
                (-34, -78),
            ]
        ),
        f"url(#sit{coat[1:]})",
    )
    body += path(
        spline([(22, -100), (36, -66), (28, -34), (14, -52), (10, -84)]), build.belly, opacity=0.92
    )
    body += path(
        spline([(-46, -4), (-52, -38), (-24, -52), (2, -34), (4, -6)]), darker(coat, 0.1)
    ) + ellipse(0, -4, 15, 5, foot)
    body += (
        path(limb([(12, -64), (15, -30), (14, -4)], [22, 15, 12]), coat)
        + path(
            limb([(15, -20), (14, -4)], [13, 12]), mix(coat, foot, 0.85 if build.dark_feet else 0.1)
        )
        + ellipse(18, -4, 10, 5, foot)
    )
    body += path(limb([(4, -92), (14, -122)], [wide * 1.25, build.head * 0.74]), coat)
    head, top = _head(kind, build, coat, (14, -132))
    return Beast(body + head, -top, (14 + build.head * 0.3, -132), build.size * 1.2)


def rabbit(colour: str, pose: str) -> Beast:
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
        + circle(37, -76 + hop, 4.4, "#1f1618")
        + circle(38.6, -77.6 + hop, 1.5, "#fff")
        + ellipse(56, -68 + hop, 3.4, 2.6, "#c98a86")
    )
    return Beast(body + ears + head, 148 - hop, (32, -72), 0.2)


def owl(colour: str, pose: str) -> Beast:
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
        + circle(-14, -98, 10.5, "#f0b93a")
        + circle(14, -98, 10.5, "#f0b93a")
        + circle(-14, -98, 6.4, "#1c1418")
        + circle(14, -98, 6.4, "#1c1418")
        + circle(-12, -100.4, 2, "#fff")
        + circle(16, -100.4, 2, "#fff")
        + path("M-5 -92L5 -92L0 -78Z", "#c98a34")
    )
    feet = line("M-12 0l-6 5M-12 0l0 6M-12 0l6 5M12 0l-6 5M12 0l0 6M12 0l6 5", "#c98a34", 4)
    return Beast(wings + body + marks + face + feet, 138, (0, -98), 0.28)


def bird(colour: str, pose: str) -> Beast:
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
        return Beast(body + circle(50, -62, 2.6, "#16121a"), 150, (48, -62), 0.16)
    body = (
        path("M-82 -30L-40 -48L-34 -38Z", darker(coat, 0.3))
        + path(
            "M-46 -40C-40 -76 -6 -84 8 -88C14 -108 46 -108 50 -86C50 -60 34 -22 -2 -18C-26 -18 -42 -26 -46 -40Z",
            coat,
        )
        + path("M48 -78C48 -52 30 -24 0 -20C12 -40 24 -66 48 -78Z", belly)
        + path("M-40 -42C-30 -70 4 -72 12 -60C4 -36 -20 -28 -40 -42Z", darker(coat, 0.25))
        + path("M48 -92L66 -86L48 -82Z", "#d99a3a")
        + circle(36, -92, 3.8, "#16121a")
        + circle(37.4, -93.4, 1.3, "#fff")
    )
    return Beast(
        body + line("M2 -19L0 0M14 -22L14 0M-6 0L10 0M8 0L24 0", "#7a5a3a", 3), 104, (34, -90), 0.14
    )


def fish(colour: str, _pose: str) -> Beast:
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
        + circle(52, -58, 6, "#fff")
        + circle(53, -58, 3.6, "#16121a")
        + line("M30 -76Q20 -50 32 -26", darker(coat, 0.3), 3, opacity=0.6),
        105,
        (52, -56),
        0.16,
    )


def whale(colour: str, _pose: str) -> Beast:
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
        body + lines + circle(104, -42, 4.4, "#121821") + circle(105.4, -43.4, 1.5, "#fff"),
        110,
        (104, -42),
        1.5,
    )


def dragon(colour: str, _pose: str) -> Beast:
    coat = colour or "#4f8a6a"
    belly = mix(coat, "#f0e0a8", 0.6)
    wing = path(
        "M-10 -96C-30 -160 -90 -196 -150 -190C-128 -172 -124 -160 -122 -146C-108 -150 -98 -140 -94 -126C-80 -132 -66 -122 -62 -106C-46 -112 -30 -104 -24 -84Z",
        darker(coat, 0.28),
    ) + line(
        "M-14 -94C-50 -150 -100 -180 -150 -190M-60 -146Q-58 -124 -62 -106M-92 -168Q-92 -146 -94 -126",
        darker(coat, 0.5),
        4,
    )
    tail = path(
        limb([(-44, -44), (-96, -18), (-150, -22), (-180, -56)], [52, 34, 18, 5]), coat
    ) + path(polygon([(-190, -78), (-168, -58), (-190, -48)]), darker(coat, 0.3))
    legs = (
        path(limb([(-40, -44), (-52, -20), (-40, -4)], [42, 26, 18]), darker(coat, 0.2))
        + path(limb([(30, -48), (38, -24), (34, -4)], [30, 20, 16]), darker(coat, 0.15))
        + ellipse(-34, -4, 18, 6, darker(coat, 0.35))
        + ellipse(40, -4, 16, 6, darker(coat, 0.35))
    )
    body = path(
        limb([(-54, -52), (0, -70), (46, -90), (58, -140), (80, -170)], [60, 76, 54, 34, 30]), coat
    ) + path(
        limb([(-20, -40), (24, -58), (58, -92), (68, -138)], [26, 30, 22, 10]), belly, opacity=0.9
    )
    spikes = "".join(
        path(polygon([(x - 8, y), (x + 2, y - 17), (x + 9, y + 2)]), darker(coat, 0.4))
        for x, y in ((-46, -82), (-20, -98), (8, -106), (26, -124), (36, -146))
    )
    head = (
        path(
            spline(
                [
                    (66, -182),
                    (84, -200),
                    (108, -192),
                    (142, -174),
                    (146, -162),
                    (118, -154),
                    (88, -150),
                    (70, -160),
                ]
            ),
            coat,
        )
        + line("M82 -196q-12 -16 -30 -18M92 -199q-4 -18 -18 -26", lighter("#8a6a48", 0.3), 6)
        + circle(104, -182, 4.6, "#f0c24a")
        + circle(105, -182, 2.4, "#16121a")
        + circle(139, -168, 2, darker(coat, 0.5))
        + line("M112 -160Q130 -160 144 -164", darker(coat, 0.45), 2.4)
    )
    return Beast(tail + legs + wing + spikes + body + head, 222, (106, -178), 1.25)


def turtle(colour: str, _pose: str) -> Beast:
    coat = colour or "#6f8a5a"
    shell = mix(coat, "#7a5a38", 0.55)
    return Beast(
        path(limb([(-40, -20), (-52, -4)], [22, 16]), coat)
        + path(limb([(34, -20), (42, -4)], [22, 16]), coat)
        + path(limb([(50, -30), (84, -52)], [22, 20]), coat)
        + ellipse(92, -58, 19, 15, coat)
        + circle(98, -62, 3, "#16121a")
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


def butterfly(colour: str, _pose: str) -> Beast:
    wing = colour or "#e0913a"
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


def spirit(colour: str, _pose: str) -> Beast:
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
        + ellipse(2, -80, 4.6, 7, "#24384a")
        + ellipse(24, -80, 4.2, 6.6, "#24384a")
        + line("M8 -64Q13 -60 18 -64", "#24384a", 2.6),
        118,
        (10, -80),
        0.5,
    )


ANIMALS: dict[str, Callable[[str, str], Beast]] = {
    **{kind: (lambda colour, pose, kind=kind: quadruped(kind, colour, pose)) for kind in _BUILDS},
    "rabbit": rabbit,
    "owl": owl,
    "bird": bird,
    "fish": fish,
    "whale": whale,
    "dragon": dragon,
    "turtle": turtle,
    "butterfly": butterfly,
    "spirit": spirit,
}
"""Every drawable animal; each takes a colour (empty for its usual one) and a pose."""
