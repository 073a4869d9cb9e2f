"""People: a small jointed figure dressed in its look, in any pose, facing right.

Units: 100 is the height of the head, the ground is y = 0, up is negative. Shapes are calm and
few on purpose: a clear silhouette, a soft face, no detail that a thumbnail turns into noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from content_platform.imagery.illustrator.look import Look
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
class Pose:
    """Joint angles in degrees from straight down, forward positive; ``near`` is the camera's side."""

    lean: float = 2
    head: float = 0
    near_leg: tuple[float, float] = (4, 0)
    far_leg: tuple[float, float] = (-6, -3)
    near_arm: tuple[float, float] = (-8, 6)
    far_arm: tuple[float, float] = (10, 22)
    back: bool = False
    lap: bool = False
    """Whether the garment follows the thigh (sitting, kneeling)."""


POSES = {
    "standing": Pose(),
    "looking": Pose(head=-6, far_arm=(6, 10)),
    "looking up": Pose(lean=-3, head=-18),
    "grieving": Pose(lean=7, head=20, near_arm=(2, 30), far_arm=(8, 40)),
    "walking": Pose(
        lean=5, near_leg=(24, 8), far_leg=(-16, -38), near_arm=(-24, -6), far_arm=(24, 44)
    ),
    "running": Pose(
        lean=15, near_leg=(50, 2), far_leg=(-24, -84), near_arm=(-46, 38), far_arm=(42, 112)
    ),
    "holding": Pose(near_arm=(22, 88), far_arm=(26, 84), head=8),
    "lantern": Pose(
        lean=3, near_arm=(48, 76), far_arm=(-4, 12), near_leg=(14, 4), far_leg=(-12, -20)
    ),
    "reaching": Pose(
        lean=9, near_arm=(74, 88), far_arm=(58, 78), near_leg=(16, 6), far_leg=(-14, -16)
    ),
    "pointing": Pose(near_arm=(82, 90), far_arm=(4, 16)),
    "raising": Pose(lean=-2, head=-14, near_arm=(140, 164), far_arm=(6, 16)),
    "kneeling": Pose(
        lean=10,
        head=10,
        near_leg=(88, 2),
        far_leg=(8, -88),
        near_arm=(46, 72),
        far_arm=(40, 60),
        lap=True,
    ),
    "sitting": Pose(
        lean=-3,
        head=4,
        near_leg=(86, 4),
        far_leg=(82, -6),
        near_arm=(16, 64),
        far_arm=(22, 70),
        lap=True,
    ),
    "climbing": Pose(
        lean=12, head=-6, near_leg=(64, 4), far_leg=(-10, -22), near_arm=(52, 84), far_arm=(-6, 20)
    ),
    "working": Pose(lean=9, head=16, near_arm=(34, 82), far_arm=(42, 84)),
    "embracing": Pose(lean=6, head=8, near_arm=(52, 92), far_arm=(40, 86)),
    "sleeping": Pose(
        lean=-14,
        head=26,
        near_leg=(80, 30),
        far_leg=(76, 24),
        near_arm=(18, 56),
        far_arm=(24, 60),
        lap=True,
    ),
    "back": Pose(
        lean=0, back=True, near_leg=(2, 0), far_leg=(-2, 0), near_arm=(-9, -4), far_arm=(9, 4)
    ),
}

_BUILD = {
    # height in heads: thigh, shin, torso, upper arm, fore arm, shoulder half width, head scale
    "adult": (1.28, 1.26, 1.78, 0.95, 0.86, 0.62, 1.0),
    "old": (1.14, 1.16, 1.68, 0.94, 0.84, 0.62, 1.0),
    "child": (0.74, 0.76, 1.22, 0.64, 0.58, 0.46, 1.0),
}


@dataclass
class Figure:
    """A drawn figure in its own units, ground at y = 0."""

    svg: str
    height: float
    hand: Point
    """Where a held thing belongs."""
    face: Point
    """The middle of the head."""
    hip: Point


def height_of(look: Look) -> float:
    """Standing height in figure units."""
    thigh, shin, torso, *_ = _BUILD[look.age]
    return (thigh + shin + torso + 1.12) * 100


def person(
    look: Look, pose_name: str, *, eyes: str = "open", wind: float = 0.0, held: str = ""
) -> Figure:
    """Draw a person facing right. ``held`` is drawn at the near hand, behind its fingers.

    ``eyes``: ``open``, ``closed`` or ``sad``. ``wind`` -1..1 blows scarf, hem and hair.
    """
    pose = POSES[pose_name]
    thigh, shin, torso, upper, fore, shoulder, _ = (part * 100 for part in _BUILD[look.age])
    stoop = 9 if look.age == "old" and not pose.back else 0
    lean = pose.lean + stoop
    far_knee, far_foot = _two(0, 0, pose.far_leg, thigh, shin)
    near_knee, near_foot = _two(0, 0, pose.near_leg, thigh, shin)
    sole = 14
    drop = max(far_foot[1], near_foot[1], far_knee[1], near_knee[1]) + sole
    hip = (0.0, -drop)
    neck = _step(hip, 180 - lean, torso)
    hips_apart = 13.0 if pose.back else 7.0
    near_knee, near_foot = _two(
        hip[0] + (hips_apart if pose.back else 3), hip[1], pose.near_leg, thigh, shin
    )
    far_knee, far_foot = _two(hip[0] - hips_apart, hip[1], pose.far_leg, thigh, shin)
    across = shoulder * (0.8 if not pose.back else 1.0)
    near_shoulder = (neck[0] - across * (0.42 if not pose.back else -0.84), neck[1] + 24)
    far_shoulder = (neck[0] + across * (0.48 if not pose.back else -0.84), neck[1] + 25)
    near_elbow, near_hand = _two(*near_shoulder, pose.near_arm, upper, fore)
    far_elbow, far_hand = _two(*far_shoulder, pose.far_arm, upper, fore)
    thick = 1.0 if look.age != "child" else 0.86

    cloth, shade = look.colour, darker(look.colour, 0.34)
    trousers = (
        look.second
        if look.garment in ("jacket", "apron", "coat")
        else mix(look.second, look.skin, 0.25)
    )
    sleeve = look.colour if look.garment != "apron" else lighter(look.second, 0.55)
    parts = [
        gradient(
            "cloth" + cloth[1:],
            [(0, shade), (0.45, cloth), (0.8, lighter(cloth, 0.16)), (1, cloth)],
            vertical=False,
        )
    ]
    scarf_tail = _scarf_tail(neck, look, wind, pose) if look.scarf else ""
    back_hair = _back_hair(look, pose)
    head_at = (neck[0] + (5 if not pose.back else 0) + stoop * 0.9, neck[1] - 11)
    turn = pose.head + lean * 0.4
    if pose.back:
        parts.append(
            _leg(
                far_knee, far_foot, (hip[0] - hips_apart, hip[1]), trousers, look, thick, far=False
            )
        )
    else:
        parts.append(
            _arm(
                far_shoulder,
                far_elbow,
                far_hand,
                darker(sleeve, 0.3),
                darker(look.skin, 0.16),
                thick,
            )
        )
        parts.append(
            _leg(
                far_knee,
                far_foot,
                (hip[0] - hips_apart, hip[1]),
                darker(trousers, 0.28),
                look,
                thick,
                far=True,
            )
        )
    parts.append(_leg(near_knee, near_foot, (hip[0] + 3, hip[1]), trousers, look, thick, far=False))
    if scarf_tail and not pose.back:
        parts.append(scarf_tail)
    parts.append(_garment(look, pose, hip, neck, near_knee, far_knee, shoulder, wind, thigh, shin))
    # The neck sits behind the collar and under the chin.
    parts.append(
        path(
            limb([(neck[0], neck[1] + 22), (head_at[0], head_at[1] - 6)], [30 * thick, 26 * thick]),
            darker(look.skin, 0.22),
        )
    )
    head = group(back_hair + _head(look, eyes, pose), x=head_at[0], y=head_at[1], turn=turn)
    if look.scarf:
        parts.append(head if not pose.back else "")
        parts.append(_scarf_ring(neck, look, lean, thick))
        parts.append(head + scarf_tail if pose.back else "")
    else:
        parts.append(_collar(neck, look, thick) if not pose.back else "")
        parts.append(head)
    hold = group(held, x=near_hand[0], y=near_hand[1]) if held else ""
    if pose.back:
        parts.append(_arm(far_shoulder, far_elbow, far_hand, shade, look.skin, thick))
    parts.append(hold)
    parts.append(
        _arm(near_shoulder, near_elbow, near_hand, sleeve, look.skin, thick, outline=shade)
    )
    middle = _step(head_at, 180 - turn, 50)
    return Figure(
        svg="".join(parts),
        height=-(head_at[1] - 118),
        hand=near_hand,
        face=middle,
        hip=hip,
    )


def _step(start: Point, angle: float, length: float) -> Point:
    turn = math.radians(angle)
    return start[0] + math.sin(turn) * length, start[1] + math.cos(turn) * length


def _two(
    x: float, y: float, angles: tuple[float, float], first: float, second: float
) -> tuple[Point, Point]:
    middle = _step((x, y), angles[0], first)
    return middle, _step(middle, angles[1], second)


def _leg(
    knee: Point, foot: Point, hip: Point, colour: str, look: Look, thick: float, *, far: bool
) -> str:
    shoe = darker("#4a3226", 0.35 if far else 0.12)
    angle = math.degrees(math.atan2(foot[0] - knee[0], foot[1] - knee[1]))
    boot = "M-11 -30C-12 -8 -13 6 -12 13C-4 15 26 15 33 13C36 4 26 -2 14 -6C11 -14 11 -24 11 -30Z"
    return path(
        limb([hip, knee, foot], [46 * thick, 33 * thick, 22 * thick], bend=0.6), colour
    ) + group(path(boot, shoe), x=foot[0], y=foot[1], scale=thick, turn=-angle * 0.75)


def _arm(
    shoulder: Point,
    elbow: Point,
    hand: Point,
    sleeve: str,
    skin: str,
    thick: float,
    *,
    outline: str = "",
) -> str:
    reach = math.hypot(hand[0] - elbow[0], hand[1] - elbow[1]) or 1
    ux, uy = (hand[0] - elbow[0]) / reach, (hand[1] - elbow[1]) / reach
    cuff = (hand[0] - ux * 4, hand[1] - uy * 4)
    palm = (
        "M-10 -8C-2 -13 11 -13 18 -8C23 -3 22 6 15 10C6 13 -4 11 -10 8Z"
        "M3 -9C5 -17 12 -20 15 -15C16 -11 13 -8 11 -4Z"
    )
    angle = math.degrees(math.atan2(uy, ux))
    drawn = group(
        path(palm, skin) + line("M9 1C13 2 16 2 20 1", darker(skin, 0.22), 1.6, opacity=0.6),
        x=hand[0],
        y=hand[1],
        scale=thick,
        turn=angle,
    )
    drawn += path(
        limb([shoulder, elbow, cuff], [40 * thick, 33 * thick, 24 * thick], bend=0.9), sleeve
    )
    drawn += line(
        f"M{num(cuff[0] - uy * 11 * thick)} {num(cuff[1] + ux * 11 * thick)}"
        f"L{num(cuff[0] + uy * 11 * thick)} {num(cuff[1] - ux * 11 * thick)}",
        darker(sleeve, 0.35),
        4 * thick,
        opacity=0.6,
    )
    if outline:
        under = [
            (shoulder[0] - 16 * thick, shoulder[1] + 12),
            (elbow[0] - 15 * thick, elbow[1]),
            (cuff[0] - 8 * thick, cuff[1] + 11 * thick),
        ]
        drawn += line(spline(under, closed=False), outline, 3.2, opacity=0.45)
    return drawn


def _garment(
    look: Look,
    pose: Pose,
    hip: Point,
    neck: Point,
    near_knee: Point,
    far_knee: Point,
    shoulder: float,
    wind: float,
    thigh: float,
    shin: float,
) -> str:
    """Torso and skirt as one shape; sitting and kneeling figures get a lap."""
    long_ = {"coat": 0.98, "dress": 1.06, "robe": 2.0, "cloak": 1.9, "jacket": 0.22, "apron": 0.2}[
        look.garment
    ]
    length = thigh * min(long_, 1.2) + max(0.0, long_ - 1.2) * shin * 1.05
    flare = {"coat": 1.06, "dress": 1.32, "robe": 1.2, "cloak": 1.5, "jacket": 0.86, "apron": 0.84}[
        look.garment
    ]
    waist = {"dress": 0.62, "coat": 0.78, "cloak": 1.02, "robe": 0.9}.get(look.garment, 0.74)
    if look.feminine:
        waist *= 0.93
    half = shoulder * (0.86 if not pose.back else 1.0)
    mid = (neck[0] * 0.42 + hip[0] * 0.58, neck[1] * 0.42 + hip[1] * 0.58)
    drawn = ""
    if pose.lap:
        lap = [
            (hip[0] - 6, hip[1] - 8),
            near_knee,
            (near_knee[0] + 2, near_knee[1] + (26 if long_ > 0.5 else 4)),
        ]
        far_lap = [(hip[0] - 4, hip[1] - 4), far_knee, (far_knee[0], far_knee[1] + 16)]
        wide = half * (1.5 if long_ > 0.5 else 0.95)
        drawn += path(
            limb(far_lap, [wide, wide * 0.8, wide * 0.7], bend=0.5), darker(look.colour, 0.4)
        )
        drawn += path(
            limb(lap, [wide, wide * 0.86, wide * 0.74], bend=0.5), darker(look.colour, 0.14)
        )
        length = 22
        flare = 0.98
    hem_y = hip[1] + length
    swing = wind * length * 0.3
    front = (
        max(0.0, near_knee[0], far_knee[0])
        * min(1.0, length / thigh)
        * (0.9 if not pose.lap else 0)
    )
    behind = (
        max(0.0, -near_knee[0], -far_knee[0])
        * min(1.0, length / thigh)
        * (0.9 if not pose.lap else 0)
    )
    left, right = (
        hip[0] - half * flare - behind * 0.75 - max(0, swing),
        hip[0] + half * flare + front * 0.75 - min(0, swing),
    )
    outline = [
        (neck[0] - 17, neck[1] + 4),
        (neck[0] - half * 0.78, neck[1] + 22),
        (mid[0] - half * waist - 4, mid[1]),
        (hip[0] - half * (flare * 0.52 + 0.42), hip[1] + length * 0.22),
        (left, hem_y - 8),
        (left + 10, hem_y + 2),
        ((left + right) / 2, hem_y + 9),
        (right - 8, hem_y + 2),
        (right, hem_y - 8),
        (hip[0] + half * (flare * 0.5 + 0.4) + front * 0.2, hip[1] + length * 0.2),
        (mid[0] + half * waist, mid[1]),
        (neck[0] + half * 0.82, neck[1] + 24),
        (neck[0] + 19, neck[1] + 4),
    ]
    drawn += path(spline(outline), f"url(#cloth{look.colour[1:]})")
    fold = darker(look.colour, 0.45)
    if length > 60:
        for at in (0.3, 0.52, 0.74):
            x = left + (right - left) * at
            drawn += line(
                f"M{num(mid[0] + (x - mid[0]) * 0.45)} {num(mid[1] + 26)}Q{num(mid[0] + (x - mid[0]) * 0.7)} {num(hip[1] + length * 0.4)} {num(x)} {num(hem_y - 6)}",
                fold,
                3.5,
                opacity=0.28,
            )
    if pose.back:
        drawn += line(
            f"M{num(neck[0])} {num(neck[1] + 40)}L{num((left + right) / 2)} {num(hem_y - 4)}",
            fold,
            3,
            opacity=0.3,
        )
    elif look.garment in ("coat", "jacket"):
        front_x = 0.58
        top, bottom = (
            (neck[0] + half * 0.2, neck[1] + 26),
            (left + (right - left) * front_x + 6, hem_y + 5),
        )
        drawn += line(
            f"M{num(top[0])} {num(top[1])}Q{num(mid[0] + half * 0.34)} {num(mid[1])} {num(bottom[0])} {num(bottom[1])}",
            fold,
            3.4,
            opacity=0.6,
        )
        for k in range(3):
            t = 0.22 + k * 0.24
            bx = top[0] + (mid[0] + half * 0.34 - top[0]) * t + 10
            drawn += circle(
                bx, top[1] + (hip[1] - top[1]) * t, 4.2, mix(look.accent, "#f2dca0", 0.6)
            )
    elif look.garment == "dress":
        belt = [(mid[0] - half * waist, mid[1] + 2), (mid[0] + half * waist, mid[1] + 2)]
        drawn += path(limb(belt, [13, 13]), darker(look.accent, 0.1), opacity=0.9)
        trim = [(left + 3, hem_y - 13), ((left + right) / 2, hem_y - 3), (right - 3, hem_y - 13)]
        drawn += line(spline(trim, closed=False), lighter(look.colour, 0.4), 4, opacity=0.7)
    elif look.garment == "robe":
        belt = [(mid[0] - half * waist, mid[1] + 6), (mid[0] + half * waist, mid[1] + 8)]
        drawn += path(limb(belt, [11, 11]), mix(look.accent, "#e8c878", 0.5))
    elif look.garment == "cloak":
        drawn += path(
            spline(
                [
                    (neck[0] + 6, neck[1] + 20),
                    (neck[0] + 16, neck[1] + 20),
                    (hip[0] + half * 0.85, hem_y),
                    (hip[0] + half * 0.2, hem_y + 4),
                ],
                tension=0.4,
            ),
            look.second,
        )
        drawn += circle(neck[0] + 10, neck[1] + 24, 7, mix(look.accent, "#f2dca0", 0.4))
    elif look.garment == "apron":
        bib = [
            (neck[0] + 2, neck[1] + 44),
            (neck[0] + half * 0.62, neck[1] + 46),
            (hip[0] + half * 0.78, hip[1] + 10),
            (
                hip[0] + half * 0.8 + front * 0.5,
                hip[1] + thigh * 0.62 if not pose.lap else hip[1] + 12,
            ),
            (hip[0] - half * 0.3, hip[1] + thigh * 0.66 if not pose.lap else hip[1] + 12),
            (hip[0] - half * 0.2, hip[1] - 6),
        ]
        drawn += path(spline(bib, tension=0.35), mix(look.second, "#e9dcc0", 0.78))
        drawn += line(
            f"M{num(neck[0] + 3)} {num(neck[1] + 46)}L{num(neck[0] - 12)} {num(neck[1] + 16)}",
            "#d8c8a8",
            4,
        )
    if look.bag and not pose.back:
        drawn += line(
            f"M{num(neck[0] + half * 0.5)} {num(neck[1] + 26)}L{num(hip[0] - half * 0.8)} {num(hip[1] - 16)}",
            "#5a3a22",
            7,
        )
        drawn += path(
            spline(
                [
                    (hip[0] - half * 1.25, hip[1] - 24),
                    (hip[0] - half * 0.4, hip[1] - 24),
                    (hip[0] - half * 0.42, hip[1] + 26),
                    (hip[0] - half * 1.25, hip[1] + 26),
                ],
                tension=0.5,
            ),
            "#7a4e2c",
        )
    return drawn


def _collar(neck: Point, look: Look, thick: float) -> str:
    colour = lighter(look.colour, 0.22) if look.garment != "dress" else "#f0e6d2"
    points = [
        (neck[0] - 24 * thick, neck[1] + 4),
        (neck[0] + 2, neck[1] - 6),
        (neck[0] + 27 * thick, neck[1] + 5),
        (neck[0] + 16 * thick, neck[1] + 24),
        (neck[0] - 12 * thick, neck[1] + 22),
    ]
    return path(spline(points, tension=0.8), colour)


def _scarf_ring(neck: Point, look: Look, lean: float, thick: float) -> str:
    x, y = neck[0] + 3 + lean * 0.2, neck[1] + 2
    ring = [
        (x - 34 * thick, y - 4),
        (x, y - 15),
        (x + 34 * thick, y - 5),
        (x + 33 * thick, y + 17),
        (x + 2, y + 27),
        (x - 32 * thick, y + 17),
    ]
    drawn = path(spline(ring), look.scarf)
    drawn += line(
        f"M{num(x - 30 * thick)} {num(y + 4)}Q{num(x)} {num(y + 18)} {num(x + 31 * thick)} {num(y + 3)}",
        darker(look.scarf, 0.4),
        3.5,
        opacity=0.5,
    )
    end = [(x + 14 * thick, y + 14), (x + 20 * thick, y + 50), (x + 15 * thick, y + 92 * thick)]
    return (
        drawn
        + path(limb(end, [18 * thick, 22 * thick, 25 * thick]), lighter(look.scarf, 0.06))
        + line(
            f"M{num(x + 5 * thick)} {num(y + 84 * thick)}L{num(x + 25 * thick)} {num(y + 84 * thick)}",
            lighter(look.scarf, 0.5),
            4,
            opacity=0.7,
        )
    )


def _scarf_tail(neck: Point, look: Look, wind: float, pose: Pose) -> str:
    x, y = neck[0] - 14, neck[1] + 10
    lift = abs(wind)
    if pose.back:
        tail = [(x + 10, y), (x + 4, y + 44), (x - wind * 40, y + 96)]
        return path(limb(tail, [22, 25, 28]), darker(look.scarf, 0.12))
    tail = [
        (x, y),
        (x - 30 - 30 * lift, y + 30 - 26 * lift),
        (x - 46 - 58 * lift, y + 78 - 66 * lift),
    ]
    return path(limb(tail, [18, 24, 28]), darker(look.scarf, 0.2))


def _back_hair(look: Look, pose: Pose) -> str:
    """Hair that hangs behind the neck; drawn before the head, in head units."""
    hair, deep = look.hair, darker(look.hair, 0.25)
    if look.hat == "hood":
        return ""
    if look.hair_style == "long":
        if pose.back:
            return ""
        return path("M-42 -74C-66 -30 -64 34 -54 66C-38 82 -14 72 -8 44C-2 10 0 -20 2 -50Z", deep)
    if look.hair_style == "bob" and not pose.back:
        return path("M-44 -70C-60 -30 -54 4 -40 10C-22 14 -6 8 2 -10L4 -50Z", deep)
    if look.hair_style == "ponytail" and not pose.back:
        return path(limb([(-34, -82), (-66, -70), (-72, -28), (-58, 14)], [24, 34, 30, 10]), deep)
    if look.hair_style == "braid" and not pose.back:
        beads = [(-40, -22, 15), (-46, 2, 14), (-49, 25, 13), (-49, 46, 11), (-46, 64, 8)]
        return "".join(
            ellipse(x, y, r, r * 1.05, deep if i % 2 else hair) for i, (x, y, r) in enumerate(beads)
        ) + circle(-45, 73, 5, look.accent)
    if look.hair_style == "bun":
        return circle(-34 if not pose.back else 0, -96 if not pose.back else -104, 21, deep)
    return ""


_FACE = "M-38 -52C-41 -90 -12 -104 6 -103C34 -102 45 -78 42 -55C41 -47 43 -42 42 -36C40 -17 27 0 11 1C-10 2 -29 -14 -34 -34Z"
_CAP = {
    "short": "M-40 -32C-54 -64 -50 -110 -2 -116C36 -120 54 -96 45 -64C39 -80 26 -88 8 -86C-8 -84 -14 -74 -17 -60C-19 -52 -22 -48 -25 -42C-28 -30 -35 -26 -40 -32Z",
    "tousled": "M-40 -30C-58 -58 -56 -96 -34 -110C-30 -122 -8 -126 2 -118C18 -126 38 -118 42 -104C54 -94 52 -76 45 -62C42 -74 34 -80 26 -80C18 -74 8 -74 -2 -80C-10 -72 -16 -66 -18 -56C-22 -44 -24 -30 -40 -30Z",
    "bob": "M-46 -6C-58 -58 -52 -112 0 -117C38 -120 54 -94 45 -62C36 -82 22 -88 8 -86C-6 -78 -14 -62 -16 -44C-18 -24 -26 -2 -46 -6Z",
    "long": "M-44 0C-58 -58 -52 -112 0 -117C38 -120 54 -94 45 -62C36 -82 22 -88 8 -86C-6 -78 -14 -62 -16 -42C-18 -20 -24 0 -44 0Z",
    "bald": "M-37 -24C-46 -32 -49 -54 -42 -65C-33 -65 -26 -58 -25 -48C-24 -38 -29 -26 -37 -24Z",
}


def _head(look: Look, eyes: str, pose: Pose) -> str:
    """The head with its chin at the origin, facing right (or away)."""
    hair, shade = look.hair, darker(look.hair, 0.28)
    if pose.back:
        drawn = ellipse(0, -52, 40, 50, look.skin) + _ears(look)
        if look.hair_style == "bald":
            drawn += path(
                "M-42 -40C-44 -20 -22 -4 0 -4C22 -4 44 -20 42 -40C34 -58 -34 -58 -42 -40Z", hair
            )
        elif look.hair_style in ("long", "bob", "braid", "ponytail"):
            low = {"long": 74, "bob": 8, "braid": -2, "ponytail": -2}[look.hair_style]
            drawn += path(
                f"M-44 -60C-48 -120 48 -120 44 -60C50 -20 {40} {low - 10} {26} {low}C10 {low + 8} -10 {low + 8} -26 {low}C-40 {low - 10} -50 -20 -44 -60Z",
                hair,
            )
            if look.hair_style in ("braid", "ponytail"):
                drawn += "".join(
                    ellipse(0, y, r, 14, shade if i % 2 else hair)
                    for i, (y, r) in enumerate([(0, 16), (22, 15), (44, 14), (64, 11)])
                ) + circle(0, 76, 5, look.accent)
        else:
            drawn += path(
                "M-44 -56C-50 -118 50 -118 44 -56C46 -24 30 -2 0 -2C-30 -2 -46 -24 -44 -56Z", hair
            )
        drawn += line(
            "M-26 -92Q-34 -60 -26 -24M0 -104Q-4 -60 0 -16M26 -92Q34 -60 26 -24",
            shade,
            3,
            opacity=0.4,
        )
        return drawn + _hat(look, back=True)
    skin_shade = darker(look.skin, 0.2)
    blush = mix(look.skin, "#d8584a", 0.55)
    drawn = gradient(
        "face" + look.skin[1:],
        [(0, skin_shade), (0.4, look.skin), (1, lighter(look.skin, 0.12))],
        vertical=False,
    )
    drawn += path(_FACE, f"url(#face{look.skin[1:]})")
    drawn += ellipse(3, -27, 11, 7.5, blush, opacity=0.3) + ellipse(
        35, -28, 6.5, 6.5, blush, opacity=0.3
    )
    drawn += _eyes(look, eyes)
    drawn += line("M25 -42Q31 -34 24 -31", mix(look.skin, "#8a4430", 0.5), 3, opacity=0.75)
    if look.beard:
        beard_shade = darker(look.beard, 0.2)
        drawn += path(
            "M-36 -42C-42 -2 -18 34 14 32C38 28 48 -4 43 -34C38 -24 32 -27 24 -27C12 -28 -10 -22 -22 -50Z",
            look.beard,
        )
        drawn += line(
            "M-14 -6Q-4 14 6 24M14 -2Q18 14 18 26M32 -8Q32 8 26 20", beard_shade, 2.6, opacity=0.5
        )
        drawn += path(
            "M4 -24C12 -33 22 -31 26 -28C32 -32 40 -28 44 -20C36 -15 12 -14 4 -24Z",
            lighter(look.beard, 0.3),
        )
    else:
        mouth = {"sad": "M15 -15Q21 -19 28 -16"}.get(eyes, "M14 -18Q21 -12 29 -18")
        drawn += line(mouth, mix(look.skin, "#7c2a2a", 0.7), 3)
    drawn += _ears(look, side=True)
    if look.hair_style == "curly":
        curls = [
            (-36, -44, 15),
            (-44, -64, 17),
            (-38, -86, 18),
            (-20, -104, 19),
            (4, -108, 19),
            (28, -100, 17),
            (42, -82, 13),
            (14, -92, 14),
            (-20, -72, 13),
            (-8, -88, 14),
        ]
        drawn += "".join(circle(x, y, r, hair) for x, y, r in curls)
        drawn += "".join(
            line(f"M{x - 6} {y}q5 -8 11 -2", lighter(hair, 0.2), 2.4, opacity=0.5)
            for x, y, r in curls[2:6]
        )
    else:
        cap = _CAP.get(look.hair_style, _CAP["short"])
        drawn += path(cap, hair)
        if look.hair_style == "bald":
            drawn += line("M-30 -74Q-34 -56 -32 -40", shade, 2.5, opacity=0.4)
        else:
            drawn += line(
                "M-34 -88Q-14 -108 14 -104M-44 -64Q-38 -90 -10 -98",
                lighter(hair, 0.28),
                3.2,
                opacity=0.5,
            )
    if look.glasses:
        drawn += (
            '<g fill="#ffffff" fill-opacity=".16" stroke="#3a2a20" stroke-width="3"><circle cx="8" cy="-47" r="11"/><circle cx="33" cy="-47" r="9.5"/></g>'
            + line("M19 -48L24 -48M-3 -48L-20 -51", "#3a2a20", 3)
        )
    return drawn + _hat(look, back=False)


def _ears(look: Look, *, side: bool = False) -> str:
    if side:
        return (
            ""
            if look.hair_style in ("bob", "long")
            else ellipse(-21, -44, 8, 11, mix(look.skin, "#c0604a", 0.18))
            + line("M-23 -49Q-16 -46 -20 -39", darker(look.skin, 0.3), 2, opacity=0.5)
        )
    return ellipse(-41, -48, 7, 11, look.skin) + ellipse(41, -48, 7, 11, look.skin)


def _eyes(look: Look, eyes: str) -> str:
    ink = "#241820"
    brow = darker(look.hair, 0.2) if look.age != "old" else darker(look.hair, 0.12)
    if eyes == "closed":
        drawn = line("M1 -47Q8 -40 15 -47M27 -47Q33 -41 39 -47", ink, 3.2)
        return drawn + line("M0 -61Q8 -66 16 -61M27 -61Q33 -65 39 -61", brow, 3.6, opacity=0.8)
    drawn = ellipse(8, -47, 4.4, 6.2, ink) + ellipse(33, -47, 3.8, 5.8, ink)
    drawn += circle(9.6, -49.4, 1.6, "#fff") + circle(34.4, -49.2, 1.4, "#fff")
    if look.feminine:
        drawn += line("M1 -51Q3 -55 7 -55", ink, 2.4)
    slant = (
        "M0 -60Q8 -68 16 -66M26 -66Q33 -68 40 -60"
        if eyes == "sad"
        else "M0 -63Q8 -69 16 -65M26 -65Q33 -69 40 -64"
    )
    return drawn + line(slant, brow, 3.6, opacity=0.85)


def _hat(look: Look, *, back: bool) -> str:
    colour = look.hat_colour or darker(look.colour, 0.35)
    shade, light = darker(colour, 0.35), lighter(colour, 0.2)
    if not look.hat:
        return ""
    if look.hat == "cap":
        drawn = path("M-49 -70C-54 -118 46 -124 49 -76C30 -84 -30 -80 -49 -70Z", colour) + path(
            "M-50 -66C-30 -80 30 -86 50 -76L50 -66C30 -74 -30 -68 -49 -56Z", shade
        )
        return drawn + (
            ""
            if back
            else path("M22 -73C44 -78 64 -68 70 -58C54 -62 34 -64 18 -62Z", darker(colour, 0.55))
        )
    if look.hat == "beanie":
        return (
            path("M-48 -62C-54 -128 50 -130 48 -66C30 -78 -30 -74 -48 -62Z", colour)
            + path("M-51 -54C-30 -72 32 -76 51 -60L50 -80C28 -92 -28 -90 -50 -76Z", light)
            + circle(-2, -124, 13, light)
        )
    if look.hat == "brim":
        return (
            path("M-38 -76C-40 -128 -10 -130 2 -122C14 -130 40 -124 38 -80Z", colour)
            + path("M-76 -66C-40 -92 40 -96 80 -72C44 -72 -30 -70 -76 -66Z", shade)
            + path("M-38 -80C-16 -90 16 -92 38 -84L38 -74C16 -82 -16 -80 -39 -70Z", look.accent)
        )
    if look.hat == "straw":
        straw = "#d9b45f"
        return (
            path("M-36 -80C-36 -122 36 -124 36 -82Z", straw)
            + path("M-84 -70C-40 -96 44 -98 86 -74C44 -64 -40 -62 -84 -70Z", darker(straw, 0.12))
            + path("M-36 -84C-16 -92 16 -94 36 -86L36 -76C16 -84 -16 -82 -37 -74Z", look.accent)
        )
    if look.hat == "pointed":
        return (
            path("M-40 -76C-24 -120 -20 -160 -44 -196C0 -178 26 -130 40 -80Z", colour)
            + path("M-84 -62C-40 -90 44 -94 86 -70C44 -64 -40 -58 -84 -62Z", shade)
            + path("M-40 -80C-16 -90 18 -92 40 -84L41 -74C18 -82 -16 -80 -41 -70Z", look.accent)
        )
    if look.hat == "hood":
        if back:
            return path(
                "M-54 8C-62 -40 -52 -126 0 -128C52 -126 62 -40 54 8C30 22 -30 22 -54 8Z", colour
            ) + line("M0 -120Q-8 -60 0 8", shade, 4, opacity=0.5)
        return path(
            "M-40 14C-72 -40 -62 -132 2 -128C46 -126 60 -92 47 -66C36 -96 8 -98 -8 -78C-22 -54 -20 -22 -2 12C-14 20 -28 20 -40 14Z",
            colour,
        ) + line("M-6 8C-22 -22 -22 -56 -8 -78C8 -98 36 -96 46 -68", light, 4, opacity=0.6)
    if look.hat == "crown":
        gold = "#e8b84a"
        return (
            path(
                polygon(
                    [
                        (-40, -80),
                        (-46, -124),
                        (-24, -102),
                        (0, -132),
                        (24, -104),
                        (46, -126),
                        (40, -84),
                    ]
                ),
                gold,
            )
            + line("M-40 -82Q0 -94 40 -86", darker(gold, 0.3), 5)
            + circle(0, -104, 5, "#c8372d")
        )
    if look.hat == "helmet":
        steel = "#9aa4b0"
        return path(
            "M-46 -24C-58 -110 -30 -124 0 -124C34 -124 56 -104 46 -62L12 -62C0 -60 -8 -40 -12 -16C-24 -12 -38 -14 -46 -24Z",
            steel,
        ) + path(limb([(-4, -122), (-40, -134), (-62, -104)], [10, 22, 6]), look.accent)
    if look.hat == "toque":
        return path(
            "M-38 -78C-66 -104 -52 -138 -26 -132C-14 -150 22 -150 30 -132C56 -136 64 -104 38 -82Z",
            "#f4efe4",
        ) + path("M-40 -70C-16 -84 18 -86 40 -78L40 -92C16 -98 -16 -96 -40 -86Z", "#ddd4c4")
    if look.hat == "headscarf":
        return path(
            "M-44 2C-66 -50 -56 -124 2 -122C44 -122 56 -94 45 -70C34 -88 12 -92 -4 -80C-18 -60 -16 -24 -8 -4C-20 10 -34 10 -44 2Z",
            colour,
        ) + "".join(
            circle(x, y, 4, light, opacity=0.8)
            for x, y in ((-34, -84), (-12, -106), (16, -108), (-40, -50), (-30, -22))
        )
    return ""
