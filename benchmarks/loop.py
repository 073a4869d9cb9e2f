"""Measure the loop: ``make bench-loop``. Writes ``benchmarks/results/loop.json``.

What the demo takes; what learning is worth against a twin that does not learn, over seeds drawn
now; whether a planted bad version is taken back; whether metric backfills in any order leave the
same marts; what kills under a daemon lose; and what a full hot window costs Dagster.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from scipy.stats import t

from benchmarks.hot_window import hot_window
from benchmarks.report import write_page
from content_platform.demo.worlds import World, live
from content_platform.steering.configs import sample_channels
from content_platform.storage.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/loop.json"
PARTS = ("demo", "uplift", "backfill", "kills", "window")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--days", type=int, default=30)
    chosen = options.parse_args()
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="bench-loop-") as folder:
        place = Path(folder)
        if "demo" in chosen.parts:
            figures |= demo(place / "demo", chosen.days)
        if "uplift" in chosen.parts:
            figures |= uplift(place / "uplift", chosen.seeds, chosen.days)
        if "backfill" in chosen.parts:
            figures["backfill_identical"] = backfill_identical()
        if "kills" in chosen.parts:
            from content_platform_tests.faults.loop import kill_the_loop

            figures |= kill_the_loop(place / "kills", rehearsals=50, with_media=6)
        if "window" in chosen.parts:
            figures |= hot_window(place / "window")
    RESULTS.parent.mkdir(exist_ok=True)
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps({**before, **figures}, indent=2, sort_keys=True) + "\n")
    write_page()
    for name, value in sorted(figures.items()):
        print(f"{name:<32} {value}")


def demo(data_dir: Path, days: int) -> dict[str, object]:
    """Minutes of the command, one story with media included, and the bad versions it took back."""
    data_dir.mkdir(parents=True)
    began = time.monotonic()
    done = subprocess.run(
        [
            sys.executable,
            *("-c", "from content_platform.cli import main; main()"),
            *("demo", "--days", str(days), "--channels", "3"),
        ],
        env={**os.environ, "CONTENT_DATA_DIR": str(data_dir), "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=True,
    )
    minutes = (time.monotonic() - began) / 60
    print(done.stdout, flush=True)
    found = re.search(r"(\d+) bad version\(s\) taken back", done.stdout)
    shutil.copyfile(data_dir / "demo/chart.png", ROOT / "docs/images/demo.png")
    for world in ("learning", "twin"):
        EmbeddedPostgres(data_dir / "demo" / world).stop()
    return {"demo_minutes": round(minutes, 1), "rollbacks": int(found[1]) if found else 0}


def uplift(place: Path, seeds: int, days: int) -> dict[str, object]:
    """Mean uplift over fresh seeds, and its 95 % confidence interval. Nothing bad is planted here."""
    place.mkdir(parents=True)
    drawn = random.SystemRandom().sample(range(1_000, 2**31), seeds)
    start = datetime.now(UTC) - timedelta(days=days + 6)
    worlds = [
        World(place / f"{seed}-{learning}", start, days, sample_channels(), seed, learning)
        for seed in drawn
        for learning in (True, False)
    ]
    context = multiprocessing.get_context("spawn")
    ratios: dict[int, float] = {}
    with ProcessPoolExecutor(max_workers=os.cpu_count() or 1, mp_context=context) as workers:
        objectives = workers.map(_objective, worlds)
        for seed, learning, twin in zip(drawn, objectives, objectives, strict=False):
            ratios[seed] = learning / twin - 1
            figures = summary(ratios)
            print(figures, flush=True)
    return figures


def summary(ratios: dict[int, float]) -> dict[str, object]:
    """Mean and 95 % confidence interval (Student's t) of the uplift by seed."""
    values = np.array(list(ratios.values()))
    half = 0.0
    if len(values) > 1:
        half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5)
    return {
        "uplift_vs_twin": round(float(values.mean()), 4),
        "uplift_low_95": round(float(values.mean()) - half, 4),
        "uplift_high_95": round(float(values.mean()) + half, 4),
        "uplift_seeds": len(values),
        "uplift_by_seed": {str(seed): round(ratio, 4) for seed, ratio in ratios.items()},
    }


def _objective(world: World) -> float:
    run = live(world)
    EmbeddedPostgres(world.data_dir).stop()
    shutil.rmtree(world.data_dir, ignore_errors=True)
    print(
        f"seed {world.seed} {'learning' if world.learning else 'twin':<9} {run.objective:.4f}",
        flush=True,
    )
    return run.objective


def backfill_identical() -> bool:
    """Whether 90 days collected twice, in random orders, left row by row the same marts."""
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-m", "soak", "--timeout", "3600",
            "content_platform_tests/dbt/test_marts.py", "-k", "ninety_days",
        ],
        cwd=ROOT,
        check=False,
    )  # fmt: skip
    return done.returncode == 0


if __name__ == "__main__":
    main()
