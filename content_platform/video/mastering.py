"""The sound of a video, made once for all its formats: mixing, ducking, loudness, AAC.

Target: -14 LUFS as platforms play it (ITU-R BS.1770-4), true peak at most -1 dBTP, measured on
the decoded AAC, because that is what people hear.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from content_platform.errors import DefectiveMedia
from content_platform.mediatools.ffmpeg import ffmpeg_program, run_ffmpeg
from content_platform.mediatools.loudness import Loudness, measure_loudness
from content_platform.music.models import Ambience
from content_platform.storage.media import MediaStore
from content_platform.video.models import AudioTrack
from content_platform.video.segments import SegmentCache

TARGET_LUFS = -14.0
MAX_TRUE_PEAK_DBTP = -1.0
SAMPLE_RATE = 48_000
LOUDNESS_TOLERANCE_LU = 1.0
"""How far off a video may be; mastering stops at ``_TOLERANCE_LU`` unless the sound resists."""
_TOLERANCE_LU = 0.15
_LIMIT_DBFS = -2.0
"""Where the limiter holds: AAC moves peaks by up to 1 dB."""
_MASTERING_VERSION = 3
"""Raise it when the same tracks give another sound than before."""
_SILENT_DBFS = -60.0
_SHORTEST_NARRATION_S = 0.2
_MAX_ROUNDS = 5
_NARRATION_LUFS = -20.0
_LEVEL = "lavfi.astats.Overall.RMS_level"

# Six decibels under the voice, quick to give way, slow enough to come back that nothing pumps.
_HEARD = "metadata=1:framelog=quiet,ametadata=print:key=lavfi.r128.I:file=-:direct=1"
_DUCKING = "sidechaincompress=threshold=0.03:ratio=3:attack=60:release=700:knee=6:detection=rms"


@dataclass(frozen=True)
class MasteredSound:
    """An AAC file (48 kHz stereo) and what it measures."""

    path: Path
    loudness: Loudness


def master_sound(
    tracks: Sequence[AudioTrack],
    frames: int,
    fps: int,
    *,
    media: MediaStore,
    target: Path,
    kbps: int = 192,
    ambience: Ambience | None = None,
    cache: SegmentCache | None = None,
) -> MasteredSound:
    """Mix ``tracks`` into ``target`` (.m4a), as long as ``frames``, at the target loudness.

    Music and ambience give way to narration. What ``cache`` remembers is not made again. Raises DefectiveMedia
    when the narration is missing, silent or too short, or when the loudness cannot be reached.
    """
    if cache is None:
        return _master(tracks, frames, fps, media, target, kbps, ambience)
    key = _key(tracks, frames, fps, kbps, ambience)
    note = target.with_suffix(".json")
    if cache.take(key, note) and cache.take(key, target):
        return MasteredSound(target, Loudness(**json.loads(note.read_text())))
    note.unlink(missing_ok=True)
    made = _master(tracks, frames, fps, media, target, kbps, ambience)
    note.write_text(json.dumps(asdict(made.loudness)))
    cache.keep(key, target)
    cache.keep(key, note)
    return made


def _key(
    tracks: Sequence[AudioTrack], frames: int, fps: int, kbps: int, ambience: Ambience | None
) -> str:
    """Hex digest of all that a mastered sound depends on."""
    laid = [
        {**track.model_dump(mode="json"), "media": track.media.sha256, "fps": fps}
        for track in tracks
    ]
    around = ambience and ambience.model_dump(mode="json")
    made_from = [_MASTERING_VERSION, Path(ffmpeg_program()).name, laid, around, frames, kbps]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def _master(
    tracks: Sequence[AudioTrack],
    frames: int,
    fps: int,
    media: MediaStore,
    target: Path,
    kbps: int,
    ambience: Ambience | None,
) -> MasteredSound:
    mix = target.with_suffix(".mix.wav")
    try:
        before = _mix(tracks, frames, fps, media, mix, ambience)
        gain_db, limit_db = TARGET_LUFS - before, _LIMIT_DBFS
        gained_db = gain_db
        for left in reversed(range(_MAX_ROUNDS)):
            _encode(mix, gain_db, limit_db, frames, fps, kbps, target)
            heard = measure_loudness(target)
            missing_lu = TARGET_LUFS - heard.integrated_lufs
            excess_db = heard.true_peak_dbtp - MAX_TRUE_PEAK_DBTP
            wanted_lu = _TOLERANCE_LU if left else LOUDNESS_TOLERANCE_LU
            if abs(missing_lu) <= wanted_lu and excess_db <= 0:
                return MasteredSound(target, heard)
            # The limiter eats a part of each decibel: ask for as much more as it left last time.
            answer = (heard.integrated_lufs - before) / gained_db if gained_db else 1.0
            before, gained_db = heard.integrated_lufs, missing_lu / min(max(answer, 0.25), 1.0)
            gain_db += gained_db
            limit_db -= excess_db + 0.1 if excess_db > 0 else 0.0
    finally:
        mix.unlink(missing_ok=True)
    raise DefectiveMedia(
        f"the sound reaches {heard.integrated_lufs:.1f} LUFS with peaks at "
        f"{heard.true_peak_dbtp:.1f} dBTP, wanted {TARGET_LUFS:g} and {MAX_TRUE_PEAK_DBTP:g}.",
        remedy="Make narration and music again.",
    )


def _write_ambience(
    ambience: Ambience, tracks: Sequence[AudioTrack], frames: int, fps: int, target: Path
) -> float:
    """Write the sounds of the story's places, until a moment after the voice has been cut.

    Returns the gain in dB that puts them at their level under a voice.
    """
    # What makes them loads much that a video without them can do without.
    from content_platform.mediatools.audio import write_flac
    from content_platform.music.ambience import AMBIENCE_LUFS, sound_of

    until = min([frames, *(track.end + fps for track in tracks if track.role == "narration")])
    first = min((track.start for track in tracks if track.role == "narration"), default=0)
    write_flac(target, sound_of(ambience, max(1, until - first) / fps), SAMPLE_RATE)
    return _NARRATION_LUFS + ambience.level_db - AMBIENCE_LUFS


def _mix(
    tracks: Sequence[AudioTrack],
    frames: int,
    fps: int,
    media: MediaStore,
    target: Path,
    ambience: Ambience | None,
) -> float:
    """Write the mix, unlimited, as 32-bit float; its loudness in LUFS, measured in passing."""
    voice = next((track for track in tracks if track.role == "narration"), None)
    music = next((track for track in tracks if track.role == "music"), None)
    if voice is None:
        raise DefectiveMedia("the timeline has no narration.", remedy="Make the narration again.")
    sources = [media.local_path(track.media) for track in (voice, music) if track is not None]
    _refuse_too_short(sources[0])
    whole = f"apad,atrim=end_sample={_samples(frames, fps)}"
    under = [] if music is None else [_laid(music, fps)]
    places = target.with_suffix(".ambience.flac")
    if ambience is not None:
        sources.append(places)
        gain_db = _write_ambience(ambience, tracks, frames, fps, places)
        late = round(voice.start * SAMPLE_RATE / fps)
        under.append(f"volume={gain_db:.2f}dB,adelay={late}S:all=1")
    graph = (
        "[0:a]asplit=2[said][levelled];"
        "[levelled]astats=metadata=1:measure_overall=RMS_level:measure_perchannel=none,"
        f"ametadata=print:key={_LEVEL}:file=-:direct=1,anullsink;"
        f"[said]{_laid(voice, fps)},{whole}{',asplit=2[voice][key]' if under else '[mix]'}"
    )
    if under:
        names = [f"[under{number}]" for number in range(1, len(under) + 1)]
        for number, (chain, name) in enumerate(zip(under, names, strict=True), start=1):
            graph += f";[{number}:a]{chain},{whole}{name}"
        if len(under) > 1:
            graph += f";{''.join(names)}amix=inputs={len(under)}:normalize=0[under]"
            names = ["[under]"]
        graph += (
            f";{names[0]}[key]{_DUCKING}[ducked];"
            "[voice][ducked]amix=inputs=2:normalize=0:duration=first[mix]"
        )
    graph += f";[mix]asplit=2[out][heard];[heard]apad=whole_dur=0.5,ebur128={_HEARD},anullsink"
    inputs = [part for path in sources for part in ("-i", str(path))]
    try:
        printed = run_ffmpeg(
            *("-y", *inputs, "-filter_complex_threads", "1", "-filter_complex", graph),
            *("-map", "[out]", "-c:a", "pcm_f32le", "-fflags", "+bitexact", target),
            timeout_s=300,
        ).decode()
    finally:
        places.unlink(missing_ok=True)
    # Both filters repeat their running figures; the last ones are for the whole.
    level_dbfs = float(re.findall(rf"{_LEVEL}=(\S+)", printed)[-1])
    if level_dbfs < _SILENT_DBFS:
        raise DefectiveMedia(
            f"the narration ({sources[0].name}) is silent ({level_dbfs:.0f} dBFS).",
            remedy="Make the narration again.",
        )
    return float(re.findall(r"r128\.I=(\S+)", printed)[-1])


def _laid(track: AudioTrack, fps: int) -> str:
    """Filters that bring a track to the mix's form, at its gain, faded out at its end."""
    end_s, fade_s = track.end / fps, track.fade_out / fps
    chain = [
        f"aresample={SAMPLE_RATE}",
        "aformat=sample_fmts=fltp:channel_layouts=stereo",
        f"volume={track.gain_db}dB",
    ]
    if track.start:
        chain.append(f"adelay={round(track.start * SAMPLE_RATE / fps)}S:all=1")
    chain.append(f"atrim=end={end_s:.6f}")
    if fade_s:
        chain.append(f"afade=t=out:st={end_s - fade_s:.6f}:d={fade_s:.6f}:curve=qsin")
    return ",".join(chain)


def _refuse_too_short(narration: Path) -> None:
    from content_platform.mediatools.probe import probe

    sound = probe(narration).sound
    if sound is None or sound.duration_s < _SHORTEST_NARRATION_S:
        raise DefectiveMedia(
            f"the narration ({narration.name}) is shorter than {_SHORTEST_NARRATION_S:g} s.",
            remedy="Make the narration again.",
        )


def _encode(
    mix: Path, gain_db: float, limit_db: float, frames: int, fps: int, kbps: int, target: Path
) -> None:
    # The limiter works at four times the rate, where the peaks between samples show.
    limit = math.pow(10, limit_db / 20)
    chain = (
        f"volume={gain_db:.3f}dB,aresample={4 * SAMPLE_RATE},"
        f"alimiter=limit={limit:.6f}:attack=5:release=80:level=disabled:latency=1,"
        f"aresample={SAMPLE_RATE},apad,atrim=end_sample={_samples(frames, fps)}"
    )
    run_ffmpeg(
        *("-y", "-i", mix, "-af", chain, "-ac", "2", "-c:a", "aac", "-b:a", f"{kbps}k"),
        # At these rates the quick search is the better one, too (measured: noise under voice and
        # music 3 dB lower than the thorough search leaves, in half the time), and nothing has to
        # be made up from the other channel or from noise.
        *("-aac_coder", "fast", "-aac_is", "0", "-aac_pns", "0"),
        *("-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1", target),
        timeout_s=300,
    )


def _samples(frames: int, fps: int) -> int:
    return round(frames * SAMPLE_RATE / fps)
