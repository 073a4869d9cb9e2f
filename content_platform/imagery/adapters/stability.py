"""Hosted illustrator: Stability AI over REST, the current models and, where it still answers, SDXL.

There is no SDK for it. Current models (``/v2beta/stable-image/generate``) take a form and an
aspect ratio, SDXL (``/v1/generation``) takes JSON and one of its sizes.
"""

from __future__ import annotations

import base64
import binascii
from decimal import Decimal

from pydantic import BaseModel

from content_platform.clock import Clock, utc_now
from content_platform.errors import BadInput
from content_platform.imagery.hosted import Drawn, draw_each, drawing_refusal, nearest_ratio
from content_platform.imagery.models import DrawRequest, picture_size
from content_platform.imagery.wording import UNWANTED, framed
from content_platform.providers.catalogue import ModelEntry, Usage
from content_platform.providers.hosted import http_failure
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    ContentRefused,
    OutOfService,
    Produced,
)
from content_platform.providers.rest import Reply, exchange
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import ArtStyle, Format

HOST = "https://api.stability.ai"
MOST_CHARACTERS = 10_000
SDXL_MOST_CHARACTERS = 2_000
SEEDS = 4_294_967_294
RATIOS = ((16, 9), (1, 1), (21, 9), (2, 3), (3, 2), (4, 5), (5, 4), (9, 16), (9, 21))
SDXL_SIZES = (
    (1024, 1024), (1152, 896), (1216, 832), (1344, 768), (1536, 640),
    (640, 1536), (768, 1344), (832, 1216), (896, 1152),
)  # fmt: skip
_PRESETS = {
    ArtStyle.STORYBOOK_LIGHT: "fantasy-art",
    ArtStyle.PAPER_CUT: "origami",
    ArtStyle.INK_AND_WASH: "line-art",
}
_PATHS = {"core": "core", "ultra": "ultra"}


def picture_usage(entry: ModelEntry, pictures: int = 1) -> Usage:
    """What pictures use: credits where the entry's option ``credits`` says how many, else pictures."""
    credits = entry.options.get("credits")
    if credits is None:
        return {"image": pictures}
    return {"credit": Decimal(str(credits)) * pictures}


def seed_of(request: DrawRequest) -> int:
    """The story's seed as the vendor takes it: 0 would mean any."""
    return request.seed % SEEDS + 1


class StabilityIllustrator:
    """``model`` is ``core``, ``ultra``, an ``sd3…`` or a ``stable-diffusion-xl…``.

    Options: ``credits`` one picture takes; ``strength`` of a reference picture, for ``sd3…``, 0 to
    1, where 1 leaves nothing of it.
    """

    def __init__(
        self, entry: ModelEntry, *, clock: Clock = utc_now, media: MediaStore | None = None
    ) -> None:
        self.info = entry.info()
        self._entry = entry
        self._clock = clock
        self._media = media
        self._host = (entry.base_url or HOST).rstrip("/")

    @staticmethod
    def lacks(entry: ModelEntry) -> str | None:
        """A model that can be asked for."""
        if entry.model.startswith((*_PATHS, "sd3", "stable-diffusion-xl")):
            return None
        return f"model {entry.model} is none that this adapter can ask for"

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """No drawing is asked for, the terms or the price are missing, or the model is not one of these."""
        return drawing_refusal(
            request,
            self._entry,
            lambda asked: self._usd(len(asked.formats)),
            lacking=self.lacks(self._entry),
        )

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """A picture per format."""
        if not isinstance(request, DrawRequest):
            raise BadInput(f"{self._entry.name} draws, it cannot do {type(request).__name__}.")
        return self._usd(len(request.formats))

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Draw the scene in each format; roles ``picture-<format>``."""
        if not isinstance(request, DrawRequest):
            raise BadInput(f"{self._entry.name} draws, it cannot do {type(request).__name__}.")
        ask = self._sdxl if self._entry.model.startswith("stable-diffusion") else self._current
        drawing = draw_each(request, context, lambda shape: ask(request, shape, context))
        return Produced(drawing.output, drawing.files, drawing.response_id, drawing.cost_usd)

    def _current(self, request: DrawRequest, shape: Format, context: CallContext) -> Drawn:
        across, down = nearest_ratio(picture_size(shape), RATIOS)
        form = {
            "prompt": framed(request.prompt, shape, MOST_CHARACTERS),
            "negative_prompt": UNWANTED,
            "seed": str(seed_of(request)),
            "output_format": "png",
        }
        files: dict[str, tuple[str, bytes, str]] = {}
        path = _PATHS.get(self._entry.model, "sd3")
        reference = self._reference(request) if path == "sd3" else None
        if path == "sd3":
            form["model"] = self._entry.model
        if path == "core":
            form["style_preset"] = _PRESETS[request.style]
        if reference is None:
            form["aspect_ratio"] = f"{across}:{down}"
        else:
            form |= {
                "mode": "image-to-image",
                "strength": str(self._entry.options.get("strength", 0.85)),
            }
            files["image"] = reference
        reply = exchange(
            self._entry.vendor,
            "POST",
            f"{self._host}/v2beta/stable-image/generate/{path}",
            headers={**self._headers(context), "Accept": "image/*"},
            form=form,
            files=files,
            deadline=context.deadline,
            clock=self._clock,
        )
        if not reply.ok:
            raise self._failure(reply)
        if reply.headers.get("finish-reason", "SUCCESS") == "CONTENT_FILTERED":
            raise self._filtered()
        return Drawn(reply.data, self._usd(), reply.headers.get("x-request-id", ""))

    def _sdxl(self, request: DrawRequest, shape: Format, context: CallContext) -> Drawn:
        width, height = nearest_ratio(picture_size(shape), SDXL_SIZES)
        reply = exchange(
            self._entry.vendor,
            "POST",
            f"{self._host}/v1/generation/{self._entry.model}/text-to-image",
            headers={**self._headers(context), "Accept": "application/json"},
            json={
                "text_prompts": [
                    {"text": framed(request.prompt, shape, SDXL_MOST_CHARACTERS), "weight": 1},
                    {"text": UNWANTED, "weight": -1},
                ],
                "width": width,
                "height": height,
                "samples": 1,
                "steps": int(self._entry.options.get("steps", 30)),
                "cfg_scale": float(self._entry.options.get("cfg_scale", 7)),
                "seed": seed_of(request),
                "style_preset": _PRESETS[request.style],
            },
            deadline=context.deadline,
            clock=self._clock,
        )
        if not reply.ok:
            raise self._failure(reply)
        try:
            artifact = reply.json()["artifacts"][0]
            reason = artifact["finishReason"]
            data = base64.b64decode(artifact["base64"], validate=True)
        except (KeyError, IndexError, TypeError, binascii.Error) as error:
            raise CallFailure(
                f"{self._entry.vendor} gave an answer without a picture", cost_usd=self._usd()
            ) from error
        if reason == "CONTENT_FILTERED":
            raise self._filtered()
        if reason != "SUCCESS":
            raise CallFailure(f"{self._entry.vendor} failed to draw it: {reason}", cost_usd=None)
        return Drawn(data, self._usd(), reply.headers.get("x-request-id", ""))

    def _headers(self, context: CallContext) -> dict[str, str]:
        secret = context.secret.get_secret_value() if context.secret else ""
        return {
            "Authorization": f"Bearer {secret}",
            "stability-client-id": "content-platform",
        }

    def _failure(self, reply: Reply) -> CallFailure:
        """The vendor's envelope is ``{id, name, errors}``, of SDXL ``{id, name, message}``."""
        vendor = self._entry.vendor
        body = reply.json()
        name = str(body.get("name", ""))
        said = body.get("message") or "; ".join(str(each) for each in body.get("errors") or ())
        message = f"{name}: {said or reply.text}"
        if name in ("content_moderation", "content_policy", "invalid_prompts"):
            return ContentRefused(f"{vendor} refused the content: {message}")
        if "insufficient_balance" in name or "payment_required" in name or reply.status == 402:
            return OutOfService(f"{vendor} has no credit left: {message}")
        return http_failure(vendor, reply.status, message, reply.headers, self._clock())

    def _filtered(self) -> ContentRefused:
        """What came is blurred; whether it is charged the vendor does not say."""
        return ContentRefused(
            f"{self._entry.vendor} drew it and blurred it as not allowed", cost_usd=None
        )

    def _reference(self, request: DrawRequest) -> tuple[str, bytes, str] | None:
        if self._media is None or not request.references:
            return None
        ref = request.references[0]
        return (
            f"reference.{ref.mime.split('/')[-1]}",
            self._media.local_path(ref).read_bytes(),
            ref.mime,
        )

    def _usd(self, pictures: int = 1) -> Decimal:
        return self._entry.cost(picture_usage(self._entry, pictures), self._clock().date())
