"""The requests a story of the house makes, one for each capability that vendors offer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
from pydantic import BaseModel

from content_platform.imagery.models import DrawRequest
from content_platform.mediatools.audio import write_flac
from content_platform.music.models import ComposeRequest, Section
from content_platform.narration.models import SpeakRequest, TranscribeRequest
from content_platform.providers.models import CallRequest, Capability
from content_platform.storage.media import MediaStore
from content_platform.stories.models import WriteRequest
from content_platform.stories.storyteller import tell_story
from content_platform.vocabulary import ArtStyle, Format, Genre, Mood


def ordinary_requests(
    media: MediaStore,
    folder: Path,
    *,
    words: int = 900,
    seconds: float = 45,
    formats: Sequence[Format] = tuple(Format),
) -> dict[Capability, CallRequest[BaseModel]]:
    """``words`` to write, ``seconds`` of music, pictures in ``formats``; a sentence to say, and a tone to hear."""
    draft = tell_story("a lighthouse keeper", Genre.MYSTERY, target_words=120, seed=3)
    tone = folder / "tone.flac"
    write_flac(
        tone, 0.1 * np.sin(np.arange(48_000, dtype=np.float32) * 0.1).astype(np.float32), 16_000
    )
    made = [
        WriteRequest(
            locale="en",
            genre=Genre.MYSTERY,
            theme="a lighthouse keeper on a stormy night",
            audience="general",
            target_words=words,
            seed=1,
        ),
        SpeakRequest(text="Once upon a time there lived a fox.", locale="en", voice="bm_george"),
        TranscribeRequest(audio=media.put_file(tone, "audio/flac"), locale="en"),
        ComposeRequest(
            mood=Mood.MYSTERY,
            sections=(Section(start_s=0, mood=Mood.MYSTERY, intensity=0.5),),
            duration_s=seconds,
            resolve_at_s=seconds - 2,
            seed=3,
        ),
        DrawRequest(
            scene=draft.scenes[0],
            cast=draft.cast,
            style=ArtStyle.PAPER_CUT,
            formats=tuple(formats),
            prompt="A lighthouse above a stormy sea, seen from the beach",
            seed=3,
        ),
    ]
    return {request.capability: cast(CallRequest[BaseModel], request) for request in made}
