"""OpenAI's API as its reference documents it: chat completions and the list of models.

Speech, transcription and pictures are mixins of their own (``openai_audio``, ``openai_images``):

    class Everything(OpenAIAudio, OpenAIImages, OpenAIServer): ...

A mixin declares routes, and may give ``_setup`` (called once, with nothing), which calls
``super()._setup()`` and adds to ``model_ids`` what it serves. With no secrets set, the server asks for
none, as Ollama and vLLM do.
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
_REASONS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    429: "rate_limit_error",
}


class OpenAIServer(VendorServer):
    """``model`` tells the stories and may be set up by a test (``server.model.say(...)``)."""

    spec = Spec("openai/openapi.json", prefix="/v1")

    def __init__(self, prices: Mapping[str, TokenPrice] | None = None) -> None:
        super().__init__()
        self.model = Storytelling(prices or {})
        assert self.spec is not None
        _ = self.spec.there  # reading it takes a second, which is not to be a call's
        self.model_ids: set[str] = set(self.model.prices)
        """What ``GET /v1/models`` lists."""
        self.refuses = ""
        """Refuse to tell stories, in the message, with these words."""
        self.filters = False
        """End the answers with finish_reason ``content_filter``."""
        self.counts = True
        """Tell the usage, as OpenAI does and not every server like it."""
        self._setup()

    def _setup(self) -> None:
        """For mixins."""

    def authorised(self, request: Request) -> bool:
        if not self.secrets:
            return True
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and secret in self.secrets

    def refusal(self, refused: Refused) -> Answer:
        kind = _REASONS.get(refused.status, "server_error")
        if refused.code in ("insufficient_quota", "image_generation_user_error"):
            kind = refused.code
        return Answer(
            {
                "error": {
                    "message": refused.message,
                    "type": kind,
                    "param": None,
                    "code": refused.code or None,
                }
            },
            status=refused.status,
            headers={"x-request-id": f"req_{len(self.journal):08d}"},
        )

    def trouble_answer(self, trouble: Trouble, request: Request) -> Answer:
        if trouble is Trouble.RATE_LIMITED:
            answer = self.refusal(Refused(429, "Rate limit reached.", "rate_limit_exceeded"))
            answer.headers |= {"retry-after": "1", "x-ratelimit-remaining-requests": "0"}
            return answer
        return self.refusal(
            {
                Trouble.SERVER_ERROR: Refused(500, "The server had an error.", "server_error"),
                Trouble.OVERLOADED: Refused(503, "The engine is overloaded.", "overloaded"),
                Trouble.CONTENT_REFUSED: Refused(
                    400,
                    "Your request was rejected by our safety system.",
                    "content_policy_violation",
                ),
                Trouble.BAD_SECRET: Refused(401, "Incorrect API key provided.", "invalid_api_key"),
                Trouble.NO_CREDIT: Refused(
                    429, "You exceeded your current quota.", "insufficient_quota"
                ),
            }[trouble]
        )

    @route("GET", "/v1/models")
    def list_models(self, request: Request) -> Answer:
        return Answer(
            {
                "object": "list",
                "data": [
                    {"id": model, "object": "model", "created": CREATED, "owned_by": "openai"}
                    for model in sorted(self.model_ids)
                ],
            }
        )

    @route("POST", "/v1/chat/completions")
    def chat(self, request: Request) -> Answer:
        body = request.json
        price = self.model.price(body.get("model"))
        texts = _texts(body)
        schema = _schema(body)
        limit = body.get("max_completion_tokens", body.get("max_tokens", 128_000))
        if not isinstance(limit, int) or not 1 <= limit <= 128_000:
            raise Refused(400, f"Invalid 'max_completion_tokens': {limit}.", "invalid_value")
        if not 0 <= body.get("temperature", 1) <= 2:
            raise Refused(400, "Invalid 'temperature'.", "invalid_value")
        done = self.model.complete(texts, schema, limit, body.get("seed") or 0)
        return Answer(
            self._completion(body["model"], request.body, done),
            headers={"x-request-id": f"req_{len(self.journal):08d}"},
            billed_usd=done.usd(price),
        )

    def _completion(self, model: str, asked: bytes, done: Completion) -> dict[str, Any]:
        refused = self.refuses or None
        ending = "content_filter" if self.filters else "length" if done.cut else "stop"
        told: dict[str, Any] = {
            "id": f"chatcmpl-{hashlib.sha256(asked).hexdigest()[:24]}",
            "object": "chat.completion",
            "created": CREATED,
            "model": model,
            "choices": [
                {
                    "index": 0,
                    "message": {
                        "role": "assistant",
                        "content": None if refused else done.text,
                        "refusal": refused,
                    },
                    "logprobs": None,
                    "finish_reason": ending,
                }
            ],
            "usage": {
                "prompt_tokens": done.input_tokens,
                "completion_tokens": done.output_tokens,
                "total_tokens": done.input_tokens + done.output_tokens,
                "prompt_tokens_details": {
                    "cached_tokens": done.cached_tokens,
                    "cache_write_tokens": done.cache_write_tokens,
                },
                "completion_tokens_details": {"reasoning_tokens": self.model.thinking_tokens},
            },
        }
        if not self.counts:
            del told["usage"]
        return told


def _texts(body: Mapping[str, Any]) -> list[str]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "Missing required parameter: 'messages'.", "missing_required_parameter")
    texts = []
    for message in messages:
        if message.get("role") not in ("developer", "system", "user", "assistant"):
            raise Refused(400, f"Invalid role {message.get('role')!r}.", "invalid_value")
        if not isinstance(message.get("content"), str):
            raise Refused(400, "Invalid message content.", "invalid_type")
        texts.append(message["content"])
    return texts


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    wanted = body.get("response_format") or {"type": "text"}
    if wanted["type"] == "json_object":
        if not any("JSON" in message["content"] for message in body["messages"]):
            raise Refused(
                400,
                "'messages' must contain the word 'json' to use 'json_object'.",
                "invalid_value",
            )
        return None
    if wanted["type"] != "json_schema":
        return None
    asked = wanted["json_schema"]
    if asked.get("strict"):
        check_strict(asked["schema"])
    schema: Mapping[str, Any] = asked["schema"]
    return schema
