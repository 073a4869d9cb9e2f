"""A finished score as data: every note, the length of every beat, and how it is to sound."""

from __future__ import annotations

from dataclasses import dataclass

from content_platform.music.composer.form import Bar
from content_platform.music.composer.theory import Chord

PERCUSSION = "percussion"


@dataclass(frozen=True)
class Note:
    """One note. ``start`` and ``length`` are in beats from the beginning of the piece."""

    start: float
    length: float
    key: int
    velocity: int
    instrument: str
    part: str


@dataclass(frozen=True)
class Piece:
    """A finished score. ``beat_s`` are the lengths of the beats up to the last chord."""

    title: str
    notes: tuple[Note, ...]
    bars: tuple[Bar, ...]
    beat_s: tuple[float, ...]
    beats_per_bar: int
    swells: tuple[tuple[float, int], ...]
    """Beat and expression (0-127) for everything that can swell."""
    final: Chord
    last_chord_s: float
    duration_s: float
    reverb_s: float
    wet: float
    bright_db: float

    def seconds(self, beat: float) -> float:
        """When a beat falls, in seconds from the start."""
        whole = min(int(beat), len(self.beat_s))
        rest = (beat - whole) * self.beat_s[min(whole, len(self.beat_s) - 1)]
        return sum(self.beat_s[:whole]) + rest
