"""What the tests of the hosted voices share: entries, requests and contexts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from content_platform.clock import utc_now
from content_platform.mediatools.audio import read_audio
from content_platform.narration.models import SpeakRequest, Speech
from content_platform.narration.normalise import normalise
from content_platform.providers.catalogue import ModelEntry, Price
from content_platform.providers.models import (
    CallContext,
    Capability,
    Produced,
)
from content_platform_tests.listening import align_words

SECRET = "test-secret-1"
TEXT = "At 10:45 Dr. Zoë paid $3.50 — the year was 1984…"
PLAIN = "The lamp had never failed in thirty years. Tonight, it simply stopped."


def entry(adapter: str, url: str, usd_per: dict[str, Decimal], /, **changes: object) -> ModelEntry:
    known = {
        "name": f"{adapter}-voice",
        "adapter": adapter,
        "vendor": adapter.title(),
        "model": "a model",
        "capability": Capability.SPEAK,
        "licence": "terms of 2026-11-01",
        "terms_url": "https://example.com/terms",
        "secret": "VOICE_API_KEY",
        "base_url": url,
        "timeout_s": 8,
        "prices": [
            Price(unit=unit, usd=usd, effective_from=date(2026, 1, 1), source="a test")
            for unit, usd in usd_per.items()
        ],
    }
    return ModelEntry.model_validate(known | changes)


def request(**changes: object) -> SpeakRequest:
    return SpeakRequest.model_validate(
        {"text": TEXT, "locale": "en", "voice": "bm_george", **changes}
    )


def context(folder: Path, *, secret: str | None = SECRET, seconds: float = 60) -> CallContext:
    return CallContext(
        idempotency_key="a" * 64,
        workspace=folder,
        deadline=utc_now() + timedelta(seconds=seconds),
        attempt=1,
        secret=None if secret is None else SecretStr(secret),
    )


class OneSecret:
    """A source of the secret that the contract servers take."""

    def versions(self, name: str) -> tuple[SecretStr, ...]:
        return (SecretStr(SECRET),) if name == "VOICE_API_KEY" else ()

    def refused(self, name: str) -> None:
        pass


def check_speech(produced: Produced[Speech], text: str) -> Speech:
    """Mono FLAC as long as is said, and a moment for each written word, in their order."""
    speech = produced.output
    assert [word.text for word in speech.words] == text.split()
    samples = read_audio(produced.files["audio"], speech.sample_rate, 1)[:, 0]
    assert len(samples) / speech.sample_rate == pytest.approx(speech.duration_s, abs=0.001)
    assert np.abs(samples).max() > 0.05
    edges = [edge for word in speech.words for edge in (word.start_s, word.end_s)]
    assert edges == sorted(edges)
    assert edges[-1] <= speech.duration_s + 0.001
    return speech


def deviations_ms(produced: Produced[Speech]) -> list[float]:
    """How far each word's start is from forced alignment, by an engine nobody here speaks with."""
    pytest.importorskip("pocketsphinx")
    words = produced.output.words
    said = [word.spoken for word in normalise(" ".join(word.text for word in words))]
    heard = align_words(produced.files["audio"], said)
    return [
        abs(word.start_s - start) * 1000
        for word, start in zip(words, heard, strict=True)
        if start is not None
    ]
