"""Finished cues, heard: what a listener would complain about, measured on the decoded sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from content_platform.mediatools.audio import Samples, read_audio
from content_platform.mediatools.loudness import measure_loudness
from content_platform.music.adapters.composer import Composer
from content_platform.music.composer import compose
from content_platform.music.composer.styles import INSTRUMENTS
from content_platform.music.listening import onset_strength, strongest_onset
from content_platform.music.models import ComposeRequest
from content_platform.vocabulary import Mood
from content_platform_tests.music.cues import call, request

RATE = 48_000
MOST_REPEATS = 8
ALIKE = 0.9
"""Two bars this alike in what sounds when are heard as the same bar. Most lie below 0.3."""
Shape = npt.NDArray[np.float64]


def heard(wanted: ComposeRequest, folder: Path) -> Samples:
    return read_audio(call(Composer(), wanted, folder).files["audio"], RATE, 2)


def shapes(mono: Samples, starts: list[float], length_s: float, steps: int = 16) -> list[Shape]:
    """Each bar as loudness in 60 semitone bands and 16 steps, centred and of unit length."""
    size = 1 << 13
    edges = 65.4 * 2 ** (np.arange(61) / 12) * size / RATE
    found = []
    for start in starts:
        picture = []
        for step in range(steps):
            at = round((start + length_s * step / steps) * RATE)
            part = mono[at : at + size]
            power = np.abs(np.fft.rfft(part * np.hanning(len(part)), size))
            low = np.floor(edges[:-1]).astype(int)
            high = np.maximum(np.ceil(edges[1:]).astype(int), low + 1)
            picture.append(
                [np.log10(1e-3 + power[a:b].max()) for a, b in zip(low, high, strict=True)]
            )
        shape = np.array(picture) - np.mean(picture)
        found.append((shape / np.linalg.norm(shape)).ravel())
    return found


def most_repeats(wanted: ComposeRequest, mono: Samples) -> int:
    """How often the most repeated bar of a cue is heard."""
    piece = compose(wanted)
    beats = np.concatenate([[0], np.cumsum(piece.beat_s)])
    starts = [float(beats[bar * piece.beats_per_bar]) for bar in range(len(piece.bars))]
    length_s = float(np.mean(piece.beat_s)) * piece.beats_per_bar
    each = np.array(shapes(mono, starts, length_s))
    return int(((each @ each.T) > ALIKE).sum(axis=1).max())


def check(wanted: ComposeRequest, sound: Samples) -> None:
    mono = sound.mean(axis=1, dtype=np.float32)
    loudness = measure_loudness(sound, RATE)
    assert -20 <= loudness.integrated_lufs <= -16
    assert loudness.true_peak_dbtp <= -1
    assert not np.count_nonzero(np.abs(sound) >= 0.999)
    last = strongest_onset(
        onset_strength(mono),
        wanted.resolve_at_s - 1.5,
        min(wanted.duration_s, wanted.resolve_at_s + 1.5),
    )
    # The last word ends 0.3 s before the chord is due.
    assert -0.5 <= last - (wanted.resolve_at_s - 0.3) <= 0.5
    assert most_repeats(wanted, mono) <= MOST_REPEATS


def test_a_looped_bar_is_noticed() -> None:
    bar_s = 2.4
    bar = np.random.default_rng(1).standard_normal(round(bar_s * RATE)).astype(np.float32)
    looped = np.tile(bar * np.linspace(1, 0, len(bar), dtype=np.float32), 20)
    looped += 0.02 * np.random.default_rng(2).standard_normal(len(looped)).astype(np.float32)
    starts = [bar_s * number for number in range(12)]
    each = np.array(shapes(looped, starts, bar_s))
    assert ((each @ each.T) > ALIKE).sum(axis=1).max() > MOST_REPEATS


@pytest.mark.parametrize("mood", Mood)
def test_a_cue_of_every_mood_is_clean_ends_on_time_and_does_not_loop(
    mood: Mood, tmp_path: Path
) -> None:
    wanted = request(mood, 30, seed=7)
    check(wanted, heard(wanted, tmp_path))


@pytest.mark.soak
@pytest.mark.parametrize("mood", Mood)
@pytest.mark.parametrize("seed", range(1, 6))
def test_cues_of_many_seeds_and_lengths_are_clean(mood: Mood, seed: int, tmp_path: Path) -> None:
    wanted = request(mood, 25 + 31 * seed, seed=seed, moods=(mood, mood, list(Mood)[seed], mood))
    check(wanted, heard(wanted, tmp_path))


def test_no_two_cues_are_alike(tmp_path: Path) -> None:
    """Cues of all moods, and of one mood four times: their first bars differ."""
    first: list[Shape] = []
    for mood, seed in [
        *((mood, 1) for mood in Mood),
        (Mood.CALM, 2),
        (Mood.CALM, 3),
        (Mood.CALM, 4),
    ]:
        wanted = request(mood, 11, seed=seed)
        sound = heard(wanted, tmp_path / f"{mood}{seed}").mean(axis=1, dtype=np.float32)
        first += shapes(sound, [0.5], 7.0, steps=32)
    each = np.array(first)
    alike = each @ each.T - np.eye(len(each))
    assert alike.max() < 0.93


def test_the_moods_together_use_a_whole_ensemble() -> None:
    played = {
        note.instrument
        for mood in Mood
        for seed in range(3)
        for note in compose(request(mood, 40, seed=seed)).notes
    }
    assert len(played & set(INSTRUMENTS)) >= 12
