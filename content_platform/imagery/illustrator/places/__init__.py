"""Places: what the world looks like behind and around the figures.

Each place is a function that sets the stage from the sky to the ground the subject stands on,
far things first. ``PLACES`` names them; the words that lead to each are in ``vocabulary.yaml``.
"""

from __future__ import annotations

from collections.abc import Callable

from content_platform.imagery.illustrator.stage import Stage

from . import interiors, nature, town

Place = Callable[[Stage], None]

PLACES: dict[str, Place] = {**nature.PLACES, **town.PLACES, **interiors.PLACES}

INDOORS = frozenset(interiors.PLACES)
"""Places with a roof; ``lamp room`` among them, though it is mostly window."""

__all__ = ["INDOORS", "PLACES", "Place"]
