"""Provider ``composer``: the embedded composer, played by midirenderer on our own sound font."""

from __future__ import annotations

import functools
import importlib.util
import io
import wave
from decimal import Decimal
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from content_platform.errors import BadInput, DefectiveMedia
from content_platform.mediatools.audio import Samples, write_flac
from content_platform.music.composer import compose, to_midi
from content_platform.music.mastering import RATE, at_loudness, ended, equalised_room, levelled
from content_platform.music.models import ComposeRequest, Cue
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)

SOUND_FONT = Path(__file__).parents[1] / "soundfont" / "ensemble.sf2"
SHORTEST_S = 2.0
SHORTEST_TAIL_S = 1.0


class Composer:
    """Writes music of its own for any mood and length. Nothing leaves the machine."""

    def __init__(self, sound_font: Path = SOUND_FONT) -> None:
        self.sound_font = sound_font
        self.info = ProviderInfo(
            name="composer",
            vendor="content-platform",
            model="composer",
            model_version="2",
            capability=Capability.COMPOSE,
            licence="MIT",
            embedded=True,
            timeout_s=300,
        )

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Another source was asked for, the cue is too short to be music, or the renderer is missing."""
        if not isinstance(request, ComposeRequest):
            return f"composer makes music, not {type(request).__name__}"
        if request.source == "library":
            return "the request wants a track from the library (source = library)"
        if request.resolve_at_s < SHORTEST_S:
            return (
                f"resolve_at_s is {request.resolve_at_s:.2f}; the shortest piece is {SHORTEST_S} s"
            )
        if request.duration_s - request.resolve_at_s < SHORTEST_TAIL_S:
            return (
                f"duration_s leaves {request.duration_s - request.resolve_at_s:.2f} s after "
                f"resolve_at_s; the last chord needs {SHORTEST_TAIL_S} s to ring"
            )
        if importlib.util.find_spec("midirenderer") is None:
            return "midirenderer is not installed; install the package midirenderer"
        if not self.sound_font.is_file():
            return f"the sound font {self.sound_font.name} is missing; install the package again"
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """Embedded: free."""
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Compose, play and master the cue. The same request gives the same bytes."""
        if not isinstance(request, ComposeRequest):
            raise BadInput(f"composer makes music, not {type(request).__name__}.")
        piece = compose(request)
        raw = _play(_sound_font(self.sound_font), to_midi(piece))
        room = equalised_room(
            _of_length(raw, request.duration_s),
            reverb_s=piece.reverb_s,
            wet=piece.wet,
            bright_db=piece.bright_db,
        )
        even = levelled(room, last_chord_s=request.resolve_at_s)
        finished = at_loudness(
            ended(even, last_chord_s=request.resolve_at_s, duration_s=request.duration_s)
        )
        path = context.workspace / "cue.flac"
        write_flac(path, finished, RATE)
        return Produced(
            output=Cue(
                title=piece.title,
                duration_s=len(finished) / RATE,
                last_chord_s=piece.last_chord_s,
            ),
            files={"audio": path},
        )


@functools.lru_cache(maxsize=1)
def _sound_font(path: Path) -> bytes:
    return path.read_bytes()


def _play(sound_font: bytes, midi: bytes) -> Samples:
    """The MIDI file as sound: float32 [samples, 2] at 48 kHz."""
    import midirenderer

    rendered = midirenderer.render_wave_from(sound_font, midi)
    with wave.open(io.BytesIO(rendered)) as sound:
        if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (RATE, 2, 2):
            raise DefectiveMedia(
                "midirenderer gave another sound format than 48 kHz stereo 16 bit.",
                remedy="Install the pinned version of midirenderer.",
            )
        pcm = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
    return pcm.reshape(-1, 2).astype(np.float32) / np.float32(32768)


def _of_length(samples: Samples, duration_s: float) -> Samples:
    wanted = round(duration_s * RATE)
    if len(samples) >= wanted:
        return samples[:wanted]
    return np.concatenate([samples, np.zeros((wanted - len(samples), 2), dtype=np.float32)])
