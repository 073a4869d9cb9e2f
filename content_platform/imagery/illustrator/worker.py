"""A process that paints: requests come in as JSON lines on standard input, answers leave the same way.

Run as ``python -m content_platform.imagery.illustrator.worker``. It ends when its input ends, so
it cannot outlive the process that started it. One request: ``{"request": DrawRequest,
"folder": path}``; its answer: ``{"files": {role: path}, "focal_points": {format: [x, y]},
"subjects": {format: [Box]}}`` or ``{"error": text}``.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import TextIO

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Parameters of ``mallopt``, from glibc's malloc.h."""


def main() -> None:
    """Serve until the input ends."""
    # Ctrl-C in a terminal reaches the whole family; the parent decides, and closes the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Answers keep the real standard output to themselves; anything printed goes to the log.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        import cv2

        _keep_freed_memory()
        # One worker is one core; the pool runs as many workers as the machine should use.
        cv2.setNumThreads(1)
        serve(sys.stdin, answers)


def _keep_freed_memory() -> None:
    """Let the C library reuse large blocks, where it is one that can be told so (glibc).

    Otherwise each array of a picture is mapped and zeroed anew: a tenth of the time.
    """
    tune = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if tune is not None:
        tune(_M_MMAP_THRESHOLD, 1 << 30)
        tune(_M_TRIM_THRESHOLD, 1 << 30)


def serve(questions: TextIO, answers: TextIO) -> None:
    from content_platform.imagery.illustrator.director import draw
    from content_platform.imagery.models import DrawRequest

    for line in questions:
        try:
            question = json.loads(line)
            folder = Path(question["folder"])
            files: dict[str, str] = {}
            focal_points: dict[str, list[float]] = {}
            subjects: dict[str, list[object]] = {}
            for picture in draw(DrawRequest.model_validate(question["request"])):
                shape = picture.shape.value
                for role, data, kind in (
                    ("picture", picture.jpeg, "jpg"),
                    ("behind", picture.behind, "jpg"),
                    ("near", picture.near, "png"),
                ):
                    if data:
                        path = folder / f"{role}-{shape}.{kind}"
                        path.write_bytes(data)
                        files[f"{role}-{shape}"] = str(path)
                focal_points[shape] = [picture.focal_point.x, picture.focal_point.y]
                subjects[shape] = [box.model_dump(mode="json") for box in picture.subjects]
            answer: dict[str, object] = {
                "files": files,
                "focal_points": focal_points,
                "subjects": subjects,
            }
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        try:
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        except BrokenPipeError:
            return


if __name__ == "__main__":
    main()
