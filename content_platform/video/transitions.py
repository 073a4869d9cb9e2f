"""Which transition suits a change of scene: mostly crossfades, something else where the story turns.

Pure choice over scenes; how a transition is drawn is told in ``blends``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from content_platform.steering.models import TransitionsConfig
from content_platform.stories.models import Beat, Scene
from content_platform.vocabulary import ArtStyle, Mood, Transition

_SOFT_CUT = 2
"""Frames between two shots of the same people, or of people in one place at one time: a longer
blend, and somebody would be seen twice, or two in each other."""
_LENGTHS = {
    # Against a crossfade: what travels further needs longer to be followed.
    Transition.CUT: 0.0,
    Transition.CROSSFADE: 1.0,
    Transition.DIP: 1.4,
    Transition.WIPE: 1.3,
    Transition.PUSH: 1.1,
    Transition.ZOOM: 1.1,
    Transition.IRIS: 1.5,
    Transition.PAGE: 1.7,
    Transition.TEAR: 1.5,
}
_SHORTEST = 8
"""Frames; a page turned faster is only a flash, and becomes a crossfade."""

_OF_STYLE = {
    ArtStyle.STORYBOOK_LIGHT: (
        Transition.PAGE,
        Transition.IRIS,
        Transition.DIP,
        Transition.ZOOM,
        Transition.WIPE,
    ),
    ArtStyle.PAPER_CUT: (Transition.TEAR, Transition.PUSH, Transition.DIP, Transition.WIPE),
    ArtStyle.INK_AND_WASH: (Transition.WIPE, Transition.PAGE, Transition.DIP, Transition.IRIS),
}
_OF_BEAT = {
    Beat.TURN: (Transition.IRIS, Transition.TEAR, Transition.ZOOM, Transition.DIP),
    Beat.CLIMAX: (Transition.ZOOM, Transition.TEAR, Transition.PUSH),
    Beat.ENDING: (Transition.DIP, Transition.PAGE, Transition.IRIS),
}
_OF_TIME_PASSING = (Transition.DIP, Transition.WIPE, Transition.IRIS, Transition.PAGE)
_OF_ANOTHER_PLACE = (Transition.PAGE, Transition.PUSH, Transition.WIPE, Transition.TEAR)
_GENTLE = frozenset({Transition.DIP, Transition.IRIS, Transition.WIPE, Transition.PAGE})
"""What a calm or sad scene may begin with."""


@dataclass(frozen=True)
class Change:
    """How a scene takes over: the kind, how many frames it takes, which way it goes."""

    kind: Transition
    frames: int
    toward: Literal["left", "right", "up", "down"] = "left"
    seed: int = 0

    def fitted(self, before: int, after: int) -> Change:
        """As long as scenes of ``before`` and ``after`` frames allow; an even number of frames."""
        frames = 2 * (min(self.frames, before // 2, after // 2) // 2)
        plain = self.kind in (Transition.CUT, Transition.CROSSFADE)
        kind = self.kind if plain or frames >= _SHORTEST else Transition.CROSSFADE
        return Change(kind, frames, self.toward, self.seed)


def choose_transitions(
    scenes: Sequence[Scene | None],
    *,
    config: TransitionsConfig,
    style: ArtStyle,
    seed: str,
    fps: int,
) -> list[Change]:
    """One change for each scene after the first.

    At most ``config.share`` of them are something other than cuts and crossfades: those where most
    happens (the story turns, place or time change), never two in a row, never twice the same kind
    in a row. ``seed`` decides what the story leaves open.
    """
    changes = list(pairwise(scenes))
    palette = _OF_STYLE[style] if config.kinds is None else config.kinds
    special = _special_places(changes, config.share if palette else 0.0, seed)
    chosen: list[Change] = []
    last: Transition | None = None
    for number, (before, after) in enumerate(changes):
        kind = Transition.CROSSFADE
        if number in special and before is not None and after is not None:
            fit = [one for one in _suitable(before, after) if one in palette] or list(palette)
            if _same_people(before, after):
                fit = [one for one in fit if one is not Transition.ZOOM]  # it blends, too
            wanted = fit or [Transition.CROSSFADE]
            wanted = [one for one in wanted if one is not last] or wanted
            kind = last = wanted[_number(seed, "kind", str(number)) % len(wanted)]
        longest = math.floor(_LENGTHS[kind] * config.seconds * fps + 0.5)
        if kind is Transition.CROSSFADE and _same_people(before, after):
            longest = min(longest, _SOFT_CUT)
        chosen.append(
            Change(
                kind,
                longest,
                "left" if _number(seed, "way", str(number)) % 3 else "up",
                _number(seed, "edge", str(number)) % 2**31,
            )
        )
    return chosen


def _special_places(
    changes: Sequence[tuple[Scene | None, Scene | None]], share: float, seed: str
) -> set[int]:
    """Numbers of the changes that are more than a crossfade."""
    weights = {
        number: weight
        for number, (before, after) in enumerate(changes)
        if before is not None and after is not None and (weight := _weight(before, after))
    }
    room = math.floor(share * len(changes))
    places: set[int] = set()
    for number in sorted(weights, key=lambda n: (-weights[n], _number(seed, "place", str(n)))):
        crowded = share < 0.75 and places & {number - 1, number + 1}
        if len(places) < room and not crowded:
            places.add(number)
    return places


def _weight(before: Scene, after: Scene) -> int:
    """How much happens between two scenes; 0 where the story simply goes on."""
    turns = 3 if after.beat is not before.beat and after.beat in _OF_BEAT else 0
    moves = 2 if after.place != before.place else 0
    waits = 2 if after.time_of_day is not before.time_of_day else 0
    return turns + moves + waits


def _suitable(before: Scene, after: Scene) -> list[Transition]:
    found = list(_OF_BEAT.get(after.beat, ())) if after.beat is not before.beat else []
    if after.time_of_day is not before.time_of_day:
        found += _OF_TIME_PASSING
    if after.place != before.place:
        found += _OF_ANOTHER_PLACE
    if after.mood in (Mood.CALM, Mood.SAD, Mood.TENDER):
        found = [kind for kind in found if kind in _GENTLE]
    return list(dict.fromkeys(found))


def _same_people(before: Scene | None, after: Scene | None) -> bool:
    if before is None or after is None:
        return False
    stayed = before.place == after.place and before.time_of_day is after.time_of_day
    people_both = bool(before.cast and after.cast)
    seen_twice = bool(set(before.cast) & set(after.cast))
    return seen_twice or (stayed and people_both)


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:8], "big")
