"""Dragons: great, but with a face, a neck, wings and a tail that say what they feel."""

from __future__ import annotations

import math
from dataclasses import dataclass

from content_platform.imagery.illustrator.animals.base import Beast
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


@dataclass(frozen=True)
class _Bearing:
    """What a feeling does to the body. Angles in degrees, clockwise of a dragon facing right."""

    neck: tuple[Point, Point]
    """From the chest: the middle of the neck and where the head begins."""
    head: float = 0.0
    """How far the head hangs."""
    wing: float = 0.0
    """How far the wing is lowered; below 0 it opens."""
    fin: float = 0.0
    """How far the fins behind the cheek are laid back."""
    tail: str = "round"
    """``round`` the feet, ``up`` behind, or ``flat`` on the ground."""
    lean: float = 0.0


_BEARINGS = {
    "calm": _Bearing(((-6, -52), (20, -98))),
    "wary": _Bearing(((-12, -50), (12, -92)), head=4, wing=-6, fin=-6),
    "determined": _Bearing(((2, -54), (30, -96)), head=2, wing=-16, fin=-12, tail="up", lean=4),
    "glad": _Bearing(((-8, -56), (18, -106)), head=-5, wing=-26, fin=-12, tail="up"),
    "laughing": _Bearing(((-10, -56), (10, -108)), head=-16, wing=-38, fin=-16, tail="up"),
    "tender": _Bearing(((2, -52), (34, -86)), head=14, wing=-4, fin=8),
    "awed": _Bearing(((-12, -54), (8, -106)), head=-18, wing=-16, fin=-10, tail="flat"),
    "afraid": _Bearing(((-20, -44), (-4, -80)), head=8, wing=9, fin=50, lean=-9),
    "sad": _Bearing(((10, -50), (44, -66)), head=34, wing=12, fin=44, tail="flat"),
    "weeping": _Bearing(((10, -48), (42, -60)), head=40, wing=14, fin=50),
    "speaking": _Bearing(((-4, -52), (24, -98)), head=-3, wing=-8, fin=-4),
    "asleep": _Bearing(((8, -46), (40, -54)), head=34, wing=10, fin=20),
}


def dragon(colour: str, pose: str, feeling: str = "calm") -> Beast:
    """A dragon on its feet where it moves, curled up asleep, and otherwise sitting upright.

    Sitting it is taller than long, so that a narrow picture shows all of it.
    """
    coat = colour or "#4f8a6a"
    bearing = _BEARINGS.get(feeling, _BEARINGS["calm"])
    if pose in ("lying", "sleeping"):
        return _lying(coat, "asleep" if pose == "sleeping" else feeling, bearing)
    if pose in ("walking", "running"):
        return _on_its_feet(coat, feeling, bearing)
    return _sitting(coat, feeling, bearing)


def _sitting(coat: str, feeling: str, bearing: _Bearing) -> Beast:
    shade, foot = darker(coat, 0.2), darker(coat, 0.36)
    turn = math.radians(bearing.lean)

    def leant(x: float, y: float) -> Point:
        return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)

    chest = leant(10, -146)
    neck = [(chest[0] + x, chest[1] + y) for x, y in bearing.neck]
    spine = [(-30.0, -44.0), leant(-16, -100), chest, *neck]
    behind = before = ""
    match bearing.tail:
        case "up":
            behind = _tail(
                [(-40, -24), (-88, -14), (-118, -48), (-106, -88)], [44, 32, 19, 11], coat
            )
        case "flat":
            behind = _tail([(-40, -24), (-76, -12), (-98, -9), (-112, -10)], [44, 28, 18, 12], coat)
        case _:
            before = _tail(
                [(-54, -22), (-34, -6), (14, -2), (58, -4), (82, -13)],
                [32, 24, 19, 14, 11],
                mix(coat, darker(coat, 0.12), 0.5),
            )
    shoulder = leant(-12, -140)
    behind += _wing(shoulder, coat, bearing.wing, 0.36)
    far = path(limb([leant(28, -116), (48, -54), (54, -6)], [30, 20, 17]), shade)
    far += ellipse(60, -4, 16, 6, darker(foot, 0.15))
    body = path(limb(spine, [108, 94, 76, 42, 34]), coat)
    plates = [(20.0, -30.0), leant(24, -92), leant(34, -146)]
    throat = (neck[0][0] + 10, neck[0][1] + 2)
    body += path(
        limb([*plates, throat, (neck[1][0] + 5, neck[1][1] + 8)], [30, 44, 34, 18, 8]),
        mix(coat, "#f0e0a8", 0.6),
        opacity=0.92,
    )
    body += "".join(
        line(
            f"M{num(x - 15)} {num(y - 3)}q15 8 29 -1",
            mix(coat, "#c9b070", 0.5),
            2.6,
            opacity=0.55,
        )
        for x, y in (leant(22, -66), leant(26, -92), leant(32, -118), leant(36, -142))
    )
    haunch = ellipse(-22, -40, 47, 40, mix(coat, shade, 0.45), turn=-14)
    haunch += path(limb([(-6, -20), (18, -7)], [30, 15]), mix(coat, shade, 0.45))
    haunch += ellipse(16, -5, 24, 8, foot)
    near = path(limb([leant(16, -114), (38, -52), (40, -6)], [36, 22, 18]), mix(coat, shade, 0.2))
    near += ellipse(45, -4, 17, 6.5, foot)
    back = [(-70.0, -64.0), leant(-60, -106), leant(-26, -160)]
    crest = [
        *((x, y, turned) for (x, y), turned in zip(back, (-64, -70, -58), strict=True)),
        *_along(spine[2:], (0.3, 0.62, 0.92), 16),
    ]
    drawn = behind + far + _spikes(crest, coat) + body + haunch + before + near
    return _with_head(drawn, neck, coat, feeling, bearing.head, bearing.fin, (-144.0, 114.0))


def _on_its_feet(coat: str, feeling: str, bearing: _Bearing) -> Beast:
    """Walking, the tail carried over the back."""
    chest = (48.0, -92.0)
    neck = [(chest[0] + 0.8 * x + 8, chest[1] + y) for x, y in bearing.neck]
    tail = _tail([(-44, -46), (-98, -28), (-134, -62), (-124, -110)], [52, 34, 21, 12], coat)
    legs = (
        path(limb([(-20, -44), (-6, -22), (-12, -4)], [38, 24, 17]), darker(coat, 0.32))
        + path(limb([(34, -48), (22, -24), (10, -4)], [28, 19, 15]), darker(coat, 0.32))
        + ellipse(-6, -4, 17, 6, darker(coat, 0.46))
        + ellipse(16, -4, 15, 6, darker(coat, 0.46))
    )
    nearer = (
        path(limb([(-40, -46), (-54, -22), (-46, -4)], [46, 27, 18]), darker(coat, 0.1))
        + path(limb([(36, -52), (52, -28), (56, -4)], [32, 21, 16]), darker(coat, 0.06))
        + ellipse(-40, -4, 18, 6, darker(coat, 0.36))
        + ellipse(62, -4, 16, 6, darker(coat, 0.36))
    )
    spine = [(-54.0, -54.0), (0.0, -72.0), chest, *neck]
    body = path(limb(spine, [62, 76, 58, 38, 32]), coat)
    body += path(
        limb(
            [(-20, -42), (24, -58), (60, -90), (neck[0][0] + 8, neck[0][1]), neck[1]],
            [24, 30, 26, 16, 8],
        ),
        mix(coat, "#f0e0a8", 0.6),
        opacity=0.9,
    )
    crest = [(-56.0, -84.0, -4.0), (-30.0, -98.0, -12.0), (-2.0, -110.0, -12.0)]
    crest += [(22.0, -118.0, -26.0)]
    crest += _along(spine[2:], (0.34, 0.64, 0.92), 17)
    wing = _wing((2, -98), coat, bearing.wing - 14, 0.28)
    drawn = tail + legs + wing + _spikes(crest, coat) + body + nearer
    return _with_head(drawn, neck, coat, feeling, bearing.head, bearing.fin, (-148.0, 150.0))


def _lying(coat: str, feeling: str, bearing: _Bearing) -> Beast:
    """Stretched out; awake with the head up, asleep with the chin on its paws."""
    asleep = feeling == "asleep"
    neck = [(74.0, -54.0), (104.0, -34.0)] if asleep else [(74.0, -84.0), (92.0, -124.0)]
    spine = [(-64.0, -34.0), (-6.0, -44.0), (44.0, -46.0), *neck]
    tail = _tail([(-60, -24), (-96, -12), (-118, -8), (-134, -12)], [46, 28, 18, 12], coat)
    body = path(limb(spine, [60, 84, 62, 38, 32]), coat)
    paws = (
        path(limb([(40, -34), (60, -14), (104, -6)], [34, 22, 15]), darker(coat, 0.08))
        + ellipse(-50, -26, 42, 27, darker(coat, 0.1))
        + ellipse(-22, -5, 26, 7, darker(coat, 0.36))
        + ellipse(108, -4, 17, 6, darker(coat, 0.36))
    )
    crest = [(-64.0, -64.0, -8.0), (-36.0, -80.0, -10.0), (-8.0, -86.0, 0.0), (18.0, -80.0, 8.0)]
    crest += _along(spine[2:], (0.4, 0.85), 17)
    drawn = tail + _wing((0, -62), coat, 4, 0.3, 0.62) + _spikes(crest, coat) + body + paws
    turn = 4.0 if asleep else bearing.head
    return _with_head(drawn, neck, coat, feeling, turn, bearing.fin, (-166.0, 176.0))


def _with_head(
    drawn: str,
    neck: list[Point],
    coat: str,
    feeling: str,
    turn: float,
    fin: float,
    span: tuple[float, float],
) -> Beast:
    at, scale = neck[1], 1.12
    head = group(_head(coat, feeling, fin), x=at[0], y=at[1], scale=scale, turn=turn)
    angle = math.radians(turn)
    eye = (30 * scale, -12 * scale)
    middle = (
        at[0] + eye[0] * math.cos(angle) - eye[1] * math.sin(angle),
        at[1] + eye[0] * math.sin(angle) + eye[1] * math.cos(angle),
    )
    near = (neck[0][0] + at[0]) / 2, (neck[0][1] + at[1]) / 2
    muzzle = at[0] + scale * (70 * math.cos(angle) - 4 * math.sin(angle)) + 4
    return Beast(
        drawn + head,
        -at[1] + 62,
        middle,
        1.25,
        neck=((near[0] - 16, near[1] - 4), (near[0] + 19, near[1] + 4)),
        span=(span[0], max(span[1] if span[1] < 120 else muzzle, muzzle)),
    )


def _tail(joints: list[Point], widths: list[float], tone: str) -> str:
    """A tail that widens into its leaf-shaped tip, in one piece."""
    (ax, ay), (bx, by) = joints[-2:]
    turn = math.degrees(math.atan2(by - ay, bx - ax)) + 90
    half = widths[-1] / 2
    leaf = (
        f"M{num(-half)} 8C{num(-half)} 0 -9 1 -17 4C-14 -10 -6 -18 0 -30"
        f"C6 -18 14 -10 17 4C9 1 {num(half)} 0 {num(half)} 8Z"
    )
    tip = path(leaf, tone) + line("M0 2L0 -18", darker(tone, 0.25), 2.4, opacity=0.6)
    return path(limb(joints, widths), tone) + group(tip, x=bx, y=by, turn=turn)


def _along(
    points: list[Point], shares: tuple[float, ...], off: float
) -> list[tuple[float, float, float]]:
    """Feet of spikes on the outer side of a neck, and how far each leans."""
    found = []
    for share in shares:
        at = share * (len(points) - 1)
        k = min(int(at), len(points) - 2)
        (ax, ay), (bx, by) = points[k], points[k + 1]
        t = at - k
        long = math.hypot(bx - ax, by - ay) or 1.0
        ux, uy = (bx - ax) / long, (by - ay) / long
        x, y = ax + (bx - ax) * t + off * uy, ay + (by - ay) * t - off * ux
        found.append((x, y, math.degrees(math.atan2(-ux, uy)) + 180 - 8))
    return [(x, y, (turn + 180) % 360 - 180) for x, y, turn in found]


def _spikes(crest: list[tuple[float, float, float]], coat: str) -> str:
    spike = path(polygon([(-11, 10), (-3, -16), (11, 10)]), darker(coat, 0.4))
    return "".join(group(spike, x=x, y=y, turn=turn) for x, y, turn in crest)


def _wing(at: Point, coat: str, lowered: float, fold: float, size: float = 1.0) -> str:
    """A half-folded wing that rises from the shoulder; ``fold`` its darkness against the coat."""
    membrane = path(
        "M6 6C-8 -40 -30 -74 -62 -92C-66 -58 -80 -18 -112 40C-92 30 -82 36 -78 52"
        "C-66 36 -54 38 -48 54C-40 38 -28 36 -18 44C-12 30 -2 16 6 6Z",
        darker(coat, fold),
    )
    bones = line(
        "M4 4C-10 -40 -32 -74 -62 -92M-62 -92C-70 -50 -90 -4 -112 40M-56 -82C-58 -30 -68 14 -78 50"
        "M-46 -66C-42 -24 -44 18 -48 52",
        darker(coat, fold + 0.2),
        4,
    )
    return group(membrane + bones, x=at[0], y=at[1], scale=size, turn=-lowered)


def _head(coat: str, feeling: str, fin: float) -> str:
    """From the neck's end at the origin to the right; 66 long."""
    horn = lighter("#8a6a48", 0.3)
    web = mix(coat, "#f0c27a", 0.35)
    drawn = line("M10 -24q-8 -18 -26 -22", darker(horn, 0.2), 6)
    drawn += group(
        path(
            "M2 4C-10 -12 -26 -16 -38 -12C-30 -6 -32 0 -38 6C-26 4 -22 10 -24 18C-12 16 -4 14 2 4Z",
            web,
        )
        + line("M0 4L-34 -10M0 6L-34 5M0 8L-22 16", darker(web, 0.3), 2.2),
        x=-2,
        y=2,
        turn=-0.6 * fin if fin > 0 else -fin,
    )
    mouth_open = feeling in ("laughing", "speaking", "awed")
    if mouth_open:
        deep = {"laughing": 15.0, "awed": 12.0, "speaking": 11.0}[feeling]
        drawn += path(
            f"M18 8L62 8Q60 {num(12 + deep)} 44 {num(14 + deep)}Q22 {num(14 + deep)} 10 12Z",
            "#6a2630",
        )
        drawn += path(
            f"M6 6Q18 {num(12 + deep)} 44 {num(10 + deep)}L60 {num(8 + deep)}Q58 {num(19 + deep)} 40 {num(20 + deep)}Q14 {num(22 + deep)} 0 14Z",
            darker(coat, 0.08),
        )
        if feeling in ("laughing", "speaking"):
            drawn += ellipse(38, 10 + deep * 0.86, 12, 4, "#d07078")
    low = 12 if mouth_open else 17
    drawn += path(
        spline(
            [
                (-15, -10),
                (0, -31),
                (24, -27),
                (44, -11),
                (62, -8),
                (69, 3),
                (60, low - 2),
                (36, low),
                (6, 19),
                (-10, 11),
            ]
        ),
        coat,
    )
    drawn += line("M22 -28q-2 -20 -16 -28", horn, 6.4)
    drawn += ellipse(61, -3.5, 2.6, 2.0, darker(coat, 0.5)) + ellipse(
        12, 4, 9, 5.4, mix(coat, "#e58a6a", 0.5), opacity=0.35
    )
    return drawn + _mouth(coat, feeling) + _eye(coat, feeling)


def _mouth(coat: str, feeling: str) -> str:
    ink = darker(coat, 0.55)
    if feeling in ("laughing", "speaking", "awed"):
        return path("M50 10l3 6l4 -7Z", "#f4efe2")
    shapes = {
        "glad": "M16 0Q22 11 40 10Q54 10 67 5",
        "tender": "M18 2Q24 10 40 9Q54 9 67 5",
        "afraid": "M22 15q5 -8 10 -3t10 -1t10 -1t13 -4",
        "sad": "M22 15Q30 5 44 7Q56 8 67 6",
        "weeping": "M20 17Q28 5 44 7Q56 8 67 6",
        "wary": "M24 10Q32 6 44 9Q56 10 67 5",
        "determined": "M24 10Q40 8 67 5",
        "asleep": "M24 8Q40 11 67 5",
    }
    corner = shapes.get(feeling, "M22 10Q34 9 46 9.5Q57 9.5 67 5")
    return line(corner, ink, 2.6)


def _eye(coat: str, feeling: str) -> str:
    """A large eye under a scaly brow, which does most of the talking."""
    x, y, ink, brow = 22.0, -11.0, "#1a1216", darker(coat, 0.5)
    if feeling in ("asleep", "weeping", "laughing", "tender"):
        bow = 8 if feeling in ("asleep", "weeping") else -9
        drawn = line(f"M{x - 9} {y + 1}q9 {bow} 18 0", ink, 3.4)
        if feeling == "weeping":
            drawn += path("M22 -4c-5 8 -6 13 0 15c6 -2 5 -7 0 -15Z", "#d4eefb")
        brows = {"weeping": "M9 -17Q16 -23 28 -27", "laughing": "M9 -24Q20 -32 32 -26"}
        return drawn + line(brows.get(feeling, "M10 -23Q20 -28 31 -24"), brow, 4)
    wide = feeling in ("afraid", "awed")
    r = 10.6 if wide else 9.2
    drawn = circle(x, y, r + 1.4, darker(coat, 0.35)) + circle(
        x, y, r, "#f7ecc8" if wide else "#f3cf62"
    )
    small = 3.6 if feeling == "afraid" else 5.2
    look = {"sad": (2.0, 2.4), "awed": (2.0, -2.6), "afraid": (2.6, 0.6)}.get(feeling, (2.2, 0.0))
    drawn += ellipse(x + look[0], y + look[1], small * 0.82, small * 1.25, ink)
    drawn += circle(x + look[0] + 1.8, y + look[1] - 2.6, 1.9, "#ffffff")
    # Lids: one that falls backwards is sad, a level one is set on something; one that falls to the
    # nose would be angry.
    lids = {
        "sad": f"M{x - r - 2} {y + 1}Q{x - 4} {y - 6} {x + r + 2} {y - r}L{x + r} {y - r - 5}L{x - r - 3} {y - r - 3}Z",
        "determined": f"M{x - r - 2} {y - 4}Q{x} {y - 7} {x + r + 2} {y - 5}L{x + r + 1} {y - r - 5}L{x - r - 1} {y - r - 5}Z",
    }
    if feeling in lids:
        drawn += path(lids[feeling], mix(coat, darker(coat, 0.3), 0.35))
    brows = {
        "sad": "M8 -15Q16 -22 28 -29",
        "afraid": "M9 -21Q17 -28 29 -31",
        "awed": "M8 -27Q20 -36 33 -31",
        "glad": "M9 -24Q20 -32 33 -27",
        "wary": "M9 -21Q19 -28 32 -28",
        "determined": "M9 -22Q20 -25 33 -23",
    }
    return drawn + line(brows.get(feeling, "M9 -21Q18 -29 32 -28"), brow, 4.4)
