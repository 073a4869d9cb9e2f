"""The words of the provider pipeline: capabilities, requests, what a provider is and returns.

A *provider* is an outside or embedded engine with one capability. Adapters implement the
``Provider`` protocol, one file per vendor, in ``<room>/adapters/``. Nothing but the pipeline
calls them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, SecretStr

from content_platform.storage.models import MediaRef, Model

OutputT = TypeVar("OutputT", bound=BaseModel)


class Capability(StrEnum):
    """What a provider can be asked to do."""

    WRITE = "write"
    SPEAK = "speak"
    DRAW = "draw"
    COMPOSE = "compose"
    MODERATE = "moderate"
    TRANSCRIBE = "transcribe"


class Repeatability(StrEnum):
    """What may be done when nobody knows whether a call reached the vendor."""

    REPEATABLE = "repeatable"
    """Calling again is harmless: retry transient errors."""
    PROBE_FIRST = "probe-first"
    """Ask the vendor what happened, then decide."""
    NEVER = "never"
    """Record the doubt and stop; a person decides."""


class CallRequest(Model, Generic[OutputT]):
    """What is asked of a provider, without naming one. Its canonical JSON is the call's identity."""

    capability: ClassVar[Capability]
    output_model: ClassVar[type[BaseModel]]


class ProviderInfo(Model):
    """Who a provider is; copied into the evidence of every call it answers."""

    name: str
    """Short and stable, e.g. ``kokoro``; what channel configs rank by."""
    vendor: str
    model: str
    model_version: str
    capability: Capability
    licence: str
    """SPDX id, or the name and date of the vendor's terms, that covers what it returns."""
    terms_url: str = ""
    embedded: bool = False
    repeatability: Repeatability = Repeatability.REPEATABLE
    timeout_s: float = 120.0
    """How long one attempt may take; all attempts at one call together, twice that."""
    secret: str = ""
    """Name of the secret it needs (``OPENAI_API_KEY``); empty when it needs none."""
    account: str = ""
    """Whose limits its calls count against; providers of one account share them. Empty: no limits."""
    per_minute: int | None = None
    """Calls a minute that the account is granted, by all processes together."""
    concurrency: int | None = None
    """Calls at the same time that the account is granted, by all processes together."""
    retires_on: date | None = None
    """The vendor shuts the model down that day: from then on it is not asked."""


@dataclass(frozen=True)
class Part:
    """Something a vendor gave for a call before its whole answer was there."""

    note: str
    """The number of an order, the vendor's id of an answer."""
    file: Path | None = None
    """In the media store; to be read only."""


class Parts(Protocol):
    """What a call has got from its provider so far, by name. It outlives attempts and processes.

    For calls that take several paid questions, or an order and a wait.
    """

    def get(self, name: str) -> Part | None:
        """What an earlier question of this call was answered with; None if there is nothing of use."""
        ...

    def keep(
        self,
        name: str,
        *,
        note: str = "",
        file: Path | None = None,
        cost_usd: Decimal = Decimal(0),
    ) -> None:
        """Keep what was answered, on disk when this returns.

        ``cost_usd`` of it is known from now on, whatever becomes of the attempt; it is a part of the
        cost that the attempt's answer or failure names, not an addition to it.
        """
        ...

    def forget(self, name: str) -> None:
        """What was kept is of no use: the next question begins anew."""
        ...


class NoParts:
    """For calls outside of the pipeline: nothing outlives them."""

    def get(self, name: str) -> Part | None:
        return None

    def keep(
        self,
        name: str,
        *,
        note: str = "",
        file: Path | None = None,
        cost_usd: Decimal = Decimal(0),
    ) -> None:
        pass

    def forget(self, name: str) -> None:
        pass


@dataclass(frozen=True)
class CallContext:
    """What the pipeline hands a provider for one attempt."""

    idempotency_key: str
    workspace: Path
    """An empty folder for this attempt; deleted when the attempt ends."""
    deadline: datetime
    """When the attempt must have ended, UTC."""
    attempt: int
    secret: SecretStr | None = None
    """The value of ``ProviderInfo.secret`` to use for this attempt: read it here, keep it nowhere."""
    parts: Parts = field(default_factory=NoParts)


@dataclass(frozen=True)
class Produced(Generic[OutputT]):
    """What one attempt gave: a record-like output, and files the pipeline moves to the media store."""

    output: OutputT
    files: dict[str, Path] = field(default_factory=dict)
    """Role (``audio``, ``picture-16x9`` …) to a file in the workspace; its suffix tells the type."""
    response_id: str = ""
    cost_usd: Decimal = Decimal(0)
    """What the vendor charges for this attempt; what an earlier one paid for is not in it."""


class Provider(Protocol):
    """One engine with one capability."""

    @property
    def info(self) -> ProviderInfo: ...

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Why this provider cannot do ``request`` (locale, length, not installed …), or None."""
        ...

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """The most this request is expected to cost."""
        ...

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Do it, before ``context.deadline``. Called from a thread of the pipeline's.

        Raise a ``CallFailure`` that says what is known. A provider that is not repeatable may
        also raise a ContentPlatformError when it knows that nothing was done; any other error
        leaves the call in doubt.
        """
        ...


class SecretSource(Protocol):
    """Where secrets are looked up by name, when they are needed."""

    def versions(self, name: str) -> tuple[SecretStr, ...]:
        """The values that may be valid now, the newest first; none when it is not set.

        During a rotation two are.
        """
        ...

    def refused(self, name: str) -> None:
        """A vendor did not accept a value of this secret: look it up anew next time."""
        ...


@runtime_checkable
class Probing(Protocol):
    """What a ``PROBE_FIRST`` provider can do besides: ask its vendor what became of a call."""

    def probe(
        self, request: CallRequest[BaseModel], context: CallContext
    ) -> Produced[BaseModel] | None:
        """The answer the vendor has for ``context.idempotency_key``; None when it surely did nothing.

        Raises a CallFailure with the call's cost when the vendor did it and there is no answer to be
        had. While nobody can know, one of unknown cost, or one that is about this question only: a
        TransientFailure, CredentialRefused, OutOfService. The attempt stays in doubt then.
        """
        ...


class CallFailure(Exception):
    """An attempt gave no result. ``cost_usd`` is what the vendor charges for it all the same.

    None when nobody knows whether the vendor did the work: then the estimate is charged, and the
    attempt is recorded as ambiguous.
    """

    def __init__(self, message: str, *, cost_usd: Decimal | None = Decimal(0)) -> None:
        super().__init__(message)
        self.cost_usd = cost_usd


class TransientFailure(CallFailure):
    """A retry may cure it; ``retry_after_s`` when the vendor said so."""

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float | None = None,
        cost_usd: Decimal | None = Decimal(0),
    ) -> None:
        super().__init__(message, cost_usd=cost_usd)
        self.retry_after_s = retry_after_s


class ContentRefused(CallFailure):
    """The vendor's own rules forbid this content: no fault of the provider, another one may do it."""


class CredentialRefused(CallFailure):
    """The vendor does not accept the secret: another version of it may do, a retry will not."""


class OutOfService(CallFailure):
    """Nothing of this account will work for a while (no credit, plan exhausted, blocked)."""

    def __init__(self, message: str, *, back_at: datetime | None = None) -> None:
        super().__init__(message)
        self.back_at = back_at


class Shortage(Model):
    """A call that no budget had room for."""

    provider: str
    usd: Decimal
    """The most it may cost."""


class CallResult(Model, Generic[OutputT]):
    """A finished call. ``reused`` tells that no engine ran this time."""

    call_key: str
    provider: str
    model: str
    output: OutputT
    media: dict[str, MediaRef]
    cost_usd: Decimal
    seconds: float
    reused: bool


class CallSummary(Model):
    """One call as people look it up. Provider, model and seconds are of its deciding attempt."""

    call_key: str
    capability: Capability
    status: str
    """``claimed``, ``finished``, ``failed`` or ``ambiguous``."""
    error: str
    provider: str
    model: str
    attempts: int
    seconds: float
    cost_usd: Decimal
    created_at: datetime


class CostLine(Model):
    """What one provider did for a story in one capability.

    ``calls`` it answered, in ``attempts``; seconds and money are of all attempts.
    """

    capability: Capability
    provider: str
    calls: int
    attempts: int
    seconds: float
    usd: Decimal


class StoryCost(Model):
    """What a story's provider calls came to. Results reused from another story cost it nothing."""

    lines: tuple[CostLine, ...]

    @property
    def usd(self) -> Decimal:
        return sum((line.usd for line in self.lines), Decimal(0))

    @property
    def calls(self) -> int:
        return sum(line.calls for line in self.lines)

    @property
    def seconds(self) -> float:
        return sum(line.seconds for line in self.lines)


class CostBy(StrEnum):
    """What costs are added up by."""

    PROVIDER = "provider"
    CHANNEL = "channel"
    CAPABILITY = "capability"
    STORY = "story"


class CostSum(Model):
    """What one provider, channel, capability or story came to: attempts, calls answered, money."""

    name: str
    calls: int
    attempts: int
    usd: Decimal
    uncertain_usd: Decimal
    """The part nobody knows: estimates of calls whose answer was lost."""
