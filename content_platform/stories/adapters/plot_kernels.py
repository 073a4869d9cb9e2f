"""The embedded storyteller as a provider: ``plot-kernels``, capability write, English only."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel

from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)
from content_platform.stories.models import WriteRequest
from content_platform.stories.storyteller import MAX_WORDS, MIN_WORDS, tell_story
from content_platform.vocabulary import language_of

_INFO = ProviderInfo(
    name="plot-kernels",
    vendor="content-platform",
    model="plot-kernels",
    model_version="4",
    capability=Capability.WRITE,
    licence="Apache-2.0",
    embedded=True,
    timeout_s=30.0,
)

_NEEDS_TRANSLATOR = "needs a writer that can translate: set OPENAI_API_KEY or ANTHROPIC_API_KEY"


class PlotKernels:
    """Tells English stories of 35 to 520 words about any theme. Free, offline, deterministic."""

    @property
    def info(self) -> ProviderInfo:
        return _INFO

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Why this request cannot be told, or None."""
        if not isinstance(request, WriteRequest):
            return "only writes stories"
        if request.translate is not None:
            return _NEEDS_TRANSLATOR
        if language_of(request.locale) != "en":
            return f"tells stories in English only; {request.locale!r} {_NEEDS_TRANSLATOR}"
        if not MIN_WORDS <= request.target_words <= MAX_WORDS:
            return (
                f"tells stories of {MIN_WORDS} to {MAX_WORDS} words, not {request.target_words}: "
                "ask for 20 to 180 seconds, or set OPENAI_API_KEY or ANTHROPIC_API_KEY"
            )
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Tell the story. A retry tells the same one: only the request decides."""
        if not isinstance(request, WriteRequest):
            raise TypeError(f"{_INFO.name} cannot do a {type(request).__name__}")
        draft = tell_story(
            request.theme,
            request.genre,
            target_words=request.target_words,
            seed=request.seed,
            series=request.series,
            avoid_kernels=request.avoid_kernels,
            avoid_names=request.avoid_names,
            avoid_lines=request.avoid_lines,
        )
        return Produced(output=draft)
