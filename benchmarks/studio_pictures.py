"""What the embedded illustrator's pictures cost: all of a 45 s story, in three shapes.

``python -m benchmarks.studio_pictures`` prints the figures of each style; ``benchmarks.studio``
takes ``picture_figures``.
"""

from __future__ import annotations

import gc
import resource
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.engines import called
from content_platform.imagery.adapters.illustrator import Illustrator
from content_platform.imagery.models import DrawRequest
from content_platform.vocabulary import ArtStyle, Format, Genre
from content_platform_tests.imagery.studio_sheets import requests_of

SECONDS = 45
_WORDS_A_SECOND = 2.5


def picture_figures(style: ArtStyle = ArtStyle.STORYBOOK_LIGHT) -> dict[str, float]:
    """``pictures_cpu_s``: CPU seconds of this process and the workers, their start included."""
    requests = requests_of(
        "a lighthouse keeper who collects lost letters",
        Genre.HEARTWARMING,
        style=style,
        formats=tuple(Format),
        words=round(SECONDS * _WORDS_A_SECOND),
    )
    before = _cpu_s()
    illustrator: Illustrator | None = Illustrator(workers=2)
    with tempfile.TemporaryDirectory(prefix="studio-pictures-") as folder:

        def paint(numbered: tuple[int, DrawRequest]) -> None:
            number, request = numbered
            workspace = Path(folder) / str(number)
            workspace.mkdir()
            assert illustrator is not None
            called(illustrator, request, workspace)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(paint, enumerate(requests)))
    illustrator = None
    gc.collect()  # ends the workers: only children that ended are counted
    spent = _cpu_s() - before
    return {"pictures_cpu_s": round(spent, 1), "pictures_scenes": len(requests)}


def _cpu_s() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    for one in ArtStyle:
        print(one.value, picture_figures(one))
