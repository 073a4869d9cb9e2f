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

import numpy as np
from pydantic import BaseModel

from content_platform.errors import BadInput, DefectiveMedia
from content_platform.mediatools.audio import Samples, read_audio, write_flac
from content_platform.mediatools.loudness import measure_loudness
from content_platform.music.listening import HOP, Curve, beat_grid, onset_strength
from content_platform.music.mastering import (
    RATE,
    TARGET_LUFS,
    at_loudness,
    ended,
    equalised_room,
    left_to_ring,
)
from content_platform.music.models import ComposeRequest, Cue, Section
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
_USABLE_BARS_S = 20.0
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


@dataclass(frozen=True)
class Track:
    """One recording and what was heard in it. Times in seconds from its start."""

    samples: Samples
    beat_s: float
    bars: tuple[float, ...]
    ending_s: float
    """The beat whose chord makes the best last chord."""


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
        body *= _dynamics(request.sections, len(body))
        room = equalised_room(body, reverb_s=1.4, wet=0.05, bright_db=0.0, voice_dip_db=-3.5)
        finished = at_loudness(
            ended(room, last_chord_s=request.resolve_at_s, duration_s=request.duration_s)
        )
        path = context.workspace / "cue.flac"
        write_flac(path, finished, RATE)
        sound = names[0].split("_")[0]
        return Produced(
            output=Cue(
                title=f"{family.folder.capitalize()} {sound}, {family.bpm:.0f} bpm",
                duration_s=len(finished) / RATE,
                last_chord_s=request.resolve_at_s,
            ),
            files={"audio": path},
        )


def _longest_s(family: Family) -> float:
    return len(family.tracks) * MOST_REPEATS * _USABLE_BARS_S


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
    # Recordings of one family differ in loudness; strung together they must not.
    loudness = measure_loudness(samples, RATE).integrated_lufs
    samples *= np.float32(10 ** ((TARGET_LUFS - loudness) / 20))
    mono = samples.mean(axis=1, dtype=np.float32)
    onsets = onset_strength(mono)
    beat_s, first_s = beat_grid(onsets, family.bpm)
    beats = np.arange(first_s, len(mono) / RATE - 2 * beat_s, beat_s)
    bars = _bars(onsets, beats)
    # The ending lies late, so that most of the track can be heard before it.
    late = [float(beat) for beat in beats if beat >= _USABLE_BARS_S + bars[0]]
    ending_s = max(
        late or bars, key=lambda beat: _finality(mono, onsets, beat, beat_s, family.tonic)
    )
    return Track(samples, beat_s, tuple(bars), ending_s)


def _finality(mono: Samples, onsets: Curve, at_s: float, beat_s: float, tonic: int) -> float:
    """How well a beat would do as the last chord: a clear arrival, loud, and at home."""
    frame, beat = round(at_s * RATE / HOP), round(beat_s * RATE / HOP)
    before = float(onsets[max(0, frame - beat - 3) : frame - 5].max(initial=0.0))
    after = mono[round(at_s * RATE) :][: round(beat_s * RATE)]
    level = float(np.sqrt(np.mean(after**2)))
    arrival = _onset_at(onsets, at_s) / (before + 1.0)
    return arrival * level * (0.25 + _home(mono, at_s, beat_s, tonic))


def _bars(onsets: Curve, beats: np.ndarray) -> list[float]:
    """Bar lines of music in fours: of the four ways to count, the one with the strongest ones."""
    strength = [_onset_at(onsets, float(beat)) for beat in beats]
    phase = max(range(4), key=lambda start: float(np.mean(strength[start::4])))
    return [float(beat) for beat in beats[phase::4]]


def _onset_at(onsets: Curve, at_s: float) -> float:
    frame = round(at_s * RATE / HOP)
    return float(onsets[max(0, frame - 3) : frame + 4].max(initial=0.0))


def _home(mono: Samples, at_s: float, beat_s: float, tonic: int) -> float:
    """How much of the sound after ``at_s`` is the key's tonic and fifth, 0 to 1."""
    start = round(at_s * RATE)
    part = mono[start : start + max(4096, round(beat_s * RATE))]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    frequency = np.fft.rfftfreq(len(part), 1 / RATE)
    inside = (frequency > 60) & (frequency < 1000)
    classes = np.round(12 * np.log2(frequency[inside] / 440) + 69).astype(int) % 12
    energy = np.bincount(classes, weights=spectrum[inside] ** 2, minlength=12)
    return float((energy[tonic] + 0.5 * energy[(tonic + 7) % 12]) / (energy.sum() + 1e-9))


def fitted(tracks: list[Track], resolve_at_s: float, duration_s: float) -> Samples:
    """Bars of ``tracks`` in turn, so that the first track's ending beat falls on ``resolve_at_s``.

    Built backwards from the end: the first track runs up to its ending, before it come whole
    stretches of the others and of itself, and the earliest one is entered where the time begins.
    """
    out = np.zeros((round(duration_s * RATE), 2), dtype=np.float32)
    resolve = round(resolve_at_s * RATE)
    closing = tracks[0]
    end = round(closing.ending_s * RATE)
    at, turn, track, until = resolve, 0, closing, end
    while True:
        first = round(track.bars[0] * RATE)
        fade = round(track.beat_s * RATE / 2)
        length = until - first
        starts_piece = length >= at
        lead_in = 0 if starts_piece else min(fade, first)
        begin = until - at if starts_piece else first - lead_in
        piece = track.samples[
            begin : until + (0 if track is closing and at == resolve else fade // 4)
        ]
        piece = piece.copy()
        place = at - (until - begin)
        if lead_in:
            piece[:lead_in] *= np.sin(np.linspace(0, np.pi / 2, lead_in))[:, None].astype(
                np.float32
            )
        if at != resolve:
            # Gone a moment after the next piece's first beat.
            away = min(len(piece), fade + fade // 4)
            piece[-away:] *= np.cos(np.linspace(0, np.pi / 2, away))[:, None].astype(np.float32)
        stop = min(len(out), place + len(piece))
        out[place:stop] += piece[: stop - place]
        if starts_piece:
            break
        at -= length
        turn += 1
        track = tracks[turn % len(tracks)]
        until = round(track.bars[-1] * RATE)
    rise = min(resolve, round(0.8 * RATE))
    out[:rise] *= (np.sin(np.linspace(0, np.pi / 2, rise)) ** 2)[:, None].astype(np.float32)
    chord = closing.samples[end - round(0.01 * RATE) : end + round(1.2 * RATE)]
    return left_to_ring(out, chord, resolve_at_s, beat_s=closing.beat_s)


def _dynamics(sections: tuple[Section, ...], count: int) -> Samples:
    """Gain that follows the sections' intensity within 4 dB, gliding over two seconds."""
    step = RATE // 10
    times = np.arange(0, count + step, step) / RATE
    gain_db = np.zeros(len(times))
    for section in sorted(sections, key=lambda item: item.start_s):
        gain_db[times >= section.start_s] = 4 * (section.intensity - 0.7)
    kernel = np.hanning(23)[1:-1]
    smooth = np.convolve(np.pad(gain_db, 10, mode="edge"), kernel / kernel.sum(), mode="valid")
    curve = np.interp(np.arange(count) / RATE, times, 10 ** (smooth / 20))
    return curve[:, None].astype(np.float32)
