"""Hosted illustrator: Stability AI over gRPC, through the vendor's own package stability-sdk.

The package has not been kept since 2024 and pulls old releases along, so it is an extra of its
own; the REST adapter beside this one needs nothing and offers more models.
"""

from __future__ import annotations

import importlib.util
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from content_platform.clock import Clock, utc_now
from content_platform.errors import BadInput
from content_platform.imagery.adapters.stability import (
    SDXL_MOST_CHARACTERS,
    SDXL_SIZES,
    picture_usage,
    seed_of,
)
from content_platform.imagery.hosted import Drawn, draw_each, drawing_refusal, nearest_ratio
from content_platform.imagery.models import DrawRequest, picture_size
from content_platform.imagery.wording import UNWANTED, framed
from content_platform.providers.catalogue import ModelEntry
from content_platform.providers.hosted import lost_answer, not_reached, quoted
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    ContentRefused,
    CredentialRefused,
    OutOfService,
    Produced,
    TransientFailure,
)
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import Format

HOST = "grpc.stability.ai:443"


class StabilityGrpcIllustrator:
    """``base_url`` of the entry is ``host:port``; the connection is encrypted where it ends in 443."""

    def __init__(
        self, entry: ModelEntry, *, clock: Clock = utc_now, media: MediaStore | None = None
    ) -> None:
        del media
        self.info = entry.info()
        self._entry = entry
        self._clock = clock

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """No drawing is asked for, the package is missing, or the terms or the price are."""
        found = importlib.util.find_spec("stability_sdk") is not None
        return drawing_refusal(
            request,
            self._entry,
            lambda asked: self._usd(len(asked.formats)),
            lacking=None
            if found
            else "stability-sdk is not installed; install content-platform[stability]",
        )

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """A picture per format."""
        if not isinstance(request, DrawRequest):
            raise BadInput(f"{self._entry.name} draws, it cannot do {type(request).__name__}.")
        return self._usd(len(request.formats))

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Draw the scene in each format; roles ``picture-<format>``."""
        from stability_sdk.client import StabilityInference

        if not isinstance(request, DrawRequest):
            raise BadInput(f"{self._entry.name} draws, it cannot do {type(request).__name__}.")
        client = StabilityInference(
            host=self._entry.base_url or HOST,
            key=context.secret.get_secret_value() if context.secret else "",
            engine=self._entry.model,
            wait_for_ready=False,
        )
        drawing = draw_each(
            request, context, lambda shape: self._draw(client, request, shape, context)
        )
        return Produced(drawing.output, drawing.files, drawing.response_id, drawing.cost_usd)

    def _draw(
        self, client: Any, request: DrawRequest, shape: Format, context: CallContext
    ) -> Drawn:
        import grpc
        from stability_sdk.interfaces.gooseai.generation import generation_pb2 as generation

        vendor = self._entry.vendor
        remaining_s = (context.deadline - self._clock()).total_seconds()
        if remaining_s <= 0:
            raise not_reached(vendor, TimeoutError("no time was left to ask"))
        # The SDK offers no deadline of its own, and hands these on to the call.
        client.grpc_args["timeout"] = remaining_s
        width, height = nearest_ratio(picture_size(shape), SDXL_SIZES)
        text = framed(request.prompt, shape, SDXL_MOST_CHARACTERS)
        answers = client.generate(
            prompt=[
                generation.Prompt(text=text, parameters=generation.PromptParameters(weight=1)),
                generation.Prompt(text=UNWANTED, parameters=generation.PromptParameters(weight=-1)),
            ],
            width=width,
            height=height,
            seed=seed_of(request),
            steps=int(self._entry.options.get("steps", 30)),
            cfg_scale=float(self._entry.options.get("cfg_scale", 7)),
            samples=1,
        )
        try:
            for answer in answers:
                for artifact in answer.artifacts:
                    if artifact.finish_reason == generation.FILTER:
                        raise ContentRefused(
                            f"{vendor} drew it and blurred it as not allowed", cost_usd=None
                        )
                    if artifact.type == generation.ARTIFACT_IMAGE:
                        return Drawn(artifact.binary, self._usd(), answer.answer_id)
        except grpc.RpcError as error:
            raise self._failure(error) from error
        raise CallFailure(f"{vendor} gave an answer without a picture", cost_usd=None)

    def _failure(self, error: Any) -> CallFailure:
        """What a gRPC status means; https://grpc.io/docs/guides/status-codes."""
        from grpc import StatusCode

        vendor, code = self._entry.vendor, error.code()
        details = str(error.details() or "")
        text = f"{vendor} answered {code.name}: {quoted(details)}"
        said = details.lower()
        if code in (StatusCode.UNAUTHENTICATED, StatusCode.PERMISSION_DENIED):
            return CredentialRefused(text)
        if code is StatusCode.RESOURCE_EXHAUSTED and ("balance" in said or "credit" in said):
            return OutOfService(text)
        if code is StatusCode.INVALID_ARGUMENT and "filter" in said:
            return ContentRefused(text)
        if code is StatusCode.UNAVAILABLE and "failed to connect" in said:
            return not_reached(vendor, error)
        if code in (StatusCode.RESOURCE_EXHAUSTED, StatusCode.INTERNAL, StatusCode.ABORTED):
            return TransientFailure(text)
        if code is StatusCode.UNAVAILABLE and "overloaded" in said:
            return TransientFailure(text)
        if code in (StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED, StatusCode.CANCELLED):
            return lost_answer(vendor, error)
        return CallFailure(text, cost_usd=None if code is StatusCode.UNKNOWN else Decimal(0))

    def _usd(self, pictures: int = 1) -> Decimal:
        return self._entry.cost(picture_usage(self._entry, pictures), self._clock().date())
