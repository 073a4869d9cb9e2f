"""The model catalogue: which hosted models there are, what they can do, cost, and when they retire.

Data only (``catalogue.yaml`` beside this module, and a file of the operator's own laid over it).
Calling a model is its adapter's business, deciding whether it may be called the pipeline's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from content_platform.errors import ContentPlatformError
from content_platform.providers.models import Capability, ProviderInfo, Repeatability
from content_platform.storage.models import Model

Unit = Literal[
    "input_token", "cached_input_token", "output_token", "image_input_token", "image_output_token",
    "character", "second", "image", "track", "credit", "call",
]  # fmt: skip
Usage = Mapping[Unit, Decimal | int]
"""How much of what a call used."""


class UnknownPrice(ContentPlatformError):
    """The catalogue has no price for what a call would use."""


class Price(Model):
    """US dollars for one ``unit`` from a day on, until a later entry's day."""

    unit: Unit
    usd: Decimal = Field(ge=0)
    effective_from: date
    source: str
    """Where the figure was read, and when."""


class ModelEntry(Model):
    """One hosted model as a provider."""

    name: str
    """Short and stable: what channel configs rank by, e.g. ``openai-gpt-6-luna``."""
    adapter: str
    """The vendor's adapter in the room of its capability: ``openai`` in ``stories/adapters/openai.py``."""
    vendor: str
    model: str
    """The vendor's id."""
    capability: Capability
    licence: str
    """Name and date of the terms that cover what it returns."""
    terms_url: str
    secret: str
    base_url: str = ""
    """Another server that speaks the vendor's API; empty: the vendor's own."""
    locales: tuple[str, ...] = ()
    """Languages it does well; empty: any."""
    voices: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Language to the voices for it, best first."""
    prices: tuple[Price, ...] = ()
    retires_on: date | None = None
    replaced_by: str = ""
    per_minute: int | None = Field(default=None, ge=1)
    concurrency: int | None = Field(default=None, ge=1)
    timeout_s: float = Field(default=120, gt=0)
    options: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """What only its adapter knows: ``quality: medium``."""
    limits: dict[str, int] = Field(default_factory=dict)
    """The most it takes: ``characters``, ``words``, ``pixels``, ``seconds``."""
    acknowledgement: str = ""
    """What an operator must have accepted in so many words before it is used; empty: nothing."""

    def info(self, repeatability: Repeatability = Repeatability.REPEATABLE) -> ProviderInfo:
        """What the pipeline needs to know of it."""
        return ProviderInfo(
            name=self.name,
            vendor=self.vendor,
            model=self.model,
            model_version=self.model,
            capability=self.capability,
            licence=self.licence,
            terms_url=self.terms_url,
            repeatability=repeatability,
            timeout_s=self.timeout_s,
            secret=self.secret,
            account=f"{self.vendor}:{self.secret}",
            per_minute=self.per_minute,
            concurrency=self.concurrency,
            retires_on=self.retires_on,
        )

    def price(self, unit: Unit, on: date) -> Decimal:
        """US dollars for one ``unit`` on a day. Raises UnknownPrice."""
        known = [
            entry for entry in self.prices if entry.unit == unit and entry.effective_from <= on
        ]
        if not known:
            raise UnknownPrice(
                f"{self.name}: what a {unit.replace('_', ' ')} costs on {on} is not known.",
                remedy=f"Add a price for it to the catalogue, with its source, or do not use {self.name}.",
            )
        return max(known, key=lambda entry: entry.effective_from).usd

    def cost(self, usage: Usage, on: date) -> Decimal:
        """What ``usage`` costs on a day, to a millionth of a dollar, rounded up. Raises UnknownPrice."""
        exact = sum((self.price(unit, on) * amount for unit, amount in usage.items()), Decimal(0))
        return exact.quantize(Decimal("0.000001"), rounding="ROUND_UP")
