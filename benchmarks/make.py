"""Measure making stories: ``make bench-make``. Writes ``benchmarks/results/make.json``.

Every figure is measured by this run: the first run on a fresh clone with an empty package cache,
a second story, an unchanged one, what a listener hears in the finished MP4, caption timing against
forced alignment, kills, and what Dagster costs when there is no work to do.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.report import write_page
from content_platform.narration.models import Narration
from content_platform.runtime import open_runtime
from content_platform.settings import Settings
from content_platform.storage.postgres import EmbeddedPostgres
from content_platform_tests.faults.kills import kill_and_retry, undisturbed
from content_platform_tests.listening import caption_deviations_ms, heard_errors

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/make.json"
PARTS = ("first", "stories", "kills")
CHANNELS = ("midnight-tales", "ember-wood", "little-kindnesses")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    options.add_argument("--kills", type=int, default=30, help="how many makers are killed")
    chosen = options.parse_args()
    figures: dict[str, float | int] = {}
    with tempfile.TemporaryDirectory(prefix="bench-make-") as folder:
        place = Path(folder)
        if "first" in chosen.parts:
            figures["first_run_s"] = first_run(place / "clone")
        if "stories" in chosen.parts:
            figures |= stories(place / "data")
        if "kills" in chosen.parts:
            figures |= kills(place / "kills", chosen.kills)
    RESULTS.parent.mkdir(exist_ok=True)
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps({**before, **figures}, indent=2, sort_keys=True) + "\n")
    write_page()
    for name, value in sorted(figures.items()):
        print(f"{name:<26} {value}")


def first_run(clone: Path) -> float:
    """Seconds of ``make story`` on a fresh clone with an empty package cache."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    environment = {**os.environ, "UV_CACHE_DIR": str(clone / ".cache"), "CONTENT_DATA_DIR": ""}
    del environment["CONTENT_DATA_DIR"]
    environment.pop("VIRTUAL_ENV", None)
    began = time.monotonic()
    subprocess.run(["make", "story"], cwd=clone, env=environment, check=True)
    seconds = time.monotonic() - began
    EmbeddedPostgres(clone / ".content").stop()
    shutil.rmtree(clone)
    return round(seconds, 1)


def stories(data_dir: Path) -> dict[str, float | int]:
    """A second story, an unchanged one, and what was heard and shown in three channels' stories."""
    # Database made, files in the page cache: what a second story finds.
    make("--seed", "1", "--seconds", "15", "--format", "1x1", data_dir=data_dir)
    began = time.monotonic()
    make("--seed", "2", "--channel", CHANNELS[0], "--seconds", "45", data_dir=data_dir)
    second = time.monotonic() - began
    reruns = []
    for _ in range(3):
        began = time.monotonic()
        make("--seed", "2", "--channel", CHANNELS[0], "--seconds", "45", data_dir=data_dir)
        reruns.append(time.monotonic() - began)
    for channel in CHANNELS[1:]:
        make("--seed", "3", "--channel", channel, data_dir=data_dir)
    with open_runtime(Settings(data_dir=data_dir)) as runtime:
        rows = runtime.register.stories(limit=3)
        errors = [heard_errors(runtime, row.story_id) for row in rows]
        deviations = [caption_deviations_ms(runtime, row.story_id) for row in rows]
        newest = rows[-1].story_id
        seconds = runtime.records.load(Narration, newest)[0].duration_s
    figures = {
        "second_story_s": round(second, 1),
        "story_seconds": round(seconds, 1),
        "rerun_s": round(sorted(reruns)[1], 2),
        "wer": round(float(np.mean(errors)), 4),
        "wer_worst": round(max(errors), 4),
        "caption_p95_ms": round(float(np.percentile(np.concatenate(deviations), 95)), 1),
        "caption_median_ms": round(float(np.median(np.concatenate(deviations))), 1),
        **dagster_overhead(data_dir, newest),
    }
    EmbeddedPostgres(data_dir).stop()
    return figures


def dagster_overhead(data_dir: Path, story_id: str) -> dict[str, float]:
    """Seconds, CPU and wall, of a whole ``make_story`` run with nothing left to do, without imports.

    An upper bound: loading records and comparing fingerprints is in it.
    """
    script = (
        "import sys, time\n"
        "from content_platform.orchestration.instance import make_in_process, open_instance\n"
        "from content_platform.settings import Settings\n"
        "import content_platform.definitions\n"
        "with open_instance(Settings()) as instance:\n"
        "    cpu, wall = time.process_time(), time.perf_counter()\n"
        "    report = make_in_process(instance, sys.argv[1], lambda event: None)\n"
        "    assert report.succeeded, report.failure\n"
        "    print('TOOK', time.process_time() - cpu, time.perf_counter() - wall)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, story_id],
        env={**os.environ, "CONTENT_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"TOOK ([\d.]+) ([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout + done.stderr)
    return {
        "dagster_overhead_cpu_s": round(float(found[1]), 2),
        "dagster_overhead_wall_s": round(float(found[2]), 2),
    }


def kills(place: Path, count: int) -> dict[str, float | int]:
    """Kill a maker at ``count`` seeded random moments; count the runs that lost something."""
    reference_dir = place / "undisturbed"
    reference_dir.mkdir(parents=True)
    reference = undisturbed(reference_dir, 4711)
    EmbeddedPostgres(reference_dir).stop()
    losses = 0
    for moment in range(1, count + 1):
        data_dir = place / f"kill-{moment}"
        data_dir.mkdir()
        outcome = kill_and_retry(data_dir, 4711, reference, random.Random(moment))
        EmbeddedPostgres(data_dir).stop()
        shutil.rmtree(data_dir, ignore_errors=True)
        losses += bool(outcome.losses)
        print(
            f"kill {moment:2} after {outcome.killed_after_s[0]:5.1f} s: "
            f"{outcome.losses or 'nothing lost'}",
            flush=True,
        )
    return {"kills": count, "kill_losses": losses}


def make(*arguments: str, data_dir: Path) -> None:
    """Run ``content-platform story make`` in a process of its own."""
    data_dir.mkdir(exist_ok=True)
    subprocess.run(
        [
            sys.executable,
            *("-c", "from content_platform.cli import main; main()"),
            *("story", "make", *arguments),
        ],
        env={**os.environ, "CONTENT_DATA_DIR": str(data_dir)},
        check=True,
    )


if __name__ == "__main__":
    main()
