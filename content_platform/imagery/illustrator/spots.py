"""Spots: where in the picture each of a troupe stands, and which way it looks."""

from __future__ import annotations

from content_platform.imagery.illustrator.beasts import (
    follows,
    is_beast,
    stands_low,
)
from content_platform.imagery.illustrator.moment import (
    goes_off_with,
    lies,
    pose_of,
)
from content_platform.imagery.illustrator.troupe import Troupe

WELL_AHEAD = 0.42
"""How far in front of who pulls somebody up the middle of the well is, in adults."""


def spots_of(troupe: Troupe) -> list[tuple[float, bool]]:
    """x and whether facing left, for each member."""
    layout, left, near = troupe.stage.layout, troupe.facing_left, troupe.near
    first = layout.subject_x
    count = len(troupe.members) + bool(troupe.shadows)
    if troupe.past_a_shoulder:
        tall = troupe.stage.frame.tall
        return [
            (troupe.stage.w * (0.5 - near * (0.1 if not tall else 0.16)), left),
            (troupe.stage.w * (0.5 + near * (0.31 if not tall else 0.36)), not left),
        ]
    if count == 1:
        if troupe.before:
            tall = troupe.stage.frame.tall
            return [(troupe.stage.w * (0.5 - near * (0.17 if not tall else 0.1)), left)]
        return [(first, left)]
    if troupe.family == "ancient tree" and count == 2 and not troupe.stage.close:
        # Whoever gives is near enough to reach the other.
        reach = pose_of(troupe.scene.action) == "giving" and troupe.stage.w > troupe.stage.h
        second = layout.second_x + 0.3 * reach * (first - layout.second_x)
        return [(first, left), (second, not left)]
    if troupe.meets_a_giant:
        wide = troupe.stage.w > troupe.stage.h
        apart = (0.2 if wide else 0.29 if troupe.stage.frame.tall else 0.26) * troupe.stage.w
        middle = troupe.stage.w / 2
        return [(middle - near * apart, left), (middle + near * apart, not left)]
    if troupe.at_a_well and count > 1 and not any(map(troupe.is_giant, troupe.members)):
        return _round_the_well(troupe, count)
    goes = pose_of(troupe.scene.action) in ("walking", "running") or goes_off_with(troupe.scene)
    low = [is_beast(member) and stands_low(member) for member in troupe.members]
    if (
        goes
        and not troupe.stage.close
        and count == 3
        and low.count(True) == 1
        and not any(map(troupe.is_giant, troupe.members))
    ):
        # The animal goes ahead, where nobody's hands are, and those with hands side by side.
        ahead = troupe.stage.w * (0.5 + near * (0.26 if not troupe.stage.frame.tall else 0.3))
        behind = (0.08, 0.29) if not troupe.stage.frame.tall else (0.06, 0.36)
        after = iter([(troupe.stage.w * (0.5 - near * off), left) for off in behind])
        return [(ahead, left) if first_ else next(after) for first_ in low]
    if low.count(True) > 2 and not troupe.stage.close:
        # On four legs each is wider than high: in a row, so that no two become one with two heads.
        apart = (0.3 if count == 3 else 0.22) * troupe.stage.w
        middle = troupe.stage.w / 2 - near * apart * (0.5 if count > 3 else 0.0)
        row = (0.0, 1.0, -1.0, 2.0)[:count]
        return [(middle + near * apart * at, left) for at in row]
    if count == 3 and troupe.stage.w <= troupe.stage.h and not troupe.stage.close:
        # Nobody hides another's face where there is little room.
        middle, apart = troupe.stage.w / 2, 0.31 * troupe.stage.w
        return [
            (middle, left),
            (middle + near * apart, not left),
            (middle - near * apart, left),
        ]
    one_way = follows(troupe.scene)
    gap = (layout.second_x - first) * near
    second = layout.second_x
    pose = pose_of(troupe.scene.action)
    if one_way and not troupe.stage.close:
        first -= near * 0.06 * troupe.stage.w
        second += near * 0.06 * troupe.stage.w
    beside = bool(troupe.shadows) or any(is_beast(member) for member in troupe.members[:2])
    if pose == "embracing" and not beside:
        second = first + near * min(gap, layout.adult * 0.3)
    if pose == "hand in hand" and not troupe.stage.close:
        second = first + near * layout.adult * (0.4 if not beside else 0.46)
    if pose == "embracing" and beside and not troupe.stage.close:
        second = first + near * layout.adult * 0.42
    if pose == "giving" and not beside and not troupe.stage.close:
        second = first + near * layout.adult * 0.56
        if not troupe.stage.w * 0.2 < second < troupe.stage.w * 0.8:
            first, second = (at - near * layout.adult * 0.16 for at in (first, second))
    at_work = pose == "working" and troupe.stage.inside and not troupe.stage.close
    if at_work and troupe.stage.frame.tall and count == 2 and not beside:
        # The table has one side of the picture, whoever looks on the other.
        return [(troupe.stage.w * (0.5 - near * off), left) for off in (-0.02, 0.32)]
    if at_work:
        second = first + near * max(gap, layout.adult * 1.15)
    if lies(troupe.scene) and not troupe.stage.close:
        second = first + near * max(gap, layout.adult * 0.78)
    if troupe.shadows and not troupe.stage.close:
        first, second = (troupe.stage.w * (0.5 - near * off) for off in (0.2, -0.2))
    if troupe.stage.close and beside:
        first, second = (troupe.stage.w * at for at in ((0.69, 0.25) if left else (0.31, 0.75)))
        if troupe.stage.frame.tall:
            # A long muzzle would lie on what the other holds.
            back = [0.12 * troupe.stage.w * troupe.is_giant(one) for one in troupe.members[:2]]
            first, second = first - near * back[0], second + near * back[-1]
    elif troupe.stage.close and pose != "embracing":
        apart = (
            0.17 if troupe.stage.w > troupe.stage.h else 0.25 if troupe.stage.frame.tall else 0.22
        )
        middle = troupe.stage.w * (0.5 - 0.02 * near)
        first, second = (
            middle - near * apart * troupe.stage.w,
            middle + near * apart * troupe.stage.w,
        )
    second = min(max(second, troupe.stage.w * 0.14), troupe.stage.w * 0.86)
    spots = [(first, left), (second, left if one_way else not left)]
    if count > 2:
        spots.append((first - near * min(abs(gap) * 0.8, troupe.stage.w * 0.2), left))
    if count > 3:
        middle, w = troupe.stage.w / 2, troupe.stage.w
        inner, outer = (0.11, 0.3) if w > troupe.stage.h else (0.14, 0.36)
        spots = [  # two meet two
            (middle + near * off * w, left if off < 0 else not left)
            for off in (-inner, -outer, inner, outer)
        ]
    return spots


def _round_the_well(troupe: Troupe, count: int) -> list[tuple[float, bool]]:
    """Who pulls stands on one side of the well, the last named, who is pulled up, in it."""
    adult, near, left = troupe.stage.layout.adult, troupe.near, troupe.facing_left
    first = troupe.stage.w / 2 - near * adult * (0.08 if count > 2 else 0.24)
    helpers = [(first - near * 0.36 * adult * k, left) for k in range(1, count - 1)]
    return [(first, left), *helpers, (first + near * WELL_AHEAD * adult, not left)]
