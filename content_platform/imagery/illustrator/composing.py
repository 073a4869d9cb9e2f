"""Composing: moves and shrinks figures until every face is free and all of them are in the picture.

One rule for every shape, shot and cast: no head, hand or held thing lies over another's face, and
nobody is cut by the frame's edge unless the shot is near enough to crop bodies. Where anybody
would like to stand is decided before, by ``spots``; how they look, by ``figures``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.raster import Array
from content_platform.imagery.illustrator.stage import Stage

Edges = tuple[float, float, float, float]
"""Left, top, right and bottom in units."""

_CELL = 10.0
"""Units of the picture in one cell of a silhouette."""
_BELOW = 1.3
"""How far down bodies are looked at, in heights of the picture."""
_SIDE = 0.035
"""The margin nothing named crosses, as a fraction of the width."""
_BODY_SIDE = 0.06
"""The same for bodies, wings and tails in the wider shots: the camera still moves in."""
_CLEAR = 0.045
"""The gap between a face or muzzle and what somebody else holds, as a fraction of the width."""
_SIZES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64)
_STEPS = tuple(0.02 * step for step in range(-16, 17))
"""How far anybody may be moved, as fractions of the width."""
_FINE = 0.03
"""Faults that nobody sees."""


@dataclass(frozen=True)
class Move:
    """``dx`` to the right and ``dy`` down, ``size`` times as large, seen from the figure's own ``pivot``."""

    dx: float = 0.0
    size: float = 1.0
    pivot: tuple[float, float] = (0.0, 0.0)
    dy: float = 0.0

    def point(self, x: float, y: float) -> tuple[float, float]:
        px, py = self.pivot
        return px + self.dx + (x - px) * self.size, py + self.dy + (y - py) * self.size

    def edges(self, box: Edges) -> Edges:
        return (*self.point(box[0], box[1]), *self.point(box[2], box[3]))

    def back(self, box: Edges) -> Edges:
        """What ``edges`` turns into ``box``."""
        px, py = self.pivot
        left, top, right, bottom = box
        return (
            px + (left - px - self.dx) / self.size,
            py + (top - py - self.dy) / self.size,
            px + (right - px - self.dx) / self.size,
            py + (bottom - py - self.dy) / self.size,
        )


class Silhouette:
    """What a drawn body covers, also beyond the picture's edges."""

    def __init__(self, stage: Stage, body: str) -> None:
        self._left = -0.5 * stage.w
        wide, high = round(2 * stage.w / _CELL), round(_BELOW * stage.h / _CELL)
        view = (self._left, 0.0, wide * _CELL, high * _CELL)
        _, cover = raster.vector(body, view, (wide, high))
        self._solid: Array = np.asarray(cover > 0.4, np.float32)
        self._sum = np.pad(self._solid.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        self.edges: Edges | None = self._edges()

    def _edges(self) -> Edges | None:
        columns = np.flatnonzero(self._solid.any(axis=0))
        rows = np.flatnonzero(self._solid.any(axis=1))
        if not len(columns):
            return None
        left, right = self._left + columns[0] * _CELL, self._left + (columns[-1] + 1) * _CELL
        return float(left), float(rows[0] * _CELL), float(right), float((rows[-1] + 1) * _CELL)

    def covers(self, box: Edges) -> float:
        """The share of ``box`` that the body covers."""
        high, wide = self._solid.shape
        left, right = (min(max(round((x - self._left) / _CELL), 0), wide) for x in (box[0], box[2]))
        top, bottom = (min(max(round(y / _CELL), 0), high) for y in (box[1], box[3]))
        if right <= left or bottom <= top:
            return 0.0
        inside = self._sum
        found = (
            inside[bottom, right] - inside[top, right] - inside[bottom, left] + inside[top, left]
        )
        area = max(1.0, (box[2] - box[0]) * (box[3] - box[1]) / _CELL**2)
        return float(found) / area

    def muzzle(self, head: Edges) -> Edges:
        """``head`` widened to what sticks out of it to one side: a beak, a snout, a trunk."""
        left, top, right, bottom = head
        high = self._solid.shape[0]
        rows = slice(
            min(max(round((top + bottom) / 2 / _CELL - 2), 0), high - 1),
            min(max(round((0.4 * top + 0.6 * bottom) / _CELL + 2), 1), high),
        )
        columns = np.flatnonzero(self._solid[rows].any(axis=0))
        if not len(columns):
            return head
        most = 1.1 * (right - left)
        return (
            max(left - most, min(left, self._left + float(columns[0]) * _CELL)),
            top,
            min(right + most, max(right, self._left + float(columns[-1] + 1) * _CELL)),
            bottom,
        )


@dataclass(frozen=True)
class Piece:
    """One figure to be composed with others; later ones of a list lie over earlier ones."""

    shape: Silhouette
    pivot: tuple[float, float]
    head: Edges | None
    """The face with its hat and muzzle, which stays free; None of somebody seen from behind."""
    held: Edges | None = None
    """What the hands hold."""
    face: Edges | None = None
    """The head alone, which keeps clear of other heads."""
    tip: float = 0.05
    """How much of its width the frame may cut: the tip of a tail, of a scarf or of a wing."""


def composed(
    stage: Stage, pieces: Sequence[Piece], *, together: bool = False, least: float = _SIZES[-1]
) -> list[Move]:
    """How to move each of ``pieces`` so that faces are free and the picture's edges cut nobody.

    ``together``: they touch each other or share a thing, and keep their places to each other.
    All are made smaller alike, never below ``least``.
    """
    best = [Move(pivot=piece.pivot) for piece in pieces]
    lowest = faults_of(stage, pieces, best, together=together)
    if lowest <= _FINE:
        return best
    middle = sum(piece.pivot[0] for piece in pieces) / len(pieces)
    chosen = lowest
    for size in _SIZES:
        if size < least:
            break
        moves = [
            Move((middle - piece.pivot[0]) * (1 - size), size, piece.pivot) for piece in pieces
        ]
        moves, cost, faults = _settled(stage, pieces, moves, together)
        if cost < chosen - 1e-6:
            best, chosen = moves, cost
        if faults <= _FINE:
            break
    return best


def _settled(
    stage: Stage, pieces: Sequence[Piece], start: list[Move], together: bool
) -> tuple[list[Move], float, float]:
    """Coordinate descent over where each stands; the cost with and the faults without moving."""
    moves = list(start)
    groups = [list(range(len(pieces)))] if together else [[k] for k in range(len(pieces))]

    def cost_of(tried: Sequence[Move]) -> tuple[float, float]:
        faults = faults_of(stage, pieces, tried, together=together)
        far = sum(abs(one.dx - old.dx) for one, old in zip(tried, start, strict=True)) / stage.w
        return faults + 0.25 * far + 3.0 * (1 - tried[0].size), faults

    lowest, faults = cost_of(moves)
    for _ in range(1 if together else 3):
        before = lowest
        for members in groups:
            for step in _STEPS:
                tried = list(moves)
                for k in members:
                    tried[k] = Move(start[k].dx + step * stage.w, start[k].size, start[k].pivot)
                cost, wrong = cost_of(tried)
                if cost < lowest - 1e-6:
                    moves, lowest, faults = tried, cost, wrong
        if lowest == before or len(groups) == 1:
            break
    return moves, lowest, faults


def faults_of(
    stage: Stage, pieces: Sequence[Piece], moves: Sequence[Move], *, together: bool = False
) -> float:
    """How much of faces and held things is covered or cut, and of bodies cut; 0 is none.

    Unless they share a thing (``together``), nobody's face is right at what another holds.
    """
    wrong = 0.0
    for k, (piece, move) in enumerate(zip(pieces, moves, strict=True)):
        over = list(zip(pieces[k + 1 :], moves[k + 1 :], strict=True))
        if piece.head is not None:
            head = move.edges(piece.head)
            wrong += 8 * _outside(stage, head)
            if head[1] < 0.02 * stage.h:
                wrong += 4 * (0.02 * stage.h - head[1]) / (head[3] - head[1])
            for front, moved in over:
                wrong += 10 * max(0.0, front.shape.covers(moved.back(head)) - 0.005)
                if front.face is not None and piece.face is not None and not stage.close:
                    wrong += 6 * _shared(move.edges(piece.face), moved.edges(front.face))
        if piece.held is not None:
            held = move.edges(piece.held)
            wrong += 5 * _outside(stage, held)
            for front, moved in over:
                wrong += 4 * front.shape.covers(moved.back(held))
            for j, (other, moved) in enumerate(zip(pieces, moves, strict=True)):
                if j != k and other.head is not None and not together:
                    near = _CLEAR * stage.w - _gap(held, moved.edges(other.head))
                    wrong += 30 * max(0.0, near) / stage.w
        if not stage.close and piece.shape.edges is not None:
            cut = _outside(stage, move.edges(piece.shape.edges), _BODY_SIDE)
            wrong += 6 * max(0.0, cut - piece.tip)
    # Whoever stands left of another still does.
    places = [piece.pivot[0] for piece in pieces]
    now = [move.point(*piece.pivot)[0] for piece, move in zip(pieces, moves, strict=True)]
    for a in range(len(places)):
        for b in range(a):
            wrong += 5.0 * ((places[a] - places[b]) * (now[a] - now[b]) < 0)
    return wrong


def _shared(one: Edges, other: Edges) -> float:
    """The share of the narrower head's width that two heads side by side have in common."""
    if min(one[3], other[3]) <= max(one[1], other[1]):
        return 0.0
    across = min(one[2], other[2]) - max(one[0], other[0])
    return max(0.0, across) / max(1.0, min(one[2] - one[0], other[2] - other[0]))


def _gap(one: Edges, other: Edges) -> float:
    """How far apart two boxes are: across where they are at one height; negative, they overlap."""
    return max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])


def _outside(stage: Stage, box: Edges, side: float = _SIDE) -> float:
    """The share of a box's width beyond the picture's margins."""
    margin = side * stage.w
    cut = max(0.0, margin - box[0]) + max(0.0, box[2] - (stage.w - margin))
    return cut / max(1.0, box[2] - box[0])
