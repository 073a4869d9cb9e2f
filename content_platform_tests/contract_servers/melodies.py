"""What the stand-ins of composers play: real music, plucked chords on a steady beat, of any length."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from content_platform.mediatools.audio import write_flac
from content_platform.mediatools.convert import compress_audio

RATE = 44_100
_CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))


@cache
def song(seconds: float, seed: int = 0, bpm: float = 96.0) -> bytes:
    """An MP3 file of about ``seconds``; ``seed`` chooses the key."""
    total = round(seconds * RATE)
    beat = 60 / bpm
    out = np.zeros((total, 2), np.float32)
    count = int((seconds - 2.5) / beat)
    for number in range(max(1, count)):
        chord = _CHORDS[number // 4 % 4] if number < count - 1 else _CHORDS[0]
        last = number == count - 1
        tones = chord if number % 4 == 0 or last else (chord[number % 3],)
        level = 0.25 if number % 4 == 0 else 0.14
        start = round(number * beat * RATE)
        for place, tone in enumerate(tones):
            note = _pluck(48 + seed % 12 + tone, 2.4 if last else 4 * beat)[: total - start]
            pan = 0.35 + 0.15 * place
            out[start : start + len(note), 0] += level * (1 - pan) * note
            out[start : start + len(note), 1] += level * pan * note
    with tempfile.TemporaryDirectory() as folder:
        flac, mp3 = Path(folder, "song.flac"), Path(folder, "song.mp3")
        write_flac(flac, out, RATE)
        compress_audio(flac, "mp3", mp3)
        return mp3.read_bytes()


@cache
def _pluck(note: int, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    time = np.arange(round(seconds * RATE)) / RATE
    frequency = 440 * 2 ** ((note - 69) / 12)
    sound = sum(
        np.sin(2 * np.pi * frequency * harmonic * time)
        * np.exp(-time * (1.2 + harmonic))
        / harmonic
        for harmonic in range(1, 7)
    )
    return np.asarray(sound * np.minimum(1, time / 0.004), np.float32)
