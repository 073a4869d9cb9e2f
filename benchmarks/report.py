"""Write ``docs/benchmarks.md`` and ``docs/fault-matrix.md`` from what is in ``benchmarks/results/``."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.chart import bars, lines

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/benchmarks.md"
MATRIX_PAGE = ROOT / "docs/fault-matrix.md"

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
    "cpu_vs_veryfast_single": "the same of one film of 15 s in 9:16",
    "cpu_vs_own_encode": "CPU of 45 s in three formats against x264 alone with our settings on the same frames",
    "ssim_delta": "SSIM against the exact film, ours minus that `veryfast` encode's (crf 21)",
    "vmaf_delta": "VMAF, likewise",
    "bytes_ratio": "bytes of picture against that encode",
    "step_px": "how much the picture's displacement from the exact film changes from frame to frame, RMS, px",
    "jerk_px": "how much that changes, RMS, px",
    "moviepy_ratio": "CPU of MoviePy for the same film, written as its users do, against ours",
    "moviepy_renderer_ratio": "CPU of our own MoviePy renderer, which resamples each frame only once, against the native one",
    "wall_s_45x3": "45 s in three formats on two cores, s",
    "peak_mb": "memory of all processes together then, peak, MB",
    "peak_mb_600s_over_60s": "peak memory of a 600 s film against that of a 60 s one",
    "rerender_unchanged_s": "the same film again, s",
    "rerender_one_image_ratio": "CPU after one of eight pictures changed, against all anew",
    "lufs": "loudness of the finished files, LUFS",
    "same_md5": "one and two workers, twice each, write the same bytes",
}


STUDIO = {
    "max_jaccard": "50 stories in a row on one channel: highest likeness of two by 4-word sequences, worst of 8 genres and 3 lengths",
    "length_error_p95": "their length against what was asked for, p95, worst of the same",
    "wer_default": "word error rate of what Whisper hears of the default voice, names left out",
    "wer_worst_voice": "the same of the worst English Kokoro voice",
    "wer_es": "the same of a Spanish voice, on twelve sentences",
    "wer_fr": "… French",
    "wer_it": "… Italian",
    "wer_pt": "… Portuguese",
    "wer_es_reference": "the Spanish voice on the published network's reference text, 27 words",
    "wer_fr_reference": "… French, 30 words",
    "wer_it_reference": "… Italian, 26 words",
    "wer_pt_reference": "… Portuguese, 27 words",
    "pictures_cpu_s": "CPU of all pictures of a 45 s story in three shapes, s",
    "pictures_scenes": "how many scenes those are",
    "speech_cpu_s": "CPU of 45 s of speech in a fresh process, s",
    "music_cpu_s": "CPU of 45 s of music in a fresh process, s",
    "ambience_cpu_s": "CPU of 45 s of ambience in a fresh process, s",
}

PROVIDERS = {
    "overspend_usd": "8 processes × 200 calls under a tight budget: the most above it after any commit, $",
    "commits_replayed": "commits of theirs, replayed one by one from the ledger",
    "commits_that_differ": "… after which the budget said something else than the ledger",
    "ledger_minus_meters_usd": "the ledger against the vendor's own meters, lost answers at their estimate, $",
    "faults": "kills between what a vendor answered and what was saved, calls a vendor failed in one way or another, and cells of the fault matrix",
    "kills": "the kills among them",
    "matrix_cells": "the cells of the [fault matrix](fault-matrix.md) among them: each adapter under each trouble",
    "matrix_wrong": "… in which anything was not as it must be: attempts, answer, error, bills, ledger, evidence, waits, secrets",
    "matrix_double_billed": "… bills of theirs that no attempt tells of",
    "double_billed": "calls a vendor billed twice after a kill",
    "lost": "calls lost after a kill: neither found, nor asked again once, nor recorded as ambiguous",
    "cached_call_ms": "a call that was made before, p95, ms",
    "cached_call_median_ms": "the same, median, ms",
    "fresh_call_ms": "a fresh priced call to a vendor without delay, under budgets and limits, its file kept, p95, ms",
    "fresh_call_median_ms": "the same, median, ms",
    "calls_per_s": "cached calls a second, 8 processes",
    "fresh_calls_per_s": "fresh calls a second, 8 processes",
}


MATRIX_TEXT = """# Fault matrix

Made from `benchmarks/results/fault_matrix.json` by `make bench-providers`; do not edit.

Every adapter of a hosted vendor under every trouble its vendor can make: the real pipeline on PostgreSQL, the
vendor's own SDK, its contract server with a meter of its own, a spare provider behind. Held in each cell: attempts,
who answers, the final error, how often the vendor billed, the ledger against its meter, evidence, waits, breaker,
and that no secret is written down though the vendor repeats it in every refusal.

| in a cell | means |
|---|---|
| `ok` | the vendor answered, nothing is uncertain |
| `retry 1 → ok` | asked once more (after `Retry-After` where the vendor says one), then it answered |
| `other secret → ok` | the secret was refused, its other valid version was not; one attempt |
| `probe → ok` | the vendor was asked what became of the call, and had done it: paid once |
| `probe → retry 1 → ok` | … and had not done it: asked again, paid once |
| `fallback` | the spare answered; nothing more was asked of the vendor |
| `retry 2 → fallback` | asked three times in all, then the spare answered (twice where each try waits for a whole time-out) |
| `breaker → fallback` | the account's breaker opened at once: no call goes there until it closes |
| `in doubt` | it may be done and may not be done twice: nobody else is asked, the next run asks the vendor again |
| `ambiguous 2` | two attempts of which nobody knows whether they were done: their estimates are in the ledger |
| ✗ | something in this cell was not as it must be |

| trouble | what the vendor does |
|---|---|
| rate limited, server error, overloaded | 429, 500, 503 or what it says instead; nothing is done |
| hangs | does the work, bills it, and never answers |
| cut before, cut after | resets the connection before any work, or when it is done and billed |
| truncated | bills, and its answer ends in the middle |
| malformed | bills, and its answer is of no use |
| content refused | its rules forbid the content; nothing is billed |
| slow | a good answer in small pieces |
| bad secret, no credit | 401, 402 or what it says instead |
"""
MATRIX_WAYS = {
    "once": "The trouble comes once",
    "always": "The trouble stays",
}
MATRIX_END = """
Without a spare, what ends in `fallback` here ends in `NoProviderLeft`, which names the provider and repeats what
its vendor said; what is in doubt says so. Both are tried for each cell, and then the trouble ends and the
same call is made again: the vendor answers, and what was paid before stands in the ledger, never paid again.
Nobody is asked while a breaker is open.
"""


def write_matrix() -> None:
    """The fault matrix as a page."""
    path = ROOT / "benchmarks/results/fault_matrix.json"
    if not path.exists():
        return
    cells = json.loads(path.read_text())
    troubles, rows = _matrix(cells)
    page = [MATRIX_TEXT]
    for way, title in MATRIX_WAYS.items():
        page += [f"## {title}", "", "| | " + " | ".join(troubles) + " |"]
        page += ["|---" * (len(troubles) + 1) + "|"]
        page += [f"| {name} | " + " | ".join(line[way]) + " |" for name, line in rows.items()]
        page.append("")
    wrong = sum(bool(cell["problems"]) for cell in cells)
    page.append(f"{len(cells)} cells, {wrong} of them wrong.")
    MATRIX_PAGE.write_text("\n".join(page) + "\n" + MATRIX_END)


def matrix_in_columns(cells: list[dict[str, Any]]) -> str:
    """The fault matrix for a terminal."""
    troubles, rows = _matrix(cells)
    wide = 13
    first = max(map(len, rows)) + 2
    shown = []
    for way, title in MATRIX_WAYS.items():
        shown += ["", title, ""]
        for name, texts in [("", troubles), *((name, line[way]) for name, line in rows.items())]:
            wrapped = [textwrap.wrap(text, wide - 1) for text in texts]
            for number in range(max(map(len, wrapped))):
                begin = (name if number == 0 else "").ljust(first)
                parts = [
                    (text[number] if number < len(text) else "").ljust(wide) for text in wrapped
                ]
                shown.append((begin + "".join(parts)).rstrip())
    return "\n".join(shown) + "\n"


def _matrix(cells: list[dict[str, Any]]) -> tuple[list[str], dict[str, dict[str, list[str]]]]:
    """The columns' names, and each row's cells in order, for each way."""
    troubles = list(dict.fromkeys(cell["trouble"] for cell in cells))
    rows: dict[str, dict[str, list[str]]] = {}
    for cell in cells:
        line = rows.setdefault(cell["adapter"], {way: [] for way in MATRIX_WAYS})
        for way, texts in line.items():
            texts.append(cell[way] + (" ✗" if cell["problems"] else ""))
    return troubles, rows


def write_page() -> None:
    """Every figure with what it means; nothing that was not measured."""
    rows = [
        "# Benchmarks",
        "",
        "Made from `benchmarks/results/*.json` by the benchmarks themselves; do not edit.",
        "",
        "Two cores of a shared cloud machine, 24 GiB, Python 3.11, everything embedded. Wall times move with the",
        "machine's load; the rates and counts do not.",
        *_table("Making stories: `make bench-make`", "make.json", MAKE),
        *_table("The loop: `make bench-loop`", "loop.json", LOOP),
        *_table("The provider pipeline: `make bench-providers`", "providers.json", PROVIDERS),
        *_table("Engines without a key: `make bench-studio`", "studio.json", STUDIO),
        *_table("Rendering: `make bench-render`", "render.json", RENDER),
        *_render_details(),
    ]
    PAGE.write_text("\n".join(rows) + "\n")
    write_matrix()


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
    if rows := details.get("films"):
        written += [
            "",
            "How near other films come to the exact one, ours and x264's `veryfast` alone:",
            "",
            *_rows(rows),
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
            "What each effect adds to the plain profile (9:16, no sound). On a machine shared with others "
            "a price is good to about 50 CPU-ms per second of film; less than that is nothing.",
            "",
            *_rows(rows),
        ]
    return written


def _rows(rows: Sequence[Mapping[str, object]]) -> list[str]:
    # What a row is about comes first, then its figures.
    subjects = ("film", "contender", "effect", "seconds", "formats")
    names = sorted(rows[0], key=lambda name: (name not in subjects, *map(name.__ne__, subjects)))
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
