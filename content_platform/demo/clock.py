"""A clock that a simulation moves."""

from __future__ import annotations

from datetime import datetime


class SimulatedClock:
    """Stands still until it is moved, and only ever forwards."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Go on to ``moment``; one that has passed leaves the clock as it is."""
        self._now = max(self._now, moment)
