"""Looking back at provider calls: what was asked for a story, what it cost, how often.

Only reads belong here; what is written is in ``ledger``.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, text

from content_platform.providers.attempts import AttemptStatus
from content_platform.providers.models import (
    CallSummary,
    Capability,
    CostBy,
    CostLine,
    CostSum,
    StoryCost,
)
from content_platform.storage.database import Database
from content_platform.storage.tables import cost_entries, provider_attempts, provider_calls


def calls(database: Database, story_id: str) -> tuple[CallSummary, ...]:
    """The calls first made for a story, oldest first."""
    attempts = provider_attempts
    spent = (
        select(cost_entries.c.call_key, func.sum(cost_entries.c.amount_usd).label("usd"))
        .group_by(cost_entries.c.call_key)
        .subquery()
    )
    query = (
        select(
            provider_calls.c.call_key,
            provider_calls.c.capability,
            provider_calls.c.status,
            provider_calls.c.error,
            provider_calls.c.last_attempt,
            provider_calls.c.created_at,
            attempts.c.provider,
            attempts.c.model,
            func.coalesce(attempts.c.seconds, 0.0).label("seconds"),
            func.coalesce(spent.c.usd, 0).label("cost_usd"),
        )
        .join(
            attempts,
            (attempts.c.call_key == provider_calls.c.call_key)
            & (
                attempts.c.number
                == func.coalesce(provider_calls.c.finished_attempt, provider_calls.c.last_attempt)
            ),
        )
        .outerjoin(spent, spent.c.call_key == provider_calls.c.call_key)
        .where(provider_calls.c.story_id == story_id)
        .order_by(provider_calls.c.created_at, provider_calls.c.call_key)
    )
    with database.transaction() as transaction:
        rows = transaction.execute(query).all()
    return tuple(
        CallSummary(
            call_key=row.call_key,
            capability=Capability(row.capability),
            status=row.status,
            error=row.error,
            provider=row.provider,
            model=row.model,
            attempts=row.last_attempt,
            seconds=row.seconds,
            cost_usd=row.cost_usd,
            created_at=row.created_at,
        )
        for row in rows
    )


def story_cost(database: Database, story_id: str) -> StoryCost:
    """What a story's calls cost in money and provider time, all attempts counted."""
    spent = (
        select(
            cost_entries.c.call_key,
            cost_entries.c.attempt_number,
            func.sum(cost_entries.c.amount_usd).label("usd"),
        )
        .where(cost_entries.c.story_id == story_id)
        .group_by(cost_entries.c.call_key, cost_entries.c.attempt_number)
        .subquery()
    )
    attempts = provider_attempts
    query = (
        select(
            provider_calls.c.capability,
            attempts.c.provider,
            func.count()
            .filter(attempts.c.number == provider_calls.c.finished_attempt)
            .label("calls"),
            func.count().label("attempts"),
            func.coalesce(func.sum(attempts.c.seconds), 0.0).label("seconds"),
            func.coalesce(func.sum(spent.c.usd), 0).label("usd"),
        )
        .join(provider_calls, provider_calls.c.call_key == attempts.c.call_key)
        .outerjoin(
            spent,
            (spent.c.call_key == attempts.c.call_key)
            & (spent.c.attempt_number == attempts.c.number),
        )
        .where(provider_calls.c.story_id == story_id)
        .group_by(provider_calls.c.capability, attempts.c.provider)
        .order_by(provider_calls.c.capability, attempts.c.provider)
    )
    with database.transaction() as transaction:
        rows = transaction.execute(query).all()
    return StoryCost(
        lines=tuple(
            CostLine(
                capability=Capability(row.capability),
                provider=row.provider,
                calls=row.calls,
                attempts=row.attempts,
                seconds=row.seconds,
                usd=row.usd,
            )
            for row in rows
        )
    )


def completed_counts(database: Database) -> dict[str, int]:
    """How often each call was answered and saved, by call key: 1 unless its media got lost."""
    query = (
        select(provider_attempts.c.call_key, func.count().label("completed"))
        .where(provider_attempts.c.status == AttemptStatus.SUCCEEDED)
        .group_by(provider_attempts.c.call_key)
    )
    with database.transaction() as transaction:
        return {row.call_key: row.completed for row in transaction.execute(query)}


_COSTS = text(
    """
    WITH charged AS ( -- an attempt once: corrections are rows of their own
        SELECT call_key, attempt_number, sum(amount_usd) AS usd,
               coalesce(sum(amount_usd) FILTER (WHERE basis = 'estimate'), 0) AS estimated_usd,
               min(CASE :by WHEN 'provider' THEN provider WHEN 'capability' THEN capability
                            WHEN 'story' THEN story_id ELSE split_part(story_id, '_', 1) END) AS name
          FROM content.cost_entries
         WHERE (CAST(:since AS timestamptz) IS NULL OR at >= :since)
           AND (CAST(:until AS timestamptz) IS NULL OR at < :until)
         GROUP BY call_key, attempt_number
    )
    SELECT name, sum(usd) AS usd, count(*) AS attempts,
           count(*) FILTER (WHERE status = 'succeeded') AS calls,
           coalesce(sum(estimated_usd) FILTER (WHERE status IN ('ambiguous', 'abandoned')), 0)
               AS uncertain_usd
      FROM charged
      JOIN content.provider_attempts AS attempt
        ON attempt.call_key = charged.call_key AND attempt.number = charged.attempt_number
     GROUP BY name
     ORDER BY sum(usd) DESC, name
    """
)


def costs(
    database: Database,
    by: CostBy,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[CostSum, ...]:
    """What calls cost that were charged from ``since`` up to, not including, ``until``; the dearest first.

    Stories that reused another's result bear nothing of it.
    """
    with database.transaction() as transaction:
        rows = transaction.execute(_COSTS, {"by": by, "since": since, "until": until}).mappings()
        return tuple(CostSum.model_validate(dict(row)) for row in rows)
