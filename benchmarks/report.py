"""Write ``docs/benchmarks.md`` from the figures in ``benchmarks/results/``."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/benchmarks.md"

MAKE = {
    "first_run_s": "`make story` on a fresh clone with an empty package cache, s",
    "second_story_s": "the next story, 45 s in three shapes, s",
    "story_seconds": "how long that story's narration is, s",
    "rerun_s": "the same request again: recognised and shown, s",
    "wer": "word error rate of what Whisper hears in the finished MP4s, names left out, mean",
    "wer_worst": "the same, worst story",
    "caption_median_ms": "caption words against forced alignment of the MP4's sound, median, ms",
    "caption_p95_ms": "the same, 95th percentile, ms",
    "kills": "makers killed with SIGKILL at seeded random moments",
    "kill_losses": "… after which retry lost, repeated or left anything",
    "dagster_overhead_cpu_s": "CPU of a whole `make_story` run with nothing left to do, s",
}


def write_page() -> None:
    """Every figure with what it means; nothing that was not measured."""
    results = json.loads((ROOT / "benchmarks/results/make.json").read_text())
    lines = [
        "# Benchmarks",
        "",
        "Made from `benchmarks/results/*.json` by the benchmarks themselves; do not edit.",
        "",
        "## Making stories: `make bench-make`",
        "",
        "Two cores of a shared cloud machine, 24 GiB, Python 3.11, everything embedded. Wall times move with the",
        "machine's load; the rates and counts do not.",
        "",
        "| figure | what it is | measured |",
        "|---|---|---|",
        *(f"| `{name}` | {MAKE[name]} | {results[name]} |" for name in MAKE if name in results),
    ]
    PAGE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    write_page()
