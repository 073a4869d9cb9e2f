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


PROVIDERS = {
    "overspend_usd": "8 processes × 200 calls under a tight budget: the most above it after any commit, $",
    "commits_replayed": "commits of theirs, replayed one by one from the ledger",
    "commits_that_differ": "… after which the budget said something else than the ledger",
    "ledger_minus_meters_usd": "the ledger against the vendor's own meters, lost answers at their estimate, $",
    "faults": "kills between what a vendor answered and what was saved, and calls a vendor failed in one way or another",
    "kills": "the kills among them",
    "double_billed": "calls a vendor billed twice after a kill",
    "lost": "calls lost after a kill: neither found, nor asked again once, nor recorded as ambiguous",
    "cached_call_ms": "a call that was made before, p95, ms",
    "cached_call_median_ms": "the same, median, ms",
    "fresh_call_ms": "a fresh priced call to a vendor without delay, under budgets and limits, its file kept, p95, ms",
    "fresh_call_median_ms": "the same, median, ms",
    "calls_per_s": "cached calls a second, 8 processes",
    "fresh_calls_per_s": "fresh calls a second, 8 processes",
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
        *_table("The provider pipeline: `make bench-providers`", "providers.json", PROVIDERS),
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


if __name__ == "__main__":
    write_page()
