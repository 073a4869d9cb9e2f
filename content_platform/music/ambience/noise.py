"""What all synthesised sounds are made of: noise with a spectrum, slow curves, scattered grains.

Float32, 48 kHz, [samples] for one channel and [samples, 2] for two. Not here: any particular sound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[Any]

RATE = 48_000
LOOPS = (1 << 19, 5 << 17, 9 << 16)
"""Lengths of noise (10.9, 13.7 and 12.3 s) that repeats without a seam; layers take different ones,
so that together they never repeat."""

Spectrum = Callable[[Sound], Sound]
"""The gain at each frequency in Hz."""


def band(low: float, high: float, steepness: int = 2) -> Spectrum:
    """From ``low`` to ``high`` Hz, falling by 6 dB an octave and step of ``steepness`` outside."""

    def gain(hertz: Sound) -> Sound:
        below = 1 / np.sqrt(1 + (low / (hertz + 1e-3)) ** (2 * steepness))
        above = 1 / np.sqrt(1 + (hertz / high) ** (2 * steepness))
        return below * above

    return gain


def noise(
    chance: np.random.Generator,
    length: int,
    spectrum: Spectrum,
    *,
    loop: int = 0,
    width: float = 0.7,
) -> Sound:
    """Stereo noise of unit power; ``width`` is how different left and right are (0 to 1)."""
    size = LOOPS[loop]
    hertz = np.fft.rfftfreq(size, 1 / RATE).astype(np.float32)
    gain = spectrum(hertz).astype(np.float32)
    middle, side = (
        np.fft.irfft(np.fft.rfft(chance.standard_normal(size, np.float32)) * gain, size)
        for _ in range(2)
    )
    share = np.float32(width / 2)
    both = np.stack([middle * (1 - share) + side * share, middle * (1 - share) - side * share], 1)
    both /= np.sqrt(np.mean(both**2))
    return _repeated(both.astype(np.float32), length, int(chance.integers(size)))


def _repeated(loop: Sound, length: int, start: int) -> Sound:
    rolled = np.roll(loop, -start, axis=0)
    repeats = -(-length // len(loop))
    return np.tile(rolled, (repeats, 1))[:length] if repeats > 1 else rolled[:length]


def drift(
    chance: np.random.Generator, length: int, every_s: float, low: float, high: float
) -> Sound:
    """A curve that wanders smoothly between ``low`` and ``high``, turning every ``every_s`` or so."""
    knots = int(length / RATE / every_s) + 3
    at = np.cumsum(chance.uniform(0.6, 1.4, knots)) * every_s - every_s
    level = chance.uniform(low, high, knots)
    coarse = np.arange(0, length / RATE + 0.02, 0.01)
    place = np.clip(np.searchsorted(at, coarse) - 1, 0, knots - 2)
    share = np.clip((coarse - at[place]) / (at[place + 1] - at[place]), 0, 1)
    smooth = share * share * (3 - 2 * share)
    values = level[place] + (level[place + 1] - level[place]) * smooth
    made: Sound = np.interp(
        np.arange(length) * (100 / RATE), np.arange(len(coarse)), values
    ).astype(np.float32)
    return made


def scattered(
    chance: np.random.Generator,
    length: int,
    per_s: float,
    grains: Sequence[Sound],
    *,
    spread_db: float,
    loop: int = 0,
) -> Sound:
    """Grains at random moments, places and strengths (the spread is one standard deviation)."""
    size = LOOPS[loop]
    total = np.zeros((size, 2), np.float32)
    count = int(chance.poisson(per_s * size / RATE))
    strengths = 10 ** (chance.normal(0, spread_db, count) / 20)
    angles = chance.uniform(0.1, np.pi / 2 - 0.1, count)
    sides = (strengths[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)).astype(np.float32)
    starts, kinds = chance.integers(0, size, count), chance.integers(0, len(grains), count)
    for start, kind, side in zip(starts.tolist(), kinds.tolist(), sides, strict=True):
        grain = grains[kind]
        fits = size - start
        total[start : start + len(grain)] += grain[:fits, None] * side
        if len(grain) > fits:  # what runs over the end is heard at the beginning
            total[: len(grain) - fits] += grain[fits:, None] * side
    return _repeated(total, length, int(chance.integers(size)))


def ring(hertz: float, seconds: float, *, attack_s: float = 0.0005, glide: float = 0.0) -> Sound:
    """A sine that dies away to -60 dB in ``seconds``; ``glide`` octaves up (or down) meanwhile."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * hertz * np.cumsum(2 ** (glide * time / seconds)) / RATE
    shape = np.exp(-6.9 * time / seconds) * np.minimum(1, time / attack_s)
    made: Sound = (np.sin(phase) * shape).astype(np.float32)
    return made


def burst(
    chance: np.random.Generator, seconds: float, spectrum: Spectrum, *, attack_s: float = 0.001
) -> Sound:
    """Noise that sets in within ``attack_s`` and dies away to -60 dB in ``seconds``. Peak 1."""
    size = round(seconds * RATE)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    made = np.fft.irfft(np.fft.rfft(chance.standard_normal(size)) * spectrum(hertz), size)
    time = np.arange(size) / RATE
    made *= np.exp(-6.9 * time / seconds) * np.minimum(1, time / attack_s)
    faded: Sound = (made / np.max(np.abs(made))).astype(np.float32)
    return faded


def filtered(samples: Sound, spectrum: Spectrum) -> Sound:
    """Stereo sound with another spectrum, its length kept."""
    size = _fast_size(len(samples) + RATE // 10)
    hertz = np.fft.rfftfreq(size, 1 / RATE).astype(np.float32)
    gain = spectrum(hertz).astype(np.float32)[:, None]
    made = np.fft.irfft(np.fft.rfft(samples, size, axis=0) * gain, size, axis=0)
    return made[: len(samples)].astype(np.float32)


def _fast_size(length: int) -> int:
    """A length not far above that Fourier transforms like."""
    step = max(1, 1 << max(0, length.bit_length() - 4))
    return -(-length // step) * step


def at_loudness(samples: Sound, lufs: float) -> Sound:
    """The sound at a loudness; silence stays silence."""
    power = _weighted_power(samples)
    if power <= 0:
        return samples
    return samples * np.float32(10 ** ((lufs + 0.691) / 20) / np.sqrt(power))


def rounded(samples: Sound, crest_db: float) -> Sound:
    """Peaks bent back, smoothly, to about ``crest_db`` over the sound's mean power."""
    peak = np.float32(np.sqrt(np.mean(samples**2)) * 10 ** (crest_db / 20))
    return np.tanh(samples / peak) * peak if peak > 0 else samples


def loudest_moment_lufs(mono: Sound) -> float:
    """The loudness of the loudest 0.4 s of one channel played on both sides."""
    window = round(0.4 * RATE)
    starts = range(0, max(1, len(mono) - window + 1), window // 4)
    pairs = (np.repeat(mono[start : start + window, None], 2, axis=1) for start in starts)
    # Shorter sounds are measured as if silence followed.
    power = max(_weighted_power(pair) * len(pair) / window for pair in pairs)
    return float(10 * np.log10(power + 1e-12) - 0.691)


def _weighted_power(samples: Sound) -> float:
    """Mean power of both channels together, weighted as ITU-R BS.1770-4 weights frequencies."""
    size = _fast_size(len(samples))
    power = np.sum(np.abs(np.fft.rfft(samples, size, axis=0)) ** 2, axis=1, dtype=np.float64)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    # Both filters' curves: a high-pass at 38 Hz, and 4 dB more above 1.7 kHz.
    low = (hertz / 38) ** 4 / (1 + (hertz / 38) ** 2) ** 2
    shelf = 1 + (10**0.4 - 1) / (1 + (1680 / (hertz + 1e-3)) ** 4)
    return float(2 * np.sum(power * low * shelf) / size / len(samples))
