"""ElevenLabs Music: ``/v1/music`` on top of ``ElevenLabsServer``, as its reference describes it."""

from __future__ import annotations

import math
import uuid
from decimal import Decimal
from typing import Any, ClassVar

from content_platform_tests.contract_servers.elevenlabs import ElevenLabsServer
from content_platform_tests.contract_servers.melodies import song
from content_platform_tests.contract_servers.vendor import Answer, Refused, Request, route

MUSIC_MODELS = {"music_v1", "music_v2", "music_v2_5"}
_FIELDS = {
    "prompt", "composition_plan", "music_length_ms", "model_id", "seed", "force_instrumental",
    "finetune_id", "respect_sections_durations", "store_for_inpainting", "sign_with_c2pa",
}  # fmt: skip


class ElevenLabsMusic(ElevenLabsServer):
    """A second of music costs ``usd_per_second``, a number of the test's choosing."""

    usd_per_second: ClassVar[Decimal] = Decimal("0.005")

    @route("POST", "/v1/music")
    def music(self, request: Request) -> Answer:
        kind = request.query.get("output_format", "auto")
        if kind != "auto" and not kind.startswith("mp3_"):
            raise Refused(422, "query.output_format: this stand-in makes MP3 only", "enum")
        length_ms, seed = _asked(request.json)
        with self.slot():
            data = song(length_ms / 1000, seed)
        return Answer(
            data,
            content_type="audio/mpeg",
            headers={**self.headers(), "song-id": uuid.uuid4().hex},
            billed_usd=self.usd_per_second * math.ceil(length_ms / 1000),
        )

    def _check(self, request: Request, answer: Answer) -> None:
        # The spec is older than the later models: only the first one's requests are in it.
        if request.path != "/v1/music" or request.json.get("model_id", "music_v1") == "music_v1":
            super()._check(request, answer)


def _asked(body: Any) -> tuple[int, int]:
    """Length in milliseconds and seed of a request, checked as the vendor checks it."""
    if set(body) - _FIELDS:
        raise Refused(
            422, f"body.{min(set(body) - _FIELDS)}: Extra inputs are not permitted", "extra"
        )
    model = body.get("model_id", "music_v1")
    if model not in MUSIC_MODELS:
        raise Refused(422, f"body.model_id: {model} is not a model", "enum")
    plan, prompt = body.get("composition_plan"), body.get("prompt")
    if (plan is None) == (prompt is None):
        raise Refused(422, "body: exactly one of prompt and composition_plan is needed", "missing")
    if plan is None:
        if body.get("seed") is not None:
            raise Refused(422, "body.seed: cannot be used with prompt", "value_error")
        length = body.get("music_length_ms", 30_000)
        if not 3_000 <= length <= 600_000:
            raise Refused(422, "body.music_length_ms: must be 3000 to 600000", "range")
        if not 1 <= len(prompt) <= 4_100:
            raise Refused(422, "body.prompt: must have 1 to 4100 characters", "range")
        return int(length), 0
    for field in ("music_length_ms", "force_instrumental"):
        if body.get(field) is not None:
            raise Refused(422, f"body.{field}: can only be used with prompt", "value_error")
    parts = plan.get("sections" if model == "music_v1" else "chunks")
    if not isinstance(parts, list) or not 1 <= len(parts) <= 30:
        raise Refused(
            400, "The composition plan does not fit the model.", "invalid_composition_plan"
        )
    needed = (
        {"section_name", "positive_local_styles", "negative_local_styles", "duration_ms", "lines"}
        if model == "music_v1"
        else {"text", "duration_ms", "positive_styles"}
    )
    for part in parts:
        if needed - set(part):
            raise Refused(
                422, f"body.composition_plan.{min(needed - set(part))}: Field required", "missing"
            )
        if not 3_000 <= part["duration_ms"] <= 120_000:
            raise Refused(422, "body.composition_plan.duration_ms: must be 3000 to 120000", "range")
    return sum(part["duration_ms"] for part in parts), int(body.get("seed") or 0)
