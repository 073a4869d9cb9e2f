"""What a hosted composer's cue must be, and an entry of the catalogue to try one with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from content_platform.music.checks import check_music
from content_platform.music.models import BackgroundMusic, ComposeRequest, Cue
from content_platform.providers.catalogue import ModelEntry, Price, Unit
from content_platform.providers.models import Capability, Produced
from content_platform.storage.media import MediaStore

DAY = date(2026, 1, 1)


def entry(name: str, url: str, price: tuple[Unit, str] | None, **changes: Any) -> ModelEntry:
    prices = (
        (Price(unit=price[0], usd=Decimal(price[1]), effective_from=DAY, source="test"),)
        if price
        else ()
    )
    return ModelEntry(
        name=name, adapter=name, vendor=name.title(), capability=Capability.COMPOSE,
        licence="Terms of 2026", terms_url="https://example.com", secret=f"{name.upper()}_KEY",
        base_url=url, prices=prices, **{"model": name, **changes},
    )  # fmt: skip


def assert_fit(produced: Produced[Any], wanted: ComposeRequest, media: MediaStore) -> None:
    """The cue passes the check every story's music must pass, and has the length asked for."""
    assert isinstance(produced.output, Cue)
    assert abs(produced.output.duration_s - wanted.duration_s) < 0.01
    music = BackgroundMusic(
        story_id="midnight-tales_20261122_0001",
        locale="en",
        audio=media.put_file(produced.files["audio"], "audio/flac"),
        mood=wanted.mood,
        title=produced.output.title,
        provider="hosted",
        duration_s=produced.output.duration_s,
        last_chord_s=produced.output.last_chord_s,
        attribution=produced.output.attribution,
    )
    assert check_music(music, media).problems == ()
