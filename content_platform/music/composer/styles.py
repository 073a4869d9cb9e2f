"""What each mood sounds like: harmony, tempo, instruments, rhythms. Data only.

Chord phrases are four bars long; ``open`` ones stay in motion, ``closed`` ones come home,
``turning`` ones lead away, and ``ending`` ones prepare the last chord of the piece.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from content_platform.music.composer.theory import DORIAN, LYDIAN, MAJOR, MINOR
from content_platform.vocabulary import Mood


@dataclass(frozen=True)
class Instrument:
    """A preset of ``soundfont/ensemble.sf2`` and the keys that sound good on it."""

    program: int
    low: int
    high: int
    pan: int
    """0 left, 64 centre, 127 right."""
    level: int
    """Channel volume, 0-127, that makes the instruments equally present."""
    sustained: bool = False
    """Sounds as long as it is held, and can swell."""


INSTRUMENTS = {
    "piano": Instrument(0, 36, 86, 60, 112),
    "celesta": Instrument(8, 60, 96, 82, 112),
    "glockenspiel": Instrument(9, 74, 98, 86, 104),
    "music box": Instrument(10, 57, 91, 78, 86),
    "vibraphone": Instrument(11, 55, 86, 50, 108),
    "marimba": Instrument(12, 48, 81, 46, 98),
    "nylon guitar": Instrument(24, 42, 76, 46, 92),
    "acoustic bass": Instrument(32, 29, 52, 64, 80),
    "cello": Instrument(42, 38, 67, 76, 90, sustained=True),
    "contrabass": Instrument(43, 29, 50, 70, 94, sustained=True),
    "pizzicato": Instrument(45, 44, 77, 72, 98),
    "harp": Instrument(46, 36, 86, 40, 104),
    "timpani": Instrument(47, 38, 52, 58, 80),
    "strings": Instrument(48, 40, 82, 58, 74, sustained=True),
    "slow strings": Instrument(49, 40, 82, 58, 70, sustained=True),
    "choir": Instrument(52, 48, 76, 66, 86, sustained=True),
    "horns": Instrument(60, 43, 70, 48, 86, sustained=True),
    "oboe": Instrument(68, 62, 82, 70, 76, sustained=True),
    "clarinet": Instrument(71, 54, 80, 56, 77, sustained=True),
    "flute": Instrument(73, 64, 86, 72, 79, sustained=True),
    "warm pad": Instrument(89, 40, 80, 64, 92, sustained=True),
}

PERCUSSION_PROGRAM = 48
BASS_DRUM, TAMBOURINE, CYMBAL, SHAKER, CLAVE = 36, 54, 57, 69, 75
WOODBLOCK_HIGH, WOODBLOCK_LOW, TRIANGLE, SOFT_SHAKER = 76, 77, 81, 82
TAIKO_SHORT, TAIKO_LONG = 86, 87

Pattern = tuple[int | None, ...]
"""One bar in eighths: which step of the chord's ladder sounds, None for a rest."""
Hits = tuple[tuple[int, float, int], ...]
"""Percussion key, beat in the bar, velocity."""


@dataclass(frozen=True)
class Style:
    """One mood."""

    mode: tuple[int, ...]
    tonics: tuple[int, ...]
    """Pitch classes the piece may be in."""
    tempo: tuple[float, float]
    """Slowest and fastest beats per minute."""
    beats: int
    open: tuple[tuple[str, str, str, str], ...]
    closed: tuple[tuple[str, str, str, str], ...]
    turning: tuple[tuple[str, str, str, str], ...]
    ending: tuple[tuple[str, str, str, str], ...]
    final: tuple[str, ...]
    pad: tuple[str, ...]
    figure: tuple[str, ...]
    bass: tuple[str, ...]
    melody: tuple[str, ...]
    counter: tuple[str, ...]
    sparkle: tuple[str, ...]
    figures: tuple[Pattern, ...]
    bass_lines: tuple[Pattern, ...]
    """In eighths; 0 root, 1 fifth below or above, 2 octave, 3 a step towards the next root."""
    rhythms: tuple[tuple[float, ...], ...]
    """Melody cells: lengths in beats of one bar; negative for a rest."""
    percussion: tuple[Hits, ...] = ()
    percussion_from: float = 0.6
    """Intensity at which percussion comes in."""
    melody_share: float = 0.6
    """Share of phrases with a melody."""
    away: tuple[int, ...] = (3, -4, 5)
    """Semitones to the key of a turn."""
    rubato: float = 0.0
    """How much longer a phrase's last two beats are."""
    swing: float = 0.0
    """How late off-beat eighths come, in beats."""
    reverb_s: float = 1.8
    wet: float = 0.24
    bright_db: float = 0.0
    """Shelf above 5 kHz."""
    rolled: bool = True
    """Whether chords of plucked instruments are rolled."""
    accents: Hits = field(default=())
    """Percussion at the start of a strong phrase."""

    @property
    def minor(self) -> bool:
        """Whether its third is minor."""
        return 3 in self.mode


_R = None

STYLES: dict[Mood, Style] = {
    Mood.CALM: Style(
        mode=MAJOR,
        tonics=(0, 2, 5, 7, 10),
        tempo=(62, 76),
        beats=4,
        open=(
            ("Imaj7", "vi7", "IVmaj7", "V"),
            ("I", "iii", "IV", "ii7"),
            ("Iadd9", "IVmaj7", "vi", "Vsus4"),
        ),
        closed=(
            ("IVmaj7", "iii", "ii7", "Iadd9"),
            ("vi", "IV", "V", "I"),
            ("ii7", "V", "IV", "Imaj7"),
        ),
        turning=(("vi", "iii", "IV", "I"), ("bVII", "IV", "ii7", "V"), ("vi7", "ii", "iii", "IV")),
        ending=(("IV", "iii", "ii7", "V"), ("vi", "ii7", "IV", "V7"), ("I", "IVmaj7", "ii", "IV")),
        final=("Iadd9", "I", "Imaj7"),
        pad=("warm pad", "slow strings"),
        figure=("harp", "nylon guitar", "piano"),
        bass=("acoustic bass", "cello"),
        melody=("piano", "flute", "clarinet", "vibraphone"),
        counter=("cello", "clarinet"),
        sparkle=("celesta", "vibraphone", "music box"),
        figures=(
            (0, 2, 4, 5, 4, 2, 3, 2),
            (0, 2, 3, 5, _R, 4, 3, 2),
            (0, _R, 2, 4, 5, _R, 4, 2),
            (0, 3, 2, 4, 3, 5, 4, _R),
        ),
        bass_lines=((0, _R, _R, _R, _R, _R, _R, _R), (0, _R, _R, _R, 1, _R, _R, _R)),
        rhythms=((2, 1, 1), (1.5, 0.5, 2), (3, 1), (-1, 1, 2), (1, 1, 2)),
        melody_share=0.5,
        away=(5, -3, 2),
        rubato=0.05,
        reverb_s=2.2,
        wet=0.27,
    ),
    Mood.MYSTERY: Style(
        mode=MINOR,
        tonics=(9, 2, 4, 11, 7),
        tempo=(72, 88),
        beats=4,
        open=(
            ("i", "bVI", "iv", "V"),
            ("i", "iv", "bVI", "iio"),
            ("i", "isus2", "bVImaj7", "iv"),
            ("isus2", "bII", "i", "V"),
        ),
        closed=(("iv", "bVI", "V", "i"), ("bVI", "iv", "Vsus4", "i"), ("iio", "V7", "bVI", "i")),
        turning=(
            ("bVI", "bII", "iv", "V"),
            ("i", "bVI", "bIII", "bII"),
            ("iv", "i", "bII", "viio"),
        ),
        ending=(("bVI", "iv", "bII", "V"), ("i", "iv", "iio", "V7"), ("iv", "bVI", "iv", "V")),
        final=("i", "i", "isus2"),
        pad=("slow strings", "choir", "warm pad"),
        figure=("pizzicato", "harp", "marimba", "piano"),
        bass=("contrabass", "cello"),
        melody=("music box", "clarinet", "oboe", "celesta"),
        counter=("cello", "clarinet", "horns"),
        sparkle=("celesta", "vibraphone", "glockenspiel"),
        figures=(
            (0, _R, 2, _R, 4, 3, 2, _R),
            (0, 2, _R, 4, _R, 2, 3, _R),
            (0, _R, _R, 3, 2, _R, 4, _R),
            (0, 2, 3, 2, _R, 2, 4, 2),
        ),
        bass_lines=(
            (0, _R, _R, _R, _R, _R, _R, _R),
            (0, _R, _R, 0, _R, _R, 1, _R),
            (0, _R, _R, _R, _R, _R, 3, _R),
        ),
        rhythms=((1.5, 0.5, 1, 1), (1, 0.5, 0.5, 2), (-0.5, 0.5, 1, 2), (2, 1.5, 0.5), (3, 1)),
        percussion=(
            ((WOODBLOCK_LOW, 3.5, 34), (SOFT_SHAKER, 1.0, 40)),
            ((CLAVE, 2.5, 24), (BASS_DRUM, 0.0, 40)),
            ((SHAKER, 1.5, 40), (SHAKER, 3.5, 34), (BASS_DRUM, 0.0, 46)),
        ),
        percussion_from=0.5,
        melody_share=0.55,
        away=(3, -4, 1),
        reverb_s=2.4,
        wet=0.3,
        bright_db=-1.5,
        accents=((BASS_DRUM, 0.0, 58), (TRIANGLE, 0.0, 36)),
    ),
    Mood.TENDER: Style(
        mode=MAJOR,
        tonics=(7, 0, 5, 3, 2),
        tempo=(64, 80),
        beats=3,
        open=(("I", "iii", "vi", "IV"), ("Iadd9", "vi", "IV", "V"), ("I", "IV", "ii7", "Vsus4")),
        closed=(("IV", "iv", "I", "Iadd9"), ("ii7", "V7", "vi", "I"), ("vi", "IV", "V7", "I")),
        turning=(("vi", "iii", "IV", "I"), ("iii", "vi", "ii", "V"), ("bVI", "bIII", "IV", "V")),
        ending=(("vi", "IV", "iv", "V7"), ("IV", "iii", "ii7", "V"), ("I", "vi", "IV", "iv")),
        final=("I", "Iadd9"),
        pad=("slow strings", "warm pad"),
        figure=("piano", "harp", "nylon guitar"),
        bass=("cello", "acoustic bass"),
        melody=("piano", "oboe", "flute", "clarinet"),
        counter=("cello", "clarinet", "horns"),
        sparkle=("celesta", "music box"),
        figures=((0, 2, 3, 4, 3, 2), (0, 2, 4, 2, 3, 2), (0, 3, 4, 5, 4, 3), (0, _R, 2, 3, 4, _R)),
        bass_lines=((0, _R, _R, _R, _R, _R), (0, _R, _R, _R, 1, _R)),
        rhythms=((2, 1), (1, 1, 1), (1.5, 0.5, 1), (3,), (-1, 1, 1)),
        melody_share=0.6,
        away=(-3, 5, 4),
        rubato=0.06,
        reverb_s=2.0,
        wet=0.25,
    ),
    Mood.UPBEAT: Style(
        mode=MAJOR,
        tonics=(2, 7, 9, 4, 0),
        tempo=(104, 122),
        beats=4,
        open=(("I", "V", "vi", "IV"), ("I", "IV", "vi", "V"), ("I", "iii", "IV", "V")),
        closed=(("IV", "V", "vi", "I"), ("vi", "IV", "V", "I"), ("ii7", "V", "I", "Iadd9")),
        turning=(("vi", "iii", "IV", "V"), ("IV", "I", "ii", "V"), ("bVII", "IV", "I", "V")),
        ending=(("IV", "I", "ii7", "V"), ("vi", "IV", "ii", "V7"), ("I", "IV", "V", "V7")),
        final=("I", "Iadd9"),
        pad=("strings", "warm pad"),
        figure=("nylon guitar", "piano", "marimba"),
        bass=("acoustic bass",),
        melody=("flute", "clarinet", "vibraphone", "piano"),
        counter=("strings", "horns", "clarinet"),
        sparkle=("glockenspiel", "celesta"),
        figures=(
            (0, 2, 4, 2, 3, 2, 4, 2),
            (0, _R, 3, 4, _R, 3, 4, 2),
            (0, 3, 2, 4, 0, 3, 2, 4),
            (0, _R, 2, 3, 4, 3, 2, _R),
        ),
        bass_lines=((0, _R, _R, 0, 1, _R, 0, _R), (0, _R, 2, _R, 1, _R, 3, _R)),
        rhythms=((1, 0.5, 0.5, 1, 1), (1.5, 1.5, 1), (0.5, 0.5, 1, 2), (2, 1, 1), (1, 1, 2)),
        percussion=(
            (
                (BASS_DRUM, 0.0, 52),
                (BASS_DRUM, 2.0, 46),
                (SHAKER, 0.5, 40),
                (SHAKER, 1.5, 44),
                (SHAKER, 2.5, 40),
                (SHAKER, 3.5, 44),
            ),
            (
                (BASS_DRUM, 0.0, 54),
                (TAMBOURINE, 1.0, 44),
                (BASS_DRUM, 2.5, 44),
                (TAMBOURINE, 3.0, 46),
                (SOFT_SHAKER, 0.5, 46),
                (SOFT_SHAKER, 2.0, 46),
            ),
        ),
        percussion_from=0.4,
        melody_share=0.6,
        away=(5, 2, -3),
        reverb_s=1.3,
        wet=0.17,
        bright_db=0.5,
        rolled=False,
        accents=((TRIANGLE, 0.0, 44),),
    ),
    Mood.EPIC: Style(
        mode=MINOR,
        tonics=(2, 0, 4, 7, 9),
        tempo=(80, 96),
        beats=4,
        open=(
            ("i", "bVI", "bIII", "bVII"),
            ("i", "bVII", "bVI", "V"),
            ("i", "iv", "bVI", "bVII"),
        ),
        closed=(("bVI", "bVII", "i", "i"), ("iv", "bVI", "V", "i"), ("bVI", "iv", "V", "i")),
        turning=(
            ("bIII", "bVII", "iv", "bVI"),
            ("bVI", "bIII", "bVII", "iv"),
            ("iv", "bII", "bVI", "V"),
        ),
        ending=(
            ("bVI", "bVII", "iv", "V"),
            ("i", "bVI", "iv", "V"),
            ("bVI", "bIII", "Vsus4", "V"),
        ),
        final=("i", "I", "i"),
        pad=("strings", "choir"),
        figure=("strings", "pizzicato", "harp"),
        bass=("contrabass", "cello"),
        melody=("horns", "cello", "flute"),
        counter=("choir", "cello", "horns"),
        sparkle=("glockenspiel", "harp"),
        figures=(
            (0, 0, 2, 0, 3, 0, 2, 0),
            (0, 2, 3, 2, 0, 2, 3, 2),
            (0, _R, 0, 2, 3, 2, 0, _R),
            (0, 2, 4, 3, 2, 3, 2, 1),
        ),
        bass_lines=((0, _R, _R, _R, 0, _R, _R, _R), (0, _R, _R, 0, 0, _R, 3, _R)),
        rhythms=((2, 1, 1), (3, 1), (1.5, 0.5, 2), (1, 1, 2), (2, 2)),
        percussion=(
            ((TAIKO_LONG, 0.0, 62), (TAIKO_SHORT, 2.5, 46), (TAIKO_SHORT, 3.0, 52)),
            (
                (TAIKO_LONG, 0.0, 66),
                (TAIKO_SHORT, 1.5, 44),
                (BASS_DRUM, 2.0, 56),
                (TAIKO_SHORT, 3.0, 50),
                (TAIKO_SHORT, 3.5, 42),
            ),
        ),
        percussion_from=0.45,
        melody_share=0.6,
        away=(3, -4, 5),
        reverb_s=2.4,
        wet=0.26,
        bright_db=-0.5,
        rolled=False,
        accents=((CYMBAL, 0.0, 46), (TAIKO_LONG, 0.0, 74)),
    ),
    Mood.SAD: Style(
        mode=MINOR,
        tonics=(9, 4, 2, 0, 5),
        tempo=(56, 68),
        beats=4,
        open=(("i", "bVI", "bIII", "bVII"), ("i", "iv", "bVII", "bIII"), ("i", "v", "bVI", "iv")),
        closed=(("bVI", "iv", "V", "i"), ("iv", "V7", "bVI", "i"), ("bIII", "iv", "Vsus4", "i")),
        turning=(
            ("bVI", "bIII", "iv", "i"),
            ("bIII", "bVII", "bVI", "V"),
            ("iv", "bVII", "bIII", "bVImaj7"),
        ),
        ending=(("bVI", "iv", "Vsus4", "V"), ("i", "bVI", "iv", "V"), ("iv", "bVI", "iio", "V7")),
        final=("i",),
        pad=("slow strings", "warm pad"),
        figure=("piano", "harp", "nylon guitar"),
        bass=("cello", "contrabass"),
        melody=("piano", "cello", "oboe", "clarinet"),
        counter=("clarinet", "horns", "flute"),
        sparkle=("celesta", "music box"),
        figures=(
            (0, 2, 3, 4, 3, 2, _R, 2),
            (0, _R, 2, 3, 4, _R, 3, 2),
            (0, 2, 4, 2, 3, 2, 4, 2),
            (0, _R, 2, _R, 3, _R, 2, _R),
        ),
        bass_lines=((0, _R, _R, _R, _R, _R, _R, _R), (0, _R, _R, _R, _R, _R, 3, _R)),
        rhythms=((3, 1), (2, 1, 1), (1.5, 0.5, 2), (-1, 1, 2), (2, 2)),
        melody_share=0.6,
        away=(3, 5, -4),
        rubato=0.06,
        reverb_s=2.4,
        wet=0.28,
        bright_db=-1.5,
    ),
    Mood.PLAYFUL: Style(
        mode=MAJOR,
        tonics=(0, 5, 7, 10, 2),
        tempo=(98, 116),
        beats=4,
        open=(("I", "vi", "ii", "V"), ("I", "IV", "I", "V"), ("I6", "ii", "IV", "V7")),
        closed=(("IV", "I", "V7", "I"), ("ii", "V7", "vi", "I"), ("vi", "ii", "V", "I")),
        turning=(("iii", "vi", "ii", "V"), ("IV", "bVII", "I", "V"), ("vi", "iii", "IV", "iv")),
        ending=(("IV", "iii", "ii", "V7"), ("I", "vi", "ii7", "V7"), ("IV", "iv", "I", "V7")),
        final=("I", "I6"),
        pad=("warm pad", "strings"),
        figure=("pizzicato", "marimba", "nylon guitar"),
        bass=("acoustic bass",),
        melody=("clarinet", "vibraphone", "flute", "marimba"),
        counter=("clarinet", "cello", "pizzicato"),
        sparkle=("glockenspiel", "celesta", "music box"),
        figures=(
            (_R, 3, _R, 4, _R, 3, _R, 4),
            (0, _R, 3, 2, _R, 2, 4, _R),
            (_R, 2, 3, _R, _R, 2, 3, 4),
            (0, 2, _R, 3, 4, _R, 2, _R),
        ),
        bass_lines=((0, _R, _R, _R, 1, _R, _R, _R), (0, _R, 1, _R, 2, _R, 3, _R)),
        rhythms=(
            (0.5, 0.5, 1, 1, 1),
            (1, 0.5, 0.5, 2),
            (-0.5, 0.5, 0.5, 0.5, 2),
            (1.5, 0.5, 1, 1),
        ),
        percussion=(
            ((WOODBLOCK_HIGH, 1.0, 50), (WOODBLOCK_LOW, 3.0, 52), (SHAKER, 2.5, 50)),
            ((SHAKER, 0.5, 50), (SHAKER, 1.5, 54), (WOODBLOCK_LOW, 2.0, 52), (SHAKER, 3.5, 54)),
        ),
        percussion_from=0.4,
        melody_share=0.65,
        away=(5, -3, 4),
        swing=0.06,
        reverb_s=1.2,
        wet=0.16,
        bright_db=0.5,
        rolled=False,
        accents=((TRIANGLE, 0.0, 46),),
    ),
    Mood.TENSE: Style(
        mode=MINOR,
        tonics=(4, 2, 0, 7, 11),
        tempo=(92, 108),
        beats=4,
        open=(("i", "i", "bII", "i"), ("i", "bVI", "i", "iio"), ("i", "iv", "i", "bII")),
        closed=(("iv", "bII", "V", "i"), ("bVI", "iio", "V", "i"), ("bII", "bVI", "V", "i")),
        turning=(("iv", "bVI", "bII", "V"), ("bVI", "iv", "viio", "V"), ("i", "bII", "iv", "viio")),
        ending=(("i", "bVI", "bII", "V"), ("iv", "bII", "viio", "V"), ("bVI", "iv", "bII", "V")),
        final=("i",),
        pad=("strings", "slow strings", "choir"),
        figure=("pizzicato", "strings", "piano", "marimba"),
        bass=("contrabass", "cello"),
        melody=("cello", "clarinet", "horns", "oboe"),
        counter=("horns", "choir", "cello"),
        sparkle=("celesta", "glockenspiel", "vibraphone"),
        figures=(
            (0, 0, 2, 0, 0, 2, 0, 3),
            (0, _R, 0, 0, 2, _R, 0, 3),
            (0, 2, 0, 3, 0, 2, 0, 3),
            (0, 0, _R, 0, 0, _R, 2, _R),
        ),
        bass_lines=((0, _R, _R, 0, _R, _R, 0, _R), (0, _R, 0, _R, _R, _R, 3, _R)),
        rhythms=((3, 1), (1.5, 2.5), (2, 0.5, 1.5), (-1, 3), (1, 1, 2)),
        percussion=(
            ((BASS_DRUM, 0.0, 50), (SOFT_SHAKER, 0.5, 42), (SOFT_SHAKER, 2.5, 42)),
            (
                (TAIKO_SHORT, 0.0, 46),
                (SHAKER, 1.0, 36),
                (TAIKO_SHORT, 1.5, 40),
                (SHAKER, 3.0, 38),
                (TAIKO_SHORT, 3.5, 36),
            ),
        ),
        percussion_from=0.35,
        melody_share=0.4,
        away=(1, 3, 6),
        reverb_s=1.8,
        wet=0.22,
        bright_db=-1.0,
        rolled=False,
        accents=((TAIKO_LONG, 0.0, 58),),
    ),
}

# Two scales with a colour of their own, chosen by seed in place of the plain ones.
COLOURS: dict[Mood, tuple[int, ...]] = {Mood.PLAYFUL: LYDIAN, Mood.MYSTERY: DORIAN}
