"""Measure the engines that need no key: ``make bench-studio``. Writes ``benchmarks/results/studio.json``.

How alike stories are, what a listener hears of each voice, and the CPU of the pictures, speech and
music of a 45 s story in three shapes. About fifteen CPU-minutes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.report import write_page
from benchmarks.studio_audio import audio_figures, other_languages
from benchmarks.studio_pictures import picture_figures
from benchmarks.studio_stories import story_figures

RESULTS = Path(__file__).parent / "results/studio.json"
PARTS: dict[str, Callable[[], dict[str, float]]] = {
    "stories": story_figures,
    "pictures": picture_figures,
    "audio": audio_figures,
    "languages": other_languages,
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    chosen = options.parse_args()
    figures: dict[str, float] = {}
    for part in chosen.parts:
        figures |= PARTS[part]()
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps({**before, **figures}, indent=2, sort_keys=True) + "\n")
    write_page()
    for name, value in sorted(figures.items()):
        print(f"{name:<20} {value}")


if __name__ == "__main__":
    main()
