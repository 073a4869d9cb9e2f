"""Write ``docs/benchmarks.md`` from the figures in ``benchmarks/results/``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.chart import bars, lines

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
    "dagster_overhead_wall_s": "the same on the clock, s",
}


LOOP = {
    "demo_minutes": "`content-platform demo --days 30 --channels 3`, one story with media included, min",
    "rollbacks": "planted bad config versions that demo took back by itself",
    "uplift_vs_twin": "watched seconds per impression against a twin that does not learn, 30 days, mean of fresh seeds",
    "uplift_low_95": "the same, lower 95 % bound",
    "uplift_high_95": "the same, upper 95 % bound",
    "uplift_seeds": "over so many seeds, drawn when the code was frozen",
    "backfill_identical": "90 days of metrics collected twice in random order leave the same marts, row by row",
    "faults": "kills of daemon, code server and run worker under a batch of 50 stories and 6 with media",
    "duplicates": "uploads, ledger entries or versions made twice after them",
    "lost": "stories not finished after the restart",
    "live_limit": "live stories the hot window holds",
    "tick_cpu_s_at_limit": "CPU of the dearest story sensor's tick at that limit, with 50,000 archived stories, s",
    "graph_refresh_cpu_s_at_limit": "CPU of the web server for the asset graph after one new story, at that limit, s",
    "archive_cpu_ms": "CPU of archiving one story, ms",
}

RENDER = {
    "cpu_vs_veryfast": "CPU of 45 s in three formats, everything included, against x264 `veryfast` alone on the same frames",
    "cpu_vs_own_encode": "the same against x264 alone with our settings",
    "ssim_delta": "SSIM against the exact film, ours minus that `veryfast` encode's (crf 21)",
    "vmaf_delta": "VMAF, likewise",
    "bytes_ratio": "bytes of picture against that encode",
    "step_px": "how much the picture's displacement from the exact film changes from frame to frame, RMS, px",
    "jerk_px": "how much that changes, RMS, px",
    "moviepy_ratio": "CPU of MoviePy for the same film against ours",
    "wall_s_45x3": "45 s in three formats on two cores, s",
    "peak_mb": "memory of all processes together then, peak, MB",
    "peak_mb_600s_over_60s": "peak memory of a 600 s film against that of a 60 s one",
    "rerender_unchanged_s": "the same film again, s",
    "rerender_one_image_ratio": "CPU after one of eight pictures changed, against all anew",
    "lufs": "loudness of the finished files, LUFS",
    "same_md5": "one and two workers, twice each, write the same bytes",
}


def write_page() -> None:
    """Every figure with what it means; nothing that was not measured."""
    lines = [
        "# Benchmarks",
        "",
        "Made from `benchmarks/results/*.json` by the benchmarks themselves; do not edit.",
        "",
        "Two cores of a shared cloud machine, 24 GiB, Python 3.11, everything embedded. Wall times move with the",
        "machine's load; the rates and counts do not.",
        *_table("Making stories: `make bench-make`", "make.json", MAKE),
        *_table("The loop: `make bench-loop`", "loop.json", LOOP),
        *_table("Rendering: `make bench-render`", "render.json", RENDER),
        *_render_details(),
    ]
    PAGE.write_text("\n".join(lines) + "\n")


def _table(title: str, file: str, meanings: dict[str, str]) -> list[str]:
    path = ROOT / "benchmarks/results" / file
    if not path.exists():
        return []
    results = json.loads(path.read_text())
    return [
        "",
        f"## {title}",
        "",
        "| figure | what it is | measured |",
        "|---|---|---|",
        *(
            f"| `{name}` | {meanings[name]} | {results[name]} |"
            for name in meanings
            if name in results
        ),
    ]


def _render_details() -> list[str]:
    """Contenders, growth with length, and the price of each effect; the charts beside them."""
    path = ROOT / "benchmarks/results/render-details.json"
    if not path.exists():
        return []
    details = json.loads(path.read_text())
    written: list[str] = []
    if peers := details.get("peers"):
        order = ["ours", *(name for name in peers if name != "ours")]
        chart = bars(
            "CPU seconds for one second of video (1080 x 1920)",
            "s",
            {name: peers[name]["cpu_per_s"] for name in order},
        )
        (ROOT / "docs/images/render-contenders.svg").write_text(chart)
        written += [
            "",
            f"The same {details['peers_seconds']} s film in 9:16 by everybody, in turn. x264 alone gets finished frames,",
            "so nobody can be faster at its settings; the graph is zoompan, xfade, ass and loudnorm.",
            "",
            "![CPU of each contender](images/render-contenders.svg)",
            "",
            *_rows([{"contender": name, **peers[name]} for name in order]),
        ]
    if rows := details.get("lengths"):
        series: dict[str, list[tuple[float, float]]] = {}
        for row in rows:
            name = row["contender"] + (" x 3 formats" if row["formats"] == 3 else "")
            series.setdefault(name, []).append((row["seconds"], row["cpu_s"]))
        chart = lines("How cost grows with length", "length of the film, s", "CPU, s", series)
        (ROOT / "docs/images/render-growth.svg").write_text(chart)
        written += ["", "![CPU by length](images/render-growth.svg)", "", *_rows(rows)]
    if rows := details.get("effects"):
        written += [
            "",
            "What each effect adds to the plain profile (9:16, no sound):",
            "",
            *_rows(rows),
        ]
    return written


def _rows(rows: Sequence[Mapping[str, object]]) -> list[str]:
    names = list(rows[0])
    return [
        f"| {' | '.join(names)} |",
        f"|{'---|' * len(names)}",
        *(
            "| " + " | ".join("" if row[name] is None else f"{row[name]}" for name in names) + " |"
            for row in rows
        ),
    ]


if __name__ == "__main__":
    write_page()
