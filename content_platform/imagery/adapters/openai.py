"""Hosted illustrator: OpenAI's picture models, gpt-image-2 and later, through the vendor's SDK.

One call per format, at the allowed size nearest to the one wanted. Earlier pictures of the story go
along as references where the request has them.
"""

from __future__ import annotations

import base64
import binascii
import math
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from content_platform.clock import Clock, utc_now
from content_platform.errors import BadInput
from content_platform.imagery.hosted import Drawn, draw_each, drawing_refusal
from content_platform.imagery.models import DrawRequest, picture_size
from content_platform.imagery.wording import framed
from content_platform.providers.catalogue import ModelEntry, UnknownPrice, Usage
from content_platform.providers.hosted import http_failure, lost_answer, not_reached
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    ContentRefused,
    OutOfService,
    Produced,
)
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import Format

MOST_CHARACTERS = 32_000
LARGEST = (3840, 2160)
_STEP = 16
_FEWEST_PIXELS = 655_360
_TOKENS_PER_MEGAPIXEL = {"low": 300, "medium": 1_800, "high": 7_500}
"""The most output tokens a million pixels were seen to take; ``output_tokens_per_megapixel`` overrides."""
_TOKENS_PER_REFERENCE = 7_000
_REFUSALS = {"content_policy_violation", "moderation_blocked"}


class OpenAIIllustrator:
    """Options: ``quality`` (low, medium or high), ``moderation`` (auto or low)."""

    def __init__(
        self, entry: ModelEntry, *, clock: Clock = utc_now, media: MediaStore | None = None
    ) -> None:
        self.info = entry.info()
        self._entry = entry
        self._clock = clock
        self._media = media
        self._quality = _quality(entry)

    @staticmethod
    def lacks(entry: ModelEntry) -> str | None:
        """A quality whose cost can be foretold."""
        known = entry.options.get("output_tokens_per_megapixel") is not None
        if known or _quality(entry) in _TOKENS_PER_MEGAPIXEL:
            return None
        return (
            f"what quality {_quality(entry)!r} of {entry.name} may cost is not known; set its option "
            "quality to low, medium or high, or its option output_tokens_per_megapixel"
        )

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """No drawing is asked for, its terms or price are missing, or its quality has no known price."""
        return drawing_refusal(
            request, self._entry, self._most_for_all, lacking=self.lacks(self._entry)
        )

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """Every format at the most tokens its size and quality can take."""
        if not isinstance(request, DrawRequest):
            raise BadInput(f"{self._entry.name} draws, it cannot do {type(request).__name__}.")
        return self._most_for_all(request)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Draw the scene in each format; roles ``picture-<format>``."""
        from openai import OpenAI

        if not isinstance(request, DrawRequest):
            raise BadInput(f"{self._entry.name} draws, it cannot do {type(request).__name__}.")
        references = self._references(request)
        with OpenAI(
            api_key=context.secret.get_secret_value() if context.secret else "none",
            base_url=self._entry.base_url or "https://api.openai.com/v1",
            max_retries=0,
        ) as client:
            drawing = draw_each(
                request,
                context,
                lambda shape: self._draw(client, request, shape, references, context),
            )
        return Produced(drawing.output, drawing.files, drawing.response_id, drawing.cost_usd)

    def _draw(
        self,
        client: Any,
        request: DrawRequest,
        shape: Format,
        references: list[tuple[str, bytes, str]],
        context: CallContext,
    ) -> Drawn:
        import openai

        vendor = self._entry.vendor
        width, height = self._size(shape)
        arguments: dict[str, Any] = {
            "model": self._entry.model,
            "prompt": framed(request.prompt, shape, MOST_CHARACTERS),
            "size": f"{width}x{height}",
            "quality": self._quality,
            "output_format": "png",
            "n": 1,
            "timeout": max(0.001, (context.deadline - self._clock()).total_seconds()),
        }
        try:
            if references:
                raw = client.images.with_raw_response.edit(image=references, **arguments)
            else:
                moderation = str(self._entry.options.get("moderation", "auto"))
                raw = client.images.with_raw_response.generate(moderation=moderation, **arguments)
        except openai.APIStatusError as error:
            raise self._failure(error) from error
        except openai.APIConnectionError as error:
            raise _unanswered(vendor, error) from error
        try:
            answer = raw.parse()
            usage = answer.usage
            cost = self._cost(
                {
                    "input_token": usage.input_tokens_details.text_tokens,
                    "image_input_token": usage.input_tokens_details.image_tokens,
                    "image_output_token": usage.output_tokens,
                },
                request,
                shape,
            )
        except (openai.OpenAIError, ValueError, AttributeError, TypeError) as error:
            raise CallFailure(
                f"{vendor} gave an answer that cannot be read: {error}", cost_usd=None
            ) from error
        try:
            data = base64.b64decode(answer.data[0].b64_json, validate=True)
        except (IndexError, TypeError, AttributeError, binascii.Error) as error:
            raise CallFailure(
                f"{vendor} gave an answer without a picture", cost_usd=cost
            ) from error
        return Drawn(data, cost, raw.headers.get("x-request-id", ""))

    def _failure(self, error: Any) -> CallFailure:
        code = str(error.code or "")
        message = f"{code}: {error.message}" if code else str(error.message)
        vendor = self._entry.vendor
        if code in _REFUSALS:
            return ContentRefused(f"{vendor} refused the content: {message}")
        if code in ("insufficient_quota", "billing_hard_limit_reached"):
            return OutOfService(f"{vendor} has no credit left: {message}")
        return http_failure(
            vendor, error.status_code, message, error.response.headers, self._clock()
        )

    def _references(self, request: DrawRequest) -> list[tuple[str, bytes, str]]:
        if self._media is None:
            return []
        found = []
        for ref in request.references:
            path = self._media.local_path(ref)
            found.append((f"reference.{ref.mime.split('/')[-1]}", path.read_bytes(), ref.mime))
        return found

    def _size(self, shape: Format) -> tuple[int, int]:
        """The smallest allowed size that holds the picture: multiples of 16, within the limits."""
        wanted = picture_size(shape)
        longest, shortest = max(wanted), min(wanted)
        most = self._entry.limits.get("pixels", LARGEST[0] * LARGEST[1])
        scale = min(
            1.0, LARGEST[0] / longest, LARGEST[1] / shortest, math.sqrt(most / (longest * shortest))
        )
        scale = max(scale, math.sqrt(_FEWEST_PIXELS / (longest * shortest)))
        nearest = math.ceil if scale >= 1.0 else math.floor
        width, height = (_STEP * nearest(side * scale / _STEP) for side in wanted)
        return width, height

    def _most_for_all(self, request: DrawRequest) -> Decimal:
        return sum((self._most_usd(request, shape) for shape in request.formats), Decimal(0))

    def _most_usd(self, request: DrawRequest, shape: Format) -> Decimal:
        width, height = self._size(shape)
        given = self._entry.options.get("output_tokens_per_megapixel")
        tokens = float(given) if given is not None else _TOKENS_PER_MEGAPIXEL[self._quality]
        usage: Usage = {
            # A token is at least one byte.
            "input_token": len(framed(request.prompt, shape, MOST_CHARACTERS).encode()),
            "image_output_token": math.ceil(tokens * width * height / 1e6),
            "image_input_token": _TOKENS_PER_REFERENCE * len(request.references),
        }
        return self._entry.cost(usage, self._clock().date())

    def _cost(self, usage: Usage, request: DrawRequest, shape: Format) -> Decimal:
        used: Usage = {unit: amount for unit, amount in usage.items() if amount}
        try:
            return self._entry.cost(used, self._clock().date())
        except UnknownPrice:
            return self._most_usd(request, shape)


def _quality(entry: ModelEntry) -> str:
    return str(entry.options.get("quality", "medium"))


def _unanswered(vendor: str, error: Any) -> CallFailure:
    """Whether the vendor can have seen a call without an answer, by what the SDK's transport says."""
    cause = type(error.__cause__).__name__
    if cause in ("ConnectError", "ConnectTimeout"):
        return not_reached(vendor, error.__cause__)
    return lost_answer(vendor, error.__cause__ or error)
