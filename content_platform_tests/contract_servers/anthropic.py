"""Anthropic's messages API in its version 2026-10-21, as its SDK 2.12 speaks it.

The vendor's own spec that can be had is two years old (version 2023-06-01). What passes is checked
against it all the same, without what is newer, so that a violation is one of both:

- ``output_config`` (structured output) is taken out of the request: the old schema is closed;
- ``Authorization: Bearer`` took the place of ``x-api-key``; both are accepted here;
- ``temperature``, ``top_p`` and ``top_k`` are gone: 400, although the old spec has them;
- ``stop_reason`` may be ``refusal``, which the old spec does not know: shown to it as ``end_turn``.
"""

from __future__ import annotations

import hashlib
import json
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

VERSIONS = ("2023-06-01", "2026-10-21")
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}
_FIELDS = {
    "model", "messages", "max_tokens", "system", "stop_sequences", "stream", "metadata", "tools",
    "tool_choice", "thinking", "output_config", "service_tier",
}  # fmt: skip


class AnthropicServer(VendorServer):
    """``model`` tells the stories and may be set up by a test (``server.model.say(...)``)."""

    spec = Spec("anthropic/hosted_spec.patched.json")

    def __init__(self, prices: Mapping[str, TokenPrice] | None = None) -> None:
        super().__init__()
        self.model = Storytelling(prices or {})
        assert self.spec is not None
        _ = self.spec.there  # reading it takes a second, which is not to be a call's
        self.refuses = ""
        """End the answers with stop_reason ``refusal`` and these words."""

    def authorised(self, request: Request) -> bool:
        if request.headers.get("anthropic-version") not in VERSIONS:
            raise Refused(400, "anthropic-version: header is required")
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        given = {request.headers.get("x-api-key"), bearer if scheme == "Bearer" else None}
        return not given.isdisjoint(self.secrets)

    def refusal(self, refused: Refused) -> Answer:
        kind = _TYPES.get(refused.status, "api_error")
        return Answer(
            {
                "type": "error",
                "error": {"type": kind, "message": refused.message},
                "request_id": f"req_{len(self.journal):08d}",
            },
            status=refused.status,
            headers={"request-id": f"req_{len(self.journal):08d}"},
        )

    def trouble_answer(self, trouble: Trouble, request: Request) -> Answer:
        if (
            trouble is Trouble.CONTENT_REFUSED
        ):  # not an error to Anthropic: a refusing message, unbilled
            body = request.json
            nothing = Completion("", False, 0, 0)
            return Answer(self._message(body["model"], request.body, nothing, "It is forbidden."))
        answer = self.refusal(
            {
                Trouble.RATE_LIMITED: Refused(429, "This request would exceed your rate limit."),
                Trouble.SERVER_ERROR: Refused(500, "Internal server error"),
                Trouble.OVERLOADED: Refused(529, "Overloaded"),
                Trouble.BAD_SECRET: Refused(401, "invalid x-api-key"),
                Trouble.NO_CREDIT: Refused(402, "Your credit balance is too low."),
            }[trouble]
        )
        if trouble is Trouble.RATE_LIMITED:
            answer.headers["retry-after"] = "1"
        return answer

    @route("GET", "/v1/models")
    def list_models(self, request: Request) -> Answer:
        models = [
            {
                "type": "model",
                "id": model,
                "display_name": model,
                "created_at": "2026-01-01T00:00:00Z",
            }
            for model in sorted(self.model.prices)
        ]
        ends = {"first_id": models[0]["id"], "last_id": models[-1]["id"]} if models else {}
        return Answer({"data": models, "has_more": False, **ends})

    @route("POST", "/v1/messages")
    def messages(self, request: Request) -> Answer:
        body = request.json
        unknown = set(body) - _FIELDS
        if unknown:
            raise Refused(400, f"{min(unknown)}: Extra inputs are not permitted")
        price = self.model.price(body.get("model"))
        limit = body.get("max_tokens")
        if not isinstance(limit, int) or limit < 1:
            raise Refused(400, "max_tokens: Field required")
        texts = [body.get("system", ""), *_texts(body)]
        wanted = (body.get("output_config") or {}).get("format")
        schema = None
        if wanted is not None:
            if wanted.get("type") != "json_schema":
                raise Refused(400, "output_config.format.type: Input should be 'json_schema'")
            schema = wanted["schema"]
            check_strict(schema, "output_config.format.schema")
        seed = int.from_bytes(hashlib.sha256(request.body).digest()[:4])
        done = self.model.complete(texts, schema, limit, seed)
        return Answer(
            self._message(body["model"], request.body, done, self.refuses),
            headers={"request-id": f"req_{len(self.journal):08d}"},
            billed_usd=done.usd(price),
        )

    def _message(self, model: str, asked: bytes, done: Completion, refused: str) -> dict[str, Any]:
        plain = done.input_tokens - done.cached_tokens - done.cache_write_tokens
        return {
            "id": f"msg_{hashlib.sha256(asked).hexdigest()[:24]}",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [] if refused else [{"type": "text", "text": done.text}],
            "stop_reason": "refusal" if refused else "max_tokens" if done.cut else "end_turn",
            "stop_sequence": None,
            "stop_details": {"type": "refusal", "category": None, "explanation": refused}
            if refused
            else None,
            "usage": {
                "input_tokens": plain,
                "cache_read_input_tokens": done.cached_tokens,
                "cache_creation_input_tokens": done.cache_write_tokens,
                "output_tokens": done.output_tokens,
            },
        }

    def _check(self, request: Request, answer: Answer) -> None:
        """Against the old spec, without what is newer than it."""
        if request.path != "/v1/messages" or not isinstance(answer.body, dict):
            return
        asked = {k: v for k, v in request.json.items() if k not in ("output_config", "thinking")}
        told = dict(answer.body)
        if told.get("stop_reason") == "refusal":
            told["stop_reason"] = "end_turn"
        old = Request(
            request.method,
            request.path,
            request.query,
            request.headers,
            json.dumps(asked).encode(),
            request.match,
        )
        super()._check(old, Answer(told, answer.status, answer.content_type))


def _texts(body: Mapping[str, Any]) -> list[str]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "messages: at least one message is required")
    texts = []
    for number, message in enumerate(messages):
        if message.get("role") not in ("user", "assistant"):
            raise Refused(400, f"messages.{number}.role: Input should be 'user' or 'assistant'")
        if not isinstance(message.get("content"), str) or not message["content"]:
            raise Refused(400, f"messages.{number}.content: text must be non-empty")
        texts.append(message["content"])
    if messages[-1]["role"] != "user":
        raise Refused(400, "This model does not support assistant message prefill.")
    return texts
