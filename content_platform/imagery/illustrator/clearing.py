"""Clearing: what a place holds gives way to the heads of who has come to stand before it.

A place is set before anybody is in it; only then is known where heads are. Lamps step aside. Small
things that would be taken for a hat, or for something in somebody's hair, make room on their shelf;
what finds no other place is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.composing import Edges
from content_platform.imagery.illustrator.shapes import group
from content_platform.imagery.illustrator.stage import Layer, Piece, Stage
from content_platform.imagery.models import Box

_ABOVE = 0.05
"""What is kept free above a head with its hat, in its heights."""
_SHOULDERS = 0.25, 0.5
"""How far shoulders reach beside and below a head, in its widths and heights."""
_WIDEST = 0.2
"""Half the width of the widest piece, in heights of the picture."""


def clear_of_heads(
    stage: Stage, heads: Sequence[Box], *, room: float, large: Sequence[Box] = ()
) -> None:
    """Keep the surroundings of ``heads`` free of lamps and of a place's small things.

    ``room`` is to be free of lamps on each side, in widths of the face: a muzzle or horns reach
    further. Nor does a lamp stand behind something ``large``, which would hide its foot.
    """
    _move_lamps(stage, heads, room, large)
    around = [part for head in heads for part in _around(stage, head)]
    for number, piece in enumerate(stage.pieces):
        if not _is_behind(stage, piece, around):
            continue
        by = _way_out(stage, piece, around)
        body = "" if by is None else group(piece.body, x=by)
        for layer in stage.things:
            if isinstance(layer, Layer) and piece.body in layer.body:
                layer.body = layer.body.replace(piece.body, body, 1)
                break
        if by is not None:
            stage.pieces[number] = replace(piece, x=piece.x + by, body=body)


def _move_lamps(stage: Stage, heads: Sequence[Box], room: float, large: Sequence[Box]) -> None:
    """Move lamps from behind and above ``heads``; take away what finds no other place."""
    w, h = stage.w, stage.h
    for post in stage.posts:
        margin = 0.03 * w + post.half
        taken = [
            ((box.x - room * box.width) * w - margin, (box.x + (1 + room) * box.width) * w + margin)
            for box in heads
            if post.bottom > (box.y - _ABOVE * box.height) * h
        ]
        taken += [((box.x - 0.02) * w, (box.x + box.width + 0.02) * w) for box in large]
        if not any(left < post.x < right for left, right in taken):
            continue
        others = [other.x for other in stage.posts if other is not post]
        free = [
            (abs(at * w / 50 - post.x), at * w / 50)
            for at in range(2, 49)
            if not any(left < at * w / 50 < right for left, right in taken)
            and all(abs(at * w / 50 - other) > 0.12 * w for other in others)
            and (not stage.light.sun or abs(at * w / 50 - stage.key_at[0]) > 0.1 * w)
        ]
        by = min(free)[1] - post.x if free else 2 * w
        post.layer.body = group(post.layer.body, x=by)
        if post.layer.glow:
            post.layer.glow = group(post.layer.glow, x=by)
        if post.lamp:
            moved = replace(post.lamp, x=post.lamp.x + by)
            stage.lamps[stage.lamps.index(post.lamp)] = moved


def _around(stage: Stage, head: Box) -> tuple[Edges, Edges]:
    """The head with its hat, and the shoulders below it."""
    w, h, chin = stage.w, stage.h, head.y + head.height
    left, right, wider = head.x, head.x + head.width, _SHOULDERS[0] * head.width
    return (
        (left * w, (head.y - _ABOVE * head.height) * h, right * w, chin * h),
        (
            (left - wider) * w,
            chin * h,
            (right + wider) * w,
            (chin + _SHOULDERS[1] * head.height) * h,
        ),
    )


def _is_behind(stage: Stage, piece: Piece, around: Sequence[Edges], by: float = 0.0) -> bool:
    """Whether ``piece``, moved ``by``, would be partly in one of the boxes ``around`` heads."""
    reach = _WIDEST * stage.h
    for left, top, right, bottom in around:
        if left - reach < piece.x + by < right + reach:
            view = (left - by, top, right - left, bottom - top)
            if (raster.vector(piece.body, view, (24, 24))[1] > 0.2).any():
                return True
    return False


def _way_out(stage: Stage, piece: Piece, around: Sequence[Edges]) -> float | None:
    """How far to move ``piece`` to the nearest free place of its shelf, if there is one."""
    shelf = piece.shelf
    if shelf is None:
        return None
    others = [one.x for one in stage.pieces if one.shelf is shelf and one is not piece]
    steps = int(2 * (shelf.right - shelf.left) / shelf.apart)
    spots = (shelf.left + 0.5 * shelf.apart * k for k in range(1, steps))
    free = (x for x in spots if all(abs(x - other) >= shelf.apart for other in others))
    ways = sorted((x - piece.x for x in free), key=abs)
    return next((by for by in ways if not _is_behind(stage, piece, around, by)), None)
