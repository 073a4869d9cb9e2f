"""Mistral's API as its spec has it: chat completions and the list of models.

Where the spec is silent: errors other than 422 come as ``{object: "error", message, type, code}``, and
a request that a guardrail stops is answered with 403 (the spec tells of 403 for guardrails that fail).
The spec calls ``data`` a required field of a completion and has no place for it; no answer holds it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from content_platform_tests.contract_servers.spec import Spec
from content_platform_tests.contract_servers.storytelling import (
    Completion,
    Storytelling,
    TokenPrice,
    check_strict,
)
from content_platform_tests.contract_servers.vendor import (
    Answer,
    Refused,
    Request,
    Trouble,
    VendorServer,
    route,
)

CREATED = 1_764_000_000
_FIELDS = {
    "model", "messages", "temperature", "top_p", "max_tokens", "stream", "stop", "random_seed",
    "metadata", "response_format", "tools", "tool_choice", "presence_penalty", "frequency_penalty",
    "n", "prediction", "parallel_tool_calls", "prompt_mode", "reasoning_effort", "guardrails",
    "prompt_cache_key", "safe_prompt",
}  # fmt: skip


class MistralServer(VendorServer):
    """``model`` tells the stories and may be set up by a test (``server.model.say(...)``)."""

    spec = Spec("mistral/openapi.yaml")

    def __init__(self, prices: Mapping[str, TokenPrice] | None = None) -> None:
        super().__init__()
        self.model = Storytelling(prices or {})
        assert self.spec is not None
        _ = self.spec.there  # reading it takes a second, which is not to be a call's
        self.breaks_off = False
        """End the answers with finish_reason ``error``."""

    def authorised(self, request: Request) -> bool:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and secret in self.secrets

    def refusal(self, refused: Refused) -> Answer:
        if refused.status == 401:
            return Answer({"detail": "Unauthorized"}, status=401)
        if refused.status == 422:
            wrong = {"type": "value_error", "loc": ["body", refused.code], "msg": refused.message}
            return Answer({"detail": [wrong]}, status=422)
        return Answer(
            {
                "object": "error",
                "message": refused.message,
                "type": refused.code or "invalid_request",
                "param": None,
                "code": str(refused.status),
            },
            status=refused.status,
        )

    def trouble_answer(self, trouble: Trouble, request: Request) -> Answer:
        answer = self.refusal(
            {
                Trouble.RATE_LIMITED: Refused(429, "Rate limit exceeded", "rate_limited"),
                Trouble.SERVER_ERROR: Refused(
                    500, "Internal server error", "internal_server_error"
                ),
                Trouble.OVERLOADED: Refused(503, "Service unavailable", "unreachable_backend"),
                Trouble.CONTENT_REFUSED: Refused(
                    403, "The request was blocked by a guardrail.", "guardrail_violation"
                ),
                Trouble.BAD_SECRET: Refused(401, "Unauthorized"),
                Trouble.NO_CREDIT: Refused(402, "Payment required.", "payment_required"),
            }[trouble]
        )
        if trouble is Trouble.RATE_LIMITED:
            answer.headers["retry-after"] = "1"
        return answer

    @route("GET", "/v1/models")
    def list_models(self, request: Request) -> Answer:
        return Answer(
            {
                "object": "list",
                "data": [
                    {
                        "id": model,
                        "object": "model",
                        "created": CREATED,
                        "owned_by": "mistralai",
                        "type": "base",
                        "capabilities": {"completion_chat": True},
                    }
                    for model in sorted(self.model.prices)
                ],
            }
        )

    @route("POST", "/v1/chat/completions")
    def chat(self, request: Request) -> Answer:
        body = request.json
        unknown = set(body) - _FIELDS
        if unknown:
            raise Refused(422, "Extra inputs are not permitted", min(unknown))
        if body.get("model") not in self.model.prices:
            raise Refused(400, f"Invalid model: {body.get('model')}", "invalid_model")
        price = self.model.price(body["model"])
        limit = body.get("max_tokens", 262_144)
        if not isinstance(limit, int) or limit < 1:
            raise Refused(422, "Input should be greater than 0", "max_tokens")
        schema = None
        wanted = body.get("response_format") or {"type": "text"}
        if wanted["type"] == "json_schema":
            if wanted["json_schema"].get("strict"):
                check_strict(wanted["json_schema"]["schema"])
            schema = wanted["json_schema"]["schema"]
        done = self.model.complete(_texts(body), schema, limit, body.get("random_seed") or 0)
        return Answer(
            self._completion(body["model"], request.body, done), billed_usd=done.usd(price)
        )

    def _completion(self, model: str, asked: bytes, done: Completion) -> dict[str, Any]:
        ending = "error" if self.breaks_off else "length" if done.cut else "stop"
        return {
            "id": hashlib.sha256(asked).hexdigest()[:32],
            "object": "chat.completion",
            "created": CREATED,
            "model": model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": done.text, "tool_calls": None},
                    "finish_reason": ending,
                }
            ],
            "usage": {
                "prompt_tokens": done.input_tokens,
                "completion_tokens": done.output_tokens,
                "total_tokens": done.input_tokens + done.output_tokens,
                "prompt_tokens_details": {"cached_tokens": done.cached_tokens},
            },
        }

    def _check(self, request: Request, answer: Answer) -> None:
        before = len(self.violations)
        super()._check(request, answer)
        with self._lock:
            self.violations[before:] = [
                violation
                for violation in self.violations[before:]
                if not violation.endswith("'data' is a required property")
            ]


def _texts(body: Mapping[str, Any]) -> list[str]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refused(422, "Field required", "messages")
    texts = []
    for message in messages:
        if message.get("role") not in ("system", "user", "assistant"):
            raise Refused(422, "Input tag is not one of the expected", "messages")
        if not isinstance(message.get("content"), str):
            raise Refused(422, "Input should be a valid string", "messages")
        texts.append(message["content"])
    if messages[-1]["role"] == "assistant":
        raise Refused(400, "Expected last role User or Tool but got assistant", "invalid_request")
    return texts
