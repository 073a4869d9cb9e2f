"""An ambience plan as sound: each bed made once and faded where scenes change, spots laid over it."""

from __future__ import annotations

import hashlib

import numpy as np

from content_platform.music.ambience.beds import BEDS
from content_platform.music.ambience.noise import (
    RATE,
    Sound,
    at_loudness,
    filtered,
    loudest_moment_lufs,
    rounded,
)
from content_platform.music.ambience.spots import SPOTS
from content_platform.music.models import Ambience, BedSound

AMBIENCE_LUFS = -26.0
"""The loudness of a bed at level 0: low, so that thunder has room above it."""
_SPOT_OVER_BED_DB = 3.0
_BED_CREST_DB = 15.0
"""A crackle may stand out so far."""
_SPOT_PEAK = np.float32(0.35)
_FADE_S = 1.2
"""Half before a scene's border, half after it."""
_LAST_FADE_S = 1.6


def sound_of(ambience: Ambience, seconds: float) -> Sound:
    """The plan heard, [samples, 2] at 48 kHz: it begins softly and has faded away by ``seconds``.

    Each bed lies at AMBIENCE_LUFS plus its level; ``ambience.level_db`` is left to the mix.
    """
    length = round(seconds * RATE)
    out = np.zeros((length, 2), np.float32)
    kinds = dict.fromkeys((bed.sound, bed.indoors) for bed in ambience.beds)
    for sound, indoors in kinds:
        curve = np.zeros(length, np.float32)
        for bed in ambience.beds:
            if (bed.sound, bed.indoors) == (sound, indoors):
                gain = np.float32(10 ** (bed.level_db / 20))
                np.maximum(curve, gain * _fades(bed.start_s, bed.end_s, length), out=curve)
        heard = np.flatnonzero(curve)
        if len(heard) == 0:
            continue
        first, past = int(heard[0]), int(heard[-1]) + 1
        made = BEDS[sound](_chance(ambience.seed, sound), past - first)
        if indoors:
            made = filtered(made, _through_walls)
        made = at_loudness(rounded(made, _BED_CREST_DB), AMBIENCE_LUFS)
        out[first:past] += made * curve[first:past, None]
    for number, spot in enumerate(ambience.spots):
        made = SPOTS[spot.sound](_chance(ambience.seed, f"{spot.sound}/{number}"))
        wanted = AMBIENCE_LUFS + _SPOT_OVER_BED_DB - loudest_moment_lufs(made)
        made = made * np.float32(10 ** (wanted / 20))
        made = np.tanh(made / _SPOT_PEAK) * _SPOT_PEAK
        start = round(spot.at_s * RATE)
        made = made[: max(0, length - start)]
        angle = (spot.pan + 1) * np.pi / 4
        sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(np.sqrt(2))
        out[start : start + len(made)] += made[:, None] * sides
    last = min(length, round(_LAST_FADE_S * RATE))
    if last:
        out[-last:] *= (np.cos(np.linspace(0, np.pi / 2, last)) ** 2).astype(np.float32)[:, None]
    return out


def _fades(start_s: float, end_s: float, length: int) -> Sound:
    """1 from ``start_s`` to ``end_s``, soft at both; two that touch keep their power together."""
    half = _FADE_S / 2
    first, past = max(0.0, start_s - half), min(length / RATE, end_s + half)
    at = np.arange(round(first * RATE), round(past * RATE), dtype=np.float32) / RATE
    rise = np.clip((at - first) / _FADE_S, 0, 1)
    fall = np.clip((past - at) / _FADE_S, 0, 1)
    curve = np.zeros(length, np.float32)
    begin = round(first * RATE)
    shape = np.sin(np.minimum(rise, fall) * (np.pi / 2)).astype(np.float32)
    curve[begin : begin + len(shape)] = shape[: length - begin]
    return curve


def _through_walls(hertz: Sound) -> Sound:
    return 1 / (1 + (hertz / 700) ** 2)


def _chance(seed: int, purpose: BedSound | str) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))
