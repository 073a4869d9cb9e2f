"""Many processes that buy from one vendor under tight budgets, and the replay of what they wrote.

    python -m content_platform_tests.providers.spenders URL FOLDER NUMBER CALLS

A spender asks for CALLS sketches, some of them the same as other spenders'. Its vendor answers, is busy,
bills for nothing or loses its answer, and keeps its own meter in FOLDER.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from content_platform.clock import utc_now
from content_platform.errors import BudgetExceeded
from content_platform.providers.breakers import Breakers
from content_platform.providers.budgets import Budgets
from content_platform.providers.models import CallContext, CallFailure, TransientFailure
from content_platform.providers.pipeline import Pipeline
from content_platform.providers.reservations import Period, Scope
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform_tests.providers.sample_provider import Sketcher, SketchRequest

CHANNELS = ("midnight-tales", "ember-wood")
PRICE = Decimal("0.010000")

_JOURNAL = """
CREATE SCHEMA journal;
CREATE TABLE journal.lines (
    line bigserial PRIMARY KEY, transaction text NOT NULL DEFAULT pg_current_xact_id()::text,
    what text NOT NULL, reserved_usd numeric NOT NULL, spent_usd numeric NOT NULL
);
CREATE FUNCTION journal.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'budget_windows' THEN
        IF NEW.scope = 'all' THEN
            INSERT INTO journal.lines (what, reserved_usd, spent_usd)
            VALUES ('window', NEW.reserved_usd, NEW.spent_usd);
        END IF;
    ELSIF TG_TABLE_NAME = 'cost_entries' THEN
        INSERT INTO journal.lines (what, reserved_usd, spent_usd) VALUES ('entry', 0, NEW.amount_usd);
    ELSIF NEW.reserved_usd <> coalesce(OLD.reserved_usd, 0) THEN
        INSERT INTO journal.lines (what, reserved_usd, spent_usd)
        VALUES ('attempt', NEW.reserved_usd - coalesce(OLD.reserved_usd, 0), 0);
    END IF;
    RETURN NULL;
END $$;
"""
_TABLES = ("budget_windows", "cost_entries", "provider_attempts")


@contextmanager
def journal(database: Database) -> Iterator[None]:
    """Have every change of money written down in the transaction that makes it."""
    with database.transaction() as connection:
        connection.execute(text(_JOURNAL))
        for table in _TABLES:
            connection.execute(
                text(
                    f"CREATE TRIGGER journal AFTER INSERT OR UPDATE ON content.{table} "
                    "FOR EACH ROW EXECUTE FUNCTION journal.note()"
                )
            )
    try:
        yield
    finally:
        with database.transaction() as connection:
            connection.execute(text("DROP SCHEMA journal CASCADE"))


@dataclass(frozen=True)
class Replay:
    """The ledger played again, commit by commit."""

    commits: int
    most_usd: Decimal
    """The most that was spent and set aside together after any commit."""
    left_reserved_usd: Decimal
    spent_usd: Decimal
    differences: int
    """Commits after which the budget's window said something else than the ledger."""


def replay(database: Database) -> Replay:
    """Add the ledger's rows up in the order of commits.

    Each of these transactions holds the row of the budget over all until it commits, so the order in
    which they wrote that row is the order in which they committed.
    """
    with database.transaction() as connection:
        rows = connection.execute(text("SELECT * FROM journal.lines ORDER BY line")).all()
    by_transaction: dict[str, list[tuple[str, Decimal, Decimal]]] = {}
    order: list[str] = []
    for row in rows:
        by_transaction.setdefault(row.transaction, []).append(
            (row.what, row.reserved_usd, row.spent_usd)
        )
        if row.what == "window" and row.transaction not in order[-1:]:
            order.append(row.transaction)
    reserved = spent = most = Decimal(0)
    differences = 0
    for transaction in order:
        lines = by_transaction.pop(transaction)
        reserved += sum(held for what, held, _ in lines if what == "attempt")
        spent += sum(amount for what, _, amount in lines if what == "entry")
        said = [line for line in lines if line[0] == "window"][-1]
        differences += (reserved, spent) != said[1:]
        most = max(most, reserved + spent)
    differences += sum(
        any(held or amount for _, held, amount in lines) for lines in by_transaction.values()
    )
    return Replay(len(order), most, reserved, spent, differences)


@dataclass(frozen=True)
class Outcome:
    """What the spenders and their vendor say."""

    made: int
    reused: int
    refused: int
    billed_usd: Decimal
    """The vendor's own meter, lost answers not included."""
    lost: int
    """Answers that got lost on the way: each is charged at its estimate."""
    faults: int
    """How often the vendor was busy, billed for nothing or lost its answer."""


def spend(
    database: Database, folder: Path, *, processes: int, calls: int, hard: Decimal
) -> Outcome:
    """Let processes spend at the same time, all of them under one budget and under their channel's."""
    budgets = Budgets(database, utc_now)
    for scope, subject, limit in (
        (Scope.ALL, "*", hard),
        (Scope.CHANNEL, "*", hard * Decimal("0.7")),
        (Scope.STORY, "*", hard / 2),
    ):
        budgets.set(
            scope, subject, Period.MONTH, soft_usd=None, hard_usd=limit, author="test", reason=""
        )
    url = database.engine.url.render_as_string(hide_password=False)
    module = "content_platform_tests.providers.spenders"
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", module, url, str(folder), str(number), str(calls)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    _start_together(workers)
    said = [json.loads(worker.communicate(timeout=900)[0]) for worker in workers]
    meters = [
        json.loads(line)
        for file in folder.glob("meter-*")
        for line in file.read_text().splitlines()
    ]
    return Outcome(
        made=sum(each["made"] for each in said),
        reused=sum(each["reused"] for each in said),
        refused=sum(each["refused"] for each in said),
        billed_usd=sum(
            (Decimal(line["billed"]) for line in meters if not line["lost"]), Decimal(0)
        ),
        lost=sum(line["lost"] for line in meters),
        faults=sum(line["fault"] for line in meters),
    )


def _start_together(workers: Sequence[subprocess.Popen[str]]) -> None:
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()


class _Vendor(Sketcher):
    """Estimates a cent, bills less; its meter is a file of this process."""

    def __init__(self, folder: Path, number: int) -> None:
        self._meter = folder / f"meter-{number}"
        self._dice = random.Random(number)
        super().__init__("hosted", embedded=False, deed=self._sell, price=str(PRICE), bill="0.008")

    def _sell(self, request: SketchRequest, context: CallContext) -> None:
        throw = self._dice.random()
        if throw < 0.06:
            self._note("0")
            raise TransientFailure("busy", retry_after_s=0)
        if throw < 0.10:
            self._note("0.003")
            raise CallFailure("an answer of no use", cost_usd=Decimal("0.003"))
        if throw > 0.96:
            self._note("0.008", lost=True)
            raise TransientFailure("answer lost", retry_after_s=0, cost_usd=None)
        self._note("0.008", fault=False)

    def _note(self, billed: str, *, lost: bool = False, fault: bool = True) -> None:
        with self._meter.open("a") as meter:
            meter.write(json.dumps({"billed": billed, "lost": lost, "fault": fault}) + "\n")


def main(url: str, folder: Path, number: int, calls: int) -> None:
    database = Database(url)
    pipeline = Pipeline(
        database,
        LocalMediaStore(folder / "media"),
        [_Vendor(folder, number), Sketcher("spare", embedded=True)],
        clock=utc_now,
        scratch_dir=folder / "scratch",
    )
    breakers = Breakers(database, utc_now)
    dice = random.Random(1000 + number)
    said = {"made": 0, "reused": 0, "refused": 0}
    print("ready", flush=True)
    sys.stdin.readline()
    for call in range(calls):
        shared = dice.random() < 0.2
        subject = f"for all {dice.randrange(calls)}" if shared else f"{number}: {call}"
        story = f"{CHANNELS[dice.randrange(2)]}_20261122_{1 + dice.randrange(4):04d}"
        breakers.reset("hosted")
        try:
            result = pipeline.run(SketchRequest(subject=subject), story_id=story)
            said["reused" if result.reused else "made"] += 1
        except BudgetExceeded:
            said["refused"] += 1
    print(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
