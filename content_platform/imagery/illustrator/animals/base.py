"""What every animal is."""

from __future__ import annotations

from dataclasses import dataclass

from content_platform.imagery.illustrator.shapes import (
    Point,
)


@dataclass(frozen=True)
class Beast:
    """A drawn animal: its shapes, how tall it is in its own units, where its head is."""

    svg: str
    height: float
    head: Point
    size: float
    """Real height against a standing adult's."""
