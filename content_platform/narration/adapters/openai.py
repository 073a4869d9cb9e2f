"""OpenAI: hosted voices, which tell no times, and hosted listeners.

Word times of the voices come from forced alignment by the embedded Whisper. Options of a voice's entry:
``instructions`` (how to tell a story; only models that are priced by tokens take it). All models of
``/audio/speech`` end with a day in the catalogue.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

from content_platform.clock import Clock, utc_now
from content_platform.errors import DefectiveMedia
from content_platform.mediatools.probe import probe
from content_platform.narration.adapters import whisper
from content_platform.narration.hosted import (
    HostedVoice,
    Said,
    Script,
    header,
    misshapen,
    secret_of,
    unanswered,
)
from content_platform.narration.models import TranscribeRequest, Transcript, WordTiming
from content_platform.narration.sound import Mono
from content_platform.providers.catalogue import ModelEntry, Unit, UnknownPrice, Usage
from content_platform.providers.hosted import http_failure, lost_answer, not_reached, quoted
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    ContentRefused,
    OutOfService,
    Produced,
    ProviderInfo,
)
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import language_of

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

BASE_URL = "https://api.openai.com/v1"
SAMPLE_RATE = 24_000
"""Of the plain samples, by the vendor's reference."""
_INSTRUCTIONS = (
    "Tell this as a storyteller to one listener close by: warm and unhurried, every word clear. "
    "Let pauses do their work, and follow the feeling of the text without overacting."
)
_AUDIO_TOKENS_PER_S = 25
"""A little more than the vendor's prices per minute and per token imply."""
_NO_CREDIT = {
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
    "account_deactivated",
}
_FORBIDDEN = {"content_policy_violation", "content_filter", "moderation_blocked"}


class OpenAIVoice(HostedVoice):
    """``POST /audio/speech``."""

    def cannot(self, script: Script) -> str | None:
        reason = whisper.cannot_hear(script.locale)
        return f"its words cannot be timed: {reason}" if reason else None

    def most_usage(self, script: Script) -> Usage:
        if not self._by_tokens:
            return {"character": len(script.text)}
        given = f"{script.text}{self._instructions}".encode()
        return {
            "input_token": len(given),
            "output_token": round(script.most_seconds * _AUDIO_TOKENS_PER_S),
        }

    def say(self, script: Script, context: CallContext, timeout_s: float) -> Said:
        arguments: dict[str, Any] = {
            "model": self._entry.model,
            "voice": script.voice,
            "input": script.text,
            "response_format": "pcm",
        }
        if script.speed != 1.0:
            arguments["speed"] = script.speed
        if self._by_tokens:  # only a stream of events tells how many
            arguments |= {"instructions": self._instructions, "stream_format": "sse"}
        with asking(self._entry, context, timeout_s, self._clock) as client:
            answer = client.audio.speech.with_raw_response.create(**arguments)
            data = answer.content
        if self._by_tokens:
            samples, cost = self._from_events(data)
        else:
            cost = self.usd({"character": len(script.text)})
            samples = self._samples(data, cost)
        spans = whisper.align(_at_16_khz(samples), script.words, script.locale)
        return Said(samples, SAMPLE_RATE, spans, cost, header(answer.headers, "x-request-id"))

    @property
    def _by_tokens(self) -> bool:
        return any(price.unit == "output_token" for price in self._entry.prices)

    @property
    def _instructions(self) -> str:
        return str(self._entry.options.get("instructions", _INSTRUCTIONS))

    def _from_events(self, data: bytes) -> tuple[Mono, Decimal]:
        """Sound and cost of a stream of events; it is whole when its last event is there."""
        pieces: list[bytes] = []
        usage: dict[str, Any] | None = None
        try:
            for line in data.decode().splitlines():
                if not line.startswith("data:") or line.endswith("[DONE]"):
                    continue
                event = json.loads(line.removeprefix("data:"))
                if event["type"] == "speech.audio.delta":
                    pieces.append(base64.b64decode(event["audio"], validate=True))
                elif event["type"] == "speech.audio.done":
                    usage = event["usage"]
            if usage is None:
                raise ValueError("it has no last event")
            cost = self.usd(
                {
                    "input_token": int(usage["input_tokens"]),
                    "output_token": int(usage["output_tokens"]),
                }
            )
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise self.misshapen(str(error), None) from None
        return self._samples(b"".join(pieces), cost), cost

    def _samples(self, data: bytes, cost: Decimal) -> Mono:
        if len(data) % 2 or not any(data):
            raise self.misshapen("there is no sound in it", cost)
        return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32768)


class OpenAITranscriber:
    """``POST /audio/transcriptions``. Only ``whisper-1`` tells when each word is heard.

    Limits of its entry: ``bytes``, ``seconds``. The audio is read from ``media``.
    """

    def __init__(
        self, entry: ModelEntry, *, clock: Clock = utc_now, media: MediaStore | None = None
    ) -> None:
        self._entry = entry
        self._clock = clock
        self._media = media

    @property
    def info(self) -> ProviderInfo:
        return self._entry.info()

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Why this listener is not asked: language, size, length, terms or price; or None."""
        if not isinstance(request, TranscribeRequest):
            return "only transcribes"
        if self._entry.unaccepted is not None:
            return self._entry.unaccepted
        if self._media is None:
            return "there is no media store to read from"
        known = {language_of(locale) for locale in self._entry.locales}
        if known and language_of(request.locale) not in known:
            return f"does not know the language {request.locale!r}"
        most = self._entry.limits.get("bytes")
        if most is not None and request.audio.size_bytes > most:
            return f"takes up to {most} bytes, not {request.audio.size_bytes}"
        try:
            seconds = self._seconds(request)
            longest = self._entry.limits.get("seconds")
            if longest is not None and seconds > longest:
                return f"takes up to {longest} s, not {seconds:.0f} s"
            self._usd(self._most_usage(seconds))
        except (UnknownPrice, DefectiveMedia) as error:
            return str(error)
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """The most it may cost. Raises UnknownPrice."""
        seconds = self._seconds(_transcribe_request(request))
        return self._usd(self._most_usage(seconds))

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Transcribe ``request.audio``, taking its language as known. No files."""
        asked = _transcribe_request(request)
        left_s = (context.deadline - self._clock()).total_seconds()
        if left_s <= 0:
            raise not_reached(self._entry.vendor, TimeoutError("no time was left to ask"))
        arguments: dict[str, Any] = {
            "model": self._entry.model,
            "language": language_of(asked.locale),
            "response_format": "json",
            "temperature": 0,
        }
        if self._tells_times:
            arguments |= {"response_format": "verbose_json", "timestamp_granularities": ["word"]}
        path = self._path(asked)
        suffix = asked.audio.mime.rpartition("/")[2]
        with (
            asking(self._entry, context, left_s, self._clock) as client,
            path.open("rb") as audio,
        ):
            answer = client.audio.transcriptions.with_raw_response.create(
                file=(f"audio.{suffix}", audio, asked.audio.mime), **arguments
            )
            data = answer.content
        transcript, cost = self._read(data, asked)
        return Produced(
            output=transcript,
            response_id=header(answer.headers, "x-request-id"),
            cost_usd=cost,
        )

    @property
    def _tells_times(self) -> bool:
        return self._entry.model == "whisper-1"

    def _read(self, data: bytes, request: TranscribeRequest) -> tuple[Transcript, Decimal]:
        cost = None
        try:
            found = json.loads(data)
            cost = self._cost(found.get("usage") or {}, request)
            words = tuple(
                WordTiming(
                    text=str(word["word"]).strip(),
                    start_s=max(0.0, float(word["start"])),
                    end_s=max(0.0, float(word["end"])),
                )
                for word in found.get("words") or ()
            )
            text = " ".join(str(found["text"]).split())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise misshapen(self._entry, str(error), cost) from None
        language = language_of(request.locale)
        return Transcript(text=text, language=language, words=words), cost

    def _cost(self, usage: dict[str, Any], request: TranscribeRequest) -> Decimal:
        """By the vendor's own count: seconds or tokens; without one, by the audio's length."""
        if usage.get("type") == "tokens":
            return self._usd(
                {
                    "input_token": int(usage["input_tokens"]),
                    "output_token": int(usage["output_tokens"]),
                }
            )
        if usage.get("type") == "duration":
            return self._usd({"second": Decimal(str(usage["seconds"]))})
        return self._usd(self._most_usage(self._seconds(request)))

    def _most_usage(self, seconds: float) -> dict[Unit, Decimal | int]:
        if any(price.unit == "output_token" for price in self._entry.prices):
            # Ten audio tokens a second; nobody says more than that many written ones.
            return {
                "input_token": round(seconds * 12) + 50,
                "output_token": round(seconds * 12) + 50,
            }
        return {"second": Decimal(f"{seconds:.3f}") + 1}

    def _usd(self, usage: Usage) -> Decimal:
        return self._entry.cost(usage, on=self._clock().date())

    def _seconds(self, request: TranscribeRequest) -> float:
        return probe(self._path(request)).duration_s

    def _path(self, request: TranscribeRequest) -> Path:
        assert self._media is not None
        return self._media.local_path(request.audio)


@contextmanager
def asking(
    entry: ModelEntry, context: CallContext, timeout_s: float, clock: Clock
) -> Iterator[OpenAI]:
    """The vendor's client for one question; its errors leave as CallFailure."""
    import openai

    secret = secret_of(entry, context)
    # What the SDK finds in the environment is for OpenAI, and not for whoever serves base_url.
    headers: dict[str, Any] = {}
    if entry.base_url:
        headers = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
    if not secret:
        headers["Authorization"] = openai.Omit()
    try:
        with openai.OpenAI(
            api_key=secret or "none",
            base_url=entry.base_url or BASE_URL,
            timeout=timeout_s,
            max_retries=0,
            default_headers=headers,
        ) as client:
            yield client
    except openai.APIStatusError as error:
        raise _failure(entry, error, clock) from None
    except openai.APIConnectionError as error:
        raise unanswered(entry, error) from None
    except openai.OpenAIError as error:
        raise lost_answer(entry.vendor, error) from None


def _failure(entry: ModelEntry, error: APIStatusError, clock: Clock) -> CallFailure:
    codes = {error.code, error.type}
    text = f"{entry.vendor} answered {error.status_code}: {quoted(error.message)}"
    if codes & _NO_CREDIT:
        return OutOfService(text)
    if codes & _FORBIDDEN:
        return ContentRefused(text)
    return http_failure(
        entry.vendor, error.status_code, error.message, error.response.headers, clock()
    )


def _transcribe_request(request: CallRequest[BaseModel]) -> TranscribeRequest:
    if not isinstance(request, TranscribeRequest):
        raise TypeError(f"a listener cannot do a {type(request).__name__}")
    return request


def _at_16_khz(samples: Mono) -> Mono:
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000)
    frame = av.AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    blocks = [*resampler.resample(frame), *resampler.resample(None)]
    heard: Mono = np.concatenate([block.to_ndarray() for block in blocks], axis=1)[0]
    return heard.astype(np.float32)
