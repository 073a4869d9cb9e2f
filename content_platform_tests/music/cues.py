"""Requests, calls and a story for the music tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from content_platform.music.models import BackgroundMusic, ComposeRequest, Section
from content_platform.providers.models import CallContext, Produced, Provider
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import Mood


def request(
    mood: Mood = Mood.CALM,
    duration_s: float = 24.0,
    *,
    tail_s: float = 2.4,
    seed: int = 1,
    source: str = "auto",
    moods: tuple[Mood, ...] | None = None,
) -> ComposeRequest:
    """Four sections: thin, rising, turning, resolving."""
    end = duration_s - tail_s
    felt = moods or (mood,) * 4
    shape = zip((0.0, 0.3, 0.6, 0.82), (0.35, 0.55, 0.85, 0.5), felt, strict=True)
    return ComposeRequest(
        mood=mood,
        sections=tuple(
            Section(start_s=round(share * end, 3), mood=each, intensity=intensity)
            for share, intensity, each in shape
        ),
        duration_s=duration_s,
        resolve_at_s=round(end, 3),
        source=source,
        seed=seed,
    )


def call(provider: Provider, wanted: ComposeRequest, workspace: Path) -> Produced:
    workspace.mkdir(parents=True, exist_ok=True)
    context = CallContext(
        idempotency_key="test", workspace=workspace, deadline=datetime.now(UTC), attempt=0
    )
    return provider.call(wanted, context)


def kept(
    provider: Provider, wanted: ComposeRequest, workspace: Path, media: MediaStore
) -> BackgroundMusic:
    """The cue as a record, its sound in the media store."""
    produced = call(provider, wanted, workspace)
    return BackgroundMusic(
        story_id="midnight-tales_20261122_0001",
        locale="en",
        audio=media.put_file(produced.files["audio"], "audio/flac"),
        mood=wanted.mood,
        title=produced.output.title,
        provider=provider.info.name,
        duration_s=produced.output.duration_s,
        last_chord_s=produced.output.last_chord_s,
        attribution=produced.output.attribution,
    )
