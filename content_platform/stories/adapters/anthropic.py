"""Anthropic's messages as a writer, with the structured output that the API has for JSON schemas.

Options: ``effort`` (low to max), ``thinking`` (``disabled`` for models that think unasked).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from content_platform.providers.hosted import http_failure, quoted
from content_platform.providers.models import CallContext, CallFailure, OutOfService
from content_platform.stories.asking import Question
from content_platform.stories.hosted_writing import Ending, HostedWriter, Reply, Tokens

if TYPE_CHECKING:
    from anthropic import APIStatusError

BASE_URL = "https://api.anthropic.com"
_NO_CREDIT = {
    "enforced_spend_limit_reached",
    "contract_spend_limit_reached",
    "organization_on_hold",
}
_ENDINGS = {
    "end_turn": Ending.COMPLETE,
    "stop_sequence": Ending.COMPLETE,
    "max_tokens": Ending.CUT,
    "model_context_window_exceeded": Ending.CUT,
    "refusal": Ending.REFUSED,
}


class AnthropicWriter(HostedWriter):
    """A model that answers ``POST /v1/messages``."""

    def ask(self, question: Question, context: CallContext, timeout_s: float) -> Reply:
        import anthropic

        try:
            with anthropic.Anthropic(
                api_key=self.secret(context),
                base_url=self._entry.base_url or BASE_URL,
                timeout=timeout_s,
                max_retries=0,
            ) as client:
                answer = client.messages.create(**self._arguments(question))
        except anthropic.APIStatusError as error:
            raise self._failure(error) from None
        except anthropic.APIConnectionError as error:
            raise self.unanswered(error) from None
        except (anthropic.AnthropicError, ValueError) as error:
            raise self.misshapen(str(error)) from None
        return self._reply(answer)

    def _arguments(self, question: Question) -> dict[str, Any]:
        options = self._entry.options
        output: dict[str, Any] = {
            "format": {"type": "json_schema", "schema": dict(question.schema)}
        }
        if "effort" in options:
            output["effort"] = options["effort"]
        arguments: dict[str, Any] = {
            "model": self._entry.model,
            "max_tokens": self.token_limit(question),
            "system": question.rules,
            "messages": [{"role": turn.role, "content": turn.text} for turn in question.turns],
            "output_config": output,
        }
        if "thinking" in options:
            arguments["thinking"] = {"type": options["thinking"]}
        return arguments

    def _reply(self, answer: Any) -> Reply:
        usage: Any = getattr(answer, "usage", None)
        tokens = None
        if isinstance(getattr(usage, "input_tokens", None), int):
            # Of Anthropic's three kinds of input, none is part of another.
            cached = getattr(usage, "cache_read_input_tokens", None) or 0
            written = getattr(usage, "cache_creation_input_tokens", None) or 0
            tokens = Tokens(
                usage.input_tokens + cached + written,
                getattr(usage, "output_tokens", None) or 0,
                cached=cached,
                cache_writes=written,
            )
        blocks = getattr(answer, "content", None)
        if not isinstance(blocks, list):
            raise self.misshapen("there is no content in it", tokens)
        details = getattr(answer, "stop_details", None)
        return Reply(
            "".join(block.text for block in blocks if getattr(block, "type", "") == "text"),
            _ENDINGS.get(answer.stop_reason or "end_turn", Ending.BROKEN),
            tokens,
            getattr(answer, "id", None) or "",
            getattr(details, "explanation", None) or "",
        )

    def _failure(self, error: APIStatusError) -> CallFailure:
        vendor, said = self._entry.vendor, error.api_message or error.message
        # Before it had a type of its own, an empty account was told as a bad request.
        poor = error.status_code == 400 and "credit balance" in said
        if poor or error.type == "billing_error" or error.error_code in _NO_CREDIT:
            return OutOfService(f"{vendor} answered {error.status_code}: {quoted(said)}")
        headers: Mapping[str, str] = error.response.headers
        return http_failure(vendor, error.status_code, said, headers, self._clock())
