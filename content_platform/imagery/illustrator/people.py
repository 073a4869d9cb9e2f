"""People: a small jointed figure dressed in its look, in any pose, facing right.

Units: 100 is the height of the head, the ground is y = 0, up is negative. Shapes are calm and
few on purpose: a clear silhouette, a soft face, no detail that a thumbnail turns into noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from content_platform.imagery.illustrator.garments import (
    draw_collar,
    draw_garment,
    draw_scarf,
    draw_scarf_end,
)
from content_platform.imagery.illustrator.heads import draw_back_hair, draw_head
from content_platform.imagery.illustrator.joints import bent, step, two
from content_platform.imagery.illustrator.look import Look
from content_platform.imagery.illustrator.poses import POSES
from content_platform.imagery.illustrator.shapes import (
    Point,
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
) -> Figure:
    """Draw a person facing right. ``held`` stands on the hand or hands, behind the near fingers.

    ``feeling`` is one of ``heads.FEELINGS``. ``wind`` -1..1 blows scarf, hem and hair.
    ``held_half`` is half the width of what both hands hold. What ``hangs`` from a hand is in front
    of the sleeve.
    """
    pose = POSES[pose_name]
    thigh, shin, torso, upper, fore, shoulder, _ = (part * 100 for part in _BUILD[look.age])
    stoop = 9 if look.age == "old" and not pose.back else 0
    lean = pose.lean + stoop
    far_knee, far_foot = two(0, 0, pose.far_leg, thigh, shin)
    near_knee, near_foot = two(0, 0, pose.near_leg, thigh, shin)
    sole = 14
    drop = max(far_foot[1], near_foot[1], far_knee[1], near_knee[1]) + sole
    hip = (0.0, -drop)
    neck = step(hip, 180 - lean, torso)
    hips_apart = 13.0 if pose.back else 7.0
    near_knee, near_foot = two(
        hip[0] + (hips_apart if pose.back else 3), hip[1], pose.near_leg, thigh, shin
    )
    far_knee, far_foot = two(hip[0] - hips_apart, hip[1], pose.far_leg, thigh, shin)
    across = shoulder * (0.8 if not pose.back else 1.0)
    near_shoulder = (neck[0] - across * (0.42 if not pose.back else -0.84), neck[1] + 24)
    far_shoulder = (neck[0] + across * (0.48 if not pose.back else -0.84), neck[1] + 25)
    near_elbow, near_hand = two(*near_shoulder, pose.near_arm, upper, fore)
    far_elbow, far_hand = two(*far_shoulder, pose.far_arm, upper, fore)
    grip = near_hand
    if pose.hands is not None:
        arm = upper + fore
        grip = (neck[0] + pose.hands[0] * arm, neck[1] + pose.hands[1] * arm)
        apart = min(0.62 * held_half, 0.24 * arm)
        near_elbow, near_hand = bent(near_shoulder, (grip[0] - apart - 6, grip[1] + 6), upper, fore)
        far_elbow, far_hand = bent(far_shoulder, (grip[0] + apart, grip[1] + 2), upper, fore)
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
    scarf_tail = draw_scarf_end(neck, look, wind, pose) if look.scarf else ""
    back_hair = draw_back_hair(look, back=pose.back)
    head_at = (neck[0] + (5 if not pose.back else 0) + stoop * 0.9, neck[1] - 11)
    turn = pose.head + lean * 0.4
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
        parts.append(
            _arm(
                far_shoulder,
                far_elbow,
                far_hand,
                darker(sleeve, 0.3),
                darker(look.mittens or look.skin, 0.16),
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
    # The neck sits behind the collar and under the chin.
    parts.append(
        path(
            limb([(neck[0], neck[1] + 12), (head_at[0], head_at[1] - 6)], [30 * thick, 26 * thick]),
            darker(look.skin, 0.22),
        )
    )
    head = group(
        back_hair + draw_head(look, feeling, back=pose.back), x=head_at[0], y=head_at[1], turn=turn
    )
    if look.scarf:
        parts.append(head if not pose.back else "")
        parts.append(draw_scarf(neck, look, lean, thick))
        parts.append(head + scarf_tail if pose.back else "")
    else:
        parts.append(draw_collar(neck, look, thick) if not pose.back else "")
        parts.append(head)
    hold = group(held, x=grip[0], y=grip[1]) if held else ""
    if pose.back:
        parts.append(
            _arm(far_shoulder, far_elbow, far_hand, shade, look.mittens or look.skin, thick)
        )
    near_arm = _arm(
        near_shoulder,
        near_elbow,
        near_hand,
        sleeve,
        look.mittens or look.skin,
        thick,
        outline=shade,
    )
    parts.extend((near_arm, hold) if hangs else (hold, near_arm))
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
