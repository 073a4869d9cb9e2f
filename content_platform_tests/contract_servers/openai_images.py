"""OpenAI's pictures: ``/images/generations`` and ``/images/edits``, on top of ``OpenAIServer``."""

from __future__ import annotations

import base64
import math
import re
from decimal import Decimal
from typing import Any, ClassVar

from content_platform_tests.contract_servers.forms import File, form_of, texts
from content_platform_tests.contract_servers.openai import CREATED, OpenAIServer
from content_platform_tests.contract_servers.pictures import picture
from content_platform_tests.contract_servers.storytelling import tokens
from content_platform_tests.contract_servers.vendor import Answer, Refused, Request, route

IMAGE_MODELS = {
    "gpt-image-2", "gpt-image-2.5-sunburst", "gpt-image-2.5-flare", "gpt-image-2.6-sunburst",
    "gpt-image-2.6-flare",
}  # fmt: skip
RETIRED = {"dall-e-2", "dall-e-3", "gpt-image-1"}
_TOKENS = {"low": 196, "medium": 1_372, "high": 5_488}
"""For each million pixels."""
_REFERENCE_TOKENS = 1_024
_FIELDS = {
    "prompt", "model", "n", "size", "quality", "output_format", "output_compression", "background",
    "moderation", "stream", "partial_images", "user", "safety_identifier", "frame_count",
    "frame_duration_ms", "complexity", "svg",
}  # fmt: skip
_STANDARD = {"1024x1024", "1024x1536", "1536x1024"}


class OpenAIImages(OpenAIServer):
    """Prices are US dollars for a million tokens; a test may set them."""

    text_usd: ClassVar[Decimal] = Decimal(5)
    image_input_usd: ClassVar[Decimal] = Decimal(8)
    image_output_usd: ClassVar[Decimal] = Decimal(30)

    def _setup(self) -> None:
        super()._setup()
        self.model_ids |= IMAGE_MODELS

    @route("POST", "/v1/images/generations")
    def generate_image(self, request: Request) -> Answer:
        body = request.json
        unknown = set(body) - _FIELDS
        if unknown:
            raise Refused(400, f"Unknown parameter: '{min(unknown)}'.", "unknown_parameter")
        return self._drawn(body, 0)

    @route("POST", "/v1/images/edits")
    def edit_image(self, request: Request) -> Answer:
        fields = form_of(request)
        images = [
            value
            for name in ("image", "image[]")
            for value in fields.pop(name, [])
            if isinstance(value, File)
        ]
        if not 1 <= len(images) <= 16:
            raise Refused(400, "Between 1 and 16 images are needed.", "invalid_value")
        for image in images:
            if image.content_type not in ("image/png", "image/jpeg", "image/webp"):
                raise Refused(400, f"{image.name} is no image.", "invalid_image_file")
        unknown = set(fields) - _FIELDS - {"input_fidelity", "mask"} | (
            set(fields) & {"moderation"}
        )
        if unknown:
            raise Refused(400, f"Unknown parameter: '{min(unknown)}'.", "unknown_parameter")
        body: dict[str, Any] = {name: values[0] for name, values in fields.items()}
        if "n" in body:
            body["n"] = int(body["n"])
        return self._drawn(body, len(images))

    def _check(self, request: Request, answer: Answer) -> None:
        super()._check(request, answer)
        if request.path.endswith("/images/edits") and self.spec is not None:
            found = self.spec.form_violations("POST", request.path, texts(form_of(request)))
            with self._lock:
                self.violations += found

    def _drawn(self, body: dict[str, Any], references: int) -> Answer:
        prompt, model = body.get("prompt"), body.get("model")
        if not isinstance(prompt, str) or not prompt:
            raise Refused(
                400, "Missing required parameter: 'prompt'.", "missing_required_parameter"
            )
        if len(prompt) > 32_000:
            raise Refused(400, "Invalid 'prompt': string too long.", "string_above_max_length")
        if model in RETIRED or model not in IMAGE_MODELS:
            raise Refused(404, f"The model '{model}' does not exist.", "model_not_found")
        number = body.get("n", 1)
        if not isinstance(number, int) or not 1 <= number <= 10:
            raise Refused(400, f"Invalid 'n': {number}.", "invalid_value")
        quality = body.get("quality", "auto")
        if quality not in (*_TOKENS, "auto"):
            raise Refused(400, f"Invalid 'quality': {quality}.", "invalid_value")
        kind = body.get("output_format", "png")
        if kind not in ("png", "jpeg", "webp"):
            raise Refused(400, f"Invalid 'output_format': {kind}.", "invalid_value")
        width, height = _size(str(body.get("size", "1024x1024")))
        quality = "high" if quality == "auto" else quality
        used_in = tokens(prompt)
        used_image = references * _REFERENCE_TOKENS
        used_out = number * math.ceil(_TOKENS[quality] * width * height / 1e6)
        exact = (
            used_in * self.text_usd
            + used_image * self.image_input_usd
            + used_out * self.image_output_usd
        ) / 1_000_000
        answer: dict[str, Any] = {
            "created": CREATED,
            "background": "opaque",
            "data": [
                {"b64_json": base64.b64encode(picture(prompt, width, height, kind)).decode()}
                for _ in range(number)
            ],
            "output_format": kind,
            "quality": quality,
            "usage": {
                "input_tokens": used_in + used_image,
                "input_tokens_details": {"image_tokens": used_image, "text_tokens": used_in},
                "output_tokens": used_out,
                "total_tokens": used_in + used_image + used_out,
            },
        }
        if f"{width}x{height}" in _STANDARD:
            answer["size"] = f"{width}x{height}"
        return Answer(
            answer,
            headers={"x-request-id": f"req_{len(self.journal):08d}"},
            billed_usd=exact.quantize(Decimal("0.000001"), rounding="ROUND_UP"),
        )


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    if found is None:
        raise Refused(400, f"Invalid size '{text}'.", "invalid_value")
    width, height = int(found[1]), int(found[2])
    within = max(width, height) <= 3840 and min(width, height) <= 2160 and width * height >= 655_360
    if width % 16 or height % 16 or not within or not 1 / 3 <= width / height <= 3:
        raise Refused(400, f"Invalid size '{text}'.", "invalid_value")
    return width, height
