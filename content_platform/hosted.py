"""The hosted models of the catalogue as providers: which can be used here, and why not the others.

An adapter's module is imported when its model can be used, so that a process without secrets pays
for none. Not here: what a model can do and costs (the catalogue), how it is called (the adapters).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from content_platform.clock import Clock
from content_platform.errors import BadInput
from content_platform.providers.catalogue import Catalogue, ModelEntry, retirement
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    Provider,
    ProviderInfo,
)
from content_platform.security.secrets import Secrets
from content_platform.storage.media import MediaStore

WRITE, SPEAK, DRAW = Capability.WRITE, Capability.SPEAK, Capability.DRAW
COMPOSE, TRANSCRIBE = Capability.COMPOSE, Capability.TRANSCRIBE


@dataclass(frozen=True)
class Adapter:
    """Where an adapter is, and what it needs besides this package."""

    path: str
    """Room, module and class: ``stories.openai.OpenAIWriter``."""
    package: str = ""
    """The vendor's package, as it is imported."""
    extra: str = ""
    """The extra of this package that brings it, where one does."""

    def missing(self) -> str | None:
        """What is not installed, with the remedy; None when nothing is missing."""
        if not self.package or _is_installed(self.package):
            return None
        named = f"content-platform[{self.extra}]" if self.extra else "content-platform"
        return f"{self.package} is not installed; install it with: pip install '{named}'"

    def load(self) -> type[Provider]:
        room, module, name = self.path.split(".")
        found = import_module(f"content_platform.{room}.adapters.{module}")
        adapter: type[Provider] = getattr(found, name)
        return adapter


@runtime_checkable
class Demanding(Protocol):
    """What an adapter's class has besides, when it cannot do without some value of its entry."""

    @staticmethod
    def lacks(entry: ModelEntry) -> str | None:
        """What the entry does not say, with the remedy; None when it says all."""
        ...


ADAPTERS = {
    (WRITE, "openai"): Adapter("stories.openai.OpenAIWriter", "openai"),
    (WRITE, "anthropic"): Adapter("stories.anthropic.AnthropicWriter", "anthropic"),
    (WRITE, "mistral"): Adapter("stories.mistral.MistralWriter", "mistralai"),
    (SPEAK, "elevenlabs"): Adapter("narration.elevenlabs.ElevenLabsVoice", "elevenlabs"),
    (SPEAK, "openai"): Adapter("narration.openai.OpenAIVoice", "openai"),
    (SPEAK, "azure"): Adapter(
        "narration.azure.AzureVoice", "azure.cognitiveservices.speech", "azure"
    ),
    (TRANSCRIBE, "openai"): Adapter("narration.openai.OpenAITranscriber", "openai"),
    (DRAW, "openai"): Adapter("imagery.openai.OpenAIIllustrator", "openai"),
    (DRAW, "stability"): Adapter("imagery.stability.StabilityIllustrator"),
    (DRAW, "stability_grpc"): Adapter(
        "imagery.stability_grpc.StabilityGrpcIllustrator", "stability_sdk", "stability"
    ),
    (COMPOSE, "elevenlabs"): Adapter("music.elevenlabs.ElevenLabsComposer", "elevenlabs"),
    (COMPOSE, "mubert"): Adapter("music.mubert.MubertComposer"),
    (COMPOSE, "suno"): Adapter("music.suno.SunoComposer"),
}
"""By capability and the adapter's name in the catalogue."""

_WITH_MEDIA = {SPEAK, TRANSCRIBE, DRAW}
"""Their adapters take the media store: requests may hold recordings and pictures."""


class Unusable:
    """A model of the catalogue that cannot be used here; asked for, it says why."""

    def __init__(self, entry: ModelEntry, reason: str) -> None:
        self.info: ProviderInfo = entry.info()
        self.reason = reason

    def missing(self) -> str:
        """What is missing, as engines say it."""
        return self.reason

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        return self.reason

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        raise BadInput(f"{self.info.name}: {self.reason}")


def hosted_providers(
    catalogue: Catalogue, secrets: Secrets, *, clock: Clock, media: MediaStore
) -> list[Provider]:
    """A provider for each model of the catalogue, in its order; ``Unusable`` where something is missing.

    Raises BadInput for an entry whose adapter nobody knows.
    """
    today = clock().date()
    providers: list[Provider] = []
    for entry in catalogue:
        adapter = _adapter(entry)
        reason = _obstacle(entry, adapter, secrets, today)
        if reason is not None:
            providers.append(Unusable(entry, reason))
        else:
            make: type = adapter.load()
            store = {"media": media} if entry.capability in _WITH_MEDIA else {}
            providers.append(make(entry, clock=clock, **store))
    return providers


def why_unusable(entry: ModelEntry, secrets: Secrets, today: date) -> str | None:
    """All that keeps a model from being used here, for people; None when nothing does."""
    return _obstacle(entry, _adapter(entry), secrets, today)


def secret_names(catalogue: Iterable[ModelEntry]) -> list[str]:
    """The secrets that the catalogue's models need, each once."""
    return list(dict.fromkeys(entry.secret for entry in catalogue if entry.secret))


def _adapter(entry: ModelEntry) -> Adapter:
    adapter = ADAPTERS.get((entry.capability, entry.adapter))
    if adapter is None:
        known = sorted(name for capability, name in ADAPTERS if capability is entry.capability)
        raise BadInput(
            f"catalogue: model {entry.name}: adapter {entry.adapter!r} cannot {entry.capability}.",
            remedy=f"Use one of {', '.join(known)}."
            if known
            else f"No adapter can {entry.capability}; remove the entry.",
        )
    return adapter


def _obstacle(entry: ModelEntry, adapter: Adapter, secrets: Secrets, today: date) -> str | None:
    if entry.retires_on is not None and entry.retires_on <= today:
        return retirement(entry, today)
    if entry.unaccepted is not None:
        return entry.unaccepted
    missing = adapter.missing()
    if missing is not None:
        return missing
    if entry.secret and not secrets.versions(entry.secret):
        trouble = secrets.holding(entry.secret).trouble
        return f"{entry.secret} is not set" + (f": {trouble}" if trouble else "")
    priced = any(price.effective_from <= today for price in entry.prices)
    if not priced and entry.unknown_price == "refuse":
        return "its price is not known; give one in your own catalogue"
    loaded = adapter.load()
    return loaded.lacks(entry) if isinstance(loaded, Demanding) else None


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even the package it is in
        return False
