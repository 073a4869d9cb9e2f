"""Clothes: what a figure wears from the neck down, drawn over its joints.

Units and directions are those of ``people``. Hats and hair belong to ``heads``.
"""

from __future__ import annotations

from content_platform.imagery.illustrator.look import Look
from content_platform.imagery.illustrator.poses import Pose
from content_platform.imagery.illustrator.shapes import (
    Point,
    circle,
    darker,
    lighter,
    limb,
    line,
    mix,
    num,
    path,
    spline,
)


def draw_garment(
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
    if pose.bust:
        waist = min(waist, 0.8)  # a wide one below the armpit is a step
    half = shoulder * (0.86 if not pose.back and not pose.bust else 1.0)
    mid = (neck[0] * 0.42 + hip[0] * 0.58, neck[1] * 0.42 + hip[1] * 0.58)
    drawn = ""
    if pose.lap:
        if long_ > 0.5:
            drop = shin * min(0.46 * long_, 0.8)
            skirt = look.garment == "dress"
            drawn += _lap(hip, far_knee, half, 0.9 * drop, darker(look.colour, 0.4))
            tone = darker(look.colour, 0.06 if skirt else 0.14)
            drawn += _lap(hip, near_knee, half, drop, tone, wide=1.5 if skirt else 1.0)
        length = 22
        flare = 0.98
    hem_y = hip[1] + length
    swing = wind * length * 0.3
    front = (
        max(0.0, near_knee[0] - hip[0], far_knee[0] - hip[0])
        * min(1.0, length / thigh)
        * (0.9 if not pose.lap else 0)
    )
    behind = (
        max(0.0, hip[0] - near_knee[0], hip[0] - far_knee[0])
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
    if pose.back:
        # One line from the collar over both shoulders; the arms come out from under it.
        outline[:2] = [
            (neck[0] - 18, neck[1] + 1),
            (neck[0] - half * 0.62, neck[1] + 13),
            (neck[0] - half * 1.06, neck[1] + 30),
            (neck[0] - half * 1.1, neck[1] + 54),
            (neck[0] - half * 0.84, neck[1] + 92),
        ]
        outline[-2:] = [
            (neck[0] + half * 0.84, neck[1] + 92),
            (neck[0] + half * 1.1, neck[1] + 54),
            (neck[0] + half * 1.06, neck[1] + 30),
            (neck[0] + half * 0.62, neck[1] + 13),
            (neck[0] + 18, neck[1] + 1),
        ]
    elif pose.bust:
        # A gentle line over each shoulder, level enough not to be a bottle's.
        outline[:2] = [
            (neck[0] - 20, neck[1] - 4),
            (neck[0] - half * 0.58, neck[1] + half * 0.16),
            (neck[0] - half * 1.0, neck[1] + half * 0.35),
            (neck[0] - half * 1.22, neck[1] + half * 0.7),
            (neck[0] - half * 0.88, neck[1] + half * 1.22),
        ]
        outline[-2:] = [
            (neck[0] + half * 0.8, neck[1] + half * 1.22),
            (neck[0] + half * 1.12, neck[1] + half * 0.72),
            (neck[0] + half * 0.9, neck[1] + half * 0.35),
            (neck[0] + half * 0.54, neck[1] + half * 0.16),
            (neck[0] + 21, neck[1] - 3),
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
            f"M{num(neck[0])} {num(neck[1] + 40)}L{num((left + right) / 2)} {num(hem_y - 4)}"
            f"M{num(neck[0] - half * 0.8)} {num(neck[1] + 28)}q-7 30 -2 62"
            f"M{num(neck[0] + half * 0.8)} {num(neck[1] + 28)}q7 30 2 62",
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
        # A sash in the tone of the cloth: a bright one breaks into bits behind an arm.
        drawn += _sash(
            [(mid[0] - half * waist, mid[1]), (mid[0] + half * waist, mid[1])],
            15,
            darker(mix(look.colour, look.accent, 0.3), 0.26),
        )
        if not pose.lap:  # else the hem is the lap's
            trim = [(left + 3, hem_y - 13), ((left + right) / 2, hem_y - 3)]
            trim.append((right - 3, hem_y - 13))
            drawn += line(spline(trim, closed=False), lighter(look.colour, 0.4), 4, opacity=0.7)
    elif look.garment == "robe":
        drawn += _sash(
            [(mid[0] - half * waist, mid[1] + 4), (mid[0] + half * waist, mid[1] + 5)],
            13,
            darker(mix(look.colour, look.accent, 0.42), 0.1),
        )
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
        inner = -0.42 if pose.bust else 0.03
        bib = [
            (neck[0] + half * inner, neck[1] + 44),
            (neck[0] + half * 0.62, neck[1] + 46),
            (hip[0] + half * 0.78, hip[1] + 10),
            (
                hip[0] + half * 0.8 + front * 0.5,
                hip[1] + thigh * 0.62 if not pose.lap else hip[1] + 12,
            ),
            (hip[0] - half * 0.3, hip[1] + thigh * 0.66 if not pose.lap else hip[1] + 12),
            (hip[0] + half * (inner - 0.23), hip[1] - 6),
        ]
        drawn += path(spline(bib, tension=0.35), mix(look.second, "#e9dcc0", 0.78))
        straps = f"M{num(bib[0][0] + 3)} {num(neck[1] + 46)}L{num(neck[0] - (27 if pose.bust else 12))} {num(neck[1] + 14)}"
        if pose.bust:
            straps += (
                f"M{num(bib[1][0] - 4)} {num(neck[1] + 47)}L{num(neck[0] + 28)} {num(neck[1] + 14)}"
            )
        drawn += line(straps, "#d8c8a8", 6 if pose.bust else 4)
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


def _lap(hip: Point, knee: Point, half: float, drop: float, tone: str, *, wide: float = 1.0) -> str:
    """Cloth over a thigh, hanging down from the knee to a straight hem the shin comes out of.

    A ``wide`` hem, 1 being a trouser leg's, is a skirt's: it falls from the thigh, not the knee.
    """
    (hx, hy), (kx, ky), w = hip, knee, 0.62 * half
    if ky - hy > kx - hx:  # the knee is on the ground
        return path(limb([(hx - 4, hy - 4), (kx, ky - 12)], [1.5 * half, 1.1 * half]), tone)
    outline = [
        (hx - 0.7 * half, hy - 16),
        (hx + 8, hy - 0.9 * w),
        (kx - 8, ky - 0.74 * w),
        (kx + 0.42 * w, ky - 0.42 * w),
        (kx + 0.68 * w, ky + 0.3 * drop),
        (kx + 0.84 * w, ky + drop - 3),
        (kx + 0.8 * w, ky + drop),
        (kx - 1.0 * w * wide, ky + drop + 3),
        (kx - 1.04 * w * wide, ky + drop),
        (kx - 1.1 * w * wide, ky + 0.84 * w),
        (hx + 10, hy + 0.9 * w),
        (hx - 0.7 * half, hy + 24),
    ]
    hem = f"M{num(kx - 0.9 * w * wide)} {num(ky + drop - 7)}L{num(kx + 0.72 * w)} {num(ky + drop - 10)}"
    crease = f"M{num(kx + 0.1 * w)} {num(ky - 0.1 * w)}L{num(kx + 0.02 * w)} {num(ky + drop - 12)}"
    return (
        path(spline(outline, tension=0.5), tone)
        + line(hem, lighter(tone, 0.3), 3.4, opacity=0.6)
        + line(crease, darker(tone, 0.4), 3, opacity=0.35)
    )


def _sash(ends: list[Point], wide: float, colour: str) -> str:
    """A band round the waist, sagging a little in front, its ends on the outline of the cloth."""
    (x0, y0), (x1, y1) = ends
    middle = ((x0 + x1) / 2, (y0 + y1) / 2 + 5)
    return path(
        spline(_flat_band([(x0 - 2, y0), middle, (x1 + 2, y1)], [wide, wide, wide]), tension=0.7),
        colour,
    )


def draw_collar(neck: Point, look: Look, thick: float, *, back: bool = False) -> str:
    """The collar, open at the throat or, from behind, turned down round the nape."""
    colour = lighter(look.colour, 0.22) if look.garment != "dress" else "#f0e6d2"
    if back:
        x, y, half = neck[0], neck[1], 31 * thick
        turned = (
            f"M{num(x - half)} {num(y + 12)}Q{num(x - half * 0.9)} {num(y - 8)} {num(x - half * 0.6)} {num(y - 10)}"
            f"Q{num(x)} {num(y + 2)} {num(x + half * 0.6)} {num(y - 10)}"
            f"Q{num(x + half * 0.9)} {num(y - 8)} {num(x + half)} {num(y + 12)}"
            f"Q{num(x)} {num(y + 32)} {num(x - half)} {num(y + 12)}Z"
        )
        rim = f"M{num(x - half)} {num(y + 12)}Q{num(x)} {num(y + 32)} {num(x + half)} {num(y + 12)}"
        return path(turned, colour) + line(rim, darker(colour, 0.35), 2.4, opacity=0.5)
    x, y = neck
    near = [(x - 33 * thick, y - 15), (x + 7, y + 9), (x - 4, y + 32), (x - 37 * thick, y + 13)]
    far = [(x + 7, y + 9), (x + 28 * thick, y - 9), (x + 36 * thick, y + 11), (x + 17, y + 31)]
    edge = darker(colour, 0.35)
    return "".join(
        path(spline(flap, tension=0.35), colour)
        + line(spline(flap[1:], closed=False, tension=0.35), edge, 2.4, opacity=0.5)
        for flap in (near, far)
    )


def draw_blanket(
    neck: Point, hip: Point, shoulder: float, thick: float, wool: str, *, lap: bool
) -> str:
    """The far half of a blanket laid round the shoulders, open in front; ``lap``: of who sits."""
    (nx, ny), (hx, _), wide = neck, hip, shoulder * 1.1
    low = _hem_of(hip, thick, lap=lap)
    outline = [
        (nx + 4, ny + 6),
        (nx + wide * 0.66, ny + 18),
        (nx + wide * 0.98, ny + 70 * thick),
        (hx + wide * 1.34, low - 6),
        (hx + wide * 1.3, low + 2),
        (hx + wide * 0.62, low + 8),
        (nx + wide * 0.3, ny + 60 * thick),
    ]
    return path(spline(outline, tension=0.6), darker(wool, 0.22)) + _woven(
        (hx + wide * 0.6, low + 6), (hx + wide * 1.31, low), darker(wool, 0.22)
    )


def draw_wrap(
    neck: Point, hip: Point, shoulder: float, thick: float, wool: str, *, lap: bool
) -> str:
    """The near half of a blanket: over shoulder and upper arm, with no sleeve."""
    (nx, ny), (hx, _), wide = neck, hip, shoulder * 1.1
    low = _hem_of(hip, thick, lap=lap)
    outline = [
        (nx + wide * 0.34, ny + 8),
        (nx - wide * 0.1, ny + 1),
        (nx - wide * 0.72, ny + 14),
        (nx - wide * 1.14, ny + 66 * thick),
        (hx - wide * 1.36, low - 8),
        (hx - wide * 1.34, low),
        (hx - wide * 0.6, low + 10),
        (hx + wide * 0.14, low + 6),
        (hx + wide * 0.18, low - 2),
        (nx + wide * 0.2, ny + 78 * thick),
        (nx + wide * 0.36, ny + 30),
    ]
    folds = "".join(
        f"M{num(nx + wide * top)} {num(ny + 34)}Q{num(nx + wide * (top + foot) / 2 - 8)} {num((ny + low) / 2)} {num(hx + wide * foot)} {num(low - 34)}"
        for top, foot in ((-0.62, -0.98), (-0.3, -0.5), (0.06, -0.12))
    )
    rolled = [(nx + wide * 0.4, ny + 26), (nx - wide * 0.02, ny + 12), (nx - wide * 0.66, ny + 20)]
    return (
        path(spline(outline, tension=0.6), wool)
        + line(folds, darker(wool, 0.35), 3.4, opacity=0.4)
        + _woven((hx - wide * 1.33, low), (hx + wide * 0.15, low + 6), wool)
        + path(limb(rolled, [17 * thick, 24 * thick, 14 * thick]), lighter(wool, 0.12))
    )


def _hem_of(hip: Point, thick: float, *, lap: bool) -> float:
    return hip[1] + (26 if lap else 62) * thick


def _woven(left: Point, right: Point, wool: str) -> str:
    """Two stripes above a blanket's hem from ``left`` to ``right``, and its fringe."""
    (x0, y0), (x1, y1) = left, right
    stripes = "".join(
        f"M{num(x0 + 3)} {num(y0 - up)}Q{num((x0 + x1) / 2)} {num((y0 + y1) / 2 - up + 7)} {num(x1 - 2)} {num(y1 - up)}"
        for up in (16, 27)
    )
    count = max(3, round((x1 - x0) / 11))
    fringe = ""
    for k in range(count + 1):
        t = k / count
        y = y0 + (y1 - y0) * t + 6 * 4 * t * (1 - t) * 0.5
        fringe += f"M{num(x0 + (x1 - x0) * t)} {num(y - 3)}l0 11"
    return line(stripes, lighter(wool, 0.5), 4, opacity=0.7) + line(fringe, wool, 3)


def draw_scarf(neck: Point, look: Look, lean: float, thick: float) -> str:
    """A scarf seen from the front or side: a ring, one end on the chest; wind lifts the other.

    Ends are flat, striped and fringed, so that none of them is taken for an arm.
    """
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
    for drop, opacity in ((18, 0.5), (9, 0.28)):
        drawn += line(
            f"M{num(x - 30 * thick)} {num(y + drop - 14)}Q{num(x)} {num(y + drop)} {num(x + 31 * thick)} {num(y + drop - 15)}",
            darker(look.scarf, 0.4),
            3,
            opacity=opacity,
        )
    end = [(x + 13 * thick, y + 14), (x + 17 * thick, y + 44), (x + 14 * thick, y + 78 * thick)]
    return drawn + _ribbon(end, 22 * thick, lighter(look.scarf, 0.06))


def draw_scarf_end(neck: Point, look: Look, wind: float, pose: Pose) -> str:
    """The end behind the back: only where wind lifts it, or where the back is all there is to see."""
    x, y = neck[0] - 14, neck[1] + 10
    if pose.back:
        return _ribbon(
            [(x + 12, y), (x + 6, y + 40), (x - wind * 30, y + 84)], 24, darker(look.scarf, 0.1)
        )
    if wind < 0.3:
        return ""
    reach = 60 + 50 * wind
    return _ribbon(
        [
            (x, y - 2),
            (x - reach * 0.4, y - 12 * wind - 4),
            (x - reach * 0.7, y + 10 - 12 * wind),
            (x - reach, y - 22 * wind),
        ],
        20,
        darker(look.scarf, 0.14),
    )


def _ribbon(joints: list[Point], wide: float, colour: str) -> str:
    """A flat band of cloth through ``joints`` with two stripes and a fringe at its end."""
    (px, py), (ex, ey) = joints[-2], joints[-1]
    away = ((ex - px) ** 2 + (ey - py) ** 2) ** 0.5 or 1.0
    ux, uy = (ex - px) / away, (ey - py) / away
    across = (-uy * wide / 2, ux * wide / 2)
    drawn = ""
    for k in range(5):
        t = -0.86 + 0.43 * k
        sx, sy = ex + across[0] * t, ey + across[1] * t
        drawn += line(
            f"M{num(sx - ux * 4)} {num(sy - uy * 4)}L{num(sx + ux * 12)} {num(sy + uy * 12)}",
            darker(colour, 0.12),
            wide * 0.13,
        )
    band = [wide * 0.8] * (len(joints) - 1) + [wide]
    outline = _flat_band(joints, band)
    drawn += path(spline(outline, tension=0.6), colour)
    for back in (8, 16):
        mx, my = ex - ux * back, ey - uy * back
        drawn += line(
            f"M{num(mx - across[0] * 0.9)} {num(my - across[1] * 0.9)}L{num(mx + across[0] * 0.9)} {num(my + across[1] * 0.9)}",
            lighter(colour, 0.5),
            3.4,
            opacity=0.75,
        )
    return drawn


def _flat_band(joints: list[Point], widths: list[float]) -> list[Point]:
    """The outline of a band with square ends."""
    left: list[Point] = []
    right: list[Point] = []
    for k, ((x, y), wide) in enumerate(zip(joints, widths, strict=True)):
        ax, ay = joints[max(0, k - 1)]
        bx, by = joints[min(len(joints) - 1, k + 1)]
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1.0
        nx, ny = -(by - ay) / length * wide / 2, (bx - ax) / length * wide / 2
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return [*left, left[-1], right[-1], *reversed(right)]
