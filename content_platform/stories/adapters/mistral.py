"""Mistral's chat completions as a writer, with a JSON schema for the answer.

Option: ``effort`` (``none`` or ``high``, for models that reason).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from content_platform.providers.hosted import http_failure, quoted
from content_platform.providers.models import CallContext, CallFailure, ContentRefused
from content_platform.stories.asking import Question
from content_platform.stories.hosted_writing import Ending, HostedWriter, Reply, Tokens

BASE_URL = "https://api.mistral.ai"
_ENDINGS = {"stop": Ending.COMPLETE, "length": Ending.CUT, "model_length": Ending.CUT}


class MistralWriter(HostedWriter):
    """A model that answers ``POST /v1/chat/completions`` of Mistral's API."""

    def ask(self, question: Question, context: CallContext, timeout_s: float) -> Reply:
        import httpx2  # the SDK hands on the errors of its HTTP library
        from mistralai.client import Mistral
        from mistralai.client.errors import MistralError, NoResponseError

        try:
            with Mistral(
                api_key=self.secret(context),
                server_url=self._entry.base_url or BASE_URL,
                retry_config=None,
                timeout_ms=max(1, int(timeout_s * 1000)),
            ) as client:
                answer = client.chat.complete(**self._arguments(question))
        except MistralError as error:
            if error.status_code < 400:
                raise self.misshapen(str(error)) from None
            raise self._failure(error.status_code, error.body, error.headers) from None
        except (httpx2.TransportError, NoResponseError) as error:
            raise self.unanswered(error) from None
        except ValueError as error:
            raise self.misshapen(str(error)) from None
        return self._reply(answer)

    def _arguments(self, question: Question) -> dict[str, Any]:
        shape = {"name": question.name, "strict": True, "schema_definition": dict(question.schema)}
        arguments: dict[str, Any] = {
            "model": self._entry.model,
            "messages": [
                {"role": "system", "content": question.rules},
                *({"role": turn.role, "content": turn.text} for turn in question.turns),
            ],
            "max_tokens": self.token_limit(question),
            "random_seed": question.seed,
            "response_format": {"type": "json_schema", "json_schema": shape},
        }
        if "effort" in self._entry.options:
            arguments["reasoning_effort"] = self._entry.options["effort"]
        return arguments

    def _reply(self, answer: Any) -> Reply:
        usage = answer.usage
        # The spec has two names for the cached part, the SDK's model neither.
        more = usage.additional_properties or {}
        details = more.get("prompt_tokens_details") or more.get("prompt_token_details") or {}
        cached = more.get("num_cached_tokens") or details.get("cached_tokens") or 0
        tokens = Tokens(usage.prompt_tokens or 0, usage.completion_tokens or 0, cached=cached)
        if not answer.choices:
            raise self.misshapen("there is no choice in it", tokens)
        choice = answer.choices[0]
        content = choice.message.content if choice.message is not None else ""
        if isinstance(content, list):  # a model that thinks tells it in chunks of its own
            content = "".join(chunk.text for chunk in content if chunk.type == "text")
        return Reply(
            content or "",
            _ENDINGS.get(choice.finish_reason, Ending.BROKEN),
            tokens,
            answer.id or "",
        )

    def _failure(self, status: int, body: str, headers: Mapping[str, str]) -> CallFailure:
        said = _message(body)
        if status in (400, 403) and ("guardrail" in said.lower() or "moderation" in said.lower()):
            return ContentRefused(f"{self._entry.vendor} answered {status}: {quoted(said)}")
        return http_failure(self._entry.vendor, status, said, headers, self._clock())


def _message(body: str) -> str:
    """What an error says, in any of the envelopes that Mistral uses."""
    try:
        found = json.loads(body)
    except ValueError:
        return body
    if not isinstance(found, dict):
        return body
    said = found.get("message", found.get("detail", body))
    return said if isinstance(said, str) else json.dumps(said)
