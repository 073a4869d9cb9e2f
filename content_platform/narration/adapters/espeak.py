"""espeak-ng through its C library: phonemes for other engines, and a robotic voice of last resort.

The library is GPL-3.0 and therefore an optional extra (``espeakng-loader``), loaded only when a
language needs it. It has global state: one lock guards every use. Not here: which voices exist
(``voices``).
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from typing import Any

import numpy as np
from pydantic import BaseModel

from content_platform.errors import BadInput
from content_platform.mediatools.audio import write_flac
from content_platform.narration.models import SpeakRequest, Speech, WordTiming
from content_platform.narration.normalise import normalise
from content_platform.narration.sound import Mono, trim_silence
from content_platform.narration.timing import Span, fill_gaps
from content_platform.narration.voices import ESPEAK_REMEDY, without_engine
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)
from content_platform.vocabulary import language_of

_PREFIX = "espeak-"
_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_UTF8 = 1
_IPA_WITH_TIES = 0x02 | 0x80 | ord("^") << 8
_CHARACTER_POSITION = 1
_RATE = 1
_WORDS_PER_MINUTE = 160
_WORD_EVENT = 1
_END_OF_EVENTS = 0

# Affricates and diphthongs that Kokoro's alphabet has as one letter.
_JOINED = {
    "a^ɪ": "I",
    "a^ʊ": "W",
    "e^ɪ": "A",
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "ɔ^ɪ": "Y",
    "d^z": "ʣ",
    "d^ʒ": "ʤ",
    "t^s": "ʦ",
    "t^ʃ": "ʧ",
}


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


def unusable() -> str | None:
    """Why espeak cannot be used here, with the remedy; None when it can."""
    if find_spec("espeakng_loader") is None:
        return f"espeak is not installed. {ESPEAK_REMEDY}"
    return None


def phonemes(words: Sequence[str], language: str) -> list[str]:
    """Phonemes of each word in Kokoro's alphabet, said together as one phrase where possible.

    ``language`` is espeak's name, such as ``pt-br``. Raises BadInput when it is missing.
    """
    with _lock:
        _choose_voice(language)
        groups = _ipa(" ".join(words)).split()
        counts = [len(word.split()) for word in words]
        if len(groups) != sum(counts):
            # A liaison or a number merged or split words: take each alone.
            return [_for_kokoro(_ipa(word)) for word in words]
        rest = iter(groups)
        return [_for_kokoro(" ".join(next(rest) for _ in range(count))) for count in counts]


class Espeak:
    """Provider of speech in a hundred languages. It sounds like a machine, and is one."""

    def __init__(self) -> None:
        self._info = ProviderInfo(
            name="espeak",
            vendor="espeak-ng",
            model="espeak-ng",
            model_version="1.52",
            capability=Capability.SPEAK,
            licence="GPL-3.0-or-later",
            terms_url="https://github.com/espeak-ng/espeak-ng",
            embedded=True,
        )

    @property
    def info(self) -> ProviderInfo:
        return self._info

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Not installed, another engine's voice, another language than the voice's."""
        assert isinstance(request, SpeakRequest)
        voice = without_engine(request.voice, "espeak")
        if not voice.startswith(_PREFIX):
            return f"{request.voice!r} is not an espeak voice"
        spoken = voice.removeprefix(_PREFIX)
        if language_of(spoken) != language_of(request.locale):
            return f"voice {request.voice} speaks {spoken}, not {request.locale}"
        return unusable()

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Speak ``request.text``; media role ``audio``: FLAC, mono; word times are the engine's."""
        assert isinstance(request, SpeakRequest)
        words = normalise(request.text, request.locale, request.lexicon)
        owners: list[int] = []
        line = ""
        for at, word in enumerate(words):
            if word.text:
                line += f"{' ' if line else ''}{word.text}"
                owners += [at] * (len(line) - len(owners))
        voice = without_engine(request.voice, "espeak")
        language = voice.removeprefix(_PREFIX).lower()
        samples, rate, events = _synthesise(line or ".", language, request.speed)
        trimmed = trim_silence(samples, rate)
        duration = len(trimmed.samples) / rate
        spans: list[Span | None] = [None] * len(words)
        starts = [
            (owners[position - 1], max(0.0, second - trimmed.cut_s))
            for position, second in events
            if 0 < position <= len(owners)
        ]
        heard = [(owner, next(group)[1]) for owner, group in groupby(starts, lambda item: item[0])]
        for (owner, start), (_, end) in zip(heard, [*heard[1:], (-1, duration)], strict=True):
            if spans[owner] is None:
                spans[owner] = (start, end)
        path = context.workspace / "speech.flac"
        write_flac(path, trimmed.samples, rate)
        timings = tuple(
            WordTiming(text=word.written, start_s=round(start, 4), end_s=round(end, 4))
            for word, (start, end) in zip(words, fill_gaps(spans, duration), strict=True)
        )
        speech = Speech(
            duration_s=duration, sample_rate=rate, words=timings, voice=f"espeak/{voice}"
        )
        return Produced(output=speech, files={"audio": path})


_lock = threading.Lock()


@cache
def _library() -> tuple[Any, int]:
    """The loaded and initialised library and its sample rate. Hold the lock."""
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [
        ctypes.POINTER(ctypes.c_char_p),
        ctypes.c_int,
        ctypes.c_int,
    ]
    data = espeakng_loader.get_data_path().encode()
    rate = int(library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DO_NOT_EXIT))
    if rate <= 0:
        raise BadInput("espeak could not be started.", remedy=ESPEAK_REMEDY)
    return library, rate


def _choose_voice(language: str) -> None:
    library, _ = _library()
    if library.espeak_SetVoiceByName(language.encode()) != 0:
        raise BadInput(
            f"espeak has no language {language!r}.",
            remedy="`content-platform voices` lists the languages there are.",
        )


def _ipa(text: str) -> str:
    library, _ = _library()
    pointer = ctypes.c_char_p(text.encode())
    parts = []
    while pointer.value is not None:
        said = library.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, _IPA_WITH_TIES)
        parts.append((said or b"").decode())
    return " ".join(parts)


def _for_kokoro(ipa: str) -> str:
    for pair, letter in _JOINED.items():
        ipa = ipa.replace(pair, letter)
    return ipa.replace("^", "").replace("-", "").replace("ʲ", "").strip()


def _synthesise(
    text: str, language: str, speed: float
) -> tuple[Mono, int, list[tuple[int, float]]]:
    """Samples, their rate, and for each word its character position (from 1) and second."""
    blocks: list[Mono] = []
    events: list[tuple[int, float]] = []

    def collect(wave: Any, count: int, event: Any) -> int:
        if wave and count > 0:
            blocks.append(
                np.ctypeslib.as_array(wave, (count,)).astype(np.float32) / np.float32(32768)
            )
        at = 0
        while event[at].type != _END_OF_EVENTS:
            if event[at].type == _WORD_EVENT:
                events.append((event[at].text_position, event[at].audio_position / 1000))
            at += 1
        return 0

    receive: Callable[..., int] = _Callback(collect)
    with _lock:
        _choose_voice(language)
        library, rate = _library()
        library.espeak_SetParameter(_RATE, round(_WORDS_PER_MINUTE * speed), 0)
        library.espeak_SetSynthCallback(receive)
        data = text.encode()
        library.espeak_Synth(
            ctypes.c_char_p(data),
            ctypes.c_size_t(len(data) + 1),
            ctypes.c_uint(0),
            _CHARACTER_POSITION,
            ctypes.c_uint(0),
            ctypes.c_uint(_UTF8),
            None,
            None,
        )
    samples = np.concatenate(blocks) if blocks else np.zeros(rate // 4, np.float32)
    return samples, rate, events
