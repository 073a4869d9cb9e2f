"""Four-legged animals: one jointed body whose proportions make the species."""

from __future__ import annotations

import math

from content_platform.imagery.illustrator.animals.base import Beast, is_dark
from content_platform.imagery.illustrator.animals.builds import BUILDS, Build
from content_platform.imagery.illustrator.animals.faces import draw_face, mouth_of
from content_platform.imagery.illustrator.shapes import (
    Point,
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

_HOOVED = frozenset({"deer", "horse", "unicorn", "donkey", "goat", "sheep", "cow", "pig"})
_SITS = frozenset({"fox", "wolf", "dog", "cat", "lion", "bear", "mouse"})
"""Who sits upright; others stand, or lie down to rest."""


_CARRIED = {
    "sad": (-26.0, 1.0),
    "weeping": (-30.0, 1.0),
    "afraid": (-4.0, 0.72),
    "glad": (5.0, 1.0),
    "laughing": (6.0, 1.0),
    "awed": (8.0, 1.0),
    "determined": (-8.0, 1.06),
}
"""How much higher than at rest a feeling carries the neck, in degrees, and how far it stretches it."""


def _hanging(tail: str, root: Point, feeling: str) -> str:
    """A tail as the feeling lets it hang: low when sad, between the legs in fear."""
    turn = {"sad": -18.0, "weeping": -18.0, "afraid": -34.0}.get(feeling, 0.0)
    if not turn:
        return tail
    return group(group(tail, x=-root[0], y=-root[1]), x=root[0], y=root[1], turn=turn)


_TAILS = {"brush": 94.0, "bushy": 46.0, "up": 28.0, "long": 50.0, "string": 48.0, "tuft": 50.0}
"""How far a standing animal's tail reaches behind it."""


def quadruped(kind: str, colour: str, pose: str, feeling: str = "calm", tilt: float = 0.0) -> Beast:
    """An animal in a pose: ``standing``, ``walking``, ``running``, ``sitting``, ``resting``, ``lying``, ``sleeping``.

    ``sitting`` is at ease, ``resting`` is truly off its feet. ``feeling`` shows in face, ears and
    tail; ``tilt`` lowers the head by so many degrees.
    """
    build = BUILDS[kind]
    coat = colour or build.coat
    if pose == "resting":
        pose = "sitting" if kind in _SITS else "lying"
    if pose in ("lying", "sleeping"):
        return _lying(kind, build, coat, "asleep" if pose == "sleeping" else feeling)
    if pose == "sitting" and kind in _SITS:
        return _sitting(kind, build, coat, feeling, tilt)
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
        if kind in _HOOVED:
            x, t = end[0], build.thick
            hoof = [(x - t * 0.36, -10), (x + t * 0.4, -10), (x + t * 0.7, 0), (x - t * 0.44, 0)]
            return drawn + path(spline(hoof, tension=0.25), darker(foot, 0.25))
        return drawn + ellipse(end[0] + build.thick * 0.24, -3.4, build.thick * 0.56, 4, foot)

    drawn = leg(
        (hip[0] + 6, hip[1]), stride * (0.7 if pose != "running" else -0.9), shade, hind=True
    ) + leg(
        (shoulder[0] - 6, shoulder[1]),
        -stride * (0.8 if pose != "running" else -1.1),
        shade,
        hind=False,
    )
    root = (-half * 0.98, back + build.hips * 0.24)
    lifted = pose == "running" or feeling in ("glad", "laughing", "determined")
    drawn += _hanging(_tail(kind, build, root, coat, lifted=lifted), root, feeling)
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
    rise, long = _CARRIED.get(feeling, (0.0, 1.0))
    neck_end = _reach(
        (half * 0.78, back + build.chest * 0.24), build.neck_up + rise, build.neck * long
    )
    fur, lit = _fur(f"coat{kind}", coat, min(neck_end[1], back), back, back + build.chest)
    neck = path(
        limb(
            [(half * 0.55, back + build.chest * 0.42), neck_end],
            [build.chest * 0.92, build.head * 0.74],
        ),
        fur,
    )
    drawn += lit + path(spline([*top_line, *under]), fur) + neck
    if not is_dark(coat):  # on black fur it would be a stray patch
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
    if kind == "sheep":
        drawn += _wool([*top_line, *under], coat, build.chest * 0.2)
    if build.tail == "mane":
        withers = (half * 0.5, back + build.chest * 0.06)
        drawn += _mane(withers, (neck_end[0] - build.head * 0.42, neck_end[1]), kind, coat)
    head, top = draw_face(kind, build, coat, neck_end, feeling=feeling, tilt=tilt)
    root = (half * 0.62, back + build.chest * 0.3)
    nape = (
        (mixed := _between(root, neck_end, 0.55))[0] - build.head * 0.34,
        mixed[1] - build.head * 0.24,
    )
    throat = mixed[0] + build.head * 0.3, mixed[1] + build.head * 0.36
    return Beast(
        drawn + head,
        -top,
        (neck_end[0] + build.head * 0.4, neck_end[1]),
        build.size,
        neck=(nape, throat),
        span=(
            -half * 0.98 - _TAILS.get(build.tail, 10.0),
            neck_end[0] + build.head * 0.5 + build.muzzle + 2,
        ),
        mouth=mouth_of(kind, build, neck_end, feeling, tilt),
    )


def _fur(name: str, coat: str, top: float, back: float, low: float) -> tuple[str, str]:
    """A paint for neck and body alike, and its definition: no edge shows where one lies on the other.

    The plain coat at the head, lightest along the back, dark under the belly.
    """
    high = min(max((back - top) / (low - top), 0.02), 0.9)
    stops = [
        (0.0, coat),
        (high, lighter(coat, 0.1)),
        (high + (1 - high) * 0.5, coat),
        (1.0, darker(coat, 0.28)),
    ]
    return f"url(#{name}{coat[1:]})", gradient(f"{name}{coat[1:]}", stops, box=(top, low))


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _mane(start: Point, end: Point, kind: str, coat: str) -> str:
    """Locks that fall from the crest of the neck, from the withers to the poll."""
    tone = _mane_tone(kind, coat)
    drawn = ""
    for k in range(6):
        x, y = _between(start, end, k / 5)
        y -= 4
        fall = 22 + 5 * (k % 2)
        lock = [(x + 2, y - 3), (x - 8, y + fall * 0.45), (x - 3, y + fall)]
        drawn += path(limb(lock, [15, 15, 3]), tone if k % 2 else darker(tone, 0.1))
    return drawn


def _mane_tone(kind: str, coat: str) -> str:
    return mix(coat, "#b8a0d8", 0.5) if kind == "unicorn" else darker(coat, 0.6)


def _wool(outline: list[Point], coat: str, r: float) -> str:
    """Curls of fleece round a body and over it."""
    middle = (
        sum(x for x, _ in outline) / len(outline),
        sum(y for _, y in outline) / len(outline),
    )
    rim = [
        _between(a, b, share)
        for a, b in zip(outline, [*outline[1:], outline[0]], strict=True)
        for share in (0.0, 0.5)
    ]
    curls = "".join(ellipse(x, y, r, r, coat) for x, y in rim)
    inner = [_between(at, middle, share) for share in (0.3, 0.62) for at in rim[::2]]
    return (
        path(spline(outline), coat)
        + curls
        + "".join(
            line(
                f"M{num(x - r * 0.5)} {num(y)}q{num(r * 0.5)} {num(r * 0.6)} {num(r)} 0",
                darker(coat, 0.22),
                1.8,
                opacity=0.5,
            )
            for x, y in inner
        )
    )


def _lying(kind: str, build: Build, coat: str, feeling: str) -> Beast:
    """On the ground, legs folded: awake with its head up, asleep with its chin on its paws."""
    asleep = feeling == "asleep"
    half, chest, hips, thick = build.length / 2, build.chest, build.hips, build.thick
    foot = darker(coat, 0.62) if build.dark_feet else darker(coat, 0.2)
    paw = mix(coat, foot, 0.85 if build.dark_feet else 0.2)
    at = (
        (half * 1.02, -build.head * 0.5 - thick * 0.5)
        if asleep
        else (half * 0.98 + build.neck * 0.2, -chest * 0.8 - build.neck * 0.5)
    )
    fur, drawn = _fur(f"lie{feeling}{kind}", coat, min(at[1], -chest), -chest * 0.9, 0)
    if build.tail == "brush":
        drawn += path(
            spline(
                [
                    (-half * 0.9, -20),
                    (-half * 1.3, -26),
                    (-half * 1.75, -12),
                    (-half * 1.55, 1),
                    (-half * 0.9, -1),
                ]
            ),
            darker(coat, 0.06),
        ) + path(spline([(-half * 1.5, -20), (-half * 1.76, -11), (-half * 1.55, 0)]), "#f3e6cf")
    elif build.tail not in ("none", "stub"):
        tone = _mane_tone(kind, coat) if build.tail == "mane" else darker(coat, 0.12)
        drawn += path(
            limb([(-half * 0.9, -14), (-half * 1.25, -8), (-half * 1.5, -5)], [13, 11, 6]), tone
        )
    drawn += path(
        limb([(half * 0.5, -10), (half * 1.2, -7)], [thick * 1.2, thick * 0.8]), darker(paw, 0.25)
    )
    drawn += path(
        spline(
            [
                (-half * 1.0, -4),
                (-half * 0.98, -hips * 0.62),
                (-half * 0.6, -hips * 1.04),
                (0, -chest * 0.92),
                (half * 0.5, -chest * 1.0),
                (half * 0.86, -chest * 0.66),
                (half * 0.82, -3),
                (0, 1),
            ]
        ),
        fur,
    )
    drawn += path(
        spline(
            [
                (half * 0.86, -chest * 0.6),
                (half * 0.82, -4),
                (half * 0.34, -3),
                (half * 0.6, -chest * 0.3),
            ]
        ),
        build.belly,
        opacity=0.7,
    )
    drawn += ellipse(-half * 0.58, -hips * 0.4, half * 0.4, hips * 0.44, darker(coat, 0.1))
    drawn += path(
        limb([(-half * 0.6, -8), (-half * 0.08, -5)], [thick * 1.1, thick * 0.8]), paw
    ) + path(limb([(half * 0.6, -12), (half * 1.34, -5)], [thick * 1.4, thick * 0.85]), paw)
    if kind == "sheep":
        humps = [
            *((-half * 0.98, -8), (-half * 0.98, -hips * 0.6), (-half * 0.6, -hips)),
            *((0, -chest * 0.9), (half * 0.5, -chest * 0.98), (half * 0.8, -chest * 0.6)),
            *((half * 0.7, -12), (0, -8)),
        ]
        drawn += _wool(humps, coat, chest * 0.2)
    drawn += path(limb([(half * 0.56, -chest * 0.62), at], [chest * 0.86, build.head * 0.76]), fur)
    if build.tail == "mane":
        drawn += _mane((half * 0.4, -chest * 0.94), (at[0] - build.head * 0.4, at[1]), kind, coat)
    head, top = draw_face(kind, build, coat, at, feeling=feeling)
    high = max(-top, chest * 1.05)
    throat = _between((half * 0.56, -chest * 0.62), at, 0.6)
    return Beast(
        drawn + head,
        high,
        (at[0] + build.head * 0.3, at[1]),
        build.size * high / (build.leg + build.chest + build.neck * 0.6),
        mouth=mouth_of(kind, build, at, feeling, 0.0),
        neck=None
        if asleep
        else (
            (throat[0] - build.head * 0.36, throat[1] - build.head * 0.2),
            (throat[0] + build.head * 0.3, throat[1] + build.head * 0.34),
        ),
    )


def _reach(start: Point, up: float, length: float) -> Point:
    turn = math.radians(up)
    return start[0] + math.cos(turn) * length, start[1] - math.sin(turn) * length


def _tail(kind: str, build: Build, at: Point, coat: str, *, lifted: bool) -> str:
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
                _mane_tone(kind, coat),
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


_SAT = {
    "sad": (8.0, 12.0),
    "weeping": (9.0, 14.0),
    "afraid": (-8.0, 10.0),
    "determined": (6.0, 2.0),
    "glad": (0.0, -3.0),
    "awed": (-3.0, -2.0),
}
"""Where a feeling puts the head of an animal that sits."""


def _sitting(kind: str, build: Build, coat: str, feeling: str, tilt: float) -> Beast:
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
    fur, lit = _fur(f"sit{kind}", coat, -132, -100, 0)
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
        fur,
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
    # The breast is pale from the throat down to where the legs begin, inside the outline.
    breast = [(6, -104), (22, -101), (32, -84), (33.5, -66), (27, -52), (19, -62), (11, -82)]
    if not is_dark(coat):
        body += path(spline(breast), build.belly, opacity=0.92)
    dx, dy = _SAT.get(feeling, (0.0, 0.0))
    at = (14 + dx, -132 + dy)
    body += path(limb([(4, -92), (at[0], at[1] + 10)], [wide * 1.25, build.head * 0.74]), fur)
    head, top = draw_face(kind, build, coat, at, feeling=feeling, tilt=tilt)
    if feeling == "afraid":
        body, head = group(body, turn=-5), group(head, turn=-5)  # away from it
    return Beast(
        body + head,
        -top,
        (at[0] + build.head * 0.3, at[1]),
        build.size * 1.2,
        neck=((-10, -106), (24, -103)),
        mouth=mouth_of(kind, build, at, feeling, tilt),
    )
