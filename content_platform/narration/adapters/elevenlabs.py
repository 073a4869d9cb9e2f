"""ElevenLabs: hosted voices in up to seventy languages, with the moment of every character.

Speech comes as plain samples (24 kHz, which every plan may ask for), so that times need no correction
for an encoder's delay. Options of its entry: ``stability``, ``similarity_boost``, ``style`` (0 to 1).
The vendor knows no idempotency keys: a lost answer is charged, and asked for again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import numpy as np

from content_platform.narration.hosted import HostedVoice, Said, Script, header, unanswered
from content_platform.narration.timing import match_pieces
from content_platform.providers.catalogue import Usage
from content_platform.providers.hosted import http_failure, quoted
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    ContentRefused,
    OutOfService,
)
from content_platform.vocabulary import language_of

if TYPE_CHECKING:
    from elevenlabs.core.api_error import ApiError

SAMPLE_RATE = 24_000
_SETTINGS = ("stability", "similarity_boost", "style")
_GUESSES_LANGUAGE = ("eleven_multilingual_v2", "eleven_multilingual_v1")
"""Models that refuse to be told the language; they hear it in the text."""
_NO_CREDIT = {"quota_exceeded", "payment_required", "detected_unusual_activity"}
_FORBIDDEN = {"content_against_policy", "detected_policy_violation", "moderation_blocked"}


class ElevenLabsVoice(HostedVoice):
    """``POST /v1/text-to-speech/{voice}/with-timestamps``."""

    speeds = (0.7, 1.2)

    def most_usage(self, script: Script) -> Usage:
        return {"character": len(script.text)}

    def say(self, script: Script, context: CallContext, timeout_s: float) -> Said:
        import httpx
        from elevenlabs.client import ElevenLabs
        from elevenlabs.core.api_error import ApiError
        from elevenlabs.core.parse_error import ParsingError

        secret = self.secret(context)
        try:
            with httpx.Client(timeout=timeout_s) as connection:
                client = ElevenLabs(
                    api_key=secret,
                    base_url=self._entry.base_url or None,
                    timeout=timeout_s,
                    httpx_client=connection,
                )
                answer = client.text_to_speech.with_raw_response.convert_with_timestamps(
                    script.voice,
                    request_options={"max_retries": 0},
                    **self._arguments(script),
                )
        except ApiError as error:
            raise self._failure(error) from None
        except httpx.HTTPError as error:
            raise unanswered(self._entry, error) from None
        except ParsingError as error:
            raise self.misshapen(type(error).__name__, self._cost(error.headers)) from None
        return self._said(script, answer.data, answer.headers)

    def _arguments(self, script: Script) -> dict[str, Any]:
        from elevenlabs.types import VoiceSettings

        options = self._entry.options
        settings: dict[str, Any] = {
            name: float(options[name]) for name in _SETTINGS if name in options
        }
        if script.speed != 1.0:
            settings["speed"] = script.speed
        digest = hashlib.sha256(f"{script.voice} {script.text}".encode()).digest()
        arguments: dict[str, Any] = {
            "text": script.text,
            "model_id": self._entry.model,
            "output_format": f"pcm_{SAMPLE_RATE}",
            "seed": int.from_bytes(digest[:4], "big"),
        }
        if settings:
            arguments["voice_settings"] = VoiceSettings(**settings)
        if self._entry.model not in _GUESSES_LANGUAGE:
            arguments["language_code"] = language_of(script.locale)
        return arguments

    def _said(self, script: Script, data: Any, headers: Mapping[str, str]) -> Said:
        cost = self._cost(headers)
        try:
            raw = base64.b64decode(data.audio_base_64, validate=True)
            samples = np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(32768)
            times = data.alignment or data.normalized_alignment
            pieces = list(
                zip(
                    map(str, times.characters),
                    map(float, times.character_start_times_seconds),
                    map(float, times.character_end_times_seconds),
                    strict=True,
                )
            )
        except (AttributeError, TypeError, ValueError, binascii.Error) as error:
            raise self.misshapen(str(error), cost) from None
        if cost is None:  # every answer should say it
            cost = self.usd({"character": len(script.text)})
        return Said(
            samples,
            SAMPLE_RATE,
            match_pieces(script.words, pieces),
            cost,
            header(headers, "request-id"),
        )

    def _cost(self, headers: Mapping[str, str] | None) -> Decimal | None:
        """What the vendor says it charges; None when it does not say."""
        try:
            return self.usd({"character": Decimal(header(headers, "character-cost"))})
        except InvalidOperation:
            return None

    def _failure(self, error: ApiError) -> CallFailure:
        status = error.status_code or 0
        if 200 <= status < 300:
            return self.misshapen("it is not JSON", self._cost(error.headers))
        detail = error.body.get("detail") if isinstance(error.body, dict) else error.body
        code = str(detail.get("status", "")) if isinstance(detail, dict) else ""
        message = str(detail.get("message", "")) if isinstance(detail, dict) else str(detail)
        text = f"{self._entry.vendor} answered {status}: {code}: {quoted(message)}"
        if code in _NO_CREDIT:
            return OutOfService(text)
        if code in _FORBIDDEN:
            return ContentRefused(text)
        said = f"{code}: {message}" if code else message
        return http_failure(self._entry.vendor, status, said, error.headers or {}, self._clock())
