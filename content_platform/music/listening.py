"""What can be heard in a piece of sound: its onsets, its level, its beat.

Pure measurements on float32 mono at 48 kHz; judging them belongs to ``checks.py``, using them to
cut music to ``fitting.py``.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from content_platform.mediatools.audio import Samples

RATE = 48_000
HOP = 480
"""One frame of every curve here is 10 ms."""
_WINDOW = 2048

Curve = npt.NDArray[np.float64]


def onset_strength(mono: Samples) -> Curve:
    """How much new sound begins in each 10 ms frame: positive change of the log spectrum.

    A frame's value belongs to its start; an attack shows within ±20 ms. The measure follows
    Böck & Widmer's spectral flux (2013), without the vibrato suppression.
    """
    bands = _bands()
    padded = np.concatenate(
        [np.zeros(_WINDOW // 2, np.float32), mono.reshape(-1), np.zeros(_WINDOW, np.float32)]
    )
    count = len(mono) // HOP
    window = np.hanning(_WINDOW).astype(np.float32)
    levels = np.empty((count, len(bands)))
    for first in range(0, count, 512):
        last = min(count, first + 512)
        frames = np.lib.stride_tricks.sliding_window_view(
            padded[first * HOP : (last - 1) * HOP + _WINDOW], _WINDOW
        )[::HOP]
        magnitude = np.abs(np.fft.rfft(frames * window, axis=1))
        cumulative = np.concatenate([np.zeros((last - first, 1)), np.cumsum(magnitude, axis=1)], 1)
        energy = np.stack([cumulative[:, high] - cumulative[:, low] for low, high in bands], axis=1)
        levels[first:last] = np.log10(1 + 10 * energy)
    rise = np.zeros(count)
    rise[2:] = np.maximum(0, levels[2:] - levels[:-2]).sum(axis=1)
    return rise


def _bands() -> list[tuple[int, int]]:
    """Third-octave bands from 40 Hz to 12 kHz as ranges of spectrum lines."""
    edges = 40 * 2 ** (np.arange(0, 26) / 3)
    lines = np.unique(np.round(edges * _WINDOW / RATE).astype(int))
    return [(int(a), int(b)) for a, b in pairwise(lines)]


def level_db(mono: Samples, window_s: float = 0.05) -> Curve:
    """RMS level in dBFS of each stretch of ``window_s`` seconds."""
    size = max(1, round(window_s * RATE))
    flat = mono.reshape(-1)
    count = max(1, len(flat) // size)
    power = np.mean(flat[: count * size].reshape(count, -1).astype(np.float64) ** 2, axis=1)
    decibels: Curve = 10 * np.log10(power + 1e-12)
    return decibels


def strongest_onset(onsets: Curve, from_s: float, to_s: float) -> float:
    """When, within a stretch, the most new sound begins, in seconds."""
    first = max(0, round(from_s * RATE / HOP))
    last = max(first + 1, min(len(onsets), round(to_s * RATE / HOP)))
    # An attack of several voices spreads over a few frames.
    spread = np.convolve(onsets, np.ones(5) / 5, mode="same")[first:last]
    return (first + int(np.argmax(spread))) * HOP / RATE


def beat_grid(onsets: Curve, bpm: float) -> tuple[float, float]:
    """Exact beat length and first beat, in seconds, of music known to be near ``bpm``.

    The grid with the strongest onsets on its beats wins, tempo searched within ±2 %.
    """
    best = (-1.0, 60 / bpm, 0.0)
    times = np.arange(len(onsets))
    smooth = np.convolve(onsets, np.hanning(7)[1:-1] / 3, mode="same")
    for tempo in np.linspace(bpm * 0.98, bpm * 1.02, 41):
        period = 60 / tempo * RATE / HOP
        for phase in np.arange(0, period, 1.0):
            at = np.round(np.arange(phase, len(times) - 1, period)).astype(int)
            score = float(smooth[at].mean())
            if score > best[0]:
                best = (score, period * HOP / RATE, phase * HOP / RATE)
    return best[1], best[2]


def rough_tempo(onsets: Curve) -> float:
    """Beats a minute of music of unknown tempo, 60 to 150: how far apart its onsets like to be."""
    centred = onsets - onsets.mean()
    size = 2 * len(centred)
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    alike = np.fft.irfft(power)[: len(centred)]
    tempos = np.arange(60, 150.5, 0.5)
    at = np.round(60 / tempos * RATE / HOP).astype(int)
    at = np.minimum(at, len(alike) // 2 - 1)
    # Twice the beat is alike, too; people count best near 100 (Moelants 2002).
    usual = np.exp(-0.5 * (np.log2(tempos / 100) / 0.6) ** 2)
    return float(tempos[int(np.argmax((alike[at] + 0.5 * alike[2 * at]) * usual))])
