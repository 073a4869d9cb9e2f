"""How near a video is to the exact film: SSIM, VMAF, and how smoothly its pictures move.

The exact film is computed anew for each measured frame: every shot resampled at its camera's
sub-pixel view with a Lanczos filter in floating point, blended by the crossfade's share. It shares
no code with the renderer. Only the upper three fifths are compared: captions lie below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from content_platform.mediatools.ffmpeg import run_ffmpeg
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.video.models import Shot, Timeline

_SHARE = 0.6
_PATCH = 512
_EVERY_VMAF = 5

Luma = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Fidelity:
    """``step_px`` is how much the displacement from the exact film changes from frame to frame
    (RMS), ``jerk_px`` how much that changes: what the eye sees as trembling."""

    ssim: float
    vmaf: float
    psnr_db: float
    step_px: float
    jerk_px: float


class ExactFilm:
    """Luma of frames ``first`` up to ``last`` of a timeline, as it should be."""

    def __init__(
        self, timeline: Timeline, media: LocalMediaStore, folder: Path, first: int, last: int
    ) -> None:
        self.first, self.last = first, last
        self.width, full_height = timeline.format.size
        self.height = round(full_height * _SHARE / 2) * 2
        self._full_height = full_height
        self._file = folder / f"exact-{timeline.format}-{first}-{last}.yuv"
        pictures: dict[str, Image.Image] = {}
        grey = np.full(self.width * self.height // 2, 128, np.uint8).tobytes()
        with self._file.open("wb") as out:
            for frame in range(first, last):
                seen = [shot for shot in timeline.shots if shot.start <= frame < shot.end]
                for shot in seen:
                    if shot.picture.sha256 not in pictures:
                        pictures[shot.picture.sha256] = _luma_picture(media, shot)
                luma = self._view(pictures, seen[0], frame)
                for shot in seen[1:]:
                    share = (frame - shot.start + 1) / (shot.fade_in + 1)
                    luma = luma * (1 - share) + self._view(pictures, shot, frame) * share
                out.write(np.clip(np.rint(luma), 0, 255).astype(np.uint8).tobytes() + grey)

    def _view(self, pictures: dict[str, Image.Image], shot: Shot, frame: int) -> Luma:
        start, end = shot.camera_from, shot.camera_to
        progress = (frame - shot.start) / max(1, shot.end - shot.start - 1)
        ratio = end.width / start.width
        share = progress
        if abs(ratio - 1) > 1e-6:
            share = (ratio**progress - 1) / (ratio - 1)

        def between(one: float, other: float) -> float:
            return one + (other - one) * share

        x, y = between(start.x, end.x), between(start.y, end.y)
        width, height = between(start.width, end.width), between(start.height, end.height)
        picture = pictures[shot.picture.sha256]
        # Pillow takes no view that reaches beyond the picture, not even by rounding.
        box = (
            max(0.0, x),
            max(0.0, y),
            min(x + width, picture.width),
            min(y + height * self.height / self._full_height, picture.height),
        )
        size = (self.width, self.height)
        return np.asarray(picture.resize(size, Image.Resampling.LANCZOS, box=box), np.float32)

    def compare(self, video: Path) -> Fidelity:
        """Measure ``video``, an encoded file of the whole film."""
        ssim, psnr_db, vmaf = self._scores(["-i", str(video)])
        step_px, jerk_px = self._motion(_decoded(video, self.first, self.last))
        return Fidelity(ssim, vmaf, psnr_db, step_px, jerk_px)

    def compare_raw(self, frames: Path) -> tuple[float, float]:
        """SSIM and PSNR (dB) of finished frames (raw NV12) before any encoding."""
        size = f"{self.width}x{self._full_height}"
        raw = ["-f", "rawvideo", "-pix_fmt", "nv12", "-s", size, "-r", "30"]
        ssim, psnr_db, _ = self._scores([*raw, "-color_range", "tv", "-i", str(frames)])
        return ssim, psnr_db

    def _scores(self, source: list[str]) -> tuple[float, float, float]:
        """(SSIM, PSNR, VMAF) of luma. Colour tags are set on both, or ffmpeg would convert."""
        tags = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
        count = self.last - self.first
        log = self._file.with_suffix(".json")
        graph = (
            f"[0:v]trim=start_frame={self.first}:end_frame={self.last},setpts=N/30/TB,"
            f"crop={self.width}:{self.height}:0:0,format=yuv420p,{tags},split=3[a][b][c];"
            f"[1:v]setpts=N/30/TB,{tags},split=3[d][e][f];"
            "[a][d]ssim=stats_file=-[s];[b][e]psnr=stats_file=-[p];"
            f"[c][f]libvmaf=n_threads=2:n_subsample={_EVERY_VMAF}:log_fmt=json:log_path={log}[v]"
        )
        said = run_ffmpeg(
            *source,
            *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{self.width}x{self.height}"),
            *("-r", "30", "-color_range", "tv", "-i", self._file, "-filter_complex", graph),
            *("-map", "[s]", "-map", "[p]", "-map", "[v]", "-f", "null", "-"),
            timeout_s=600,
        ).decode()
        ssims = [float(value) for value in re.findall(r" Y:([\d.]+)", said)]
        errors = [float(value) for value in re.findall(r"mse_y:([\d.]+)", said)]
        vmaf = json.loads(log.read_text())["pooled_metrics"]["vmaf"]["mean"]
        if len(ssims) != count or len(errors) != count:
            raise RuntimeError(f"compared {len(ssims)} frames of {count}:\n{said[-2000:]}")
        psnr_db = 10 * np.log10(255**2 / max(float(np.mean(errors)), 1e-9))
        return float(np.mean(ssims)), float(psnr_db), float(vmaf)

    def _motion(self, frames: Iterator[npt.NDArray[np.uint8]]) -> tuple[float, float]:
        """Displacement from the exact film by phase correlation, in two patches."""
        exact = np.memmap(self._file, np.uint8, "r").reshape(self.last - self.first, -1)
        window = cv2.createHanningWindow((_PATCH, _PATCH), cv2.CV_64F)
        middle = exact[len(exact) // 2][: self.width * self.height]
        corners = _textured(middle.reshape(self.height, self.width))
        moved = []
        for wanted, seen in zip(exact, frames, strict=True):
            luma = wanted[: self.width * self.height].reshape(self.height, self.width)
            moved.append(
                [
                    cv2.phaseCorrelate(
                        luma[y : y + _PATCH, x : x + _PATCH].astype(np.float64),
                        seen[y : y + _PATCH, x : x + _PATCH].astype(np.float64),
                        window,
                    )[0]
                    for y, x in corners
                ]
            )
        steps = np.diff(np.array(moved), axis=0)
        jerks = np.diff(steps, axis=0)
        return (
            float(np.sqrt(np.mean(np.sum(steps**2, axis=-1)))),
            float(np.sqrt(np.mean(np.sum(jerks**2, axis=-1)))),
        )


def _textured(luma: npt.NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Corners (y, x) of the two patches with most detail in both directions: encoding noise moves
    the measure least there."""
    plane = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), 1.5)
    across, down = cv2.Sobel(plane, cv2.CV_32F, 1, 0), cv2.Sobel(plane, cv2.CV_32F, 0, 1)
    found: list[tuple[float, int, int]] = []
    for y in range(0, luma.shape[0] - _PATCH + 1, 16):
        for x in range(0, luma.shape[1] - _PATCH + 1, 16):
            patch = (slice(y, y + _PATCH), slice(x, x + _PATCH))
            a, b = np.mean(across[patch] ** 2), np.mean(down[patch] ** 2)
            found.append((float(min(a, b)), y, x))
    found.sort(reverse=True)
    _, y, x = found[0]
    apart = (
        one for one in found if abs(one[1] - y) >= _PATCH // 2 or abs(one[2] - x) >= _PATCH // 2
    )
    _, other_y, other_x = next(apart, found[-1])
    return [(y, x), (other_y, other_x)]


def _luma_picture(media: LocalMediaStore, shot: Shot) -> Image.Image:
    """The picture's BT.709 limited-range luma in floating point (ITU-R BT.709-6 § 3)."""
    rgb = np.asarray(Image.open(media.local_path(shot.picture)).convert("RGB"), np.float32)
    weights = np.array([0.2126, 0.7152, 0.0722], np.float32) * (219 / 255)
    return Image.fromarray(np.asarray(16 + rgb @ weights, np.float32))


def _decoded(video: Path, first: int, last: int) -> Iterator[npt.NDArray[np.uint8]]:
    with av.open(str(video)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number >= last:
                return
            if number >= first:
                plane = frame.planes[0]
                rows = np.asarray(memoryview(plane)).reshape(-1, plane.line_size)
                yield rows[: frame.height, : frame.width]
