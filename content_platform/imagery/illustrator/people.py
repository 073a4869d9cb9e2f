"""People: a small jointed figure dressed in its look, in any pose, facing right.

Units: 100 is the height of the head, the ground is y = 0, up is negative. Shapes are calm and
few on purpose: a clear silhouette, a soft face, no detail that a thumbnail turns into noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from content_platform.imagery.illustrator.garments import (
    draw_blanket,
    draw_collar,
    draw_garment,
    draw_scarf,
    draw_scarf_end,
    draw_wrap,
)
from content_platform.imagery.illustrator.heads import draw_back_hair, draw_head
from content_platform.imagery.illustrator.joints import bent, step, two
from content_platform.imagery.illustrator.look import Look
from content_platform.imagery.illustrator.poses import POSES, STOOP, stooped, turned_to_us
from content_platform.imagery.illustrator.shapes import (
    Point,
    darker,
    gradient,
    group,
    lighter,
    limb,
    line,
    mix,
    path,
    spline,
)

_BUILD = {
    # height in heads: thigh, shin, torso, upper arm, fore arm, shoulder half width, head scale
    "adult": (1.06, 1.02, 1.62, 0.9, 0.82, 0.62, 1.0),
    "old": (0.96, 0.95, 1.54, 0.88, 0.8, 0.62, 1.0),
    "child": (0.68, 0.7, 1.14, 0.62, 0.56, 0.46, 1.0),
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
    glow: str = ""
    """What of it shines by itself."""
    brim: float = 0.0
    """Half the width of head and hat, where the look does not say."""
    crown: float = 0.0
    """How far the hat reaches above the middle of the head, where the look does not say."""
    aura: str = ""
    """Colour of the light it sheds, if it does."""


def height_of(look: Look) -> float:
    """Standing height in figure units."""
    thigh, shin, torso, *_ = _BUILD[look.age]
    return (thigh + shin + torso + 1.12) * 100


def person(
    look: Look,
    pose_name: str,
    *,
    feeling: str = "calm",
    wind: float = 0.0,
    held: str = "",
    held_half: float = 0.0,
    hangs: bool = False,
    nod: float = 0.0,
    blanket: str = "",
    close: bool = False,
) -> Figure:
    """Draw a person facing right. ``held`` stands on the hand or hands, behind the near fingers.

    ``feeling`` is one of ``heads.FEELINGS``. ``wind`` -1..1 blows scarf, hem and hair.
    ``held_half`` is half the width of what both hands hold. What ``hangs`` from a hand is in front
    of the sleeve. ``blanket`` is the colour of one round the shoulders. ``nod`` bows the head by so many degrees, to somebody smaller.
    ``close`` is for who is cropped at the chest: it is turned towards us.
    """
    if look.age == "child" and pose_name == "working":
        pose_name = "working up close"  # it hardly looks over the table
    elif look.age == "old" and pose_name == "working":
        pose_name = "working bent"  # shorter, but the table is as high
    pose = POSES[pose_name]
    thigh, shin, torso, upper, fore, shoulder, _ = (part * 100 for part in _BUILD[look.age])
    stoop = 0.0
    if close:
        pose = turned_to_us(pose)
    elif look.age == "old" and not pose.back:  # cropped, a stoop is a head stuck on a hump
        pose, stoop = stooped(pose), STOOP
    lean = pose.lean
    far_knee, far_foot = two(0, 0, pose.far_leg, thigh, shin)
    near_knee, near_foot = two(0, 0, pose.near_leg, thigh, shin)
    sole = 14
    drop = max(far_foot[1], near_foot[1], far_knee[1], near_knee[1]) + sole
    # Who stoops has the hips behind the feet, and so the head above them.
    hip = (0.0 if pose.lap else -step((0, 0), stoop, thigh)[0], -drop)
    neck = step(hip, 180 - lean, torso)
    hips_apart = 13.0 if pose.back else 7.0
    near_knee, near_foot = two(
        hip[0] + (hips_apart if pose.back else 3), hip[1], pose.near_leg, thigh, shin
    )
    far_knee, far_foot = two(hip[0] - hips_apart, hip[1], pose.far_leg, thigh, shin)
    across = shoulder * (0.8 if not pose.back else 1.0)
    near_shoulder = (neck[0] - across * (0.42 if not pose.back else -0.86), neck[1] + 24)
    far_shoulder = (neck[0] + across * (0.48 if not pose.back else -0.86), neck[1] + 25)
    if pose.back:
        near_shoulder, far_shoulder = (
            (near_shoulder[0], near_shoulder[1] + 22),
            (far_shoulder[0], far_shoulder[1] + 21),
        )
    if pose.bust:
        if look.feminine and look.age != "child":
            shoulder *= 0.9
        near_shoulder = (neck[0] - 0.94 * shoulder, neck[1] + 0.7 * shoulder)
        far_shoulder = (neck[0] + 0.84 * shoulder, neck[1] + 0.72 * shoulder)
    near_elbow, near_hand = two(*near_shoulder, pose.near_arm, upper, fore)
    far_elbow, far_hand = two(*far_shoulder, pose.far_arm, upper, fore)
    grip = near_hand
    near_palm, far_palm = pose.palms
    if pose.near_arm[0] > 100 > pose.far_arm[0]:
        # An arm raised on the camera's side would hide the face.
        near_elbow, near_hand = two(*near_shoulder, pose.far_arm, upper, fore)
        far_elbow, far_hand = two(*far_shoulder, pose.near_arm, upper, fore)
        grip, near_palm, far_palm = far_hand, far_palm, near_palm
    head_at = (
        neck[0] + (5 if not pose.back else 0) + stoop * 0.9,
        neck[1] - (7 if not pose.back else 11),
    )
    turn = pose.head + lean * 0.4 + nod
    near_touch, far_touch = pose.touch
    if near_touch:
        near_elbow, near_hand = _to_head(
            near_shoulder, near_touch, head_at, turn, upper, fore, out=-1
        )
    if far_touch:
        out: Literal[0, 1] = 1 if near_touch else 0
        far_elbow, far_hand = _to_head(far_shoulder, far_touch, head_at, turn, upper, fore, out=out)
    if pose.hands is not None:
        arm = upper + fore
        grip = (neck[0] + pose.hands[0] * arm, neck[1] + pose.hands[1] * arm)
        apart = min(held_half, 0.26 * arm)
        near_spot, far_spot = (
            (grip[0] - apart - 8, grip[1] - 6),
            (grip[0] + apart - 14, grip[1] - 4),
        )
        if pose_name == "giving":  # it lies on the palms
            near_spot = (grip[0] - 0.45 * apart - 12, grip[1] + 17)
            far_spot = (grip[0] + 0.45 * apart - 12, grip[1] + 17)
        if pose.pole is not None:
            near_spot = grip
            far_spot = (grip[0] + pose.pole[0] * arm, grip[1] + pose.pole[1] * arm)
        near_elbow, near_hand = bent(near_shoulder, near_spot, upper, fore)
        far_elbow, far_hand = bent(far_shoulder, far_spot, upper, fore)
    thick = 1.0 if look.age != "child" else 0.86
    if hangs and grip is near_hand:
        # What hangs from a hand hangs from its fingers, not from the wrist.
        along = 15 * thick / fore
        grip = (
            near_hand[0] + (near_hand[0] - near_elbow[0]) * along,
            near_hand[1] + (near_hand[1] - near_elbow[1]) * along,
        )

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
    scarf_tail = draw_scarf_end(neck, look, wind, pose) if look.scarf else ""
    back_hair = draw_back_hair(look, back=pose.back)
    before_face = far_touch is not None or pose.far_arm[1] > 165
    if held:
        both = pose.hands is not None
        near_palm, far_palm = (
            "closed" if both or at is grip or (hangs and at is near_hand) else palm
            for at, palm in ((near_hand, near_palm), (far_hand, far_palm))
        )
    far_arm = _arm(
        far_shoulder,
        far_elbow,
        far_hand,
        darker(sleeve, 0.3),
        darker(look.mittens or look.skin, 0.12),
        thick,
        palm="mitten" if look.mittens else far_palm,
    )
    if pose.back:
        for shoulder_at, elbow, hand in (
            (far_shoulder, far_elbow, far_hand),
            (near_shoulder, near_elbow, near_hand),
        ):
            parts.append(
                _arm(
                    shoulder_at,
                    elbow,
                    hand,
                    darker(sleeve, 0.2),
                    darker(look.mittens or look.skin, 0.1),
                    thick,
                    palm="mitten" if look.mittens else "relaxed",
                    thumb_behind=shoulder_at is near_shoulder,
                )
            )
    if pose.back:
        parts.append(
            _leg(
                far_knee,
                far_foot,
                (hip[0] - hips_apart, hip[1]),
                trousers,
                thick,
                far=False,
                boots=look.boots,
            )
        )
    else:
        if not before_face:
            parts.append(far_arm)
        parts.append(
            _leg(
                far_knee,
                far_foot,
                (hip[0] - hips_apart, hip[1]),
                darker(trousers, 0.28),
                thick,
                far=True,
                boots=look.boots,
            )
        )
    parts.append(
        _leg(
            near_knee, near_foot, (hip[0] + 3, hip[1]), trousers, thick, far=False, boots=look.boots
        )
    )
    if scarf_tail and not pose.back:
        parts.append(scarf_tail)
    parts.append(
        draw_garment(look, pose, hip, neck, near_knee, far_knee, shoulder, wind, thigh, shin)
    )
    if blanket and not pose.back:
        parts.append(draw_blanket(neck, hip, shoulder, thick, blanket, lap=pose.lap))
    # The neck sits behind the collar and under the chin; from behind it goes up to the hair.
    neck_line = (
        limb(
            [(neck[0] - 3, neck[1] + (4 if pose.bust else 12)), (head_at[0] - 3, head_at[1] - 8)],
            [42 * thick, 36 * thick],
        )
        if not pose.back
        else limb([(neck[0], neck[1] - 14), (head_at[0], head_at[1] - 30)], [44 * thick, 38])
    )
    parts.append(path(neck_line, darker(look.skin, 0.22 if not pose.back else 0.14)))
    head = group(
        back_hair + draw_head(look, feeling, back=pose.back), x=head_at[0], y=head_at[1], turn=turn
    )
    if look.scarf:
        parts.append(head if not pose.back else "")
        parts.append(draw_scarf(neck, look, lean, thick))
        parts.append(head + scarf_tail if pose.back else "")
    else:
        parts.append(draw_collar(neck, look, thick, back=pose.back))
        parts.append(head)
    if not pose.back:
        hold = group(held, x=grip[0], y=grip[1]) if held else ""
        near_arm = _arm(
            near_shoulder,
            near_elbow,
            near_hand,
            lighter(sleeve, 0.04),
            look.mittens or look.skin,
            thick,
            outline=shade,
            seam=pose.bust,
            palm="mitten" if look.mittens else near_palm,
        )
        if before_face:
            parts.append(far_arm)
        parts.extend((near_arm, hold) if hangs else (hold, near_arm))
        if held and hangs:  # the fingers close over its handle
            skin = look.mittens or look.skin
            palm = "mitten" if look.mittens else near_palm
            parts.append(_hand(near_elbow, near_hand, skin, thick, palm))
        if blanket:
            parts.append(draw_wrap(neck, hip, shoulder, thick, blanket, lap=pose.lap))
    middle = step(head_at, 180 - turn, 50)
    return Figure(
        svg="".join(parts),
        height=-(head_at[1] - 118),
        hand=grip,
        face=middle,
        hip=hip,
    )


def _leg(
    knee: Point,
    foot: Point,
    hip: Point,
    colour: str,
    thick: float,
    *,
    far: bool,
    boots: str = "",
) -> str:
    shoe = darker(boots, 0.3 if far else 0.0) if boots else darker("#4a3226", 0.35 if far else 0.12)
    angle = math.degrees(math.atan2(foot[0] - knee[0], foot[1] - knee[1]))
    boot = "M-11 -30C-12 -8 -13 6 -12 13C-4 15 26 15 33 13C36 4 26 -2 14 -6C11 -14 11 -24 11 -30Z"
    shaft = "M-16 -62C-15 -40 -14 -16 -14 -4L15 -8C16 -20 16 -44 17 -62Q0 -68 -16 -62Z"
    trim = line("M-16 -60Q0 -66 17 -60", lighter(shoe, 0.35), 5) if boots else ""
    return path(
        limb([hip, knee, foot], [46 * thick, 33 * thick, 22 * thick], bend=0.6), colour
    ) + group(
        path(boot, shoe) + (path(shaft, shoe) + trim if boots else ""),
        x=foot[0],
        y=foot[1],
        scale=thick * (1.15 if boots else 1.0),
        turn=-angle * 0.75,
    )


def _to_head(
    shoulder: Point,
    spot: Point,
    head_at: Point,
    turn: float,
    upper: float,
    fore: float,
    *,
    out: Literal[-1, 0, 1],
) -> tuple[Point, Point]:
    """Elbow and hand of an arm laid on ``spot`` of the head; ``out`` as for ``bent``."""
    if upper < 80:
        spot = (spot[0], max(spot[1], -58))  # a child's arms do not reach its crown
    angle = math.radians(turn)
    target = (
        head_at[0] + spot[0] * math.cos(angle) - spot[1] * math.sin(angle),
        head_at[1] + spot[0] * math.sin(angle) + spot[1] * math.cos(angle),
    )
    return bent(shoulder, target, upper, fore, out=out)


_PALMS = {
    "relaxed": (
        "M-16 -8C-6 -8 0 -12 9 -12C19 -12 30 -10 35 -5C37 -2 35 1 31 1C35 3 34 7 30 8"
        "C28 11 24 12 19 11C10 12 -4 8 -16 8Z"
        "M-2 -8C1 -17 9 -25 16 -25C20 -22 17 -14 11 -5Z",
        "M14 -4Q23 -4 31 1M13 3Q21 4 30 8",
    ),
    # Fingers round what is held, the thumb over them.
    "closed": (
        "M-16 -8C-6 -9 -2 -14 8 -14C19 -15 25 -8 25 0C25 8 19 14 9 14C0 14 -6 9 -16 8Z"
        "M-2 -8C2 -19 14 -22 19 -17C21 -12 14 -8 9 -4Z",
        "M12 -5Q19 -7 24 -5M11 1Q18 0 25 1M11 7Q17 8 22 7",
    ),
    "open": (
        "M-16 -8C-6 -8 -2 -12 4 -13C9 -14 14 -11 16 -8C18 -2 18 4 14 9C8 13 -4 9 -16 8Z",
        "",
    ),
    "pointing": (
        "M-16 -8C-6 -9 -2 -13 8 -13C17 -14 22 -8 22 0C22 8 17 13 9 13C0 13 -6 9 -16 8Z",
        "M11 1Q17 0 21 1M11 7Q16 8 20 7",
    ),
    "mitten": (
        "M-16 -12C-5 -13 3 -15 12 -15C24 -14 33 -8 33 0C33 8 25 13 14 14C4 14 -5 12 -16 12Z"
        "M-2 -10C2 -22 14 -27 20 -22C22 -16 15 -9 10 -4Z",
        "",
    ),
}
"""A hand along its fore arm, the wrist at the origin: its outline and the lines between fingers."""

_FINGERS = {
    "open": "M-2 -8Q3 -17 11 -22M12 -8L29 -14M14 -3L34 -4M14 3L32 6M11 7L26 14",
    "pointing": "M12 -7L38 -7M0 -8Q6 -14 13 -13",
}
"""Fingers that stand off from the palm."""


def _hand(
    elbow: Point,
    hand: Point,
    skin: str,
    thick: float,
    palm: str,
    *,
    thumb_behind: bool = False,
) -> str:
    """One of ``_PALMS`` at the end of a fore arm."""
    outside, creases = _PALMS[palm]
    drawn = path(outside, skin)
    if palm in _FINGERS:
        drawn += line(_FINGERS[palm], skin, 8)
    if creases:
        drawn += line(creases, darker(skin, 0.3), 1.7, opacity=0.6)
    if thumb_behind:
        drawn = f'<g transform="scale(1 -1)">{drawn}</g>'
    turn = math.degrees(math.atan2(hand[1] - elbow[1], hand[0] - elbow[0]))
    return group(drawn, x=hand[0], y=hand[1], scale=1.08 * thick, turn=turn)


def _arm(
    shoulder: Point,
    elbow: Point,
    hand: Point,
    sleeve: str,
    skin: str,
    thick: float,
    *,
    outline: str = "",
    seam: bool = False,
    palm: str = "relaxed",
    thumb_behind: bool = False,
) -> str:
    """A sleeved arm; its hand is one of ``_PALMS`` and comes out of a cuff.

    ``outline`` is the colour of the shade behind it, or, with a ``seam``, between it and the chest.
    """
    reach = math.hypot(hand[0] - elbow[0], hand[1] - elbow[1]) or 1
    ux, uy = (hand[0] - elbow[0]) / reach, (hand[1] - elbow[1]) / reach
    cuff = (hand[0] - ux * 12 * thick, hand[1] - uy * 12 * thick)
    drawn = _hand(elbow, hand, skin, thick, palm, thumb_behind=thumb_behind)
    joints, widths = [shoulder, elbow, cuff], [41 * thick, 33 * thick, 25 * thick]
    turned = (elbow[0] - shoulder[0]) * ux + (elbow[1] - shoulder[1]) * uy
    if turned < -0.45 * math.hypot(elbow[0] - shoulder[0], elbow[1] - shoulder[1]):
        # Folded sharply: one tube through all three joints would fall flat at the elbow.
        drawn += path(limb(joints[:2], widths[:2]), sleeve)
        drawn += path(limb(joints[1:], widths[1:]), sleeve)
    else:
        drawn += path(limb(joints, widths, bend=0.6), sleeve)
    band = [
        (-15.0, -14.0),
        (-2.0, -15.0),
        (3.0, 0.0),
        (-2.0, 15.0),
        (-15.0, 14.0),
        (-12.0, 0.0),
    ]
    drawn += path(
        spline(
            [
                (
                    cuff[0] + (x * ux - y * uy) * thick,
                    cuff[1] + (x * uy + y * ux) * thick,
                )
                for x, y in band
            ],
            tension=0.4,
        ),
        darker(sleeve, 0.24),
    )
    if outline:
        side = 1 if seam else -1
        under = [
            (shoulder[0] + side * 17 * thick, shoulder[1] + (26 if seam else 12)),
            (elbow[0] + side * 15 * thick, elbow[1]),
            (cuff[0] + side * 8 * thick, cuff[1] + 11 * thick),
        ]
        drawn += line(spline(under, closed=False), outline, 3.2, opacity=0.8 if seam else 0.45)
    return drawn
