"""Sound as arrays: float32, shape [samples, channels], full scale ±1. Read anything, write FLAC."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from content_platform.errors import BadInput, DefectiveMedia, StorageUnavailable

if TYPE_CHECKING:
    import av

Samples = npt.NDArray[np.float32]

_LAYOUTS = {1: "mono", 2: "stereo"}


def read_audio(path: Path, rate: int, channels: int) -> Samples:
    """All samples of ``path`` at ``rate`` Hz with 1 or 2 ``channels``, as float32 [samples, channels].

    Mono becomes stereo by repeating it, anything becomes mono by averaging its channels.
    Raises DefectiveMedia when the file has no readable sound.
    """
    import av

    blocks: list[Samples] = []
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise DefectiveMedia(f"{path.name} holds no sound.")
            stream = container.streams.audio[0]
            native = "mono" if stream.codec_context.channels == 1 else "stereo"
            resampler = av.AudioResampler(format="flt", layout=native, rate=rate)
            for frame in container.decode(stream):
                blocks += [_interleaved(block) for block in resampler.resample(frame)]
            blocks += [_interleaved(block) for block in resampler.resample(None)]
    except (av.FFmpegError, OSError) as error:
        raise DefectiveMedia(
            f"the sound of {path.name} cannot be read: {error}.", remedy="Make it again."
        ) from error
    if not blocks:
        raise DefectiveMedia(f"the sound of {path.name} is empty.", remedy="Make it again.")
    samples = np.concatenate(blocks, axis=1).reshape(-1, 1 if native == "mono" else 2)
    if samples.shape[1] == channels:
        return np.ascontiguousarray(samples, dtype=np.float32)
    if channels == 1:
        averaged: Samples = samples.mean(axis=1, dtype=np.float32)[:, None]
        return averaged
    return np.repeat(samples, channels, axis=1).astype(np.float32)


def _interleaved(block: av.AudioFrame) -> Samples:
    return np.asarray(block.to_ndarray(), dtype=np.float32)


def write_flac(path: Path, samples: npt.NDArray[np.floating], rate: int) -> None:
    """Write ``samples`` ([samples] or [samples, 1 or 2], ±1) as 16-bit FLAC, atomically.

    Values beyond full scale are clipped. The same samples give the same bytes.
    """
    import av

    block = samples[:, None] if samples.ndim == 1 else samples
    if block.ndim != 2 or block.shape[1] not in _LAYOUTS or not len(block):
        raise BadInput(f"samples have shape {samples.shape}, wanted [n] or [n, 1 or 2], n > 0")
    if not np.isfinite(block).all():
        raise DefectiveMedia(f"the sound for {path.name} holds values that are not numbers.")
    pcm = np.rint(np.clip(block, -1.0, 1.0) * 32767).astype(np.int16)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with av.open(str(part), "w", format="flac", options={"fflags": "+bitexact"}) as container:
            stream = container.add_stream("flac", rate=rate, layout=_LAYOUTS[pcm.shape[1]])
            stream.codec_context.format = av.AudioFormat("s16")
            for start in range(0, len(pcm), 4096):
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(pcm[start : start + 4096].reshape(1, -1)),
                    format="s16",
                    layout=_LAYOUTS[pcm.shape[1]],
                )
                frame.sample_rate = rate
                frame.pts = start
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        part.replace(path)
    except (av.FFmpegError, OSError) as error:
        raise StorageUnavailable(
            f"{path} cannot be written: {error}.", remedy="Check the folder and the free space."
        ) from error
    finally:
        part.unlink(missing_ok=True)
