"""People: a small jointed figure dressed in its look, in any pose, facing right.

Units: 100 is the height of the head, the ground is y = 0, up is negative. Shapes are calm and
few on purpose: a clear silhouette, a soft face, no detail that a thumbnail turns into noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from content_platform.imagery.illustrator.heads import draw_back_hair, draw_head
from content_platform.imagery.illustrator.look import Look
from content_platform.imagery.illustrator.shapes import (
    Point,
    circle,
    darker,
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


@dataclass(frozen=True)
class Pose:
    """Joint angles in degrees from straight down, forward positive; ``near`` is the camera's side."""

    lean: float = 2
    head: float = 0
    near_leg: tuple[float, float] = (4, 0)
    far_leg: tuple[float, float] = (-6, -3)
    near_arm: tuple[float, float] = (-13, 16)
    far_arm: tuple[float, float] = (8, 32)
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
    "holding": Pose(near_arm=(-12, 98), far_arm=(-40, 94), head=8),
    "cradling": Pose(near_arm=(24, 138), far_arm=(-18, 128), head=10),
    "lantern": Pose(
        lean=3, near_arm=(48, 76), far_arm=(-4, 12), near_leg=(14, 4), far_leg=(-12, -20)
    ),
    "reaching": Pose(
        lean=9, near_arm=(52, 92), far_arm=(36, 84), near_leg=(16, 6), far_leg=(-14, -16)
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
    "working": Pose(lean=9, head=16, near_arm=(14, 84), far_arm=(22, 94)),
    "embracing": Pose(lean=6, head=8, near_arm=(40, 112), far_arm=(28, 104)),
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
    back_hair = draw_back_hair(look, back=pose.back)
    head_at = (neck[0] + (5 if not pose.back else 0) + stoop * 0.9, neck[1] - 11)
    turn = pose.head + lean * 0.4
    if pose.back:
        parts.append(
            _leg(far_knee, far_foot, (hip[0] - hips_apart, hip[1]), trousers, thick, far=False)
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
                thick,
                far=True,
            )
        )
    parts.append(_leg(near_knee, near_foot, (hip[0] + 3, hip[1]), trousers, thick, far=False))
    if scarf_tail and not pose.back:
        parts.append(scarf_tail)
    parts.append(_garment(look, pose, hip, neck, near_knee, far_knee, shoulder, wind, thigh, shin))
    # The neck sits behind the collar and under the chin.
    parts.append(
        path(
            limb([(neck[0], neck[1] + 12), (head_at[0], head_at[1] - 6)], [30 * thick, 26 * thick]),
            darker(look.skin, 0.22),
        )
    )
    head = group(
        back_hair + draw_head(look, eyes, back=pose.back), x=head_at[0], y=head_at[1], turn=turn
    )
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


def _leg(knee: Point, foot: Point, hip: Point, colour: str, thick: float, *, far: bool) -> str:
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
