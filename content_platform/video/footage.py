"""A person's own clip as the compositor wants it: luma and chroma of any frame of its shot.

Clips come as ``imagery.own_media`` writes them: the picture's size, 30 fps, BT.709, often a key frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from content_platform.errors import DefectiveMedia
from content_platform.imagery.models import FocalPoint
from content_platform.steering.models import Grade
from content_platform.video.camera import View, view_at
from content_platform.video.grading import graded
from content_platform.video.models import Shot
from content_platform.video.moviepy_renderer import planes_of

Plane = npt.NDArray[np.uint8]
_MIDDLE = FocalPoint(x=0.5, y=0.5)


class FootagePicture:
    """Plays a clip under its shot's camera, from its beginning; its last frame stays when it is over."""

    def __init__(
        self, shot: Shot, path: Path, size: tuple[int, int], fps: int, grade: Grade
    ) -> None:
        """``size`` is the video's. Raises DefectiveMedia when the file cannot be opened as a clip."""
        self._shot, self._path, self._size, self._fps = shot, path, size, fps
        self._grade = grade if grade != Grade() else None
        self._at = -1
        self._now: av.VideoFrame | None = None
        try:
            self._container = av.open(str(path))
            self._stream = self._container.streams.video[0]
        except (av.FFmpegError, OSError, IndexError) as error:
            raise self._unfit(error) from error
        self._frames: Iterator[av.VideoFrame] | None = None

    def view(
        self,
        frame: int,
        _luma: object,
        _chroma: object,
        enlarged: float = 1.0,
        centre: FocalPoint = _MIDDLE,
    ) -> tuple[Plane, Plane]:
        """The planes of ``frame``, a frame of the video in which the shot is on screen.

        ``enlarged`` is how much nearer than planned the camera is, around ``centre`` of the frame.
        """
        shot = self._shot
        shown = self._frame(frame - shot.start)
        progress = (frame - shot.start) / max(1, shot.end - shot.start - 1)
        x, y, width, height = view_at(shot.camera_from, shot.camera_to, progress)
        x += width * (1 - 1 / enlarged) * centre.x
        y += height * (1 - 1 / enlarged) * centre.y
        seen = (x, y, width / enlarged, height / enlarged)
        if self._grade is not None:
            rgb = np.asarray(shown.to_ndarray(format="rgb24", src_colorspace="ITU709"), np.uint8)
            return planes_of(graded(_filmed(rgb, seen, self._size), self._grade))
        both = np.asarray(shown.to_ndarray(format="nv12"), np.uint8)
        rows = shown.height
        half = (seen[0] / 2, seen[1] / 2, seen[2] / 2, seen[3] / 2)
        chroma: Plane = np.ascontiguousarray(both[rows:]).reshape(rows // 2, shown.width // 2, 2)
        smaller = (self._size[0] // 2, self._size[1] // 2)
        return _filmed(both[:rows], seen, self._size), _filmed(chroma, half, smaller)

    def _frame(self, number: int) -> av.VideoFrame:
        """The clip's frame ``number``, or its last one."""
        try:
            if self._frames is None or number < self._at:
                self._seek(number)
            assert self._frames is not None
            while self._at < number:
                following = next(self._frames, None)
                if following is None:
                    break
                self._now = following
                self._at = round(float(following.time or 0) * self._fps)
            if self._now is None:  # sought beyond its end: the end it is
                self._seek(0)
                for last in self._frames:
                    self._now = last
            self._at = max(self._at, number)
        except (av.FFmpegError, OSError) as error:
            raise self._unfit(error) from error
        if self._now is None:
            raise self._unfit(ValueError("it has no frames"))
        return self._now

    def _seek(self, number: int) -> None:
        assert self._stream.time_base is not None
        self._container.seek(int(number / self._fps / self._stream.time_base), stream=self._stream)
        self._frames = self._container.decode(self._stream)
        self._at, self._now = -1, None

    def _unfit(self, error: Exception) -> DefectiveMedia:
        return DefectiveMedia(
            f"the clip of scene {self._shot.scene} ({self._path.name}) cannot be played: {error}.",
            remedy="Give another clip, and make the story with --media again.",
        )


def _filmed(plane: Plane, view: View, size: tuple[int, int]) -> Plane:
    """What a camera sees of a plane: pixel centres on pixel centres."""
    x, y, width, height = view
    across, along = width / size[0], height / size[1]
    towards = np.array(
        [[across, 0, x + across / 2 - 0.5], [0, along, y + along / 2 - 0.5]], np.float64
    )
    return np.asarray(
        cv2.warpAffine(
            plane,
            towards,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )
