"""The rows of single attempts: how each question to a provider began, ended and was charged.

Functions on the connection of a ledger's transaction that holds the call's row. What an attempt's end
means for its call is decided in ``ledger``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Numeric, bindparam, insert, select, text, update

from content_platform.providers import reservations
from content_platform.providers.models import ProviderInfo, Repeatability
from content_platform.providers.reservations import BudgetUse, Spending, StoryBudget
from content_platform.storage.tables import provider_attempts, provider_calls

ORPHANED = "Its worker ended, or lost touch with the database, before the answer was saved."


class AttemptStatus(StrEnum):
    """How one question to one provider ended."""

    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABANDONED = "abandoned"
    AMBIGUOUS = "ambiguous"
    """Nobody knows whether it was done: its estimate is charged."""


@dataclass(frozen=True)
class InDoubt:
    """Nobody knows whether this provider did the call, and it must not simply be asked again."""

    provider: str
    number: int
    started_at: datetime
    repeatability: Repeatability


_CHARGE = text(
    f"""
    WITH attempt AS (
        SELECT attempt.*, call.story_id, call.capability,
               coalesce(CAST(:cost_usd AS numeric), greatest(attempt.estimate_usd, parts.usd))
               - booked.usd AS amount_usd,
               CASE WHEN CAST(:cost_usd AS numeric) IS NULL THEN parts.usd - booked.known_usd
                    ELSE 0 END AS known_usd
          FROM content.provider_attempts AS attempt
          JOIN content.provider_calls AS call USING (call_key),
               (SELECT coalesce(sum(cost_usd), 0) AS usd FROM content.provider_parts
                 WHERE call_key = :key AND attempt_number = :number) AS parts,
               (SELECT coalesce(sum(amount_usd), 0) AS usd,
                       coalesce(sum(amount_usd) FILTER (WHERE basis = 'actual'), 0) AS known_usd
                  FROM content.cost_entries
                 WHERE call_key = :key AND attempt_number = :number) AS booked
         WHERE attempt.call_key = :key AND attempt.number = :number
    ), entered AS ( -- what parts of an answer cost is known even where the rest is not
        INSERT INTO content.cost_entries
               (call_key, attempt_number, story_id, capability, provider, amount_usd, basis, at)
        SELECT call_key, number, story_id, capability, provider, share.usd, share.basis, :now
          FROM attempt,
               LATERAL (VALUES (known_usd, 'actual', known_usd <> 0),
                               (amount_usd - known_usd, :basis,
                                known_usd = 0 OR amount_usd <> known_usd))
                    AS share (usd, basis, counts)
         WHERE share.counts
        RETURNING amount_usd
    ), charged AS (
        SELECT sum(amount_usd) AS amount_usd FROM entered
    ), ended AS (
        UPDATE content.provider_attempts
           SET status = :status, error = :error, ended_at = :now, seconds = :seconds,
               reserved_usd = 0
         WHERE call_key = :key AND number = :number
    ), {reservations.BOOKED.format(attempt="attempt", charge="charged")}
    SELECT charged.amount_usd, attempt.budget_windows, attempt.estimate_usd, attempt.story_id,
           attempt.provider, ARRAY(SELECT window_id FROM booked WHERE passed) AS passed
      FROM attempt, charged
    """
).bindparams(bindparam("cost_usd", type_=Numeric(14, 6)))


def start(
    connection: Connection,
    key: str,
    number: int,
    provider: ProviderInfo,
    estimate_usd: Decimal,
    now: datetime,
) -> None:
    """Note that a provider is about to be asked."""
    connection.execute(
        insert(provider_attempts).values(
            call_key=key,
            number=number,
            provider=provider.name,
            model=provider.model,
            repeatability=provider.repeatability,
            estimate_usd=estimate_usd,
            status=AttemptStatus.STARTED,
            started_at=now,
        )
    )


def next_number(connection: Connection, key: str) -> int:
    """The number of the call's next attempt."""
    number: int = connection.execute(
        update(provider_calls)
        .where(provider_calls.c.call_key == key)
        .values(last_attempt=provider_calls.c.last_attempt + 1)
        .returning(provider_calls.c.last_attempt)
    ).scalar_one()
    return number


def end(
    connection: Connection,
    key: str,
    number: int,
    status: AttemptStatus,
    *,
    error: str,
    seconds: float | None,
    cost_usd: Decimal | None,
    story_budget: StoryBudget,
    now: datetime,
) -> list[BudgetUse]:
    """Note how an attempt without a result ended, and charge it: its estimate if the cost is unknown.

    What it was charged before is corrected. Returns budgets that passed their soft limit.
    """
    row = connection.execute(
        _CHARGE,
        {
            "key": key,
            "number": number,
            "status": status,
            "error": error,
            "seconds": seconds,
            "cost_usd": cost_usd,
            "basis": "estimate" if cost_usd is None else "actual",
            "now": now,
        },
    ).one()
    return passed_by(connection, key, number, row, story_budget, now)


def passed_by(
    connection: Connection,
    key: str,
    number: int,
    row: Any,
    story_budget: StoryBudget,
    now: datetime,
) -> list[BudgetUse]:
    """The budgets whose soft limit a charge passed; books it where nothing had been set aside.

    ``row`` is the charge as it was booked, with the attempt's windows and those it passed.
    """
    passed = row.passed
    if not row.budget_windows and row.estimate_usd == 0 and row.amount_usd != 0:
        spending = Spending(row.story_id, row.provider, story_budget(row.story_id))
        passed = reservations.book_unforeseen(
            connection, key, number, spending, row.amount_usd, now
        )
    return reservations.uses(connection, passed)


def close_orphans(
    connection: Connection, key: str, story_budget: StoryBudget, now: datetime
) -> list[BudgetUse]:
    """Close what a dead, late or stopped worker left open, and charge what it may have cost."""
    orphans = connection.execute(
        select(
            provider_attempts.c.number,
            provider_attempts.c.repeatability,
            provider_attempts.c.budget_windows,
        ).where(
            provider_attempts.c.call_key == key,
            provider_attempts.c.status == AttemptStatus.STARTED,
        )
    ).all()
    if len(orphans) > 1:
        reservations.lock(
            connection, {each for orphan in orphans for each in orphan.budget_windows}
        )
    passed = []
    for orphan in orphans:
        again = orphan.repeatability == Repeatability.REPEATABLE
        passed += end(
            connection,
            key,
            orphan.number,
            AttemptStatus.ABANDONED if again else AttemptStatus.AMBIGUOUS,
            error=ORPHANED,
            seconds=None,
            cost_usd=None,
            story_budget=story_budget,
            now=now,
        )
    return passed


def doubt(connection: Connection, key: str) -> InDoubt | None:
    """The newest attempt that keeps the call in doubt, if one does."""
    row = connection.execute(
        select(provider_attempts)
        .where(
            provider_attempts.c.call_key == key,
            provider_attempts.c.status == AttemptStatus.AMBIGUOUS,
            provider_attempts.c.repeatability != Repeatability.REPEATABLE,
        )
        .order_by(provider_attempts.c.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return InDoubt(row.provider, row.number, row.started_at, Repeatability(row.repeatability))
