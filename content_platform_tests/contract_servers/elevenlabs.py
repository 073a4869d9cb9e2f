"""ElevenLabs as its API reference describes it: speech with character times, voices, models, the plan.

Stateful: a plan has a character quota that runs out and a number of calls at the same time. Speech
is real, by an embedded voice. Music routes are a mixin's, on top of this class.
"""

from __future__ import annotations

import base64
import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, ClassVar

from content_platform_tests.contract_servers.spec import Spec
from content_platform_tests.contract_servers.speech import encoded, speak
from content_platform_tests.contract_servers.vendor import (
    Answer,
    Refused,
    Request,
    Trouble,
    VendorServer,
    route,
)

VOICES = {
    "JBFqnCBsd6RMkjVDRZzb": "George", "EXAVITQu4vr4xnSDxMaL": "Sarah",
    "nPczCjzI2devNBz1zQrb": "Brian", "XB0fDUnXU5powFXDhCwa": "Charlotte",
    "onwK4e9ZLuTAKqWW03F9": "Daniel", "pFZP5JQG7iQjIQuC4Bku": "Lily",
    "XrExE9yKIg1WjnnlVkGX": "Matilda", "Xb7hH8MSUJpSbSDYk0k2": "Alice",
    "CwhRBWXzGAHq8TQ4Fs17": "Roger", "FGY2WhTYpPnrIDTdsKH5": "Laura",
    "cgSgspJ2msm6clMCkdW9": "Jessica",
}  # fmt: skip
MODELS = {
    "eleven_v4": 5_000, "eleven_v4_turbo": 5_000, "eleven_v3": 5_000,
    "eleven_multilingual_v2": 10_000, "eleven_flash_v2_5": 40_000,
}  # fmt: skip
"""Model to the characters it takes at once."""
_ENFORCES_LANGUAGE = {"eleven_v4", "eleven_v4_turbo", "eleven_v3", "eleven_flash_v2_5"}
_LANGUAGES = {
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hi", "hr", "hu", "id", "it", "ja",
    "ko", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sv", "ta", "tr", "uk", "vi", "zh",
}  # fmt: skip
_FORMATS = re.compile(
    r"(?P<codec>mp3|pcm)_(?P<rate>8000|16000|22050|24000|44100|48000)(_(32|64|96|128|192))?"
)


class ElevenLabsServer(VendorServer):
    """``usd_per_character`` is what a character of any model costs, a number of the test's choosing."""

    spec: ClassVar[Spec | None] = Spec("elevenlabs/openapi.json")

    def __init__(
        self,
        *,
        usd_per_character: Decimal = Decimal("0.00008"),
        quota: int = 1_000_000,
        concurrent: int = 5,
        exact_words: bool = False,
    ) -> None:
        super().__init__()
        self.usd_per_character = usd_per_character
        self.quota = quota
        self.characters = 0
        """Used of the quota."""
        self.concurrent = concurrent
        self.exact_words = exact_words
        """Speak with the voice whose word times are true."""
        self._working = 0
        self._state = threading.Lock()

    def authorised(self, request: Request) -> bool:
        return request.headers.get("xi-api-key") in self.secrets

    def refusal(self, refused: Refused) -> Answer:
        if refused.status == 422:
            place, _, message = refused.message.partition(": ")
            detail: Any = [
                {"loc": place.split("."), "msg": message, "type": refused.code or "value_error"}
            ]
        else:
            detail = {"status": refused.code, "message": refused.message}
        return Answer({"detail": detail}, refused.status, headers=_request_id())

    def trouble_answer(self, trouble: Trouble, request: Request) -> Answer:
        status, code, message = {
            Trouble.RATE_LIMITED: (
                429,
                "too_many_concurrent_requests",
                "Too many concurrent requests. Your plan allows a maximum of 5.",
            ),
            Trouble.OVERLOADED: (429, "system_busy", "The system is experiencing heavy traffic."),
            Trouble.SERVER_ERROR: (500, "internal_server_error", "Something went wrong."),
            Trouble.CONTENT_REFUSED: (
                403,
                "content_against_policy",
                "The content violates our terms of service.",
            ),
            Trouble.BAD_SECRET: (401, "invalid_api_key", "Invalid API key"),
            Trouble.NO_CREDIT: (
                401,
                "quota_exceeded",
                "This request exceeds your quota. You have 0 credits remaining.",
            ),
        }[trouble]
        answer = self.refusal(Refused(status, message, code))
        if trouble is Trouble.RATE_LIMITED:
            answer.headers["Retry-After"] = "0.05"
        return answer

    # Routes

    @route("GET", "/v1/models")
    def models(self, request: Request) -> Answer:
        return Answer(
            [
                {
                    "model_id": model,
                    "name": model.replace("_", " ").title(),
                    "can_do_text_to_speech": True,
                    "max_characters_request_subscribed_user": most,
                    "languages": [{"language_id": each, "name": each} for each in _LANGUAGES],
                }
                for model, most in MODELS.items()
            ]
        )

    @route("GET", "/v1/user/subscription")
    def subscription(self, request: Request) -> Answer:
        del request
        reset = int(time.time()) + 86_400
        return Answer(
            {
                "tier": "creator",
                "character_count": self.characters,
                "character_limit": self.quota,
                "max_character_limit_extension": None,
                "can_extend_character_limit": False,
                "allowed_to_extend_character_limit": False,
                "next_character_count_reset_unix": reset,
                "voice_slots_used": 0,
                "professional_voice_slots_used": 0,
                "voice_limit": 30,
                "voice_add_edit_counter": 0,
                "professional_voice_limit": 1,
                "can_extend_voice_limit": False,
                "can_use_instant_voice_cloning": True,
                "can_use_professional_voice_cloning": True,
                "currency": "usd",
                "status": "active",
                "billing_period": "monthly_period",
                "character_refresh_period": "monthly_period",
                "next_invoice": None,
                "has_open_invoices": False,
            }
        )

    @route("POST", "/v1/text-to-speech/([^/]+)")
    def speech(self, request: Request) -> Answer:
        text, spoken = self._spoken(request)
        found = _FORMATS.fullmatch(request.query.get("output_format", "mp3_44100_128"))
        assert found is not None
        data = spoken.pcm if found["codec"] == "pcm" else encoded(spoken, "mp3")
        kind = "audio/pcm" if found["codec"] == "pcm" else "audio/mpeg"
        return self._billed(text, data, kind)

    @route("POST", "/v1/text-to-speech/([^/]+)/with-timestamps")
    def speech_with_timestamps(self, request: Request) -> Answer:
        text, spoken = self._spoken(request)
        found = _FORMATS.fullmatch(request.query.get("output_format", "mp3_44100_128"))
        assert found is not None
        data = spoken.pcm if found["codec"] == "pcm" else encoded(spoken, "mp3")
        alignment = spoken.characters(text)
        times = {
            "characters": [char for char, _, _ in alignment],
            "character_start_times_seconds": [round(start, 3) for _, start, _ in alignment],
            "character_end_times_seconds": [round(end, 3) for _, _, end in alignment],
        }
        return self._billed(
            text,
            {
                "audio_base64": base64.b64encode(data).decode(),
                "alignment": times,
                "normalized_alignment": times,
            },
            "application/json",
        )

    # What routes share

    @contextmanager
    def slot(self) -> Iterator[None]:
        """One of the plan's calls at the same time; 429 when all are taken."""
        with self._state:
            if self._working >= self.concurrent:
                raise Refused(429, "Too many concurrent requests.", "too_many_concurrent_requests")
            self._working += 1
        try:
            yield
        finally:
            with self._state:
                self._working -= 1

    def headers(self) -> dict[str, str]:
        """What every answer to a generation carries."""
        return {
            **_request_id(),
            "current-concurrent-requests": str(self._working),
            "maximum-concurrent-requests": str(self.concurrent),
        }

    def _billed(self, text: str, body: Any, content_type: str) -> Answer:
        """Take the characters from the quota and charge for them."""
        with self._state:
            if self.characters + len(text) > self.quota:
                raise Refused(
                    401,
                    f"This request exceeds your quota of {self.quota}. You have "
                    f"{self.quota - self.characters} credits remaining, while {len(text)} credits "
                    "are required for this request.",
                    "quota_exceeded",
                )
            self.characters += len(text)
        headers = {**self.headers(), "character-cost": str(len(text))}
        return Answer(
            body,
            content_type=content_type,
            headers=headers,
            billed_usd=self.usd_per_character * len(text),
        )

    def _spoken(self, request: Request) -> tuple[str, Any]:
        """What is asked, checked as the vendor checks it, and its sound."""
        body = request.json
        found = _FORMATS.fullmatch(request.query.get("output_format", "mp3_44100_128"))
        if found is None:
            raise Refused(422, "query.output_format: Input should be a known format", "enum")
        text = body.get("text") if isinstance(body, dict) else None
        if not isinstance(text, str):
            raise Refused(422, "body.text: Field required", "missing")
        if not text.strip():
            raise Refused(400, "The text is empty.", "input_text_empty")
        model = body.get("model_id", "eleven_multilingual_v2")
        if model not in MODELS:
            raise Refused(400, f"A model with ID {model} does not exist.", "model_not_found")
        if len(text) > MODELS[model]:
            raise Refused(
                400,
                f"A maximum of {MODELS[model]} characters is allowed.",
                "max_character_limit_exceeded",
            )
        voice = request.match[1]
        if voice not in VOICES:
            raise Refused(
                404, f"A voice with the voice_id {voice} was not found.", "voice_not_found"
            )
        settings = body.get("voice_settings") or {}
        for name, low, high in (
            ("stability", 0, 1),
            ("similarity_boost", 0, 1),
            ("style", 0, 1),
            ("speed", 0.7, 1.2),
        ):
            value = settings.get(name)
            if value is not None and not low <= value <= high:
                raise Refused(
                    400,
                    f"Invalid setting for {name} received, expected to be greater or equal to "
                    f"{low} and less or equal to {high}, received {value}",
                    "invalid_voice_settings",
                )
        seed = body.get("seed")
        if seed is not None and not (isinstance(seed, int) and 0 <= seed <= 4_294_967_295):
            raise Refused(422, "body.seed: Input should be from 0 to 4294967295", "range")
        language = body.get("language_code")
        if language is not None and model not in _ENFORCES_LANGUAGE:
            raise Refused(
                400,
                f"Model '{model}' does not support the language_code parameter.",
                "unsupported_language",
            )
        if language is not None and language not in _LANGUAGES:
            raise Refused(
                400, f"Model '{model}' does not support the language {language}.",
                "unsupported_language",
            )  # fmt: skip
        with self.slot():
            spoken = speak(
                text,
                language=language or "en",
                rate=int(found["rate"]),
                speed=settings.get("speed") or 1.0,
                exact=self.exact_words,
            )
        return text, spoken


def _request_id() -> dict[str, str]:
    return {"request-id": uuid.uuid4().hex}
