"""Running the ffmpeg program that ships with imageio-ffmpeg.

The only place that starts ffmpeg. It runs as a program of its own (its GPL stays outside our
process), never reads the terminal, and never outlives us. What it is asked to do belongs to
the callers.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from content_platform.errors import ContentPlatformError, StorageUnavailable

_LINUX_LAUNCHER = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""
# A preexec_fn would do the same, but it makes subprocess use fork(), which is not safe in a
# process that runs threads and gRPC; a launcher costs 20 ms and keeps vfork.


class FfmpegError(ContentPlatformError):
    """ffmpeg ended with an error or took too long; the message holds its last words."""


@cache
def ffmpeg_program() -> str:
    """Path of the ffmpeg binary in the imageio-ffmpeg wheel."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def run_ffmpeg(
    *args: str | Path,
    timeout_s: float,
    stdin: bytes | None = None,
    fontconfig_file: Path | None = None,
) -> bytes:
    """Run ``ffmpeg -nostdin -hide_banner -v error ARGS`` and return what it writes to stdout.

    ``stdin`` is what ``-i pipe:0`` reads. ``fontconfig_file`` makes subtitle filters use only the
    fonts that file names. ffmpeg is killed when ``timeout_s`` has passed and when this process
    (or, on Linux, the calling thread) dies. Raises FfmpegError, or StorageUnavailable when the
    disk is full.
    """
    command = [ffmpeg_program(), "-nostdin", "-hide_banner", "-v", "error", *map(str, args)]
    if sys.platform == "linux":
        launcher = [sys.executable, "-I", "-S", "-c", _LINUX_LAUNCHER, str(os.getpid())]
        command = [*launcher, *command]
    environment = dict(os.environ)
    if fontconfig_file is not None:
        environment["FONTCONFIG_FILE"] = str(fontconfig_file)
    try:
        done = subprocess.run(
            command,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            timeout=timeout_s,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FfmpegError(
            f"ffmpeg did not finish within {timeout_s:g} s: {_shown(args)}.",
            remedy="Try again when the machine is less busy.",
        ) from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        if "No space left on device" in said:
            raise StorageUnavailable(
                "The disk is full: ffmpeg could not write its file.", remedy="Free some space."
            )
        last_words = " / ".join(said.splitlines()[-3:]) or f"exit code {done.returncode}"
        raise FfmpegError(f"ffmpeg failed: {last_words} (asked: {_shown(args)}).")
    return done.stdout


def _shown(args: tuple[str | Path, ...]) -> str:
    text = " ".join(map(str, args))
    return text if len(text) <= 300 else text[:297] + "…"
