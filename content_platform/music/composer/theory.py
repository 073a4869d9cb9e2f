"""Chords, scales and voice leading. Keys are MIDI numbers (60 is middle C), pitch classes 0-11."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

MAJOR = (0, 2, 4, 5, 7, 9, 11)
LYDIAN = (0, 2, 4, 6, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
DORIAN = (0, 2, 3, 5, 7, 9, 10)

_DEGREES = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
_NUMERAL = re.compile(r"(b?)([iv]+|[IV]+)(o|sus2|sus4|maj7|add9|6|7)?")
_NAMES = ("C", "D flat", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")


@dataclass(frozen=True)
class Chord:
    """A chord in a key. ``classes`` are pitch classes, root first, then by thirds."""

    numeral: str
    root: int
    classes: tuple[int, ...]

    @property
    def body(self) -> tuple[int, ...]:
        """What a pad plays: all of it, but a major seventh is left to others with its root."""
        if (self.classes[-1] - self.root) % 12 == 11:
            return self.classes[1:3]
        return self.classes

    @property
    def third(self) -> int:
        """The class that gives the chord its colour (the suspended one, when there is no third)."""
        return self.classes[1]


def chord(numeral: str, tonic: int) -> Chord:
    """The chord a roman numeral names over ``tonic``.

    Degrees count on the major scale (``bVI`` in C is A flat), upper case is major, lower case
    minor; ``o`` diminished, ``sus2``, ``sus4``, ``maj7``, ``7``, ``6`` and ``add9`` as usual.
    """
    match = _NUMERAL.fullmatch(numeral)
    if match is None:
        raise ValueError(f"{numeral!r} is not a roman numeral such as 'i', 'bVI' or 'V7'")
    flat, degree, suffix = match.groups()
    root = (tonic + _DEGREES[degree.lower()] - bool(flat)) % 12
    third = 4 if degree.isupper() else 3
    fifth = 7
    if suffix == "o":
        fifth = 6
    elif suffix == "sus2":
        third = 2
    elif suffix == "sus4":
        third = 5
    intervals = [0, third, fifth]
    extra = {"maj7": 11, "7": 10, "6": 9, "add9": 14}.get(suffix or "")
    if extra is not None:
        intervals.append(extra)
    return Chord(numeral, root, tuple((root + step) % 12 for step in intervals))


def scale_over(harmony: Chord, tonic: int, mode: Sequence[int]) -> tuple[int, ...]:
    """Pitch classes a melody may use over a chord: the mode, bent where the chord is chromatic."""
    own = set(harmony.classes)
    classes = {(tonic + step) % 12 for step in mode}
    for foreign in own - classes:
        classes -= {(foreign + 1) % 12, (foreign - 1) % 12} - own
        classes.add(foreign)
    return tuple(sorted(classes))


def ladder(classes: Iterable[int], low: int, high: int) -> list[int]:
    """Every key from ``low`` to ``high`` whose pitch class is one of ``classes``."""
    wanted = set(classes)
    return [key for key in range(low, high + 1) if key % 12 in wanted]


def nearest(keys: Sequence[int], key: float) -> int:
    """The one of ``keys`` nearest to ``key``; the lower of two equally near."""
    return min(keys, key=lambda candidate: (abs(candidate - key), candidate))


def rubs(key: int, classes: Iterable[int]) -> bool:
    """Whether a held note would grind a semitone against a chord it does not belong to."""
    own = set(classes)
    return key % 12 not in own and bool({(key + 1) % 12, (key - 1) % 12} & own)


def lead(
    previous: Sequence[int] | None, harmony: Chord, low: int, high: int, *, voices: int = 3
) -> tuple[int, ...]:
    """The next voicing of a chord: complete, close, near ``previous``, without parallel fifths.

    Voices are returned from low to high. Without ``previous`` the voicing sits mid-range.
    """
    body = harmony.body
    needed = body if len(body) <= voices else body[1:]
    centre = (low + high) / 2
    choices: list[list[int]] = []
    for voice in range(voices):
        target = previous[voice] if previous else centre + (voice - (voices - 1) / 2) * 4
        options = ladder(body, max(low, round(target) - 7), min(high, round(target) + 7))
        choices.append([key for _, key in sorted((abs(key - target), key) for key in options)[:5]])
    best: tuple[float, tuple[int, ...]] | None = None
    for combination in product(*choices):
        if any(b - a < 2 or b - a > 12 for a, b in pairwise(combination)):
            continue
        missing = len(set(needed) - {key % 12 for key in combination})
        middle = sum(combination) / voices
        cost = 9.0 * missing + 0.15 * abs(middle - centre)
        if previous:
            cost += sum(abs(a - b) for a, b in zip(combination, previous, strict=True))
            cost += 6.0 * _parallels(previous, combination)
        if best is None or (cost, combination) < best:
            best = (cost, combination)
    if best is None:
        # The register left no room near the old voices: start afresh in the middle.
        if previous is None:
            raise ValueError(f"no room for {voices} voices between keys {low} and {high}")
        return lead(None, harmony, low, high, voices=voices)
    return best[1]


def _parallels(before: Sequence[int], after: Sequence[int]) -> int:
    """How many pairs of voices move in parallel fifths or octaves."""
    return sum(
        1
        for i in range(len(before))
        for j in range(i + 1, len(before))
        if (before[j] - before[i]) % 12 in (0, 7)
        and (after[j] - after[i]) % 12 == (before[j] - before[i]) % 12
        and before[i] != after[i]
    )


def key_name(tonic: int, *, minor: bool) -> str:
    """``D minor``, ``E flat major``."""
    return f"{_NAMES[tonic % 12]} {'minor' if minor else 'major'}"
