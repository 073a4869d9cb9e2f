"""Clearing: what a place holds gives way to the heads of who has come to stand before it.

A place is set before anybody is in it; only then is known where heads are. Lamps step aside, small
things that would be taken for a hat, or for something in somebody's hair, are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.composing import Edges
from content_platform.imagery.illustrator.shapes import group
from content_platform.imagery.illustrator.stage import Layer, Stage
from content_platform.imagery.models import Box

_ASIDE, _ABOVE, _SHOULDERS = 0.12, 0.1, 0.35
"""What is kept free around a head, in its widths and heights."""
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
    around = [_around(stage, head) for head in heads]
    for x, body in stage.pieces:
        if any(_sticks_out(stage, x, body, free) for free in around):
            _leave_out(stage, body)


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


def _around(stage: Stage, head: Box) -> Edges:
    """The head with its shoulders, and some air."""
    return (
        (head.x - _ASIDE * head.width) * stage.w,
        (head.y - _ABOVE * head.height) * stage.h,
        (head.x + (1 + _ASIDE) * head.width) * stage.w,
        (head.y + (1 + _SHOULDERS) * head.height) * stage.h,
    )


def _sticks_out(stage: Stage, x: float, body: str, free: Edges) -> bool:
    left, top, right, bottom = free
    if not left - _WIDEST * stage.h < x < right + _WIDEST * stage.h:
        return False
    _, cover = raster.vector(body, (left, top, right - left, bottom - top), (24, 24))
    return bool((cover > 0.2).any())


def _leave_out(stage: Stage, body: str) -> None:
    for layer in stage.things:
        if isinstance(layer, Layer) and body in layer.body:
            layer.body = layer.body.replace(body, "", 1)
            return
