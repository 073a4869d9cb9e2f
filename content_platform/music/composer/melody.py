"""Melodies: one pair of motifs for the whole piece, sung in phrases over its harmony.

A phrase states the motif, answers or repeats it, develops it and comes to rest. Strong beats fall
on chord tones; nothing held grinds a semitone against the chord.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from content_platform.music.composer.form import Bar
from content_platform.music.composer.styles import Style
from content_platform.music.composer.theory import ladder, nearest, rubs, scale_over


@dataclass(frozen=True)
class Theme:
    """A motif: the shape of a melody's bars, in steps from note to note."""

    contour: tuple[int, ...]
    answer: tuple[int, ...]
    cell: int
    other_cell: int


@dataclass(frozen=True)
class Sung:
    """One melody note. ``beat`` counts in its bar; ``sounding`` is the part of ``length`` heard."""

    beat: float
    length: float
    sounding: float
    key: int
    accent: int


class Singer:
    """Remembers the motifs and where the last phrase ended."""

    def __init__(self, rng: random.Random, themes: random.Random, beats: int) -> None:
        self.rng = rng
        self.beats = beats
        self.themes = (_theme(themes), _theme(themes))
        self.key: int | None = None

    def sing(self, bars: Sequence[Bar], style: Style, low: int, high: int) -> dict[int, list[Sung]]:
        """Sing a phrase: motif, its answer or sequence, a development, a cadence.

        ``low`` to ``high`` is the singer's compass, an octave at least. Returns each bar's notes
        by the bar's index.
        """
        rng, beats = self.rng, self.beats
        theme = self.themes[1 if bars[0].period % 4 == 2 else 0]
        cell = style.rhythms[theme.cell % len(style.rhythms)]
        other = style.rhythms[theme.other_cell % len(style.rhythms)]
        sung: dict[int, list[Sung]] = {}
        if self.key is None or not low <= self.key <= high:
            self.key = round((low + high) / 2)
        shift = rng.choice((-1, 0, 1, 2))
        for bar in bars:
            if bar.is_cadence:
                sung[bar.index] = self._cadence(bar, low, high)
                continue
            if bar.place == 0:
                lengths, contour = cell, theme.contour
            elif bar.place == 1:
                again = rng.random() < 0.55
                lengths, contour = (cell, theme.contour) if again else (other, theme.answer)
            else:
                lengths = other if rng.random() < 0.6 else cell
                contour = theme.answer if rng.random() < 0.5 else theme.contour[::-1]
            sung[bar.index] = self._cell(
                bar, _fitted_cell(lengths, beats), contour, shift * bar.place, low, high
            )
        return sung

    def _cell(
        self,
        bar: Bar,
        lengths: Sequence[float],
        contour: Sequence[int],
        shift: int,
        low: int,
        high: int,
    ) -> list[Sung]:
        harmony = bar.harmony
        scale = ladder(scale_over(harmony, bar.tonic, bar.mode), low, high)
        tones = ladder(harmony.classes, low, high)
        position = self.key or (low + high) // 2
        sung: list[Sung] = []
        beat, count = 0.0, 0
        for length in lengths:
            if length < 0:
                beat -= length
                continue
            step = contour[count % len(contour)] + (shift if count == 0 else 0)
            # The melody is drawn back towards the middle of its compass.
            if position > high - 3:
                step = -abs(step)
            elif position < low + 3:
                step = abs(step)
            at = scale.index(nearest(scale, position))
            key = scale[min(len(scale) - 1, max(0, at + step))]
            if beat % 2 == 0 or rubs(key, harmony.classes):
                key = nearest(tones, key)
            if len(sung) >= 2 and sung[-1].key == sung[-2].key == key:
                key = nearest([tone for tone in tones if tone != key] or tones, key)
            accent = 4 if beat == 0 else (-3 if beat % 1 else 0)
            sung.append(Sung(beat, length, length * 0.94, key, accent))
            position, beat, count = key, beat + length, count + 1
        self.key = position
        return sung

    def _cadence(self, bar: Bar, low: int, high: int) -> list[Sung]:
        harmony, beats = bar.harmony, self.beats
        goals = (harmony.root, harmony.third) if bar.closed else harmony.classes[1:3]
        position = self.key or (low + high) // 2
        key = nearest(ladder(goals, low, high), position)
        sung = []
        beat = 0.0
        scale = ladder(scale_over(harmony, bar.tonic, bar.mode), low, high)
        above = [step for step in scale if 1 <= step - key <= 2]
        if above and self.rng.random() < 0.45 and not rubs(above[0], harmony.classes):
            sung.append(Sung(0.0, 1.0, 0.96, above[0], 2))
            beat = 1.0
        sung.append(Sung(beat, beats - beat, (beats - beat) * 0.85, key, 0))
        self.key = key
        return sung


def _theme(rng: random.Random) -> Theme:
    """A contour that rises to one peak and falls, or the other way round."""
    up = rng.choice((1, 1, -1))
    rise = [rng.choice((1, 1, 2)) * up for _ in range(rng.choice((2, 2, 3)))]
    fall = [-rng.choice((1, 1, 2, 3)) * up for _ in range(3)]
    answer = [-step for step in rise] if rng.random() < 0.4 else [step * 2 for step in fall]
    cells = rng.sample(range(5), 2)
    return Theme(tuple(rise + fall), tuple(answer + rise), cells[0], cells[1])


def _fitted_cell(cell: Sequence[float], beats: int) -> tuple[float, ...]:
    """A melody cell for a bar of ``beats`` beats: cut, or its last note lengthened."""
    fitted: list[float] = []
    left = float(beats)
    for length in cell:
        if left <= 0:
            break
        size = min(abs(length), left)
        fitted.append(math.copysign(size, length))
        left -= size
    if left > 0:
        fitted[-1] = math.copysign(abs(fitted[-1]) + left, fitted[-1])
    return tuple(fitted)
