"""How a puppet is put together: one jointed frame, moved by the same poses as people.

What the parts of one kind look like belongs to the kinds' own modules. Units are those of
``people``: facing right, ground at y = 0, an adult stands about 496 high.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from content_platform.imagery.illustrator.joints import bent, step, two
from content_platform.imagery.illustrator.people import Figure
from content_platform.imagery.illustrator.poses import POSES, Pose
from content_platform.imagery.illustrator.shapes import Point, group

Limb = Callable[[Point, Point, Point, bool], str]
"""Draws a limb from its three joints; the last argument is whether it is the far one."""


@dataclass(frozen=True)
class Kit:
    """Proportions and parts of one puppet."""

    thigh: float
    shin: float
    torso: float
    upper: float
    fore: float
    across: float
    """Half the way between the shoulders."""
    head: float
    """Height of the head without hat."""
    brim: float
    """Half the width of head and hat."""
    crown: float
    """How far the hat reaches above the chin."""
    leg: Limb | None
    """None for what stands on its trunk; it leans and hops instead."""
    arm: Limb
    trunk: Callable[[Pose], str]
    """Around the hip at the origin, upright; its neck is ``torso`` above."""
    face: Callable[[str, bool], tuple[str, str]]
    """Head for a feeling, or seen from behind: shapes and what of them shines; chin at the origin."""
    sole: float = 14.0
    toe: float = 0.0
    """How far a toe reaches below a foot that points down."""
    stand: float = 0.0
    """How high the hip of what has no legs is above the ground."""
    drop: float = 24.0
    """How far the shoulders are below the neck."""
    aura: str = ""


_HOPS = {"walking": 10.0, "running": 26.0, "jumping": 46.0, "dancing": 16.0, "climbing": 12.0}


def assemble(
    kit: Kit,
    pose_name: str,
    *,
    feeling: str = "calm",
    held: str = "",
    held_half: float = 0.0,
    hangs: bool = False,
) -> Figure:
    """The puppet in a pose of ``poses.POSES``, facing right; arguments as for ``people.person``."""
    pose = POSES[pose_name]
    lean = pose.lean * (1.0 if kit.leg else 1.2)
    if kit.leg is None:
        hip: Point = (0.0, -kit.stand - _HOPS.get(pose_name, 0.0))
        near_knee = near_foot = far_knee = far_foot = hip
    else:
        near_leg, far_leg = pose.near_leg, pose.far_leg
        if near_leg[0] > 0 > far_leg[0]:
            # Short legs on wide hips: they would hide each other instead of making a step.
            near_leg, far_leg = far_leg, near_leg
        ends = [
            *two(0, 0, near_leg, kit.thigh, kit.shin),
            *two(0, 0, far_leg, kit.thigh, kit.shin),
        ]
        # A toe that points down needs room as well.
        down = max(
            -math.sin(math.radians(min(0.0, turn))) * kit.toe + at[1]
            for turn, at in ((near_leg[1], ends[1]), (far_leg[1], ends[3]))
        )
        hip = (0.0, -max(down, ends[0][1], ends[2][1]) - kit.sole)
        apart = kit.across * (0.62 if pose.back else 0.4)
        near_knee, near_foot = two(hip[0] - apart * 0.6, hip[1], near_leg, kit.thigh, kit.shin)
        far_knee, far_foot = two(hip[0] + apart, hip[1], far_leg, kit.thigh, kit.shin)
    neck = step(hip, 180 - lean, kit.torso)
    wide = kit.across
    near_shoulder = (neck[0] - wide * (0.78 if not pose.back else -0.95), neck[1] + kit.drop)
    far_shoulder = (neck[0] + wide * (0.86 if not pose.back else -0.95), neck[1] + kit.drop)
    near_arm_at, far_arm_at = pose.near_arm, pose.far_arm
    if not pose.back and (hangs or near_arm_at[0] > 100 > far_arm_at[0]):
        # These heads and trunks are wide: only the far arm can be raised beside the face, or hold
        # a lantern clear of the body.
        raised = (near_arm_at[0] - 16, near_arm_at[1] + 8)
        if hangs:
            raised = (58.0, 96.0) if pose_name == "lantern" else (40.0, 146.0)
        near_arm_at, far_arm_at = (-10.0, 12.0), raised
    near_elbow, near_hand = two(*near_shoulder, near_arm_at, kit.upper, kit.fore)
    far_elbow, far_hand = two(*far_shoulder, far_arm_at, kit.upper, kit.fore)
    grip = near_hand if near_arm_at is pose.near_arm else far_hand
    if pose.hands is not None:
        reach = kit.upper + kit.fore
        half = min(held_half, 0.38 * reach) + 8
        # Before the trunk's edge, so that the far hand comes out from behind it.
        level = neck[1] + pose.hands[1] * reach * 0.8 + 16
        down = level - near_shoulder[1]
        across = math.sqrt(max(0.0, (reach - 6) ** 2 - down**2))
        ahead = max(pose.hands[0] * reach * 0.62, 0.86 * wide)
        grip = (min(neck[0] + ahead, near_shoulder[0] + across + half), level)
        near_elbow, near_hand = bent(near_shoulder, (grip[0] - half, grip[1]), kit.upper, kit.fore)
        far_elbow, far_hand = bent(far_shoulder, (grip[0] + half, grip[1]), kit.upper, kit.fore)
    head_at = (neck[0] + (4 if not pose.back else 0), neck[1] - 6)
    turn = pose.head * 0.9 + lean * 0.4
    if all(pose.touch):
        beside, up = kit.brim * 0.86, head_at[1] - kit.head * 0.62
        near_elbow, near_hand = bent(
            near_shoulder, (head_at[0] - beside, up), kit.upper, kit.fore, out=-1
        )
        far_elbow, far_hand = bent(
            far_shoulder, (head_at[0] + beside, up), kit.upper, kit.fore, out=1
        )
    near_arm = kit.arm(near_shoulder, near_elbow, near_hand, False)
    far_arm = kit.arm(far_shoulder, far_elbow, far_hand, not pose.back)
    parts = []
    hold = group(held, x=grip[0], y=grip[1]) if held else ""
    over_head = pose.back or all(pose.touch)
    if hangs:
        parts.append(hold)  # its handle lies inside the fingers
    if not over_head:
        parts.append(far_arm)
    if kit.leg:
        parts.append(kit.leg((hip[0] + kit.across * 0.4, hip[1]), far_knee, far_foot, True))
        parts.append(kit.leg((hip[0] - kit.across * 0.24, hip[1]), near_knee, near_foot, False))
    parts.append(group(kit.trunk(pose), x=hip[0], y=hip[1], turn=lean))
    shapes, shining = kit.face(feeling, pose.back)
    parts.append(group(shapes, x=head_at[0], y=head_at[1], turn=turn))
    if over_head:
        parts.append(far_arm)
    parts.extend((near_arm,) if hangs else (hold, near_arm))
    return Figure(
        svg="".join(parts),
        height=-(head_at[1] - kit.crown),
        hand=grip,
        face=step(head_at, 180 - turn, kit.head / 2),
        hip=hip,
        glow=group(shining, x=head_at[0], y=head_at[1], turn=turn) if shining else "",
        brim=kit.brim,
        crown=kit.crown - kit.head / 2,
        aura=kit.aura,
    )
