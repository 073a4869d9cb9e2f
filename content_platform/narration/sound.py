"""Shaping speech samples: cutting silence off, soft edges, joining with pauses, levelling.

Samples are mono float32, full scale ±1. Reading, writing and measuring files is
``mediatools``' business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Mono = npt.NDArray[np.float32]

_WINDOW_S = 0.01
_AUDIBLE_BELOW_PEAK_DB = 45
"""A window this far under the loudest one counts as silence; quiet consonants lie above it."""
_LEAD_S = 0.05
_TAIL_S = 0.12
_FADE_S = 0.008


@dataclass(frozen=True)
class Trimmed:
    """``samples`` without the silence around them; ``cut_s`` went from the start."""

    samples: Mono
    cut_s: float


def trim_silence(samples: Mono, rate: int) -> Trimmed:
    """Leave 50 ms before the first and 120 ms after the last audible sound, with soft edges.

    A silent sound stays as it is.
    """
    window = round(_WINDOW_S * rate)
    count = len(samples) // window
    if count == 0:
        return Trimmed(samples, 0.0)
    loudness = np.sqrt(np.mean(samples[: count * window].reshape(count, window) ** 2, axis=1))
    peak = float(loudness.max())
    if peak == 0.0:
        return Trimmed(samples, 0.0)
    audible = np.flatnonzero(loudness > peak * 10 ** (-_AUDIBLE_BELOW_PEAK_DB / 20))
    start = max(0, int(audible[0]) * window - round(_LEAD_S * rate))
    end = min(len(samples), (int(audible[-1]) + 1) * window + round(_TAIL_S * rate))
    return Trimmed(soft_edges(samples[start:end], rate), start / rate)


def soft_edges(samples: Mono, rate: int) -> Mono:
    """Fade 8 ms in and out, so that a cut is never a click."""
    length = min(round(_FADE_S * rate), len(samples) // 2)
    if length == 0:
        return samples
    faded = samples.copy()
    ramp = np.linspace(0, 1, length, endpoint=False, dtype=np.float32)
    faded[:length] *= ramp
    faded[-length:] *= ramp[::-1]
    return faded


def silence(seconds: float, rate: int) -> Mono:
    """Nothing, for this long."""
    return np.zeros(max(0, round(seconds * rate)), np.float32)


def limit_peaks(samples: Mono, ceiling_db: float, rate: int) -> Mono:
    """Turn down only the moments above ``ceiling_db`` (dB true peak), smoothly, without delay.

    The gain follows the smallest need within ±5 ms and moves along a 10 ms average, so neither
    a sample nor the curve between two samples exceeds the ceiling.
    """
    ceiling = 10 ** (ceiling_db / 20)
    need = np.minimum(1.0, ceiling / np.maximum(_true_peaks(samples), 1e-9)).astype(np.float32)
    if need.min() >= 1.0:
        return samples
    half = max(1, round(0.005 * rate))
    width = 2 * half + 1
    lowest = _running_min(np.pad(need, 2 * half, mode="edge"), width)
    sums = np.cumsum(np.concatenate([[0.0], lowest.astype(np.float64)]))
    gain = (sums[width:] - sums[:-width]) / width
    limited: Mono = (samples * np.minimum(gain, need)).astype(np.float32)
    return limited


def _true_peaks(samples: Mono) -> Mono:
    """For each sample the highest absolute value of the curve from its left to its right neighbour.

    Between samples the curve is looked at four times as finely (ITU-R BS.1770-5, annex 2), by a
    windowed sinc over 24 samples.
    """
    peaks = np.abs(samples)
    taps = np.arange(-12, 12)
    for quarter in (0.25, 0.5, 0.75):
        kernel = np.sinc(taps + quarter) * np.hanning(26)[1:-1]
        between = np.abs(np.convolve(samples, kernel, mode="same").astype(np.float32))
        for shift in (-1, 0, 1):
            peaks = np.maximum(peaks, np.roll(between, shift))
    return peaks


def _running_min(values: Mono, width: int) -> Mono:
    """Smallest of every ``width`` neighbours, by doubling the window."""
    size, lowest = 1, values
    while size * 2 <= width:
        lowest = np.minimum(lowest[:-size], lowest[size:])
        size *= 2
    rest = width - size
    return np.minimum(lowest[:-rest], lowest[rest:]) if rest else lowest
