"""Provider ``immich-library``: 28 recorded tracks (package immich-memories-music, MIT), cut to fit.

The tracks come in families of one tempo and key. A cue strings whole bars of a family together,
joined on bar lines, and ends on a strong beat whose chord is left to ring.
"""

from __future__ import annotations

import importlib.util
import random
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel

from content_platform.errors import BadInput, DefectiveMedia
from content_platform.mediatools.audio import read_audio, write_flac
from content_platform.music.fitting import Track, finished, fitted, heard
from content_platform.music.mastering import RATE
from content_platform.music.models import ComposeRequest, Cue
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)
from content_platform.vocabulary import Mood

_PACKAGE = "immich_memories_music"
MOST_REPEATS = 8
SHORTEST_S = 4.0
SHORTEST_TAIL_S = 1.0
USABLE_BARS_S = 20.0
"""A track gives at least this much between its first bar and its ending."""


@dataclass(frozen=True)
class Family:
    """Tracks that can be strung together: one folder, tempo and key."""

    folder: str
    bpm: float
    tonic: int
    tracks: tuple[str, ...]


_FAMILIES: dict[Mood, tuple[Family, ...]] = {
    Mood.CALM: (
        Family("calm", 68, 0, ("acoustic_1", "acoustic_s411", "acoustic_s522")),
        Family("calm", 72, 2, ("electronic_s411", "electronic_s522")),
    ),
    Mood.TENDER: (
        Family("tender", 90, 7, ("acoustic_1", "acoustic_2", "acoustic_s411")),
        Family("tender", 99, 0, ("electronic_1", "electronic_2")),
        Family("tender", 99, 9, ("electronic_s411",)),
    ),
    Mood.UPBEAT: (
        Family("happy", 110, 4, ("acoustic_1", "acoustic_2", "acoustic_s411")),
        Family("happy", 123, 9, ("electronic_1", "electronic_2")),
        Family("energetic", 132, 2, ("acoustic_1", "acoustic_2", "acoustic_s522")),
        Family("energetic", 150, 7, ("electronic_2",)),
        Family("energetic", 150, 4, ("electronic_s411",)),
    ),
    Mood.PLAYFUL: (
        Family("happy", 110, 4, ("acoustic_1", "acoustic_2", "acoustic_s411")),
        Family("happy", 123, 5, ("electronic_s411",)),
    ),
    Mood.SAD: (
        Family("nostalgic", 78, 5, ("acoustic_1", "acoustic_s411", "acoustic_s522")),
        Family("nostalgic", 84, 10, ("electronic_2",)),
        Family("nostalgic", 84, 7, ("electronic_s411", "electronic_s522")),
    ),
}


class MusicLibrary:
    """Recorded music for calm, tender, upbeat, playful and sad stories."""

    def __init__(self) -> None:
        self.info = ProviderInfo(
            name="immich-library",
            vendor="immich-memories",
            model="immich-memories-music",
            model_version="0.1.0",
            capability=Capability.COMPOSE,
            licence="MIT",
            embedded=True,
            timeout_s=300,
        )

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Another source was asked for, the library has no such mood, or not enough of it."""
        if not isinstance(request, ComposeRequest):
            return f"immich-library holds music, not what a {type(request).__name__} asks for"
        if request.source == "composer":
            return "the request wants the composer (source = composer)"
        if request.mood not in _FAMILIES:
            return (
                f"the library has no {request.mood.value} music, only "
                f"{', '.join(sorted(mood.value for mood in _FAMILIES))}; use source composer or auto"
            )
        if request.resolve_at_s < SHORTEST_S:
            return (
                f"resolve_at_s is {request.resolve_at_s:.2f}; a cut needs {SHORTEST_S} s at least"
            )
        if request.duration_s - request.resolve_at_s < SHORTEST_TAIL_S:
            return (
                f"duration_s leaves {request.duration_s - request.resolve_at_s:.2f} s after "
                f"resolve_at_s; the last chord needs {SHORTEST_TAIL_S} s to ring"
            )
        longest = max(_longest_s(family) for family in _FAMILIES[request.mood])
        if request.resolve_at_s > longest:
            return (
                f"resolve_at_s is {request.resolve_at_s:.0f}; the library's {request.mood.value} "
                f"tracks last {longest:.0f} s without a bar being heard more than "
                f"{MOST_REPEATS} times"
            )
        if importlib.util.find_spec(_PACKAGE) is None:
            return "immich-memories-music is not installed; install the package"
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """Embedded: free."""
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Choose a family by seed, cut it to length and let it end. The same request, the same bytes."""
        if not isinstance(request, ComposeRequest) or request.mood not in _FAMILIES:
            raise BadInput("immich-library cannot make this cue.", remedy="Ask refusal() first.")
        rng = random.Random(request.seed)
        fitting = [
            family
            for family in _FAMILIES[request.mood]
            if _longest_s(family) >= request.resolve_at_s
        ]
        family = rng.choice(fitting)
        names = list(family.tracks)
        rng.shuffle(names)
        tracks = [_track(family, name) for name in names]
        body = fitted(tracks, request.resolve_at_s, request.duration_s)
        done = finished(body, request)
        path = context.workspace / "cue.flac"
        write_flac(path, done, RATE)
        sound = names[0].split("_")[0]
        return Produced(
            output=Cue(
                title=f"{family.folder.capitalize()} {sound}, {family.bpm:.0f} bpm",
                duration_s=len(done) / RATE,
                last_chord_s=request.resolve_at_s,
            ),
            files={"audio": path},
        )


def _longest_s(family: Family) -> float:
    return len(family.tracks) * MOST_REPEATS * USABLE_BARS_S


def _track_path(family: Family, name: str) -> Path:
    import immich_memories_music

    path = Path(immich_memories_music.tracks_dir()) / family.folder / f"{family.folder}_{name}.opus"
    if not path.is_file():
        raise DefectiveMedia(
            f"the library's track {path.name} is missing.",
            remedy="Install immich-memories-music again.",
        )
    return path


@lru_cache(maxsize=4)
def _track(family: Family, name: str) -> Track:
    samples = read_audio(_track_path(family, name), RATE, 2)
    return heard(samples, bpm=family.bpm, tonic=family.tonic, earliest_s=USABLE_BARS_S)
