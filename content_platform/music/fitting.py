"""Cutting recorded music to a story: its beats, its bars, a strong beat to end on, its length.

A recording is heard first (``heard``, or ``heard_near`` for one that was made to length), then whole
bars of it are strung together so that its last chord falls where the story ends. Where recordings
come from is the adapters' business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from content_platform.errors import DefectiveMedia
from content_platform.mediatools.audio import Samples, read_audio, write_flac
from content_platform.mediatools.loudness import measure_loudness
from content_platform.music.listening import (
    HOP,
    Curve,
    beat_grid,
    level_db,
    onset_strength,
    rough_tempo,
)
from content_platform.music.mastering import (
    RATE,
    TARGET_LUFS,
    at_loudness,
    ended,
    equalised_room,
    left_to_ring,
)
from content_platform.music.models import ComposeRequest, Cue, Section

SHORTEST_S = 6.0
"""Of a recording, without the silence around it."""
SPARE_S = 6.0
"""How much longer than the story's music a recording should be, to choose its last beat from."""
_SILENT_DBFS = -55.0


@dataclass(frozen=True)
class Track:
    """One recording and what was heard in it. Times in seconds from its start."""

    samples: Samples
    beat_s: float
    bars: tuple[float, ...]
    ending_s: float
    """The beat whose chord makes the best last chord."""


def cue_of(
    recording: Path, request: ComposeRequest, title: str, workspace: Path
) -> tuple[Cue, Path]:
    """A recording that was made for ``request``, as the cue it asks for and its FLAC.

    Raises DefectiveMedia when it cannot be read, is silent, or shorter than 6 s.
    """
    track = heard_near(read_audio(recording, RATE, 2), request.resolve_at_s)
    done = finished(fitted([track], request.resolve_at_s, request.duration_s), request)
    path = workspace / "cue.flac"
    write_flac(path, done, RATE)
    return (
        Cue(title=title, duration_s=len(done) / RATE, last_chord_s=request.resolve_at_s),
        path,
    )


def heard(samples: Samples, *, bpm: float, tonic: int, earliest_s: float) -> Track:
    """A recording of known tempo and key; its ending lies ``earliest_s`` behind the first bar or later."""
    samples = _at_usual_loudness(samples)
    mono = samples.mean(axis=1, dtype=np.float32)
    onsets = onset_strength(mono)
    beat_s, first_s = beat_grid(onsets, bpm)
    beats = np.arange(first_s, len(mono) / RATE - 2 * beat_s, beat_s)
    bars = _bars(onsets, beats)
    # The ending lies late, so that most of the track can be heard before it.
    late = [float(beat) for beat in beats if beat >= earliest_s + bars[0]]
    ending_s = max(late or bars, key=lambda beat: _finality(mono, onsets, beat, beat_s, tonic))
    return Track(samples, beat_s, tuple(bars), ending_s)


def heard_near(samples: Samples, resolve_at_s: float) -> Track:
    """A recording of unknown tempo and key that was asked to last about as long as the story.

    Its ending is looked for just behind ``resolve_at_s``, so that what was made for a moment of the
    story stays near it; in a shorter recording, in its last third.
    """
    samples = _at_usual_loudness(_without_silence(samples))
    mono = samples.mean(axis=1, dtype=np.float32)
    length_s = len(mono) / RATE
    onsets = onset_strength(mono)
    beat_s, first_s = beat_grid(onsets, rough_tempo(onsets))
    beats = [float(beat) for beat in np.arange(first_s, length_s - 1.2, beat_s)]
    bars = _bars(onsets, np.array(beats))
    fitting = [beat for beat in beats if resolve_at_s <= beat <= resolve_at_s + SPARE_S]
    late = [beat for beat in beats if beat >= 2 / 3 * length_s]
    tonic = _tonic(mono)
    ending_s = max(
        fitting or late or beats[-1:],
        key=lambda beat: _finality(mono, onsets, beat, beat_s, tonic),
    )
    # Long enough, it begins where it begins; else whole bars of it are repeated.
    starts = (0.0,) if fitting else tuple(bar for bar in bars if bar < ending_s) or (0.0,)
    return Track(samples, beat_s, starts, ending_s)


def finished(body: Samples, request: ComposeRequest) -> Samples:
    """A fitted recording as the request's cue: its dynamics, a little room, its loudness, its end."""
    room = equalised_room(
        body * _dynamics(request.sections, len(body)),
        reverb_s=1.4,
        wet=0.05,
        bright_db=0.0,
        voice_dip_db=-3.5,
    )
    return at_loudness(
        ended(room, last_chord_s=request.resolve_at_s, duration_s=request.duration_s)
    )


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
        lead_in = min(fade, first)
        starts_piece = length + lead_in >= at
        lead_in = 0 if starts_piece else lead_in
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


def _at_usual_loudness(samples: Samples) -> Samples:
    """Recordings differ in loudness; strung together they must not."""
    loudness = measure_loudness(samples, RATE).integrated_lufs
    return samples * np.float32(10 ** ((TARGET_LUFS - loudness) / 20))


def _without_silence(samples: Samples) -> Samples:
    """Raises DefectiveMedia when too little is left."""
    levels = level_db(samples.mean(axis=1, dtype=np.float32))
    sounding = np.flatnonzero(levels > _SILENT_DBFS)
    step = len(samples) // max(1, len(levels))
    if len(sounding) * step < SHORTEST_S * RATE:
        raise DefectiveMedia(
            f"the music sounds for {len(sounding) * step / RATE:.1f} s only.",
            remedy="Compose it again with another seed.",
        )
    return samples[sounding[0] * step : (sounding[-1] + 1) * step]


def _tonic(mono: Samples) -> int:
    """The pitch class that sounds most like home, over the whole piece: 0 is C."""
    step = len(mono) // 24
    return max(
        range(12),
        key=lambda tonic: sum(_home(mono, at * step / RATE, 1.0, tonic) for at in range(24)),
    )


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
