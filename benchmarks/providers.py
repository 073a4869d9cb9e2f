"""Measure the provider pipeline: ``make bench-providers``. Writes ``benchmarks/results/providers.json``.

Everything real: the embedded PostgreSQL as it is shipped, processes, kills, an HTTP vendor of no delay in
a process of its own, priced calls under budgets, rates, slots and breakers. Only for a quiet machine are
the times of any use; the counts hold anywhere.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from benchmarks.report import matrix_in_columns, write_page
from content_platform.clock import utc_now
from content_platform.errors import NoProviderLeft
from content_platform.providers.budgets import Budgets
from content_platform.providers.models import CallContext
from content_platform.providers.pipeline import Pipeline
from content_platform.providers.reservations import Period, Scope
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database, upgrade
from content_platform.storage.postgres import EmbeddedPostgres
from content_platform.storage.tables import metadata
from content_platform_tests.providers.remembering import Remembering, billed
from content_platform_tests.providers.sample_provider import Sketcher, SketchRequest
from content_platform_tests.providers.spenders import PRICE, journal, replay, spend
from content_platform_tests.providers.worker import REQUEST, STORY

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/providers.json"
MATRIX = ROOT / "benchmarks/results/fault_matrix.json"
PARTS = ("speed", "money", "kills", "matrix")
WORKERS = 8
FAULTS = ("kills", "vendor_faults", "matrix_cells")
KINDS = ("repeatable", "probe-first", "never")
MOMENTS = ("answered", "stored", "commit:4")
PER_WORKER = {"fresh": 60, "cached": 400}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    options.add_argument("--kills", type=int, default=50, help="how many buyers are killed")
    options.add_argument("--calls", type=int, default=200, help="of each of the 8 spenders")
    options.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    options.add_argument("--vendor", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.vendor:
        serve()
        return
    if chosen.worker:
        work(*chosen.worker)
        return
    figures: dict[str, float | int] = {}
    with tempfile.TemporaryDirectory(prefix="bench-providers-") as folder:
        place = Path(folder)
        server = EmbeddedPostgres(place / "data")
        database = Database(server.content_url)
        upgrade(database)
        try:
            if "speed" in chosen.parts:
                figures |= speed(database, place / "speed")
            if "money" in chosen.parts:
                figures |= money(database, place / "money", chosen.calls)
            if "kills" in chosen.parts:
                figures |= kills(database, place / "kills", chosen.kills)
            if "matrix" in chosen.parts:
                figures |= matrix(database, place / "matrix")
        finally:
            database.close()
            server.stop()
    known = (json.loads(RESULTS.read_text()) if RESULTS.exists() else {}) | figures
    known["faults"] = sum(known.get(name, 0) for name in FAULTS)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
    write_page()
    for name, value in sorted(figures.items()):
        print(f"{name:<22} {value}")


def speed(database: Database, place: Path) -> dict[str, float | int]:
    """What one call takes, and how many eight processes make together."""
    place.mkdir()
    empty(database)
    with vendor() as port:
        pipeline = hosted(database, place, port)
        times = {}
        for what in ("fresh", "cached"):
            timed(pipeline, "warming up", 30)
            timed(pipeline, "warming up", 30)
            times[what] = timed(pipeline, "boat", 300)
        pipeline.close()
        rates = {what: together(database, place, port, what) for what in ("fresh", "cached")}
    return {
        "fresh_call_ms": p95(times["fresh"]),
        "fresh_call_median_ms": round(statistics.median(times["fresh"]), 2),
        "cached_call_ms": p95(times["cached"]),
        "cached_call_median_ms": round(statistics.median(times["cached"]), 2),
        "calls_per_s": rates["cached"],
        "fresh_calls_per_s": rates["fresh"],
    }


def timed(pipeline: Pipeline, subject: str, calls: int) -> list[float]:
    """Milliseconds of each of so many calls; the second time they are cached."""
    times = []
    for number in range(calls):
        request = SketchRequest(subject=f"{subject} {number}")
        began = time.perf_counter()
        pipeline.run(request, story_id=STORY)
        times.append((time.perf_counter() - began) * 1e3)
    return times


def together(database: Database, place: Path, port: int, what: str) -> float:
    """Calls a second of eight processes that make fresh calls, or ask for what was made."""
    url = database.engine.url.render_as_string(hide_password=False)
    workers = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "benchmarks.providers", "--worker"),
                *(url, str(place), str(port), f"{what}:{number}"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WORKERS)
    ]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
    began = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    ended = [float(worker.communicate(timeout=600)[0]) for worker in workers]
    assert all(worker.returncode == 0 for worker in workers)
    return round(WORKERS * PER_WORKER[what] / (max(ended) - began), 1)


def work(url: str, place: str, port: str, job: str) -> None:
    """One of the eight; tells when it was done."""
    what, _, number = job.partition(":")
    pipeline = hosted(Database(url), Path(place), int(port))
    timed(pipeline, "boat", 20)
    print("ready", flush=True)
    sys.stdin.readline()
    if what == "fresh":
        timed(pipeline, f"{number}'s boat", PER_WORKER[what])
    else:
        for _ in range(PER_WORKER[what] // 100):
            timed(pipeline, "boat", 100)
    print(time.perf_counter())
    pipeline.close()


class Vendor(Sketcher):
    """Asks the vendor over HTTP before it answers; priced, with a secret and limits."""

    def __init__(self, port: int) -> None:
        self._port = port
        super().__init__(
            "hosted",
            embedded=False,
            deed=self._ask,
            price="0.0001",
            account="bench:KEY",
            secret="KEY",
            per_minute=100_000,
            concurrency=100,
        )

    def _ask(self, request: SketchRequest, context: CallContext) -> None:
        assert context.secret is not None
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        connection.request("POST", "/", body=request.subject)
        connection.getresponse().read()
        connection.close()


class Key:
    """One secret that is always valid."""

    def versions(self, name: str) -> tuple[SecretStr, ...]:
        return (SecretStr("bench"),)

    def refused(self, name: str) -> None:
        raise AssertionError(name)


def hosted(database: Database, place: Path, port: int) -> Pipeline:
    """A pipeline of one hosted provider, under three budgets."""
    if not Budgets(database, utc_now).all():
        for scope, period in (
            (Scope.ALL, Period.MONTH),
            (Scope.CHANNEL, Period.MONTH),
            (Scope.PROVIDER, Period.DAY),
        ):
            Budgets(database, utc_now).set(
                scope, "*", period, soft_usd=None, hard_usd=Decimal(1000), author="bench", reason=""
            )
    return Pipeline(
        database,
        LocalMediaStore(place / "media"),
        [Vendor(port)],
        clock=utc_now,
        scratch_dir=place / "scratch",
        secrets=Key(),
        story_budget=lambda _: Decimal(1000),
    )


@contextmanager
def vendor() -> Iterator[int]:
    """A vendor that answers at once, in a process of its own; its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.providers", "--vendor"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def serve() -> None:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    print(server.server_port, flush=True)
    server.serve_forever()


def money(database: Database, place: Path, calls: int) -> dict[str, float | int]:
    """Eight spenders under a tight budget, the ledger replayed in commit order."""
    place.mkdir()
    empty(database)
    hard = PRICE * WORKERS * calls * Decimal("0.4")
    with journal(database):
        outcome = spend(database, place, processes=WORKERS, calls=calls, hard=hard)
        played = replay(database)
    difference = abs(played.spent_usd - outcome.billed_usd - outcome.lost * PRICE)
    return {
        "overspend_usd": float(max(Decimal(0), played.most_usd - hard)),
        "commits_replayed": played.commits,
        "commits_that_differ": played.differences,
        "ledger_minus_meters_usd": float(difference),
        "calls_refused": outcome.refused,
        "vendor_faults": outcome.faults,
    }


def kills(database: Database, place: Path, count: int) -> dict[str, float | int]:
    """Buyers killed between what the vendor answered and what was saved."""
    double_billed = lost = ambiguous = 0
    url = database.engine.url.render_as_string(hide_password=False)
    for number in range(count):
        empty(database)
        folder = place / str(number)
        folder.mkdir(parents=True)
        kind, moment = KINDS[number % 3], MOMENTS[number // 3 % 3]
        module = "content_platform_tests.providers.remembering"
        subprocess.run([sys.executable, "-m", module, url, str(folder), kind, moment], check=False)
        again = Pipeline(
            database,
            LocalMediaStore(folder / "media"),
            [Remembering(folder, kind=kind)],
            clock=utc_now,
            scratch_dir=folder / "scratch",
        )
        try:
            result = again.run(REQUEST, story_id=STORY)
            lost += again.completed_counts() != {result.call_key: 1}
        except NoProviderLeft:
            recorded = kind == "never" and again.calls(STORY)[0].status == "ambiguous"
            ambiguous += recorded
            lost += not recorded
        again.close()
        double_billed += len(billed(folder)) > 1
    return {
        "kills": count,
        "double_billed": double_billed,
        "lost": lost,
        "recorded_as_ambiguous": ambiguous,
    }


def matrix(database: Database, place: Path) -> dict[str, float | int]:
    """Every adapter under every trouble its vendor can make; prints and keeps the table."""
    # Needs every vendor's SDK, which the other parts do not.
    from content_platform_tests.providers.matrix import try_all

    empty(database)
    cells = try_all(database, place, workers=2)
    MATRIX.write_text(
        json.dumps(
            [
                {
                    "adapter": cell.row,
                    "trouble": cell.trouble,
                    "once": cell.once,
                    "always": cell.always,
                    "problems": cell.problems,
                }
                for cell in cells
            ],
            indent=1,
            ensure_ascii=False,
        )
        + "\n"
    )
    print(matrix_in_columns(json.loads(MATRIX.read_text())))
    for problem in (problem for cell in cells for problem in cell.problems):
        print(f"WRONG  {problem}")
    return {
        "matrix_cells": len(cells),
        "matrix_wrong": sum(bool(cell.problems) for cell in cells),
        "matrix_double_billed": sum(cell.billed_twice for cell in cells),
    }


def empty(database: Database) -> None:
    tables = ", ".join(table.fullname for table in metadata.sorted_tables)
    with database.transaction() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))


def p95(times: list[float]) -> float:
    return round(statistics.quantiles(times, n=20)[-1], 2)


if __name__ == "__main__":
    main()
