"""Heads of four-legged animals in profile, turned a little to us."""

from __future__ import annotations

import math

from content_platform.imagery.illustrator.animals.base import is_dark
from content_platform.imagery.illustrator.animals.builds import Build
from content_platform.imagery.illustrator.shapes import (
    Point,
    circle,
    darker,
    ellipse,
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

HUNG = {
    "sad": 15.0,
    "weeping": 18.0,
    "afraid": 5.0,
    "determined": 3.0,
    "awed": -12.0,
    "laughing": -7.0,
    "glad": -4.0,
}
"""How far a feeling lowers the head, in degrees."""
_GRAVE = frozenset({"sad", "afraid", "determined"})
"""Feelings that need brows even on a dark coat, where any other brow is only a patch."""
_EARS_BACK = frozenset({"sad", "weeping", "afraid"})


def mouth_of(kind: str, build: Build, at: Point, feeling: str, tilt: float) -> Point:
    """Where a head at ``at`` (as of ``draw_face``) takes hold of what it carries."""
    r = build.head / 2
    if kind == "cat":
        dx, dy = 2 + 1.28 * 0.3 * r, 1.28 * 0.66 * r
    else:
        dx, dy = r * 0.36 + build.muzzle, r * 0.6
    turn = math.radians(tilt + HUNG.get(feeling, 0.0))
    return (
        at[0] + dx * math.cos(turn) - dy * math.sin(turn),
        at[1] + dx * math.sin(turn) + dy * math.cos(turn),
    )


def draw_face(
    kind: str,
    build: Build,
    coat: str,
    at: Point,
    *,
    feeling: str = "calm",
    tilt: float = 0.0,
) -> tuple[str, float]:
    """The head in profile, turned a little to us; returns it and its top.

    ``feeling`` as in ``heads.FEELINGS``; ``tilt`` degrees downwards.
    """
    if kind == "cat":
        head, top = _cats_head(build, coat, at, feeling)
    else:
        head, top = _head(kind, build, coat, at, feeling)
    turn = tilt + HUNG.get(feeling, 0.0)
    if turn:
        head = group(group(head, x=-at[0], y=-at[1]), x=at[0], y=at[1], turn=turn)
    return head, top


def _head(kind: str, build: Build, coat: str, at: Point, feeling: str) -> tuple[str, float]:
    x, y = at
    r, muzzle = build.head / 2, build.muzzle
    drawn = ""
    fleece = coat
    if kind == "sheep":
        coat = mix(coat, "#8a7668", 0.4)
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
    if feeling in _EARS_BACK and build.ears not in ("floppy", "round", "fan"):
        ear_far = _laid_back(ear_far, (x - r * 0.02, y - r * 0.62), -30)
        ear_near = _laid_back(ear_near, (x - r * 0.5, y - r * 0.5), -42)
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
    if kind in ("fox", "wolf", "dog", "mouse"):
        drawn += _mask(x, y, r, nose, mix(build.belly, coat, 0.16 if kind == "fox" else 0.42))
    elif kind in ("deer", "cow", "goat", "sheep", "horse", "donkey", "unicorn"):
        drawn += ellipse(
            nose[0] - 7,
            nose[1] + r * 0.04,
            9,
            r * 0.32,
            mix(coat, build.belly, 0.6) if kind != "horse" else darker(coat, 0.3),
        )
    if kind != "elephant":  # whose nose is the trunk
        drawn += ellipse(
            nose[0] - 1, nose[1] - r * 0.16, max(2.6, r * 0.17), max(2.2, r * 0.14), "#1f1618"
        )
        drawn += _mouth(x, r, nose, feeling)
    drawn += ear_near + eye(x + r * 0.26, y - r * 0.2, r * 0.19, coat, feeling)
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
    elif kind == "sheep":
        drawn += "".join(
            circle(x + r * at, y - r * up, r * 0.4, fleece)
            for at, up in ((-0.75, 0.2), (-0.6, 0.75), (-0.1, 1.0), (0.32, 0.86))
        )
    elif kind in ("horse", "donkey"):
        drawn += path(
            limb(
                [
                    (x - r * 0.2, y - r * 0.95),
                    (x + r * 0.34, y - r * 0.8),
                    (x + r * 0.4, y - r * 0.36),
                ],
                [r * 0.42, r * 0.4, r * 0.1],
            ),
            darker(coat, 0.6),
        )
    elif kind == "cow":
        drawn += line(f"M{num(x + 2)} {num(y - r * 0.8)}q2 -16 16 -20", "#efe4cc", 5.6)
    elif kind == "unicorn":
        drawn += path(
            polygon(
                [(x + r * 0.1, y - r * 0.8), (x + r * 0.5, y - r * 0.7), (x + r * 1.0, y - r * 2.6)]
            ),
            "#f0d48a",
        )
    elif kind == "mouse":
        drawn += line(
            f"M{num(nose[0] - 6)} {num(nose[1] + 4)}l{num(r * 0.8)} 4M{num(nose[0] - 6)} {num(nose[1] + 6)}l{num(r * 0.7)} 10",
            lighter(coat, 0.6),
            1.2,
            opacity=0.7,
        )
    return drawn, y - r * (1.9 if build.ears in ("pointed", "leaf", "long") else 1.25) - (
        52 if kind == "deer" else 0
    )


def _cats_head(build: Build, coat: str, at: Point, feeling: str) -> tuple[str, float]:
    """Round and flat-faced, three quarters towards us: in profile a cat looks like a small fox."""
    x, y = at[0] + 2, at[1]
    r = build.head / 2 * 1.28
    # On a dark face a pale muzzle would look like a cloth before its mouth.
    pale = mix(build.belly, coat, 0.76 if is_dark(coat) else 0.42)
    front = x + r * 0.3  # the middle of the face, seen from between side and front
    drawn = ""
    for root, far in (((x + r * 0.52, y - r * 0.44), True), ((x - r * 0.56, y - r * 0.44), False)):
        ear = _ear("pointed", *root, r * 0.92, darker(coat, 0.3) if far else coat, far=far)
        if feeling in _EARS_BACK:
            ear = _laid_back(ear, root, 34 if far else -34)
        drawn += ear
    drawn += path(
        spline(
            [
                (x - r * 1.08, y + r * 0.2),
                (x - r * 0.86, y - r * 0.56),
                (x - r * 0.1, y - r * 0.86),
                (x + r * 0.7, y - r * 0.62),
                (x + r * 1.0, y + r * 0.1),
                (x + r * 0.82, y + r * 0.6),
                (x + r * 0.2, y + r * 0.88),
                (x - r * 0.62, y + r * 0.74),
            ]
        ),
        coat,
    )
    drawn += ellipse(front - r * 0.22, y + r * 0.42, r * 0.34, r * 0.28, pale)
    drawn += ellipse(front + r * 0.2, y + r * 0.42, r * 0.3, r * 0.27, pale)
    drawn += ellipse(front, y + r * 0.62, r * 0.2, r * 0.16, pale)
    wide_open = feeling in ("laughing", "speaking", "awed", "afraid")
    if wide_open:
        drawn += ellipse(
            front, y + r * 0.6, r * 0.13, r * (0.2 if feeling == "laughing" else 0.14), "#6a2a2c"
        )
    smile = {"glad": 0.16, "tender": 0.14, "laughing": 0.16, "sad": -0.16, "weeping": -0.18}
    bow = r * smile.get(feeling, 0.04)
    drawn += line(
        f"M{num(front - r * 0.3)} {num(y + r * 0.46)}q{num(r * 0.18)} {num(bow)} {num(r * 0.3)} {num(-r * 0.06)}"
        f"q{num(r * 0.14)} {num(bow + r * 0.06)} {num(r * 0.26)} {num(r * 0.06)}",
        "#3a2420",
        max(1.0, r * 0.06),
        opacity=0.8,
    )
    drawn += path(
        polygon(
            [
                (front - r * 0.13, y + r * 0.2),
                (front + r * 0.12, y + r * 0.2),
                (front, y + r * 0.36),
            ]
        ),
        "#c98a84",
    )
    if feeling not in ("asleep", "weeping", "laughing", "tender"):
        drawn += ellipse(front - r * 0.46, y - r * 0.1, r * 0.26, r * 0.28, "#cdbb58")
        drawn += ellipse(front + r * 0.4, y - r * 0.1, r * 0.23, r * 0.27, "#cdbb58")
    drawn += eye(front - r * 0.46, y - r * 0.1, r * 0.15, coat, feeling)
    drawn += eye(front + r * 0.4, y - r * 0.1, r * 0.14, coat, feeling, inner=-1)
    for side, start in ((-1, front - r * 0.4), (1, front + r * 0.38)):
        reach = r * (0.95 if side < 0 else 0.75) * side
        drawn += line(
            f"M{num(start)} {num(y + r * 0.36)}l{num(reach)} {num(-r * 0.1)}"
            f"M{num(start)} {num(y + r * 0.46)}l{num(reach)} {num(r * 0.1)}",
            lighter(coat, 0.6),
            max(0.9, r * 0.05),
            opacity=0.7,
        )
    return drawn, y - r * 1.5


def _mask(x: float, y: float, r: float, nose: Point, tone: str) -> str:
    """The pale lower face: from the muzzle up to under the eye and back into the cheek's fur."""
    return path(
        f"M{num(nose[0] - 3)} {num(nose[1] + 1)}"
        f"C{num(x + r * 0.95)} {num(y + r * 0.2)} {num(x + r * 0.66)} {num(y + r * 0.02)} {num(x + r * 0.34)} {num(y + r * 0.14)}"
        f"C{num(x + r * 0.06)} {num(y + r * 0.24)} {num(x - r * 0.3)} {num(y + r * 0.34)} {num(x - r * 0.74)} {num(y + r * 0.58)}"
        f"L{num(x - r * 0.46)} {num(y + r * 0.7)}L{num(x - r * 0.5)} {num(y + r * 0.98)}"
        f"L{num(x - r * 0.14)} {num(y + r * 0.86)}L{num(x - r * 0.04)} {num(y + r * 1.06)}L{num(x + r * 0.32)} {num(y + r * 0.8)}"
        f"Q{num(x + r * 0.8)} {num(y + r * 0.8)} {num(nose[0] - 7)} {num(nose[1] + r * 0.3)}Z",
        tone,
    )


def _mouth(x: float, r: float, nose: Point, feeling: str) -> str:
    """From under the nose back along the muzzle; its corner rises with the mood."""
    ink = "#3a2420"
    start = (nose[0] - 2, nose[1] + r * 0.13)
    lift = {
        "glad": 0.2,
        "tender": 0.16,
        "laughing": 0.24,
        "sad": -0.24,
        "weeping": -0.26,
        "wary": -0.06,
        "determined": -0.04,
    }
    corner = (
        (x + r * 0.6 + nose[0]) / 2 - r * 0.2,
        nose[1] + r * (0.26 - lift.get(feeling, 0.02)),
    )
    if feeling in ("laughing", "speaking", "awed", "afraid"):
        deep = r * (0.34 if feeling == "laughing" else 0.22)
        return path(
            f"M{num(start[0])} {num(start[1])}Q{num((start[0] + corner[0]) / 2)} {num(start[1] + r * 0.16)} {num(corner[0])} {num(corner[1])}"
            f"Q{num(corner[0] + r * 0.1)} {num(corner[1] + deep)} {num(start[0] - r * 0.1)} {num(start[1] + deep)}Z",
            "#6a2a2c",
        )
    sag = r * (0.2 if lift.get(feeling, 0.0) >= 0 else 0.02)
    return line(
        f"M{num(start[0])} {num(start[1])}Q{num((start[0] + corner[0]) / 2)} {num(start[1] + sag)} {num(corner[0])} {num(corner[1])}",
        ink,
        max(1.2, r * 0.07),
        opacity=0.8,
    )


def eye(x: float, y: float, size: float, coat: str, feeling: str, *, inner: int = 1) -> str:
    """An animal's eye, ``size`` half its width, with the brow that the feeling gives it.

    ``inner`` is the side (1 right, -1 left) on which the middle of the face lies.
    """
    size = max(2.6, size)
    ink, brow = "#1a1216", lighter(coat, 0.3) if is_dark(coat) else darker(coat, 0.62)
    wide = max(1.4, size * 0.5)
    if feeling in ("asleep", "weeping", "laughing", "tender"):
        bow = 1.1 if feeling in ("asleep", "weeping") else -1.3
        drawn = line(
            f"M{num(x - size * 1.2)} {num(y)}q{num(size * 1.2)} {num(size * bow)} {num(size * 2.4)} 0",
            darker(coat, 0.78),
            wide,
        )
        if feeling == "weeping":
            drawn += path(
                f"M{num(x)} {num(y + size * 1.2)}c{num(-size)} {num(size * 1.8)} {num(-size * 1.2)} {num(size * 2.6)} 0 {num(size * 3)}"
                f"c{num(size * 1.2)} {num(-size * 0.4)} {num(size)} {num(-size * 1.2)} 0 {num(-size * 3)}Z",
                "#d4eefb",
            )
        return drawn
    big = 1.25 if feeling in ("afraid", "awed") else 1.0
    drawn = ""
    if big > 1:
        drawn += ellipse(x, y, size * 1.6, size * 1.8, "#f7f0e2")
    drawn += ellipse(x, y, size * big, size * 1.3 * big, ink)
    drawn += circle(x + size * 0.32, y - size * 0.46, size * 0.4, "#ffffff")
    drawn += circle(x - size * 0.3, y + size * 0.5, size * 0.18, "#ffffff", opacity=0.6)
    # Only who has made up its mind has brows that fall towards the nose.
    tips = {
        "sad": (0.9, -2.0),
        "afraid": (0.5, -1.8),
        "wary": (-0.5, -0.9),
        "determined": (-1.6, 0.6),
        "glad": (-1.1, -1.1),
    }
    if feeling in tips and (not is_dark(coat) or feeling in _GRAVE):
        back, front = tips[feeling][::inner]
        high = y - size * 1.9
        drawn += line(
            f"M{num(x - size * 1.3)} {num(high + size * back * 0.5 + size * 0.5)}L{num(x + size * 1.2)} {num(high + size * front * 0.5 + size * 0.5)}",
            brow,
            wide,
            opacity=0.8,
        )
    return drawn


def _laid_back(ear: str, root: Point, turn: float) -> str:
    return group(group(ear, x=-root[0], y=-root[1]), x=root[0], y=root[1], turn=turn)


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
        case "long":
            return path(
                limb(
                    [
                        (x + r * 0.1, y + r * 0.1),
                        (x + lean - r * 0.3, y - r * 0.7),
                        (x + lean * 2 - r * 0.3, y - r * 1.5),
                    ],
                    [r * 0.36, r * 0.56, r * 0.2],
                ),
                coat,
            ) + path(
                limb(
                    [(x, y - r * 0.3), (x + lean * 1.6 - r * 0.3, y - r * 1.2)], [r * 0.2, r * 0.14]
                ),
                mix(coat, "#e8b8a0", 0.45),
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
