"""What the tests of the hosted writers share: entries, requests and contexts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from content_platform.clock import utc_now
from content_platform.providers.catalogue import ModelEntry, Price
from content_platform.providers.models import (
    CallContext,
    Capability,
)
from content_platform.stories.models import StoryDraft, WriteRequest
from content_platform.vocabulary import Genre
from content_platform_tests.contract_servers.storytelling import TokenPrice

SECRET = "test-secret-1"
MODEL = "storyteller-1"
VENDORS_PRICES = {MODEL: TokenPrice.per_million("2", "10", cached_input="0.2", cache_write="2.5")}
"""What the contract servers bill."""
_OUR_PRICES = {"input_token": "2", "cached_input_token": "0.2", "output_token": "10"}


def entry(vendor: str, base_url: str, **changes: object) -> ModelEntry:
    known = {
        "name": f"{vendor.lower()}-storyteller",
        "adapter": vendor.lower(),
        "vendor": vendor,
        "model": MODEL,
        "capability": Capability.WRITE,
        "licence": "terms of 2026-11-01",
        "terms_url": "https://example.com/terms",
        "secret": "STORY_API_KEY",
        "base_url": base_url,
        "timeout_s": 5,
        "prices": [
            Price(
                unit=unit,
                usd=Decimal(usd) / 1_000_000,
                effective_from=date(2026, 1, 1),
                source="a test",
            )
            for unit, usd in _OUR_PRICES.items()
        ],
    }
    return ModelEntry.model_validate(known | changes)


def request(**changes: object) -> WriteRequest:
    known = {
        "locale": "en",
        "genre": Genre.MYSTERY,
        "theme": "a lighthouse keeper on a stormy night",
        "audience": "general",
        "target_words": 120,
        "seed": 7,
    }
    return WriteRequest.model_validate(known | changes)


def context(
    folder: Path, *, secret: str | None = SECRET, seconds: float = 60, now: datetime | None = None
) -> CallContext:
    return CallContext(
        idempotency_key="a" * 64,
        workspace=folder,
        deadline=(now or utc_now()) + timedelta(seconds=seconds),
        attempt=1,
        secret=None if secret is None else SecretStr(secret),
    )


def in_2026() -> datetime:
    """A clock that stands still."""
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


def words_of(draft: StoryDraft) -> int:
    return sum(len(scene.text.split()) for scene in draft.scenes)
