"""Four-legged animals: one jointed body whose proportions make the species."""

from __future__ import annotations

from dataclasses import dataclass

from content_platform.imagery.illustrator.animals.base import Beast
from content_platform.imagery.illustrator.shapes import (
    Point,
    circle,
    darker,
    ellipse,
    gradient,
    lighter,
    limb,
    line,
    mix,
    num,
    path,
    spline,
)


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


BUILDS = {
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
    "pig": _Build(
        0.30, "#e0a594", "#efc4b6", 124, 62, 60, 34, 18, 22, 26, 48, 22, "floppy", "stub"
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
    build = BUILDS[kind]
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
