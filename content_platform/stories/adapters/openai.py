"""OpenAI's chat completions as a writer, and those of any server that speaks the same API.

Such a server (Ollama, vLLM, a gateway) is an entry with a ``base_url``; without a ``secret`` none
is sent. Options: ``structured`` (``json_schema``, the default; ``json_object``, ``none`` for servers
that know no schemas), ``effort`` (the model's reasoning effort), ``token_field`` (``max_tokens`` for
servers that do not know ``max_completion_tokens``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from content_platform.providers.hosted import http_failure, quoted
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    ContentRefused,
    OutOfService,
)
from content_platform.stories.asking import Question
from content_platform.stories.hosted_writing import Ending, HostedWriter, Reply, Tokens

if TYPE_CHECKING:
    from openai import APIStatusError

BASE_URL = "https://api.openai.com/v1"
_NO_CREDIT = {
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
    "account_deactivated",
}
_FORBIDDEN = {"content_policy_violation", "content_filter", "moderation_blocked"}
_ENDINGS = {"stop": Ending.COMPLETE, "length": Ending.CUT, "content_filter": Ending.REFUSED}


class OpenAIWriter(HostedWriter):
    """A model that answers ``POST /chat/completions``."""

    def ask(self, question: Question, context: CallContext, timeout_s: float) -> Reply:
        import openai

        secret = self.secret(context)
        # What the SDK finds in the environment is for OpenAI, and not for whoever serves base_url.
        headers: dict[str, str | openai.Omit] = {}
        if self._entry.base_url:
            headers = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
        if not secret:
            headers["Authorization"] = openai.Omit()
        try:
            with openai.OpenAI(
                api_key=secret or "none",
                base_url=self._entry.base_url or BASE_URL,
                timeout=timeout_s,
                max_retries=0,
            ) as client:
                answer = client.chat.completions.create(
                    **self._arguments(question), extra_headers=headers
                )
        except openai.APIStatusError as error:
            raise self._failure(error) from None
        except openai.APIConnectionError as error:
            raise self.unanswered(error) from None
        except (openai.OpenAIError, ValueError) as error:
            raise self.misshapen(str(error)) from None
        return self._reply(answer)

    def _arguments(self, question: Question) -> dict[str, Any]:
        options = self._entry.options
        structured = options.get("structured", "json_schema")
        rules = question.rules if structured == "json_schema" else question.rules_with_shape
        arguments: dict[str, Any] = {
            "model": self._entry.model,
            "messages": [
                {"role": "system", "content": rules},
                *({"role": turn.role, "content": turn.text} for turn in question.turns),
            ],
            "seed": question.seed,
            str(options.get("token_field", "max_completion_tokens")): self.token_limit(question),
        }
        if structured == "json_schema":
            shape = {"name": question.name, "strict": True, "schema": question.schema}
            arguments["response_format"] = {"type": "json_schema", "json_schema": shape}
        elif structured == "json_object":
            arguments["response_format"] = {"type": "json_object"}
        if "effort" in options:
            arguments["reasoning_effort"] = options["effort"]
        return arguments

    def _reply(self, answer: Any) -> Reply:
        """Servers that only resemble OpenAI leave fields out: nothing is taken for granted."""
        usage: Any = getattr(answer, "usage", None)
        tokens = None
        if isinstance(getattr(usage, "prompt_tokens", None), int):
            details = getattr(usage, "prompt_tokens_details", None)
            tokens = Tokens(
                usage.prompt_tokens,
                getattr(usage, "completion_tokens", None) or 0,
                cached=getattr(details, "cached_tokens", None) or 0,
                cache_writes=getattr(details, "cache_write_tokens", None) or 0,
            )
        choices = getattr(answer, "choices", None)
        if not choices or getattr(choices[0], "message", None) is None:
            raise self.misshapen("there is no choice in it", tokens)
        message = choices[0].message
        ending = _ENDINGS.get(choices[0].finish_reason or "stop", Ending.BROKEN)
        refused = getattr(message, "refusal", None) or ""
        return Reply(
            message.content or "",
            Ending.REFUSED if refused else ending,
            tokens,
            getattr(answer, "id", None) or "",
            refused,
        )

    def _failure(self, error: APIStatusError) -> CallFailure:
        codes = {error.code, error.type}
        text = f"{self._entry.vendor} answered {error.status_code}: {quoted(error.message)}"
        if codes & _NO_CREDIT:
            return OutOfService(text)
        if codes & _FORBIDDEN:
            return ContentRefused(text)
        headers: Mapping[str, str] = error.response.headers
        return http_failure(
            self._entry.vendor, error.status_code, error.message, headers, self._clock()
        )
