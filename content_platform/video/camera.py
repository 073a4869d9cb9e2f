"""Camera moves over a still picture: which move suits a scene, and where the camera is when.

Pure geometry on rectangles inside the picture. How pixels are made is the compositor's.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from content_platform.imagery.models import Box, FocalPoint
from content_platform.stories.models import Beat, Scene
from content_platform.stories.models import Shot as ShotSize
from content_platform.video.models import Rect
from content_platform.vocabulary import Mood

_WIDEST = 0.992
"""The widest view, as a fraction of the largest one: a breath of room for the sideways part."""
_TIGHTEST = 0.84
"""The closest view. Pictures have 15 % overscan, so this enlarges them by 3 % at most."""
_MIN_ZOOM, _MAX_ZOOM = 0.03, 0.15
"""How much a scene zooms in all: never so little that it seems frozen, never a lurch."""
_PAN_ZOOM = 0.03
"""A drift zooms too: pure pans look mechanical, and compress worse (measured: 1.6 times the size)."""
_EYE_LINE = 0.44
"""Where in the frame, from its top, the focal point should come to rest: above the captions."""

_HEADROOM = 0.05
"""Left free above heads, as a fraction of the frame."""
_SIDEROOM = 0.02
"""Left free beside whom and what a scene shows, as a fraction of the frame."""
_CUT = 0.004
"""Nearer than this to the picture's edge, as a fraction of it, something is cut by the picture."""


class Move(StrEnum):
    """What the camera does during a scene."""

    PUSH_IN = "push-in"
    PULL_BACK = "pull-back"
    DRIFT_LEFT = "drift-left"
    DRIFT_RIGHT = "drift-right"
    RISE = "rise"


@dataclass(frozen=True)
class Frame:
    """A picture and the shape the camera films it in, all in pixels."""

    picture_width: int
    picture_height: int
    aspect: float
    """Width by height of the video."""

    def largest(self) -> tuple[float, float]:
        """Width and height of the largest view of this aspect inside the picture."""
        width = min(self.picture_width, self.picture_height * self.aspect)
        return width, width / self.aspect

    def view(self, zoom: float, centre_x: float, centre_y: float) -> Rect:
        """The view of ``zoom`` times the largest size, as near to the centre as the picture allows."""
        width, height = (side * zoom for side in self.largest())
        return Rect(
            x=round(min(max(centre_x - width / 2, 0), self.picture_width - width), 3),
            y=round(min(max(centre_y - height / 2, 0), self.picture_height - height), 3),
            width=round(width, 3),
            height=round(height, 3),
        )


def choose_move(scene: Scene, before: Move | None, *, seed: str) -> Move:
    """The move that tells ``scene`` best and differs from the one ``before``, where it can.

    Nearness and tension push in, the ending pulls back, wide scenes drift; ``seed`` decides
    what the story leaves open.
    """
    wide = [Move.DRIFT_LEFT, Move.DRIFT_RIGHT, Move.RISE]
    near = scene.shot in (ShotSize.CLOSE, ShotSize.DETAIL)
    if scene.beat is Beat.ENDING:
        wanted = [Move.PULL_BACK]
    elif scene.beat in (Beat.HOOK, Beat.CLIMAX, Beat.TURN) or scene.mood is Mood.TENSE:
        wanted = [Move.PUSH_IN, Move.PULL_BACK] if near else [Move.PUSH_IN, *wide]
    elif scene.shot is ShotSize.ESTABLISHING:
        wanted = [*_shuffled(wide, seed), Move.PULL_BACK]
    elif near:
        wanted = [Move.PUSH_IN, Move.PULL_BACK]
    else:
        wanted = _shuffled([*wide, Move.PULL_BACK, Move.PUSH_IN], seed)
    return next((move for move in wanted if move is not before), wanted[0])


def plan_move(
    move: Move,
    frame: Frame,
    focal: FocalPoint,
    seconds: float,
    *,
    tense: bool,
    seed: str,
    subjects: Sequence[Box] = (),
    floor: float = 1.0,
    ceiling: float = 0.0,
) -> tuple[Rect, Rect]:
    """The first and the last view of a shot of ``seconds``; both lie inside the picture.

    ``subjects`` stay inside both views, first the faces, then whole figures, then things; above
    ``floor``, a fraction of the frame, as far as their heads allow; faces below ``ceiling``, as far
    as the picture goes.
    """
    width, height = frame.picture_width, frame.picture_height
    focal_x, focal_y = focal.x * width, focal.y * height
    pace = 0.026 if tense else 0.018
    zoom = min(max(pace * seconds, _MIN_ZOOM), _MAX_ZOOM)
    largest_width, largest_height = frame.largest()

    # What the frame cuts anyway (a close-up's body) cannot stand clear of the captions.
    whole = [box for box in subjects if box.kind != "face" and box.y + box.height < 0.97]
    lowest = max((box.y + box.height for box in whole), default=0.0) * height
    highest = min((box.y for box in subjects), default=1.0) * height

    people = (box.y for box in subjects if box.kind != "thing" and box.y > _CUT)
    heads = min(people, default=math.inf) * height
    others = (box.y for box in subjects if box.kind == "thing" and box.y > _CUT)
    things = min(others, default=math.inf) * height

    faces = [box.y for box in subjects if box.kind == "face"]
    face = min(faces, default=math.inf) * height if ceiling else math.inf

    def clear(top: float, scale: float) -> float:
        """A view's upper edge, moved down so that feet stand above the captions."""
        needed = lowest - floor * scale * largest_height
        room = _HEADROOM * scale * largest_height
        top = max(top, min(needed, highest - room))
        top = min(top, heads - room, max(things - room, needed))
        return min(top, face - (ceiling + _HEADROOM / 2) * scale * largest_height)

    sides = _sides(subjects, width)

    def held(view: Rect) -> Rect:
        """A view, moved aside and up so that it cuts off nobody."""
        left, margin = view.x, _SIDEROOM * view.width
        for low, high in sides:
            least, most = high + margin - view.width, low - margin
            if least <= most:
                left = min(max(left, least), most)
        top = min(view.y, heads - _HEADROOM / 2 * view.height)
        zoom = view.width / largest_width
        return frame.view(zoom, left + view.width / 2, top + view.height / 2)

    def roomy(scale: float, widest: float) -> float:
        """A scale, made larger up to ``widest`` where the subjects are broader than the view."""
        for low, high in reversed(sides):
            needed = (high - low) / (1 - 2 * _SIDEROOM) / largest_width
            if needed <= widest:
                return max(scale, needed)
        return scale

    def resting(scale: float, shift_x: float = 0.0, shift_y: float = 0.0) -> Rect:
        top = clear(focal_y - _EYE_LINE * scale * largest_height, scale)
        return held(
            frame.view(
                scale,
                focal_x + shift_x * largest_width,
                top + (scale / 2 + shift_y) * largest_height,
            )
        )

    if move in (Move.PUSH_IN, Move.PULL_BACK):
        # A little to one side at the wide end, so that two push-ins in a story are not the same.
        side = 0.02 if _number(seed, "side") % 2 else -0.02
        near = roomy(_WIDEST - zoom, _WIDEST - _MIN_ZOOM)
        wide, tight = resting(_WIDEST, side), resting(near)
        return (wide, tight) if move is Move.PUSH_IN else (tight, wide)

    nearest = max(_TIGHTEST, _WIDEST - 0.5 * _MAX_ZOOM - _PAN_ZOOM)
    nearest = roomy(nearest, _WIDEST - _PAN_ZOOM)
    # As far as the picture allows, at no more than 1.6 % of the width a second.
    travel = min(1 - nearest - _PAN_ZOOM, 0.016 * seconds, 0.08)
    if move is Move.RISE:
        return resting(nearest + _PAN_ZOOM, 0, travel / 2), resting(nearest, 0, -travel / 2)
    way = 1 if move is Move.DRIFT_RIGHT else -1
    top = clear(focal_y - _EYE_LINE * nearest * largest_height, nearest)
    first, last = _drift(frame, focal_x, top, nearest, way * travel)
    return held(first), held(last)


def _sides(subjects: Sequence[Box], width: int) -> list[tuple[float, float]]:
    """The leftmost and rightmost pixel of the faces, of all figures, of all subjects.

    What the picture's edge cuts anyway is left out.
    """
    found = []
    for kinds in (("face",), ("face", "figure"), ("face", "figure", "thing")):
        boxes = [
            box
            for box in subjects
            if box.kind in kinds and box.x > _CUT and box.x + box.width < 1 - _CUT
        ]
        if boxes:
            left = min(box.x for box in boxes)
            right = max(box.x + box.width for box in boxes)
            found.append((left * width, right * width))
    return found


def _drift(
    frame: Frame, focal_x: float, top: float, nearest: float, travel: float
) -> tuple[Rect, Rect]:
    """A sideways move of ``travel`` (of the largest width) that keeps its length at the border.

    ``top`` is the upper edge of its last view.
    """
    largest_width, largest_height = frame.largest()
    reach = abs(travel) * largest_width / 2
    half = (nearest + _PAN_ZOOM) * largest_width / 2
    low, high = half + reach, frame.picture_width - half - reach
    middle = min(max(focal_x, low), high) if low <= high else frame.picture_width / 2
    centre_y = top + nearest / 2 * largest_height
    shift = math.copysign(reach, travel)
    return (
        frame.view(nearest + _PAN_ZOOM, middle - shift, centre_y),
        frame.view(nearest, middle + shift, centre_y),
    )


View = tuple[float, float, float, float]
"""x, y, width, height in pixels of the picture."""


def view_at(start: Rect, end: Rect, progress: float) -> View:
    """The view at ``progress`` 0..1 of a move.

    The size grows by the same factor each frame, so that the zoom has one pace; the position is
    tied to the size, so that the picture grows out of one fixed point and never swerves.
    """
    ratio = end.width / start.width
    still = abs(ratio - 1) < 1e-6
    share = progress if still else (ratio**progress - 1) / (ratio - 1)
    return (
        start.x + (end.x - start.x) * share,
        start.y + (end.y - start.y) * share,
        start.width + (end.width - start.width) * share,
        start.height + (end.height - start.height) * share,
    )


def layer_view_at(start: Rect, end: Rect, progress: float, depth: float) -> View:
    """The view of a layer that moves and grows by ``depth`` more than the picture behind it.

    In the middle of the move the layer is where it was painted.
    """
    behind = view_at(start, end, progress)
    middle = view_at(start, end, 0.5)
    x, y, width, height = (
        at + (now - at) * (1 + depth) for now, at in zip(behind, middle, strict=True)
    )
    return x, y, width, height


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:8], "big")


def _shuffled(moves: list[Move], seed: str) -> list[Move]:
    return sorted(moves, key=lambda move: _number(seed, move))
