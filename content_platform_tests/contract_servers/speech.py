"""What the stand-ins of voices say: real speech by an embedded voice, with the moment of every word.

Pico is fast and places words roughly; Kokoro's word times are the model's own, for tests that
measure timing. A sentence is spoken once for a whole test run.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from content_platform.mediatools.audio import read_audio, write_flac
from content_platform.narration.adapters.kokoro import Kokoro
from content_platform.narration.adapters.pico import Pico
from content_platform.narration.models import SpeakRequest, Speech
from content_platform.providers.models import CallContext

_PICO = {
    "de": "pico-de", "en": "pico-en-us", "es": "pico-es", "fr": "pico-fr", "it": "pico-it",
}  # fmt: skip


@dataclass(frozen=True)
class Spoken:
    """``samples`` are mono float32; ``words`` are the text's, each with start and end in seconds."""

    samples: npt.NDArray[np.float32]
    rate: int
    words: tuple[tuple[str, float, float], ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @property
    def pcm(self) -> bytes:
        """Signed 16-bit little-endian."""
        return (np.clip(self.samples, -1, 1) * 32767).astype("<i2").tobytes()

    def characters(self, text: str) -> list[tuple[str, float, float]]:
        """Every character of ``text``, sharing its word's time; a space goes with the word before."""
        result: list[tuple[str, float, float]] = []
        words = iter(self.words)
        start = end = 0.0
        for at, char in enumerate(text):
            if char.isspace():
                result.append((char, end, end))
                continue
            if at == 0 or text[at - 1].isspace():
                word, start, end = next(words)
                step = (end - start) / len(word)
                place = start
            result.append((char, place, place + step))
            place += step
        return result


@cache
def speak(
    text: str, *, language: str = "en", rate: int = 24_000, speed: float = 1.0, exact: bool = False
) -> Spoken:
    """Say ``text`` at a sampling rate; ``exact`` for true word times (English, some seconds)."""
    engine = Kokoro() if exact else Pico()
    voice = "af_heart" if exact else _PICO.get(language, "pico-en-us")
    with tempfile.TemporaryDirectory() as folder:
        deadline = datetime.now(UTC) + timedelta(minutes=1)
        request = SpeakRequest(
            text=text, locale=language if voice in _PICO.values() else "en", voice=voice
        ).model_copy(update={"speed": speed})
        produced = engine.call(request, CallContext("", Path(folder), deadline, 1))
        samples = read_audio(produced.files["audio"], rate, 1)[:, 0]
    assert isinstance(produced.output, Speech)
    words = tuple((word.text, word.start_s, word.end_s) for word in produced.output.words)
    return Spoken(samples, rate, words)


def encoded(spoken: Spoken, suffix: str) -> bytes:
    """As a file: ``flac``, ``wav`` or ``mp3``."""
    from content_platform.mediatools.ffmpeg import run_ffmpeg

    with tempfile.TemporaryDirectory() as folder:
        flac, target = Path(folder, "speech.flac"), Path(folder, f"speech.{suffix}")
        write_flac(flac, spoken.samples, spoken.rate)
        if target != flac:
            run_ffmpeg("-y", "-i", str(flac), str(target), timeout_s=30)
        return target.read_bytes()
