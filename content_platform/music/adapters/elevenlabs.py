"""Hosted composer: ElevenLabs Music, through the vendor's SDK.

``music_v1`` takes a plan of sections, later models one of chunks; both keep the story's sections where
they are. With the option ``plan: false`` it is asked in words instead. A plan cannot be combined with
the vendor's switch for instrumental music, so its passages have no lyrics and exclude voices.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from content_platform.clock import Clock, utc_now
from content_platform.errors import BadInput, DefectiveMedia
from content_platform.music.fitting import cue_of
from content_platform.music.models import ComposeRequest
from content_platform.music.wording import (
    UNWANTED,
    asked_length_s,
    music_prompt,
    passages,
    sounds_of,
)
from content_platform.providers.catalogue import ModelEntry, UnknownPrice
from content_platform.providers.hosted import http_failure, lost_answer, not_reached
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    ContentRefused,
    OutOfService,
    Produced,
)

HOST = "https://api.elevenlabs.io"
SHORTEST_S = 3.0
MOST_CHARACTERS = 2_000
MOST_PASSAGES = 30
_NO_CREDIT = {"quota_exceeded", "insufficient_credits", "payment_required"}
_REFUSALS = {"content_against_policy", "bad_prompt", "bad_composition_plan"}


class ElevenLabsComposer:
    """Options: ``plan`` (default true), ``output_format`` (default ``mp3_44100_128``)."""

    def __init__(self, entry: ModelEntry, *, clock: Clock = utc_now) -> None:
        self.info = entry.info()
        self._entry = entry
        self._clock = clock

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Embedded music is asked for, it is too long, or its terms or price are missing."""
        if not isinstance(request, ComposeRequest):
            return f"{self._entry.name} makes music, not {type(request).__name__}"
        if request.source != "auto":
            return f"the request wants embedded music (source = {request.source})"
        length_s = asked_length_s(request)
        longest = self._entry.limits.get("seconds", 600)
        if length_s > longest:
            return f"it would take {length_s:.0f} s of music; {self._entry.name} makes {longest} s at most"
        if self._entry.unaccepted:
            return self._entry.unaccepted
        try:
            self._usd(request)
        except UnknownPrice as error:
            return str(error)
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """The seconds that are asked for."""
        if not isinstance(request, ComposeRequest):
            raise BadInput(f"{self._entry.name} makes music, not {type(request).__name__}.")
        return self._usd(request)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Have it composed, and end it on the story's last chord."""
        import httpx
        from elevenlabs import ElevenLabs
        from elevenlabs.core.api_error import ApiError

        if not isinstance(request, ComposeRequest):
            raise BadInput(f"{self._entry.name} makes music, not {type(request).__name__}.")
        vendor = self._entry.vendor
        remaining_s = max(0.001, (context.deadline - self._clock()).total_seconds())
        path = context.workspace / "composed.mp3"
        try:
            with httpx.Client(timeout=remaining_s) as transport:
                client = ElevenLabs(
                    api_key=context.secret.get_secret_value() if context.secret else "",
                    base_url=self._entry.base_url or HOST,
                    timeout=remaining_s,
                    httpx_client=transport,
                )
                with client.music.with_raw_response.compose(
                    **self._arguments(request),
                    request_options={"max_retries": 0},
                ) as answer:
                    headers = {name.lower(): value for name, value in answer.headers.items()}
                    with path.open("wb") as file:
                        for block in answer.data:
                            file.write(block)
        except ApiError as error:
            raise self._failure(error) from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise not_reached(vendor, error) from None
        except httpx.HTTPError as error:
            raise lost_answer(vendor, error) from None
        cost = self._usd(request)
        try:
            cue, audio = cue_of(path, request, _title(request), context.workspace)
        except DefectiveMedia as error:
            raise CallFailure(str(error), cost_usd=cost) from error
        song = headers.get("song-id") or headers.get("request-id", "")
        return Produced(cue, {"audio": audio}, song, cost)

    def _arguments(self, request: ComposeRequest) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "model_id": self._entry.model,
            "output_format": str(self._entry.options.get("output_format", "mp3_44100_128")),
        }
        stretches = passages(request)
        if self._entry.options.get("plan", True) is False or len(stretches) > MOST_PASSAGES:
            return arguments | {
                "prompt": music_prompt(request, MOST_CHARACTERS),
                "music_length_ms": round(1000 * asked_length_s(request)),
                "force_instrumental": True,
            }
        if self._entry.model == "music_v1":
            plan: dict[str, Any] = {
                "positive_global_styles": ["instrumental", *sounds_of(request.mood)],
                "negative_global_styles": list(UNWANTED),
                "sections": [
                    {
                        "section_name": passage.name,
                        "positive_local_styles": list(passage.styles),
                        "negative_local_styles": [],
                        "duration_ms": round(1000 * passage.duration_s),
                        "lines": [],
                    }
                    for passage in stretches
                ],
            }
        else:
            plan = {
                "chunks": [
                    {
                        "text": f"[{passage.name}]",
                        "duration_ms": round(1000 * passage.duration_s),
                        "positive_styles": ["instrumental", *passage.styles],
                        "negative_styles": list(UNWANTED),
                    }
                    for passage in stretches
                ]
            }
        return arguments | {
            "composition_plan": plan,
            "seed": request.seed,
            "respect_sections_durations": True,
        }

    def _failure(self, error: Any) -> CallFailure:
        """``{detail: {status, message}}``, or a list of what is wrong with the request."""
        vendor = self._entry.vendor
        detail = error.body.get("detail") if isinstance(error.body, dict) else None
        status = str(detail.get("status", "")) if isinstance(detail, dict) else ""
        message = (
            f"{status}: {detail.get('message')}" if isinstance(detail, dict) else str(error.body)
        )
        if status in _NO_CREDIT:
            return OutOfService(f"{vendor} has no credit left: {message}")
        if status in _REFUSALS:
            return ContentRefused(f"{vendor} refused the content: {message}")
        return http_failure(
            vendor, error.status_code or 500, message, error.headers or {}, self._clock()
        )

    def _usd(self, request: ComposeRequest) -> Decimal:
        seconds = math.ceil(asked_length_s(request))
        return self._entry.cost({"second": seconds}, self._clock().date())


def _title(request: ComposeRequest) -> str:
    return f"{request.mood.value.capitalize()} music"
