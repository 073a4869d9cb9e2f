"""Is a finished cue fit to lie under a narration? Measured from the sound, not from the score."""

from __future__ import annotations

import numpy as np

from content_platform.mediatools.audio import read_audio
from content_platform.mediatools.loudness import measure_loudness
from content_platform.mediatools.probe import probe
from content_platform.music.listening import RATE, Curve, level_db, onset_strength, strongest_onset
from content_platform.music.models import BackgroundMusic
from content_platform.quality import QualityReport
from content_platform.storage.media import MediaStore

LOUDNESS_LUFS = (-20.0, -16.0)
HIGHEST_PEAK_DBTP = -3.0
LONGEST_GAP_S = 1.5
SILENT_DBFS = -58.0
LAST_CHORD_WITHIN_S = 0.3
QUIET_END_DBFS = -45.0


def check_music(music: BackgroundMusic, media: MediaStore) -> QualityReport:
    """Format, length, loudness, peaks, gaps, and whether the last chord sounds when it should.

    Raises DefectiveMedia when the sound cannot be read at all.
    """
    path = media.local_path(music.audio)
    sound = read_audio(path, RATE, 2)
    stream = probe(path).sound
    loudness = measure_loudness(sound, RATE)
    mono = sound.mean(axis=1, dtype=np.float32)
    duration_s = len(mono) / RATE
    onset_s = strongest_onset(
        onset_strength(mono), music.last_chord_s - 1.0, min(duration_s, music.last_chord_s + 1.0)
    )
    gap_s = _longest_gap_s(level_db(mono[: int(music.last_chord_s * RATE)]))
    end_db = float(level_db(mono[-RATE // 20 :])[0])
    clipped = int(np.count_nonzero(np.abs(sound) >= 0.999))

    problems = []
    if stream is None or (stream.sample_rate, stream.channels) != (RATE, 2):
        problems.append("The music is not 48 kHz stereo; make it again.")
    if abs(duration_s - music.duration_s) > 0.05:
        problems.append(
            f"The music lasts {duration_s:.2f} s instead of {music.duration_s:.2f} s; make it again."
        )
    if not LOUDNESS_LUFS[0] <= loudness.integrated_lufs <= LOUDNESS_LUFS[1]:
        problems.append(
            f"The music is at {loudness.integrated_lufs:.1f} LUFS, not within "
            f"{LOUDNESS_LUFS[0]:.0f} … {LOUDNESS_LUFS[1]:.0f}; make it again."
        )
    if loudness.true_peak_dbtp > HIGHEST_PEAK_DBTP + 0.05 or clipped:
        problems.append(
            f"The music peaks at {loudness.true_peak_dbtp:.1f} dBTP with {clipped} clipped samples; "
            f"at most {HIGHEST_PEAK_DBTP:.0f} dBTP is allowed. Make it again."
        )
    if gap_s > LONGEST_GAP_S:
        problems.append(f"The music is silent for {gap_s:.1f} s before its end; make it again.")
    if abs(onset_s - music.last_chord_s) > LAST_CHORD_WITHIN_S:
        problems.append(
            f"The last chord is heard at {onset_s:.2f} s instead of {music.last_chord_s:.2f} s; "
            "make the music again with another seed."
        )
    if end_db > QUIET_END_DBFS:
        problems.append(
            f"The music breaks off at {end_db:.0f} dBFS instead of dying away; make it again."
        )
    return QualityReport(
        problems=tuple(problems),
        measures={
            "seconds": round(duration_s, 3),
            "lufs": round(loudness.integrated_lufs, 2),
            "true_peak_dbtp": round(loudness.true_peak_dbtp, 2),
            "range_lu": round(loudness.range_lu, 2),
            "longest_gap_s": round(gap_s, 2),
            "last_chord_s": round(onset_s, 2),
            "end_dbfs": round(end_db, 1),
        },
    )


def _longest_gap_s(levels: Curve) -> float:
    longest = run = 0
    for level in levels:
        run = run + 1 if level < SILENT_DBFS else 0
        longest = max(longest, run)
    return longest * 0.05
