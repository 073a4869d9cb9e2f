"""SVOX Pico: a small fallback voice in six languages, clear and dated, a hundred times cheaper.

It gives no word timings; they are placed by pauses and word lengths (``timing.place_words``).
Model and code: Apache-2.0. Not here: everything the normaliser does.
"""

from __future__ import annotations

import threading
from decimal import Decimal

import numpy as np
from pydantic import BaseModel

from content_platform.errors import DefectiveMedia
from content_platform.mediatools.audio import write_flac
from content_platform.narration.adapters.parts import missing_package
from content_platform.narration.letters import share_readable
from content_platform.narration.models import SpeakRequest, Speech, WordTiming
from content_platform.narration.normalise import normalise, spoken_text
from content_platform.narration.sound import Mono, trim_silence
from content_platform.narration.timing import fill_gaps, place_words
from content_platform.narration.voices import without_engine
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)
from content_platform.vocabulary import language_of

SAMPLE_RATE = 16_000

_VOICES = {
    "pico-en-us": "en-US",
    "pico-en-gb": "en-GB",
    "pico-de": "de-DE",
    "pico-es": "es-ES",
    "pico-fr": "fr-FR",
    "pico-it": "it-IT",
}
_NATURAL_SPEED = 0.92
"""The engine's own pace is hurried for a story."""
_lock = threading.Lock()


class Pico:
    """Provider of speech."""

    def __init__(self) -> None:
        self._info = ProviderInfo(
            name="pico",
            vendor="SVOX",
            model="Pico",
            model_version="py-nanotts 0.1.1",
            capability=Capability.SPEAK,
            licence="Apache-2.0",
            embedded=True,
        )

    @property
    def info(self) -> ProviderInfo:
        return self._info

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Unknown voice, another language than the voice's, missing package, foreign letters."""
        assert isinstance(request, SpeakRequest)
        voice = without_engine(request.voice, "pico")
        if voice not in _VOICES:
            return f"{request.voice!r} is not a Pico voice"
        spoken = language_of(_VOICES[voice])
        if language_of(request.locale) != spoken:
            return f"voice {request.voice} speaks {spoken}, not {request.locale}"
        if missing_package((("py_nanotts", ""),)):
            return "package py-nanotts is not installed"
        if share_readable(request.text) < 0.5:
            return "the text is mostly in letters that this voice cannot read"
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Speak ``request.text``; media role ``audio``: FLAC, mono, 16 kHz, silence trimmed."""
        assert isinstance(request, SpeakRequest)
        words = normalise(request.text, request.locale, request.lexicon)
        text = spoken_text(words).replace("—", ",").replace("“", "").replace("”", "")
        voice = without_engine(request.voice, "pico")
        samples = trim_silence(
            _say(text, _VOICES[voice], request.speed * _NATURAL_SPEED), SAMPLE_RATE
        ).samples
        path = context.workspace / "speech.flac"
        write_flac(path, samples, SAMPLE_RATE)
        duration = len(samples) / SAMPLE_RATE
        spans = fill_gaps(place_words(samples, SAMPLE_RATE, words), duration)
        timings = tuple(
            WordTiming(text=word.written, start_s=round(start, 4), end_s=round(end, 4))
            for word, (start, end) in zip(words, spans, strict=True)
        )
        speech = Speech(
            duration_s=duration, sample_rate=SAMPLE_RATE, words=timings, voice=f"pico/{voice}"
        )
        return Produced(output=speech, files={"audio": path})


def _say(text: str, voice: str, speed: float) -> Mono:
    from py_nanotts import NanoTTS

    if not any(char.isalnum() for char in text):
        return np.zeros(SAMPLE_RATE // 3, np.float32)
    with _lock:
        pcm = NanoTTS().speak(text, voice=voice, speed=speed)
    if not pcm:
        raise DefectiveMedia(
            f"Pico gave no sound for {text[:60]!r}.", remedy="Choose another voice."
        )
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
