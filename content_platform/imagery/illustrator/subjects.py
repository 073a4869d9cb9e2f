"""Subjects: where in a picture somebody or something that matters is to be seen."""

from __future__ import annotations

from typing import Literal

import numpy as np

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.models import Box


class Subjects:
    """Boxes of what was put on a stage, the most important first."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.boxes: list[Box] = []

    def drawn(self, kind: Literal["figure", "thing"], body: str) -> None:
        """Remember where the picture shows ``body``."""
        w, h = self._stage.w, self._stage.h
        _, cover = raster.vector(body, (0, 0, w, h), (max(1, round(w / 8)), max(1, round(h / 8))))
        rows = np.flatnonzero(cover.max(axis=1) > 0.3)
        columns = np.flatnonzero(cover.max(axis=0) > 0.3)
        if len(rows) and len(columns):
            left, right = columns[0] / cover.shape[1], (columns[-1] + 1) / cover.shape[1]
            top, bottom = rows[0] / cover.shape[0], (rows[-1] + 1) / cover.shape[0]
            self._box(kind, left, top, right, bottom)

    def edges(
        self,
        kind: Literal["face", "figure", "thing"],
        found: tuple[float, float, float, float] | None,
    ) -> None:
        """Remember something by its left, top, right and bottom edges, in units."""
        if found is not None:
            w, h = self._stage.w, self._stage.h
            self._box(kind, found[0] / w, found[1] / h, found[2] / w, found[3] / h)

    def thing(self, middle: tuple[float, float], half: float) -> None:
        """A thing around ``middle``, ``half`` as large to each side; in units."""
        x, y = middle
        self.edges("thing", (x - half, y - half, x + half, y + half))

    def _box(
        self,
        kind: Literal["face", "figure", "thing"],
        left: float,
        top: float,
        right: float,
        bottom: float,
    ) -> None:
        left, top, right, bottom = (
            round(min(max(float(edge), 0.0), 1.0), 4) for edge in (left, top, right, bottom)
        )
        if right > left and bottom > top:
            self.boxes.append(
                Box(
                    kind=kind,
                    x=left,
                    y=top,
                    width=round(right - left, 4),
                    height=round(bottom - top, 4),
                )
            )
