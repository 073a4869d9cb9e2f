"""Writes the parts of a planned form: pad, figure, bass, melody, counter-line, sparkle, percussion.

Works phrase by phrase. Which parts play follows from the intensity; what they play follows from
the harmony, one motif for the whole piece, and what each part played before (voice leading).
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from content_platform.music.composer.form import Bar, Plan, plan
from content_platform.music.composer.melody import Singer, Sung
from content_platform.music.composer.piece import PERCUSSION, Note, Piece
from content_platform.music.composer.styles import (
    BASS_DRUM,
    CYMBAL,
    INSTRUMENTS,
    STYLES,
    TAIKO_LONG,
    Pattern,
    Style,
)
from content_platform.music.composer.theory import (
    Chord,
    key_name,
    ladder,
    lead,
    nearest,
    rubs,
    scale_over,
)
from content_platform.music.models import ComposeRequest
from content_platform.vocabulary import Mood

MOST_INSTRUMENTS = 14
"""A MIDI port has sixteen channels, one of them percussion, one kept for the timpani's roll."""

_PAD_RANGE = (52, 75)
_BASS_RANGE = (31, 48)
_FIGURE_ROOTS = (46, 57)
_RINGING = frozenset({"piano", "harp", "nylon guitar", "celesta", "vibraphone", "music box"})
_BASE_VELOCITY = {
    "pad": 60,
    "figure": 51,
    "bass": 64,
    "melody": 77,
    "counter": 58,
    "sparkle": 54,
}


@dataclass(frozen=True)
class _Palette:
    """Who plays what in one mood; two players for the parts that change between periods."""

    pad: str
    figure: tuple[str, str]
    bass: str
    melody: tuple[str, str]
    counter: str
    sparkle: str


def compose(request: ComposeRequest) -> Piece:
    """Write the music a request asks for. The same request gives the same notes."""
    form = plan(request.mood, request.sections, request.resolve_at_s, _stream(request, "form"))
    return _Writer(form, request).write()


def _stream(request: ComposeRequest, purpose: str) -> random.Random:
    """Chance for one purpose. It depends on seed and mood alone, so that all languages of a story
    share key, ensemble and themes though their lengths differ."""
    identity = f"{request.seed}/{request.mood.value}/{purpose}"
    return random.Random(int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8], "big"))


class _Writer:
    def __init__(self, form: Plan, request: ComposeRequest) -> None:
        self.form = form
        self.rng = _stream(request, "parts")
        self.request = request
        self.notes: list[Note] = []
        self.end_beat = len(form.bars) * form.beats
        self.tail_s = request.duration_s - request.resolve_at_s
        self.palettes = self._palettes(_stream(request, "ensemble"))
        self.singer = Singer(self.rng, _stream(request, "themes"), form.beats)
        self.voicing: tuple[int, ...] | None = None
        self.held: dict[int, int] = {}
        self.held_player = ""
        self.bass_key = 40
        self.counter_key = 57
        self.melody_run = 0
        self.singing = False

    # -- who plays ---------------------------------------------------------------------------

    def _palettes(self, rng: random.Random) -> dict[Mood, _Palette]:
        """Instruments for every mood of the piece, the main mood choosing first."""
        moods = [self.form.mood]
        for bar in self.form.bars:
            if bar.mood not in moods:
                moods.append(bar.mood)
        used: list[str] = []

        def pick(options: Sequence[str], *taken: str) -> str:
            free = [name for name in options if name not in taken] or list(options)
            if len(used) >= MOST_INSTRUMENTS:
                known = [name for name in free if name in used]
                free = known or [name for name in options if name in used] or ["piano"]
            elif len(moods) > 1 and used:
                # A second mood prefers players who are already there: one ensemble, not two.
                free = [name for name in free if name in used] * 2 + free
            name = rng.choice(free)
            if name not in used:
                used.append(name)
            return name

        palettes = {}
        for mood in moods:
            style = STYLES[mood]
            pad = pick(style.pad)
            figure = pick(style.figure, pad)
            melody = pick(style.melody, pad, figure)
            palettes[mood] = _Palette(
                pad=pad,
                figure=(figure, pick(style.figure, pad, figure, melody)),
                bass=pick(style.bass),
                melody=(melody, pick(style.melody, pad, figure, melody)),
                counter=pick(style.counter, pad, melody, figure),
                sparkle=pick(style.sparkle, melody, figure),
            )
        return palettes

    # -- the piece ---------------------------------------------------------------------------

    def write(self) -> Piece:
        phrases: list[list[Bar]] = []
        for bar in self.form.bars:
            if phrases and phrases[-1][0].phrase == bar.phrase:
                phrases[-1].append(bar)
            else:
                phrases.append([bar])
        for number, phrase in enumerate(phrases):
            self._phrase(phrase, number, len(phrases))
        self._last_chord()
        style, form = self.form.style, self.form
        notes = sorted(self.notes, key=lambda note: (note.start, note.instrument, note.key))
        return Piece(
            title=f"{form.mood.value.capitalize()} in {key_name(form.tonic, minor=style.minor)}",
            notes=tuple(notes),
            bars=form.bars,
            beat_s=form.beat_s,
            beats_per_bar=form.beats,
            swells=self._swells(phrases),
            final=form.final,
            last_chord_s=self.request.resolve_at_s,
            duration_s=self.request.duration_s,
            reverb_s=style.reverb_s,
            wet=style.wet,
            bright_db=style.bright_db,
        )

    def _phrase(self, bars: Sequence[Bar], number: int, count: int) -> None:
        style = STYLES[bars[0].mood]
        palette = self.palettes[bars[0].mood]
        intensity = sum(bar.intensity for bar in bars) / len(bars)
        face = bars[0].period % 4
        parts = self._parts(bars, number, count, intensity, style)
        self.singing = "melody" in parts
        sung: dict[int, list[Sung]] = {}
        if "pad" in parts:
            self._pad(bars, palette.pad, intensity)
        else:
            self.held.clear()
        if "melody" in parts:
            player = palette.melody[1 if face in (1, 2) else 0]
            sung = self._melody(bars, style, player)
        if "figure" in parts:
            player = palette.figure[1 if face == 2 else 0]
            self._figure(bars, style, player, intensity)
        if "bass" in parts:
            self._bass(bars, style, palette.bass, intensity)
        if "counter" in parts:
            self._counter(bars, palette.counter, sung)
        if "sparkle" in parts:
            self._sparkle(bars, palette.sparkle)
        if "percussion" in parts:
            self._percussion(bars, style, intensity, first=number == 0)

    def _parts(
        self, bars: Sequence[Bar], number: int, count: int, intensity: float, style: Style
    ) -> set[str]:
        """Which parts play in a phrase."""
        rng = self.rng
        if number == 0 and count >= 3 and intensity < 0.6:
            # A thin opening: one colour, and a glint of what is to come.
            return {rng.choice(("pad", "figure")), "sparkle"}
        parts = {"figure"} if intensity >= 0.15 else {"pad"}
        if intensity >= 0.25:
            parts.add("pad")
        if intensity >= 0.3:
            parts.add("bass")
        ending = number == count - 1
        sings = (
            number == 1
            or ending
            or rng.random() < style.melody_share * (0.6 + 0.6 * intensity)
            or (self.melody_run < 0 and intensity > 0.3)
        )
        if self.melody_run >= (3 if intensity > 0.75 else 2) and not ending:
            sings = False
        self.melody_run = max(1, self.melody_run + 1) if sings else min(-1, self.melody_run - 1)
        if sings:
            parts.add("melody")
        if intensity >= 0.6 and (sings or rng.random() < 0.5):
            parts.add("counter")
        if rng.random() < 0.35 + 0.2 * (not sings):
            parts.add("sparkle")
        if style.percussion and intensity >= style.percussion_from:
            parts.add("percussion")
        if bars[0].period % 4 == 3 and intensity < 0.7 and {"pad", "figure"} <= parts:
            # The fourth face of a long section breathes: one of the two steps back.
            parts.discard(rng.choice(("pad", "figure")))
        return parts

    def _add(
        self,
        bar: Bar,
        beat: float,
        length: float,
        key: int,
        part: str,
        instrument: str,
        accent: float = 0.0,
    ) -> None:
        """One note, played by a person: never exactly on time or equally loud."""
        velocity = _BASE_VELOCITY[part] + 30 * (bar.intensity - 0.45) + accent
        arch = math.sin(math.pi * (bar.place + beat / self.form.beats) / bar.phrase_bars)
        velocity += 6 * arch + self.rng.gauss(0, 3)
        start = bar.index * self.form.beats + beat
        beat_s = self.form.beat_s[min(int(start), self.end_beat - 1)]
        late = self.rng.gauss(0, 0.007) / beat_s
        if part != "pad" and beat % 1 == 0.5:
            late += STYLES[bar.mood].swing
        start = max(0.0, start + late)
        length = min(length, self.end_beat - start - 0.02)
        if length > 0.03:
            self.notes.append(
                Note(start, length, key, round(min(108, max(26, velocity))), instrument, part)
            )

    # -- the parts ---------------------------------------------------------------------------

    def _pad(self, bars: Sequence[Bar], player: str, intensity: float) -> None:
        instrument = INSTRUMENTS[player]
        low, high = max(_PAD_RANGE[0], instrument.low), min(_PAD_RANGE[1], instrument.high)
        beats = self.form.beats
        if player != self.held_player:
            self.held.clear()
            self.held_player = player
        for bar in bars:
            voicing = lead(self.voicing, bar.harmony, low, high)
            keys = list(voicing)
            if intensity > 0.7 and voicing[0] - 12 >= instrument.low:
                keys.append(voicing[0] - 12)
            held: dict[int, int] = {}
            for key in keys:
                tied = self.held.get(key)
                # A common tone is held, not struck again; after three bars it breathes.
                if tied is not None and self.notes[tied].length < 2.5 * beats:
                    note = self.notes[tied]
                    self.notes[tied] = replace(
                        note, length=(bar.index + 1) * beats - 0.05 - note.start
                    )
                    held[key] = tied
                else:
                    before = len(self.notes)
                    self._add(bar, 0, beats - 0.05, key, "pad", player, -3 if key < 55 else 0)
                    if len(self.notes) > before:
                        held[key] = before
            self.voicing, self.held = voicing, held

    def _figure(self, bars: Sequence[Bar], style: Style, player: str, intensity: float) -> None:
        rng, beats = self.rng, self.form.beats
        instrument = INSTRUMENTS[player]
        face = bars[0].period % len(style.figures)
        pattern = list(_fitted(style.figures[face], beats))
        if rng.random() < 0.4:
            at = rng.randrange(2, len(pattern) - 1)
            pattern[at], pattern[at + 1] = pattern[at + 1], pattern[at]
        for bar in bars:
            steps = self._figure_ladder(bar.harmony, instrument.low, instrument.high)
            for eighth, step in enumerate(pattern):
                beat = eighth / 2
                if step is None or (intensity < 0.32 and eighth % 2):
                    continue
                if bar.is_cadence and beat >= beats - 1 and not bar.closed and rng.random() < 0.5:
                    continue
                if eighth % 2 and rng.random() > 0.6 + 0.4 * intensity:
                    continue
                key = steps[min(step, len(steps) - 1)]
                length = min(2.0, beats - beat) if player in _RINGING else 0.55
                if instrument.sustained:
                    length = 0.42
                accent = 5 if eighth == 0 else (0 if eighth % 2 == 0 else -5)
                # Under a melody the figure steps back.
                accent -= 5 * self.singing
                self._add(bar, beat, length, key, "figure", player, accent)

    @staticmethod
    def _figure_ladder(harmony: Chord, low: int, high: int) -> list[int]:
        root = nearest(
            ladder({harmony.root}, max(low, 36), 72), max(sum(_FIGURE_ROOTS) / 2, low + 5)
        )
        steps = [root]
        for key in ladder(harmony.classes, root + 1, min(high, 79)):
            # No two neighbours a semitone apart: a seventh stands in for the root above it.
            if key - steps[-1] > 1:
                steps.append(key)
        return steps

    def _bass(self, bars: Sequence[Bar], style: Style, player: str, intensity: float) -> None:
        beats = self.form.beats
        instrument = INSTRUMENTS[player]
        low = max(_BASS_RANGE[0], instrument.low)
        high = max(_BASS_RANGE[1], low + 12)
        line = style.bass_lines[0 if intensity < 0.55 else bars[0].period % len(style.bass_lines)]
        pattern = _fitted(line, beats)
        places = [i for i, step in enumerate(pattern) if step is not None]
        for bar in bars:
            harmony = bar.harmony
            root = nearest(ladder({harmony.root}, low, high), 0.6 * self.bass_key + 0.4 * 38)
            for at, eighth in enumerate(places):
                until = places[at + 1] if at + 1 < len(places) else beats * 2
                key = self._bass_key(bar, root, pattern[eighth] or 0, low, high)
                length = (until - eighth) / 2 - (0.06 if instrument.sustained else 0.1)
                self._add(bar, eighth / 2, length, key, "bass", player, 4 if eighth == 0 else -4)
            self.bass_key = root

    def _bass_key(self, bar: Bar, root: int, step: int, low: int, high: int) -> int:
        harmony = bar.harmony
        if step == 1:
            return nearest(ladder({harmony.classes[2]}, low, high), root + 2)
        if step == 2:
            return root + 12 if root + 12 <= high else root
        if step == 3:
            ahead = (
                self.form.bars[bar.index + 1].harmony.root
                if bar.index + 1 < len(self.form.bars)
                else self.form.final.root
            )
            goal = nearest(ladder({ahead}, low, high), root)
            scale = ladder(scale_over(harmony, bar.tonic, bar.mode), low, high)
            near = [
                key for key in scale if 0 < abs(key - goal) <= 2 and not rubs(key, harmony.classes)
            ]
            return nearest(near, root) if near else root
        return root

    def _melody(self, bars: Sequence[Bar], style: Style, player: str) -> dict[int, list[Sung]]:
        """Sing a phrase; returns what was sung in each bar."""
        sung = self.singer.sing(bars, style, *_compass(player))
        for bar in bars:
            for note in sung[bar.index]:
                self._add(bar, note.beat, note.sounding, note.key, "melody", player, note.accent)
        return sung

    def _counter(
        self,
        bars: Sequence[Bar],
        player: str,
        melody: dict[int, list[Sung]],
    ) -> None:
        """A slow line of chord tones that moves by the smallest step and shuns the melody's notes."""
        beats = self.form.beats
        instrument = INSTRUMENTS[player]
        low, high = max(48, instrument.low), min(69, instrument.high)
        for bar in bars:
            above = melody.get(bar.index, [])
            starts = [0.0] if bar.intensity < 0.75 or beats == 3 else [0.0, 2.0]
            for at, beat in enumerate(starts):
                sung = [note.key for note in above if note.beat <= beat < note.beat + note.length]
                tones = [
                    key
                    for key in ladder(bar.harmony.classes, low, high)
                    if all(key % 12 != other % 12 and key < other - 2 for other in sung)
                ] or ladder(bar.harmony.classes, low, high)
                moved = [key for key in tones if at == 0 or key != self.counter_key] or tones
                key = nearest(moved, 0.85 * self.counter_key + 0.15 * (low + high) / 2)
                until = starts[at + 1] if at + 1 < len(starts) else beats
                self._add(bar, beat, until - beat - 0.05, key, "counter", player)
                self.counter_key = key

    def _sparkle(self, bars: Sequence[Bar], player: str) -> None:
        """A few high notes where the phrase begins or comes to rest."""
        rng, beats = self.rng, self.form.beats
        instrument = INSTRUMENTS[player]
        low, high = max(72, instrument.low), min(93, instrument.high)
        bar = rng.choice((bars[0], bars[-1]))
        tones = ladder(bar.harmony.classes, low, high)
        count = rng.choice((1, 2, 3, 3))
        start = rng.randrange(max(1, len(tones) - count))
        run = tones[start : start + count]
        if rng.random() < 0.5:
            run = run[::-1]
        beat = 0.0 if bar is bars[0] and rng.random() < 0.5 else float(rng.choice((1, beats - 2)))
        for index, key in enumerate(run):
            if beat + index / 2 < beats:
                self._add(bar, beat + index / 2, 1.5, key, "sparkle", player, -3 * index)

    def _percussion(
        self, bars: Sequence[Bar], style: Style, intensity: float, *, first: bool
    ) -> None:
        beats = self.form.beats
        span = 1.0 - style.percussion_from
        level = min(0.99, max(0.0, (intensity - style.percussion_from) / span))
        hits = style.percussion[int(level * len(style.percussion))]
        for bar in bars:
            accents = style.accents if bar.place == 0 and not first and intensity > 0.55 else ()
            for key, beat, velocity in (*hits, *accents):
                if beat >= beats or (
                    key in (BASS_DRUM, TAIKO_LONG) and self._taken(bar, beat, key)
                ):
                    continue
                if beat > 0 and self.rng.random() < 0.12:
                    continue
                loud = velocity + 24 * (bar.intensity - 0.6) + self.rng.gauss(0, 4)
                start = bar.index * beats + beat + abs(self.rng.gauss(0, 0.008))
                length = 2.0 if key in (CYMBAL, TAIKO_LONG) else 0.4
                self.notes.append(
                    Note(
                        start,
                        min(length, self.end_beat - start),
                        key,
                        round(min(100, max(18, loud))),
                        PERCUSSION,
                        PERCUSSION,
                    )
                )

    def _taken(self, bar: Bar, beat: float, key: int) -> bool:
        """Whether that drum was already struck at that moment."""
        start = bar.index * self.form.beats + beat
        recent = self.notes[-12:]
        return any(
            note.instrument == PERCUSSION and note.key == key and abs(note.start - start) < 0.1
            for note in recent
        )

    # -- the end -----------------------------------------------------------------------------

    def _last_chord(self) -> None:
        """The chord the whole piece leads to: rolled, full, and left to ring."""
        form, last = self.form, self.form.bars[-1]
        style = STYLES[last.mood]
        palette = self.palettes[last.mood]
        beat_s = form.beat_s[-1]
        ring = min(max(0.5, 0.55 * self.tail_s), 4.5) / beat_s
        long_ring = min(max(0.6, self.tail_s - 0.3), 7.0) / beat_s
        strength = 52 + 22 * last.intensity
        harmony = form.final

        def strike(
            key: int, length: float, instrument: str, part: str, after: float = 0.0, less: float = 0
        ) -> None:
            start = self.end_beat + after / beat_s
            velocity = round(min(104, max(30, strength - less)))
            self.notes.append(Note(start, length, key, velocity, instrument, part))

        pad = INSTRUMENTS[palette.pad]
        low, high = max(_PAD_RANGE[0], pad.low), min(_PAD_RANGE[1], pad.high)
        for key in lead(self.voicing, harmony, low, high):
            strike(key, ring, palette.pad, "pad", less=8)
        bass = INSTRUMENTS[palette.bass]
        roots = ladder({harmony.root}, max(29, bass.low), bass.high)
        strike(nearest(roots, 34), ring, palette.bass, "bass")
        player = palette.figure[0]
        instrument = INSTRUMENTS[player]
        steps = self._figure_ladder(harmony, instrument.low, instrument.high)[:6]
        # The lowest note is the moment; the roll follows within a tenth of a second.
        spread = 0.09 / max(1, len(steps) - 1) if style.rolled else 0.004
        for index, key in enumerate(steps):
            length = long_ring if not instrument.sustained else ring
            strike(key, length, player, "figure", index * spread, less=-6 + 2 * index)
        singer = palette.melody[0]
        compass = _compass(singer)
        goals = {harmony.root, harmony.third, harmony.classes[2]}
        key = nearest(ladder(goals, *compass), self.singer.key or sum(compass) / 2)
        strike(key, ring, singer, "melody", 0.0, less=2)
        if self.tail_s >= 2.0:
            glint = INSTRUMENTS[palette.sparkle]
            tops = ladder({harmony.root, harmony.classes[2]}, max(76, glint.low), glint.high)
            if tops:
                strike(tops[0], long_ring / 2, palette.sparkle, "sparkle", 2 * beat_s / 3, less=22)
        if style.percussion and last.intensity >= style.percussion_from:
            drum = TAIKO_LONG if last.mood in (Mood.EPIC, Mood.TENSE) else BASS_DRUM
            strike(drum, 2.0, PERCUSSION, PERCUSSION, less=18)

        if last.mood in (Mood.EPIC, Mood.TENSE) and last.intensity >= style.percussion_from:
            self._timpani_roll(strength)
            strike(_timpani_key(harmony.root), ring, "timpani", "bass", less=4)

    def _timpani_roll(self, strength: float) -> None:
        """Two beats of growing thirty-seconds on the dominant, into the last chord.

        No other drum plays in them: it could be heard above the chord they lead to.
        """
        key = _timpani_key(self.form.bars[-1].harmony.root)
        beats = min(2, self.end_beat)
        strokes = beats * 8
        self.notes = [
            note
            for note in self.notes
            if note.instrument != PERCUSSION
            or not self.end_beat - beats < note.start < self.end_beat
        ]
        for stroke in range(strokes):
            velocity = strength - 34 + 26 * stroke / strokes + self.rng.gauss(0, 2)
            start = self.end_beat - beats + stroke / 8
            self.notes.append(Note(start, 0.11, key, round(max(20, velocity)), "timpani", "bass"))

    def _swells(self, phrases: Sequence[Sequence[Bar]]) -> tuple[tuple[float, int], ...]:
        """Expression for held sounds: each phrase grows and recedes, the last chord dies away."""
        swells: list[tuple[float, int]] = []
        beats = self.form.beats
        for phrase in phrases:
            first, count = phrase[0].index * beats, len(phrase) * beats
            for beat in range(count):
                arch = math.sin(math.pi * (beat + 0.5) / count)
                intensity = phrase[beat // beats].intensity
                swells.append((float(first + beat), round(72 + 20 * intensity + 22 * arch)))
        beat_s = self.form.beat_s[-1]
        ring = min(max(0.5, 0.55 * self.tail_s), 4.5) / beat_s
        for step in range(17):
            at = step / 16
            value = 112 * (1 - at) ** 0.8
            swells.append((self.end_beat + ring * at, max(8, round(value))))
        return tuple(swells)


def _timpani_key(pitch_class: int) -> int:
    timpani = INSTRUMENTS["timpani"]
    return nearest(ladder({pitch_class}, timpani.low, timpani.high), 43)


def _compass(player: str) -> tuple[int, int]:
    """The keys a melody may use on an instrument: its singing register, below the voice's bite."""
    instrument = INSTRUMENTS[player]
    if instrument.high <= 70:
        return instrument.low + 8, instrument.high - 1
    return max(instrument.low, 60), min(instrument.high - 2, 81)


def _fitted(pattern: Pattern, beats: int) -> Pattern:
    """A pattern of eighths for a bar of ``beats`` beats."""
    wanted = beats * 2
    if len(pattern) >= wanted:
        return pattern[:wanted]
    return pattern + pattern[len(pattern) - (wanted - len(pattern)) :]
