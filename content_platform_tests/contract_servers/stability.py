"""Stability AI over REST as its documentation describes it: ``/v2beta`` forms and ``/v1`` JSON.

Prompts with the word ``forbidden`` in them are refused before any work, those with ``blurred`` are
drawn, blurred, marked CONTENT_FILTERED and charged.
"""

from __future__ import annotations

import base64
import json
import uuid
from decimal import Decimal
from typing import Any

import cv2
import numpy as np

from content_platform_tests.contract_servers.forms import File, form_of, texts
from content_platform_tests.contract_servers.pictures import picture
from content_platform_tests.contract_servers.spec import Spec
from content_platform_tests.contract_servers.vendor import (
    Answer,
    Refused,
    Request,
    Trouble,
    VendorServer,
    route,
)

RATIOS = {
    "16:9": (1344, 768), "1:1": (1024, 1024), "21:9": (1536, 640), "2:3": (832, 1216),
    "3:2": (1216, 832), "4:5": (896, 1088), "5:4": (1088, 896), "9:16": (768, 1344),
    "9:21": (640, 1536),
}  # fmt: skip
SDXL_SIZES = {
    (1024, 1024), (1152, 896), (1216, 832), (1344, 768), (1536, 640),
    (640, 1536), (768, 1344), (832, 1216), (896, 1152),
}  # fmt: skip
PRESETS = {
    "3d-model", "analog-film", "anime", "cinematic", "comic-book", "digital-art", "enhance",
    "fantasy-art", "isometric", "line-art", "low-poly", "modeling-compound", "neon-punk",
    "origami", "photographic", "pixel-art", "tile-texture",
}  # fmt: skip
_V1 = Spec("stability/merged.json")
_V2 = Spec(
    "stability/unofficial-v2beta-apievangelist/stability-ai-stable-image-generate-openapi.yml"
)


class StabilityServer(VendorServer):
    """``credits`` are what a picture of each model takes, at ``usd`` each; ``balance`` is what is left."""

    def __init__(
        self, *, balance: Decimal = Decimal(10_000), usd: Decimal = Decimal("0.01")
    ) -> None:
        super().__init__()
        self.usd = usd
        self.balance = balance
        self.credits = {
            "core": Decimal(3), "ultra": Decimal(8), "sd3.5-large": Decimal("6.5"),
            "sd3.5-large-turbo": Decimal(4), "sd3.5-medium": Decimal("3.5"),
            "stable-diffusion-xl-1024-v1-0": Decimal("0.2"),
        }  # fmt: skip

    def authorised(self, request: Request) -> bool:
        return request.headers.get("authorization", "").removeprefix("Bearer ") in self.secrets

    def refusal(self, refused: Refused) -> Answer:
        names = {400: "bad_request", 401: "unauthorized", 402: "payment_required", 404: "not_found"}
        name = refused.code or names.get(refused.status, "server_error")
        if refused.code == "invalid_api_key":
            name = "unauthorized"
        return Answer(
            {
                "id": uuid.uuid4().hex,
                "name": name,
                "errors": [refused.message],
                "message": refused.message,
            },
            refused.status,
        )

    def trouble_answer(self, trouble: Trouble, request: Request) -> Answer:
        answer = self.refusal(
            {
                Trouble.RATE_LIMITED: Refused(
                    429, "You have exceeded the rate limit of 150 requests within 10 seconds.",
                    "rate_limit_exceeded",
                ),
                Trouble.SERVER_ERROR: Refused(500, "An unexpected error occurred.", "server_error"),
                Trouble.OVERLOADED: Refused(503, "The service is overloaded.", "service_unavailable"),
                Trouble.CONTENT_REFUSED: Refused(
                    403, "Your request was flagged by our content moderation system.",
                    "content_moderation",
                ),
                Trouble.BAD_SECRET: Refused(401, "The API key is invalid.", "unauthorized"),
                Trouble.NO_CREDIT: Refused(402, "You lack sufficient credits.", "payment_required"),
            }[trouble]
        )  # fmt: skip
        if trouble is Trouble.RATE_LIMITED:
            answer.headers["Retry-After"] = "1"
        return answer

    @route("POST", "/v2beta/stable-image/generate/(core|ultra|sd3)")
    def generate(self, request: Request) -> Answer:
        kind = request.match[1]
        fields = form_of(request)
        allowed = {
            "prompt",
            "negative_prompt",
            "aspect_ratio",
            "seed",
            "output_format",
            "style_preset",
        }
        allowed |= {"model", "mode", "image", "strength", "cfg_scale"} if kind == "sd3" else set()
        if set(fields) - allowed:
            raise Refused(400, f"{min(set(fields) - allowed)}: is not allowed")
        form = {name: values[0] for name, values in fields.items()}
        prompt = str(form.get("prompt", ""))
        self._check_prompt(prompt, 10_000)
        model = str(form.get("model", "sd3.5-large")) if kind == "sd3" else kind
        if model not in self.credits:
            raise Refused(400, f"model: {model} is not one of the models")
        reference = form.get("image")
        if reference is not None:
            if (
                form.get("mode") != "image-to-image"
                or "strength" not in form
                or "aspect_ratio" in form
            ):
                raise Refused(
                    400, "mode: image-to-image needs image and strength, and no aspect_ratio"
                )
            assert isinstance(reference, File)
            seen = cv2.imdecode(np.frombuffer(reference.data, np.uint8), cv2.IMREAD_COLOR)
            if seen is None:
                raise Refused(400, "image: is no image")
            size = (seen.shape[1], seen.shape[0])
        else:
            ratio = str(form.get("aspect_ratio", "1:1"))
            if ratio not in RATIOS:
                raise Refused(400, f"aspect_ratio: {ratio} is not one of the ratios")
            size = RATIOS[ratio]
        preset = form.get("style_preset")
        if preset is not None and preset not in PRESETS:
            raise Refused(400, f"style_preset: {preset} is not one of the presets")
        try:
            seed = int(str(form.get("seed", "0")))
        except ValueError:
            raise Refused(400, "seed: must be a number") from None
        if not 0 <= seed <= 4_294_967_294:
            raise Refused(400, "seed: must be between 0 and 4294967294")
        wanted = str(form.get("output_format", "png"))
        if wanted not in ("png", "jpeg", "webp"):
            raise Refused(400, f"output_format: {wanted} is not one of png, jpeg, webp")
        data, reason = self._picture(prompt, size, wanted)
        billed = self._charge(model)
        if request.headers.get("accept") == "application/json":
            body = {"image": base64.b64encode(data).decode(), "finish_reason": reason, "seed": seed}
            return Answer(body, billed_usd=billed)
        if request.headers.get("accept") != "image/*":
            raise Refused(400, "accept: must be image/* or application/json")
        return Answer(
            data,
            content_type=f"image/{wanted}",
            headers={"finish-reason": reason, "seed": str(seed), "x-request-id": uuid.uuid4().hex},
            billed_usd=billed,
        )

    @route("POST", "/v1/generation/([^/]+)/text-to-image")
    def text_to_image(self, request: Request) -> Answer:
        engine, body = request.match[1], request.json
        if engine not in self.credits or not engine.startswith("stable-diffusion"):
            raise Refused(404, f"The specified engine (ID {engine}) was not found.")
        texts = body.get("text_prompts")
        if not isinstance(texts, list) or not texts:
            raise Refused(400, "text_prompts: is required")
        for entry in texts:
            self._check_prompt(str(entry.get("text", "")), 2_000)
        size = (body.get("width", 1024), body.get("height", 1024))
        if size not in SDXL_SIZES:
            raise Refused(
                400, "for SDXL the allowed dimensions are listed", "invalid_sdxl_v1_dimensions"
            )
        for name, low, high in (
            ("cfg_scale", 0, 35), ("steps", 10, 50), ("samples", 1, 10), ("seed", 0, 4_294_967_295),
        ):  # fmt: skip
            if (
                not low
                <= body.get(
                    name, max(low, 1 if name == "samples" else 30 if name == "steps" else low)
                )
                <= high
            ):
                raise Refused(400, f"{name}: must be between {low} and {high}")
        if body.get("style_preset", "enhance") not in PRESETS:
            raise Refused(400, "style_preset: is not one of the presets")
        data, reason = self._picture(str(texts[0]["text"]), size, "png")
        artifact = {
            "base64": base64.b64encode(data).decode(),
            "finishReason": reason,
            "seed": body.get("seed", 0),
        }
        samples = int(body.get("samples", 1))
        return Answer(
            {"artifacts": [artifact] * samples}, billed_usd=self._charge(engine) * samples
        )

    def _check_prompt(self, prompt: str, most: int) -> None:
        if not 1 <= len(prompt) <= most:
            raise Refused(400, f"prompt: must have between 1 and {most} characters")
        if "forbidden" in prompt:
            raise Refused(
                403,
                "Your request was flagged by our content moderation system.",
                "content_moderation",
            )

    def _picture(self, prompt: str, size: tuple[int, int], kind: str) -> tuple[bytes, str]:
        data = picture(prompt, *size, kind)
        if "blurred" not in prompt:
            return data, "SUCCESS"
        seen = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert seen is not None
        done, blurred = cv2.imencode(f".{kind}", cv2.GaussianBlur(seen, (0, 0), 40))
        assert done
        return bytes(blurred.tobytes()), "CONTENT_FILTERED"

    def _charge(self, model: str) -> Decimal:
        with self._lock:
            if self.credits[model] > self.balance:
                raise Refused(402, "You lack sufficient credits.", "payment_required")
            self.balance -= self.credits[model]
        return self.credits[model] * self.usd

    def _check(self, request: Request, answer: Answer) -> None:
        """Two documents: the vendor's own of 2023, and a third party's of the current routes."""
        if request.path.startswith("/v1/"):
            body: Any = answer.body
            # The document says that the answer is a list; its own examples and the service disagree.
            bare = json.dumps(body["artifacts"]).encode() if isinstance(body, dict) else b""
            found = _V1.violations(
                request.method, request.path, request.headers, request.body,
                answer.status, answer.content_type, bare,
            )  # fmt: skip
        else:
            found = _V2.form_violations(request.method, request.path, texts(form_of(request)))
            found += _V2.violations(
                request.method, request.path, request.headers, b"",
                answer.status, answer.content_type, answer.data,
            )  # fmt: skip
        with self._lock:
            self.violations += found
