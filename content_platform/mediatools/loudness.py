"""Loudness as broadcasters measure it: EBU R 128 / ITU-R BS.1770-4, by ffmpeg's ``ebur128``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from content_platform.errors import DefectiveMedia
from content_platform.mediatools.ffmpeg import FfmpegError, run_ffmpeg

if TYPE_CHECKING:
    from content_platform.mediatools.audio import Samples

_SILENCE_LUFS = -70.0
"""The gate of BS.1770: nothing quieter counts, so silence reads as this."""


@dataclass(frozen=True)
class Loudness:
    """``integrated_lufs`` is -70 for silence; ``true_peak_dbtp`` is at least -120
    and precise to 0.01 dB near full scale."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float


def measure_loudness(sound: Path | Samples, rate: int = 48_000) -> Loudness:
    """Measure a file's first sound stream, or samples ([n, channels] at ``rate`` Hz).

    Sounds shorter than 0.4 s are measured as if silence followed.
    Raises DefectiveMedia when there is no readable sound.
    """
    if isinstance(sound, Path):
        title, source, stdin = sound.name, ["-i", str(sound)], None
    else:
        import numpy as np

        layout = ["-f", "f32le", "-ar", str(rate), "-ac", str(sound.shape[1])]
        title, source = "the sound", [*layout, "-i", "pipe:0"]
        stdin = np.ascontiguousarray(sound, dtype="<f4").tobytes()
    try:
        written = run_ffmpeg(
            *source,
            *(
                "-map",
                "0:a:0",
                "-af",
                "apad=whole_dur=0.5,ebur128=peak=true:metadata=1:framelog=quiet,ametadata=print:file=-",
            ),
            *("-f", "null", "-"),
            timeout_s=120,
            stdin=stdin,
        )
    except FfmpegError as error:
        raise DefectiveMedia(
            f"the loudness of {title} cannot be measured: {error.message}", remedy="Make it again."
        ) from error
    # The filter repeats its running figures ten times a second; the last ones are for the whole.
    measured = {
        name: float(value)
        for name, value in re.findall(rb"lavfi\.r128\.([A-Za-z_]+)=(\S+)", written)
    }
    integrated = measured[b"I"]
    peak = measured[b"true_peak"]
    return Loudness(
        integrated_lufs=integrated if math.isfinite(integrated) else _SILENCE_LUFS,
        true_peak_dbtp=20 * math.log10(max(peak, 1e-6)),
        range_lu=measured[b"LRA"],
    )
