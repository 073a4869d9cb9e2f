"""Poses: how the joints of a figure stand in each thing a story lets people do."""

from __future__ import annotations

from dataclasses import dataclass, replace

from content_platform.imagery.illustrator.shapes import Point


@dataclass(frozen=True)
class Pose:
    """Joint angles in degrees from straight down, forward positive; ``near`` is the camera's side."""

    lean: float = 2
    head: float = 0
    near_leg: tuple[float, float] = (7, 2)
    far_leg: tuple[float, float] = (-9, -5)
    near_arm: tuple[float, float] = (-13, 16)
    far_arm: tuple[float, float] = (5, 20)
    back: bool = False
    bust: bool = False
    """Whether the chest is turned towards us, as in a portrait: both shoulders are seen."""
    lap: bool = False
    """Whether the garment follows the thigh (sitting, kneeling)."""
    hands: Point | None = None
    """Where both hands meet, in arm lengths forward of and below the neck; overrules the arms."""
    touch: tuple[Point | None, Point | None] = (None, None)
    """Where on the head (chin at the origin) the near and the far hand lie; overrules the arms."""
    pole: Point | None = None
    """How far the far hand is from the near one along a pole both hold, in arm lengths."""
    palms: tuple[str, str] = ("relaxed", "relaxed")
    """How the near and the far hand are held, while they hold nothing."""


POSES = {
    "standing": Pose(),
    "hand in hand": Pose(far_arm=(20, 36)),
    # A child's hand in that of somebody grown.
    "hand in a hand": Pose(head=-4, far_arm=(50, 100)),
    "looking": Pose(head=-6, far_arm=(6, 10)),
    "looking up": Pose(lean=-3, head=-18),
    "looking down": Pose(lean=4, head=17, far_arm=(6, 26)),
    "thinking": Pose(
        lean=0, head=6, near_arm=(6, 98), far_arm=(50, 216), palms=("relaxed", "closed")
    ),
    "talking": Pose(lean=4, near_arm=(-10, 22), far_arm=(18, 112), palms=("relaxed", "open")),
    "listening": Pose(lean=5, head=9, near_arm=(-12, 12), far_arm=(4, 30)),
    # Arms round oneself.
    "shivering": Pose(
        lean=6, head=10, near_arm=(-22, 114), far_arm=(36, -62), palms=("relaxed", "relaxed")
    ),
    "covering": Pose(lean=9, head=12, touch=((-32, -84), (42, -88)), palms=("open", "open")),
    "grieving": Pose(lean=7, head=20, near_arm=(2, 30), far_arm=(8, 40)),
    "weeping": Pose(lean=9, head=22, near_arm=(-8, 30), far_arm=(62, 204)),
    "walking": Pose(
        lean=5,
        near_leg=(24, 8),
        far_leg=(-16, -38),
        near_arm=(-30, 2),
        far_arm=(15, 52),
        palms=("closed", "closed"),
    ),
    # A walk with quiet arms.
    "stepping": Pose(lean=3, near_leg=(18, 4), far_leg=(-14, -30)),
    "running": Pose(
        lean=15, near_leg=(50, 2), far_leg=(-24, -84), near_arm=(-46, 38), far_arm=(42, 112)
    ),
    "jumping": Pose(
        lean=4,
        near_leg=(34, -40),
        far_leg=(-8, -60),
        near_arm=(128, 150),
        far_arm=(116, 140),
        palms=("open", "open"),
    ),
    "dancing": Pose(
        lean=-4,
        head=-8,
        near_leg=(8, 0),
        far_leg=(38, -34),
        near_arm=(-62, -100),
        far_arm=(96, 130),
        palms=("open", "open"),
    ),
    "falling": Pose(
        lean=-16,
        head=-12,
        near_leg=(46, 20),
        far_leg=(70, 24),
        near_arm=(-70, -110),
        far_arm=(80, 120),
        palms=("open", "open"),
    ),
    "holding": Pose(head=8, hands=(0.5, 0.68)),
    # A broom or a spade: one hand high, the other low on the shaft, its end on the ground.
    "sweeping": Pose(
        lean=9,
        head=15,
        near_leg=(14, 6),
        far_leg=(-12, -16),
        hands=(0.3, 0.42),
        pole=(0.22, 0.4),
        palms=("closed", "closed"),
    ),
    "cradling": Pose(head=9, hands=(0.5, 0.38)),
    "giving": Pose(lean=6, near_leg=(10, 4), far_leg=(-10, -10), hands=(0.76, 0.52)),
    # Hands out, but short of whoever gives.
    "receiving": Pose(lean=3, near_arm=(8, 76), far_arm=(16, 70)),
    # A rope, with all one's weight.
    "hauling": Pose(lean=-10, head=10, near_leg=(24, 12), far_leg=(-4, -8), hands=(0.86, 0.5)),
    # By a rope that others pull.
    "hauled": Pose(lean=4, head=-4, hands=(0.62, -0.1)),
    "reading": Pose(head=14, hands=(0.52, 0.5)),
    "lantern": Pose(
        lean=3, near_arm=(48, 76), far_arm=(-4, 12), near_leg=(14, 4), far_leg=(-12, -20)
    ),
    "lantern up close": Pose(lean=3, near_arm=(70, 146), far_arm=(-16, -6)),
    "talking up close": Pose(
        lean=3, near_arm=(-10, 22), far_arm=(6, 128), palms=("relaxed", "open")
    ),
    "reaching": Pose(
        lean=9,
        near_arm=(52, 92),
        far_arm=(36, 84),
        near_leg=(16, 6),
        far_leg=(-14, -16),
        palms=("open", "open"),
    ),
    "pointing": Pose(near_arm=(82, 90), far_arm=(4, 16), palms=("pointing", "relaxed")),
    "raising": Pose(
        lean=-2, head=-14, near_arm=(140, 164), far_arm=(6, 16), palms=("open", "relaxed")
    ),
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
        near_leg=(86, 5),
        far_leg=(84, -14),
        near_arm=(6, 56),
        far_arm=(2, 60),
        lap=True,
    ),
    "sitting with": Pose(
        lean=-3, head=8, near_leg=(86, 5), far_leg=(84, -14), lap=True, hands=(0.5, 0.62)
    ),
    "climbing": Pose(
        lean=12, head=-6, near_leg=(64, 4), far_leg=(-10, -22), near_arm=(52, 84), far_arm=(-6, 20)
    ),
    "working": Pose(
        lean=13, head=18, near_arm=(22, 58), far_arm=(24, 54), palms=("closed", "relaxed")
    ),
    "working bent": Pose(
        lean=8, head=16, near_arm=(32, 74), far_arm=(34, 70), palms=("closed", "relaxed")
    ),
    "working up close": Pose(lean=9, head=16, near_arm=(14, 84), far_arm=(22, 94)),
    # Beside somebody at a narrow table: hands stay on one's own side of it.
    "working beside": Pose(lean=5, head=12, near_arm=(-16, 64), far_arm=(-12, 62)),
    "embracing": Pose(lean=6, head=8, near_arm=(40, 112), far_arm=(28, 104)),
    # Drawn upright; whoever puts the figure on the stage lays it down.
    "lying": Pose(
        lean=0, head=4, near_leg=(30, -30), far_leg=(12, -14), near_arm=(6, 22), far_arm=(12, 60)
    ),
    "in bed": Pose(
        lean=0, head=6, near_leg=(4, 0), far_leg=(2, 0), near_arm=(2, 4), far_arm=(8, 10)
    ),
    "back": Pose(
        lean=0, back=True, near_leg=(2, 0), far_leg=(-2, 0), near_arm=(9, 3), far_arm=(-9, -3)
    ),
}

STOOP = 6.0
"""How far the old bend forward, in degrees."""

_HANGING = 35
"""How far from straight down both halves of an arm may be, in degrees, if it only hangs."""


def stooped(pose: Pose) -> Pose:
    """The same pose of somebody old: back and knees a little bent, and yet in balance."""

    def leg(angles: tuple[float, float]) -> tuple[float, float]:
        return angles if pose.lap else (angles[0] + STOOP, angles[1])

    def arm(angles: tuple[float, float]) -> tuple[float, float]:
        # The shoulders have gone forward: what hung at the sides would dangle before the body.
        hangs = max(map(abs, angles)) < _HANGING
        return (angles[0] - 1.5 * STOOP, angles[1] - STOOP) if hangs else angles

    return replace(
        pose,
        lean=pose.lean + STOOP,
        near_leg=leg(pose.near_leg),
        far_leg=leg(pose.far_leg),
        near_arm=arm(pose.near_arm),
        far_arm=arm(pose.far_arm),
    )


def turned_to_us(pose: Pose) -> Pose:
    """The same pose as a portrait shows it."""

    def arm(angles: tuple[float, float], side: int) -> tuple[float, float]:
        # From this side what swings along the body would stand off from it.
        return (side * 8, -side * 5) if max(map(abs, angles)) < _HANGING else angles

    return replace(pose, bust=True, near_arm=arm(pose.near_arm, -1), far_arm=arm(pose.far_arm, 1))
